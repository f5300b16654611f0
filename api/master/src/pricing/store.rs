//! The price lists that may concern some lines of one customer, in two queries, and two more for each step from a list to those that it is based on.

use super::columns::{list_of, rule_of};
use super::rules::{MOST_BASES, PriceListData, PriceRuleData};
use crate::check::marks;
use causeway_contract::Problem;
use causeway_entity::master::{parties, price_lists, price_rules};
use causeway_kernel::{Find, Tx};
use causeway_value::{CategoryId, CompanyId, PriceListId, ProductId};
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be priced.
pub struct Wanted {
    /// The products of the lines.
    pub products: Vec<ProductId>,
    /// Their categories and all above them.
    pub categories: Vec<CategoryId>,
}

/// The active lists that are for this customer of this company, and those that they are based on, with their rules about these products. Dates, currencies and the like are left to the
/// rules, so that the trace says why a list lost.
///
/// # Errors
/// When the database fails.
pub async fn lists(tx: &mut Tx<'_>, company_id: CompanyId, party: &parties::Model, wanted: &Wanted) -> Result<Vec<PriceListData>, Problem> {
    let rows = lists_for(tx, company_id, party).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked: BTreeSet<PriceListId> = rows.iter().map(|row| row.id).collect();
    let mut lists = with_rules(tx, rows, wanted).await?;
    // What these are based on, and what that is based on. What is not there for the caller is asked for once.
    for _ in 0..MOST_BASES {
        let bases: BTreeSet<PriceListId> = lists.iter().flat_map(|list| &list.rules).filter_map(|rule| rule.base).collect();
        let missing: Vec<PriceListId> = bases.difference(&asked).copied().collect();
        if missing.is_empty() {
            break;
        }
        asked.extend(&missing);
        let rows = Find::<price_lists::Entity>::new().among(price_lists::Column::Id, missing).all(tx).await?;
        lists.extend(with_rules(tx, rows, wanted).await?);
    }
    Ok(lists)
}

async fn with_rules(tx: &mut Tx<'_>, rows: Vec<price_lists::Model>, wanted: &Wanted) -> Result<Vec<PriceListData>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut rules = rules_about(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>(), wanted).await?;
    Ok(rows.into_iter().map(|row| (rules.remove(&row.id).unwrap_or_default(), row)).map(|(rules, row)| list_of(row, rules)).collect())
}

async fn lists_for(tx: &mut Tx<'_>, company_id: CompanyId, party: &parties::Model) -> Result<Vec<price_lists::Model>, Problem> {
    let mut condition = "audience_id IN (?, ?) OR audience_kind = ?".to_owned();
    let mut values: Vec<Value> = vec![party.id.into(), company_id.into(), "tenant".into()];
    if let Some(id) = party.price_list_id {
        condition.push_str(" OR id = ?");
        values.push(id.into());
    }
    if let Some(segment) = &party.segment {
        condition.push_str(" OR audience_segment = ?");
        values.push(segment.clone().into());
    }
    let find = Find::<price_lists::Entity>::new().eq(price_lists::Column::Active, true).when(&condition, values);
    find.order_by(price_lists::Column::Id).all(tx).await
}

async fn rules_about(tx: &mut Tx<'_>, ids: &[PriceListId], wanted: &Wanted) -> Result<BTreeMap<PriceListId, Vec<PriceRuleData>>, Problem> {
    let condition = format!(
        "product_id IN ({}) OR category_id IN ({}) OR (product_id IS NULL AND category_id IS NULL)",
        marks(wanted.products.len()),
        marks(wanted.categories.len())
    );
    let values = wanted.products.iter().map(|id| Value::from(*id)).chain(wanted.categories.iter().map(|id| Value::from(*id))).collect();
    let find = Find::<price_rules::Entity>::new().among(price_rules::Column::PriceListId, ids.iter().copied()).when(&condition, values);
    let mut rules: BTreeMap<PriceListId, Vec<PriceRuleData>> = BTreeMap::new();
    for row in find.order_by(price_rules::Column::Position).all(tx).await? {
        rules.entry(row.price_list_id).or_default().extend(rule_of(&row));
    }
    Ok(rules)
}
