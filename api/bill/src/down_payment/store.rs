//! What down payments have left, and giving back what is deducted no longer.

use super::rules::TaxGroup;
use crate::booked;
use crate::invoice::{installments_of, lines_of, record, view};
use causeway_books::ledger::rules::Advance;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::refs;
use causeway_value::{Amount, Currency, InvoiceId, InvoiceLineId, InvoiceStatus, OrderId, Overflow};
use std::collections::{BTreeMap, BTreeSet};

/// The posted down payments of an order, in minor units of its currency, tax included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfOrder {
    /// What they come to, less what was credited of them.
    pub amount: Amount,
    /// What of that no invoice has deducted.
    pub undeducted: Amount,
}

/// The down payments of these orders. An order without one has no entry.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn of_orders(tx: &mut Tx<'_>, orders: &[OrderId]) -> Result<BTreeMap<OrderId, OfOrder>, Problem> {
    let mut found: BTreeMap<OrderId, OfOrder> = BTreeMap::new();
    if orders.is_empty() {
        return Ok(found);
    }
    let all = Find::<invoices::Entity>::new().among(invoices::Column::OrderId, orders.iter().copied()).when("undeducted_amount IS NOT NULL", Vec::new());
    let all = all.among(invoices::Column::Status, [InvoiceStatus::Posted, InvoiceStatus::Reversed]).all(tx).await?;
    let ids: Vec<InvoiceId> = all.iter().map(|invoice| invoice.id).collect();
    let lines = lines_of(tx, &ids).await?;
    for invoice in &all {
        let Some(order_id) = invoice.order_id else { continue };
        let entry = found.entry(order_id).or_default();
        entry.undeducted = entry.undeducted.plus(invoice.undeducted_amount.unwrap_or_default())?;
        entry.amount = entry.amount.plus(invoice.total_amount)?;
        for line in lines.iter().filter(|line| line.invoice_id == invoice.id) {
            entry.amount = entry.amount.minus(credited(line)?)?;
        }
    }
    Ok(found)
}

/// What this transaction changed of the down payments of orders: reading finds them as they were before.
///
/// # Errors
/// `amount_overflow`.
pub fn moved(tx: &Tx<'_>) -> Result<BTreeMap<OrderId, OfOrder>, Overflow> {
    let posted = |row: &invoices::Model| matches!(row.status, InvoiceStatus::Posted | InvoiceStatus::Reversed);
    let mut found: BTreeMap<OrderId, OfOrder> = BTreeMap::new();
    let mut order_of: BTreeMap<InvoiceId, OrderId> = BTreeMap::new();
    for (before, after) in tx.rewritten::<invoices::Model>() {
        let Some(order_id) = after.order_id.filter(|_| after.undeducted_amount.is_some()) else { continue };
        order_of.insert(after.id, order_id);
        let was = before.filter(|row| posted(row)).map(|row| (row.total_amount, row.undeducted_amount.unwrap_or_default())).unwrap_or_default();
        let is = if posted(after) { (after.total_amount, after.undeducted_amount.unwrap_or_default()) } else { Default::default() };
        let entry = found.entry(order_id).or_default();
        entry.amount = entry.amount.plus(is.0)?.minus(was.0)?;
        entry.undeducted = entry.undeducted.plus(is.1)?.minus(was.1)?;
    }
    // What a credit note takes of one stands in lines, which nobody watches: it is what the note comes to.
    for (_, after) in tx.rewritten::<invoices::Model>().filter(|(before, after)| posted(after) && !before.is_some_and(posted)) {
        if let Some(order_id) = after.credited_invoice_id.and_then(|credited| order_of.get(&credited)) {
            let entry = found.entry(*order_id).or_default();
            entry.amount = entry.amount.minus(after.total_amount)?;
        }
    }
    found.retain(|_, moved| *moved != OfOrder::default());
    Ok(found)
}

fn credited(line: &invoice_lines::Model) -> Result<Amount, Overflow> {
    line.credited_amount.plus(Amount::sum(line.credited_taxes.0.iter().map(|tax| tax.amount))?)
}

/// What is left of a line when credit notes took what they took.
pub(super) fn uncredited(line: &invoice_lines::Model) -> Result<TaxGroup, Overflow> {
    let mut left = TaxGroup { tax_ids: line.tax_ids.0.clone(), net: line.net_amount, taxes: line.taxes.0.clone() };
    left.take(&TaxGroup { net: line.credited_amount, taxes: line.credited_taxes.0.clone(), ..TaxGroup::default() })?;
    Ok(left)
}

/// What invoices deduct of these lines of down payments, drafts counted.
pub(super) async fn deducted(tx: &mut Tx<'_>, lines: &[InvoiceLineId]) -> Result<BTreeMap<InvoiceLineId, TaxGroup>, Problem> {
    let mut deducted: BTreeMap<InvoiceLineId, TaxGroup> = BTreeMap::new();
    if lines.is_empty() {
        return Ok(deducted);
    }
    let stands = "NOT EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = $1 AND i.id = invoice_lines.invoice_id AND i.status = 'cancelled')";
    let found = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::DeductedLineId, lines.iter().copied());
    for line in found.is_null(invoice_lines::Column::CreditedLineId).when(stands, Vec::new()).all(tx).await? {
        let Some(of) = line.deducted_line_id else { continue };
        deducted.entry(of).or_default().take(&uncredited(&line)?)?;
    }
    Ok(deducted)
}

/// What invoices deduct of each line of an invoice that is to be credited: credit notes cannot take that. Nothing of what is no down payment.
///
/// # Errors
/// When the database fails.
pub(crate) async fn taken_back(
    tx: &mut Tx<'_>,
    invoice: &invoices::Model,
    lines: &[invoice_lines::Model],
) -> Result<BTreeMap<InvoiceLineId, TaxGroup>, Problem> {
    if invoice.undeducted_amount.is_none() {
        return Ok(BTreeMap::new());
    }
    deducted(tx, &lines.iter().map(|line| line.id).collect::<Vec<_>>()).await
}

