//! Who gets in: the first key, grants of companies, expiry, rotation, revocation, suspension.

use causeway_contract::{Code, ListQuery, Method, Problem};
use causeway_openapi::identity::{CreateApiKey, RotateApiKey, UpdateUser, op as identity};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::op as order;
use causeway_openapi::party::op as party;
use causeway_openapi::platform::{Bootstrap, SuspendTenant, op as platform};
use causeway_tests::api_key::{issued, scopes};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::log::pages;
use causeway_tests::person::{Person, role_called};
use causeway_tests::place::TOKEN;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::TenantMode;
use serde_json::json;
use std::time::{Duration, Instant};

async fn me(caller: &Caller) -> Option<Problem> {
    caller.refusal::<identity::GetMe>((), &causeway_contract::Nothing {}).await
}

#[tokio::test]
async fn the_bootstrap_token_works_once() {
    let world = World::start().await;
    let again = world.nobody().refused::<platform::Bootstrap>((), &Bootstrap { token: TOKEN.to_owned() }).await;
    assert_eq!((again.status, again.code), (410, Code::Gone));
}

/// Whoever ships reads what is late, what is left to ship and to bill, and no other report.
#[tokio::test]
async fn operations_reads_the_reports_of_its_work() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let caller = Person::hire(&tenant, vec![role_called(&tenant, "operations").await]).await.session().await;
    let status = async |report: &str| caller.raw.get(&format!("/v1/reports/{report}?company_id={}", shop.company)).await.status;
    for report in ["compliance", "backlog", "unbilled", "cycle-times"] {
        assert_eq!((status(report).await, caller.raw.get(&format!("/v1/reports/{report}/definition")).await.status), (200, 200), "{report}");
    }
    for report in ["aging", "trial-balance", "billings", "margin", "pipeline"] {
        assert_eq!(status(report).await, 403, "{report}");
    }
}

#[tokio::test]
async fn a_key_of_one_company_sees_nothing_of_another() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await, shop::open(&tenant, "2").await);
    let (own, other) = (deal::deal(&tenant, &ours).await, deal::deal(&tenant, &theirs).await);
    let (limited, _) = issued(&tenant, &CreateApiKey { company_ids: vec![ours.company], ..scopes(&["*:*"]) }).await;

    assert_eq!(limited.get::<order::GetOrder>(own.order.id).await.id, own.order.id);
    let nothing = limited.refused::<order::GetOrder>(other.order.id, &causeway_contract::Nothing {}).await;
    assert_eq!((nothing.status, nothing.code), (404, Code::NotFound));
    assert_eq!(limited.refused::<invoice::GetInvoice>(other.invoice.id, &causeway_contract::Nothing {}).await.status, 404);
    let orders: Vec<_> = limited.all::<order::ListOrders, _>(&ListQuery::default()).await.into_iter().map(|order| order.id).collect();
    assert_eq!(orders, [own.order.id]);
    let named = limited.refused::<order::CreateOrder>((), &deal::order_body(&theirs, vec![forty(&theirs)])).await;
    assert_eq!(named.status, 422, "{named:?}");
    assert!(named.errors.iter().any(|error| error.code == Code::NotFound && error.pointer.as_deref() == Some("/company_id")), "{named:?}");
    // What belongs to no company is everybody's.
    assert_eq!(limited.get::<party::GetParty>(theirs.party).await.id, theirs.party);
    assert_eq!(limited.get::<identity::GetMe>(()).await.company_ids, [ours.company]);
    // And its keys are limited likewise.
    let (heir, _) = issued(&limited, &scopes(&["*:*"])).await;
    assert_eq!(heir.refused::<order::GetOrder>(other.order.id, &causeway_contract::Nothing {}).await.status, 404);
    // The chain is whole for everybody: events that somebody may not see are no missing ones.
    assert_eq!(limited.raw.get("/v1/audit-entries/verify").await.success()["breaks"], serde_json::json!([]));
    let trail = limited.all::<identity::ListAuditEntries, _>(&ListQuery::default()).await;
    assert!(trail.iter().all(|entry| entry.subject.id != other.order.id.to_string()), "the trail shows another company");
}

