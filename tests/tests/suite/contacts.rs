//! People at parties as objects of their own, and as the party shows them: both records stay true whoever writes (CRM-13, MDM-09, MDM-10, SEC-12).

use causeway_contract::Code;
use causeway_openapi::identity::op::VerifyObjects;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty, order_body, quote_body};
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{pointers, verified};
use rusqlite::Connection;
use serde_json::{Value, json};

async fn party(caller: &Caller, name: &str, contacts: Value) -> Value {
    let body = json!({ "name": name, "kind": "organization", "roles": ["customer"], "country": "FR", "contacts": contacts });
    caller.raw.post("/v1/parties", &body).await.success()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn at(kind: &str, id: &Value) -> String {
    format!("/v1/{kind}/{}", text(id))
}

/// The ids of what a list shows.
async fn listed(caller: &Caller, query: &str) -> Vec<Value> {
    let page = caller.raw.get(&format!("/v1/contacts?{query}")).await.success();
    page["data"].as_array().expect("rows").iter().map(|row| row["id"].clone()).collect()
}

/// The types of the events since there were so many, with their subjects.
async fn since(caller: &Caller, count: usize) -> Vec<(String, String)> {
    events(caller).await.into_iter().skip(count).map(|event| (event.kind, event.subject.id)).collect()
}

/// Everything is as the trail says.
async fn as_recorded(caller: &Caller) {
    verified(caller).await;
    let found = caller.ask::<VerifyObjects>(&Default::default()).await;
    assert!(found.ok, "{:?}", found.breaks);
}

#[tokio::test]
async fn a_contact_is_found_changed_and_shown_with_its_party() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann", "email": "ann@mill.test" }])).await;
    let before = events(&tenant).await.len();
    let body = json!({ "party_id": mill["id"], "name": "Zoë Bird", "email": "Zoe@Mill.test", "position": "Buyer", "metadata": { "tier": "a" },
        "external_refs": [{ "system": "crm", "id": "7" }] });
    let zoe = tenant.raw.post("/v1/contacts", &body).await.success();
    assert_eq!((&zoe["version"], &zoe["active"], &zoe["party_id"], &zoe["metadata"]["tier"]), (&json!(1), &json!(true), &mill["id"], &json!("a")));
    assert_eq!(tenant.raw.get(&at("contacts", &zoe["id"])).await.success(), zoe);
    // Its party shows it last, and has a new version and an event of that.
    let shown = tenant.raw.get(&at("parties", &mill["id"])).await.success();
    let people = shown["contacts"].as_array().expect("people");
    assert_eq!((&shown["version"], people.len()), (&json!(2), 2));
    assert_eq!(people[1], json!({ "id": zoe["id"], "name": "Zoë Bird", "email": "Zoe@Mill.test", "phone": null, "position": "Buyer" }));
    let told = |kind: &str, id: &Value| (kind.to_owned(), text(id).to_owned());
    assert_eq!(since(&tenant, before).await, [told("party.updated", &mill["id"]), told("contact.created", &zoe["id"])]);
    // What comes again under its reference is what it made.
    assert_eq!(tenant.raw.post("/v1/contacts", &body).await.success(), zoe);

    let ann = mill["contacts"][0]["id"].clone();
    let (both, only) = (vec![zoe["id"].clone(), ann.clone()], vec![zoe["id"].clone()]);
    let of_mill = format!("party_id={}", text(&mill["id"]));
    for (query, found) in [
        (of_mill.as_str(), &both),
        ("email=zoe@mill.TEST", &only),
        ("q=zoe", &only),
        ("q=mill", &both),
        ("external_ref=crm:7", &only),
        ("sort=-name&active=true", &both),
        ("active=false", &Vec::new()),
    ] {
        assert_eq!(&listed(&tenant, query).await, found, "{query}");
    }

    // What only the contact holds leaves the party as it is; what the party shows changes both.
    let path = at("contacts", &zoe["id"]);
    let before = events(&tenant).await.len();
    let stale = tenant.raw.request("PATCH", &path).header("if-match", "\"v9\"").json(&json!({ "phone": "1" })).send().await.problem();
    assert_eq!(stale.code, Code::VersionConflict);
    assert_eq!(tenant.raw.patch(&path, &json!({ "name": "Zoë Bird", "metadata": {} })).await.success(), zoe, "that says nothing new");
    let tagged = tenant.raw.request("PATCH", &path).header("if-match", "\"v1\"").json(&json!({ "metadata": { "tier": "b" } })).send().await.success();
    assert_eq!((&tagged["version"], &tagged["metadata"]["tier"]), (&json!(2), &json!("b")));
    let renamed = tenant.raw.patch(&path, &json!({ "name": "Zoë Byrd", "phone": "+33 1 23", "position": null })).await.success();
    assert_eq!((&renamed["version"], &renamed["phone"], &renamed["position"]), (&json!(3), &json!("+33 1 23"), &Value::Null));
    let told = [told("contact.updated", &zoe["id"]), told("party.updated", &mill["id"]), told("contact.updated", &zoe["id"])];
    assert_eq!(since(&tenant, before).await, told);
    let shown = tenant.raw.get(&at("parties", &mill["id"])).await.success();
    assert_eq!((&shown["version"], &shown["contacts"][1]["name"]), (&json!(3), &json!("Zoë Byrd")));
    assert_eq!((listed(&tenant, "q=byrd").await, listed(&tenant, "q=bird").await), (only, Vec::new()));
    let found = tenant.raw.get("/v1/parties?q=byrd").await.success();
    assert_eq!(found["data"][0]["id"], mill["id"]);
    let trail = tenant.raw.get(&format!("/v1/audit-entries?subject_id={}", text(&zoe["id"]))).await.success();
    assert_eq!(trail["data"].as_array().map(Vec::len), Some(3), "{trail}");
    as_recorded(&tenant).await;
}

