//! What may be given, changed and kept: keys, people and companies (SEC-01, SEC-03, SEC-04; threats 11, 13 and 14).

use causeway_contract::{Code, ListQuery, Nothing, Patch, Problem};
use causeway_openapi::crm::op as crm;
use causeway_openapi::identity::{CreateApiKey, CreateRole, CreateUser, RotateApiKey, UpdateApiKey, UpdateRole, UpdateUser, op};
use causeway_openapi::integration::{Event, StreamQuery, op as integration};
use causeway_openapi::platform::{RestoreOwner, op as platform};
use causeway_openapi::session::{CreateSession, SetPassword, op as session};
use causeway_tests::api_key::{issued, scopes};
use causeway_tests::caller::Caller;
use causeway_tests::fixture::Fixture;
use causeway_tests::log::pages;
use causeway_tests::person::{Person, role_called};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{unique, verified};
use causeway_value::{ActorKind, UserId};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn everywhere() -> UpdateApiKey {
    UpdateApiKey { allowed_sources: Patch::Value(Vec::new()), ..UpdateApiKey::default() }
}

fn denied(problem: &Problem) {
    assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied), "{problem:?}");
}

/// Whoever gets the secret of a key, or lets it be used from elsewhere, can do all that it can.
#[tokio::test]
async fn a_key_is_in_the_hands_of_who_can_do_as_much() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await.company, shop::open(&tenant, "2").await.company);
    let (manager, _) = issued(&tenant, &scopes(&["keys:*", "leads:read"])).await;
    let (_, mighty) = issued(&tenant, &CreateApiKey { allowed_sources: vec!["203.0.113.7".to_owned()], ..scopes(&["*:*"]) }).await;
    denied(&manager.refused::<op::RotateApiKey>(mighty.id, &RotateApiKey::default()).await);
    denied(&manager.refused::<op::UpdateApiKey>(mighty.id, &everywhere()).await);
    let (_, small) = issued(&tenant, &scopes(&["leads:read"])).await;
    manager.post::<op::RotateApiKey>(small.id, &RotateApiKey::default()).await;
    manager.post::<op::UpdateApiKey>(small.id, &everywhere()).await;

    // So it is with companies.
    let (local, _) = issued(&tenant, &CreateApiKey { company_ids: vec![ours], ..scopes(&["*:*"]) }).await;
    let (_, other) = issued(&tenant, &CreateApiKey { company_ids: vec![theirs], ..scopes(&["leads:read"]) }).await;
    for id in [small.id, other.id, mighty.id] {
        denied(&local.refused::<op::RotateApiKey>(id, &RotateApiKey::default()).await);
        denied(&local.refused::<op::UpdateApiKey>(id, &everywhere()).await);
    }
    let (_, own) = issued(&local, &scopes(&["leads:read"])).await;
    assert_eq!(own.company_ids, [ours]);
    local.post::<op::RotateApiKey>(own.id, &RotateApiKey::default()).await;
    // Whatever it can do, it can be stopped.
    manager.act::<op::RevokeApiKey>(mighty.id).await;
}

