//! What an amendment does to each line: pure.

use crate::line::bundle::is_given;
use causeway_entity::AmendedLine;
use causeway_entity::bill::obligations;
use causeway_entity::sell::order_lines::Model;
use causeway_master::pricing::rules::PriceSource;
use causeway_value::{Amount, LineChange, OrderLineId, Overflow, Percent, Price, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// What stands of a line before it is amended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Ordered and not cancelled.
    pub kept: Quantity,
    /// Shipped.
    pub delivered: Quantity,
    /// On invoices, drafts included, and neither credited nor proposed to be.
    pub billed: Quantity,
    /// Whether anything of it was delivered or became billable, so that it has its price for good.
    pub begun: bool,
    /// Whether it became billable when it was ordered.
    pub billed_on_order: bool,
}

impl Standing {
    /// What stands of the line of this obligation, of which `billed` is on invoices.
    ///
    /// # Errors
    /// [`Overflow`] when a quantity does not fit.
    pub fn of(row: &obligations::Model, billed: Quantity) -> Result<Self, Overflow> {
        Ok(Self {
            kept: causeway_bill::obligation::rules::kept(row)?,
            delivered: row.delivered_quantity,
            billed,
            begun: row.delivered_quantity != Quantity::ZERO || row.billable_quantity != Quantity::ZERO,
            billed_on_order: causeway_bill::obligation::rules::billed_on_order(row.billing_policy, row.ordered_quantity),
        })
    }
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Keep,
    /// This much is taken off.
    Lower(Quantity),
    /// This much comes on top.
    Raise(Quantity),
    /// This much comes on top as a line of its own: what is billed when it is ordered is billed by line.
    Extend(Quantity),
    /// This much stands, at the new price. Nothing of it has begun.
    Reprice(Quantity),
    /// What has begun stays at its price; the rest goes on as a line of its own at the new one.
    Replace {
        /// What is taken off the line.
        ended: Quantity,
        /// What the new line has.
        rest: Quantity,
    },
}

/// Why a line cannot change like this, and the field that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `quantity` or `unit_price`.
    pub field: &'static str,
    /// Why, and what to do.
    pub detail: String,
}

/// What makes `target` stand of a line, at a new price if it is `repriced`.
///
/// # Errors
/// What cannot be taken back like this. [`Overflow`] becomes a refusal of the quantity.
pub fn step(standing: Standing, target: Quantity, repriced: bool) -> Result<Step, Refusal> {
    planned(standing, target, repriced).unwrap_or_else(|Overflow| Err(refusal("quantity", "is too much".to_owned())))
}

fn planned(standing: Standing, target: Quantity, repriced: bool) -> Result<Result<Step, Refusal>, Overflow> {
    let Standing { kept, delivered, billed, begun, billed_on_order } = standing;
    if kept < Quantity::ZERO {
        return Ok(gives_back(standing, target, repriced));
    }
    if target < Quantity::ZERO {
        return Ok(Err(refusal("quantity", "must not be negative: 0 ends the line".to_owned())));
    }
    if target < delivered {
        let detail = format!("must be at least {delivered}: that is delivered. Take the delivery back first, or credit its invoice");
        return Ok(Err(refusal("quantity", detail)));
    }
    if target == Quantity::ZERO || !repriced {
        return Ok(Ok(match target.cmp(&kept) {
            std::cmp::Ordering::Less => Step::Lower(kept.minus(target)?),
            std::cmp::Ordering::Equal => Step::Keep,
            // More than what stands is on invoices: that is what comes back, and nothing of it is billed again.
            std::cmp::Ordering::Greater if billed_on_order && target <= billed => Step::Raise(target.minus(kept)?),
            std::cmp::Ordering::Greater if billed_on_order && billed > kept => {
                let detail =
                    format!("must be at most {billed}: so much of the line is invoiced, though only {kept} of it stand. Order the rest in a line of its own");
                return Ok(Err(refusal("quantity", detail)));
            }
            std::cmp::Ordering::Greater if billed_on_order => Step::Extend(target.minus(kept)?),
            std::cmp::Ordering::Greater => Step::Raise(target.minus(kept)?),
        }));
    }
    if !begun {
        return Ok(Ok(Step::Reprice(target)));
    }
    let stays = delivered.max(billed);
    if target <= stays {
        let detail = format!("cannot change any more: {stays} of the line are delivered or invoiced. Credit the invoice, or order more");
        return Ok(Err(refusal("unit_price", detail)));
    }
    Ok(Ok(Step::Replace { ended: kept.minus(stays)?.max(Quantity::ZERO), rest: target.minus(stays)? }))
}

