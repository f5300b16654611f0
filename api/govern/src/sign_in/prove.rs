//! Proving who someone is, beside the transaction: the account is read, the password hashed and compared, the code checked.

use super::attempts::{Attempts, Try};
use super::{factor, hash, limits};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{sessions, user_factors, user_passwords, users};
use causeway_entity::platform::tenants;
use causeway_kernel::security::{Refusal, write_down};
use causeway_kernel::{Ctx, Db, Find, Session, Tx, clock, shared};
use causeway_openapi::session as wire;
use causeway_value::{TenantId, TenantMode, TenantStatus, UserId};
use std::sync::{Arc, LazyLock};

static ATTEMPTS: LazyLock<Attempts> = LazyLock::new(Attempts::default);

/// Has tries at other instances counted here, too.
pub(super) fn hear_attempts() {
    shared::hear_attempts(|turn, names| ATTEMPTS.elsewhere(turn, names, clock::wall()));
}

/// A person who proved who they are.
pub(super) struct Proven {
    pub tenant: TenantId,
    pub mode: TenantMode,
    pub status: TenantStatus,
    pub user: UserId,
    /// The hash that the password matched: the transaction looks whether it still stands.
    pub hash: String,
}

/// What is known of an account before its password is looked at.
struct Account {
    tenant: tenants::Model,
    user: users::Model,
    hash: Option<String>,
    factor: Option<user_factors::Model>,
    /// Whether it signed in from this source before.
    known: bool,
}

/// How a try is refused; the same whatever was wrong.
fn wrong() -> Problem {
    Problem::new(Code::Unauthenticated, "Tenant, mail address and password do not belong together, or the account may not sign in.")
}

async fn account(tx: &mut Tx<'_>, tenant: tenants::Model, user: users::Model, source: &str) -> Result<Account, Problem> {
    let hash = Find::<user_passwords::Entity>::new().eq(user_passwords::Column::UserId, user.id).one(tx).await?.map(|row| row.hash);
    let factor = factor::confirmed(tx, user.id).await?;
    let before = Find::<sessions::Entity>::new().eq(sessions::Column::UserId, user.id).eq(sessions::Column::Source, source);
    let known = before.one(tx).await?.is_some();
    Ok(Account { tenant, user, hash, factor, known })
}

async fn by_address(tx: &mut Tx<'_>, slug: &str, email: &str, source: &str) -> Result<Option<Account>, Problem> {
    let Some(tenant) = Find::<tenants::Entity>::new().eq(tenants::Column::Slug, slug).one(tx).await? else { return Ok(None) };
    tx.enter(tenant.id).await?;
    let Some(user) = Find::<users::Entity>::new().eq(users::Column::Email, email).one(tx).await? else { return Ok(None) };
    account(tx, tenant, user, source).await.map(Some)
}

/// The address of a request as it is kept.
pub(super) fn source(ctx: &Ctx) -> String {
    ctx.source.map(|source| source.to_string()).unwrap_or_default()
}

/// Checks mail address, password and code of a sign-in.
///
/// # Errors
/// `unauthenticated`, the same for whatever is wrong; `otp_required`; `rate_limited` after too many wrong tries; `unavailable` when too many sign in at once.
pub(super) async fn sign_in(ctx: &Arc<Ctx>, db: &Db, body: &wire::CreateSession) -> Result<Proven, Problem> {
    let (slug, email, from) = (body.tenant.clone(), body.email.to_lowercase(), source(ctx));
    let typed = format!("{slug}\n{email}");
    let found = db.read(ctx, async move |_, tx| by_address(tx, &slug, &email, &from).await).await?;
    let proven = prove(ctx, db, &typed, found.as_ref(), &body.password, body.otp.as_deref()).await;
    if let Err(problem) = &proven {
        log(ctx, db, found.as_ref(), "/v1/sessions", problem);
    }
    proven
}