/// An administrator of one company makes nobody, the administrator included, see another.
#[tokio::test]
async fn companies_are_given_by_who_sees_them() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await.company, shop::open(&tenant, "2").await.company);
    let owner = role_called(&tenant, "owner").await;
    let local = Person::hire_for(&tenant, vec![owner], vec![ours]).await;
    let caller = local.session().await;
    let new = |company_ids| CreateUser {
        name: "Pat".to_owned(),
        email: format!("{}@acme.test", unique("pat")),
        role_ids: Vec::new(),
        company_ids,
        external_refs: Vec::new(),
    };
    let companies = |company_ids| UpdateUser { company_ids: Patch::Value(company_ids), ..UpdateUser::default() };
    let pat = caller.post::<op::CreateUser>((), &new(Vec::new())).await;
    assert_eq!(pat.company_ids, [ours]);
    let other = caller.refused::<op::CreateUser>((), &new(vec![ours, theirs])).await;
    assert_eq!(other.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/company_ids/1"]);
    for id in [local.id, pat.id] {
        assert_eq!(caller.post::<op::UpdateUser>(id, &companies(Vec::new())).await.company_ids, [ours]);
        assert_eq!(caller.refused::<op::UpdateUser>(id, &companies(vec![theirs])).await.status, 422);
    }
    // Who sees more is beyond their reach.
    let wide = Person::hire(&tenant, Vec::new()).await;
    for id in [wide.id, tenant.created.owner.id] {
        denied(&caller.refused::<op::UpdateUser>(id, &companies(vec![ours])).await);
        denied(&caller.refused::<session::InviteUser>(id, &Nothing {}).await);
    }
    assert_eq!(caller.get::<op::GetMe>(()).await.company_ids, [ours]);
    // The owner of all sets the limit, and lifts it.
    assert_eq!(tenant.post::<op::UpdateUser>(pat.id, &companies(vec![theirs])).await.company_ids, [theirs]);
    assert_eq!(tenant.post::<op::UpdateUser>(pat.id, &companies(Vec::new())).await.company_ids, []);
}

/// Nobody changes a person or a role that can do more than they can.
#[tokio::test]
async fn who_can_less_changes_nobody_who_can_more() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (clerk, _) = issued(&tenant, &scopes(&["users:*", "roles:*", "leads:*"])).await;
    let boss = Person::hire_as(&tenant, "finance_manager").await;
    let rename = UpdateUser { name: Patch::Value("Nobody".to_owned()), ..UpdateUser::default() };
    let strip = UpdateUser { role_ids: Patch::Value(Vec::new()), ..UpdateUser::default() };
    let stop = UpdateUser { active: Patch::Value(false), ..UpdateUser::default() };
    let redirect = UpdateUser { email: Patch::Value("mallory@acme.test".to_owned()), ..UpdateUser::default() };
    for id in [boss.id, tenant.created.owner.id] {
        for change in [&rename, &strip, &stop, &redirect] {
            denied(&clerk.refused::<op::UpdateUser>(id, change).await);
        }
    }
    let role = CreateRole { name: "posting".to_owned(), permissions: vec!["invoices:post".to_owned()] };
    let role = tenant.post::<op::CreateRole>((), &role).await;
    let emptied = UpdateRole { permissions: Patch::Value(Vec::new()), ..UpdateRole::default() };
    denied(&clerk.refused::<op::UpdateRole>(role.id, &emptied).await);
    let newcomer = Person::hire(&tenant, Vec::new()).await;
    assert!(!clerk.post::<op::UpdateUser>(newcomer.id, &stop).await.active);
}

/// A tenant keeps one owner of all companies, whoever steps down, and when two do at once.
#[tokio::test]
async fn the_last_owner_stays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let company = shop::open(&tenant, "").await.company;
    let (first, role) = (tenant.created.owner.id, role_called(&tenant, "owner").await);
    let strip = UpdateUser { role_ids: Patch::Value(Vec::new()), ..UpdateUser::default() };
    let stop = UpdateUser { active: Patch::Value(false), ..UpdateUser::default() };
    let limit = UpdateUser { company_ids: Patch::Value(vec![company]), ..UpdateUser::default() };
    // Neither an owner of one company nor one who left counts.
    Person::hire_for(&tenant, vec![role], vec![company]).await;
    let gone = Person::hire_as(&tenant, "owner").await;
    tenant.post::<op::UpdateUser>(gone.id, &stop).await;
    for change in [&strip, &stop, &limit] {
        let problem = tenant.refused::<op::UpdateUser>(first, change).await;
        assert_eq!((problem.status, problem.code), (409, Code::StateConflict), "{problem:?}");
        assert!(problem.detail.contains("Dana is the last active owner") && problem.detail.contains("Give somebody else"), "{}", problem.detail);
    }
    let renamed = UpdateUser { name: Patch::Value("Dana Miller".to_owned()), ..UpdateUser::default() };
    tenant.post::<op::UpdateUser>(first, &renamed).await;

    let second = Person::hire_as(&tenant, "owner").await;
    let caller = second.session().await;
    let attempts = [(tenant.owner.clone(), first), (caller, second.id)].map(|(caller, id)| {
        let stop = stop.clone();
        tokio::spawn(async move { caller.refusal::<op::UpdateUser>(id, &stop).await })
    });
    let mut left = 0;
    for attempt in attempts {
        left += usize::from(attempt.await.unwrap().is_none());
    }
    assert_eq!(left, 1, "of two owners who leave at once one stays");
}

