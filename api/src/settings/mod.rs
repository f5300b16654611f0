//! Settings: defaults, then one TOML file, then the environment, then flags; the later wins.

mod sound;

use causeway_kernel::http::{Proxies, ProxyHeader};
use causeway_kernel::limits::{DRAIN_SECONDS, SESSION_IDLE_SECONDS, SESSION_SECONDS, STEP_UP_SECONDS};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The commented file that shows every setting with its default.
pub const EXAMPLE: &str = include_str!("../causeway.example.toml");

/// What this process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// The header in which proxies say whom they speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
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

/// Settings that a source may give. Field names are the keys of the file, `CAUSEWAY_<NAME>` in the environment and `--<name>` as flags.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Address to serve on.
    #[arg(long, env = "CAUSEWAY_LISTEN", global = true, value_name = "127.0.0.1:8080")]
    pub listen: Option<SocketAddr>,
    /// Address that serves /metrics without a key, for a scraper on a private network.
    #[arg(long, env = "CAUSEWAY_METRICS_LISTEN", global = true, value_name = "127.0.0.1:9090")]
    pub metrics_listen: Option<SocketAddr>,
    /// Folder of the embedded database.
    #[arg(long, env = "CAUSEWAY_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL address; without it the embedded database is used.
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true, value_name = "postgres://user:secret@host:5432/causeway")]
    pub database_url: Option<String>,
    /// Redis address, through which several instances tell each other what changes and share limits; not needed by one.
    #[arg(long, env = "REDIS_URL", global = true, hide_env_values = true, value_name = "redis://host:6379/0")]
    pub redis_url: Option<String>,
    /// What this process does.
    #[arg(long, env = "CAUSEWAY_ROLE", global = true)]
    pub role: Option<Role>,
    /// How log lines look.
    #[arg(long, env = "CAUSEWAY_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or a filter such as `causeway_kernel=debug`.
    #[arg(long, env = "CAUSEWAY_LOG", global = true)]
    pub log: Option<String>,
    /// Threads that answer requests; one per core when not given.
    #[arg(long, env = "CAUSEWAY_THREADS", global = true)]
    pub threads: Option<usize>,
    /// Connections to PostgreSQL.
    #[arg(long, env = "CAUSEWAY_DATABASE_CONNECTIONS", global = true)]
    pub database_connections: Option<u32>,
    /// Addresses and ranges of the proxies before this service, separated by commas: what they say about the caller's address is believed.
    #[arg(long, env = "CAUSEWAY_TRUSTED_PROXIES", global = true, value_delimiter = ',', value_name = "10.0.0.0/8,192.0.2.7")]
    pub trusted_proxies: Option<Vec<String>>,
    /// The header in which these proxies name the caller.
    #[arg(long, env = "CAUSEWAY_PROXY_HEADER", global = true)]
    pub proxy_header: Option<ForwardedBy>,
    /// Seconds for which /readyz answers 503 before the listener closes, so that load balancers send nothing more.
    #[arg(long, env = "CAUSEWAY_DRAIN_SECONDS", global = true)]
    pub drain_seconds: Option<u32>,
    /// Connections that one address may hold at once; without it there is no limit. Trusted proxies have none.
    #[arg(long, env = "CAUSEWAY_CONNECTIONS_PER_ADDRESS", global = true)]
    pub connections_per_address: Option<usize>,
    /// The one-time token for the first administrator; a random one is printed when not given.
    #[arg(long, env = "CAUSEWAY_BOOTSTRAP_TOKEN", global = true, hide_env_values = true)]
    pub bootstrap_token: Option<String>,
    /// The key that seals secrets in the database, 32 bytes in URL-safe base 64; without it `secret.key` in the data folder is used, and made at the first start.
    #[arg(long, env = "CAUSEWAY_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// Seconds without a request after which a session ends.
    #[arg(long, env = "CAUSEWAY_SESSION_IDLE_SECONDS", global = true)]
    pub session_idle_seconds: Option<u32>,
    /// Seconds after which a session ends in any case.
    #[arg(long, env = "CAUSEWAY_SESSION_SECONDS", global = true)]
    pub session_seconds: Option<u32>,
    /// Seconds for which a sign-in is recent enough for risky steps.
    #[arg(long, env = "CAUSEWAY_STEP_UP_SECONDS", global = true)]
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
    /// Puts the sources together: `flags` (with the environment, which clap has read) over the file over defaults.
    ///
    /// # Errors
    /// A sentence that names the setting and shows an example.
    pub fn load(file: Option<&Path>, flags: Given) -> Result<Self, String> {
        let from_file = file.map_or(Ok(Given::default()), read_file)?;
        let threads = flags.threads.or(from_file.threads);
        let header = flags.proxy_header.or(from_file.proxy_header).unwrap_or_default().into();
        // A variable of the environment that is empty names nobody.
        let ranges = flags.trusted_proxies.filter(|ranges| ranges.iter().any(|range| !range.is_empty())).or(from_file.trusted_proxies);
        let proxies = Proxies::read(&ranges.unwrap_or_default(), header).map_err(|wrong| {
            format!(
                "The setting trusted_proxies names `{wrong}`, which is no address and no range of addresses smaller than all. An example: \
                 trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]; in the environment: CAUSEWAY_TRUSTED_PROXIES=10.0.0.0/8,192.0.2.7"
            )
        })?;
        let settings = Self {
            listen: flags.listen.or(from_file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            metrics_listen: flags.metrics_listen.or(from_file.metrics_listen),
            data_dir: flags.data_dir.or(from_file.data_dir).unwrap_or_else(|| PathBuf::from(".causeway")),
            database_url: flags.database_url.or(from_file.database_url).filter(|url| !url.is_empty()),
            redis_url: flags.redis_url.or(from_file.redis_url).filter(|url| !url.is_empty()),
            role: flags.role.or(from_file.role).unwrap_or_default(),
            log_format: flags.log_format.or(from_file.log_format).unwrap_or_default(),
            log: flags.log.or(from_file.log).unwrap_or_else(|| "info".to_owned()),
            threads: threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
            database_connections: flags.database_connections.or(from_file.database_connections).unwrap_or(causeway_kernel::limits::POSTGRES_CONNECTIONS),
            proxies,
            drain_seconds: flags.drain_seconds.or(from_file.drain_seconds).unwrap_or(DRAIN_SECONDS),
            connections_per_address: flags.connections_per_address.or(from_file.connections_per_address).unwrap_or(usize::MAX),
            bootstrap_token: flags.bootstrap_token.filter(|token| !token.is_empty()).or(from_file.bootstrap_token).filter(|token| !token.is_empty()),
            secret_key: flags.secret_key.filter(|key| !key.is_empty()).or(from_file.secret_key).filter(|key| !key.is_empty()),
            session_idle_seconds: flags.session_idle_seconds.or(from_file.session_idle_seconds).unwrap_or(SESSION_IDLE_SECONDS),
            session_seconds: flags.session_seconds.or(from_file.session_seconds).unwrap_or(SESSION_SECONDS),
            step_up_seconds: flags.step_up_seconds.or(from_file.step_up_seconds).unwrap_or(STEP_UP_SECONDS),
        };
        sound::check(&settings)?;
        Ok(settings)
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

fn read_file(path: &Path) -> Result<Given, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read the settings file {}: {error}. `causeway config` prints one to start from.", path.display()))?;
    toml::from_str(&text)
        .map_err(|error| format!("the settings file {} is not right: {error}\n`causeway config` shows every setting with an example.", path.display()))
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
                && all.drain_seconds == Some(DRAIN_SECONDS)
                && all.redis_url.is_some()
                && all.threads.is_some()
        );
    }

    #[test]
    fn proxies_are_ranges_and_a_wrong_one_is_taught() {
        let given = |ranges: &[&str]| Given { trusted_proxies: Some(ranges.iter().map(|range| (*range).to_owned()).collect()), ..Given::default() };
        let settings = Settings::load(None, given(&["10.0.0.0/8", "192.0.2.7"])).unwrap();
        assert!(settings.proxies.trusts([10, 1, 2, 3].into()) && !settings.proxies.trusts([192, 0, 2, 8].into()));
        let error = Settings::load(None, given(&["10.0.0.0/8", "balancer"])).unwrap_err();
        assert!(error.contains("trusted_proxies") && error.contains("`balancer`") && error.contains("10.0.0.0/8"), "{error}");
        assert!(!Settings::load(None, Given::default()).unwrap().proxies.trusts([127, 0, 0, 1].into()));
    }

    #[test]
    fn flags_win_over_the_file() {
        let path = std::env::temp_dir().join(format!("causeway-settings-{}.toml", std::process::id()));
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nlog = \"warn\"\n").unwrap();
        let flags = Given { listen: "127.0.0.1:2".parse().ok(), ..Given::default() };
        let settings = Settings::load(Some(&path), flags).unwrap();
        assert_eq!((settings.listen.port(), settings.log.as_str()), (2, "warn"));
        std::fs::write(&path, "lissten = \"127.0.0.1:1\"\n").unwrap();
        assert!(Settings::load(Some(&path), Given::default()).unwrap_err().contains("lissten"));
        std::fs::remove_file(&path).unwrap();
    }
}
