//! Making a draft invoice.

use super::dues::dues;
use super::last_part::Billed;
use super::lines::{self, Buyer, Document, Draft};
use super::selection::{MAX_LINES, due, select};
use crate::billable;
use crate::down_payment::Advances;
use crate::invoice::view::view;
use crate::invoice::{Agreed, engine};
use crate::obligation::{of_billables, shared_reference};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{billables, invoices};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms};
use causeway_kernel::{Ctx, Tx};
use causeway_master::{company, party, refs, term};
use causeway_openapi::invoice::{CreateInvoice, Invoice};
use causeway_value::{Amount, CompanyId, Direction, FlowId, InvoiceId, InvoiceKind, InvoiceStatus, Json, OrderId, PartyId, PaymentState, PaymentTermId, Rate};

/// Makes a draft of billables, of an order, of a party or of free lines. Its billables are reserved at once.
///
/// # Errors
/// Every wrong field; `state_conflict` when a billable is not ready or nothing waits for an invoice.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateInvoice) -> Result<Invoice, Problem> {
    let mut billables = select(tx, body).await?;
    if billables.is_empty() && body.lines.is_empty() {
        return Err(Problem::field(Code::Required, "/lines", "is required without billable_ids, order_id or party_id"));
    }
    if billables.len() + body.lines.len() > MAX_LINES {
        return Err(Problem::field(Code::TooMany, "/lines", format!("must be at most {MAX_LINES} together with what is billed")));
    }
    let mut errors = Vec::new();
    let first = billables.first();
    let (company, party) = owners(tx, body, first, &mut errors).await?;
    let given_term = term::service::named(tx, body.payment_term_id, "/payment_term_id", &mut errors).await?;
    let (Some(company), Some(party)) = (company, party) else { return Err(Problem::of(errors)) };
    billables = due(body, billables, ctx.today(company.time_zone))?;
    let first = billables.first();
    let currency = first.map(|row| row.currency).or(body.currency).or(party.currency).unwrap_or(company.currency);
    let direction = body.direction.unwrap_or(Direction::Sale);
    let id = InvoiceId::new();
    let common = Common::of(&billables);
    let term = match (given_term, body.payment_term_id) {
        (None, None) => match agreed_term(&billables, party.payment_term_id)? {
            Some(id) => tx.get::<payment_terms::Entity>(id).await?,
            None => None,
        },
        (given, _) => given,
    };
    let early_discount = term.as_ref().and_then(|term| term.early_discount.0.clone());
    let owed = of_billables(tx, &billables).await?;
    let place = |index| if body.billable_ids.is_empty() { "/party_id".to_owned() } else { format!("/billable_ids/{index}") };
    let agreed = Agreed::of_billables(&billables, &owed, &place)?.unwrap_or_else(|| Agreed::by_company(&company, currency, direction));
    let document = Document { id, company: &company, direction, currency, early_discount: early_discount.as_ref(), agreed };
    let (mut draft, taxes) = lines::draft(tx, document, &billables, (&body.lines, Buyer { party: &party, day: ctx.today(company.time_zone) }), errors).await?;
    Billed::read(tx, &billables, &owed).await?.exhaust(&mut draft)?;
    if draft.worth(&company, direction) < Amount::ZERO {
        let detail = "come to less than zero together; bill them with others, or credit an invoice instead";
        return Err(Problem::field(Code::InvalidValue, "/lines", detail));
    }
    let reference = match &body.reference {
        Some(given) => Some(given.clone()),
        None => shared_reference(billables.iter().map(|row| row.order_line_id), &owed).map(str::to_owned),
    };
    let mut advances = Advances::lock(tx, &billables).await?;
    advances.deduct(tx, &taxes, &mut draft, &billables, currency)?;
    advances.write(ctx, tx)?;
    let row = invoices::Model {
        currency,
        payment_term_id: term.as_ref().map(|term| term.id),
        early_discount: early_discount.map(Json),
        order_id: common.order_id,
        // A deal without a lead is born with its first document.
        flow_id: if billables.is_empty() { Some(FlowId::new()) } else { common.flow_id },
        reference,
        notes: body.notes.clone(),
        metadata: Json(body.metadata.clone()),
        ..draft.on(blank(ctx, tx, id, direction, &company, party.id), (&company, term.as_ref()), currency)?
    };
    // As of today: posting asks again, with the date that it is given.
    dues(&company, &row, ctx.today(company.time_zone), term.as_ref())?;
    save(ctx, tx, body, &row, &draft, &billables)
}

