//! The intake of leads: who gets them and why, which may be the same, and what must be said before they are qualified (CRM-01 to CRM-06).

use causeway_contract::{Bulk, BulkMode, Code, ListQuery};
use causeway_openapi::crm::{CreateLead, Lead, QualifyLead, op as crm};
use causeway_openapi::intake::{AssignLead, op as intake};
use causeway_tests::caller::Caller;
use causeway_tests::log::events;
use causeway_tests::of;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_value::{LeadStatus, UserId};
use serde_json::json;

fn lead(shop: &Shop, title: &str) -> CreateLead {
    CreateLead { company_id: shop.company, title: title.to_owned(), ..CreateLead::default() }
}

async fn hired(caller: &Caller, name: &str) -> UserId {
    let user = json!({ "name": name, "email": format!("{name}@acme.test"), "role_ids": [] });
    of(caller.raw.post("/v1/users", &user).await.success()["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn rules_give_leads_away_in_turn_and_say_why() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (ann, ben) = (hired(&tenant, "ann").await, hired(&tenant, "ben").await);
    let team = tenant.raw.post("/v1/teams", &json!({ "name": "Key accounts", "member_ids": [ben] })).await.success();
    let rule = async |body| tenant.raw.post("/v1/assignment-rules", &body).await.success();
    let web = rule(json!({ "name": "Web DACH", "position": 2, "sources": ["web"], "countries": ["DE", "AT"], "owner_ids": [ann, ben] })).await;
    let large = rule(json!({ "name": "Large", "position": 1, "min_employees": 500, "team_id": team["id"] })).await;
    let german = CreateLead { source: Some("Web".to_owned()), country: Some("DE".to_owned()), ..lead(&shop, "chairs") };
    let capture = async |body: &CreateLead| tenant.post::<crm::CreateLead>((), body).await;
    let first = capture(&german).await;
    let because = first.assignment.as_ref().map(|given| given.because.as_str());
    assert_eq!((first.owner_id, because), (Some(ann), Some("Web DACH: source is Web, country is DE; number 1 of 2 in turn")));
    // Many at once take turns, too; who names an owner is not asked, and what fits no rule stays nobody's.
    let mine = CreateLead { owner_id: Some(ann), ..german.clone() };
    let items = vec![german.clone(), german.clone(), mine, lead(&shop, "tables")];
    let made = tenant.post::<crm::CreateLeads>((), &Bulk { mode: BulkMode::Atomic, items }).await;
    let owners: Vec<_> = made.data.iter().filter_map(|item| item.result.as_ref()).map(|lead| (lead.owner_id, lead.assignment.is_some())).collect();
    assert_eq!(owners, [(Some(ben), true), (Some(ann), true), (Some(ann), false), (None, false)]);
    // A lower position comes first; the people of a rule with a team alone are its members.
    let big = capture(&CreateLead { employee_count: Some(900), ..german.clone() }).await;
    assert_eq!((big.owner_id, big.team_id.map(|id| id.to_string()).as_deref(), big.country.as_deref()), (Some(ben), team["id"].as_str(), Some("DE")));
    // Who left gets no more; a rule without anybody is passed over; a rule that is off is not asked.
    tenant.raw.request("PATCH", &format!("/v1/users/{ben}")).json(&json!({ "active": false })).send().await.success();
    assert_eq!([capture(&german).await.owner_id, capture(&german).await.owner_id], [Some(ann), Some(ann)]);
    tenant.raw.request("PATCH", &format!("/v1/assignment-rules/{}", web["id"].as_str().unwrap())).json(&json!({ "active": false })).send().await.success();
    let waiting = capture(&german).await;
    assert_eq!((waiting.owner_id, waiting.assignment), (None, None));
    // By hand, and by the rules again.
    let given = tenant.post::<intake::AssignLead>(waiting.id, &AssignLead { owner_id: Some(ann), ..AssignLead::default() }).await;
    assert_eq!((given.owner_id, given.assignment, given.version), (Some(ann), None, 2));
    assert_eq!(tenant.refused::<intake::AssignLead>(waiting.id, &AssignLead::default()).await.code, Code::StateConflict);
    tenant.raw.request("PATCH", &format!("/v1/leads/{}", waiting.id)).json(&json!({ "employee_count": 700 })).send().await.success();
    let given = tenant.post::<intake::AssignLead>(waiting.id, &AssignLead::default()).await;
    let rule = given.assignment.as_ref().map(|given| given.rule_id.to_string());
    assert_eq!((given.owner_id, rule.as_deref(), given.team_id.is_some()), (None, large["id"].as_str(), true));
    let told = events(&tenant).await.into_iter().filter(|event| event.kind == "lead.assigned").count();
    assert_eq!(told, 2);
    let refused =
        tenant.raw.post("/v1/assignment-rules", &json!({ "name": "x", "position": 1, "countries": ["de"], "min_employees": 9, "max_employees": 1 })).await;
    let pointers: Vec<_> = refused.problem().errors.into_iter().filter_map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/owner_ids", "/max_employees", "/countries/0"]);
    assert_eq!(tenant.all::<crm::ListLeads, _>(&ListQuery::by("country", "DE")).await.len(), 8);
}

#[tokio::test]
async fn what_a_lead_resembles_is_explained_and_captured_all_the_same() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let of_amy = |email: &str| CreateLead {
        organization_name: Some("Fjordmøbel AS".to_owned()),
        contact_name: Some("Ola".to_owned()),
        email: Some(email.to_owned()),
        phone: Some("+47 22 33 44 55".to_owned()),
        ..lead(&shop, "chairs")
    };
    let party = json!({ "name": "Fjordmøbel", "kind": "organization", "roles": ["customer"], "contacts": [{ "name": "Ola", "email": "ola@fjord.test" }] });
    let party = tenant.raw.post("/v1/parties", &party).await.success();
    let first = tenant.post::<crm::CreateLead>((), &of_amy("ola@fjord.test")).await;
    let typo = CreateLead { organization_name: Some("Fjordmøbell".to_owned()), email: None, phone: Some("0047 22334455".to_owned()), ..of_amy("") };
    let second = tenant.post::<crm::CreateLead>((), &typo).await;
    tenant.post::<crm::CreateLead>((), &CreateLead { organization_name: Some("Borealis SAS".to_owned()), ..lead(&shop, "chairs") }).await;
    let found = tenant.get::<intake::FindLeadDuplicates>(first.id).await.data;
    let shown: Vec<_> = found.iter().map(|one| (one.lead_id, one.party_id.map(|id| id.to_string()), one.likely)).collect();
    assert_eq!(shown, [(None, party["id"].as_str().map(str::to_owned), true), (Some(second.id), None, false)], "{found:?}");
    let fields = |place: usize| found[place].reasons.iter().map(|reason| reason.field.as_str()).collect::<Vec<_>>();
    assert_eq!((fields(0), fields(1)), (vec!["name", "email"], vec!["name", "phone"]));
    // Once it is qualified, its own party is no duplicate of it.
    let qualified = tenant.post::<crm::QualifyLead>(first.id, &QualifyLead::default()).await;
    assert_eq!(Some(qualified.party.id.to_string().as_str()), party["id"].as_str());
    assert_eq!(tenant.get::<intake::FindLeadDuplicates>(first.id).await.data.len(), 1);
    let silent = tenant.post::<crm::CreateLead>((), &lead(&shop, "somebody called")).await;
    assert_eq!(tenant.get::<intake::FindLeadDuplicates>(silent.id).await.data, []);
}

#[tokio::test]
async fn a_lead_says_what_its_company_asks_for_before_it_is_qualified() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let asks = json!({ "lead_rules": { "required_inputs": ["email", "budget", "authority", "needed_by"] } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&asks).send().await.success();
    let body = CreateLead {
        organization_name: Some("Borealis SAS".to_owned()),
        country: Some("FR".to_owned()),
        authority: Some("Amy".to_owned()),
        ..lead(&shop, "x")
    };
    let made: Lead = tenant.post::<crm::CreateLead>((), &body).await;
    let refused = tenant.refused::<crm::QualifyLead>(made.id, &QualifyLead::default()).await;
    let pointers: Vec<_> = refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/email", "/budget", "/needed_by"]);
    let patch = json!({ "email": "amy@borealis.test", "budget": "9000.00" });
    tenant.raw.request("PATCH", &format!("/v1/leads/{}", made.id)).json(&patch).send().await.success();
    let rest = QualifyLead { needed_by: Some(of("2027-03-01")), ..QualifyLead::default() };
    let qualified = tenant.post::<crm::QualifyLead>(made.id, &rest).await;
    // Nothing is typed again: the budget is what the deal may be worth, and when it is needed is when it may be decided.
    assert_eq!((qualified.lead.status, qualified.lead.needed_by), (LeadStatus::Qualified, Some(of("2027-03-01"))));
    let deal = qualified.opportunity;
    assert_eq!((deal.expected_value.0.as_str(), deal.currency, deal.expected_close_date), ("9000.00", of("EUR"), Some(of("2027-03-01"))));
    assert_eq!(qualified.party.country.as_deref(), Some("FR"));
    // The stage that it comes to asks for what it asks everybody.
    let stages = tenant.all::<crm::ListStages, _>(&ListQuery::default()).await;
    let stage = stages.iter().find(|stage| stage.name == "qualified").expect("a stage").id;
    tenant.raw.request("PATCH", &format!("/v1/stages/{stage}")).json(&json!({ "required_fields": ["owner_id"] })).send().await.success();
    let other = tenant.post::<crm::CreateLead>((), &CreateLead { email: Some("b@b.test".to_owned()), budget: Some("1.00".into()), ..body }).await;
    let refused = tenant.refused::<crm::QualifyLead>(other.id, &rest).await;
    assert_eq!(refused.errors[0].pointer.as_deref(), Some("/owner_id"));
    assert_eq!(tenant.get::<crm::GetLead>(other.id).await.status, LeadStatus::New);
}

/// Whoever may not read parties, such as the key of a web form, is not told who is a customer (SEC-02).
#[tokio::test]
async fn a_form_does_not_tell_who_is_a_customer() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let party = tenant.get::<causeway_openapi::party::op::GetParty>(shop.party).await;
    let form = causeway_tests::api_key::limited(&tenant, &["leads:read", "leads:write"]).await;
    let lead = serde_json::json!({ "company_id": shop.company, "title": "Chairs", "organization_name": party.name, "country": "FR" });
    let lead = form.raw.post("/v1/leads", &lead).await.success()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/leads/{lead}/duplicates");
    let of_parties = |seen: serde_json::Value| seen["data"].as_array().unwrap().iter().filter(|one| one["party_id"].is_string()).count();
    assert_eq!(of_parties(form.raw.get(&path).await.success()), 0);
    assert_eq!(of_parties(tenant.raw.get(&path).await.success()), 1);
}

