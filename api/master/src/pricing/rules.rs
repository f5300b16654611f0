//! The price of a line (rules, "Price of a line" 1 to 3; requirements QTE-04 to QTE-06, QTE-14, ORD-01).
//!
//! A given price wins. Else the best rule of the price lists that apply: the more specific audience (party, segment, company, tenant), then the higher
//! priority of the list, then the more specific rule (product, nearest category, all), then the highest quantity that is reached. Two rules left are an
//! error. Else the product's own price. All prices are per the product's price base quantity.

use super::{Trace, amounts::price_override_percent};
use crate::rate::rules::{Rates, conversion, of_day};
use causeway_contract::{Code, FieldError, Problem};
use causeway_value::{CategoryId, CompanyId, Currency, Day, Overflow, PartyId, Percent, Price, PriceListId, PriceRuleId, ProductId, Quantity, product};
use std::cmp::Reverse;

/// A product as far as its price needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedProduct {
    /// Which product.
    pub id: ProductId,
    /// Its category and the ones above it, nearest first.
    pub categories: Vec<CategoryId>,
    /// The price when no list has one, per base unit.
    pub list_price: Option<Price>,
    /// What it costs us, per base unit.
    pub cost: Option<Price>,
    /// Of list price and cost.
    pub currency: Currency,
}

/// Whom a price list is for, besides the parties that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// One party.
    Party(PartyId),
    /// The parties of a segment.
    Segment(String),
    /// The customers of a company.
    Company(CompanyId),
    /// Everybody.
    Tenant,
}

/// A price list with the rules that may concern the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceListData {
    /// Which list.
    pub id: PriceListId,
    /// Its code, for the trace.
    pub code: String,
    /// Of its prices.
    pub currency: Currency,
    /// Higher wins among lists of the same audience.
    pub priority: i64,
    /// First day, inclusive.
    pub valid_from: Option<Day>,
    /// Last day, inclusive.
    pub valid_to: Option<Day>,
    /// The only company it serves; none means all.
    pub company_id: Option<CompanyId>,
    /// Whom it is for; none means only the parties that name it.
    pub audience: Option<Audience>,
    /// Whether it serves documents in another currency.
    pub convert: bool,
    /// Whether it applies at all: one that does not prices nothing, and nothing starts from it.
    pub active: bool,
    /// Its rules.
    pub rules: Vec<PriceRuleData>,
}

impl PriceListData {
    /// Whether its prices count on a day.
    fn is_valid(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| day >= from) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceTarget {
    /// One product.
    Product(ProductId),
    /// The products of a category and of those below it.
    Category(CategoryId),
    /// Every product.
    All,
}

/// What a rule does to the price per base unit, in the currency of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceEffect {
    /// This price.
    Price(Price),
    /// The product's list price, or its price in another list, less a share.
    PercentOff(Percent),
    /// That price and this on top.
    Surcharge(Price),
    /// The product's cost and a share of it on top.
    CostPlusPercent(Percent),
}

/// One rule of a price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRuleData {
    /// Which rule.
    pub id: PriceRuleId,
    /// What it is about.
    pub target: PriceTarget,
    /// The least quantity, in the product's base unit.
    pub min_quantity: Quantity,
    /// What it does.
    pub effect: PriceEffect,
    /// The list whose price it changes, instead of the product's own.
    pub base: Option<PriceListId>,
    /// The result is rounded to a multiple of it.
    pub rounding_step: Option<Price>,
    /// The least margin, in percent of the price, that the result may leave.
    pub margin_floor_percent: Option<Percent>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct PriceRequest<'a> {
    /// Of which product.
    pub product: &'a PricedProduct,
    /// How much, in the unit of the line.
    pub quantity: Quantity,
    /// Base units in one unit of the line: 12 for a dozen. The price is per unit of the line.
    pub unit_factor: Quantity,
    /// Base units in one unit of the product, which is what list prices, rules and costs are for.
    pub product_factor: Quantity,
    /// The document's currency.
    pub currency: Currency,
    /// The document's date.
    pub day: Day,
    /// The selling company.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: Option<PartyId>,
    /// The customer's segment.
    pub segment: Option<&'a str>,
    /// The list that the customer names.
    pub price_list_id: Option<PriceListId>,
    /// The price that somebody gave.
    pub unit_price: Option<Price>,
    /// JSON pointer of the line in the request, such as `/lines/0`.
    pub pointer: &'a str,
}

