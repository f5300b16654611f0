//! What need not be kept for ever goes after the days that a tenant chose, unless it is held; what goes is told, and the trail still verifies (SEC-08).

use causeway_contract::{Code, ListQuery, Nothing, Patch};
use causeway_openapi::activity::{CompleteActivity, CreateActivity, UpdateActivity, op as activity};
use causeway_openapi::crm::{CreateLead, DisqualifyLead, op as crm};
use causeway_openapi::identity::{AdvanceClock, op as identity};
use causeway_openapi::retention::{CreateRetentionRule, KeptKind, RetentionQuery, UpdateRetentionRule, op as retention};
use causeway_tests::caller::Caller;
use causeway_tests::deal::job_ended;
use causeway_tests::log::events;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{pointers, verified};
use causeway_value::{ActivityKind, LeadId, RetentionKind};

const DAY: i64 = 86_400;

async fn disqualified(caller: &Caller, shop: &Shop, name: &str) -> LeadId {
    let body = CreateLead {
        company_id: shop.company,
        title: format!("Chairs for {name}"),
        contact_name: Some(name.to_owned()),
        email: Some(format!("{}@nowhere.test", name.to_lowercase())),
        source: Some("web".to_owned()),
        ..CreateLead::default()
    };
    let lead = caller.post::<crm::CreateLead>((), &body).await.id;
    caller.post::<crm::DisqualifyLead>(lead, &DisqualifyLead { reason: Some(format!("{name} is a student")) }).await;
    lead
}

async fn advance(caller: &Caller, days: i64) {
    let now = caller.get::<identity::GetClock>(()).await.now;
    let job = caller.post::<identity::AdvanceClock>((), &AdvanceClock { to: now.plus_seconds(days * DAY) }).await;
    job_ended(caller, &job.id.to_string()).await;
}

async fn kept(caller: &Caller, query: &RetentionQuery, kind: RetentionKind) -> KeptKind {
    let all = caller.ask::<retention::GetRetention>(query).await.kinds;
    all.into_iter().find(|kept| kept.kind == kind).expect("a kind")
}

