//! A delivery that is planned loses lines when its order does, and what stays closes up (ORD-08, INV-6).

use causeway_openapi::delivery::op as delivery;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_tests::deal::{self, forty};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use serde_json::json;

#[tokio::test]
async fn the_middle_line_of_a_planned_delivery_can_be_taken_out() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop), forty(&shop), forty(&shop)]).await;
    let planned = tenant.raw.post("/v1/deliveries", &json!({ "order_id": order.id })).await.success();
    let emptied = AmendLine { order_line_id: Some(order.lines[1].id), quantity: Some(of("0")), ..AmendLine::default() };
    let body = AmendOrder { reason: "two are enough".to_owned(), lines: vec![emptied], ..AmendOrder::default() };
    tenant.post::<amendment::AmendOrder>(order.id, &body).await;
    let left = tenant.get::<delivery::GetDelivery>(planned["id"].as_str().unwrap().parse().unwrap()).await;
    assert_eq!(left.lines.iter().map(|line| line.order_line_id).collect::<Vec<_>>(), [order.lines[0].id, order.lines[2].id]);
    verified(&tenant).await;
    tenant.post::<delivery::ShipDelivery>(left.id, &Default::default()).await;
    verified(&tenant).await;
}
