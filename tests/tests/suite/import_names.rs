//! What rows name by code or name: taxes, payment terms, price lists, categories; and which columns imports know (INT-35, MDM-02, MDM-07).

use super::import::{errors, import};
use causeway_contract::ListQuery;
use causeway_openapi::catalog::{Product, op as catalog};
use causeway_openapi::import::{ImportCell, ImportColumnsQuery, ImportResource, op as imports};
use causeway_openapi::party::{Party, op as party};
use causeway_openapi::tax::op as tax;
use causeway_tests::caller::Caller;
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::{Value, json};

async fn product(caller: &Caller, code: &str) -> Product {
    caller.all::<catalog::ListProducts, _>(&ListQuery::by("code", code)).await.remove(0)
}

async fn party(caller: &Caller, name: &str) -> Party {
    caller.all::<party::ListParties, _>(&ListQuery::default()).await.into_iter().find(|party| party.name == name).expect("the party")
}

fn counts(job: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| job["result"][name].as_i64().unwrap_or_else(|| panic!("{job}")))
}

/// A product is sold with the tax that its file names, or its row is wrong: never without one and without a word.
#[tokio::test]
async fn taxes_and_categories_are_named_by_code() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let other = shop::open(&tenant, "2").await;
    let city = tenant.post::<tax::CreateTax>((), &shop::percent_tax(shop.company, "CITY", "2")).await.id;
    let tea = tenant.raw.post("/v1/categories", &json!({ "name": "Tea" })).await.success()["id"].clone();
    let query = format!("resource=products&company_id={}", shop.company);
    let file = "code,name,list_price,tax,category\nX1,Green,5,VAT19,tea\nX2,Black,6,vat19; City,\nX3,White,7,VAT20,\nX4,Red,8,,Coffee\n";
    let job = import(&tenant, &query, file).await;
    assert_eq!(counts(&job), [2, 0, 0, 2], "{job}");
    let wrong = |row, column: &str| (row, column.to_owned(), "not_found".to_owned());
    assert_eq!(errors(&tenant, &job).await, [wrong(4, "tax"), wrong(5, "category")]);
    let green = product(&tenant, "X1").await;
    assert_eq!((green.tax_ids.as_slice(), serde_json::to_value(green.category_id).unwrap()), (&[shop.tax][..], tea));
    assert!(green.metadata.is_empty(), "{green:?}");
    assert_eq!(product(&tenant, "X2").await.tax_ids, [shop.tax, city]);
    // The taxes of one company are those of its file; what the product has of others stays. The same file again changes nothing.
    let second = format!("resource=products&company_id={}", other.company);
    let theirs = "code,tax_code\nX1,VAT19\n";
    assert_eq!(counts(&import(&tenant, &second, theirs).await), [0, 1, 0, 0]);
    assert_eq!(product(&tenant, "X1").await.tax_ids, [shop.tax, other.tax]);
    let before = events(&tenant).await.len();
    assert_eq!(counts(&import(&tenant, &second, theirs).await), [0, 0, 1, 0]);
    assert_eq!(counts(&import(&tenant, &query, file).await), [0, 0, 2, 2]);
    assert_eq!(events(&tenant).await.iter().skip(before).filter(|event| event.kind.starts_with("product.")).count(), 0);
    // Without a company the code says too little.
    let job = import(&tenant, "resource=products", theirs).await;
    let told = tenant.raw.get(job["errors_url"].as_str().unwrap()).await.success();
    assert!(told["data"][0]["detail"].as_str().is_some_and(|detail| detail.contains("`company_id`")), "{told}");
    // Ids say everything.
    assert_eq!(counts(&import(&tenant, "resource=products", &format!("code,tax_ids\nX1,{city}\n")).await), [0, 1, 0, 0]);
    assert_eq!(product(&tenant, "X1").await.tax_ids, [city]);
}

/// Customers have the terms and prices that their file names.
#[tokio::test]
async fn terms_and_price_lists_are_named_by_code() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let gold = json!({ "code": "GOLD", "name": "Gold customers", "currency": "EUR", "rules": [] });
    let gold = tenant.raw.post("/v1/price-lists", &gold).await.success()["id"].clone();
    let file = "name,payment_term,price_list\nKari,net 30,GOLD\nOla,NET30,gold customers\nPer,NET31,GOLD\nLiv,,SILVER\n";
    let job = import(&tenant, "resource=parties", file).await;
    assert_eq!(counts(&job), [2, 0, 0, 2], "{job}");
    assert_eq!(errors(&tenant, &job).await, [(4, "payment_term".to_owned(), "not_found".to_owned()), (5, "price_list".to_owned(), "not_found".to_owned())]);
    for name in ["Kari", "Ola"] {
        let party = party(&tenant, name).await;
        assert_eq!((party.payment_term_id, serde_json::to_value(party.price_list_id).unwrap()), (Some(shop.term), gold.clone()), "{name}");
    }
    assert_eq!(counts(&import(&tenant, "resource=parties", file).await), [0, 0, 2, 2]);
    // A mapping or a default of nothing is told where it stands.
    let refused = async |query: &str| {
        let request = tenant.raw.request("POST", &format!("/v1/imports?resource=parties&{query}")).header("content-type", "text/csv");
        request.bytes("name\nX\n").send().await.problem().errors.remove(0)
    };
    let told = refused("defaults=%7B%22bar%22%3A%22x%22%7D").await;
    assert_eq!(told.parameter.as_deref(), Some("defaults"), "{told:?}");
    let told = refused("strict=true&mapping=%7B%22bar%22%3A%22name%22%7D").await;
    assert!(told.parameter.as_deref() == Some("mapping") && told.detail.contains("`bar`"), "{told:?}");
}

#[tokio::test]
async fn the_columns_are_told() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let all = tenant.ask::<imports::ListImportColumns>(&ImportColumnsQuery::default()).await.data;
    assert!(all.iter().any(|column| column.resource == ImportResource::Stages));
    let products = tenant.ask::<imports::ListImportColumns>(&ImportColumnsQuery { resource: Some(ImportResource::Products) }).await.data;
    let taxes = products.iter().find(|column| column.field == "tax_ids").expect("taxes");
    assert!(taxes.also.contains(&"vat".to_owned()) && taxes.cells == ImportCell::Several && taxes.named_by.is_some(), "{taxes:?}");
    let kind = products.iter().find(|column| column.field == "kind").expect("the kind");
    assert!(kind.cells == ImportCell::Word && kind.words.contains(&"goods".to_owned()), "{kind:?}");
    assert!(products.iter().all(|column| column.resource == ImportResource::Products && !column.meaning.is_empty()));
}
