//! Who may act and when it is: users, roles, API keys, the caller itself, the tenant's clock and the audit trail.

use crate::object::{Actor, ExternalRef, Subject};
use crate::session::{Invitation, Session};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{ApiKeyId, AuditEntryId, CompanyId, Instant, RoleId, SecurityEventId, TenantId, TenantMode, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A person who works in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Always `user`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The mail address, unique in the tenant.
    pub email: String,
    /// The roles, whose permissions add up.
    pub role_ids: Vec<RoleId>,
    /// The companies the user is limited to; empty means all.
    pub company_ids: Vec<CompanyId>,
    /// Whether the user may act.
    pub active: bool,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A new user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The mail address, unique in the tenant.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// The roles.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub role_ids: Vec<RoleId>,
    /// The companies the user is limited to; empty means all that the caller may see.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub company_ids: Vec<CompanyId>,
    /// Its ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// A new user with an invitation to set a password. Its token is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewUser {
    /// Id.
    pub id: UserId,
    /// Always `user`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The mail address, unique in the tenant.
    pub email: String,
    /// The roles, whose permissions add up.
    pub role_ids: Vec<RoleId>,
    /// The companies the user is limited to; empty means all.
    pub company_ids: Vec<CompanyId>,
    /// Whether the user may act.
    pub active: bool,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
    /// Lets the person set a password and sign in. Left out when the same user was created before under the same external references: `…/invite` gives a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
}

/// Changes a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, format = "email", max_length = 254)]
    pub email: Patch<String>,
    /// All roles from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<RoleId>, max_items = 500)]
    pub role_ids: Patch<Vec<RoleId>>,
    /// All company grants from now on; empty means all that the caller may see.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<CompanyId>, max_items = 500)]
    pub company_ids: Patch<Vec<CompanyId>>,
    /// Whether the user may act.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// All ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// Id.
    pub id: RoleId,
    /// Always `role`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name, unique in the tenant, as approval rules refer to it.
    pub name: String,
    /// Permissions such as `quotes:approve`; `*:*` is every one.
    pub permissions: Vec<String>,
    /// Whether it came with the tenant; such a role cannot be changed.
    pub built_in: bool,
}

/// A new role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRole {
    /// The name, unique in the tenant.
    #[schema(max_length = 200)]
    pub name: String,
    /// Permissions such as `quotes:approve`.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub permissions: Vec<String>,
}

/// Changes a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRole {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// All permissions from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 500)]
    pub permissions: Patch<Vec<String>>,
}

/// Who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleHolders {
    /// Always `role_holders`.
    pub object: String,
    /// The role.
    pub role_id: RoleId,
    /// The people who hold it, 200 at most.
    pub users: Vec<RoleHolder>,
    /// Whether there are more.
    pub has_more: bool,
}

/// A person who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleHolder {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// Whether the user may act.
    pub active: bool,
}

/// Every permission that a role or key can give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Permissions {
    /// Always `permissions`.
    pub object: String,
    /// The permissions, in order.
    pub permissions: Vec<String>,
}

/// A credential of a program. Its secret is stored hashed and never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Id.
    pub id: ApiKeyId,
    /// Always `api_key`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it is for.
    pub name: String,
    /// The first characters of the secret, to recognise it.
    pub prefix: String,
    /// The person who answers for it: what the key does, that person did. It can never do more than that person can at the time.
    pub user_id: Option<UserId>,
    /// Its permissions, as far as the person who answers for it has them.
    pub scopes: Vec<String>,
    /// The companies it is limited to, as far as the person who answers for it may see them; empty means all of those.
    pub company_ids: Vec<CompanyId>,
    /// The addresses and ranges of addresses that it may be used from; empty means everywhere.
    pub allowed_sources: Vec<String>,
    /// Why the platform opened the tenant with this key; null for the tenant's own keys.
    pub platform_reason: Option<String>,
    /// The other system that writes with this key, by which ownership rules know it; null for what writes as `causeway`.
    pub system: Option<String>,
    /// When it stops working (wall time); null for never.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation still works (wall time).
    pub previous_expires_at: Option<Instant>,
    /// When it was revoked (wall time).
    pub revoked_at: Option<Instant>,
    /// When it was last used, to ten minutes (wall time). Not counted by the version; null in events.
    pub last_used_at: Option<Instant>,
}