/// A budget in euros is no value in dollars (CRM-04).
#[tokio::test]
async fn a_deal_in_another_currency_says_its_value() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lead = serde_json::json!({ "company_id": shop.company, "title": "Chairs", "organization_name": "Zephyr", "budget": "5000.00" });
    let lead = tenant.raw.post("/v1/leads", &lead).await.success()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/leads/{lead}/qualify");
    let refused = tenant.raw.post(&path, &serde_json::json!({ "currency": "USD", "party_id": shop.party })).await.problem();
    assert_eq!(causeway_tests::pointers(&refused), ["/expected_value"]);
    let qualified = tenant.raw.post(&path, &serde_json::json!({ "currency": "USD", "party_id": shop.party, "expected_value": "5400.00" })).await.success();
    assert_eq!(qualified["opportunity"]["expected_value"], serde_json::json!("5400.00"));
}

/// Leads that came from elsewhere are older than their rows, and are sorted and found by when they came in.
#[tokio::test]
async fn leads_are_sorted_by_when_they_came_in() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (title, at) in [("now", None), ("first", Some("2016-10-20T09:00:00Z")), ("second", Some("2017-03-01T09:00:00Z"))] {
        tenant.post::<crm::CreateLead>((), &CreateLead { created_at: at.map(of), ..lead(&shop, title) }).await;
    }
    let listed = async |query: ListQuery| tenant.all::<crm::ListLeads, _>(&query).await.into_iter().map(|lead| lead.title).collect::<Vec<_>>();
    let sorted = |sort: &str| ListQuery { sort: Some(sort.to_owned()), ..ListQuery::default() };
    assert_eq!(listed(sorted("created_at")).await, ["first", "second", "now"]);
    assert_eq!(listed(sorted("-created_at")).await, ["now", "second", "first"]);
    assert_eq!(listed(ListQuery { sort: Some("created_at".to_owned()), ..ListQuery::by("created_at[lt]", "2018-01-01T00:00:00Z") }).await, ["first", "second"]);
}

