//! Work of somebody who leaves is handed over in every state, by who may, and what it waits for goes with it (CRM-06, ORD-09, ORD-12).

use causeway_contract::Code;
use causeway_openapi::crm::{CreateOpportunity, WinOpportunity, op as crm};
use causeway_openapi::object::HandOver;
use causeway_openapi::order::{CreateOrder, HoldOrder, op as order};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_tests::deal::{self, forty, manual_hold, order_body, quote_body};
use causeway_tests::log::events;
use causeway_tests::person::{Person, manager};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{pointers, verified};
use causeway_value::{OpportunityStatus, OrderStatus, QuoteStatus, UserId};

fn to(owner_id: UserId) -> HandOver {
    HandOver { owner_id }
}

#[tokio::test]
async fn confirmed_orders_sent_quotes_and_won_deals_get_another_owner() {
    let world = World::start().await;
    let (tenant, stranger) = (world.sandbox().await, world.sandbox().await);
    let shop = shop::open(&tenant, "").await;
    let (ann, ben) = (Person::hire_as(&tenant, "sales_rep").await, Person::hire_as(&tenant, "sales_rep").await);
    let (rep, boss) = (ben.session().await, manager(&tenant).await);
    let (ann, ben) = (ann.id, ben.id);

    let draft = tenant.post::<order::CreateOrder>((), &CreateOrder { owner_id: Some(ann), ..order_body(&shop, vec![forty(&shop)]) }).await;
    tenant.act::<order::ConfirmOrder>(draft.id).await;
    tenant.post::<order::HoldOrder>(draft.id, &HoldOrder { owner_id: Some(ann), ..manual_hold("ask Amy") }).await;
    let held = tenant.post::<order::HoldOrder>(draft.id, &HoldOrder { owner_id: Some(tenant.created.owner.id), ..manual_hold("ask the bank") }).await;
    // It is nobody's own business whose an order is.
    assert_eq!(rep.refused::<order::AssignOrder>(held.id, &to(ben)).await.code, Code::PermissionDenied);
    let wrong = boss.refused::<order::AssignOrder>(held.id, &to(stranger.created.owner.id)).await;
    assert_eq!((wrong.status, pointers(&wrong)), (422, vec!["/owner_id"]));
    assert_eq!(stranger.refused::<order::AssignOrder>(held.id, &to(stranger.created.owner.id)).await.status, 404);
    let handed = boss.post::<order::AssignOrder>(held.id, &to(ben)).await;
    assert_eq!((handed.owner_id, handed.status, handed.version), (Some(ben), OrderStatus::Confirmed, held.version + 1));
    // What waited for who leaves waits for who comes; what waits for others stays with them.
    assert_eq!(handed.holds.iter().map(|hold| hold.owner_id).collect::<Vec<_>>(), [Some(ben), Some(tenant.created.owner.id)]);
    assert_eq!(boss.post::<order::AssignOrder>(held.id, &to(ben)).await.version, handed.version, "again changes nothing");
    assert!(events(&tenant).await.iter().any(|event| event.kind == "order.assigned"));
    verified(&tenant).await;

    // Who left gets nothing, whoever hands it over.
    tenant.raw.patch(&format!("/v1/users/{ann}"), &serde_json::json!({ "active": false })).await.success();
    assert_eq!(pointers(&boss.refused::<order::AssignOrder>(held.id, &to(ann)).await), ["/owner_id"]);

    // A quote that is with the customer: the order that it becomes is of its owner then.
    let offered =
        tenant.post::<quote::CreateQuote>((), &CreateQuote { owner_id: Some(tenant.created.owner.id), ..quote_body(&shop, vec![forty(&shop)]) }).await;
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    tenant.act::<quote::SendQuote>(offered.id).await;
    assert_eq!(rep.refused::<quote::AssignQuote>(offered.id, &to(ben)).await.code, Code::PermissionDenied);
    let sent = boss.post::<quote::AssignQuote>(offered.id, &to(ben)).await;
    assert_eq!((sent.owner_id, sent.status), (Some(ben), QuoteStatus::Sent));
    assert_eq!(boss.post::<quote::AssignQuote>(offered.id, &to(ben)).await, sent);
    assert_eq!(deal::accept(&tenant, offered.id).await.order.owner_id, Some(ben));

    // A deal that is won.
    let body = CreateOpportunity { company_id: shop.company, party_id: Some(shop.party), title: "Chairs".to_owned(), ..CreateOpportunity::default() };
    let deal = tenant.post::<crm::CreateOpportunity>((), &body).await;
    tenant.post::<crm::WinOpportunity>(deal.id, &WinOpportunity::default()).await;
    assert_eq!(rep.refused::<crm::AssignOpportunity>(deal.id, &to(ben)).await.code, Code::PermissionDenied);
    let won = boss.post::<crm::AssignOpportunity>(deal.id, &to(ben)).await;
    assert_eq!((won.owner_id, won.status), (Some(ben), OpportunityStatus::Won));
    assert_eq!(boss.post::<crm::AssignOpportunity>(deal.id, &to(ben)).await, won);
    verified(&tenant).await;
}

/// Changing a deal, a quote or an order is no way round the right to hand it over, and nobody opens again what others have won (CRM-06, SEC-04).
#[tokio::test]
async fn nobody_takes_what_others_sell() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (ann, ben) = (Person::hire_as(&tenant, "sales_rep").await, Person::hire_as(&tenant, "sales_rep").await);
    let (hers, his) = (ann.session().await, ben.session().await);
    let (ann, ben) = (serde_json::json!({ "owner_id": ann.id }), serde_json::json!({ "owner_id": ben.id }));
    let deal = serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs" });
    let sold = serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
    let mut paths = Vec::new();
    for (list, body) in [("/v1/opportunities", &deal), ("/v1/quotes", &sold), ("/v1/orders", &sold)] {
        let made = hers.raw.post(list, body).await.success();
        let path = format!("{list}/{}", made["id"].as_str().unwrap());
        let problem = his.raw.patch(&path, &ben).await.problem();
        assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied), "{path}");
        assert_eq!(his.raw.patch(&path, &serde_json::json!({ "owner_id": null })).await.problem().status, 403, "{path}");
        // Its owner gives it away, and whoever has it then may give it back.
        assert_eq!(hers.raw.patch(&path, &ben).await.success()["owner_id"], ben["owner_id"], "{path}");
        assert_eq!(his.raw.patch(&path, &ann).await.success()["owner_id"], ann["owner_id"], "{path}");
        paths.push(path);
    }
    // What nobody has is there for who takes it.
    let free = tenant.raw.post("/v1/opportunities", &deal).await.success();
    assert_eq!(his.raw.patch(&format!("/v1/opportunities/{}", free["id"].as_str().unwrap()), &ben).await.success()["owner_id"], ben["owner_id"]);

    let won = &paths[0];
    hers.raw.post(&format!("{won}/win"), &serde_json::json!({})).await.success();
    let problem = his.raw.post(&format!("{won}/reopen"), &serde_json::json!({})).await.problem();
    assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied));
    assert!(problem.detail.contains("teams:write"), "{problem:?}");
    assert_eq!(hers.raw.post(&format!("{won}/reopen"), &serde_json::json!({})).await.success()["status"], "open");
    verified(&tenant).await;
}
