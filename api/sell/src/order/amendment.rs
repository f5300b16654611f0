//! What an amendment may change, and how it is kept.

use super::rules::refused;
use super::store::Parts;
use crate::line::Line;
use causeway_bill::obligation::rules::{billed_on_order, open};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::obligations;
use causeway_entity::sell::{order_amendments, orders};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::check;
use causeway_openapi::amendment::{self as wire, AgreedLine, AgreedTerms, AmendLine, AmendOrder};
use causeway_openapi::invoice::Invoice;
use causeway_openapi::line::LineInput;
use causeway_value::{AmendmentId, Json, OrderLine, OrderLineId, OrderStatus, Percent, Price, Quantity, UserId};

/// What an amendment does to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A line changes.
    Line {
        /// Which.
        id: OrderLineId,
        /// How much is wanted from now on.
        quantity: Option<Quantity>,
        /// The price from now on, with the reason.
        price: Option<(Price, Option<String>)>,
        /// The discount from now on.
        discount: Option<Percent>,
    },
    /// A line is new.
    New {
        /// Its place in the body.
        place: usize,
        /// The line.
        input: LineInput,
    },
}

impl Change {
    /// A new line with its place in the body.
    #[must_use]
    pub fn added(&self) -> Option<(usize, LineInput)> {
        match self {
            Self::New { place, input } => Some((*place, input.clone())),
            Self::Line { .. } => None,
        }
    }

    /// Whether it changes this line.
    #[must_use]
    pub fn is_of(&self, line: OrderLineId) -> bool {
        matches!(self, Self::Line { id, .. } if *id == line)
    }

    /// Gives the line its new price and discount.
    pub fn apply(&self, line: &mut Line) {
        let Self::Line { price, discount, .. } = self else { return };
        if let Some((price, reason)) = price {
            line.list_unit_price = line.list_unit_price.or(Some(line.unit_price));
            line.unit_price = *price;
            "given".clone_into(&mut line.price_source);
            line.price_override_reason.clone_from(reason);
        }
        line.discount_percent = discount.unwrap_or(line.discount_percent);
    }
}

/// The changes that a body asks for; what is wrong with them is added to `errors`.
pub fn changes(parts: &Parts, lines: &[AmendLine], errors: &mut Vec<FieldError>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let Some(id) = line.id else {
            if line.quantity.is_none() {
                errors.push(FieldError::pointer(Code::Required, format!("/lines/{place}/quantity"), "is required for a new line"));
            }
            changes.push(Change::New { place, input: new_line(line) });
            continue;
        };
        if changes.iter().any(|change| change.is_of(id)) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{place}/id"), "is named twice"));
        }
        match parts.obligations.iter().find(|owed| owed.id.uuid() == id.uuid()) {
            None => errors.push(check::unknown::<OrderLine>(format!("/lines/{place}/id"), "order")),
            Some(owed) => check_line(owed, line, place, errors),
        }
        let price = line.unit_price.map(|price| (price, line.price_override_reason.clone()));
        changes.push(Change::Line { id, quantity: line.quantity, price, discount: line.discount_percent });
    }
    changes
}

fn new_line(line: &AmendLine) -> LineInput {
    LineInput {
        product_id: line.product_id,
        description: line.description.clone(),
        quantity: line.quantity.unwrap_or_default(),
        unit_price: line.unit_price,
        price_override_reason: line.price_override_reason.clone(),
        discount_percent: line.discount_percent,
        tax_ids: line.tax_ids.clone(),
    }
}

fn check_line(owed: &obligations::Model, line: &AmendLine, place: usize, errors: &mut Vec<FieldError>) {
    let mut wrong = |field: &str, detail: String| errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{place}/{field}"), detail));
    for (field, given) in [("product_id", line.product_id.is_some()), ("description", line.description.is_some()), ("tax_ids", line.tax_ids.is_some())] {
        if given {
            wrong(field, "is for new lines: take this line off and add another".to_owned());
        }
    }
    let billed = owed.billable_quantity;
    let change = |field: &str| format!("cannot change {field}: {billed} of the line are billed as agreed. Reduce it to that, and add a line for the rest");
    if billed != Quantity::ZERO && line.unit_price.is_some_and(|price| price != owed.unit_price) {
        wrong("unit_price", change("the price"));
    }
    if billed != Quantity::ZERO && line.discount_percent.is_some_and(|discount| discount != owed.discount_percent) {
        wrong("discount_percent", change("the discount"));
    }
    if line.discount_percent.is_some_and(|discount| !(Percent::ZERO..=Percent::WHOLE).contains(&discount)) {
        wrong("discount_percent", "must be from 0 to 100".to_owned());
    }
    let Some(quantity) = line.quantity else { return };
    let wanted = Quantity(owed.ordered_quantity.0.saturating_sub(owed.cancelled_quantity.0));
    if owed.ordered_quantity < Quantity::ZERO && quantity != wanted {
        wrong("quantity", "of a line that gives back cannot change; add a line that takes the difference back".to_owned());
    } else if owed.ordered_quantity >= Quantity::ZERO && quantity < owed.delivered_quantity {
        let least = owed.delivered_quantity;
        wrong("quantity", format!("must be at least {least}: that much is delivered. Take the delivery back first, or agree on a return"));
    } else if quantity > wanted && billed_on_order(owed.billing_policy, owed.ordered_quantity) {
        wrong("quantity", format!("must be at most {wanted}: the line is billed on order. Add a line for more"));
    }
}

