//! Files: the configuration with its profiles, and what is kept between sessions. Both belong to the user alone.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A server with a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Where the server is.
    pub url: String,
    /// The key.
    #[serde(default)]
    pub key: Option<String>,
    /// The name of the environment variable that holds the key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The program that prints the key, with its arguments: the keyring of the system or of a password manager.
    #[serde(default)]
    pub key_command: Vec<String>,
    /// What stands in line 1, such as `PROD`.
    #[serde(default)]
    pub badge: Option<String>,
    /// Whether nothing may be changed.
    #[serde(default)]
    pub read_only: bool,
}

/// The configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The profile to use when none is named.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether the mouse is used: yes when not given.
    #[serde(default)]
    pub mouse: Option<bool>,
    /// Whether only ASCII is drawn.
    #[serde(default)]
    pub ascii: bool,
    /// The profiles by name.
    #[serde(default)]
    pub profile: BTreeMap<String, Profile>,
    /// Other keys by name of action.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
}

/// A filter that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// The place, as [`crate::route::Place::write`] writes it.
    pub place: String,
    /// How it was sorted: field and whether the greatest came first.
    #[serde(default)]
    pub sort: Option<(String, bool)>,
}

/// What was typed into a form and is not done yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Which form: what is done, and to what.
    pub form: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What stands in the fields that somebody typed into. Never what is secret.
    pub fields: BTreeMap<String, String>,
    /// What stood there before.
    #[serde(default)]
    pub before: BTreeMap<String, String>,
}

/// What is kept between sessions of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Where one was.
    #[serde(default)]
    pub place: String,
    /// How lists were sorted: field and whether the greatest came first.
    #[serde(default)]
    pub sorts: BTreeMap<String, (String, bool)>,
    /// What was marked.
    #[serde(default)]
    pub marks: BTreeMap<String, Vec<String>>,
    /// The company that lists were limited to.
    #[serde(default)]
    pub company: Option<(String, String)>,
    /// The filters that were kept.
    #[serde(default)]
    pub saved: Vec<Saved>,
    /// What was typed into forms and is not done yet.
    #[serde(default)]
    pub drafts: Vec<Draft>,
    /// What was typed earlier, by what it was typed into.
    #[serde(default)]
    pub history: BTreeMap<String, Vec<String>>,
}

/// What is kept of a profile and its server: ids and companies of one tenant mean nothing to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The layout of this file.
    pub version: u32,
    /// Where the server is.
    pub url: String,
    /// Whose session was the last.
    #[serde(default)]
    pub tenant: String,
    /// Tenant and mail address of the last sign-in.
    #[serde(default)]
    pub login: (String, String),
    /// What is kept by tenant.
    #[serde(default)]
    pub tenants: BTreeMap<String, Session>,
}

/// The layout of the session file.
pub const VERSION: u32 = 2;

/// Where the files are.
#[derive(Clone, Debug)]
pub struct Store {
    config: PathBuf,
    state: PathBuf,
}

impl Store {
    /// The folders that the environment names: `CAUSEWAY_CONSOLE_HOME`, else those of the XDG base directories.
    pub fn new(var: impl Fn(&str) -> Option<String>) -> Self {
        if let Some(home) = var("CAUSEWAY_CONSOLE_HOME") {
            return Self { config: PathBuf::from(&home).join("console.toml"), state: PathBuf::from(home) };
        }
        let home = PathBuf::from(var("HOME").unwrap_or_else(|| ".".to_owned()));
        let folder = |name: &str, usual: &str| var(name).filter(|path| path.starts_with('/')).map_or_else(|| home.join(usual), PathBuf::from).join("causeway");
        Self { config: folder("XDG_CONFIG_HOME", ".config").join("console.toml"), state: folder("XDG_STATE_HOME", ".local/state") }
    }

    /// A file for the text of a field while another program edits it.
    pub fn scratch(&self) -> PathBuf {
        self.state.join(format!("console-field-{}.txt", std::process::id()))
    }

