//! What a rule makes of a product: its own price, a share of the product's, or of the price that another list has (vector PRICE-008).

use super::{
    PriceEffect, PriceListData, PriceRequest, PriceRuleData, Rates, Trace, at_least_margin, best_of, converted, label, of_list, rounded_to_step, share_of,
};
use causeway_contract::{Code, Problem};
use causeway_value::{Overflow, Percent, Price};
use std::collections::BTreeSet;

/// Lists that are based on each other, at most.
pub(in crate::pricing) const MOST: usize = 10;

/// The price that a rule gives, per unit of the product and in the currency of its list.
pub(super) fn in_list(
    request: &PriceRequest<'_>,
    of: (&PriceListData, &PriceRuleData),
    lists: &[PriceListData],
    rates: Rates<'_>,
    trace: &mut Trace,
) -> Result<Price, Problem> {
    priced(request, of, lists, rates, trace, MOST)
}

fn priced(
    request: &PriceRequest<'_>,
    (list, rule): (&PriceListData, &PriceRuleData),
    lists: &[PriceListData],
    rates: Rates<'_>,
    trace: &mut Trace,
    deeper: usize,
) -> Result<Price, Problem> {
    let product = request.product;
    let cost = |trace: &mut Trace| converted(product.cost.unwrap_or_default(), product.currency, list.currency, rates, trace);
    let (input, price) = match rule.effect {
        PriceEffect::Price(price) => (None, price),
        PriceEffect::PercentOff(percent) => {
            let base = base(request, (list, rule), lists, rates, trace, deeper)?;
            (Some(base), share_of(base, Percent::WHOLE.0.checked_sub(percent.0))?)
        }
        PriceEffect::Surcharge(extra) => {
            let base = base(request, (list, rule), lists, rates, trace, deeper)?;
            (Some(base), Price(base.0.checked_add(extra.0).ok_or(Overflow)?))
        }
        PriceEffect::CostPlusPercent(percent) => {
            let base = cost(trace)?;
            (Some(base), share_of(base, Percent::WHOLE.0.checked_add(percent.0))?)
        }
    };
    let because = format!("best of the rules that apply on {} to {} base units or more", request.day, rule.min_quantity);
    trace.step(label(list, rule), input.map_or_else(|| "none".to_owned(), |price| price.to_string()), price.to_string(), because);
    let price = rounded_to_step(rule, price, trace)?;
    match (rule.margin_floor_percent, product.cost) {
        (Some(floor), Some(_)) => {
            let cost = cost(trace)?;
            Ok(at_least_margin(rule, price, cost, floor, trace)?)
        }
        _ => Ok(price),
    }
}

/// What a rule starts from, in the currency of its list: the price of the list that it is based on, whomever that one is for; else the product's own.
fn base(
    request: &PriceRequest<'_>,
    (list, rule): (&PriceListData, &PriceRuleData),
    lists: &[PriceListData],
    rates: Rates<'_>,
    trace: &mut Trace,
    deeper: usize,
) -> Result<Price, Problem> {
    let named = rule.base.and_then(|id| lists.iter().find(|other| other.id == id));
    if rule.base.is_some() && named.is_none() {
        return Err(out_of_reach(request, (list, rule)));
    }
    if let Some(other) = named {
        let Some(deeper) = deeper.checked_sub(1) else { return Err(circle(request, list)) };
        let mut candidates = of_list(request, other, 0, trace);
        candidates.retain(|candidate| starts(request, candidate.rule, lists, deeper).is_ok());
        if let Some(best) = best_of(request, candidates, trace)? {
            let price = priced(request, (other, best.rule), lists, rates, trace, deeper)?;
            return converted(price, other.currency, list.currency, rates, trace);
        }
    }
    let Some(own) = request.product.list_price else {
        let detail = format!("is required: the product has no list price, and the list that {} is based on has none", label(list, rule));
        return Err(Problem::field(Code::Required, format!("{}/unit_price", request.pointer), detail));
    };
    converted(own, request.product.currency, list.currency, rates, trace)
}

/// Whether a rule has a price to start from, or why not: one that has none gives way to the next. A list that does not apply is none to start from, as what
/// is based on it was meant to follow it. What is wrong with the lists in between is told where they price.
pub(super) fn starts(request: &PriceRequest<'_>, rule: &PriceRuleData, lists: &[PriceListData], deeper: usize) -> Result<(), String> {
    let Some(base) = rule.base else { return Ok(()) };
    let (Some(other), Some(deeper)) = (lists.iter().find(|other| other.id == base), deeper.checked_sub(1)) else { return Ok(()) };
    if !other.active {
        return Err(format!("the list {} that it is based on is not active", other.code));
    }
    if !other.is_valid(request.day) {
        return Err(format!("the list {} that it is based on is not valid on {}", other.code, request.day));
    }
    let found = of_list(request, other, 0, &mut Trace::default());
    if found.is_empty() {
        let own = request.product.list_price.map(|_| ());
        return own.ok_or_else(|| "neither the list that it is based on nor the product has a price".to_owned());
    }
    // Rules that start from the same list start together.
    let mut tried = BTreeSet::new();
    let mut because = String::new();
    for candidate in found.iter().filter(|candidate| tried.insert(candidate.rule.base)) {
        match starts(request, candidate.rule, lists, deeper) {
            Ok(()) => return Ok(()),
            Err(why) => because = why,
        }
    }
    Err(because)
}

/// Another price than the one that was meant is never taken silently.
fn out_of_reach(request: &PriceRequest<'_>, (list, rule): (&PriceListData, &PriceRuleData)) -> Problem {
    let detail = format!(
        "has no price: the price list that {} is based on is of a company that you do not see, or more than {MOST} lists away. Change the rule, or ask whoever sees all companies",
        label(list, rule)
    );
    Problem::field(Code::InvalidValue, request.pointer, detail)
}

fn circle(request: &PriceRequest<'_>, list: &PriceListData) -> Problem {
    let detail = format!("has no price: the price list {} is based on itself through others. Change the rules of one of them.", list.code);
    Problem::field(Code::InvalidValue, request.pointer, detail)
}
