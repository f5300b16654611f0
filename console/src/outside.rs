//! Other programs on the same terminal: it is given to them and taken back. A shell runs only what somebody typed; pager and editor are run without one.

use std::io::{BufRead, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// What is handed to another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Rows, to a command of the shell.
    Pipe {
        /// The command as it was typed.
        command: String,
        /// The rows, as lines of JSON.
        input: String,
    },
    /// A text, to the pager.
    Page(String),
    /// The text of a field, to the editor.
    Edit {
        /// Where the field stands in its body.
        path: String,
        /// Its text.
        text: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// A command ended.
    Piped(String),
    /// A text was read.
    Read,
    /// A field was edited, or why not.
    Edited(String, Result<String, String>),
    /// The program could not be run, and why.
    Failed(String),
}

/// What such programs must know: which variables are kept from them, and where to keep the text of a field meanwhile.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The variables that hold keys, where the console is in read-only mode: then none goes to another program.
    pub withheld: Vec<String>,
    /// A file that nobody else may read, for the text of a field.
    pub scratch: std::path::PathBuf,
}

/// The variable that holds the key.
pub const KEY: &str = "CAUSEWAY_API_KEY";

/// Runs a program on the terminal, which must be its own by then, and waits for its end.
pub fn run(what: Outside, around: &Surroundings) -> Back {
    match what {
        Outside::Pipe { command, input } => {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(&command);
            match feed(shell, &input, around) {
                Ok(status) => {
                    let text = told(&command, status);
                    writeln!(std::io::stderr(), "\n[{text}; enter goes back to the console]").ok();
                    std::io::stdin().lock().read_line(&mut String::new()).ok();
                    Back::Piped(text)
                }
                Err(error) => Back::Failed(format!("sh cannot be run: {error}")),
            }
        }
        Outside::Page(text) => {
            let named = named(&["PAGER"], |name| std::env::var(name).ok());
            let pagers = named.map_or_else(|| vec![vec!["less".to_owned()], vec!["more".to_owned()]], |named| vec![named]);
            let mut failed = String::new();
            for words in pagers {
                let Some((program, arguments)) = words.split_first() else { continue };
                let mut command = Command::new(program);
                command.args(arguments);
                match feed(command, &text, around) {
                    Ok(_) => return Back::Read,
                    Err(error) => failed = format!("{program} cannot be run: {error}. $PAGER names the program that shows texts."),
                }
            }
            Back::Failed(failed)
        }
        Outside::Edit { path, text } => {
            let words = named(&["VISUAL", "EDITOR"], |name| std::env::var(name).ok()).unwrap_or_else(|| vec!["vi".to_owned()]);
            let edited = edit(&words, &text, around);
            std::fs::remove_file(&around.scratch).ok();
            Back::Edited(path, edited)
        }
    }
}

/// The program that one of these variables names, with its arguments.
fn named(variables: &[&str], var: impl Fn(&str) -> Option<String>) -> Option<Vec<String>> {
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    variables.iter().filter_map(|name| var(name)).map(words).find(|words| !words.is_empty())
}

/// Runs a command with this as its input. What it does not read is not an error: a pager is left at any line.
fn feed(mut command: Command, input: &str, around: &Surroundings) -> std::io::Result<ExitStatus> {
    guard(&mut command, around);
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let (stdin, input) = (child.stdin.take(), input.to_owned());
    // Nobody waits for the writing: it ends when nobody reads any more.
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
    child.wait()
}

/// In read-only mode no other program gets the key with which it could change what the console does not.
fn guard(command: &mut Command, around: &Surroundings) {
    for variable in &around.withheld {
        command.env_remove(variable);
    }
}

fn edit(words: &[String], text: &str, around: &Surroundings) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("no editor is named")?;
    scratch(&around.scratch, text).map_err(|error| format!("{}: {error}", around.scratch.display()))?;
    let mut command = Command::new(program);
    command.args(arguments).arg(&around.scratch);
    guard(&mut command, around);
    let status = command.status().map_err(|error| format!("{program} cannot be run: {error}. $EDITOR names the program that edits texts."))?;
    if !status.success() {
        return Err(format!("{program} ended with {status}: the field is as it was."));
    }
    let text = std::fs::read_to_string(&around.scratch).map_err(|error| format!("{}: {error}", around.scratch.display()))?;
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

/// A file of one's own, made anew.
fn scratch(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::remove_file(path).ok();
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// How a command ended.
fn told(command: &str, status: ExitStatus) -> String {
    let command = crate::text::clean(command);
    let command = crate::text::cut(&command, 40);
    if status.success() { format!("{command}: done") } else { format!("{command}: ended with {status}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(folder: &tempfile::TempDir, read_only: bool) -> Surroundings {
        let withheld = if read_only { [KEY, "STAGING_KEY"].map(str::to_owned).to_vec() } else { Vec::new() };
        Surroundings { withheld, scratch: folder.path().join("field") }
    }

    #[test]
    fn programs_are_named_with_their_arguments_and_empty_names_are_none() {
        let of = |value: &'static str| named(&["VISUAL", "EDITOR"], move |name| (name == "EDITOR").then(|| value.to_owned()));
        assert_eq!(of("code --wait"), Some(vec!["code".to_owned(), "--wait".to_owned()]));
        assert_eq!((of(" "), named(&["PAGER"], |_| None)), (None, None));
    }

    #[test]
    fn an_editor_that_fails_leaves_the_field_and_what_it_wrote_is_the_field() {
        let folder = tempfile::tempdir().unwrap();
        let around = around(&folder, false);
        let words = |script: &str| ["sh", "-c", script].map(str::to_owned).to_vec();
        // The file is the argument behind the script.
        assert_eq!(edit(&words("cat \"$0\" >/dev/null && printf 'two\\nlines\\n' >\"$0\""), "one", &around), Ok("two\nlines".to_owned()));
        assert!(edit(&words("exit 3"), "one", &around).unwrap_err().contains("as it was"));
        assert!(edit(&["causeway-no-such-editor".to_owned()], "one", &around).unwrap_err().contains("$EDITOR"));
        let private = edit(&words("test \"$(stat -c %a \"$0\")\" = 600"), "one", &around);
        assert_eq!(private, Ok("one".to_owned()), "nobody else may read it");
    }

    #[test]
    fn rows_reach_the_command_and_in_read_only_mode_the_key_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!("cat >'{0}'; printf %s \"${{CAUSEWAY_API_KEY-none}}${{STAGING_KEY-none}}\" >>'{0}'", out.display());
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&script).env(KEY, "cw_live_x").env("STAGING_KEY", "cw_live_y");
        assert!(feed(shell, "{\"id\":1}\n", &around(&folder, true)).unwrap().success());
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "{\"id\":1}\nnonenone");
        // A command that reads nothing ends all the same, however much there is.
        let mut shell = Command::new("sh");
        shell.arg("-c").arg("exit 4");
        let status = feed(shell, &"x".repeat(1 << 20), &around(&folder, false)).unwrap();
        assert_eq!(told("exit 4", status), "exit 4: ended with exit status: 4");
    }
}
