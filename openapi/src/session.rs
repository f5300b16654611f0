//! How people sign in: invitations and passwords, sessions, and the second factor.

use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{Instant, SessionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A sign-in of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// Always `session`.
    pub object: String,
    /// When it was opened.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts every visible change but `last_seen_at`; the ETag is `"v<version>"`.
    pub version: i64,
    /// Whose it is.
    pub user_id: UserId,
    /// The address that it was opened from.
    pub source: String,
    /// What the program called itself.
    pub user_agent: Option<String>,
    /// When the person last proved who they are (wall time). Risky steps need this to be minutes ago.
    pub authenticated_at: Instant,
    /// When it was last used, to the minute (wall time).
    pub last_seen_at: Instant,
    /// When it ends at the latest (wall time). Unused it ends earlier.
    pub expires_at: Instant,
    /// When it was revoked (wall time).
    pub revoked_at: Option<Instant>,
}

/// A new session with its token, which is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSession {
    /// Id.
    pub id: SessionId,
    /// Always `session`.
    pub object: String,
    /// When it was opened.
    pub created_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Whose it is.
    pub user_id: UserId,
    /// What stands after `Bearer`.
    pub token: String,
    /// When it ends at the latest (wall time).
    pub expires_at: Instant,
    /// Seconds without a request after which it ends.
    pub idle_seconds: i64,
}

/// Signs a person in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// The mail address.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// The password.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
    /// The short name of the tenant.
    #[schema(max_length = 40)]
    pub tenant: String,
    /// The one-time code, or a recovery code, when the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub otp: Option<String>,
}

/// Proves again who the person is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reauthenticate {
    /// The password.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
    /// The one-time code, or a recovery code, when the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub otp: Option<String>,
}

/// Ends every session of a person but the one that asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSessions {
    /// Whose; the caller's own when not given. Another person's needs `users:write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

/// What was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedSessions {
    /// Always `revoked_sessions`.
    pub object: String,
    /// Whose sessions.
    pub user_id: UserId,
    /// The sessions that were ended.
    pub session_ids: Vec<SessionId>,
}

/// Sets a password with the one-time token of an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// The token of the invitation.
    #[schema(max_length = 200)]
    pub token: String,
    /// The password: at least 12 characters, not one that everybody tries, and without the person's name or mail address.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
}

/// Changes the password of the person who signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    #[schema(format = "password", max_length = 200)]
    pub current_password: String,
    /// The password from now on: at least 12 characters, not one that everybody tries, and without the person's name or mail address.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
}

/// A password was set; every other session of the person has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordSet {
    /// Always `password`.
    pub object: String,
    /// Whose.
    pub user_id: UserId,
    /// The mail address to sign in with.
    pub email: String,
    /// The short name of the tenant to sign in with.
    pub tenant: String,
}

/// A one-time token that lets a person set a password. It is shown this once; a later one replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Always `invitation`.
    pub object: String,
    /// Who is invited.
    pub user_id: UserId,
    /// The token, for `POST /v1/passwords`.
    pub token: String,
    /// When it stops working (wall time).
    pub expires_at: Instant,
}

/// A second factor that waits for its first code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpEnrolment {
    /// Always `totp_enrolment`.
    pub object: String,
    /// The seed for the person's app, in base 32. It is shown this once.
    pub secret: String,
    /// The same as an address that apps read from a QR code.
    pub uri: String,
}

/// The first code of a new second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// The six digits that the app shows.
    #[schema(max_length = 40)]
    pub otp: String,
}

/// Codes that stand in for the second factor, each once. They are shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    /// Always `recovery_codes`.
    pub object: String,
    /// The codes.
    pub codes: Vec<String>,
}

/// Whether the person has a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecondFactor {
    /// Always `second_factor`.
    pub object: String,
    /// Whose.
    pub user_id: UserId,
    /// Whether a code is asked for.
    pub enabled: bool,
    /// Recovery codes that are left.
    pub recovery_codes_left: i64,
}

/// What the list of sessions offers.
pub const SESSIONS: ListSpec = ListSpec {
    table: "sessions",
    filters: &[
        Filter { name: "user_id", kind: FilterKind::Id("usr"), index: "sessions_user_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "sessions_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "sessions_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{Invitation, NewSession, PasswordSet, RecoveryCodes, RevokedSessions, SESSIONS, SecondFactor, Session, TotpEnrolment};
    use crate::session as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{SessionId, UserId};

    endpoints! {
        /// Signs a person in; the answer shows the token once. A wrong password, an unknown address and an unknown tenant get the same answer.
        Post "/v1/sessions" CreateSession () body::CreateSession => Created<NewSession>, any:open, [secret];
        /// Lists the sessions of the person who signed in; with `users:read` those of all people.
        Get "/v1/sessions" ListSessions () Nothing => Page<Session>, any:authenticated, list SESSIONS;
        /// Reads one of one's own sessions; with `users:read` anybody's. An API key has no sessions of its own.
        Get "/v1/sessions/{id}" GetSession (SessionId) Nothing => Json<Session>, any:authenticated;
        /// Ends one of one's own sessions at once; with `users:write` anybody's. Ending the session that asks is signing out.
        Post "/v1/sessions/{id}/revoke" RevokeSession (SessionId) Nothing => Json<Session>, any:authenticated;
        /// Ends every session of a person but the one that asks.
        Post "/v1/sessions/revoke" RevokeSessions () body::RevokeSessions => Json<RevokedSessions>, any:authenticated;
        /// Proves again who the person is, for risky steps.
        Post "/v1/sessions/reauthenticate" Reauthenticate () body::Reauthenticate => Json<Session>, any:person;
        /// Sets a password with the one-time token of an invitation; ends every session of the person.
        Post "/v1/passwords" SetPassword () body::SetPassword => Json<PasswordSet>, any:open;
        /// Changes the password of the person who signed in; ends every other session.
        Post "/v1/me/password" ChangePassword () body::ChangePassword => Json<PasswordSet>, any:person;
        /// Gives a person a one-time token to set a password, the first one or a new one; the answer shows it once.
        Post "/v1/users/{id}/invite" InviteUser (UserId) Nothing => Json<Invitation>, users:write, [secret, step_up];
        /// Tells whether the person has a second factor.
        Get "/v1/me/totp" GetTotp () Nothing => Json<SecondFactor>, any:person;
        /// Starts a second factor; the answer shows its seed once. It counts from the first code on.
        Post "/v1/me/totp" EnrolTotp () Nothing => Created<TotpEnrolment>, any:person, [secret, step_up];
        /// Confirms the second factor with its first code; the answer shows the recovery codes once. Ends every other session.
        Post "/v1/me/totp/confirm" ConfirmTotp () body::ConfirmTotp => Json<RecoveryCodes>, any:person, [secret];
        /// Removes the second factor; ends every other session.
        Post "/v1/me/totp/disable" DisableTotp () Nothing => Json<SecondFactor>, any:person, [step_up];
        /// Replaces the recovery codes; the answer shows the new ones once.
        Post "/v1/me/recovery-codes" RenewRecoveryCodes () Nothing => Json<RecoveryCodes>, any:person, [secret, step_up];
        /// Removes the second factor of a person who lost it; ends every session of that person.
        Post "/v1/users/{id}/reset-totp" ResetTotp (UserId) Nothing => Json<SecondFactor>, users:write, [step_up];
    }
}
