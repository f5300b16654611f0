//! `causeway doctor`: what is in force, what works, and what to do about what does not.

use super::{complain, say};
use crate::settings::Settings;
use crate::store;
use causeway_kernel::clock::Stopwatch;
use std::io::Write;
use std::process::ExitCode;

/// Writes per measurement of the disk.
const SYNCS: u32 = 50;

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
            check(
                "data folder",
                std::fs::create_dir_all(&settings.data_dir).map(|()| settings.data_dir.display().to_string()).map_err(|error| error.to_string()),
            );
            check("disk", sync_micros(settings).map(|micros| format!("fsync takes {}.{:03} ms", micros / 1000, micros % 1000)));
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The median time of a small write that must reach the disk, in microseconds.
///
/// # Errors
/// When the data folder cannot be written.
pub fn sync_micros(settings: &Settings) -> Result<u64, String> {
    let path = settings.data_dir.join(".fsync-probe");
    let said = |error: std::io::Error| format!("cannot write to {}: {error}", settings.data_dir.display());
    let mut file = std::fs::File::create(&path).map_err(said)?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        let watch = Stopwatch::start();
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).map_err(said)?;
        times.push(watch.micros());
    }
    std::fs::remove_file(&path).map_err(said)?;
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}
