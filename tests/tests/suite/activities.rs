//! Activities: what is due, overdue by the tenant's clock, and done (CRM-09, RPT-07).

use causeway_contract::{Code, ListQuery, Nothing};
use causeway_openapi::activity::{ActivityReportQuery, CancelActivity, CompleteActivity, CreateActivity, op as activity};
use causeway_openapi::crm::{QualifyLead, op as crm};
use causeway_openapi::integration::{EventsQuery, op as integration};
use causeway_tests::api_key::limited;
use causeway_tests::deal::{self, advance};
use causeway_tests::of;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{ActivityKind, ActivityStatus};

#[tokio::test]
async fn an_activity_is_due_then_overdue_then_done() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lead = deal::lead(&tenant, &shop).await;
    let owner = tenant.created.owner.id;
    let call = CreateActivity {
        subject_id: lead.id.to_string(),
        kind: ActivityKind::Call,
        due_at: Some(of("2026-12-05T09:00:00Z")),
        note: Some("Ask for the budget".to_owned()),
        owner_id: Some(owner),
        external_refs: Vec::new(),
    };
    let made = tenant.post::<activity::CreateActivity>((), &call).await;
    assert_eq!((made.subject_type.as_str(), made.subject_id.as_str(), made.company_id), ("lead", lead.id.to_string().as_str(), Some(shop.company)));
    let counts = async || {
        let report = tenant.ask::<activity::GetActivityReport>(&ActivityReportQuery { owner_id: Some(owner), ..ActivityReportQuery::default() }).await;
        report.rows.first().map(|row| (row.overdue, row.due_soon, row.later, row.done))
    };
    assert_eq!(counts().await, Some((0, 0, 1, 0)));
    advance(&tenant, "2026-12-05T08:00:00Z").await;
    assert_eq!(counts().await, Some((0, 1, 0, 0)));
    advance(&tenant, "2026-12-06T08:00:00Z").await;
    assert_eq!(counts().await, Some((1, 0, 0, 0)));
    let overdue = ListQuery::by("status", "open").and("due_at[lt]", "2026-12-06T08:00:00Z").and("owner_id", owner);
    assert_eq!(tenant.all::<activity::ListActivities, _>(&overdue).await, std::slice::from_ref(&made));
    let done = tenant.post::<activity::CompleteActivity>(made.id, &CompleteActivity { outcome: Some("wants 40".to_owned()) }).await;
    assert_eq!((done.status, done.outcome.as_deref(), done.completed_at), (ActivityStatus::Done, Some("wants 40"), Some(of("2026-12-06T08:00:00Z"))));
    assert_eq!(counts().await, Some((0, 0, 0, 1)));
    let again = tenant.refused::<activity::CompleteActivity>(made.id, &CompleteActivity::default()).await;
    assert_eq!(again.code, Code::StateConflict);
}

/// What was done about a lead stays with the deal that it becomes, and what nobody will do is not overdue.
#[tokio::test]
async fn an_activity_goes_along_with_its_deal_or_is_called_off() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lead = deal::lead(&tenant, &shop).await;
    let call = CreateActivity {
        subject_id: lead.id.to_string(),
        kind: ActivityKind::Call,
        due_at: Some(of("2026-12-05T09:00:00Z")),
        note: None,
        owner_id: None,
        external_refs: Vec::new(),
    };
    let made = tenant.post::<activity::CreateActivity>((), &call).await;
    let qualified = tenant.post::<crm::QualifyLead>(lead.id, &QualifyLead::default()).await;
    let of_deal = ListQuery::by("flow_id", qualified.opportunity.flow_id);
    assert_eq!(tenant.all::<activity::ListActivities, _>(&of_deal).await, std::slice::from_ref(&made));
    assert_eq!(made.flow_id, Some(lead.flow_id));
    let off = tenant.post::<activity::CancelActivity>(made.id, &CancelActivity { reason: Some("they called us".to_owned()) }).await;
    assert_eq!((off.status, off.outcome.as_deref(), off.completed_at), (ActivityStatus::Cancelled, Some("they called us"), None));
    assert_eq!(off.cancelled_at, Some(of("2026-12-02T09:00:00Z")));
    assert_eq!(tenant.refused::<activity::CompleteActivity>(made.id, &CompleteActivity::default()).await.code, Code::StateConflict);
    advance(&tenant, "2026-12-06T08:00:00Z").await;
    let report = tenant.ask::<activity::GetActivityReport>(&ActivityReportQuery::default()).await;
    assert!(report.rows.iter().all(|row| (row.overdue, row.due_soon, row.later, row.done) == (0, 0, 0, 0)), "{report:?}");
}

