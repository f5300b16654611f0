//! Whose word counts about master data: by field and by kind, whatever way somebody writes, with a steward who settles disputes (MDM-08, MDM-09, MDM-13).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::catalog::{UpdateProduct, op as catalog};
use causeway_openapi::company::{UpdateAccount, op as company};
use causeway_openapi::identity::{CreateApiKey, UpdateApiKey, op as identity};
use causeway_openapi::ownership::{CreateOwnershipRule, UpdateOwnershipRule, op as ownership};
use causeway_openapi::party::{ContactInput, CreateParty, MergeParty, UpdateParty, op as party};
use causeway_tests::api_key::{issued, scopes};
use causeway_tests::caller::Caller;
use causeway_tests::deal::job_ended;
use causeway_tests::log::events;
use causeway_tests::person::Person;
use causeway_tests::shop::{self, party_body};
use causeway_tests::world::World;
use causeway_tests::{pointers, verified};
use causeway_value::{OwnedKind, PartyId};
use serde_json::json;

fn rule(applies_to: OwnedKind, fields: &[&str], owner: &str) -> CreateOwnershipRule {
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    CreateOwnershipRule { applies_to, fields, owner: owner.to_owned(), steward_id: None, metadata: Default::default() }
}

/// A key with which this system writes.
async fn system(caller: &Caller, name: &str) -> Caller {
    let body = CreateApiKey { system: Some(name.to_owned()), ..scopes(&["*:*"]) };
    let (with, key) = issued(caller, &body).await;
    assert_eq!(key.system.as_deref(), Some(name));
    with
}

fn limit(amount: &str) -> UpdateParty {
    UpdateParty { credit_limit: Patch::Value(amount.into()), ..UpdateParty::default() }
}

#[tokio::test]
async fn a_field_belongs_to_the_system_that_leads() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (sap, web) = (system(&tenant, "sap").await, system(&tenant, "web").await);
    let steward = Person::hire_as(&tenant, "finance_manager").await;
    let (eve, other) = (steward.session().await, Person::hire_as(&tenant, "finance_manager").await.session().await);
    tenant.post::<party::UpdateParty>(shop.party, &limit("500.00")).await;

    let made = CreateOwnershipRule { steward_id: Some(steward.id), ..rule(OwnedKind::Party, &["credit_limit", "contacts"], "sap") };
    let made = tenant.post::<ownership::CreateOwnershipRule>((), &made).await;
    assert_eq!((made.version, made.owner.as_str(), made.active), (1, "sap", true));
    assert!(events(&tenant).await.iter().any(|event| event.kind == "ownership_rule.created"));

    // By key without a system, by another system, and in person: each field is named with its owner and what to do.
    for caller in [&tenant.owner, &web, &other] {
        let change = UpdateParty { contacts: Patch::Value(Vec::new()), name: Patch::Value("Boréal".to_owned()), ..limit("900.00") };
        let problem = caller.refused::<party::UpdateParty>(shop.party, &change).await;
        assert_eq!((problem.status, problem.code, pointers(&problem)), (409, Code::StateConflict, vec!["/credit_limit", "/contacts"]));
        assert!(problem.errors[0].detail.contains("belongs to sap") && problem.errors[0].detail.contains("ask Eve"), "{problem:?}");
    }
    let stands = tenant.get::<party::GetParty>(shop.party).await;
    assert_eq!(stands.credit_limit.as_ref().map(|limit| limit.0.as_str()), Some("500.00"));
    // The value that stands is no change, lists without their ids included, and what belongs to nobody is free.
    let contacts = stands.contacts.iter().map(|known| ContactInput {
        id: None,
        name: known.name.clone(),
        email: known.email.clone(),
        phone: known.phone.clone(),
        position: known.position.clone(),
    });
    let same = UpdateParty { contacts: Patch::Value(contacts.collect()), name: Patch::Value("Boréal".to_owned()), ..limit("500.00") };
    assert_eq!(web.post::<party::UpdateParty>(shop.party, &same).await.name, "Boréal");
    // The system that leads, and the steward in person, but not by a key.
    sap.post::<party::UpdateParty>(shop.party, &limit("700.00")).await;
    eve.post::<party::UpdateParty>(shop.party, &limit("800.00")).await;
    // A dry run is told, too, and a new party may have such a field: it is nobody's change.
    let body = CreateParty { credit_limit: Some("50.00".into()), ..party_body("Web shop") };
    let new = web.post::<party::CreateParty>((), &body).await;
    assert_eq!(pointers(&web.refused::<party::UpdateParty>(new.id, &limit("60.00")).await), ["/credit_limit"]);

    // A merge says something else of the party that remains.
    let bare = CreateParty { contacts: Vec::new(), ..party_body("Web shop 2") };
    let bare = web.post::<party::CreateParty>((), &bare).await;
    let problem = web.refused::<party::MergeParty>(new.id, &MergeParty { into: bare.id }).await;
    assert!(problem.status == 409 && pointers(&problem).contains(&"/contacts"), "{problem:?}");
    sap.post::<party::MergeParty>(new.id, &MergeParty { into: bare.id }).await;

    // A rule that ended keeps nobody from anything.
    let off = UpdateOwnershipRule { active: Patch::Value(false), ..UpdateOwnershipRule::default() };
    assert_eq!(tenant.post::<ownership::UpdateOwnershipRule>(made.id, &off).await.version, 2);
    web.post::<party::UpdateParty>(shop.party, &limit("1.00")).await;
    verified(&tenant).await;
}

