//! What a customer agreed to wins its deal, and while an order stands the deal stays won, by its own customer (CRM-11, CRM-12, CRM-17, RPT-03, RPT-04).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::crm::{
    CreateLead, CreateOpportunity, LoseOpportunity, Opportunity, QualifyLead, ReopenOpportunity, UpdateOpportunity, WinOpportunity, op as crm,
};
use causeway_openapi::deal_check::{DealCheckName as Name, op as check};
use causeway_openapi::invoice_check::CheckResult;
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CancelOrder, CreateOrder, op as order};
use causeway_openapi::party::{MergeParty, UpdateParty, op as party};
use causeway_openapi::quote::{AcceptQuote, CreateQuote, DuplicateQuote, UpdateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{accept, approved, ended, forty, manual_hold, order_body, quote_body};
use causeway_tests::log;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::world::World;
use causeway_tests::{of, pointers};
use causeway_value::{OpportunityId, OpportunityStatus, PartyId};
use serde_json::json;

fn deal(shop: &Shop) -> CreateOpportunity {
    CreateOpportunity { company_id: shop.company, party_id: Some(shop.party), title: "Chairs".to_owned(), ..CreateOpportunity::default() }
}

fn direct(shop: &Shop, opportunity: OpportunityId) -> CreateOrder {
    CreateOrder { opportunity_id: Some(opportunity), ..order_body(shop, vec![forty(shop)]) }
}

fn lost() -> LoseOpportunity {
    LoseOpportunity { reason: "price".to_owned(), closed_at: None }
}

async fn create(caller: &Caller, body: &CreateOpportunity) -> OpportunityId {
    caller.post::<crm::CreateOpportunity>((), body).await.id
}

async fn read(caller: &Caller, id: OpportunityId) -> Opportunity {
    caller.get::<crm::GetOpportunity>(id).await
}

fn worth(deal: &Opportunity) -> (OpportunityStatus, &str, &str) {
    (deal.status, deal.expected_value.0.as_str(), deal.currency.code())
}

/// Without a quote the order is what the customer agreed to: as long as it is a draft or held it decides nothing.
#[tokio::test]
async fn a_confirmed_order_wins_its_deal() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let won = OpportunityStatus::Won;
    let open = create(&tenant, &deal(&shop)).await;
    let draft = tenant.post::<order::CreateOrder>((), &direct(&shop, open)).await;
    let held = tenant.post::<order::HoldOrder>(draft.id, &manual_hold("ask first")).await;
    assert_eq!(tenant.raw.post(&format!("/v1/orders/{}/confirm", draft.id), &json!({})).await.status, 409);
    assert_eq!(worth(&read(&tenant, open).await), (OpportunityStatus::Open, "0.00", "EUR"));
    tenant.raw.post(&format!("/v1/orders/{}/release", draft.id), &json!({ "reason": "asked", "hold_id": held.holds[0].id })).await.success();
    let confirmed = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let deal_now = read(&tenant, open).await;
    assert_eq!(worth(&deal_now), (won, confirmed.untaxed_amount.0.as_str(), "EUR"));
    assert!(deal_now.closed_at.is_some() && deal_now.probability == of("100"));
    let visits = tenant.get::<crm::GetStageHistory>(open).await.visits;
    assert_eq!(visits.last().map(|visit| visit.stage.name.as_str()), Some("won"));
    let told = log::events(&tenant).await.into_iter().filter(|event| event.kind == "opportunity.won").count();
    assert_eq!(told, 1);

    // Even one that was lost; what is known of its worth stays.
    let given_up = create(&tenant, &CreateOpportunity { expected_value: Some("700.00".into()), ..deal(&shop) }).await;
    tenant.post::<crm::LoseOpportunity>(given_up, &lost()).await;
    let draft = tenant.post::<order::CreateOrder>((), &direct(&shop, given_up)).await;
    tenant.act::<order::ConfirmOrder>(draft.id).await;
    let deal_now = read(&tenant, given_up).await;
    assert_eq!((worth(&deal_now), deal_now.lost_reason.as_deref()), ((won, "700.00", "EUR"), None));

    // One that was won by hand learns what it is worth and for whom, in the currency of the order.
    tenant.raw.post("/v1/exchange-rates", &json!({ "currency": "USD", "base": "EUR", "date": "2020-01-01", "rate": "0.9" })).await.success();
    let by_hand = create(&tenant, &CreateOpportunity { party_id: None, ..deal(&shop) }).await;
    tenant.post::<crm::WinOpportunity>(by_hand, &WinOpportunity::default()).await;
    let priced = LineInput { unit_price: Some(of("20.00")), ..line(shop.chai, "2") };
    let dollars = CreateOrder { currency: Some(of("USD")), lines: vec![priced], ..direct(&shop, by_hand) };
    let draft = tenant.post::<order::CreateOrder>((), &dollars).await;
    tenant.act::<order::ConfirmOrder>(draft.id).await;
    let deal_now = read(&tenant, by_hand).await;
    assert_eq!((worth(&deal_now), deal_now.party_id), ((won, "40.00", "USD"), Some(shop.party)));
}

