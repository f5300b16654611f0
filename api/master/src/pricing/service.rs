//! Pricing the lines of a document: one way for quotes, orders and invoices (QTE-14), in at most six queries however many lines there are.

use super::Trace;
use super::rules::{PriceEffect, PriceListData, PriceRequest, PriceRuleData, PriceSource, PricedProduct, ResolvedPrice, in_unit, resolve_price};
use super::store::{self, Wanted};
use crate::catalog::bundle::components;
use crate::catalog::store::{self as catalog, Measure};
use crate::check;
use crate::rate::lookup::{RateTable, rates};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{bundle_components, parties, products};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::line::LineInput;
use causeway_value::{Currency, Day, Overflow, Percent, Price, ProductId, ProductKind, Quantity, product};
use std::collections::{BTreeMap, BTreeSet};

/// A line that needs a price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineToPrice {
    /// What is sold; a line without a product needs a price.
    pub product_id: Option<ProductId>,
    /// How much, in the unit of the line.
    pub quantity: Quantity,
    /// The code of that unit; none for the product's.
    pub unit: Option<String>,
    /// The price that somebody gave.
    pub unit_price: Option<Price>,
    /// JSON pointer of the line in the request, such as `/lines/0`.
    pub pointer: String,
}

/// A line with its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedLine {
    /// What is sold.
    pub product: Option<products::Model>,
    /// The code of the unit of quantity and price.
    pub unit: Option<String>,
    /// Per `price_base_quantity` units, before discounts, in the document's currency.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// Where the price came from.
    pub source: PriceSource,
    /// What the lists give; none when the price was given and they have none.
    pub list_unit_price: Option<Price>,
    /// The approval fact `price_override_percent`: by how much a given price is below what the lists give.
    pub override_percent: Option<Percent>,
    /// What it costs us, per `price_base_quantity` units, in the document's currency; none when the cost or its rate is not known.
    pub unit_cost: Option<Price>,
    /// Why the price is what it is.
    pub trace: Trace,
}

/// The lines of a quote or order as given, with their pointers.
#[must_use]
pub fn lines_to_price(lines: &[LineInput]) -> Vec<LineToPrice> {
    let line = |(index, line): (usize, &LineInput)| LineToPrice {
        product_id: line.product_id,
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        pointer: format!("/lines/{index}"),
    };
    lines.iter().enumerate().map(line).collect()
}

/// The lines of a document with their prices, in the order given.
///
/// # Errors
/// `not_found` and `invalid_value` for products that are not there or not sold any more, `required` for prices that nothing gives, all of them at once;
/// `price_rule_tie`; `rate_missing`; `amount_overflow`.
pub async fn price_lines(
    _: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    party: &parties::Model,
    day: Day,
    currency: Currency,
    lines: &[LineToPrice],
) -> Result<Vec<PricedLine>, Problem> {
    let mut errors = Vec::new();
    let found = sold(tx, lines, &mut errors).await?;
    let book = PriceBook::load(tx, company, party, day, currency, &found, lines).await?;
    book.price(&found, lines, errors)
}

/// Looks at lines that cannot be priced: at their products and units.
///
/// # Errors
/// When the database fails.
pub async fn check_sold(tx: &mut Tx<'_>, lines: &[LineToPrice], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let found = sold(tx, lines, errors).await?;
    let measures = measures(tx, &found, lines).await?;
    for line in lines {
        let product = line.product_id.and_then(|id| found.get(&id));
        errors.extend(unit(&measures, line, product).err().map(|problem| problem.errors).unwrap_or_default());
    }
    Ok(())
}

/// The units of these products and lines.
async fn measures(tx: &mut Tx<'_>, products: &BTreeMap<ProductId, products::Model>, lines: &[LineToPrice]) -> Result<BTreeMap<String, Measure>, Problem> {
    let units = products.values().map(|product| product.unit.as_str()).chain(lines.iter().filter_map(|line| line.unit.as_deref()));
    catalog::measures(tx, units).await
}

