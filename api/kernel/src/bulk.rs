//! Many objects in one transaction (api.md, section 4): all or none, or each by itself.
//!
//! An item that comes again under the same external references is answered with what it made, as if it were sent alone (`http/again.rs`).

use crate::Ctx;
use crate::ctx::MadeFrom;
use crate::db::{Find, Tx};
use causeway_contract::{Bulk, BulkItem, BulkMode, BulkResult, Code, FieldError, Problem};
use causeway_entity::kernel::external_refs;
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How objects of a type are known again.
pub struct Kind<R, S> {
    /// The type, as external references name it.
    pub object: &'static str,
    /// The external references of an item, in the order in which it names them.
    pub refs: R,
    /// Reads the objects of these ids that the caller may see, all at once.
    pub read: S,
}

/// Creates each item with `create`, which is given its place. A wrong item leaves nothing behind; under `atomic` it refuses the others, too. One that was created
/// before, alone or in many, is that object as it is now.
///
/// # Errors
/// Under `atomic` every wrong field with the item's place before it, or the first item's problem when it is about no field; a failing database in both modes.
pub async fn create_each<B, T, F, R, S>(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<B>, kind: Kind<R, S>, create: F) -> Result<BulkResult<T>, Problem>
where
    T: Clone,
    F: AsyncFn(&mut Tx<'_>, usize, &B) -> Result<T, Problem>,
    R: Fn(&B) -> Vec<(String, String)>,
    S: AsyncFn(&mut Tx<'_>, &[Uuid]) -> Result<BTreeMap<Uuid, T>, Problem>,
{
    let digest = |place: usize| ctx.made_from_each.get(place).copied().flatten();
    let mut taken = TakenRefs::load(tx, kind.object, bulk.items.iter().flat_map(&kind.refs)).await?;
    let again: BTreeSet<Uuid> = bulk.items.iter().enumerate().filter_map(|(place, item)| taken.made(&(kind.refs)(item), digest(place)?)).collect();
    let mut standing = if again.is_empty() { BTreeMap::new() } else { (kind.read)(tx, &again.into_iter().collect::<Vec<_>>()).await? };
    let mut data: Vec<BulkItem<T>> = Vec::with_capacity(bulk.items.len());
    let (mut succeeded, mut replayed, mut failed) = (0, 0, 0);
    for (index, (place, item)) in (0..).zip(bulk.items.iter().enumerate()) {
        let refs = (kind.refs)(item);
        let before = digest(place).and_then(|digest| taken.made(&refs, digest)).and_then(|id| standing.get(&id).cloned());
        if let Some(result) = before {
            (succeeded, replayed) = (succeeded + 1, replayed + 1);
            data.push(BulkItem { index, status: 200, result: Some(result), problem: None });
            continue;
        }
        let mark = tx.mark();
        tx.made_from(digest(place).map(|digest| digest.meaning));
        let created = match create(tx, place, item).await {
            Ok(result) => tx.refuse_foreign().await.and_then(|()| taken.check(&refs)).map(|()| result),
            refused => refused,
        };
        match created {
            Ok(result) => {
                succeeded += 1;
                // What comes twice in one request is made once. The new object is kept here under a name of its own.
                let name = Uuid::now_v7();
                if digest(place).is_some() {
                    standing.insert(name, result.clone());
                }
                taken.take(refs, name, digest(place));
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
    tx.made_from(None);
    if bulk.mode == BulkMode::Atomic && failed > 0 {
        return Err(refusal(data));
    }
    Ok(BulkResult { data, succeeded, replayed, failed })
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

/// Who carries an external reference: the object, and what it was created from.
struct Carrier {
    object: Uuid,
    made_from: Option<Vec<u8>>,
}

/// The external references that objects of this type carry already, out of those that many items ask for; one query.
struct TakenRefs {
    taken: BTreeMap<(String, String), Carrier>,
}

impl TakenRefs {
    async fn load(tx: &mut Tx<'_>, object: &'static str, asked: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problem> {
        let asked: BTreeSet<(String, String)> = asked.into_iter().collect();
        let mut by_system: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (system, id) in asked {
            by_system.entry(system).or_default().push(id.into());
        }
        let mut taken = BTreeMap::new();
        if !by_system.is_empty() {
            let marks = |ids: &[Value]| vec!["?"; ids.len()].join(", ");
            let sql: Vec<String> = by_system.values().map(|ids| format!("(system = ? AND ref_id IN ({}))", marks(ids))).collect();
            let values = by_system.into_iter().flat_map(|(system, ids)| std::iter::once(Value::from(system)).chain(ids));
            let find = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, object).when(&sql.join(" OR "), values.collect());
            let carrier = |row: external_refs::Model| ((row.system, row.ref_id), Carrier { object: row.object_id, made_from: row.made_from });
            taken.extend(find.all(tx).await?.into_iter().map(carrier));
        }
        Ok(Self { taken })
    }

    /// The object that a creation of this digest made under one of these references.
    fn made(&self, refs: &[(String, String)], digest: MadeFrom) -> Option<Uuid> {
        let carriers = refs.iter().filter_map(|pair| self.taken.get(pair));
        carriers.filter(|carrier| carrier.made_from.as_deref().is_some_and(|kept| digest.is(kept))).map(|carrier| carrier.object).next()
    }

    /// `external_ref_exists` naming each that is carried already, by an object or by an item before.
    fn check(&self, refs: &[(String, String)]) -> Result<(), Problem> {
        let wrong = |index: usize| {
            let detail = "is carried by another object of this type, or by an item before";
            FieldError::pointer(Code::ExternalRefExists, format!("/external_refs/{index}"), detail)
        };
        let errors: Vec<FieldError> = refs.iter().enumerate().filter(|(_, pair)| self.taken.contains_key(*pair)).map(|(index, _)| wrong(index)).collect();
        if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
    }

    /// The references of an item are carried from now on.
    fn take(&mut self, refs: Vec<(String, String)>, object: Uuid, digest: Option<MadeFrom>) {
        let carrier = || Carrier { object, made_from: digest.map(|digest| digest.meaning.to_vec()) };
        self.taken.extend(refs.into_iter().map(|pair| (pair, carrier())));
    }
}
