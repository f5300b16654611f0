//! Settings: defaults, then one TOML file, then the environment, then flags; the later wins.

mod known;
mod sound;
mod sources;

pub use sources::{Sources, unknown_variables};

use causeway_kernel::http::{Proxies, ProxyHeader};
use causeway_kernel::limits::{DRAIN_SECONDS, SESSION_IDLE_SECONDS, SESSION_SECONDS, STEP_UP_SECONDS};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The commented file that shows every setting with its default.
pub const EXAMPLE: &str = include_str!("../causeway.example.toml");

/// What this process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers requests and runs jobs.
    #[default]
    All,
    /// Answers requests only.
    Api,
    /// Runs jobs only.
    Worker,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// The header in which proxies say whom they speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl From<ForwardedBy> for ProxyHeader {
    fn from(header: ForwardedBy) -> Self {
        match header {
            ForwardedBy::XForwardedFor => Self::XForwardedFor,
            ForwardedBy::Forwarded => Self::Forwarded,
        }
    }
}

/// Settings that a source may give. Field names are the keys of the file, `CAUSEWAY_<NAME>` in the environment (see [`Sources`]) and `--<name>` as flags.
#[derive(Args, Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Address to serve on.
    #[arg(long, global = true, value_name = "127.0.0.1:8080")]
    pub listen: Option<SocketAddr>,
    /// Address that serves /metrics without a key, for a scraper on a private network.
    #[arg(long, global = true, value_name = "127.0.0.1:9090")]
    pub metrics_listen: Option<SocketAddr>,
    /// Folder of the embedded database.
    #[arg(long, global = true)]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL address; without it the embedded database is used.
    #[arg(long, global = true, value_name = "postgres://user:secret@host:5432/causeway")]
    pub database_url: Option<String>,
    /// Redis address, through which several instances tell each other what changes and share limits; not needed by one.
    #[arg(long, global = true, value_name = "redis://host:6379/0")]
    pub redis_url: Option<String>,
    /// What this process does.
    #[arg(long, global = true)]
    pub role: Option<Role>,
    /// How log lines look.
    #[arg(long, global = true)]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or a filter such as `causeway_kernel=debug`.
    #[arg(long, global = true)]
    pub log: Option<String>,
    /// Threads that answer requests; one per core when not given.
    #[arg(long, global = true)]
    pub threads: Option<usize>,
    /// Connections to PostgreSQL.
    #[arg(long, global = true)]
    pub database_connections: Option<u32>,
    /// Addresses and ranges of the proxies before this service, separated by commas: what they say about the caller's address is believed.
    #[arg(long, global = true, value_delimiter = ',', value_name = "10.0.0.0/8,192.0.2.7")]
    pub trusted_proxies: Option<Vec<String>>,
    /// The header in which these proxies name the caller.
    #[arg(long, global = true)]
    pub proxy_header: Option<ForwardedBy>,
    /// Sites whose pages may call this service from browsers, separated by commas; `*` is every site. None when not given.
    #[arg(long, global = true, value_delimiter = ',', value_name = "https://app.example.com")]
    pub cors_origins: Option<Vec<String>>,
    /// Seconds for which /readyz answers 503 before the listener closes, so that load balancers send nothing more.
    #[arg(long, global = true)]
    pub drain_seconds: Option<u32>,
    /// Connections that one address may hold at once; without it there is no limit. Trusted proxies have none.
    #[arg(long, global = true)]
    pub connections_per_address: Option<usize>,
    /// The one-time token for the first administrator; a random one is printed when not given.
    #[arg(long, global = true)]
    pub bootstrap_token: Option<String>,
    /// The key that seals secrets in the database, 32 bytes in URL-safe base 64; without it `secret.key` in the data folder is used, and made at the first start.
    #[arg(long, global = true)]
    pub secret_key: Option<String>,
    /// Seconds without a request after which a session ends.
    #[arg(long, global = true)]
    pub session_idle_seconds: Option<u32>,
    /// Seconds after which a session ends in any case.
    #[arg(long, global = true)]
    pub session_seconds: Option<u32>,
    /// Seconds for which a sign-in is recent enough for risky steps.
    #[arg(long, global = true)]
    pub step_up_seconds: Option<u32>,
}

/// Settings in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Address that serves metrics without a key.
    pub metrics_listen: Option<SocketAddr>,
    /// Folder of the embedded database.
    pub data_dir: PathBuf,
    /// PostgreSQL address.
    pub database_url: Option<String>,
    /// Redis address.
    pub redis_url: Option<String>,
    /// What this process does.
    pub role: Role,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Threads that answer requests.
    pub threads: usize,
    /// Connections to PostgreSQL.
    pub database_connections: u32,
    /// The proxies whose word about the caller's address is taken.
    pub proxies: Proxies,
    /// The sites whose pages may call from browsers.
    pub cors_origins: Vec<String>,
    /// Seconds for which /readyz answers 503 before the listener closes.
    pub drain_seconds: u32,
    /// Connections that one address may hold at once.
    pub connections_per_address: usize,
    /// The one-time token for the first administrator.
    pub bootstrap_token: Option<String>,
    /// The key that seals secrets in the database.
    pub secret_key: Option<String>,
    /// Seconds without a request after which a session ends.
    pub session_idle_seconds: u32,
    /// Seconds after which a session ends in any case.
    pub session_seconds: u32,
    /// Seconds for which a sign-in is recent enough for risky steps.
    pub step_up_seconds: u32,
}

