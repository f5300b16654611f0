//! What every operation asks of the database: no more statements than its budget, and none for each row of a page.

use causeway_contract::{Method, Row};
use causeway_kernel::telemetry::statements_of;
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::log::pages;
use causeway_tests::world::World;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where the budgets stand, one operation a line.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/statements.txt");

/// Statements of one good call.
async fn cost(fixture: &Fixture, row: &Row) -> u64 {
    if row.method == Method::Get {
        return read(fixture, row, &fixture.query(row)).await;
    }
    let prepared = fixture.prepare(row.id).await;
    let before = statements_of(row.id);
    let seen = prepared.call(row).await;
    assert_eq!(seen.status, row.success, "{}: {}", row.id, seen.text());
    statements_of(row.id) - before
}

/// Statements of one call that reads.
async fn read(fixture: &Fixture, row: &Row, query: &str) -> u64 {
    let before = statements_of(row.id);
    let seen = fixture.reader(row).raw.get(&format!("{}?{query}", fixture.path(row))).await;
    assert_eq!(seen.status, row.success, "{} {query}: {}", row.id, seen.text());
    statements_of(row.id) - before
}

/// The budgets of every operation: on SQLite, and on PostgreSQL, which takes its locks with statements of their own.
fn budgets() -> BTreeMap<&'static str, [u64; 2]> {
    let number = |word: Option<&str>| word.and_then(|word| word.parse().ok()).expect("a number");
    let line = |line: &'static str| {
        let mut words = line.split(' ');
        (words.next().unwrap_or_default(), [number(words.next()), number(words.next())])
    };
    include_str!("statements.txt").lines().map(line).collect()
}

/// An operation that sends more than its line says has become slower: either it should not, or the line is raised by somebody who looked.
///
/// `CAUSEWAY_ACCEPT=1` writes the numbers of the database that it runs on.
#[tokio::test]
async fn every_operation_stays_within_its_budget() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let here = usize::from(world.server.place.postgres_url().is_some());
    let known = budgets();
    let (mut text, mut wrong) = (String::new(), Vec::new());
    // A stream goes on asking as long as it is open.
    let mut rows: Vec<Row> = rows().into_iter().filter(|row| !row.path.ends_with("/stream")).collect();
    rows.sort_by_key(|row| row.id);
    for row in rows {
        let statements = cost(&fixture, &row).await;
        let mut budget = known.get(row.id).copied().unwrap_or_default();
        if statements > budget[here] {
            wrong.push(format!("{} sends {statements} statements, its budget is {}", row.id, budget[here]));
        }
        budget[here] = statements;
        writeln!(text, "{} {} {}", row.id, budget[0], budget[1]).expect("a string");
    }
    if std::env::var_os("CAUSEWAY_ACCEPT").is_some() {
        std::fs::write(FILE, text).expect("the file");
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// A page of many rows may look up what a page of one has not; it never asks once for each row.
#[tokio::test]
async fn no_page_asks_once_for_each_row() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    world.sandbox().await;
    let mut wrong = Vec::new();
    for row in rows().into_iter().filter(|row| row.method == Method::Get && row.list.is_some()) {
        let others = pages(fixture.reader(&row), row.path, "limit=200").await.len() - 1;
        let (one, many) = (read(&fixture, &row, "limit=1").await, read(&fixture, &row, "limit=200").await);
        if usize::try_from(many.saturating_sub(one)).expect("a small number") >= others {
            wrong.push(format!("{}: {one} statements for one row, {many} with {others} others", row.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
