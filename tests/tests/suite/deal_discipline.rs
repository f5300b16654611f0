//! What a pipeline asks for cannot be gone around, whom a lead is is not guessed, and what is won is followed up (CRM-04, CRM-05, CRM-07, CRM-11, CRM-12).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::crm::{
    AdvanceOpportunity, CreateLead, CreateOpportunity, CreateStage, LoseOpportunity, QualifiedLead, QualifyLead, ReopenOpportunity, UpdateOpportunity,
    UpdateStage, WinOpportunity, op as crm,
};
use causeway_openapi::party::op as party;
use causeway_openapi::pipeline::{PipelineBy, PipelineQuery, op as pipeline};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_openapi::team::{CreateLostReason, UpdateLostReason, op as team};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, forty, order_body, quote_body};
use causeway_tests::log;
use causeway_tests::person::Person;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{of, pointers};
use causeway_value::{DealField, OpportunityStatus, OrderRules, PartyRole, StageId, TenantMode};
use serde_json::json;

fn deal(shop: &Shop) -> CreateOpportunity {
    CreateOpportunity { company_id: shop.company, party_id: Some(shop.party), title: "Chairs".to_owned(), ..CreateOpportunity::default() }
}

async fn stage(caller: &Caller, name: &str) -> StageId {
    let stages = caller.all::<crm::ListStages, _>(&ListQuery::default()).await;
    stages.into_iter().find(|stage| stage.name == name).unwrap_or_else(|| panic!("no stage {name}")).id
}

/// Where everything happens now, a deal begins open: its end has its own verbs, with what they ask for.
#[tokio::test]
async fn a_deal_ends_by_its_verbs_where_nothing_is_history() {
    let world = World::start().await;
    let tenant = world.tenant(TenantMode::Live).await;
    let shop = shop::open(&tenant, "").await;
    for status in [OpportunityStatus::Won, OpportunityStatus::Lost] {
        let refused = tenant.refused::<crm::CreateOpportunity>((), &CreateOpportunity { status: Some(status), ..deal(&shop) }).await;
        assert_eq!(pointers(&refused), ["/status"]);
        assert!(refused.errors[0].detail.contains(if status == OpportunityStatus::Won { "/win" } else { "/lose" }), "{refused:?}");
    }
    let ended = CreateOpportunity { stage_id: Some(stage(&tenant, "won").await), ..deal(&shop) };
    assert_eq!(pointers(&tenant.refused::<crm::CreateOpportunity>((), &ended).await), ["/stage_id"]);
    let bulk = json!({ "mode": "per_item", "items": [deal(&shop), ended] });
    let made = tenant.raw.post("/v1/opportunities/bulk", &bulk).await.json();
    assert_eq!((&made["succeeded"], &made["failed"]), (&json!(1), &json!(1)), "{made}");
    // An import tells history, there as anywhere.
    let row = json!({ "title": "Old chairs", "status": "won", "close_date": "2017-03-01" });
    let import = json!({ "resource": "opportunities", "company_id": shop.company, "rows": [row] });
    deal::ended(&tenant, &import).await;
    assert!(!tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("status", "won")).await.is_empty(), "the import brought no won deal");
}