/// Whoever may not read what an activity is about is not told of it: its note tells of that (SEC-03).
#[tokio::test]
async fn an_activity_is_read_by_whoever_may_read_what_it_is_about() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let about = async |subject_id: String| {
        let call = CreateActivity {
            subject_id,
            kind: ActivityKind::Call,
            due_at: None,
            note: Some("They will not pay".to_owned()),
            owner_id: None,
            external_refs: Vec::new(),
        };
        tenant.post::<activity::CreateActivity>((), &call).await
    };
    let lead = deal::lead(&tenant, &shop).await;
    let owed = deal::posted(&tenant, &shop, "70.00").await;
    let (of_lead, of_invoice) = (about(lead.id.to_string()).await, about(owed.id.to_string()).await);
    let alone = limited(&tenant, &["activities:*", "events:read"]).await;
    let with_leads = limited(&tenant, &["activities:*", "leads:read"]).await;
    let all = limited(&tenant, &["*:read"]).await;
    for (caller, seen) in [(&alone, vec![]), (&with_leads, vec![&of_lead]), (&all, vec![&of_invoice, &of_lead])] {
        let listed = caller.all::<activity::ListActivities, _>(&ListQuery::default()).await;
        assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), seen.iter().map(|row| row.id).collect::<Vec<_>>());
        for row in [&of_lead, &of_invoice] {
            let read = caller.refusal::<activity::GetActivity>(row.id, &Nothing {}).await;
            assert_eq!(read.map(|problem| problem.code), (!seen.contains(&row)).then_some(Code::NotFound));
        }
    }
    // Nor changed, made or heard of.
    let off = CancelActivity { reason: None };
    assert_eq!(with_leads.refused::<activity::CancelActivity>(of_invoice.id, &off).await.code, Code::NotFound);
    let more =
        CreateActivity { subject_id: owed.id.to_string(), kind: ActivityKind::Call, due_at: None, note: None, owner_id: None, external_refs: Vec::new() };
    let refused = with_leads.refused::<activity::CreateActivity>((), &more).await;
    assert_eq!((refused.errors[0].code, refused.errors[0].pointer.as_deref()), (Code::NotFound, Some("/subject_id")));
    let log = alone.ask::<integration::ListEvents>(&EventsQuery { limit: Some(200), ..EventsQuery::default() }).await;
    assert!(log.data.iter().all(|event| event.subject.kind != "activity"), "{:?}", log.data);
}

#[tokio::test]
async fn an_activity_is_about_something_of_the_tenant() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let theirs = deal::lead(&other, &shop::open(&other, "").await).await.id.to_string();
    for subject_id in [theirs, tenant.created.owner.id.to_string(), "lead_1".to_owned()] {
        let call = CreateActivity { subject_id, kind: ActivityKind::Task, due_at: None, note: None, owner_id: None, external_refs: Vec::new() };
        let refused = tenant.refused::<activity::CreateActivity>((), &call).await;
        assert_eq!(refused.errors.iter().map(|error| (error.code, error.pointer.as_deref())).collect::<Vec<_>>(), [(Code::NotFound, Some("/subject_id"))]);
    }
}
