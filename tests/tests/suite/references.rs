//! External references: one order wherever they are shown, and a taken one names who has it (MDM-10, INT-11).

use causeway_contract::Code;
use causeway_openapi::identity::op as identity;
use causeway_openapi::object::VerifyObjectsQuery;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{of, pointers, unique, verified};
use serde_json::{Value, json};

/// What is handed over with references: the path and the body.
fn handed_over(shop: &Shop) -> Vec<(&'static str, Value)> {
    let (company, party) = (shop.company, shop.party);
    let deal = |more: Value| {
        let mut body = json!({ "company_id": company, "party_id": party, "currency": "EUR" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let lines = json!({ "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
    vec![
        (
            "/v1/products",
            json!({ "code": unique("REF"), "name": "Stool", "kind": "goods", "unit": "piece", "list_price": "1", "currency": "EUR", "billing_policy": "on_order" }),
        ),
        ("/v1/orders", deal(lines.clone())),
        ("/v1/quotes", deal(lines)),
        ("/v1/leads", json!({ "company_id": company, "title": "Stools" })),
        ("/v1/opportunities", json!({ "company_id": company, "title": "Stools" })),
        ("/v1/invoices", deal(json!({ "lines": [{ "description": "Advice", "quantity": "1", "unit_price": "1" }] }))),
        ("/v1/payments", deal(json!({ "direction": "inbound", "method": "bank", "amount": "1.00" }))),
        ("/v1/companies", json!({ "name": "Acme Two", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin" })),
        ("/v1/parties", json!({ "name": "Boreas", "kind": "organization", "roles": ["customer"] })),
        ("/v1/price-lists", json!({ "code": unique("REF"), "currency": "EUR" })),
        ("/v1/categories", json!({ "name": "Seats" })),
        ("/v1/teams", json!({ "name": unique("South") })),
        ("/v1/users", json!({ "name": "Rhea", "email": format!("{}@acme.test", unique("rhea")) })),
        ("/v1/activities", json!({ "subject_id": party, "kind": "call", "note": "Ask for the size" })),
    ]
}

fn with_refs(body: &Value, refs: &[(&str, &str)]) -> Value {
    let mut body = body.clone();
    body["external_refs"] = refs.iter().map(|(system, id)| json!({ "system": system, "id": id })).collect();
    body
}

/// What a new user shows later, too.
fn without_invitation(mut made: Value) -> Value {
    made.as_object_mut().unwrap().remove("invitation");
    made
}

async fn read(caller: &Caller, path: &str, id: &str) -> Value {
    caller.raw.get(&format!("{path}/{id}")).await.success()
}

#[tokio::test]
async fn references_have_one_order_whoever_gave_them_in_which() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (path, body) in handed_over(&shop) {
        let made = without_invitation(tenant.raw.post(path, &with_refs(&body, &[("z", "1"), ("a", "2")])).await.success());
        assert_eq!(made["external_refs"], json!([{ "system": "a", "id": "2" }, { "system": "z", "id": "1" }]), "{path}");
        assert_eq!(read(&tenant, path, made["id"].as_str().unwrap()).await, made, "{path}");
    }
    // So they have after a change and after two became one.
    let party = async |name: &str, refs: &[(&str, &str)]| {
        let body = json!({ "name": name, "kind": "organization", "roles": ["customer"] });
        tenant.raw.post("/v1/parties", &with_refs(&body, refs)).await.success()["id"].as_str().unwrap().to_owned()
    };
    let (kept, gone) = (party("Notos", &[("y", "1")]).await, party("Euros", &[("b", "1")]).await);
    let change = with_refs(&json!({}), &[("y", "2"), ("x", "2")]);
    let changed = tenant.raw.request("PATCH", &format!("/v1/parties/{kept}")).json(&change).send().await.success();
    assert_eq!(read(&tenant, "/v1/parties", &kept).await, changed);
    let merged = tenant.raw.post(&format!("/v1/parties/{gone}/merge"), &json!({ "into": kept })).await.success();
    let now = read(&tenant, "/v1/parties", &kept).await;
    assert_eq!(merged["into"]["external_refs"], now["external_refs"]);
    assert_eq!(now["external_refs"][0]["system"], "b");
    let compared = tenant.ask::<identity::VerifyObjects>(&VerifyObjectsQuery { cursor: None }).await;
    assert!(compared.ok, "{:?}", compared.breaks);
}

#[tokio::test]
async fn a_taken_reference_names_who_has_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let stranger = world.sandbox().await;
    let strange = shop::open(&stranger, "").await;
    for ((path, body), (_, elsewhere)) in handed_over(&shop).into_iter().zip(handed_over(&strange)) {
        if path == "/v1/orders" || path == "/v1/products" || path == "/v1/price-lists" {
            // Orders are replayed, and codes are unique themselves.
            continue;
        }
        let body = with_refs(&body, &[("free", "1"), ("crm", "7")]);
        let first = tenant.raw.post(path, &body).await.success();
        let refused = tenant.raw.post(path, &with_refs(&body, &[("crm", "7")])).await.problem();
        assert_eq!((refused.status, refused.code), (409, Code::ExternalRefExists), "{path}");
        let id = first["id"].as_str().unwrap();
        assert!(refused.detail.contains("crm:7") && refused.detail.contains(id), "{path}: {refused:?}");
        assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/external_refs"], "{path}");
        assert_eq!(refused.meta.get(&format!("{}_id", first["object"].as_str().unwrap())), Some(&first["id"]), "{path}: {refused:?}");
        // Another tenant's references are nobody's business.
        assert_eq!(stranger.raw.post(path, &with_refs(&elsewhere, &[("crm", "7")])).await.status, 201, "{path}");
    }
    // One that stands twice in a body is told so.
    let twice = json!({ "name": "Zephyros", "kind": "organization", "roles": ["customer"] });
    let refused = tenant.raw.post("/v1/parties", &with_refs(&twice, &[("web", "1"), ("web", "1")])).await.problem();
    assert_eq!((refused.status, refused.errors[0].pointer.as_deref()), (422, Some("/external_refs")));
}

#[tokio::test]
async fn what_comes_again_is_what_it_made() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (path, body) in handed_over(&shop) {
        let body = with_refs(&body, &[("shop", "4711"), ("erp", "1")]);
        // Whoever is known again is not invited again.
        let first = without_invitation(tenant.raw.post(path, &body).await.success());
        let before = events(&tenant).await.len();
        // Without a key, and with one: the same object, and nothing is written.
        for key in [None, Some("again")] {
            let mut request = tenant.raw.request("POST", path).json(&body);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            let again = request.send().await;
            assert_eq!((again.status, again.header("replayed")), (200, Some("true")), "{path}");
            let etag = again.header("etag").unwrap_or_default();
            assert!(etag.starts_with(&format!("\"v{}-", first["version"])), "{path}: {etag}");
            assert_eq!(again.success(), first, "{path}");
        }
        assert_eq!(events(&tenant).await.len(), before, "{path}");
        let found = tenant.raw.get(&format!("{path}?external_ref=shop:4711")).await.success();
        assert_eq!(found["data"], json!([first]), "{path}");
    }
    // What stands is answered as it is now, also after its references were given again.
    let body = with_refs(&json!({ "name": "Notos", "kind": "organization", "roles": ["customer"], "credit_limit": "5", "currency": "EUR" }), &[("crm", "8")]);
    let first = tenant.raw.post("/v1/parties", &body).await.success();
    let change = with_refs(&json!({ "email": "a@notos.test" }), &[("crm", "8"), ("crm", "9")]);
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", first["id"].as_str().unwrap())).json(&change).send().await.success();
    let again = tenant.raw.post("/v1/parties", &body).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.success()["email"], "a@notos.test");
    // Something else under the reference is told where it differs.
    let mut other = body.clone();
    (other["name"], other["credit_limit"]) = (json!("Euros"), json!("5.00"));
    let refused = tenant.raw.post("/v1/parties", &other).await.problem();
    assert_eq!((refused.status, refused.code, pointers(&refused)), (409, Code::ExternalRefExists, vec!["/external_refs", "/name"]), "{refused:?}");
    assert_eq!(refused.errors[1].detail, "is Notos in the party and Euros here");
    let compared = tenant.ask::<identity::VerifyObjects>(&VerifyObjectsQuery { cursor: None }).await;
    assert!(compared.ok, "{:?}", compared.breaks);
}

/// Other systems spell one body in many ways (INT-11).
#[tokio::test]
async fn what_means_the_same_is_the_same_however_it_is_spelled() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let deal = |quantity: &str, price: &str| {
        let line = json!({ "description": "Advice", "quantity": quantity, "unit_price": price, "discount_percent": "0" });
        json!({ "company_id": shop.company, "party_id": shop.party, "currency": "EUR", "lines": [line] })
    };
    let party = |more: Value| {
        let mut body = json!({ "name": "Boreas", "kind": "organization", "roles": ["customer"], "currency": "EUR" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let lead = |at: &str| json!({ "company_id": shop.company, "title": "Stools", "created_at": at });
    for (path, spellings) in [
        ("/v1/quotes", vec![deal("2", "1.5"), deal("2.0", "1.50"), deal("2.000000", "1.500000")]),
        ("/v1/invoices", vec![deal("2", "10"), deal("2.0", "10.00")]),
        (
            "/v1/parties",
            vec![
                party(json!({ "credit_limit": "10" })),
                party(json!({ "credit_limit": "10.00", "phone": null })),
                party(json!({ "credit_limit": "10.0", "email": null })),
            ],
        ),
        ("/v1/leads", vec![lead("2026-01-05T10:00:00Z"), lead("2026-01-05T10:00:00.000000Z"), lead("2026-01-05T11:00:00+01:00")]),
    ] {
        let mut spellings = spellings.into_iter().map(|body| with_refs(&body, &[("crm", "1")]));
        let first = tenant.raw.post(path, &spellings.next().unwrap()).await.success();
        for body in spellings {
            let again = tenant.raw.post(path, &body).await;
            assert_eq!((again.status, again.header("replayed")), (200, Some("true")), "{path} {body}: {}", again.text());
            assert_eq!(again.success()["id"], first["id"], "{path}");
        }
    }
    // What means something else is told where it does, of lists which of their entries.
    let other = with_refs(&deal("3", "1.5"), &[("crm", "1")]);
    let refused = tenant.raw.post("/v1/quotes", &other).await.problem();
    assert_eq!((refused.code, pointers(&refused)), (Code::ExternalRefExists, vec!["/external_refs", "/lines/0/quantity"]), "{refused:?}");
    assert_eq!(refused.errors[1].detail, "is 2 in the quote and 3 here");
    // What is left out is named where nothing else differs.
    let refused = tenant.raw.post("/v1/parties", &with_refs(&party(json!({})), &[("crm", "1")])).await.problem();
    assert_eq!((refused.code, pointers(&refused)), (Code::ExternalRefExists, vec!["/external_refs", "/credit_limit"]), "{refused:?}");
    assert_eq!(refused.errors[1].detail, "is 10.00 in the party and left out here");
}

/// A code is taken by the very object that the reference names.
#[tokio::test]
async fn what_has_a_code_is_told_by_its_reference() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let codes = handed_over(&shop).into_iter().filter(|(path, _)| ["/v1/products", "/v1/price-lists"].contains(path));
    let mut told = 0;
    for (path, body) in codes {
        let body = with_refs(&body, &[("erp", "7")]);
        let first = tenant.raw.post(path, &body).await.success();
        let mut other = body.clone();
        other["metadata"] = json!({ "colour": "red" });
        let refused = tenant.raw.post(path, &other).await.problem();
        assert_eq!(
            (refused.status, refused.code, pointers(&refused)),
            (409, Code::ExternalRefExists, vec!["/external_refs", "/metadata/colour"]),
            "{refused:?}"
        );
        assert_eq!(refused.errors[1].detail, format!("is nothing in the {} and red here", first["object"].as_str().unwrap().replace('_', " ")));
        assert_eq!(refused.meta.get(&format!("{}_id", first["object"].as_str().unwrap())), Some(&first["id"]), "{refused:?}");
        // Under another reference it is the code that is taken.
        let refused = tenant.raw.post(path, &with_refs(&body, &[("erp", "8")])).await.problem();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/code"), "{refused:?}");
        told += 1;
    }
    assert_eq!(told, 2);
}

/// Items of many are answered as each would be alone: sent again, or alone before, they are what they made (INT-11).
#[tokio::test]
async fn many_that_come_again_are_what_they_made() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let kinds = ["/v1/leads", "/v1/opportunities", "/v1/parties", "/v1/products"];
    for (path, body) in handed_over(&shop).into_iter().filter(|(path, _)| kinds.contains(path)) {
        let item = |id: &str| {
            let mut item = with_refs(&body, &[("crm", id), ("erp", id)]);
            if path == "/v1/products" {
                item["code"] = json!(format!("MANY-{id}"));
            }
            item
        };
        let send = async |mode: &str, items: &[Value]| tenant.raw.post(&format!("{path}/bulk"), &json!({ "mode": mode, "items": items })).await;
        let stand = |seen: &Value| {
            let data = seen["data"].as_array().unwrap().iter();
            data.map(|item| (item["status"].as_u64().unwrap(), item["result"]["id"].as_str().unwrap_or_default().to_owned())).collect::<Vec<_>>()
        };
        let alone = tenant.raw.post(path, &item("0")).await.success();
        let items = [item("0"), item("1"), item("2"), item("1")];
        let first = send("atomic", &items).await.success();
        let made = stand(&first);
        assert_eq!(made.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 201, 201, 200], "{path}: {first}");
        assert_eq!((made[0].1.as_str(), &made[3].1), (alone["id"].as_str().unwrap(), &made[1].1), "{path}");
        assert_eq!((&first["succeeded"], &first["replayed"], &first["failed"]), (&json!(4), &json!(2), &json!(0)), "{path}");
        let before = events(&tenant).await.len();
        for mode in ["atomic", "per_item"] {
            let again = send(mode, &items).await.success();
            assert_eq!(stand(&again), made.iter().map(|(_, id)| (200, id.clone())).collect::<Vec<_>>(), "{path}: {again}");
            assert_eq!((&again["data"][1]["result"], &again["replayed"]), (&first["data"][1]["result"], &json!(4)), "{path}");
        }
        // What many made, one finds.
        let one = tenant.raw.post(path, &item("2")).await;
        assert_eq!((one.status, one.header("replayed"), one.json()["id"].as_str()), (200, Some("true"), Some(made[2].1.as_str())), "{path}");
        assert_eq!(events(&tenant).await.len(), before, "{path}");
        // Something else under the references is refused as it was, and leaves the others alone.
        let mut other = item("1");
        other["metadata"] = json!({ "colour": "red" });
        let mixed = send("per_item", &[other.clone(), item("2"), item("3")]).await.success();
        let statuses: Vec<_> = mixed["data"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses[1..], [200, 201], "{path}: {mixed}");
        assert!([409, 422].contains(&statuses[0]), "{path}: {mixed}");
        assert_eq!(send("atomic", &[other, item("4")]).await.status / 100, 4, "{path}");
    }
    verified(&tenant).await;
}

/// What an invoice or a payment took is in the way of making it again before its reference is.
#[tokio::test]
async fn an_invoice_that_comes_again_is_not_in_its_own_way() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![deal::forty(&shop)]).await;
    deal::ship(&tenant, &order, "40").await;
    let body = with_refs(&json!({ "order_id": order.id }), &[("erp", "inv-1")]);
    let first = tenant.raw.post("/v1/invoices", &body).await.success();
    let again = tenant.raw.post("/v1/invoices", &body).await;
    assert_eq!((again.status, again.header("replayed")), (200, Some("true")));
    assert_eq!(again.success()["id"], first["id"]);
    let posted = deal::post_invoice(&tenant, of(first["id"].as_str().unwrap()), None).await;
    let part = json!([{ "invoice_id": posted.id, "amount": posted.total_amount }]);
    let paid = json!({
        "company_id": shop.company, "party_id": shop.party, "currency": "EUR", "direction": "inbound", "method": "bank", "amount": posted.total_amount,
        "allocations": part
    });
    let paid = with_refs(&paid, &[("bank", "7")]);
    let first = tenant.raw.post("/v1/payments", &paid).await.success();
    assert_eq!(tenant.raw.post("/v1/payments", &paid).await.success()["id"], first["id"]);
    // Another body is refused for what stands in its way.
    let refused = tenant.raw.post("/v1/invoices", &with_refs(&json!({ "order_id": order.id, "notes": "again" }), &[("erp", "inv-1")])).await;
    assert!([409, 422].contains(&refused.status));
    verified(&tenant).await;
}

#[tokio::test]
async fn a_taken_value_names_its_field() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (_, product) = handed_over(&shop).remove(0);
    let rate = json!({ "currency": "USD", "base": "EUR", "date": "2026-12-01", "rate": "0.9" });
    for (path, body, fields) in [("/v1/products", product, &["/code"][..]), ("/v1/exchange-rates", rate, &["/currency", "/base", "/date"])] {
        tenant.raw.post(path, &body).await.success();
        let refused = tenant.raw.post(path, &body).await.problem();
        assert_eq!((refused.status, refused.code), (409, Code::AlreadyExists), "{path}");
        assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), fields, "{path}");
    }
}