/// Base units in one unit of the line, and in one of its product.
fn unit(measures: &BTreeMap<String, Measure>, line: &LineToPrice, product: Option<&products::Model>) -> Result<(Quantity, Quantity), Problem> {
    let of_product = product.and_then(|product| measures.get(&product.unit));
    let product_factor = of_product.map_or(Quantity::ONE, |measure| measure.factor);
    let Some(code) = &line.unit else { return Ok((product_factor, product_factor)) };
    let pointer = format!("{}/unit", line.pointer);
    let Some(own) = measures.get(code) else {
        return Err(Problem::field(Code::NotFound, pointer, "is not the code of a unit"));
    };
    match of_product {
        Some(of_product) if of_product.category != own.category => {
            let detail = format!("measures {}, and the product is sold by {}", own.category, of_product.category);
            Err(Problem::field(Code::InvalidValue, pointer, detail))
        }
        _ => Ok((own.factor, product_factor)),
    }
}

/// The products of the lines. Lines that name none, or one that is not sold any more, become errors.
async fn sold(tx: &mut Tx<'_>, lines: &[LineToPrice], errors: &mut Vec<FieldError>) -> Result<BTreeMap<ProductId, products::Model>, Problem> {
    let wanted: Vec<(ProductId, String)> = lines.iter().filter_map(|line| line.product_id.map(|id| (id, format!("{}/product_id", line.pointer)))).collect();
    let found = check::named_all::<products::Entity, _>(tx, products::Column::Id, |row| row.id, &wanted, errors).await?;
    for (id, pointer) in &wanted {
        // By its code: a bundle is a line for each of its components, and the line that came names none of them.
        if let Some(product) = found.get(id).filter(|product| !product.active) {
            errors.push(FieldError::pointer(Code::InvalidValue, pointer, format!("names the product {}, which is not sold any more", product.code)));
        }
    }
    for line in lines.iter().filter(|line| line.product_id.is_none() && line.unit_price.is_none()) {
        errors.push(FieldError::pointer(Code::Required, format!("{}/unit_price", line.pointer), "is required for a line without a product"));
    }
    Ok(found)
}

/// Everything that prices the lines of one document.
struct PriceBook<'a> {
    company: &'a companies::Model,
    party: &'a parties::Model,
    day: Day,
    currency: Currency,
    lists: Vec<PriceListData>,
    rates: RateTable,
    parents: catalog::Parents,
    measures: BTreeMap<String, Measure>,
    /// What bundles cost that have no cost of their own.
    bundle_costs: BTreeMap<ProductId, Price>,
}

impl<'a> PriceBook<'a> {
    async fn load(
        tx: &mut Tx<'_>,
        company: &'a companies::Model,
        party: &'a parties::Model,
        day: Day,
        currency: Currency,
        products: &BTreeMap<ProductId, products::Model>,
        lines: &[LineToPrice],
    ) -> Result<Self, Problem> {
        let parents = catalog::parents(tx, products.values().filter_map(|product| product.category_id)).await?;
        let measures = measures(tx, products, lines).await?;
        let wanted = Wanted { products: products.keys().copied().collect(), categories: parents.keys().copied().collect() };
        let lists = if products.is_empty() { Vec::new() } else { store::lists(tx, company.id, party, &wanted).await? };
        let rates = rates(tx, pairs(products.values(), &lists, currency), day).await?;
        let bundle_costs = bundle_costs(tx, products, &lists).await?;
        Ok(Self { company, party, day, currency, lists, rates, parents, measures, bundle_costs })
    }