/// Where a price came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceSource {
    /// Somebody gave it.
    Given,
    /// A rule of a price list.
    Rule(PriceListId, PriceRuleId),
    /// The product's own price.
    ListPrice,
    /// The share of a component in the price of its bundle.
    Bundle(ProductId),
}

impl std::fmt::Display for PriceSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given => f.write_str("given"),
            Self::Rule(_, rule) => write!(f, "{rule}"),
            Self::ListPrice => f.write_str("list_price"),
            Self::Bundle(bundle) => write!(f, "{bundle}"),
        }
    }
}

/// A price with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedPrice {
    /// Per unit of the line, in the document's currency.
    pub price: Price,
    /// Where it came from.
    pub source: PriceSource,
    /// What the lists give. None when a price is given and the lists have none.
    pub list_unit_price: Option<Price>,
    /// The approval fact `price_override_percent`, when a price is given and the lists have one.
    pub override_percent: Option<Percent>,
    /// Why.
    pub trace: Trace,
}

/// The price of a line.
///
/// # Errors
/// `price_rule_tie` naming the rules; `rate_missing` when a conversion has no rate; `required` at the line's `unit_price` when nothing gives a price;
/// `amount_overflow`. None of them when a price is given.
pub fn resolve_price(request: &PriceRequest<'_>, lists: &[PriceListData], rates: Rates<'_>) -> Result<ResolvedPrice, Problem> {
    let mut trace = Trace::default();
    let listed = listed_price(request, lists, rates, &mut trace).map_err(|problem| of_day(problem, request.day));
    let resolved = match request.unit_price {
        Some(given) => {
            let list_unit_price = listed.ok().map(|(price, _)| price);
            let override_percent = list_unit_price.map(|listed| price_override_percent(given, listed)).transpose()?.flatten();
            trace.step("unit_price", list_unit_price.map_or_else(|| "none".to_owned(), |price| price.to_string()), given.to_string(), "a given price wins");
            ResolvedPrice { price: given, source: PriceSource::Given, list_unit_price, override_percent, trace }
        }
        None => {
            let (price, source) = listed?;
            ResolvedPrice { price, source, list_unit_price: Some(price), override_percent: None, trace }
        }
    };
    let result = resolved.price.to_string();
    Ok(ResolvedPrice { trace: Trace { result, ..resolved.trace }, ..resolved })
}

/// A rule that applies, and how well.
struct Candidate<'a> {
    list: &'a PriceListData,
    rule: &'a PriceRuleData,
    rank: Rank,
}

/// Smaller is better, field by field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    audience: u8,
    priority: Reverse<i64>,
    target: usize,
    min_quantity: Reverse<Quantity>,
}

fn listed_price(request: &PriceRequest<'_>, lists: &[PriceListData], rates: Rates<'_>, trace: &mut Trace) -> Result<(Price, PriceSource), Problem> {
    let candidates = candidates(request, lists, trace);
    let Some(best) = best_of(request, candidates, trace)? else {
        return own_price(request, rates, trace).map(|price| (price, PriceSource::ListPrice));
    };
    let price = base::in_list(request, (best.list, best.rule), lists, rates, trace)?;
    let price = converted(price, best.list.currency, request.currency, rates, trace)?;
    let price = per_line_unit(request, price, trace)?;
    Ok((price, PriceSource::Rule(best.list.id, best.rule.id)))
}

