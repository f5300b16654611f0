//! The columns of the service's own exports: a list as CSV has them, an import knows them again (INT-35).

use super::shape;
use causeway_contract::Shape;
use causeway_openapi::import::ImportResource;
use causeway_openapi::{catalog, crm, party};
use std::sync::LazyLock;

static OPPORTUNITY: LazyLock<Vec<String>> = LazyLock::new(|| columns(&shape::<crm::Opportunity>()));
static LEAD: LazyLock<Vec<String>> = LazyLock::new(|| columns(&shape::<crm::Lead>()));
static PARTY: LazyLock<Vec<String>> = LazyLock::new(|| columns(&shape::<party::Party>()));
static PRODUCT: LazyLock<Vec<String>> = LazyLock::new(|| columns(&shape::<catalog::Product>()));
static STAGE: LazyLock<Vec<String>> = LazyLock::new(|| columns(&shape::<crm::Stage>()));

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

fn columns(shape: &Shape) -> Vec<String> {
    let Shape::Object { fields, .. } = shape else { return Vec::new() };
    let of = |(name, field): (&String, &causeway_contract::Field)| match field.shape.as_ref() {
        Shape::Object { fields, .. } if !fields.is_empty() => columns(&field.shape).into_iter().map(|inner| format!("{name}.{inner}")).collect(),
        _ => vec![name.clone()],
    };
    fields.iter().flat_map(of).collect()
}
