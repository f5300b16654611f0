//! An invoice or credit note on paper (BIL-21).

use super::store::{installments_of, lines_of};
use crate::booked;
use crate::invoice::service::checks::billed;
use crate::write_off::rules::{discount_on, last_day};
use causeway_contract::{File, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::Tx;
use causeway_master::letter;
use causeway_master::tax::store::tax_defs;
use causeway_print::{Early, Item, Kind, Line, Paper};
use causeway_value::{Amount, Currency, Day, Direction, InvoiceKind, InvoiceStatus, Json, Percent, Price, Quantity, SourceType, product};

/// The file of an invoice. Once it was posted it shows sender, recipient, taxes and terms as they were then, so it never changes.
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
    let then = letter::made_final(tx, row.id.uuid(), "invoice.posted").await?;
    let party_id = letter::party_then(tx, row.id.uuid(), row.party_id, then).await?;
    let addressed = letter::addressed(tx, row.company_id, party_id, then).await?;
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
        supplied: supplied(tx, &lines).await?,
        reference: row.reference.clone(),
        follows: credited,
        contact: None,
        currency: row.currency,
        items: lines.iter().map(|line| item(line, row.currency)).collect::<Result<_, _>>()?,
        discount: Percent::ZERO,
        untaxed: row.untaxed_amount,
        taxes: letter::named_taxes(tx, &row.taxes.0, then).await?,
        rounding: row.rounding_amount.unwrap_or_default(),
        company_tax: company_tax(tx, row).await?,
        total: row.total_amount,
        payment_terms: if is_invoice { letter::term_name(tx, row.payment_term_id, then).await? } else { None },
        installments: if installments.len() > 1 { installments.iter().map(|part| (part.due_date, part.amount)).collect() } else { Vec::new() },
        early: early(tx, row, &lines).await?,
        notes: [row.reason.clone(), row.notes.clone()].into_iter().flatten().reduce(|reason, notes| format!("{reason}\n{notes}")),
        terms: None,
        promised: None,
    })
}

/// What paying early saves, by the lines as they were posted: what credit notes took of them since is not on this paper.
async fn early(tx: &mut Tx<'_>, row: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<Option<Early>, Problem> {
    let (Some(agreed), Some(until)) = (&row.early_discount, last_day(row)) else { return Ok(None) };
    let posted = |line: &invoice_lines::Model| invoice_lines::Model { credited_amount: Amount::ZERO, credited_taxes: Json(Vec::new()), ..line.clone() };
    let posted: Vec<invoice_lines::Model> = lines.iter().map(posted).collect();
    let taxes = tax_defs(tx, row.company_id).await?;
    let Some(saved) = discount_on(row, &posted, |id| taxes.get(id).map(|tax| tax.kind), until)? else { return Ok(None) };
    Ok(Some(Early { percent: agreed.0.percent, until, payable: row.total_amount.minus(saved.total)? }))
}

/// From when to when what it charges was delivered, done or subscribed to: as far as that is known, which it is not of what is billed when it is ordered.
async fn supplied(tx: &mut Tx<'_>, lines: &[invoice_lines::Model]) -> Result<Option<(Day, Day)>, Problem> {
    let billed = billed(tx, lines).await?;
    let known = |row: &&billables::Model| !matches!(row.source_type, SourceType::OrderLine | SourceType::Billable | SourceType::Manual);
    let days = || billed.iter().filter(known).map(|row| row.billable_date);
    Ok(days().min().zip(days().max()))
}

/// Its taxes in the currency of its company, at the rate at which they are booked.
async fn company_tax(tx: &mut Tx<'_>, row: &invoices::Model) -> Result<Option<(Currency, Amount)>, Problem> {
    if row.posted_at.is_none() || row.tax_amount.is_zero() {
        return Ok(None);
    }
    let company = tx.must::<companies::Entity>(row.company_id).await?;
    if row.currency == company.currency {
        return Ok(None);
    }
    let tax = booked::of_invoice(row, company.currency).amount(row.tax_amount, row.currency, company.currency)?;
    Ok(Some((company.currency, tax)))
}

/// A line as it stands on paper. What credits an amount has no quantity, so it is one piece of that.
fn item(row: &invoice_lines::Model, currency: Currency) -> Result<Item, Problem> {
    let mut line = Line {
        description: row.description.clone(),
        quantity: row.quantity,
        unit: row.unit.clone(),
        unit_price: row.unit_price,
        base_quantity: row.price_base_quantity,
        discount: row.discount_percent,
        net: row.net_amount,
        optional: false,
        promised: None,
    };
    if line.quantity == Quantity::ZERO && !line.net.is_zero() {
        let unit_price = Price(product(&[line.net.0, Price::ONE.0], &[currency.minor_units()])?);
        line = Line { quantity: Quantity::ONE, unit: None, unit_price, base_quantity: Quantity::ONE, discount: Percent::ZERO, ..line };
    }
    Ok(Item::Line(line))
}
