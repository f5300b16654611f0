//! The floor: the rows that deals left, written again by prepared statements through the same driver with the same durability and as many commits,
//! without HTTP, reads, rules and checks. Chain ÷ floor says how much of the time is the database's own.

use super::chain::{say_figures, say_place};
use super::deal::{Figures, Ground, remove};
use super::measure::per_second;
use crate::settings::Settings;
use crate::store;
use crate::terminal::say;
use causeway_kernel::clock::Stopwatch;
use causeway_migration::{TableInfo, tables};
use clap::Args;
use rusqlite::Connection;
use rusqlite::types::Value;

/// How much.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Clients at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Deals in all.
    #[arg(long, default_value_t = 1_000)]
    chains: usize,
}

/// Carries deals, writes their rows again, and prints both rates with their ratio.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    if settings.database_url.is_some() {
        return Err("`bench floor` writes to the embedded database; leave DATABASE_URL away.".to_owned());
    }
    let ground = Ground::open(settings).await?;
    say_place(&ground);
    let figures = ground.carry(options.clients, options.chains).await?;
    say_figures(&figures);
    let settings = ground.stop().await;
    let tape = Tape::read(&settings)?;
    let floor = Settings { data_dir: settings.data_dir.join("floor"), ..settings.clone() };
    std::fs::create_dir_all(&floor.data_dir).map_err(|error| format!("cannot make {}: {error}", floor.data_dir.display()))?;
    store::store(&floor).up().await?;
    let written = tape.play(&floor, &figures)?;
    let chains = figures.chains;
    say(&format!(
        "\nfloor           {} inserts and {} updates in {} commits, {}.{:02} s",
        written.inserts,
        written.updates,
        written.commits,
        written.micros / 1_000_000,
        written.micros % 1_000_000 / 10_000
    ));
    say(&format!("floor chains/s  {}", per_second(chains, written.micros)));
    let ratio = written.micros * 100 / figures.micros;
    say(&format!("chain ÷ floor   {}.{:02}", ratio / 100, ratio % 100));
    remove(&settings)
}

/// Every row of a database, table by table in the order in which it was written.
struct Tape(Vec<Track>);

struct Track {
    table: TableInfo,
    rows: Vec<Vec<Value>>,
}

struct Written {
    inserts: u64,
    updates: u64,
    commits: u64,
    micros: u64,
}

fn said(error: rusqlite::Error) -> String {
    format!("the database of the bench: {error}")
}

impl Tape {
    fn read(settings: &Settings) -> Result<Self, String> {
        let conn = Connection::open(store::file(settings)).map_err(said)?;
        let mut tracks = Vec::new();
        for table in tables() {
            let columns = names(&table);
            let mut statement = conn.prepare(&format!("SELECT {columns} FROM {} ORDER BY rowid", table.name)).map_err(said)?;
            let count = table.columns.len();
            let rows = statement
                .query_map([], |row| (0..count).map(|index| row.get(index)).collect())
                .and_then(Iterator::collect::<Result<Vec<Vec<Value>>, _>>)
                .map_err(said)?;
            tracks.push(Track { table, rows });
        }
        Ok(Self(tracks))
    }

    /// Writes it: each call of a deal gets its share of every table, and commits come as often as they came before.
    fn play(&self, floor: &Settings, figures: &Figures) -> Result<Written, String> {
        let conn = Connection::open(store::file(floor)).map_err(said)?;
        conn.set_prepared_statement_cache_capacity(512);
        // As the service has it, but for foreign keys: those are checks. The log is copied back when it has grown as long as the service lets it.
        for (name, value) in
            [("journal_mode", "WAL"), ("synchronous", "FULL"), ("cache_size", "-24000"), ("wal_autocheckpoint", "32000"), ("foreign_keys", "OFF")]
        {
            conn.pragma_update(None, name, value).map_err(said)?;
        }
        let commits = figures.work.batches.max(1);
        let mut written = Written { inserts: 0, updates: 0, commits, micros: 0 };
        let watch = Stopwatch::start();
        for commit in 0..commits {
            conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([])).map_err(said)?;
            for track in &self.0 {
                track.play(&conn, share(track.rows.len(), commit, commits), &mut written)?;
            }
            conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).map_err(said)?;
        }
        written.micros = watch.micros().max(1);
        Ok(written)
    }
}

/// The part of `rows` that falls to one commit of several.
fn share(rows: usize, commit: u64, commits: u64) -> std::ops::Range<usize> {
    let at = |commit: u64| usize::try_from(u64::try_from(rows).unwrap_or_default() * commit / commits).unwrap_or(rows);
    at(commit)..at(commit + 1)
}

impl Track {
    fn play(&self, conn: &Connection, share: std::ops::Range<usize>, written: &mut Written) -> Result<(), String> {
        let Some(rows) = self.rows.get(share).filter(|rows| !rows.is_empty()) else { return Ok(()) };
        let places: Vec<String> = (1..=self.table.columns.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", self.table.name, names(&self.table), places.join(", "));
        let mut insert = conn.prepare_cached(&sql).map_err(said)?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row)).map_err(said)?;
            written.inserts += 1;
        }
        self.update(conn, rows, written)
    }

    /// A row of version 4 was written once and changed three times.
    fn update(&self, conn: &Connection, rows: &[Vec<Value>], written: &mut Written) -> Result<(), String> {
        let place = |name: &str| self.table.columns.iter().position(|(column, ..)| *column == name);
        let (Some(version), Some(id)) = (place("version"), place("id")) else { return Ok(()) };
        if !self.table.tenant || self.table.key.len() != 2 || place("updated_at").is_none() {
            return Ok(());
        }
        let sql = format!("UPDATE {} SET version = ?3, updated_at = updated_at + 1 WHERE tenant_id = ?1 AND id = ?2", self.table.name);
        let mut update = conn.prepare_cached(&sql).map_err(said)?;
        for row in rows {
            let (Some(tenant), Some(id), Some(Value::Integer(version))) = (row.first(), row.get(id), row.get(version)) else { continue };
            for change in 2..=*version {
                update.execute((tenant, id, change)).map_err(said)?;
                written.updates += 1;
            }
        }
        Ok(())
    }
}

fn names(table: &TableInfo) -> String {
    table.columns.iter().map(|(name, ..)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_cover_everything_once() {
        let shares: Vec<_> = (0..3).map(|commit| share(10, commit, 3)).collect();
        assert_eq!(shares, [0..3, 3..6, 6..10]);
        assert_eq!((0..7).map(|commit| share(2, commit, 7).len()).sum::<usize>(), 2);
    }
}
