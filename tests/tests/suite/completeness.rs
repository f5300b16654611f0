//! What a company asks of its documents before they are handed on: each thing that is missing is named, and nothing moves until it is there (MDM-04,
//! MDM-12, ORD-10, BIL-05).

use causeway_openapi::{invoice, order, party, quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{accept, forty, invoice_order, post_invoice, quote_body, ship};
use causeway_tests::pointers;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_value::{InvoiceStatus, OrderStatus, QuoteStatus};
use serde_json::{Value, json};

async fn patch(caller: &Caller, path: String, body: Value) -> Value {
    caller.raw.request("PATCH", &path).json(&body).send().await.success()
}

async fn asks(caller: &Caller, shop: &Shop, rules: Value) -> Value {
    patch(caller, format!("/v1/companies/{}", shop.company), json!({ "document_rules": rules })).await
}

#[tokio::test]
async fn documents_say_what_their_company_asks_for() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // The customer of the shop is known by name and address only.
    let children = json!({ "addresses": [], "contacts": [], "tax_ids": [] });
    patch(&tenant, format!("/v1/parties/{}", shop.party), children).await;
    let rules = json!({
        "quote_submit": { "fields": ["valid_until", "party_contact"] },
        "order_confirm": { "fields": ["reference", "owner_id", "party_tax_id", "party_address"], "metadata": ["cost_center"] },
        "invoice_post": { "fields": ["party_email"] },
    });
    let company = asks(&tenant, &shop, rules).await;
    assert_eq!(company["document_rules"]["order_confirm"]["metadata"], json!(["cost_center"]));

    let body = quote_body(&shop, vec![forty(&shop)]);
    let made = tenant.post::<quote::op::CreateQuote>((), &body).await;
    let refused = tenant.refused::<quote::op::SubmitQuote>(made.id, &Default::default()).await;
    assert_eq!(pointers(&refused), ["/valid_until", "/party_id"]);
    assert_eq!(tenant.get::<quote::op::GetQuote>(made.id).await.status, QuoteStatus::Draft);
    patch(&tenant, format!("/v1/quotes/{}", made.id), json!({ "valid_until": "2199-01-01" })).await;
    patch(&tenant, format!("/v1/parties/{}", shop.party), json!({ "contacts": [{ "name": "Amy" }] })).await;
    let quote = tenant.act::<quote::op::SubmitQuote>(made.id).await;
    assert_eq!(quote.status, QuoteStatus::Approved);

    let order = accept(&tenant, quote.id).await.order;
    let user = tenant.raw.post("/v1/users", &json!({ "name": "Eve", "email": "eve@acme.test", "role_ids": [] })).await.success();
    patch(&tenant, format!("/v1/orders/{}", order.id), json!({ "reference": null, "owner_id": null })).await;
    let refused = tenant.refused::<order::op::ConfirmOrder>(order.id, &Default::default()).await;
    assert_eq!(pointers(&refused), ["/reference", "/owner_id", "/party_id", "/party_id", "/metadata/cost_center"]);
    assert!(refused.errors[2].detail.contains("no tax registration") && refused.errors[2].detail.contains("PATCH /v1/parties"), "{:?}", refused.errors[2]);
    let patched = json!({ "reference": "PO 1", "owner_id": user["id"], "metadata": { "cost_center": "4711" } });
    patch(&tenant, format!("/v1/orders/{}", order.id), patched).await;
    let address = json!({ "addresses": [{ "kind": "billing", "line1": "1 Rue", "city": "Lyon", "country": "FR" }], "tax_id": "FR40303265045" });
    patch(&tenant, format!("/v1/parties/{}", shop.party), address).await;
    let confirmed = tenant.act::<order::op::ConfirmOrder>(order.id).await;
    assert_eq!(confirmed.status, OrderStatus::Confirmed);

    ship(&tenant, &confirmed, "40").await;
    let bill = invoice_order(&tenant, order.id).await;
    // What customers pay names their own order.
    assert_eq!(bill.reference.as_deref(), Some("PO 1"));
    let refused = tenant.refused::<invoice::op::PostInvoice>(bill.id, &Default::default()).await;
    assert_eq!(pointers(&refused), ["/party_id"]);
    assert_eq!(tenant.get::<invoice::op::GetInvoice>(bill.id).await.number, None);
    // Nor does a billing run post what lacks something; the run says why.
    let cancelled = tenant.act::<invoice::op::CancelInvoice>(bill.id).await;
    assert_eq!(cancelled.status, InvoiceStatus::Cancelled);
    let run = tenant.raw.post("/v1/billing-runs", &json!({ "company_id": shop.company, "post": true })).await.success();
    let path = format!("/v1/billing-runs/{}", run["id"].as_str().unwrap());
    let run = tenant.raw.post(&format!("{path}/commit"), &json!({ "hash": run["hash"] })).await.success();
    assert_eq!((&run["status"], &run["failed_count"]), (&json!("done"), &json!(1)));
    let bill = invoice_order(&tenant, order.id).await;
    patch(&tenant, format!("/v1/parties/{}", shop.party), json!({ "email": "amy@borealis.test" })).await;
    assert!(post_invoice(&tenant, bill.id, None).await.number.is_some());
    assert!(tenant.get::<party::op::GetParty>(shop.party).await.email.is_some());
}

#[tokio::test]
async fn what_nobody_can_give_cannot_be_asked_for() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = json!({ "document_rules": { "invoice_post": { "fields": ["owner_id", "reference"] }, "order_confirm": { "fields": ["valid_until"] } } });
    let refused = tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&body).send().await;
    let problem = refused.problem();
    assert_eq!(pointers(&problem), ["/document_rules/order_confirm/fields", "/document_rules/invoice_post/fields"]);
    // A field has one name: another is refused by the schema, which says where.
    let body = json!({ "document_rules": { "order_confirm": { "fields": ["refrence"] } } });
    let problem = tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&body).send().await.problem();
    assert_eq!(pointers(&problem), ["/document_rules/order_confirm/fields/0"]);
}
