//! What a setting must be for the service to work: refused before anything starts, with the name of the setting and an example.

use super::Settings;
use crate::cors::is_origin;
use tracing_subscriber::EnvFilter;

/// What the example file shows; whoever reads it knows them.
const SHOWN: [&str; 2] = ["choose-a-long-random-text", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"];
const OWN: &str = "Choose your own, for example by: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='";
/// Characters of a one-time token for the first administrator, at least: whoever guesses it owns the service.
const TOKEN_LENGTH: usize = 16;
/// More threads than this answer nothing faster.
const MOST_THREADS: usize = 1_024;
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// Holds the settings against what each must be.
///
/// # Errors
/// A sentence that names the setting and shows an example.
pub fn check(settings: &Settings) -> Result<(), String> {
    let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    for (name, value, example) in [
        ("threads", whole(settings.threads), "2"),
        ("database_connections", settings.database_connections.into(), "16"),
        ("connections_per_address", whole(settings.connections_per_address), "200"),
        ("session_seconds", settings.session_seconds.into(), "43200"),
        ("session_idle_seconds", settings.session_idle_seconds.into(), "1800"),
        ("step_up_seconds", settings.step_up_seconds.into(), "300"),
    ] {
        if value == 0 {
            return Err(format!("The setting {name} must be at least 1, for example: {name} = {example}"));
        }
    }
    if settings.threads > MOST_THREADS {
        return Err(format!("The setting threads must be at most {MOST_THREADS}, for example: threads = 2"));
    }
    if settings.bootstrap_token.as_ref().is_some_and(|token| token.chars().count() < TOKEN_LENGTH) {
        return Err(format!(
            "The setting bootstrap_token must have at least {TOKEN_LENGTH} characters, as whoever knows it becomes the first administrator. Without it a random \
             one is printed. {OWN}"
        ));
    }
    for (name, secret) in [("bootstrap_token", &settings.bootstrap_token), ("secret_key", &settings.secret_key)] {
        if secret.as_ref().is_some_and(|secret| SHOWN.contains(&secret.as_str())) {
            return Err(format!("The setting {name} is the one of the example, which everybody knows. {OWN}"));
        }
    }
    if let Some(wrong) = settings.log.split(',').find(|part| !is_directive(part.trim())) {
        return Err(format!(
            "The setting log names `{wrong}`, which is no level ({}) and no filter. Examples: log = \"info\", log = \"info,causeway_kernel=debug\"",
            LEVELS.join(", ")
        ));
    }
    if let Some(wrong) = settings.cors_origins.iter().find(|origin| !is_origin(origin)) {
        return Err(format!(
            "The setting cors_origins names `{wrong}`, which is no origin as browsers send it: scheme and host in small letters, and a port where it is not the \
             usual one. An example: cors_origins = [\"https://app.example.com\", \"http://localhost:5173\"]; \"*\" is every site"
        ));
    }
    if let Some(url) = &settings.database_url
        && !["postgres://", "postgresql://"].iter().any(|start| url.starts_with(start))
    {
        return Err("The setting database_url must begin with postgres://, for example: database_url = \"postgres://causeway:secret@127.0.0.1:5432/causeway\""
            .to_owned());
    }
    if let Some(url) = &settings.redis_url {
        causeway_kernel::shared::check_address(url)
            .map_err(|error| format!("The setting redis_url is no address of Redis ({error}), for example: redis_url = \"redis://127.0.0.1:6379/0\""))?;
    }
    if settings.metrics_listen.is_some_and(|at| at == settings.listen && at.port() != 0) {
        return Err(format!(
            "The settings listen and metrics_listen both name {}. Give metrics an address of their own, for example: metrics_listen = \"127.0.0.1:9090\"",
            settings.listen
        ));
    }
    Ok(())
}

/// Whether a part of a filter says something: a level, or what is logged of a target. A word alone that is no level would switch everything else off.
fn is_directive(part: &str) -> bool {
    LEVELS.contains(&part.to_lowercase().as_str()) || (part.contains(['=', '[']) && EnvFilter::try_new(part).is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::Given;
    use super::*;

    fn refused(given: Given) -> String {
        Settings::load(None, &given).unwrap_err()
    }

    #[test]
    fn settings_that_would_lock_everybody_out_are_refused() {
        for (given, name) in [
            (Given { threads: Some(0), ..Given::default() }, "threads"),
            (Given { database_connections: Some(0), ..Given::default() }, "database_connections"),
            (Given { connections_per_address: Some(0), ..Given::default() }, "connections_per_address"),
            (Given { session_idle_seconds: Some(0), ..Given::default() }, "session_idle_seconds"),
            (Given { session_seconds: Some(0), ..Given::default() }, "session_seconds"),
            (Given { step_up_seconds: Some(0), ..Given::default() }, "step_up_seconds"),
        ] {
            assert!(refused(given).starts_with(&format!("The setting {name} must be at least 1, for example: {name} = ")));
        }
    }

    #[test]
    fn idle_is_no_longer_than_a_session() {
        let idle = |idle, all| {
            let given = Given { session_idle_seconds: idle, session_seconds: Some(all), ..Given::default() };
            Settings::load(None, &given).unwrap().session_idle_seconds
        };
        assert_eq!((idle(Some(601), 600), idle(Some(599), 600), idle(None, 600)), (600, 599, 600));
    }

    #[test]
    fn an_origin_that_no_browser_sends_is_taught() {
        let origins = |origin: &str| Given { cors_origins: Some(vec![origin.to_owned()]), ..Given::default() };
        let said = refused(origins("https://app.example.com/"));
        assert!(said.contains("cors_origins names `https://app.example.com/`") && said.contains("[\"https://app.example.com\""), "{said}");
        assert_eq!(Settings::load(None, &origins("https://app.example.com")).unwrap().cors_origins, ["https://app.example.com"]);
        assert!(Settings::load(None, &Given::default()).unwrap().cors_origins.is_empty());
    }

    #[test]
    fn threads_are_bounded() {
        assert!(refused(Given { threads: Some(20_000), ..Given::default() }).contains("at most 1024"));
    }

    #[test]
    fn a_bootstrap_token_is_long_and_an_empty_one_is_none() {
        let token = |text: &str| Given { bootstrap_token: Some(text.to_owned()), ..Given::default() };
        assert!(refused(token("a")).contains("at least 16 characters"));
        assert_eq!(Settings::load(None, &token("")).unwrap().bootstrap_token, None);
        assert!(refused(token("choose-a-long-random-text")).contains("the one of the example"));
        assert!(Settings::load(None, &token("a-token-of-our-own")).unwrap().bootstrap_token.is_some());
    }

    #[test]
    fn a_filter_that_logs_nothing_is_refused() {
        let log = |text: &str| Given { log: Some(text.to_owned()), ..Given::default() };
        for wrong in ["nonsense", "warning", "info,causeway", "foo=bar=baz", "info,,"] {
            assert!(refused(log(wrong)).contains("log = \"info\""), "{wrong}");
        }
        for right in ["info", "WARN", "info,causeway_kernel=debug", "off", "error, causeway::request=info"] {
            assert!(Settings::load(None, &log(right)).is_ok(), "{right}");
        }
    }

    #[test]
    fn addresses_that_can_never_work_are_refused() {
        let redis = |url: &str| Given { redis_url: Some(url.to_owned()), ..Given::default() };
        assert!(refused(redis("http://x")).contains("redis://127.0.0.1:6379/0"));
        assert!(Settings::load(None, &redis("redis://127.0.0.1:6379/0")).is_ok());
        let database = Given { database_url: Some("mysql://x".to_owned()), ..Given::default() };
        assert!(refused(database).contains("must begin with postgres://"));
        let at = "127.0.0.1:8080".parse().ok();
        assert!(refused(Given { listen: at, metrics_listen: at, ..Given::default() }).contains("metrics_listen = "));
    }
}
