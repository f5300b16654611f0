//! Stages of pipelines. One of the same id, or without one of the same name in the same pipeline is changed; what an opportunity in it is stays.

use super::{Outcome, Prepared, STAGE, STAGE_CHANGE, attempt, known, prepare, right};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Problem};
use causeway_entity::sell::stages::{Column, Entity, Model};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::crm::{CreateStage, UpdateStage};
use causeway_sell::stage::{rules, service};
use causeway_value::{CompanyId, Zone};
use serde_json::{Map, json};
use std::collections::BTreeSet;

/// What a change cannot say.
const FIXED: [&str; 2] = ["company_id", "status"];

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let mut rows = prepare(import, names, rows);
    let by_id = known(tx, import, names, "stage", &mut rows).await?;
    let called: BTreeSet<String> = rows.iter().filter_map(|row| row.row.fields.get("name").cloned()).collect();
    let mut standing = Find::<Entity>::new().among(Column::Name, called).all(tx).await?;
    if !by_id.is_empty() {
        let others = Find::<Entity>::new().among(Column::Id, by_id.values().copied()).all(tx).await?;
        standing.extend(others);
    }
    let mut seen = BTreeSet::new();
    let mut outcomes = Vec::with_capacity(rows.len());
    for Prepared { mut row, reference, mut errors, .. } in rows {
        // Without a company it is a stage of every company's pipeline, as by POST /v1/stages; the only company is none that somebody named.
        let named = row.fields.contains_key("company_id") || import.options.company_id.is_some();
        let company = names.company(&row, import.options.company_id).filter(|_| named).map(|company| company.id);
        let name = row.fields.get("name").cloned().unwrap_or_default();
        if !name.is_empty() && !seen.insert((company, name.clone())) {
            errors.push(CellError::field(Code::AlreadyExists, "name", "is the name of a stage in a row before; give each stage one row"));
        }
        let own = reference.and_then(|reference| by_id.get(&reference));
        let same = |stage: &&Model| own.map_or((stage.company_id, &stage.name) == (company, &name), |id| stage.id.uuid() == *id);
        let old = standing.iter().find(same);
        errors.extend(old.and_then(|old| other_status(old, &row)));
        outcomes.push(match old {
            Some(old) => changed(ctx, tx, old, row, errors).await?,
            None => {
                row.fields.remove("company_id");
                created(ctx, tx, company, &row, errors).await?
            }
        });
    }
    Ok(outcomes)
}

async fn created(ctx: &Ctx, tx: &mut Tx<'_>, company: Option<CompanyId>, row: &Row, errors: Vec<CellError>) -> Result<Outcome, Problem> {
    let more: Map<_, _> = company.map(|id| ("company_id".to_owned(), json!(id))).into_iter().collect();
    match right(errors, body::<CreateStage>(row, &STAGE, Zone::UTC, more)) {
        Err(errors) => Ok(Outcome::Failed(errors)),
        Ok(body) => attempt(tx, Outcome::Created, async |tx| service::create(ctx, tx, &body).await.map(drop)).await,
    }
}

async fn changed(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, mut row: Row, errors: Vec<CellError>) -> Result<Outcome, Problem> {
    FIXED.iter().for_each(|field| drop(row.fields.remove(*field)));
    let change: UpdateStage = match right(errors, body(&row, &STAGE_CHANGE, Zone::UTC, Map::new())) {
        Err(errors) => return Ok(Outcome::Failed(errors)),
        Ok(change) => change,
    };
    if says_what_is_known(old, &change) {
        return Ok(Outcome::Unchanged);
    }
    attempt(tx, Outcome::Updated, async |tx| service::update(ctx, tx, old.id, &change).await.map(drop)).await
}

/// What an opportunity in a stage is does not change: it would close or open those that stand in it.
fn other_status(old: &Model, row: &Row) -> Option<CellError> {
    let is: &'static str = rules::status(old).into();
    let wanted = row.fields.get("status").filter(|wanted| !wanted.eq_ignore_ascii_case(is))?;
    Some(CellError::field(Code::InvalidValue, "status", format!("cannot become {wanted}: opportunities in the stage are {is}. Add another stage")))
}

fn says_what_is_known(old: &Model, body: &UpdateStage) -> bool {
    let known = service::view(old);
    body.name.clone().over_required(known.name.clone()) == known.name
        && body.position.clone().over_required(known.position) == known.position
        && body.probability.clone().over_required(known.probability) == known.probability
        && body.required_fields.clone().over_required(known.required_fields.clone()) == known.required_fields
        && body.validates_customer.clone().over_required(known.validates_customer) == known.validates_customer
}
