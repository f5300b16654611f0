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

/// A step: the documents that it is measured on, the first change of one kind and the last of the other: what was undone and done again is done by the last.
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

/// What a shipment that was taken back left open is not fulfilled.
const FULFILLED: &str = " AND d.status = 'fulfilled'";

const STEPS: [Step; 4] = [
    Step { measure: "quote_turnaround", table: "quotes", day: "quote_date", from: "quote.created", to: "quote.sent", only: "" },
    Step { measure: "quote_to_order", table: "quotes", day: "quote_date", from: "quote.sent", to: "quote.accepted", only: "" },
    Step { measure: "order_cycle", table: "orders", day: "order_date", from: "order.confirmed", to: "order.fulfilled", only: FULFILLED },
    Step { measure: "billing_cycle", table: "invoices", day: "invoice_date", from: BILLABLE, to: "invoice.posted", only: BILLS },
];

/// What starts the billing cycle is the coming of what the invoice bills, not a change of the invoice.
const BILLABLE: &str = "billable.ready";

/// Seconds from the creation of each won deal to its end, for those that ended from the instant `$3` on and before `$4`. Of some old deals only the end is
/// known: they came up with it and were never open here; one that was created here and won at once took no time.
const DEALS: &str = "SELECT (d.closed_at - d.created_at) / 1000000 AS seconds FROM opportunities d \
    WHERE d.tenant_id = $1 AND d.company_id = $2 AND d.status = 'won' AND d.closed_at >= $3 AND d.closed_at < $4 AND (d.closed_at > d.created_at \
        OR (d.closed_at = d.created_at AND EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = d.tenant_id AND e.subject_id = d.id \
            AND e.event_type = 'opportunity.won' AND e.subject_version > 1)))";

/// Seconds of the whole days from the date of each invoice that is paid now to the date of the payment that paid its rest, whenever that was recorded. Where
/// only a credit note settled the rest, its day counts. Money in advance makes no time negative.
fn days_to_cash() -> String {
    let (billed, paid) = (day_number("t.billed"), day_number("t.paid"));
    format!(
        "SELECT CASE WHEN {paid} > {billed} THEN ({paid} - {billed}) * 86400 ELSE 0 END AS seconds FROM \
             (SELECT d.id, d.invoice_date AS billed, MAX(COALESCE(p.payment_date, a.day)) AS paid FROM invoices d \
                 JOIN allocations a ON a.tenant_id = d.tenant_id AND a.invoice_id = d.id AND a.reversed_at IS NULL \
                 LEFT JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id \
                 WHERE d.tenant_id = $1 AND d.company_id = $2 AND d.invoice_date >= $3 AND d.invoice_date <= $4{BILLS} AND d.payment_state = 'paid' \
                 GROUP BY d.id, d.invoice_date) t"
    )
}

/// The number of a day, counted without a gap (Julian day number): dates are texts, which both databases cut into years, months and days. The year begins in
/// March here, so that the day that some years have more is its last.
fn day_number(day: &str) -> String {
    let part = |from: u32, length: u32| format!("CAST(substr({day}, {from}, {length}) AS BIGINT)");
    let (year, month, of_month) = (part(1, 4), part(6, 2), part(9, 2));
    let before_march = format!("((14 - {month}) / 12)");
    let year = format!("({year} + 4800 - {before_march})");
    format!("({of_month} + (153 * ({month} + 12 * {before_march} - 3) + 2) / 5 + 365 * {year} + {year} / 4 - {year} / 100 + {year} / 400 - 32045)")
}

#[derive(Clone, Debug, FromQueryResult)]
struct Took {
    count: i64,
    sum: Option<i64>,
    longest: Option<i64>,
    median: Option<i64>,
}

/// Seconds from the first change to the last of the other kind, per document that has both in this order.
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
        "SELECT (MAX(t.occurred_at) - {start}) / 1000000 AS seconds FROM {table} d {joined} \
         JOIN events t ON t.tenant_id = d.tenant_id AND t.subject_id = d.id AND t.event_type = '{to}' \
         WHERE d.tenant_id = $1 AND d.company_id = $2 AND d.{day} >= $3 AND d.{day} <= $4{only} \
         GROUP BY d.id HAVING MAX(t.occurred_at) >= {start}"
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
    let mut rows = Vec::with_capacity(STEPS.len() + 2);
    let (start, end) = (from.start_in(company.time_zone), to.plus_days(1).start_in(company.time_zone));
    let deals = took(tx, DEALS, vec![company.id.into(), start.into(), end.into()]).await?;
    rows.push(row("deal_cycle", ("opportunity.created", "opportunity.won"), &deals));
    for step in &STEPS {
        let took = took(tx, &took_sql(step), vec![company.id.into(), from.into(), to.into()]).await?;
        rows.push(row(step.measure, (step.from, step.to), &took));
    }
    let cash = took(tx, &days_to_cash(), vec![company.id.into(), from.into(), to.into()]).await?;
    rows.push(row("days_to_cash", ("invoice.posted", "invoice.paid"), &cash));
    Ok(wire::CycleTimes { object: "cycle_times".to_owned(), company_id: company.id, from, to, rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::Day;

    #[test]
    fn days_are_numbered_without_a_gap() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let number = |day: Day| conn.query_row(&format!("SELECT {}", day_number(&format!("'{day}'"))), [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("2000-01-01".parse().unwrap()), 2_451_545);
        let mut day: Day = "1999-12-31".parse().unwrap();
        for expected in number(day)..number(day) + 2_000 {
            assert_eq!(number(day), expected, "{day}");
            day = day.plus_days(1);
        }
    }
}
