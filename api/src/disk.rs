//! How fast the disk of the data folder is: what every durable write waits for.

use crate::settings::Settings;
use causeway_kernel::clock::Stopwatch;
use std::io::Write;

/// Writes per measurement.
const SYNCS: u32 = 50;

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
