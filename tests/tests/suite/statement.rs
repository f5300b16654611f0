//! Statements of account: opening balance, what moved, closing balance, by currency (PAY-19, PAY-21).

use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, payment_body};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, rate};
use causeway_tests::world::World;
use serde_json::Value;

async fn sections(caller: &Caller, shop: &Shop, query: &str) -> Vec<Value> {
    let path = format!("/v1/parties/{}/statement?company_id={}{query}", shop.party, shop.company);
    caller.raw.get(&path).await.success()["sections"].as_array().expect("sections").clone()
}

fn moved(section: &Value) -> Vec<(&str, &str, &str)> {
    section["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (line["kind"].as_str().unwrap_or_default(), line["amount"].as_str().unwrap_or_default(), line["balance"].as_str().unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn a_statement_runs_from_opening_to_closing() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.9").await;
    deal::posted(&tenant, &shop, "100.00").await;
    advance(&tenant, "2026-12-10T09:00:00Z").await;
    let invoice = deal::posted(&tenant, &shop, "50.00").await;
    let paid = deal::pay(&tenant, &shop, "30.00", &[(invoice.id, "30.00")]).await;
    advance(&tenant, "2026-12-11T09:00:00Z").await;
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    tenant.raw.post(&format!("/v1/invoices/{}/write-off", invoice.id), &serde_json::json!({ "amount": "5.00", "reason": "small" })).await.success();
    let dollars = CreatePayment { currency: of("USD"), ..payment_body(&shop, "7.00", &[]) };
    tenant.post::<payment::CreatePayment>((), &dollars).await;

    let found = sections(&tenant, &shop, "&from=2026-12-05").await;
    assert_eq!(found.len(), 2);
    let (euros, dollars) = (&found[0], &found[1]);
    assert_eq!(
        (euros["currency"].as_str(), euros["opening_balance"].as_str(), euros["closing_balance"].as_str()),
        (Some("EUR"), Some("100.00"), Some("145.00"))
    );
    let mut expected = vec![("invoice", "50.00"), ("payment", "-30.00"), ("payment_reversal", "30.00"), ("write_off", "-5.00")];
    assert_eq!(moved(euros).iter().map(|line| (line.0, line.1)).collect::<Vec<_>>(), expected);
    assert_eq!(moved(euros).last().map(|line| line.2), Some("145.00"));
    assert_eq!(moved(dollars), [("payment", "-7.00", "-7.00")]);
    // A day in between, and the beginning.
    let found = sections(&tenant, &shop, "&to=2026-12-10").await;
    expected = vec![("invoice", "100.00"), ("invoice", "50.00"), ("payment", "-30.00")];
    assert_eq!(moved(&found[0]).iter().map(|line| (line.0, line.1)).collect::<Vec<_>>(), expected);
    assert_eq!((found[0]["opening_balance"].as_str(), found[0]["closing_balance"].as_str()), (Some("0.00"), Some("120.00")));
    let path = format!("/v1/parties/{}/statement?from=2026-12-11&to=2026-12-10", shop.party);
    assert_eq!(tenant.raw.get(&path).await.status, 422);
}
