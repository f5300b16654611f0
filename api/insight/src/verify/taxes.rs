//! A company knows whether it has tax rules, and a document how far an external engine has taxed it. The taxes of a line are its tax amount: the split is kept as JSON, so the lines are read page by page and added
//! up here.

use super::check::{Check, Unit, written};
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::TaxAmount;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_openapi::object::Break;
use causeway_value::{Amount, Currency, Json, type_id};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The name of the check.
pub(super) const SPLITS: &str = "line_taxes";
/// Lines that are read at a time.
const PAGE: usize = 1_000;
/// Breaks that are reported, at most.
const MOST: usize = 100;

/// Lines by their table, with what they are lines of and the prefix of its ids.
const LINES: [(&str, &str, &str, &str); 3] =
    [("quote_lines", "quote_id", "quotes", "qot"), ("order_lines", "order_id", "orders", "ord"), ("invoice_lines", "invoice_id", "invoices", "inv")];

const CELLS: [(&str, Cell); 6] =
    [("line", Cell::Uuid), ("id", Cell::Uuid), ("position", Cell::Whole), ("currency", Cell::Text), ("tax_amount", Cell::Whole), ("taxes", Cell::Text)];

#[derive(Clone, Debug, FromQueryResult)]
struct Line {
    line: Uuid,
    id: Uuid,
    position: i64,
    currency: Currency,
    tax_amount: Amount,
    taxes: Json<Vec<TaxAmount>>,
}

/// The check that is one statement: documents of a company look for tax rules when it has some.
pub(super) fn checks() -> Vec<Check> {
    let sql = "SELECT id, label, NULL AS currency, expected, found FROM (SELECT c.id AS id, c.name AS label, \
                   CASE WHEN EXISTS (SELECT 1 FROM tax_rules r WHERE r.tenant_id = $1 AND r.company_id = c.id) THEN 1 ELSE 0 END AS expected, \
                   CASE WHEN c.has_tax_rules THEN 1 ELSE 0 END AS found FROM companies c WHERE c.tenant_id = $1 [c.id]) t WHERE expected <> found";
    // What waits has no taxes and is not posted; what an engine taxed says so, unless it takes back what does.
    let engine = "SELECT d.id AS id, d.number AS label, NULL AS currency, 0 AS expected, 1 AS found FROM invoices d WHERE d.tenant_id = $1 [d.company_id] \
                  AND ((d.tax_status = 'pending' AND (d.status <> 'draft' OR d.tax_amount <> 0 OR d.tax_reference IS NOT NULL)) \
                      OR (d.tax_status = 'computed' AND (d.tax_reference IS NULL) <> (d.credited_invoice_id IS NOT NULL)) \
                      OR (d.tax_status IS NULL AND d.tax_reference IS NOT NULL) \
                      OR (d.expected_tax_amount IS NOT NULL AND COALESCE(d.tax_status, '') <> 'pending'))";
    vec![
        Check { name: "company_tax_rules", subject: "com", what: "whether it has tax rules as noted", unit: Unit::Count, sql: sql.to_owned() },
        Check { name: "engine_taxes", subject: "inv", what: "contradictions about the taxes of an external engine", unit: Unit::Count, sql: engine.to_owned() },
    ]
}

/// Adds up the taxes of every line that the caller may see.
///
/// # Errors
/// When the database fails.
pub(super) async fn splits(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    for (lines, parent, table, prefix) in LINES {
        let template = template(lines, parent, table);
        let mut after = Some(Uuid::nil());
        while let Some(last) = after.take() {
            let asked = statement(tx, &template, vec![last.into()]);
            let page: Vec<Line> = sql::rows(tx, asked, &CELLS).await?;
            if page.len() == PAGE {
                after = page.last().map(|line| line.line);
            }
            for line in &page {
                let expected = line.taxes.0.iter().try_fold(Amount::ZERO, |sum, tax| sum.plus(tax.amount))?;
                if expected != line.tax_amount && breaks.len() < MOST {
                    let side = |amount: Amount| written(Unit::Money, amount.0, Some(line.currency));
                    let (expected, found) = (side(expected), side(line.tax_amount));
                    let detail = format!("line {}: the sum of its taxes as its tax: expected {expected}, found {found}", line.position);
                    breaks.push(Break { check: SPLITS.to_owned(), subject: type_id(prefix, line.id), detail });
                }
            }
        }
    }
    Ok(breaks)
}

fn template(lines: &str, parent: &str, table: &str) -> String {
    format!(
        "SELECT l.id AS line, d.id AS id, l.position AS position, d.currency AS currency, l.tax_amount AS tax_amount, l.taxes AS taxes FROM {table} d \
         JOIN {lines} l ON l.tenant_id = d.tenant_id AND l.{parent} = d.id WHERE d.tenant_id = $1 AND l.id > $2 [d.company_id] ORDER BY l.id LIMIT {PAGE}"
    )
}
