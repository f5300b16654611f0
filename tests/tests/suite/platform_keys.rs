//! Each administrator of the platform has a key of their own, which changes its secret and goes without the others (SEC-03).

use crate::program::{Program, run, verify};
use causeway_contract::{Code, ListQuery, Nothing};
use causeway_openapi::platform::{CreatePlatformKey, EnterTenant, RotatePlatformKey, SuspendTenant, op as platform};
use causeway_tests::caller::Caller;
use causeway_tests::place::Place;
use causeway_tests::world::{World, administrator, sandbox};
use causeway_value::TenantMode;

#[tokio::test]
async fn administrators_have_keys_of_their_own() {
    let world = World::start().await;
    let first = world.platform.all::<platform::ListPlatformKeys, _>(&ListQuery::default()).await;
    assert_eq!((first.len(), first[0].name.as_str(), first[0].version), (1, "First administrator", 1));
    // The last one that works stays.
    let last = world.platform.refused::<platform::RevokePlatformKey>(first[0].id, &Nothing {}).await;
    assert_eq!(last.code, Code::StateConflict);
    // One that ends is no heir.
    let ends = Some(causeway_kernel::clock::wall().plus_seconds(86_400));
    world.platform.post::<platform::CreatePlatformKey>((), &CreatePlatformKey { name: "For a day".to_owned(), expires_at: ends }).await;
    let last = world.platform.refused::<platform::RevokePlatformKey>(first[0].id, &Nothing {}).await;
    assert!(last.code == Code::StateConflict && last.detail.contains("without an end"), "{}", last.detail);

    let silent = CreatePlatformKey { name: " ".to_owned(), expires_at: None };
    assert_eq!(world.platform.refused::<platform::CreatePlatformKey>((), &silent).await.code, Code::ValidationFailed);
    let made = world.platform.post::<platform::CreatePlatformKey>((), &CreatePlatformKey { name: "Dana".to_owned(), expires_at: None }).await;
    assert!(made.secret.starts_with(&made.prefix) && made.prefix.starts_with("cw_admin_"));
    let status = async |secret: &str| world.platform.with_key(secret).raw.get("/admin/v1/tenants").await.status;
    assert_eq!(status(&made.secret).await, 200);
    let read = world.platform.get::<platform::GetPlatformKey>(made.id).await;
    assert_eq!((read.name.as_str(), read.prefix.as_str(), read.revoked_at), ("Dana", made.prefix.as_str(), None));

    // The old secret works while both overlap, and not at all without.
    let overlap = RotatePlatformKey { overlap_seconds: Some(600) };
    let second = world.platform.post::<platform::RotatePlatformKey>(made.id, &overlap).await;
    assert_eq!((second.version, status(&made.secret).await, status(&second.secret).await), (2, 200, 200));
    let third = world.platform.post::<platform::RotatePlatformKey>(made.id, &RotatePlatformKey::default()).await;
    assert_eq!([status(&made.secret).await, status(&second.secret).await, status(&third.secret).await], [401, 401, 200]);

    // One goes without the other, for ever.
    let dana = world.platform.with_key(&third.secret);
    let gone = dana.act::<platform::RevokePlatformKey>(first[0].id).await;
    assert!(gone.revoked_at.is_some() && gone.version == 2);
    assert_eq!(world.platform.raw.get("/admin/v1/tenants").await.status, 401);
    assert_eq!(dana.refused::<platform::RevokePlatformKey>(first[0].id, &Nothing {}).await.code, Code::StateConflict);
    assert_eq!(dana.refused::<platform::RotatePlatformKey>(first[0].id, &RotatePlatformKey::default()).await.code, Code::StateConflict);
    assert_eq!(dana.refused::<platform::RevokePlatformKey>(made.id, &Nothing {}).await.code, Code::StateConflict);
}

