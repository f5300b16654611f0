//! Opening the database that the settings name.

use crate::settings::Settings;
use causeway_kernel::Db;
use causeway_kernel::db::{Postgres, Sqlite, Store};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

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
    if settings.database_url.is_none() {
        make_folder(&settings.data_dir)?;
        // The lock comes first: nobody migrates a file that another process serves.
        let path = file(settings);
        let lock = Sqlite::lock(&path)?;
        store(settings).up().await?;
        return Ok(Db::Sqlite(Sqlite::open(&path, lock)?));
    }
    open_as_it_is(settings).await
}

/// Opens a database that exists, without changing its schema: for commands that only look at it.
///
/// # Errors
/// A sentence that says what to do: there is none, or its schema is not up to date.
pub async fn open_as_it_is(settings: &Settings) -> Result<Db, String> {
    if let Some(url) = &settings.database_url {
        let db = Postgres::open(url, settings.database_connections).await?;
        must_be_current(settings).await?;
        return Ok(Db::Postgres(db));
    }
    must_exist(settings)?;
    let path = file(settings);
    let lock = Sqlite::lock(&path)?;
    must_be_current(settings).await?;
    Ok(Db::Sqlite(Sqlite::open(&path, lock)?))
}

/// Opens the database for reading only, beside a running server.
///
/// # Errors
/// A sentence that says what to do.
pub async fn open_read_only(settings: &Settings) -> Result<Db, String> {
    if settings.database_url.is_some() {
        return open_as_it_is(settings).await;
    }
    must_exist(settings)?;
    must_be_current(settings).await?;
    Ok(Db::Sqlite(Sqlite::open_read_only(&file(settings))?))
}

/// Refuses to go on where there is no embedded database yet: for commands that look at one, or take something from it.
///
/// # Errors
/// A sentence that names the file.
pub fn must_exist(settings: &Settings) -> Result<(), String> {
    let path = file(settings);
    if settings.database_url.is_none() && !path.exists() {
        return Err(format!("There is no database at {}. Name its folder with --data-dir.", path.display()));
    }
    Ok(())
}

/// Makes the folder of the embedded database, for its owner alone: it holds what every tenant has.
///
/// # Errors
/// A sentence that names the folder.
pub fn make_folder(folder: &Path) -> Result<(), String> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("cannot make the data folder {}: {error}. Choose another with --data-dir.", folder.display()))
}

async fn must_be_current(settings: &Settings) -> Result<(), String> {
    let pending = store(settings).status().await?.pending;
    let Some(first) = pending.first() else { return Ok(()) };
    Err(lacks(settings.database_url.is_some(), pending.len(), first))
}

/// What is said of a schema that is not up to date; on PostgreSQL its owner is needed.
pub(crate) fn lacks(on_postgres: bool, pending: usize, first: &str) -> String {
    let rights = if on_postgres { " with the owner's DATABASE_URL" } else { "" };
    format!("The database lacks {pending} migrations ({first} …). Run `causeway migrate up`{rights}.")
}

/// The database's own look at its file, for reading only.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn quick_check(file: &Path) -> Result<String, String> {
    let open = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let state: Result<String, _> = open.and_then(|conn| conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)));
    match state {
        Ok(state) if state == "ok" => Ok("whole, as far as its own check tells".to_owned()),
        Ok(state) => Err(format!("the file {} is damaged ({}); restore a backup", file.display(), state.lines().collect::<Vec<_>>().join(" "))),
        Err(error) => Err(format!("the file {} cannot be read, or is damaged ({error}); restore a backup", file.display())),
    }
}
