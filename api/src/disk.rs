//! The disk of the data folder: how fast it is, which every durable write waits for, and how much room it has.

use crate::settings::Settings;
use causeway_kernel::clock::Stopwatch;
use std::io::Write;

/// Writes per measurement.
const SYNCS: u32 = 50;
/// Free bytes that the embedded database must have: the write-ahead log alone takes 67 MB before it is copied back, and more while somebody reads long.
const LEAST_FREE: u64 = 256 * 1_024 * 1_024;

/// How much is free in the folder, and whether that is enough.
///
/// # Errors
/// A sentence that says what to do.
pub fn room(folder: &std::path::Path) -> Result<String, String> {
    let Some(space) = causeway_kernel::pressure::space(folder) else { return Err(format!("how much space {} has cannot be told", folder.display())) };
    let said = format!("{} of {} MB are free", space.free / 1_048_576, space.total / 1_048_576);
    if space.free < LEAST_FREE {
        Err(format!("{said}: at least {} must be. Free space, or choose another --data-dir", LEAST_FREE / 1_048_576))
    } else {
        Ok(said)
    }
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
