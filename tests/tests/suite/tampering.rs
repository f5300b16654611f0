//! Whatever somebody changes in the file behind the service's back, `causeway verify` names it: one cell after the other, in every table that matters.
//! Usually one in six cells is tried; all of them with `CAUSEWAY_TAMPER_STEP=1`.

use causeway_migration::Kind;
use causeway_tests::deal;
use causeway_tests::setting;
use causeway_tests::shop;
use causeway_tests::world::World;
use rusqlite::Connection;
use rusqlite::types::Value;

/// Tables whose rows say what was agreed, done, billed, booked or paid.
const MATTER: [&str; 20] = [
    "opportunities",
    "quotes",
    "quote_lines",
    "orders",
    "order_lines",
    "obligations",
    "deliveries",
    "delivery_lines",
    "billables",
    "invoices",
    "invoice_lines",
    "installments",
    "payments",
    "allocations",
    "journal_entries",
    "journal_lines",
    "credit_exposures",
    "events",
    "event_positions",
    "snapshots",
];

/// Cells that nothing else in the database tells and no answer shows, so that a change of them alone is nowhere to be seen.
const ALONE: [(&str, &[&str]); 12] = [
    // The trail is chained over its events and the digests of its snapshots.
    ("snapshots", &["created_at"]),
    // Where a price came from and what a thing cost when it was offered: the margin that is shown says the same.
    ("quote_lines", &["price_source", "unit_cost"]),
    ("order_lines", &["price_source", "unit_cost"]),
    // What only moves the obligation itself along.
    ("obligations", &["version", "created_at", "updated_at", "price_amount", "tax_amount"]),
    // The customer of this deal owes nothing any more: a row of zeros is as good as none.
    ("credit_exposures", &["tenant_id", "company_id", "party_id"]),
    ("billables", &["payment_term_id", "tax_amount"]),
    // What was credited of this line: nothing.
    ("invoice_lines", &["credited_taxes"]),
    ("invoices", &["posted_at"]),
    ("payments", &["posted_at"]),
    ("allocations", &["created_at"]),
    // The digest of an entry covers what was booked, when and for whom.
    ("journal_entries", &["posted_at"]),
    ("quotes", &["submitted_by"]),
];

