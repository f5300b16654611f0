//! The tree of categories, what units measure, and what bundles hold, each in one query.

use super::unit::PIECE;
use crate::check::marks;
use causeway_contract::Problem;
use causeway_entity::master::{categories, units};
use causeway_kernel::{Find, Tx};
use causeway_value::{CategoryId, Quantity};
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Each category with the one above it.
pub type Parents = BTreeMap<CategoryId, Option<CategoryId>>;

/// These categories and all above them.
///
/// # Errors
/// When the database fails.
pub async fn parents(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = CategoryId>) -> Result<Parents, Problem> {
    let ids: BTreeSet<CategoryId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Parents::new());
    }
    let condition = format!(
        "id IN (WITH RECURSIVE up (id, parent_id) AS (\
         SELECT c.id, c.parent_id FROM categories c WHERE c.tenant_id = $1 AND c.id IN ({}) \
         UNION SELECT c.id, c.parent_id FROM categories c JOIN up ON c.id = up.parent_id WHERE c.tenant_id = $1) SELECT up.id FROM up)",
        marks(ids.len())
    );
    let rows = Find::<categories::Entity>::new().when(&condition, ids.into_iter().map(Value::from).collect()).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.parent_id)).collect())
}

/// A category and those above it, nearest first.
#[must_use]
pub fn path(parents: &Parents, category: Option<CategoryId>) -> Vec<CategoryId> {
    let mut path = Vec::new();
    let mut next = category;
    while let Some(id) = next.filter(|id| parents.contains_key(id) && !path.contains(id)) {
        path.push(id);
        next = parents.get(&id).copied().flatten();
    }
    path
}

/// What a unit measures, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Only units of one category convert into each other.
    pub category: String,
    /// Base units of the category in one of it.
    pub factor: Quantity,
}

/// The measures of these units by their codes. Nothing is asked for `piece` alone; codes that are no unit are left out.
///
/// # Errors
/// When the database fails.
pub async fn measures(tx: &mut Tx<'_>, codes: impl IntoIterator<Item = &str>) -> Result<BTreeMap<String, Measure>, Problem> {
    let mut measures = BTreeMap::from([(PIECE.to_owned(), Measure { category: "count".to_owned(), factor: Quantity::ONE })]);
    let codes: BTreeSet<&str> = codes.into_iter().collect();
    if codes.iter().any(|code| *code != PIECE) {
        let rows = Find::<units::Entity>::new().among(units::Column::Code, codes).all(tx).await?;
        measures.extend(rows.into_iter().map(|row| (row.code, Measure { category: row.category, factor: row.factor })));
    }
    Ok(measures)
}

/// The steps of these units by their codes; units without one are left out.
///
/// # Errors
/// When the database fails.
pub async fn steps(tx: &mut Tx<'_>, codes: impl IntoIterator<Item = &str>) -> Result<BTreeMap<String, Quantity>, Problem> {
    let codes: BTreeSet<&str> = codes.into_iter().collect();
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<units::Entity>::new().among(units::Column::Code, codes).all(tx).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.code, row.step?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_up_and_ends() {
        let [top, middle, leaf, stranger] = [(); 4].map(|()| CategoryId::new());
        let parents = Parents::from([(top, None), (middle, Some(top)), (leaf, Some(middle))]);
        assert_eq!(path(&parents, Some(leaf)), [leaf, middle, top]);
        assert_eq!(path(&parents, Some(top)), [top]);
        assert_eq!(path(&parents, Some(stranger)), []);
        assert_eq!(path(&parents, None), []);
        let circle = Parents::from([(top, Some(leaf)), (leaf, Some(top))]);
        assert_eq!(path(&circle, Some(leaf)), [leaf, top]);
    }
}
