//! Taking over what an engine computed.

use super::rules::{Handed, Line, read};
use crate::invoice::service::lines::in_coins;
use crate::invoice::service::{must_be_draft, named};
use crate::invoice::store::{installments_of, lines_of};
use crate::invoice::view::{record, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::TaxHandover;
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_entity::master::payment_terms;
use causeway_kernel::crypto::{hex, sha256};
use causeway_kernel::{Ctx, Tx};
use causeway_master::tax::rules::summary;
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::{check, refs};
use causeway_openapi::invoice::Invoice;
use causeway_openapi::invoice_tax::SetInvoiceTaxes;
use causeway_value::{Amount, CashUnit, InvoiceId, Json, TaxId, TaxKind, TaxStatus};

/// References that a document remembers, at most.
const REMEMBERED: usize = 100;

/// Gives a draft the taxes that an engine computed for it. The same again, under the same reference, changes nothing: neither of what is posted meanwhile nor
/// of what was handed over later under another one.
///
/// # Errors
/// `not_found`; `document_posted` for other taxes than those that it was posted with; `state_conflict` when no engine is asked for its taxes, or when others
/// were handed over under the reference; every wrong field.
pub async fn hand_over(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &SetInvoiceTaxes) -> Result<Invoice, Problem> {
    let old = tx.lock::<invoices::Entity>(id).await?;
    let before = lines_of(tx, &[id]).await?;
    let lines: Vec<Line> = before.iter().map(line).collect();
    let known = old.tax_handovers.as_ref().and_then(|kept| kept.0.iter().find(|one| one.reference == body.reference));
    // As it is, whatever its taxes are; nothing of what cannot be read.
    let sent = read(&lines, old.currency, body, &|_, _, _| {}, Vec::new()).ok();
    let digest = sent.as_deref().map(digest).transpose()?;
    let repeated = sent.is_some_and(|handed| is_repeated(&old, &before, handed, body));
    if repeated || known.is_some_and(|known| Some(&known.digest) == digest.as_ref()) {
        let parts = installments_of(tx, &[id]).await?;
        return Ok(view(&old, &before, &parts, refs::of(tx, id.uuid()).await?));
    }
    must_be_draft(&old)?;
    must_ask(&old)?;
    if (known.is_some() || old.tax_reference.as_ref() == Some(&body.reference)) && digest.is_some() {
        let detail = format!(
            "Other taxes were handed over for it under the reference {}. Hand these over under a reference of their own, or read the draft to see what it has.",
            body.reference
        );
        return Err(Problem::new(Code::StateConflict, detail).with("tax_reference", body.reference.clone()));
    }
    let taxes = tax_defs(tx, old.company_id).await?;
    let mut errors = Vec::new();
    check::not_blank(&body.reference, "/reference", &mut errors);
    let handed = read(&lines, old.currency, body, &|id, pointer, errors| must_be_bookable(&taxes, id, pointer, errors), errors)?;
    let rows = taxed(&before, handed)?;
    let mut new = invoices::Model {
        tax_status: Some(TaxStatus::Computed),
        tax_reference: Some(body.reference.clone()),
        tax_handovers: Some(Json(remembered(&old, body, digest))),
        expected_tax_amount: None,
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let each = old.cash_rounding.as_ref().is_some_and(|rule| rule.0.per == CashUnit::Installment);
    let term = match old.payment_term_id.filter(|_| each) {
        Some(id) => tx.get::<payment_terms::Entity>(id).await?,
        None => None,
    };
    add_up(&mut new, &rows, term.as_ref())?;
    tx.update(&old, &new);
    for (old, new) in before.iter().zip(&rows) {
        tx.update(old, new);
    }
    let invoice = view(&new, &rows, &[], refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "invoice.taxed", &invoice)?;
    Ok(invoice)
}

fn line(row: &invoice_lines::Model) -> Line {
    Line { id: row.id, quantity: row.quantity, net: row.net_amount, discount: row.discount_amount.unwrap_or_default() }
}

/// Whether a document has these taxes under this reference already.
fn is_repeated(invoice: &invoices::Model, rows: &[invoice_lines::Model], handed: Vec<Handed>, body: &SetInvoiceTaxes) -> bool {
    if invoice.tax_status != Some(TaxStatus::Computed) || invoice.tax_reference.as_ref() != Some(&body.reference) {
        return false;
    }
    rows.iter().zip(handed).all(|(row, handed)| row.taxes.0 == handed.taxes && row.tax_details == handed.kept_details())
}

/// The hash of what is handed over, whatever its amounts are written like.
fn digest(handed: &[Handed]) -> Result<String, Problem> {
    let taxes: Vec<_> = handed.iter().map(|line| (&line.taxes, &line.details)).collect();
    let text = serde_json::to_string(&taxes).map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
    Ok(hex(&sha256(&[text.as_bytes()])))
}

/// What was handed over so far, and this: of many, the latest.
fn remembered(invoice: &invoices::Model, body: &SetInvoiceTaxes, digest: Option<String>) -> Vec<TaxHandover> {
    let before = invoice.tax_handovers.as_ref().map_or(&[][..], |kept| kept.0.as_slice());
    let skipped = (before.len() + 1).saturating_sub(REMEMBERED);
    let this = digest.map(|digest| TaxHandover { reference: body.reference.clone(), digest });
    before.iter().skip(skipped).cloned().chain(this).collect()
}

/// Refuses what no engine is asked about.
fn must_ask(invoice: &invoices::Model) -> Result<(), Problem> {
    let name = named(invoice);
    let detail = if invoice.credited_invoice_id.is_some() {
        format!("{name} takes back the taxes of its invoice in proportion. Post it as it is.")
    } else if invoice.tax_status.is_none() {
        format!(
            "{name} has its company's own taxes. Drafts ask an external engine when their company says `tax_engine`: `external` while they are made; change its \
             lines, or cancel it and make it anew. What a supplier sent, and what deducts a down payment, is never asked about."
        )
    } else {
        return Ok(());
    };
    Err(Problem::new(Code::StateConflict, detail))
}

/// A tax that amounts can be booked under: an active one of the company that stands for no others.
fn must_be_bookable(taxes: &TaxDefs, id: TaxId, pointer: &str, errors: &mut Vec<FieldError>) {
    taxes.check_given(id, pointer, errors);
    if let Some(group) = taxes.get(id).filter(|tax| tax.kind == TaxKind::Group) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, format!("names the group {}; name the tax that the amount is of", group.code)));
    }
}