#[tokio::test]
async fn what_a_stage_asks_for_stays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let asks = CreateStage {
        name: "commit".to_owned(),
        position: 5,
        probability: of("90"),
        required_fields: vec![DealField::ExpectedValue, DealField::ExpectedCloseDate],
        ..CreateStage::default()
    };
    let commit = tenant.post::<crm::CreateStage>((), &asks).await.id;
    let body = CreateOpportunity { expected_value: Some("10.00".into()), expected_close_date: Some(of("2026-12-31")), ..deal(&shop) };
    let made = tenant.post::<crm::CreateOpportunity>((), &body).await;
    tenant.post::<crm::AdvanceOpportunity>(made.id, &AdvanceOpportunity { stage_id: commit }).await;
    let emptied = UpdateOpportunity { expected_value: Patch::Value("0.00".into()), expected_close_date: Patch::Null, ..UpdateOpportunity::default() };
    let refused = tenant.refused::<crm::UpdateOpportunity>(made.id, &emptied).await;
    assert_eq!(pointers(&refused), ["/expected_value", "/expected_close_date"]);
    // What the stage begins to ask for later stops no other change.
    let more = UpdateStage { required_fields: Patch::Value(vec![DealField::OwnerId]), ..UpdateStage::default() };
    tenant.post::<crm::UpdateStage>(commit, &more).await;
    let renamed = UpdateOpportunity { title: Patch::Value("Oak chairs".to_owned()), ..UpdateOpportunity::default() };
    tenant.post::<crm::UpdateOpportunity>(made.id, &renamed).await;
    // Coming back by name is coming there.
    tenant.post::<crm::LoseOpportunity>(made.id, &LoseOpportunity { reason: "price".to_owned(), closed_at: None }).await;
    let back = ReopenOpportunity { stage_id: Some(commit) };
    assert_eq!(pointers(&tenant.refused::<crm::ReopenOpportunity>(made.id, &back).await), ["/owner_id"]);
    assert_eq!(tenant.post::<crm::ReopenOpportunity>(made.id, &ReopenOpportunity::default()).await.stage.id, commit);
}

#[tokio::test]
async fn nothing_comes_to_a_stage_that_is_not_active() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let proposal = stage(&tenant, "proposal").await;
    let staying = tenant.post::<crm::CreateOpportunity>((), &CreateOpportunity { stage_id: Some(proposal), ..deal(&shop) }).await;
    let other = tenant.post::<crm::CreateOpportunity>((), &deal(&shop)).await;
    let off = tenant.post::<crm::UpdateStage>(proposal, &UpdateStage { active: Patch::Value(false), ..UpdateStage::default() }).await;
    assert!(!off.active);
    let ids = |stages: Vec<causeway_openapi::crm::Stage>| stages.into_iter().map(|stage| stage.id).collect::<Vec<_>>();
    assert_eq!(ids(tenant.all::<crm::ListStages, _>(&ListQuery::by("active", "false")).await), [proposal]);
    let there = AdvanceOpportunity { stage_id: proposal };
    assert_eq!(pointers(&tenant.refused::<crm::AdvanceOpportunity>(other.id, &there).await), ["/stage_id"]);
    let new = CreateOpportunity { stage_id: Some(proposal), ..deal(&shop) };
    assert_eq!(pointers(&tenant.refused::<crm::CreateOpportunity>((), &new).await), ["/stage_id"]);
    let renamed = UpdateOpportunity { title: Patch::Value("Oak chairs".to_owned()), ..UpdateOpportunity::default() };
    assert_eq!(tenant.post::<crm::UpdateOpportunity>(staying.id, &renamed).await.stage.id, proposal);
    tenant.post::<crm::WinOpportunity>(staying.id, &WinOpportunity::default()).await;
    assert_eq!(tenant.post::<crm::ReopenOpportunity>(staying.id, &ReopenOpportunity::default()).await.stage.name, "new");
}

async fn qualified(caller: &Caller, lead: &CreateLead) -> QualifiedLead {
    let lead = caller.post::<crm::CreateLead>((), lead).await;
    caller.post::<crm::QualifyLead>(lead.id, &QualifyLead::default()).await
}

fn lead(shop: &Shop, organization: &str, country: Option<&str>, email: Option<&str>) -> CreateLead {
    CreateLead {
        company_id: shop.company,
        title: "40 chairs".to_owned(),
        contact_name: Some("Amy".to_owned()),
        organization_name: Some(organization.to_owned()),
        country: country.map(str::to_owned),
        email: email.map(str::to_owned),
        ..CreateLead::default()
    }
}

