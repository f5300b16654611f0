//! Exchange rates: taken over from the bank's files, crossed through the euro, and explained (ACC-09, MCO-01).

use causeway_contract::Code;
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::pricing::{ConvertQuery, Converted, ImportExchangeRates, op as pricing};
use causeway_tests::caller::Caller;
use causeway_tests::log::events;
use causeway_tests::{deal, of, shop, world::World};
use causeway_value::RateFile;
use serde_json::{Value, json};

const FILE: &str = "Date,USD,JPY,BGN,GBP,CYP,\n2026-10-30,1.1172,175.68,N/A,0.8338,0.58,\n2026-10-29,1.113,175.92,1.9558,0.83578,,\n";

fn file(format: RateFile, content: &str) -> ImportExchangeRates {
    ImportExchangeRates { format, content: content.to_owned(), from: None, to: None, correction_reason: None }
}

async fn convert(caller: &Caller, amount: &str, from: &str, to: &str) -> Converted {
    let query = ConvertQuery { amount: Some(amount.into()), from: Some(of(from)), to: Some(of(to)), date: Some(of("2026-11-01")), company_id: None };
    caller.ask::<pricing::ConvertAmount>(&query).await
}

#[tokio::test]
async fn the_banks_file_is_taken_over_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let first = tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, FILE)).await;
    // The Cyprus pound is no more.
    assert_eq!((first.read, first.created, first.unchanged, first.differing), (7, 7, 0, 0));
    let again = tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, FILE)).await;
    assert_eq!((again.read, again.created, again.unchanged), (7, 0, 7));
    let xml = "<Envelope><Cube><Cube time='2026-10-30'><Cube currency='USD' rate='1.2'/><Cube currency='CHF' rate='0.9194'/></Cube></Cube></Envelope>";
    let other = tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbXml, xml)).await;
    assert_eq!((other.created, other.differing, other.conflicts[0].stored), (1, 1, of("1.1172")));
    let some = ImportExchangeRates { from: Some(of("2027-01-01")), ..file(RateFile::EcbCsv, FILE) };
    assert_eq!(tenant.post::<pricing::ImportExchangeRates>((), &some).await.read, 0);
    let problem = tenant.refused::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, "Date,USD\n2026-10-30,one\nnever,1\n")).await;
    assert_eq!(problem.errors.len(), 2, "{problem:?}");
}

#[tokio::test]
async fn amounts_are_converted_as_quoted_or_through_the_euro() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, FILE)).await;
    let result = async |amount: &str, from: &str, to: &str| convert(&tenant, amount, from, to).await.result.0;
    assert_eq!(result("100.00", "EUR", "USD").await, "111.72");
    assert_eq!(result("100.00", "USD", "EUR").await, "89.51", "divided by 1.1172");
    assert_eq!(result("100.00", "GBP", "USD").await, "133.99", "1.1172 / 0.8338");
    assert_eq!(result("1000", "JPY", "GBP").await, "4.75");
    assert_eq!(result("5.00", "EUR", "EUR").await, "5.00");
    let steps = convert(&tenant, "100.00", "GBP", "USD").await.explain.steps;
    assert_eq!(steps.iter().map(|step| step.rule.as_str()).collect::<Vec<_>>(), ["quote", "quote", "cross_rate"]);
    let ask = async |query: &str| tenant.raw.get(&format!("/v1/exchange-rates/convert?{query}")).await;
    let seen = ask("amount=1.00&from=EUR&to=CHF&date=2026-11-01").await;
    assert_eq!((seen.status, seen.problem().code), (422, Code::RateMissing));
    let seen = ask("amount=1.005&from=EUR&to=USD").await;
    assert_eq!(seen.problem().errors[0].parameter.as_deref(), Some("amount"));
    assert_eq!(ask("").await.problem().errors.len(), 3);
}

/// A quote in a currency that nobody quoted against the product's is priced through the euro.
#[tokio::test]
async fn prices_cross_through_the_euro() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, FILE)).await;
    let dollars = serde_json::json!({ "code": "US", "name": "US", "kind": "goods", "unit": "piece", "list_price": "10.00", "currency": "USD",
        "billing_policy": "on_delivery" });
    let product = tenant.raw.post("/v1/products", &dollars).await.success()["id"].clone();
    let body =
        serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "currency": "GBP", "lines": [{ "product_id": product, "quantity": "1" }] });
    let priced = tenant.raw.post("/v1/quotes/price", &body).await.success();
    assert_eq!(priced["lines"][0]["unit_price"], "7.463301");
}

