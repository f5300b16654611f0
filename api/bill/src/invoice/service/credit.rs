//! Making a draft credit note.

use super::create::blank;
use super::named;
use super::post::post_rows;
use crate::booked;
use crate::down_payment;
use crate::invoice::rules::{CreditPlan, CreditRequest, CreditableLine, CreditableTax, in_coins, must_remain, plan_credit};
use crate::invoice::store::lines_of;
use crate::invoice::view::{record, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::tax::rules::{TaxAmount, add_to_summary, summary};
use causeway_master::{check, money};
use causeway_openapi::invoice::{CreditInvoice, Invoice, ReverseInvoice};
use causeway_value::{Amount, InvoiceId, InvoiceKind, InvoiceLineId, InvoiceStatus, Json, Overflow, Quantity};

/// Makes a draft credit note of a posted invoice: of lines, of an amount with its tax, or of all that remains.
///
/// # Errors
/// `not_found`; `state_conflict` when the invoice is not posted, is a credit note itself or nothing remains; `amount_exceeds_open` with its pointer, also for
/// lines that come to more than what remains of the whole invoice; `invalid_value` for an amount that is to be billed again.
pub async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &CreditInvoice) -> Result<Invoice, Problem> {
    let original = tx.lock::<invoices::Entity>(id).await?;
    must_be_creditable(&original)?;
    let request = request(&original, body)?;
    let lines = lines_of(tx, &[id]).await?;
    let left = rounding_left(tx, &original).await?;
    let creditable = creditable_lines(tx, &original, &lines).await?;
    let plan = plan_credit(&creditable, left, &request, original.currency)?;
    let exact = plan.total;
    if matches!(request, CreditRequest::Lines(_)) {
        must_remain(&plan, &creditable, left, original.currency)?;
    }
    let plan = coins_of(&original, plan, &creditable, left, &request)?;
    must_match(&original, body, [exact, plan.total])?;
    if plan.total < Amount::ZERO {
        return Err(Problem::field(Code::InvalidValue, "/lines", "come to less than zero together; credit them with others"));
    }
    draft_of(ctx, tx, &original, &lines, &plan, (body.reason.clone(), body.rebill.unwrap_or_default())).await
}

/// What lines come to is paid back in the coins in which their invoice was rounded (TAX-060). An amount that is asked for stays as it is, and so does what is
/// credited of a down payment: it is not deducted any more as it is credited.
pub(super) fn coins_of(
    original: &invoices::Model,
    plan: CreditPlan,
    lines: &[CreditableLine],
    left: Amount,
    request: &CreditRequest,
) -> Result<CreditPlan, Overflow> {
    let rule = original.cash_rounding.as_ref().filter(|_| original.undeducted_amount.is_none() && matches!(request, CreditRequest::Lines(_)));
    match rule.and_then(|rule| rule.0.coins(original.currency)) {
        Some(coins) => in_coins(plan, lines, left, coins),
        None => Ok(plan),
    }
}

/// Writes the draft credit note that is planned: why, and whether what it credits is to be billed again.
pub(crate) async fn draft_of(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    original: &invoices::Model,
    lines: &[invoice_lines::Model],
    plan: &CreditPlan,
    said: (Option<String>, bool),
) -> Result<Invoice, Problem> {
    let company = tx.must::<companies::Entity>(original.company_id).await?;
    let (row, rows) = note_of(ctx, tx, &company, original, lines, plan, said)?;
    tx.insert(row.clone());
    for line in &rows {
        tx.insert(line.clone());
    }
    let note = view(&row, &rows, &[], Vec::new());
    record(ctx, tx, "invoice.created", &note)?;
    Ok(note)
}

