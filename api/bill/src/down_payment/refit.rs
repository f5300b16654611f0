//! A credit note on a down payment that still fits as a whole, but not in how it is split into net and tax.
//!
//! Invoices deduct net and taxes as they bill them, and credit notes by amount take their share: between a draft and its posting that may leave a cent more of
//! the one and a cent less of the other. The amount is what was agreed; its split follows what is left, so that the last one takes exactly the rest.

use super::rules::TaxGroup;
use super::store::uncredited;
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_master::tax::rules::summary;
use causeway_value::{Amount, InvoiceLineId, Json, Overflow};
use std::collections::BTreeMap;

/// The note with its lines split as what is left allows; none when they fit as they are. `lines` are those of the down payment, `deducted` is what invoices
/// deduct of them. What comes to more than what is left stays as it is, and is refused.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub(crate) fn refitted(
    note: &invoices::Model,
    note_lines: &[invoice_lines::Model],
    lines: &[invoice_lines::Model],
    deducted: &BTreeMap<InvoiceLineId, TaxGroup>,
) -> Result<Option<(invoices::Model, Vec<invoice_lines::Model>)>, Overflow> {
    let mut fitted = note_lines.to_vec();
    for row in &mut fitted {
        let Some(line) = lines.iter().find(|line| Some(line.id) == row.credited_line_id) else { continue };
        let mut left = uncredited(line)?;
        if let Some(taken) = deducted.get(&line.id) {
            left.take(taken)?;
        }
        let part = TaxGroup { tax_ids: Vec::new(), net: row.net_amount, taxes: row.taxes.0.clone() };
        let amount = part.total()?;
        if part.is_within(&left) || amount <= Amount::ZERO || amount > left.total()? {
            continue;
        }
        let part = left.share(amount)?;
        (row.net_amount, row.tax_amount) = (part.net, part.tax()?);
        row.taxes = Json(part.taxes);
    }
    if fitted == note_lines {
        return Ok(None);
    }
    let taxes = summary(fitted.iter().flat_map(|row| &row.taxes.0))?;
    let untaxed_amount = Amount::sum(fitted.iter().map(|row| row.net_amount))?;
    let tax_amount = Amount::sum(fitted.iter().map(|row| row.tax_amount))?;
    Ok(Some((invoices::Model { untaxed_amount, tax_amount, taxes: Json(taxes), ..note.clone() }, fitted)))
}
