//! An invoice or credit note on paper (BIL-21).

use super::store::{installments_of, lines_of};
use causeway_contract::{File, Problem};
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_kernel::Tx;
use causeway_master::letter;
use causeway_print::{Item, Kind, Line, Paper};
use causeway_value::{Direction, InvoiceKind, InvoiceStatus, Percent};

/// The file of an invoice. Once it was posted it shows sender and recipient as they were then, so it never changes.
///
/// # Errors
/// `not_found` for what a supplier sent us: that paper is the supplier's.
pub async fn pdf(tx: &mut Tx<'_>, row: &invoices::Model) -> Result<File, Problem> {
    if row.direction == Direction::Purchase {
        return Err(Problem::not_found());
    }
    let lines = lines_of(tx, &[row.id]).await?;
    let installments = installments_of(tx, &[row.id]).await?;
    let credited = match row.credited_invoice_id {
        Some(id) => tx.get::<invoices::Entity>(id).await?.and_then(|invoice| invoice.number),
        None => None,
    };
    let party_id = letter::party_then(tx, row.id.uuid(), row.party_id, row.posted_at).await?;
    let addressed = letter::addressed(tx, row.company_id, party_id, row.posted_at).await?;
    let is_invoice = row.kind == InvoiceKind::Invoice;
    letter::print(&Paper {
        kind: if is_invoice { Kind::Invoice } else { Kind::CreditNote },
        language: addressed.language,
        number: row.number.clone(),
        revision: None,
        draft: row.status == InvoiceStatus::Draft,
        sender: addressed.sender,
        recipient: addressed.recipient,
        recipient_tax_id: addressed.tax_id,
        ship_to: Vec::new(),
        date: row.invoice_date,
        valid_until: None,
        due_date: row.due_date.filter(|_| is_invoice),
        reference: row.reference.clone(),
        follows: credited,
        contact: None,
        currency: row.currency,
        items: lines.iter().map(item).collect(),
        discount: Percent::ZERO,
        untaxed: row.untaxed_amount,
        taxes: letter::named_taxes(tx, &row.taxes.0).await?,
        rounding: row.rounding_amount.unwrap_or_default(),
        total: row.total_amount,
        payment_terms: if is_invoice { letter::term_name(tx, row.payment_term_id).await? } else { None },
        installments: if installments.len() > 1 { installments.iter().map(|part| (part.due_date, part.amount)).collect() } else { Vec::new() },
        notes: [row.reason.clone(), row.notes.clone()].into_iter().flatten().reduce(|reason, notes| format!("{reason}\n{notes}")),
        terms: None,
        promised: None,
    })
}

fn item(row: &invoice_lines::Model) -> Item {
    Item::Line(Line {
        description: row.description.clone(),
        quantity: row.quantity,
        unit: row.unit.clone(),
        unit_price: row.unit_price,
        base_quantity: row.price_base_quantity,
        discount: row.discount_percent,
        net: row.net_amount,
        optional: false,
        promised: None,
    })
}
