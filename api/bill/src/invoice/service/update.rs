//! Changing a draft: what it says, and how much it bills (vector DLV-004).

use super::create::Common;
use super::dues::dues;
use super::last_part::Billed;
use super::lines::{Document, Draft, billed_amount, taxed};
use super::must_be_draft;
use crate::billable::split::Families;
use crate::down_payment::Advances;
use crate::invoice::store::lines_of;
use crate::invoice::view::view;
use crate::invoice::{Agreed, engine};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_entity::master::payment_terms;
use causeway_kernel::{Ctx, Tx};
use causeway_master::dimension::service as dimension;
use causeway_master::pricing::amounts::line_net;
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::{check, refs, term};
use causeway_openapi::invoice::{Invoice, KeptLine, UpdateInvoice};
use causeway_value::{Amount, CashUnit, InvoiceId, InvoiceKind, InvoiceLineId, Json, Overflow, Percent, Quantity};
use std::collections::BTreeSet;

/// Changes a draft. Lines that are given are those that stay; what they bill less of than before waits for the next invoice, and can be billed again.
///
/// # Errors
/// `not_found`; `document_posted`; every wrong field; `amount_exceeds_open` for more than what is left to bill.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &UpdateInvoice) -> Result<Invoice, Problem> {
    let old = tx.lock::<invoices::Entity>(id).await?;
    must_be_draft(&old)?;
    let mut errors = Vec::new();
    let mut new = patched(ctx, &old, body, &mut errors);
    let named = match body.payment_term_id {
        Patch::Value(id) => term::service::named(tx, Some(id), "/payment_term_id", &mut errors).await?,
        _ => None,
    };
    check::finish(errors)?;
    if !body.payment_term_id.is_absent() && takes_early_discount(&old) {
        new.early_discount = named.as_ref().and_then(|term| term.early_discount.0.clone()).map(Json);
    }
    let term = match (named, new.payment_term_id) {
        (None, Some(id)) => tx.get::<payment_terms::Entity>(id).await?,
        (named, _) => named,
    };
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut rows = lines_of(tx, &[id]).await?;
    let terms = (&company, term.as_ref());
    match &body.lines {
        Patch::Value(kept) => (new, rows) = billed_anew(ctx, tx, terms, new, rows, kept).await?,
        // What may be deducted for paying early can lower the taxes, and other installments are other coins: both are computed again.
        Patch::Absent | Patch::Null if new.early_discount != old.early_discount || pays_other_coins(&old, &new) => {
            let kept: Vec<KeptLine> = own(&rows).map(|line| KeptLine { id: line.id, quantity: None, dimensions: None }).collect();
            (new, rows) = billed_anew(ctx, tx, terms, new, rows, &kept).await?;
        }
        Patch::Absent | Patch::Null => {}
    }
    // As of today: posting asks again, with the date that it is given.
    dues(&company, &new, ctx.today(company.time_zone), term.as_ref())?;
    tx.update(&old, &new);
    let known = refs::shown(refs::patched(tx, "invoice", id.uuid(), &body.external_refs).await?);
    let invoice = view(&new, &rows, &[], known);
    // Taxes are asked for anew where lines were computed anew, which counted a version of its own.
    engine::record_draft(ctx, tx, "invoice.updated", &invoice, new.version > old.version + 1)?;
    Ok(invoice)
}

/// Whether paying it early may be rewarded: neither credit notes nor what is asked in advance.
fn takes_early_discount(draft: &invoices::Model) -> bool {
    draft.kind == InvoiceKind::Invoice && draft.undeducted_amount.is_none()
}

/// Whether each installment is rounded to coins, and there are others now. What an external engine taxed stays as it is: its last installment takes the rest.
fn pays_other_coins(old: &invoices::Model, new: &invoices::Model) -> bool {
    let each = old.cash_rounding.as_ref().is_some_and(|rule| rule.0.per == CashUnit::Installment);
    each && takes_early_discount(old) && old.tax_status.is_none() && old.payment_term_id != new.payment_term_id
}