/// Takes all that remains of a posted invoice back at once: a credit note, posted, that settles it. What was paid already is the customer's credit then. What it
/// billed waits for another invoice again when the body asks for that (BIL-06).
///
/// # Errors
/// As [`credit`] and posting: `period_locked`, `number_order`; `validation_failed` when what remains comes to less than zero.
pub async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &ReverseInvoice) -> Result<Invoice, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    let original = tx.lock::<invoices::Entity>(id).await?;
    let company = tx.must::<companies::Entity>(original.company_id).await?;
    let today = ctx.today(company.time_zone);
    if let Some(date) = body.date {
        check::posting_day(date, today, "/date", &mut errors);
        if let Some(invoice_date) = original.invoice_date.filter(|invoice_date| date < *invoice_date) {
            let detail = format!("is before the invoice: {} is of {invoice_date}. Give that day or a later one", named(&original));
            errors.push(FieldError::pointer(Code::InvalidValue, "/date", detail));
        }
    }
    check::finish(errors)?;
    must_be_creditable(&original)?;
    let lines = lines_of(tx, &[id]).await?;
    let left = rounding_left(tx, &original).await?;
    let plan = plan_credit(&creditable_lines(tx, &original, &lines).await?, left, &CreditRequest::All, original.currency)?;
    if plan.total < Amount::ZERO {
        let (name, rest, currency) = (named(&original), plan.total.text(original.currency), original.currency);
        let detail = format!(
            "What remains of {name} comes to less than zero: {rest} {currency}. Credit notes gave back more than it asked for, so there is nothing to give back. \
             Charge the rest by an invoice of free lines."
        );
        return Err(Problem::new(Code::ValidationFailed, detail));
    }
    let said = (Some(body.reason.clone()), body.rebill.unwrap_or_default());
    let (note, rows) = note_of(ctx, tx, &company, &original, &lines, &plan, said)?;
    // An invoice may be of a day ahead; what takes it back is not before it.
    let day = body.date.unwrap_or_else(|| today.max(original.invoice_date.unwrap_or(today)));
    let posted = post_rows(ctx, tx, &company, (&note, &rows, None), day).await;
    posted.map_err(|problem| if body.date.is_some() { booked::of_day(problem, "/date") } else { problem })
}

/// The note and its lines, as a draft in memory.
fn note_of(
    ctx: &Ctx,
    tx: &Tx<'_>,
    company: &companies::Model,
    original: &invoices::Model,
    lines: &[invoice_lines::Model],
    plan: &CreditPlan,
    (reason, rebill): (Option<String>, bool),
) -> Result<(invoices::Model, Vec<invoice_lines::Model>), Problem> {
    let note_id = InvoiceId::new();
    let rows = note_lines(tx, note_id, lines, plan);
    let taxes = summary(rows.iter().flat_map(|row| &row.taxes.0))?;
    let row = invoices::Model {
        kind: InvoiceKind::CreditNote,
        order_id: original.order_id,
        flow_id: original.flow_id,
        currency: original.currency,
        tax_rounding: original.tax_rounding,
        tax_step: original.tax_step,
        untaxed_amount: plan.untaxed,
        tax_amount: plan.tax,
        rounding_amount: Some(plan.rounding).filter(|amount| !amount.is_zero()),
        discount_posting: original.discount_posting,
        cash_rounding: original.cash_rounding.clone(),
        total_amount: plan.total,
        open_amount: plan.total,
        // Revenue and tax go back at the rate at which they came.
        company_rate: original.company_rate,
        rate_divides: original.rate_divides,
        taxes: Json(taxes),
        // Of what an engine taxed it takes the amounts in proportion, like all others.
        tax_status: original.tax_status,
        credited_invoice_id: Some(original.id),
        reason,
        rebill: Some(rebill).filter(|again| *again),
        ..blank(ctx, tx, note_id, original.direction, company, original.party_id)
    };
    Ok((row, rows))
}

fn must_be_creditable(invoice: &invoices::Model) -> Result<(), Problem> {
    let refused = |detail: String| Err(Problem::new(Code::StateConflict, detail).with("status", invoice.status.to_string()));
    if invoice.kind == InvoiceKind::CreditNote {
        return refused(format!("{} is a credit note itself. Make an invoice of free lines to charge it again.", named(invoice)));
    }
    match invoice.status {
        InvoiceStatus::Posted | InvoiceStatus::Reversed => Ok(()),
        InvoiceStatus::Draft => refused("The invoice is a draft, so there is nothing to take back. Post it first.".to_owned()),
        InvoiceStatus::Cancelled => refused("The invoice is cancelled, so there is nothing to take back.".to_owned()),
    }
}

