//! Work is given to people who are here: who left keeps what they have and gets nothing new (CRM-06, CRM-09, ORD-09).

use causeway_tests::caller::Caller;
use causeway_tests::person::Person;
use causeway_tests::pointers;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::{Value, json};

async fn refused_at(caller: &Caller, method: &str, path: &str, body: &Value) -> Vec<String> {
    let problem = caller.raw.request(method, path).json(body).send().await.problem();
    assert!(problem.errors.iter().all(|error| error.detail.contains("not active")), "{path}: {problem:?}");
    pointers(&problem).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn who_left_gets_nothing_new() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let eve = Person::hire_as(&tenant, "sales_rep").await.id;
    let chai = json!([{ "product_id": shop.chai, "quantity": "1" }]);
    let document = |owner: Option<causeway_value::UserId>| json!({ "company_id": shop.company, "party_id": shop.party, "owner_id": owner, "lines": chai });
    let deal = |owner: Option<causeway_value::UserId>| json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs", "owner_id": owner });
    let lead = |owner: Option<causeway_value::UserId>| json!({ "company_id": shop.company, "title": "Chairs", "owner_id": owner });
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    let hers = id(tenant.raw.post("/v1/quotes", &document(Some(eve))).await.success());
    let team = id(tenant.raw.post("/v1/teams", &json!({ "name": "East", "member_ids": [eve] })).await.success());
    let others = [
        format!("/v1/quotes/{}", id(tenant.raw.post("/v1/quotes", &document(None)).await.success())),
        format!("/v1/orders/{}", id(tenant.raw.post("/v1/orders", &document(None)).await.success())),
        format!("/v1/opportunities/{}", id(tenant.raw.post("/v1/opportunities", &deal(None)).await.success())),
        format!("/v1/leads/{}", id(tenant.raw.post("/v1/leads", &lead(None)).await.success())),
        format!("/v1/activities/{}", id(tenant.raw.post("/v1/activities", &json!({ "subject_id": shop.party, "kind": "task" })).await.success())),
    ];
    tenant.raw.request("PATCH", &format!("/v1/users/{eve}")).json(&json!({ "active": false })).send().await.success();

    let owner = ["/owner_id".to_owned()];
    for path in &others {
        assert_eq!(refused_at(&tenant, "PATCH", path, &json!({ "owner_id": eve })).await, owner, "{path}");
    }
    let [_, order, _, lead_path, _] = &others;
    assert_eq!(refused_at(&tenant, "POST", "/v1/quotes", &document(Some(eve))).await, owner);
    assert_eq!(refused_at(&tenant, "POST", "/v1/orders", &document(Some(eve))).await, owner);
    assert_eq!(refused_at(&tenant, "POST", "/v1/opportunities", &deal(Some(eve))).await, owner);
    assert_eq!(refused_at(&tenant, "POST", "/v1/leads", &lead(Some(eve))).await, owner);
    assert_eq!(refused_at(&tenant, "POST", &format!("{lead_path}/assign"), &json!({ "owner_id": eve })).await, owner);
    assert_eq!(refused_at(&tenant, "POST", &format!("{order}/hold"), &json!({ "reason": "wait", "owner_id": eve })).await, owner);
    assert_eq!(refused_at(&tenant, "POST", "/v1/activities", &json!({ "subject_id": shop.party, "kind": "task", "owner_id": eve })).await, owner);
    assert_eq!(refused_at(&tenant, "POST", "/v1/teams", &json!({ "name": "West", "member_ids": [eve] })).await, ["/member_ids/0"]);
    assert_eq!(refused_at(&tenant, "POST", "/v1/assignment-rules", &json!({ "name": "all", "position": 1, "owner_ids": [eve] })).await, ["/owner_ids/0"]);

    // What she has she keeps, and a deal that she closed was hers.
    let kept = json!({ "owner_id": eve, "notes": "Thank you" });
    tenant.raw.request("PATCH", &format!("/v1/quotes/{hers}")).json(&kept).send().await.success();
    tenant.raw.request("PATCH", &format!("/v1/teams/{team}")).json(&json!({ "member_ids": [eve], "name": "North" })).send().await.success();
    let closed =
        json!({ "company_id": shop.company, "title": "Old", "owner_id": eve, "status": "lost", "closed_at": "2020-01-01T00:00:00Z", "lost_reason": "price" });
    tenant.raw.post("/v1/opportunities", &closed).await.success();
}

/// Whoever does not see a company is given nothing of it: neither by name nor in turn (CRM-02, CRM-06, SEC-04).
#[tokio::test]
async fn who_does_not_see_a_company_gets_nothing_of_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await, shop::open(&tenant, "2").await);
    let rep = causeway_tests::person::role_called(&tenant, "sales_rep").await;
    let local = Person::hire_for(&tenant, vec![rep], vec![ours.company]).await.id;
    let wide = Person::hire(&tenant, vec![rep]).await.id;
    let lead = |shop: &shop::Shop| json!({ "company_id": shop.company, "title": "Chairs" });
    let team = tenant.raw.post("/v1/teams", &json!({ "name": "East", "member_ids": [local, wide] })).await.success()["id"].clone();
    tenant.raw.post("/v1/assignment-rules", &json!({ "name": "all", "position": 1, "team_id": team })).await.success();
    let mut given = Vec::new();
    for _ in 0..3 {
        let made = tenant.raw.post("/v1/leads", &lead(&theirs)).await.success();
        assert!(made["assignment"]["because"].as_str().unwrap().contains("1 passed over who may not see the company"), "{made}");
        given.push(made["owner_id"].clone());
    }
    assert_eq!(given, vec![json!(wide); 3]);
    assert!(tenant.raw.post("/v1/leads", &lead(&ours)).await.success()["owner_id"].is_string());
    let refused = async |method: &str, path: &str, body: &Value| {
        let problem = tenant.raw.request(method, path).json(body).send().await.problem();
        assert_eq!((problem.status, pointers(&problem)), (422, vec!["/owner_id"]), "{path}: {problem:?}");
        assert!(problem.detail.contains("may not see this company"), "{problem:?}");
    };
    let mut named = lead(&theirs);
    named["owner_id"] = json!(local);
    let chai = json!([{ "product_id": theirs.chai, "quantity": "1" }]);
    let document = json!({ "company_id": theirs.company, "party_id": theirs.party, "owner_id": local, "lines": chai });
    refused("POST", "/v1/leads", &named).await;
    refused("POST", "/v1/opportunities", &named).await;
    refused("POST", "/v1/quotes", &document).await;
    refused("POST", "/v1/orders", &document).await;
    let id = tenant.raw.post("/v1/leads", &lead(&theirs)).await.success()["id"].as_str().unwrap().to_owned();
    refused("POST", &format!("/v1/leads/{id}/assign"), &json!({ "owner_id": local })).await;
    refused("PATCH", &format!("/v1/leads/{id}"), &json!({ "owner_id": local })).await;
    refused("POST", "/v1/activities", &json!({ "subject_id": id, "kind": "task", "owner_id": local })).await;
    named["company_id"] = json!(ours.company);
    assert_eq!(tenant.raw.post("/v1/leads", &named).await.success()["owner_id"], json!(local));
}
