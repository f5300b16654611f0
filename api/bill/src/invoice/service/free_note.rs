//! Credit notes that take back no invoice (CRN-01, CRN-04).

use super::create::blank;
use super::lines::{self, Buyer, Document};
use super::selection::MAX_LINES;
use crate::booked;
use crate::invoice::view::view;
use crate::invoice::{Agreed, engine};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_govern::access::is_same;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::Conversion;
use causeway_master::{check, company, party, refs};
use causeway_openapi::credit_note::CreateCreditNote;
use causeway_openapi::invoice::Invoice;
use causeway_value::{Amount, Direction, FlowId, InvoiceId, InvoiceKind, InvoiceStatus, Json};
use std::collections::BTreeMap;

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
    let direction = body.direction.unwrap_or(Direction::Sale);
    // What a supplier gives is taken, whether we buy there any more or not.
    let party = match direction {
        Direction::Sale => party::store::named(tx, Some(body.party_id), "/party_id", &mut errors).await?,
        Direction::Purchase => party::store::existing(tx, Some(body.party_id), "/party_id", &mut errors).await?,
    };
    let (Some(company), Some(party)) = (company, party) else { return Err(Problem::of(errors)) };
    let currency = body.currency.or(party.currency).unwrap_or(company.currency);
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

/// Days within which credit notes without an invoice are judged together: several small ones are as much as a large one.
const TOGETHER: i64 = 31;

/// Refuses to post a credit note without an invoice that is beyond its company's limit for who made it, with what the same person gave the same party without an
/// invoice in the days before. One that alone was beyond the limit was somebody else's decision, and uses nothing up. A credit note of an invoice gives back
/// what was charged and no more, however many there are: the invoice bounds it.
///
/// # Errors
/// `segregation_of_duties`; `amount_overflow`.
pub(super) async fn second_person(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, note: &invoices::Model, rate: Conversion) -> Result<(), Problem> {
    let Some(limit) = company.credit_note_limit.filter(|_| is_free(note) && note.direction == Direction::Sale) else { return Ok(()) };
    if !is_same(ctx, tx, note.made_by).await? {
        return Ok(());
    }
    let amount = rate.amount(note.total_amount, note.currency, company.currency)?;
    let given = given_before(ctx, tx, company, note, limit).await?;
    if amount.plus(given)? <= limit {
        return Ok(());
    }
    let text = |amount: Amount| format!("{} {}", amount.text(company.currency), company.currency);
    let what = if amount > limit || given.is_zero() {
        format!("it comes to {}, more than {}", text(amount), text(limit))
    } else {
        let all = text(amount.plus(given)?);
        format!("with those that you made for the same customer within {TOGETHER} days it comes to {all}, more than {}", text(limit))
    };
    let detail = format!("You made this credit note yourself, and {what}. Somebody else has to post it.");
    Err(Problem::new(Code::SegregationOfDuties, detail))
}

/// What the caller gave a party without an invoice in the days before, in company currency.
async fn given_before(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, note: &invoices::Model, limit: Amount) -> Result<Amount, Problem> {
    let since = ctx.today(company.time_zone).plus_days(-TOGETHER).start_in(company.time_zone);
    let posted = Find::<invoices::Entity>::new()
        .eq(invoices::Column::PartyId, note.party_id)
        .eq(invoices::Column::CompanyId, company.id)
        .eq(invoices::Column::Kind, InvoiceKind::CreditNote)
        .eq(invoices::Column::Direction, Direction::Sale)
        .eq(invoices::Column::Status, InvoiceStatus::Posted)
        .is_null(invoices::Column::CreditedInvoiceId)
        .gt(invoices::Column::PostedAt, since)
        .all(tx)
        .await?;
    let mut sum = Amount::ZERO;
    let mut makers = BTreeMap::new();
    for earlier in posted {
        let Some(maker) = earlier.made_by else { continue };
        let amount = booked::of_invoice(&earlier, company.currency).amount(earlier.total_amount, earlier.currency, company.currency)?;
        if amount > limit {
            continue;
        }
        let same = match makers.get(&maker) {
            Some(same) => *same,
            None => is_same(ctx, tx, Some(maker)).await?,
        };
        makers.insert(maker, same);
        if same {
            sum = sum.plus(amount)?;
        }
    }
    Ok(sum)
}
