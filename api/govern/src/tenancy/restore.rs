//! A tenant whose owners lost their way in, or are gone, gets one back from the platform.
//!
//! It is a person of the tenant who gets in, not the platform: the token is for that person, who proves nothing to the service but that. The tenant reads in its
//! trail that the platform did it. Nothing of what the person had stays: second factor and sessions end, and the new password replaces the old one.

use super::limits;
use super::service::record;
use super::trail::{self, Done};
use crate::access::OWNER;
use crate::identity::service::record_user;
use crate::refs;
use crate::sign_in::service::anew;
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{roles, users};
use causeway_entity::platform::tenants;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::platform as wire;
use causeway_value::{Json, TenantId};

/// Makes a person the owner of all companies, active, with an invitation.
///
/// # Errors
/// `not_found`; a person who is not of the tenant is named.
pub async fn owner(ctx: &Ctx, tx: &mut Tx<'_>, id: TenantId, body: &wire::RestoreOwner) -> Result<wire::RestoredOwner, Problem> {
    let old = tx.lock::<tenants::Entity>(id).await?;
    let tenant = tenants::Model { version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &tenant);
    tx.enter(id).await?;
    let ctx = ctx.inside(id, tenant.mode);
    let unknown = || Problem::field(Code::NotFound, "/user_id", "names no user of this tenant");
    let user_id = body.user_id.or(tenant.owner_user_id).ok_or_else(unknown)?;
    let found = Find::<users::Entity>::new().eq(users::Column::Id, user_id).lock().one(tx).await?.ok_or_else(unknown)?;
    let role = Find::<roles::Entity>::new().eq(roles::Column::Name, OWNER).eq(roles::Column::BuiltIn, true).one(tx).await?;
    let mut role_ids = found.role_ids.0.clone();
    role_ids.extend(role.map(|role| role.id).filter(|role| !found.role_ids.0.contains(role)));
    let invitation = anew(&ctx, tx, user_id).await?;
    let user = users::Model { role_ids: Json(role_ids), company_ids: None, active: true, version: found.version + 1, updated_at: ctx.wall(), ..found.clone() };
    tx.update(&found, &user);
    tx.rights_changed();
    let refs = refs::pairs_of(tx, user_id.uuid()).await?;
    record_user(&ctx, tx, "user.owner_restored", &user, refs)?;
    let set = limits::of(tx, id).await?;
    record(&ctx, tx, "tenant.owner_restored", &tenant, set.as_ref())?;
    trail::note(&ctx, tx, "tenant.owner_restored", Done::to_tenant(&tenant), None).await?;
    Ok(wire::RestoredOwner { object: "restored_owner".to_owned(), tenant_id: id, invitation })
}
