//! The operations of a payment term.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::master::payment_terms;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::term::{PAYMENT_TERMS, PaymentTerm, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListPaymentTerms, _>(list_terms);
    routes.on::<op::CreatePaymentTerm, _>(create);
    routes.on::<op::GetPaymentTerm, _>(get);
    routes.on::<op::UpdatePaymentTerm, _>(update);
}

async fn list_terms(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListPaymentTerms>) -> Result<Answer<Page<PaymentTerm>>, Problem> {
    let rows = list::list::<payment_terms::Entity>(ctx, tx, &PAYMENT_TERMS, "payment_term", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreatePaymentTerm>) -> Result<Answer<PaymentTerm>, Problem> {
    let term = service::create(ctx, tx, &call.body).await?;
    let version = term.version;
    Ok(Answer::object(term, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPaymentTerm>) -> Result<Answer<PaymentTerm>, Problem> {
    let row = tx.must::<payment_terms::Entity>(call.path).await?;
    Ok(Answer::object(service::view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdatePaymentTerm>) -> Result<Answer<PaymentTerm>, Problem> {
    let term = service::update(ctx, tx, call.path, &call.body).await?;
    let version = term.version;
    Ok(Answer::object(term, version))
}
