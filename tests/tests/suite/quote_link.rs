//! A customer reads and answers a quote through its link (QTE-20): exactly one order, one answer to every token that opens nothing, no token in a log.

use causeway_contract::{Code, ListQuery, Nothing, Patch};
use causeway_openapi::client::Options;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::{CreateQuote, DeclineQuote, Quote, UpdateQuote, op as quote};
use causeway_openapi::shared_quote::{AcceptSharedQuote, DeclineSharedQuote, LinkToken, NewLink, op as shared};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{advance, approved, forty, quote_body};
use causeway_tests::log::events;
use causeway_tests::of;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_value::{ActorKind, QuoteStatus};

async fn offered(tenant: &Caller, shop: &Shop) -> (Quote, NewLink, LinkToken) {
    let quote = approved(tenant, shop, None, vec![forty(shop)]).await;
    let link = tenant.act::<shared::ShareQuote>(quote.id).await;
    let token = LinkToken::of(&link.token).unwrap();
    (quote, link, token)
}

fn amy() -> AcceptSharedQuote {
    AcceptSharedQuote { name: "Amy".to_owned(), email: "amy@borealis.test".to_owned(), reference: Some("PO 4711".to_owned()), ..AcceptSharedQuote::default() }
}

/// The problem of a token that opens nothing, without the id of its request.
async fn gone(customer: &Caller, token: &LinkToken) -> (u16, Code, String) {
    let problem = customer.refused::<shared::GetSharedQuote>(token.clone(), &Nothing {}).await;
    let accepting = customer.refused::<shared::AcceptSharedQuote>(token.clone(), &amy()).await;
    assert_eq!((problem.status, &problem.code, &problem.detail), (accepting.status, &accepting.code, &accepting.detail));
    (problem.status, problem.code, problem.detail)
}

#[tokio::test]
async fn a_customer_accepts_through_the_link_and_makes_one_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let customer = world.nobody();
    let shop = shop::open(&tenant, "").await;
    let (quote, link, token) = offered(&tenant, &shop).await;
    assert_eq!((link.quote.status, link.path), (QuoteStatus::Sent, format!("/v1/shared-quotes/{}", link.token)));

    let seen = customer.get::<shared::GetSharedQuote>(token.clone()).await;
    assert_eq!((seen.number.as_str(), seen.total_amount.0.as_str(), seen.taxes[0].name.as_str()), (quote.number.as_str(), "771.12", "VAT 19 %"));
    let raw = customer.raw.get(&format!("/v1/shared-quotes/{}", link.token)).await.text();
    for hidden in ["margin", "cost", "price_source", "override", "_id"] {
        assert!(!raw.contains(hidden), "{hidden} is in {raw}");
    }
    assert!(customer.get::<shared::PrintSharedQuote>(token.clone()).await.bytes.starts_with(b"%PDF-"));

    // Both hands on the button.
    let yes = amy();
    let (first, second) =
        tokio::join!(customer.post::<shared::AcceptSharedQuote>(token.clone(), &yes), customer.post::<shared::AcceptSharedQuote>(token.clone(), &yes));
    assert_eq!(first, second);
    assert_eq!((first.status, first.accepted_by.as_deref(), first.reference.as_deref()), (QuoteStatus::Accepted, Some("Amy"), Some("PO 4711")));
    let orders = tenant.all::<order::ListOrders, _>(&ListQuery::default()).await;
    assert_eq!(orders.iter().map(|order| order.number.clone()).collect::<Vec<_>>(), [first.order_number.clone().unwrap()]);
    assert_eq!(customer.get::<shared::GetSharedQuote>(token.clone()).await, first);
    let refused = customer.refused::<shared::DeclineSharedQuote>(token, &DeclineSharedQuote { reason: "late".to_owned(), name: None }).await;
    assert_eq!(refused.code, Code::StateConflict);

    let known = tenant.get::<shared::GetQuoteLink>(quote.id).await;
    assert_eq!((known.active, known.answered_by.as_deref(), known.answered_email.as_deref()), (true, Some("Amy"), Some("amy@borealis.test")));
    assert_eq!((known.answered_from.as_deref(), known.answered_at), (Some("127.0.0.1"), first.accepted_at));
    let event = events(&tenant).await.into_iter().find(|event| event.kind == "quote.accepted").unwrap();
    assert_eq!(event.actor.kind, ActorKind::Link);
}

/// Saying yes again changes nothing; saying yes to something else is not silently a yes to the first (api, 4).
#[tokio::test]
async fn a_second_acceptance_of_something_else_names_what_differs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let customer = world.nobody();
    let shop = shop::open(&tenant, "").await;
    let (_, _, token) = offered(&tenant, &shop).await;
    let first = customer.post::<shared::AcceptSharedQuote>(token.clone(), &amy()).await;
    let again = customer.send::<shared::AcceptSharedQuote>(token.clone(), &amy(), Options::default()).await;
    assert_eq!((again.replayed, again.body), (true, first));
    let other = AcceptSharedQuote { email: "bob@borealis.test".to_owned(), reference: Some("PO 4712".to_owned()), ..amy() };
    let refused = customer.refused::<shared::AcceptSharedQuote>(token.clone(), &other).await;
    let pointers: Vec<_> = refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!((refused.status, pointers), (409, vec!["/reference", "/email"]));
    assert!(!serde_json::to_string(&refused).unwrap().contains("amy@borealis.test"), "the address of who accepted is not everybody's: {refused:?}");
    let nonsense = AcceptSharedQuote { name: String::new(), email: "x".to_owned(), ..AcceptSharedQuote::default() };
    let wrong = customer.refused::<shared::AcceptSharedQuote>(token.clone(), &nonsense).await;
    let mut pointers: Vec<_> = wrong.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    pointers.sort_unstable();
    assert_eq!((wrong.status, pointers), (422, vec!["/email", "/name"]));
    assert!(!serde_json::to_string(&refused).unwrap().contains("ord_"), "the seller's order is not the customer's: {refused:?}");
    let named = customer.refused::<shared::AcceptSharedQuote>(token, &AcceptSharedQuote { name: "Bob".to_owned(), ..amy() }).await;
    assert_eq!(named.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/name"]);
}

