//! The first administrator: a one-time token, printed by the first start, is traded for a key (threat 25: there are no default accounts).

use super::keys;
use super::trail::{self, Done};
use causeway_contract::{Code, Problem};
use causeway_entity::platform::{credentials, platform_settings};
use causeway_kernel::{Ctx, Db, Find, Tx, clock, crypto};
use causeway_openapi::platform as wire;
use std::sync::Arc;

const TOKEN_HASH: &str = "bootstrap_token_hash";
/// Stands before the hash of a token that the operator chose.
const CHOSEN: &str = "chosen ";
const CURSOR_KEY: &str = "cursor_key";
const SECRET_KEY_NAME: &str = "secret_key_name";
const TRIED: &str = "tried_to_write_at";

/// Makes the one-time token known, unless an administrator exists already. Answers the token that may be used now, if this process knows it.
///
/// `wanted` is the token that the operator chose; it stays until it is traded or another one is chosen, whoever starts meanwhile. Without one a random token
/// is made, which takes the place of a random one before: who started last has seen what was printed.
///
/// # Errors
/// When the database fails.
pub async fn prepare(db: &Db, wanted: Option<String>) -> Result<Option<String>, Problem> {
    let chosen = wanted.is_some();
    let token = wanted.unwrap_or_else(|| crypto::secret("cw_boot_"));
    let ctx = Arc::new(Ctx::platform());
    db.write(&ctx, async move |_, tx| {
        if Find::<credentials::Entity>::new().eq(credentials::Column::Platform, true).one(tx).await?.is_some() {
            return Ok(None);
        }
        if !chosen && setting(tx, TOKEN_HASH).await?.is_some_and(|row| row.value.starts_with(CHOSEN)) {
            return Ok(None);
        }
        let hash = crypto::hex(&crypto::sha256(&[token.as_bytes()]));
        set(tx, TOKEN_HASH, if chosen { format!("{CHOSEN}{hash}") } else { hash }).await?;
        Ok(Some(token.clone()))
    })
    .await
}

/// Makes a key for somebody who has the machine and no key any more; answers its secret. The platform's trail tells that nobody's key made it.
///
/// # Errors
/// A name without words; when the database fails.
pub async fn key_at_the_machine(db: &Db, name: String) -> Result<String, Problem> {
    if name.trim().is_empty() {
        return Err(Problem::new(Code::Required, "The name must say whose key it is, or what it is for, for example: --name \"Dana, at the console\""));
    }
    let ctx = Arc::new(Ctx::platform());
    db.write(&ctx, async move |ctx, tx| {
        let (key, secret) = keys::insert(tx, &name, None, ctx.wall());
        trail::note(ctx, tx, "platform_key.created", Done::to_key(&key), Some("made by a command at the machine")).await?;
        Ok(secret)
    })
    .await
}

/// The key that signs the cursors of lists, the same on every instance.
///
/// # Errors
/// When the database fails.
pub async fn cursor_key(db: &Db) -> Result<Arc<[u8; 32]>, Problem> {
    let ctx = Arc::new(Ctx::platform());
    let text = db
        .write(&ctx, async |_, tx| {
            if let Some(row) = setting(tx, CURSOR_KEY).await? {
                return Ok(row.value);
            }
            let fresh = crypto::encode(&crypto::random::<32>());
            set(tx, CURSOR_KEY, fresh.clone()).await?;
            Ok(fresh)
        })
        .await?;
    let bytes = crypto::decode(&text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(Arc::new).ok_or_else(|| Problem::new(Code::InternalError, "The setting cursor_key is broken; delete its row and start again."))
}

/// The name of the key that the secrets of this database are sealed with; `None` before the first start.
///
/// # Errors
/// When the database fails.
pub async fn secret_key_name(db: &Db) -> Result<Option<String>, Problem> {
    db.read(&Ctx::platform(), async |_, tx| Ok(setting(tx, SECRET_KEY_NAME).await?.map(|row| row.value))).await
}

/// Remembers the name of the key that secrets are sealed with from now on, if none is known or `renew` says so. Answers the name that counts.
///
/// # Errors
/// When the database fails.
pub async fn name_secret_key(db: &Db, name: &str, renew: bool) -> Result<String, Problem> {
    let (ctx, name) = (Arc::new(Ctx::platform()), name.to_owned());
    let written = db
        .write(&ctx, async move |_, tx| {
            if let Some(row) = setting(tx, SECRET_KEY_NAME).await?
                && !renew
            {
                return Ok(row.value);
            }
            set(tx, SECRET_KEY_NAME, name.clone()).await?;
            Ok(name.clone())
        })
        .await;
    match written {
        // Another instance was faster with its first start: its key counts.
        Err(problem) if problem.code == Code::AlreadyExists => Ok(secret_key_name(db).await?.unwrap_or_default()),
        other => other,
    }
}

/// Writes a little: whether there is room again on a disk that was full.
///
/// # Errors
/// `storage_full` while there is none; when the database fails.
pub async fn try_to_write(db: &Db) -> Result<(), Problem> {
    let written = db.write(&Arc::new(Ctx::platform()), async |ctx, tx| set(tx, TRIED, ctx.wall().to_string()).await).await;
    if written.is_ok() {
        causeway_kernel::telemetry::note_storage(false);
    }
    written
}

async fn setting(tx: &mut Tx<'_>, name: &str) -> Result<Option<platform_settings::Model>, Problem> {
    Find::<platform_settings::Entity>::new().eq(platform_settings::Column::Name, name).one(tx).await
}

async fn set(tx: &mut Tx<'_>, name: &str, value: String) -> Result<(), Problem> {
    match setting(tx, name).await? {
        Some(old) => {
            let new = platform_settings::Model { value, ..old.clone() };
            tx.update(&old, &new);
        }
        None => tx.insert(platform_settings::Model { name: name.to_owned(), value }),
    }
    Ok(())
}

/// Trades the token for the first administrator's key.
///
/// # Errors
/// `gone` when it was traded before, `unauthenticated` for a wrong token.
pub async fn trade(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::Bootstrap) -> Result<wire::FirstKey, Problem> {
    let gone = || Problem::new(Code::Gone, "The bootstrap token was used before. Use the administrator's key it gave.");
    let row = setting(tx, TOKEN_HASH).await?.ok_or_else(gone)?;
    if Find::<credentials::Entity>::new().eq(credentials::Column::Platform, true).one(tx).await?.is_some() {
        return Err(gone());
    }
    let given = crypto::hex(&crypto::sha256(&[body.token.as_bytes()]));
    let known = row.value.strip_prefix(CHOSEN).unwrap_or(&row.value);
    if !crypto::equal(given.as_bytes(), known.as_bytes()) {
        return Err(Problem::new(
            Code::Unauthenticated,
            "This is not the bootstrap token. The last start printed it, unless CAUSEWAY_BOOTSTRAP_TOKEN set one.",
        ));
    }
    tx.delete(&row);
    let (key, secret) = keys::insert(tx, "First administrator", None, clock::wall());
    trail::note(ctx, tx, "platform_key.created", Done::to_key(&key), None).await?;
    Ok(wire::FirstKey { api_key: wire::PlatformKeySecret { id: key.id, secret } })
}