/// A key with its new secret, which is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// Id.
    pub id: ApiKeyId,
    /// Always `api_key`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it is for.
    pub name: String,
    /// The first characters of the secret, to recognise it.
    pub prefix: String,
    /// The person who answers for it: what the key does, that person did.
    pub user_id: Option<UserId>,
    /// Its permissions.
    pub scopes: Vec<String>,
    /// The companies it is limited to; empty means all.
    pub company_ids: Vec<CompanyId>,
    /// The addresses and ranges of addresses that it may be used from; empty means everywhere.
    pub allowed_sources: Vec<String>,
    /// Why the platform opened the tenant with this key; null for the tenant's own keys.
    pub platform_reason: Option<String>,
    /// The other system that writes with this key, by which ownership rules know it; null for what writes as `causeway`.
    pub system: Option<String>,
    /// When it stops working (wall time); null for never.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation still works (wall time).
    pub previous_expires_at: Option<Instant>,
    /// When it was revoked (wall time).
    pub revoked_at: Option<Instant>,
    /// What stands after `Bearer`.
    pub secret: String,
}

/// A new key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its permissions; nobody can give more than they have.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub scopes: Vec<String>,
    /// The companies it is limited to; empty means all that the caller may see.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub company_ids: Vec<CompanyId>,
    /// The addresses and ranges of addresses that it may be used from, such as `203.0.113.7` or `2001:db8::/32`; empty means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub allowed_sources: Vec<String>,
    /// The other system that writes with it, such as `sap`, by which ownership rules know it; leave it out for what writes as `causeway`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub system: Option<String>,
    /// When it stops working (wall time).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// Changes what a key is called, which system writes with it, and where it may be used from. What it may do never changes: make another key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateApiKey {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// All addresses and ranges from now on; empty means everywhere.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 50)]
    pub allowed_sources: Patch<Vec<String>>,
    /// The other system that writes with it; null for what writes as `causeway`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub system: Patch<String>,
}

/// Gives a key a new secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// How long the old secret still works, in seconds: 0 to a week, 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 604_800)]
    pub overlap_seconds: Option<u32>,
}

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// Always `me`.
    pub object: String,
    /// The tenant that the credential belongs to.
    pub tenant: MyTenant,
    /// Who the caller is.
    pub actor: Actor,
    /// The person behind the credential, when there is one.
    pub user: Option<User>,
    /// The sign-in, when a person calls with a session.
    pub session: Option<Session>,
    /// Until when the sign-in is recent enough for risky steps.
    pub fresh_until: Option<Instant>,
    /// What the caller may do.
    pub permissions: Vec<String>,
    /// The companies the caller is limited to; empty means all.
    pub company_ids: Vec<CompanyId>,
}

/// The tenant of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyTenant {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// Real business, or a trial.
    pub mode: TenantMode,
}

/// The business clock of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// Always `clock`.
    pub object: String,
    /// Counts the times it was set or advanced.
    pub version: i64,
    /// Its time.
    pub now: Instant,
    /// Whether it stands still because it was set; otherwise it runs with real time.
    pub standing: bool,
}

/// Sets the clock of a sandbox tenant. Refused with 409 once a document is numbered or a journal entry exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetClock {
    /// Its time from now on; it stands still there.
    pub now: Instant,
}

/// Moves a standing clock forward and runs what falls due, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClock {
    /// Its new time, later than the present one.
    pub to: Instant,
}

/// One change of one object: who changed what, when and why. Entries form a hash chain per tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Id.
    pub id: AuditEntryId,
    /// Always `audit_entry`.
    pub object: String,
    /// Its place in the tenant's chain, without gaps.
    pub sequence: i64,
    /// The operation, such as `confirm_order`.
    pub operation: String,
    /// Who.
    pub actor: Actor,
    /// What was changed.
    pub subject: Subject,
    /// The version that the change made.
    pub subject_version: i64,
    /// The request that did it.
    pub request_id: String,
    /// When, by the tenant's clock.
    pub occurred_at: Instant,
    /// When, by wall time.
    pub recorded_at: Instant,
    /// Every changed field.
    pub changes: BTreeMap<String, Change>,
    /// The hash of this entry and the one before it, in hexadecimal.
    pub hash: String,
    /// The hash of the entry before; null for the first.
    pub previous_hash: Option<String>,
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// What it was; null when it did not exist.
    pub before: Value,
    /// What it became.
    pub after: Value,
}