fn request(invoice: &invoices::Model, body: &CreditInvoice) -> Result<CreditRequest, Problem> {
    let lines: Vec<(InvoiceLineId, Quantity)> = body.lines.iter().map(|line| (line.invoice_line_id, line.quantity)).collect();
    let Some(text) = &body.amount else {
        return Ok(if lines.is_empty() { CreditRequest::All } else { CreditRequest::Lines(lines) });
    };
    let mut errors = Vec::new();
    let amount = money::amount(text, invoice.currency, "/amount", &mut errors);
    if lines.is_empty() && body.rebill == Some(true) {
        let detail = "is for quantities: an amount lowers what was charged and leaves nothing to bill. Name the `lines` that are billed again, or leave `amount` out for all";
        errors.push(FieldError::pointer(Code::InvalidValue, "/rebill", detail));
    }
    check::finish(errors)?;
    Ok(if lines.is_empty() { CreditRequest::Amount(amount.unwrap_or_default()) } else { CreditRequest::Lines(lines) })
}

/// An amount beside lines says what they come to, for callers that computed both: within the smallest amount, which rounding may cost (MATCH-015).
/// It may be of before or of after the sum is rounded to coins.
fn must_match(invoice: &invoices::Model, body: &CreditInvoice, [exact, total]: [Amount; 2]) -> Result<(), Problem> {
    let Some(text) = body.amount.as_ref().filter(|_| !body.lines.is_empty()) else { return Ok(()) };
    let mut errors = Vec::new();
    let amount = money::amount(text, invoice.currency, "/amount", &mut errors).unwrap_or(total);
    if amount.minus(total)?.0.unsigned_abs() > 1 && amount.minus(exact)?.0.unsigned_abs() > 1 {
        let total = total.text(invoice.currency);
        let detail = format!("is not what the lines come to with tax: {total} {}. Give that, or leave it out", invoice.currency);
        errors.push(FieldError::pointer(Code::InvalidValue, "/amount", detail));
    }
    check::finish(errors)
}

/// The lines of a posted invoice with what credit notes took of them, and of a down payment what invoices deduct.
pub(crate) async fn creditable_lines(tx: &mut Tx<'_>, original: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<Vec<CreditableLine>, Problem> {
    let deducted = down_payment::taken_back(tx, original, lines).await?;
    let mut creditable: Vec<CreditableLine> = lines.iter().map(creditable).collect();
    for line in &mut creditable {
        let Some(taken) = deducted.get(&line.id) else { continue };
        line.credited_net = line.credited_net.plus(taken.net)?;
        for tax in &mut line.taxes {
            if let Some(part) = taken.taxes.iter().find(|part| part.tax_id == tax.invoiced.tax_id) {
                (tax.credited_base, tax.credited) = (tax.credited_base.plus(part.base)?, tax.credited.plus(part.amount)?);
            }
        }
        if line.credited_net == line.net && line.taxes.iter().all(|tax| tax.credited == tax.invoiced.amount) {
            line.credited_quantity = line.quantity;
        }
    }
    Ok(creditable)
}

/// What posted credit notes have left of an invoice's rounding.
pub(crate) async fn rounding_left(tx: &mut Tx<'_>, original: &invoices::Model) -> Result<Amount, Problem> {
    if original.rounding_amount.is_none() && original.cash_rounding.is_none() {
        return Ok(Amount::ZERO);
    }
    let rounding = original.rounding_amount.unwrap_or_default();
    let posted = Find::<invoices::Entity>::new().eq(invoices::Column::CreditedInvoiceId, original.id).ne(invoices::Column::Status, InvoiceStatus::Draft);
    let notes = posted.ne(invoices::Column::Status, InvoiceStatus::Cancelled).all(tx).await?;
    Ok(rounding.minus(Amount::sum(notes.iter().filter_map(|note| note.rounding_amount))?)?)
}

