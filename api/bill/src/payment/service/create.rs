//! Recording and posting payments.

use super::ahead::refuse_planned_again;
use super::schedule::{book_as_planned, plan};
use super::settle::{Settled, settle, write};
use super::targets::{Ask, Payer, Targets};
use super::{announce, changed, must_be};
use crate::booked;
use crate::payment::rules::allocation_state;
use crate::payment::settle::control;
use crate::payment::view::{record, view};
use causeway_books::ledger::rules::{PaymentToPost, payment_posting};
use causeway_books::ledger::service::{PostEntry, post as post_entry};
use causeway_books::period::service::must_be_open;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::payments;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Find, Tx, number};
use causeway_master::account::lookup::chart;
use causeway_master::rate::lookup::booked_rate;
use causeway_master::{check, company, money, party, refs};
use causeway_openapi::object::ExternalRef;
use causeway_openapi::payment::{CreatePayment, Payment};
use causeway_value::{AllocationState, Amount, Day, Direction, DocumentKind, Json, PaymentDirection, PaymentId, PaymentStatus, Rate};

/// Records a payment. It is posted and allocated at once unless the body leaves it a draft or its day is ahead: that is what recording one means, and needs no
/// other right. Money to a customer and what is given up do.
///
/// # Errors
/// `permission_denied`; every wrong field; `already_exists` for one that seems to be recorded; `state_conflict` for what we pay and a scheduled payment pays in
/// full already; `amount_exceeds_open`; `rate_missing`; `account_missing`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreatePayment) -> Result<Payment, Problem> {
    made(ctx, tx, body, "/payment_date", |direction, settles| may_pay(ctx, direction, settles)).await
}

/// Refuses to pay a customer without the right to refund (CRN-02), and asks people again who they are, as a refund does.
fn may_pay(ctx: &Ctx, direction: PaymentDirection, settles: Direction) -> Result<(), Problem> {
    match (direction, settles) {
        (PaymentDirection::Outbound, Direction::Sale) => ctx.require("refunds:write").and_then(|()| ctx.require_proof()),
        _ => Ok(()),
    }
}

/// Records a payment for somebody whose right to is known, but for what `may` asks of one that moves money this way. `dated` is where the caller's body
/// says its date.
pub(super) async fn made(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    body: &CreatePayment,
    dated: &str,
    may: impl Fn(PaymentDirection, Direction) -> Result<(), Problem>,
) -> Result<Payment, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    let party = party::store::existing(tx, Some(body.party_id), "/party_id", &mut errors).await?;
    let amount = money::amount(&body.amount, body.currency, "/amount", &mut errors);
    check_body(body, amount, &mut errors);
    if let (Some(date), Some(company)) = (body.payment_date, &company) {
        check::posting_day(date, ctx.today(company.time_zone), dated, &mut errors);
    }
    let payer = Payer { company_id: body.company_id, party_id: body.party_id, direction: body.direction, currency: body.currency, settles: None };
    let mut targets = Targets::lock(tx, payer, Ask::of_new(body), &mut errors).await?;
    let (Some(company), Some(party), Some(amount), true) = (company, party, amount, errors.is_empty()) else { return Err(Problem::of(errors)) };
    let settles = targets.settles().unwrap_or_else(|| usual_side(body.direction, &party));
    let mut row = draft(ctx, tx, body, &company, amount, settles);
    if !body.allow_duplicate.unwrap_or_default() {
        must_be_new(tx, &row).await?;
    }
    row.flow_id = shared_flow(&targets);
    let today = ctx.today(company.time_zone);
    let mut settled = Settled::default();
    let event = if body.status == Some(PaymentStatus::Draft) {
        "payment.created"
    } else {
        may(row.direction, row.settles)?;
        if row.payment_date > today {
            must_be_open(tx, company.id, row.payment_date).await.map_err(|problem| booked::of_day(problem, dated))?;
            row.status = PaymentStatus::Scheduled;
            row.planned = plan(tx, &company, &row, body, (&targets, today)).await?;
            "payment.scheduled"
        } else {
            // What we pay is ours to stop; money that has come is recorded whatever was planned.
            if row.direction == PaymentDirection::Outbound {
                refuse_planned_again(tx, &company, &row, body, today).await?;
            }
            book(ctx, tx, &company, &mut row).await.map_err(|problem| booked::of_day(problem, dated))?;
            let day = row.payment_date;
            settled = settle(ctx, tx, &company, &mut row, (&[], &[]), &mut targets, day).await?;
            posted_event(row.direction)
        }
    };
    tx.insert(row.clone());
    tx.set_external_refs("payment", row.id.uuid(), &refs::pairs(&body.external_refs), true);
    if row.status == PaymentStatus::Posted {
        let payment = record_settled(ctx, tx, &company, &row, (settled, targets), refs::sorted(&body.external_refs), event).await?;
        announce(ctx, tx, event, &row).await?;
        return Ok(payment);
    }
    let payment = view(&row, &[], &[], refs::sorted(&body.external_refs));
    record(ctx, tx, event, &payment)?;
    Ok(payment)
}