#[tokio::test]
async fn whom_a_lead_is_is_known_or_told_as_a_question() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let first = qualified(&tenant, &lead(&shop, "Fjord AS", Some("NO"), Some("Amy@Fjord.test"))).await;
    assert_eq!(first.candidates, []);
    // The same mailbox, however it is written, and no second person.
    let again = qualified(&tenant, &lead(&shop, "Fjord", None, Some("amy@fjord.TEST"))).await;
    assert_eq!((again.party.id, again.party.contacts.len(), again.candidates.len()), (first.party.id, 1, 0));
    let draft = json!({ "name": "Somebody", "email": "AMY@fjord.test" });
    let found = tenant.raw.post("/v1/parties/check-duplicates", &draft).await.success();
    assert_eq!(found["data"][0]["party_id"], json!(first.party.id), "{found}");
    // Name and country are enough when there is one; the name alone is not, nor another country.
    assert_eq!(qualified(&tenant, &lead(&shop, "fjord as", Some("NO"), None)).await.party.id, first.party.id);
    for country in [None, Some("US")] {
        let other = qualified(&tenant, &lead(&shop, "Fjord AS", country, None)).await;
        assert_ne!(other.party.id, first.party.id);
        assert!(other.candidates.iter().any(|one| one.party_id == first.party.id), "{:?}", other.candidates);
    }
}

#[tokio::test]
async fn what_a_lead_says_goes_along() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let said = CreateLead {
        source: Some("expo".to_owned()),
        description: Some("wants oak".to_owned()),
        need: Some("a new hall".to_owned()),
        metadata: [("hall".to_owned(), "7".to_owned())].into(),
        ..lead(&shop, "Fjord AS", Some("NO"), None)
    };
    let deal = qualified(&tenant, &said).await.opportunity;
    assert_eq!((deal.source, deal.description, deal.need, deal.metadata), (said.source, said.description, said.need, said.metadata));
    let of_expo = tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("source", "expo")).await;
    assert_eq!(of_expo.into_iter().map(|deal| deal.id).collect::<Vec<_>>(), [deal.id]);
}

/// Where the pipeline checks customers nobody becomes one unchecked; where it does not, a qualified lead is one at once.
#[tokio::test]
async fn a_customer_is_checked_where_the_pipeline_says_so() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    assert_eq!(qualified(&tenant, &lead(&shop, "Borealis SAS", Some("FR"), None)).await.party.roles, [PartyRole::Customer]);
    let checks = CreateStage { name: "commit".to_owned(), position: 5, probability: of("90"), validates_customer: true, ..CreateStage::default() };
    let commit = AdvanceOpportunity { stage_id: tenant.post::<crm::CreateStage>((), &checks).await.id };
    let fresh = qualified(&tenant, &lead(&shop, "Fjord AS", Some("NO"), Some("amy@fjord.test"))).await;
    assert_eq!(fresh.party.roles, []);
    let path = format!("/v1/parties/{}", fresh.party.id);
    let address = json!({ "kind": "billing", "line1": "Kai 1", "city": "Oslo", "country": "NO" });
    let patch = async |body| tenant.raw.request("PATCH", &path).json(&body).send().await.success();
    patch(json!({ "tax_id": "NO123456780", "addresses": [address] })).await;
    let refused = tenant.refused::<crm::AdvanceOpportunity>(fresh.opportunity.id, &commit).await;
    assert!(refused.errors.len() == 1 && refused.errors[0].detail.contains("check digit"), "{refused:?}");
    // An offer that is accepted wins the deal, and its order waits for the customer.
    let body = CreateQuote { opportunity_id: Some(fresh.opportunity.id), party_id: Some(fresh.party.id), ..quote_body(&shop, vec![forty(&shop)]) };
    let offered = tenant.post::<quote::CreateQuote>((), &body).await;
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    let order = deal::accept(&tenant, offered.id).await.order;
    let confirm = format!("/v1/orders/{}/confirm", order.id);
    let refused = tenant.raw.post(&confirm, &json!({})).await.problem();
    assert!(refused.code == Code::StateConflict && refused.detail.contains("no customer"), "{refused:?}");
    // A checked registration is as good as a tax id; with it the next offer makes a customer.
    patch(json!({ "tax_id": null, "tax_ids": [{ "country": "NO", "number": "NO123456785" }] })).await;
    let next = CreateOpportunity { party_id: Some(fresh.party.id), contact_id: fresh.contact.map(|contact| contact.id), ..deal(&shop) };
    let next = tenant.post::<crm::CreateOpportunity>((), &next).await;
    let offered = tenant.post::<quote::CreateQuote>((), &CreateQuote { opportunity_id: Some(next.id), ..body }).await;
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    deal::accept(&tenant, offered.id).await;
    assert_eq!(tenant.get::<party::GetParty>(fresh.party.id).await.roles, [PartyRole::Customer]);
    tenant.raw.post(&confirm, &json!({})).await.success();
}

