//! Who asks, for which tenant, at what time: the first argument of everything below the routes.

use crate::clock;
use crate::db::{Cell, Tx};
use crate::limit::Rates;
use crate::ownership::Ownership;
use causeway_contract::{Code, Problem};
use causeway_value::{ActorKind, CompanyId, Day, Instant, TenantId, TenantMode, UserId, Zone};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// The right to do everything of the platform.
pub const PLATFORM_ADMIN: &str = "platform:admin";

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// A program, a person, the service, or a platform administrator.
    pub kind: ActorKind,
    /// Which one.
    pub id: Option<Uuid>,
}

/// The sign-in behind a person's credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// When the person last proved who they are.
    pub authenticated_at: Instant,
    /// Until when that is recent enough for risky steps.
    pub fresh_until: Instant,
}

/// A credential that was accepted.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The tenant; the nil id for the platform.
    pub tenant: TenantId,
    /// Live or sandbox.
    pub mode: TenantMode,
    /// Who acts.
    pub actor: Actor,
    /// The person behind the credential, when there is one.
    pub user: Option<Uuid>,
    /// What it may do.
    pub permissions: Arc<BTreeSet<String>>,
    /// The companies it may see; none means all.
    pub companies: Option<Arc<[CompanyId]>>,
    /// The sign-in, when a person acts.
    pub session: Option<Session>,
    /// How much it and its tenant may ask for.
    pub rates: Rates,
    /// Where it may be used from; none means everywhere.
    pub sources: Option<Arc<[IpNet]>>,
    /// What of the master data belongs to whom, for whoever this is.
    pub ownership: Ownership,
}

impl Principal {
    /// Whether it has this right. `any:authenticated` is everybody's, `any:person` that of people who signed in.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        may(&self.permissions, self.session.is_some(), permission)
    }

    /// Whether it may be used from this address. One that is not known is none of those that were named.
    #[must_use]
    pub fn works_from(&self, source: Option<IpAddr>) -> bool {
        let Some(allowed) = &self.sources else { return true };
        source.is_some_and(|source| allowed.iter().any(|range| range.contains(&source.to_canonical())))
    }
}

fn may(permissions: &BTreeSet<String>, person: bool, permission: &str) -> bool {
    permission == "any:authenticated" || (permission == "any:person" && person) || permissions.contains(permission)
}

/// The context of one operation.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The tenant; the nil id for the platform.
    pub tenant: TenantId,
    /// Live or sandbox.
    pub mode: TenantMode,
    /// Who acts.
    pub actor: Actor,
    /// The person behind the credential, when there is one.
    pub user: Option<Uuid>,
    /// What the actor may do.
    pub permissions: Arc<BTreeSet<String>>,
    /// The companies it may see; none means all.
    pub companies: Option<Arc<[CompanyId]>>,
    /// The sign-in, when a person acts.
    pub session: Option<Session>,
    /// Where the request came from; none for the service's own work.
    pub source: Option<IpAddr>,
    /// What the program called itself; known where somebody signs in.
    pub user_agent: Option<String>,
    /// `ConfirmOrder`: the operation, for audit and metrics.
    pub operation: &'static str,
    /// The id that finds the request in the log.
    pub request_id: String,
    /// The object of the path and the version that `If-Match` names.
    pub expected: Option<(Uuid, i64)>,
    /// Give the result and write nothing.
    pub dry_run: bool,
    /// What of the master data belongs to whom, for this caller.
    pub ownership: Ownership,
    /// The digest of what is created, when it names external references.
    pub(crate) made_from: Option<MadeFrom>,
    /// The same of each item of a bulk request, as if it were sent alone.
    pub(crate) made_from_each: Arc<[Option<MadeFrom>]>,
    /// Signs the cursors of lists.
    pub(crate) cursor_key: Arc<[u8; 32]>,
    now: Option<Instant>,
}

/// What a creation under external references is known by when it comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MadeFrom {
    /// Over the operation and what its body means.
    pub meaning: [u8; 32],
    /// Over the operation and its body as it is spelled: what earlier releases kept.
    pub spelling: [u8; 32],
}

impl MadeFrom {
    /// Whether this is the digest that an object keeps.
    pub fn is(&self, kept: &[u8]) -> bool {
        kept == self.meaning || kept == self.spelling
    }
}

impl Ctx {
    /// The context of a principal's request.
    #[must_use]
    pub fn of(principal: &Principal, operation: &'static str, request_id: String) -> Self {
        Self {
            tenant: principal.tenant,
            mode: principal.mode,
            actor: principal.actor,
            user: principal.user,
            permissions: Arc::clone(&principal.permissions),
            companies: principal.companies.clone(),
            session: principal.session,
            source: None,
            user_agent: None,
            operation,
            request_id,
            expected: None,
            dry_run: false,
            ownership: principal.ownership.clone(),
            made_from: None,
            made_from_each: Arc::default(),
            cursor_key: Arc::new([0; 32]),
            now: None,
        }
    }

