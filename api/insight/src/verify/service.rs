//! Verifying a tenant.

use super::check::{self, Check};
use super::{
    billing, came, chain, credentials, documents, down_payments, exposure, ledger, numbers, rates, receivables, reductions, repeats, snapshots, taxes, traces,
    visits,
};
use crate::sql::{self, statement};
use causeway_contract::{Code, Problem};
use causeway_govern::trail;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::object::{Break, Verification};
use std::collections::BTreeMap;

/// The tables whose rows are counted as checked, with the company filter of each.
const CHECKED: [(&str, &str); 13] = [
    ("companies", "[id]"),
    ("quotes", "[company_id]"),
    ("orders", "[company_id]"),
    ("obligations", "[company_id]"),
    ("deliveries", "[company_id]"),
    ("billables", "[company_id]"),
    ("invoices", "[company_id]"),
    ("payments", "[company_id]"),
    ("allocations", "[company_id]"),
    ("journal_entries", "[company_id]"),
    ("journal_lines", "[company_id]"),
    ("number_series", "[company_id]"),
    ("events", "[company_id]"),
];

/// Every check that is one statement.
fn checks() -> Vec<Check> {
    [
        ledger::checks(),
        receivables::checks(),
        numbers::checks(),
        documents::checks(),
        billing::checks(),
        reductions::checks(),
        down_payments::checks(),
        exposure::checks(),
        chain::checks(),
        snapshots::checks(),
        repeats::checks(),
        taxes::checks(),
        came::checks(),
        credentials::checks(),
        visits::checks(),
    ]
    .concat()
}

/// Verifies the ledger, the open items, the numbers, the documents and the trail of what the caller may see. At most 100 breaks are reported per check.
///
/// # Errors
/// When the database fails. What is broken is part of the answer.
pub async fn verify(_: &Ctx, tx: &mut Tx<'_>) -> Result<Verification, Problem> {
    let checks = checks();
    let checked = counts(tx, &checks).await?;
    let mut breaks = Vec::new();
    for check in &checks {
        breaks.extend(or_not_made(check.name, check::run(tx, check).await, tx)?);
    }
    breaks.extend(or_not_made(exposure::OBLIGATIONS, exposure::obligations(tx).await, tx)?);
    breaks.extend(or_not_made(reductions::REDUCTIONS, reductions::reductions(tx).await, tx)?);
    breaks.extend(or_not_made(rates::RATES, rates::rates(tx).await, tx)?);
    breaks.extend(or_not_made(traces::TRACES, traces::traces(tx).await, tx)?);
    breaks.extend(or_not_made(visits::VISITS, visits::visits(tx).await, tx)?);
    breaks.extend(or_not_made(chain::DIGESTS, chain::digests(tx).await, tx)?);
    breaks.extend(or_not_made(taxes::SPLITS, taxes::splits(tx).await, tx)?);
    breaks.extend(or_not_made(snapshots::POLICIES, snapshots::policies(tx).await, tx)?);
    Ok(Verification { object: "verification".to_owned(), ok: breaks.is_empty(), checked, breaks })
}

/// What a check found, or that it could not be made: a row that cannot be read does not hide what the other checks find. On PostgreSQL it ends the transaction.
fn or_not_made(check: &str, found: Result<Vec<Break>, Problem>, tx: &Tx<'_>) -> Result<Vec<Break>, Problem> {
    match found {
        Err(problem) if !tx.locks() && problem.code == Code::InternalError => Ok(vec![check::not_made(check, tx.tenant())]),
        other => other,
    }
}

/// Verifies everything of a tenant: what [`verify`] does and the chain of its events.
///
/// # Errors
/// When the database fails. What is broken is part of the answer.
pub async fn verify_tenant(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Verification, Problem> {
    let mut both = verify(ctx, tx).await?;
    let events = trail::service::verify(ctx, tx).await?;
    both.ok &= events.ok;
    both.checked.extend(events.checked);
    both.breaks.extend(events.breaks);
    Ok(both)
}

/// How much is checked, in one statement.
async fn counts(tx: &mut Tx<'_>, checks: &[Check]) -> Result<BTreeMap<String, i64>, Problem> {
    let cells = CHECKED.map(|(table, _)| (table, Cell::Whole));
    let asked = statement(tx, &count_sql(), Vec::new());
    let rows = tx.query(&asked.sql, asked.values, &cells).await?;
    // The obligations of exposures and their prices, what was taken off billables, the rates of payments, the traces of quotes, the visits of stages, the digests
    // of the journal, the taxes of lines and the policies that are gone are nine more checks.
    let mut counted = BTreeMap::from([("checks".to_owned(), i64::try_from(checks.len() + 9).unwrap_or(i64::MAX))]);
    for row in &rows {
        for (table, _) in CHECKED {
            counted.insert(table.to_owned(), row.try_get("", table).map_err(|error| sql::unreadable(&error))?);
        }
    }
    Ok(counted)
}

fn count_sql() -> String {
    let count = |(table, company): (&str, &str)| format!("(SELECT COUNT(*) FROM {table} WHERE tenant_id = $1 {company}) AS {table}");
    format!("SELECT {}", CHECKED.map(count).join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::scoped;
    use causeway_migration::{Dialect, all};
    use std::collections::BTreeSet;

    #[test]
    fn every_statement_is_one_for_all_and_for_some_companies() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        for statement in all().iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)) {
            conn.execute_batch(&statement).unwrap();
        }
        for Check { name, sql, .. } in checks() {
            assert!(sql.find("$1") < sql.find('[').or(Some(usize::MAX)), "{name}: SQLite counts parameters as they appear");
            for places in [None, Some("$2, $3")] {
                if let Err(error) = conn.prepare(&scoped(&check::limited(&sql), places)) {
                    panic!("{name}: {error}");
                }
            }
        }
        conn.prepare(&scoped(&count_sql(), Some("$2"))).unwrap();
        for template in [rates::TEMPLATE, reductions::TEMPLATE, traces::TEMPLATE, visits::TEMPLATE] {
            conn.prepare(&scoped(template, Some("$4"))).unwrap();
        }
    }

    #[test]
    fn checks_have_names_of_their_own() {
        let checks = checks();
        let names: BTreeSet<&str> = checks.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), checks.len());
    }
}
