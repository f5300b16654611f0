//! Reading the aging.

use super::rules::{Amounts, BUCKETS, Item, bucket, by_party, totals};
use crate::sql::{self, statement};
use crate::window::window;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::report::{Aging, AgingItem, AgingItems, AgingQuery, AgingRow, AgingTotals};
use causeway_value::{Amount, AmountText, Currency, Day, Invoice, Kind, Overflow, PartyId, Payment, type_id};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A due date of a party.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct OpenItem {
    party_id: PartyId,
    name: String,
    due_date: Option<Day>,
    amount: Amount,
}

/// A document of which something was open.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct OpenDocument {
    party_id: PartyId,
    name: String,
    document_type: String,
    document_id: Uuid,
    number: String,
    date: Day,
    due_date: Option<Day>,
    amount: Amount,
}

/// What was open at the end of day `$3`, which ends at instant `$4`, of each document: installments of invoices less what settled them; credit notes
/// and payments less what they settled, at what they were booked for (a source uses what it settles and the exchange difference: see `verify`). A payment
/// that was taken back counts until its reversing entry.
const ITEMS: &str = "WITH counted AS (SELECT payment_id, credit_note_id, installment_id, company_amount, exchange_difference FROM allocations \
        WHERE tenant_id = $1 AND company_id = $2 AND day <= $3 AND (reversed_at IS NULL OR reversed_at >= $4) \
        UNION ALL SELECT payment_id, NULL, NULL, company_amount, 0 FROM payment_offsets \
        WHERE tenant_id = $1 AND company_id = $2 AND day <= $3 AND (reversed_at IS NULL OR reversed_at >= $4)), \
    settled AS (SELECT installment_id, SUM(company_amount) AS amount FROM counted GROUP BY installment_id), \
    used AS (SELECT payment_id, credit_note_id, SUM(company_amount) AS amount, SUM(exchange_difference) AS difference FROM counted \
        GROUP BY payment_id, credit_note_id), \
    items AS (SELECT i.party_id, 'invoice' AS document_type, i.id AS document_id, i.number, i.invoice_date AS date, t.due_date, t.company_amount - COALESCE(s.amount, 0) AS amount FROM invoices i \
            JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id LEFT JOIN settled s ON s.installment_id = t.id \
            WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.direction = 'sale' AND i.kind = 'invoice' AND i.status IN ('posted', 'reversed') \
                AND i.invoice_date <= $3 \
        UNION ALL SELECT i.party_id, 'credit_note', i.id, i.number, i.invoice_date, NULL, COALESCE(s.amount, 0) + COALESCE(u.amount, 0) + COALESCE(u.difference, 0) - t.company_amount FROM invoices i \
            JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id LEFT JOIN settled s ON s.installment_id = t.id \
            LEFT JOIN used u ON u.credit_note_id = i.id \
            WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.direction = 'sale' AND i.kind = 'credit_note' AND i.status IN ('posted', 'reversed') \
                AND i.invoice_date <= $3 \
        UNION ALL SELECT p.party_id, 'payment', p.id, p.number, p.payment_date, NULL, CASE WHEN p.direction = 'inbound' \
                THEN COALESCE(u.amount, 0) + COALESCE(u.difference, 0) - p.company_amount \
                ELSE p.company_amount - COALESCE(u.amount, 0) + COALESCE(u.difference, 0) END FROM payments p \
            LEFT JOIN used u ON u.payment_id = p.id LEFT JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.id = p.reversal_entry_id \
            WHERE p.tenant_id = $1 AND p.company_id = $2 AND p.settles = 'sale' AND p.payment_date <= $3 \
                AND (p.status = 'posted' OR (p.status = 'reversed' AND e.date > $3)))";

/// Them, per party and due date.
const BY_DUE_DATE: &str = "SELECT o.party_id AS party_id, n.name AS name, o.due_date AS due_date, o.amount AS amount \
    FROM (SELECT party_id, due_date, CAST(SUM(amount) AS BIGINT) AS amount FROM items GROUP BY party_id, due_date HAVING SUM(amount) <> 0) o \
    JOIN parties n ON n.tenant_id = $1 AND n.id = o.party_id";

/// Them, one by one.
const BY_DOCUMENT: &str = "SELECT o.party_id AS party_id, n.name AS name, o.document_type AS document_type, o.document_id AS document_id, o.number AS number, \
        o.date AS date, o.due_date AS due_date, CAST(o.amount AS BIGINT) AS amount \
    FROM items o JOIN parties n ON n.tenant_id = $1 AND n.id = o.party_id AND o.amount <> 0";

