//! Orders that other systems hand over come in exactly once (ORD-04, ORD-19, INT-11).

use crate::parallel::at_once;
use causeway_contract::{Code, ListQuery};
use causeway_openapi::client::Options;
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::line::LineInput;
use causeway_openapi::object::ExternalRef;
use causeway_openapi::order::{CreateOrder, OrderConflict, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_tests::deal::order_body;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, pointers, verified};
use causeway_value::OrderStatus;
use serde_json::{json, to_value};
use std::collections::BTreeMap;

#[tokio::test]
async fn the_same_again_is_the_same_order_and_another_content_says_what_differs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let refs = |id: &str| vec![ExternalRef { system: "shop".to_owned(), id: id.to_owned() }];
    let body =
        CreateOrder { external_refs: refs("4711"), channel: Some("web".to_owned()), ..order_body(&shop, vec![line(shop.chai, "3"), line(shop.setup, "1")]) };
    // Eight at once, without an idempotency key.
    let sent = to_value(&body).unwrap();
    let answers = at_once(8, || tenant.raw.request("POST", "/v1/orders").json(&sent)).await;
    let mut seen: Vec<(u16, Option<String>, String)> = Vec::new();
    for answer in &answers {
        seen.push((answer.status, answer.header("replayed").map(str::to_owned), answer.success()["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen.iter().filter(|(status, replayed, _)| (*status, replayed.as_deref()) == (201, None)).count(), 1, "{seen:?}");
    assert_eq!(seen.iter().filter(|(status, replayed, _)| (*status, replayed.as_deref()) == (200, Some("true"))).count(), 7, "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0].2 == pair[1].2), "{seen:?}");
    let first = tenant.all::<order::ListOrders, _>(&ListQuery::default()).await;
    assert_eq!(first.len(), 1);
    let id = first.first().unwrap().id;

    // It is the same order whatever became of it since.
    tenant.act::<order::ConfirmOrder>(id).await;
    let again = tenant.send::<order::CreateOrder>((), &body, Options::default()).await;
    assert_eq!((again.replayed, again.body.id, again.body.status.to_string().as_str()), (true, id, "confirmed"));

    let mut lines = body.lines.clone();
    lines[0].quantity = of("5");
    let changed = CreateOrder { lines, channel: Some("phone".to_owned()), ..body.clone() };
    let problem = tenant.refused::<order::CreateOrder>((), &changed).await;
    assert_eq!((problem.status, problem.code, problem.meta["order_id"].as_str()), (409, Code::ExternalRefExists, Some(id.to_string().as_str())));
    let differs: Vec<_> = problem.errors.iter().map(|error| (error.pointer.as_deref().unwrap(), error.detail.as_str())).collect();
    assert_eq!(differs, [("/channel", "is web in the order and phone here"), ("/lines/0/quantity", "is 3 in the order and 5 here")]);
    assert!(problem.detail.contains("/amend"), "{}", problem.detail);
    // References of two orders at once name no order.
    let other = CreateOrder { external_refs: refs("4712"), ..body.clone() };
    tenant.post::<order::CreateOrder>((), &other).await;
    let both = CreateOrder { external_refs: [refs("4711"), refs("4712")].concat(), ..body.clone() };
    assert_eq!(tenant.refused::<order::CreateOrder>((), &both).await.code, Code::ExternalRefExists);
}

/// A discount that no line of that price can have is another than the order has.
#[tokio::test]
async fn an_impossible_discount_differs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let external_refs = vec![ExternalRef { system: "shop".to_owned(), id: "4711".to_owned() }];
    let body = |off: Option<&str>| {
        let line = LineInput { discount_amount: off.map(Into::into), ..line(shop.chai, "2") };
        CreateOrder { external_refs: external_refs.clone(), ..order_body(&shop, vec![line]) }
    };
    tenant.post::<order::CreateOrder>((), &body(Some("18.00"))).await;
    let problem = tenant.refused::<order::CreateOrder>((), &body(Some("99.00"))).await;
    assert_eq!((problem.code, pointers(&problem)), (Code::ExternalRefExists, vec!["/lines/0/discount_amount"]));
}

/// With `on_conflict` the order follows: a draft is changed, a confirmed order amended, and the same again is the same again (ORD-04).
#[tokio::test]
async fn another_content_changes_the_order_when_it_is_asked_to() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let external_refs = vec![ExternalRef { system: "shop".to_owned(), id: "4711".to_owned() }];
    let of_lines = |lines| CreateOrder { external_refs: external_refs.clone(), on_conflict: Some(OrderConflict::Update), ..order_body(&shop, lines) };
    let send = async |body: &CreateOrder| tenant.send::<order::CreateOrder>((), body, Options::default()).await;
    let first = send(&of_lines(vec![line(shop.chai, "3")])).await;
    assert!(!first.replayed);
    let changed = of_lines(vec![line(shop.chai, "5"), line(shop.setup, "1")]);
    let changed = CreateOrder { reference: Some("PO 7".to_owned()), ..changed };
    let again = send(&changed).await;
    assert_eq!((again.replayed, again.body.id, again.body.status, again.body.lines.len()), (true, first.body.id, OrderStatus::Draft, 2));
    assert_eq!(again.body.reference.as_deref(), Some("PO 7"));
    let version = again.body.version;
    assert_eq!(send(&changed).await.body.version, version);

    tenant.act::<order::ConfirmOrder>(first.body.id).await;
    let fewer = of_lines(vec![line(shop.chai, "4")]);
    let amended = send(&fewer).await.body;
    let kept: Vec<_> = amended.lines.iter().map(|line| line.ordered_quantity.minus(line.cancelled_quantity).unwrap().to_string()).collect();
    assert_eq!((amended.id, amended.status, amended.amendments, kept), (first.body.id, OrderStatus::Confirmed, 1, vec!["4".to_owned(), "0".to_owned()]));
    assert_eq!(send(&fewer).await.body.amendments, 1);
    // What a confirmed order keeps is refused as ever, and so is what may not be amended.
    let elsewhere = CreateOrder { currency: Some(of("USD")), ..fewer.clone() };
    let refused = tenant.refused::<order::CreateOrder>((), &elsewhere).await;
    assert_eq!((refused.code, refused.errors.len(), refused.errors[0].pointer.as_deref()), (Code::ExternalRefExists, 1, Some("/currency")));
    assert!(!refused.detail.contains("on_conflict"), "it was sent: {refused:?}");
    let key = CreateApiKey { name: "shop".to_owned(), scopes: vec!["orders:write".to_owned(), "orders:read".to_owned()], ..CreateApiKey::default() };
    let writer = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &key).await.secret);
    assert_eq!(writer.refused::<order::CreateOrder>((), &of_lines(vec![line(shop.chai, "2")])).await.code, Code::PermissionDenied);
    verified(&tenant).await;
}

