//! Price lists that are based on each other (vector PRICE-008).

use super::rules::MOST_BASES;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::price_rules;
use causeway_kernel::{Find, Tx};
use causeway_openapi::pricing::PriceRuleInput;
use causeway_value::PriceListId;
use std::collections::{BTreeMap, BTreeSet};

/// Refuses rules that would base a list on itself, through others too: its prices would have no beginning. Each step of the chain is one query.
///
/// # Errors
/// When the database fails.
pub(super) async fn must_end(tx: &mut Tx<'_>, list: PriceListId, given: &[PriceRuleInput], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    // The lists that are reached, each with the first rule that leads there.
    let mut reached: BTreeMap<PriceListId, usize> = BTreeMap::new();
    for (index, rule) in given.iter().enumerate() {
        if let Some(base) = rule.base_price_list_id {
            reached.entry(base).or_insert(index);
        }
    }
    let mut next: BTreeSet<PriceListId> = reached.keys().copied().collect();
    for _ in 0..MOST_BASES {
        if let Some(index) = reached.get(&list) {
            let detail = "would base the list on itself through others; choose another list, or change a rule of those between";
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/rules/{index}/base_price_list_id"), detail));
            return Ok(());
        }
        if next.is_empty() {
            return Ok(());
        }
        let based = Find::<price_rules::Entity>::new().among(price_rules::Column::PriceListId, next.iter().copied());
        let found = based.when("base_price_list_id IS NOT NULL", Vec::new()).all(tx).await?;
        next.clear();
        for rule in found {
            let (Some(base), Some(index)) = (rule.base_price_list_id, reached.get(&rule.price_list_id).copied()) else { continue };
            if reached.insert(base, index).is_none() {
                next.insert(base);
            }
        }
    }
    let index = next.iter().find_map(|list| reached.get(list)).copied().unwrap_or_default();
    let detail = format!("would base the list on a chain of more than {MOST_BASES} others; choose one nearer to its end");
    errors.push(FieldError::pointer(Code::InvalidValue, format!("/rules/{index}/base_price_list_id"), detail));
    Ok(())
}
