//! The second factor: one-time codes of an app (TOTP, RFC 6238), and recovery codes that stand in for them, each once (threat 20).

use super::prove::person;
use super::service::{end_sessions, person_changed};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{recovery_codes, user_factors, users};
use causeway_kernel::{Ctx, Db, Find, Tx, crypto, seal};
use causeway_openapi::session as wire;
use causeway_value::{Instant, TenantId, UserId};
use std::fmt::Write;
use std::sync::Arc;
use totp_rs::{Builder, Secret, Totp};

/// Wrong codes in a row after which none is taken for a while.
const TRIES: i64 = 5;
/// How long that while is, in seconds.
const PAUSE_SECONDS: i64 = 15 * 60;
/// Recovery codes that a person gets.
const RECOVERY_CODES: usize = 10;
/// Who issues the codes, as apps show it.
const ISSUER: &str = "Causeway";

fn generator(seed: Vec<u8>) -> Result<Totp, Problem> {
    let built = Builder::new().with_secret(Secret::from(seed)).build();
    built.map_err(|error| {
        tracing::error!(?error, "a seed is not one");
        Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
    })
}

/// The time step of a code that is right at `now`, one step of 30 seconds early or late included.
fn step_of(totp: &Totp, code: &str, now: Instant) -> Option<i64> {
    let seconds = u64::try_from(now.0.div_euclid(1_000_000)).ok()?;
    totp.check(code, seconds).and_then(|step| i64::try_from(step).ok())
}

fn owner(tenant: TenantId, user: UserId) -> Vec<u8> {
    [b"user_factors".as_slice(), tenant.uuid().as_bytes(), user.uuid().as_bytes()].concat()
}

fn hash_of(user: UserId, code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    crypto::sha256(&[user.uuid().as_bytes(), plain.as_bytes()])
}

async fn row(tx: &mut Tx<'_>, user: UserId) -> Result<Option<user_factors::Model>, Problem> {
    Find::<user_factors::Entity>::new().eq(user_factors::Column::UserId, user).lock().one(tx).await
}

/// The factor of a person, once it counts.
pub(super) async fn confirmed(tx: &mut Tx<'_>, user: UserId) -> Result<Option<user_factors::Model>, Problem> {
    let found = Find::<user_factors::Entity>::new().eq(user_factors::Column::UserId, user).one(tx).await?;
    Ok(found.filter(|factor| factor.confirmed_at.is_some()))
}

fn not_right() -> Problem {
    Problem::new(Code::OtpRequired, "The one-time code is not right, or was used already. Wait for the next one, or use a recovery code.")
}

fn locked(until: Instant, now: Instant) -> Problem {
    let seconds = until.seconds_since(now).max(0) + 1;
    let detail = format!("Too many wrong codes. No code is taken for {seconds} seconds.");
    Problem::new(Code::RateLimited, detail).with("retry_after_seconds", seconds)
}

/// What became of a code.
enum Verdict {
    /// It was right, and is used up.
    Right,
    /// It was wrong, which counts.
    Wrong,
    /// Nothing was looked at: none is taken until then.
    Locked(Instant),
}

/// Judges a code beside the sign-in, in a transaction of its own, which holds the factor's row: a right code is used up by it and a wrong one counts, even when
/// the sign-in ends otherwise. So of any number of requests at once five guess, and one gets through with a code.
///
/// # Errors
/// `otp_required` without a code or with a wrong one; `rate_limited` after five wrong ones.
pub(super) async fn check(ctx: &Arc<Ctx>, db: &Db, factor: &user_factors::Model, otp: Option<&str>) -> Result<(), Problem> {
    if let Some(until) = factor.locked_until.filter(|until| *until > ctx.wall()) {
        return Err(locked(until, ctx.wall()));
    }
    let Some(otp) = otp.map(str::to_owned) else {
        return Err(Problem::new(Code::OtpRequired, "This account has a second factor: send the six digits of its app, or a recovery code, as `otp`."));
    };
    let (tenant, user) = (factor.tenant_id, factor.user_id);
    let verdict = db
        .write(ctx, async move |ctx, tx| {
            tx.enter(tenant).await?;
            judge(ctx, tx, user, &otp).await
        })
        .await?;
    match verdict {
        Verdict::Right => Ok(()),
        Verdict::Wrong => Err(not_right()),
        Verdict::Locked(until) => Err(locked(until, ctx.wall())),
    }
}

