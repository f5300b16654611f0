//! Who gets in: the first key, grants of companies, expiry, rotation, revocation, suspension.

use causeway_contract::{Code, ListQuery, Problem};
use causeway_openapi::identity::{CreateApiKey, NewApiKey, RotateApiKey, UpdateUser, op as identity};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::op as order;
use causeway_openapi::party::op as party;
use causeway_openapi::platform::{Bootstrap, SuspendTenant, op as platform};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::place::TOKEN;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::TenantMode;
use std::time::{Duration, Instant};

async fn key(caller: &Caller, body: &CreateApiKey) -> (Caller, NewApiKey) {
    let key = caller.post::<identity::CreateApiKey>((), body).await;
    (caller.with_key(&key.secret), key)
}

fn scopes(patterns: &[&str]) -> CreateApiKey {
    CreateApiKey { name: "till".to_owned(), scopes: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(), ..CreateApiKey::default() }
}

async fn me(caller: &Caller) -> Option<Problem> {
    caller.refusal::<identity::GetMe>((), &causeway_contract::Nothing {}).await
}

#[tokio::test]
async fn the_bootstrap_token_works_once() {
    let world = World::start().await;
    let again = world.nobody().refused::<platform::Bootstrap>((), &Bootstrap { token: TOKEN.to_owned() }).await;
    assert_eq!((again.status, again.code), (410, Code::Gone));
}

#[tokio::test]
async fn a_key_of_one_company_sees_nothing_of_another() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await, shop::open(&tenant, "2").await);
    let (own, other) = (deal::deal(&tenant, &ours).await, deal::deal(&tenant, &theirs).await);
    let (limited, _) = key(&tenant, &CreateApiKey { company_ids: vec![ours.company], ..scopes(&["*:*"]) }).await;

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
    let (heir, _) = key(&limited, &scopes(&["*:*"])).await;
    assert_eq!(heir.refused::<order::GetOrder>(other.order.id, &causeway_contract::Nothing {}).await.status, 404);
    let trail = limited.all::<identity::ListAuditEntries, _>(&ListQuery::default()).await;
    assert!(trail.iter().all(|entry| entry.subject.id != other.order.id.to_string()), "the trail shows another company");
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (clerk, _) = key(&tenant, &scopes(&["leads:*", "keys:*"])).await;
    assert_eq!(clerk.refused::<identity::CreateApiKey>((), &scopes(&["orders:read"])).await.status, 403);
    assert_eq!(me(&key(&clerk, &scopes(&["leads:read"])).await.0).await, None);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (caller, made) = key(&tenant, &scopes(&["leads:read"])).await;
    assert_eq!(me(&caller).await, None);
    tenant.act::<identity::RevokeApiKey>(made.id).await;
    assert_eq!(me(&caller).await.map(|problem| problem.code), Some(Code::Unauthenticated));
    assert_eq!(tenant.refused::<identity::RotateApiKey>(made.id, &RotateApiKey::default()).await.status, 409);
}

#[tokio::test]
async fn the_old_secret_works_as_long_as_it_overlaps() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (first, made) = key(&tenant, &scopes(&["leads:read"])).await;
    let second = tenant.post::<identity::RotateApiKey>(made.id, &RotateApiKey { overlap_seconds: Some(600) }).await;
    let second = tenant.with_key(&second.secret);
    assert_eq!((me(&first).await, me(&second).await), (None, None));
    let third = tenant.post::<identity::RotateApiKey>(made.id, &RotateApiKey::default()).await;
    let third = tenant.with_key(&third.secret);
    for gone in [&first, &second] {
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
    let (caller, made) = key(&tenant, &CreateApiKey { expires_at: Some(created.plus_seconds(3)), ..scopes(&["leads:read"]) }).await;
    assert_eq!(made.expires_at, Some(created.plus_seconds(3)));
    assert_eq!(me(&caller).await, None);
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match me(&caller).await {
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
    let (caller, _) = key(&tenant, &scopes(&["users:*"])).await;
    let gone = UpdateUser { active: causeway_contract::Patch::Value(false), ..UpdateUser::default() };
    caller.post::<identity::UpdateUser>(tenant.created.owner.id, &gone).await;
    for key in [&caller, &tenant.owner] {
        assert_eq!(me(key).await.map(|problem| problem.code), Some(Code::Unauthenticated));
    }
}
