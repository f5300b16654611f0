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

fn unit_of(line: &causeway_openapi::line::LineInput, code: &str) -> causeway_openapi::line::LineInput {
    causeway_openapi::line::LineInput { unit: Some(code.to_owned()), ..line.clone() }
}

/// PRICE-001: 10 % off from 4 on; a dozen and 0.4 dozen reach it, 0.3 dozen is 3.6 and does not (QTE-17).
#[tokio::test]
async fn quantity_breaks_are_compared_in_the_base_unit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (code, category, factor) in [("dozen", "count", "12"), ("gross", "count", "144"), ("kg", "weight", "1")] {
        tenant.raw.post("/v1/units", &json!({ "code": code, "category": category, "factor": factor })).await.success();
    }
    let rules = json!([{ "product_id": shop.chai, "min_quantity": "4", "percent_off": "10" }]);
    price_list(&tenant, json!({ "code": "FOUR", "currency": "EUR", "audience": { "tenant": true }, "rules": rules })).await;
    let price = async |quantity: &str, unit: &str| {
        let body = quote_body(&shop, vec![unit_of(&line(shop.chai, quantity), unit)]);
        let priced = tenant.post::<quote::PriceQuote>((), &body).await;
        let line = priced.lines.first().unwrap();
        (line.unit_price.to_string(), line.net_amount.0.clone(), line.unit.clone().unwrap())
    };
    let row = |price: &str, net: &str, unit: &str| (price.to_owned(), net.to_owned(), unit.to_owned());
    assert_eq!(price("3", "piece").await, row("18.00", "54.00", "piece"));
    assert_eq!(price("4", "piece").await, row("16.20", "64.80", "piece"));
    assert_eq!(price("1", "dozen").await, row("194.40", "194.40", "dozen"));
    assert_eq!(price("0.4", "dozen").await, row("194.40", "77.76", "dozen"));
    assert_eq!(price("0.3", "dozen").await, row("216.00", "64.80", "dozen"));
    for (unit, code) in [("kg", Code::ValidationFailed), ("bushel", Code::NotFound)] {
        let problem = tenant.refused::<quote::PriceQuote>((), &quote_body(&shop, vec![unit_of(&line(shop.chai, "1"), unit)])).await;
        assert_eq!((problem.code, problem.errors[0].pointer.as_deref()), (code, Some("/lines/0/unit")));
    }
    // PRICE-015: a band is a second rule above it that takes the list price again.
    let rules = json!([{ "min_quantity": "5", "percent_off": "17.5" }, { "min_quantity": "8", "percent_off": "0" }]);
    price_list(&tenant, json!({ "code": "BAND", "currency": "EUR", "priority": 9, "audience": { "tenant": true }, "rules": rules })).await;
    assert_eq!(price("5", "piece").await.0, "14.85");
    assert_eq!(price("10", "piece").await.0, "18.00");
}