/// A posted line with what credit notes took of it.
pub(super) fn creditable(row: &invoice_lines::Model) -> CreditableLine {
    let credited = |tax_id| row.credited_taxes.0.iter().find(|tax| tax.tax_id == tax_id);
    let tax = |invoiced: TaxAmount| CreditableTax {
        invoiced,
        credited_base: credited(invoiced.tax_id).map_or(Amount::ZERO, |tax| tax.base),
        credited: credited(invoiced.tax_id).map_or(Amount::ZERO, |tax| tax.amount),
    };
    CreditableLine {
        id: row.id,
        quantity: row.quantity,
        net: row.net_amount,
        credited_quantity: row.credited_quantity,
        credited_net: row.credited_amount,
        discount: row.discount_amount.unwrap_or_default(),
        credited_discount: row.credited_discount_amount.unwrap_or_default(),
        deducts: row.deducted_line_id.is_some(),
        taxes: row.taxes.0.iter().copied().map(tax).collect(),
    }
}

/// The lines of the note: those that they credit, with what they take.
fn note_lines(tx: &Tx<'_>, note_id: InvoiceId, lines: &[invoice_lines::Model], plan: &CreditPlan) -> Vec<invoice_lines::Model> {
    let credited = plan.lines.iter().filter_map(|part| lines.iter().find(|line| line.id == part.invoice_line_id).map(|line| (line, part)));
    (1..)
        .zip(credited)
        .map(|(position, (line, part))| invoice_lines::Model {
            tenant_id: tx.tenant(),
            id: InvoiceLineId::new(),
            invoice_id: note_id,
            position,
            billable_id: None,
            credited_line_id: Some(line.id),
            quantity: part.quantity,
            net_amount: part.net,
            tax_amount: part.tax,
            taxes: Json(part.taxes.clone()),
            credited_quantity: Quantity::ZERO,
            credited_amount: Amount::ZERO,
            credited_taxes: Json(Vec::new()),
            discount_amount: line.discount_amount.map(|_| part.discount),
            credited_discount_amount: None,
            ..line.clone()
        })
        .collect()
}

/// Takes what a line of a credit note credits from what remains of its invoice line.
///
/// # Errors
/// `state_conflict` when another credit note has taken it meanwhile.
pub(super) fn take(line: &mut invoice_lines::Model, note: &invoice_lines::Model) -> Result<(), Problem> {
    let within = |part: i64, whole: i64, taken: i64| {
        let left = whole.checked_sub(taken).ok_or(Overflow)?;
        Ok::<bool, Overflow>((part == 0 || part.signum() == left.signum()) && part.unsigned_abs() <= left.unsigned_abs())
    };
    let mut fits = within(note.quantity.0, line.quantity.0, line.credited_quantity.0)?;
    fits &= within(note.net_amount.0, line.net_amount.0, line.credited_amount.0)?;
    for tax in &note.taxes.0 {
        let amount_of = |taxes: &[TaxAmount]| taxes.iter().find(|other| other.tax_id == tax.tax_id).map_or(0, |other| other.amount.0);
        fits &= within(tax.amount.0, amount_of(&line.taxes.0), amount_of(&line.credited_taxes.0))?;
    }
    let discount = note.discount_amount.unwrap_or_default();
    let (whole, taken) = (line.discount_amount.unwrap_or_default(), line.credited_discount_amount.unwrap_or_default());
    fits &= discount.is_zero() || within(discount.0, whole.0, taken.0)?;
    if !fits {
        let detail = "Another credit note has taken back what this one would. Make a new one of what remains.";
        return Err(Problem::new(Code::StateConflict, detail).with("invoice_line_id", line.id.to_string()));
    }
    line.credited_quantity = line.credited_quantity.plus(note.quantity)?;
    line.credited_amount = line.credited_amount.plus(note.net_amount)?;
    line.credited_discount_amount = Some(taken.plus(discount)?).filter(|amount| !amount.is_zero());
    note.taxes.0.iter().try_for_each(|part| add_to_summary(&mut line.credited_taxes.0, *part))?;
    Ok(())
}