/// A value of the same type that is not this one; none when there is nothing to change.
fn other(value: &Value, kind: Kind) -> Option<Value> {
    match (value, kind) {
        (Value::Integer(number), Kind::YesNo) => Some(Value::Integer(1 - number)),
        (Value::Integer(number), _) => Some(Value::Integer(number + 1)),
        (Value::Text(text), _) if text.parse::<causeway_value::Day>().is_ok() => {
            Some(Value::Text(text.parse::<causeway_value::Day>().ok()?.plus_days(1).to_string()))
        }
        (Value::Blob(bytes), _) => Some(Value::Blob(bytes.iter().map(|byte| byte ^ 1).collect())),
        (Value::Text(text), _) if text.starts_with('[') => Some(Value::Text(if text == "[]" { r#"["x"]"# } else { "[]" }.to_owned())),
        (Value::Text(text), _) if text.starts_with('{') => Some(Value::Text(if text == "{}" { r#"{"x":"y"}"# } else { "{}" }.to_owned())),
        (Value::Text(text), _) => Some(Value::Text(format!("{text} "))),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_is_watched() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        // There the role of the service cannot change what was written, and nobody else is let in.
        return;
    }
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::deal(&tenant, &shop).await;
    let conn = Connection::open(world.server.place.sqlite_file()).expect("the file");
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").expect("settings");
    let db = causeway::store::open_read_only(&world.server.place.settings()).await.expect("the database");
    let whole = async || causeway::verify::all(&db).await.map(|all| all.iter().all(|(_, found)| found.ok));
    assert_eq!(whole().await.ok(), Some(true), "before anything is changed");
    let step = setting("CAUSEWAY_TAMPER_STEP", 6);
    let (mut cells, mut unseen) = (0, Vec::new());
    for table in causeway_migration::tables().into_iter().filter(|table| MATTER.contains(&table.name)) {
        let name = table.name;
        let row: i64 = conn.query_row(&format!("SELECT MAX(rowid) FROM {name}"), [], |row| row.get(0)).unwrap_or_else(|_| panic!("{name} has no row"));
        for (column, kind, _) in &table.columns {
            let old: Value = conn.query_row(&format!("SELECT {column} FROM {name} WHERE rowid = {row}"), [], |row| row.get(0)).expect("a cell");
            let Some(new) = other(&old, *kind) else { continue };
            let set = format!("UPDATE {name} SET {column} = ?1 WHERE rowid = {row}");
            // What the table itself refuses needs no check.
            let Ok(_) = conn.execute(&set, [&new]) else { continue };
            cells += 1;
            if cells % step != 0 {
                conn.execute(&set, [&old]).expect("the old value");
                continue;
            }
            // A row that cannot be read any more is named as well.
            if whole().await.unwrap_or(false) && !ALONE.iter().any(|(table, columns)| *table == name && columns.contains(column)) {
                unseen.push(format!("{name}.{column}"));
            }
            conn.execute(&set, [&old]).expect("the old value");
        }
    }
    assert_eq!(whole().await.ok(), Some(true), "after everything was put back");
    println!("{cells} cells");
    assert!(cells > 200 && unseen.is_empty(), "of {cells} cells nobody notices: {unseen:#?}");
}

/// What is gone, or cannot be read, is named as well, and hides nothing else: an account that is booked on, a tenant with rows, a cell that holds no currency.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_or_unreadable_is_named() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        return;
    }
    let (first, second) = (world.sandbox().await, world.sandbox().await);
    for tenant in [&first, &second] {
        let shop = shop::open(tenant, "").await;
        deal::deal(tenant, &shop).await;
    }
    let conn = Connection::open(world.server.place.sqlite_file()).expect("the file");
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").expect("settings");
    let db = causeway::store::open_read_only(&world.server.place.settings()).await.expect("the database");
    let checks = async || {
        let all = causeway::verify::all(&db).await.expect("an answer");
        all.into_iter().flat_map(|(_, found)| found.breaks).map(|broken| broken.check).collect::<Vec<_>>()
    };
    assert_eq!(checks().await, Vec::<String>::new());
    let change = |sql: &str| assert!(conn.execute(sql, []).expect("a change") > 0, "{sql}");

    conn.execute_batch("CREATE TABLE kept AS SELECT * FROM accounts WHERE id = (SELECT account_id FROM journal_lines LIMIT 1)").expect("a copy");
    change("DELETE FROM accounts WHERE id IN (SELECT id FROM kept)");
    let found = checks().await;
    assert!(found.contains(&"line_of_entry".to_owned()), "{found:?}");
    change("INSERT INTO accounts SELECT * FROM kept");

    change("UPDATE invoices SET currency = 'EUX' WHERE rowid = (SELECT MIN(rowid) FROM invoices)");
    change("UPDATE allocations SET amount = amount + 1 WHERE rowid = (SELECT MAX(rowid) FROM allocations)");
    let found = checks().await;
    assert!(found.contains(&"readable".to_owned()), "{found:?}");
    assert!(found.iter().any(|check| check.contains("alloc") || check.contains("open")), "the other tenant is checked, too: {found:?}");
    change("UPDATE invoices SET currency = 'USD' WHERE currency = 'EUX'");
    change("UPDATE allocations SET amount = amount - 1 WHERE rowid = (SELECT MAX(rowid) FROM allocations)");

    change("DELETE FROM tenants WHERE id = (SELECT MIN(id) FROM tenants)");
    let found = checks().await;
    assert!(found.contains(&"tenant_gone".to_owned()), "{found:?}");
}
