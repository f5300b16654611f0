//! Money of a later day is scheduled, and booked when its day comes (PAY-11, PAY-19).
//!
//! Until then it settles nothing: what is open, overdue and exposed stays as it is, and a discount for paying early is still to come.

use super::ahead::{planned_for, refuse_planned_again};
use super::create::{book, posted_event, record_settled};
use super::settle::settle;
use super::targets::{Ask, Payer, Targets};
use super::{announce, changed};
use crate::payment::rules::{Source, plan_allocations};
use crate::payment::settle::Settlement;
use crate::payment::view::{record, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::bill::payments::{Column, Entity, Model};
use causeway_entity::govern::companies;
use causeway_govern::clock::Due;
use causeway_kernel::db::Cell;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::rates;
use causeway_master::{check, refs};
use causeway_openapi::payment::{CreatePayment, Payment};
use causeway_value::{
    AllocationInput, Amount, CompanyId, Currency, Day, Instant, InvoiceId, InvoiceStatus, Json, PaymentDifference, PaymentPlan, PaymentStatus,
};
use std::collections::{BTreeMap, BTreeSet};

/// What falls due by itself.
pub const DUE: Due = Due { name: "payment.due", next, run, set_aside: Some(set_aside) };

/// Payments of one day that are looked at for one of which every rate is there.
const BATCH: u64 = 50;

/// Why a payment is a draft again at which the service itself failed.
const OUR_FAULT: &str = "It could not be booked on its day: something went wrong on our side. Post it again; if that fails, the log tells why.";

fn next<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let due = soonest(ctx, tx, &company).await?.map(|(at, _)| at);
            earliest = [earliest, due].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        // One in each transaction: two may settle the same invoice.
        let Some(payment) = due(ctx, tx).await? else { return Ok(0) };
        let mark = tx.mark();
        let booked = book_as_planned(ctx, tx, &payment).await;
        match booked {
            Err(problem) if problem.status < 500 => {
                tx.undo_to(mark);
                back_to_draft(ctx, tx, &payment, problem.detail).await?;
            }
            booked => drop(booked?),
        }
        Ok(1)
    })
}

/// A payment at which the service itself fails keeps no other waiting.
fn set_aside<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let Some(payment) = due(ctx, tx).await? else { return Ok(0) };
        back_to_draft(ctx, tx, &payment, OUR_FAULT.to_owned()).await?;
        Ok(1)
    })
}

