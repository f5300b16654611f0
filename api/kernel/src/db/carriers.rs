//! Who carries an external reference that another object was to get (MDM-10). The write has failed by then, so it is looked up after it.

use super::{Db, Find, Tx};
use crate::Ctx;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::kernel::external_refs;
use causeway_value::{prefix_of, type_id};
use sea_orm::sea_query::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Where a problem keeps what was asked for until it is known who has it. No caller sees it.
const ASKED: &str = "asked_refs";
/// Objects that belong to no company, so that whoever may write one may know of all.
const OF_THE_TENANT: [&str; 7] = ["party", "contact", "product", "price_list", "category", "team", "user"];

/// A reference that an object was to carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub object: String,
    /// Of the object.
    pub id: Uuid,
    pub system: String,
    pub ref_id: String,
}

/// Remembers with the problem of a taken reference which ones the write asked for.
pub(super) fn asked(problem: Problem, refs: &[Asked]) -> Problem {
    if problem.code != Code::ExternalRefExists || refs.is_empty() {
        return problem;
    }
    problem.with(ASKED, serde_json::to_value(refs).unwrap_or_default())
}

/// Names the references that are taken, and the objects that have them as far as the caller may know of those.
pub(super) async fn named(db: &Db, ctx: &Ctx, mut problem: Problem) -> Problem {
    let Some(asked) = problem.meta.remove(ASKED).and_then(|asked| serde_json::from_value::<Vec<Asked>>(asked).ok()) else { return problem };
    let mut said = BTreeSet::new();
    if let Some(twice) = asked.iter().find(|one| !said.insert((one.id, &one.system, &one.ref_id))) {
        return Problem::field(Code::InvalidValue, "/external_refs", format!("names {}:{} twice; name it once", twice.system, twice.ref_id));
    }
    // Without an answer the problem still says what is the matter.
    let carried = db.read(ctx, async |_, tx| carried(tx, &asked).await).await.unwrap_or_default();
    for (one, other) in asked.iter().filter_map(|one| Some((one, carried.iter().find(|row| is_taken(one, row))?))) {
        let known = ctx.companies.is_none() || OF_THE_TENANT.contains(&one.object.as_str());
        let prefix = prefix_of(&one.object).filter(|_| known);
        let carrier = prefix.map(|prefix| type_id(prefix, other.object_id));
        let whose = carrier.clone().unwrap_or_else(|| format!("another {}", one.object.replace('_', " ")));
        let detail = format!("{}:{} is carried by {whose}", one.system, one.ref_id);
        if problem.errors.is_empty() {
            problem.detail = format!(
                "{whose} carries the external reference {}:{} already. Change that one, or give this one a reference of its own.",
                one.system, one.ref_id
            );
            problem = problem.with("system", one.system.clone()).with("ref_id", one.ref_id.clone());
            if let Some(carrier) = carrier {
                problem = problem.with(&format!("{}_id", one.object), carrier);
            }
        }
        problem.errors.push(FieldError::pointer(Code::ExternalRefExists, "/external_refs", detail));
    }
    problem
}

fn is_taken(one: &Asked, row: &external_refs::Model) -> bool {
    row.object_type == one.object && row.system == one.system && row.ref_id == one.ref_id && row.object_id != one.id
}

async fn carried(tx: &mut Tx<'_>, asked: &[Asked]) -> Result<Vec<external_refs::Model>, Problem> {
    let sql = vec!["(object_type = ? AND system = ? AND ref_id = ?)"; asked.len()].join(" OR ");
    let values = asked.iter().flat_map(|one| [Value::from(one.object.as_str()), one.system.as_str().into(), one.ref_id.as_str().into()]);
    Find::<external_refs::Entity>::new().when(&sql, values.collect()).all(tx).await
}