    /// The configuration; empty when there is no file.
    ///
    /// # Errors
    /// What is wrong with the file, for a person.
    pub fn config(&self) -> Result<Config, String> {
        let text = match std::fs::read_to_string(&self.config) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
            Err(error) => return Err(format!("{}: {error}", self.config.display())),
        };
        let config: Config = toml::from_str(&text).map_err(|error| format!("{}: {error}", self.config.display()))?;
        let holds_key = config.profile.values().any(|profile| profile.key.is_some());
        let mode = std::fs::metadata(&self.config).map(|meta| meta.permissions().mode() & 0o077).unwrap_or(0);
        if holds_key && mode != 0 {
            return Err(format!("{0} holds a key and others may read it. Run: chmod 600 {0}", self.config.display()));
        }
        Ok(config)
    }

    fn session_file(&self, profile: &str, url: &str) -> PathBuf {
        let server = url.split_once("://").map_or(url, |(_, server)| server).trim_end_matches('/');
        let plain = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect::<String>();
        self.state.join(format!("console-{}-{}.json", plain(profile), plain(server)))
    }

    /// What was kept for a profile and a server; the beginning when there is nothing, or nothing that can be read.
    pub fn kept(&self, profile: &str, url: &str) -> Kept {
        let read = std::fs::read(self.session_file(profile, url)).ok().and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
        let beginning = || Kept { version: VERSION, url: url.to_owned(), ..Kept::default() };
        read.filter(|kept| kept.version == VERSION && kept.url == url).unwrap_or_else(beginning)
    }

    /// Keeps what is to be kept: all of it or nothing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, profile: &str, kept: &Kept) -> Result<(), String> {
        let text = serde_json::to_vec_pretty(kept).map_err(|error| error.to_string())?;
        write_private(&self.session_file(profile, &kept.url), &text).map_err(|error| format!("the session was not kept: {error}"))
    }
}

/// Writes a file that only its owner may read, at once or not at all.
///
/// # Errors
/// When the disk refuses.
pub fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let half = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&half, path)
}

/// Writes a file that only its owner may read and that is not there yet: of this name and kind in this folder, or with a number behind it. Gives its path.
///
/// # Errors
/// When the disk refuses.
pub fn write_new(folder: &Path, name: &str, kind: &str, content: &[u8]) -> std::io::Result<PathBuf> {
    for number in 1_u32.. {
        let path = folder.join(if number == 1 { format!("{name}.{kind}") } else { format!("{name}-{number}.{kind}") });
        // The name is taken first, so that nobody else's file is replaced.
        match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        }
        return match write_private(&path, content) {
            Ok(()) => Ok(path),
            Err(error) => {
                std::fs::remove_file(&path).ok();
                Err(error)
            }
        };
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_string_lossy().into_owned();
        (folder, Store::new(|name| (name == "CAUSEWAY_CONSOLE_HOME").then(|| home.clone())))
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let (folder, store) = store();
        let path = folder.path().join("console.toml");
        std::fs::write(&path, "default = \"prod\"\n[profile.prod]\nurl = \"https://a.test\"\nkey = \"cw_live_x\"\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(store.config().unwrap_err().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(store.config().unwrap().default.as_deref(), Some("prod"));
        std::fs::write(&path, "colour = 1").unwrap();
        assert!(store.config().unwrap_err().contains("colour"));
    }

    #[test]
    fn a_session_is_kept_privately_for_its_server_and_read_again() {
        let (folder, store) = store();
        let url = "https://a.test:8443/";
        let session = Session { place: "orders?status:draft".to_owned(), ..Session::default() };
        let kept = Kept { tenant: "acme".to_owned(), tenants: BTreeMap::from([("acme".to_owned(), session)]), ..store.kept("prod/eu", url) };
        store.keep("prod/eu", &kept).unwrap();
        assert_eq!(store.kept("prod/eu", url), kept);
        for (profile, url) in [("prod/eu", "https://b.test"), ("local", url), ("prod/eu", "http://a.test:8443/")] {
            assert_eq!(store.kept(profile, url).tenants, BTreeMap::new(), "{profile} {url}");
        }
        let file = folder.path().join("console-prod_eu-a_test_8443.json");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "{broken").unwrap();
        assert_eq!(store.kept("prod/eu", url).tenant, "");
    }
}
