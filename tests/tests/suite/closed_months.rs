//! What reports said of a day that is over they say for ever, whatever is billed again, taken back, amended or cancelled later (RPT-03, RPT-04, RPT-10).

use causeway_openapi::line::LineInput;
use causeway_openapi::measure::{AsOfQuery, MovementQuery, op as measure};
use causeway_openapi::order::Order;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{of, setting, verified};
use causeway_value::{Day, ProductId};
use serde_json::{Value, json};

/// Takes what says itself to be of now out of an answer.
fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["bookings_count", "bookings_amount", "held_amount"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// What the reports say of a day.
async fn told(caller: &Caller, shop: &Shop, day: &str) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for (report, days) in [("backlog", "as_of"), ("unbilled", "as_of"), ("backlog-movement", "from=2026-12-01&to"), ("revenue-cycle", "from=2026-12-01&to")] {
        let mut seen = caller.raw.get(&format!("/v1/reports/{report}?company_id={}&{days}={day}", shop.company)).await.success();
        strip(&mut seen);
        all.push((report, seen));
    }
    all
}

fn ten(product: ProductId) -> LineInput {
    LineInput { unit_price: Some(of("10")), ..line(product, "10") }
}

async fn posted(caller: &Caller, order: &Order) -> String {
    let draft = deal::invoice_order(caller, order.id).await;
    deal::post_invoice(caller, draft.id, None).await.id.to_string()
}

async fn post(caller: &Caller, path: &str, body: Value) -> Value {
    caller.raw.post(path, &body).await.success()
}

/// Posts the draft credit notes that something proposed.
async fn post_notes(caller: &Caller) {
    let drafts = caller.raw.get("/v1/invoices?status=draft&kind=credit_note").await.success();
    for draft in drafts["data"].as_array().into_iter().flatten() {
        post(caller, &format!("/v1/invoices/{}/post", draft["id"].as_str().unwrap()), json!({})).await;
    }
}

#[tokio::test]
async fn a_month_that_is_over_stays_as_it_was() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = async |product| deal::confirmed(&tenant, &shop, vec![ten(product)]).await;
    // Shipped and not invoiced, or ready since the order: to be taken back, amended and cancelled.
    let (shipped, service, dropped) = (order(shop.chai).await, order(shop.setup).await, order(shop.setup).await);
    let unbilled = deal::ship(&tenant, &shipped, "10").await;
    // Invoiced: to be billed again, taken back and amended.
    let (again, mistaken, right, less) = (order(shop.chai).await, order(shop.chai).await, order(shop.setup).await, order(shop.setup).await);
    deal::ship(&tenant, &again, "10").await;
    let returned = deal::ship(&tenant, &mistaken, "10").await;
    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let invoices = [posted(&tenant, &again).await, posted(&tenant, &right).await];
    posted(&tenant, &mistaken).await;
    posted(&tenant, &less).await;
    deal::advance(&tenant, "2027-01-05T09:00:00Z").await;
    let days = ["2026-12-01", "2026-12-02", "2026-12-09", "2026-12-10", "2026-12-31", "2027-01-04"];
    let mut before = Vec::new();
    for day in days {
        before.push(told(&tenant, &shop, day).await);
    }
    let totals = async |day: &str| {
        let query = AsOfQuery { company_id: shop.company, as_of: Some(of(day)), offset: None };
        let [backlog, unbilled] = [tenant.ask::<measure::GetBacklog>(&query).await.total, tenant.ask::<measure::GetUnbilled>(&query).await.total];
        (backlog.0, unbilled.0)
    };
    let pair = |backlog: &str, unbilled: &str| (backlog.to_owned(), unbilled.to_owned());
    assert_eq!((totals("2026-12-09").await, totals("2026-12-31").await), (pair("0.00", "700.00"), pair("0.00", "300.00")));

    let rebill = json!({ "reason": "wrong address", "rebill": true });
    let amend = |order: &Order, quantity: &str| json!({ "reason": "less", "lines": [{ "order_line_id": order.lines[0].id, "quantity": quantity }] });
    let steps = [
        ("billed again", format!("/v1/invoices/{}/reverse", invoices[0]), rebill.clone(), ("0.00", "400.00")),
        ("billed again, a service", format!("/v1/invoices/{}/reverse", invoices[1]), rebill, ("0.00", "500.00")),
        ("taken back after its invoice", format!("/v1/deliveries/{}/reverse", returned.id), json!({ "reason": "never left" }), ("100.00", "500.00")),
        ("taken back", format!("/v1/deliveries/{}/reverse", unbilled.id), json!({ "reason": "never left" }), ("200.00", "400.00")),
        ("amended", format!("/v1/orders/{}/amend", service.id), amend(&service, "4"), ("200.00", "340.00")),
        ("cancelled", format!("/v1/orders/{}/cancel", dropped.id), json!({ "reason": "changed their mind" }), ("200.00", "240.00")),
        ("amended below its invoice", format!("/v1/orders/{}/amend", less.id), amend(&less, "3"), ("200.00", "240.00")),
    ];
    for (what, path, body, (backlog, unbilled)) in steps {
        post(&tenant, &path, body).await;
        post_notes(&tenant).await;
        for (day, before) in days.iter().zip(&before) {
            assert_eq!(&told(&tenant, &shop, day).await, before, "{what}: {day}");
        }
        assert_eq!(totals("2027-01-05").await, pair(backlog, unbilled), "{what}");
    }
    // What moved since, in words: the last one took nothing off the backlog.
    let query = MovementQuery { company_id: shop.company, from: Some(of("2027-01-05")), to: Some(of("2027-01-05")), offset: None };
    let total = tenant.ask::<measure::GetBacklogMovement>(&query).await.totals.remove(0);
    let amounts = [
        total.opening_amount,
        total.booked_amount,
        total.amended_amount,
        total.cancelled_amount,
        total.billed_amount,
        total.to_credit_amount,
        total.closing_amount,
    ];
    assert_eq!(amounts.map(|text| text.0), ["0.00", "0.00", "-130.00", "100.00", "-360.00", "70.00", "200.00"]);
    verified(&tenant).await;
}