/// A line that gives back is ended as a whole or not at all.
fn gives_back(standing: Standing, target: Quantity, repriced: bool) -> Result<Step, Refusal> {
    if target == standing.kept && !repriced {
        return Ok(Step::Keep);
    }
    if target != Quantity::ZERO {
        return Err(refusal("quantity", "must be 0: a line that gives back is ended, and another added".to_owned()));
    }
    if standing.billed != Quantity::ZERO {
        return Err(refusal("quantity", "cannot become 0: what the line gives back is on an invoice. Credit that invoice instead".to_owned()));
    }
    Ok(Step::Lower(standing.kept))
}

const fn refusal(field: &'static str, detail: String) -> Refusal {
    Refusal { field, detail }
}

/// What makes `target` stand of a line whose price stays, at another discount of the document if that `reaches` it: what cannot take it any more keeps its own.
///
/// # Errors
/// As [`step`].
pub fn granted(standing: Standing, target: Quantity, reaches: bool) -> Result<Step, Refusal> {
    let own = step(standing, target, false);
    if reaches { step(standing, target, true).or(own) } else { own }
}

/// The document's discount before and after an amendment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discounts {
    /// Before.
    pub before: Percent,
    /// From then on.
    pub after: Percent,
}

impl Discounts {
    /// Whether it is another one.
    #[must_use]
    pub fn change(self) -> bool {
        self.before != self.after
    }

    /// Whether a line that stands so far would get another one.
    #[must_use]
    pub fn reach(self, line: &Model) -> bool {
        self.change() && line.document_discount_percent.unwrap_or(self.before) != self.after
    }

    /// That of a line after the amendment.
    #[must_use]
    pub fn of(self, line: &Model) -> Percent {
        line.document_discount_percent.unwrap_or(self.after)
    }
}

/// Lets every line keep the document's discount that it has; what is agreed anew after that takes the new one.
pub fn keep_discounts(lines: &mut [Model], discounts: Discounts) {
    for line in lines.iter_mut().filter(|_| discounts.change()) {
        let kept = line.document_discount_percent.unwrap_or(discounts.before);
        line.document_discount_percent = Some(kept).filter(|kept| *kept != discounts.after);
    }
}

/// A price as it is agreed from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Of `price_base_quantity` units.
    pub unit_price: Price,
    /// The line's discount.
    pub discount_percent: Percent,
    /// Why the price is another than the lists give.
    pub reason: Option<String>,
}

/// Takes a step on line `index`, in amendment `number`. Its amounts are to be computed anew.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn apply(lines: &mut Vec<Model>, index: usize, step: Step, agreed: &Agreed, number: i64) -> Result<(), Overflow> {
    let position = i64::try_from(lines.len()).map_err(|_| Overflow)?.checked_add(1).ok_or(Overflow)?;
    let Some(line) = lines.get_mut(index) else { return Ok(()) };
    let kept = line.kept_quantity.unwrap_or(line.quantity);
    match step {
        Step::Keep => {}
        Step::Lower(by) => line.kept_quantity = Some(kept.minus(by)?),
        Step::Raise(by) => {
            line.quantity = line.quantity.plus(by)?;
            line.kept_quantity = line.kept_quantity.map(|kept| kept.plus(by)).transpose()?;
        }
        Step::Reprice(target) => {
            line.quantity = line.quantity.plus(target.minus(kept)?)?;
            line.kept_quantity = line.kept_quantity.map(|_| target);
            price(line, agreed);
        }
        Step::Extend(by) => {
            let new = Model { quantity: by, ..follower(line, position, number) };
            lines.push(new);
        }
        Step::Replace { ended, rest } => {
            let mut new = Model { quantity: rest, replaces_line_id: Some(line.id), ..follower(line, position, number) };
            line.kept_quantity = Some(kept.minus(ended)?);
            price(&mut new, agreed);
            lines.push(new);
        }
    }
    Ok(())
}

