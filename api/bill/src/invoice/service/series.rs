//! Numbers follow dates, so an invoice that is dated ahead, by a slip perhaps, holds up those of today. Once it is taken back whole, neither it nor what takes
//! it back does so any longer (BIL-05).

use crate::booked;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx, number};
use causeway_value::{Day, InvoiceId};

/// The latest day of a series, without one invoice and its credit notes, and without what is ahead and taken back.
const LAST_DAY: &str = "SELECT MAX(i.invoice_date) AS last_day FROM invoices i \
    LEFT JOIN invoices c ON c.tenant_id = i.tenant_id AND c.id = i.credited_invoice_id \
    WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.number LIKE $3 AND i.id <> $4 AND (c.id IS NULL OR c.id <> $5) \
    AND (i.invoice_date <= $6 OR (i.payment_state <> 'reversed' AND (c.id IS NULL OR c.payment_state <> 'reversed')))";

/// Lets the series of an invoice ahead of today, which is taken back whole, and of the note that does so, go on from the day before both.
///
/// # Errors
/// When the database fails.
pub(super) async fn let_go(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    (original, note): (&invoices::Model, &invoices::Model),
    today: Day,
) -> Result<(), Problem> {
    let fiscal = booked::fiscal(company);
    for document in [original, note] {
        let Some(day) = document.invoice_date.filter(|day| *day > today) else { continue };
        let (kind, year) = (booked::document_kind(document), fiscal.year(day));
        if kind.in_date_order() {
            let series = format!("{}/{year}/%", kind.prefix());
            let last = last_day(tx, document, original.id, series, today).await?;
            number::go_on_from(ctx, tx, fiscal, kind, year, last).await?;
        }
    }
    Ok(())
}

async fn last_day(tx: &mut Tx<'_>, document: &invoices::Model, original: InvoiceId, series: String, today: Day) -> Result<Option<Day>, Problem> {
    let values = vec![document.tenant_id.into(), document.company_id.into(), series.into(), document.id.into(), original.into(), today.into()];
    let rows = tx.query(LAST_DAY, values, &[("last_day", Cell::Text)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let unreadable = |error: String| Problem::new(Code::InternalError, format!("The last day of a series cannot be read: {error}"));
    let text: Option<String> = row.try_get("", "last_day").map_err(|error| unreadable(error.to_string()))?;
    text.map(|text| text.parse().map_err(|_| unreadable(text))).transpose()
}