/// An amendment must change something.
pub fn must_change(body: &AmendOrder, errors: &mut Vec<FieldError>) {
    if body.lines.is_empty() && body.payment_term_id.is_none() {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must name at least one line, unless there is a payment_term_id"));
    }
}

/// Only what is agreed on is amended.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_amendable(order: &orders::Model) -> Result<(), Problem> {
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Fulfilled => Ok(()),
        OrderStatus::Draft => Err(refused(order, "is a draft: change it as it is, with PATCH. Only a confirmed order is amended.")),
        OrderStatus::Cancelled => Err(refused(order, "is cancelled. Make a new one.")),
    }
}

/// Errors of new lines with their places in the body instead of those among the new ones.
#[must_use]
pub fn placed(errors: Vec<FieldError>, places: &[usize]) -> Vec<FieldError> {
    let place = |error: FieldError| {
        let moved = error.pointer.as_deref().and_then(|pointer| {
            let (index, rest) = pointer.strip_prefix("/lines/")?.split_once('/').unwrap_or_default();
            Some(format!("/lines/{}/{rest}", places.get(index.parse::<usize>().ok()?)?))
        });
        FieldError { pointer: moved.or(error.pointer), ..error }
    };
    errors.into_iter().map(place).collect()
}

/// Where an amended order stands: fulfilled when nothing is left of what had to be shipped, confirmed when there is something again.
///
/// # Errors
/// When a quantity does not fit.
pub fn status_after(status: OrderStatus, obligations: &[obligations::Model]) -> Result<OrderStatus, Problem> {
    let mut shipped = false;
    for row in obligations {
        if open(row)? > Quantity::ZERO {
            return Ok(OrderStatus::Confirmed);
        }
        shipped |= row.delivered_quantity > Quantity::ZERO;
    }
    Ok(if shipped { OrderStatus::Fulfilled } else { status })
}

/// What an order agrees on now.
///
/// # Errors
/// When a quantity does not fit.
pub fn agreed(order: &orders::Model, parts: &Parts) -> Result<AgreedTerms, Problem> {
    let mut lines = Vec::with_capacity(parts.lines.len());
    for row in &parts.lines {
        let owed = parts.obligations.iter().find(|owed| owed.id.uuid() == row.id.uuid());
        let cancelled = owed.map_or(Quantity::ZERO, |owed| owed.cancelled_quantity);
        lines.push(AgreedLine {
            id: row.id,
            description: row.description.clone(),
            quantity: row.quantity.minus(cancelled)?,
            unit_price: row.unit_price,
            discount_percent: row.discount_percent,
            net_amount: row.net_amount.text(order.currency),
        });
    }
    let text = |amount: causeway_value::Amount| amount.text(order.currency);
    Ok(AgreedTerms {
        payment_term_id: order.payment_term_id,
        untaxed_amount: text(order.untaxed_amount),
        tax_amount: text(order.tax_amount),
        total_amount: text(order.total_amount),
        lines,
    })
}

/// The row of a new amendment, numbered after those that the order has.
///
/// # Errors
/// When the database fails.
pub(super) async fn row(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    order: &orders::Model,
    body: &AmendOrder,
    (before, after): (&AgreedTerms, &AgreedTerms),
    credit_notes: &[Invoice],
) -> Result<order_amendments::Model, Problem> {
    let last = Find::<order_amendments::Entity>::new()
        .eq(order_amendments::Column::OrderId, order.id)
        .order_by_desc(order_amendments::Column::Number)
        .one(tx)
        .await?;
    Ok(order_amendments::Model {
        tenant_id: order.tenant_id,
        id: AmendmentId::new(),
        order_id: order.id,
        number: last.map_or(1, |last| last.number + 1),
        reason: body.reason.clone(),
        amended_by: ctx.user.map(UserId::from_uuid),
        before_terms: text(before)?,
        after_terms: text(after)?,
        credit_note_ids: Json(credit_notes.iter().map(|note| note.id).collect()),
        created_at: ctx.now(),
    })
}

fn text(terms: &AgreedTerms) -> Result<String, Problem> {
    serde_json::to_string(terms).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "the terms of an amendment cannot be kept");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}

/// The amendment as the API shows it.
///
/// # Errors
/// When what is stored is not what was written: a fault of ours.
pub fn view(row: &order_amendments::Model) -> Result<wire::Amendment, Problem> {
    let read = |text: &str| serde_json::from_str(text).map_err(|error| unreadable(&error));
    Ok(wire::Amendment {
        id: row.id,
        object: "amendment".to_owned(),
        created_at: row.created_at,
        order_id: row.order_id,
        number: u32::try_from(row.number).unwrap_or_default(),
        reason: row.reason.clone(),
        amended_by: row.amended_by,
        before: read(&row.before_terms)?,
        after: read(&row.after_terms)?,
        credit_note_ids: row.credit_note_ids.0.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_new_lines_name_their_places_in_the_body() {
        let error = |pointer: &str| FieldError::pointer(Code::Required, pointer, "…");
        let moved = placed(vec![error("/lines/0/description"), error("/lines/1/tax_ids/2"), error("/reason")], &[1, 4]);
        let pointers: Vec<_> = moved.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/lines/1/description", "/lines/4/tax_ids/2", "/reason"]);
    }

    #[test]
    fn an_amendment_without_lines_needs_a_payment_term() {
        let mut errors = Vec::new();
        must_change(&AmendOrder::default(), &mut errors);
        assert_eq!(errors.len(), 1);
        must_change(&AmendOrder { payment_term_id: Some(Default::default()), ..AmendOrder::default() }, &mut errors);
        assert_eq!(errors.len(), 1);
    }
}