/// What the list of users offers.
pub const USERS: ListSpec = ListSpec {
    table: "users",
    filters: &[
        Filter { name: "email", kind: FilterKind::Mail { small: true }, index: "users_email_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "users_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "users_updated_at" }],
    search: true,
    external_refs: true,
};

/// What the list of roles offers.
pub const ROLES: ListSpec = ListSpec {
    table: "roles",
    filters: &[
        Filter { name: "name", kind: FilterKind::Word, index: "roles_name_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "roles_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "roles_updated_at" }],
    search: false,
    external_refs: false,
};

/// What the list of api keys offers.
pub const API_KEYS: ListSpec = ListSpec {
    table: "api_keys",
    filters: &[Filter { name: "updated_at", kind: FilterKind::Instant, index: "api_keys_updated_at" }],
    sorts: &[Sort { name: "updated_at", index: "api_keys_updated_at" }],
    search: false,
    external_refs: false,
};

/// A request that was refused. Kept apart from the audit trail: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecurityEvent {
    /// Id.
    pub id: SecurityEventId,
    /// Always `security_event`.
    pub object: String,
    /// When it was refused (wall time).
    pub created_at: Instant,
    /// `refusal`, or `sign_in` when a password or code was not right. `refusals_counted` is the last of a minute that is listed: those after it are only counted.
    pub kind: String,
    /// The tenant; null when the caller was of none.
    pub tenant_id: Option<TenantId>,
    /// The key that called.
    pub api_key_id: Option<ApiKeyId>,
    /// The person who called, or whose account was tried.
    pub user_id: Option<UserId>,
    /// The address that the request came from.
    pub source: Option<String>,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: i64,
    /// The problem code of the answer.
    pub code: String,
    /// The id of the request.
    pub request_id: String,
}

