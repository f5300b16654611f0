//! The program as a process of its own, to be stopped and killed.

use causeway_tests::place::{Place, TOKEN};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The running program.
pub struct Program {
    child: Child,
    /// Where it serves.
    pub url: String,
}

impl Program {
    /// Starts it and waits until it says where it serves.
    pub fn start(place: &Place) -> Self {
        Self::start_with(&place.arguments())
    }

    /// Starts it with these arguments.
    pub fn start_with(arguments: &[String]) -> Self {
        Self::start_as(arguments, TOKEN)
    }

    /// Starts it with these arguments and this token for the first administrator.
    pub fn start_as(arguments: &[String], token: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway-under-test"));
        command.args(arguments).args(["--listen", "127.0.0.1:0", "--log", "error", "serve"]);
        let mut child = command.env("CAUSEWAY_BOOTSTRAP_TOKEN", token).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = lines.next().expect("a line").expect("text");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        // What else it prints must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Asks it to end, as an operator would: SIGTERM. Answers whether it ended well.
    pub fn stop(self) -> bool {
        self.ask_to_stop();
        self.ended()
    }

    /// Asks it to end without waiting for it.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let asked = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success(), "it cannot be asked");
    }

    /// Waits for its end; answers whether it ended well.
    pub fn ended(mut self) -> bool {
        self.child.wait().expect("an end").success()
    }

    /// Ends it as the power would: SIGKILL.
    pub fn kill(mut self) {
        self.strike();
    }

    /// The same to one that is replaced by the next.
    pub fn strike(&mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Dead already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `causeway verify` finds nothing broken; while the server runs it only reads.
pub fn verify(place: &Place, read_only: bool) {
    let mut arguments = place.arguments();
    arguments.push("verify".to_owned());
    arguments.extend(read_only.then(|| "--read-only".to_owned()));
    let said = run(&arguments);
    assert!(said.contains("everything holds"), "{said}");
}

/// Runs a command of the program that must succeed, and answers what it said.
pub fn run(arguments: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_causeway-under-test"))
        .args(["--log", "error"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}