/// What a body gets wrong is named at once; somebody who is there is refused to whoever asks for that.
#[tokio::test]
async fn what_cannot_be_a_contact_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann", "email": "ann@mill.test" }, { "name": "Desk" }])).await;
    let gone = party(&tenant, "Mill too", json!([])).await;
    tenant.raw.post(&format!("{}/merge", at("parties", &gone["id"])), &json!({ "into": mill["id"] })).await.success();
    let problem = tenant.raw.post("/v1/contacts", &json!({ "party_id": gone["id"], "name": " ", "email": "none" })).await.problem();
    assert_eq!((problem.status, problem.code), (422, Code::ValidationFailed));
    let mut wrong = pointers(&problem);
    wrong.sort_unstable();
    assert_eq!(wrong, ["/email", "/name", "/party_id"]);
    assert!(problem.errors.iter().any(|error| error.detail.contains(text(&mill["id"]))), "it names the party that remains: {problem:?}");
    for (body, pointer, known) in [
        (json!({ "name": "A.", "email": "ANN@mill.test" }), "/email", &mill["contacts"][0]["id"]),
        (json!({ "name": "Desk" }), "/name", &mill["contacts"][1]["id"]),
    ] {
        let mut body = body;
        body["party_id"] = mill["id"].clone();
        body["refuse_duplicates"] = json!(true);
        let problem = tenant.raw.post("/v1/contacts", &body).await.problem();
        assert_eq!((problem.status, problem.code, pointers(&problem)), (409, Code::AlreadyExists, vec![pointer]));
        assert_eq!(&problem.meta["duplicates"][0], known);
        body["refuse_duplicates"] = json!(false);
        tenant.raw.post("/v1/contacts", &body).await.success();
    }
    as_recorded(&tenant).await;
}

#[tokio::test]
async fn who_left_is_named_by_old_documents_only() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let ann = tenant.raw.post("/v1/contacts", &json!({ "party_id": shop.party, "name": "Ann", "email": "ann@borealis.test" })).await.success();
    let deal = json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs", "contact_id": ann["id"] });
    let old = tenant.raw.post("/v1/opportunities", &deal).await.success();
    let mut draft = json!(order_body(&shop, vec![forty(&shop)]));
    draft["contact_id"] = ann["id"].clone();
    let draft = tenant.raw.post("/v1/orders", &draft).await.success();

    let left = tenant.raw.patch(&at("contacts", &ann["id"]), &json!({ "active": false })).await.success();
    assert_eq!((&left["active"], &left["version"]), (&json!(false), &json!(2)));
    let shown = tenant.raw.get(&format!("/v1/parties/{}", shop.party)).await.success();
    assert_eq!(shown["contacts"].as_array().map(Vec::len), Some(1), "Amy is there");
    assert_eq!(listed(&tenant, "active=false").await, [ann["id"].clone()]);
    // Who writes does not come from somebody who has left.
    let by_mail = tenant.raw.post("/v1/parties/check-duplicates", &json!({ "email": "ann@borealis.test" })).await.success();
    assert_eq!(by_mail["data"], json!([]));
    let mut offer = json!(quote_body(&shop, vec![forty(&shop)]));
    offer["contact_id"] = ann["id"].clone();
    for (path, body) in [("/v1/opportunities", &deal), ("/v1/quotes", &offer)] {
        let problem = tenant.raw.post(path, body).await.problem();
        assert_eq!((problem.status, pointers(&problem)), (422, vec!["/contact_id"]), "{path}");
    }
    // Whoever writes the whole document back is not told to name somebody else.
    for (path, body) in [(at("opportunities", &old["id"]), json!({ "title": "More chairs" })), (at("orders", &draft["id"]), json!({ "notes": "Soon" }))] {
        let mut body = body;
        body["contact_id"] = ann["id"].clone();
        assert_eq!(tenant.raw.patch(&path, &body).await.success()["contact_id"], ann["id"], "{path}");
    }
    // She comes back by her mail address, with the same id, or by her own word.
    let back = json!({ "contacts": [{ "name": "Ann B.", "email": "ANN@borealis.test" }] });
    let back = tenant.raw.patch(&format!("/v1/parties/{}", shop.party), &back).await.success();
    assert_eq!((&back["contacts"][0]["id"], back["contacts"].as_array().map(Vec::len)), (&ann["id"], Some(1)));
    let amy = listed(&tenant, "active=false").await;
    assert_eq!(amy.len(), 1, "Amy was left out");
    tenant.raw.patch(&at("contacts", &amy[0]), &json!({ "active": true })).await.success();
    let shown = tenant.raw.get(&format!("/v1/parties/{}", shop.party)).await.success();
    assert_eq!((&shown["contacts"][0]["id"], &shown["contacts"][1]["id"]), (&ann["id"], &amy[0]), "she stands last");
    as_recorded(&tenant).await;
}

