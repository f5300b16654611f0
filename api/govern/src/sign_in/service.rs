//! The verbs of sessions and passwords.

use super::prove::{Proven, confirm, person, source};
use super::{factor, hash, limits, policy};
use crate::identity::service::{manageable, record_user};
use crate::refs;
use causeway_contract::{Code, ListQuery, Page, Problem};
use causeway_entity::govern::{sessions, user_passwords, users};
use causeway_entity::platform::{tenants, tokens};
use causeway_kernel::limits::INVITATION_SECONDS;
use causeway_kernel::{Change, Ctx, Db, Find, Tx, crypto, list};
use causeway_openapi::session as wire;
use causeway_value::{Instant, SessionId, TenantStatus, TokenKind, UserId};
use std::sync::Arc;
use uuid::Uuid;

/// What a session's token starts with.
pub(crate) const SESSION_PREFIX: &str = "cw_sess_";
const INVITATION_PREFIX: &str = "cw_invite_";
/// Seconds between two notes that a session was used, at most.
const SEEN_SECONDS: i64 = 60;

/// Seconds between two notes that a session was used: a tenth of the time after which it would end, a minute at most.
pub(crate) fn last_seen_interval() -> i64 {
    (limits().idle_seconds / 10).clamp(1, SEEN_SECONDS)
}

// ---- sessions ----