/// The rules that apply. The trace takes the lists and rules that were looked at and do not; rules about other products are not looked at.
fn candidates<'a>(request: &PriceRequest<'_>, lists: &'a [PriceListData], trace: &mut Trace) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    for list in lists {
        let audience = match list_applies(request, list) {
            Ok(audience) => audience,
            Err(because) => {
                trace.lost(&list.code, because);
                continue;
            }
        };
        found.extend(of_list(request, list, audience, trace));
    }
    found.retain(|candidate| match base::starts(request, candidate.rule, lists, MOST_BASES) {
        Ok(()) => true,
        Err(because) => {
            trace.lost(label(candidate.list, candidate.rule), because);
            false
        }
    });
    found
}

/// The rules of one list that apply.
fn of_list<'a>(request: &PriceRequest<'_>, list: &'a PriceListData, audience: u8, trace: &mut Trace) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    for rule in &list.rules {
        let Some(target) = target_rank(request.product, rule.target) else {
            continue;
        };
        match rule_applies(request, rule) {
            Ok(()) => {
                let rank = Rank { audience, priority: Reverse(list.priority), target, min_quantity: Reverse(rule.min_quantity) };
                found.push(Candidate { list, rule, rank });
            }
            Err(because) => trace.lost(label(list, rule), because),
        }
    }
    found
}

/// The best of these, if there are any. The trace takes why the others lost.
fn best_of<'a>(request: &PriceRequest<'_>, mut candidates: Vec<Candidate<'a>>, trace: &mut Trace) -> Result<Option<Candidate<'a>>, Problem> {
    candidates.sort_by_key(|candidate| candidate.rank);
    let mut rest = candidates.into_iter();
    let Some(best) = rest.next() else { return Ok(None) };
    let others: Vec<Candidate<'_>> = rest.collect();
    let tied: Vec<&Candidate<'_>> = others.iter().take_while(|other| other.rank == best.rank).collect();
    if !tied.is_empty() {
        return Err(tie(request, &best, &tied));
    }
    trace.applied(label(best.list, best.rule));
    for other in &others {
        trace.lost(label(other.list, other.rule), why_lost(&best, other));
    }
    Ok(Some(best))
}

/// How specific the list is for the customer, or why it does not apply.
fn list_applies(request: &PriceRequest<'_>, list: &PriceListData) -> Result<u8, String> {
    if list.company_id.is_some_and(|company| company != request.company_id) {
        return Err("is for another company".to_owned());
    }
    if !list.active {
        return Err("is not active".to_owned());
    }
    if !list.is_valid(request.day) {
        return Err(format!("is not valid on {}", request.day));
    }
    if list.currency != request.currency && !list.convert {
        return Err(format!("is in {} and does not convert to {}", list.currency, request.currency));
    }
    if request.price_list_id == Some(list.id) {
        return Ok(0);
    }
    match &list.audience {
        Some(Audience::Party(party)) if request.party_id == Some(*party) => Ok(0),
        Some(Audience::Segment(segment)) if request.segment == Some(segment) => Ok(1),
        Some(Audience::Company(company)) if request.company_id == *company => Ok(2),
        Some(Audience::Tenant) => Ok(3),
        _ => Err("is not for this customer".to_owned()),
    }
}

fn target_rank(product: &PricedProduct, target: PriceTarget) -> Option<usize> {
    match target {
        PriceTarget::Product(id) => (id == product.id).then_some(0),
        PriceTarget::Category(id) => product.categories.iter().position(|category| *category == id).map(|depth| depth + 1),
        PriceTarget::All => Some(usize::MAX),
    }
}

fn rule_applies(request: &PriceRequest<'_>, rule: &PriceRuleData) -> Result<(), String> {
    // Compared exactly, in base units: 0.4 dozen is 4.8 and reaches 4 (PRICE-001). A returned quantity has the price of a sold one.
    let quantity = i128::from(request.quantity.0).abs() * i128::from(request.unit_factor.0);
    if quantity < i128::from(rule.min_quantity.0) * i128::from(Quantity::ONE.0) {
        return Err(format!("needs at least {} base units", rule.min_quantity));
    }
    match rule.effect {
        PriceEffect::PercentOff(_) | PriceEffect::Surcharge(_) if request.product.list_price.is_none() && rule.base.is_none() => {
            Err("the product has no list price".to_owned())
        }
        PriceEffect::CostPlusPercent(_) if request.product.cost.is_none() => Err("the product has no cost".to_owned()),
        _ => Ok(()),
    }
}

