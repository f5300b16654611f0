//! Where settings come from: the file, the environment and the flags, each read by itself; what is wrong is named by its place, and never shown (threat 25).

use super::known::{KNOWN, Known, of_key};
use super::{EXAMPLE, Given};
use serde::Deserialize;
use std::path::Path;
use toml::{Table, Value};

/// Variables with the prefix that are none of the service's settings: those of the console and of the tests.
const OF_OTHERS: [&str; 6] =
    ["CAUSEWAY_CONSOLE_BIN", "CAUSEWAY_INSIGHT_POSTGRES", "CAUSEWAY_API_KEY", "CAUSEWAY_URL", "CAUSEWAY_METRICS", "CAUSEWAY_CONSOLE_HOME"];
/// What an orchestrator sets for a service of this name.
const OF_ORCHESTRATORS: [&str; 2] = ["CAUSEWAY_SERVICE_", "CAUSEWAY_PORT"];
const OF_TESTS: [&str; 11] = [
    "CAUSEWAY_TEST_",
    "CAUSEWAY_CI_",
    "CAUSEWAY_SEED",
    "CAUSEWAY_CRASH_",
    "CAUSEWAY_DATABASE_KILLS",
    "CAUSEWAY_YEAR_",
    "CAUSEWAY_TAMPER_",
    "CAUSEWAY_ACCEPT",
    "CAUSEWAY_FUZZ",
    "CAUSEWAY_BENCH",
    "CAUSEWAY_RELEASE",
];

/// What each source gives.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The path of the file, and what it gives.
    file: (String, Table),
    environment: Table,
    flags: Table,
}

impl Sources {
    /// Reads the file and the environment, beside the flags that were read already.
    ///
    /// # Errors
    /// A sentence that names the setting, where it stands, and an example; never what stands there.
    pub fn read(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>, flags: &Given) -> Result<Self, String> {
        let mut flags = Table::try_from(flags).map_err(|error| error.to_string())?;
        // As in the environment, what is empty is not given.
        flags.retain(|_, value| value.as_str() != Some("") && value.as_array().is_none_or(|list| list.iter().any(|one| one.as_str() != Some(""))));
        let file = match file {
            Some(path) => (path.display().to_string(), read_file(path)?),
            None => <(String, Table)>::default(),
        };
        Ok(Self { file, environment: read_environment(environment)?, flags })
    }

    /// All of them in one: flags over the environment over the file.
    pub(super) fn merged(&self) -> Result<Given, String> {
        let mut all = self.file.1.clone();
        all.extend(self.environment.clone());
        all.extend(self.flags.clone());
        Given::deserialize(all).map_err(|error| error.message().to_owned())
    }