/// Opens a session for a person who proved who they are.
///
/// # Errors
/// `unauthenticated` when that is no longer so; `tenant_suspended`.
pub(super) async fn open(ctx: &Ctx, tx: &mut Tx<'_>, proven: &Proven) -> Result<wire::NewSession, Problem> {
    if proven.status == TenantStatus::Suspended {
        return Err(Problem::new(Code::TenantSuspended, "This tenant is suspended. Its owner should contact the operator of this service."));
    }
    tx.enter(proven.tenant).await?;
    let ctx = ctx.inside(proven.tenant, proven.mode).by_user(proven.user.uuid());
    confirm(tx, proven).await?;
    let now = ctx.wall();
    let row = sessions::Model {
        tenant_id: proven.tenant,
        id: SessionId::new(),
        user_id: proven.user,
        source: source(&ctx),
        user_agent: ctx.user_agent.clone(),
        authenticated_at: now,
        last_seen_at: now,
        expires_at: now.plus_seconds(limits().absolute_seconds),
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    let token = give_token(tx, SESSION_PREFIX, TokenKind::Session, row.id.uuid(), now, row.expires_at);
    // Tokens that nobody can use any more go with the next sign-in.
    tx.plain("DELETE FROM tokens WHERE tenant_id = $1 AND valid_until < $2", vec![proven.tenant.into(), now.into()]);
    record(&ctx, tx, "session.created", &row)?;
    Ok(wire::NewSession {
        id: row.id,
        object: "session".to_owned(),
        created_at: row.created_at,
        version: row.version,
        user_id: row.user_id,
        token,
        expires_at: row.expires_at,
        idle_seconds: limits().idle_seconds,
    })
}

/// Makes a secret for `subject` and remembers its hash.
pub(crate) fn give_token(tx: &mut Tx<'_>, prefix: &str, kind: TokenKind, subject: Uuid, now: Instant, until: Instant) -> String {
    let token = crypto::secret(prefix);
    tx.insert(tokens::Model {
        hash: crypto::sha256(&[token.as_bytes()]).to_vec(),
        kind,
        tenant_id: tx.tenant(),
        subject_id: subject,
        valid_until: until,
        created_at: now,
    });
    token
}

/// The live token of this secret.
pub(crate) async fn token(tx: &mut Tx<'_>, kind: TokenKind, hash: &[u8; 32], now: Instant) -> Result<Option<tokens::Model>, Problem> {
    let found = Find::<tokens::Entity>::new().eq(tokens::Column::Hash, hash.to_vec()).one(tx).await?;
    Ok(found.filter(|token| token.kind == kind && token.valid_until > now))
}

fn take_tokens(tx: &mut Tx<'_>, subject: Uuid) {
    tx.plain("DELETE FROM tokens WHERE subject_id = $1", vec![subject.into()]);
}

/// A page of sessions: the caller's own, or everybody's with `users:read`.
///
/// # Errors
/// As every list.
pub(super) async fn page(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<wire::Session>, Problem> {
    let person = ctx.user.filter(|_| ctx.may("any:person"));
    let own = if ctx.may("users:read") { None } else { Some(person.unwrap_or_default()) };
    let refine = |find: Find<sessions::Entity>| match own {
        Some(user) => find.eq(sessions::Column::UserId, user),
        None => find,
    };
    let rows = list::list_where::<sessions::Entity>(ctx, tx, &wire::SESSIONS, "session", query, refine).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(rows.page(data))
}

/// A session that the caller may see: a person's own, or anybody's with `right`. Another's is like one that does not exist. A key acts for a person, but
/// has what its scopes give it, and no more.
fn visible(ctx: &Ctx, row: sessions::Model, right: &str) -> Result<sessions::Model, Problem> {
    let own = ctx.may("any:person") && ctx.user == Some(row.user_id.uuid());
    if own || ctx.may(right) { Ok(row) } else { Err(Problem::not_found()) }
}

/// Reads a session.
///
/// # Errors
/// `not_found`.
pub(super) async fn get(ctx: &Ctx, tx: &mut Tx<'_>, id: SessionId) -> Result<wire::Session, Problem> {
    let row = tx.must::<sessions::Entity>(id).await?;
    Ok(view(&visible(ctx, row, "users:read")?))
}

/// Ends a session at once.
///
/// # Errors
/// `not_found`; `state_conflict` when it was ended before.
pub(super) async fn revoke(ctx: &Ctx, tx: &mut Tx<'_>, id: SessionId) -> Result<wire::Session, Problem> {
    let row = tx.lock::<sessions::Entity>(id).await?;
    let old = visible(ctx, row, "users:write")?;
    if old.revoked_at.is_some() {
        return Err(Problem::new(Code::StateConflict, "The session was ended before."));
    }
    end(ctx, tx, &old)
}

fn end(ctx: &Ctx, tx: &mut Tx<'_>, old: &sessions::Model) -> Result<wire::Session, Problem> {
    let new = sessions::Model { revoked_at: Some(ctx.wall()), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(old, &new);
    take_tokens(tx, old.id.uuid());
    tx.rights_changed();
    record(ctx, tx, "session.revoked", &new)
}

/// Ends every session of a person that still works, but `keep`. Answers which.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_sessions(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, keep: Option<Uuid>) -> Result<Vec<SessionId>, Problem> {
    let mut live = Find::<sessions::Entity>::new().eq(sessions::Column::UserId, user).is_null(sessions::Column::RevokedAt);
    live = live.gt(sessions::Column::ExpiresAt, ctx.wall()).order_by(sessions::Column::Id).lock();
    let mut ended = Vec::new();
    for row in live.all(tx).await? {
        if keep != Some(row.id.uuid()) {
            end(ctx, tx, &row)?;
            ended.push(row.id);
        }
    }
    Ok(ended)
}

/// Ends every session of a person but the one that asks.
///
/// # Errors
/// `permission_denied` for another person's, and for a key, without `users:write`; a person who is not of this tenant is named.
pub(super) async fn revoke_all(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::RevokeSessions) -> Result<wire::RevokedSessions, Problem> {
    let own = ctx.user.map(UserId::from_uuid);
    let signed_in = ctx.may("any:person");
    if !signed_in || (body.user_id != own && body.user_id.is_some()) {
        ctx.require("users:write")?;
    }
    let nobody = || Problem::field(Code::Required, "/user_id", "must name a person: this key acts for none");
    let user_id = body.user_id.or(own).ok_or_else(nobody)?;
    let mut errors = Vec::new();
    tx.named::<users::Entity, _>(Some(user_id), "/user_id", &mut errors).await?;
    if !errors.is_empty() {
        return Err(Problem::of(errors));
    }
    let session_ids = end_sessions(ctx, tx, user_id, ctx.session.map(|session| session.id)).await?;
    Ok(wire::RevokedSessions { object: "revoked_sessions".to_owned(), user_id, session_ids })
}

/// Makes the session as fresh as a new one.
///
/// # Errors
/// `unauthenticated` when what was proven is no longer so.
pub(super) async fn refresh(ctx: &Ctx, tx: &mut Tx<'_>, proven: &Proven) -> Result<wire::Session, Problem> {
    let (_, session) = person(ctx)?;
    confirm(tx, proven).await?;
    let old = tx.lock::<sessions::Entity>(session.id).await?;
    let new = sessions::Model { authenticated_at: ctx.wall(), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    tx.rights_changed();
    record(ctx, tx, "session.reauthenticated", &new)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &sessions::Model) -> Result<wire::Session, Problem> {
    let body = view(row);
    tx.record(ctx, &Change { event, object: "session", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The session as the API shows it.
pub(crate) fn view(row: &sessions::Model) -> wire::Session {
    wire::Session {
        id: row.id,
        object: "session".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        user_id: row.user_id,
        source: row.source.clone(),
        user_agent: row.user_agent.clone(),
        authenticated_at: row.authenticated_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    }
}

// ---- passwords ----

/// A password that may be set, hashed before the transaction.
pub(super) struct Chosen {
    hash: String,
    /// The invitation that it is set with; none when the person is signed in.
    invitation: Option<[u8; 32]>,
    /// What proved that the person may change it.
    proven: Option<Proven>,
}

fn bad_token() -> Problem {
    Problem::new(Code::Unauthenticated, "This invitation is not valid: unknown, used or expired. Ask an administrator for a new one.")
}

fn refuse(password: &str, user: &users::Model, tenant: &tenants::Model) -> Result<(), Problem> {
    let whose = policy::Whose { name: &user.name, email: &user.email, tenant: &tenant.name, slug: &tenant.slug };
    policy::fault(password, &whose).map_or(Ok(()), |fault| Err(Problem::field(Code::InvalidValue, "/password", fault)))
}

/// Looks at the invitation and hashes the password, beside the transaction.
///
/// # Errors
/// `unauthenticated` for a token that does not work; a password that will not do says why.
pub(super) async fn choose(ctx: &Arc<Ctx>, db: &Db, body: &wire::SetPassword) -> Result<Chosen, Problem> {
    let invitation = crypto::sha256(&[body.token.as_bytes()]);
    let (user, tenant, _) = db.read(ctx, async move |ctx, tx| invited(ctx, tx, &invitation).await).await?;
    refuse(&body.password, &user, &tenant)?;
    Ok(Chosen { hash: hash::hash(&body.password).await?, invitation: Some(invitation), proven: None })
}

/// The person of an invitation and their tenant; the transaction goes on inside that tenant.
async fn invited(ctx: &Ctx, tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<(users::Model, tenants::Model, tokens::Model), Problem> {
    let token = token(tx, TokenKind::Invitation, hash, ctx.wall()).await?.ok_or_else(bad_token)?;
    let tenant = tx.get::<tenants::Entity>(token.tenant_id).await?.ok_or_else(bad_token)?;
    tx.enter(tenant.id).await?;
    let user = tx.get::<users::Entity>(token.subject_id).await?.filter(|user| user.active).ok_or_else(bad_token)?;
    Ok((user, tenant, token))
}

/// Checks the old password and hashes the new one, beside the transaction.
///
/// # Errors
/// A wrong old password, or a new one that will not do, names its field.
pub(super) async fn choose_again(ctx: &Arc<Ctx>, db: &Db, body: &wire::ChangePassword) -> Result<Chosen, Problem> {
    let (id, _) = person(ctx)?;
    let proven = super::prove::again(ctx, db, "/current_password", &body.current_password, None).await?;
    let read = db.read(ctx, async move |ctx, tx| Ok((tx.must::<users::Entity>(id).await?, tx.must::<tenants::Entity>(ctx.tenant).await?)));
    let (user, tenant) = read.await?;
    refuse(&body.password, &user, &tenant)?;
    if body.password == body.current_password {
        return Err(Problem::field(Code::InvalidValue, "/password", "is the password until now; choose another"));
    }
    Ok(Chosen { hash: hash::hash(&body.password).await?, invitation: None, proven: Some(proven) })
}

/// Sets a password, uses the invitation up, and ends the person's sessions but the one that asks.
///
/// # Errors
/// `unauthenticated` when the invitation was used in between.
pub(super) async fn set_password(ctx: &Ctx, tx: &mut Tx<'_>, chosen: &Chosen) -> Result<wire::PasswordSet, Problem> {
    let (user, tenant, ctx) = match (&chosen.invitation, &chosen.proven) {
        (Some(hash), _) => {
            let (user, tenant, token) = invited(ctx, tx, hash).await?;
            // Of two that use it at once, one finds it gone.
            tx.delete(&token);
            let ctx = ctx.inside(tenant.id, tenant.mode).by_user(user.id.uuid());
            (user, tenant, ctx)
        }
        (None, Some(proven)) => {
            let user = confirm(tx, proven).await?;
            (user, tx.must::<tenants::Entity>(ctx.tenant).await?, ctx.clone())
        }
        (None, None) => return Err(bad_token()),
    };
    let new = user_passwords::Model { tenant_id: tenant.id, user_id: user.id, hash: chosen.hash.clone(), changed_at: ctx.wall() };
    match Find::<user_passwords::Entity>::new().eq(user_passwords::Column::UserId, user.id).lock().one(tx).await? {
        Some(old) => tx.update(&old, &new),
        None => tx.insert(new),
    }
    take_tokens(tx, user.id.uuid());
    end_sessions(&ctx, tx, user.id, ctx.session.map(|session| session.id)).await?;
    person_changed(&ctx, tx, "user.password_set", &user).await?;
    Ok(wire::PasswordSet { object: "password".to_owned(), user_id: user.id, email: user.email, tenant: tenant.slug })
}

/// Records that something about a person's sign-in changed: the person's object gets a new version, the secret itself is nowhere in it.
///
/// # Errors
/// When it cannot be recorded.
pub(super) async fn person_changed(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &users::Model) -> Result<users::Model, Problem> {
    let new = users::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(old, &new);
    let refs = refs::pairs_of(tx, old.id.uuid()).await?;
    record_user(ctx, tx, event, &new, refs)?;
    Ok(new)
}

/// A new invitation for a person; the ones before stop working.
pub(crate) fn invite(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId) -> wire::Invitation {
    let now = ctx.wall();
    let expires_at = now.plus_seconds(INVITATION_SECONDS);
    take_tokens(tx, user.uuid());
    let token = give_token(tx, INVITATION_PREFIX, TokenKind::Invitation, user.uuid(), now, expires_at);
    wire::Invitation { object: "invitation".to_owned(), user_id: user, token, expires_at }
}

/// Lets a person begin anew: what they signed in with is gone but the password, which the invitation replaces.
///
/// # Errors
/// When the database fails.
pub(crate) async fn anew(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId) -> Result<wire::Invitation, Problem> {
    factor::forget(tx, user).await?;
    end_sessions(ctx, tx, user, None).await?;
    Ok(invite(ctx, tx, user))
}

/// Invites a person to set a password, the first one or a new one.
///
/// # Errors
/// As [`manageable`]; `state_conflict` for a person who left.
pub(super) async fn invite_user(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> Result<wire::Invitation, Problem> {
    let (user, _) = manageable(ctx, tx, id).await?;
    if !user.active {
        return Err(Problem::new(Code::StateConflict, "The user is not active. Activate the user first."));
    }
    person_changed(ctx, tx, "user.invited", &user).await?;
    Ok(invite(ctx, tx, id))
}

/// Removes the second factor of a person who lost it.
///
/// # Errors
/// As [`manageable`]; `state_conflict` without one.
pub(super) async fn reset_totp(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> Result<wire::SecondFactor, Problem> {
    let (user, _) = manageable(ctx, tx, id).await?;
    factor::remove(ctx, tx, &user, ctx.session.map(|session| session.id)).await
}

/// What a session's principal is made of, when it works.
///
/// # Errors
/// When the database fails.
pub(crate) async fn working(tx: &mut Tx<'_>, id: Uuid, now: Instant) -> Result<Option<sessions::Model>, Problem> {
    let row = tx.get::<sessions::Entity>(SessionId::from_uuid(id)).await?;
    Ok(row.filter(|row| super::standing(row.revoked_at, row.last_seen_at, row.expires_at, now, limits()) == super::Standing::Open))
}

/// Notes that a session was used, outside its version.
pub(crate) fn seen(tx: &mut Tx<'_>, id: Uuid, now: Instant) {
    // Marks are numbered in the order in which they stand.
    let values = vec![now.into(), tx.tenant().into(), id.into()];
    tx.plain("UPDATE sessions SET last_seen_at = $1 WHERE tenant_id = $2 AND id = $3 AND last_seen_at < $1", values);
}
