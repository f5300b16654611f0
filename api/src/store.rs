//! Opening the database that the settings name.

use crate::settings::Settings;
use causeway_kernel::Db;
use causeway_kernel::db::{Postgres, Sqlite, Store};
use std::path::PathBuf;

/// The file of the embedded database.
#[must_use]
pub fn file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("causeway.sqlite")
}

/// Where the schema lives.
#[must_use]
pub fn store(settings: &Settings) -> Store {
    settings.database_url.as_ref().map_or_else(|| Store::Sqlite(file(settings)), |url| Store::Postgres(url.clone()))
}

/// Opens the database for work. The embedded one is made and brought up to date; PostgreSQL must be up to date already,
/// because migrating it needs the owner's rights.
///
/// # Errors
/// A sentence that says what to do.
pub async fn open(settings: &Settings) -> Result<Db, String> {
    if let Some(url) = &settings.database_url {
        let db = Postgres::open(url, settings.database_connections).await?;
        let status = store(settings).status().await?;
        if !status.pending.is_empty() {
            return Err(format!(
                "The database lacks {} migrations ({} …). Run `causeway migrate up` with the owner's DATABASE_URL.",
                status.pending.len(),
                status.pending.first().map_or("", String::as_str)
            ));
        }
        return Ok(Db::Postgres(db));
    }
    std::fs::create_dir_all(&settings.data_dir)
        .map_err(|error| format!("cannot make the data folder {}: {error}. Choose another with --data-dir.", settings.data_dir.display()))?;
    // The lock comes first: nobody migrates a file that another process serves.
    let path = file(settings);
    let lock = Sqlite::lock(&path)?;
    store(settings).up().await?;
    Ok(Db::Sqlite(Sqlite::open(&path, lock)?))
}

/// Opens the database for reading only, beside a running server.
///
/// # Errors
/// A sentence that says what to do.
pub async fn open_read_only(settings: &Settings) -> Result<Db, String> {
    if settings.database_url.is_some() {
        return open(settings).await;
    }
    let path = file(settings);
    if !path.exists() {
        return Err(format!("There is no database at {}. Name its folder with --data-dir.", path.display()));
    }
    store(settings).status().await?;
    Ok(Db::Sqlite(Sqlite::open_read_only(&path)?))
}
