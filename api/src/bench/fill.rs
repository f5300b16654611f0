//! Filling a database with copies of one deal: the rows that a deal left, written again and again with other ids, numbers and days.
//!
//! Only the embedded database is filled. Copies are for measuring how the service behaves among many rows; `verify` would not accept them.

use causeway_migration::{Kind, tables};
use causeway_value::Day;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Copies that one transaction writes.
const BATCH: i64 = 2_000;
/// The days that copies are spread over, back from the original.
const DAYS: i64 = 3_650;

/// How far each table was written when a mark was made.
pub(super) struct Mark(BTreeMap<&'static str, i64>);

/// A deal as rows.
pub(super) struct Template {
    tables: Vec<Copied>,
    /// Ids that the deal brought: copies get their own instead.
    own: HashSet<Vec<u8>>,
}

struct Copied {
    name: &'static str,
    columns: Vec<(&'static str, Kind)>,
    rows: Vec<Vec<Value>>,
}

fn said(error: rusqlite::Error) -> String {
    format!("the database of the bench: {error}")
}

/// Opens the file beside its server, for filling.
///
/// # Errors
/// When SQLite refuses.
pub(super) fn open(file: &Path) -> Result<Connection, String> {
    let conn = Connection::open(file).map_err(said)?;
    conn.busy_timeout(std::time::Duration::from_secs(30)).map_err(said)?;
    conn.pragma_update(None, "cache_size", -400_000).map_err(said)?;
    Ok(conn)
}

impl Mark {
    /// Where the tables stand now.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub(super) fn of(conn: &Connection) -> Result<Self, String> {
        let mut marks = BTreeMap::new();
        for table in tables() {
            let last = conn.query_row(&format!("SELECT COALESCE(MAX(rowid), 0) FROM {}", table.name), [], |row| row.get(0)).map_err(said)?;
            marks.insert(table.name, last);
        }
        Ok(Self(marks))
    }
}

impl Template {
    /// The rows that came after `mark` in the tables that `wanted` names.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub(super) fn since(conn: &Connection, mark: &Mark, wanted: impl Fn(&str) -> bool) -> Result<Self, String> {
        let mut copied = Vec::new();
        for table in tables().into_iter().filter(|table| table.tenant && wanted(table.name)) {
            let columns: Vec<(&'static str, Kind)> = table.columns.iter().map(|(name, kind, _)| (*name, *kind)).collect();
            let list: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let mut statement = conn.prepare(&format!("SELECT {} FROM {} WHERE rowid > ?1 ORDER BY rowid", list.join(", "), table.name)).map_err(said)?;
            let count = columns.len();
            let rows = statement
                .query_map([mark.0.get(table.name).copied().unwrap_or_default()], |row| (0..count).map(|index| row.get(index)).collect())
                .and_then(Iterator::collect::<Result<Vec<Vec<Value>>, _>>)
                .map_err(said)?;
            if !rows.is_empty() {
                copied.push(Copied { name: table.name, columns, rows });
            }
        }
        let ids = copied.iter().flat_map(|table| {
            let place = table.columns.iter().position(|(name, _)| *name == "id");
            table.rows.iter().filter_map(move |row| match row.get(place?) {
                Some(Value::Blob(bytes)) => Some(bytes.clone()),
                _ => None,
            })
        });
        let mut own: HashSet<Vec<u8>> = ids.collect();
        // A flow has no table of its own; it is born with the first document of the deal.
        let flows = copied.iter().flat_map(|table| {
            let place = table.columns.iter().position(|(name, _)| *name == "flow_id");
            table.rows.iter().filter_map(move |row| match row.get(place?) {
                Some(Value::Blob(bytes)) => Some(bytes.clone()),
                _ => None,
            })
        });
        own.extend(flows.collect::<Vec<_>>());
        Ok(Self { tables: copied, own })
    }

    /// How many rows one copy has.
    pub(super) fn rows(&self) -> usize {
        self.tables.iter().map(|table| table.rows.len()).sum()
    }

    /// Writes the copies numbered `from` to below `to`.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub(super) async fn write(&self, conn: &mut Connection, from: i64, to: i64) -> Result<(), String> {
        let mut next = from;
        while next < to {
            let end = (next + BATCH).min(to);
            let tx = conn.transaction().map_err(said)?;
            for table in &self.tables {
                let list: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
                let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, list.join(", "), places.join(", "));
                let mut insert = tx.prepare_cached(&sql).map_err(said)?;
                for copy in next..end {
                    for row in &table.rows {
                        let cells = table.columns.iter().zip(row).map(|((name, kind), cell)| self.copied(name, *kind, cell, copy));
                        insert.execute(rusqlite::params_from_iter(cells)).map_err(said)?;
                    }
                }
            }
            tx.commit().map_err(said)?;
            next = end;
            // Connections that the server closes meanwhile must be seen to be closed before one of them is used again.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// A cell as it stands in the copy with this number.
    fn copied(&self, name: &str, kind: Kind, cell: &Value, copy: i64) -> Value {
        match (kind, cell) {
            (Kind::Id, Value::Blob(bytes)) if self.own.contains(bytes) => Value::Blob(moved_id(bytes, copy)),
            (Kind::Text, Value::Text(text)) if name == "number" => Value::Text(format!("{text}-{copy:07}")),
            (Kind::Text, Value::Text(text)) => match text.parse::<Day>().ok().map(|day| day.plus_days(-(copy % DAYS))) {
                Some(day) => Value::Text(day.to_string()),
                None => cell.clone(),
            },
            (Kind::Integer, Value::Integer(number)) if name.ends_with("_at") => Value::Integer(number - copy * 1_000),
            _ => cell.clone(),
        }
    }
}

/// The id of a copy: as random as the original, and as many milliseconds older as the copy's number says, so that ids still come in the order of time.
fn moved_id(id: &[u8], copy: i64) -> Vec<u8> {
    let (time, rest) = id.split_at(6.min(id.len()));
    let millis = time.iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte)) - copy - 1;
    let time = millis.to_be_bytes();
    time.iter().skip(2).chain(rest).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_older_and_keep_their_random_part() {
        let id = [1, 2, 3, 4, 5, 0, 0x70, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        let (first, second) = (moved_id(&id, 0), moved_id(&id, 1));
        assert_eq!((first.len(), &first[6..]), (16, &id[6..]));
        assert_eq!((&first[..6], &second[..6]), (&[1, 2, 3, 4, 4, 255][..], &[1, 2, 3, 4, 4, 254][..]));
        assert!(second < first && first.as_slice() < &id[..]);
    }
}
