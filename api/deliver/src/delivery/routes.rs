//! The operations of a delivery.

use super::{print, service, view};
use causeway_contract::{File, Page, Problem};
use causeway_entity::deliver::deliveries;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::delivery::{DELIVERIES, Delivery, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListDeliveries, _>(list_deliveries);
    routes.on::<op::CreateDelivery, _>(create);
    routes.on::<op::GetDelivery, _>(get);
    routes.on::<op::PrintDelivery, _>(print_delivery);
    routes.on::<op::UpdateDelivery, _>(update);
    routes.on::<op::CancelDelivery, _>(cancel);
    routes.on::<op::ConfirmReceipt, _>(confirm_receipt);
    routes.on::<op::ShipDelivery, _>(ship);
    routes.on::<op::ReverseDelivery, _>(reverse);
    routes.on::<op::ReturnDelivery, _>(give_back);
}

async fn list_deliveries(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListDeliveries>) -> Result<Answer<Page<Delivery>>, Problem> {
    let rows = list::list::<deliveries::Entity>(ctx, tx, &DELIVERIES, "delivery", &call.query).await?;
    let data = view::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::create::create(ctx, tx, &call.body).await?))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetDelivery>) -> Result<Answer<Delivery>, Problem> {
    let row = tx.must::<deliveries::Entity>(call.path).await?;
    let delivery = view::views(tx, std::slice::from_ref(&row)).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(delivery))
}

async fn print_delivery(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PrintDelivery>) -> Result<Answer<File>, Problem> {
    let row = tx.must::<deliveries::Entity>(call.path).await?;
    print::pdf(tx, &row).await.map(Answer::of)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::update::update(ctx, tx, call.path, &call.body).await?))
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::update::cancel(ctx, tx, call.path, &call.body).await?))
}

async fn confirm_receipt(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ConfirmReceipt>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::receipt::confirm(ctx, tx, call.path, &call.body).await?))
}

async fn ship(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ShipDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::ship::ship(ctx, tx, call.path, &call.body).await?))
}

async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReverseDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::reverse::reverse(ctx, tx, call.path, call.body.reason.as_deref()).await?))
}

async fn give_back(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReturnDelivery>) -> Result<Answer<Delivery>, Problem> {
    Ok(versioned(service::returned::give_back(ctx, tx, call.path, &call.body).await?))
}

fn versioned(delivery: Delivery) -> Answer<Delivery> {
    let version = delivery.version;
    Answer::object(delivery, version)
}