#[tokio::test]
async fn where_deals_come_from_and_why_they_are_lost_is_counted() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let from = |source: &str| CreateOpportunity { source: Some(source.to_owned()), expected_value: Some("10.00".into()), ..deal(&shop) };
    let lost = tenant.post::<crm::CreateOpportunity>((), &from("web")).await;
    tenant.post::<crm::CreateOpportunity>((), &from("web")).await;
    let won = tenant.post::<crm::CreateOpportunity>((), &from("expo")).await;
    tenant.post::<crm::WinOpportunity>(won.id, &WinOpportunity::default()).await;
    let price = tenant.post::<team::CreateLostReason>((), &CreateLostReason { code: "price".to_owned(), name: "Too dear".to_owned() }).await;
    let lose = |reason: &str| LoseOpportunity { reason: reason.to_owned(), closed_at: None };
    let refused = tenant.refused::<crm::LoseOpportunity>(lost.id, &lose("they found it too dear")).await;
    assert!(pointers(&refused) == ["/reason"] && refused.errors[0].detail.contains("price"), "{refused:?}");
    tenant.post::<crm::LoseOpportunity>(lost.id, &lose("price")).await;
    let groups = async |by| {
        let report = tenant.ask::<pipeline::GetPipeline>(&PipelineQuery { by: Some(by), ..PipelineQuery::default() }).await;
        let group = |group: causeway_openapi::pipeline::PipelineGroup| {
            (group.source.or(group.lost_reason), group.name, [group.open.count, group.won.count, group.lost.count])
        };
        report.groups.into_iter().map(group).collect::<Vec<_>>()
    };
    let word = |word: &str| Some(word.to_owned());
    assert_eq!(groups(PipelineBy::Source).await, [(word("web"), word("web"), [1, 0, 1]), (word("expo"), word("expo"), [0, 1, 0])]);
    assert_eq!(groups(PipelineBy::LostReason).await, [(None, None, [1, 1, 0]), (word("price"), word("Too dear"), [0, 0, 1])]);
    let only = PipelineQuery { source: word("expo"), ..PipelineQuery::default() };
    let only = tenant.ask::<pipeline::GetPipeline>(&only).await;
    assert_eq!((only.won.count, only.lost.count, only.open.count), (1, 0, 0));
    let found = tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("lost_reason", "price")).await;
    assert_eq!(found.into_iter().map(|deal| deal.id).collect::<Vec<_>>(), [lost.id]);
    // A reason that is no longer given; when none is left any text is one.
    tenant.post::<team::UpdateLostReason>(price.id, &UpdateLostReason { active: Patch::Value(false), ..UpdateLostReason::default() }).await;
    tenant.post::<crm::ReopenOpportunity>(lost.id, &ReopenOpportunity::default()).await;
    tenant.post::<crm::LoseOpportunity>(lost.id, &lose("they found it too dear")).await;
}

/// Whoever sells sees the pipeline, and not the books.
#[tokio::test]
async fn a_salesperson_reads_the_pipeline() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rep = Person::hire_as(&tenant, "sales_rep").await.session().await;
    let status = async |report: &str| rep.raw.get(&format!("/v1/reports/{report}?company_id={}", shop.company)).await.status;
    for report in ["pipeline", "forecast", "pipeline-ageing", "pipeline-conversion", "activities"] {
        assert_eq!(status(report).await, 200, "{report}");
    }
    for report in ["trial-balance", "aging", "margin"] {
        assert_eq!(status(report).await, 403, "{report}");
    }
    // Whoever leads them reads what was sold and what is owed, and no more of the books than an entry tells (ACC-10, SEC-07).
    let head = Person::hire_as(&tenant, "sales_manager").await.session().await;
    let status = async |report: &str| head.raw.get(&format!("/v1/reports/{report}?company_id={}", shop.company)).await.status;
    for report in ["bookings", "billings", "aging", "margin", "revenue-cycle"] {
        assert_eq!(status(report).await, 200, "{report}");
    }
    for report in ["trial-balance", "general-ledger"] {
        assert_eq!(status(report).await, 403, "{report}");
    }
    let clerk = Person::hire_as(&tenant, "finance").await.session().await;
    assert_eq!(clerk.raw.get(&format!("/v1/reports/trial-balance?company_id={}", shop.company)).await.status, 200);
}

