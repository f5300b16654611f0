//! Dimensions from the quote to the ledger and its reports (ACC-03).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::billable::op as billable;
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, InvoiceLineInput, op as invoice};
use causeway_openapi::ledger::JournalEntry;
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::op as quote;
use causeway_openapi::report::{TrialBalance, TrialBalanceQuery, op as report};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, forty};
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn dimension(caller: &Caller, code: &str, values: &[&str]) -> Value {
    let values: Vec<Value> = values.iter().map(|value| json!({ "code": value, "name": value, "active": true })).collect();
    caller.raw.post("/v1/dimensions", &json!({ "code": code, "name": code, "values": values })).await.success()
}

fn carrying(line: LineInput, pairs: &[(&str, &str)]) -> LineInput {
    LineInput { dimensions: dimensions(pairs), ..line }
}

fn dimensions(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect()
}

/// What an entry moves on each value of the unit.
fn by_unit(entry: &JournalEntry) -> Vec<(Option<&str>, &str, &str)> {
    entry.lines.iter().map(|line| (line.dimensions.get("unit").map(String::as_str), line.debit.0.as_str(), line.credit.0.as_str())).collect()
}

async fn balance(caller: &Caller, shop: &Shop, change: impl FnOnce(TrialBalanceQuery) -> TrialBalanceQuery) -> TrialBalance {
    caller.ask::<report::GetTrialBalance>(&change(TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() })).await
}

#[tokio::test]
async fn lines_carry_dimensions_from_the_quote_to_the_ledger() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    dimension(&tenant, "unit", &["north", "south"]).await;
    dimension(&tenant, "project", &["p1"]).await;
    let lines =
        vec![carrying(forty(&shop), &[("unit", "north"), ("project", "p1")]), carrying(line(shop.setup, "1"), &[("unit", "south")]), line(shop.setup, "1")];
    let draft = tenant.post::<quote::CreateQuote>((), &deal::quote_body(&shop, lines)).await;
    assert_eq!(draft.lines[0].dimensions, dimensions(&[("unit", "north"), ("project", "p1")]));
    tenant.act::<quote::SubmitQuote>(draft.id).await;
    let ordered = deal::accept(&tenant, draft.id).await.order;
    let ordered = tenant.act::<order::ConfirmOrder>(ordered.id).await;
    assert_eq!(ordered.lines[1].dimensions, dimensions(&[("unit", "south")]));
    deal::ship(&tenant, &ordered, "40").await;
    let ready = tenant.all::<billable::ListBillables, _>(&ListQuery::by("order_id", ordered.id)).await;
    assert_eq!(ready.iter().filter(|row| row.dimensions.contains_key("unit")).count(), 2);
    let posted = deal::post_invoice(&tenant, deal::invoice_order(&tenant, ordered.id).await.id, None).await;
    assert_eq!(posted.lines.iter().filter(|line| line.dimensions.get("unit").is_some_and(|unit| unit == "north")).count(), 1);
    // The receivable and the tax carry nothing; revenue is split by what its lines carry.
    let booked = entry(&tenant, posted.journal_entry_id).await;
    let units = by_unit(&booked);
    assert!(units.contains(&(Some("north"), "0.00", "648.00")) && units.contains(&(Some("south"), "0.00", "250.00")), "{units:?}");
    assert!(units.contains(&(None, "0.00", "250.00")), "{units:?}");
    verified(&tenant).await;

    // The trial balance as a whole, only the north, and split by unit.
    let whole = balance(&tenant, &shop, |query| query).await;
    assert_eq!((whole.total_debit.0.as_str(), whole.total_credit.0.as_str()), ("1366.12", "1366.12"));
    let north = balance(&tenant, &shop, |query| TrialBalanceQuery { dimension: Some("unit".into()), dimension_value: Some("north".into()), ..query }).await;
    assert_eq!((north.rows.len(), north.total_credit.0.as_str()), (1, "648.00"));
    let split = balance(&tenant, &shop, |query| TrialBalanceQuery { by_dimension: Some("unit".into()), ..query }).await;
    let credits: BTreeMap<_, _> = split.rows.iter().filter_map(|row| row.dimension_value.as_deref().map(|value| (value, row.credit.0.as_str()))).collect();
    assert_eq!((credits, split.total_credit.0.as_str()), (BTreeMap::from([("north", "648.00"), ("south", "250.00")]), "1366.12"));
    let path = format!("/v1/reports/general-ledger?company_id={}&dimension=project", shop.company);
    assert_eq!(tenant.raw.get(&path).await.success()["total_credit"], "648.00");
    let path = format!("/v1/reports/margin?company_id={}&dimension=unit&dimension_value=south", shop.company);
    assert_eq!(tenant.raw.get(&path).await.success()["total"]["amount"], "250.00");
    assert_eq!(tenant.raw.get(&format!("/v1/reports/trial-balance?company_id={}&dimension_value=south", shop.company)).await.status, 422);
    assert_eq!(tenant.raw.get(&format!("/v1/reports/trial-balance?company_id={}&dimension=%25", shop.company)).await.status, 422);

    // What is credited goes back where it came from.
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    let note = deal::post_invoice(&tenant, note.id, None).await;
    assert!(by_unit(&entry(&tenant, note.journal_entry_id).await).contains(&(Some("north"), "648.00", "0.00")));
    let north = balance(&tenant, &shop, |query| TrialBalanceQuery { dimension: Some("unit".into()), dimension_value: Some("north".into()), ..query }).await;
    assert_eq!(north.rows.first().map(|row| row.balance.0.as_str()), Some("0.00"));
    verified(&tenant).await;
}

