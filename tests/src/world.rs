//! A server with its first administrator, and tenants on it.

use crate::caller::Caller;
use crate::place::TOKEN;
use crate::server::Server;
use crate::unique;
use causeway_openapi::identity::{SetClock, op as identity};
use causeway_openapi::platform::{Bootstrap, CreateTenant, CreateTenantOwner, NewTenant, op as platform};
use causeway_value::{TenantId, TenantMode};

/// When the clock of a sandbox tenant stands in the stories, unless they say otherwise: a Wednesday morning in Berlin.
pub const START: &str = "2026-12-02T09:00:00Z";

/// A server of one's own.
pub struct World {
    /// The server.
    pub server: Server,
    /// The platform's administrator.
    pub platform: Caller,
}

/// A tenant with the key of its owner.
#[derive(Clone)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its owner.
    pub owner: Caller,
    /// What creating it answered.
    pub created: NewTenant,
}

impl std::ops::Deref for Tenant {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.owner
    }
}

impl World {
    /// Starts a server and makes its first administrator.
    pub async fn start() -> Self {
        let server = Server::start().await;
        let platform = administrator(&server.url).await;
        Self { server, platform }
    }

    /// Starts a server with other settings.
    pub async fn start_with(change: impl FnOnce(&mut causeway::settings::Settings)) -> Self {
        let server = Server::start_with(change).await;
        let platform = administrator(&server.url).await;
        Self { server, platform }
    }

    /// A sandbox tenant whose clock stands at [`START`].
    pub async fn sandbox(&self) -> Tenant {
        sandbox(&self.platform).await
    }

    /// A tenant of this mode, whose clock runs with real time.
    pub async fn tenant(&self, mode: TenantMode) -> Tenant {
        tenant(&self.platform, mode).await
    }

    /// Someone without a credential.
    #[must_use]
    pub fn nobody(&self) -> Caller {
        self.platform.with_key("")
    }
}

/// Trades the token of the tests for the first administrator's key.
pub async fn administrator(url: &str) -> Caller {
    let nobody = Caller::new(url, "");
    let first = nobody.post::<platform::Bootstrap>((), &Bootstrap { token: TOKEN.to_owned() }).await;
    nobody.with_key(&first.api_key.secret)
}

/// A new tenant.
pub async fn tenant(platform: &Caller, mode: TenantMode) -> Tenant {
    let slug = unique("acme");
    let owner = CreateTenantOwner { name: "Dana".to_owned(), email: format!("dana@{slug}.test") };
    let body = CreateTenant { name: "Acme".to_owned(), slug, mode, owner };
    let created = platform.post::<platform::CreateTenant>((), &body).await;
    Tenant { id: created.id, owner: platform.with_key(&created.api_key.secret), created }
}

/// A new sandbox tenant whose clock stands at [`START`].
pub async fn sandbox(platform: &Caller) -> Tenant {
    let tenant = tenant(platform, TenantMode::Sandbox).await;
    set_clock(&tenant, START).await;
    tenant
}

/// Sets a sandbox clock, before the first document.
pub async fn set_clock(caller: &Caller, now: &str) {
    caller.post::<identity::SetClock>((), &SetClock { now: crate::of(now) }).await;
}
