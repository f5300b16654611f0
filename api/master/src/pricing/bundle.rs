//! Taking bundles apart: what a bundle costs is shared among lines of its components (QTE-16, QTE-23).

use super::amounts::line_net;
use super::rules::PriceSource;
use super::service::{LineToPrice, PricedLine, price_lines};
use crate::catalog::bundle::{allocate, components};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{bundle_components, parties, products};
use causeway_kernel::{Ctx, Tx};
use causeway_value::{Amount, Currency, Day, Overflow, Percent, Price, ProductId, ProductKind, Quantity, product};
use std::collections::{BTreeMap, BTreeSet};

/// Lines that a document may have, components of bundles included.
const LINES: usize = 500;

/// A line of a document with the input line that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// The place of the input line.
    pub input: usize,
    /// How much.
    pub quantity: Quantity,
    /// The line, priced.
    pub priced: PricedLine,
    /// The bundle that it is a part of.
    pub bundle: Option<products::Model>,
}

/// The lines of a document with their prices, bundles taken apart.
///
/// # Errors
/// As [`price_lines`]; `too_many` when the components of bundles make more lines than a document may have.
pub async fn document_lines(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    party: &parties::Model,
    day: Day,
    currency: Currency,
    lines: &[LineToPrice],
) -> Result<Vec<DocumentLine>, Problem> {
    let priced = price_lines(ctx, tx, company, party, day, currency, lines).await?;
    let bundles: BTreeSet<ProductId> = priced.iter().filter_map(bundle_of).map(|bundle| bundle.id).collect();
    let whole = |(input, (line, priced)): (usize, (&LineToPrice, PricedLine))| DocumentLine { input, quantity: line.quantity, priced, bundle: None };
    if bundles.is_empty() {
        return Ok(lines.iter().zip(priced).enumerate().map(whole).collect());
    }
    let held = components(tx, ProductKind::Bundle, &bundles.into_iter().collect::<Vec<_>>()).await?;
    let wanted = parts_to_price(lines, &priced, &held)?;
    let mut alone = price_lines(ctx, tx, company, party, day, currency, &wanted).await?.into_iter().zip(&wanted);
    let mut found = Vec::with_capacity(lines.len() + wanted.len());
    for (input, (line, priced)) in lines.iter().zip(priced).enumerate() {
        let Some(bundle) = bundle_of(&priced).cloned() else {
            found.push(whole((input, (line, priced))));
            continue;
        };
        let count = held.get(&bundle.id).map_or(0, Vec::len);
        let parts: Vec<(PricedLine, &LineToPrice)> = alone.by_ref().take(count).collect();
        for (part, quantity) in taken_apart(line, &priced, parts, currency)? {
            found.push(DocumentLine { input, quantity, priced: part, bundle: Some(bundle.clone()) });
        }
    }
    if found.len() > LINES {
        return Err(Problem::field(
            Code::TooMany,
            "/lines",
            format!("make {} lines with the components of bundles; a document has at most {LINES}", found.len()),
        ));
    }
    Ok(found)
}

fn bundle_of(line: &PricedLine) -> Option<&products::Model> {
    line.product.as_ref().filter(|product| product.kind == ProductKind::Bundle)
}

/// The components of every bundle among the lines, each to be priced alone.
fn parts_to_price(
    lines: &[LineToPrice],
    priced: &[PricedLine],
    held: &BTreeMap<ProductId, Vec<bundle_components::Model>>,
) -> Result<Vec<LineToPrice>, Overflow> {
    let mut wanted = Vec::new();
    for (line, priced) in lines.iter().zip(priced) {
        for part in bundle_of(priced).and_then(|bundle| held.get(&bundle.id)).into_iter().flatten() {
            let quantity = Quantity(product(&[line.quantity.0, part.quantity.0], &[Quantity::ONE.0])?);
            wanted.push(LineToPrice { product_id: Some(part.component_id), quantity, pointer: line.pointer.clone(), ..LineToPrice::default() });
        }
    }
    Ok(wanted)
}

/// The lines of the components. Their price is for their whole quantity, so that it is exact.
fn taken_apart(
    line: &LineToPrice,
    bundle: &PricedLine,
    parts: Vec<(PricedLine, &LineToPrice)>,
    currency: Currency,
) -> Result<Vec<(PricedLine, Quantity)>, Overflow> {
    let gross = |quantity: Quantity, price: Price, base: Quantity| line_net(size(quantity)?, price, base, Percent::ZERO, Percent::ZERO, currency);
    let mut alone = Vec::with_capacity(parts.len());
    for (part, wanted) in &parts {
        alone.push(gross(wanted.quantity, part.unit_price, part.price_base_quantity)?);
    }
    let shares = allocate(gross(line.quantity, bundle.unit_price, bundle.price_base_quantity)?, &alone)?;
    let listed = match bundle.list_unit_price {
        Some(price) => allocate(gross(line.quantity, price, bundle.price_base_quantity)?, &alone)?.into_iter().map(Some).collect(),
        None => vec![None; shares.len()],
    };
    let mut lines = Vec::with_capacity(parts.len());
    for ((((part, wanted), share), listed), alone) in parts.into_iter().zip(shares).zip(listed).zip(alone) {
        let for_all = size(wanted.quantity)?;
        // Nothing of a component is a line of nothing.
        let base = if for_all == Quantity::ZERO { Quantity::ONE } else { for_all };
        let unit_cost = part.unit_cost.map(|cost| product(&[cost.0, base.0], &[part.price_base_quantity.0]).map(Price)).transpose()?;
        let (unit_price, source) = (as_price(share, currency)?, bundle_source(bundle));
        let mut trace = part.trace;
        trace.share(&bundle.trace, alone.text(currency).0, unit_price.to_string());
        let list_unit_price = listed.map(|listed| as_price(listed, currency)).transpose()?;
        let priced = PricedLine { unit_price, price_base_quantity: base, source, list_unit_price, unit_cost, trace, ..part };
        lines.push((priced, wanted.quantity));
    }
    Ok(lines)
}

/// A bundle whose price was given has components whose price was given; otherwise the bundle gave it.
fn bundle_source(bundle: &PricedLine) -> PriceSource {
    match (bundle.source, bundle_of(bundle)) {
        (PriceSource::Given, _) | (_, None) => PriceSource::Given,
        (_, Some(product)) => PriceSource::Bundle(product.id),
    }
}

fn size(quantity: Quantity) -> Result<Quantity, Overflow> {
    quantity.0.checked_abs().map(Quantity).ok_or(Overflow)
}

fn as_price(amount: Amount, currency: Currency) -> Result<Price, Overflow> {
    product(&[amount.0, Price::ONE.0], &[currency.minor_units()]).map(Price)
}
