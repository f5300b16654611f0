//! External references on the wire (MDM-10). Their order says nothing: everywhere they stand by system, then by id, whatever order they were given in.

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

/// References as the API shows them.
#[must_use]
pub fn shown(mut pairs: Vec<(String, String)>) -> Vec<ExternalRef> {
    pairs.sort_unstable();
    pairs.into_iter().map(|(system, id)| ExternalRef { system, id }).collect()
}

/// References that a caller gave, as the API shows them.
#[must_use]
pub fn sorted(refs: &[ExternalRef]) -> Vec<ExternalRef> {
    shown(named(refs))
}

/// The references of one object.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<ExternalRef>, Problem> {
    Ok(shown(pairs_of(tx, id).await?))
}

/// The references of one object, as the door stores them.
///
/// # Errors
/// When the database fails.
pub async fn pairs_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<(String, String)>, Problem> {
    Ok(tx.external_refs(&[id]).await?.remove(&id).unwrap_or_default())
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
    let current = if patch.is_absent() { pairs_of(tx, id).await? } else { Vec::new() };
    Ok(replaced(tx, object, id, patch, current))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_one_order() {
        let one = |(system, id): (&str, &str)| ExternalRef { system: system.to_owned(), id: id.to_owned() };
        let given = [("shop", "9"), ("erp", "2"), ("erp", "10"), ("Shop", "1")].map(one);
        let expected = [("Shop", "1"), ("erp", "10"), ("erp", "2"), ("shop", "9")].map(one);
        assert_eq!(sorted(&given), expected);
        assert_eq!(shown(given.iter().map(|one| (one.system.clone(), one.id.clone())).collect()), expected, "as the database happened to answer");
    }
}