#[tokio::test]
async fn an_accepted_quote_gives_its_deal_what_it_comes_to() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (expected, after) in [(None, "648.00"), (Some("700.00"), "700.00")] {
        let body = CreateOpportunity { expected_value: expected.map(Into::into), ..deal(&shop) };
        let id = create(&tenant, &body).await;
        let offered = approved(&tenant, &shop, Some(id), vec![forty(&shop)]).await;
        accept(&tenant, offered.id).await;
        assert_eq!(worth(&read(&tenant, id).await), (OpportunityStatus::Won, after, "EUR"));
    }
}

/// What is owed and billed belongs to a won deal, whoever would say otherwise.
#[tokio::test]
async fn a_deal_with_an_order_is_neither_lost_nor_reopened() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let reference = json!([{ "system": "crm", "id": "7" }]);
    let body = json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs", "external_refs": reference });
    let id: OpportunityId = of(tenant.raw.post("/v1/opportunities", &body).await.success()["id"].as_str().unwrap());
    let drafted = tenant.post::<order::CreateOrder>((), &direct(&shop, id)).await;
    let refused = tenant.refused::<crm::LoseOpportunity>(id, &lost()).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains(&drafted.number), "{refused:?}");
    let cancel = CancelOrder { reason: "too dear".to_owned() };
    tenant.post::<order::CancelOrder>(drafted.id, &cancel).await;

    let offered = approved(&tenant, &shop, Some(id), vec![forty(&shop)]).await;
    let made = accept(&tenant, offered.id).await.order;
    tenant.act::<order::ConfirmOrder>(made.id).await;
    let refused = tenant.refused::<crm::ReopenOpportunity>(id, &ReopenOpportunity::default()).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains(&made.number) && !refused.detail.contains(&drafted.number), "{refused:?}");
    // Another system that leads the deal does not undo it, either, nor gives it to somebody else.
    let other = tenant.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
    let row = |field: &str, text: &str| json!({ "opportunity_id": "7", "title": "Chairs", "deal_stage": "won", field: text });
    let import = async |row: serde_json::Value| {
        let job = json!({ "resource": "opportunities", "company_id": shop.company, "system": "crm", "rows": [row] });
        let job = ended(&tenant, &job).await;
        let errors = job["errors_url"].as_str().map(str::to_owned);
        let told = match errors {
            Some(url) => tenant.raw.get(&url).await.success()["data"].to_string(),
            None => String::new(),
        };
        (job["result"]["updated"].as_i64(), job["result"]["failed"].as_i64(), told)
    };
    let given_up = json!({ "opportunity_id": "7", "title": "Chairs", "deal_stage": "lost", "closed_at": "2026-01-05" });
    for wrong in [row("deal_stage", "new"), given_up, row("account", "Boreas")] {
        let (updated, failed, told) = import(wrong.clone()).await;
        assert!((updated, failed) == (Some(0), Some(1)) && told.contains(&made.number) && told.contains("state_conflict"), "{wrong}: {told}");
    }
    assert_eq!(import(row("description", "oak")).await, (Some(1), Some(0), String::new()));
    let now = read(&tenant, id).await;
    assert_eq!((now.status, now.party_id), (OpportunityStatus::Won, Some(shop.party)));
    assert_ne!(now.party_id, Some(other));

    // Once its order is cancelled the deal may be undone, though its quote is accepted.
    tenant.post::<order::CancelOrder>(made.id, &cancel).await;
    assert_eq!(tenant.post::<crm::ReopenOpportunity>(id, &ReopenOpportunity::default()).await.status, OpportunityStatus::Open);
    assert_eq!(tenant.post::<crm::LoseOpportunity>(id, &lost()).await.status, OpportunityStatus::Lost);
    // An order that was made since was no reason to lose it.
    tenant.post::<order::CreateOrder>((), &direct(&shop, id)).await;
    assert_eq!(tenant.post::<crm::ReopenOpportunity>(id, &ReopenOpportunity::default()).await.status, OpportunityStatus::Open);
}