/// The company and the party of the invoice: those of what is billed, else those of the body.
async fn owners(
    tx: &mut Tx<'_>,
    body: &CreateInvoice,
    billable: Option<&billables::Model>,
    errors: &mut Vec<FieldError>,
) -> Result<(Option<companies::Model>, Option<parties::Model>), Problem> {
    let company_id: Option<CompanyId> = billable.map(|row| row.company_id).or(body.company_id);
    let party_id: Option<PartyId> = billable.map(|row| row.party_id).or(body.party_id);
    for (missing, pointer) in [(company_id.is_none(), "/company_id"), (party_id.is_none(), "/party_id")] {
        if missing {
            errors.push(FieldError::pointer(Code::Required, pointer, "is required for free lines alone"));
        }
    }
    let company = match company_id {
        Some(id) => company::service::named(tx, id, errors).await?,
        None => None,
    };
    // What is owed is billed to whoever owes it; free lines are something new. What suppliers send comes whether we buy there any more or not.
    let is_new = !body.lines.is_empty() && body.direction.unwrap_or(Direction::Sale) == Direction::Sale;
    let party =
        if is_new { party::store::named(tx, party_id, "/party_id", errors).await? } else { party::store::existing(tx, party_id, "/party_id", errors).await? };
    Ok((company, party))
}

/// What all billables have in common; none where they differ.
#[derive(Default)]
pub(super) struct Common {
    pub order_id: Option<OrderId>,
    pub flow_id: Option<FlowId>,
}

impl Common {
    pub(super) fn of(billables: &[billables::Model]) -> Self {
        fn shared<T: PartialEq>(mut values: impl Iterator<Item = Option<T>>) -> Option<T> {
            let first = values.next()??;
            values.all(|value| value.as_ref() == Some(&first)).then_some(first)
        }
        Self { order_id: shared(billables.iter().map(|row| row.order_id)), flow_id: shared(billables.iter().map(|row| row.flow_id)) }
    }
}

/// The term that was agreed on for all of these (QTE-21, BIL-05). An order that agreed on none is due at once, whatever its customer is given later; free lines
/// have the party's.
///
/// # Errors
/// `invalid_value` when several were: one invoice is due as one of them says.
pub(super) fn agreed_term(billables: &[billables::Model], of_party: Option<PaymentTermId>) -> Result<Option<PaymentTermId>, Problem> {
    let mut terms: Vec<Option<PaymentTermId>> = billables.iter().map(|row| row.payment_term_id).collect();
    terms.sort_unstable();
    terms.dedup();
    match terms.as_slice() {
        [] => Ok(of_party),
        [term] => Ok(*term),
        _ => {
            let detail = "must say when the invoice is due: several payment terms were agreed on for what is billed, or none for a part of it. Give one of \
                          them; or bill one order after the other, as a billing run does (POST /v1/billing-runs)";
            let named: Vec<String> = terms.iter().flatten().map(ToString::to_string).collect();
            Err(Problem::field(Code::InvalidValue, "/payment_term_id", detail).with("payment_term_ids", named))
        }
    }
}

/// A draft without lines.
pub(crate) fn blank(ctx: &Ctx, tx: &Tx<'_>, id: InvoiceId, direction: Direction, company: &companies::Model, party_id: PartyId) -> invoices::Model {
    invoices::Model {
        tenant_id: tx.tenant(),
        id,
        company_id: company.id,
        party_id,
        order_id: None,
        direction,
        kind: InvoiceKind::Invoice,
        number: None,
        status: InvoiceStatus::Draft,
        payment_state: PaymentState::Open,
        currency: company.currency,
        invoice_date: None,
        due_date: None,
        payment_term_id: None,
        tax_rounding: company.tax_rounding,
        untaxed_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        total_amount: Amount::ZERO,
        open_amount: Amount::ZERO,
        company_rate: Rate::ONE,
        rate_divides: false,
        taxes: Json(Vec::new()),
        journal_entry_id: None,
        credited_invoice_id: None,
        reason: None,
        reference: None,
        notes: None,
        posted_at: None,
        flow_id: None,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        early_discount: None,
        written_off_amount: None,
        next_due_date: None,
        overdue: Some(false),
        sent_at: None,
        dispute: None,
        disputed: Some(false),
        undeducted_amount: None,
        made_by: None,
        tax_step: None,
        discount_posting: None,
        cash_rounding: None,
        rounding_amount: None,
        tax_status: None,
        tax_reference: None,
        tax_handovers: None,
        expected_tax_amount: None,
        coin_difference: None,
        rebill: None,
    }
}

fn save(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateInvoice, row: &invoices::Model, draft: &Draft, billables: &[billables::Model]) -> Result<Invoice, Problem> {
    tx.insert(row.clone());
    for line in &draft.rows {
        tx.insert(line.clone());
    }
    tx.set_external_refs("invoice", row.id.uuid(), &refs::pairs(&body.external_refs), true);
    let invoice = view(row, &draft.rows, &[], refs::sorted(&body.external_refs));
    engine::record_draft(ctx, tx, "invoice.created", &invoice, engine::waits(row))?;
    for billable in billables {
        billable::service::reserve(ctx, tx, billable, row.id)?;
    }
    Ok(invoice)
}