/// Checks the password of the person who is signed in, and a code when `otp` asks for it.
///
/// # Errors
/// As [`sign_in`]; a wrong password is a field error, because the session itself is good.
pub(super) async fn again(ctx: &Arc<Ctx>, db: &Db, pointer: &str, password: &str, otp: Option<Option<&str>>) -> Result<Proven, Problem> {
    let (user, _) = person(ctx)?;
    let from = source(ctx);
    let found = db
        .read(ctx, async move |ctx, tx| {
            let tenant = tx.must::<tenants::Entity>(ctx.tenant).await?;
            let user = tx.must::<users::Entity>(user).await?;
            account(tx, tenant, user, &from).await
        })
        .await?;
    let typed = format!("{}\n{}", found.tenant.slug, found.user.email);
    let found = if otp.is_some() { found } else { Account { factor: None, ..found } };
    prove(ctx, db, &typed, Some(&found), password, otp.flatten()).await.map_err(|problem| {
        log(ctx, db, Some(&found), "/v1/sessions/reauthenticate", &problem);
        if problem.code == Code::Unauthenticated { Problem::field(Code::InvalidValue, pointer, "is not right") } else { problem }
    })
}

/// The person and the session of a request.
///
/// # Errors
/// `permission_denied` when a program calls.
pub(super) fn person(ctx: &Ctx) -> Result<(UserId, Session), Problem> {
    let person = ctx.user.map(UserId::from_uuid).zip(ctx.session);
    person.ok_or_else(|| Problem::new(Code::PermissionDenied, "This is for people who signed in: use the token of a session, not an API key."))
}

async fn prove(ctx: &Arc<Ctx>, db: &Db, typed: &str, account: Option<&Account>, password: &str, otp: Option<&str>) -> Result<Proven, Problem> {
    let attempt = Try { account: typed, source: ctx.source, known: account.is_some_and(|account| account.known) };
    ATTEMPTS.begin(&attempt, ctx.wall()).map_err(|seconds| {
        let detail = format!("Too many wrong tries. Try again in {seconds} seconds.");
        Problem::new(Code::RateLimited, detail).with("retry_after_seconds", seconds)
    })?;
    let hash = account.filter(|account| account.user.active).and_then(|account| account.hash.as_deref());
    let matches = match hash::verify(password, hash).await {
        // Whoever was not even looked at did not try.
        Err(problem) if problem.code == Code::Unavailable => {
            ATTEMPTS.unseen(&attempt);
            return Err(problem);
        }
        other => other?,
    };
    let (Some(account), Some(hash), true) = (account, hash, matches) else { return Err(wrong()) };
    ATTEMPTS.right(&attempt);
    if let Some(known) = &account.factor {
        factor::check(ctx, db, known, otp).await?;
    }
    Ok(Proven { tenant: account.tenant.id, mode: account.tenant.mode, status: account.tenant.status, user: account.user.id, hash: hash.to_owned() })
}

/// Looks again, inside the transaction, at what was proven before it. A one-time code was used up when it was judged.
///
/// # Errors
/// `unauthenticated` when the person was stopped or the password changed in between.
pub(super) async fn confirm(tx: &mut Tx<'_>, proven: &Proven) -> Result<users::Model, Problem> {
    let user = tx.get::<users::Entity>(proven.user).await?.filter(|user| user.active).ok_or_else(wrong)?;
    let password = Find::<user_passwords::Entity>::new().eq(user_passwords::Column::UserId, proven.user).one(tx).await?;
    if password.is_none_or(|password| password.hash != proven.hash) {
        return Err(wrong());
    }
    Ok(user)
}

fn log(ctx: &Ctx, db: &Db, account: Option<&Account>, path: &str, problem: &Problem) {
    let refusal = Refusal {
        kind: "sign_in",
        tenant: account.map(|account| account.tenant.id),
        key: None,
        user: account.map(|account| account.user.id),
        source: ctx.source,
        method: "POST",
        path: path.to_owned(),
        status: problem.status,
        code: problem.code.to_string(),
        request_id: ctx.request_id.clone(),
    };
    write_down(db, refusal);
}

/// The session as the adapter knows it.
pub(crate) fn facts(row: &sessions::Model) -> Session {
    Session { id: row.id.uuid(), authenticated_at: row.authenticated_at, fresh_until: row.authenticated_at.plus_seconds(limits().step_up_seconds) }
}