#[tokio::test]
async fn a_kind_belongs_to_whoever_creates_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let sap = system(&tenant, "sap").await;
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["*"], "sap")).await;
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["segment"], "causeway")).await;

    let problem = tenant.refused::<party::CreateParty>((), &party_body("Ours")).await;
    assert_eq!((problem.status, problem.code, problem.meta["owner"].as_str()), (409, Code::StateConflict, Some("sap")));
    let theirs = sap.post::<party::CreateParty>((), &party_body("Theirs")).await.id;
    // A field with a rule of its own is not of the rest; metadata and external references are everybody's.
    let more = json!({ "segment": "gold", "metadata": { "score": "7" }, "external_refs": [{ "system": "web", "id": "7" }] });
    let ours = tenant.raw.request("PATCH", &format!("/v1/parties/{theirs}")).maybe(Some(&more)).send().await.success();
    assert_eq!(ours["segment"], "gold");
    let segment = UpdateParty { segment: Patch::Value("silver".to_owned()), ..UpdateParty::default() };
    assert_eq!(pointers(&sap.refused::<party::UpdateParty>(theirs, &segment).await), ["/segment"]);
    let name = UpdateParty { name: Patch::Value("Mine".to_owned()), ..UpdateParty::default() };
    assert_eq!(pointers(&tenant.refused::<party::UpdateParty>(theirs, &name).await), ["/name"]);
    // Products are no parties.
    let rename = UpdateProduct { name: Patch::Value("Seat".to_owned()), ..UpdateProduct::default() };
    tenant.post::<catalog::UpdateProduct>(shop.chai, &rename).await;

    // Of many each by itself; all or none names the item.
    let items = json!([{ "name": "A", "kind": "organization", "roles": ["customer"] }]);
    let each = tenant.raw.post("/v1/parties/bulk", &json!({ "mode": "per_item", "items": items })).await;
    let each = each.json();
    assert_eq!((each["failed"].as_i64(), each["data"][0]["status"].as_i64()), (Some(1), Some(409)), "{each}");
    let problem = tenant.raw.post("/v1/parties/bulk", &json!({ "mode": "atomic", "items": items })).await.problem();
    assert_eq!((problem.status, problem.code), (409, Code::StateConflict));

    // A key says for which system it writes, and may say otherwise later.
    let (late, key) = issued(&tenant, &scopes(&["*:*"])).await;
    late.refused::<party::CreateParty>((), &party_body("Late")).await;
    let change = UpdateApiKey { system: Patch::Value("sap".to_owned()), ..UpdateApiKey::default() };
    tenant.post::<identity::UpdateApiKey>(key.id, &change).await;
    late.post::<party::CreateParty>((), &party_body("Late")).await;
    verified(&tenant).await;
}

async fn outcome(caller: &Caller, rows: serde_json::Value) -> (i64, i64, i64, Vec<(String, String)>) {
    let job = caller.raw.post("/v1/imports", &json!({ "resource": "parties", "system": "sap", "rows": rows })).await.success();
    let job = job_ended(caller, job["id"].as_str().unwrap_or_default()).await;
    let count = |name: &str| job["result"][name].as_i64().unwrap_or(-1);
    let mut wrong = Vec::new();
    if let Some(url) = job["errors_url"].as_str() {
        let errors = caller.raw.get(url).await.success();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        wrong = errors["data"].as_array().expect("errors").iter().map(|error| (text(&error["column"]), text(&error["code"]))).collect();
    }
    (count("created"), count("updated"), count("failed"), wrong)
}

