//! Each administrator of the platform has a key of their own, which changes its secret and goes without the others (SEC-03).

use causeway_contract::{Code, ListQuery, Nothing};
use causeway_openapi::platform::{CreatePlatformKey, RotatePlatformKey, op as platform};
use causeway_tests::world::World;

#[tokio::test]
async fn administrators_have_keys_of_their_own() {
    let world = World::start().await;
    let first = world.platform.all::<platform::ListPlatformKeys, _>(&ListQuery::default()).await;
    assert_eq!((first.len(), first[0].name.as_str(), first[0].version), (1, "First administrator", 1));
    // The last one that works stays.
    let last = world.platform.refused::<platform::RevokePlatformKey>(first[0].id, &Nothing {}).await;
    assert_eq!(last.code, Code::StateConflict);

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
