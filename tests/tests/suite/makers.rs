//! Who wrote what needs a second person is not that person, whoever submits or confirms it (SEC-02, APR-06).

use causeway_contract::{Code, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{ReleaseOrder, UpdateOrder, op as order};
use causeway_openapi::quote::{ApproveQuote, RejectQuote, UpdateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{order_body, quote_body};
use causeway_tests::of;
use causeway_tests::person::Person;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::{Tenant, World};
use causeway_value::{HoldKind, OrderStatus, QuoteId, QuoteRules, QuoteStatus};

/// A shop of which no more than 10 % off are sold without a second person, and two people who may be that person.
async fn strict() -> (World, Tenant, Shop, [Caller; 3]) {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = QuoteRules { max_discount_percent: Some(of("10")), ..QuoteRules::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { quote_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(Person::hire_as(&tenant, "sales_manager").await.session().await);
    }
    let people: [Caller; 3] = people.try_into().ok().unwrap();
    (world, tenant, shop, people)
}

fn off(shop: &Shop, percent: &str) -> Vec<LineInput> {
    vec![LineInput { discount_percent: Some(of(percent)), ..line(shop.chai, "10") }]
}

async fn must_not_approve(caller: &Caller, id: QuoteId) {
    let refused = caller.refused::<quote::ApproveQuote>(id, &ApproveQuote::default()).await;
    assert_eq!((refused.status, refused.code), (403, Code::SegregationOfDuties));
}

#[tokio::test]
async fn whoever_submits_it_who_wrote_a_quote_does_not_approve_it() {
    let (_world, _tenant, shop, [dana, mia, eve]) = strict().await;
    // Dana makes it, Mia submits.
    let made = dana.post::<quote::CreateQuote>((), &quote_body(&shop, off(&shop, "30"))).await;
    mia.act::<quote::SubmitQuote>(made.id).await;
    must_not_approve(&dana, made.id).await;
    must_not_approve(&mia, made.id).await;
    // Who sends it back has no part in it.
    eve.post::<quote::RejectQuote>(made.id, &RejectQuote { reason: "why?".to_owned() }).await;
    mia.act::<quote::SubmitQuote>(made.id).await;
    assert_eq!(eve.post::<quote::ApproveQuote>(made.id, &ApproveQuote::default()).await.status, QuoteStatus::Approved);

    // Mia makes it, Dana gives the discount, Mia submits.
    let made = mia.post::<quote::CreateQuote>((), &quote_body(&shop, off(&shop, "0"))).await;
    let change = UpdateQuote { discount_percent: Patch::Value(of("30")), ..UpdateQuote::default() };
    dana.post::<quote::UpdateQuote>(made.id, &change).await;
    mia.act::<quote::SubmitQuote>(made.id).await;
    must_not_approve(&dana, made.id).await;

    // What Dana wrote stays hers in the next revision, and what she submitted after she sent it back.
    let next = mia.act::<quote::ReviseQuote>(made.id).await;
    mia.act::<quote::SubmitQuote>(next.id).await;
    must_not_approve(&dana, next.id).await;
    let made = mia.post::<quote::CreateQuote>((), &quote_body(&shop, off(&shop, "30"))).await;
    dana.act::<quote::SubmitQuote>(made.id).await;
    dana.post::<quote::RejectQuote>(made.id, &RejectQuote { reason: "wait".to_owned() }).await;
    mia.act::<quote::SubmitQuote>(made.id).await;
    must_not_approve(&dana, made.id).await;
    assert_eq!(eve.post::<quote::ApproveQuote>(made.id, &ApproveQuote::default()).await.status, QuoteStatus::Approved);
}

#[tokio::test]
async fn whoever_confirms_it_who_wrote_an_order_does_not_release_it() {
    let (_world, _tenant, shop, [dana, mia, eve]) = strict().await;
    let release = ReleaseOrder { reason: "a good customer".to_owned(), kind: Some(HoldKind::Approval), hold_id: None };
    let made = dana.post::<order::CreateOrder>((), &order_body(&shop, off(&shop, "50"))).await;
    let changed = mia.post::<order::CreateOrder>((), &order_body(&shop, off(&shop, "0"))).await;
    let change = UpdateOrder { discount_percent: Patch::Value(of("50")), ..UpdateOrder::default() };
    dana.post::<order::UpdateOrder>(changed.id, &change).await;
    for id in [made.id, changed.id] {
        assert_eq!(mia.act::<order::ConfirmOrder>(id).await.hold_kind, Some(HoldKind::Approval));
        assert_eq!(dana.refused::<order::ReleaseOrder>(id, &release).await.code, Code::SegregationOfDuties);
        eve.post::<order::ReleaseOrder>(id, &release).await;
        assert_eq!(mia.act::<order::ConfirmOrder>(id).await.status, OrderStatus::Confirmed);
    }
}