#[tokio::test]
async fn an_import_writes_as_whoever_started_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let sap = system(&tenant, "sap").await;
    let row = |name: &str, phone: &str| json!([{ "external_ref": "4711", "name": name, "phone": phone }]);
    assert_eq!(outcome(&tenant, row("Fjord", "1")).await, (1, 0, 0, vec![]));
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["name"], "sap")).await;
    // What the file says of its system is not who writes.
    let refused = outcome(&tenant, row("Fjord AS", "2")).await;
    assert_eq!(refused, (0, 0, 1, vec![("name".to_owned(), "state_conflict".to_owned())]));
    assert_eq!(outcome(&tenant, row("Fjord", "2")).await, (0, 1, 0, vec![]));
    assert_eq!(outcome(&sap, row("Fjord AS", "2")).await, (0, 1, 0, vec![]));
    // Who owns the whole creates alone.
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["*"], "sap")).await;
    let new = json!([{ "external_ref": "4712", "name": "Voss" }]);
    assert_eq!(outcome(&tenant, new.clone()).await.2, 1);
    assert_eq!(outcome(&sap, new).await.0, 1);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_rule_says_what_there_is_and_a_field_has_one_owner() {
    let world = World::start().await;
    let (tenant, stranger) = (world.sandbox().await, world.sandbox().await);
    let create = async |body: &CreateOwnershipRule| tenant.refused::<ownership::CreateOwnershipRule>((), body).await;
    let wrong = create(&rule(OwnedKind::Product, &["name", "credit_limit", "*"], " ")).await;
    assert_eq!((wrong.status, pointers(&wrong)), (422, vec!["/fields/1", "/fields/2", "/owner"]));
    let made = tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["name", "email"], "sap")).await;
    let twice = create(&rule(OwnedKind::Party, &["phone", "email"], "web")).await;
    assert_eq!((twice.status, twice.code, pointers(&twice)), (422, Code::AlreadyExists, vec!["/fields/1"]));
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Party, &["phone", "email"], "sap")).await;
    let theirs = CreateOwnershipRule { steward_id: Some(stranger.created.owner.id), ..rule(OwnedKind::Party, &["country"], "sap") };
    let problem = create(&theirs).await;
    assert_eq!((problem.code, pointers(&problem)), (Code::NotFound, vec!["/steward_id"]));
    let listed = tenant.all::<ownership::ListOwnershipRules, _>(&ListQuery::by("applies_to", "party")).await;
    assert_eq!((listed.len(), listed.last().map(|rule| rule.id)), (2, Some(made.id)));
    // Rules of one tenant are nothing to another.
    let id: PartyId = stranger.post::<party::CreateParty>((), &party_body("Theirs")).await.id;
    let name = UpdateParty { name: Patch::Value("New".to_owned()), ..UpdateParty::default() };
    stranger.post::<party::UpdateParty>(id, &name).await;
    let ours = CreateApiKey { system: Some("causeway".to_owned()), ..scopes(&["parties:read"]) };
    assert_eq!(pointers(&tenant.refused::<identity::CreateApiKey>((), &ours).await), ["/system"]);
}

/// An account that came with the chart has no record, and belongs to somebody all the same.
#[tokio::test]
async fn the_first_change_of_a_chart_account_is_judged() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    shop::open(&tenant, "").await;
    let sap = system(&tenant, "sap").await;
    tenant.post::<ownership::CreateOwnershipRule>((), &rule(OwnedKind::Account, &["name"], "sap")).await;
    let account = tenant.all::<company::ListAccounts, _>(&ListQuery::default()).await.into_iter().find(|account| account.version == 1).expect("a chart");
    let named = |name: &str| UpdateAccount { name: Patch::Value(name.to_owned()), ..UpdateAccount::default() };
    let refused = tenant.refused::<company::UpdateAccount>(account.id, &named("Takings")).await;
    assert_eq!((refused.status, pointers(&refused)), (409, vec!["/name"]));
    // The name that stands is no change, by nobody; what belongs to nobody is free.
    let before = events(&tenant).await.len();
    assert_eq!(tenant.post::<company::UpdateAccount>(account.id, &named(&account.name)).await, account);
    assert_eq!(events(&tenant).await.len(), before);
    let free = UpdateAccount { metadata: Patch::Value([("kept_by".to_owned(), Some("Eve".to_owned()))].into()), ..UpdateAccount::default() };
    assert_eq!(tenant.post::<company::UpdateAccount>(account.id, &free).await.version, 2);
    assert_eq!(sap.post::<company::UpdateAccount>(account.id, &named("Takings")).await.name, "Takings");
    verified(&tenant).await;
}

/// Two rules of one moment see each other: a field has one owner.
#[tokio::test]
async fn rules_of_one_moment_do_not_give_a_field_two_owners() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let body = |owner: &str| json!({ "applies_to": "party", "fields": ["credit_limit"], "owner": owner });
    let send = |owner: &'static str| {
        let (caller, body) = (tenant.owner.clone(), body(owner));
        tokio::spawn(async move { caller.raw.post("/v1/ownership-rules", &body).await.status })
    };
    let sent: Vec<_> = ["a", "b", "c", "d", "e", "f"].into_iter().map(send).collect();
    let mut statuses = Vec::new();
    for one in sent {
        statuses.push(one.await.expect("an answer"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(tenant.all::<ownership::ListOwnershipRules, _>(&ListQuery::default()).await.len(), 1);
}
