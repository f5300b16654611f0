//! `causeway verify`: every invariant of every tenant, and the database's own check.

use super::{complain, say};
use crate::settings::Settings;
use crate::store;
use causeway_contract::Problem;
use causeway_entity::platform::tenants;
use causeway_kernel::{Ctx, Db, Find};
use causeway_openapi::object::Verification;
use std::process::ExitCode;

/// Verifies all tenants and says what it found; exits 1 and names the first break when something does not hold.
///
/// # Errors
/// When the database cannot be read.
pub async fn run(settings: &Settings, read_only: bool) -> Result<ExitCode, String> {
    let db = if read_only { store::open_read_only(settings).await? } else { store::open(settings).await? };
    let mut ok = true;
    for (name, found) in all(&db).await.map_err(|problem| problem.detail)? {
        let checked: Vec<String> = found.checked.iter().map(|(what, count)| format!("{count} {what}")).collect();
        say(&format!("{name}: {} ({})", if found.ok { "everything holds" } else { "BROKEN" }, checked.join(", ")));
        for broken in &found.breaks {
            complain(&format!("  {} {}: {}", broken.check, broken.subject, broken.detail));
        }
        ok &= found.ok;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What verifying finds in each tenant.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(db: &Db) -> Result<Vec<(String, Verification)>, Problem> {
    let tenants = db.read(&Ctx::platform(), async |_, tx| Find::<tenants::Entity>::new().order_by(tenants::Column::Id).all(tx).await).await?;
    let mut found = Vec::new();
    for tenant in tenants {
        let ctx = Ctx::system(tenant.id, tenant.mode, "verify");
        found.push((tenant.slug, db.read(&ctx, causeway_insight::verify::service::verify_tenant).await?));
    }
    Ok(found)
}