#[tokio::test]
async fn every_token_that_opens_nothing_gets_the_same_answer() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let customer = world.nobody();
    let shop = shop::open(&tenant, "").await;
    let (quote, link, token) = offered(&tenant, &shop).await;

    let mut wrong = link.token.clone();
    wrong.replace_range(89.., if wrong.ends_with('A') { "Q" } else { "A" });
    let unknown = gone(&customer, &LinkToken::of(&wrong).unwrap()).await;
    assert_eq!((unknown.0, unknown.1), (404, Code::NotFound));
    let nobody = format!("cwq_{}", "A".repeat(86));
    assert_eq!(gone(&customer, &LinkToken::of(&nobody).unwrap()).await, unknown);

    // Another link ends the one before, taking it back ends it, and so does a revision.
    let second = LinkToken::of(&tenant.act::<shared::ShareQuote>(quote.id).await.token).unwrap();
    assert_eq!(gone(&customer, &token).await, unknown);
    assert!(customer.get::<shared::GetSharedQuote>(second.clone()).await.accepted_at.is_none());
    assert!(!tenant.act::<shared::UnshareQuote>(quote.id).await.active);
    assert_eq!(gone(&customer, &second).await, unknown);
    let third = LinkToken::of(&tenant.act::<shared::ShareQuote>(quote.id).await.token).unwrap();
    let revision = tenant.act::<quote::ReviseQuote>(quote.id).await;
    assert_eq!(gone(&customer, &third).await, unknown);

    // What the seller declined, and what expired.
    let until = UpdateQuote { valid_until: Patch::Value(of("2026-12-05")), ..UpdateQuote::default() };
    tenant.post::<quote::UpdateQuote>(revision.id, &until).await;
    tenant.act::<quote::SubmitQuote>(revision.id).await;
    let fourth = LinkToken::of(&tenant.act::<shared::ShareQuote>(revision.id).await.token).unwrap();
    customer.get::<shared::GetSharedQuote>(fourth.clone()).await;
    advance(&tenant, "2026-12-06T09:00:00Z").await;
    assert_eq!(gone(&customer, &fourth).await, unknown);
    let (other, _, fifth) = offered(&tenant, &shop).await;
    tenant.post::<quote::DeclineQuote>(other.id, &DeclineQuote { reason: Some("sold out".to_owned()) }).await;
    assert_eq!(gone(&customer, &fifth).await, unknown);
    assert!(tenant.all::<order::ListOrders, _>(&ListQuery::default()).await.is_empty());
}

#[tokio::test]
async fn a_customer_declines_with_a_reason() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let customer = world.nobody();
    let shop = shop::open(&tenant, "").await;
    let (quote, _, token) = offered(&tenant, &shop).await;
    let no = DeclineSharedQuote { reason: "too dear".to_owned(), name: Some("Amy".to_owned()) };
    let declined = customer.post::<shared::DeclineSharedQuote>(token.clone(), &no).await;
    assert_eq!(declined.status, QuoteStatus::Declined);
    assert_eq!(customer.post::<shared::DeclineSharedQuote>(token.clone(), &no).await, declined);
    // Another reason is not dropped without a word, and none is none.
    for (reason, status) in [("too late", 409), (" ", 422)] {
        let refused = customer.refused::<shared::DeclineSharedQuote>(token.clone(), &DeclineSharedQuote { reason: reason.to_owned(), name: None }).await;
        assert_eq!((refused.status, refused.errors.first().and_then(|error| error.pointer.as_deref())), (status, Some("/reason")), "{refused:?}");
    }
    assert_eq!(customer.refused::<shared::AcceptSharedQuote>(token, &amy()).await.code, Code::StateConflict);
    let row = tenant.get::<quote::GetQuote>(quote.id).await;
    assert_eq!((row.status, row.declined_reason.as_deref()), (QuoteStatus::Declined, Some("too dear")));
    assert_eq!(tenant.get::<shared::GetQuoteLink>(quote.id).await.answered_by.as_deref(), Some("Amy"));
}

#[tokio::test]
async fn only_what_is_offered_can_be_shared() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await;
    assert_eq!(tenant.refused::<shared::ShareQuote>(draft.id, &Nothing {}).await.code, Code::StateConflict);
    assert_eq!(other.refused::<shared::ShareQuote>(draft.id, &Nothing {}).await.code, Code::NotFound);
    assert!(!tenant.get::<shared::GetQuoteLink>(draft.id).await.active);
    let body = CreateQuote { valid_until: Some(of("2026-12-05")), ..quote_body(&shop, vec![forty(&shop)]) };
    let late = tenant.post::<quote::CreateQuote>((), &body).await;
    tenant.act::<quote::SubmitQuote>(late.id).await;
    advance(&tenant, "2026-12-06T09:00:00Z").await;
    assert_eq!(tenant.refused::<shared::ShareQuote>(late.id, &Nothing {}).await.code, Code::StateConflict);
}
