//! `causeway migrate up|down|status`.

use crate::settings::Settings;
use crate::store;
use crate::terminal::say;
use causeway_kernel::db::Sqlite;
use clap::ValueEnum;

/// What to do with the schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum What {
    /// Apply everything that is pending.
    Up,
    /// Take the last migration back. What its tables held is lost.
    Down,
    /// Show what is applied and what is pending.
    Status,
}

/// Runs it.
///
/// # Errors
/// A sentence that says what to do.
pub async fn run(settings: &Settings, what: What) -> Result<(), String> {
    if matches!(what, What::Down) {
        store::must_exist(settings)?;
    }
    let schema = store::store(settings);
    let file = store::file(settings);
    let _lock = if settings.database_url.is_none() && !matches!(what, What::Status) {
        store::make_folder(&settings.data_dir)?;
        Some(Sqlite::lock(&file)?)
    } else {
        None
    };
    match what {
        What::Up => {
            let done = schema.up().await?;
            say(&if done.is_empty() { "Nothing to do: the schema is up to date.".to_owned() } else { format!("Applied {}: {}.", done.len(), done.join(", ")) });
        }
        What::Down => match schema.down().await? {
            Some(name) => say(&format!("Took {name} back.")),
            None => say("Nothing to take back: no migration is applied."),
        },
        What::Status => {
            let status = schema.status().await?;
            for name in &status.applied {
                say(&format!("applied  {name}"));
            }
            for name in &status.pending {
                say(&format!("pending  {name}"));
            }
        }
    }
    Ok(())
}
