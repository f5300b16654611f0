//! Bookings, billings, backlog, unbilled work, collections and cycle times of deals that went different ways.

use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::line::LineInput;
use causeway_openapi::margin::{MarginBy, MarginQuery, op as margin};
use causeway_openapi::measure::{AsOfQuery, PeriodQuery, op as measure};
use causeway_openapi::order::{CancelOrder, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;

fn period(shop: &Shop) -> PeriodQuery {
    PeriodQuery { company_id: shop.company, from: None, to: None }
}

fn today(shop: &Shop) -> AsOfQuery {
    AsOfQuery { company_id: shop.company, as_of: None }
}

/// The totals of bookings, billings without and with tax, collections, backlog and unbilled work.
async fn totals(caller: &Caller, shop: &Shop) -> [String; 6] {
    let bookings = caller.ask::<measure::GetBookings>(&period(shop)).await;
    let billings = caller.ask::<measure::GetBillings>(&period(shop)).await;
    let collections = caller.ask::<measure::GetCollections>(&period(shop)).await;
    assert_eq!((bookings.rows.len(), billings.rows.len(), collections.rows.len()), (12, 12, 12));
    assert_eq!(bookings.rows.last().map(|row| row.amount.clone()), Some(bookings.total.amount.clone()));
    let backlog = caller.ask::<measure::GetBacklog>(&today(shop)).await;
    let unbilled = caller.ask::<measure::GetUnbilled>(&today(shop)).await;
    [bookings.total.amount, billings.total.untaxed_amount, billings.total.total_amount, collections.total.amount, backlog.total, unbilled.total]
        .map(|text| text.0)
}

/// RPT-01…04: what is ordered moves from backlog to unbilled to billed to collected, and nothing is counted twice.
#[tokio::test]
async fn money_moves_from_order_to_cash() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    assert_eq!(totals(&tenant, &shop).await, ["0.00"; 6]);
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!(totals(&tenant, &shop).await, ["648.00", "0.00", "0.00", "0.00", "648.00", "0.00"]);
    deal::ship(&tenant, &confirmed, "10").await;
    assert_eq!(totals(&tenant, &shop).await, ["648.00", "0.00", "0.00", "0.00", "486.00", "162.00"]);
    let unbilled = tenant.ask::<measure::GetUnbilled>(&today(&shop)).await;
    assert_eq!(unbilled.rows.iter().map(|row| (row.order_id, row.held_amount.0.as_str())).collect::<Vec<_>>(), [(Some(confirmed.id), "0.00")]);
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    assert_eq!(totals(&tenant, &shop).await[5], "162.00", "a draft bills nothing");
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(totals(&tenant, &shop).await, ["648.00", "162.00", "192.78", "0.00", "486.00", "0.00"]);
    deal::pay(&tenant, &shop, "192.78", &[(invoice.id, "192.78")]).await;
    assert_eq!(totals(&tenant, &shop).await, ["648.00", "162.00", "192.78", "192.78", "486.00", "0.00"]);
    let backlog = tenant.ask::<measure::GetBacklog>(&today(&shop)).await;
    assert_eq!(backlog.rows.iter().map(|row| (row.party_id, row.lines, row.amount.0.as_str())).collect::<Vec<_>>(), [(shop.party, 1, "486.00")]);
    // Of the day before, nothing of this was there.
    let before = AsOfQuery { as_of: Some(backlog.as_of.plus_days(-1)), ..today(&shop) };
    assert_eq!(tenant.ask::<measure::GetBacklog>(&before).await.total.0, "0.00");
    let times = tenant.ask::<measure::GetCycleTimes>(&period(&shop)).await;
    let counts: Vec<(&str, i64)> = times.rows.iter().map(|row| (row.measure.as_str(), row.count)).collect();
    assert_eq!(counts, [("quote_turnaround", 0), ("quote_to_order", 0), ("order_cycle", 0), ("billing_cycle", 1), ("days_to_cash", 1)]);
}

/// A cancelled order stays a booking and is no backlog.
#[tokio::test]
async fn what_is_cancelled_is_no_backlog() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    tenant.post::<order::CancelOrder>(confirmed.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    assert_eq!(totals(&tenant, &shop).await, ["648.00", "0.00", "0.00", "0.00", "0.00", "0.00"]);
}

/// ORD-17, ACC-15: margins agree with those of the orders, whatever they are grouped by, and are told to who may see costs only.
#[tokio::test]
async fn margins_are_those_of_the_orders() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let freight =
        LineInput { product_id: None, description: Some("Freight".to_owned()), unit_price: Some(of("50")), tax_ids: Some(Vec::new()), ..line(shop.chai, "1") };
    let first = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let second = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10"), freight]).await;
    let gone = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    tenant.post::<order::CancelOrder>(gone.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    let ask = |by| MarginQuery { company_id: shop.company, by: Some(by), ..MarginQuery::default() };
    let orders = tenant.ask::<margin::GetMargin>(&ask(MarginBy::Order)).await;
    assert_eq!(
        orders.rows.iter().map(|row| (row.order_id, row.name.as_deref())).collect::<Vec<_>>(),
        [(Some(first.id), Some(first.number.as_str())), (Some(second.id), Some(second.number.as_str()))]
    );
    assert_eq!((&orders.rows[0].sum.margin_amount, orders.rows[0].sum.margin_percent), (&first.margin_amount, first.margin_percent));
    // The freight has no cost: the order tells no margin, the report that of what is known.
    assert_eq!(second.margin_amount, None);
    let sum = &orders.rows[1].sum;
    assert_eq!(
        [&sum.amount, &sum.unknown_amount, sum.cost_amount.as_ref().unwrap(), sum.margin_amount.as_ref().unwrap()].map(|text| text.0.as_str()),
        ["230.00", "50.00", "112.00", "68.00"]
    );
    for by in [MarginBy::Customer, MarginBy::Product, MarginBy::Rep] {
        let report = tenant.ask::<margin::GetMargin>(&ask(by)).await;
        assert_eq!((report.total, report.count), (orders.total.clone(), if by == MarginBy::Product { 2 } else { 1 }), "{by:?}");
    }
    let clerk = CreateApiKey { name: "clerk".to_owned(), scopes: vec!["reports:read".to_owned()], ..CreateApiKey::default() };
    let clerk = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &clerk).await.secret);
    let masked = clerk.ask::<margin::GetMargin>(&ask(MarginBy::Customer)).await.total;
    assert_eq!((masked.amount.0.as_str(), masked.cost_amount, masked.margin_amount, masked.margin_percent), ("878.00", None, None, None));
}

/// RPT-13: each report says what it counts.
#[tokio::test]
async fn reports_have_definitions() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let seen = tenant.raw.request("GET", "/v1/reports/backlog/definition").send().await;
    assert_eq!((seen.status, seen.json()["name"].as_str()), (200, Some("backlog")), "{}", seen.text());
    assert_eq!(tenant.raw.request("GET", "/v1/reports/nonsense/definition").send().await.status, 404);
}
