//! The operations of an order.

use super::{incomplete, print, service, view};
use causeway_contract::{File, Page, Problem};
use causeway_entity::sell::orders::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::down_payment::op::CreateDownPayment;
use causeway_openapi::invoice::Invoice;
use causeway_openapi::order::{ORDERS, Order, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListOrders, _>(list_orders);
    routes.on::<op::CreateOrder, _>(create);
    routes.on::<op::GetOrder, _>(get);
    routes.on::<op::PrintOrder, _>(print_order);
    routes.on::<op::UpdateOrder, _>(update);
    routes.on::<op::ConfirmOrder, _>(confirm);
    routes.on::<op::HoldOrder, _>(hold);
    routes.on::<op::ReleaseOrder, _>(release);
    routes.on::<op::RecheckOrder, _>(recheck);
    routes.on::<op::AssignOrder, _>(assign);
    routes.on::<op::PromiseOrder, _>(promise);
    routes.on::<op::CancelOrder, _>(cancel);
    routes.on::<CreateDownPayment, _>(pay_down);
}

fn answer(order: Order) -> Answer<Order> {
    let version = order.version;
    Answer::object(order, version)
}

async fn list_orders(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListOrders>) -> Result<Answer<Page<Order>>, Problem> {
    let chosen = incomplete::chosen(tx, &call.query).await?;
    let rows = list::list_where::<Entity>(ctx, tx, &ORDERS, "order", &call.query, |find| incomplete::refined(find, chosen.as_ref())).await?;
    let data = view::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateOrder>) -> Result<Answer<Order>, Problem> {
    let (order, again) = service::create(ctx, tx, &call.body).await?;
    let answer = answer(order);
    Ok(if again { answer.replayed() } else { answer })
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetOrder>) -> Result<Answer<Order>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    view::views(tx, &[row]).await?.into_iter().next().map(answer).ok_or_else(Problem::not_found)
}

async fn print_order(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PrintOrder>) -> Result<Answer<File>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    print::pdf(tx, &row).await.map(Answer::of)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateOrder>) -> Result<Answer<Order>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ConfirmOrder>) -> Result<Answer<Order>, Problem> {
    service::confirm(ctx, tx, call.path).await.map(answer)
}

async fn hold(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::HoldOrder>) -> Result<Answer<Order>, Problem> {
    service::hold(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn release(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReleaseOrder>) -> Result<Answer<Order>, Problem> {
    service::release(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn recheck(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RecheckOrder>) -> Result<Answer<Order>, Problem> {
    service::recheck(ctx, tx, call.path).await.map(answer)
}

async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AssignOrder>) -> Result<Answer<Order>, Problem> {
    service::assign(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn promise(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PromiseOrder>) -> Result<Answer<Order>, Problem> {
    service::promise(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelOrder>) -> Result<Answer<Order>, Problem> {
    service::cancel(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn pay_down(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<CreateDownPayment>) -> Result<Answer<Invoice>, Problem> {
    let invoice = service::pay_down(ctx, tx, call.path, &call.body).await?;
    let version = invoice.version;
    Ok(Answer::object(invoice, version))
}