impl Settings {
    /// The settings of a file and flags alone, without the environment.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn load(file: Option<&Path>, flags: &Given) -> Result<Self, String> {
        Self::of(&Sources::read(file, std::iter::empty(), flags)?)
    }

    /// Puts the sources together, over the defaults.
    ///
    /// # Errors
    /// A sentence that names the setting and shows an example.
    pub fn of(sources: &Sources) -> Result<Self, String> {
        let given = sources.merged()?;
        let header = given.proxy_header.unwrap_or_default().into();
        let ranges: Vec<String> = given.trusted_proxies.unwrap_or_default().into_iter().filter(|range| !range.is_empty()).collect();
        let proxies = Proxies::read(&ranges, header).map_err(|wrong| {
            format!(
                "The setting trusted_proxies names `{wrong}`, which is no address and no range of addresses smaller than all. An example: \
                 trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]; in the environment: CAUSEWAY_TRUSTED_PROXIES=10.0.0.0/8,192.0.2.7"
            )
        })?;
        let cors_origins = given.cors_origins.unwrap_or_default().into_iter().filter(|origin| !origin.is_empty()).collect();
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let session_seconds = given.session_seconds.unwrap_or(SESSION_SECONDS);
        let settings = Self {
            listen: given.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            metrics_listen: given.metrics_listen,
            data_dir: given.data_dir.unwrap_or_else(|| PathBuf::from(".causeway")),
            database_url: filled(given.database_url),
            redis_url: filled(given.redis_url),
            role: given.role.unwrap_or_default(),
            log_format: given.log_format.unwrap_or_default(),
            log: given.log.unwrap_or_else(|| "info".to_owned()),
            threads: given.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
            database_connections: given.database_connections.unwrap_or(causeway_kernel::limits::POSTGRES_CONNECTIONS),
            proxies,
            cors_origins,
            drain_seconds: given.drain_seconds.unwrap_or(DRAIN_SECONDS),
            connections_per_address: given.connections_per_address.unwrap_or(usize::MAX),
            bootstrap_token: filled(given.bootstrap_token),
            secret_key: filled(given.secret_key),
            // Whoever shortens sessions alone does not have to say so twice.
            session_idle_seconds: given.session_idle_seconds.unwrap_or(SESSION_IDLE_SECONDS).min(session_seconds),
            session_seconds,
            step_up_seconds: given.step_up_seconds.unwrap_or(STEP_UP_SECONDS),
        };
        sound::check(&settings)?;
        Ok(settings)
    }

    /// The defaults that depend on this machine or on other settings, as [`Sources::effective`] shows them.
    #[must_use]
    pub fn computed(&self) -> [(&'static str, String); 2] {
        [("threads", self.threads.to_string()), ("session_idle_seconds", self.session_idle_seconds.to_string())]
    }

    /// How long sessions last.
    #[must_use]
    pub fn session_limits(&self) -> causeway_govern::sign_in::Limits {
        causeway_govern::sign_in::Limits {
            idle_seconds: self.session_idle_seconds.into(),
            absolute_seconds: self.session_seconds.into(),
            step_up_seconds: self.step_up_seconds.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_is_accepted_and_shows_the_defaults() {
        let given: Given = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(given.listen, Some(SocketAddr::from(([127, 0, 0, 1], 8080))));
        let plain: String = EXAMPLE.lines().map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line).to_owned() + "\n").collect();
        let all: Given = toml::from_str(&plain).unwrap();
        assert!(
            all.metrics_listen.is_some()
                && all.database_url.is_some()
                && all.bootstrap_token.is_some()
                && all.connections_per_address.is_some()
                && all.trusted_proxies.is_some()
                && all.proxy_header == Some(ForwardedBy::XForwardedFor)
                && all.cors_origins.is_some()
                && all.drain_seconds == Some(DRAIN_SECONDS)
                && all.redis_url.is_some()
                && all.threads.is_some()
        );
    }

    #[test]
    fn proxies_are_ranges_and_a_wrong_one_is_taught() {
        let given = |ranges: &[&str]| Given { trusted_proxies: Some(ranges.iter().map(|range| (*range).to_owned()).collect()), ..Given::default() };
        let settings = Settings::load(None, &given(&["10.0.0.0/8", "192.0.2.7"])).unwrap();
        assert!(settings.proxies.trusts([10, 1, 2, 3].into()) && !settings.proxies.trusts([192, 0, 2, 8].into()));
        let error = Settings::load(None, &given(&["10.0.0.0/8", "balancer"])).unwrap_err();
        assert!(error.contains("trusted_proxies") && error.contains("`balancer`") && error.contains("10.0.0.0/8"), "{error}");
        assert!(!Settings::load(None, &Given::default()).unwrap().proxies.trusts([127, 0, 0, 1].into()));
    }

    #[test]
    fn flags_win_over_the_file() {
        let path = std::env::temp_dir().join(format!("causeway-settings-{}.toml", std::process::id()));
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nlog = \"warn\"\n").unwrap();
        let flags = Given { listen: "127.0.0.1:2".parse().ok(), ..Given::default() };
        let settings = Settings::load(Some(&path), &flags).unwrap();
        assert_eq!((settings.listen.port(), settings.log.as_str()), (2, "warn"));
        std::fs::write(&path, "lissten = \"127.0.0.1:1\"\n").unwrap();
        assert!(Settings::load(Some(&path), &Given::default()).unwrap_err().contains("lissten"));
        std::fs::remove_file(&path).unwrap();
    }
}