/// What was billed again waits since its credit note: a draft that takes both it and the rest, and is dropped, puts them not together.
#[tokio::test]
async fn what_is_billed_again_keeps_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![ten(shop.chai)]).await;
    deal::ship(&tenant, &order, "10").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let fewer = json!({ "lines": [{ "id": draft.lines[0].id, "quantity": "4" }] });
    tenant.raw.patch(&format!("/v1/invoices/{}", draft.id), &fewer).await.success();
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    deal::advance(&tenant, "2026-12-20T09:00:00Z").await;
    let before = told(&tenant, &shop, "2026-12-10").await;
    post(&tenant, &format!("/v1/invoices/{}/reverse", invoice.id), json!({ "reason": "wrong address", "rebill": true })).await;
    let both = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((both.lines.len(), both.untaxed_amount.0.as_str()), (2, "100.00"));
    post(&tenant, &format!("/v1/invoices/{}/cancel", both.id), json!({})).await;
    assert_eq!(told(&tenant, &shop, "2026-12-10").await, before);
    let mut ready: Vec<(String, String)> =
        deal::billables(&tenant, order.id).await.iter().map(|row| (row.billable_date.to_string(), row.quantity.to_string())).collect();
    ready.sort();
    assert_eq!(ready, [("2026-12-02".to_owned(), "6".to_owned()), ("2026-12-20".to_owned(), "4".to_owned())]);
    verified(&tenant).await;
}

/// RPT-03: 5 of 500.00 are invoiced and 2 of them dropped, beside a cancellation: each stands in its own column.
#[tokio::test]
async fn what_is_to_be_credited_was_not_cancelled() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let five = LineInput { unit_price: Some(of("100")), ..line(shop.setup, "5") };
    let seven = LineInput { unit_price: Some(of("33.33")), ..line(shop.chai, "7") };
    let (cut, gone) = (deal::confirmed(&tenant, &shop, vec![five]).await, deal::confirmed(&tenant, &shop, vec![seven]).await);
    posted(&tenant, &cut).await;
    let less = json!({ "reason": "less", "lines": [{ "order_line_id": cut.lines[0].id, "quantity": "3" }] });
    post(&tenant, &format!("/v1/orders/{}/amend", cut.id), less).await;
    post(&tenant, &format!("/v1/orders/{}/cancel", gone.id), json!({ "reason": "changed their mind" })).await;
    let query = MovementQuery { company_id: shop.company, ..MovementQuery::default() };
    let row = tenant.ask::<measure::GetBacklogMovement>(&query).await.rows.remove(0);
    let amounts = [row.booked_amount, row.amended_amount, row.cancelled_amount, row.billed_amount, row.to_credit_amount, row.closing_amount].map(|text| text.0);
    assert_eq!(amounts, ["733.31", "-200.00", "233.31", "500.00", "200.00", "0.00"]);
}

