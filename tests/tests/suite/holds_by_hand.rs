//! A check of credit takes off what a check placed, and nothing that somebody decided (ORD-06, APR-13); its figures are for who may see credit (SEC-07).

use causeway_contract::{Code, Nothing};
use causeway_openapi::deal_check::{DealCheckName as Name, op as check};
use causeway_openapi::order::{HoldOrder, ReleaseOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_tests::api_key;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty, manual_hold, order_body};
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{HoldKind, OrderStatus};
use serde_json::json;

async fn may_owe(tenant: &Caller, shop: &Shop, limit: &str) {
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&json!({ "credit_limit": limit })).send().await.success();
}

#[tokio::test]
async fn a_check_leaves_what_somebody_decided() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    may_owe(&tenant, &shop, "5000.00").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let body = HoldOrder { kind: Some(HoldKind::Credit), ..manual_hold("insolvency filed, nothing leaves the house") };
    tenant.post::<order::HoldOrder>(order.id, &body).await;
    let refused = tenant.refused::<order::RecheckOrder>(order.id, &Nothing {}).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("placed by hand"), "{refused:?}");
    // Nor does a payment, which checks all orders of the customer.
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    deal::pay(&tenant, &shop, "10.00", &[(invoice.id, "10.00")]).await;
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.hold_kind, Some(HoldKind::Credit));
    let release = ReleaseOrder { reason: "withdrawn".to_owned(), kind: Some(HoldKind::Credit), hold_id: None };
    assert_eq!(tenant.post::<order::ReleaseOrder>(order.id, &release).await.hold_kind, None);
    verified(&tenant).await;
}

/// Its release says that the reason is gone, and nothing about the limit: the check is asked as before, and stands beside it.
#[tokio::test]
async fn a_hold_by_hand_covers_nothing_when_it_is_released() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    may_owe(&tenant, &shop, "5000.00").await;
    let body = HoldOrder { kind: Some(HoldKind::Credit), ..manual_hold("they are said to be late") };
    let release = ReleaseOrder { reason: "they are not".to_owned(), kind: Some(HoldKind::Credit), hold_id: None };
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    tenant.post::<order::HoldOrder>(draft.id, &body).await;
    tenant.post::<order::ReleaseOrder>(draft.id, &release).await;
    may_owe(&tenant, &shop, "500.00").await;
    let held = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Credit)));
    // Who releases what the check placed takes the risk.
    tenant.post::<order::ReleaseOrder>(draft.id, &release).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((order.status, order.hold_kind), (OrderStatus::Confirmed, None));
    // More than that is looked at, whatever somebody holds by hand.
    tenant.post::<order::HoldOrder>(order.id, &body).await;
    let line = AmendLine { order_line_id: Some(order.lines[0].id), quantity: Some(of("50")), ..AmendLine::default() };
    let more = AmendOrder { reason: "more".to_owned(), lines: vec![line], ..AmendOrder::default() };
    let held = tenant.post::<amendment::AmendOrder>(order.id, &more).await;
    assert_eq!(held.holds.iter().map(|hold| hold.kind).collect::<Vec<_>>(), [HoldKind::Credit, HoldKind::Credit]);
    may_owe(&tenant, &shop, "5000.00").await;
    let left = tenant.act::<order::RecheckOrder>(order.id).await;
    assert_eq!(left.holds.iter().map(|hold| hold.reason.as_str()).collect::<Vec<_>>(), ["they are said to be late"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn who_may_not_see_credit_learns_that_it_is_used_up_and_no_figure() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    may_owe(&tenant, &shop, "500.00").await;
    let till = api_key::limited(&tenant, &["orders:read", "orders:confirm", "orders:write", "events:read"]).await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let told = |checks: &causeway_openapi::deal_check::OrderChecks| {
        checks.checks.iter().find(|check| check.name == Name::Credit).and_then(|check| check.detail.clone()).unwrap_or_default()
    };
    assert!(told(&tenant.get::<check::CheckOrder>(draft.id).await).contains("771.12 EUR"));
    let masked = "The customer's credit limit would be exceeded";
    let seen = told(&till.get::<check::CheckOrder>(draft.id).await);
    assert!(seen.contains(masked) && !seen.contains("EUR"), "{seen}");
    let held = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Credit)));
    assert!(held.holds[0].reason.contains("771.12 EUR of a limit of 500.00 EUR"));
    assert_eq!(till.get::<order::GetOrder>(draft.id).await.holds[0].reason, format!("{masked}."));
    let listed = till.raw.get(&format!("/v1/orders?q={}", held.number)).await.text();
    assert!(listed.contains(masked), "{listed}");
    for path in ["/v1/orders", "/v1/events"] {
        let text = till.raw.get(path).await.text();
        assert!(!text.contains("would owe 771"), "{path}: {text}");
    }

    // What refuses says no more than what holds.
    tenant.raw.post("/v1/credit-policies", &json!({ "company_id": shop.company, "action": "block" })).await.success();
    let other = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let whole = tenant.refused::<order::ConfirmOrder>(other.id, &Nothing {}).await;
    assert!(whole.meta.contains_key("limit") && whole.detail.contains("500.00 EUR"), "{whole:?}");
    let refused = till.refused::<order::ConfirmOrder>(other.id, &Nothing {}).await;
    assert_eq!(refused.code, Code::CreditLimitExceeded);
    let text = serde_json::to_string(&refused).unwrap();
    assert!(refused.detail.contains(masked) && !text.contains("500.00") && !refused.meta.contains_key("exposure"), "{refused:?}");
}
