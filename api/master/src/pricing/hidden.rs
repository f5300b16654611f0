//! Rules that follow from costs, in the hands of who may not see costs (SEC-07): what reads as null stays, and no rule is said that would tell a cost.

use super::list::rules_of;
use crate::check::needs_costs;
use causeway_contract::{COSTS, Problem};
use causeway_entity::master::price_rules;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::pricing::PriceRuleInput;
use causeway_value::{PriceListId, Quantity};

/// Refuses rules that follow from costs.
///
/// # Errors
/// `permission_denied` naming the field.
pub(super) fn say_costs<'r>(ctx: &Ctx, rules: impl IntoIterator<Item = &'r PriceRuleInput>) -> Result<(), Problem> {
    for rule in rules {
        needs_costs(ctx, rule.cost_plus_percent.is_some(), "cost_plus_percent")?;
        needs_costs(ctx, rule.margin_floor_percent.is_some(), "margin_floor_percent")?;
    }
    Ok(())
}

/// The rules that replace those of a list, with what the caller reads as null as it stands.
///
/// # Errors
/// As [`say_costs`]; `permission_denied` where a rule with something hidden in it is missing.
pub(super) async fn kept(ctx: &Ctx, tx: &mut Tx<'_>, id: PriceListId, given: &[PriceRuleInput]) -> Result<Vec<PriceRuleInput>, Problem> {
    if ctx.may(COSTS) {
        return Ok(given.to_vec());
    }
    say_costs(ctx, given)?;
    let standing = rules_of(tx, &[id]).await?;
    let mut new = given.to_vec();
    needs_costs(ctx, !restore(&standing, &mut new), "rules")?;
    Ok(new)
}

/// A list whose rules would all go holds none that the caller cannot see whole.
///
/// # Errors
/// `permission_denied`.
pub(super) async fn must_keep_none(ctx: &Ctx, tx: &mut Tx<'_>, id: PriceListId) -> Result<(), Problem> {
    if ctx.may(COSTS) {
        return Ok(());
    }
    needs_costs(ctx, rules_of(tx, &[id]).await?.iter().any(hides), "rules")
}

const fn hides(rule: &price_rules::Model) -> bool {
    rule.cost_plus_percent.is_some() || rule.margin_floor_percent.is_some()
}

/// Gives the rules back what is hidden of those that they take the place of: the rule about the same goods from the same quantity. Whether none is lost.
fn restore(standing: &[price_rules::Model], new: &mut [PriceRuleInput]) -> bool {
    let mut taken = vec![false; new.len()];
    standing.iter().filter(|rule| hides(rule)).all(|rule| {
        let same = |given: &PriceRuleInput| {
            given.product_id == rule.product_id
                && given.category_id == rule.category_id
                && given.min_quantity.unwrap_or(Quantity::ZERO) == rule.min_quantity
                && (rule.cost_plus_percent.is_none() || (given.price.is_none() && given.percent_off.is_none() && given.surcharge.is_none()))
        };
        let place = new.iter_mut().zip(&mut taken).find(|(given, taken)| !**taken && same(given));
        let Some((given, taken)) = place else { return false };
        (given.cost_plus_percent, given.margin_floor_percent, *taken) = (rule.cost_plus_percent, rule.margin_floor_percent, true);
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Percent, PriceRuleId, ProductId, TenantId};

    fn rule(product: ProductId, from: i64, cost_plus: Option<i64>, floor: Option<i64>) -> price_rules::Model {
        price_rules::Model {
            tenant_id: TenantId::new(),
            id: PriceRuleId::new(),
            price_list_id: PriceListId::new(),
            position: 0,
            product_id: Some(product),
            category_id: None,
            min_quantity: Quantity(from),
            price: None,
            percent_off: cost_plus.is_none().then_some(Percent(5)),
            surcharge: None,
            cost_plus_percent: cost_plus.map(Percent),
            rounding_step: None,
            margin_floor_percent: floor.map(Percent),
            base_price_list_id: None,
        }
    }

    /// The rule as who may not see costs reads it.
    fn read(rule: &price_rules::Model) -> PriceRuleInput {
        PriceRuleInput { product_id: rule.product_id, min_quantity: Some(rule.min_quantity), percent_off: rule.percent_off, ..PriceRuleInput::default() }
    }

    #[test]
    fn what_reads_as_null_stays_and_no_rule_that_hides_something_is_lost() {
        let (chai, chang) = (ProductId::new(), ProductId::new());
        let standing = [rule(chai, 0, None, Some(20)), rule(chai, 10, Some(50), None), rule(chang, 0, None, None)];
        let mut as_read: Vec<PriceRuleInput> = standing.iter().map(read).collect();
        as_read[0].percent_off = Some(Percent(7));
        assert!(restore(&standing, &mut as_read));
        let hidden = as_read.iter().map(|rule| (rule.cost_plus_percent, rule.margin_floor_percent)).collect::<Vec<_>>();
        assert_eq!(hidden, [(None, Some(Percent(20))), (Some(Percent(50)), None), (None, None)]);
        assert_eq!(as_read[0].percent_off, Some(Percent(7)), "what is seen is changed");
        // One that hides nothing may go; one that does may not, nor be of another quantity.
        assert!(restore(&standing, &mut standing[..2].iter().map(read).collect::<Vec<_>>()));
        assert!(!restore(&standing, &mut standing[1..].iter().map(read).collect::<Vec<_>>()));
        let mut moved: Vec<PriceRuleInput> = standing.iter().map(read).collect();
        moved[1].min_quantity = Some(Quantity(11));
        assert!(!restore(&standing, &mut moved));
    }
}