/// MDM-15: a mistyped rate is put right, with a reason; what was booked with it keeps it, and what comes takes the right one.
#[tokio::test]
async fn a_mistyped_rate_is_corrected() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mistyped = json!({ "currency": "USD", "base": "EUR", "date": "2026-10-30", "rate": "9.1" });
    let quoted = tenant.raw.post("/v1/exchange-rates", &mistyped).await.success();
    let path = format!("/v1/exchange-rates/{}", quoted["id"].as_str().unwrap());
    let right = json!({ "currency": "USD", "base": "EUR", "date": "2026-10-30", "rate": "0.91" });
    let problem = tenant.raw.post("/v1/exchange-rates", &right).await.problem();
    assert_eq!((problem.status, problem.code, problem.errors.len()), (409, Code::AlreadyExists, 3));
    assert!(problem.detail.contains(&format!("PATCH {path}")), "{problem:?}");
    let draft = || CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "100.00") };
    let posted = async || {
        let made = tenant.post::<invoice::CreateInvoice>((), &draft()).await;
        deal::post_invoice(&tenant, made.id, None).await
    };
    let booked = posted().await;
    let change = async |body: &Value| tenant.raw.patch(&path, body).await;
    let problem = change(&json!({ "rate": "0.91" })).await.problem();
    assert_eq!((problem.errors[0].code, problem.errors[0].pointer.as_deref()), (Code::Required, Some("/correction_reason")));
    for (body, pointer) in
        [(json!({ "rate": "0", "correction_reason": "x" }), "/rate"), (json!({ "rate": "0.91", "correction_reason": " " }), "/correction_reason")]
    {
        assert_eq!(change(&body).await.problem().errors[0].pointer.as_deref(), Some(pointer));
    }
    let correction = json!({ "rate": "0.91", "correction_reason": "The point was in the wrong place" });
    let stale = tenant.raw.request("PATCH", &path).header("if-match", "\"v7\"").json(&correction).send().await;
    assert_eq!(stale.problem().code, Code::VersionConflict);
    let corrected = tenant.raw.request("PATCH", &path).header("if-match", "\"v1\"").json(&correction).send().await.success();
    assert_eq!((&corrected["rate"], &corrected["version"], &corrected["correction_reason"]), (&json!("0.91"), &json!(2), &correction["correction_reason"]));
    assert_eq!(change(&correction).await.success(), corrected, "the same again is no change");
    assert_eq!(convert(&tenant, "100.00", "USD", "EUR").await.result.0, "91.00");
    let sides = async |invoice: &Invoice| deal::sides(&deal::entry(&tenant, invoice.journal_entry_id).await)[0].1.to_owned();
    assert_eq!((sides(&booked).await, sides(&posted().await).await), ("910.00".to_owned(), "91.00".to_owned()));
    let changed = events(&tenant).await.into_iter().filter(|event| event.kind == "exchange_rate.updated").count();
    assert_eq!(changed, 1);
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
    let checked = tenant.ask::<causeway_openapi::identity::op::VerifyObjects>(&Default::default()).await;
    assert!(checked.ok, "{checked:?}");
}

/// A file that was mistyped as a whole is put right by the right one.
#[tokio::test]
async fn the_banks_file_corrects_with_a_reason() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let wrong = FILE.replace("1.1172", "11.172");
    tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, &wrong)).await;
    let kept = tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, FILE)).await;
    assert_eq!((kept.differing, kept.corrected, kept.unchanged), (1, 0, 6));
    let stored = tenant.get::<pricing::GetExchangeRate>(kept.conflicts[0].exchange_rate_id).await;
    assert_eq!((stored.rate, stored.version), (of("11.172"), 1));
    let with = ImportExchangeRates { correction_reason: Some("The bank's file was edited by hand".to_owned()), ..file(RateFile::EcbCsv, FILE) };
    let corrected = tenant.post::<pricing::ImportExchangeRates>((), &with).await;
    assert_eq!((corrected.differing, corrected.corrected, corrected.unchanged), (0, 1, 6));
    let now = tenant.get::<pricing::GetExchangeRate>(stored.id).await;
    assert_eq!((now.rate, now.version, now.correction_reason), (of("1.1172"), 2, with.correction_reason.clone()));
    let again = tenant.post::<pricing::ImportExchangeRates>((), &with).await;
    assert_eq!((again.differing, again.corrected, again.unchanged), (0, 0, 7));
}

