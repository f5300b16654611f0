//! Hashing passwords: argon2id with the parameters of ASVS appendix C, as many at once as there are cores, and a short queue (threat 17).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use causeway_contract::{Code, Problem};
use causeway_kernel::crypto;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Memory of one hash, in KiB.
const MEMORY: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Hashes that may wait for a core; more are told to come back.
const QUEUE: usize = 32;

struct Desk {
    cores: Arc<Semaphore>,
    waiting: AtomicUsize,
}

static DESK: LazyLock<Desk> = LazyLock::new(|| Desk {
    cores: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))),
    waiting: AtomicUsize::new(0),
});

/// Leaves the queue when it goes, also when the caller hung up.
struct Place;

impl Drop for Place {
    fn drop(&mut self) {
        DESK.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

fn broken(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "a password cannot be hashed");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}

fn argon() -> Result<Argon2<'static>, Problem> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY, PASSES, 1, None).map_err(broken)?))
}

/// Runs work of one hash beside the requests.
async fn at_the_desk<R: Send + 'static>(work: impl FnOnce() -> Result<R, Problem> + Send + 'static) -> Result<R, Problem> {
    if DESK.waiting.fetch_add(1, Ordering::AcqRel) >= QUEUE {
        drop(Place);
        return Err(Problem::new(Code::Unavailable, "Too many people are signing in at this moment. Try again in a second."));
    }
    let place = Place;
    let core = Arc::clone(&DESK.cores).acquire_owned().await.map_err(broken)?;
    drop(place);
    // The core is held until the hash is done, even when nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || {
        let _core = core;
        work()
    });
    done.await.map_err(broken)?
}

fn hash_now(password: &str) -> Result<String, Problem> {
    let hashed: PasswordHash = argon()?.hash_password_with_salt(password.as_bytes(), &crypto::random::<16>()).map_err(broken)?;
    Ok(hashed.to_string())
}

/// The hash of a password, as a PHC string.
///
/// # Errors
/// `unavailable` when too many are waiting.
pub(super) async fn hash(password: &str) -> Result<String, Problem> {
    let password = password.to_owned();
    at_the_desk(move || hash_now(&password)).await
}

/// Whether this is the password. Without a hash to compare with the answer is no, after the same work.
///
/// # Errors
/// `unavailable` when too many are waiting.
pub(super) async fn verify(password: &str, hash: Option<&str>) -> Result<bool, Problem> {
    let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
    at_the_desk(move || match hash {
        Some(hash) => {
            let known = PasswordHash::new(&hash).map_err(broken)?;
            Ok(argon()?.verify_password(password.as_bytes(), &known).is_ok())
        }
        None => hash_now(&password).map(|_| false),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_whole_password_matches() {
        let long = "a long password that goes on and on until it is well beyond seventy two characters: x";
        let hash = hash(long).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(long, Some(&hash)).await.unwrap());
        for other in [long.trim_end_matches('x'), &long.to_uppercase(), "", &long.replace(": x", ": y")] {
            assert!(!verify(other, Some(&hash)).await.unwrap(), "{other}");
        }
        assert!(!verify(long, None).await.unwrap());
        assert_ne!(hash, super::hash(long).await.unwrap(), "every hash has a salt of its own");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_flood_is_told_to_come_back() {
        let tries: Vec<_> = (0..200).map(|_| tokio::spawn(verify("tea kettle on the moon", None))).collect();
        let mut refused = 0;
        for attempt in tries {
            match attempt.await.unwrap() {
                Ok(matches) => assert!(!matches),
                Err(problem) => {
                    assert_eq!(problem.code, Code::Unavailable);
                    refused += 1;
                }
            }
        }
        assert!(refused > 0 && refused < 200, "{refused} of 200 were refused");
        assert_eq!(DESK.waiting.load(Ordering::Acquire), 0);
    }
}