fn tie(request: &PriceRequest<'_>, best: &Candidate<'_>, tied: &[&Candidate<'_>]) -> Problem {
    let all = || std::iter::once(best).chain(tied.iter().copied());
    // A problem is read by everybody, and what a rule adds to a cost is not for everybody.
    let name = |candidate: &Candidate<'_>| match candidate.rule.effect {
        PriceEffect::CostPlusPercent(_) => format!("{} {} (from {})", candidate.list.code, candidate.rule.id, candidate.rule.min_quantity),
        _ => label(candidate.list, candidate.rule),
    };
    let names: Vec<String> = all().map(name).collect();
    let ids: Vec<String> = all().map(|candidate| candidate.rule.id.to_string()).collect();
    let detail = format!("has price rules that are equally good: {}. Give one list a higher priority, or one rule another quantity.", names.join("; "));
    Problem::field(Code::PriceRuleTie, request.pointer, detail).with("rules", ids)
}

fn why_lost(best: &Candidate<'_>, other: &Candidate<'_>) -> String {
    let by = label(best.list, best.rule);
    if best.rank.audience != other.rank.audience {
        return format!("{by} is for a more specific audience");
    }
    if best.rank.priority != other.rank.priority {
        return format!("{by} stands in a list of higher priority");
    }
    if best.rank.target != other.rank.target {
        return format!("{by} is more specific");
    }
    format!("{by} is for a larger quantity")
}

fn label(list: &PriceListData, rule: &PriceRuleData) -> String {
    let effect = match rule.effect {
        PriceEffect::Price(price) => format!("price {price}"),
        PriceEffect::PercentOff(percent) => format!("{percent} % off"),
        PriceEffect::Surcharge(price) => format!("surcharge {price}"),
        PriceEffect::CostPlusPercent(percent) => format!("cost plus {percent} %"),
    };
    format!("{} {} ({effect} from {})", list.code, rule.id, rule.min_quantity)
}

fn own_price(request: &PriceRequest<'_>, rates: Rates<'_>, trace: &mut Trace) -> Result<Price, Problem> {
    let Some(price) = request.product.list_price else {
        let pointer = format!("{}/unit_price", request.pointer);
        return Err(Problem::field(Code::Required, pointer, "is required: the product has no list price and no price list has one"));
    };
    trace.step("list_price", "none", price.to_string(), "no price list applies");
    let price = converted(price, request.product.currency, request.currency, rates, trace)?;
    per_line_unit(request, price, trace)
}

fn share_of(price: Price, share: Option<i64>) -> Result<Price, Overflow> {
    product(&[price.0, share.ok_or(Overflow)?], &[Percent::WHOLE.0]).map(Price)
}

fn rounded_to_step(rule: &PriceRuleData, price: Price, trace: &mut Trace) -> Result<Price, Overflow> {
    let Some(step) = rule.rounding_step.filter(|step| step.0 > 0) else {
        return Ok(price);
    };
    let rounded = Price(product(&[price.0], &[step.0])?.checked_mul(step.0).ok_or(Overflow)?);
    trace.step("rounding_step", price.to_string(), rounded.to_string(), format!("prices of this rule are multiples of {step}"));
    Ok(rounded)
}

/// The price, or the least one that leaves the margin: cost ÷ (1 − floor), up to the next multiple of the rule's step.
fn at_least_margin(rule: &PriceRuleData, price: Price, cost: Price, floor: Percent, trace: &mut Trace) -> Result<Price, Overflow> {
    let left = Percent::WHOLE.0.checked_sub(floor.0).filter(|left| *left > 0).ok_or(Overflow)?;
    let least = divide_up(i128::from(cost.0) * i128::from(Percent::WHOLE.0), i128::from(left))?;
    if price.0 >= least {
        return Ok(price);
    }
    let step = rule.rounding_step.map_or(1, |step| step.0.max(1));
    let least = Price(divide_up(least.into(), step.into())?.checked_mul(step).ok_or(Overflow)?);
    trace.step("margin_floor_percent", price.to_string(), least.to_string(), format!("a margin of {floor} % on a cost of {cost} must be left"));
    Ok(least)
}

