//! Credit notes that take back no invoice (CRN-01, CRN-04).

use super::create::blank;
use super::lines::{self, Buyer, Document};
use super::selection::MAX_LINES;
use crate::invoice::view::view;
use crate::invoice::{Agreed, engine};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_govern::access::is_same;
use causeway_kernel::{Ctx, Tx};
use causeway_master::rate::Conversion;
use causeway_master::{check, company, party, refs};
use causeway_openapi::credit_note::CreateCreditNote;
use causeway_openapi::invoice::Invoice;
use causeway_value::{Amount, Direction, FlowId, InvoiceId, InvoiceKind, Json};

/// Makes a draft credit note of free lines.
///
/// # Errors
/// Every wrong field; `account_missing`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateCreditNote) -> Result<Invoice, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    if body.lines.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must say what is credited"));
    }
    if body.lines.len() > MAX_LINES {
        errors.push(FieldError::pointer(Code::TooMany, "/lines", format!("must be at most {MAX_LINES}")));
    }
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    let party = party::store::existing(tx, Some(body.party_id), "/party_id", &mut errors).await?;
    let (Some(company), Some(party)) = (company, party) else { return Err(Problem::of(errors)) };
    let currency = body.currency.or(party.currency).unwrap_or(company.currency);
    let direction = body.direction.unwrap_or(Direction::Sale);
    let id = InvoiceId::new();
    let document = Document { id, company: &company, direction, currency, early_discount: None, agreed: Agreed::by_company(&company, currency, direction) };
    let (mut draft, _) = lines::draft(tx, document, &[], (&body.lines, Buyer { party: &party, day: ctx.today(company.time_zone) }), errors).await?;
    if draft.worth(&company, direction) <= Amount::ZERO {
        let detail = "must come to more than zero: what stands on a credit note is given; what is charged stands on an invoice";
        return Err(Problem::field(Code::InvalidValue, "/lines", detail));
    }
    let row = invoices::Model {
        kind: InvoiceKind::CreditNote,
        currency,
        // A deal without a lead is born with its first document.
        flow_id: Some(FlowId::new()),
        reason: Some(body.reason.clone()),
        reference: body.reference.clone(),
        notes: body.notes.clone(),
        metadata: Json(body.metadata.clone()),
        made_by: ctx.actor.id,
        ..draft.on(blank(ctx, tx, id, direction, &company, party.id), (&company, None), currency)?
    };
    tx.insert(row.clone());
    draft.rows.iter().for_each(|line| tx.insert(line.clone()));
    tx.set_external_refs("invoice", id.uuid(), &refs::pairs(&body.external_refs), true);
    let note = view(&row, &draft.rows, &[], refs::sorted(&body.external_refs));
    engine::record_draft(ctx, tx, "invoice.created", &note, engine::waits(&row))?;
    Ok(note)
}

/// Whether a document is a credit note that takes back no invoice.
pub(super) fn is_free(invoice: &invoices::Model) -> bool {
    invoice.kind == InvoiceKind::CreditNote && invoice.credited_invoice_id.is_none()
}

/// Refuses to post a credit note without an invoice that is beyond its company's limit for who made it.
///
/// # Errors
/// `segregation_of_duties`; `amount_overflow`.
pub(super) async fn second_person(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, note: &invoices::Model, rate: Conversion) -> Result<(), Problem> {
    let Some(limit) = company.credit_note_limit.filter(|_| is_free(note) && note.direction == Direction::Sale) else { return Ok(()) };
    let amount = rate.amount(note.total_amount, note.currency, company.currency)?;
    if amount <= limit || !is_same(ctx, tx, note.made_by).await? {
        return Ok(());
    }
    let (amount, limit) = (amount.text(company.currency), limit.text(company.currency));
    let detail =
        format!("You made this credit note yourself, and it comes to {amount} {0}, more than {limit} {0}. Somebody else has to post it.", company.currency);
    Err(Problem::new(Code::SegregationOfDuties, detail))
}
