//! External references on the wire (MDM-10).

use causeway_contract::{Patch, Problem};
use causeway_kernel::Tx;
use causeway_openapi::object::ExternalRef;
use uuid::Uuid;

/// References in the order in which the caller names them, for pointing at one.
#[must_use]
pub fn named(refs: &[ExternalRef]) -> Vec<(String, String)> {
    refs.iter().map(|one| (one.system.clone(), one.id.clone())).collect()
}

/// References as the door stores them. They have one order, whoever gave them in which: an object is shown the same right away and later.
#[must_use]
pub fn pairs(refs: &[ExternalRef]) -> Vec<(String, String)> {
    let mut pairs = named(refs);
    pairs.sort_unstable();
    pairs
}

/// References of a body as the API shows them.
#[must_use]
pub fn ordered(refs: &[ExternalRef]) -> Vec<ExternalRef> {
    shown(pairs(refs))
}

/// References as the API shows them.
#[must_use]
pub fn shown(pairs: Vec<(String, String)>) -> Vec<ExternalRef> {
    pairs.into_iter().map(|(system, id)| ExternalRef { system, id }).collect()
}

/// The references of one object.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<ExternalRef>, Problem> {
    Ok(shown(tx.external_refs(&[id]).await?.remove(&id).unwrap_or_default()))
}

/// The references of an object after a PATCH, which replaces all of them when it names any. `current` are those before.
pub fn replaced(tx: &mut Tx<'_>, object: &'static str, id: Uuid, patch: &Patch<Vec<ExternalRef>>, current: Vec<(String, String)>) -> Vec<(String, String)> {
    let refs = match patch {
        Patch::Absent => return current,
        Patch::Null => Vec::new(),
        Patch::Value(refs) => pairs(refs),
    };
    tx.set_external_refs(object, id, &refs, false);
    refs
}

/// As [`replaced`], for who has not read the references.
///
/// # Errors
/// When the database fails.
pub async fn patched(tx: &mut Tx<'_>, object: &'static str, id: Uuid, patch: &Patch<Vec<ExternalRef>>) -> Result<Vec<(String, String)>, Problem> {
    let current = if patch.is_absent() { tx.external_refs(&[id]).await?.remove(&id).unwrap_or_default() } else { Vec::new() };
    Ok(replaced(tx, object, id, patch, current))
}
