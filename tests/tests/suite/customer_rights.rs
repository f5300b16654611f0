//! How much a customer may owe, and at which prices and terms it buys, is said by who may say it (SEC-02, QTE-08, ORD-06, APR-13).

use causeway_contract::{Code, Problem};
use causeway_openapi::party::{MergeParty, op as party};
use causeway_tests::api_key::limited;
use causeway_tests::caller::Caller;
use causeway_tests::person::Person;
use causeway_tests::shop::{self, Shop, party_body};
use causeway_tests::world::{Tenant, World};
use causeway_value::PartyId;
use serde_json::{Value, json};

async fn opened(world: &World) -> (Tenant, Shop, Value) {
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let list = json!({ "code": "GOLD", "name": "Gold", "currency": "EUR", "rules": [{ "product_id": shop.chai, "percent_off": "7" }] });
    let list = tenant.raw.post("/v1/price-lists", &list).await.success()["id"].clone();
    let fields = json!({ "credit_limit": "5000.00", "payment_term_id": shop.term, "price_list_id": list, "segment": "gold" });
    (tenant, shop, fields)
}

fn named(problem: &Problem) -> Vec<&str> {
    assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied), "{problem:?}");
    problem.meta["fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

async fn changed(caller: &Caller, id: PartyId, body: &Value) -> causeway_tests::raw::Seen {
    caller.raw.request("PATCH", &format!("/v1/parties/{id}")).json(body).send().await
}

#[tokio::test]
async fn a_rep_gives_no_limit_no_list_and_no_term() {
    let world = World::start().await;
    let (tenant, shop, fields) = opened(&world).await;
    let rep = Person::hire_as(&tenant, "sales_rep").await.session().await;
    let all = ["credit_limit", "payment_term_id", "price_list_id", "segment"];
    let plain = tenant.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
    let problem = changed(&rep, plain, &fields).await.problem();
    assert_eq!(named(&problem), all);
    assert!(problem.detail.contains("credit:write") && problem.detail.contains("parties:terms"), "{problem:?}");
    // One by one, and when it is made: alone or among many.
    let mut fresh = json!({ "name": "Zephyr", "kind": "organization", "roles": ["customer"], "currency": "EUR" });
    for name in all {
        assert_eq!(named(&changed(&rep, plain, &json!({ name: fields[name] })).await.problem()), [name]);
        fresh[name] = fields[name].clone();
    }
    assert_eq!(named(&rep.raw.post("/v1/parties", &fresh).await.problem()), all);
    let many = rep.raw.post("/v1/parties/bulk", &json!({ "items": [fresh] })).await;
    let many = many.problem();
    assert_eq!((named(&many), many.meta["index"].as_i64()), (all.to_vec(), Some(0)), "{many:?}");
    // Whatever else a rep knows of a customer, he writes; and what he read he may write back.
    assert!(changed(&tenant, plain, &fields).await.ok());
    let mut back = fields.clone();
    back["phone"] = json!("+49 30 1234567");
    assert_eq!(changed(&rep, plain, &back).await.success()["phone"], json!("+49 30 1234567"));
    assert_eq!(named(&changed(&rep, plain, &json!({ "credit_limit": null, "segment": null })).await.problem()), ["credit_limit", "segment"]);
    assert!(tenant.raw.get(&format!("/v1/parties/{}", shop.party)).await.ok());
}

#[tokio::test]
async fn who_leads_sales_says_terms_and_who_keeps_the_books_both() {
    let world = World::start().await;
    let (tenant, _, fields) = opened(&world).await;
    for (role, denied) in [("sales_manager", vec!["credit_limit"]), ("finance", vec![]), ("finance_manager", vec![])] {
        let caller = Person::hire_as(&tenant, role).await.session().await;
        let id = tenant.post::<party::CreateParty>((), &party_body(role)).await.id;
        let answer = changed(&caller, id, &fields).await;
        if denied.is_empty() {
            assert_eq!(answer.success()["credit_limit"], json!("5000.00"), "{role}");
        } else {
            assert_eq!(named(&answer.problem()), denied, "{role}");
        }
    }
}

/// What a file or a merge would say, nobody says who may not say it one by one.
#[tokio::test]
async fn neither_files_nor_merges_go_around_it() {
    let world = World::start().await;
    let (tenant, _, fields) = opened(&world).await;
    let clerk = limited(&tenant, &["parties:read", "parties:write", "parties:merge", "imports:write", "jobs:read", "products:*"]).await;
    let import = |rows: Value, resource: &str| json!({ "resource": resource, "rows": rows });
    let rows = json!([{ "name": "Zephyr", "sector": "gold", "credit_limit": "9.00" }]);
    assert_eq!(named(&clerk.raw.post("/v1/imports", &import(rows.clone(), "parties")).await.problem()), ["credit_limit", "segment"]);
    let goods = json!([{ "code": "X", "name": "X", "cost": "1.00" }]);
    assert_eq!(named(&clerk.raw.post("/v1/imports", &import(goods, "products")).await.problem()), ["cost"]);
    let without = json!({ "resource": "parties", "rows": rows, "mapping": { "sector": "", "credit_limit": "" } });
    assert!(clerk.raw.post("/v1/imports", &without).await.ok());
    let (one, other) =
        (tenant.post::<party::CreateParty>((), &party_body("One")).await.id, tenant.post::<party::CreateParty>((), &party_body("Other")).await.id);
    assert!(changed(&tenant, one, &fields).await.ok());
    let problem = clerk.refused::<party::MergeParty>(one, &MergeParty { into: other }).await;
    assert_eq!(named(&problem), ["credit_limit", "payment_term_id", "price_list_id", "segment"]);
    assert_eq!(tenant.post::<party::MergeParty>(one, &MergeParty { into: other }).await.into.segment.as_deref(), Some("gold"));
}
