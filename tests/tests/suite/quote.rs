//! The lives of a quote: revised, expired, declined, accepted twice.

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::client::Options;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::{AcceptQuote, CreateQuote, DeclineQuote, UpdateQuote, op as quote};
use causeway_tests::deal::{accept, advance, approved, forty, quote_body};
use causeway_tests::of;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_value::QuoteStatus;

#[tokio::test]
async fn a_revision_takes_the_place_of_the_one_before() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let first = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let second = tenant.act::<quote::ReviseQuote>(first.id).await;
    assert_eq!((second.number.as_str(), second.revision, second.status), (first.number.as_str(), 2, QuoteStatus::Draft));
    assert_eq!((second.supersedes_id, second.flow_id), (Some(first.id), first.flow_id));
    assert_eq!(tenant.get::<quote::GetQuote>(first.id).await.status, QuoteStatus::Superseded);
    assert_eq!(tenant.refused::<quote::AcceptQuote>(first.id, &AcceptQuote::default()).await.code, Code::StateConflict);

    let fewer = UpdateQuote { lines: Patch::Value(vec![line(shop.chai, "10")]), ..UpdateQuote::default() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(second.id, &fewer).await.untaxed_amount.0, "180.00");
    tenant.act::<quote::SubmitQuote>(second.id).await;
    assert_eq!(tenant.refused::<quote::UpdateQuote>(second.id, &fewer).await.status, 409);
    assert_eq!(accept(&tenant, second.id).await.order.untaxed_amount.0, "180.00");
}

#[tokio::test]
async fn a_quote_expires_after_its_last_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreateQuote { valid_until: Some(of("2026-12-05")), ..quote_body(&shop, vec![forty(&shop)]) };
    let draft = tenant.post::<quote::CreateQuote>((), &body).await;
    let sent = tenant.act::<quote::SubmitQuote>(draft.id).await;
    // Still the 5th in Berlin.
    advance(&tenant, "2026-12-05T22:59:59Z").await;
    assert_eq!(tenant.get::<quote::GetQuote>(sent.id).await.status, QuoteStatus::Approved);
    advance(&tenant, "2026-12-06T09:00:00Z").await;
    assert_eq!(tenant.get::<quote::GetQuote>(sent.id).await.status, QuoteStatus::Expired);
    let problem = tenant.refused::<quote::AcceptQuote>(sent.id, &AcceptQuote::default()).await;
    assert_eq!((problem.status, problem.code), (409, Code::StateConflict));
}

#[tokio::test]
async fn a_declined_quote_makes_no_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await;
    assert_eq!(tenant.refused::<quote::AcceptQuote>(draft.id, &AcceptQuote::default()).await.code, Code::StateConflict);
    tenant.act::<quote::SubmitQuote>(draft.id).await;
    let declined = tenant.post::<quote::DeclineQuote>(draft.id, &DeclineQuote { reason: Some("too dear".to_owned()) }).await;
    assert_eq!((declined.status, declined.declined_reason.as_deref()), (QuoteStatus::Declined, Some("too dear")));
    assert_eq!(tenant.refused::<quote::AcceptQuote>(draft.id, &AcceptQuote::default()).await.code, Code::StateConflict);
    assert!(tenant.all::<order::ListOrders, _>(&ListQuery::default()).await.is_empty());
}

#[tokio::test]
async fn accepting_twice_gives_the_same_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let quote = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let first = tenant.send::<quote::AcceptQuote>(quote.id, &AcceptQuote::default(), Options::default()).await;
    let second = tenant.send::<quote::AcceptQuote>(quote.id, &AcceptQuote::default(), Options::default()).await;
    assert_eq!((first.replayed, second.replayed, second.status), (false, true, 200));
    assert_eq!(first.body.order.id, second.body.order.id);
}