/// Whatever belongs to another company: no list shows it, no path reads it, no report counts it.
#[tokio::test]
async fn grants_hold_in_every_list_and_path() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let theirs = json!(fixture.second.company);
    let (limited, _) = issued(&fixture.tenant, &CreateApiKey { company_ids: vec![fixture.shop.company], ..scopes(&["*:*"]) }).await;
    let mut wrong = Vec::new();
    let mut hidden = 0;
    for row in rows().iter().filter(|row| row.method == Method::Get && row.list.is_some() && row.path.starts_with("/v1/")) {
        let shown = serde_json::to_string(&pages(&limited, row.path, "limit=200").await).unwrap();
        let single = rows().into_iter().any(|other| other.path == format!("{}/{{id}}", row.path) && other.method == Method::Get);
        for object in pages(&fixture.tenant, row.path, "limit=200").await {
            let id = object["id"].as_str().unwrap().to_owned();
            if object["company_id"] != theirs && json!(id) != theirs {
                continue;
            }
            hidden += 1;
            if shown.contains(&id) {
                wrong.push(format!("{} shows {id}", row.id));
            }
            if single && limited.raw.get(&format!("{}/{id}", row.path)).await.status != 404 {
                wrong.push(format!("{}/{id} is read", row.path));
            }
        }
    }
    assert!(hidden > 20, "only {hidden} objects belong to the other company");
    for path in ["trial-balance", "aging"] {
        let seen = limited.raw.get(&format!("/v1/reports/{path}?company_id={}", fixture.second.company)).await;
        if seen.status != 422 || seen.problem().code != Code::NotFound {
            wrong.push(format!("{path}: {} {}", seen.status, seen.text()));
        }
    }
    let flow = limited.raw.get(&format!("/v1/flows/{}", fixture.deals[1].quote.flow_id)).await;
    if flow.status != 404 {
        wrong.push(format!("the story of their deal: {} {}", flow.status, flow.text()));
    }
    let told = serde_json::to_string(&pages(&limited, "/v1/events", "limit=200").await.iter().map(|event| &event["company_id"]).collect::<Vec<_>>()).unwrap();
    if told.contains(&fixture.second.company.to_string()) {
        wrong.push("the log tells of their company".to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (clerk, _) = issued(&tenant, &scopes(&["leads:*", "keys:*"])).await;
    assert_eq!(clerk.refused::<identity::CreateApiKey>((), &scopes(&["orders:read"])).await.status, 403);
    assert_eq!(me(&issued(&clerk, &scopes(&["leads:read"])).await.0).await, None);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (caller, made) = issued(&tenant, &scopes(&["leads:read"])).await;
    assert_eq!(me(&caller).await, None);
    tenant.act::<identity::RevokeApiKey>(made.id).await;
    assert_eq!(me(&caller).await.map(|problem| problem.code), Some(Code::Unauthenticated));
    assert_eq!(tenant.refused::<identity::RotateApiKey>(made.id, &RotateApiKey::default()).await.status, 409);
}

#[tokio::test]
async fn the_old_secret_works_as_long_as_it_overlaps() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (first, made) = issued(&tenant, &scopes(&["leads:read"])).await;
    let second = tenant.post::<identity::RotateApiKey>(made.id, &RotateApiKey { overlap_seconds: Some(600) }).await;
    let second = tenant.with_key(&second.secret);
    assert_eq!((me(&first).await, me(&second).await), (None, None));
    // An overlap ends by itself.
    let brief = tenant.post::<identity::RotateApiKey>(made.id, &RotateApiKey { overlap_seconds: Some(1) }).await;
    until_refused(&second).await;
    assert_eq!(me(&tenant.with_key(&brief.secret)).await, None);
    let third = tenant.post::<identity::RotateApiKey>(made.id, &RotateApiKey::default()).await;
    let third = tenant.with_key(&third.secret);
    for gone in [&first, &second, &tenant.with_key(&brief.secret)] {
        assert_eq!(me(gone).await.map(|problem| problem.code), Some(Code::Unauthenticated));
    }
    assert_eq!(me(&third).await, None);
}

/// Keys expire by wall time, also where the tenant's clock stands.
#[tokio::test]
async fn an_expired_key_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let created = tenant.created.created_at;
    let (caller, made) = issued(&tenant, &CreateApiKey { expires_at: Some(created.plus_seconds(5)), ..scopes(&["leads:read"]) }).await;
    assert_eq!(made.expires_at, Some(created.plus_seconds(5)));
    assert_eq!(me(&caller).await, None);
    until_refused(&caller).await;
}

/// Waits until a key that ends by wall time has ended.
async fn until_refused(caller: &Caller) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match me(caller).await {
            Some(problem) => break assert_eq!(problem.code, Code::Unauthenticated),
            None => assert!(Instant::now() < deadline, "the key works still"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_suspended_tenant_is_refused_and_others_are_not() {
    let world = World::start().await;
    let (tenant, other) = (world.tenant(TenantMode::Live).await, world.tenant(TenantMode::Live).await);
    world.platform.post::<platform::SuspendTenant>(tenant.id, &SuspendTenant { reason: Some("unpaid".to_owned()) }).await;
    let problem = me(&tenant).await.expect("a refusal");
    assert_eq!((problem.status, problem.code), (403, Code::TenantSuspended));
    assert_eq!(me(&other).await, None);
    world.platform.act::<platform::ResumeTenant>(tenant.id).await;
    assert_eq!(me(&tenant).await, None);
}

#[tokio::test]
async fn a_person_who_left_is_refused_with_all_keys() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (caller, _) = issued(&tenant, &scopes(&["*:*"])).await;
    Person::hire_as(&tenant, "owner").await;
    let gone = UpdateUser { active: causeway_contract::Patch::Value(false), ..UpdateUser::default() };
    caller.post::<identity::UpdateUser>(tenant.created.owner.id, &gone).await;
    for key in [&caller, &tenant.owner] {
        assert_eq!(me(key).await.map(|problem| problem.code), Some(Code::Unauthenticated));
    }
}
