//! The columns of the service's own exports: a list as CSV has them, an import knows them again (INT-35).

use super::shape;
use causeway_kernel::http::columns_of;
use causeway_openapi::import::ImportResource;
use causeway_openapi::{catalog, crm, party};
use std::sync::LazyLock;

static OPPORTUNITY: LazyLock<Vec<String>> = LazyLock::new(|| columns_of(&shape::<crm::Opportunity>()));
static LEAD: LazyLock<Vec<String>> = LazyLock::new(|| columns_of(&shape::<crm::Lead>()));
static PARTY: LazyLock<Vec<String>> = LazyLock::new(|| columns_of(&shape::<party::Party>()));
static PRODUCT: LazyLock<Vec<String>> = LazyLock::new(|| columns_of(&shape::<catalog::Product>()));
static STAGE: LazyLock<Vec<String>> = LazyLock::new(|| columns_of(&shape::<crm::Stage>()));

/// The columns of an export of these objects; those of objects inside are called as `stage.id`. People are in no list of their own.
#[must_use]
pub fn exported(resource: ImportResource) -> &'static [String] {
    match resource {
        ImportResource::Opportunities => &OPPORTUNITY,
        ImportResource::Leads => &LEAD,
        ImportResource::Parties => &PARTY,
        ImportResource::Products => &PRODUCT,
        ImportResource::Stages => &STAGE,
        ImportResource::Contacts => &[],
    }
}
