//! Secrets that must be read again, such as the seeds of one-time codes: sealed under a key that lives outside the database (threat 24).
//!
//! A sealed text says which key it was sealed with, and opens only for the same `owner`: copied to another row it is worthless.

use crate::crypto;
use causeway_contract::{Code, Problem};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::sync::OnceLock;

static KEY: OnceLock<[u8; 32]> = OnceLock::new();

/// Bytes that name the key.
const NAME: usize = 4;
/// Bytes of the nonce.
const NONCE: usize = 24;

/// Sets the key of the installation, once at the start of the process.
pub fn install(key: [u8; 32]) {
    let _ = KEY.set(key);
}

fn broken(detail: &str) -> Problem {
    tracing::error!(detail, "a secret cannot be sealed or opened");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}

fn key() -> Result<&'static [u8; 32], Problem> {
    KEY.get().ok_or_else(|| broken("no key is installed"))
}

/// The name of a key, which may be told: it says which key it is and nothing about it.
#[must_use]
pub fn name_of(key: &[u8; 32]) -> String {
    crypto::hex(&name(key))
}

fn name(key: &[u8; 32]) -> [u8; 32] {
    crypto::sha256(&[b"key name", key])
}

/// Seals `secret` for `owner`: whatever says whose it is, such as tenant and row.
///
/// # Errors
/// When no key is installed.
pub fn seal(owner: &[u8], secret: &[u8]) -> Result<Vec<u8>, Problem> {
    seal_with(key()?, owner, secret)
}

/// Opens what was sealed for the same `owner`.
///
/// # Errors
/// When it was sealed with another key, for another owner, or changed since.
pub fn open(owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Problem> {
    open_with(key()?, owner, sealed)
}

fn seal_with(key: &[u8; 32], owner: &[u8], secret: &[u8]) -> Result<Vec<u8>, Problem> {
    let nonce = crypto::random::<NONCE>();
    let cipher = XChaCha20Poly1305::new(key.into());
    let closed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: owner }).map_err(|_| broken("encryption failed"))?;
    let name = name(key);
    Ok([&name[..NAME], &nonce, &closed].concat())
}

fn open_with(key: &[u8; 32], owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Problem> {
    let (named, rest) = sealed.split_at_checked(NAME).ok_or_else(|| broken("it is too short"))?;
    if *named != name(key)[..NAME] {
        tracing::error!("a secret was sealed with another key; start the service with the secret key it had then");
        return Err(Problem::new(
            Code::StateConflict,
            "This was sealed with a secret key that the service does not have any more. An administrator must set it up anew: for a second factor, \
             POST /v1/users/{id}/reset-totp.",
        ));
    }
    let (nonce, closed) = rest.split_at_checked(NONCE).ok_or_else(|| broken("it is too short"))?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| broken("it is too short"))?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: closed, aad: owner }).map_err(|_| broken("it was changed, or belongs to another row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_and_the_key_open_it() {
        let (key, other) = ([1; 32], [2; 32]);
        let sealed = seal_with(&key, b"row 1", b"seed").unwrap();
        assert_eq!(open_with(&key, b"row 1", &sealed).unwrap(), b"seed");
        assert!(!sealed.windows(4).any(|part| part == b"seed"));
        assert!(open_with(&key, b"row 2", &sealed).is_err());
        assert_eq!(open_with(&other, b"row 1", &sealed).unwrap_err().code, Code::StateConflict, "a lost key is told, not an error of ours");
        assert!(name_of(&key) == name_of(&key) && name_of(&key) != name_of(&other));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open_with(&key, b"row 1", &changed).is_err(), "byte {place}");
        }
        assert!(open_with(&key, b"row 1", &[]).is_err());
        assert_ne!(sealed, seal_with(&key, b"row 1", b"seed").unwrap());
    }
}