async fn judge(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, otp: &str) -> Result<Verdict, Problem> {
    let now = ctx.wall();
    let Some(old) = row(tx, user).await?.filter(|factor| factor.confirmed_at.is_some()) else { return Ok(Verdict::Wrong) };
    if let Some(until) = old.locked_until.filter(|until| *until > now) {
        return Ok(Verdict::Locked(until));
    }
    let totp = generator(seal::open(&owner(old.tenant_id, user), &old.seed)?)?;
    if let Some(step) = step_of(&totp, otp, now).filter(|step| *step > old.last_step) {
        tx.update(&old, &user_factors::Model { last_step: step, failures: 0, locked_until: None, ..old.clone() });
        return Ok(Verdict::Right);
    }
    if let Some(used) = recovery(tx, user, &hash_of(user, otp)).await? {
        tx.delete(&used);
        return Ok(Verdict::Right);
    }
    let failures = old.failures + 1;
    let (failures, locked_until) = if failures >= TRIES { (0, Some(now.plus_seconds(PAUSE_SECONDS))) } else { (failures, old.locked_until) };
    tx.update(&old, &user_factors::Model { failures, locked_until, ..old.clone() });
    Ok(Verdict::Wrong)
}

async fn recovery(tx: &mut Tx<'_>, user: UserId, hash: &[u8; 32]) -> Result<Option<recovery_codes::Model>, Problem> {
    let find = Find::<recovery_codes::Entity>::new().eq(recovery_codes::Column::UserId, user).eq(recovery_codes::Column::Hash, hash.to_vec());
    find.lock().one(tx).await
}

/// Starts a second factor. One that counts must be removed first; one that was never confirmed is replaced.
///
/// # Errors
/// `state_conflict` when there is one that counts.
pub(super) async fn enrol(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<wire::TotpEnrolment, Problem> {
    let (user_id, _) = person(ctx)?;
    let user = tx.must::<users::Entity>(user_id).await?;
    match row(tx, user_id).await? {
        Some(old) if old.confirmed_at.is_some() => {
            return Err(Problem::new(Code::StateConflict, "There is a second factor already. Remove it before you start another."));
        }
        Some(old) => tx.delete(&old),
        None => {}
    }
    let seed = crypto::random::<20>();
    tx.insert(user_factors::Model {
        tenant_id: tx.tenant(),
        user_id,
        seed: seal::seal(&owner(tx.tenant(), user_id), &seed)?,
        confirmed_at: None,
        last_step: 0,
        failures: 0,
        locked_until: None,
        created_at: ctx.wall(),
    });
    person_changed(ctx, tx, "user.totp_enrolled", &user).await?;
    let secret = Secret::from(seed).to_base32();
    let account = encoded(&user.email);
    let uri = format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}");
    Ok(wire::TotpEnrolment { object: "totp_enrolment".to_owned(), secret, uri })
}

/// Text for a part of an address.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Confirms a second factor with its first code and gives the recovery codes.
///
/// # Errors
/// `state_conflict` when none waits; a wrong code names its field.
pub(super) async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, otp: &str) -> Result<wire::RecoveryCodes, Problem> {
    let (user_id, session) = person(ctx)?;
    let user = tx.must::<users::Entity>(user_id).await?;
    let waiting = row(tx, user_id).await?.filter(|factor| factor.confirmed_at.is_none());
    let old = waiting.ok_or_else(|| Problem::new(Code::StateConflict, "No second factor waits for its first code. Start one with POST /v1/me/totp."))?;
    let totp = generator(seal::open(&owner(old.tenant_id, user_id), &old.seed)?)?;
    let step = step_of(&totp, otp, ctx.wall())
        .ok_or_else(|| Problem::field(Code::InvalidValue, "/otp", "is not the code of this second factor now; check the clock of the device"))?;
    let new = user_factors::Model { confirmed_at: Some(ctx.wall()), last_step: step, ..old.clone() };
    tx.update(&old, &new);
    end_sessions(ctx, tx, user_id, Some(session.id)).await?;
    person_changed(ctx, tx, "user.totp_confirmed", &user).await?;
    give_codes(ctx, tx, user_id).await
}

