//! Rate limits and quotas (INT-37, threat 49).

use causeway_contract::{Code, Patch};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::platform::{UpdateTenant, op as platform};
use causeway_tests::shop::company_body;
use causeway_tests::world::World;
use causeway_value::TenantMode;
use serde_json::json;

fn per_minute(tenant: Option<i64>, credential: Option<i64>) -> UpdateTenant {
    let patch = |limit: Option<i64>| limit.map_or(Patch::Absent, Patch::Value);
    UpdateTenant { requests_per_minute: patch(tenant), credential_requests_per_minute: patch(credential), ..UpdateTenant::default() }
}

#[tokio::test]
async fn a_noisy_key_is_stopped_and_its_neighbours_are_not() {
    let world = World::start().await;
    let (noisy, quiet) = (world.tenant(TenantMode::Live).await, world.tenant(TenantMode::Live).await);
    let changed = world.platform.post::<platform::UpdateTenant>(noisy.id, &per_minute(None, Some(5))).await;
    assert_eq!((changed.version, changed.credential_requests_per_minute, changed.requests_per_minute), (2, Some(5), None));
    let body = CreateApiKey { name: "till".to_owned(), scopes: vec!["clock:read".to_owned()], ..CreateApiKey::default() };
    let key = noisy.with_key(&noisy.post::<identity::CreateApiKey>((), &body).await.secret);
    for left in (0..5).rev() {
        let seen = key.raw.get("/v1/clock").await;
        assert_eq!(seen.status, 200, "{}", seen.text());
        assert_eq!(seen.header("ratelimit-policy"), Some("\"credential\";q=5;w=60, \"tenant\";q=300000;w=60"));
        assert!(seen.header("ratelimit").is_some_and(|text| text.starts_with(&format!("\"credential\";r={left};t="))), "{:?}", seen.headers);
    }
    let seen = key.raw.get("/v1/clock").await;
    assert_eq!((seen.status, seen.problem().code), (429, Code::RateLimited));
    let wait = seen.header("retry-after").and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    assert!((1..=12).contains(&wait), "{wait}");
    assert!(seen.header("ratelimit").is_some_and(|text| text.starts_with("\"credential\";r=0;")));
    // The other key of the tenant and other tenants go on.
    assert_eq!(noisy.raw.get("/v1/clock").await.status, 200);
    assert_eq!(quiet.raw.get("/v1/clock").await.status, 200);
}

#[tokio::test]
async fn all_keys_of_a_tenant_share_its_limit() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Live).await;
    let body = CreateApiKey { name: "till".to_owned(), scopes: vec!["clock:read".to_owned()], ..CreateApiKey::default() };
    let (one, two) = (tenant.post::<identity::CreateApiKey>((), &body).await.secret, tenant.post::<identity::CreateApiKey>((), &body).await.secret);
    world.platform.post::<platform::UpdateTenant>(tenant.id, &per_minute(Some(4), None)).await;
    let mut statuses = Vec::new();
    for key in [&one, &two, &one, &two, &one, &two] {
        statuses.push(tenant.with_key(key).raw.get("/v1/clock").await.status);
    }
    // What was sent before the limit was lowered counts no more than one bucket.
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 2, "{statuses:?}");
    // Taken back, all go on.
    world.platform.post::<platform::UpdateTenant>(tenant.id, &UpdateTenant { requests_per_minute: Patch::Null, ..UpdateTenant::default() }).await;
    assert_eq!(tenant.with_key(&one).raw.get("/v1/clock").await.status, 200);
}

#[tokio::test]
async fn a_sandbox_has_no_limit_unless_it_is_given_one() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    assert_eq!(tenant.raw.get("/v1/clock").await.header("ratelimit"), None);
    assert_eq!(world.platform.raw.get("/admin/v1/tenants").await.header("ratelimit"), None);
    let live = world.tenant(TenantMode::Live).await;
    assert!(live.raw.get("/v1/clock").await.header("ratelimit").is_some());
}

/// A thousand at once are no cheap way around a limit (threat 49).
#[tokio::test]
async fn a_bulk_request_costs_what_its_items_do() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Live).await;
    world.platform.post::<platform::UpdateTenant>(tenant.id, &per_minute(None, Some(60))).await;
    let items: Vec<_> = (0..500).map(|number| json!({ "name": format!("Party {number}"), "kind": "organization", "roles": ["customer"] })).collect();
    let bulk = json!({ "mode": "per_item", "items": items });
    let first = tenant.raw.post("/v1/parties/bulk", &bulk).await;
    assert_ne!(first.status, 429, "{}", first.text());
    assert!(first.header("ratelimit").is_some_and(|text| text.contains("\"credential\";r=9")), "500 items cost 50 requests: {:?}", first.header("ratelimit"));
    let second = tenant.raw.post("/v1/parties/bulk", &bulk).await;
    assert_eq!((second.status, second.problem().code), (429, Code::RateLimited));
    assert_eq!(tenant.raw.get("/v1/clock").await.status, 200, "there is enough left for small requests");
}

#[tokio::test]
async fn quotas_stop_what_comes_next() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Live).await;
    let quotas = UpdateTenant { max_users: Patch::Value(2), max_companies: Patch::Value(1), ..UpdateTenant::default() };
    world.platform.post::<platform::UpdateTenant>(tenant.id, &quotas).await;
    let user = |name: &str| json!({ "name": name, "email": format!("{name}@acme.test") });
    let eve = tenant.raw.post("/v1/users", &user("eve")).await.success();
    let full = tenant.raw.post("/v1/users", &user("finn")).await;
    assert_eq!((full.status, full.problem().code), (429, Code::QuotaExceeded));
    // A place that is given up is free; taking it back needs one.
    let path = format!("/v1/users/{}", eve["id"].as_str().unwrap());
    assert_eq!(tenant.raw.request("PATCH", &path).json(&json!({ "active": false })).send().await.status, 200);
    assert_eq!(tenant.raw.post("/v1/users", &user("finn")).await.status, 201);
    assert_eq!(tenant.raw.request("PATCH", &path).json(&json!({ "active": true })).send().await.problem().code, Code::QuotaExceeded);
    tenant.post::<causeway_openapi::company::op::CreateCompany>((), &company_body("First")).await;
    let second = tenant.refused::<causeway_openapi::company::op::CreateCompany>((), &company_body("Second")).await;
    assert_eq!(second.code, Code::QuotaExceeded);
}