    /// Each setting in force, a line each as in the file, with where it comes from; `computed` are the defaults that the example file does not show.
    ///
    /// # Errors
    /// None: the example is a file of settings.
    pub fn effective(&self, computed: &[(&str, String)]) -> Result<String, String> {
        let defaults: Table = toml::from_str(EXAMPLE).map_err(|error| error.message().to_owned())?;
        let line = |known: &Known| {
            let key = known.key;
            let (value, source) = if let Some(value) = self.flags.get(key) {
                (value, format!("flag --{}", key.replace('_', "-")))
            } else if let Some(value) = self.environment.get(key) {
                (value, format!("environment {}", known.variable))
            } else if let Some(value) = self.file.1.get(key) {
                (value, format!("file {}", self.file.0))
            } else {
                let computed = computed.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
                return match computed.or_else(|| defaults.get(key).map(|value| known.shown(value))) {
                    Some(value) => format!("{:<64} # default", format!("{key} = {value}")),
                    None => format!("{:<64} # not given", format!("# {key} =")),
                };
            };
            format!("{:<64} # {source}", format!("{key} = {}", known.shown(value)))
        };
        Ok(KNOWN.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

/// Names of variables that look like settings and are none.
pub fn unknown_variables(environment: impl Iterator<Item = String>) -> Vec<String> {
    let unknown = |name: &String| {
        name.starts_with("CAUSEWAY_")
            && !KNOWN.iter().any(|known| known.variable == name)
            && !OF_OTHERS.contains(&name.as_str())
            && !OF_TESTS.iter().chain(&OF_ORCHESTRATORS).any(|prefix| name.starts_with(prefix))
    };
    let mut names: Vec<String> = environment.filter(unknown).collect();
    names.sort();
    names
}

/// An empty variable is not given.
fn read_environment(variables: impl Iterator<Item = (String, String)>) -> Result<Table, String> {
    let mut table = Table::new();
    for (name, text) in variables.filter(|(_, text)| !text.is_empty()) {
        let Some(known) = KNOWN.iter().find(|known| known.variable == name) else { continue };
        let value = known.read(&text).filter(|value| is_right(known, value));
        let value = value.ok_or_else(|| {
            format!("the variable {name} of the environment is not right: it must be {}, for example: {}", known.what, known.in_environment())
        })?;
        table.insert(known.key.to_owned(), value);
    }
    Ok(table)
}

fn is_right(known: &Known, value: &Value) -> bool {
    Given::deserialize(known.alone(value.clone())).is_ok()
}

fn read_file(path: &Path) -> Result<Table, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read the settings file {}: {error}. `causeway config` prints one to start from.", path.display()))?;
    read_text(&text)
        .map_err(|wrong| format!("the settings file {} is not right: {wrong}\n`causeway config` shows every setting with an example.", path.display()))
}

fn read_text(text: &str) -> Result<Table, String> {
    if let Err(error) = toml::from_str::<Given>(text) {
        return Err(wrong_line(text, error.span().map_or(0, |span| span.start)));
    }
    toml::from_str(text).map_err(|error| wrong_line(text, error.span().map_or(0, |span| span.start)))
}

/// What is wrong about the line that has this byte: its number, its key and an example.
fn wrong_line(text: &str, byte: usize) -> String {
    let before = text.get(..byte).unwrap_or(text).matches('\n').count();
    // A list may go over several lines: its key stands above.
    let lines: Vec<&str> = text.lines().take(before + 1).collect();
    let key = lines.iter().rev().find_map(|line| line.split_once('=').map(|(key, _)| key.trim().trim_matches('"')));
    let number = before + 1;
    // Anything else may be a secret that lost its quotes.
    let is_name = |key: &&str| key.len() <= 32 && key.chars().all(|letter| letter.is_ascii_lowercase() || ['_', '-', '.'].contains(&letter));
    match key.filter(is_name) {
        _ if lines.last().is_some_and(|line| line.trim_start().starts_with('[') && !line.contains(['"', '='])) => {
            format!("line {number} begins a table; settings stand in none, for example: listen = \"127.0.0.1:8080\"")
        }
        Some(key) => match of_key(key) {
            Some(known) => format!("line {number}, {key}: it must be {}, given once, for example: {key} = {}", known.what, known.example),
            None => format!("line {number}: there is no setting {key}. There are {}", KNOWN.map(|known| known.key).join(", ")),
        },
        None => format!("line {number} is no setting, for example: listen = \"127.0.0.1:8080\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Result<Table, String> {
        read_environment(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn the_example_knows_every_setting() {
        for known in &KNOWN {
            assert!(EXAMPLE.contains(&format!("{} = ", known.key)), "{}", known.key);
            let given: Table = toml::from_str(&format!("{} = {}", known.key, known.example)).unwrap();
            assert!(Given::deserialize(given).is_ok(), "{}", known.key);
            assert!(environment(&[known.in_environment().split_once('=').unwrap()]).is_ok(), "{}", known.in_environment());
        }
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named_and_not_shown() {
        for (text, says) in [
            ("listen = \"127.0.0.1:1\"\ndatabase_url = \"postgres://u:hush@x\n", "line 2, database_url: it must be the address of a PostgreSQL"),
            ("secret_key = hush\n", "line 1, secret_key: it must be a text"),
            ("\nbootstrap_token = 7007\n", "line 2, bootstrap_token"),
            ("threads = \"hush\"\n", "line 1, threads: it must be a whole number, given once, for example: threads = 2"),
            ("trusted_proxies = \"hush\"\n", "a list of addresses"),
            ("trusted_proxies = [\n  \"10.0.0.0/8\",\n  7007,\n]\n", "line 3, trusted_proxies"),
            ("role = \"hush\"\n", "all, api or worker"),
            ("lissten = \"hush\"\n", "line 1: there is no setting lissten. There are listen, "),
            ("[server]\nlisten = \"127.0.0.1:1\"\n", "line 1 begins a table"),
            ("hush\n", "line 1 is no setting"),
            ("Xhush7==\n", "line 1 is no setting"),
            ("secret_key = \"\"\"\nXhush7==\n", "is no setting"),
            ("log = \"info\"\nlog = \"hush\"\n", "line 2, log"),
        ] {
            let wrong = read_text(text).unwrap_err();
            assert!(wrong.contains(says), "{text:?}: {wrong}");
            assert!(!wrong.contains("hush") && !wrong.contains("7007") && !wrong.contains("usize"), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_variable_is_named_and_an_empty_one_is_none() {
        for (name, text, says) in [
            ("CAUSEWAY_THREADS", "abc", "a whole number, for example: CAUSEWAY_THREADS=2"),
            ("CAUSEWAY_THREADS", "-1", "CAUSEWAY_THREADS"),
            ("CAUSEWAY_LISTEN", "hush", "CAUSEWAY_LISTEN=127.0.0.1:8080"),
            ("CAUSEWAY_ROLE", "hush", "all, api or worker"),
            ("CAUSEWAY_DATA_DIR", "hush\u{fffd}", "the name of a folder"),
        ] {
            let wrong = environment(&[(name, text)]).unwrap_err();
            assert!(wrong.contains(name) && wrong.contains(says) && !wrong.contains("hush"), "{wrong}");
        }
        let given =
            environment(&[("CAUSEWAY_THREADS", ""), ("CAUSEWAY_LISTEN", ""), ("CAUSEWAY_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7"), ("HOME", "/x")]).unwrap();
        assert_eq!(given.keys().collect::<Vec<_>>(), ["trusted_proxies"]);
    }

    #[test]
    fn variables_that_are_no_settings_are_named() {
        let names =
            ["CAUSEWAY_LISTN", "CAUSEWAY_LISTEN", "CAUSEWAY_API_KEY", "CAUSEWAY_TEST_POSTGRES", "CAUSEWAY_PORT_8080_TCP", "HOME", "CAUSEWAY_DATABASE_URL"]
                .map(str::to_owned);
        assert_eq!(unknown_variables(names.into_iter()), ["CAUSEWAY_DATABASE_URL", "CAUSEWAY_LISTN"]);
    }

    #[test]
    fn what_is_in_force_says_where_it_came_from() {
        let flags = Given { threads: Some(3), secret_key: Some("hush".to_owned()), ..Given::default() };
        let mut sources =
            Sources::read(None, [("CAUSEWAY_LOG".to_owned(), "warn".to_owned()), ("CAUSEWAY_THREADS".to_owned(), "5".to_owned())].into_iter(), &flags).unwrap();
        sources.file = ("c.toml".to_owned(), toml::from_str("log = \"error\"\ndatabase_url = \"postgres://u:hush@h/db?password=hush\"").unwrap());
        let shown = sources.effective(&[]).unwrap();
        for line in [
            "threads = 3 # flag --threads",
            "log = \"warn\" # environment CAUSEWAY_LOG",
            "database_url = \"postgres://…@h/db?…\" # file c.toml",
            "drain_seconds = 3 # default",
            "# redis_url = # not given",
            "secret_key = \"…\" # flag --secret-key",
        ] {
            assert!(shown.lines().any(|shown| shown.split_whitespace().collect::<Vec<_>>().join(" ") == line), "{line}: {shown}");
        }
        assert!(!shown.contains("hush"));
        assert_eq!(sources.merged().unwrap().log.as_deref(), Some("warn"));
    }
}
