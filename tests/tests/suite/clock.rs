//! The clock of a sandbox: set once, standing, only forward, and dates that follow it.

use causeway_contract::Code;
use causeway_openapi::identity::{AdvanceClock, SetClock, op as identity};
use causeway_openapi::invoice::{PostInvoice, op as invoice};
use causeway_tests::deal::{self, advance, forty};
use causeway_tests::shop;
use causeway_tests::world::{START, World};
use causeway_tests::{day, of};
use causeway_value::TenantMode;

#[tokio::test]
async fn a_set_clock_stands_and_only_goes_forward() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Sandbox).await;
    assert!(!tenant.get::<identity::GetClock>(()).await.standing);
    tenant.post::<identity::SetClock>((), &SetClock { now: of("1996-07-04T09:00:00Z") }).await;
    for _ in 0..2 {
        let clock = tenant.get::<identity::GetClock>(()).await;
        assert_eq!((clock.now, clock.standing), (of("1996-07-04T09:00:00Z"), true));
    }
    // Before the first document any instant will do.
    tenant.post::<identity::SetClock>((), &SetClock { now: of(START) }).await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!((order.number.as_str(), order.order_date, order.created_at), ("SO/2026/00001", day("2026-12-02"), of(START)));
    assert_eq!(tenant.refused::<identity::SetClock>((), &SetClock { now: of(START) }).await.code, Code::StateConflict);

    let back = tenant.refused::<identity::AdvanceClock>((), &AdvanceClock { to: of("2026-12-01T09:00:00Z") }).await;
    assert_eq!((back.status, back.errors.first().and_then(|error| error.pointer.as_deref())), (422, Some("/to")));
    advance(&tenant, "2027-01-01T09:00:00Z").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!((order.number.as_str(), order.order_date), ("SO/2027/00001", day("2027-01-01")));
}

#[tokio::test]
async fn a_live_tenant_runs_on_real_time() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Live).await;
    assert!(!tenant.get::<identity::GetClock>(()).await.standing);
    assert_eq!(tenant.refused::<identity::SetClock>((), &SetClock { now: of(START) }).await.status, 409);
    assert_eq!(tenant.refused::<identity::AdvanceClock>((), &AdvanceClock { to: of("2199-01-01T00:00:00Z") }).await.status, 409);
}

#[tokio::test]
async fn business_days_are_those_of_the_company() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Sandbox).await;
    // Already the 3rd in Berlin.
    causeway_tests::world::set_clock(&tenant, "2026-12-02T23:30:00Z").await;
    let shop = shop::open(&tenant, "").await;
    assert_eq!(deal::posted(&tenant, &shop, "10.00").await.invoice_date, Some(day("2026-12-03")));
}

#[tokio::test]
async fn numbers_follow_dates() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    advance(&tenant, "2026-12-10T09:00:00Z").await;
    let (first, second) = (deal::free_invoice(&tenant, &shop, "10.00").await, deal::free_invoice(&tenant, &shop, "20.00").await);
    assert_eq!(deal::post_invoice(&tenant, first.id, Some("2026-12-10")).await.number.as_deref(), Some("INV/2026/00001"));
    let problem = tenant.refused::<invoice::PostInvoice>(second.id, &PostInvoice { invoice_date: Some(day("2026-12-09")), allow_duplicate: None }).await;
    assert_eq!((problem.status, problem.code), (422, Code::NumberOrder));
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/invoice_date"));
    // The refused posting took no number.
    assert_eq!(deal::post_invoice(&tenant, second.id, Some("2026-12-10")).await.number.as_deref(), Some("INV/2026/00002"));
}