/// The payment that is booked now, locked, if there is one.
async fn due(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Option<Model>, Problem> {
    for company in Find::<companies::Entity>::new().all(tx).await? {
        if let Some((at, payment)) = soonest(ctx, tx, &company).await?
            && at <= ctx.now()
        {
            return scheduled(company.id).eq(Column::Id, payment.id).lock().one(tx).await;
        }
    }
    Ok(None)
}

fn scheduled(company: CompanyId) -> Find<Entity> {
    Find::new().eq(Column::CompanyId, company).eq(Column::Status, PaymentStatus::Scheduled)
}

/// The payment of a company that is booked next, and when: as its day begins; while a rate that it needs is not of that day, as it ends, with the latest there is.
/// Whoever quotes rates does so in the course of a day, and of some days nobody does.
async fn soonest(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model) -> Result<Option<(Instant, Model)>, Problem> {
    let Some(first) = scheduled(company.id).order_by(Column::PaymentDate).order_by(Column::Id).one(tx).await? else { return Ok(None) };
    let day = first.payment_date;
    let (begins, ends) = (day.start_in(company.time_zone), day.plus_days(1).start_in(company.time_zone));
    if ends <= ctx.now() || !rated(tx, company, day, vec![first.clone()]).await?.is_empty() {
        return Ok(Some((begins, first)));
    }
    // Those of other currencies need not wait for it.
    let quoted = quoted_currencies(tx, company, day).await?;
    let others = scheduled(company.id).eq(Column::PaymentDate, day).among(Column::Currency, quoted).order_by(Column::Id).limit(BATCH).all(tx).await?;
    let ready = rated(tx, company, day, others).await?.into_iter().next();
    Ok(Some(ready.map_or((ends, first), |payment| (begins, payment))))
}

/// The currencies of what is scheduled for a day that have a rate of that day, the company's own included.
async fn quoted_currencies(tx: &mut Tx<'_>, company: &companies::Model, day: Day) -> Result<Vec<Currency>, Problem> {
    let sql = "SELECT DISTINCT currency FROM payments WHERE tenant_id = $1 AND company_id = $2 AND status = $3 AND payment_date = $4";
    let values = vec![tx.tenant().into(), company.id.into(), PaymentStatus::Scheduled.into(), day.into()];
    let found = tx.query(sql, values, &[("currency", Cell::Text)]).await?;
    let found: Vec<Currency> = found.iter().filter_map(|row| row.try_get::<String>("", "currency").ok()?.parse().ok()).collect();
    let table = rates(tx, found.iter().map(|currency| (*currency, company.currency)), day).await?;
    Ok(found.into_iter().filter(|currency| table.is_of(*currency, company.currency, day)).collect())
}

/// Those of these payments of a day for which every rate is of that day: for the books, and for what they are planned to settle.
async fn rated(tx: &mut Tx<'_>, company: &companies::Model, day: Day, payments: Vec<Model>) -> Result<Vec<Model>, Problem> {
    let named: BTreeSet<InvoiceId> = payments.iter().flat_map(planned_for).collect();
    let mut invoiced: BTreeMap<InvoiceId, Currency> = BTreeMap::new();
    if !named.is_empty() {
        let rows = Find::<invoices::Entity>::new().among(invoices::Column::Id, named).all(tx).await?;
        invoiced.extend(rows.into_iter().map(|invoice| (invoice.id, invoice.currency)));
    }
    let pairs = |payment: &Model| -> Vec<(Currency, Currency)> {
        let settled = planned_for(payment).into_iter().filter_map(|id| invoiced.get(&id).copied());
        settled.chain([company.currency]).map(|currency| (payment.currency, currency)).collect()
    };
    let table = rates(tx, payments.iter().flat_map(&pairs), day).await?;
    Ok(payments.into_iter().filter(|payment| pairs(payment).into_iter().all(|(from, to)| table.is_of(from, to, day))).collect())
}

/// What a payment of a later day is to settle, in so far as it can be seen today. What becomes of a difference is not decided before the money is there: nobody
/// knows yet how much would be given up.
pub(super) async fn plan(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &Model,
    body: &CreatePayment,
    (targets, today): (&Targets, Day),
) -> Result<Option<Json<PaymentPlan>>, Problem> {
    if targets.difference != PaymentDifference::KeepOpen {
        let detail = format!("is decided when the money is there, and this is of {}, a later day: leave it out and allocate then", payment.payment_date);
        return Err(Problem::of(vec![FieldError::pointer(Code::InvalidValue, "/difference", detail)]));
    }
    refuse_planned_again(tx, company, payment, body, today).await?;
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

/// Books a payment whose day has come as it is planned. The money came, also where what it was planned for has changed so that it cannot be settled as planned:
/// then it is the payer's.
pub(super) async fn book_as_planned(ctx: &Ctx, tx: &mut Tx<'_>, payment: &Model) -> Result<Payment, Problem> {
    let Some(plan) = payment.planned.as_ref().map(|plan| plan.0.clone()) else { return post(ctx, tx, payment, PaymentPlan::default()).await };
    let mark = tx.mark();
    let booked = post(ctx, tx, payment, plan).await;
    if booked.as_ref().is_err_and(|problem| problem.status < 500) {
        tx.undo_to(mark);
        return post(ctx, tx, payment, PaymentPlan::default()).await;
    }
    booked
}

/// Books a payment whose day has come, and settles what is still open of what it is planned for. What is left of it is the payer's.
async fn post(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, plan: PaymentPlan) -> Result<Payment, Problem> {
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut new = Model { planned: None, reversal_reason: None, ..changed(ctx, old) };
    let (allocations, invoice_ids) = still_open(tx, old, plan.allocations, plan.invoice_ids).await?;
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
    let payment = record_settled(ctx, tx, &company, &new, (settled, targets), refs, posted_event(new.direction)).await?;
    announce(ctx, tx, posted_event(new.direction), &new).await?;
    Ok(payment)
}

/// What is left to settle: documents may have been settled or credited meanwhile by others.
async fn still_open(
    tx: &mut Tx<'_>,
    payment: &Model,
    allocations: Vec<AllocationInput>,
    invoice_ids: Vec<InvoiceId>,
) -> Result<(Vec<AllocationInput>, Vec<InvoiceId>), Problem> {
    let mut ids: Vec<InvoiceId> = allocations.iter().map(|part| part.invoice_id).chain(invoice_ids.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let now = Settlement::lock(tx, &ids).await?;
    let open = |id| now.get(id).filter(|invoice| invoice.status == InvoiceStatus::Posted && invoice.open_amount > Amount::ZERO);
    let currency = payment.currency;
    let table = rates(tx, now.invoices().map(|invoice| (currency, invoice.currency)).collect::<Vec<_>>(), payment.payment_date).await?;
    let mut left: BTreeMap<InvoiceId, Amount> = BTreeMap::new();
    let mut fitting = Vec::new();
    for part in allocations {
        let (Some(invoice), Ok(amount)) = (open(part.invoice_id), part.amount.amount(currency)) else { continue };
        let Some(way) = table.find(currency, invoice.currency) else {
            fitting.push(part);
            continue;
        };
        let most = match left.get(&invoice.id) {
            Some(most) => *most,
            None => way.back().amount(invoice.open_amount, invoice.currency, currency)?,
        };
        let amount = amount.min(most);
        left.insert(invoice.id, most.minus(amount)?);
        if amount > Amount::ZERO {
            fitting.push(AllocationInput { amount: amount.text(currency), ..part });
        }
    }
    Ok((fitting, invoice_ids.into_iter().filter(|id| open(*id).is_some()).collect()))
}

/// A payment that cannot be booked on its day waits for somebody, who is told why. It keeps what it is planned for: posted by them, it settles that.
async fn back_to_draft(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, reason: String) -> Result<(), Problem> {
    let new = Model { status: PaymentStatus::Draft, reversal_reason: Some(reason), ..changed(ctx, old) };
    tx.update(old, &new);
    let shown = view(&new, &[], &[], refs::of(tx, old.id.uuid()).await?);
    record(ctx, tx, "payment.unscheduled", &shown)
}