#[tokio::test]
async fn a_disqualified_lead_forgets_whom_it_was_about() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let amy = disqualified(&tenant, &shop, "Amyntas").await;
    let open = CreateLead { company_id: shop.company, title: "Tables".to_owned(), contact_name: Some("Bea".to_owned()), ..CreateLead::default() };
    let open = tenant.post::<crm::CreateLead>((), &open).await.id;
    let note = Some("Amyntas asked twice".to_owned());
    let note = CreateActivity { subject_id: amy.to_string(), kind: ActivityKind::Call, due_at: None, note, owner_id: None, external_refs: Vec::new() };
    let note = tenant.post::<activity::CreateActivity>((), &note).await.id;
    // What stood there once is in its records.
    let once = CreateActivity {
        note: Some("Amyntas is ill".to_owned()),
        subject_id: amy.to_string(),
        kind: ActivityKind::Call,
        due_at: None,
        owner_id: None,
        external_refs: Vec::new(),
    };
    let once = tenant.post::<activity::CreateActivity>((), &once).await.id;
    tenant.post::<activity::UpdateActivity>(once, &UpdateActivity { note: Patch::Null, ..UpdateActivity::default() }).await;
    advance(&tenant, 31).await;
    // Kept for ever until somebody chooses; what would go is shown, and nothing goes by asking.
    let leads = RetentionKind::DisqualifiedLeads;
    let now = kept(&tenant, &RetentionQuery::default(), leads).await;
    assert_eq!((now.days, now.default_days, now.waiting, now.rule_id), (None, None, 0, None));
    let tried = RetentionQuery { kind: Some(leads), days: Some(30) };
    assert_eq!((kept(&tenant, &tried, leads).await.waiting, kept(&tenant, &RetentionQuery { days: Some(32), ..tried.clone() }, leads).await.waiting), (1, 0));
    // Held: nothing goes, whatever its age.
    let rule = CreateRetentionRule { kind: leads, days: Some(30), hold_reason: Some("Kai v. Acme".to_owned()) };
    let rule = tenant.post::<retention::CreateRetentionRule>((), &rule).await;
    advance(&tenant, 1).await;
    let held = kept(&tenant, &RetentionQuery::default(), leads).await;
    assert_eq!((held.waiting, held.rule_id, held.hold_reason.as_deref()), (1, Some(rule.id), Some("Kai v. Acme")));
    assert_eq!(tenant.get::<crm::GetLead>(amy).await.contact_name.as_deref(), Some("Amyntas"));

    let late = disqualified(&tenant, &shop, "Clio").await;
    let free = UpdateRetentionRule { hold_reason: Patch::Null, ..UpdateRetentionRule::default() };
    assert_eq!(tenant.post::<retention::UpdateRetentionRule>(rule.id, &free).await.version, 2);
    advance(&tenant, 1).await;
    let erased = tenant.get::<crm::GetLead>(amy).await;
    assert!(erased.erased_at.is_some() && erased.contact_name.is_none() && erased.email.is_none() && erased.disqualified_reason.is_none());
    assert_eq!((erased.title.as_str(), erased.source.as_deref(), erased.version), ("erased", Some("web"), 3));
    assert_eq!(tenant.get::<activity::GetActivity>(note).await.note, None);
    // Nobody writes about a forgotten lead what it would keep; what is open about it still ends.
    let again = CreateActivity {
        subject_id: amy.to_string(),
        kind: ActivityKind::Call,
        due_at: None,
        note: Some("Amyntas".to_owned()),
        owner_id: None,
        external_refs: Vec::new(),
    };
    assert_eq!(pointers(&tenant.refused::<activity::CreateActivity>((), &again).await), ["/note"]);
    tenant.post::<activity::CreateActivity>((), &CreateActivity { note: None, ..again }).await;
    let said = UpdateActivity { note: Patch::Value("Amyntas".to_owned()), ..UpdateActivity::default() };
    assert_eq!(pointers(&tenant.refused::<activity::UpdateActivity>(once, &said).await), ["/note"]);
    let ended = CompleteActivity { outcome: Some("Amyntas".to_owned()) };
    assert_eq!(pointers(&tenant.refused::<activity::CompleteActivity>(once, &ended).await), ["/outcome"]);
    tenant.post::<activity::CompleteActivity>(once, &CompleteActivity::default()).await;
    for (lead, name) in [(late, "Clio"), (open, "Bea")] {
        assert_eq!(tenant.get::<crm::GetLead>(lead).await.contact_name.as_deref(), Some(name));
    }
    // Nothing tells the name any more: no list, no search, no event, no audit entry.
    let found = tenant.all::<crm::ListLeads, _>(&ListQuery { q: Some("Amyntas".to_owned()), ..ListQuery::default() }).await;
    assert!(found.is_empty(), "{found:?}");
    let log = events(&tenant).await;
    let told: Vec<_> = log.iter().filter(|event| event.subject.id == amy.to_string()).map(|event| event.kind.as_str()).collect();
    assert_eq!(told, ["lead.created", "lead.disqualified", "lead.erased"]);
    assert!(!serde_json::to_string(&log).expect("JSON").contains("Amyntas"));
    let trail = tenant.raw.get(&format!("/v1/audit-entries?subject_id={amy}")).await;
    assert!(trail.status == 200 && !trail.text().contains("Amyntas"));
    verified(&tenant).await;
    // The other one is due thirty days after its own end.
    advance(&tenant, 28).await;
    assert!(tenant.get::<crm::GetLead>(late).await.erased_at.is_none());
    advance(&tenant, 2).await;
    assert!(tenant.get::<crm::GetLead>(late).await.erased_at.is_some());
    verified(&tenant).await;
}

#[tokio::test]
async fn days_stay_within_bounds_and_a_kind_has_one_rule() {
    let world = World::start().await;
    let (tenant, stranger) = (world.sandbox().await, world.sandbox().await);
    let rule = |kind, days| CreateRetentionRule { kind, days: Some(days), hold_reason: None };
    let few = tenant.refused::<retention::CreateRetentionRule>((), &rule(RetentionKind::SecurityLog, 29)).await;
    assert_eq!((few.status, pointers(&few)), (422, vec!["/days"]));
    let made = tenant.post::<retention::CreateRetentionRule>((), &rule(RetentionKind::SecurityLog, 30)).await;
    let twice = tenant.refused::<retention::CreateRetentionRule>((), &rule(RetentionKind::SecurityLog, 60)).await;
    assert_eq!((twice.status, twice.code), (409, Code::AlreadyExists));
    let blank = UpdateRetentionRule { hold_reason: Patch::Value(" ".to_owned()), days: Patch::Value(3_650) };
    assert_eq!(pointers(&tenant.refused::<retention::UpdateRetentionRule>(made.id, &blank).await), ["/hold_reason"]);
    // Without days of its own a kind is kept as when nobody chose any.
    let back = UpdateRetentionRule { days: Patch::Null, ..UpdateRetentionRule::default() };
    assert_eq!(tenant.post::<retention::UpdateRetentionRule>(made.id, &back).await.days, None);
    let log = kept(&tenant, &RetentionQuery::default(), RetentionKind::SecurityLog).await;
    assert_eq!((log.days, log.min_days, log.max_days, log.rule_id), (Some(400), 30, 3_650, Some(made.id)));
    let seen = tenant.raw.get("/v1/retention?days=30").await.problem();
    assert_eq!((seen.status, seen.errors[0].parameter.as_deref()), (422, Some("days")));
    assert_eq!(stranger.refused::<retention::GetRetentionRule>(made.id, &Nothing {}).await.status, 404);
    verified(&tenant).await;
}
