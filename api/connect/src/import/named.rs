//! The external ids that the rows of an import have named: an object has one row, however far apart two stand.

use super::rows::Row;
use super::targets::reference;
use causeway_contract::Problem;
use causeway_entity::kernel::import_references::{Column, Entity, Model};
use causeway_kernel::{Find, Tx, crypto};
use causeway_value::JobId;
use std::collections::BTreeMap;

/// Ids that are forgotten in one step.
const BATCH: u64 = 1_000;

/// The ids that rows name, each with the first row that does.
#[must_use]
pub fn of(rows: &[Row]) -> BTreeMap<String, i64> {
    let mut named = BTreeMap::new();
    for (reference, row) in rows.iter().filter_map(|row| Some((reference(row)?, row.number))) {
        named.entry(reference.clone()).or_insert(row);
    }
    named
}

/// Those of these ids that rows of parts before have named, each with its row.
///
/// # Errors
/// When the database fails.
pub async fn before(tx: &mut Tx<'_>, import: JobId, named: &BTreeMap<String, i64>) -> Result<BTreeMap<String, i64>, Problem> {
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let digests = named.keys().map(|reference| digest(reference));
    let rows = Find::<Entity>::new().eq(Column::ImportId, import).among(Column::Reference, digests).all(tx).await?;
    let found: BTreeMap<Vec<u8>, i64> = rows.into_iter().map(|row| (row.reference, row.row)).collect();
    Ok(named.keys().filter_map(|reference| Some((reference.clone(), *found.get(&digest(reference))?))).collect())
}

/// Remembers the ids of a part that no row before had.
pub fn note(tx: &mut Tx<'_>, import_id: JobId, named: &BTreeMap<String, i64>, before: &BTreeMap<String, i64>) {
    let tenant_id = tx.tenant();
    for (reference, row) in named.iter().filter(|(reference, _)| !before.contains_key(*reference)) {
        tx.insert(Model { tenant_id, import_id, reference: digest(reference), row: *row });
    }
}

/// Forgets some of them when the import has ended; says whether there were any.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx<'_>, import: JobId) -> Result<bool, Problem> {
    let found = Find::<Entity>::new().eq(Column::ImportId, import).order_by(Column::Reference).limit(BATCH).all(tx).await?;
    let Some(last) = found.last() else { return Ok(false) };
    let values = vec![tx.tenant().into(), import.into(), last.reference.clone().into()];
    tx.plain("DELETE FROM import_references WHERE tenant_id = $1 AND import_id = $2 AND reference <= $3", values);
    Ok(true)
}

fn digest(reference: &str) -> Vec<u8> {
    crypto::sha256(&[reference.as_bytes()]).to_vec()
}