/// Money that moved once is recorded once: no other payment has all that tells two of them apart (MDM-07).
async fn must_be_new(tx: &mut Tx<'_>, payment: &payments::Model) -> Result<(), Problem> {
    let Some(reference) = payment.reference.as_deref().filter(|reference| !reference.trim().is_empty()) else { return Ok(()) };
    let same = Find::<payments::Entity>::new()
        .eq(payments::Column::PartyId, payment.party_id)
        .eq(payments::Column::CompanyId, payment.company_id)
        .eq(payments::Column::Direction, payment.direction)
        .eq(payments::Column::Currency, payment.currency)
        .eq(payments::Column::Amount, payment.amount)
        .eq(payments::Column::PaymentDate, payment.payment_date)
        .eq(payments::Column::Reference, reference)
        .among(payments::Column::Status, [PaymentStatus::Draft, PaymentStatus::Scheduled, PaymentStatus::Posted]);
    let Some(other) = same.order_by(payments::Column::Id).one(tx).await? else { return Ok(()) };
    let name = other.number.clone().unwrap_or_else(|| other.id.to_string());
    let detail = format!(
        "{name} is of the same party, amount, day and reference: {reference}. If other money moved, give its own reference, or record it with `allow_duplicate`."
    );
    let mut problem = Problem::new(Code::AlreadyExists, detail).with("payment_id", other.id.to_string());
    problem.errors.push(FieldError::pointer(Code::AlreadyExists, "/reference", "is that of an equal payment"));
    Err(problem)
}

/// Writes what a payment settles when it is posted, and records it and what it settled.
pub(super) async fn record_settled(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    row: &payments::Model,
    (settled, targets): (Settled, Targets),
    refs: Vec<ExternalRef>,
    event: &'static str,
) -> Result<Payment, Problem> {
    settled.insert_own(tx);
    let payment = view(row, &settled.allocations, &settled.offsets, refs);
    record(ctx, tx, event, &payment)?;
    settled.insert_others(ctx, tx)?;
    write(ctx, tx, targets, &settled.netted, "invoice.allocated", ctx.today(company.time_zone)).await?;
    Ok(payment)
}

fn check_body(body: &CreatePayment, amount: Option<Amount>, errors: &mut Vec<FieldError>) {
    if amount.is_some_and(|amount| amount <= Amount::ZERO) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/amount", "must be more than 0"));
    }
    match body.status {
        None | Some(PaymentStatus::Posted) => {}
        Some(PaymentStatus::Scheduled | PaymentStatus::Reversed | PaymentStatus::Cancelled) => {
            errors.push(FieldError::pointer(Code::InvalidValue, "/status", "must be draft or posted"))
        }
        Some(PaymentStatus::Draft) if !Ask::of_new(body).is_nothing() => {
            errors.push(FieldError::pointer(Code::InvalidValue, "/status", "cannot be draft for a payment that settles something: post it, then allocate it"));
        }
        Some(PaymentStatus::Draft) => {}
    }
}

/// Without an invoice that tells: money from somebody who only supplies us, or to somebody who only buys from us, is a refund.
fn usual_side(direction: PaymentDirection, party: &parties::Model) -> Direction {
    match (direction, party.is_customer, party.is_supplier) {
        (PaymentDirection::Inbound, false, true) | (PaymentDirection::Outbound, false, _) | (PaymentDirection::Outbound, true, true) => Direction::Purchase,
        (PaymentDirection::Inbound, ..) | (PaymentDirection::Outbound, true, false) => Direction::Sale,
    }
}

/// The deal, when everything that is settled belongs to one.
fn shared_flow(targets: &Targets) -> Option<causeway_value::FlowId> {
    let mut flows = targets.settlement.invoices().map(|invoice| invoice.flow_id);
    let first = flows.next()??;
    flows.all(|flow| flow == Some(first)).then_some(first)
}

