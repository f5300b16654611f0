//! Idempotency keys (INT-11): the key, its fingerprint and the effect commit in one transaction; a repeat gets the stored answer, byte for byte.

use super::router::Operation;
use super::{Packed, header};
use crate::limits::IDEMPOTENCY_KEY;
use crate::{Ctx, Find, Tx, crypto};
use actix_web::HttpRequest;
use causeway_contract::{Audience, Code, Content, Problem};
use causeway_entity::kernel::idempotency_keys;
use causeway_entity::platform::platform_idempotency;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// A key that came with a request.
#[derive(Clone)]
pub(crate) struct Key {
    /// SHA-256 over key, method and path: the key itself is not stored.
    hash: [u8; 32],
    /// The same with the principal before it, under which answers were kept before keys were the tenant's.
    own: [u8; 32],
    /// SHA-256 over query and body.
    fingerprint: [u8; 32],
    /// SHA-256 over the principal, whose answer it is.
    asker: [u8; 32],
    /// Encrypts answers that hold a secret; made from the caller's key, so only a repeat can read them.
    seal: Option<[u8; 32]>,
    platform: bool,
}

impl Key {
    pub(crate) fn of(operation: &Operation, request: &HttpRequest, ctx: &Ctx, body: &[u8]) -> Result<Option<Self>, Problem> {
        let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
        let text = value.to_str().unwrap_or_default();
        if text.is_empty() || text.len() > IDEMPOTENCY_KEY {
            return Err(header(Code::InvalidValue, "Idempotency-Key", format!("must have 1 to {IDEMPOTENCY_KEY} visible ASCII characters")));
        }
        // An open endpoint has no principal to keep answers apart.
        if operation.audience == Audience::Open {
            return Ok(None);
        }
        let actor = ctx.actor.id.unwrap_or_default();
        let scope = format!("{}\n{}\n", operation.method.word(), request.path());
        Ok(Some(Self {
            hash: crypto::sha256(&[scope.as_bytes(), text.as_bytes()]),
            own: crypto::sha256(&[actor.as_bytes(), scope.as_bytes(), text.as_bytes()]),
            asker: crypto::sha256(&[b"asker", actor.as_bytes()]),
            fingerprint: fingerprint(operation, request, text, body),
            seal: operation.secret.then(|| crypto::sha256(&[b"seal", actor.as_bytes(), text.as_bytes()])),
            platform: operation.audience == Audience::Platform,
        }))
    }

    /// The answer that the first request with this key got.
    ///
    /// # Errors
    /// `idempotency_key_reused` when that was another request, or somebody else's: who may see what differs, so nobody gets the answer of another.
    pub(crate) async fn first_answer(&self, tx: &mut Tx<'_>) -> Result<Option<Packed>, Problem> {
        let hashes = [self.hash.to_vec(), self.own.to_vec()];
        if self.platform {
            let row = Find::<platform_idempotency::Entity>::new().among(platform_idempotency::Column::KeyHash, hashes).one(tx).await?;
            let Some(row) = row else { return Ok(None) };
            self.same(&row.fingerprint)?;
            return Ok(Some(self.packed(row.status, self.open(row.body)?, row.etag)));
        }
        let row = Find::<idempotency_keys::Entity>::new().among(idempotency_keys::Column::KeyHash, hashes).one(tx).await?;
        let Some(row) = row else { return Ok(None) };
        self.same(&row.fingerprint)?;
        let body = match (row.body, row.object_id, row.object_version) {
            (Some(body), _, _) => self.open(body)?,
            (None, Some(object), Some(version)) => tx.snapshot(object, version).await?.ok_or_else(erased)?,
            _ => return Err(erased()),
        };
        Ok(Some(self.packed(row.status, body, row.etag)))
    }

