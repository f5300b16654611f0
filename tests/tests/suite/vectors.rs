//! Numbers that established systems assert in their own tests, through the API. Each row of `tests/vectors` names where it comes from.

use causeway_tests::caller::Caller;
use causeway_tests::deal::free_invoice_body;
use causeway_tests::shop::{self, Shop};
use causeway_tests::unique;
use causeway_tests::world::{World, set_clock};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn rows(table: &str) -> Vec<Value> {
    table.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id_of(answer: Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

/// The taxes of a line, made as the row says, each kind of tax at a place once. A reverse charge is a group of a tax and its opposite.
async fn taxes(caller: &Caller, company: &str, line: &Value, known: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut ids = Vec::new();
    for (place, tax) in line["taxes"].as_array().unwrap().iter().enumerate() {
        let key = format!("{place} {tax}");
        if !known.contains_key(&key) {
            let body = |rate: &str| {
                json!({ "company_id": company, "code": unique("T"), "name": "Tax", "kind": tax["kind"], "rate": rate, "included": tax["included"],
                    "sequence": place, "affects_base": tax["affects_base"].as_bool().unwrap_or(false), "base_affected": tax["base_affected"].as_bool().unwrap_or(true) })
            };
            let rate = tax["rate"].as_str().unwrap();
            let mut id = id_of(caller.raw.post("/v1/taxes", &body(rate)).await.success());
            if tax["reverse_charge"] == true {
                let opposite = id_of(caller.raw.post("/v1/taxes", &body(&format!("-{rate}"))).await.success());
                let group = json!({ "company_id": company, "code": unique("T"), "name": "Reverse charge", "kind": "group", "group_of": [id, opposite] });
                id = id_of(caller.raw.post("/v1/taxes", &group).await.success());
            }
            known.insert(key.clone(), id);
        }
        ids.push(known[&key].clone());
    }
    ids
}

/// A company that rounds as a row says, and the lines of the row for a document of it. The taxes come by their place in the lines.
async fn company_of(caller: &Caller, row: &Value) -> (String, Vec<Value>, Vec<Vec<String>>) {
    let company = json!({ "name": unique("Vectors"), "country": "DE", "currency": row["currency"], "time_zone": "UTC", "tax_rounding": row["tax_rounding"],
            "document_discount_base": row["document_discount_base"], "rounding_rules": row.get("rounding_rules").unwrap_or(&json!([])) });
    let company = id_of(caller.raw.post("/v1/companies", &company).await.success());
    let mut known = BTreeMap::new();
    let mut lines = Vec::new();
    let mut places: Vec<Vec<String>> = Vec::new();
    for line in row["lines"].as_array().unwrap() {
        let ids = taxes(caller, &company, line, &mut known).await;
        lines.push(json!({ "description": "Line", "quantity": line["quantity"], "unit_price": line["unit_price"],
            "discount_percent": line["discount_percent"], "tax_ids": ids }));
        places.resize(places.len().max(ids.len()), Vec::new());
        ids.into_iter().enumerate().for_each(|(place, id)| places[place].push(id));
    }
    (company, lines, places)
}

/// What a document misses of what its row expects.
fn missed(row: &Value, found: &Value, places: &[Vec<String>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let digits = match row["currency"].as_str() {
        Some("JPY") => 0,
        Some("KWD") => 3,
        _ => 2,
    };
    let tax_of = |place: &Vec<String>| -> i64 {
        let parts = found["taxes"].as_array().unwrap().iter().filter(|part| place.iter().any(|id| part["tax_id"] == id.as_str()));
        parts.map(|part| minor(part["amount"].as_str().unwrap(), digits)).sum()
    };
    let expected = &row["expect"];
    for (name, field) in [("untaxed", "untaxed_amount"), ("tax", "tax_amount"), ("total", "total_amount")] {
        if expected[name].is_string() && expected[name] != found[field] {
            wrong.push(format!("{} {name}: {} instead of {}", row["id"], found[field], expected[name]));
        }
    }
    let per_tax: Vec<i64> = places.iter().map(tax_of).collect();
    let wanted: Option<Vec<i64>> = expected["taxes"].as_array().map(|taxes| taxes.iter().map(|tax| minor(tax.as_str().unwrap(), digits)).collect());
    if wanted.as_ref().is_some_and(|wanted| *wanted != per_tax) {
        wrong.push(format!("{} taxes: {per_tax:?} instead of {wanted:?}", row["id"]));
    }
    let nets: i64 = found["lines"].as_array().unwrap().iter().map(|line| minor(line["net_amount"].as_str().unwrap(), digits)).sum();
    if nets != minor(found["untaxed_amount"].as_str().unwrap(), digits) {
        wrong.push(format!("{}: the lines come to {nets}", row["id"]));
    }
    wrong
}

#[tokio::test]
async fn taxes_of_a_quote() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut wrong = Vec::new();
    for row in rows(include_str!("../vectors/taxes.jsonl")) {
        let (company, lines, places) = company_of(&tenant, &row).await;
        let body = json!({ "company_id": company, "party_id": shop.party, "currency": row["currency"], "lines": lines,
            "discount_percent": row["document_discount_percent"] });
        wrong.extend(missed(&row, &tenant.raw.post("/v1/quotes/price", &body).await.success(), &places));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Cases of the same kinds, worked out in fractions: of a quote, and of a free invoice that is posted as far as a dry run goes.
#[tokio::test]
async fn taxes_of_quotes_and_invoices_by_every_rounding() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut wrong = Vec::new();
    for row in rows(include_str!("../vectors/derived.jsonl")) {
        let (company, lines, places) = company_of(&tenant, &row).await;
        let body = json!({ "company_id": company, "party_id": shop.party, "currency": row["currency"], "lines": lines,
            "discount_percent": row["document_discount_percent"] });
        wrong.extend(missed(&row, &tenant.raw.post("/v1/quotes/price", &body).await.success(), &places));
        if !row["document_discount_percent"].is_null() {
            continue;
        }
        let body = json!({ "company_id": company, "party_id": shop.party, "currency": row["currency"], "lines": lines });
        let draft = tenant.raw.post("/v1/invoices", &body).await.success();
        let posted = tenant.raw.post(&format!("/v1/invoices/{}/post?dry_run=true", id_of(draft)), &json!({})).await.success();
        let rounding = row["expect"]["rounding"].as_str().unwrap_or("0");
        let number = |text: &Value| minor(text.as_str().unwrap(), 3);
        if number(&posted["rounding_amount"]) != minor(rounding, 3) {
            wrong.push(format!("{} rounding: {} instead of {rounding}", row["id"], posted["rounding_amount"]));
        }
        // The quote and the invoice come to the same.
        wrong.extend(missed(&row, &posted, &places));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn minor(text: &str, digits: u32) -> i64 {
    causeway_value::parse_scaled(text, digits).unwrap()
}

async fn term(caller: &Caller, row: &Value) -> String {
    let code = unique("TERM");
    let body = json!({ "code": code, "name": code, "installments": row["installments"] });
    id_of(caller.raw.post("/v1/payment-terms", &body).await.success())
}

#[tokio::test]
async fn installments_of_an_invoice() {
    let world = World::start().await;
    let tenant = world.tenant(causeway_value::TenantMode::Sandbox).await;
    set_clock(&tenant, "2024-12-31T12:00:00Z").await;
    let shop: Shop = shop::open(&tenant, "").await;
    let mut wrong = Vec::new();
    for row in rows(include_str!("../vectors/terms.jsonl")) {
        let mut body = serde_json::to_value(free_invoice_body(&shop, row["total"].as_str().unwrap())).unwrap();
        body["payment_term_id"] = json!(term(&tenant, &row).await);
        let draft = id_of(tenant.raw.post("/v1/invoices", &body).await.success());
        let date = json!({ "invoice_date": row["invoice_date"].as_str().unwrap_or("2024-12-31") });
        let posted = tenant.raw.post(&format!("/v1/invoices/{draft}/post?dry_run=true"), &date).await.success();
        let installments = |field: &str| -> Value { posted["installments"].as_array().unwrap().iter().map(|part| part[field].clone()).collect() };
        for (name, field) in [("due_dates", "due_date"), ("amounts", "amount")] {
            if !row["expect"][name].is_null() && row["expect"][name] != installments(field) {
                wrong.push(format!("{} {name}: {} instead of {}", row["id"], installments(field), row["expect"][name]));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// TERM-027: a credit has the installments of its invoice, mirrored; a fixed amount follows the sign. TERM-024: percentages add up in decimals.
#[tokio::test]
async fn a_term_of_many_parts_is_taken_and_one_of_too_few_is_not() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let part = |percent: &str| json!({ "percent": percent, "days": 30 });
    let parts: Vec<Value> = std::iter::once(part("50")).chain((0..20).map(|_| part("1.66"))).chain(std::iter::once(part("16.8"))).collect();
    tenant.raw.post("/v1/payment-terms", &json!({ "code": "MANY", "name": "Many", "installments": parts })).await.success();
    let seen = tenant.raw.post("/v1/payment-terms", &json!({ "code": "FEW", "name": "Few", "installments": &parts[1..] })).await;
    assert_eq!(seen.status, 422);
}
