//! Hashes, signatures and random bytes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use subtle::ConstantTimeEq;

/// SHA-256 over the parts, one after another.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// SHA-256 over bytes that arrive one after another.
#[derive(Default)]
pub struct Digester(Sha256);

impl Digester {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

/// Random bytes that are fetched at a time: one system call serves many salts.
const POOL: usize = 1_024;

thread_local! {
    static RANDOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// `N` bytes from the operating system's generator; none is given out twice.
///
/// Without randomness the process cannot keep a secret: it stops rather than go on with guessable ones.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    RANDOM.with(|pool| {
        let mut pool = pool.borrow_mut();
        if pool.len() < N {
            pool.resize(POOL.max(N), 0);
            if let Err(error) = getrandom::fill(&mut pool) {
                tracing::error!(%error, "the operating system gives no random bytes");
                std::process::abort();
            }
        }
        let rest = pool.len() - N;
        let mut bytes = [0; N];
        bytes.iter_mut().zip(pool.drain(rest..)).for_each(|(byte, fresh)| *byte = fresh);
        bytes
    })
}

/// HMAC-SHA-256.
#[must_use]
pub fn sign(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // HMAC takes keys of any length.
        Err(_) => return [0; 32],
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether both are equal, in a time that does not tell where they differ.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Bytes as URL-safe text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// URL-safe text as bytes.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A new secret with this prefix: 32 random bytes as text.
#[must_use]
pub fn secret(prefix: &str) -> String {
    format!("{prefix}{}", encode(&random::<32>()))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_do_not_repeat() {
        let drawn: std::collections::BTreeSet<[u8; 16]> = (0..1_000).map(|_| random::<16>()).collect();
        assert_eq!(drawn.len(), 1_000);
        assert_ne!(random::<2_000>(), [0; 2_000]);
    }
}
