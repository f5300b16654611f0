//! Sums that follow rows: what a row adds to a row of sums moves in the same transaction as the row itself, whichever verb writes it.
//!
//! A watcher says what a row of its table adds. The door asks it about the row before and after each write, and writes what changed once, at the end: one
//! statement for each row of sums. Statements that are given as text are not watched; no watched table is written by one.

use super::Tx;
use causeway_value::Overflow;
use sea_orm::sea_query::Value;
use std::any::Any;
use std::fmt::Write;
use std::sync::OnceLock;

/// Which row of sums.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Its table; the columns besides the key are its sums.
    pub table: &'static str,
    /// Its key, without the tenant.
    pub key: Vec<(&'static str, Value)>,
}

/// What one row adds to which column of which row of sums.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The row of sums.
    pub tally: Tally,
    /// Its column.
    pub column: &'static str,
    /// How much.
    pub amount: i64,
}

/// Answers what a row adds; rows that are not of its kind add nothing. An amount that does not fit fails the transaction.
pub type Watcher = fn(&dyn Any) -> Result<Vec<Addition>, Overflow>;

/// A table whose rows are watched.
#[derive(Clone, Copy)]
pub struct Watched {
    /// Its name.
    pub table: &'static str,
    /// All columns of sums that it may touch, in the order of their table.
    pub adds: Watcher,
}

/// What is watched: the tables, and the columns of each table of sums.
#[derive(Clone, Copy)]
pub struct Watch {
    /// The watched tables.
    pub tables: &'static [Watched],
    /// The sums of each table of sums.
    pub sums: &'static [(&'static str, &'static [&'static str])],
}

static WATCH: OnceLock<Watch> = OnceLock::new();

/// Sets what this process watches, once, at start.
pub fn register(watch: Watch) {
    let _ = WATCH.set(watch);
}

/// What a transaction changed so far.
#[derive(Default)]
pub(crate) struct Tallies {
    changes: Vec<(Tally, Vec<(&'static str, i64)>)>,
    written: Vec<Written>,
    overflow: bool,
}

/// A row that was written, as it was before, if there was one, and as it is now.
struct Written {
    before: Option<Box<dyn Any>>,
    after: Box<dyn Any>,
}

impl Written {
    fn of<M: Any>(&self) -> Option<(Option<&M>, &M)> {
        let before = self.before.as_ref().and_then(|before| before.downcast_ref::<M>());
        Some((before, self.after.downcast_ref::<M>()?))
    }
}

/// A place to go back to.
pub(crate) struct TallyMark {
    changes: Vec<(Tally, Vec<(&'static str, i64)>)>,
    written: usize,
    overflow: bool,
}

impl Tallies {
    pub(crate) fn mark(&self) -> TallyMark {
        TallyMark { changes: self.changes.clone(), written: self.written.len(), overflow: self.overflow }
    }

    /// Forgets what changed since the mark.
    pub(crate) fn undo_to(&mut self, mark: TallyMark) {
        self.changes = mark.changes;
        self.written.truncate(mark.written);
        self.overflow = mark.overflow;
    }

    /// Takes what the row before added away and adds what the row after does.
    pub(crate) fn moved<M: Any + Clone>(&mut self, table: &str, before: Option<&M>, after: Option<&M>) {
        let Some(watched) = WATCH.get().and_then(|watch| watch.tables.iter().find(|watched| watched.table == table)) else { return };
        for (row, away) in [(before, true), (after, false)] {
            let Some(row) = row else { continue };
            match (watched.adds)(row) {
                Ok(additions) => additions.into_iter().for_each(|addition| self.add(addition, away)),
                Err(Overflow) => self.overflow = true,
            }
        }
        if let Some(row) = after {
            let before = before.map(|row| -> Box<dyn Any> { Box::new(row.clone()) });
            self.written.push(Written { before, after: Box::new(row.clone()) });
        }
    }

    fn add(&mut self, addition: Addition, away: bool) {
        let place = match self.changes.iter().position(|(tally, _)| *tally == addition.tally) {
            Some(place) => place,
            None => {
                self.changes.push((addition.tally, Vec::new()));
                self.changes.len() - 1
            }
        };
        let Some((_, sums)) = self.changes.get_mut(place) else { return };
        let index = match sums.iter().position(|(column, _)| *column == addition.column) {
            Some(index) => index,
            None => {
                sums.push((addition.column, 0));
                sums.len() - 1
            }
        };
        let Some((_, sum)) = sums.get_mut(index) else { return };
        match if away { sum.checked_sub(addition.amount) } else { sum.checked_add(addition.amount) } {
            Some(moved) => *sum = moved,
            None => self.overflow = true,
        }
    }

    pub(crate) const fn overflow(&self) -> bool {
        self.overflow
    }

    /// The statements that write it, in the order of the keys, so that two transactions lock rows of sums in one order.
    pub(crate) fn statements(&mut self, tenant: Value) -> Vec<(String, Vec<Value>)> {
        let mut statements: Vec<(String, Vec<Value>)> = Vec::new();
        let mut changes: Vec<_> = std::mem::take(&mut self.changes).into_iter().filter(|(_, sums)| sums.iter().any(|(_, sum)| *sum != 0)).collect();
        changes.sort_by_cached_key(|(tally, _)| format!("{tally:?}"));
        for (tally, sums) in changes {
            let Some((_, columns)) = WATCH.get().and_then(|watch| watch.sums.iter().find(|(table, _)| *table == tally.table)) else { continue };
            statements.push(upsert(&tally, columns, &sums, tenant.clone()));
        }
        statements
    }
}

/// Adds the sums to their row, which is made when it is missing.
fn upsert(tally: &Tally, columns: &[&'static str], sums: &[(&'static str, i64)], tenant: Value) -> (String, Vec<Value>) {
    let table = tally.table;
    let keys: Vec<&str> = std::iter::once("tenant_id").chain(tally.key.iter().map(|(name, _)| *name)).collect();
    let sum = |column: &str| sums.iter().find(|(name, _)| *name == column).map_or(0, |(_, sum)| *sum);
    let mut values = vec![tenant];
    values.extend(tally.key.iter().map(|(_, value)| value.clone()));
    values.extend(columns.iter().map(|column| Value::from(sum(column))));
    let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
    let mut sql = format!(
        "INSERT INTO {table} ({}, {}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET ",
        keys.join(", "),
        columns.join(", "),
        places.join(", "),
        keys.join(", ")
    );
    for (index, column) in columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}{column} = {table}.{column} + excluded.{column}");
    }
    (sql, values)
}

impl Tx<'_> {
    /// What this transaction has changed so far in a column of a row of sums; it is not written yet.
    #[must_use]
    pub fn tallied(&self, tally: &Tally, column: &str) -> i64 {
        let sums = self.tallies.changes.iter().find(|(known, _)| known == tally).map(|(_, sums)| sums.as_slice()).unwrap_or_default();
        sums.iter().find(|(name, _)| *name == column).map_or(0, |(_, sum)| *sum)
    }