/// RPT-03: a line of which everything that stands may be billed is no line of the backlog, today and when it is asked of later.
#[tokio::test]
async fn lines_without_a_rest_do_not_count() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![ten(shop.chai), LineInput { unit_price: Some(of("33.33")), ..line(shop.chai, "1") }]).await;
    deal::ship(&tenant, &order, "4").await;
    let less = json!({ "reason": "less", "lines": [{ "order_line_id": order.lines[0].id, "quantity": "8" }] });
    post(&tenant, &format!("/v1/orders/{}/amend", order.id), less).await;
    deal::ship(&tenant, &order, "4").await;
    let asked = async |day: Option<Day>| {
        let query = AsOfQuery { company_id: shop.company, as_of: day, offset: None };
        let row = tenant.ask::<measure::GetBacklog>(&query).await.rows.remove(0);
        (row.lines, row.amount.0)
    };
    assert_eq!(asked(None).await, (1, "33.33".to_owned()));
    deal::advance(&tenant, "2026-12-05T09:00:00Z").await;
    let more = json!({ "reason": "more", "lines": [{ "order_line_id": order.lines[0].id, "quantity": "9" }] });
    post(&tenant, &format!("/v1/orders/{}/amend", order.id), more).await;
    assert_eq!(asked(None).await, (2, "43.33".to_owned()));
    assert_eq!(asked(Some(of("2026-12-04"))).await, (1, "33.33".to_owned()));
}

/// Something that a company does, at random; what is refused is none of this test.
async fn step(tenant: &Caller, shop: &Shop, number: usize, orders: &mut Vec<Order>, pick: &mut impl FnMut(usize) -> usize) {
    if orders.is_empty() || pick(4) == 0 {
        let product = if pick(2) == 0 { shop.chai } else { shop.setup };
        let quantity = (pick(9) + 2).to_string();
        let lines = vec![LineInput { unit_price: Some(of("33.33")), ..line(product, &quantity) }];
        orders.push(deal::confirmed(tenant, shop, lines).await);
        return;
    }
    let order = &orders[pick(orders.len())];
    let quantity = (pick(5) + 1).to_string();
    let some = json!([{ "order_line_id": order.lines[0].id, "quantity": quantity }]);
    let of_order = async |path: &str| {
        let found = tenant.raw.get(&format!("/v1/{path}&limit=50")).await.success();
        found["data"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let (path, body) = match pick(9) {
        0 | 1 => {
            let made = tenant.raw.post("/v1/deliveries", &json!({ "order_id": order.id, "lines": some })).await;
            if !made.ok() {
                return;
            }
            (format!("/v1/deliveries/{}/ship", made.json()["id"].as_str().unwrap()), json!({}))
        }
        2 | 3 => {
            let made = tenant.raw.post("/v1/invoices", &json!({ "order_id": order.id })).await;
            if !made.ok() {
                return;
            }
            // Now and then a part of it, and now and then nothing in the end.
            let made = made.json();
            let id = made["id"].as_str().unwrap();
            if pick(3) == 0 {
                let part = json!({ "lines": [{ "id": made["lines"][0]["id"], "quantity": "1" }] });
                tenant.raw.patch(&format!("/v1/invoices/{id}"), &part).await;
            }
            (format!("/v1/invoices/{id}/{}", if pick(4) == 0 { "cancel" } else { "post" }), json!({}))
        }
        4 => match of_order(&format!("invoices?order_id={}&status=posted&kind=invoice", order.id)).await.first() {
            Some(id) => (format!("/v1/invoices/{id}/reverse"), json!({ "reason": "wrong", "rebill": pick(4) != 0 })),
            None => return,
        },
        5 => match of_order(&format!("deliveries?order_id={}&status=done", order.id)).await.first() {
            Some(id) => (format!("/v1/deliveries/{id}/reverse"), json!({ "reason": "never left" })),
            None => return,
        },
        6 | 7 => (format!("/v1/orders/{}/amend", order.id), json!({ "reason": format!("step {number}"), "lines": some })),
        _ => (format!("/v1/orders/{}/cancel", order.id), json!({ "reason": format!("step {number}") })),
    };
    tenant.raw.post(&path, &body).await;
    if pick(2) == 0 {
        post_notes(tenant).await;
    }
}

#[tokio::test]
async fn nothing_that_happens_later_changes_a_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut state = setting("CAUSEWAY_SEED", 7);
    let mut pick = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % u64::try_from(below).unwrap()).unwrap()
    };
    let (mut orders, mut known, mut day) = (Vec::new(), Vec::new(), of::<Day>("2026-12-02"));
    for number in 0..16 {
        for part in 0..4 {
            step(&tenant, &shop, number * 4 + part, &mut orders, &mut pick).await;
        }
        let next = day.plus_days(i64::try_from(pick(9) + 1).unwrap());
        deal::advance(&tenant, &format!("{next}T09:00:00Z")).await;
        // The day of the steps is over only now: what it says from here on stays.
        known.push((day.to_string(), told(&tenant, &shop, &day.to_string()).await));
        day = next;
    }
    for (day, before) in &known {
        assert_eq!(&told(&tenant, &shop, day).await, before, "{day}");
    }
    verified(&tenant).await;
}