#[tokio::test]
async fn billing_runs_and_templates_carry_them_too() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    dimension(&tenant, "unit", &["north"]).await;
    let template =
        json!({ "company_id": shop.company, "name": "Setup", "lines": [{ "product_id": shop.setup, "quantity": "1", "dimensions": { "unit": "north" } }] });
    let template = tenant.raw.post("/v1/quote-templates", &template).await.success();
    let made = json!({ "company_id": shop.company, "party_id": shop.party, "template_id": template["id"] });
    assert_eq!(tenant.raw.post("/v1/quotes", &made).await.success()["lines"][0]["dimensions"]["unit"], "north");
    for _ in 0..2 {
        deal::confirmed(&tenant, &shop, vec![carrying(line(shop.setup, "1"), &[("unit", "north")])]).await;
    }
    let run = tenant.raw.post("/v1/billing-runs", &json!({ "company_id": shop.company, "post": true })).await.success();
    let path = format!("/v1/billing-runs/{}/commit", run["id"].as_str().unwrap());
    tenant.raw.post(&path, &json!({ "hash": run["hash"] })).await.success();
    let north = balance(&tenant, &shop, |query| TrialBalanceQuery { dimension: Some("unit".into()), dimension_value: Some("north".into()), ..query }).await;
    assert_eq!(north.total_credit.0, "500.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn only_allowed_values_are_taken_and_what_is_asked_for_must_be_there() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let unit = dimension(&tenant, "unit", &["north"]).await;
    let wrong = vec![carrying(forty(&shop), &[("unit", "east"), ("region", "dach")])];
    let problem = tenant.refused::<order::CreateOrder>((), &deal::order_body(&shop, wrong)).await;
    let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/lines/0/dimensions/region", "/lines/0/dimensions/unit"]);
    let twice = json!({ "code": "unit", "name": "Unit", "values": [] });
    assert_eq!(tenant.raw.post("/v1/dimensions", &twice).await.status, 422);

    let unknown = json!({ "document_rules": { "order_confirm": { "dimensions": ["region"] } } });
    assert_eq!(tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&unknown).send().await.status, 422);
    let rules = json!({ "document_rules": { "order_confirm": { "dimensions": ["unit"] }, "invoice_post": { "dimensions": ["unit"] } } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&rules).send().await.success();
    let bare = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![forty(&shop)])).await;
    let problem = tenant.refused::<order::ConfirmOrder>(bare.id, &causeway_contract::Nothing {}).await;
    assert_eq!((problem.code, problem.errors[0].pointer.as_deref()), (Code::ValidationFailed, Some("/lines/0/dimensions/unit")));
    deal::confirmed(&tenant, &shop, vec![carrying(forty(&shop), &[("unit", "north")])]).await;
    // A free line of an invoice, and an entry of somebody's own.
    let free = |pairs: &[(&str, &str)]| InvoiceLineInput {
        description: Some("Freight".to_owned()),
        quantity: of("1"),
        unit_price: of("10.00"),
        dimensions: dimensions(pairs),
        ..InvoiceLineInput::default()
    };
    let body = |line| CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), lines: vec![line], ..CreateInvoice::default() };
    let lacking = tenant.post::<invoice::CreateInvoice>((), &body(free(&[]))).await;
    assert_eq!(tenant.raw.post(&format!("/v1/invoices/{}/post", lacking.id), &json!({})).await.status, 422);
    let said = json!({ "lines": [{ "id": lacking.lines[0].id, "dimensions": { "unit": "north" } }] });
    tenant.raw.request("PATCH", &format!("/v1/invoices/{}", lacking.id)).json(&said).send().await.success();
    let posted = deal::post_invoice(&tenant, lacking.id, None).await;
    assert!(by_unit(&entry(&tenant, posted.journal_entry_id).await).contains(&(Some("north"), "0.00", "10.00")));
    let carried = tenant.post::<invoice::CreateInvoice>((), &body(free(&[("unit", "north")]))).await;
    deal::post_invoice(&tenant, carried.id, None).await;
    // A value that is not active any more stays where it is and is not taken again.
    let change = json!({ "values": [{ "code": "north", "name": "North", "active": false }] });
    tenant.raw.request("PATCH", &format!("/v1/dimensions/{}", unit["id"].as_str().unwrap())).json(&change).send().await.success();
    let late = deal::order_body(&shop, vec![carrying(forty(&shop), &[("unit", "north")])]);
    assert_eq!(tenant.refused::<order::CreateOrder>((), &late).await.errors.len(), 1);
    verified(&tenant).await;
}