    /// The rows of sums that this transaction has changed so far.
    pub fn tallies(&self) -> impl Iterator<Item = &Tally> {
        self.tallies.changes.iter().map(|(tally, _)| tally)
    }

    /// The rows of a watched table that this transaction has written so far, latest last: reading still finds them as they were before.
    pub fn written<M: Any>(&self) -> impl DoubleEndedIterator<Item = &M> {
        self.rewritten::<M>().map(|(_, row)| row)
    }

    /// The same with each row as it was before; none for a new one.
    pub fn rewritten<M: Any>(&self) -> impl DoubleEndedIterator<Item = (Option<&M>, &M)> {
        self.tallies.written.iter().filter_map(Written::of::<M>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addition(key: &str, column: &'static str, amount: i64) -> Addition {
        Addition { tally: Tally { table: "sums", key: vec![("name", key.into())] }, column, amount }
    }

    #[test]
    fn changes_of_one_row_of_sums_are_one() {
        let mut tallies = Tallies::default();
        for (key, column, amount, away) in [("a", "x", 5, false), ("b", "x", 7, false), ("a", "y", 2, false), ("a", "x", 3, true)] {
            tallies.add(addition(key, column, amount), away);
        }
        let of = |key: &str| tallies.changes.iter().find(|(tally, _)| tally.key[0].1 == Value::from(key)).map(|(_, sums)| sums.clone());
        assert_eq!(of("a"), Some(vec![("x", 2), ("y", 2)]));
        assert_eq!(of("b"), Some(vec![("x", 7)]));
        assert!(!tallies.overflow());
        tallies.add(addition("b", "x", i64::MAX), false);
        assert!(tallies.overflow());
    }

    #[test]
    fn undoing_forgets_what_changed_since_its_mark() {
        let mut tallies = Tallies::default();
        tallies.add(addition("a", "x", 5), false);
        let mark = tallies.mark();
        tallies.add(addition("a", "x", i64::MAX), false);
        tallies.add(addition("b", "x", 7), false);
        assert!(tallies.overflow());
        tallies.undo_to(mark);
        assert!(!tallies.overflow());
        assert_eq!(tallies.changes, vec![(addition("a", "x", 5).tally, vec![("x", 5)])]);
    }

    #[test]
    fn a_row_of_sums_is_made_or_added_to() {
        let tally = Tally { table: "sums", key: vec![("name", "a".into())] };
        let (sql, values) = upsert(&tally, &["x", "y"], &[("y", 2)], 1_i64.into());
        assert_eq!(
            sql,
            "INSERT INTO sums (tenant_id, name, x, y) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, name) \
             DO UPDATE SET x = sums.x + excluded.x, y = sums.y + excluded.y"
        );
        assert_eq!(values, vec![1_i64.into(), "a".into(), 0_i64.into(), 2_i64.into()]);
    }
}
