//! `causeway doctor`: what is in force, what works, and what to do about what does not.

use crate::disk::sync_micros;
use crate::settings::Settings;
use crate::store;
use crate::terminal::{complain, say};
use std::process::ExitCode;

/// Checks everything and says what it found; exits 1 when something must be done.
///
/// # Errors
/// None today: what fails is part of the answer.
pub async fn run(settings: &Settings) -> Result<ExitCode, String> {
    say(&format!("causeway {}", env!("CARGO_PKG_VERSION")));
    say(&format!("listen        {}", settings.listen));
    say(&format!("threads       {}", settings.threads));
    let mut healthy = true;
    let mut check = |name: &str, outcome: Result<String, String>| match outcome {
        Ok(text) => say(&format!("{name:<13} ok: {text}")),
        Err(text) => {
            healthy = false;
            complain(&format!("{name:<13} NOT OK: {text}"));
        }
    };
    check("address", std::net::TcpListener::bind(settings.listen).map(|_| "free".to_owned()).map_err(|error| format!("{error}; choose another with --listen")));
    let schema = store::store(settings).status().await;
    check("schema", schema.map(|status| format!("{} migrations applied, {} pending", status.applied.len(), status.pending.len())));
    match &settings.database_url {
        Some(_) => check("database", store::open(settings).await.map(|_| "PostgreSQL answers".to_owned())),
        None => {
            check("data folder", store::make_folder(&settings.data_dir).map(|()| settings.data_dir.display().to_string()));
            check("disk", sync_micros(settings).map(|micros| format!("fsync takes {}.{:03} ms", micros / 1000, micros % 1000)));
        }
    }
    if let Some(url) = &settings.redis_url {
        check("redis", causeway_kernel::shared::check(url).await.map(|()| "answers".to_owned()));
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
