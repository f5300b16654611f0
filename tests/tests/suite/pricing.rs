//! Which price a line gets, and why.

use causeway_contract::Code;
use causeway_openapi::party::{CreateParty, op as party};
use causeway_openapi::pricing::op as pricing;
use causeway_openapi::quote::{CreateQuote, PricedQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::quote_body;
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::world::World;
use causeway_value::PartyId;
use serde_json::{Value, json};

async fn price_list(caller: &Caller, body: Value) -> causeway_value::PriceListId {
    caller.post::<pricing::CreatePriceList>((), &serde_json::from_value(body).unwrap()).await.id
}

async fn priced(caller: &Caller, shop: &Shop, party: PartyId, quantity: &str) -> PricedQuote {
    let body = CreateQuote { party_id: Some(party), ..quote_body(shop, vec![line(shop.chai, quantity)]) };
    caller.post::<quote::PriceQuote>((), &body).await
}

fn unit_price(quote: &PricedQuote) -> String {
    quote.lines.first().unwrap().unit_price.to_string()
}

#[tokio::test]
async fn quantities_audiences_and_overrides_decide_the_price() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!([{ "product_id": shop.chai, "min_quantity": "100", "price": "16.50" }, { "percent_off": "5" }]);
    let gold = price_list(&tenant, json!({ "code": "GOLD", "currency": "EUR", "priority": 10, "valid_from": "2026-01-01", "rules": rules })).await;
    let party = tenant.post::<party::CreateParty>((), &CreateParty { price_list_id: Some(gold), ..party_body("Gold SA") }).await.id;

    assert_eq!(unit_price(&priced(&tenant, &shop, party, "100").await), "16.50");
    assert_eq!(unit_price(&priced(&tenant, &shop, party, "99").await), "17.10");
    // A list without an audience is only for those that name it.
    assert_eq!(unit_price(&priced(&tenant, &shop, shop.party, "100").await), "18.00");

    let told = priced(&tenant, &shop, party, "100").await.explain;
    assert!(told.candidates.iter().any(|candidate| candidate.lost_because.is_none()), "{told:?}");
    assert!(told.candidates.iter().any(|candidate| candidate.lost_because.is_some()), "{told:?}");

    let dear = causeway_openapi::line::LineInput { unit_price: Some(of("19.123456")), ..line(shop.chai, "3") };
    let quote = tenant.post::<quote::PriceQuote>((), &quote_body(&shop, vec![dear])).await;
    assert_eq!((unit_price(&quote).as_str(), quote.untaxed_amount.0.as_str()), ("19.123456", "57.37"));
    // 10 % and 10 % multiply to 19 %.
    let both = CreateQuote { discount_percent: Some(of("10")), ..quote_body(&shop, vec![causeway_tests::deal::forty(&shop)]) };
    assert_eq!(tenant.post::<quote::PriceQuote>((), &both).await.untaxed_amount.0, "583.20");
}

#[tokio::test]
async fn a_list_that_ended_or_has_not_begun_gives_no_price() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (code, from, to) in [("OLD", "2026-01-01", "2026-12-01"), ("NEXT", "2026-12-03", "2027-12-31")] {
        let rules = json!([{ "price": "1.00" }]);
        price_list(&tenant, json!({ "code": code, "currency": "EUR", "valid_from": from, "valid_to": to, "audience": { "tenant": true }, "rules": rules }))
            .await;
    }
    assert_eq!(unit_price(&priced(&tenant, &shop, shop.party, "1").await), "18.00");
    let rules = json!([{ "price": "2.00" }]);
    price_list(
        &tenant,
        json!({ "code": "DAY", "currency": "EUR", "valid_from": "2026-12-02", "valid_to": "2026-12-02", "audience": { "tenant": true }, "rules": rules }),
    )
    .await;
    assert_eq!(unit_price(&priced(&tenant, &shop, shop.party, "1").await), "2.00");
}

#[tokio::test]
async fn two_equally_good_rules_are_a_tie() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (code, price) in [("ONE", "16.00"), ("TWO", "15.00")] {
        let rules = json!([{ "product_id": shop.chai, "price": price }]);
        price_list(&tenant, json!({ "code": code, "currency": "EUR", "priority": 1, "audience": { "tenant": true }, "rules": rules })).await;
    }
    let body = quote_body(&shop, vec![line(shop.chai, "1")]);
    let problem = tenant.refused::<quote::CreateQuote>((), &body).await;
    assert_eq!((problem.status, problem.code), (422, Code::PriceRuleTie), "{problem:?}");
    let told = serde_json::to_string(&problem).unwrap();
    assert!(told.contains("ONE") && told.contains("TWO"), "{told}");
}

/// What was offered stays, whatever happens to the lists.
#[tokio::test]
async fn a_later_change_of_prices_leaves_documents_alone() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let quote = causeway_tests::deal::approved(&tenant, &shop, None, vec![line(shop.chai, "10")]).await;
    let dearer = causeway_openapi::catalog::UpdateProduct { list_price: causeway_contract::Patch::Value(of("99.00")), ..Default::default() };
    tenant.post::<causeway_openapi::catalog::op::UpdateProduct>(shop.chai, &dearer).await;
    let accepted = causeway_tests::deal::accept(&tenant, quote.id).await;
    assert_eq!(accepted.order.untaxed_amount.0, "180.00");
    let explained = tenant.get::<quote::ExplainQuote>(quote.id).await;
    assert!(!explained.steps.is_empty());
}
