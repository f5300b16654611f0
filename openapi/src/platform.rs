//! Platform administration: the first key and the tenants. Its credential is the platform administrator's, never a tenant's.

use crate::object::{Actor, Subject};
use crate::session::Invitation;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{ApiKeyId, Instant, PlatformAuditEntryId, PlatformKeyId, TenantId, TenantMode, TenantStatus, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Trades the one-time token that the first start prints for the first administrator's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The token.
    #[schema(max_length = 200)]
    pub token: String,
}

/// The first administrator's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstKey {
    /// The key with its secret.
    pub api_key: PlatformKeySecret,
}

/// A new key of the platform. The secret is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformKeySecret {
    /// The key.
    pub id: PlatformKeyId,
    /// What stands after `Bearer`.
    pub secret: String,
}

/// A key with which an administrator, or a program, works on the platform. It may do everything under `/admin/v1` and nothing in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformKey {
    /// Id.
    pub id: PlatformKeyId,
    /// Always `platform_key`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it is for, or whose it is.
    pub name: String,
    /// The first characters of the secret, to recognise it.
    pub prefix: String,
    /// When it stops working (wall time); null for never.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation still works (wall time).
    pub previous_expires_at: Option<Instant>,
    /// When it was revoked (wall time).
    pub revoked_at: Option<Instant>,
}

/// A key of the platform with its new secret, which is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewPlatformKey {
    /// Id.
    pub id: PlatformKeyId,
    /// Always `platform_key`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it is for, or whose it is.
    pub name: String,
    /// The first characters of the secret, to recognise it.
    pub prefix: String,
    /// When it stops working (wall time); null for never.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation still works (wall time).
    pub previous_expires_at: Option<Instant>,
    /// Always null.
    pub revoked_at: Option<Instant>,
    /// What stands after `Bearer`.
    pub secret: String,
}

/// A new key of the platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlatformKey {
    /// What it is for, or whose it is.
    #[schema(max_length = 200)]
    pub name: String,
    /// When it stops working (wall time); never when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// Gives a key of the platform a new secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotatePlatformKey {
    /// How long the old secret still works, in seconds: 0 to a week, 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 604_800)]
    pub overlap_seconds: Option<u32>,
}

/// A new key. The secret is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeySecret {
    /// The key.
    pub id: ApiKeyId,
    /// What stands after `Bearer`.
    pub secret: String,
}

/// A SaaS customer. Everything belongs to exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Id.
    pub id: TenantId,
    /// Always `tenant`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its short name, unique, as used to log in.
    pub slug: String,
    /// Real business, or a trial with a clock that can be set.
    pub mode: TenantMode,
    /// Whether it may work.
    pub status: TenantStatus,
    /// Why it was suspended.
    pub suspended_reason: Option<String>,
    /// Requests a minute of the whole tenant; null is the default: a generous one for a live tenant, a lower one for a sandbox.
    pub requests_per_minute: Option<i64>,
    /// Requests a minute of one credential; null is the default.
    pub credential_requests_per_minute: Option<i64>,
    /// Users that may be active at once; null is unlimited.
    pub max_users: Option<i64>,
    /// Companies that it may have; null is unlimited.
    pub max_companies: Option<i64>,
}

/// Changes a tenant: its name, what it may ask for a minute, and how many users and companies it may have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTenant {
    /// Its name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Requests a minute of the whole tenant; null is the default.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000_000)]
    pub requests_per_minute: Patch<i64>,
    /// Requests a minute of one credential; null is the default.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000_000)]
    pub credential_requests_per_minute: Patch<i64>,
    /// Users that may be active at once; null is unlimited.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    pub max_users: Patch<i64>,
    /// Companies that it may have; null is unlimited.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    pub max_companies: Patch<i64>,
}

/// A new tenant with its owner and first key. The secret is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewTenant {
    /// Id.
    pub id: TenantId,
    /// Always `tenant`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its short name, unique, as used to log in.
    pub slug: String,
    /// Real business, or a trial with a clock that can be set.
    pub mode: TenantMode,
    /// Whether it may work.
    pub status: TenantStatus,
    /// Always null.
    pub suspended_reason: Option<String>,
    /// Its first user, with every permission.
    pub owner: TenantOwner,
    /// The owner's key.
    pub api_key: KeySecret,
}

/// The first user of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantOwner {
    /// The user.
    pub id: UserId,
    /// The one-time token with which the owner sets a password: `POST /v1/passwords`.
    pub invitation_token: String,
}