/// A new line of the same.
fn follower(line: &Model, position: i64, number: i64) -> Model {
    Model { id: OrderLineId::new(), position, kept_quantity: None, amendment: Some(number), replaces_line_id: None, ..line.clone() }
}

fn price(line: &mut Model, agreed: &Agreed) {
    line.discount_percent = agreed.discount_percent;
    line.document_discount_percent = None;
    if agreed.unit_price == line.unit_price {
        return;
    }
    if !is_given(&line.price_source) {
        line.list_unit_price = Some(line.unit_price);
    }
    line.price_source = PriceSource::Given.to_string();
    line.unit_price = agreed.unit_price;
    line.price_override_reason.clone_from(&agreed.reason);
}

/// What was agreed for a line of an order with this discount of the whole.
#[must_use]
pub fn agreed(line: &Model, of_document: Percent) -> (Price, Percent, Percent) {
    (line.unit_price, line.discount_percent, line.document_discount_percent.unwrap_or(of_document))
}

/// How much stands of a line.
#[must_use]
pub fn kept(line: &Model) -> Quantity {
    line.kept_quantity.unwrap_or(line.quantity)
}

/// The line as it was, or the one that it goes on for at another price; none for what comes on top as a line of its own.
#[must_use]
pub fn origin<'a>(line: &Model, before: &'a [Model]) -> Option<&'a Model> {
    let find = |id: OrderLineId| before.iter().find(|old| old.id == id);
    find(line.id).or_else(|| line.replaces_line_id.and_then(find))
}

/// The lines of which more stands than of what they were before, together with the line that goes on for it.
///
/// # Errors
/// [`Overflow`] when the quantities do not fit.
pub fn grown(before: &[Model], after: &[Model]) -> Result<BTreeSet<OrderLineId>, Overflow> {
    let origins: Vec<Option<&Model>> = after.iter().map(|line| origin(line, before)).collect();
    let mut now: BTreeMap<OrderLineId, Quantity> = BTreeMap::new();
    for (line, from) in after.iter().zip(&origins).filter_map(|(line, from)| Some((line, (*from)?))) {
        let stands = now.entry(from.id).or_default();
        *stands = stands.plus(kept(line))?;
    }
    let more = |from: &Model| now.get(&from.id).is_some_and(|stands| *stands > kept(from));
    Ok(after.iter().zip(origins).filter(|(_, from)| from.is_none_or(more)).map(|(line, _)| line.id).collect())
}

