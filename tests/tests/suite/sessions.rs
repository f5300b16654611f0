//! People sign in: invitations, passwords, sessions, and those who guess (SEC-06; threats 16 to 19, 21 and 26).

use causeway_contract::{Code, ListQuery, Nothing, Problem};
use causeway_openapi::identity::{CreateApiKey, UpdateUser, op as identity};
use causeway_openapi::session::{ChangePassword, CreateSession, Reauthenticate, RevokeSessions, SetPassword, op};
use causeway_tests::caller::Caller;
use causeway_tests::person::{PASSWORD, Person};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::ActorKind;
use std::time::{Duration, Instant};

async fn me(caller: &Caller) -> Option<Problem> {
    caller.refusal::<identity::GetMe>((), &Nothing {}).await
}

fn code(problem: Option<Problem>) -> Option<Code> {
    problem.map(|problem| problem.code)
}

/// What an answer says, without the request that it answers.
fn plain(problem: &Problem) -> Problem {
    Problem { request_id: String::new(), ..problem.clone() }
}

#[tokio::test]
async fn a_person_is_invited_signs_in_works_and_signs_out() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire_as(&tenant, "sales_rep").await;
    let (caller, id) = person.signed_in().await;
    let me = caller.get::<identity::GetMe>(()).await;
    assert_eq!((me.actor.kind, me.actor.id, me.user.map(|user| user.id)), (ActorKind::User, Some(person.id.to_string()), Some(person.id)));
    assert!(me.permissions.contains(&"leads:write".to_owned()) && !me.permissions.contains(&"invoices:post".to_owned()), "{:?}", me.permissions);
    assert_eq!(me.session.map(|session| session.id), Some(id));
    let lead = serde_json::json!({ "title": "40 chairs", "company_id": shop::open(&tenant, "").await.company });
    let made = caller.raw.post("/v1/leads", &lead).await;
    assert_eq!(made.status, 201, "{}", made.text());
    // What they did is theirs in the trail.
    let log = causeway_tests::log::events(&tenant).await;
    let event = log.iter().find(|event| event.kind == "lead.created").expect("an event");
    assert_eq!((event.actor.kind, event.actor.id.clone(), event.actor.name.as_deref()), (ActorKind::User, Some(person.id.to_string()), Some("Eve")));
    assert_eq!(caller.raw.get("/v1/users").await.problem().code, Code::PermissionDenied);
    caller.act::<op::RevokeSession>(id).await;
    assert_eq!(code(self::me(&caller).await), Some(Code::Unauthenticated));
    let kinds: Vec<&str> = log.iter().map(|event| event.kind.as_str()).collect();
    for kind in ["user.created", "user.password_set", "session.created"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
}

