//! Billings and collections: what stands in the ledger.

use super::months::{days, months};
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure as wire;
use causeway_value::{Amount, Day, Overflow};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;

/// What a month's entries of one kind of document moved.
#[derive(Clone, Debug, Default, FromQueryResult)]
struct Moved {
    month: String,
    count: i64,
    /// Debit less credit of the receivable.
    receivable: Amount,
    /// Credit less debit of the tax that is owed.
    tax: Amount,
}

/// Entries that move the receivable: of `$5` documents, from day `$3` to `$4`, of three kinds. Differences of exchange, discounts and write-offs are others.
/// An invoice counts as well when down payments leave nothing of it to be paid.
const MOVED: &str = "SELECT substr(e.date, 1, 7) AS month, COUNT(*) AS count, CAST(SUM(e.receivable) AS BIGINT) AS receivable, CAST(SUM(e.tax) AS BIGINT) AS tax \
    FROM (SELECT h.date AS date, SUM(CASE WHEN a.purpose = 'receivable' THEN l.debit - l.credit ELSE 0 END) AS receivable, \
            SUM(CASE WHEN a.purpose = 'tax_payable' THEN l.credit - l.debit ELSE 0 END) AS tax, \
            SUM(CASE WHEN a.purpose = 'receivable' THEN 1 ELSE 0 END) AS lines \
        FROM journal_entries h JOIN journal_lines l ON l.tenant_id = h.tenant_id AND l.entry_id = h.id \
        JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
        WHERE h.tenant_id = $1 AND h.company_id = $2 AND h.date >= $3 AND h.date <= $4 AND h.document_type = $5 AND h.event IN ($6, $7, $8) \
        GROUP BY h.id, h.date) e \
    WHERE e.lines > 0 OR $5 = 'invoice' GROUP BY substr(e.date, 1, 7)";

/// The months of a company's report.
struct Found {
    company: companies::Model,
    from: Day,
    to: Day,
    rows: Vec<Moved>,
}

async fn moved(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PeriodQuery, document: &str, events: [&str; 3]) -> Result<Found, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    let cells = [("month", Cell::Text), ("count", Cell::Whole), ("receivable", Cell::Whole), ("tax", Cell::Whole)];
    let mut values = vec![query.company_id.into(), from.into(), to.into(), document.to_owned().into()];
    values.extend(events.map(|event| Value::from(event.to_owned())));
    let asked = statement(tx, MOVED, values);
    let found: Vec<Moved> = sql::rows(tx, asked, &cells).await?;
    let mut found: BTreeMap<String, Moved> = found.into_iter().map(|row| (row.month.clone(), row)).collect();
    let rows = months.into_iter().map(|month| found.remove(&month.name).unwrap_or(Moved { month: month.name, ..Moved::default() })).collect();
    Ok(Found { company, from, to, rows })
}

/// What was invoiced less what was credited, by month of the document (RPT-02).
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow`.
pub(super) async fn billings(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PeriodQuery) -> Result<wire::Billings, Problem> {
    // Credit notes are posted, too; exchange differences of theirs are nothing that was billed.
    let Found { company, from, to, rows: moved } = moved(ctx, tx, query, "invoice", ["invoice.posted"; 3]).await?;
    let currency = company.currency;
    let row = |row: &Moved| {
        Ok(wire::BillingsRow {
            month: row.month.clone(),
            count: row.count,
            untaxed_amount: row.receivable.minus(row.tax)?.text(currency),
            tax_amount: row.tax.text(currency),
            total_amount: row.receivable.text(currency),
        })
    };
    let (tax, total) = (Amount::sum(moved.iter().map(|row| row.tax))?, Amount::sum(moved.iter().map(|row| row.receivable))?);
    Ok(wire::Billings {
        object: "billings".to_owned(),
        company_id: company.id,
        from,
        to,
        currency,
        rows: moved.iter().map(row).collect::<Result<_, Overflow>>()?,
        total: wire::BillingsTotal {
            count: moved.iter().map(|row| row.count).sum(),
            untaxed_amount: total.minus(tax)?.text(currency),
            tax_amount: tax.text(currency),
            total_amount: total.text(currency),
        },
    })
}

/// What customers paid less what was paid back, by month of the payment (RPT-04).
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow`.
pub(super) async fn collections(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PeriodQuery) -> Result<wire::Collections, Problem> {
    let Found { company, from, to, rows: moved } = moved(ctx, tx, query, "payment", ["payment.received", "payment.sent", "payment.reversed"]).await?;
    let currency = company.currency;
    let row = |row: &Moved| Ok(wire::CollectionsRow { month: row.month.clone(), count: row.count, amount: row.receivable.negated()?.text(currency) });
    let total = Amount::sum(moved.iter().map(|row| row.receivable))?.negated()?;
    Ok(wire::Collections {
        object: "collections".to_owned(),
        company_id: company.id,
        from,
        to,
        currency,
        rows: moved.iter().map(row).collect::<Result<_, Overflow>>()?,
        total: wire::CollectionsTotal { count: moved.iter().map(|row| row.count).sum(), amount: total.text(currency) },
    })
}
