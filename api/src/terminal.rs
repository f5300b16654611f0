//! What the commands write: results on standard output, complaints on standard error.

use std::io::Write;

/// Writes a line to standard output; a closed pipe ends the process quietly.
pub(crate) fn say(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Writes a line to standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
