//! A change that changes nothing did not happen: no version, no event, no snapshot, no refusal; and what is given again is the same as before (MDM-08, ORD-05).

use causeway_contract::{Code, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::crm::op as crm;
use causeway_openapi::object::VerifyObjectsQuery;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::party::{AddressInput, ContactInput, UpdateParty, op as party};
use causeway_openapi::quote::op as quote;
use causeway_tests::deal::{self, forty, order_body, quote_body};
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{Percent, QuoteRules};
use serde_json::{Value, json};

#[tokio::test]
async fn the_same_again_is_no_change() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lead = deal::lead(&tenant, &shop).await.id;
    let deal = json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs" });
    let deal = tenant.raw.post("/v1/opportunities", &deal).await.success()["id"].as_str().unwrap().to_owned();
    let offer = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await.id;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await.id;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let planned = deal::delivery(&tenant, &confirmed, "10").await.id;
    deal::ship(&tenant, &confirmed, "10").await;
    let invoice = deal::invoice_order(&tenant, confirmed.id).await.id;
    assert_eq!(tenant.get::<crm::GetLead>(lead).await.version, 1);
    let objects = [
        (format!("/v1/parties/{}", shop.party), "name"),
        (format!("/v1/products/{}", shop.chai), "name"),
        (format!("/v1/companies/{}", shop.company), "name"),
        (format!("/v1/opportunities/{deal}"), "title"),
        (format!("/v1/leads/{lead}"), "title"),
        (format!("/v1/quotes/{offer}"), "notes"),
        (format!("/v1/orders/{draft}"), "notes"),
        (format!("/v1/invoices/{invoice}"), "notes"),
        (format!("/v1/deliveries/{planned}"), "carrier"),
    ];
    for (path, field) in objects {
        let stands = tenant.raw.get(&path).await.success();
        let etag = format!("\"v{}\"", stands["version"]);
        let before = events(&tenant).await.len();
        let refs = json!({ "external_refs": stands["external_refs"], "metadata": stands["metadata"], field: stands[field] });
        for body in [json!({}), json!({ field: stands[field] }), refs] {
            let answer = tenant.raw.request("PATCH", &path).header("if-match", &etag).json(&body).send().await;
            assert_eq!(answer.success(), stands, "{path} {body}");
            let tag = answer.header("etag").unwrap_or_default();
            assert!(answer.status == 200 && tag.starts_with(&format!("{}-", etag.trim_end_matches('"'))), "{path} {body}: {tag}");
        }
        assert_eq!(events(&tenant).await.len(), before, "{path}");
        assert_eq!(tenant.raw.get(&path).await.success(), stands, "{path}");
        // What is stale is stale whatever is asked for, and what says something else counts.
        let stale = tenant.raw.request("PATCH", &path).header("if-match", "\"v999\"").json(&json!({})).send().await.problem();
        assert_eq!(stale.code, Code::VersionConflict, "{path}");
        let changed = tenant.raw.request("PATCH", &path).json(&json!({ field: "Otherwise" })).send().await.success();
        assert_eq!(changed["version"].as_i64(), stands["version"].as_i64().map(|version| version + 1), "{path}");
        assert_eq!(events(&tenant).await.len(), before + 1, "{path}");
    }
    let compared = tenant.ask::<causeway_openapi::identity::op::VerifyObjects>(&VerifyObjectsQuery { cursor: None }).await;
    assert!(compared.ok, "{:?}", compared.breaks);
}

/// Lines that are priced anew to what they were are the same lines.
#[tokio::test]
async fn lines_that_are_given_again_are_no_change() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let offer = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await.id;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await.id;
    let lines = json!({ "lines": [{ "product_id": shop.chai, "quantity": "40", "discount_percent": "10" }] });
    for path in [format!("/v1/orders/{draft}"), format!("/v1/quotes/{offer}")] {
        let stands = tenant.raw.get(&path).await.success();
        assert_eq!(tenant.raw.request("PATCH", &path).json(&lines).send().await.success(), stands, "{path}");
    }
}

#[tokio::test]
async fn an_address_that_is_given_again_is_the_same_one() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let stands = tenant.get::<party::GetParty>(shop.party).await;
    let (address, contact) = (stands.addresses[0].clone(), stands.contacts[0].clone());
    let named = CreateOrder { contact_id: contact.id.into(), ship_to_id: address.id.into(), ..order_body(&shop, vec![forty(&shop)]) };
    let order = tenant.post::<order::CreateOrder>((), &named).await.id;
    let bare = |mut value: Value| {
        value.as_object_mut().unwrap().remove("id");
        value
    };
    let again: AddressInput = serde_json::from_value(bare(json!(address))).unwrap();
    let person: ContactInput = serde_json::from_value(bare(json!(contact))).unwrap();
    let elsewhere = AddressInput { line1: "Elsewhere 1".to_owned(), ..again.clone() };
    let moved = ContactInput { phone: Some("+49 30 1234567".to_owned()), ..person.clone() };
    let new = ContactInput { name: "Noor".to_owned(), email: Some("noor@borealis.test".to_owned()), ..person.clone() };
    let body = UpdateParty { addresses: Patch::Value(vec![elsewhere, again.clone()]), contacts: Patch::Value(vec![new, moved]), ..UpdateParty::default() };
    let changed = tenant.post::<party::UpdateParty>(shop.party, &body).await;
    assert_eq!((changed.addresses[1].id, changed.contacts[1].id), (address.id, contact.id));
    assert!(changed.addresses[0].id != address.id && changed.contacts[0].id != contact.id);
    let now = tenant.get::<order::GetOrder>(order).await;
    assert_eq!((now.ship_to_id, now.contact_id), (Some(address.id), Some(contact.id)));
    // One that is named by its id is not given to another that is the same.
    let kept = AddressInput { id: Some(address.id), line1: "Moved 2".to_owned(), ..again.clone() };
    let body = UpdateParty { addresses: Patch::Value(vec![again, kept]), ..UpdateParty::default() };
    let changed = tenant.post::<party::UpdateParty>(shop.party, &body).await;
    assert_eq!(changed.addresses[1].id, address.id);
    assert_ne!(changed.addresses[0].id, address.id);
}

#[tokio::test]
async fn rules_of_a_company_are_taken_off_with_null() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let path = format!("/v1/companies/{}", shop.company);
    let none = tenant.raw.get(&path).await.success();
    let rules = QuoteRules { max_discount_percent: "10".parse::<Percent>().ok(), ..QuoteRules::default() };
    let set = UpdateCompany { quote_rules: Patch::Value(rules.clone()), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &set).await.quote_rules, rules);
    for name in ["letterhead", "quote_rules", "lead_rules", "installment_rules", "order_rules", "document_rules"] {
        let answer = tenant.raw.request("PATCH", &path).json(&json!({ name: null })).send().await.success();
        assert_eq!(answer[name], none[name], "{name}");
    }
}