/// What changed between the lines before and after.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn changes(before: &[Model], after: &[Model], discounts: Discounts) -> Result<Vec<AmendedLine>, Overflow> {
    let mut changes = Vec::new();
    for line in after {
        let old = before.iter().find(|old| old.id == line.id);
        let was = old.map_or(Quantity::ZERO, kept);
        let repriced = old.is_some_and(|old| agreed(old, discounts.before) != agreed(line, discounts.after));
        let change = match old {
            None => LineChange::Added,
            Some(_) if repriced => LineChange::Repriced,
            Some(_) if kept(line) == was => continue,
            Some(_) if kept(line) == Quantity::ZERO => LineChange::Ended,
            Some(_) if kept(line) < was => LineChange::Lowered,
            Some(_) => LineChange::Raised,
        };
        changes.push(AmendedLine {
            order_line_id: line.id,
            change,
            replaces_line_id: line.replaces_line_id,
            quantity_before: was,
            quantity: kept(line),
            unit_price_before: old.map(|old| old.unit_price),
            unit_price: line.unit_price,
            discount_percent_before: old.map(|old| old.discount_percent),
            discount_percent: line.discount_percent,
            net_change: line.net_amount.minus(old.map_or(Amount::ZERO, |old| old.net_amount))?,
        });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{BillingPolicy, Json, OrderId, TenantId};
    use proptest::prelude::*;

    const SAME: Discounts = Discounts { before: Percent::ZERO, after: Percent::ZERO };

    fn standing(kept: i64, delivered: i64, billed: i64, on_order: bool) -> Standing {
        Standing {
            kept: Quantity(kept),
            delivered: Quantity(delivered),
            billed: Quantity(billed),
            begun: on_order || delivered != 0 || billed != 0,
            billed_on_order: on_order,
        }
    }

    fn line(quantity: i64) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: OrderLineId::new(),
            order_id: OrderId::new(),
            position: 1,
            product_id: None,
            description: "Chai".to_owned(),
            quantity: Quantity(quantity),
            unit: None,
            unit_price: Price(18_000_000),
            price_base_quantity: Quantity::ONE,
            price_source: "product".to_owned(),
            list_unit_price: None,
            price_override_reason: None,
            discount_percent: Percent::ZERO,
            billing_policy: BillingPolicy::OnDelivery,
            net_amount: Amount::ZERO,
            tax_amount: Amount::ZERO,
            tax_ids: Json(Vec::new()),
            taxes: Json(Vec::new()),
            unit_cost: None,
            kept_quantity: None,
            amendment: None,
            replaces_line_id: None,
            promised_date: None,
            section: None,
            document_discount_percent: None,
            dimensions: None,
            tax_rule_id: None,
            determined_tax_ids: None,
        }
    }

    #[test]
    fn each_change_has_its_step() {
        let q = Quantity;
        let cases = [
            (standing(40, 15, 0, false), 40, false, Step::Keep),
            (standing(40, 15, 0, false), 30, false, Step::Lower(q(10))),
            (standing(40, 15, 15, false), 50, false, Step::Raise(q(10))),
            (standing(40, 0, 40, true), 50, false, Step::Extend(q(10))),
            // Invoiced ahead: less is a credit, not a refusal.
            (standing(40, 0, 40, true), 10, false, Step::Lower(q(30))),
            (standing(40, 0, 0, false), 50, true, Step::Reprice(q(50))),
            (standing(40, 15, 10, false), 40, true, Step::Replace { ended: q(25), rest: q(25) }),
            (standing(40, 0, 40, true), 50, true, Step::Replace { ended: q(0), rest: q(10) }),
            (standing(40, 0, 0, true), 40, true, Step::Replace { ended: q(40), rest: q(40) }),
            (standing(40, 0, 0, false), 0, true, Step::Lower(q(40))),
            (standing(0, 0, 0, false), 5, false, Step::Raise(q(5))),
            (standing(-2, 0, 0, true), 0, false, Step::Lower(q(-2))),
        ];
        for (standing, target, repriced, expected) in cases {
            assert_eq!(step(standing, q(target), repriced), Ok(expected), "{standing:?} to {target}");
        }
        let refused = [
            (standing(40, 15, 15, false), 14, false, "quantity"),
            (standing(40, 15, 15, false), -1, false, "quantity"),
            (standing(40, 15, 20, false), 20, true, "unit_price"),
            (standing(-2, 0, 0, true), -3, false, "quantity"),
            (standing(-2, 0, -2, true), 0, false, "quantity"),
        ];
        for (standing, target, repriced, field) in refused {
            assert_eq!(step(standing, q(target), repriced).map_err(|refusal| refusal.field), Err(field), "{standing:?} to {target}");
        }
    }

    #[test]
    fn another_price_leaves_what_has_begun_and_says_what_the_lists_gave() {
        let mut lines = vec![line(40)];
        let agreed = Agreed { unit_price: Price(17_000_000), discount_percent: Percent::ZERO, reason: Some("volume".to_owned()) };
        let before = lines.clone();
        apply(&mut lines, 0, Step::Replace { ended: Quantity(25), rest: Quantity(25) }, &agreed, 1).unwrap();
        let [old, new] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((old.quantity, old.kept_quantity, old.unit_price), (Quantity(40), Some(Quantity(15)), Price(18_000_000)));
        assert_eq!((new.quantity, new.replaces_line_id, new.amendment, new.position), (Quantity(25), Some(old.id), Some(1), 2));
        assert_eq!((new.price_source.as_str(), new.list_unit_price, new.unit_price), ("given", Some(Price(18_000_000)), Price(17_000_000)));
        let kinds: Vec<LineChange> = changes(&before, &lines, SAME).unwrap().into_iter().map(|change| change.change).collect();
        assert_eq!(kinds, [LineChange::Lowered, LineChange::Added]);
    }

    #[test]
    fn another_discount_of_the_document_reaches_what_has_not_begun() {
        let discounts = Discounts { before: Percent::ZERO, after: "5".parse().unwrap() };
        let agreed = Agreed { unit_price: Price(18_000_000), discount_percent: Percent::ZERO, reason: None };
        let cases = [
            (standing(40, 0, 0, false), Step::Reprice(Quantity(40))),
            (standing(40, 15, 10, false), Step::Replace { ended: Quantity(25), rest: Quantity(25) }),
            (standing(40, 40, 40, false), Step::Keep),
            (standing(-2, 0, 0, true), Step::Keep),
        ];
        for (now, expected) in cases {
            assert_eq!(granted(now, now.kept, true), Ok(expected), "{now:?}");
            assert_eq!(granted(now, now.kept, false), Ok(Step::Keep));
            let mut lines = vec![line(now.kept.0)];
            keep_discounts(&mut lines, discounts);
            apply(&mut lines, 0, expected, &agreed, 1).unwrap();
            let (first, last) = (discounts.of(&lines[0]), discounts.of(lines.last().unwrap()));
            assert_eq!((first == discounts.after, last == discounts.after), (matches!(expected, Step::Reprice(_)), expected != Step::Keep), "{now:?}");
        }
        // Taken back, the lines that kept it have it like all others.
        let mut lines = vec![Model { document_discount_percent: Some(Percent::ZERO), ..line(1) }];
        keep_discounts(&mut lines, Discounts { before: discounts.after, after: Percent::ZERO });
        assert_eq!(lines[0].document_discount_percent, None);
    }

    proptest! {
        /// Whatever happens, what was asked for stands, and what is delivered or invoiced keeps its price.
        #[test]
        fn what_is_asked_for_stands(kept in 1_i64..100, delivered in 0_i64..100, billed in 0_i64..100, on_order in any::<bool>(), target in 0_i64..150, repriced in any::<bool>()) {
            let (delivered, billed) = (delivered.min(kept), billed.min(kept));
            let now = standing(kept, delivered, billed, on_order);
            let mut lines = vec![line(kept)];
            let agreed = Agreed { unit_price: Price(if repriced { 17_000_000 } else { 18_000_000 }), discount_percent: Percent::ZERO, reason: None };
            if let Ok(step) = step(now, Quantity(target), repriced) {
                apply(&mut lines, 0, step, &agreed, 1).unwrap();
                let stands = |line: &Model| line.kept_quantity.unwrap_or(line.quantity).0;
                prop_assert_eq!(lines.iter().map(stands).sum::<i64>(), target);
                prop_assert!(lines.iter().all(|line| stands(line) >= 0));
                prop_assert!(stands(&lines[0]) >= delivered);
                if repriced && now.begun && target > 0 {
                    prop_assert_eq!(lines[0].unit_price, Price(18_000_000));
                    prop_assert!(lines[1..].iter().all(|line| line.unit_price == agreed.unit_price));
                }
            } else {
                prop_assert!(target < delivered || repriced && target <= delivered.max(billed));
            }
        }
    }
}
