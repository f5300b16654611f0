//! The editor of roles: own roles, who holds them, and what cannot be given away (SEC-01, SEC-03, SEC-11).

use causeway_contract::{Code, Nothing};
use causeway_openapi::identity::{CreateRole, UpdateUser, op};
use causeway_tests::person::Person;
use causeway_tests::world::World;

#[tokio::test]
async fn a_role_goes_only_when_nobody_holds_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let role = tenant.post::<op::CreateRole>((), &CreateRole { name: "till".to_owned(), permissions: vec!["leads:*".to_owned()] }).await;
    let person = Person::hire(&tenant, vec![role.id]).await;
    let holders = tenant.get::<op::GetRoleHolders>(role.id).await;
    assert_eq!(holders.users.iter().map(|holder| holder.id).collect::<Vec<_>>(), [person.id]);
    let held = tenant.refused::<op::DeleteRole>(role.id, &Nothing {}).await;
    assert_eq!((held.status, held.code), (409, Code::StateConflict));
    tenant.post::<op::UpdateUser>(person.id, &UpdateUser { role_ids: causeway_contract::Patch::Value(Vec::new()), ..UpdateUser::default() }).await;
    tenant.act::<op::DeleteRole>(role.id).await;
    assert_eq!(tenant.refused::<op::GetRole>(role.id, &Nothing {}).await.status, 404);
}

#[tokio::test]
async fn built_in_roles_stay_as_they_are() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let query = causeway_contract::ListQuery::by("name", "owner");
    let owner = tenant.all::<op::ListRoles, _>(&query).await.remove(0);
    assert_eq!(tenant.refused::<op::DeleteRole>(owner.id, &Nothing {}).await.status, 409);
    assert_eq!(tenant.get::<op::GetRoleHolders>(owner.id).await.users.len(), 1);
    let known = tenant.get::<op::GetPermissions>(()).await.permissions;
    assert!(known.contains(&"security:read".to_owned()) && known.is_sorted(), "{known:?}");
}

/// Who may edit people and roles but not post invoices cannot make anybody who can.
#[tokio::test]
async fn nobody_makes_somebody_mightier_than_themselves() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let editor = CreateRole { name: "editor".to_owned(), permissions: ["users:*", "roles:*", "leads:*"].map(str::to_owned).to_vec() };
    let editor = tenant.post::<op::CreateRole>((), &editor).await;
    let caller = Person::hire(&tenant, vec![editor.id]).await.session().await;
    let mighty = CreateRole { name: "mighty".to_owned(), permissions: vec!["invoices:post".to_owned()] };
    assert_eq!(caller.refused::<op::CreateRole>((), &mighty).await.code, Code::PermissionDenied);
    let owner = tenant.all::<op::ListRoles, _>(&causeway_contract::ListQuery::by("name", "owner")).await.remove(0);
    let person = Person::hire(&tenant, Vec::new()).await;
    let raise = UpdateUser { role_ids: causeway_contract::Patch::Value(vec![owner.id]), ..UpdateUser::default() };
    assert_eq!(caller.refused::<op::UpdateUser>(person.id, &raise).await.code, Code::PermissionDenied);
    let lower = UpdateUser { role_ids: causeway_contract::Patch::Value(vec![editor.id]), ..UpdateUser::default() };
    caller.post::<op::UpdateUser>(person.id, &lower).await;
}