/// Who asks for it is told of an open lead that is likely the same before there are two (CRM-01, MDM-07).
#[tokio::test]
async fn a_second_lead_of_the_same_person_is_refused_on_request() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let of = |person: &str| CreateLead {
        organization_name: Some("Nordwind AG".to_owned()),
        contact_name: Some(person.to_owned()),
        country: Some("NO".to_owned()),
        refuse_duplicates: Some(true),
        ..lead(&shop, "chairs")
    };
    let first = tenant.post::<crm::CreateLead>((), &of("Ola")).await;
    let problem = tenant.refused::<crm::CreateLead>((), &of("ola")).await;
    assert_eq!((problem.status, problem.code), (409, Code::AlreadyExists));
    assert_eq!(problem.meta["duplicates"], json!([first.id]));
    // A form that may not read leads is told no more than that.
    let form = causeway_tests::api_key::limited(&tenant, &["leads:write"]).await;
    let problem = form.refused::<crm::CreateLead>((), &of("Ola")).await;
    assert!(!problem.detail.contains(&first.id.to_string()) && problem.meta["duplicates"] == json!([]), "{problem:?}");
    let many = Bulk { mode: BulkMode::PerItem, items: vec![of("Ola"), of("Kari")] };
    let made = tenant.send::<crm::CreateLeads>((), &many, causeway_openapi::client::Options::default()).await;
    assert_eq!(made.body.data.iter().map(|item| item.status).collect::<Vec<_>>(), [409, 201]);
    // Those of one request are compared, too.
    let many = Bulk { mode: BulkMode::PerItem, items: vec![of("Liv"), of("Per"), of("liv")] };
    let made = tenant.send::<crm::CreateLeads>((), &many, causeway_openapi::client::Options::default()).await.body.data;
    assert_eq!(made.iter().map(|item| item.status).collect::<Vec<_>>(), [201, 201, 409]);
    let twin = made[0].result.as_ref().map(|lead| lead.id);
    assert_eq!(made[2].problem.as_ref().map(|problem| problem.meta["duplicates"].clone()), Some(json!([twin])));
    // Whoever comes back wants something new.
    tenant.post::<crm::DisqualifyLead>(first.id, &causeway_openapi::crm::DisqualifyLead::default()).await;
    tenant.post::<crm::CreateLead>((), &of("Ola")).await;
}