/// One pair has one rate a day: the way back follows from it, and another one would contradict it (MCO-01).
#[tokio::test]
async fn the_way_back_is_no_rate_of_its_own() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let quote = async |currency: &str, base: &str, date: &str, rate: &str| {
        tenant.raw.post("/v1/exchange-rates", &json!({ "currency": currency, "base": base, "date": date, "rate": rate })).await
    };
    let first = quote("EUR", "GBP", "2026-10-30", "0.8").await.success();
    let problem = quote("GBP", "EUR", "2026-10-30", "1.5").await.problem();
    assert_eq!((problem.status, problem.code), (409, Code::AlreadyExists));
    assert_eq!(problem.meta["exchange_rate_id"], first["id"]);
    assert!(problem.detail.contains("The way back follows from it"), "{problem:?}");
    assert_eq!(convert(&tenant, "100.00", "GBP", "EUR").await.result.0, "125.00");
    quote("GBP", "EUR", "2026-10-31", "1.5").await.success();
    assert_eq!(convert(&tenant, "100.00", "GBP", "EUR").await.result.0, "150.00");
}

/// A rate that somebody typed the other way round is contradicted aloud, and corrected in its own direction (MDM-15).
#[tokio::test]
async fn the_banks_file_sees_rates_of_the_other_direction() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let typed = json!({ "currency": "USD", "base": "EUR", "date": "2026-10-30", "rate": "0.9" });
    let typed = tenant.raw.post("/v1/exchange-rates", &typed).await.success();
    let day = "Date,USD\n2026-10-30,1.25\n";
    let told = tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, day)).await;
    assert_eq!((told.created, told.differing, told.conflicts.len()), (0, 1, 1));
    let conflict = &told.conflicts[0];
    assert_eq!((conflict.exchange_rate_id.to_string(), conflict.currency, conflict.base), (typed["id"].as_str().unwrap().to_owned(), of("USD"), of("EUR")));
    assert_eq!((conflict.stored, conflict.given), (of("0.9"), of("0.8")));
    let with = ImportExchangeRates { correction_reason: Some("typed wrongly".to_owned()), ..file(RateFile::EcbCsv, day) };
    assert_eq!(tenant.post::<pricing::ImportExchangeRates>((), &with).await.corrected, 1);
    assert_eq!(tenant.get::<pricing::GetExchangeRate>(conflict.exchange_rate_id).await.rate, of("0.8"));
    assert_eq!(tenant.post::<pricing::ImportExchangeRates>((), &with).await.unchanged, 1);
}

/// A rate of a locked day is in reports that are closed: only who may open the day corrects it (ACC-09).
#[tokio::test]
async fn a_rate_of_a_locked_day_stays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    tenant.post::<pricing::ImportExchangeRates>((), &file(RateFile::EcbCsv, &FILE.replace("1.1172", "11.172"))).await;
    let listed = tenant.raw.get("/v1/exchange-rates?base=USD&date=2026-10-30").await.success();
    let path = format!("/v1/exchange-rates/{}", listed["data"][0]["id"].as_str().unwrap());
    let year = json!({ "company_id": shop.company, "year": 2026 });
    let year = tenant.raw.post("/v1/fiscal-years", &year).await.success()["id"].as_str().unwrap().to_owned();
    tenant.raw.post(&format!("/v1/fiscal-years/{year}/lock"), &json!({ "through": "2026-10-30" })).await.success();
    let clerk = causeway_tests::api_key::limited(&tenant, &["exchange_rates:write", "exchange_rates:read"]).await;
    let correction = json!({ "rate": "1.1172", "correction_reason": "the point" });
    let refused = clerk.raw.patch(&path, &correction).await.problem();
    assert_eq!((refused.status, refused.code, refused.meta["locked_through"].as_str()), (423, Code::PeriodLocked, Some("2026-10-30")));
    clerk.raw.patch(&path, &json!({ "correction_reason": "only the reason" })).await.success();
    let with = ImportExchangeRates { correction_reason: Some("the point".to_owned()), ..file(RateFile::EcbCsv, FILE) };
    let kept = clerk.post::<pricing::ImportExchangeRates>((), &with).await;
    assert_eq!((kept.corrected, kept.differing, kept.unchanged), (0, 1, 6));
    assert_eq!(tenant.raw.patch(&path, &correction).await.success()["rate"], "1.1172");
}