/// What administrators of the platform do stands in a trail of theirs: who, what, when and to what (SEC-12).
#[tokio::test]
async fn administrators_leave_a_trail() {
    let world = World::start().await;
    let first = world.platform.all::<platform::ListPlatformKeys, _>(&ListQuery::default()).await.remove(0);
    let made = world.platform.post::<platform::CreatePlatformKey>((), &CreatePlatformKey { name: "Dana".to_owned(), expires_at: None }).await;
    let dana = world.platform.with_key(&made.secret);
    let tenant = causeway_tests::world::tenant(&dana, TenantMode::Live).await;
    dana.post::<platform::SuspendTenant>(tenant.id, &SuspendTenant { reason: Some("unpaid".to_owned()) }).await;
    // What is refused, and a change that changes nothing, was not done.
    dana.refused::<platform::SuspendTenant>(tenant.id, &SuspendTenant::default()).await;
    dana.act::<platform::ResumeTenant>(tenant.id).await;
    dana.post::<platform::EnterTenant>(tenant.id, &EnterTenant { reason: "they cannot post".to_owned(), minutes: None }).await;
    let turned = world.platform.post::<platform::RotatePlatformKey>(made.id, &RotatePlatformKey::default()).await;
    world.platform.act::<platform::RevokePlatformKey>(made.id).await;
    let trail = world.platform.all::<platform::ListPlatformAuditEntries, _>(&ListQuery::default()).await;
    let told: Vec<_> = trail.iter().rev().map(|entry| (entry.kind.as_str(), entry.actor.name.as_deref(), entry.reason.as_deref())).collect();
    let expected = [
        ("platform_key.created", None, None),
        ("platform_key.created", Some("First administrator"), None),
        ("tenant.created", Some("Dana"), None),
        ("tenant.suspended", Some("Dana"), Some("unpaid")),
        ("tenant.resumed", Some("Dana"), None),
        ("tenant.entered", Some("Dana"), Some("they cannot post")),
        ("platform_key.rotated", Some("First administrator"), None),
        ("platform_key.revoked", Some("First administrator"), None),
    ];
    assert_eq!(told, expected);
    let last = &trail[0];
    assert_eq!((last.operation.as_str(), last.subject.kind.as_str(), last.subject.id.clone()), ("revoke_platform_key", "platform_key", made.id.to_string()));
    assert_eq!((last.subject_name.as_str(), last.actor.id.clone()), ("Dana", Some(first.id.to_string())));
    let text = serde_json::to_string(&trail).expect("JSON");
    assert!(!text.contains(&made.secret) && !text.contains(&turned.secret));
    let about = world.platform.all::<platform::ListPlatformAuditEntries, _>(&ListQuery::by("subject_id", tenant.id)).await;
    assert_eq!(about.len(), 4);
    let by = world.platform.all::<platform::ListPlatformAuditEntries, _>(&ListQuery::by("actor_id", made.id)).await;
    assert_eq!(by, about);
    // It is the platform's, and no tenant's.
    assert_eq!(tenant.raw.get("/admin/v1/platform-audit-entries").await.status / 100, 4);
}

/// Whoever has lost every key makes one at the machine, and the trail tells it (SEC-03, SEC-12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_at_the_machine() {
    let place = Place::new().await;
    let program = Program::start(&place);
    // Nobody has kept it.
    administrator(&program.url).await;
    assert!(program.stop(), "it ends well");
    let command = |name: &str| [place.arguments(), ["platform-key", "--name", name].map(str::to_owned).to_vec()].concat();
    let said = run(&command("Dana, at the console"));
    let secret = said.lines().next().expect("a line").to_owned();
    let program = Program::start(&place);
    let dana = Caller::new(&program.url, &secret);
    let trail = dana.all::<platform::ListPlatformAuditEntries, _>(&ListQuery::default()).await;
    let made = &trail[0];
    assert_eq!((made.kind.as_str(), made.subject_name.as_str(), made.actor.id.clone()), ("platform_key.created", "Dana, at the console", None));
    assert_eq!(made.reason.as_deref(), Some("made by a command at the machine"));
    let lost = dana.all::<platform::ListPlatformKeys, _>(&ListQuery::default()).await.pop().expect("the first key");
    dana.act::<platform::RevokePlatformKey>(lost.id).await;
    sandbox(&dana).await;
    assert!(program.stop(), "it ends well");
    verify(&place, false);
}