/// A bundle stands on documents as its components, each with its share of the price; the deal goes on as with any other lines (QTE-16, QTE-23).
#[tokio::test]
async fn a_bundle_is_sold_as_what_it_holds() {
    use causeway_openapi::order::op as order;
    use causeway_tests::deal;
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = |components: Value| {
        json!({ "code": "KIT", "name": "Starter kit", "kind": "bundle", "unit": "piece", "list_price": "200.00", "currency": "EUR", "billing_policy": "on_order",
            "components": components })
    };
    for wrong in [json!([]), json!([{ "product_id": shop.chai, "quantity": "0" }])] {
        assert_eq!(tenant.raw.post("/v1/products", &body(wrong)).await.status, 422);
    }
    let components = json!([{ "product_id": shop.chai, "quantity": "2" }, { "product_id": shop.setup, "quantity": "1" }]);
    let kit = tenant.raw.post("/v1/products", &body(components)).await.success();
    let kit: causeway_value::ProductId = of(kit["id"].as_str().unwrap());
    let priced = tenant.post::<quote::PriceQuote>((), &quote_body(&shop, vec![line(shop.chai, "1"), line(kit, "3")])).await;
    let shown: Vec<_> = priced.lines.iter().map(|line| (line.description.as_str(), line.quantity.to_string(), line.net_amount.0.as_str())).collect();
    // Alone 108.00 and 750.00: of 600.00 that is 75.52 and the rest.
    let row = |text: &'static str, quantity: &str, net: &'static str| (text, quantity.to_owned(), net);
    assert_eq!(shown, [row("CHAI", "1", "18.00"), row("Starter kit: CHAI", "6", "75.52"), row("Starter kit: SETUP", "3", "524.48")]);
    assert!(priced.explain.steps.iter().any(|step| step.rule == "bundle"), "{:?}", priced.explain);
    let given = causeway_openapi::line::LineInput { unit_price: Some(of("100")), ..line(kit, "1") };
    assert_eq!(tenant.post::<quote::PriceQuote>((), &quote_body(&shop, vec![given])).await.untaxed_amount.0, "100.00");

    let quote = deal::approved(&tenant, &shop, None, vec![line(kit, "1")]).await;
    assert_eq!(quote.untaxed_amount.0, "200.00");
    let accepted = deal::accept(&tenant, quote.id).await;
    let confirmed = tenant.act::<order::ConfirmOrder>(accepted.order.id).await;
    deal::ship(&tenant, &confirmed, "1").await;
    let part = deal::invoice_order(&tenant, confirmed.id).await;
    deal::ship(&tenant, &confirmed, "1").await;
    let rest = deal::invoice_order(&tenant, confirmed.id).await;
    assert_eq!((part.untaxed_amount.0.as_str(), rest.untaxed_amount.0.as_str()), ("187.42", "12.58"), "174.83 + 12.59 now, the other half of 25.17 later");
}

/// QTE-07, QTE-16, QTE-23: what is off a bundle is off all of it, to the cent, from the quote to its invoice.
#[tokio::test]
async fn a_bundle_with_a_discount_comes_to_its_price_less_that() {
    use causeway_openapi::line::LineInput;
    use causeway_openapi::order::op as order;
    use causeway_openapi::quote::UpdateQuote;
    use causeway_tests::deal;
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let product = async |code: &str, more: Value| {
        let mut body =
            json!({ "code": code, "name": code, "kind": "service", "unit": "piece", "list_price": "1.00", "currency": "EUR", "billing_policy": "on_order" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tenant.raw.post("/v1/products", &body).await.success()["id"].clone()
    };
    let mut parts = Vec::new();
    for code in ["ONE", "TWO", "THREE"] {
        parts.push(json!({ "product_id": product(code, json!({})).await, "quantity": "1" }));
    }
    let kit = product("TRIO", json!({ "kind": "bundle", "list_price": "100.00", "components": parts })).await;
    let kit: causeway_value::ProductId = of(kit.as_str().unwrap());
    let off = |percent: &str| LineInput { discount_percent: Some(of(percent)), ..line(kit, "1") };
    for (percent, net) in [("0", "100.00"), ("10", "90.00"), ("12.345", "87.66"), ("33.333333", "66.67"), ("99.99", "0.01"), ("100", "0.00")] {
        let priced = tenant.post::<quote::PriceQuote>((), &quote_body(&shop, vec![off(percent)])).await;
        assert_eq!((priced.untaxed_amount.0.as_str(), priced.lines.len()), (net, 3), "{percent}");
    }
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![off("10"), line(shop.setup, "1"), off("10")])).await;
    let nets = |lines: &[causeway_openapi::quote::QuoteLine]| lines.iter().map(|line| line.net_amount.0.clone()).collect::<Vec<_>>();
    assert_eq!(nets(&draft.lines), ["30.00", "30.00", "30.00", "250.00", "30.00", "30.00", "30.00"]);
    // Less for the whole of it keeps the prices, and the bundle its sum: 85.50 and 237.50.
    let change = UpdateQuote { discount_percent: causeway_contract::Patch::Value(of("5")), ..UpdateQuote::default() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(draft.id, &change).await.untaxed_amount.0, "408.50");
    tenant.act::<quote::SubmitQuote>(draft.id).await;
    let accepted = deal::accept(&tenant, draft.id).await;
    let confirmed = tenant.act::<order::ConfirmOrder>(accepted.order.id).await;
    assert_eq!(confirmed.untaxed_amount.0, "408.50");
    let invoice = deal::invoice_order(&tenant, confirmed.id).await;
    assert_eq!(deal::post_invoice(&tenant, invoice.id, None).await.untaxed_amount.0, "408.50");
    // An order without a quote does the same when its discount changes.
    let direct = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![off("10")])).await;
    let path = format!("/v1/orders/{}", direct.id);
    let changed = tenant.raw.request("PATCH", &path).json(&json!({ "discount_percent": "5" })).send().await.success();
    assert_eq!((direct.untaxed_amount.0.as_str(), changed["untaxed_amount"].as_str()), ("90.00", Some("85.50")));
    causeway_tests::verified(&tenant).await;
}

