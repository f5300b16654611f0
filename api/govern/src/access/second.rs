//! Who counts as a second person (SEC-02).

use causeway_contract::Problem;
use causeway_entity::govern::api_keys;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_value::ApiKeyId;
use sea_orm::Value;
use uuid::Uuid;

/// Whether the caller had a part in one of these events of these objects. As in [`is_same`], a person and all keys that the person answers for are one.
///
/// # Errors
/// When the database fails.
pub async fn took_part(ctx: &Ctx, tx: &mut Tx<'_>, objects: impl IntoIterator<Item = Uuid>, events: &[&'static str]) -> Result<bool, Problem> {
    let mut values: Vec<Value> = vec![tx.tenant().into(), ctx.actor.id.into(), ctx.user.into()];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let objects: Vec<String> = objects.into_iter().map(|id| place(id.into())).collect();
    let events: Vec<String> = events.iter().map(|event| place((*event).into())).collect();
    if objects.is_empty() || events.is_empty() {
        return Ok(false);
    }
    let sql = format!(
        "SELECT COUNT(*) AS n FROM events WHERE tenant_id = $1 AND (actor_id = $2 OR actor_id = $3 \
            OR actor_id IN (SELECT id FROM api_keys WHERE tenant_id = $1 AND user_id = $3)) \
            AND subject_id IN ({}) AND event_type IN ({})",
        objects.join(", "),
        events.join(", ")
    );
    let rows = tx.query(&sql, values, &[("n", Cell::Whole)]).await?;
    Ok(rows.iter().any(|row| row.try_get::<i64>("", "n").is_ok_and(|n| n > 0)))
}

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
