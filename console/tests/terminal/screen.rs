//! A terminal that a program runs in, driven with keys and read as text.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program that the tests run: the one that `CAUSEWAY_CONSOLE_BIN` names, else the one that was built with them.
pub fn program() -> String {
    std::env::var("CAUSEWAY_CONSOLE_BIN").ok().filter(|path| !path.is_empty()).unwrap_or_else(|| env!("CARGO_BIN_EXE_causeway-console").to_owned())
}

/// A terminal with a folder of its own; both end with this value.
pub struct Screen {
    folder: TempDir,
    socket: PathBuf,
}

impl Screen {
    /// Runs the console in a terminal of this size, under a shell that is there afterwards.
    pub fn start(size: (u16, u16), url: &str, key: &str, arguments: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let screen = Self { socket: folder.path().join("tmux"), folder };
        let program = program();
        let (columns, rows) = (size.0.to_string(), size.1.to_string());
        // A backtrace would push the report of a panic off the screen.
        let shell = format!(
            "exec env RUST_BACKTRACE=0 CAUSEWAY_CONSOLE_HOME='{0}' CAUSEWAY_METRICS='{0}/metrics' CAUSEWAY_URL={url} CAUSEWAY_API_KEY={key} TERM=screen-256color PS1='shell> ' sh -i",
            screen.folder.path().display()
        );
        screen.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", &rows, "-c", &screen.folder.path().display().to_string(), &shell]);
        screen.wait("shell>");
        screen.keys(&[&format!("{program} {arguments}"), "Enter"]);
        screen
    }

    /// The folder that the program runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The frames that the program drew, as it measured them itself.
    pub fn frames(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder.path().join("metrics")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits until nothing is drawn for a while; gives how many frames there are then.
    pub fn rest(&self) -> usize {
        let end = Instant::now() + PATIENCE;
        loop {
            let before = self.frames().len();
            std::thread::sleep(Duration::from_millis(700));
            if self.frames().len() == before {
                return before;
            }
            assert!(Instant::now() < end, "it never rests");
        }
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").arg("-S").arg(&self.socket).args(arguments).output().expect("tmux is installed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Presses keys, by their tmux names.
    pub fn keys(&self, keys: &[&str]) {
        let mut arguments = vec!["send-keys"];
        arguments.extend(keys);
        self.tmux(&arguments);
    }

    /// Types a text, letter by letter.
    pub fn write(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.tmux(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// A value of tmux about the pane.
    pub fn value(&self, name: &str) -> String {
        self.tmux(&["display-message", "-p", &format!("#{{{name}}}")]).trim().to_owned()
    }

    /// Waits until the screen holds this text, and gives all of it.
    pub fn wait(&self, wanted: &str) -> String {
        self.until(wanted, |text| text.contains(wanted))
    }

    /// Waits until the screen looks as it should.
    pub fn until(&self, wanted: &str, good: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if good(&text) {
                return text;
            }
            assert!(Instant::now() < end, "{wanted:?} does not appear:\n{text}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The process that runs in the shell.
    pub fn child(&self) -> Option<String> {
        let shell = self.value("pane_pid");
        let output = Command::new("pgrep").args(["-P", &shell]).output().expect("pgrep is installed");
        String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
    }

    /// Ends the terminal under the program's feet.
    pub fn close(&self) {
        self.tmux(&["kill-server"]);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.close();
    }
}

/// Sends a signal to one process.
pub fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), process]).status().expect("kill").success());
}

/// Waits until a process is gone.
pub fn gone(process: &str) {
    let end = Instant::now() + PATIENCE;
    while Path::new(&format!("/proc/{process}")).exists() {
        assert!(Instant::now() < end, "process {process} lives on");
        std::thread::sleep(Duration::from_millis(30));
    }
}
