//! How long deals and their steps take: the steps by the changes of their documents, deals by the days that they keep, which an imported history has, too
//! (CRM-10, QTE-22, ORD-16, BIL-17).

use super::months::days;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure as wire;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;

/// A step: the documents that it is measured on, and the first change of each kind.
struct Step {
    measure: &'static str,
    table: &'static str,
    /// The day that puts a document into a period.
    day: &'static str,
    from: &'static str,
    to: &'static str,
    /// Which documents count besides.
    only: &'static str,
}

/// What customers are billed; a credit note is no bill, and one of a supplier none of ours.
const BILLS: &str = " AND d.direction = 'sale' AND d.kind = 'invoice'";

const STEPS: [Step; 5] = [
    Step { measure: "quote_turnaround", table: "quotes", day: "quote_date", from: "quote.created", to: "quote.sent", only: "" },
    Step { measure: "quote_to_order", table: "quotes", day: "quote_date", from: "quote.sent", to: "quote.accepted", only: "" },
    Step { measure: "order_cycle", table: "orders", day: "order_date", from: "order.confirmed", to: "order.fulfilled", only: "" },
    Step { measure: "billing_cycle", table: "invoices", day: "invoice_date", from: BILLABLE, to: "invoice.posted", only: BILLS },
    Step { measure: "days_to_cash", table: "invoices", day: "invoice_date", from: "invoice.posted", to: "invoice.paid", only: BILLS },
];

/// What starts the billing cycle is the coming of what the invoice bills, not a change of the invoice.
const BILLABLE: &str = "billable.ready";

/// Seconds from the creation of each won deal to its end, for those that ended from the instant `$3` on and before `$4`. Of some old deals only the end is
/// known: they were created with it.
const DEALS: &str = "SELECT (d.closed_at - d.created_at) / 1000000 AS seconds FROM opportunities d \
    WHERE d.tenant_id = $1 AND d.company_id = $2 AND d.status = 'won' AND d.closed_at >= $3 AND d.closed_at < $4 AND d.closed_at > d.created_at";

#[derive(Clone, Debug, FromQueryResult)]
struct Took {
    count: i64,
    sum: Option<i64>,
    longest: Option<i64>,
    median: Option<i64>,
}

/// Seconds from the first change to the other, per document that has both in this order.
fn took_sql(step: &Step) -> String {
    let Step { table, day, from, to, only, .. } = step;
    let (joined, start) = if *from == BILLABLE {
        // The rest of a billable of which a part was billed before came with the whole of it.
        let billables = "JOIN invoice_lines l ON l.tenant_id = d.tenant_id AND l.invoice_id = d.id \
             JOIN billables b ON b.tenant_id = d.tenant_id AND b.id = l.billable_id LEFT JOIN billables w ON w.tenant_id = d.tenant_id AND w.id = b.split_of";
        (billables.to_owned(), "MIN(COALESCE(w.created_at, b.created_at))")
    } else {
        (format!("JOIN events f ON f.tenant_id = d.tenant_id AND f.subject_id = d.id AND f.event_type = '{from}'"), "MIN(f.occurred_at)")
    };
    // Placeholders appear in their order, as SQLite counts them.
    format!(
        "SELECT (MIN(t.occurred_at) - {start}) / 1000000 AS seconds FROM {table} d {joined} \
         JOIN events t ON t.tenant_id = d.tenant_id AND t.subject_id = d.id AND t.event_type = '{to}' \
         WHERE d.tenant_id = $1 AND d.company_id = $2 AND d.{day} >= $3 AND d.{day} <= $4{only} \
         GROUP BY d.id HAVING MIN(t.occurred_at) >= {start}"
    )
}

/// How many seconds there are, and what they come to.
fn summed(seconds: &str) -> String {
    format!(
        "WITH took AS ({seconds}) SELECT COUNT(*) AS count, CAST(SUM(seconds) AS BIGINT) AS sum, MAX(seconds) AS longest, \
             (SELECT seconds FROM took ORDER BY seconds LIMIT 1 OFFSET (SELECT (COUNT(*) - 1) / 2 FROM took)) AS median FROM took"
    )
}

async fn took(tx: &mut Tx<'_>, seconds: &str, values: Vec<Value>) -> Result<Took, Problem> {
    let cells = [("count", Cell::Whole), ("sum", Cell::Whole), ("longest", Cell::Whole), ("median", Cell::Whole)];
    let asked = statement(tx, &summed(seconds), values);
    let found: Vec<Took> = sql::rows(tx, asked, &cells).await?;
    Ok(found.into_iter().next().unwrap_or(Took { count: 0, sum: None, longest: None, median: None }))
}

fn row(measure: &str, (from, to): (&str, &str), took: &Took) -> wire::CycleTime {
    wire::CycleTime {
        measure: measure.to_owned(),
        from_event: from.to_owned(),
        to_event: to.to_owned(),
        count: took.count,
        average_seconds: took.sum.filter(|_| took.count > 0).map(|sum| sum / took.count),
        median_seconds: took.median,
        longest_seconds: took.longest,
    }
}

/// How long deals, quotes, orders, billing and collecting took: deals that were won in a period, and documents of it.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period.
pub(super) async fn cycle_times(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PeriodQuery) -> Result<wire::CycleTimes, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let mut rows = Vec::with_capacity(STEPS.len() + 1);
    let (start, end) = (from.start_in(company.time_zone), to.plus_days(1).start_in(company.time_zone));
    let deals = took(tx, DEALS, vec![company.id.into(), start.into(), end.into()]).await?;
    rows.push(row("deal_cycle", ("opportunity.created", "opportunity.won"), &deals));
    for step in &STEPS {
        let took = took(tx, &took_sql(step), vec![company.id.into(), from.into(), to.into()]).await?;
        rows.push(row(step.measure, (step.from, step.to), &took));
    }
    Ok(wire::CycleTimes { object: "cycle_times".to_owned(), company_id: company.id, from, to, rows })
}
