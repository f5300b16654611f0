//! The lives of a quote: revised, expired, declined, accepted twice.

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::client::Options;
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::{AcceptQuote, CreateQuote, DeclineQuote, DuplicateQuote, QuoteLineChangeKind, UpdateQuote, op as quote};
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

    let fewer = UpdateQuote { lines: Patch::Value(vec![line(shop.chai, "10").into()]), ..UpdateQuote::default() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(second.id, &fewer).await.untaxed_amount.0, "180.00");
    tenant.act::<quote::SubmitQuote>(second.id).await;
    assert_eq!(tenant.refused::<quote::UpdateQuote>(second.id, &fewer).await.status, 409);
    assert_eq!(accept(&tenant, second.id).await.order.untaxed_amount.0, "180.00");
}

/// Every revision can be found from every other; what changed is told field by field; a duplicate is a deal of its own (QTE-03).
#[tokio::test]
async fn revisions_are_compared_and_quotes_duplicated() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let first = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let since = async |id, query: &str| tenant.raw.get(&format!("/v1/quotes/{id}/changes{query}")).await;
    assert_eq!(since(first.id, "").await.problem().errors[0].parameter.as_deref(), Some("since"));
    let second = tenant.act::<quote::ReviseQuote>(first.id).await;
    let lines = vec![line(shop.chai, "10"), LineInput { description: Some("Freight".to_owned()), unit_price: Some(of("5")), ..line(shop.chai, "1") }];
    let lines = lines.into_iter().enumerate().map(|(place, line)| LineInput { product_id: line.product_id.filter(|_| place == 0), ..line }.into()).collect();
    let fewer = UpdateQuote { lines: Patch::Value(lines), ..UpdateQuote::default() };
    let second = tenant.post::<quote::UpdateQuote>(second.id, &fewer).await;
    for id in [first.id, second.id] {
        let found = tenant.get::<quote::ListQuoteRevisions>(id).await;
        let shown: Vec<_> = found.data.iter().map(|one| (one.id, one.revision, one.untaxed_amount.0.as_str())).collect();
        assert_eq!((found.number.as_str(), shown), (first.number.as_str(), vec![(first.id, 1, "648.00"), (second.id, 2, "185.00")]));
    }
    let changes = tenant.get::<quote::CompareQuotes>(second.id).await;
    let kinds: Vec<_> = changes.lines.iter().map(|line| (line.kind, line.position, line.description.as_str())).collect();
    assert_eq!((changes.since, kinds), (first.id, vec![(QuoteLineChangeKind::Changed, 1, "CHAI"), (QuoteLineChangeKind::Added, 2, "Freight")]));
    let quantity = changes.lines[0].fields.iter().find(|field| field.field == "quantity").expect("a quantity");
    assert_eq!((quantity.before.as_deref(), quantity.after.as_deref()), (Some("40"), Some("10")));
    assert!(changes.fields.iter().any(|field| field.field == "total_amount" && field.before.as_deref() == Some("771.12")), "{changes:?}");
    assert_eq!(since(first.id, &format!("?since={}", first.id)).await.success()["lines"], serde_json::json!([]));
    // Another tenant's quote is no quote.
    let other = world.sandbox().await;
    let theirs = shop::open(&other, "").await;
    let theirs = approved(&other, &theirs, None, vec![forty(&theirs)]).await;
    assert_eq!(since(second.id, &format!("?since={}", theirs.id)).await.problem().code, Code::NotFound);

    let twin = tenant.post::<quote::DuplicateQuote>(first.id, &DuplicateQuote { reference: Some("PO 2".to_owned()), ..DuplicateQuote::default() }).await;
    assert_eq!((twin.revision, twin.status, twin.supersedes_id, twin.total_amount.0.as_str()), (1, QuoteStatus::Draft, None, "771.12"));
    assert!(twin.number != first.number && twin.flow_id != first.flow_id && twin.reference.as_deref() == Some("PO 2"), "{twin:?}");
    tenant.act::<quote::SubmitQuote>(twin.id).await;
    assert_eq!(accept(&tenant, twin.id).await.order.total_amount.0, "771.12");
    assert_eq!(tenant.get::<quote::GetQuote>(second.id).await.status, QuoteStatus::Draft);
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
    // Something else is not what was accepted, and who sends it hears so.
    let other = AcceptQuote { accepted_by: Some("Bo".to_owned()), reference: Some("PO 2".to_owned()), ..AcceptQuote::default() };
    let refused = tenant.refused::<quote::AcceptQuote>(quote.id, &other).await;
    assert_eq!((refused.status, refused.code), (409, Code::StateConflict));
    assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/accepted_by", "/reference"]);
    assert_eq!(refused.meta.get("order_id"), Some(&first.body.order.id.to_string().into()));
}

