//! Products. One whose reference or code is known is changed; its kind and unit stay.

use super::parties::change;
use super::{Outcome, PRODUCT, PRODUCT_CHANGE, Prepared, Said, attempt, known, prepare, refs};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{Row, body};
use causeway_contract::Problem;
use causeway_entity::master::products;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::catalog::product;
use causeway_openapi::catalog::{CreateProduct, UpdateProduct};
use causeway_value::{ProductId, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What a product is when a row does not say.
const USUAL: [(&str, &str); 3] = [("kind", "goods"), ("unit", "piece"), ("billing_policy", "on_delivery")];
/// What a change cannot say.
const FIXED: [&str; 3] = ["code", "kind", "unit"];

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, mut rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    for row in &mut rows {
        // A code that is not given is the name.
        if let Some(name) = row.fields.get("name").cloned() {
            row.fields.entry("code".to_owned()).or_insert(name);
        }
    }
    let rows = prepare(import, names, rows);
    let standing = known(tx, import, "product", &rows).await?;
    let codes: BTreeSet<String> = rows.iter().filter_map(|row| row.row.fields.get("code").cloned()).collect();
    let found = Find::<products::Entity>::new().among(products::Column::Code, codes).all(tx).await?;
    let by_code: BTreeMap<String, ProductId> = found.into_iter().map(|row| (row.code, row.id)).collect();
    let mut said = Said::default();
    let mut outcomes = Vec::with_capacity(rows.len());
    for Prepared { mut row, reference, errors } in rows {
        if !errors.is_empty() {
            outcomes.push(Outcome::Failed(errors));
            continue;
        }
        let code = row.fields.get("code").cloned().unwrap_or_default();
        let referred = reference.as_ref().and_then(|reference| standing.get(reference)).map(|id| ProductId::from_uuid(*id));
        let old = referred.or_else(|| by_code.get(&code).copied());
        let object = old.map_or_else(|| code.clone(), |id| id.to_string());
        let whole = row.clone();
        if let Some(outcome) = said.again(&object, "code", &whole) {
            outcomes.push(outcome);
            continue;
        }
        let outcome = match old {
            Some(id) => {
                FIXED.iter().for_each(|field| drop(row.fields.remove(*field)));
                match change::<UpdateProduct>(&row, &PRODUCT_CHANGE) {
                    Err(outcome) => outcome,
                    Ok(change) => attempt(tx, Outcome::Updated, async |tx| product::update(ctx, tx, id, &change).await.map(|_| ())).await?,
                }
            }
            None => {
                for (field, value) in USUAL {
                    row.fields.entry(field.to_owned()).or_insert_with(|| value.to_owned());
                }
                if let Some(company) = names.company(&row, import.options.company_id) {
                    row.fields.entry("currency".to_owned()).or_insert_with(|| company.currency.to_string());
                }
                match body::<CreateProduct>(&row, &PRODUCT, Zone::UTC, refs(import, reference.as_ref())) {
                    Err(errors) => Outcome::Failed(errors),
                    Ok(body) => attempt(tx, Outcome::Created, async |tx| product::create(ctx, tx, &body).await.map(|_| ())).await?,
                }
            }
        };
        said.note(object, whole, &outcome);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}
