//! Bookings, billings, backlog, unbilled work, collections and cycle times of deals that went different ways.

use causeway_openapi::compliance::{ComplianceQuery, op as compliance};
use causeway_openapi::crm::{CreateOpportunity, WinOpportunity, op as crm};
use causeway_openapi::delivery::{ReverseDelivery, op as delivery};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::invoice::{CreditInvoice, op as invoice};
use causeway_openapi::invoice_accuracy::op as accuracies;
use causeway_openapi::line::LineInput;
use causeway_openapi::margin::{MarginBy, MarginQuery, op as margin};
use causeway_openapi::measure::{AsOfQuery, CollectionsQuery, MovementQuery, PeriodQuery, SalesBy, SalesQuery, op as measure};
use causeway_openapi::order::{CancelOrder, op as order};
use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_openapi::quote::op as quote;
use causeway_openapi::quote_conversion::{QuoteConversionBy, QuoteConversionQuery, op as conversions};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;

fn period(shop: &Shop) -> PeriodQuery {
    PeriodQuery { company_id: shop.company, from: None, to: None }
}

fn today(shop: &Shop) -> AsOfQuery {
    AsOfQuery { company_id: shop.company, as_of: None, offset: None }
}

/// The totals of bookings, billings without and with tax, collections, backlog and unbilled work.
async fn totals(caller: &Caller, shop: &Shop) -> [String; 6] {
    let sales = SalesQuery { company_id: shop.company, ..SalesQuery::default() };
    let bookings = caller.ask::<measure::GetBookings>(&sales).await;
    let billings = caller.ask::<measure::GetBillings>(&sales).await;
    let collections = caller.ask::<measure::GetCollections>(&CollectionsQuery { company_id: shop.company, ..CollectionsQuery::default() }).await;
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
    assert_eq!((backlog.count, backlog.next_offset), (1, None));
    let after = AsOfQuery { offset: Some(1), ..today(&shop) };
    let rest = tenant.ask::<measure::GetBacklog>(&after).await;
    assert_eq!((rest.rows.len(), rest.count, rest.total), (0, 1, backlog.total.clone()), "totals are of all rows");
    assert_eq!(backlog.rows.iter().map(|row| (row.party_id, row.lines, row.amount.0.as_str())).collect::<Vec<_>>(), [(shop.party, 1, "486.00")]);
    // Of the day before, nothing of this was there.
    let before = AsOfQuery { as_of: Some(backlog.as_of.plus_days(-1)), ..today(&shop) };
    assert_eq!(tenant.ask::<measure::GetBacklog>(&before).await.total.0, "0.00");
    let times = tenant.ask::<measure::GetCycleTimes>(&period(&shop)).await;
    let counts: Vec<(&str, i64)> = times.rows.iter().map(|row| (row.measure.as_str(), row.count)).collect();
    assert_eq!(counts, [("deal_cycle", 0), ("quote_turnaround", 0), ("quote_to_order", 0), ("order_cycle", 0), ("billing_cycle", 1), ("days_to_cash", 1)]);
}

/// A cancelled order is no backlog and no booking, whether as a whole or what is left of it; what was booked then is told by the movement.
#[tokio::test]
async fn what_is_cancelled_is_no_backlog() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    tenant.post::<order::CancelOrder>(confirmed.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    assert_eq!(totals(&tenant, &shop).await, ["0.00"; 6]);
    let partly = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &partly, "10").await;
    tenant.post::<order::CancelOrder>(partly.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    assert_eq!(totals(&tenant, &shop).await, ["162.00", "0.00", "0.00", "0.00", "0.00", "162.00"]);
    for by in [SalesBy::Customer, SalesBy::Product, SalesBy::Rep] {
        let query = SalesQuery { company_id: shop.company, by: Some(by), ..SalesQuery::default() };
        let told = tenant.ask::<measure::GetBookings>(&query).await;
        assert_eq!(told.rows.iter().map(|row| (row.count, row.amount.0.as_str())).collect::<Vec<_>>(), [(1, "162.00")], "{by:?}");
    }
    let query = MovementQuery { company_id: shop.company, ..MovementQuery::default() };
    let moved = tenant.ask::<measure::GetBacklogMovement>(&query).await.totals.remove(0);
    assert_eq!([&moved.booked_amount, &moved.cancelled_amount, &moved.to_credit_amount].map(|text| text.0.as_str()), ["1296.00", "1134.00", "0.00"]);
}

