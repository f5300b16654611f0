//! Who counts as a second person (SEC-02).

use causeway_contract::Problem;
use causeway_entity::govern::api_keys;
use causeway_kernel::{Ctx, Tx};
use causeway_value::ApiKeyId;
use uuid::Uuid;

/// Whether the caller is who did something before: `earlier`, a user or a key; nobody known counts as the same. A person and all keys that the person answers
/// for are one and the same: nobody gets around the rule with a second key (threat 11). Keys that nobody answers for are programs, each its own.
///
/// # Errors
/// When the database fails.
pub async fn is_same(ctx: &Ctx, tx: &mut Tx<'_>, earlier: Option<Uuid>) -> Result<bool, Problem> {
    let Some(earlier) = earlier else { return Ok(true) };
    if ctx.actor.id == Some(earlier) || ctx.user == Some(earlier) {
        return Ok(true);
    }
    let Some(person) = ctx.user else { return Ok(false) };
    let key = tx.get::<api_keys::Entity>(ApiKeyId::from_uuid(earlier)).await?;
    Ok(key.and_then(|key| key.user_id).is_some_and(|user| user.uuid() == person))
}
