//! Statements of account: opening balance, what moved, closing balance, by currency (PAY-19, PAY-21).

use causeway_openapi::invoice::{CreateInvoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, ReversePayment, UnallocatePayment, op as payment};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, payment_body};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, rate};
use causeway_tests::world::World;
use causeway_value::PaymentDifference;
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
    // As CSV, a line for each document, with its section before it.
    let file = tenant.raw.request("GET", &format!("/v1/parties/{}/statement?from=2026-12-05", shop.party)).header("accept", "text/csv").send().await;
    let lines: Vec<String> = file.text().lines().map(str::to_owned).collect();
    assert!(file.status == 200 && lines.len() == 6, "{lines:?}");
    assert!(
        lines[0].starts_with("company_id,currency,opening_balance,has_more,closing_balance,date,kind,") && lines[1].contains(",EUR,100.00,false,145.00,"),
        "{lines:?}"
    );
    let path = format!("/v1/parties/{}/statement?from=2026-12-11&to=2026-12-10", shop.party);
    assert_eq!(tenant.raw.get(&path).await.status, 422);
}

/// PAY-19: a month that is over stays as it was, whatever is taken back later.
#[tokio::test]
async fn a_surplus_that_is_taken_back_stands_in_its_own_month_and_in_the_later_one() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    let body = CreatePayment { invoice_ids: vec![invoice.id], difference: Some(PaymentDifference::WriteOff), ..payment_body(&shop, "101.00", &[]) };
    let paid = tenant.post::<payment::CreatePayment>((), &body).await;
    let month = async || sections(&tenant, &shop, "&to=2026-12-31").await.remove(0);
    let before = month().await;
    assert!(moved(&before).iter().any(|line| (line.0, line.1) == ("surplus", "1.00")), "{before}");
    assert_eq!(before["closing_balance"].as_str(), Some("0.00"));
    advance(&tenant, "2027-01-11T09:00:00Z").await;
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { reason: "bounced".to_owned(), date: None }).await;
    assert_eq!(month().await, before);
    let january = sections(&tenant, &shop, "&from=2027-01-01").await.remove(0);
    let mut lines: Vec<(&str, &str)> = moved(&january).into_iter().map(|line| (line.0, line.1)).collect();
    lines.sort_unstable();
    assert_eq!(lines, [("payment_reversal", "101.00"), ("surplus_reversal", "-1.00")]);
    assert_eq!((january["opening_balance"].as_str(), january["closing_balance"].as_str()), (Some("0.00"), Some("100.00")));
}

/// PAY-19: an invoice in dollars that was paid in euros is owed no more, and the euros are used up.
#[tokio::test]
async fn what_is_settled_in_another_currency_leaves_both_balances() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.9").await;
    let body = CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "100.00") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let billed = deal::post_invoice(&tenant, draft.id, None).await;
    let paid = deal::pay(&tenant, &shop, "90.00", &[(billed.id, "90.00")]).await;
    let found = sections(&tenant, &shop, "").await;
    let told = |index: usize| {
        let section: &Value = &found[index];
        (
            section["currency"].as_str().unwrap(),
            section["closing_balance"].as_str().unwrap(),
            moved(section).iter().map(|line| (line.0, line.1)).collect::<Vec<_>>(),
        )
    };
    let (mut euros, mut dollars) = (told(0), told(1));
    euros.2.sort_unstable();
    dollars.2.sort_unstable();
    assert_eq!(euros, ("EUR", "0.00", vec![("payment", "-90.00"), ("settlement", "90.00")]));
    assert_eq!(dollars, ("USD", "0.00", vec![("invoice", "100.00"), ("settlement", "-100.00")]));
    // Taken back, it is owed again from that day on.
    advance(&tenant, "2026-12-11T09:00:00Z").await;
    let body = UnallocatePayment { allocation_ids: paid.allocations.iter().map(|part| part.id).collect() };
    tenant.post::<payment::UnallocatePayment>(paid.id, &body).await;
    let closing = async |query: &str| -> Vec<String> {
        sections(&tenant, &shop, query).await.iter().map(|section| section["closing_balance"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(closing("&to=2026-12-10").await, ["0.00", "0.00"]);
    assert_eq!(closing("").await, ["-90.00", "100.00"]);
}

/// What is billed on a day stands before what was paid on it, whichever was entered first: nobody is shown a credit that there never was.
#[tokio::test]
async fn of_one_day_invoices_come_first() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::pay(&tenant, &shop, "30.00", &[]).await;
    let billed = deal::posted(&tenant, &shop, "100.00").await;
    let found = sections(&tenant, &shop, "").await;
    assert_eq!(moved(&found[0]), [("invoice", billed.total_amount.0.as_str(), "100.00"), ("payment", "-30.00", "70.00")]);
}