/// Refuses a credit note on a down payment that takes what invoices deduct. `lines` are as they are after it.
///
/// # Errors
/// `state_conflict` naming the line.
pub(crate) fn creditable_left(lines: &[invoice_lines::Model], deducted: &BTreeMap<InvoiceLineId, TaxGroup>) -> Result<(), Problem> {
    for line in lines {
        let Some(taken) = deducted.get(&line.id) else { continue };
        let whole = TaxGroup { tax_ids: Vec::new(), net: line.net_amount, taxes: line.taxes.0.clone() };
        let mut left = uncredited(line)?;
        left.take(taken)?;
        if !left.is_within(&whole) {
            let detail = "An invoice has deducted what this credit note would take back of the down payment. Make a new one of what remains, or credit that \
                          invoice.";
            return Err(Problem::new(Code::StateConflict, detail).with("invoice_line_id", line.id.to_string()));
        }
    }
    Ok(())
}

/// Down payments have left again what these lines deducted: lines of a draft that is dropped, or those of a credit note on an invoice that deducts.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(crate) async fn give_back(ctx: &Ctx, tx: &mut Tx<'_>, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
    let mut back: BTreeMap<InvoiceLineId, Amount> = BTreeMap::new();
    for line in lines {
        if let Some(of) = line.deducted_line_id {
            let sum = back.entry(of).or_default();
            *sum = sum.minus(line.net_amount.plus(line.tax_amount)?)?;
        }
    }
    if back.is_empty() {
        return Ok(());
    }
    let of = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::Id, back.keys().copied()).all(tx).await?;
    let mut by_invoice: BTreeMap<InvoiceId, Amount> = BTreeMap::new();
    for line in of {
        let sum = by_invoice.entry(line.invoice_id).or_default();
        *sum = sum.plus(back.get(&line.id).copied().unwrap_or_default())?;
    }
    let ids: Vec<InvoiceId> = by_invoice.keys().copied().collect();
    let locked = Find::<invoices::Entity>::new().among(invoices::Column::Id, ids.iter().copied()).order_by(invoices::Column::Id).lock().all(tx).await?;
    let (lines, parts) = (lines_of(tx, &ids).await?, installments_of(tx, &ids).await?);
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    for old in locked {
        let left = old.undeducted_amount.unwrap_or_default().plus(by_invoice.get(&old.id).copied().unwrap_or_default())?;
        let new = invoices::Model { undeducted_amount: Some(left), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.update(&old, &new);
        let shown = view(&new, &lines, &parts, refs::shown(found.remove(&new.id.uuid()).unwrap_or_default()));
        record(ctx, tx, "invoice.undeducted", &shown)?;
    }
    Ok(())
}

/// How the down payments were booked that these lines deduct or take back, by their lines: what was received in advance keeps its value (IFRIC 22), and the
/// parts of it add up to that.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(crate) async fn booked_advances(
    tx: &mut Tx<'_>,
    lines: &[invoice_lines::Model],
    company_currency: Currency,
) -> Result<BTreeMap<InvoiceLineId, Advance>, Problem> {
    let wanted: BTreeSet<InvoiceLineId> = lines.iter().filter_map(of_advance).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let of = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::Id, wanted).all(tx).await?;
    let ids: BTreeSet<InvoiceId> = of.iter().map(|line| line.invoice_id).collect();
    // Locked: who takes the last part takes what the others left, so nobody else may take one meanwhile.
    let downs = Find::<invoices::Entity>::new().among(invoices::Column::Id, ids).when("undeducted_amount IS NOT NULL", Vec::new());
    let downs = downs.order_by(invoices::Column::Id).lock().all(tx).await?;
    let of: Vec<invoice_lines::Model> = of.into_iter().filter(|line| downs.iter().any(|down| down.id == line.invoice_id)).collect();
    let taken = taken(tx, &of).await?;
    let booked = |line: &invoice_lines::Model| {
        let conversion = booked::of_invoice(downs.iter().find(|down| down.id == line.invoice_id)?, company_currency);
        Some((line.id, Advance { conversion, taken: taken.get(&line.id).copied().unwrap_or_default() }))
    };
    Ok(of.iter().filter_map(booked).collect())
}

/// The line of a down payment that a line deducts, or that a line of a credit note may take back.
pub(crate) fn of_advance(line: &invoice_lines::Model) -> Option<InvoiceLineId> {
    line.deducted_line_id.or(line.credited_line_id)
}

/// What posted documents took from the nets of these lines of down payments: invoices that deduct, less what of those was credited, and credit notes.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn taken(tx: &mut Tx<'_>, lines: &[invoice_lines::Model]) -> Result<BTreeMap<InvoiceLineId, Amount>, Problem> {
    let mut taken: BTreeMap<InvoiceLineId, Amount> = lines.iter().map(|line| (line.id, line.credited_amount)).collect();
    if lines.is_empty() {
        return Ok(taken);
    }
    let posted = "EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = $1 AND i.id = invoice_lines.invoice_id AND i.status IN ('posted', 'reversed'))";
    let found = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::DeductedLineId, lines.iter().map(|line| line.id));
    for line in found.when(posted, Vec::new()).all(tx).await? {
        let Some(sum) = line.deducted_line_id.and_then(|of| taken.get_mut(&of)) else { continue };
        *sum = if line.credited_line_id.is_some() { sum.plus(line.net_amount)? } else { sum.minus(line.net_amount)? };
    }
    Ok(taken)
}