#[tokio::test]
async fn an_invitation_works_once_and_takes_no_weak_password() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let token = tenant.created.owner.invitation_token.clone();
    let nobody = world.nobody();
    let set = |token: &str, password: &str| SetPassword { token: token.to_owned(), password: password.to_owned() };
    for weak in ["short", "password1234", "123456789012", "aaaaaaaaaaaa", "correct horse battery staple", "Chocolate2026"] {
        let problem = nobody.refused::<op::SetPassword>((), &set(&token, weak)).await;
        assert_eq!((problem.status, problem.errors.first().and_then(|error| error.pointer.clone())), (422, Some("/password".to_owned())), "{weak}");
    }
    let long = format!("{}{}", "a long walk by the sea ".repeat(8), "x");
    nobody.post::<op::SetPassword>((), &set(&token, &long)).await;
    for gone in [token.as_str(), "cw_invite_nothing", ""] {
        assert_eq!(nobody.refused::<op::SetPassword>((), &set(gone, PASSWORD)).await.code, Code::Unauthenticated);
    }
    // Nothing of a password is cut off.
    let slug = tenant.created.slug.clone();
    let sign_in = |password: String| CreateSession { email: format!("DANA@{slug}.test"), password, tenant: slug.clone(), otp: None };
    assert_eq!(code(nobody.refusal::<op::CreateSession>((), &sign_in(long.trim_end_matches('x').to_owned() + "y")).await), Some(Code::Unauthenticated));
    nobody.post::<op::CreateSession>((), &sign_in(long)).await;
    // A later invitation replaces an earlier one.
    let owner = tenant.created.owner.id;
    let (first, second) = (tenant.act::<op::InviteUser>(owner).await.token, tenant.act::<op::InviteUser>(owner).await.token);
    assert_eq!(nobody.refused::<op::SetPassword>((), &set(&first, PASSWORD)).await.code, Code::Unauthenticated);
    nobody.post::<op::SetPassword>((), &set(&second, PASSWORD)).await;
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let (person, stopped) = (Person::hire(&tenant, Vec::new()).await, Person::hire(&tenant, Vec::new()).await);
    let gone = UpdateUser { active: causeway_contract::Patch::Value(false), ..UpdateUser::default() };
    tenant.post::<identity::UpdateUser>(stopped.id, &gone).await;
    let good = person.sign_in.clone();
    let tries = [
        CreateSession { password: "tea kettle on the sun".to_owned(), ..good.clone() },
        CreateSession { email: "nobody@acme.test".to_owned(), ..good.clone() },
        CreateSession { tenant: "nowhere".to_owned(), ..good.clone() },
        CreateSession { tenant: other.created.slug.clone(), ..good.clone() },
        CreateSession { email: tenant.created.slug.clone() + "@acme.test", ..good.clone() },
        stopped.sign_in.clone(),
    ];
    let mut answers = Vec::new();
    for attempt in &tries {
        answers.push(plain(&world.nobody().refused::<op::CreateSession>((), attempt).await));
    }
    assert_eq!((answers[0].status, answers[0].code), (401, Code::Unauthenticated));
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    // What can be held against an account shows in the tenant's list.
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let seen = tenant.all::<identity::ListSecurityEvents, _>(&ListQuery::default()).await;
        let tried: Vec<_> = seen.iter().filter(|event| event.kind == "sign_in").filter_map(|event| event.user_id).collect();
        if tried.contains(&person.id) && tried.contains(&stopped.id) {
            break assert!(seen.iter().all(|event| event.tenant_id == Some(tenant.id) && event.source.is_some()), "{seen:?}");
        }
        assert!(Instant::now() < deadline, "the tries are not in the list: {seen:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (victim, neighbour) = (Person::hire(&tenant, Vec::new()).await, Person::hire(&tenant, Vec::new()).await);
    let guess = CreateSession { password: "not the right one at all".to_owned(), ..victim.sign_in.clone() };
    for _ in 0..10 {
        assert_eq!(world.nobody().refused::<op::CreateSession>((), &guess).await.status, 401);
    }
    // On a busy machine the first pause, of a second, may be over before the next try: the pauses grow.
    let mut seen = world.nobody().raw.post("/v1/sessions", &serde_json::to_value(&guess).unwrap()).await;
    for _ in 0..5 {
        if seen.status != 429 {
            seen = world.nobody().raw.post("/v1/sessions", &serde_json::to_value(&guess).unwrap()).await;
        }
    }
    assert_eq!((seen.status, seen.problem().code), (429, Code::RateLimited));
    let wait = seen.header("retry-after").and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    assert!((1..=64).contains(&wait), "{:?}", seen.headers);
    // Others sign in as before.
    neighbour.open().await;
    // And the person does, once the pause is over; that clears the sheet.
    tokio::time::sleep(Duration::from_secs(wait)).await;
    victim.open().await;
    for _ in 0..10 {
        assert_eq!(world.nobody().refused::<op::CreateSession>((), &guess).await.status, 401);
    }
}

#[tokio::test]
async fn sessions_end_by_word_by_password_and_by_leaving() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire_as(&tenant, "sales_rep").await;
    let (first, second, third) = (person.signed_in().await, person.signed_in().await, person.signed_in().await);
    // One sees and ends only one's own.
    let other = Person::hire_as(&tenant, "sales_rep").await.signed_in().await;
    let own: Vec<_> = first.0.all::<op::ListSessions, _>(&ListQuery::default()).await.into_iter().map(|session| session.id).collect();
    assert_eq!(own, [third.1, second.1, first.1]);
    for problem in [first.0.refused::<op::GetSession>(other.1, &Nothing {}).await, first.0.refused::<op::RevokeSession>(other.1, &Nothing {}).await] {
        assert_eq!((problem.status, problem.code), (404, Code::NotFound));
    }
    let theirs = first.0.refused::<op::RevokeSessions>((), &RevokeSessions { user_id: Some(tenant.created.owner.id) }).await;
    assert_eq!(theirs.code, Code::PermissionDenied);
    first.0.act::<op::RevokeSession>(second.1).await;
    assert_eq!((code(me(&second.0).await), me(&third.0).await), (Some(Code::Unauthenticated), None));
    assert_eq!(first.0.refused::<op::RevokeSession>(second.1, &Nothing {}).await.status, 409);
    // A new password ends the others.
    let change = |current: &str, next: &str| ChangePassword { current_password: current.to_owned(), password: next.to_owned() };
    let wrong = first.0.refused::<op::ChangePassword>((), &change("not the right one at all", "four pears fall softly")).await;
    assert_eq!((wrong.status, wrong.errors.first().and_then(|error| error.pointer.clone())), (422, Some("/current_password".to_owned())));
    first.0.post::<op::ChangePassword>((), &change(PASSWORD, "four pears fall softly")).await;
    assert_eq!((me(&first.0).await, code(me(&third.0).await)), (None, Some(Code::Unauthenticated)));
    assert_eq!(code(person.nobody.refusal::<op::CreateSession>((), &person.sign_in).await), Some(Code::Unauthenticated));
    let renewed = CreateSession { password: "four pears fall softly".to_owned(), ..person.sign_in.clone() };
    let again = person.nobody.with_key(&person.nobody.post::<op::CreateSession>((), &renewed).await.token);
    assert_eq!(first.0.post::<op::RevokeSessions>((), &RevokeSessions::default()).await.session_ids.len(), 1);
    assert_eq!(code(me(&again).await), Some(Code::Unauthenticated));
    // Who leaves is out at once.
    let gone = UpdateUser { active: causeway_contract::Patch::Value(false), ..UpdateUser::default() };
    tenant.post::<identity::UpdateUser>(person.id, &gone).await;
    assert_eq!(code(me(&first.0).await), Some(Code::Unauthenticated));
    assert_eq!(me(&other.0).await, None);
}