/// What a person who is signed in enters is theirs, unless they or a rule say otherwise; what a program enters is nobody's (CRM-06).
#[tokio::test]
async fn what_a_person_enters_is_theirs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let person = causeway_tests::person::Person::hire_as(&tenant, "sales_rep").await;
    let (rep, own) = (person.session().await, Some(person.id));
    let team = tenant.raw.post("/v1/teams", &json!({ "name": "East", "member_ids": [person.id] })).await.success()["id"].clone();
    let captured = rep.post::<crm::CreateLead>((), &CreateLead { organization_name: Some("Fjord AS".to_owned()), ..lead(&shop, "chairs") }).await;
    assert_eq!(captured.owner_id, own);
    assert_eq!(tenant.post::<crm::CreateLead>((), &lead(&shop, "tables")).await.owner_id, None);
    let deal = tenant.post::<crm::QualifyLead>(captured.id, &QualifyLead { party_id: Some(shop.party), ..QualifyLead::default() }).await.opportunity;
    assert_eq!(deal.owner_id, own, "whoever qualifies it");
    assert_eq!(json!(deal.team_id), team, "as a deal that they enter themselves");
    let opened = json!({ "company_id": shop.company, "party_id": shop.party, "title": "Desks" });
    assert_eq!(rep.raw.post("/v1/opportunities", &opened).await.success()["owner_id"], json!(own));
    assert_eq!(tenant.raw.post("/v1/opportunities", &opened).await.success()["owner_id"], json!(null));
    let sold = json!({ "company_id": shop.company, "party_id": shop.party, "lines": [{ "product_id": shop.chai, "quantity": "1", "discount_percent": "50" }] });
    for path in ["/v1/quotes", "/v1/orders"] {
        assert_eq!(rep.raw.post(path, &sold).await.success()["owner_id"], json!(own), "{path}");
        assert_eq!(tenant.raw.post(path, &sold).await.success()["owner_id"], json!(null), "{path}");
    }
    // What somebody has to look at waits for whoever sells it.
    causeway_tests::deal::limit(&tenant, &shop, causeway_value::QuoteRules { max_discount_percent: Some(of("10")), ..Default::default() }).await;
    let order = rep.raw.post("/v1/orders", &sold).await.success();
    let held = tenant.raw.post(&format!("/v1/orders/{}/confirm", order["id"].as_str().unwrap()), &json!({})).await.success();
    assert_eq!((&held["holds"][0]["kind"], &held["holds"][0]["owner_id"]), (&json!("approval"), &json!(own)));
    // Rules come first.
    let ann = hired(&tenant, "ann").await;
    tenant.raw.post("/v1/assignment-rules", &json!({ "name": "All", "position": 1, "owner_ids": [ann] })).await.success();
    assert_eq!(rep.post::<crm::CreateLead>((), &lead(&shop, "lamps")).await.owner_id, Some(ann));
}
