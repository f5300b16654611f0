//! The platform looks into a tenant, and keys that work only where they may (SEC-03, SEC-04, SEC-12).

use causeway_contract::{Audience, Method, Patch};
use causeway_contract::{COSTS, Code, ListQuery, Nothing};
use causeway_openapi::identity::{CreateApiKey, RotateApiKey, UpdateApiKey, op as identity};
use causeway_openapi::party::op as party;
use causeway_openapi::platform::{EnterTenant, SuspendTenant, op as platform};
use causeway_tests::fixture::rows;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::ActorKind;

#[tokio::test]
async fn the_platform_enters_with_a_reason_reads_and_leaves() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "v").await;
    let enter = |reason: &str| EnterTenant { reason: reason.to_owned(), minutes: Some(10) };
    let silent = world.platform.refused::<platform::EnterTenant>(tenant.id, &enter("  ")).await;
    assert_eq!((silent.status, silent.errors[0].pointer.as_deref()), (422, Some("/reason")));
    let access = world.platform.post::<platform::EnterTenant>(tenant.id, &enter("ticket 4412: aging looks wrong")).await;
    let visitor = tenant.with_key(&access.api_key.secret);

    // It reads, without costs.
    assert_eq!(visitor.get::<party::GetParty>(shop.party).await.id, shop.party);
    let me = visitor.get::<identity::GetMe>(()).await;
    assert_eq!((me.tenant.slug.as_str(), me.permissions == access.permissions), (access.tenant.as_str(), true));
    assert!(me.permissions.iter().all(|permission| permission.ends_with(":read") && permission != COSTS));
    // It changes nothing, whatever it tries.
    for row in rows().iter().filter(|row| row.method != Method::Get && (row.audience)() == Audience::Tenant && !row.permission.starts_with("any:")) {
        let path = row.path.replace("{id}", &causeway_tests::shapes::nothing((row.path_prefixes)().first().copied().unwrap_or("key")));
        let seen = visitor.raw.request(row.method.word(), &path).send().await;
        assert_eq!(seen.status, 403, "{} {}", row.id, seen.text());
    }
    // The tenant reads who came and why, and shows them the door.
    let key = tenant.get::<identity::GetApiKey>(access.api_key.id).await;
    assert_eq!((key.platform_reason.as_deref(), key.expires_at), (Some("ticket 4412: aging looks wrong"), Some(access.expires_at)));
    let trail = tenant.all::<identity::ListAuditEntries, _>(&ListQuery::by("subject_id", key.id)).await;
    assert_eq!((trail[0].operation.as_str(), trail[0].actor.kind), ("enter_tenant", ActorKind::Platform));
    assert_eq!(tenant.refused::<identity::RotateApiKey>(key.id, &RotateApiKey::default()).await.code, Code::StateConflict);
    tenant.act::<identity::RevokeApiKey>(key.id).await;
    assert_eq!(visitor.refused::<identity::GetMe>((), &Nothing {}).await.code, Code::Unauthenticated);

    world.platform.post::<platform::SuspendTenant>(tenant.id, &SuspendTenant::default()).await;
    assert_eq!(world.platform.refused::<platform::EnterTenant>(tenant.id, &enter("late")).await.code, Code::StateConflict);
}

#[tokio::test]
async fn a_key_works_where_it_may() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let body = |sources: &[&str]| CreateApiKey {
        name: "till".to_owned(),
        scopes: vec!["parties:read".to_owned()],
        allowed_sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        ..CreateApiKey::default()
    };
    let wrong = tenant.refused::<identity::CreateApiKey>((), &body(&["10.0.0.1", "the office"])).await;
    assert_eq!((wrong.status, wrong.errors[0].pointer.as_deref()), (422, Some("/allowed_sources/1")));

    let made = tenant.post::<identity::CreateApiKey>((), &body(&["127.0.0.9/8", "203.0.113.7"])).await;
    assert_eq!(made.allowed_sources, ["127.0.0.0/8", "203.0.113.7"]);
    let till = tenant.with_key(&made.secret);
    till.get::<identity::GetMe>(()).await;

    let elsewhere = UpdateApiKey { allowed_sources: Patch::Value(vec!["203.0.113.7".to_owned()]), ..UpdateApiKey::default() };
    tenant.post::<identity::UpdateApiKey>(made.id, &elsewhere).await;
    let refused = till.refused::<identity::GetMe>((), &Nothing {}).await;
    assert_eq!((refused.status, refused.code, refused.detail.contains("127.0.0.1")), (403, Code::PermissionDenied, true), "{refused:?}");
    // Written down where administrators look for it.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let log = tenant.all::<identity::ListSecurityEvents, _>(&ListQuery::default()).await;
        if log.iter().any(|event| event.api_key_id == Some(made.id) && event.status == 403) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "the refusal is not in the log");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let everywhere = UpdateApiKey { allowed_sources: Patch::Value(Vec::new()), ..UpdateApiKey::default() };
    assert!(tenant.post::<identity::UpdateApiKey>(made.id, &everywhere).await.allowed_sources.is_empty());
    till.get::<identity::GetMe>(()).await;
}

#[tokio::test]
async fn the_platform_sees_how_it_does_and_what_a_tenant_uses() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let before = world.platform.get::<platform::GetTenantUsage>(tenant.id).await;
    assert_eq!((before.active_users, before.companies, before.api_keys), (1, 0, 1));
    shop::open(&tenant, "u").await;
    assert_eq!(world.platform.get::<platform::GetTenantUsage>(tenant.id).await.companies, 1);

    tenant.with_key("cw_test_wrong").refused::<identity::GetMe>((), &Nothing {}).await;
    let health = world.platform.get::<platform::GetPlatformHealth>(()).await;
    assert_eq!((health.tenants_active, health.tenants_suspended, health.traffic.server_errors), (1, 0, 0));
    assert!(health.traffic.requests > 5 && health.traffic.p50_micros <= health.traffic.p95_micros, "{health:?}");
}