fn moved(party_id: PartyId) -> UpdateOpportunity {
    UpdateOpportunity { party_id: Patch::Value(party_id), ..UpdateOpportunity::default() }
}

#[tokio::test]
async fn a_document_is_for_the_customer_of_its_deal() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let other = tenant.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
    let id = create(&tenant, &deal(&shop)).await;
    let offer = |opportunity, party| CreateQuote { opportunity_id: opportunity, party_id: Some(party), ..quote_body(&shop, vec![forty(&shop)]) };
    let refused = tenant.refused::<quote::CreateQuote>((), &offer(Some(id), other)).await;
    assert_eq!(pointers(&refused), ["/party_id"]);
    assert!(["opportunity_id", "PATCH /v1/opportunities"].iter().all(|word| refused.errors[0].detail.contains(word)), "{refused:?}");
    let to_other = CreateOrder { party_id: Some(other), ..direct(&shop, id) };
    assert_eq!(pointers(&tenant.refused::<order::CreateOrder>((), &to_other).await), ["/party_id"]);
    // Drafts do not get there later, neither by their customer nor by their deal.
    let draft = tenant.post::<quote::CreateQuote>((), &offer(None, other)).await;
    let into = UpdateQuote { opportunity_id: Patch::Value(id), ..UpdateQuote::default() };
    assert_eq!(pointers(&tenant.refused::<quote::UpdateQuote>(draft.id, &into).await), ["/opportunity_id"]);
    let copy = DuplicateQuote { opportunity_id: Some(id), ..DuplicateQuote::default() };
    assert_eq!(pointers(&tenant.refused::<quote::DuplicateQuote>(draft.id, &copy).await), ["/opportunity_id"]);
    let own = tenant.post::<quote::CreateQuote>((), &offer(Some(id), shop.party)).await;
    let to = UpdateQuote { party_id: Patch::Value(other), lines: Patch::Value(vec![forty(&shop).into()]), ..UpdateQuote::default() };
    assert_eq!(pointers(&tenant.refused::<quote::UpdateQuote>(own.id, &to).await), ["/party_id"]);
    let without = UpdateQuote { opportunity_id: Patch::Null, ..to.clone() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(own.id, &without).await.party_id, other);
    let ordered = tenant.post::<order::CreateOrder>((), &direct(&shop, id)).await;
    let change = json!({ "party_id": other, "lines": [forty(&shop)] });
    let refused = tenant.raw.request("PATCH", &format!("/v1/orders/{}", ordered.id)).json(&change).send().await.problem();
    assert_eq!(pointers(&refused), ["/party_id"]);

    // The deal may go to somebody else while it is open; what was made before is then not agreed as it is.
    let offered = approved(&tenant, &shop, Some(id), vec![forty(&shop)]).await;
    let link = tenant.raw.post(&format!("/v1/quotes/{}/share", offered.id), &json!({})).await.success()["path"].as_str().unwrap().to_owned();
    tenant.post::<crm::UpdateOpportunity>(id, &moved(other)).await;
    let refused = tenant.refused::<quote::AcceptQuote>(offered.id, &AcceptQuote::default()).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains(&offered.number), "{refused:?}");
    let answer = tenant.raw.post(&format!("{link}/accept"), &json!({ "name": "Amy", "email": "amy@borealis.test" })).await.problem();
    assert!(answer.code == Code::StateConflict && !answer.detail.contains(&other.to_string()) && answer.meta.is_empty(), "{answer:?}");
    assert_eq!(tenant.raw.post(&format!("/v1/orders/{}/confirm", ordered.id), &json!({})).await.problem().code, Code::StateConflict);
    let failed = |checks: Vec<causeway_openapi::deal_check::DealCheck>| {
        checks.into_iter().filter(|check| check.result == CheckResult::Failed).map(|check| check.name).collect::<Vec<_>>()
    };
    assert_eq!(failed(tenant.get::<check::CheckQuote>(offered.id).await.checks), [Name::Opportunity]);
    assert_eq!(failed(tenant.get::<check::CheckOrder>(ordered.id).await.checks), [Name::Opportunity]);
    assert_eq!(read(&tenant, id).await.status, OpportunityStatus::Open);
    // Nothing is stuck: the next revision leaves the deal, or the deal comes back; two customers that are one are one everywhere.
    tenant.post::<crm::UpdateOpportunity>(id, &moved(shop.party)).await;
    let next = tenant.act::<quote::ReviseQuote>(offered.id).await;
    assert_eq!((next.party_id, next.opportunity_id), (shop.party, Some(id)));
    tenant.post::<party::MergeParty>(shop.party, &MergeParty { into: other }).await;
    tenant.act::<quote::SubmitQuote>(next.id).await;
    accept(&tenant, next.id).await;
    let won = read(&tenant, id).await;
    assert_eq!((won.status, won.party_id), (OpportunityStatus::Won, Some(other)));
}

