//! What a draft whose prices are of an earlier day is held against: the prices and costs of today (QTE-06, QTE-08, QTE-13, QTE-14).
//!
//! A revision and a duplicate keep their prices, and so does a draft that waits. That is a promise to the customer, no way around the limits: what a new quote
//! would need a second person for, an old price needs one for, too, also where lists or costs changed on the day of the copy. Nothing of it is stored; a quote of
//! today that is no copy asks the database nothing.

use super::terms;
use crate::line::Line;
use crate::line::bundle::{Group, groups};
use crate::line::price::{Scope, price_lines};
use crate::quote::limits::{Facts, MARGIN, Whole, offered};
use crate::quote::rules;
use causeway_contract::{FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{bundle_components, parties};
use causeway_entity::sell::quotes::Model;
use causeway_kernel::{Ctx, Tx};
use causeway_master::catalog::bundle::components;
use causeway_openapi::line::LineInput;
use causeway_value::{ApprovalReason, Currency, Day, Overflow, Price, ProductId, ProductKind, Quantity, QuoteRules, product};
use std::collections::BTreeMap;

/// The lines of a quote as the limits judge them.
#[derive(Clone, Debug)]
pub struct Judged {
    /// With what lists and costs say today.
    pub lines: Vec<Line>,
    /// The day whose prices they have, when that is an earlier one or they were copied.
    pub priced_on: Option<Day>,
    /// Why today's prices are not known, when they are not.
    pub unknown: Option<String>,
}

impl Judged {
    /// Every limit that the lines break with what they offer, as they are judged; `facts` says the rest.
    ///
    /// # Errors
    /// [`Overflow`] when an amount does not fit.
    pub fn broken(&self, limits: &QuoteRules, facts: Facts, currency: Currency) -> Result<Vec<ApprovalReason>, Overflow> {
        let whole = Whole::of(&self.lines, facts.discount, currency)?;
        let mut broken = offered(limits, Facts { whole, priced_on: self.priced_on, ..facts }, &self.lines, currency)?;
        broken.extend(self.reason(limits));
        Ok(broken)
    }

    /// Lines that were priced today, or whose prices nobody limits.
    #[must_use]
    pub const fn as_they_are(lines: Vec<Line>) -> Self {
        Self { lines, priced_on: None, unknown: None }
    }

    /// What asks for a second person because today's prices are not known.
    #[must_use]
    pub fn reason(&self, limits: &QuoteRules) -> Option<ApprovalReason> {
        let (day, why) = self.priced_on.zip(self.unknown.as_ref())?;
        let (rule, limit) = limited(limits)?;
        let because = format!("the prices are of {day} and cannot be held against those of today, because {why}; that needs a second person");
        Some(ApprovalReason { rule: rule.to_owned(), line: None, value: "unknown".to_owned(), limit, because })
    }
}

/// The first limit that looks at prices or costs of the lists.
fn limited(limits: &QuoteRules) -> Option<(&'static str, String)> {
    let known = [
        ("max_price_override_percent", limits.max_price_override_percent),
        ("max_discount_percent", limits.max_discount_percent),
        (MARGIN, limits.min_margin_percent),
    ];
    known.into_iter().find_map(|(rule, limit)| Some((rule, limit?.to_string())))
}

/// The lines of a draft with the prices and costs of today next to their own, as far as its company limits anything by them.
///
/// # Errors
/// When the database fails. Prices that cannot be told are no error.
pub async fn judged(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    quote: &Model,
    mut lines: Vec<Line>,
) -> Result<Judged, Problem> {
    let (today, priced_on) = (ctx.today(company.time_zone), rules::price_date(quote));
    let is_limited = company.quote_rules.as_ref().is_some_and(|limits| limited(&limits.0).is_some());
    let copied = quote.copied_from_id.is_some() || quote.previous_id.is_some();
    if (priced_on >= today && !copied) || !is_limited || lines.iter().all(|line| line.product_id.is_none()) {
        return Ok(Judged::as_they_are(lines));
    }
    let groups = sold(&lines);
    let bundles: Vec<ProductId> = groups.iter().filter_map(|group| group.bundle).collect();
    let held = components(tx, ProductKind::Bundle, &bundles).await?;
    let unknown = match groups.iter().map(|group| input(group, &lines, &held)).collect::<Option<Vec<_>>>() {
        None => Some(OTHERWISE.to_owned()),
        Some(inputs) => {
            let scope = Scope { company, party, day: today, terms: terms(quote) };
            let mut errors = Vec::new();
            match price_lines(ctx, tx, &scope, &inputs, &mut errors).await {
                Ok(Some(priced)) => told(&mut lines, &groups, priced.lines)?,
                Ok(None) => Some(first(&errors)),
                Err(problem) if problem.status == 422 => Some(if problem.errors.is_empty() { problem.detail } else { first(&problem.errors) }),
                Err(problem) => return Err(problem),
            }
        }
    };
    Ok(Judged { lines, priced_on: Some(priced_on), unknown })
}

/// A bundle that does not hold what it held.
const OTHERWISE: &str = "a bundle holds something else today";

fn first(errors: &[FieldError]) -> String {
    errors.first().map_or_else(String::new, |error| format!("a line {}", error.detail))
}

/// What was priced together; words are left out, as no list prices them.
fn sold(lines: &[Line]) -> Vec<Group> {
    groups(lines).into_iter().filter(|group| lines.get(group.lines.start).is_some_and(|line| line.product_id.is_some())).collect()
}

/// What would be asked for today; none for a bundle that does not hold what it held.
fn input(group: &Group, lines: &[Line], held: &BTreeMap<ProductId, Vec<bundle_components::Model>>) -> Option<LineInput> {
    let line = lines.get(group.lines.start)?;
    let tax_ids = line.determined_tax_ids.as_ref().map(|_| line.tax_ids.clone());
    let Some(bundle) = group.bundle else {
        return Some(LineInput { product_id: line.product_id, quantity: line.quantity, unit: line.unit.clone(), tax_ids, ..LineInput::default() });
    };
    let part = held.get(&bundle)?.iter().find(|part| Some(part.component_id) == line.product_id)?;
    let quantity = product(&[line.quantity.0, Quantity::ONE.0], &[part.quantity.0]).map(Quantity).ok()?;
    Some(LineInput { product_id: Some(bundle), quantity, tax_ids, ..LineInput::default() })
}

/// Writes what lists and costs say today beside the lines. Answers why that is not known when the lines do not belong together.
fn told(lines: &mut [Line], groups: &[Group], today: Vec<Line>) -> Result<Option<String>, Overflow> {
    let mut today = today.into_iter();
    for index in groups.iter().flat_map(|group| group.lines.clone()) {
        let (Some(line), Some(now)) = (lines.get_mut(index), today.next()) else { return Ok(Some(OTHERWISE.to_owned())) };
        if (now.product_id, now.quantity) != (line.product_id, line.quantity) {
            return Ok(Some(OTHERWISE.to_owned()));
        }
        let base = line.price_base_quantity;
        let per_base = |price: Price| product(&[price.0, base.0], &[now.price_base_quantity.0]).map(Price);
        line.list_unit_price = Some(per_base(now.unit_price)?);
        line.unit_cost = now.unit_cost.map(per_base).transpose()?;
    }
    Ok(today.next().map(|_| OTHERWISE.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::plain_line;

    fn sold_as(product_id: ProductId, source: &str, quantity: i64) -> Line {
        Line { product_id: Some(product_id), price_source: source.to_owned(), quantity: Quantity(quantity * Quantity::ONE.0), ..plain_line() }
    }

    #[test]
    fn words_are_left_out() {
        let lines = [sold_as(ProductId::new(), "list_price", 1), plain_line()];
        assert_eq!(sold(&lines).into_iter().map(|group| (group.lines.start, group.lines.end)).collect::<Vec<_>>(), [(0, 1)]);
    }

    #[test]
    fn prices_of_today_stand_beside_the_lines_for_as_many_units() {
        let chair = ProductId::new();
        let hundred = Quantity(100 * Quantity::ONE.0);
        let mut lines = [Line { unit_price: "250".parse().unwrap(), price_base_quantity: hundred, ..sold_as(chair, "list_price", 3) }];
        let now = Line { unit_price: "5".parse().unwrap(), unit_cost: "3".parse().ok(), ..sold_as(chair, "list_price", 3) };
        let groups = sold(&lines);
        assert_eq!(told(&mut lines, &groups, vec![now.clone()]).unwrap(), None);
        let seen = (lines[0].unit_price.to_string(), lines[0].list_unit_price.map(|price| price.to_string()), lines[0].unit_cost.map(|cost| cost.to_string()));
        assert_eq!(seen, ("250.00".to_owned(), Some("500.00".to_owned()), Some("300.00".to_owned())));
        assert!(told(&mut lines, &groups, vec![now.clone(), now]).unwrap().is_some());
        assert!(told(&mut lines, &groups, vec![sold_as(chair, "list_price", 4)]).unwrap().is_some());
        let reason =
            |limits: &QuoteRules| Judged { lines: Vec::new(), priced_on: "2026-02-03".parse().ok(), unknown: Some("of that".to_owned()) }.reason(limits);
        assert!(reason(&QuoteRules { max_discount_percent: "5".parse().ok(), ..QuoteRules::default() }).unwrap().because.contains("2026-02-03"));
        assert_eq!(reason(&QuoteRules::default()), None);
    }
}