/// A tenant whose only owner lost the way in gets it back from the platform, and reads who did it.
#[tokio::test]
async fn the_platform_restores_an_owner() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let owner = Person::owner(&tenant).await;
    let session = owner.session().await;
    Person::protect(&session).await;
    let stranger = RestoreOwner { user_id: Some(UserId::new()) };
    let unknown = world.platform.refused::<platform::RestoreOwner>(tenant.id, &stranger).await;
    assert_eq!((unknown.status, unknown.errors[0].pointer.as_deref()), (422, Some("/user_id")));
    // Somebody else, who may do nothing and has left, becomes an owner beside.
    let other = Person::hire(&tenant, Vec::new()).await;
    tenant.post::<op::UpdateUser>(other.id, &UpdateUser { active: Patch::Value(false), ..UpdateUser::default() }).await;
    for (id, person) in [(None, &owner), (Some(other.id), &other)] {
        let restored = world.platform.post::<platform::RestoreOwner>(tenant.id, &RestoreOwner { user_id: id }).await;
        assert_eq!(restored.invitation.user_id, person.id);
        let set = SetPassword { token: restored.invitation.token.clone(), password: "four pears fall softly".to_owned() };
        world.nobody().post::<session::SetPassword>((), &set).await;
        let again = CreateSession { password: set.password, ..person.sign_in.clone() };
        let caller = world.nobody().with_key(&world.nobody().post::<session::CreateSession>((), &again).await.token);
        assert_eq!(caller.get::<op::GetMe>(()).await.permissions, tenant.get::<op::GetPermissions>(()).await.permissions);
        let trail = tenant.all::<op::ListAuditEntries, _>(&ListQuery::by("subject_id", person.id)).await;
        assert!(trail.iter().any(|entry| entry.operation == "restore_owner" && entry.actor.kind == ActorKind::Platform), "{trail:?}");
    }
    assert_eq!(session.refused::<op::GetMe>((), &Nothing {}).await.code, Code::Unauthenticated);
    verified(&tenant).await;
}