/// RPT-03: the backlog of a day that is over stays, whatever is amended or cancelled after it.
#[tokio::test]
async fn the_backlog_of_a_day_does_not_change_later() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let cut = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let gone = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &gone, "10").await;
    let before = tenant.ask::<measure::GetBacklog>(&today(&shop)).await;
    assert_eq!((before.total.0.as_str(), before.rows[0].lines), ("1134.00", 2));
    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let less = serde_json::json!({ "reason": "less", "lines": [{ "order_line_id": cut.lines[0].id, "quantity": "30" }] });
    tenant.raw.post(&format!("/v1/orders/{}/amend", cut.id), &less).await.success();
    tenant.post::<order::CancelOrder>(gone.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    let never = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    tenant.post::<order::CancelOrder>(never.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    let then = tenant.ask::<measure::GetBacklog>(&AsOfQuery { as_of: Some(before.as_of), ..today(&shop) }).await;
    assert_eq!((then.total, then.rows), (before.total, before.rows));
    assert_eq!(tenant.ask::<measure::GetBacklog>(&today(&shop)).await.total.0, "486.00");
    let cancelled = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let day = tenant.ask::<measure::GetBacklog>(&today(&shop)).await;
    assert_eq!(day.total.0, "1134.00");
    deal::advance(&tenant, "2026-12-12T09:00:00Z").await;
    tenant.post::<order::CancelOrder>(cancelled.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    let then = tenant.ask::<measure::GetBacklog>(&AsOfQuery { as_of: Some(day.as_of), ..today(&shop) }).await;
    assert_eq!((then.total, then.rows), (day.total, day.rows));
    // Opening, booked, amended, cancelled, billed, closing.
    let cases = [
        ("2026-12-02", "2026-12-02", ["0.00", "1296.00", "0.00", "0.00", "162.00", "1134.00"]),
        ("2026-12-03", "2026-12-10", ["1134.00", "1296.00", "-162.00", "1134.00", "0.00", "1134.00"]),
        ("2026-12-11", "2026-12-12", ["1134.00", "0.00", "0.00", "648.00", "0.00", "486.00"]),
        ("2026-12-01", "2026-12-12", ["0.00", "2592.00", "-162.00", "1782.00", "162.00", "486.00"]),
    ];
    for (from, to, expected) in cases {
        let query = MovementQuery { company_id: shop.company, from: Some(of(from)), to: Some(of(to)), offset: None };
        let moved = tenant.ask::<measure::GetBacklogMovement>(&query).await;
        let row = &moved.rows[0];
        assert_eq!((moved.count, row.party_id, row.currency), (1, shop.party, of("EUR")));
        let total = &moved.totals[0];
        let of_row = [&row.opening_amount, &row.booked_amount, &row.amended_amount, &row.cancelled_amount, &row.billed_amount, &row.closing_amount]
            .map(|text| text.0.as_str());
        let of_all = [&total.opening_amount, &total.booked_amount, &total.amended_amount, &total.cancelled_amount, &total.billed_amount, &total.closing_amount]
            .map(|text| text.0.as_str());
        assert_eq!((of_row, of_all), (expected, expected), "{from} to {to}");
    }
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

/// RPT-02: what comes to nothing was billed like everything else, whatever the rows are.
#[tokio::test]
async fn documents_of_nothing_count() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::posted(&tenant, &shop, "0.00").await;
    deal::posted(&tenant, &shop, "10.00").await;
    for by in [SalesBy::Month, SalesBy::Customer, SalesBy::Product, SalesBy::Rep] {
        let query = SalesQuery { company_id: shop.company, by: Some(by), ..SalesQuery::default() };
        let told = tenant.ask::<measure::GetBillings>(&query).await;
        let row = told.rows.last().unwrap();
        assert_eq!((told.total.count, row.count), (2, 2), "{by:?}");
        assert_eq!(row.total_amount, told.total.total_amount, "{by:?}");
    }
}

/// BIL-17: an invoice is measured from what it bills, not from the first shipment of its deal, and a credit note is no bill.
#[tokio::test]
async fn each_invoice_is_measured_from_its_own_shipment() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let mut last = None;
    for (shipped, billed) in [("2026-12-05T09:00:00Z", "2026-12-06T09:00:00Z"), ("2026-12-22T09:00:00Z", "2026-12-23T09:00:00Z")] {
        deal::advance(&tenant, shipped).await;
        deal::ship(&tenant, &confirmed, "10").await;
        deal::advance(&tenant, billed).await;
        let draft = deal::invoice_order(&tenant, confirmed.id).await;
        last = Some(deal::post_invoice(&tenant, draft.id, None).await.id);
    }
    let note = tenant.post::<invoice::CreditInvoice>(last.unwrap(), &CreditInvoice::default()).await;
    deal::advance(&tenant, "2026-12-30T09:00:00Z").await;
    deal::post_invoice(&tenant, note.id, None).await;
    let times = tenant.ask::<measure::GetCycleTimes>(&period(&shop)).await;
    let billing = times.rows.iter().find(|row| row.measure == "billing_cycle").unwrap();
    assert_eq!((billing.count, billing.average_seconds, billing.longest_seconds), (2, Some(86_400), Some(86_400)));
}

/// What was undone does not count, and what was done again counts from the last time.
#[tokio::test]
async fn cycle_times_are_of_what_stands() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let told = async |measure: &str| {
        let times = tenant.ask::<measure::GetCycleTimes>(&period(&shop)).await;
        let row = times.rows.into_iter().find(|row| row.measure == measure).unwrap();
        (row.count, row.average_seconds)
    };
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let shipped = deal::ship(&tenant, &confirmed, "40").await;
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    deal::advance(&tenant, "2026-12-05T09:00:00Z").await;
    let bounced = deal::pay(&tenant, &shop, "100.00", &[(owed.id, "100.00")]).await;
    assert_eq!((told("order_cycle").await.0, told("days_to_cash").await), (1, (1, Some(3 * 86_400))));
    tenant.post::<payment::ReversePayment>(bounced.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    tenant.post::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await;
    assert_eq!((told("order_cycle").await, told("days_to_cash").await), ((0, None), (0, None)));
    deal::advance(&tenant, "2026-12-12T09:00:00Z").await;
    // The bank had it two days before it was entered.
    let paid = CreatePayment { payment_date: Some(of("2026-12-10")), ..deal::payment_body(&shop, "100.00", &[(owed.id, "100.00")]) };
    tenant.post::<payment::CreatePayment>((), &paid).await;
    deal::ship(&tenant, &confirmed, "40").await;
    assert_eq!((told("order_cycle").await, told("days_to_cash").await), ((1, Some(10 * 86_400)), (1, Some(8 * 86_400))));
}

/// A deal that was won in the instant in which it was created took no time.
#[tokio::test]
async fn a_deal_won_at_once_counts() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let opportunity = CreateOpportunity { company_id: shop.company, title: "At once".to_owned(), party_id: Some(shop.party), ..CreateOpportunity::default() };
    let opportunity = tenant.post::<crm::CreateOpportunity>((), &opportunity).await;
    tenant.post::<crm::WinOpportunity>(opportunity.id, &WinOpportunity::default()).await;
    let times = tenant.ask::<measure::GetCycleTimes>(&period(&shop)).await;
    let row = times.rows.iter().find(|row| row.measure == "deal_cycle").unwrap();
    assert!(row.count == 1 && row.longest_seconds < Some(60), "{row:?}");
}

