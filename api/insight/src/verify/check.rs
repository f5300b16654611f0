//! A check as data, and how its findings become breaks.

use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_openapi::object::Break;
use causeway_value::{Amount, Currency, Quantity, TenantId, prefix_of, type_id};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use uuid::Uuid;

/// Breaks that one check reports, at most: what is broken at large shows in the first ones.
const MOST: usize = 100;

/// How the two sides of a check are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Minor units of the row's `currency`.
    Money,
    /// Millionths.
    Quantity,
    /// Things.
    Count,
}

/// What must hold for the whole tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// Its name in the answer.
    pub name: &'static str,
    /// The prefix of the ids of what it is about; empty when the label names the kind.
    pub subject: &'static str,
    /// What the two sides are.
    pub what: &'static str,
    /// How they are written.
    pub unit: Unit,
    /// Answers what is wrong, in the columns `id`, `label`, `currency`, `expected` and `found`; a template of [`crate::sql`].
    pub sql: String,
}

/// A row that a check finds.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Finding {
    /// What is wrong.
    pub id: Uuid,
    /// Its number or name, or what tells it apart.
    pub label: Option<String>,
    /// Of both sides.
    pub currency: Option<Currency>,
    /// What the parts say.
    pub expected: i64,
    /// What stands there.
    pub found: i64,
}

const CELLS: [(&str, Cell); 5] = [("id", Cell::Uuid), ("label", Cell::Text), ("currency", Cell::Text), ("expected", Cell::Whole), ("found", Cell::Whole)];

/// Runs a check.
pub(super) async fn run(tx: &mut Tx<'_>, check: &Check) -> Result<Vec<Break>, Problem> {
    let asked = statement(tx, &limited(&check.sql), Vec::new());
    let findings: Vec<Finding> = sql::rows(tx, asked, &CELLS).await?;
    Ok(findings.iter().map(|finding| broken(check, finding)).collect())
}

/// Rows that are compared one by one, a page at a time in the order of their keys.
pub(super) struct Pages<R> {
    /// A template of [`crate::sql`], whose placeholders after the tenant are the key after which it goes on.
    pub template: &'static str,
    /// What it answers.
    pub cells: &'static [(&'static str, Cell)],
    /// Rows of a page, as the template limits them.
    pub size: usize,
    /// The key before every row.
    pub start: fn() -> Vec<Value>,
    /// The key of a row.
    pub key: fn(&R) -> Vec<Value>,
    /// What is wrong with a row.
    pub wrong: fn(&R) -> Option<Break>,
}

impl<R: FromQueryResult> Pages<R> {
    /// Compares every row that the caller may see.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn compare(&self, tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
        let mut breaks = Vec::new();
        let mut after = Some((self.start)());
        while let Some(last) = after.take() {
            let asked = statement(tx, self.template, last);
            let page: Vec<R> = sql::rows(tx, asked, self.cells).await?;
            if page.len() == self.size {
                after = page.last().map(self.key);
            }
            breaks.extend(page.iter().filter_map(self.wrong));
            breaks.truncate(MOST);
        }
        Ok(breaks)
    }
}

/// What stands for a check whose rows cannot be read.
pub(super) fn not_made(check: &str, tenant: TenantId) -> Break {
    Break { check: check.to_owned(), subject: tenant.to_string(), detail: "rows that it looks at cannot be read; the log names one".to_owned() }
}

/// The columns in the types that are read, whatever the database made of sums and literals.
pub(super) fn limited(sql: &str) -> String {
    format!(
        "SELECT id, CAST(label AS TEXT) AS label, CAST(currency AS TEXT) AS currency, CAST(expected AS BIGINT) AS expected, CAST(found AS BIGINT) AS found \
         FROM ({sql}) AS findings ORDER BY 1, 2 LIMIT {MOST}"
    )
}

fn broken(check: &Check, finding: &Finding) -> Break {
    let label = finding.label.as_deref().unwrap_or_default();
    let prefix = if check.subject.is_empty() { prefix_of(label).unwrap_or("obj") } else { check.subject };
    let place = if label.is_empty() { String::new() } else { format!("{label}: ") };
    let (expected, found) = (written(check.unit, finding.expected, finding.currency), written(check.unit, finding.found, finding.currency));
    Break { check: check.name.to_owned(), subject: type_id(prefix, finding.id), detail: format!("{place}{}: expected {expected}, found {found}", check.what) }
}

pub(super) fn written(unit: Unit, number: i64, currency: Option<Currency>) -> String {
    match (unit, currency) {
        (Unit::Money, Some(currency)) => format!("{} {currency}", Amount(number).text(currency)),
        (Unit::Quantity, _) => Quantity(number).to_string(),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_says_what_was_expected_and_what_was_found() {
        let check = Check { name: "entry_balanced", subject: "jen", what: "debits and credits", unit: Unit::Money, sql: String::new() };
        let finding = Finding { id: Uuid::nil(), label: Some("JE/2026/00001".to_owned()), currency: "EUR".parse().ok(), expected: 77_112, found: 77_111 };
        let one = broken(&check, &finding);
        assert_eq!(one.subject, "jen_00000000000000000000000000");
        assert_eq!(one.detail, "JE/2026/00001: debits and credits: expected 771.12 EUR, found 771.11 EUR");
        assert_eq!(written(Unit::Quantity, 1_500_000, None), "1.5");
        assert_eq!(written(Unit::Count, 3, None), "3");
    }
}