fn divide_up(top: i128, bottom: i128) -> Result<i64, Overflow> {
    let below = top.checked_neg().and_then(|top| top.checked_div_euclid(bottom)).ok_or(Overflow)?;
    below.checked_neg().and_then(|up| i64::try_from(up).ok()).ok_or(Overflow)
}

fn converted(price: Price, from: Currency, to: Currency, rates: Rates<'_>, trace: &mut Trace) -> Result<Price, Problem> {
    if from == to {
        return Ok(price);
    }
    let result = conversion(from, to, rates)?.price(price)?;
    trace.step("exchange_rate", format!("{price} {from}"), format!("{result} {to}"), "converted at the rate of the document's date");
    Ok(result)
}

fn per_line_unit(request: &PriceRequest<'_>, price: Price, trace: &mut Trace) -> Result<Price, Problem> {
    if request.unit_factor == request.product_factor {
        return Ok(price);
    }
    let result = in_unit(price, request.unit_factor, request.product_factor)?;
    let because = format!("the unit of the line is {} base units, the product's is {}", request.unit_factor, request.product_factor);
    trace.step("unit", price.to_string(), result.to_string(), because);
    Ok(result)
}

/// A price or cost per unit of the product as one per unit of the line.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn in_unit(price: Price, unit_factor: Quantity, product_factor: Quantity) -> Result<Price, Overflow> {
    product(&[price.0, unit_factor.0], &[product_factor.0]).map(Price)
}

impl PriceEffect {
    /// The effect of a rule as it is stored and sent: none unless exactly one is given.
    #[must_use]
    pub fn of(price: Option<Price>, percent_off: Option<Percent>, surcharge: Option<Price>, cost_plus_percent: Option<Percent>) -> Option<Self> {
        match (price, percent_off, surcharge, cost_plus_percent) {
            (Some(price), None, None, None) => Some(Self::Price(price)),
            (None, Some(percent), None, None) => Some(Self::PercentOff(percent)),
            (None, None, Some(extra), None) => Some(Self::Surcharge(extra)),
            (None, None, None, Some(percent)) => Some(Self::CostPlusPercent(percent)),
            _ => None,
        }
    }
}

/// What is wrong with a rule as somebody enters it; `pointer` is the rule's, such as `/rules/0`.
#[must_use]
pub fn check_rule(rule: &PriceRuleData, pointer: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, detail: &str| errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/{field}"), detail));
    match rule.effect {
        PriceEffect::Price(price) if price.0 < 0 => wrong("price", "must not be negative"),
        PriceEffect::PercentOff(percent) if percent > Percent::WHOLE => wrong("percent_off", "must be at most 100"),
        PriceEffect::CostPlusPercent(percent) if percent.0 < -Percent::WHOLE.0 => wrong("cost_plus_percent", "must be at least -100"),
        _ => {}
    }
    if rule.base.is_some() && !matches!(rule.effect, PriceEffect::PercentOff(_) | PriceEffect::Surcharge(_)) {
        wrong("base_price_list_id", "needs percent_off or surcharge: the others have no price to start from");
    }
    if rule.min_quantity < Quantity::ZERO {
        wrong("min_quantity", "must not be negative");
    }
    if rule.rounding_step.is_some_and(|step| step.0 <= 0) {
        wrong("rounding_step", "must be more than 0");
    }
    if rule.margin_floor_percent.is_some_and(|floor| floor >= Percent::WHOLE) {
        wrong("margin_floor_percent", "must be less than 100");
    }
    errors
}

mod base;

pub(super) use base::MOST as MOST_BASES;

#[cfg(test)]
mod tests;
