//! The confirmation of an order on paper.

use super::store;
use crate::line::{Line, amounts, print};
use causeway_contract::{File, Problem};
use causeway_entity::sell::orders::Model;
use causeway_kernel::Tx;
use causeway_master::letter;
use causeway_print::{Kind, Paper};
use causeway_value::{OrderStatus, Percent};

/// The file of an order. Once it was confirmed it shows sender and recipient as they were then.
///
/// # Errors
/// When the database fails.
pub async fn pdf(tx: &mut Tx<'_>, row: &Model) -> Result<File, Problem> {
    let lines: Vec<Line> = store::parts_of(tx, row).await?.lines.iter().map(Line::from).collect();
    let totals = amounts::totals(&lines, row.rounding_amount.unwrap_or_default(), row.currency)?;
    let then = letter::made_final(tx, row.id.uuid(), "order.confirmed").await?;
    let party_id = letter::party_then(tx, row.id.uuid(), row.party_id, then).await?;
    let addressed = letter::addressed_to(tx, row.company_id, party_id, then, letter::At { contact: row.contact_id, ship_to: row.ship_to_id }).await?;
    // A discount that not every line contains is not told: the amounts of the lines contain what each has.
    let shared = lines.iter().all(|line| line.document_discount.is_none());
    let discount = if shared { row.discount_percent } else { Percent::ZERO };
    letter::print(&Paper {
        kind: Kind::OrderConfirmation,
        language: addressed.language,
        number: Some(row.number.clone()),
        revision: None,
        draft: row.status == OrderStatus::Draft,
        sender: addressed.sender,
        recipient: addressed.recipient,
        recipient_tax_id: addressed.tax_id,
        ship_to: addressed.ship_to,
        date: Some(row.order_date),
        valid_until: None,
        due_date: None,
        supplied: None,
        reference: row.reference.clone(),
        follows: None,
        contact: None,
        currency: row.currency,
        items: print::items(&lines)?,
        discount,
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
        promised: None,
    })
}
