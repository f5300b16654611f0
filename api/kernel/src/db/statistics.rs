//! What SQLite's planner is told about the indexes: how many rows one of their values finds.
//!
//! Untold, it takes all columns for equally selective, and looks for the invoices of one order among all that are posted. `ANALYZE` would count what
//! is there today, nothing in a new database, and plans would change as a file grows. These figures are those of a grown tenant, the same in every file:
//! a statement has one plan, and tests meet it.

use causeway_migration::{Kind, tables};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a table.
const ROWS: u64 = 1_000_000;
/// Of these, rows of one tenant.
const OF_TENANT: u64 = 200_000;
/// Rows that share a status, a kind, a flag, a company or a currency.
const OF_KIND: u64 = 50_000;
/// Rows that share something of which a tenant has some dozens: an owner, a stage, a product, an account.
const OF_MASTER: u64 = 2_000;
/// Rows of one day.
const OF_DAY: u64 = 300;
/// Rows of one customer.
const OF_PARTY: u64 = 50;
/// Rows that hang on one document.
const OF_DOCUMENT: u64 = 5;
/// Rows that share a moment, an amount, a number or a name.
const OF_VALUE: u64 = 3;

/// Ids that few different rows are named by.
const MASTERS: [&str; 12] = [
    "owner_id",
    "user_id",
    "team_id",
    "stage_id",
    "product_id",
    "category_id",
    "account_id",
    "payment_term_id",
    "price_list_id",
    "list_id",
    "role_id",
    "billing_run_id",
];
/// Texts that take few values.
const KINDS: [&str; 16] = [
    "status",
    "kind",
    "direction",
    "payment_state",
    "allocation_state",
    "currency",
    "source_type",
    "segment",
    "channel",
    "country",
    "hold_kind",
    "event_type",
    "object_type",
    "subject_type",
    "document_type",
    "system",
];

/// Tells the planner, unless it was told the same before. Connections that are opened afterwards plan by it.
///
/// # Errors
/// When SQLite refuses.
pub(super) fn tell(conn: &Connection) -> Result<(), rusqlite::Error> {
    let wanted = wanted(conn)?;
    if !conn.table_exists(None, "sqlite_stat1")? {
        // Only this statement makes the table; what it counts is replaced.
        conn.execute_batch("ANALYZE schema_migrations")?;
    }
    let mut told = conn.prepare("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")?;
    let told: BTreeSet<(String, String, String)> = told.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    if told != wanted {
        let tx = conn.unchecked_transaction()?;
        tx.execute("DELETE FROM sqlite_stat1", [])?;
        let mut insert = tx.prepare("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)")?;
        for row in &wanted {
            insert.execute((&row.0, &row.1, &row.2))?;
        }
        drop(insert);
        tx.commit()?;
    }
    // Reads them for this connection, too.
    conn.execute_batch("ANALYZE sqlite_schema")
}

/// Every index of a tenant's table with its figures: all rows, then those that the first column finds, the first two, and so on.
fn wanted(conn: &Connection) -> Result<BTreeSet<(String, String, String)>, rusqlite::Error> {
    let mut wanted = BTreeSet::new();
    for table in tables().into_iter().filter(|table| table.tenant) {
        let kinds: BTreeMap<&str, Kind> = table.columns.iter().map(|(name, kind, _)| (*name, *kind)).collect();
        let mut indexes = conn.prepare("SELECT name, \"unique\", partial FROM pragma_index_list(?1)")?;
        let indexes = indexes.query_map([table.name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for index in indexes {
            let (name, unique, partial): (String, bool, bool) = index?;
            let mut columns = conn.prepare("SELECT coalesce(name, '') FROM pragma_index_info(?1) ORDER BY seqno")?;
            let columns: Vec<String> = columns.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let all = if partial { OF_TENANT } else { ROWS };
            let mut figures = vec![all];
            for (position, column) in (1..).zip(&columns) {
                let last = unique && position == columns.len();
                let found = if last { 1 } else { shared(column, kinds.get(column.as_str()).copied()) };
                figures.push(found.min(figures.last().copied().unwrap_or(all)));
            }
            let figures: Vec<String> = figures.iter().map(ToString::to_string).collect();
            wanted.insert((table.name.to_owned(), name, figures.join(" ")));
        }
    }
    Ok(wanted)
}

/// Rows that share one value of a column.
fn shared(column: &str, kind: Option<Kind>) -> u64 {
    match (column, kind) {
        ("tenant_id", _) => OF_TENANT,
        ("id", _) => 1,
        ("company_id", _) | (_, Some(Kind::YesNo)) => OF_KIND,
        ("party_id", _) => OF_PARTY,
        (name, _) if KINDS.contains(&name) => OF_KIND,
        (name, _) if MASTERS.contains(&name) => OF_MASTER,
        (name, Some(Kind::Text)) if name == "day" || name.ends_with("_date") => OF_DAY,
        (_, Some(Kind::Id)) => OF_DOCUMENT,
        _ => OF_VALUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema;

    fn plan(conn: &Connection, sql: &str) -> String {
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows: Vec<String> = statement.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        rows.join("; ")
    }

    #[tokio::test]
    async fn one_orders_invoices_are_not_sought_among_all_that_are_posted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("causeway.sqlite");
        schema::Store::Sqlite(path.clone()).up().await.unwrap();
        let conn = Connection::open(&path).unwrap();
        let sql =
            "SELECT * FROM invoices WHERE tenant_id = x'00' AND order_id IN (x'01') AND undeducted_amount IS NOT NULL AND status IN ('posted', 'reversed')";
        assert!(plan(&conn, sql).contains("invoices_status"), "nobody told the planner yet: {}", plan(&conn, sql));
        tell(&conn).unwrap();
        assert!(plan(&conn, sql).contains("invoices_order_id"), "{}", plan(&conn, sql));
        // Told twice, nothing is written again.
        let changes = conn.total_changes();
        tell(&conn).unwrap();
        assert_eq!(conn.total_changes(), changes);
    }
}
