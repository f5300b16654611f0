//! Products. One whose reference or code is known is changed; its kind and unit stay. A row that says what is known changes nothing (INT-35).

use super::parties::change;
use super::taxes::Taxes;
use super::{Outcome, PRODUCT, PRODUCT_CHANGE, Prepared, Said, attempt, known, prepare, refs, tried};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{Row, body};
use causeway_contract::Problem;
use causeway_entity::master::products;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::catalog::product;
use causeway_openapi::catalog::{CreateProduct, Product, UpdateProduct};
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
    let mut rows = prepare(import, names, rows);
    let standing = known(tx, import, names, "product", &mut rows).await?;
    let codes: BTreeSet<String> = rows.iter().filter_map(|row| row.row.fields.get("code").cloned()).collect();
    let mut found = Find::<products::Entity>::new().among(products::Column::Code, codes).all(tx).await?;
    let by_code: BTreeMap<String, ProductId> = found.iter().map(|row| (row.code.clone(), row.id)).collect();
    let others: BTreeSet<_> = standing.values().copied().filter(|id| !found.iter().any(|row| row.id.uuid() == *id)).collect();
    if !others.is_empty() {
        found.extend(Find::<products::Entity>::new().among(products::Column::Id, others).all(tx).await?);
    }
    let stand: BTreeMap<ProductId, Product> = product::views(tx, &found).await?.into_iter().map(|product| (product.id, product)).collect();
    let company = names.company(&Row::default(), import.options.company_id).map(|company| company.id);
    let taxes = Taxes::load(tx, &rows, names, company).await?;
    let mut said = Said::default();
    let mut outcomes = Vec::with_capacity(rows.len());
    for Prepared { mut row, reference, refs: references, mut errors, .. } in rows {
        let code = row.fields.get("code").cloned().unwrap_or_default();
        let referred = reference.as_ref().and_then(|reference| standing.get(reference)).map(|id| ProductId::from_uuid(*id));
        let old = referred.or_else(|| by_code.get(&code).copied());
        let before = old.and_then(|id| stand.get(&id));
        errors.extend(taxes.resolve(&mut row, before.map(|product| product.tax_ids.as_slice()).unwrap_or_default()).err());
        if !errors.is_empty() {
            outcomes.push(Outcome::Failed(errors));
            continue;
        }
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
                    Ok(change) => tried(tx, async |tx| changed(ctx, tx, id, &change, before).await).await?,
                }
            }
            None => {
                for (field, value) in USUAL {
                    row.fields.entry(field.to_owned()).or_insert_with(|| value.to_owned());
                }
                if let Some(company) = names.company(&row, import.options.company_id) {
                    row.fields.entry("currency".to_owned()).or_insert_with(|| company.currency.to_string());
                }
                match body::<CreateProduct>(&row, &PRODUCT, Zone::UTC, refs(&references)) {
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

/// Changes a product as a row says, unless it is so.
async fn changed(ctx: &Ctx, tx: &mut Tx<'_>, id: ProductId, change: &UpdateProduct, before: Option<&Product>) -> Result<Outcome, Problem> {
    let after = product::update(ctx, tx, id, change).await?;
    let same = before.is_some_and(|before| *before == Product { version: before.version, updated_at: before.updated_at, ..after });
    Ok(if same { Outcome::Unchanged } else { Outcome::Updated })
}
