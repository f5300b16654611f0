//! Many objects in one transaction (api.md, section 4): all or none, or each by itself.

use crate::Ctx;
use crate::db::{Find, Tx};
use causeway_contract::{Bulk, BulkItem, BulkMode, BulkResult, Code, FieldError, Problem};
use causeway_entity::kernel::external_refs;
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Creates each item with `create`, which is given its place. A wrong item leaves nothing behind; under `atomic` it refuses the others, too.
///
/// # Errors
/// Under `atomic` every wrong field with the item's place before it, or the first item's problem when it is about no field; a failing database in both modes.
pub async fn create_each<B, T, F>(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<B>, create: F) -> Result<BulkResult<T>, Problem>
where
    F: AsyncFn(&mut Tx<'_>, usize, &B) -> Result<T, Problem>,
{
    let mut data = Vec::with_capacity(bulk.items.len());
    let (mut succeeded, mut failed) = (0, 0);
    for (index, (place, item)) in (0..).zip(bulk.items.iter().enumerate()) {
        let mark = tx.mark();
        let created = match create(tx, place, item).await {
            Ok(result) => tx.refuse_foreign().await.map(|()| result),
            refused => refused,
        };
        match created {
            Ok(result) => {
                succeeded += 1;
                data.push(BulkItem { index, status: 201, result: Some(result), problem: None });
            }
            Err(problem) if problem.status >= 500 => return Err(problem),
            Err(problem) => {
                failed += 1;
                tx.undo_to(mark);
                let problem = Problem { request_id: ctx.request_id.clone(), ..problem };
                data.push(BulkItem { index, status: problem.status, result: None, problem: Some(problem) });
            }
        }
    }
    if bulk.mode == BulkMode::Atomic && failed > 0 {
        return Err(refusal(data));
    }
    Ok(BulkResult { data, succeeded, failed })
}

/// Why none is created: every wrong field of every item.
fn refusal<T>(data: Vec<BulkItem<T>>) -> Problem {
    let wrong: Vec<(u32, Problem)> = data.into_iter().filter_map(|item| Some((item.index, item.problem?))).collect();
    let fields = wrong.iter().flat_map(|(index, problem)| {
        problem.errors.iter().map(move |error| FieldError { pointer: error.pointer.as_ref().map(|at| format!("/items/{index}{at}")), ..error.clone() })
    });
    let fields: Vec<FieldError> = fields.filter(|error| error.pointer.is_some()).collect();
    if !fields.is_empty() {
        return Problem::of(fields);
    }
    match wrong.into_iter().next() {
        Some((index, problem)) => Problem { detail: format!("Item {index}: {}", problem.detail), ..problem.with("index", index) },
        None => Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log."),
    }
}

/// The external references that objects of this type carry already, out of those that many items ask for; one query.
pub struct TakenRefs {
    taken: BTreeSet<(String, String)>,
}

impl TakenRefs {
    /// Looks them up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx<'_>, object: &'static str, asked: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problem> {
        let asked: BTreeSet<(String, String)> = asked.into_iter().collect();
        let mut by_system: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (system, id) in asked {
            by_system.entry(system).or_default().push(id.into());
        }
        let mut taken = BTreeSet::new();
        if !by_system.is_empty() {
            let marks = |ids: &[Value]| vec!["?"; ids.len()].join(", ");
            let sql: Vec<String> = by_system.values().map(|ids| format!("(system = ? AND ref_id IN ({}))", marks(ids))).collect();
            let values = by_system.into_iter().flat_map(|(system, ids)| std::iter::once(Value::from(system)).chain(ids));
            let find = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, object).when(&sql.join(" OR "), values.collect());
            taken.extend(find.all(tx).await?.into_iter().map(|row| (row.system, row.ref_id)));
        }
        Ok(Self { taken })
    }

    /// Takes the references of the next item.
    ///
    /// # Errors
    /// `external_ref_exists` naming each that is carried already, by an object or by an item before.
    pub fn take(&mut self, refs: &[(String, String)]) -> Result<(), Problem> {
        let wrong = |index: usize| {
            let detail = "is carried by another object of this type, or by an item before";
            FieldError::pointer(Code::ExternalRefExists, format!("/external_refs/{index}"), detail)
        };
        let errors: Vec<FieldError> = refs.iter().enumerate().filter(|(_, pair)| self.taken.contains(*pair)).map(|(index, _)| wrong(index)).collect();
        if !errors.is_empty() {
            return Err(Problem::of(errors));
        }
        self.taken.extend(refs.iter().cloned());
        Ok(())
    }
}
