//! What may be done with an order when, and how its lines become obligations.

use crate::quote::rules::below_zero;
use causeway_bill::invoice::Agreed;
use causeway_bill::obligation::{NewObligation, hold, rules::noted};
use causeway_contract::{Code, Problem};
use causeway_entity::Held;
use causeway_entity::bill::obligations;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_holds, order_lines, orders};
use causeway_value::{BillingPolicy, Day, HoldKind, HoldStep, OrderStatus, Overflow, ProductKind, Quantity, RecognitionPolicy};

/// What a hold of this kind blocks (rules, "Holds, credit, clock"); a manual one everything, unless it says what.
#[must_use]
pub const fn blocks(kind: HoldKind) -> &'static [HoldStep] {
    match kind {
        HoldKind::Credit => &[HoldStep::Confirm, HoldStep::Ship],
        // What is not agreed is not billed, either: not the lines that an amendment changed, nor others under a discount or terms that it changed.
        HoldKind::Approval => &[HoldStep::Confirm, HoldStep::Ship, HoldStep::Invoice],
        HoldKind::Data => &[HoldStep::Confirm],
        HoldKind::Stock => &[HoldStep::Ship],
        HoldKind::Billing | HoldKind::Dispute => &[HoldStep::Invoice],
        HoldKind::Manual => &[HoldStep::Confirm, HoldStep::Ship, HoldStep::Invoice],
    }
}

/// The right that releasing a hold of this kind takes, besides releasing orders at all.
#[must_use]
pub const fn release_right(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Credit => "credit:release",
        HoldKind::Billing | HoldKind::Dispute => "billables:release",
        HoldKind::Approval => "quotes:approve",
        HoldKind::Data | HoldKind::Stock | HoldKind::Manual => "orders:release",
    }
}

/// A hold as obligations keep it.
#[must_use]
pub fn held(row: &order_holds::Model) -> Held {
    let blocks = row.blocks.as_ref().map_or_else(|| blocks(row.kind).to_vec(), |blocks| blocks.0.clone());
    Held { id: row.id, kind: row.kind, blocks, reason: row.reason.clone(), owner_id: row.owner_id, since: row.since }
}

/// An order that is changed or confirmed is a draft.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_draft(row: &orders::Model, verb: &str) -> Result<(), Problem> {
    if row.status == OrderStatus::Draft { Ok(()) } else { Err(refused(row, &format!("is {} and cannot be {verb}.", row.status))) }
}

/// What an accepted quote agreed is not changed in its order (QTE-21).
///
/// # Errors
/// `state_conflict`.
pub fn must_not_be_quoted(row: &orders::Model) -> Result<(), Problem> {
    if row.quote_id.is_none() {
        return Ok(());
    }
    Err(refused(row, "has the lines, prices and terms that the customer accepted. Cancel it and make a new quote to agree on others."))
}

/// How many lines order something: one of quantity zero can neither be delivered nor billed.
#[must_use]
pub fn ordering(lines: &[order_lines::Model]) -> usize {
    lines.iter().filter(|line| line.quantity != Quantity::ZERO).count()
}

/// An order is confirmed when nothing that it needs is missing and nothing holds it (ORD-10). `lines` are those that order something.
///
/// # Errors
/// `state_conflict` with what is missing.
pub fn must_be_confirmable(row: &orders::Model, is_customer: bool, lines: usize, holds: &[order_holds::Model]) -> Result<(), Problem> {
    must_be_draft(row, "confirmed")?;
    let held: Vec<Held> = holds.iter().map(held).collect();
    hold::refuse(&held, HoldStep::Confirm, &format!("The order {}", row.number))?;
    let mut missing = Vec::new();
    if !is_customer {
        missing.push("party_id: the party is no customer; give it the role");
    }
    if lines == 0 {
        missing.push("lines: there is none with a quantity; add at least one");
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(refused(row, &format!("cannot be confirmed as it is. {}.", missing.join(". "))).with("missing", missing))
}

/// An order that no quote agreed asks for something, or for nothing: what comes to less is never an invoice of its own.
///
/// # Errors
/// `state_conflict` naming what it comes to.
pub fn must_ask_for_something(row: &orders::Model) -> Result<(), Problem> {
    if row.quote_id.is_some() {
        return Ok(());
    }
    below_zero(&format!("The order {}", row.number), row.total_amount, row.currency)
}

/// The field of a problem that names the customer with whom nothing new is agreed.
pub const INACTIVE: &str = "inactive_party_id";

/// With a customer who is not active any more nothing new is agreed; what was confirmed before goes on (ORD-10). `what` begins the sentence.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_active(party: &parties::Model, what: &str) -> Result<(), Problem> {
    if party.active {
        return Ok(());
    }
    let detail = format!(
        "{what}: {} is not active any more, and nothing new is agreed with it. Make it active first (PATCH /v1/parties/{{id}} with `active`), \
         or cancel what is not agreed yet.",
        party.name
    );
    Err(Problem::new(Code::StateConflict, detail).with(INACTIVE, party.id.to_string()))
}