/// What was open then: `select` answers it, in this order, for all customers or for one.
async fn open<R: FromQueryResult>(
    tx: &mut Tx<'_>,
    (select, order): (&str, &str),
    cells: &[(&str, Cell)],
    (query, company, as_of): (&AgingQuery, &companies::Model, Day),
) -> Result<Vec<R>, Problem> {
    let end = as_of.plus_days(1).start_in(company.time_zone);
    let mut values = vec![company.id.into(), as_of.into(), end.into()];
    let of_party = if query.party_id.is_some() { " WHERE o.party_id = $5" } else { "" };
    values.extend(query.party_id.map(Into::into));
    let asked = statement(tx, &format!("{ITEMS} {select}{of_party} ORDER BY n.name, o.party_id, {order}"), values);
    sql::rows(tx, asked, cells).await
}

/// What customers owe a company as of a day: today in its time zone when not given.
///
/// # Errors
/// `not_found` for the company or the customer; `amount_overflow` when a sum does not fit.
pub async fn aging(ctx: &Ctx, tx: &mut Tx<'_>, query: &AgingQuery) -> Result<Aging, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    customer(tx, query.party_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let cells = [("party_id", Cell::Uuid), ("name", Cell::Text), ("due_date", Cell::Text), ("amount", Cell::Whole)];
    let found: Vec<OpenItem> = open(tx, (BY_DUE_DATE, "o.due_date"), &cells, (query, &company, as_of)).await?;
    let items = found.into_iter().map(|row| Item { party_id: row.party_id, name: row.name, due_date: row.due_date, amount: row.amount });
    let parties = by_party(items.collect(), as_of)?;
    let totals = totals(&parties)?;
    let currency = company.currency;
    let part = window(parties, query.offset);
    let rows = part.rows.into_iter().map(|owed| {
        let (amounts, total) = shown(&owed.amounts, currency)?;
        Ok(AgingRow { party_id: owed.party_id, name: owed.name, amounts, total })
    });
    let rows = rows.collect::<Result<_, Overflow>>()?;
    let (amounts, total) = shown(&totals, currency)?;
    Ok(Aging {
        object: "aging".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        buckets: BUCKETS.map(str::to_owned).to_vec(),
        rows,
        count: part.count,
        next_offset: part.next,
        totals: AgingTotals { amounts, total },
    })
}

/// What the aging is made of, document by document.
///
/// # Errors
/// As [`aging`].
pub async fn items(ctx: &Ctx, tx: &mut Tx<'_>, query: &AgingQuery) -> Result<AgingItems, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    customer(tx, query.party_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let cells = [
        ("party_id", Cell::Uuid),
        ("name", Cell::Text),
        ("document_type", Cell::Text),
        ("document_id", Cell::Uuid),
        ("number", Cell::Text),
        ("date", Cell::Text),
        ("due_date", Cell::Text),
        ("amount", Cell::Whole),
    ];
    let found: Vec<OpenDocument> = open(tx, (BY_DOCUMENT, "COALESCE(o.due_date, o.date), o.number"), &cells, (query, &company, as_of)).await?;
    let total = Amount::sum(found.iter().map(|row| row.amount))?;
    let currency = company.currency;
    let part = window(found, query.offset);
    let rows = part.rows.into_iter().map(|row| AgingItem {
        party_id: row.party_id,
        name: row.name,
        document_id: type_id(if row.document_type == Payment::NAME { Payment::PREFIX } else { Invoice::PREFIX }, row.document_id),
        document_type: row.document_type,
        number: row.number,
        date: row.date,
        due_date: row.due_date,
        bucket: BUCKETS.get(bucket(row.due_date, as_of)).copied().unwrap_or_default().to_owned(),
        amount: row.amount.text(currency),
    });
    Ok(AgingItems {
        object: "aging_items".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        rows: rows.collect(),
        count: part.count,
        next_offset: part.next,
        total: total.text(currency),
    })
}

/// The customer that a report is narrowed to must be there.
async fn customer(tx: &mut Tx<'_>, id: Option<PartyId>) -> Result<(), Problem> {
    let Some(id) = id else { return Ok(()) };
    let missing = || Problem::of(vec![FieldError::parameter(Code::NotFound, "party_id", "names no party of this tenant")]);
    tx.get::<parties::Entity>(id).await?.map(drop).ok_or_else(missing)
}

/// The amounts and their sum on the wire.
fn shown(amounts: &Amounts, currency: Currency) -> Result<(Vec<AmountText>, AmountText), Overflow> {
    let total = Amount::sum(amounts.iter().copied())?;
    Ok((amounts.iter().map(|amount| amount.text(currency)).collect(), total.text(currency)))
}