/// A deal and a lead are found by what their customer is called now.
#[tokio::test]
async fn a_renamed_customer_is_found() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lead = CreateLead { company_id: shop.company, title: "40 chairs".to_owned(), contact_name: Some("Amy".to_owned()), ..CreateLead::default() };
    let lead = tenant.post::<crm::CreateLead>((), &lead).await.id;
    let deal = tenant.post::<crm::QualifyLead>(lead, &QualifyLead { party_id: Some(shop.party), ..QualifyLead::default() }).await.opportunity.id;
    let offered = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await.id;
    let renamed = UpdateParty { name: Patch::Value("Zephyrus Works".to_owned()), ..UpdateParty::default() };
    tenant.post::<party::UpdateParty>(shop.party, &renamed).await;
    for words in ["zephyrus", "zephyrus works", "chairs zeph"] {
        let query = ListQuery { q: Some(words.to_owned()), ..ListQuery::default() };
        let deals: Vec<_> = tenant.all::<crm::ListOpportunities, _>(&query).await.into_iter().map(|deal| deal.id).collect();
        let leads: Vec<_> = tenant.all::<crm::ListLeads, _>(&query).await.into_iter().map(|lead| lead.id).collect();
        assert_eq!((deals, leads), (vec![deal], vec![lead]), "{words}");
    }
    let query = ListQuery { q: Some("zephyrus".to_owned()), ..ListQuery::default() };
    assert!(tenant.all::<quote::ListQuotes, _>(&query).await.iter().any(|quote| quote.id == offered));
    let query = ListQuery { q: Some("sas".to_owned()), ..ListQuery::default() };
    assert_eq!(tenant.all::<crm::ListOpportunities, _>(&query).await, []);
}

/// A name alone links no lead, with or without countries: the answer and the list of duplicates tell who it may be.
#[tokio::test]
async fn a_lead_of_exactly_a_known_name_is_told_about() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let known = causeway_openapi::party::CreateParty { country: None, addresses: Vec::new(), contacts: Vec::new(), ..party_body("Account 50") };
    let known = tenant.post::<party::CreateParty>((), &known).await.id;
    let lead = CreateLead { company_id: shop.company, title: "Chairs".to_owned(), organization_name: Some("ACCOUNT 50".to_owned()), ..CreateLead::default() };
    let lead = tenant.post::<crm::CreateLead>((), &lead).await.id;
    let duplicates = format!("/v1/leads/{lead}/duplicates");
    let found = async || tenant.raw.get(&duplicates).await.success()["data"].as_array().unwrap().iter().any(|one| one["party_id"] == json!(known));
    assert!(found().await);
    let qualified = tenant.post::<crm::QualifyLead>(lead, &QualifyLead::default()).await;
    assert_ne!(qualified.party.id, known);
    assert!(qualified.candidates.iter().any(|one| one.party_id == known), "{:?}", qualified.candidates);
    assert!(found().await);
}