/// The lines with what was handed over for them.
fn taxed(rows: &[invoice_lines::Model], handed: Vec<Handed>) -> Result<Vec<invoice_lines::Model>, Problem> {
    let with = |(row, handed): (&invoice_lines::Model, Handed)| {
        let tax_amount = Amount::sum(handed.taxes.iter().map(|tax| tax.amount))?;
        Ok(invoice_lines::Model { tax_amount, tax_details: handed.kept_details(), taxes: Json(handed.taxes), ..row.clone() })
    };
    rows.iter().zip(handed).map(with).collect()
}

/// What the lines come to. The engine's amounts stay as they are: what is rounded to coins stands beside them, whoever bears it otherwise.
fn add_up(invoice: &mut invoices::Model, rows: &[invoice_lines::Model], term: Option<&payment_terms::Model>) -> Result<(), Problem> {
    let taxes = summary(rows.iter().flat_map(|row| &row.taxes.0))?;
    invoice.tax_amount = Amount::sum(taxes.iter().map(|tax| tax.amount))?;
    invoice.taxes = Json(taxes);
    let total = invoice.untaxed_amount.plus(invoice.tax_amount)?;
    let payable = match &invoice.cash_rounding {
        Some(rule) => in_coins(total, invoice.currency, &rule.0, term)?,
        None => total,
    };
    invoice.rounding_amount = Some(payable.minus(total)?).filter(|amount| !amount.is_zero());
    invoice.coin_difference = invoice.rounding_amount;
    invoice.total_amount = payable;
    invoice.open_amount = invoice.total_amount;
    if invoice.total_amount < Amount::ZERO {
        return Err(Problem::field(Code::InvalidValue, "/lines", "come to less than zero with these taxes; cancel the draft and bill its lines with others"));
    }
    Ok(())
}