/// What the list of security events offers.
pub const SECURITY_EVENTS: ListSpec = ListSpec {
    table: "security_log",
    filters: &[
        Filter { name: "user_id", kind: FilterKind::Id("usr"), index: "security_log_user_id" },
        Filter { name: "api_key_id", kind: FilterKind::Id("key"), index: "security_log_api_key_id" },
        Filter { name: "code", kind: FilterKind::Word, index: "security_log_code" },
        Filter { name: "created_at", kind: FilterKind::Made("at"), index: "security_log_tenant_id" },
    ],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// What the list of audit entries offers.
pub const AUDIT_ENTRIES: ListSpec = ListSpec {
    table: "events",
    filters: &[
        Filter { name: "subject_id", kind: FilterKind::AnyId, index: "events_subject_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "events_flow_id" },
        Filter { name: "actor_id", kind: FilterKind::AnyId, index: "events_actor_id" },
        Filter { name: "recorded_at", kind: FilterKind::Made("recorded_at"), index: "events_pkey" },
    ],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{
        API_KEYS, AUDIT_ENTRIES, ApiKey, AuditEntry, Clock, Me, NewApiKey, NewUser, Permissions, ROLES, Role, RoleHolders, SECURITY_EVENTS, SecurityEvent,
        USERS, User,
    };
    use crate::identity as body;
    use crate::integration::Job;
    use crate::object::{ObjectsVerification, Verification, VerifyObjectsQuery};
    use causeway_contract::{Accepted, Created, Json, Nothing, Page, endpoints};
    use causeway_value::{ApiKeyId, RoleId, UserId};

    endpoints! {
        /// Lists users.
        Get "/v1/users" ListUsers () Nothing => Page<User>, users:read, list USERS;
        /// Creates a user; the answer shows once the token of an invitation to set a password.
        Post "/v1/users" CreateUser () body::CreateUser => Created<NewUser>, users:write, [secret, step_up];
        /// Reads a user.
        Get "/v1/users/{id}" GetUser (UserId) Nothing => Json<User>, users:read;
        /// Changes a user who can do no more than the caller. The last active owner stays one.
        Patch "/v1/users/{id}" UpdateUser (UserId) body::UpdateUser => Json<User>, users:write, [step_up];
        /// Lists roles.
        Get "/v1/roles" ListRoles () Nothing => Page<Role>, roles:read, list ROLES;
        /// Creates a role.
        Post "/v1/roles" CreateRole () body::CreateRole => Created<Role>, roles:write, [step_up];
        /// Reads a role.
        Get "/v1/roles/{id}" GetRole (RoleId) Nothing => Json<Role>, roles:read;
        /// Changes a role.
        Patch "/v1/roles/{id}" UpdateRole (RoleId) body::UpdateRole => Json<Role>, roles:write, [step_up];
        /// Removes a role that nobody holds.
        Delete "/v1/roles/{id}" DeleteRole (RoleId) Nothing => Json<Role>, roles:write, [step_up];
        /// Tells who holds a role.
        Get "/v1/roles/{id}/holders" GetRoleHolders (RoleId) Nothing => Json<RoleHolders>, roles:read;
        /// Lists every permission that a role or key can give.
        Get "/v1/permissions" GetPermissions () Nothing => Json<Permissions>, roles:read;
        /// Lists API keys.
        Get "/v1/api-keys" ListApiKeys () Nothing => Page<ApiKey>, keys:read, list API_KEYS;
        /// Creates an API key; the answer shows its secret once.
        Post "/v1/api-keys" CreateApiKey () body::CreateApiKey => Created<NewApiKey>, keys:manage, [secret, step_up];
        /// Reads an API key, without its secret.
        Get "/v1/api-keys/{id}" GetApiKey (ApiKeyId) Nothing => Json<ApiKey>, keys:read;
        /// Changes the name of an API key that can do no more than the caller, and where it may be used from.
        Patch "/v1/api-keys/{id}" UpdateApiKey (ApiKeyId) body::UpdateApiKey => Json<ApiKey>, keys:manage, [step_up];
        /// Gives an API key that can do no more than the caller a new secret; the answer shows it once.
        Post "/v1/api-keys/{id}/rotate" RotateApiKey (ApiKeyId) body::RotateApiKey => Json<NewApiKey>, keys:manage, [secret, step_up];
        /// Revokes an API key at once and for ever.
        Post "/v1/api-keys/{id}/revoke" RevokeApiKey (ApiKeyId) Nothing => Json<ApiKey>, keys:manage;
        /// Tells who the caller is and what it may do.
        Get "/v1/me" GetMe () Nothing => Json<Me>, any:authenticated;
        /// Reads the tenant's business clock.
        Get "/v1/clock" GetClock () Nothing => Json<Clock>, clock:read;
        /// Sets the clock of a sandbox tenant.
        Put "/v1/clock" SetClock () body::SetClock => Json<Clock>, clock:write;
        /// Advances the clock of a sandbox tenant and runs what falls due, in order.
        Post "/v1/clock/advance" AdvanceClock () body::AdvanceClock => Accepted<Job>, clock:write;
        /// Lists audit entries of the objects that the caller may read.
        Get "/v1/audit-entries" ListAuditEntries () Nothing => Page<AuditEntry>, audit:read, list AUDIT_ENTRIES;
        /// Lists requests that were refused: wrong passwords and keys, missing rights, ids that are not there.
        Get "/v1/security-events" ListSecurityEvents () Nothing => Page<SecurityEvent>, security:read, list SECURITY_EVENTS;
        /// Verifies the hash chain of the audit entries.
        Get "/v1/audit-entries/verify" VerifyAuditEntries () Nothing => Json<Verification>, audit:read;
        /// Compares what objects show with what their last audit entries recorded, part by part: `next_cursor` is where the next part begins.
        Get "/v1/audit-entries/verify-objects" VerifyObjects () Nothing => Json<ObjectsVerification>, audit:read, query VerifyObjectsQuery;
    }
}