/// The lines that bill something, without those that deduct down payments.
fn own(lines: &[invoice_lines::Model]) -> impl Iterator<Item = &invoice_lines::Model> {
    lines.iter().filter(|line| line.deducted_line_id.is_none())
}

fn patched(ctx: &Ctx, old: &invoices::Model, body: &UpdateInvoice, errors: &mut Vec<FieldError>) -> invoices::Model {
    invoices::Model {
        reference: body.reference.clone().over(old.reference.clone()),
        notes: body.notes.clone().over(old.notes.clone()),
        payment_term_id: body.payment_term_id.clone().over(old.payment_term_id),
        metadata: Json(check::metadata(old.metadata.0.clone(), &body.metadata, errors)),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    }
}

/// The draft with these lines and quantities. What it deducts of down payments follows.
async fn billed_anew(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, term): (&companies::Model, Option<&payment_terms::Model>),
    draft: invoices::Model,
    before: Vec<invoice_lines::Model>,
    kept: &[KeptLine],
) -> Result<(invoices::Model, Vec<invoice_lines::Model>), Problem> {
    must_have_own_lines(&draft)?;
    let mut families = Families::lock(tx, draft.id).await?;
    let (deducting, own): (Vec<_>, Vec<_>) = before.iter().cloned().partition(|line| line.deducted_line_id.is_some());
    let quantities = quantities(&own, &deducting, &families, kept)?;
    let mut rows = Vec::with_capacity(own.len());
    for row in own {
        let quantity = quantities.iter().find(|(id, _)| *id == row.id).map(|(_, quantity)| *quantity);
        match (quantity, row.billable_id) {
            (Some(quantity), Some(billable)) if quantity != row.quantity => families.resize(ctx, billable, quantity)?,
            (None, Some(billable)) => families.give_back(ctx, billable)?,
            _ => {}
        }
        let carried = kept.iter().find(|line| line.id == row.id).and_then(|line| line.dimensions.as_ref());
        let dimensions = carried.map_or_else(|| row.dimensions.clone(), dimension::stored);
        rows.extend(quantity.map(|quantity| invoice_lines::Model { quantity, dimensions, ..row }));
    }
    let mut errors = Vec::new();
    let said = kept.iter().enumerate().filter_map(|(index, line)| Some((index, line.dimensions.as_ref()?)));
    dimension::check_lines(tx, company.id, said, &mut errors).await?;
    check::finish(errors)?;
    let early_discount = draft.early_discount.as_ref().map(|agreed| agreed.0.clone());
    let document = Document {
        id: draft.id,
        company,
        direction: draft.direction,
        currency: draft.currency,
        early_discount: early_discount.as_ref(),
        agreed: Agreed::of_document(&draft),
    };
    let billables: Vec<_> = rows.iter().filter_map(|row| families.get(row.billable_id?).cloned()).collect();
    let (mut lines, taxes) = again(tx, document, rows, &billables).await?;
    Billed::read(tx, &billables, families.owed()).await?.exhaust(&mut lines)?;
    if lines.worth(company, draft.direction) < Amount::ZERO {
        return Err(Problem::field(Code::InvalidValue, "/lines", "come to less than zero together; bill them with others, or credit an invoice instead"));
    }
    // Also those of what is taken off the draft: what they deducted is left again.
    let touched: Vec<_> = families.waiting().map(|(row, _)| row.clone()).collect();
    let mut advances = Advances::lock_again(tx, &touched, &deducting).await?;
    advances.await_rest(families.waiting());
    advances.deduct(tx, &taxes, &mut lines, &billables, draft.currency)?;
    advances.write(ctx, tx)?;
    families.write(ctx, tx)?;
    let mut draft = draft;
    if !billables.is_empty() {
        let common = Common::of(&billables);
        (draft.order_id, draft.flow_id) = (common.order_id, common.flow_id);
    }
    let draft = lines.on(draft, (company, term), document.currency)?;
    write(tx, &before, &lines.rows);
    Ok((draft, lines.rows))
}