    /// The lines, priced. `errors` are those that are known of them already: where there are any, nothing is told as if it were the only one.
    fn price(&self, products: &BTreeMap<ProductId, products::Model>, lines: &[LineToPrice], mut errors: Vec<FieldError>) -> Result<Vec<PricedLine>, Problem> {
        let mut priced = Vec::with_capacity(lines.len());
        let mut alone: Option<Problem> = None;
        for line in lines {
            let found = match (line.product_id, line.product_id.and_then(|id| products.get(&id))) {
                (_, Some(product)) => self.price_product(line, product),
                // That it is not there was told already.
                (Some(_), None) => continue,
                (None, None) => unit(&self.measures, line, None).map(|_| without_product(line)),
            };
            match found {
                Ok(line) => priced.push(line),
                // Facts such as the tied rules belong to one line and would be lost among others.
                Err(problem) if problem.errors.is_empty() || !problem.meta.is_empty() => {
                    alone.get_or_insert(problem);
                }
                Err(problem) => errors.extend(problem.errors),
            }
        }
        match alone {
            Some(problem) if errors.is_empty() || problem.status != 422 => return Err(problem),
            Some(problem) => errors.extend(problem.errors),
            None => {}
        }
        check::finish(errors)?;
        Ok(priced)
    }

    fn price_product(&self, line: &LineToPrice, row: &products::Model) -> Result<PricedLine, Problem> {
        let (unit_factor, product_factor) = unit(&self.measures, line, Some(row))?;
        let product = PricedProduct {
            id: row.id,
            categories: catalog::path(&self.parents, row.category_id),
            list_price: Some(row.list_price),
            cost: row.cost.or_else(|| self.bundle_costs.get(&row.id).copied()),
            currency: row.currency,
        };
        let request = PriceRequest {
            product: &product,
            quantity: line.quantity,
            unit_factor,
            product_factor,
            currency: self.currency,
            day: self.day,
            company_id: self.company.id,
            party_id: Some(self.party.id),
            segment: self.party.segment.as_deref(),
            price_list_id: self.party.price_list_id,
            unit_price: line.unit_price,
            pointer: &line.pointer,
        };
        let resolved = resolve_price(&request, &self.lists, &|from, to| self.rates.find(from, to))?;
        let ResolvedPrice { price, source, list_unit_price, override_percent, trace } = resolved;
        let unit_cost = match (row.cost, self.rates.find(row.currency, self.currency)) {
            (Some(cost), Some(rate)) => Some(in_unit(rate.price(cost)?, unit_factor, product_factor)?),
            _ => None,
        };
        Ok(PricedLine {
            product: Some(row.clone()),
            unit: Some(line.unit.clone().unwrap_or_else(|| row.unit.clone())),
            unit_price: price,
            price_base_quantity: row.price_base_quantity,
            source,
            list_unit_price,
            override_percent,
            unit_cost,
            trace,
        })
    }
}

