//! What lists and costs say today of the lines that an amendment makes more or less of (QTE-08, ORD-18, APR-18).
//!
//! More of a line is a promise anew, so all limits look at it as at a new line. Less of it keeps its price only as long as the lists have no higher one for
//! what remains: the price of a hundred is not that of one, nor is a part's share of a bundle its price once the bundle is taken apart.

use crate::line::bundle::groups;
use crate::line::price::{Priced, Scope, price_lines};
use crate::order::amendment::rules::{grown, kept, origin};
use causeway_contract::{FieldError, Problem};
use causeway_entity::master::bundle_components;
use causeway_entity::sell::order_lines::Model;
use causeway_kernel::{Ctx, Tx};
use causeway_master::catalog::bundle::components;
use causeway_master::pricing::amounts::line_net;
use causeway_openapi::line::LineInput;
use causeway_value::{Amount, Currency, OrderLineId, Overflow, Percent, Price, ProductId, ProductKind, Quantity, TaxId, product};
use std::collections::BTreeMap;

/// What is said today of a line that the limits look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing that a limit asks for.
    Nothing,
    /// What the lists give for as many units as its price is for, and what those cost, where there is more of it.
    Known { listed: Price, cost: Option<Option<Price>> },
    /// Why nobody knows.
    Unknown(String),
}

/// The lines that the limits look at again, with what is said of them today. `after` are the lines as they stand, without those that the amendment adds. The
/// database is asked only where a limit is about prices or margins.
///
/// # Errors
/// `amount_overflow`, or when the database fails. Prices that cannot be told are no error.
pub(super) async fn looked_at(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    before: &[Model],
    after: &[Model],
) -> Result<BTreeMap<OrderLineId, Said>, Problem> {
    let Some(limits) = &scope.company.quote_rules else { return Ok(BTreeMap::new()) };
    let standing = || after.iter().filter(|line| kept(line) > Quantity::ZERO);
    let mut found = BTreeMap::new();
    let grown = grown(before, after)?;
    for line in standing().filter(|line| grown.contains(&line.id)) {
        found.insert(line.id, Said::Nothing);
    }
    if limits.0.max_price_override_percent.is_none() && limits.0.min_margin_percent.is_none() {
        return Ok(found);
    }
    let bundles: Vec<ProductId> = groups(before).into_iter().chain(groups(after)).filter_map(|group| group.bundle).collect();
    let held = components(tx, ProductKind::Bundle, &bundles).await?;
    let (was, is) = (State::of(before, &held)?, State::of(after, &held)?);
    let mut asked = Asked { held: &held, all: Vec::new() };
    let mut looks = Vec::new();
    for line in standing() {
        let Some(now) = is.ask(line) else { continue };
        let from = origin(line, before);
        let is_new = found.contains_key(&line.id) || from.is_none_or(|from| from.unit_price != line.unit_price);
        let earlier = from.and_then(|from| was.ask(from)).filter(|earlier| !is_new && *earlier != now);
        if is_new || earlier.is_some() {
            looks.push(Look { line, now: asked.place(now), earlier: earlier.map(|earlier| asked.place(earlier)) });
        }
    }
    let told = asked.told(ctx, tx, scope).await?;
    for look in looks {
        if let Some(said) = look.said(&told, found.contains_key(&look.line.id), scope.terms.currency)? {
            found.insert(look.line.id, said);
        }
    }
    Ok(found)
}

/// A line and which questions are about it.
struct Look<'a> {
    line: &'a Model,
    now: usize,
    /// What would be asked about it as it was, when only that tells whether to look at all.
    earlier: Option<usize>,
}

impl Look<'_> {
    fn said(&self, told: &[Told], is_more: bool, currency: Currency) -> Result<Option<Said>, Overflow> {
        let of = |index: usize| told.get(index).map(|told| said_of(told, self.line)).transpose().map(Option::flatten);
        let Some((listed, cost)) = of(self.now)? else {
            let why = told.get(self.now).and_then(|told| told.as_ref().err()).cloned().unwrap_or_else(|| OTHERWISE.to_owned());
            return Ok(is_more.then_some(Said::Unknown(why)));
        };
        if let Some(earlier) = self.earlier {
            let Some((before, _)) = of(earlier)? else { return Ok(None) };
            let worth = |price: Price| line_net(kept(self.line), price, self.line.price_base_quantity, Percent::ZERO, Percent::ZERO, currency);
            // Shares of bundles are rounded, each for itself.
            if worth(listed)? <= worth(before)?.plus(Amount(1))? {
                return Ok(None);
            }
        }
        Ok(Some(Said::Known { listed, cost: is_more.then_some(cost) }))
    }
}

/// What would be asked for today.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ask {
    product_id: ProductId,
    is_bundle: bool,
    quantity: Quantity,
    unit: Option<String>,
    /// Where others than the determined ones are agreed.
    tax_ids: Option<Vec<TaxId>>,
}

/// The priced lines of a question, or why there are none.
type Told = Result<Vec<crate::line::Line>, String>;

/// What lists and costs say of as many units as the line's price is for; none when that is not known.
fn said_of(told: &Told, line: &Model) -> Result<Option<(Price, Option<Price>)>, Overflow> {
    let Some(now) = told.iter().flatten().find(|now| now.product_id == line.product_id) else { return Ok(None) };
    let per_base = |price: Price| product(&[price.0, line.price_base_quantity.0], &[now.price_base_quantity.0]).map(Price);
    Ok(Some((per_base(now.unit_price)?, now.unit_cost.map(per_base).transpose()?)))
}

/// A bundle that does not hold what it held.
const OTHERWISE: &str = "a bundle holds something else";