#[tokio::test]
async fn a_role_taken_away_is_gone_with_the_next_request() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire_as(&tenant, "auditor").await;
    let caller = person.session().await;
    assert_eq!(caller.raw.get("/v1/users").await.status, 200);
    tenant.post::<identity::UpdateUser>(person.id, &UpdateUser { role_ids: causeway_contract::Patch::Value(Vec::new()), ..UpdateUser::default() }).await;
    assert_eq!(caller.raw.get("/v1/users").await.status, 403);
}

#[tokio::test]
async fn an_idle_session_and_an_old_one_end() {
    let idle = World::start_with(|settings| settings.session_idle_seconds = 6).await;
    let tenant = idle.sandbox().await;
    let caller = Person::owner(&tenant).await.session().await;
    // Used every few seconds it lives on.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(me(&caller).await, None);
    }
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!(code(me(&caller).await), Some(Code::Unauthenticated));
}

#[tokio::test]
async fn a_session_has_a_longest_life() {
    let world = World::start_with(|settings| settings.session_seconds = 2).await;
    let tenant = world.sandbox().await;
    let caller = Person::owner(&tenant).await.session().await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while me(&caller).await.is_none() {
        assert!(Instant::now() < deadline, "the session works still");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn risky_steps_ask_people_again_and_programs_never() {
    let world = World::start_with(|settings| settings.step_up_seconds = 5).await;
    let tenant = world.sandbox().await;
    let caller = Person::owner(&tenant).await.session().await;
    let key = CreateApiKey { name: "till".to_owned(), scopes: vec!["leads:read".to_owned()], ..CreateApiKey::default() };
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    let problem = caller.refused::<identity::CreateApiKey>((), &key).await;
    assert_eq!((problem.status, problem.code), (403, Code::ReauthenticationRequired));
    // What is not risky goes on.
    assert_eq!(me(&caller).await, None);
    let wrong = caller.refused::<op::Reauthenticate>((), &Reauthenticate { password: "not the right one at all".to_owned(), otp: None }).await;
    assert_eq!((wrong.status, wrong.errors.first().and_then(|error| error.pointer.clone())), (422, Some("/password".to_owned())));
    caller.post::<op::Reauthenticate>((), &Reauthenticate { password: PASSWORD.to_owned(), otp: None }).await;
    caller.post::<identity::CreateApiKey>((), &key).await;
    tenant.post::<identity::CreateApiKey>((), &key).await;
    // A key cannot stand in for a person.
    let program = tenant.refused::<op::Reauthenticate>((), &Reauthenticate { password: PASSWORD.to_owned(), otp: None }).await;
    assert_eq!((program.status, program.code), (403, Code::PermissionDenied));
}

/// Every risky operation asks a person again, whatever else is wrong with the request.
#[tokio::test]
async fn every_risky_operation_asks_again() {
    let world = World::start_with(|settings| settings.step_up_seconds = 1).await;
    let tenant = world.sandbox().await;
    let caller = Person::owner(&tenant).await.session().await;
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    let risky: Vec<_> = causeway_openapi::rows().into_iter().filter(|row| row.flags.contains(&causeway_contract::Flag::step_up)).collect();
    assert!(risky.len() >= 16, "only {} operations are risky", risky.len());
    // Where customers pay to, books that were closed, and money that leaves (threat 26).
    for id in ["CreateCompany", "UpdateCompany", "ReopenFiscalYear", "CreateRefund"] {
        assert!(risky.iter().any(|row| row.id == id), "{id} asks nobody again");
    }
    // What stops orders, who may write what, how long anything is kept, and where postings go.
    for id in [
        "CreateCreditPolicy",
        "UpdateCreditPolicy",
        "CreateOwnershipRule",
        "UpdateOwnershipRule",
        "CreateRetentionRule",
        "UpdateRetentionRule",
        "UpdateAccount",
    ] {
        assert!(risky.iter().any(|row| row.id == id), "{id} asks nobody again");
    }
    for row in risky {
        let path = (row.path_prefixes)().first().map_or(row.path.to_owned(), |prefix| row.path.replace("{id}", &causeway_tests::shapes::nothing(prefix)));
        let seen = caller.raw.request(row.method.word(), &path).json(&serde_json::json!({})).send().await;
        assert_eq!((seen.status, seen.problem().code), (403, Code::ReauthenticationRequired), "{}", row.id);
    }
    // Money goes back to a customer by other ways, too; a draft moves none.
    let shop = shop::open(&tenant, "").await;
    let back = |status: &str| {
        let (company, party) = (shop.company, shop.party);
        serde_json::json!({
            "company_id": company, "party_id": party, "currency": "EUR", "direction": "outbound", "method": "bank", "amount": "1.00", "status": status
        })
    };
    assert_eq!(caller.raw.post("/v1/payments", &back("posted")).await.problem().code, Code::ReauthenticationRequired);
    let draft = caller.raw.post("/v1/payments", &back("draft")).await.success();
    let seen = caller.raw.post(&format!("/v1/payments/{}/post", draft["id"].as_str().unwrap()), &serde_json::json!({})).await;
    assert_eq!((seen.status, seen.problem().code), (403, Code::ReauthenticationRequired));
}

/// Nobody helps themselves into an account that can do more than they can.
#[tokio::test]
async fn an_invitation_is_no_way_up() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let clerk = CreateApiKey { name: "clerk".to_owned(), scopes: vec!["users:*".to_owned(), "leads:*".to_owned()], ..CreateApiKey::default() };
    let clerk = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &clerk).await.secret);
    let other = Person::hire_as(&tenant, "finance_manager").await;
    assert_eq!(clerk.refused::<op::InviteUser>(other.id, &Nothing {}).await.code, Code::PermissionDenied);
    assert_eq!(clerk.refused::<op::ResetTotp>(other.id, &Nothing {}).await.code, Code::PermissionDenied);
    let newcomer = Person::hire(&tenant, Vec::new()).await;
    clerk.act::<op::InviteUser>(newcomer.id).await;
    // Nor into the account behind their own key.
    let own = clerk.refused::<op::InviteUser>(tenant.created.owner.id, &Nothing {}).await;
    assert_eq!((own.status, own.code), (403, Code::PermissionDenied));
}

