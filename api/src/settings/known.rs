//! Every setting by its name: what it must be and an example, for what reads a source and for what complains of one.

use toml::{Table, Value};

/// A setting.
pub(super) struct Known {
    /// Its key in the file; the flag is the same with hyphens.
    pub(super) key: &'static str,
    /// Its variable in the environment.
    pub(super) variable: &'static str,
    /// What it must be.
    pub(super) what: &'static str,
    /// An example as the file has it.
    pub(super) example: &'static str,
    pub(super) kind: Kind,
}

/// How text of the environment becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text that may be shown.
    Text,
    /// Text that is never shown.
    Secret,
    /// An address with a password in it.
    Url,
    /// A whole number.
    Number,
    /// Several texts, separated by commas.
    List,
}

const fn known(key: &'static str, variable: &'static str, kind: Kind, what: &'static str, example: &'static str) -> Known {
    Known { key, variable, what, example, kind }
}

const NUMBER: &str = "a whole number";
const SECONDS: &str = "a whole number of seconds";

/// All settings, in the order of the example file.
pub(super) const KNOWN: [Known; 20] = [
    known("listen", "CAUSEWAY_LISTEN", Kind::Text, "an address with a port", "\"127.0.0.1:8080\""),
    known("metrics_listen", "CAUSEWAY_METRICS_LISTEN", Kind::Text, "an address with a port", "\"127.0.0.1:9090\""),
    known("data_dir", "CAUSEWAY_DATA_DIR", Kind::Text, "the name of a folder", "\".causeway\""),
    known("database_url", "DATABASE_URL", Kind::Url, "the address of a PostgreSQL", "\"postgres://causeway:secret@127.0.0.1:5432/causeway\""),
    known("database_connections", "CAUSEWAY_DATABASE_CONNECTIONS", Kind::Number, NUMBER, "16"),
    known("role", "CAUSEWAY_ROLE", Kind::Text, "all, api or worker", "\"all\""),
    known("log_format", "CAUSEWAY_LOG_FORMAT", Kind::Text, "human or json", "\"human\""),
    known("log", "CAUSEWAY_LOG", Kind::Text, "a level or a filter", "\"info\""),
    known("threads", "CAUSEWAY_THREADS", Kind::Number, NUMBER, "2"),
    known("trusted_proxies", "CAUSEWAY_TRUSTED_PROXIES", Kind::List, "a list of addresses and ranges, each a text", "[\"10.0.0.0/8\", \"192.0.2.7\"]"),
    known("proxy_header", "CAUSEWAY_PROXY_HEADER", Kind::Text, "x-forwarded-for or forwarded", "\"x-forwarded-for\""),
    known("cors_origins", "CAUSEWAY_CORS_ORIGINS", Kind::List, "a list of origins, each a text", "[\"https://app.example.com\"]"),
    known("drain_seconds", "CAUSEWAY_DRAIN_SECONDS", Kind::Number, SECONDS, "3"),
    known("connections_per_address", "CAUSEWAY_CONNECTIONS_PER_ADDRESS", Kind::Number, NUMBER, "200"),
    known("redis_url", "REDIS_URL", Kind::Url, "the address of a Redis", "\"redis://127.0.0.1:6379/0\""),
    known("bootstrap_token", "CAUSEWAY_BOOTSTRAP_TOKEN", Kind::Secret, "a text of 16 characters or more", "\"choose-a-long-random-text\""),
    known("secret_key", "CAUSEWAY_SECRET_KEY", Kind::Secret, "a text: 32 bytes in URL-safe base 64", "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\""),
    known("session_idle_seconds", "CAUSEWAY_SESSION_IDLE_SECONDS", Kind::Number, SECONDS, "1800"),
    known("session_seconds", "CAUSEWAY_SESSION_SECONDS", Kind::Number, SECONDS, "43200"),
    known("step_up_seconds", "CAUSEWAY_STEP_UP_SECONDS", Kind::Number, SECONDS, "300"),
];

/// The setting of this key.
pub(super) fn of_key(key: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.key == key)
}

impl Known {
    /// The value that text of the environment stands for; `None` when it can be none.
    pub(super) fn read(&self, text: &str) -> Option<Value> {
        // What was no text came with signs in the place of what could not be read.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        Some(match self.kind {
            Kind::Number => Value::Integer(text.trim().parse().ok()?),
            Kind::List => Value::Array(text.split(',').map(|part| Value::String(part.trim().to_owned())).collect()),
            Kind::Text | Kind::Secret | Kind::Url => Value::String(text.to_owned()),
        })
    }

    /// The example as the environment has it: without quotes and brackets.
    pub(super) fn in_environment(&self) -> String {
        let plain: String = self.example.chars().filter(|letter| !['"', '[', ']', ' '].contains(letter)).collect();
        format!("{}={plain}", self.variable)
    }

    /// The value as it may be shown: a secret never is, and an address without who signs in.
    pub(super) fn shown(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Secret, _) => "\"…\"".to_owned(),
            (Kind::Url, Value::String(url)) => format!("\"{}\"", causeway_kernel::db::without_secrets(url)),
            _ => value.to_string(),
        }
    }

    /// A table of this setting alone.
    pub(super) fn alone(&self, value: Value) -> Table {
        Table::from_iter([(self.key.to_owned(), value)])
    }
}
