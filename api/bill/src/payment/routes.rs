//! The operations of a payment.

use super::service;
use super::view::{settlement_view, views};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::{allocations, payments};
use causeway_entity::govern::companies;
use causeway_kernel::{Answer, Call, Ctx, Find, Routes, Tx, list};
use causeway_openapi::payment::{ALLOCATIONS, PAYMENTS, Payment, RegisteredPayments, Settlement, op};
use causeway_value::{CompanyId, Currency};
use std::collections::BTreeMap;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListPayments, _>(list_payments);
    routes.on::<op::CreatePayment, _>(create);
    routes.on::<op::RegisterPayments, _>(register_payments);
    routes.on::<op::GetPayment, _>(get);
    routes.on::<op::PostPayment, _>(post);
    routes.on::<op::CancelPayment, _>(cancel);
    routes.on::<op::AllocatePayment, _>(allocate);
    routes.on::<op::UnallocatePayment, _>(unallocate);
    routes.on::<op::ReversePayment, _>(reverse);
    routes.on::<op::CreateRefund, _>(refund);
    routes.on::<op::ListAllocations, _>(list_allocations);
}

async fn list_payments(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListPayments>) -> Result<Answer<Page<Payment>>, Problem> {
    let rows = list::list::<payments::Entity>(ctx, tx, &PAYMENTS, "payment", &call.query).await?;
    let data = views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreatePayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::create::create(ctx, tx, &call.body).await?))
}

async fn register_payments(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RegisterPayments>) -> Result<Answer<RegisteredPayments>, Problem> {
    service::register::register(ctx, tx, &call.body).await.map(Answer::of)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPayment>) -> Result<Answer<Payment>, Problem> {
    let row = tx.must::<payments::Entity>(call.path).await?;
    let payment = views(tx, std::slice::from_ref(&row)).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(payment))
}

async fn post(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PostPayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::create::post(ctx, tx, call.path).await?))
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelPayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::undo::cancel(ctx, tx, call.path).await?))
}

async fn allocate(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AllocatePayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::allocate::allocate(ctx, tx, call.path, &call.body).await?))
}

async fn unallocate(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UnallocatePayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::undo::unallocate(ctx, tx, call.path, &call.body.allocation_ids).await?))
}

async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReversePayment>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::undo::reverse(ctx, tx, call.path, &call.body).await?))
}

async fn refund(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateRefund>) -> Result<Answer<Payment>, Problem> {
    Ok(versioned(service::refund::refund(ctx, tx, &call.body).await?))
}

async fn list_allocations(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListAllocations>) -> Result<Answer<Page<Settlement>>, Problem> {
    let rows = list::list::<allocations::Entity>(ctx, tx, &ALLOCATIONS, "allocation", &call.query).await?;
    let owners: Vec<CompanyId> = rows.rows.iter().map(|row| row.company_id).collect();
    let companies = Find::<companies::Entity>::new().among(companies::Column::Id, owners).all(tx).await?;
    let currencies: BTreeMap<CompanyId, Currency> = companies.into_iter().map(|company| (company.id, company.currency)).collect();
    let data = rows.rows.iter().map(|row| settlement_view(row, currencies.get(&row.company_id).copied().unwrap_or(row.currency))).collect();
    Ok(Answer::of(rows.page(data)))
}

fn versioned(payment: Payment) -> Answer<Payment> {
    let version = payment.version;
    Answer::object(payment, version)
}
