//! The key of the demo: made at the first run, given a new secret at every later one.

use super::SLUG;
use crate::server::Running;
use crate::terminal::say;
use causeway_entity::govern::api_keys;
use causeway_entity::platform::tenants;
use causeway_govern::identity::service::{NewKey, insert_key, rotate_key};
use causeway_kernel::{Ctx, Db, Find};
use causeway_openapi::client::Client;
use causeway_openapi::platform;
use causeway_value::{TenantId, TenantMode};
use std::sync::Arc;

const NAME: &str = "demo";

/// What opens the demo's doors.
pub struct Access {
    /// The tenant's key.
    pub secret: String,
    /// The platform administrator's key, at the first run.
    pub admin: Option<String>,
}

/// Makes the tenant if it is not there, and gives the key `demo` a new secret.
///
/// # Errors
/// A sentence that says what to do.
pub async fn obtain(running: &Running, url: &str) -> Result<Access, String> {
    let mut admin = None;
    let tenant = match find_tenant(&running.db).await? {
        Some(tenant) => {
            say(&format!("Found the tenant {SLUG}; its key `{NAME}` gets a new secret."));
            tenant
        }
        None => {
            let Some(token) = &running.bootstrap_token else {
                return Err(
                    "This database belongs to an installation without the demo. Choose another folder with --data-dir, or unset DATABASE_URL.".to_owned()
                );
            };
            let key = bootstrap(url, token).await?;
            let tenant = create_tenant(url, &key).await?;
            admin = Some(key);
            tenant
        }
    };
    Ok(Access { secret: fresh_secret(&running.db, tenant).await?, admin })
}

async fn find_tenant(db: &Db) -> Result<Option<TenantId>, String> {
    let row = db.read(&Ctx::platform(), async |_, tx| Find::<tenants::Entity>::new().eq(tenants::Column::Slug, SLUG).one(tx).await).await;
    row.map(|row| row.map(|tenant| tenant.id)).map_err(|problem| problem.detail)
}

async fn bootstrap(url: &str, token: &str) -> Result<String, String> {
    let client = Client::new(url, "").map_err(|error| error.to_string())?;
    let body = platform::Bootstrap { token: token.to_owned() };
    let first = client.call::<platform::op::Bootstrap>((), &super::nothing(), &body).await.map_err(|error| error.explain())?;
    Ok(first.api_key.secret)
}

async fn create_tenant(url: &str, admin: &str) -> Result<TenantId, String> {
    let client = Client::new(url, admin).map_err(|error| error.to_string())?;
    let body = platform::CreateTenant {
        name: "Northwind Traders".to_owned(),
        slug: SLUG.to_owned(),
        mode: TenantMode::Sandbox,
        owner: platform::CreateTenantOwner { name: "Steven Buchanan".to_owned(), email: "owner@northwind.example".to_owned() },
    };
    let tenant = client.call::<platform::op::CreateTenant>((), &super::nothing(), &body).await.map_err(|error| error.explain())?;
    Ok(tenant.id)
}

async fn fresh_secret(db: &Db, tenant: TenantId) -> Result<String, String> {
    let ctx = Arc::new(Ctx::system(tenant, TenantMode::Sandbox, "demo"));
    let secret = db.write(&ctx, async |ctx, tx| {
        let key = Find::<api_keys::Entity>::new().eq(api_keys::Column::Name, NAME).is_null(api_keys::Column::RevokedAt).one(tx).await?;
        if let Some(key) = key {
            return rotate_key(ctx, tx, key.id, 0).await.map(|key| key.secret);
        }
        let key = NewKey::named(NAME, vec!["*:*".to_owned()]);
        insert_key(ctx, tx, key).map(|(_, secret)| secret)
    });
    secret.await.map_err(|problem| problem.detail)
}

/// Says how to go on.
pub fn tell(access: &Access, url: &str, no_serve: bool) {
    if let Some(admin) = &access.admin {
        say(&format!("\nPlatform administrator's key (shown this once): {admin}"));
    }
    say(&format!("Key `{NAME}` of the tenant {SLUG}: {}", access.secret));
    if no_serve {
        return;
    }
    say(&format!(
        "\nServing {url}; stop with Ctrl-C. API reference: {url}/docs/\nA first call:\n  curl -s {url}/v1/invoices?payment_state=open -H 'Authorization: Bearer {}'",
        access.secret
    ));
}