    /// Who is signed in and acts; nobody where a program does, on whosever behalf.
    #[must_use]
    pub fn signed_in(&self) -> Option<UserId> {
        self.session.as_ref().and(self.user).map(UserId::from_uuid)
    }

    /// The context of the service's own work for a tenant.
    #[must_use]
    pub fn system(tenant: TenantId, mode: TenantMode, operation: &'static str) -> Self {
        let principal = Principal {
            tenant,
            mode,
            actor: Actor { kind: ActorKind::System, id: None },
            user: None,
            permissions: Arc::new(BTreeSet::new()),
            companies: None,
            session: None,
            rates: Rates::default(),
            sources: None,
            ownership: Ownership::default(),
        };
        Self::of(&principal, operation, format!("sys_{}", Uuid::now_v7().simple()))
    }

    /// The context of the platform's own work, outside every tenant.
    #[must_use]
    pub fn platform() -> Self {
        Self::system(TenantId::from_uuid(Uuid::nil()), TenantMode::Live, "platform")
    }

    /// The context of a request that needs no credential.
    #[must_use]
    pub fn anonymous(operation: &'static str, request_id: String) -> Self {
        Self { operation, request_id, ..Self::platform() }
    }

    /// The same caller inside a tenant: for the platform's verbs that write a tenant's rows.
    #[must_use]
    pub fn inside(&self, tenant: TenantId, mode: TenantMode) -> Self {
        Self { tenant, mode, now: None, companies: None, ..self.clone() }
    }

    /// The same request as the act of this person: a sign-in knows who acts only after it looked.
    #[must_use]
    pub fn by_user(&self, user: Uuid) -> Self {
        Self { actor: Actor { kind: ActorKind::User, id: Some(user) }, user: Some(user), ..self.clone() }
    }

    /// The same context at the tenant's time: a sandbox's clock is read inside the transaction, so that it is never stale.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn with_clock(&self, tx: &mut Tx<'_>) -> Result<Self, Problem> {
        let mut ctx = self.clone();
        let mut now = None;
        if self.mode == TenantMode::Sandbox && !self.tenant.uuid().is_nil() {
            let rows = tx.query("SELECT clock_now FROM tenants WHERE id = $1", vec![self.tenant.into()], &[("clock_now", Cell::Whole)]).await?;
            now = rows.first().and_then(|row| row.try_get::<Option<i64>>("", "clock_now").ok().flatten()).map(Instant);
        }
        ctx.now = Some(now.unwrap_or_else(clock::wall));
        Ok(ctx)
    }

    /// The context of whoever holds a link, after [`Tx::enter`] into the tenant that the link is of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_link(&self, tx: &mut Tx<'_>, tenant: TenantId, mode: TenantMode) -> Result<Self, Problem> {
        let inside = Self { actor: Actor { kind: ActorKind::Link, id: None }, ..self.inside(tenant, mode) };
        inside.with_clock(tx).await
    }

    /// The tenant's business time. It never goes back.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now.unwrap_or_else(clock::wall)
    }

    /// Today in a company's time zone.
    #[must_use]
    pub fn today(&self, zone: Zone) -> Day {
        self.now().day_in(zone)
    }

    /// Wall time.
    #[must_use]
    pub fn wall(&self) -> Instant {
        clock::wall()
    }

    /// Whether the caller has this right.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        may(&self.permissions, self.session.is_some(), permission)
    }

    /// Refuses a person whose last proof of who they are is not recent. Programs are not asked.
    ///
    /// # Errors
    /// `reauthentication_required`.
    pub fn require_proof(&self) -> Result<(), Problem> {
        match self.session {
            Some(session) if session.fresh_until <= self.wall() => Err(Problem::new(
                Code::ReauthenticationRequired,
                "This step needs a recent proof that it is you: POST /v1/sessions/reauthenticate with your password, then send this again.",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a caller without this right.
    ///
    /// # Errors
    /// `permission_denied`.
    pub fn require(&self, permission: &str) -> Result<(), Problem> {
        if self.may(permission) {
            return Ok(());
        }
        if permission == "any:person" {
            return Err(Problem::new(Code::PermissionDenied, "This is for people who signed in: use the token of a session, not an API key."));
        }
        Err(Problem::new(Code::PermissionDenied, format!("This needs the permission {permission}. Ask an administrator for a role or scope that has it."))
            .with("permission", permission))
    }
}