/// BIL-18: what was credited was not right the first time.
#[tokio::test]
async fn invoices_are_accurate_unless_they_are_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for amount in ["100.00", "50.00", "30.00"] {
        deal::posted(&tenant, &shop, amount).await;
    }
    let wrong = deal::posted(&tenant, &shop, "20.00").await;
    let told = async || {
        let report = tenant.ask::<accuracies::GetInvoiceAccuracy>(&period(&shop)).await;
        assert_eq!((report.rows.len(), report.rows[0].accuracy.as_deref()), (12, None));
        let sum = report.total;
        (sum.count, sum.accurate_count, sum.accuracy.unwrap_or_default(), sum.amount.0, sum.accurate_amount.0)
    };
    assert_eq!(told().await, (4, 4, "1.0000".to_owned(), "200.00".to_owned(), "200.00".to_owned()));
    let note = tenant.post::<invoice::CreditInvoice>(wrong.id, &CreditInvoice::default()).await;
    assert_eq!(told().await.1, 4, "a draft credits nothing");
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(told().await, (4, 3, "0.7500".to_owned(), "200.00".to_owned(), "180.00".to_owned()));
}

/// ORD-15: of the quotes that were sent, what became orders.
#[tokio::test]
async fn quotes_become_orders_or_do_not() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let mut sent = Vec::new();
    for _ in 0..4 {
        let quote = deal::approved(&tenant, &shop, None, vec![forty(&shop)]).await;
        sent.push(tenant.act::<quote::SendQuote>(quote.id).await.id);
    }
    let accepted = deal::accept(&tenant, sent[0]).await;
    tenant.act::<order::ConfirmOrder>(accepted.order.id).await;
    deal::accept(&tenant, sent[1]).await;
    tenant.raw.post(&format!("/v1/quotes/{}/decline", sent[2]), &serde_json::json!({ "reason": "too dear" })).await.success();
    let ask = |by| QuoteConversionQuery { company_id: shop.company, by: Some(by), ..QuoteConversionQuery::default() };
    let report = tenant.ask::<conversions::GetQuoteConversion>(&ask(QuoteConversionBy::Month)).await;
    let sum = report.total.clone();
    assert_eq!(
        [sum.sent_count, sum.open_count, sum.accepted_count, sum.declined_count, sum.expired_count, sum.ordered_count],
        [4, 1, 2, 1, 0, 1],
        "one was never sent"
    );
    assert_eq!((sum.sent_amount.0.as_str(), sum.ordered_amount.0.as_str(), sum.conversion_rate.as_deref()), ("2592.00", "648.00", Some("0.2500")));
    assert_eq!((report.rows.len(), report.rows.last().map(|row| row.sum.clone())), (12, Some(sum.clone())));
    let people = tenant.ask::<conversions::GetQuoteConversion>(&ask(QuoteConversionBy::Owner)).await;
    assert_eq!(people.rows.iter().map(|row| (row.month.clone(), row.sum.clone())).collect::<Vec<_>>(), [(None, sum)]);
}

