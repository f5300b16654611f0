//! Money of a later day is scheduled, and booked when its day comes (PAY-11, PAY-19).
//!
//! Until then it settles nothing: what is open, overdue and exposed stays as it is, and a discount for paying early is still to come.

use super::create::{book, posted_event, record_settled};
use super::settle::settle;
use super::targets::{Ask, Payer, Targets};
use super::{announce, changed};
use crate::payment::rules::{Source, plan_allocations};
use crate::payment::settle::Settlement;
use crate::payment::view::{record, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::payments::{Column, Entity, Model};
use causeway_entity::govern::companies;
use causeway_govern::clock::{Due, DueDay};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::rates;
use causeway_master::{check, refs};
use causeway_openapi::payment::CreatePayment;
use causeway_value::{AllocationInput, Amount, Currency, Instant, InvoiceId, InvoiceStatus, Json, PaymentDifference, PaymentPlan, PaymentStatus};
use std::collections::BTreeSet;

/// What falls due by itself.
pub const DUE: Due = Due { name: "payment.due", next, run };

static PAYMENT_DAY: DueDay<Entity> = DueDay {
    waiting: |company_id| Find::new().eq(Column::CompanyId, company_id).eq(Column::Status, PaymentStatus::Scheduled),
    column: Column::PaymentDate,
    of: |payment| Some(payment.payment_date),
    after: 0,
};

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(PAYMENT_DAY.next(tx, until))
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let due = PAYMENT_DAY.due(ctx, tx).await?;
        // One in each transaction: two may settle the same invoice.
        let Some(payment) = due.first() else { return Ok(0) };
        let mut mark = tx.mark();
        let mut booked = post(ctx, tx, payment, payment.planned.as_ref().map(|plan| plan.0.clone()).unwrap_or_default()).await;
        // The money came, also where what it was planned for has changed so that it cannot be settled as planned: then it is the payer's.
        if payment.planned.is_some() && booked.as_ref().is_err_and(|problem| problem.status < 500) {
            tx.undo_to(mark);
            mark = tx.mark();
            booked = post(ctx, tx, payment, PaymentPlan::default()).await;
        }
        match booked {
            Err(problem) if problem.status < 500 => {
                tx.undo_to(mark);
                back_to_draft(ctx, tx, payment, problem).await?;
            }
            booked => booked?,
        }
        Ok(1)
    })
}

/// What a payment of a later day is to settle, in so far as it can be seen today. What becomes of a difference is not decided before the money is there: nobody
/// knows yet how much would be given up.
pub(super) async fn plan(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &Model,
    body: &CreatePayment,
    (targets, today): (&Targets, causeway_value::Day),
) -> Result<Option<Json<PaymentPlan>>, Problem> {
    if targets.difference != PaymentDifference::KeepOpen {
        let detail = format!("is decided when the money is there, and this is of {}, a later day: leave it out and allocate then", payment.payment_date);
        return Err(Problem::of(vec![FieldError::pointer(Code::InvalidValue, "/difference", detail)]));
    }
    refuse_planned_again(tx, payment, body, &targets.settlement).await?;
    let pairs: Vec<(Currency, Currency)> = targets.settlement.invoices().map(|invoice| (payment.currency, invoice.currency)).collect();
    let table = rates(tx, pairs, today).await?;
    let money = Source {
        direction: payment.direction,
        currency: payment.currency,
        unallocated: payment.amount,
        company_unallocated: Amount::ZERO,
        conversion: Conversion::Same,
    };
    let open = targets.settlement.open_installments(company.currency, |_| true);
    plan_allocations(&money, &open, &targets.wanted, &|from, to| table.find(from, to))?;
    if Ask::of_new(body).is_nothing() {
        return Ok(None);
    }
    Ok(Some(Json(PaymentPlan { allocations: body.allocations.clone(), invoice_ids: body.invoice_ids.clone(), allocate: body.allocate })))
}