/// A key acts for the person who made it, and has no more of that person's than its scopes say: not their sign-ins (SEC-03, SEC-04).
#[tokio::test]
async fn a_key_has_no_sign_ins_of_its_own() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::owner(&tenant).await;
    let (caller, id) = person.signed_in().await;
    let key = |name: &str, scopes: &[&str]| CreateApiKey {
        name: name.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..CreateApiKey::default()
    };
    let none = tenant.with_key(&caller.post::<identity::CreateApiKey>((), &key("none", &[])).await.secret);
    let refused = |problem: Option<Problem>| problem.map(|problem| problem.status);
    assert_eq!(none.raw.get("/v1/sessions").await.success()["data"], serde_json::json!([]));
    assert_eq!(none.raw.get(&format!("/v1/sessions/{id}")).await.problem().code, Code::NotFound);
    assert_eq!(refused(none.refusal::<op::RevokeSession>(id, &Nothing {}).await), Some(404));
    for whose in [None, Some(person.id)] {
        assert_eq!(refused(none.refusal::<op::RevokeSessions>((), &RevokeSessions { user_id: whose }).await), Some(403));
    }
    assert_eq!(me(&caller).await, None, "the person is signed in as before");
    let wide = tenant.with_key(&caller.post::<identity::CreateApiKey>((), &key("wide", &["users:read", "users:write"])).await.secret);
    assert_eq!(wide.raw.get(&format!("/v1/sessions/{id}")).await.status, 200);
    wide.act::<op::RevokeSession>(id).await;
    assert_eq!(code(me(&caller).await), Some(Code::Unauthenticated));
}
