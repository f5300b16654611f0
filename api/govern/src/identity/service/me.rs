//! Who the caller is.

use super::users::user_view;
use crate::refs;
use crate::sign_in::service::view as session_view;
use causeway_contract::Problem;
use causeway_entity::govern::{api_keys, sessions, users};
use causeway_entity::platform::tenants;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::identity as wire;
use causeway_openapi::object::Actor;
use causeway_value::{ActorKind, ApiKeyId, UserId, type_id};

/// Who the caller is.
///
/// # Errors
/// When the database fails.
pub async fn me(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<wire::Me, Problem> {
    let tenant = tx.must::<tenants::Entity>(ctx.tenant).await?;
    let key = match ctx.actor.id {
        Some(id) if ctx.actor.kind == ActorKind::ApiKey => tx.get::<api_keys::Entity>(ApiKeyId::from_uuid(id)).await?,
        _ => None,
    };
    let user = match ctx.user {
        Some(id) => tx.get::<users::Entity>(UserId::from_uuid(id)).await?,
        None => None,
    };
    let refs = match &user {
        Some(user) => refs::pairs_of(tx, user.id.uuid()).await?,
        None => Vec::new(),
    };
    let session = match ctx.session {
        Some(session) => tx.get::<sessions::Entity>(session.id).await?,
        None => None,
    };
    let name = key.map(|key| key.name).or_else(|| user.as_ref().filter(|_| ctx.actor.kind == ActorKind::User).map(|user| user.name.clone()));
    Ok(wire::Me {
        object: "me".to_owned(),
        tenant: wire::MyTenant { id: tenant.id, name: tenant.name, slug: tenant.slug, mode: tenant.mode },
        actor: Actor { kind: ctx.actor.kind, id: ctx.actor.id.map(|id| actor_id(ctx.actor.kind, id)), name },
        user: user.as_ref().map(|user| user_view(user, refs)),
        session: session.as_ref().map(session_view),
        fresh_until: ctx.session.map(|session| session.fresh_until),
        permissions: ctx.permissions.iter().cloned().collect(),
        company_ids: ctx.companies.as_ref().map(|companies| companies.to_vec()).unwrap_or_default(),
    })
}

/// The id of an actor as the API shows it.
#[must_use]
pub fn actor_id(kind: ActorKind, id: uuid::Uuid) -> String {
    type_id(kind.prefix(), id)
}