/// A quote that was accepted on the telephone was offered, whoever forgot to mark it as sent (QTE-22).
#[tokio::test]
async fn what_was_accepted_was_offered() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let quote = deal::approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let order = deal::accept(&tenant, quote.id).await.order;
    tenant.act::<causeway_openapi::order::op::ConfirmOrder>(order.id).await;
    let ask = QuoteConversionQuery { company_id: shop.company, ..QuoteConversionQuery::default() };
    let sum = tenant.ask::<conversions::GetQuoteConversion>(&ask).await.total;
    assert_eq!([sum.sent_count, sum.accepted_count, sum.ordered_count, sum.open_count], [1, 1, 1, 0]);
}

/// A closed month comes to what it came to, whatever the rates are afterwards and whatever else is asked for (RPT-10).
#[tokio::test]
async fn a_month_of_bookings_has_one_figure() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    shop::rate(&tenant, "USD", "2026-12-01", "0.5").await;
    let body = causeway_openapi::order::CreateOrder { currency: Some(of("USD")), ..deal::order_body(&shop, vec![forty(&shop)]) };
    let order = tenant.post::<causeway_openapi::order::op::CreateOrder>((), &body).await;
    tenant.act::<causeway_openapi::order::op::ConfirmOrder>(order.id).await;
    shop::rate(&tenant, "USD", "2027-01-10", "0.9").await;
    deal::advance(&tenant, "2027-01-20T09:00:00Z").await;
    let ask = |to: &str, by| SalesQuery { company_id: shop.company, from: Some(of("2026-12-01")), to: Some(of(to)), by, ..SalesQuery::default() };
    let december = tenant.ask::<measure::GetBookings>(&ask("2026-12-31", None)).await;
    let both = tenant.ask::<measure::GetBookings>(&ask("2027-01-20", None)).await;
    assert_eq!(both.rows.first().map(|row| &row.amount), december.rows.first().map(|row| &row.amount));
    assert_eq!(both.total.amount, december.total.amount);
    let customers = tenant.ask::<measure::GetBookings>(&ask("2027-01-20", Some(SalesBy::Customer))).await;
    assert_eq!(customers.rows.iter().map(|row| &row.amount).collect::<Vec<_>>(), [&december.total.amount]);
}

