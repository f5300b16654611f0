//! A customer at a glance: what is being sold, billed, owed and paid (CRM-14).

use causeway_openapi::crm::{CreateLead, CreateOpportunity, op as crm};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::measure::{AsOfQuery, op as measure};
use causeway_openapi::overview::{CollectionStatus, op as overview};
use causeway_openapi::party::op as party;
use causeway_openapi::quote::op as quote;
use causeway_tests::deal::{self, advance, approved, deal, forty, free_invoice, pay, post_invoice, quote_body};
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::json;

#[tokio::test]
async fn an_account_shows_what_is_sold_billed_and_owed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal(&tenant, &shop).await;
    let body = CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: "Tables".to_owned(),
        expected_value: Some("500.00".into()),
        ..CreateOpportunity::default()
    };
    tenant.post::<crm::CreateOpportunity>((), &body).await;
    approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await;
    let mail = tenant.get::<party::GetParty>(shop.party).await.contacts[0].email.clone();
    tenant.post::<crm::CreateLead>((), &CreateLead { company_id: shop.company, title: "more".to_owned(), email: mail, ..CreateLead::default() }).await;
    let draft = free_invoice(&tenant, &shop, "100.00").await;
    let posted = post_invoice(&tenant, draft.id, None).await;
    let path = format!("/v1/parties/{}/overview?company_id={}", shop.party, shop.company);
    let seen = async || tenant.raw.get(&path).await.success();
    let now = seen().await;
    let section = &now["sections"][0];
    assert_eq!((now["open_lead_count"].as_i64(), now["sections"].as_array().map(Vec::len)), (Some(1), Some(1)), "{now}");
    assert_eq!(section["open_opportunities"], json!({ "count": 1, "amount": "500.00" }));
    assert_eq!(section["open_quotes"], json!({ "count": 2, "amount": "1542.24" }));
    assert_eq!((&section["open_orders"]["count"], &section["unbilled"]["count"]), (&json!(0), &json!(0)));
    let total = posted.total_amount.0.as_str();
    assert_eq!((section["open"].clone(), section["overdue"].clone()), (json!({ "count": 1, "amount": total }), json!({ "count": 0, "amount": "0.00" })));
    assert_eq!((section["billed"]["count"].as_i64(), section["collection_status"].as_str()), (Some(2), Some("current")));
    assert_eq!((now["last_payments"][0]["amount"].as_str(), now["last_payments"].as_array().map(Vec::len)), (Some("771.12"), Some(1)));
    // Time makes it overdue, a dispute stops that, money clears it; what is paid too much stays the customer's.
    advance(&tenant, "2027-06-01T09:00:00Z").await;
    let section = seen().await["sections"][0].clone();
    assert_eq!((section["overdue"]["amount"].as_str(), section["collection_status"].as_str()), (Some(total), Some("overdue")));
    assert_eq!(section["overdue_since"], json!(posted.installments[0].due_date));
    tenant.raw.post(&format!("/v1/invoices/{}/dispute", posted.id), &json!({ "reason": "damaged" })).await.success();
    assert_eq!(seen().await["sections"][0]["collection_status"], "disputed");
    pay(&tenant, &shop, "1000.00", &[(posted.id, total)]).await;
    let glance = tenant.get::<overview::GetPartyOverview>(shop.party).await;
    let unallocated = glance.sections[0].unallocated.as_ref().map(|unallocated| unallocated.count);
    assert_eq!((glance.sections[0].collection_status, unallocated), (CollectionStatus::Clear, Some(1)));
    let payments = glance.last_payments.unwrap();
    assert_eq!((payments.len(), payments[0].amount.0.as_str()), (2, "1000.00"));
    // Who may read invoices only sees what is billed and owed (SEC-03).
    let scopes = vec!["invoices:read".to_owned(), "quotes:read".to_owned()];
    let key = CreateApiKey { name: "clerk".to_owned(), scopes, ..CreateApiKey::default() };
    let clerk = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &key).await.secret);
    let glance = clerk.get::<overview::GetPartyOverview>(shop.party).await;
    let section = &glance.sections[0];
    assert_eq!((section.collection_status, section.billed.count), (CollectionStatus::Clear, 2));
    assert!(section.open_quotes.is_some());
    let hidden = [&section.open_opportunities, &section.open_orders, &section.unbilled, &section.unallocated];
    assert!(hidden.iter().all(|count| count.is_none()) && glance.open_lead_count.is_none() && glance.last_payments.is_none(), "{glance:?}");
}

/// A day ends where the companies are (CRM-14): nobody is overdue on the evening of the day that is agreed.
#[tokio::test]
async fn a_day_ends_where_the_companies_are() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let posted = post_invoice(&tenant, free_invoice(&tenant, &shop, "100.00").await.id, None).await;
    let due = posted.installments[0].due_date;
    // Berlin is an hour ahead of UTC in winter and two in summer: half an hour past its midnight it is late there, whatever UTC says.
    let past = due.plus_days(1).start_in("Europe/Berlin".parse().unwrap()).plus_seconds(1_800);
    advance(&tenant, &past.plus_seconds(-3_600).to_string()).await;
    let seen = async || tenant.get::<overview::GetPartyOverview>(shop.party).await;
    assert_eq!((seen().await.as_of, seen().await.sections[0].collection_status), (due, CollectionStatus::Current));
    advance(&tenant, &past.to_string()).await;
    assert_eq!((seen().await.as_of, seen().await.sections[0].collection_status), (due.plus_days(1), CollectionStatus::Overdue));
}

/// What is unbilled of a customer is what the report says of it: what stands on a draft is not billed yet (RPT-03, CRM-14).
#[tokio::test]
async fn what_stands_on_a_draft_is_unbilled_in_both() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let unbilled = async || {
        let report = tenant.ask::<measure::GetUnbilled>(&AsOfQuery { company_id: shop.company, as_of: None, offset: None }).await.total.0;
        let seen = tenant.get::<overview::GetPartyOverview>(shop.party).await.sections.into_iter().next().and_then(|section| section.unbilled);
        (report, seen.map(|unbilled| (unbilled.count, unbilled.amount.0)))
    };
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &confirmed, "10").await;
    assert_eq!(unbilled().await, ("162.00".to_owned(), Some((1, "162.00".to_owned()))));
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    assert_eq!(unbilled().await, ("162.00".to_owned(), Some((1, "162.00".to_owned()))));
    post_invoice(&tenant, draft.id, None).await;
    assert_eq!(unbilled().await, ("0.00".to_owned(), Some((0, "0.00".to_owned()))));
}
