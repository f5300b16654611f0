//! The operations of an amendment.

use super::view;
use crate::order::service;
use causeway_contract::{Page, Problem};
use causeway_entity::sell::order_amendments::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::order::Order;
use causeway_openapi::order_amendment::{ORDER_AMENDMENTS, OrderAmendment, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::AmendOrder, _>(amend);
    routes.on::<op::ListOrderAmendments, _>(list_amendments);
    routes.on::<op::GetOrderAmendment, _>(get);
}

async fn amend(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AmendOrder>) -> Result<Answer<Order>, Problem> {
    let order = service::amend(ctx, tx, call.path, &call.body).await?;
    let version = order.version;
    Ok(Answer::object(order, version))
}

async fn list_amendments(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListOrderAmendments>) -> Result<Answer<Page<OrderAmendment>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &ORDER_AMENDMENTS, "order_amendment", &call.query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetOrderAmendment>) -> Result<Answer<OrderAmendment>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(Answer::object(view(&row), row.version))
}
