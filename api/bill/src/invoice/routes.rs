//! The operations of an invoice.

use super::{service, view::views};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::{Answer, Call, Ctx, Find, Routes, Tx, list};
use causeway_openapi::invoice::{INVOICES, Invoice, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListInvoices, _>(list_invoices);
    routes.on::<op::CreateInvoice, _>(create);
    routes.on::<op::GetInvoice, _>(get);
    routes.on::<op::PostInvoice, _>(post);
    routes.on::<op::CancelInvoice, _>(cancel);
    routes.on::<op::CreditInvoice, _>(credit);
}

async fn list_invoices(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListInvoices>) -> Result<Answer<Page<Invoice>>, Problem> {
    // Before posting the payment state is null: a draft has none of those that can be asked for.
    let by_state = call.query.filters.keys().any(|name| name.starts_with("payment_state"));
    let posted = |find: Find<invoices::Entity>| if by_state { find.when("status NOT IN ('draft', 'cancelled')", vec![]) } else { find };
    let rows = list::list_where::<invoices::Entity>(ctx, tx, &INVOICES, "invoice", &call.query, posted).await?;
    let data = views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::create::create(ctx, tx, &call.body).await?))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetInvoice>) -> Result<Answer<Invoice>, Problem> {
    let row = tx.must::<invoices::Entity>(call.path).await?;
    let invoice = views(tx, std::slice::from_ref(&row)).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(invoice))
}

async fn post(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PostInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::post::post(ctx, tx, call.path, call.body.invoice_date).await?))
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::cancel::cancel(ctx, tx, call.path).await?))
}

async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreditInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::credit::credit(ctx, tx, call.path, &call.body).await?))
}

fn versioned(invoice: Invoice) -> Answer<Invoice> {
    let version = invoice.version;
    Answer::object(invoice, version)
}