/// A copy and a revision are documents of their day with the prices of theirs, and a last day that has passed is renewed (QTE-03, QTE-11).
#[tokio::test]
async fn a_revision_is_of_its_own_day_and_no_quote_goes_out_after_its_last() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = |valid_until: &str| CreateQuote { valid_until: Some(of(valid_until)), ..quote_body(&shop, vec![forty(&shop)]) };
    let early = tenant.refused::<quote::CreateQuote>((), &made("2026-12-01")).await;
    assert_eq!(early.errors.first().and_then(|error| error.pointer.as_deref()), Some("/valid_until"));
    let draft = tenant.post::<quote::CreateQuote>((), &made("2026-12-12")).await;
    let sent = tenant.post::<quote::CreateQuote>((), &made("2026-12-12")).await;
    tenant.act::<quote::SubmitQuote>(sent.id).await;
    tenant.act::<quote::SendQuote>(sent.id).await;
    let day = |text: &str| of::<causeway_value::Day>(text);
    assert_eq!((draft.quote_date, draft.price_date), (day("2026-12-02"), day("2026-12-02")));
    advance(&tenant, "2026-12-20T09:00:00Z").await;

    let late = tenant.refused::<quote::SubmitQuote>(draft.id, &causeway_contract::Nothing {}).await;
    assert!(late.code == Code::StateConflict && late.detail.contains("2026-12-12"), "{late:?}");
    let again = UpdateQuote { valid_until: Patch::Value(of("2026-12-19")), ..UpdateQuote::default() };
    assert_eq!(tenant.refused::<quote::UpdateQuote>(draft.id, &again).await.errors[0].pointer.as_deref(), Some("/valid_until"));

    let revised = tenant.act::<quote::ReviseQuote>(sent.id).await;
    // As many days as before: the company has no rule.
    assert_eq!((revised.quote_date, revised.price_date, revised.valid_until), (day("2026-12-20"), day("2026-12-02"), Some(day("2026-12-30"))));
    let twin = tenant.post::<quote::DuplicateQuote>(sent.id, &DuplicateQuote::default()).await;
    assert_eq!((twin.quote_date, twin.price_date, twin.valid_until), (day("2026-12-20"), day("2026-12-02"), None));
    let priced = UpdateQuote { lines: Patch::Value(vec![forty(&shop).into()]), ..UpdateQuote::default() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(twin.id, &priced).await.price_date, day("2026-12-20"));
    tenant.act::<quote::SubmitQuote>(revised.id).await;
    tenant.act::<quote::SendQuote>(revised.id).await;
    causeway_tests::verified(&tenant).await;
}

/// A copy is a new quote: nothing new is offered to a customer who is not active any more (QTE-03).
#[tokio::test]
async fn a_quote_is_not_duplicated_for_a_customer_who_is_gone() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "1")])).await;
    let path = format!("/v1/parties/{}", shop.party);
    tenant.raw.request("PATCH", &path).json(&serde_json::json!({ "active": false })).send().await.success();
    let refused = tenant.raw.post(&format!("/v1/quotes/{}/duplicate", made.id), &serde_json::json!({})).await.problem();
    assert_eq!(causeway_tests::pointers(&refused), ["/party_id"]);
}