#[tokio::test]
async fn a_party_is_written_without_losing_what_its_people_hold() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann", "email": "ann@mill.test" }, { "name": "Bob" }, { "name": "Cid" }])).await;
    let path = at("parties", &mill["id"]);
    let id = |place: usize| mill["contacts"][place]["id"].clone();
    for place in 0..3 {
        let own = json!({ "metadata": { "tier": "a" }, "external_refs": [{ "system": "crm", "id": format!("c{place}") }] });
        tenant.raw.patch(&at("contacts", &id(place)), &own).await.success();
    }
    // Another order says nothing of anybody.
    let before = events(&tenant).await.len();
    let turned: Vec<Value> = [2, 1, 0].map(|place| mill["contacts"][place].clone()).to_vec();
    tenant.raw.patch(&path, &json!({ "contacts": turned })).await.success();
    let told = |kind: &str, id: Value| (kind.to_owned(), text(&id).to_owned());
    assert_eq!(since(&tenant, before).await, [told("party.updated", mill["id"].clone())]);
    // By id, by mail address, left out, and new.
    let before = events(&tenant).await.len();
    let given = json!({ "contacts": [{ "id": id(1), "name": "Rob" }, { "name": "Ann", "email": "Ann@mill.test", "phone": "1" }, { "name": "Dan" }] });
    let shown = tenant.raw.patch(&path, &given).await.success();
    let dan = shown["contacts"][2]["id"].clone();
    assert_eq!((&shown["contacts"][0]["id"], &shown["contacts"][1]["id"]), (&id(1), &id(0)));
    let told = [
        told("party.updated", mill["id"].clone()),
        told("contact.updated", id(1)),
        told("contact.updated", id(0)),
        told("contact.created", dan),
        told("contact.updated", id(2)),
    ];
    assert_eq!(since(&tenant, before).await, told);
    for (place, name, active) in [(0, "Ann", true), (1, "Rob", true), (2, "Cid", false)] {
        let contact = tenant.raw.get(&at("contacts", &id(place))).await.success();
        let own = (&contact["name"], &contact["active"], &contact["version"], &contact["metadata"]["tier"], &contact["external_refs"][0]["id"]);
        assert_eq!(own, (&json!(name), &json!(active), &json!(3), &json!("a"), &json!(format!("c{place}"))), "{contact}");
    }
    assert_eq!(listed(&tenant, "q=rob").await, [id(1)]);
    as_recorded(&tenant).await;
}

#[tokio::test]
async fn people_go_along_with_a_merge() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let ann = |more: Value| {
        let mut ann = json!({ "name": "Ann", "email": "ann@mill.test" });
        ann.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
        ann
    };
    let old = party(&tenant, "Mill", json!([ann(json!({ "phone": "1" })), { "name": "Bob" }])).await;
    let into = party(&tenant, "Mill AS", json!([ann(json!({}))])).await;
    let (twin, bob, kept) = (&old["contacts"][0]["id"], &old["contacts"][1]["id"], &into["contacts"][0]["id"]);
    let own = json!({ "metadata": { "tier": "a", "shoe": "41" }, "external_refs": [{ "system": "crm", "id": "7" }] });
    tenant.raw.patch(&at("contacts", twin), &own).await.success();
    tenant.raw.patch(&at("contacts", kept), &json!({ "metadata": { "tier": "b" } })).await.success();
    tenant.raw.post(&format!("{}/merge", at("parties", &old["id"])), &json!({ "into": into["id"] })).await.success();
    let read = async |id: &Value| tenant.raw.get(&at("contacts", id)).await.success();
    let (twin, bob, kept) = (read(twin).await, read(bob).await, read(kept).await);
    assert!([&twin, &bob, &kept].iter().all(|contact| contact["party_id"] == into["id"]), "{twin} {bob} {kept}");
    assert_eq!((&twin["active"], &twin["external_refs"], &bob["active"], &bob["version"]), (&json!(false), &json!([]), &json!(true), &json!(1)));
    assert_eq!((&kept["phone"], &kept["metadata"], &kept["version"]), (&json!("1"), &json!({ "tier": "b", "shoe": "41" }), &json!(3)));
    assert_eq!(kept["external_refs"], json!([{ "system": "crm", "id": "7" }]));
    let mut people = listed(&tenant, &format!("active=true&party_id={}", text(&into["id"]))).await;
    people.sort_by_key(Value::to_string);
    let mut wanted = vec![bob["id"].clone(), kept["id"].clone()];
    wanted.sort_by_key(Value::to_string);
    assert_eq!(people, wanted);
    as_recorded(&tenant).await;
    // Later changes go on from there.
    let renamed = tenant.raw.patch(&at("contacts", &bob["id"]), &json!({ "name": "Rob" })).await.success();
    assert_eq!(renamed["version"], json!(2));
    as_recorded(&tenant).await;
}