/// The questions, each once.
struct Asked<'a> {
    held: &'a BTreeMap<ProductId, Vec<bundle_components::Model>>,
    all: Vec<Ask>,
}

impl Asked<'_> {
    fn place(&mut self, ask: Ask) -> usize {
        self.all.iter().position(|known| *known == ask).unwrap_or_else(|| {
            self.all.push(ask);
            self.all.len() - 1
        })
    }

    /// Asks them together. What cannot be priced is left out when that is known of single ones.
    async fn told(&self, ctx: &Ctx, tx: &mut Tx<'_>, scope: &Scope<'_>) -> Result<Vec<Told>, Problem> {
        let mut told: Vec<Option<Told>> = vec![None; self.all.len()];
        for _ in 0..2 {
            let open: Vec<(usize, &Ask)> = self.all.iter().enumerate().filter(|(index, _)| told.get(*index).is_some_and(Option::is_none)).collect();
            if open.is_empty() {
                break;
            }
            let inputs: Vec<LineInput> = open.iter().map(|(_, ask)| ask.input()).collect();
            let mut errors = Vec::new();
            let why = match price_lines(ctx, tx, scope, &inputs, &mut errors).await {
                Ok(Some(Priced { lines, .. })) => {
                    let mut lines = lines.into_iter();
                    for (index, ask) in open {
                        let count = if ask.is_bundle { self.held.get(&ask.product_id).map_or(0, Vec::len) } else { 1 };
                        if let Some(place) = told.get_mut(index) {
                            *place = Some(Ok(lines.by_ref().take(count).collect()));
                        }
                    }
                    break;
                }
                Ok(None) => None,
                Err(problem) if problem.status == 422 && problem.errors.is_empty() => Some(problem.detail),
                Err(problem) if problem.status == 422 => {
                    errors = problem.errors;
                    None
                }
                Err(problem) => return Err(problem),
            };
            let wrong = |place: usize| errors.iter().find(|error| line_of(error) == Some(place)).map(|error| format!("its line {}", error.detail));
            let are_placed = errors.iter().any(|error| line_of(error).is_some());
            for (place, (index, _)) in open.iter().enumerate() {
                let reason = why.clone().or_else(|| wrong(place)).or_else(|| errors.first().filter(|_| !are_placed).map(|error| error.detail.clone()));
                if let (Some(reason), Some(place)) = (reason, told.get_mut(*index)) {
                    *place = Some(Err(reason));
                }
            }
        }
        Ok(told.into_iter().map(|told| told.unwrap_or_else(|| Err("its price is not known".to_owned()))).collect())
    }
}

impl Ask {
    fn input(&self) -> LineInput {
        LineInput { product_id: Some(self.product_id), quantity: self.quantity, unit: self.unit.clone(), tax_ids: self.tax_ids.clone(), ..LineInput::default() }
    }
}

/// The line that an error is about.
fn line_of(error: &FieldError) -> Option<usize> {
    error.pointer.as_deref()?.strip_prefix("/lines/")?.split('/').next()?.parse().ok()
}

/// The lines at one time: how much there is of each product, and of which bundles all parts are there.
struct State {
    sums: BTreeMap<(ProductId, Option<String>), Quantity>,
    bundles: BTreeMap<OrderLineId, (ProductId, Quantity)>,
}

impl State {
    fn of(lines: &[Model], held: &BTreeMap<ProductId, Vec<bundle_components::Model>>) -> Result<Self, Overflow> {
        let mut bundles = BTreeMap::new();
        for group in groups(lines) {
            let (own, bundle) = (lines.get(group.lines).unwrap_or_default(), group.bundle);
            if let Some((bundle, count)) = bundle.and_then(|bundle| Some((bundle, whole(own, held.get(&bundle)?)?))) {
                bundles.extend(own.iter().map(|line| (line.id, (bundle, count))));
            }
        }
        let mut sums: BTreeMap<(ProductId, Option<String>), Quantity> = BTreeMap::new();
        for line in lines.iter().filter(|line| !bundles.contains_key(&line.id)) {
            let Some(id) = line.product_id else { continue };
            let sum = sums.entry((id, line.unit.clone())).or_insert(Quantity::ZERO);
            *sum = sum.plus(kept(line))?;
        }
        Ok(Self { sums, bundles })
    }

    fn ask(&self, line: &Model) -> Option<Ask> {
        let tax_ids = line.determined_tax_ids.as_ref().map(|_| line.tax_ids.0.clone());
        if let Some((bundle, count)) = self.bundles.get(&line.id) {
            return Some(Ask { product_id: *bundle, is_bundle: true, quantity: *count, unit: None, tax_ids });
        }
        let product_id = line.product_id?;
        let quantity = *self.sums.get(&(product_id, line.unit.clone()))?;
        Some(Ask { product_id, is_bundle: false, quantity, unit: line.unit.clone(), tax_ids })
    }
}

/// How many whole bundles the lines of one are; none when they are not all of its parts in its proportions.
fn whole(lines: &[Model], parts: &[bundle_components::Model]) -> Option<Quantity> {
    let (line, part) = (lines.first()?, parts.first()?);
    let alike = |(own, other): (&Model, &bundle_components::Model)| {
        own.product_id == Some(other.component_id)
            && i128::from(kept(own).0) * i128::from(part.quantity.0) == i128::from(kept(line).0) * i128::from(other.quantity.0)
    };
    let all = lines.len() == parts.len() && kept(line) > Quantity::ZERO && lines.iter().zip(parts).all(alike);
    product(&[kept(line).0, Quantity::ONE.0], &[part.quantity.0]).ok().map(Quantity).filter(|_| all)
}
