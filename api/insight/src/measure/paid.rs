//! Collections: what customers paid less what was paid back, by month of the payment or by who paid and whose sale it was (RPT-03, RPT-04).

use super::holder::{Kind, MOST, Named, bounded, ranked};
use super::ledger::{self, Documents, Moved};
use super::months::{days, months};
use crate::sql::{self, statement};
use crate::window::window;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure::{self as wire, CollectionsBy};
use causeway_value::{Amount, Currency, Day, Overflow};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many entries, and what came in by them less what went out.
#[derive(Clone, Copy, Debug, Default)]
struct Paid {
    count: i64,
    amount: Amount,
}

/// What the entries of one holder moved.
#[derive(Clone, Debug, FromQueryResult)]
struct Held {
    holder: Option<Uuid>,
    count: i64,
    amount: Amount,
}

/// By who paid.
fn customers_sql() -> String {
    format!(
        "SELECT p.party_id AS holder, COUNT(*) AS count, CAST(0 - SUM(e.receivable) AS BIGINT) AS amount FROM ({}) e{} GROUP BY p.party_id LIMIT {}",
        Documents::Payments.entries(),
        Documents::Payments.counted(),
        MOST + 1
    )
}

/// By who works on the order that the settled invoice names: what an allocation uses of a payment is what it settles and its exchange difference, which is a
/// gain of what comes in and the other way round. The rest of a payment, and one that was taken back, are of nobody.
fn people_sql() -> String {
    format!(
        "WITH moved AS (SELECT e.* FROM ({}) e{}), \
         shares AS (SELECT m.entry_id, o.owner_id, SUM(CASE WHEN p.direction = 'inbound' THEN a.company_amount + a.exchange_difference \
                 ELSE a.exchange_difference - a.company_amount END) AS used \
             FROM moved m JOIN payments p ON p.tenant_id = $1 AND p.id = m.document_id \
             JOIN allocations a ON a.tenant_id = p.tenant_id AND a.payment_id = p.id AND a.reversed_at IS NULL \
             JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id \
             WHERE m.event <> 'payment.reversed' AND o.owner_id IS NOT NULL GROUP BY m.entry_id, o.owner_id) \
         SELECT r.owner_id AS holder, COUNT(*) AS count, CAST(SUM(r.amount) AS BIGINT) AS amount FROM ( \
             SELECT s.owner_id, s.used AS amount FROM shares s \
             UNION ALL SELECT NULL AS owner_id, 0 - m.receivable - COALESCE(u.used, 0) AS amount \
                 FROM moved m LEFT JOIN (SELECT entry_id, SUM(used) AS used FROM shares GROUP BY entry_id) u ON u.entry_id = m.entry_id \
                 WHERE 0 - m.receivable <> COALESCE(u.used, 0)) r \
         GROUP BY r.owner_id LIMIT {}",
        Documents::Payments.entries(),
        Documents::Payments.counted(),
        MOST + 1
    )
}

async fn by_holder(tx: &mut Tx<'_>, company: &companies::Model, kind: Kind, period: (Day, Day)) -> Result<BTreeMap<Option<Uuid>, Paid>, Problem> {
    let template = if kind == Kind::Rep { people_sql() } else { customers_sql() };
    let cells = [("holder", Cell::Uuid), ("count", Cell::Whole), ("amount", Cell::Whole)];
    let asked = statement(tx, &template, Documents::Payments.values(company, period));
    let found: Vec<Held> = sql::rows(tx, asked, &cells).await?;
    bounded(found.len())?;
    Ok(found.into_iter().map(|row| (row.holder, Paid { count: row.count, amount: row.amount })).collect())
}

/// What customers paid less what was paid back. The total is that of the months, whatever the rows are.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow`.
pub(super) async fn collections(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::CollectionsQuery) -> Result<wire::Collections, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    let moved = ledger::by_month(tx, &company, Documents::Payments, (from, to), &months).await?;
    let currency = company.currency;
    let sum = Moved::sum(&moved)?;
    let total = wire::CollectionsTotal { count: sum.count, amount: sum.receivable.negated()?.text(currency) };
    let kind = match by {
        CollectionsBy::Month => None,
        CollectionsBy::Customer => Some(Kind::Customer),
        CollectionsBy::Rep => Some(Kind::Rep),
    };
    let (rows, count, next_offset) = match kind {
        None => {
            let shown = window(moved, query.offset);
            let rows = shown.rows.into_iter().map(|row| of_month(row, currency)).collect::<Result<Vec<_>, _>>()?;
            (rows, shown.count, shown.next)
        }
        Some(kind) => {
            let sums = by_holder(tx, &company, kind, (from, to)).await?;
            let shown = ranked(tx, kind, sums, |sum| sum.amount, query.offset).await?;
            (shown.rows.into_iter().map(|row| of_holder(row, currency)).collect(), shown.count, shown.next)
        }
    };
    Ok(wire::Collections { object: "collections".to_owned(), company_id: company.id, by, from, to, currency, rows, count, next_offset, total })
}

fn of_month(moved: Moved, currency: Currency) -> Result<wire::CollectionsRow, Overflow> {
    let amount = moved.receivable.negated()?.text(currency);
    Ok(wire::CollectionsRow { month: Some(moved.month), party_id: None, owner_id: None, name: None, count: moved.count, amount })
}

fn of_holder(row: Named<Paid>, currency: Currency) -> wire::CollectionsRow {
    let (party_id, owner_id) = (row.party_id(), row.owner_id());
    wire::CollectionsRow { month: None, party_id, owner_id, name: row.name, count: row.sum.count, amount: row.sum.amount.text(currency) }
}
