//! The binary `causeway`.

use std::process::ExitCode;

fn main() -> ExitCode {
    causeway::command::run()
}