/// Two rules of one list that are for the same goods from the same quantity would be a tie: they are refused where they are written (QTE-04).
#[tokio::test]
async fn a_list_holds_no_two_equal_rules() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (ten, again) = (
        json!({ "product_id": shop.chai, "min_quantity": "10", "price": "16.00" }),
        json!({ "product_id": shop.chai, "min_quantity": "10.0", "percent_off": "5" }),
    );
    let list = |code: &str, rules: Value| json!({ "code": code, "currency": "EUR", "audience": { "tenant": true }, "rules": rules });
    let twins = tenant.raw.post("/v1/price-lists", &list("TWINS", json!([ten, { "price": "1.00" }, again]))).await.problem();
    assert_eq!((twins.status, twins.errors.len(), twins.errors[0].pointer.as_deref()), (422, 1, Some("/rules/2")));
    assert!(twins.errors[0].detail.contains("/rules/0"), "{twins:?}");
    let made = tenant.raw.post("/v1/price-lists", &list("ONE", json!([ten]))).await.success();
    let path = format!("/v1/price-lists/{}", made["id"].as_str().unwrap());
    let seen = tenant.raw.request("PATCH", &path).json(&json!({ "rules": [ten, again] })).send().await.problem();
    assert_eq!(seen.errors[0].pointer.as_deref(), Some("/rules/1"));
    // A file names the line, and the rule that stays.
    let file = |append: bool| json!({ "content": "\u{feff}product_code,min_quantity,price\r\nCHAI,10,15\r\nCHAI,20,14\r\nCHAI,20,13\r\n", "append": append });
    let seen = tenant.raw.post(&format!("{path}/import"), &file(true)).await.problem();
    let told: Vec<&str> = seen.errors.iter().map(|error| error.detail.as_str()).collect();
    assert!(told.len() == 2 && told[0].contains("line 2") && told[0].contains(made["rules"][0]["id"].as_str().unwrap()), "{told:?}");
    assert!(told[1].contains("line 4") && told[1].contains("line 3"), "{told:?}");
    assert_eq!(tenant.raw.post(&format!("{path}/import"), &file(false)).await.problem().errors.len(), 1);
    assert_eq!(tenant.raw.get(&path).await.success()["rules"].as_array().unwrap().len(), 1);
}

