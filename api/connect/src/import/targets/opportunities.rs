//! Opportunities, history included.

use super::{OPPORTUNITY, Outcome, Prepared, attempt, company, known, prepare, refs};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::Problem;
use causeway_entity::sell::opportunities;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::crm::CreateOpportunity;
use causeway_sell::check::History;
use causeway_sell::opportunity::service::{self, Known};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let rows = prepare(import, names, rows);
    let standing = known(tx, import, "opportunity", &rows).await?;
    let ids: Vec<Uuid> = standing.values().copied().collect();
    let found = if ids.is_empty() { Vec::new() } else { Find::<opportunities::Entity>::new().among(opportunities::Column::Id, ids.clone()).all(tx).await? };
    let found: BTreeMap<Uuid, opportunities::Model> = found.into_iter().map(|row| (row.id.uuid(), row)).collect();
    let mut references = tx.external_refs(&ids).await?;
    let bodies: Vec<_> = rows.into_iter().map(|row| wanted(import, names, row, |reference| found.get(standing.get(reference)?))).collect();
    let known = Known::load(tx, bodies.iter().filter_map(|body| body.as_ref().ok()).map(|(body, _)| body)).await?;
    let known = known.with_orders(tx, found.values().map(|row| row.id)).await?;
    let mut outcomes = Vec::with_capacity(bodies.len());
    for wanted in bodies {
        outcomes.push(match wanted {
            Err(errors) => Outcome::Failed(errors),
            Ok((body, old)) => match old {
                None => attempt(tx, Outcome::Created, async |tx| service::create_known(ctx, tx, &known, &body, History::Told).map(|_| ())).await?,
                Some(old) => {
                    let refs = references.remove(&old.id.uuid()).unwrap_or_default();
                    match service::replace(ctx, tx, &known, (old, refs), &body) {
                        Ok(true) => Outcome::Updated,
                        Ok(false) => Outcome::Unchanged,
                        Err(problem) => super::failed(problem)?,
                    }
                }
            },
        });
    }
    Ok(outcomes)
}

/// The body of a row, and the opportunity that it changes.
fn wanted<'o>(
    import: &Import,
    names: &Names,
    prepared: Prepared,
    standing: impl Fn(&str) -> Option<&'o opportunities::Model>,
) -> Result<(CreateOpportunity, Option<&'o opportunities::Model>), Vec<CellError>> {
    let Prepared { mut row, reference, mut errors } = prepared;
    let zone = import.zone(names, &row);
    let old = reference.as_deref().and_then(standing);
    let mut more = refs(import, reference.as_ref());
    errors.extend(company(import, names, &mut row, &mut more).err());
    if !row.fields.contains_key("title") {
        let product = row.fields.get("product_id").and_then(|id| names.product(id)).or(reference.as_deref()).unwrap_or("Deal");
        row.fields.insert("title".to_owned(), product.to_owned());
    }
    match body::<CreateOpportunity>(&row, &OPPORTUNITY, zone, more) {
        Ok(body) if errors.is_empty() => Ok((CreateOpportunity { party_id: body.party_id.or(old.and_then(|old| old.party_id)), ..body }, old)),
        Ok(_) => Err(errors),
        Err(more) => {
            // A field that names nothing was told already.
            let new = more.into_iter().filter(|error| !errors.iter().any(|told| told.field == error.field)).collect::<Vec<_>>();
            errors.extend(new);
            Err(errors)
        }
    }
}
