//! A quote on paper (QTE-01).

use super::store;
use crate::line::offer::Promise;
use crate::line::{Line, amounts, print};
use causeway_contract::{File, Problem};
use causeway_entity::govern::users;
use causeway_entity::sell::quotes::Model;
use causeway_kernel::Tx;
use causeway_master::letter;
use causeway_print::{Kind, Paper};
use causeway_value::QuoteStatus;

/// The file of a quote. Once it was sent it shows sender and recipient as they were then.
///
/// # Errors
/// When the database fails.
pub async fn pdf(tx: &mut Tx<'_>, row: &Model) -> Result<File, Problem> {
    let lines: Vec<Line> = store::lines_of(tx, row.id).await?.iter().map(Line::from).collect();
    let totals = amounts::totals(&lines, row.rounding_amount.unwrap_or_default(), row.currency)?;
    let then = letter::made_final(tx, row.id.uuid(), "quote.sent").await?;
    let party_id = letter::party_then(tx, row.id.uuid(), row.party_id, then).await?;
    let addressed = letter::addressed_to(tx, row.company_id, party_id, then, letter::At { contact: row.contact_id, ship_to: row.ship_to_id }).await?;
    let contact = match row.owner_id {
        Some(id) => tx.get::<users::Entity>(id).await?.map(|user| user.name),
        None => None,
    };
    letter::print(&Paper {
        kind: Kind::Quote,
        language: addressed.language,
        number: Some(row.number.clone()),
        revision: Some(row.revision),
        draft: matches!(row.status, QuoteStatus::Draft | QuoteStatus::InApproval),
        sender: addressed.sender,
        recipient: addressed.recipient,
        recipient_tax_id: addressed.tax_id,
        ship_to: addressed.ship_to,
        date: Some(row.quote_date),
        valid_until: row.valid_until,
        due_date: None,
        supplied: None,
        reference: row.reference.clone(),
        follows: None,
        contact,
        currency: row.currency,
        items: print::items(&lines)?,
        discount: row.discount_percent,
        untaxed: row.untaxed_amount,
        taxes: letter::named_taxes(tx, &totals.taxes, then).await?,
        rounding: totals.rounding,
        company_tax: None,
        total: row.total_amount,
        payment_terms: letter::term_name(tx, row.payment_term_id, then).await?,
        installments: Vec::new(),
        early: None,
        notes: row.notes.clone(),
        terms: row.terms.clone(),
        promised: Promise::stored(row.promised_date, row.lead_days).map(Promise::printed),
    })
}
