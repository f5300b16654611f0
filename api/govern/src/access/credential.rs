//! What is kept of a key's secret, of a tenant or of the platform: its hash, and until when it works.

use causeway_contract::Problem;
use causeway_entity::platform::credentials;
use causeway_kernel::{Find, Tx, crypto};
use causeway_value::{ApiKeyId, Instant};

/// Characters of a secret that stay visible.
const SHOWN: usize = 14;

/// The beginning of a secret, by which people recognise it.
#[must_use]
pub(crate) fn shown(secret: &str) -> String {
    secret.chars().take(SHOWN).collect()
}

/// A secret of a key of this tenant, or without a tenant of the platform.
pub(crate) struct Secret<'a> {
    /// The secret itself, of which only the hash is kept.
    pub text: &'a str,
    /// The key.
    pub key: ApiKeyId,
    /// Whether it is the platform's.
    pub platform: bool,
    /// When it stops working; none for never, or when the key itself says so.
    pub valid_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

/// Writes a secret down.
pub(crate) fn write(tx: &mut Tx<'_>, secret: &Secret<'_>) {
    let tenant_id = (!secret.platform).then(|| tx.tenant());
    tx.insert(credentials::Model {
        hash: crypto::sha256(&[secret.text.as_bytes()]).to_vec(),
        api_key_id: secret.key,
        tenant_id,
        platform: secret.platform,
        valid_until: secret.valid_until,
        created_at: secret.created_at,
    });
}

/// Lets no secret of a key work longer than until then.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end(tx: &mut Tx<'_>, key: ApiKeyId, until: Instant) -> Result<(), Problem> {
    for old in Find::<credentials::Entity>::new().eq(credentials::Column::ApiKeyId, key).lock().all(tx).await? {
        if old.valid_until.is_none_or(|at| at > until) {
            let new = credentials::Model { valid_until: Some(until), ..old.clone() };
            tx.update(&old, &new);
        }
    }
    Ok(())
}
