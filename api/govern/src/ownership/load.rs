//! The rules in force, as whoever writes carries them.

use super::rules::{Said, named};
use causeway_contract::Problem;
use causeway_entity::govern::ownership_rules::{Column, Entity};
use causeway_entity::govern::{api_keys, users};
use causeway_entity::platform::tenants;
use causeway_kernel::{Actor, Find, Ownership, Tx};
use causeway_openapi::ownership::CAUSEWAY;
use causeway_value::{ActorKind, ApiKeyId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What this writer must keep to. Costs nothing in a tenant without rules.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_writer(tx: &mut Tx<'_>, tenant: &tenants::Model, system: Option<&str>, person: Option<UserId>) -> Result<Ownership, Problem> {
    if tenant.has_ownership_rules != Some(true) {
        return Ok(Ownership::default());
    }
    let rows = Find::<Entity>::new().eq(Column::Active, true).order_by(Column::Id).all(tx).await?;
    let stewards: BTreeSet<UserId> = rows.iter().filter_map(|row| row.steward_id).collect();
    let mut names = BTreeMap::new();
    if !stewards.is_empty() {
        let found = Find::<users::Entity>::new().among(users::Column::Id, stewards).all(tx).await?;
        names.extend(found.into_iter().map(|user| (user.id, user.name)));
    }
    let steward = |id: UserId| (id.uuid(), names.get(&id).cloned().unwrap_or_default());
    let said = rows.iter().map(|row| Said { kind: row.applies_to, fields: &row.fields.0, owner: &row.owner, steward: row.steward_id.map(steward) });
    Ok(Ownership::of(named(said.collect()), system.unwrap_or(CAUSEWAY), person.map(UserId::uuid)))
}

/// What must be kept to by a job that does what this actor asked for.
///
/// # Errors
/// When the database fails.
pub async fn of_actor(tx: &mut Tx<'_>, actor: Actor) -> Result<Ownership, Problem> {
    let Some(tenant) = tx.get::<tenants::Entity>(tx.tenant()).await?.filter(|tenant| tenant.has_ownership_rules == Some(true)) else {
        return Ok(Ownership::default());
    };
    match (actor.kind, actor.id) {
        (ActorKind::ApiKey, Some(id)) => {
            let key = tx.get::<api_keys::Entity>(ApiKeyId::from_uuid(id)).await?;
            of_writer(tx, &tenant, key.and_then(|key| key.system).as_deref(), None).await
        }
        (ActorKind::User, Some(id)) => of_writer(tx, &tenant, None, Some(UserId::from_uuid(id))).await,
        _ => Ok(Ownership::default()),
    }
}