/// A key never can more than the person who answers for it can at the time.
#[tokio::test]
async fn a_key_shrinks_with_its_person() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await.company, shop::open(&tenant, "2").await.company);
    let role = CreateRole { name: "seller".to_owned(), permissions: ["leads:*", "keys:*", "parties:read"].map(str::to_owned).to_vec() };
    let role = tenant.post::<op::CreateRole>((), &role).await.id;
    let person = Person::hire(&tenant, vec![role]).await;
    let session = person.session().await;
    let (caller, _) = issued(&session, &scopes(&["leads:*"])).await;
    let (bound, _) = issued(&session, &CreateApiKey { company_ids: vec![theirs], ..scopes(&["leads:*"]) }).await;
    let leads = async |caller: &Caller| caller.raw.get("/v1/leads").await.status;
    let update = async |change: UpdateUser| tenant.post::<op::UpdateUser>(person.id, &change).await;
    assert_eq!(leads(&caller).await, 200);
    assert!(caller.get::<op::GetMe>(()).await.permissions.iter().all(|permission| permission.starts_with("leads:")));

    // A role that is taken away takes the right from the key with the next request, and one that is given back gives it back.
    update(UpdateUser { role_ids: Patch::Value(Vec::new()), ..UpdateUser::default() }).await;
    assert_eq!(leads(&caller).await, 403);
    assert_eq!(caller.get::<op::GetMe>(()).await.permissions, Vec::<String>::new());
    update(UpdateUser { role_ids: Patch::Value(vec![role]), ..UpdateUser::default() }).await;
    assert_eq!(leads(&caller).await, 200);
    // So does a role that loses it.
    let less = UpdateRole { permissions: Patch::Value(vec!["parties:read".to_owned()]), ..UpdateRole::default() };
    tenant.post::<op::UpdateRole>(role, &less).await;
    assert_eq!(leads(&caller).await, 403);
    let again = UpdateRole { permissions: Patch::Value(vec!["leads:*".to_owned()]), ..UpdateRole::default() };
    tenant.post::<op::UpdateRole>(role, &again).await;

    // Companies likewise; a key that has none left is none.
    update(UpdateUser { company_ids: Patch::Value(vec![ours]), ..UpdateUser::default() }).await;
    assert_eq!(caller.get::<op::GetMe>(()).await.company_ids, [ours]);
    let problem = bound.refused::<op::GetMe>((), &Nothing {}).await;
    assert_eq!((problem.status, problem.code), (401, Code::Unauthenticated));
    update(UpdateUser { company_ids: Patch::Value(Vec::new()), ..UpdateUser::default() }).await;
    assert_eq!(bound.get::<op::GetMe>(()).await.company_ids, [theirs]);
    // Whoever leaves takes all keys along.
    update(UpdateUser { active: Patch::Value(false), ..UpdateUser::default() }).await;
    assert_eq!(caller.refused::<crm::ListLeads>((), &Nothing {}).await.code, Code::Unauthenticated);
}

/// Whatever people see by its name has one.
#[tokio::test]
async fn roles_people_and_keys_have_names() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let named = |problem: Problem| {
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.clone().unwrap_or_default()).collect();
        assert_eq!((problem.status, pointers.as_slice()), (422, ["/name".to_owned()].as_slice()), "{problem:?}");
    };
    let user = CreateUser { name: " ".to_owned(), email: "eve@acme.test".to_owned(), ..CreateUser::default() };
    named(tenant.refused::<op::CreateUser>((), &user).await);
    named(tenant.refused::<op::CreateRole>((), &CreateRole { name: String::new(), permissions: Vec::new() }).await);
    named(tenant.refused::<op::CreateApiKey>((), &CreateApiKey { name: "\u{a0}".to_owned(), ..scopes(&["leads:read"]) }).await);
    let empty = || Patch::Value(String::new());
    let owner = tenant.created.owner.id;
    named(tenant.refused::<op::UpdateUser>(owner, &UpdateUser { name: empty(), ..UpdateUser::default() }).await);
    let role = tenant.post::<op::CreateRole>((), &CreateRole { name: "till".to_owned(), permissions: Vec::new() }).await.id;
    named(tenant.refused::<op::UpdateRole>(role, &UpdateRole { name: empty(), ..UpdateRole::default() }).await);
    let (_, made) = issued(&tenant, &scopes(&["leads:read"])).await;
    named(tenant.refused::<op::UpdateApiKey>(made.id, &UpdateApiKey { name: empty(), ..UpdateApiKey::default() }).await);
}

