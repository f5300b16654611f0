//! A tenant to trade with, at a time that stands still.

use crate::verify::service::verify_tenant;
use causeway_contract::Problem;
use causeway_kernel::db::{Postgres, Sqlite, Store};
use causeway_kernel::{Ctx, Db, Tx};
use causeway_openapi::object::Verification;
use causeway_value::{CompanyId, Instant, PartyId, TenantMode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Names an empty database for these tests instead of a file; they fill it, one tenant each.
const POSTGRES: &str = "CAUSEWAY_INSIGHT_POSTGRES";

/// A value of the contract.
pub(super) fn body<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub(super) struct Shop {
    pub db: Db,
    pub ctx: Arc<Ctx>,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    folder: TempDir,
}

impl Shop {
    /// A company in euros, a customer, and the rates of the dollar.
    pub async fn open() -> Self {
        causeway_kernel::db::tally::register(causeway_bill::exposure::WATCH);
        let folder = TempDir::new().unwrap();
        let db = match std::env::var(POSTGRES) {
            Ok(url) => {
                Store::Postgres(url.clone()).up().await.unwrap();
                Db::Postgres(Postgres::open(&url, 4).await.unwrap())
            }
            Err(_) => {
                let path = folder.path().join("shop.sqlite");
                let lock = Sqlite::lock(&path).unwrap();
                Store::Sqlite(path.clone()).up().await.unwrap();
                Db::Sqlite(Sqlite::open(&path, lock).unwrap())
            }
        };
        let slug = format!("shop-{}", uuid::Uuid::new_v4().simple());
        let tenant = json!({"name": "Shop", "slug": slug, "mode": "sandbox", "owner": {"name": "Dana", "email": "dana@shop.test"}});
        let platform = Arc::new(Ctx::platform());
        let new = db.write(&platform, async move |ctx: &Ctx, tx: &mut Tx<'_>| causeway_govern::tenancy::service::create(ctx, tx, &body(tenant.clone())).await);
        let mut ctx = Ctx::system(new.await.unwrap().id, TenantMode::Sandbox, "test");
        ctx.permissions = Arc::new(["payments:post", "payments:allocate", "refunds:write", "invoices:write_off", "costs:read"].map(str::to_owned).into());
        let ctx = Arc::new(ctx);
        let mut shop = Self { db, ctx, company_id: CompanyId::new(), party_id: PartyId::new(), folder };
        shop.at("2026-07-01T09:00:00Z").await;
        let company = json!({"name": "Acme GmbH", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"});
        let company = shop.run(async move |ctx, tx| causeway_master::company::service::create(ctx, tx, &body(company.clone())).await).await;
        shop.company_id = company.id;
        shop.party_id = shop.party("Borealis SAS").await;
        for (date, rate) in [("2026-07-01", "0.9"), ("2026-07-10", "0.95"), ("2026-07-20", "0.87"), ("2026-08-10", "0.913")] {
            let quoted = json!({"currency": "USD", "base": "EUR", "date": date, "rate": rate});
            shop.run(async move |ctx, tx| causeway_master::rate::service::create(ctx, tx, &body(quoted.clone())).await).await;
        }
        shop
    }

    pub async fn party(&self, name: &str) -> PartyId {
        let party = json!({"name": name, "kind": "organization", "roles": ["customer"], "country": "FR", "currency": "EUR"});
        self.run(async move |ctx, tx| causeway_master::party::service::create(ctx, tx, &body(party.clone())).await).await.id
    }

    /// Sets the clock.
    pub async fn at(&self, instant: &str) {
        let now: Instant = instant.parse().unwrap();
        let tenant = self.ctx.tenant;
        let set = async move |_: &Ctx, tx: &mut Tx<'_>| {
            tx.plain("UPDATE tenants SET clock_now = $1 WHERE id = $2", vec![now.into(), tenant.into()]);
            Ok(())
        };
        self.db.write(&self.ctx, set).await.unwrap();
    }

    /// Runs a verb.
    pub async fn run<R: Send + 'static>(&self, verb: impl AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static) -> R {
        self.db.write(&self.ctx, verb).await.unwrap()
    }

    /// Runs a verb that the rules may refuse.
    pub async fn attempt<R: Send + 'static>(&self, verb: impl AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static) -> Option<R> {
        let outcome = self.db.write(&self.ctx, verb).await;
        outcome.map_err(|problem| assert!(problem.status < 500, "{problem:?}")).ok()
    }

    /// Runs a query.
    pub async fn read<R>(&self, query: impl AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>) -> R {
        self.db.read(&self.ctx, query).await.unwrap()
    }

    pub async fn verify(&self) -> Verification {
        self.read(async |ctx, tx| verify_tenant(ctx, tx).await).await
    }

    /// Nothing is broken.
    pub async fn is_whole(&self, when: &str) {
        let found = self.verify().await;
        assert!(found.ok && found.breaks.is_empty(), "{when}: {:#?}", found.breaks);
    }

    /// The file, when it is one.
    pub fn file(&self) -> Option<PathBuf> {
        matches!(self.db, Db::Sqlite(_)).then(|| self.folder.path().join("shop.sqlite"))
    }
}