pub(super) fn draft(ctx: &Ctx, tx: &Tx<'_>, body: &CreatePayment, company: &companies::Model, amount: Amount, settles: Direction) -> payments::Model {
    let payment_date: Day = body.payment_date.unwrap_or_else(|| ctx.today(company.time_zone));
    payments::Model {
        tenant_id: tx.tenant(),
        id: PaymentId::new(),
        company_id: company.id,
        party_id: body.party_id,
        direction: body.direction,
        method: body.method,
        settles,
        number: None,
        status: PaymentStatus::Draft,
        allocation_state: AllocationState::Unallocated,
        amount,
        currency: body.currency,
        payment_date,
        reference: body.reference.clone(),
        unallocated_amount: amount,
        company_rate: Rate::ONE,
        rate_divides: false,
        company_amount: Amount::ZERO,
        journal_entry_id: None,
        reversal_entry_id: None,
        reversal_reason: None,
        planned: None,
        posted_at: None,
        flow_id: None,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

/// Posts a draft; one of a later day is scheduled. One that was scheduled and could not be booked on its day settles what it is planned for.
///
/// # Errors
/// `not_found`; `document_posted`; `state_conflict` for one that is scheduled or dropped; `permission_denied` for money to a customer; `period_locked`;
/// `rate_missing`; `account_missing`.
pub async fn post(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    must_not_wait(&old)?;
    must_be(&old, PaymentStatus::Draft, "Only a draft can be posted.")?;
    may_pay(ctx, old.direction, old.settles)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    if old.payment_date <= ctx.today(company.time_zone) {
        return book_as_planned(ctx, tx, &old).await.map_err(|problem| of_draft(problem, id));
    }
    must_be_open(tx, company.id, old.payment_date).await.map_err(|problem| of_draft(problem, id))?;
    let new = payments::Model { status: PaymentStatus::Scheduled, reversal_reason: None, ..changed(ctx, &old) };
    tx.update(&old, &new);
    let payment = view(&new, &[], &[], refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.scheduled", &payment)?;
    Ok(payment)
}

/// A scheduled payment is posted by its day, by nobody else.
fn must_not_wait(payment: &payments::Model) -> Result<(), Problem> {
    if payment.status != PaymentStatus::Scheduled {
        return Ok(());
    }
    let (id, day) = (payment.id, payment.payment_date);
    let detail = format!(
        "The payment {id} is scheduled: it is posted by itself when its day comes, {day}. If the money moves on another day, cancel it \
         (POST /v1/payments/{id}/cancel) and record it anew with that `payment_date`."
    );
    Err(Problem::new(Code::StateConflict, detail).with("status", payment.status.to_string()))
}

/// A draft keeps its day: when nothing can be booked on that any more, it is made anew.
fn of_draft(mut problem: Problem, id: PaymentId) -> Problem {
    if problem.code == Code::PeriodLocked {
        let way_out = format!(" The day of a draft stays: cancel it (POST /v1/payments/{id}/cancel) and record the payment anew with a later `payment_date`.");
        problem.detail.push_str(&way_out);
    }
    problem
}

pub(super) const fn posted_event(direction: PaymentDirection) -> &'static str {
    match direction {
        PaymentDirection::Inbound => "payment.received",
        PaymentDirection::Outbound => "payment.sent",
    }
}

/// Gives a payment its number and its journal entry.
pub(super) async fn book(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, row: &mut payments::Model) -> Result<(), Problem> {
    let day = row.payment_date;
    let conversion = booked_rate(tx, company, row.currency, day).await?;
    let chart = chart(tx, company.id, &[], &[]).await?;
    let posting = payment_posting(
        &PaymentToPost {
            direction: row.direction,
            method: row.method,
            counterpart: control(row.settles),
            party_id: row.party_id,
            amount: row.amount,
            currency: row.currency,
            company_currency: company.currency,
            conversion,
        },
        &|purpose| chart.purpose(purpose),
    )?;
    // What a rate makes of it is held within what the books can add up, too.
    posting.company_amount.within(company.currency)?;
    row.number = Some(number::next(ctx, tx, booked::fiscal(company), DocumentKind::Payment, day).await?);
    let event = posted_event(row.direction);
    let entry = PostEntry { day, event, document_type: "payment", document_id: row.id.uuid(), flow_id: row.flow_id, lines: posting.lines };
    row.journal_entry_id = Some(post_entry(ctx, tx, company, entry).await?.id);
    (row.company_rate, row.rate_divides) = booked::stored(conversion);
    row.company_amount = posting.company_amount;
    row.unallocated_amount = row.amount;
    row.allocation_state = allocation_state(row.amount, row.amount);
    row.status = PaymentStatus::Posted;
    row.posted_at = Some(ctx.now());
    Ok(())
}