/// These lines of a draft with their quantities of now; `billables` are what they bill, as it is now. Answers the company's taxes, too.
///
/// # Errors
/// `amount_overflow`.
async fn again(tx: &mut Tx<'_>, document: Document<'_>, rows: Vec<invoice_lines::Model>, billables: &[billables::Model]) -> Result<(Draft, TaxDefs), Problem> {
    let taxes = tax_defs(tx, document.company.id).await?;
    let taxable = |row: invoice_lines::Model| {
        let amount = match billables.iter().find(|billable| Some(billable.id) == row.billable_id) {
            Some(billable) => billable.price_amount,
            None => line_net(row.quantity, row.unit_price, row.price_base_quantity, row.discount_percent, Percent::ZERO, document.currency)?,
        };
        let line = billed_amount(&row, amount, taxes.flat(&row.tax_ids.0), document.currency);
        Ok((row, line))
    };
    let lines = rows.into_iter().map(taxable).collect::<Result<Vec<_>, Overflow>>()?;
    Ok((taxed(document, lines)?, taxes))
}

/// Credit notes follow their invoice and down payments their order: their lines are no quantities of their own.
fn must_have_own_lines(draft: &invoices::Model) -> Result<(), Problem> {
    let detail = match (draft.kind, draft.undeducted_amount) {
        (InvoiceKind::CreditNote, _) if draft.credited_invoice_id.is_none() => "of a credit note stay as they are; cancel the draft and make another",
        (InvoiceKind::CreditNote, _) => "of a credit note stay as they are; cancel the draft and credit the invoice anew",
        (InvoiceKind::Invoice, Some(_)) => "of a down payment stay as they are; cancel the draft and ask for another amount",
        (InvoiceKind::Invoice, None) => return Ok(()),
    };
    Err(Problem::field(Code::InvalidValue, "/lines", detail))
}

/// How much of which line stays.
fn quantities(
    own: &[invoice_lines::Model],
    deducting: &[invoice_lines::Model],
    families: &Families,
    kept: &[KeptLine],
) -> Result<Vec<(InvoiceLineId, Quantity)>, Problem> {
    let mut errors = Vec::new();
    let mut found = Vec::with_capacity(kept.len());
    let mut seen = BTreeSet::new();
    if kept.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must keep at least one line; to bill nothing of it, cancel the draft"));
    }
    for (index, line) in kept.iter().enumerate() {
        let mut wrong = |field: &str, code, detail: &str| errors.push(FieldError::pointer(code, format!("/lines/{index}/{field}"), detail));
        if deducting.iter().any(|deducted| deducted.id == line.id) {
            wrong("id", Code::InvalidValue, "is what is deducted of a down payment, which follows the other lines: leave it out");
            continue;
        }
        let Some(row) = own.iter().find(|row| row.id == line.id) else {
            wrong("id", Code::NotFound, "names no line of this draft");
            continue;
        };
        if !seen.insert(line.id) {
            wrong("id", Code::InvalidValue, "names a line that stands here already");
            continue;
        }
        let quantity = line.quantity.unwrap_or(row.quantity);
        if quantity == Quantity::ZERO {
            wrong("quantity", Code::InvalidValue, "must not be zero; leave the line out to take it off the draft");
        } else if let Some(billable) = row.billable_id {
            let most = families.most(billable)?;
            if quantity.0.signum() != row.quantity.0.signum() {
                wrong("quantity", Code::InvalidValue, "must have the sign of what is billed");
            } else if quantity.0.unsigned_abs() > most.0.unsigned_abs() {
                wrong("quantity", Code::AmountExceedsOpen, &format!("is more than what is left to bill of it: {most}"));
            }
        }
        found.push((row.id, quantity));
    }
    check::finish(errors)?;
    Ok(found)
}

/// Writes the lines of the draft in the place of those before.
fn write(tx: &mut Tx<'_>, before: &[invoice_lines::Model], after: &[invoice_lines::Model]) {
    for old in before {
        match after.iter().find(|new| new.id == old.id) {
            Some(new) => tx.update(old, new),
            None => tx.delete(old),
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.id == new.id)) {
        tx.insert(new.clone());
    }
}