/// Refuses to plan what other payments of later days settle in full already: it would be paid twice (PAY-11).
async fn refuse_planned_again(tx: &mut Tx<'_>, payment: &Model, body: &CreatePayment, settlement: &Settlement) -> Result<(), Problem> {
    let named: BTreeSet<InvoiceId> = body.allocations.iter().map(|part| part.invoice_id).chain(body.invoice_ids.iter().copied()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let scheduled =
        Find::<Entity>::new().eq(Column::PartyId, payment.party_id).eq(Column::Status, PaymentStatus::Scheduled).eq(Column::Direction, payment.direction);
    let others: Vec<Model> = scheduled.all(tx).await?.into_iter().filter(|other| other.id != payment.id).collect();
    for id in named {
        let Some(open) = settlement.get(id).map(|invoice| invoice.open_amount) else { continue };
        let mut left = open;
        for other in &others {
            let Some(plan) = other.planned.as_ref().map(|plan| &plan.0) else { continue };
            let parts = plan.allocations.iter().filter(|part| part.invoice_id == id).filter_map(|part| part.amount.amount(other.currency).ok());
            let whole = plan.invoice_ids.iter().filter(|known| **known == id).map(|_| other.amount);
            left = left.minus(Amount::sum(parts.chain(whole))?)?;
            if left <= Amount::ZERO && open > Amount::ZERO {
                let detail = format!(
                    "{id} is settled by {} on {} already, and by what was planned before it. Cancel that payment first: POST /v1/payments/{}/cancel.",
                    other.id, other.payment_date, other.id
                );
                return Err(Problem::new(Code::StateConflict, detail).with("payment_id", other.id.to_string()));
            }
        }
    }
    Ok(())
}

/// Books a payment whose day has come, and settles what is still open of what it is planned for. What is left of it is the payer's.
async fn post(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, plan: PaymentPlan) -> Result<(), Problem> {
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut new = Model { planned: None, ..changed(ctx, old) };
    let (allocations, invoice_ids) = still_open(tx, old.currency, plan.allocations, plan.invoice_ids).await?;
    let ask = Ask { allocations: &allocations, invoice_ids: &invoice_ids, allocate: plan.allocate, difference: PaymentDifference::KeepOpen };
    let payer = Payer { company_id: old.company_id, party_id: old.party_id, direction: old.direction, currency: old.currency, settles: Some(old.settles) };
    let mut errors = Vec::new();
    let mut targets = Targets::lock(tx, payer, ask, &mut errors).await?;
    check::finish(errors)?;
    book(ctx, tx, &company, &mut new).await?;
    let day = new.payment_date;
    let settled = settle(ctx, tx, &company, &mut new, (&[], &[]), &mut targets, day).await?;
    tx.update(old, &new);
    let refs = refs::of(tx, old.id.uuid()).await?;
    record_settled(ctx, tx, &company, &new, (settled, targets), refs, posted_event(new.direction)).await?;
    announce(ctx, tx, posted_event(new.direction), &new).await
}

/// What is left to settle: documents may have been settled or credited meanwhile by others.
async fn still_open(
    tx: &mut Tx<'_>,
    currency: Currency,
    allocations: Vec<AllocationInput>,
    invoice_ids: Vec<InvoiceId>,
) -> Result<(Vec<AllocationInput>, Vec<InvoiceId>), Problem> {
    let mut ids: Vec<InvoiceId> = allocations.iter().map(|part| part.invoice_id).chain(invoice_ids.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let now = Settlement::lock(tx, &ids).await?;
    let open = |id| now.get(id).filter(|invoice| invoice.status == InvoiceStatus::Posted && invoice.open_amount > Amount::ZERO);
    let within = |part: AllocationInput| {
        let invoice = open(part.invoice_id)?;
        let most = invoice.open_amount;
        let more = invoice.currency == currency && part.amount.amount(currency).is_ok_and(|amount| amount > most);
        Some(if more { AllocationInput { amount: most.text(currency), ..part } } else { part })
    };
    Ok((allocations.into_iter().filter_map(within).collect(), invoice_ids.into_iter().filter(|id| open(*id).is_some()).collect()))
}

/// A payment that cannot be booked on its day waits for somebody, who is told why.
async fn back_to_draft(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, problem: Problem) -> Result<(), Problem> {
    let new = Model { status: PaymentStatus::Draft, planned: None, reversal_reason: Some(problem.detail), ..changed(ctx, old) };
    tx.update(old, &new);
    let shown = view(&new, &[], &[], refs::of(tx, old.id.uuid()).await?);
    record(ctx, tx, "payment.unscheduled", &shown)
}