    fn same(&self, kept: &[u8]) -> Result<(), Problem> {
        let (fingerprint, asker) = kept.split_at_checked(self.fingerprint.len()).unwrap_or((kept, &[]));
        // What was kept before keys were the tenant's names nobody: it was found under the hash of this principal.
        let mine = asker.is_empty() || asker == self.asker;
        let detail = match (fingerprint == self.fingerprint, mine) {
            (true, true) => return Ok(()),
            (true, false) => {
                "This request was made under this Idempotency-Key by another API key or person of yours, and done; nothing was done again. Look for what it made, \
                 or use a new key if it is to happen twice."
            }
            (false, true) => "This Idempotency-Key was used for a request with other content. Use a new key for a new request.",
            (false, false) => {
                "This Idempotency-Key was used by another API key or person of yours for a request with other content. Use a new key for a new request."
            }
        };
        Err(Problem::new(Code::IdempotencyKeyReused, detail))
    }

    /// What is kept to know the request again, and whose it was.
    fn kept(&self) -> Vec<u8> {
        [self.fingerprint, self.asker].concat()
    }

    fn packed(&self, status: i64, body: String, etag: Option<String>) -> Packed {
        Packed { status: u16::try_from(status).unwrap_or(200), body: Content::Json(body), media: "application/json", etag, replayed: false, repeated: true }
    }

    /// Stores the answer with the effect.
    pub(crate) fn keep(&self, ctx: &Ctx, tx: &mut Tx<'_>, packed: &Packed) -> Result<(), Problem> {
        // Files are read, never written; a test of the contract holds that.
        let Content::Json(body) = &packed.body else { return Ok(()) };
        let reference = tx.snapshot_of(body);
        if self.platform {
            tx.insert(platform_idempotency::Model {
                key_hash: self.hash.to_vec(),
                fingerprint: self.kept(),
                status: i64::from(packed.status),
                body: self.close(body)?,
                etag: packed.etag.clone(),
                created_at: ctx.wall(),
            });
            return Ok(());
        }
        tx.insert(idempotency_keys::Model {
            tenant_id: tx.tenant(),
            key_hash: self.hash.to_vec(),
            fingerprint: self.kept(),
            status: i64::from(packed.status),
            object_id: reference.map(|(object, _)| object),
            object_version: reference.map(|(_, version)| version),
            body: if reference.is_some() { None } else { Some(self.close(body)?) },
            etag: packed.etag.clone(),
            created_at: ctx.wall(),
        });
        Ok(())
    }

    fn close(&self, body: &str) -> Result<String, Problem> {
        let Some(seal) = &self.seal else { return Ok(body.to_owned()) };
        let nonce = crypto::random::<24>();
        let cipher = XChaCha20Poly1305::new(&(*seal).into());
        let sealed = cipher.encrypt(&XNonce::from(nonce), body.as_bytes()).map_err(|_| erased())?;
        Ok(crypto::encode(&[&nonce[..], &sealed].concat()))
    }

    fn open(&self, body: String) -> Result<String, Problem> {
        let Some(seal) = &self.seal else { return Ok(body) };
        let bytes = crypto::decode(&body).ok_or_else(erased)?;
        let (nonce, sealed) = bytes.split_at_checked(24).ok_or_else(erased)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| erased())?;
        let cipher = XChaCha20Poly1305::new(&(*seal).into());
        let opened = cipher.decrypt(&XNonce::from(nonce), sealed).map_err(|_| erased())?;
        String::from_utf8(opened).map_err(|_| erased())
    }
}

/// SHA-256 over query and body. A body with a password is hashed together with the key, which is stored nowhere: nobody can try passwords on it.
fn fingerprint(operation: &Operation, request: &HttpRequest, key: &str, body: &[u8]) -> [u8; 32] {
    let secret = if operation.prepares { key.as_bytes() } else { b"" };
    crypto::sha256(&[secret, request.query_string().as_bytes(), b"\n", body])
}

fn erased() -> Problem {
    Problem::new(Code::Gone, "The answer to this key was erased. Read the object instead of repeating the request.")
}
