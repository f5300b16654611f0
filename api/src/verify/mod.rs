//! Verifying every tenant of a database.

mod recorded;
mod routes;

pub use routes::register;

use crate::compose;
use causeway_contract::Problem;
use causeway_entity::platform::tenants;
use causeway_kernel::{Ctx, Db, Find};
use causeway_openapi::object::Verification;

/// What verifying finds in each tenant.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(db: &Db) -> Result<Vec<(String, Verification)>, Problem> {
    let tenants = db.read(&Ctx::platform(), async |_, tx| Find::<tenants::Entity>::new().order_by(tenants::Column::Id).all(tx).await).await?;
    let routes = compose::routes();
    let mut found = Vec::new();
    for tenant in tenants {
        let ctx = Ctx::system(tenant.id, tenant.mode, "verify");
        let mut verification = db.read_patiently(&ctx, causeway_insight::verify::service::verify_tenant).await?;
        let (objects, breaks) = recorded::differences(db, &routes, &ctx).await?;
        verification.checked.insert("objects".to_owned(), objects);
        verification.ok &= breaks.is_empty();
        verification.breaks.extend(breaks);
        found.push((tenant.slug, verification));
    }
    Ok(found)
}