/// Next year's list begins as a copy of this year's; its prices come from a file; a preview tells what a customer would pay (QTE-04 to QTE-06, QTE-14).
#[tokio::test]
async fn a_list_is_copied_filled_from_a_file_and_asked() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!([{ "product_id": shop.chai, "price": "17.00" }]);
    let this =
        price_list(&tenant, json!({ "code": "2026", "currency": "EUR", "valid_to": "2026-12-31", "audience": { "tenant": true }, "rules": rules })).await;
    let copy = json!({ "code": "2027", "valid_from": "2027-01-01" });
    let next = tenant.raw.post(&format!("/v1/price-lists/{this}/copy"), &copy).await.success();
    assert_eq!((next["rules"][0]["price"].as_str(), next["valid_to"].as_str()), (Some("17.00"), None));
    assert_eq!(next["active"], json!(true), "it is of other days");
    // One of the same days would tie with the first for everybody: it waits until it is told apart.
    let twin = tenant.raw.post(&format!("/v1/price-lists/{this}/copy"), &json!({ "code": "2026B" })).await.success();
    assert_eq!(twin["active"], json!(false));
    let ahead = tenant.raw.post(&format!("/v1/price-lists/{this}/copy"), &json!({ "code": "2026C", "priority": -5, "valid_to": "2026-01-31" })).await.success();
    assert_eq!(ahead["active"], json!(true));
    let import = format!("/v1/price-lists/{}/import", next["id"].as_str().unwrap());
    let wrong = json!({ "content": "product_code,price,min_quantity\nCHAI,17.50,\nNONE,1,\nCHAI,x,-1\n" });
    let seen = tenant.raw.post(&import, &wrong).await;
    assert_eq!((seen.status, seen.problem().errors.len()), (422, 3), "{}", seen.text());
    let right = json!({ "content": "product_code,price,min_quantity\nCHAI,17.50,\nCHAI,16.00,100\nSETUP,240,\n" });
    assert_eq!(tenant.raw.post(&import, &right).await.success()["rules"].as_array().unwrap().len(), 3);
    // A file without rules takes none away.
    for empty in ["", "product_code,price\n"] {
        let seen = tenant.raw.post(&import, &serde_json::json!({ "content": empty })).await.problem();
        assert_eq!((seen.status, seen.errors[0].pointer.as_deref()), (422, Some("/content")), "{empty:?}");
    }
    let more = json!({ "content": "percent_off\n3\n", "append": true });
    assert_eq!(tenant.raw.post(&import, &more).await.success()["rules"].as_array().unwrap().len(), 4);

    let ask = async |more: &str| {
        let path = format!("/v1/prices?company_id={}&party_id={}&product_id={}{more}", shop.company, shop.party, shop.chai);
        tenant.raw.get(&path).await
    };
    let price = async |more: &str| ask(more).await.success()["unit_price"].as_str().unwrap().to_owned();
    assert_eq!(price("").await, "17.00");
    assert_eq!(price("&date=2027-01-01").await, "17.50");
    assert_eq!(price("&date=2027-01-01&quantity=100").await, "16.00");
    let told = ask("&date=2027-01-01&quantity=100").await.success();
    assert!(told["explain"]["candidates"].as_array().unwrap().len() >= 3, "{told}");
    assert_eq!(ask("&unit=bushel").await.problem().errors[0].parameter.as_deref(), Some("unit"));
}

/// PRICE-008: A is based on B, B on C, and C may not be based on A.
#[tokio::test]
async fn a_price_list_is_never_based_on_itself() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = async |code: &str, rules: Value| {
        let body = json!({ "code": code, "currency": "EUR", "rules": rules });
        tenant.raw.post("/v1/price-lists", &body).await.success()["id"].as_str().unwrap().to_owned()
    };
    let c = made("C", json!([{ "product_id": shop.chai, "price": "16.00" }])).await;
    let b = made("B", json!([{ "percent_off": "25", "base_price_list_id": c }])).await;
    let a = made("A", json!([{ "percent_off": "10", "base_price_list_id": b }])).await;
    let closing = json!({ "rules": [{ "product_id": shop.chai, "price": "16.00" }, { "surcharge": "1.00", "base_price_list_id": a }] });
    for list in [&c, &b] {
        let problem = tenant.raw.request("PATCH", &format!("/v1/price-lists/{list}")).json(&closing).send().await.problem();
        assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/rules/1/base_price_list_id")));
    }
    // A list of one company is no base of what others price by.
    let own = json!({ "code": "OWN", "currency": "EUR", "company_id": shop.company, "rules": [] });
    let own = tenant.raw.post("/v1/price-lists", &own).await.success()["id"].as_str().unwrap().to_owned();
    let foreign = json!({ "code": "ALL", "currency": "EUR", "rules": [{ "percent_off": "5", "base_price_list_id": own }] });
    let problem = tenant.raw.post("/v1/price-lists", &foreign).await.problem();
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/rules/0/base_price_list_id")));
    // The customer has list A: 16.00 less 25 % less 10 %.
    let named = json!({ "price_list_id": a });
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&named).send().await.success();
    assert_eq!(unit_price(&priced(&tenant, &shop, shop.party, "10").await), "10.80");
}