/// What bundles without a cost of their own cost us: what their components do. Nobody is asked unless a rule of these lists looks at costs.
async fn bundle_costs(
    tx: &mut Tx<'_>,
    products: &BTreeMap<ProductId, products::Model>,
    lists: &[PriceListData],
) -> Result<BTreeMap<ProductId, Price>, Problem> {
    let looks = |rule: &PriceRuleData| rule.margin_floor_percent.is_some() || matches!(rule.effect, PriceEffect::CostPlusPercent(_));
    if !lists.iter().flat_map(|list| &list.rules).any(looks) {
        return Ok(BTreeMap::new());
    }
    let bundles: Vec<ProductId> = products.values().filter(|row| row.kind == ProductKind::Bundle && row.cost.is_none()).map(|row| row.id).collect();
    let held = components(tx, ProductKind::Bundle, &bundles).await?;
    let ids: BTreeSet<ProductId> = held.values().flatten().map(|part| part.component_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parts = Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await?;
    let parts: BTreeMap<ProductId, products::Model> = parts.into_iter().map(|row| (row.id, row)).collect();
    let mut costs = BTreeMap::new();
    for (id, held) in held {
        if let Some(bundle) = products.get(&id)
            && let Some(cost) = cost_of(bundle, &held, &parts)?
        {
            costs.insert(id, cost);
        }
    }
    Ok(costs)
}

/// What the components of a bundle cost, per `price_base_quantity` of it; none where a cost is not known, or is in another currency.
fn cost_of(bundle: &products::Model, held: &[bundle_components::Model], parts: &BTreeMap<ProductId, products::Model>) -> Result<Option<Price>, Overflow> {
    let mut sum = 0_i64;
    for part in held {
        let known = parts.get(&part.component_id).filter(|row| row.currency == bundle.currency);
        let Some((row, cost)) = known.and_then(|row| Some((row, row.cost?))) else { return Ok(None) };
        let own = product(&[cost.0, part.quantity.0, bundle.price_base_quantity.0], &[row.price_base_quantity.0, Quantity::ONE.0])?;
        sum = sum.checked_add(own).ok_or(Overflow)?;
    }
    Ok(Some(Price(sum)))
}

/// A line of text and price.
fn without_product(line: &LineToPrice) -> PricedLine {
    let unit_price = line.unit_price.unwrap_or_default();
    let mut trace = Trace { result: unit_price.to_string(), ..Trace::default() };
    trace.step("unit_price", "none", unit_price.to_string(), "a line without a product has the price that is given");
    PricedLine {
        product: None,
        unit: line.unit.clone(),
        unit_price,
        price_base_quantity: Quantity::ONE,
        source: PriceSource::Given,
        list_unit_price: None,
        override_percent: None,
        unit_cost: None,
        trace,
    }
}

/// The currencies that pricing may convert between: of products, lists and the document.
fn pairs<'p>(products: impl Iterator<Item = &'p products::Model>, lists: &[PriceListData], document: Currency) -> BTreeSet<(Currency, Currency)> {
    let of_products: BTreeSet<Currency> = products.map(|product| product.currency).collect();
    let of_lists: BTreeSet<Currency> = lists.iter().filter(|list| list.convert || list.currency == document).map(|list| list.currency).collect();
    let to_lists = of_products.iter().flat_map(|product| of_lists.iter().map(|list| (*product, *list)));
    let currency_of = |id| lists.iter().find(|list| list.id == id).map(|list| list.currency);
    let bases = || lists.iter().flat_map(|list| list.rules.iter().filter_map(move |rule| Some((currency_of(rule.base?)?, list.currency))));
    let to_bases = bases().chain(bases().flat_map(|(base, _)| of_products.iter().map(move |product| (*product, base))));
    let to_document = of_products.iter().chain(&of_lists).map(|currency| (*currency, document));
    to_lists.chain(to_bases).chain(to_document).filter(|(from, to)| from != to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::PriceListId;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn only_rates_that_can_be_needed_are_asked_for() {
        let list = |code: &str, convert| PriceListData {
            id: PriceListId::new(),
            code: code.to_owned(),
            currency: currency(code),
            priority: 0,
            valid_from: None,
            valid_to: None,
            company_id: None,
            audience: None,
            convert,
            active: true,
            rules: Vec::new(),
        };
        let (eur, usd) = (currency("EUR"), currency("USD"));
        assert_eq!(pairs(std::iter::empty(), &[list("EUR", false), list("GBP", false)], eur), BTreeSet::new());
        assert_eq!(pairs(std::iter::empty(), &[list("USD", true)], eur), BTreeSet::from([(usd, eur)]));
    }

    #[test]
    fn a_line_without_a_product_takes_the_given_price() {
        let input = LineInput { quantity: Quantity::ONE, unit_price: Some("12.50".parse().unwrap()), ..LineInput::default() };
        let lines = lines_to_price(&[LineInput::default(), input]);
        assert_eq!(lines[1].pointer, "/lines/1");
        let priced = without_product(&lines[1]);
        assert_eq!((priced.unit_price.to_string(), priced.trace.result.as_str(), priced.source), ("12.50".to_owned(), "12.50", PriceSource::Given));
    }
}