/// The log and the trail show whole objects, so they tell of those only that the reader may read one by one.
#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_read() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let everything: Vec<String> = fixture.tenant.get::<op::GetPermissions>(()).await.permissions;
    let kinds =
        |entries: &[serde_json::Value]| entries.iter().filter_map(|entry| entry["subject"]["type"].as_str().map(str::to_owned)).collect::<BTreeSet<_>>();
    let all = kinds(&pages(&fixture.tenant, "/v1/audit-entries", "limit=200").await);
    assert!(all.len() > 25, "{all:?}");
    // Without one right the kinds that take it are gone, in all three ways of reading, and every kind takes one.
    let mut hidden = BTreeSet::from(["tenant".to_owned()]);
    for right in everything.iter().filter(|right| right.ends_with(":read") && !["events:read", "audit:read"].contains(&right.as_str())) {
        let others = everything.iter().filter(|other| *other != right).cloned().collect();
        let (reader, _) = issued(&fixture.tenant, &CreateApiKey { name: "all but one".to_owned(), scopes: others, ..CreateApiKey::default() }).await;
        let trail = kinds(&pages(&reader, "/v1/audit-entries", "limit=200").await);
        // Activities tell of what they are about, so that they are gone with each of those, too.
        let also = |kind: &String| kind == "activity" && right != "activities:read";
        let gone: BTreeSet<_> = all.difference(&trail).filter(|kind| !also(kind)).cloned().collect();
        if !gone.is_empty() {
            assert_eq!(kinds(&pages(&reader, "/v1/events", "limit=200").await), trail, "the log and the trail differ without {right}");
        }
        assert!(gone.is_disjoint(&hidden), "{gone:?} take more than {right}");
        hidden.extend(gone);
    }
    assert_eq!(hidden, all, "some kinds take no right");
    let (narrow, _) = issued(&fixture.tenant, &scopes(&["events:read", "invoices:read"])).await;
    let told = kinds(&pages(&narrow, "/v1/events", "limit=200").await);
    assert_eq!(told, ["billing_run", "invoice", "tenant", "write_off"].map(str::to_owned).into_iter().collect());
    let mut stream = narrow.client.stream::<integration::StreamEvents, _>((), &StreamQuery::default(), None).await.expect("a stream");
    for _ in 0..20 {
        let event: Event = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.expect("an event in time").expect("a stream").expect("an event");
        assert!(told.contains(&event.subject.kind), "{} is streamed", event.subject.kind);
    }
}

/// Who did what when, and who was refused (SEC-06, SEC-12).
#[tokio::test]
async fn the_trail_is_looked_through() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (clerk, made) = issued(&tenant, &scopes(&["leads:read", "keys:*"])).await;
    issued(&clerk, &scopes(&["leads:read"])).await;
    // On PostgreSQL entries are numbered after the commit.
    causeway_tests::log::events(&tenant).await;
    let found = async |query: &ListQuery| tenant.all::<op::ListAuditEntries, _>(query).await;
    let theirs = found(&ListQuery::by("actor_id", made.id)).await;
    assert_eq!(theirs.iter().map(|entry| entry.operation.as_str()).collect::<Vec<_>>(), ["create_api_key"]);
    let first = theirs[0].recorded_at;
    let since = found(&ListQuery::by("recorded_at[gte]", first)).await;
    let before = found(&ListQuery::by("recorded_at[lt]", first)).await;
    assert!(!since.is_empty() && since.iter().all(|entry| entry.recorded_at >= first));
    assert!(!before.is_empty() && before.iter().all(|entry| entry.recorded_at < first));

    clerk.raw.get("/v1/orders").await;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let refusals = tenant.all::<op::ListSecurityEvents, _>(&ListQuery::by("api_key_id", made.id).and("code", "permission_denied")).await;
        if let [refusal] = refusals.as_slice() {
            assert_eq!((refusal.path.as_str(), refusal.api_key_id), ("/v1/orders", Some(made.id)));
            break;
        }
        assert!(refusals.is_empty() && Instant::now() < deadline, "{refusals:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let none = tenant.all::<op::ListSecurityEvents, _>(&ListQuery::by("user_id", UserId::new())).await;
    assert_eq!(none, []);
    let earlier = tenant.all::<op::ListSecurityEvents, _>(&ListQuery::by("created_at[lt]", tenant.created.created_at)).await;
    assert_eq!(earlier, []);
}
