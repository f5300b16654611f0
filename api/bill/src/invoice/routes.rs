//! The operations of an invoice.

use super::{engine, print, service, view::views};
use causeway_contract::{File, Page, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::{Answer, Call, Ctx, Find, Routes, Tx, list};
use causeway_openapi::credit_note::op::CreateCreditNote;
use causeway_openapi::invoice::{INVOICES, Invoice, op};
use causeway_openapi::invoice_check::{InvoiceChecks, op::CheckInvoice};
use causeway_openapi::invoice_tax::op::SetInvoiceTaxes;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListInvoices, _>(list_invoices);
    routes.on::<op::CreateInvoice, _>(create);
    routes.on::<CreateCreditNote, _>(create_note);
    routes.on::<op::GetInvoice, _>(get);
    routes.on::<op::UpdateInvoice, _>(update);
    routes.on::<op::PrintInvoice, _>(print_invoice);
    routes.on::<CheckInvoice, _>(checks);
    routes.on::<SetInvoiceTaxes, _>(set_taxes);
    routes.on::<op::PostInvoice, _>(post);
    routes.on::<op::CancelInvoice, _>(cancel);
    routes.on::<op::CreditInvoice, _>(credit);
    routes.on::<op::ReverseInvoice, _>(reverse);
    routes.on::<op::AllocateCreditNote, _>(allocate);
    routes.on::<op::UnallocateCreditNote, _>(unallocate);
    routes.on::<op::SendInvoice, _>(send);
    routes.on::<op::DisputeInvoice, _>(dispute);
    routes.on::<op::SettleDispute, _>(settle_dispute);
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

async fn create_note(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<CreateCreditNote>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::free_note::create(ctx, tx, &call.body).await?))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetInvoice>) -> Result<Answer<Invoice>, Problem> {
    let row = tx.must::<invoices::Entity>(call.path).await?;
    let invoice = views(tx, std::slice::from_ref(&row)).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(invoice))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::update::update(ctx, tx, call.path, &call.body).await?))
}

async fn print_invoice(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PrintInvoice>) -> Result<Answer<File>, Problem> {
    let row = tx.must::<invoices::Entity>(call.path).await?;
    print::pdf(tx, &row).await.map(Answer::of)
}

async fn checks(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<CheckInvoice>) -> Result<Answer<InvoiceChecks>, Problem> {
    service::checks::checks(ctx, tx, call.path, call.query.invoice_date).await.map(Answer::of)
}

async fn set_taxes(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<SetInvoiceTaxes>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(engine::service::hand_over(ctx, tx, call.path, &call.body).await?))
}

async fn post(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PostInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::post::post(ctx, tx, call.path, &call.body).await?))
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::cancel::cancel(ctx, tx, call.path).await?))
}

async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreditInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::credit::credit(ctx, tx, call.path, &call.body).await?))
}

async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReverseInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::credit::reverse(ctx, tx, call.path, &call.body).await?))
}

async fn allocate(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AllocateCreditNote>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::note::allocate(ctx, tx, call.path, &call.body.allocations).await?))
}

async fn unallocate(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UnallocateCreditNote>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::note::unallocate(ctx, tx, call.path, &call.body.allocation_ids).await?))
}

async fn send(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SendInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::mark::send(ctx, tx, call.path).await?))
}

async fn dispute(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DisputeInvoice>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::mark::dispute(ctx, tx, call.path, &call.body.reason).await?))
}

async fn settle_dispute(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SettleDispute>) -> Result<Answer<Invoice>, Problem> {
    Ok(versioned(service::mark::settle(ctx, tx, call.path, &call.body.resolution).await?))
}

fn versioned(invoice: Invoice) -> Answer<Invoice> {
    let version = invoice.version;
    Answer::object(invoice, version)
}
