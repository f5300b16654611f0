//! The keys of the platform's administrators (SEC-03): each has its own, so that one can go without the others.
//!
//! What a key may do is everything under `/admin/v1`; that it ended is written with its credentials, so that judging one reads nothing else.

use super::trail::{self, Done};
use crate::access::credential::{self, Secret, shown};
use causeway_contract::{Code, ListQuery, Page, Problem};
use causeway_entity::platform::platform_keys;
use causeway_kernel::{Ctx, Find, Tx, crypto, list};
use causeway_openapi::platform as wire;
use causeway_value::{Instant, PlatformKeyId};

/// What of a secret says that it is the platform's.
const PREFIX: &str = "cw_admin_";

/// A page of them.
///
/// # Errors
/// As every list.
pub async fn page(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<wire::PlatformKey>, Problem> {
    let rows = list::list::<platform_keys::Entity>(ctx, tx, &wire::PLATFORM_KEYS, "platform_key", query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(rows.page(data))
}

/// One of them.
///
/// # Errors
/// `not_found`.
pub async fn get(tx: &mut Tx<'_>, id: PlatformKeyId) -> Result<wire::PlatformKey, Problem> {
    Ok(view(&tx.must::<platform_keys::Entity>(id).await?))
}

/// Creates a key.
///
/// # Errors
/// A name without words; an end that is past.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreatePlatformKey) -> Result<wire::NewPlatformKey, Problem> {
    if body.name.trim().is_empty() {
        return Err(Problem::field(Code::Required, "/name", "must say what it is for, or whose it is"));
    }
    if body.expires_at.is_some_and(|at| at <= ctx.wall()) {
        return Err(Problem::field(Code::InvalidValue, "/expires_at", "must be in the future"));
    }
    let (row, secret) = insert(tx, &body.name, body.expires_at, ctx.wall());
    trail::note(ctx, tx, "platform_key.created", Done::to_key(&row), None).await?;
    Ok(with_secret(&row, secret))
}

/// Writes a key and its credential; answers the key and its secret.
pub(super) fn insert(tx: &mut Tx<'_>, name: &str, expires_at: Option<Instant>, now: Instant) -> (platform_keys::Model, String) {
    let secret = crypto::secret(PREFIX);
    let row = platform_keys::Model {
        id: PlatformKeyId::new(),
        name: name.to_owned(),
        prefix: shown(&secret),
        expires_at,
        previous_expires_at: None,
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    insert_credential(tx, &row, &secret);
    (row, secret)
}

fn insert_credential(tx: &mut Tx<'_>, row: &platform_keys::Model, text: &str) {
    credential::write(tx, &Secret { text, key: row.id.cast(), platform: true, valid_until: row.expires_at, created_at: row.updated_at });
}

/// Gives a key a new secret; the old one works until the overlap ends.
///
/// # Errors
/// `not_found`; `state_conflict` when it is revoked or has ended.
pub async fn rotate(ctx: &Ctx, tx: &mut Tx<'_>, id: PlatformKeyId, overlap_seconds: u32) -> Result<wire::NewPlatformKey, Problem> {
    let old = tx.lock::<platform_keys::Entity>(id).await?;
    let now = ctx.wall();
    if old.revoked_at.is_some() || old.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::new(Code::StateConflict, "The key is revoked or has ended. Create a new one."));
    }
    let until = now.plus_seconds(i64::from(overlap_seconds));
    credential::end(tx, id.cast(), until).await?;
    let secret = crypto::secret(PREFIX);
    let new = platform_keys::Model { prefix: shown(&secret), previous_expires_at: Some(until), version: old.version + 1, updated_at: now, ..old.clone() };
    tx.update(&old, &new);
    insert_credential(tx, &new, &secret);
    tx.rights_changed();
    trail::note(ctx, tx, "platform_key.rotated", Done::to_key(&new), None).await?;
    Ok(with_secret(&new, secret))
}

/// Revokes a key at once and for ever.
///
/// # Errors
/// `not_found`; `state_conflict` when it is revoked already, or the last one that works, or that works without an end: nobody could administer the platform
/// any more.
pub async fn revoke(ctx: &Ctx, tx: &mut Tx<'_>, id: PlatformKeyId) -> Result<wire::PlatformKey, Problem> {
    // All of them are locked, so that two that are revoked at once do not each count on the other.
    let all = Find::<platform_keys::Entity>::new().order_by(platform_keys::Column::Id).lock().all(tx).await?;
    let old = tx.lock::<platform_keys::Entity>(id).await?;
    if old.revoked_at.is_some() {
        return Err(Problem::new(Code::StateConflict, "The key is revoked already."));
    }
    let now = ctx.wall();
    let others = || all.iter().filter(|key| key.id != id && key.revoked_at.is_none());
    if !others().any(|key| key.expires_at.is_none_or(|at| at > now)) {
        return Err(Problem::new(Code::StateConflict, "This is the last key that works. Create another one first: POST /admin/v1/platform-keys."));
    }
    if old.expires_at.is_none() && !others().any(|key| key.expires_at.is_none()) {
        let detail = "This is the last key without an end: when the others end, nobody could administer the platform any more. Create another one without `expires_at` first.";
        return Err(Problem::new(Code::StateConflict, detail));
    }
    let new = platform_keys::Model { revoked_at: Some(now), version: old.version + 1, updated_at: now, ..old.clone() };
    tx.update(&old, &new);
    credential::end(tx, id.cast(), now).await?;
    tx.rights_changed();
    trail::note(ctx, tx, "platform_key.revoked", Done::to_key(&new), None).await?;
    Ok(view(&new))
}

fn view(row: &platform_keys::Model) -> wire::PlatformKey {
    wire::PlatformKey {
        id: row.id,
        object: "platform_key".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        prefix: row.prefix.clone(),
        expires_at: row.expires_at,
        previous_expires_at: row.previous_expires_at,
        revoked_at: row.revoked_at,
    }
}

fn with_secret(row: &platform_keys::Model, secret: String) -> wire::NewPlatformKey {
    let key = view(row);
    wire::NewPlatformKey {
        id: key.id,
        object: key.object,
        created_at: key.created_at,
        updated_at: key.updated_at,
        version: key.version,
        name: key.name,
        prefix: key.prefix,
        expires_at: key.expires_at,
        previous_expires_at: key.previous_expires_at,
        revoked_at: key.revoked_at,
        secret,
    }
}