async fn give_codes(ctx: &Ctx, tx: &mut Tx<'_>, user_id: UserId) -> Result<wire::RecoveryCodes, Problem> {
    drop_codes(tx, user_id);
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let word = Secret::from(crypto::random::<10>()).to_base32().to_lowercase();
        let (first, second) = word.split_at_checked(8).unwrap_or((&word, ""));
        let code = format!("{first}-{second}");
        tx.insert(recovery_codes::Model { tenant_id: tx.tenant(), user_id, hash: hash_of(user_id, &code).to_vec(), created_at: ctx.wall() });
        codes.push(code);
    }
    Ok(wire::RecoveryCodes { object: "recovery_codes".to_owned(), codes })
}

fn drop_codes(tx: &mut Tx<'_>, user: UserId) {
    let values = vec![tx.tenant().into(), user.into()];
    tx.plain("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2", values);
}

/// Replaces the recovery codes.
///
/// # Errors
/// `state_conflict` without a second factor.
pub(super) async fn renew_codes(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<wire::RecoveryCodes, Problem> {
    let (user_id, _) = person(ctx)?;
    let user = tx.must::<users::Entity>(user_id).await?;
    confirmed(tx, user_id).await?.ok_or_else(none)?;
    person_changed(ctx, tx, "user.recovery_codes_renewed", &user).await?;
    give_codes(ctx, tx, user_id).await
}

fn none() -> Problem {
    Problem::new(Code::StateConflict, "There is no second factor.")
}

/// Removes the second factor of a person, and ends the person's sessions but `keep`.
///
/// # Errors
/// `state_conflict` without one.
pub(super) async fn remove(ctx: &Ctx, tx: &mut Tx<'_>, user: &users::Model, keep: Option<uuid::Uuid>) -> Result<wire::SecondFactor, Problem> {
    if !forget(tx, user.id).await? {
        return Err(none());
    }
    end_sessions(ctx, tx, user.id, keep).await?;
    person_changed(ctx, tx, "user.totp_removed", user).await?;
    Ok(wire::SecondFactor { object: "second_factor".to_owned(), user_id: user.id, enabled: false, recovery_codes_left: 0 })
}

/// Takes a person's second factor and recovery codes away; answers whether there was one.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Problem> {
    let Some(old) = row(tx, user).await? else { return Ok(false) };
    tx.delete(&old);
    drop_codes(tx, user);
    Ok(true)
}

/// Whether the person has a second factor.
///
/// # Errors
/// When the database fails.
pub(super) async fn state(tx: &mut Tx<'_>, user_id: UserId) -> Result<wire::SecondFactor, Problem> {
    let enabled = confirmed(tx, user_id).await?.is_some();
    let recovery_codes_left = Find::<recovery_codes::Entity>::new().eq(recovery_codes::Column::UserId, user_id).count(tx).await?;
    Ok(wire::SecondFactor { object: "second_factor".to_owned(), user_id, enabled, recovery_codes_left })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let totp = generator(b"12345678901234567890".to_vec()).unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037")] {
            let at = |seconds: i64| Instant(seconds * 1_000_000);
            assert_eq!(step_of(&totp, code, at(seconds)), Some(seconds / 30), "{code}");
            // One step early or late is still taken, two are not.
            assert_eq!(step_of(&totp, code, at(seconds + 30)), Some(seconds / 30));
            assert_eq!(step_of(&totp, code, at((seconds - 30).max(0))), Some(seconds / 30));
            assert_eq!(step_of(&totp, code, at(seconds + 90)), None);
        }
        for wrong in ["", "28708", "2870822", "abcdef", "000000"] {
            assert_eq!(step_of(&totp, wrong, Instant(59_000_000)), None, "{wrong}");
        }
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let user = UserId::new();
        assert_eq!(hash_of(user, "abcd2345-efgh6723"), hash_of(user, " ABCD2345 EFGH6723 "));
        assert_ne!(hash_of(user, "abcd2345-efgh6723"), hash_of(UserId::new(), "abcd2345-efgh6723"));
    }
}