/// A clerk may have amended the order by hand to what comes in later; further references are kept; what a line says of days and dimensions counts (ORD-04).
#[tokio::test]
async fn what_stands_already_is_no_amendment_and_more_references_are_kept() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let unit = json!({ "code": "unit", "name": "Unit", "values": [{ "code": "north", "name": "North", "active": true }, { "code": "south", "name": "South", "active": true }] });
    tenant.raw.post("/v1/dimensions", &unit).await.success();
    let reference = |system: &str| ExternalRef { system: system.to_owned(), id: "4711".to_owned() };
    let of_line =
        |line: LineInput| CreateOrder { external_refs: vec![reference("shop")], on_conflict: Some(OrderConflict::Update), ..order_body(&shop, vec![line]) };
    let looked_at = |unit: &str| BTreeMap::from([("unit".to_owned(), unit.to_owned())]);
    let base = |quantity: &str| LineInput { lead_days: Some(10), dimensions: looked_at("north"), ..line(shop.chai, quantity) };
    let made = tenant.post::<order::CreateOrder>((), &of_line(base("3"))).await;
    tenant.act::<order::ConfirmOrder>(made.id).await;
    // By hand to what comes in next.
    let by_hand = AmendLine { order_line_id: Some(made.lines[0].id), quantity: Some(of("5")), ..AmendLine::default() };
    let by_hand = AmendOrder { reason: "a call".to_owned(), lines: vec![by_hand], ..AmendOrder::default() };
    let amended = tenant.post::<amendment::AmendOrder>(made.id, &by_hand).await;
    let same = tenant.send::<order::CreateOrder>((), &of_line(base("5")), Options::default()).await;
    assert_eq!((same.replayed, same.body.version, same.body.amendments), (true, amended.version, 1));
    // Known by one more name, without an amendment; and together with one.
    let named = CreateOrder { external_refs: vec![reference("shop"), reference("erp")], ..of_line(base("5")) };
    let named = tenant.post::<order::CreateOrder>((), &named).await;
    assert_eq!((named.external_refs.len(), named.amendments, named.version), (2, 1, amended.version + 1));
    let more = CreateOrder { external_refs: vec![reference("shop"), reference("crm")], ..of_line(base("6")) };
    let more = tenant.post::<order::CreateOrder>((), &more).await;
    assert_eq!((more.external_refs.len(), more.amendments), (3, 2));
    // Other days and other dimensions of a line that stands are told, not overlooked.
    let other = LineInput { lead_days: Some(20), dimensions: looked_at("south"), ..base("6") };
    let problem = tenant.refused::<order::CreateOrder>((), &of_line(other)).await;
    assert_eq!((problem.code, pointers(&problem)), (Code::ExternalRefExists, vec!["/lines/0/lead_days", "/lines/0/dimensions"]));
    verified(&tenant).await;
}