/// An order is cancelled as long as something of it is left to cancel (ORD-08).
///
/// # Errors
/// `state_conflict`.
pub fn must_be_cancellable(row: &orders::Model, something_is_left: bool) -> Result<(), Problem> {
    if row.status == OrderStatus::Cancelled {
        return Err(refused(row, "is cancelled already."));
    }
    if !something_is_left {
        return Err(refused(row, "is delivered or invoiced, and nothing of it is left to cancel. Reverse its deliveries or credit its invoices."));
    }
    Ok(())
}

/// An order is amended once it is confirmed and as long as it is not cancelled (ORD-18).
///
/// # Errors
/// `state_conflict`.
pub fn must_be_amendable(row: &orders::Model) -> Result<(), Problem> {
    match row.status {
        OrderStatus::Confirmed | OrderStatus::Fulfilled => Ok(()),
        OrderStatus::Draft => Err(refused(row, "is a draft: change it with PATCH /v1/orders/{id}, or cancel it and agree on a new quote.")),
        OrderStatus::Cancelled => Err(refused(row, "is cancelled. Make a new order.")),
    }
}

pub(super) fn refused(row: &orders::Model, what: &str) -> Problem {
    Problem::new(Code::StateConflict, format!("The order {} {what}", row.number)).with("status", row.status.to_string())
}

/// When the revenue of a line counts.
#[must_use]
pub const fn recognition(policy: BillingPolicy) -> RecognitionPolicy {
    match policy {
        BillingPolicy::OnOrder | BillingPolicy::OnDelivery | BillingPolicy::Time => RecognitionPolicy::AtPoint,
        BillingPolicy::Milestone => RecognitionPolicy::OnMilestone,
        BillingPolicy::Recurring => RecognitionPolicy::OverTime,
        BillingPolicy::Usage => RecognitionPolicy::OnUsage,
    }
}

/// Whether an order that was late still is: a line of it was promised for a day that was noted as past, and is not all there (STK-11). Orders become late
/// by the clock.
///
/// # Errors
/// `amount_overflow` when a quantity does not fit.
pub fn still_late(row: &orders::Model, obligations: &[obligations::Model]) -> Result<bool, Overflow> {
    if row.late != Some(true) || row.status != OrderStatus::Confirmed {
        return Ok(false);
    }
    obligations.iter().try_fold(false, |late, owed| Ok(late || noted(owed)?))
}