/// RPT-13, PAY-25: what does not go as it should is counted, and each count has the list of exactly these documents.
#[tokio::test]
async fn signals_lead_to_their_lists() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let other = shop::open(&tenant, "B").await;
    deal::free_invoice(&tenant, &shop, "10.00").await;
    deal::posted(&tenant, &shop, "20.00").await;
    deal::pay(&tenant, &shop, "5.00", &[]).await;
    deal::free_invoice(&tenant, &other, "30.00").await;
    deal::advance(&tenant, "2027-02-15T09:00:00Z").await;
    let report = tenant.ask::<compliance::GetCompliance>(&ComplianceQuery::default()).await;
    assert_eq!(report.rows.len(), 20, "{report:?}");
    let mut found = Vec::new();
    for row in &report.rows {
        let listed = tenant.raw.get(&row.list).await.success()["data"].as_array().map_or(0, Vec::len);
        assert_eq!((usize::try_from(row.count).ok(), row.oldest.is_some()), (Some(listed), listed > 0), "{row:?}");
        if row.count > 0 {
            found.push((row.company_id, row.signal.as_str(), row.count));
        }
    }
    let mut expected = vec![
        (shop.company, "unposted_invoices", 1),
        (shop.company, "overdue_invoices", 1),
        (shop.company, "unallocated_payments", 1),
        (other.company, "unposted_invoices", 1),
    ];
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    let one = tenant.ask::<compliance::GetCompliance>(&ComplianceQuery { company_id: Some(shop.company) }).await;
    assert_eq!(one.rows, report.rows.iter().filter(|row| row.company_id == shop.company).cloned().collect::<Vec<_>>());
}

/// ORD-10: a draft that could not be confirmed for what it does not say is incomplete, whoever has to say it.
#[tokio::test]
async fn drafts_that_do_not_say_what_is_asked_are_incomplete() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let other = shop::open(&tenant, "B").await;
    let draft = async |shop: &Shop, more: serde_json::Value| {
        let mut body = serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tenant.raw.post("/v1/orders", &body).await.success()["id"].as_str().unwrap().to_owned()
    };
    let bare = draft(&shop, serde_json::json!({})).await;
    let whole = draft(&shop, serde_json::json!({ "reference": "PO 7", "metadata": { "cost \"centre\"": "7" } })).await;
    let empty = draft(&shop, serde_json::json!({ "reference": "PO 8", "metadata": { "cost \"centre\"": "", "other": "cost \"centre\":" } })).await;
    let blank = draft(&shop, serde_json::json!({ "reference": "PO 9", "metadata": { "cost \"centre\"": " \t\n" } })).await;
    let elsewhere = draft(&other, serde_json::json!({})).await;
    let incomplete = async || {
        let rows = tenant.ask::<compliance::GetCompliance>(&ComplianceQuery::default()).await.rows;
        let mut found = Vec::new();
        for row in rows.into_iter().filter(|row| row.signal == "incomplete_orders") {
            let listed = tenant.raw.get(&row.list).await.success();
            let listed: Vec<String> = listed["data"].as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(usize::try_from(row.count).ok(), Some(listed.len()), "{row:?}");
            found.extend(listed);
        }
        found.sort();
        found
    };
    let asks = async |rules: serde_json::Value| {
        let rules = serde_json::json!({ "document_rules": { "order_confirm": rules } });
        tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &rules).await.success();
    };
    assert_eq!(incomplete().await, Vec::<String>::new());
    asks(serde_json::json!({ "fields": ["reference"], "metadata": ["cost \"centre\""] })).await;
    let mut lacking = vec![bare.clone(), empty.clone(), blank.clone()];
    lacking.sort();
    assert_eq!(incomplete().await, lacking);
    let complete = tenant.raw.get(&format!("/v1/orders?company_id={}&incomplete=false", shop.company)).await.success();
    assert_eq!(complete["data"].as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap()).collect::<Vec<_>>(), [whole.as_str()]);
    // What is asked of the customer is missing on all of its drafts; a hold by hand counts in any company.
    asks(serde_json::json!({ "fields": ["party_email", "party_tax_id", "owner_id"] })).await;
    tenant.raw.post(&format!("/v1/orders/{elsewhere}/hold"), &serde_json::json!({ "kind": "data", "reason": "no colour" })).await.success();
    let mut lacking = vec![bare.clone(), empty, blank, whole, elsewhere];
    lacking.sort();
    assert_eq!(incomplete().await, lacking);
}

/// As a file a report has its columns in the order in which the contract tells of them.
#[tokio::test]
async fn a_report_as_csv_reads_as_its_contract() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let header = async |path: &str| {
        let file = tenant.raw.request("GET", &format!("{path}company_id={}", shop.company)).header("accept", "text/csv").send().await;
        file.text().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(header("/v1/reports/unbilled?").await, "party_id,order_id,amount,held_amount,since");
    assert_eq!(header("/v1/reports/backlog?").await, "party_id,name,lines,amount");
    let payments = header("/v1/payments?").await;
    assert!(payments.starts_with("id,object,created_at,updated_at,version,flow_id,company_id,party_id,direction,method,number,status,amount,"), "{payments}");
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