/// Whose people belong to another system may not be changed by the way of the contact either; what only the contact holds is everybody's.
#[tokio::test]
async fn the_owner_of_a_partys_people_owns_its_contacts() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann" }])).await;
    tenant.raw.post("/v1/ownership-rules", &json!({ "applies_to": "party", "fields": ["contacts"], "owner": "sap" })).await.success();
    let path = at("contacts", &mill["contacts"][0]["id"]);
    let body = json!({ "party_id": mill["id"], "name": "Bob" });
    let refused = [tenant.raw.post("/v1/contacts", &body).await.problem(), tenant.raw.patch(&path, &json!({ "phone": "1" })).await.problem()];
    for problem in refused {
        assert_eq!((problem.status, problem.code, pointers(&problem)), (409, Code::StateConflict, vec!["/contacts"]));
    }
    tenant.raw.patch(&path, &json!({ "metadata": { "tier": "a" } })).await.success();
    as_recorded(&tenant).await;
}

/// A contact of before contacts were objects of their own has no record: it stands as it was made, and what changes it is noticed and recorded.
#[tokio::test]
async fn contacts_of_before_are_watched_too() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        return;
    }
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann" }])).await;
    let conn = Connection::open(world.server.place.sqlite_file()).expect("the file");
    assert_eq!(conn.execute("DELETE FROM snapshots WHERE object_type = 'contact'", []).expect("a change"), 1);
    let compared = async || tenant.ask::<VerifyObjects>(&Default::default()).await;
    assert!(compared().await.ok);
    for (change, back) in
        [("metadata = '{\"tier\":\"a\"}'", "metadata = '{}'"), ("active = 0", "active = 1"), ("version = 2", "version = 1"), ("name = 'Eve'", "name = 'Ann'")]
    {
        conn.execute(&format!("UPDATE contacts SET {change}"), []).expect("a change");
        assert!(!compared().await.ok, "{change}");
        conn.execute(&format!("UPDATE contacts SET {back}"), []).expect("a change");
    }
    let path = at("contacts", &mill["contacts"][0]["id"]);
    assert_eq!(tenant.raw.patch(&path, &json!({ "name": "Ann" })).await.success()["version"], json!(1), "that says nothing new");
    assert_eq!(tenant.raw.patch(&path, &json!({ "phone": "1" })).await.success()["version"], json!(2));
    let found = compared().await;
    assert!(found.ok, "{:?}", found.breaks);
}

#[tokio::test]
async fn an_import_writes_contacts() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mill = party(&tenant, "Mill", json!([{ "name": "Ann", "email": "ann@mill.test" }])).await;
    let ann = at("contacts", &mill["contacts"][0]["id"]);
    tenant.raw.patch(&ann, &json!({ "metadata": { "tier": "a" } })).await.success();
    let rows = json!([{ "account": "Mill", "name": "Ann B.", "email": "ann@mill.test" }, { "account": "Mill", "name": "Bob", "email": "bob@mill.test" }]);
    let job = tenant.raw.post("/v1/imports", &json!({ "resource": "contacts", "rows": rows })).await.success();
    let job = deal::job_ended(&tenant, text(&job["id"])).await;
    assert_eq!((&job["result"]["created"], &job["result"]["updated"]), (&json!(1), &json!(1)), "{job}");
    let changed = tenant.raw.get(&ann).await.success();
    assert_eq!((&changed["name"], &changed["version"], &changed["metadata"]["tier"]), (&json!("Ann B."), &json!(3), &json!("a")));
    assert_eq!(listed(&tenant, "email=bob@mill.test").await.len(), 1);
    as_recorded(&tenant).await;
}