/// A new tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTenant {
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its short name: lower-case letters, digits and hyphens. Unique.
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9-]*$")]
    pub slug: String,
    /// Real business, or a trial with a clock that can be set.
    pub mode: TenantMode,
    /// Its first user.
    pub owner: CreateTenantOwner,
}

/// The first user of a new tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTenantOwner {
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The mail address.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
}

/// Stops a tenant: every request of it is refused with `tenant_suspended`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendTenant {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Opens a tenant to the platform for a while: reading only, without what things cost. The tenant sees the key and its reason, and may revoke it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterTenant {
    /// Why. The tenant reads it.
    #[schema(max_length = 500)]
    pub reason: String,
    /// For how many minutes; 30 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 60)]
    pub minutes: Option<u32>,
}

/// A way into a tenant. The secret is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantAccess {
    /// Always `tenant_access`.
    pub object: String,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its short name.
    pub tenant: String,
    /// Why it was opened.
    pub reason: String,
    /// What may be read.
    pub permissions: Vec<String>,
    /// When it closes (wall time).
    pub expires_at: Instant,
    /// The key, which stands among the tenant's own.
    pub api_key: KeySecret,
}

/// Makes a person of a tenant its owner again, with a new way to sign in: for a tenant whose owners lost theirs. The tenant reads of it in its trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreOwner {
    /// The person; the owner that the tenant was created with when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

/// A person who is an owner again. The token is shown once; it is for that person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestoredOwner {
    /// Always `restored_owner`.
    pub object: String,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Lets the person set a password and sign in. The second factor and the sessions from before are gone.
    pub invitation: Invitation,
}

/// How much of its limits a tenant uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantUsage {
    /// Always `tenant_usage`.
    pub object: String,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Users that are active.
    pub active_users: i64,
    /// Companies.
    pub companies: i64,
    /// API keys that work.
    pub api_keys: i64,
    /// Events in its log.
    pub events: i64,
}

/// How the service does. Traffic is that of the instance that answers, the rest that of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformHealth {
    /// Always `platform_health`.
    pub object: String,
    /// When this was found out (wall time).
    pub checked_at: Instant,
    /// The version of the service.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Tenants that may work.
    pub tenants_active: i64,
    /// Tenants that are suspended.
    pub tenants_suspended: i64,
    /// Work in the background.
    pub jobs: QueueHealth,
    /// Requests refused for want of a credential or a right in the last hour.
    pub refusals_last_hour: i64,
    /// What was answered.
    pub traffic: TrafficHealth,
}

/// The queue of background work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueHealth {
    /// Jobs that nobody works on.
    pub waiting: i64,
    /// Jobs whose time has come, those that run included.
    pub due: i64,
    /// Jobs that a worker holds.
    pub running: i64,
    /// For how long the oldest due job has been due, in seconds; null when none is.
    pub oldest_due_seconds: Option<i64>,
}

/// The traffic of one instance since it started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrafficHealth {
    /// When counting began (wall time).
    pub since: Instant,
    /// Requests answered.
    pub requests: u64,
    /// Of them with a 5xx.
    pub server_errors: u64,
    /// Of them with a 429.
    pub rate_limited: u64,
    /// Half of the requests took no longer, in microseconds.
    pub p50_micros: Option<u64>,
    /// 95 of 100 requests took no longer, in microseconds.
    pub p95_micros: Option<u64>,
    /// Streams of events that are open.
    pub streams: i64,
}

/// Something that an administrator of the platform did: who, what, when and to what. What was done to a tenant stands in that tenant's own trail, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformAuditEntry {
    /// Id.
    pub id: PlatformAuditEntryId,
    /// Always `platform_audit_entry`.
    pub object: String,
    /// When (wall time).
    pub recorded_at: Instant,
    /// What happened, such as `platform_key.revoked` or `tenant.suspended`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The operation, such as `revoke_platform_key`.
    pub operation: String,
    /// Who: the key, as it was called then. Nobody's for the first key, which the bootstrap token was traded for.
    pub actor: Actor,
    /// What it was done to.
    pub subject: Subject,
    /// What that was called then.
    pub subject_name: String,
    /// Why, where a reason is given.
    pub reason: Option<String>,
    /// The request that did it.
    pub request_id: String,
}

/// What the list of the platform's audit entries offers.
pub const PLATFORM_AUDIT: ListSpec = ListSpec {
    table: "platform_audit",
    filters: &[
        Filter { name: "subject_id", kind: FilterKind::AnyId, index: "platform_audit_subject_id" },
        Filter { name: "actor_id", kind: FilterKind::AnyId, index: "platform_audit_actor_id" },
        Filter { name: "recorded_at", kind: FilterKind::Made("recorded_at"), index: "platform_audit_pkey" },
    ],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// What the list of tenants offers.
pub const TENANTS: ListSpec = ListSpec {
    table: "tenants",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "tenants_status" },
        Filter { name: "slug", kind: FilterKind::Word, index: "tenants_slug_key" },
    ],
    sorts: &[],
    search: true,
    external_refs: false,
};

