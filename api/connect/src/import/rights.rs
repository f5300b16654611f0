//! What a column may say only where whoever imports may say it one by one: limits, prices and terms of customers, and what things cost (SEC-02, SEC-07).
//!
//! It is asked once, when the import starts: mapping and header say which fields the rows fill. The job itself acts for nobody who signed in.

use super::columns::Target;
use causeway_contract::{COSTS, Problem};
use causeway_kernel::Ctx;
use causeway_master::party::service::rights::{GUARDED, refuse};
use causeway_openapi::import::{CreateImport, ImportResource};
use std::collections::BTreeSet;

/// The fields of a resource that need a right of their own, with it.
fn guarded(resource: ImportResource) -> Vec<(&'static str, &'static str)> {
    match resource {
        ImportResource::Parties => GUARDED.to_vec(),
        ImportResource::Products => vec![("cost", COSTS)],
        ImportResource::Opportunities | ImportResource::Leads | ImportResource::Contacts | ImportResource::Stages => Vec::new(),
    }
}

/// Refuses an import that fills a field which its starter may not fill.
///
/// # Errors
/// `permission_denied` naming the fields and the rights that they need.
pub(super) fn ask(ctx: &Ctx, resource: ImportResource, becomes: &[Target], options: &CreateImport) -> Result<(), Problem> {
    let fills = |name: &str| becomes.iter().any(|target| matches!(target, Target::Field(field) if field == name)) || options.defaults.contains_key(name);
    let denied: Vec<(&str, &str)> = guarded(resource).into_iter().filter(|(field, right)| fills(field) && !ctx.may(right)).collect();
    refuse(&denied, |needs| format!("Rows fill a field that is not everybody's to say: {needs}. Map its column to nothing, or ask somebody who has it."))
}

/// The rights that the rows of an import are written with: those that were asked for when it started.
pub(super) fn asked() -> BTreeSet<String> {
    GUARDED.into_iter().map(|(_, right)| right).chain([COSTS]).map(str::to_owned).collect()
}