/// What confirming an order makes us owe for one of its lines.
#[must_use]
pub fn obligation(
    order: &orders::Model,
    line: &order_lines::Model,
    (product_kind, unit_step): (Option<ProductKind>, Option<Quantity>),
    confirm_date: Day,
    holds: &[order_holds::Model],
) -> NewObligation {
    NewObligation {
        order_line_id: line.id,
        order_id: order.id,
        company_id: order.company_id,
        party_id: order.party_id,
        flow_id: order.flow_id,
        confirm_date,
        product_id: line.product_id,
        product_kind,
        description: line.description.clone(),
        unit: line.unit.clone(),
        currency: order.currency,
        quantity: line.quantity,
        unit_price: line.unit_price,
        price_base_quantity: line.price_base_quantity,
        discount_percent: line.discount_percent,
        document_discount_percent: line.document_discount_percent.unwrap_or(order.discount_percent),
        discount_base: order.discount_base,
        net_amount: line.net_amount,
        tax_amount: line.tax_amount,
        holds: holds.iter().map(held).collect(),
        tax_ids: line.tax_ids.0.clone(),
        billing_policy: line.billing_policy,
        recognition: recognition(line.billing_policy),
        payment_term_id: order.payment_term_id,
        dimensions: line.dimensions.clone(),
        promised_date: line.promised_date,
        reference: order.reference.clone(),
        ship_to_id: order.ship_to_id,
        unit_step,
        agreed: Agreed { rounding: order.tax_rounding, step: order.tax_step, posting: order.discount_posting.unwrap_or_default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus::{Cancelled, Confirmed, Draft, Fulfilled};
    use causeway_value::{Amount, CompanyId, FlowId, HoldId, Instant, Json, OrderId, PartyId, Percent, QuoteId, TaxRounding, TenantId};

    fn order(status: OrderStatus) -> orders::Model {
        orders::Model {
            tenant_id: TenantId::new(),
            id: OrderId::new(),
            company_id: CompanyId::new(),
            party_id: PartyId::new(),
            quote_id: None,
            opportunity_id: None,
            number: "SO/2026/00001".to_owned(),
            status,
            currency: "EUR".parse().unwrap(),
            order_date: "2026-11-01".parse().unwrap(),
            payment_term_id: None,
            discount_percent: Percent::ZERO,
            tax_rounding: TaxRounding::PerLine,
            discount_base: None,
            discount_posting: None,
            tax_step: None,
            untaxed_amount: Amount::ZERO,
            tax_amount: Amount::ZERO,
            total_amount: Amount::ZERO,
            reference: None,
            owner_id: None,
            notes: None,
            cancel_reason: None,
            confirmed_at: None,
            flow_id: FlowId::new(),
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            hold_kind: None,
            channel: None,
            credit_warning: None,
            amendments: None,
            created_from: None,
            late: None,
            stalled_reason: None,
            terms: None,
            contact_id: None,
            ship_to_id: None,
            upfront_percent: None,
            rounding_amount: None,
        }
    }

    fn hold(kind: HoldKind) -> order_holds::Model {
        order_holds::Model {
            tenant_id: TenantId::new(),
            id: HoldId::new(),
            order_id: OrderId::new(),
            kind,
            reason: String::new(),
            owner_id: None,
            since: Instant(0),
            released_at: None,
            blocks: None,
            released_by: None,
            release_reason: None,
            covers_amount: None,
            asked_by: None,
            covers: None,
            by_hand: None,
        }
    }

    #[test]
    fn a_complete_draft_without_holds_is_confirmed() {
        assert!(must_be_confirmable(&order(Draft), true, 1, &[hold(HoldKind::Billing)]).is_ok());
        assert!(must_be_confirmable(&order(Draft), true, 1, &[hold(HoldKind::Credit)]).unwrap_err().detail.contains("credit hold"));
        assert!(must_be_confirmable(&order(Confirmed), true, 1, &[]).is_err());
        let problem = must_be_confirmable(&order(Draft), false, 0, &[]).unwrap_err();
        assert_eq!((problem.status, problem.meta["missing"].as_array().map(Vec::len)), (409, Some(2)));
    }

    #[test]
    fn an_order_is_cancelled_or_amended_while_that_changes_something() {
        let cancellable = |left| [Draft, Confirmed, Fulfilled, Cancelled].map(|status| must_be_cancellable(&order(status), left).is_ok());
        assert_eq!(cancellable(true), [true, true, true, false]);
        assert_eq!(cancellable(false), [false; 4]);
        assert_eq!([Draft, Confirmed, Fulfilled, Cancelled].map(|status| must_be_amendable(&order(status)).is_ok()), [false, true, true, false]);
    }

    #[test]
    fn an_accepted_quote_fixes_its_order() {
        let quoted = orders::Model { quote_id: Some(QuoteId::new()), ..order(Draft) };
        assert!(must_not_be_quoted(&order(Draft)).is_ok());
        assert!(must_not_be_quoted(&quoted).is_err());
    }
}