/// What the list of the platform's keys offers.
pub const PLATFORM_KEYS: ListSpec = ListSpec {
    table: "platform_keys",
    filters: &[Filter { name: "updated_at", kind: FilterKind::Instant, index: "platform_keys_updated_at" }],
    sorts: &[Sort { name: "updated_at", index: "platform_keys_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{
        FirstKey, NewPlatformKey, NewTenant, PLATFORM_AUDIT, PLATFORM_KEYS, PlatformAuditEntry, PlatformHealth, PlatformKey, RestoredOwner, TENANTS, Tenant,
        TenantAccess, TenantUsage,
    };
    use crate::platform as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{PlatformKeyId, TenantId};

    endpoints! {
        /// Trades the one-time bootstrap token for the first administrator's key; 410 the second time.
        Post "/admin/v1/bootstrap" Bootstrap () body::Bootstrap => Created<FirstKey>, any:open, [secret];
        /// Lists the keys of the platform's administrators.
        Get "/admin/v1/platform-keys" ListPlatformKeys () Nothing => Page<PlatformKey>, platform:admin, list PLATFORM_KEYS;
        /// Creates another administrator's key; the answer shows its secret once.
        Post "/admin/v1/platform-keys" CreatePlatformKey () body::CreatePlatformKey => Created<NewPlatformKey>, platform:admin, [secret];
        /// Reads an administrator's key, without its secret.
        Get "/admin/v1/platform-keys/{id}" GetPlatformKey (PlatformKeyId) Nothing => Json<PlatformKey>, platform:admin;
        /// Gives an administrator's key a new secret; the answer shows it once.
        Post "/admin/v1/platform-keys/{id}/rotate" RotatePlatformKey (PlatformKeyId) body::RotatePlatformKey => Json<NewPlatformKey>, platform:admin, [secret];
        /// Revokes an administrator's key at once and for ever. The last one that works, and the last without an end, stay.
        Post "/admin/v1/platform-keys/{id}/revoke" RevokePlatformKey (PlatformKeyId) Nothing => Json<PlatformKey>, platform:admin;
        /// Lists what the platform's administrators did, the newest first.
        Get "/admin/v1/platform-audit-entries" ListPlatformAuditEntries () Nothing => Page<PlatformAuditEntry>, platform:admin, list PLATFORM_AUDIT;
        /// Lists tenants.
        Get "/admin/v1/tenants" ListTenants () Nothing => Page<Tenant>, platform:admin, list TENANTS;
        /// Creates a tenant with its owner and first key.
        Post "/admin/v1/tenants" CreateTenant () body::CreateTenant => Created<NewTenant>, platform:admin, [secret];
        /// Reads a tenant.
        Get "/admin/v1/tenants/{id}" GetTenant (TenantId) Nothing => Json<Tenant>, platform:admin;
        /// Changes a tenant's name, limits and quotas.
        Patch "/admin/v1/tenants/{id}" UpdateTenant (TenantId) body::UpdateTenant => Json<Tenant>, platform:admin;
        /// Suspends a tenant.
        Post "/admin/v1/tenants/{id}/suspend" SuspendTenant (TenantId) body::SuspendTenant => Json<Tenant>, platform:admin;
        /// Resumes a suspended tenant.
        Post "/admin/v1/tenants/{id}/resume" ResumeTenant (TenantId) Nothing => Json<Tenant>, platform:admin;
        /// Opens a tenant to the platform for a while, reading only; the answer shows the secret of the key once.
        Post "/admin/v1/tenants/{id}/enter" EnterTenant (TenantId) body::EnterTenant => Created<TenantAccess>, platform:admin, [secret];
        /// Makes a person of a tenant its owner again, who sets a new password with the token of the answer; the second factor and all sessions end.
        Post "/admin/v1/tenants/{id}/restore-owner" RestoreOwner (TenantId) body::RestoreOwner => Json<RestoredOwner>, platform:admin, [secret];
        /// Tells how much of its limits a tenant uses.
        Get "/admin/v1/tenants/{id}/usage" GetTenantUsage (TenantId) Nothing => Json<TenantUsage>, platform:admin;
        /// Tells how the whole service does: tenants, work in the background, refusals, traffic.
        Get "/admin/v1/health" GetPlatformHealth () Nothing => Json<PlatformHealth>, platform:admin;
    }
}