#[tokio::test]
async fn a_won_deal_without_an_order_is_told_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = OrderRules { won_days: Some(10), ..OrderRules::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { order_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    let win = async |body: &CreateOpportunity| {
        let made = tenant.post::<crm::CreateOpportunity>((), body).await.id;
        tenant.post::<crm::WinOpportunity>(made, &WinOpportunity::default()).await.id
    };
    let (forgotten, ordered) = (win(&deal(&shop)).await, win(&deal(&shop)).await);
    let of = |opportunity| causeway_openapi::order::CreateOrder { opportunity_id: Some(opportunity), ..order_body(&shop, vec![forty(&shop)]) };
    tenant.post::<causeway_openapi::order::op::CreateOrder>((), &of(ordered)).await;
    let old = CreateOpportunity { status: Some(OpportunityStatus::Won), ..deal(&shop) };
    tenant.post::<crm::CreateOpportunity>((), &old).await;
    let stalled = async || tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("stalled", "true")).await.into_iter().map(|deal| deal.id).collect::<Vec<_>>();
    advance(&tenant, "2026-12-12T08:59:00Z").await;
    assert_eq!(stalled().await, []);
    advance(&tenant, "2026-12-12T10:00:00Z").await;
    advance(&tenant, "2026-12-20T10:00:00Z").await;
    assert_eq!(stalled().await, [forgotten]);
    let told = log::events(&tenant).await.into_iter().filter(|event| event.kind == "opportunity.stalled").count();
    let reason = tenant.get::<crm::GetOpportunity>(forgotten).await.stalled_reason;
    assert_eq!((told, reason.as_deref()), (1, Some("Won for more than 10 days: nobody made a quote or an order of it")));
    // With an order it waits for nothing.
    tenant.post::<causeway_openapi::order::op::CreateOrder>((), &of(forgotten)).await;
    assert_eq!(stalled().await, []);
}

/// Whom a lead may be is told by the scored search: without the legal form, and with a typing error (CRM-04, CRM-05, MDM-07).
#[tokio::test]
async fn a_lead_that_is_called_nearly_the_same_is_told_about_or_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let party = json!({ "name": "Nordwind AG", "kind": "organization", "roles": ["customer"], "country": "NO" });
    let known = tenant.raw.post("/v1/parties", &party).await.success()["id"].as_str().unwrap().to_owned();
    for name in ["Nordwind", "Nordwindd AG"] {
        let told = qualified(&tenant, &lead(&shop, name, Some("NO"), None)).await;
        assert_ne!(told.party.id.to_string(), known);
        assert!(told.candidates.iter().any(|one| one.party_id.to_string() == known), "{name}: {:?}", told.candidates);
    }
    let asked = tenant.post::<crm::CreateLead>((), &lead(&shop, "Nordwind SE", Some("NO"), None)).await;
    let careful = QualifyLead { refuse_duplicates: Some(true), ..QualifyLead::default() };
    let problem = tenant.refused::<crm::QualifyLead>(asked.id, &careful).await;
    assert_eq!(pointers(&problem), ["/party_id"]);
    assert!(problem.errors[0].detail.contains("Nordwind"), "{problem:?}");
    // Who may not read parties is stopped as well, and not told by whom.
    let blind = causeway_tests::api_key::limited(&tenant, &["leads:read", "leads:write", "leads:qualify", "opportunities:write", "parties:write"]).await;
    let problem = blind.refused::<crm::QualifyLead>(asked.id, &careful).await;
    assert_eq!(pointers(&problem), ["/party_id"]);
    assert!(!problem.errors[0].detail.contains("Nordwind"), "{problem:?}");
    let other = tenant.post::<crm::CreateLead>((), &lead(&shop, "Zephyr", Some("NO"), None)).await;
    assert_eq!(tenant.post::<crm::QualifyLead>(other.id, &careful).await.candidates, []);
}
