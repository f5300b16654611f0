//! How an opportunity moves.

use crate::stage::rules::{is_active, status};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::{opportunities::Model, orders, quotes, stages};
use causeway_value::{Amount, Currency, DealField, Instant, OpportunityStatus, PartyId, Percent};

/// Refuses a verb for open opportunities on a closed one.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_open(row: &Model, verb: &str) -> Result<(), Problem> {
    if row.status == OpportunityStatus::Open {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict, format!("The opportunity is {}; only an open one can be {verb}. Reopen it first.", row.status)))
}

/// Refuses a stage to which nobody moves a deal by hand.
pub fn check_open_stage(row: &Model, stage: &stages::Model, errors: &mut Vec<FieldError>) {
    if stage.company_id.is_some_and(|company| company != row.company_id) {
        errors.push(FieldError::pointer(Code::NotFound, "/stage_id", "names no stage of this company's pipeline"));
    } else if status(stage) != OpportunityStatus::Open {
        errors.push(FieldError::pointer(Code::InvalidValue, "/stage_id", format!("is where deals end that are {}; use win or lose", status(stage))));
    } else if stage.id != row.stage_id || row.status != OpportunityStatus::Open {
        check_active(stage, errors);
    }
}

/// Refuses a stage that no deals come to any more.
pub fn check_active(stage: &stages::Model, errors: &mut Vec<FieldError>) {
    if !is_active(stage) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/stage_id", "names a stage that is not active any more; name another one"));
    }
}

/// The opportunity in another open stage, with that stage's probability.
#[must_use]
pub fn moved(old: &Model, stage: &stages::Model, now: Instant) -> Model {
    Model {
        stage_id: stage.id,
        probability: stage.probability,
        status: OpportunityStatus::Open,
        closed_at: None,
        lost_reason: None,
        stalled_reason: None,
        version: old.version + 1,
        updated_at: now,
        stage_since: if stage.id == old.stage_id { old.stage_since } else { Some(now) },
        ..old.clone()
    }
}

/// A deal cannot end before it came up.
pub fn check_order(created_at: Instant, closed_at: Instant, errors: &mut Vec<FieldError>) {
    if closed_at < created_at {
        errors.push(FieldError::pointer(Code::InvalidValue, "/closed_at", format!("must not be before the opportunity came up, {created_at}")));
    }
}

fn asked(stage: &stages::Model) -> &[DealField] {
    stage.required_fields.as_ref().map(|fields| fields.0.as_slice()).unwrap_or_default()
}

/// What a stage asks for must be there before a deal comes to it; each thing that is missing is named.
pub fn check_required(row: &Model, stage: &stages::Model, errors: &mut Vec<FieldError>) {
    for field in asked(stage) {
        if !says(row, *field) {
            errors.push(FieldError::pointer(
                Code::Required,
                format!("/{field}"),
                format!("is required before the stage {}; set it, then try again", stage.name),
            ));
        }
    }
}

/// Refuses a change that takes away what the stage asks for. What was not there before may still be missing: the stage may have begun to ask for it later.
pub fn check_kept(old: &Model, new: &Model, stage: &stages::Model, errors: &mut Vec<FieldError>) {
    for field in asked(stage).iter().filter(|field| says(old, **field) && !says(new, **field)) {
        let detail = format!("is asked for by the stage {}, in which the opportunity stands; move it to another stage first", stage.name);
        errors.push(FieldError::pointer(Code::Required, format!("/{field}"), detail));
    }
}

fn says(row: &Model, field: DealField) -> bool {
    match field {
        DealField::ExpectedValue => !row.expected_value.is_zero(),
        DealField::ExpectedCloseDate => row.expected_close_date.is_some(),
        DealField::PartyId => row.party_id.is_some(),
        DealField::ContactId => row.contact_id.is_some(),
        DealField::OwnerId => row.owner_id.is_some(),
        DealField::TeamId => row.team_id.is_some(),
        DealField::ProductId => row.product_id.is_some(),
    }
}

/// The opportunity at its end, in the stage of that end.
#[must_use]
pub fn closed(old: &Model, stage: &stages::Model, closed_at: Instant, lost_reason: Option<String>, now: Instant) -> Model {
    Model {
        closed_at: Some(closed_at),
        lost_reason,
        status: status(stage),
        probability: probability(stage),
        stage_since: Some(closed_at),
        ..moved(old, stage, now)
    }
}

/// What a customer agreed to, as far as its deal hears of it.
#[derive(Clone, Copy, Debug)]
pub struct Agreed<'d> {
    /// What it is called: quote or order.
    pub document: &'static str,
    /// Its number.
    pub number: &'d str,
    /// The customer.
    pub customer: PartyId,
    /// What it comes to without tax, in minor units of `currency`.
    pub untaxed: Amount,
    /// The currency of that.
    pub currency: Currency,
}

impl<'d> From<&'d quotes::Model> for Agreed<'d> {
    fn from(row: &'d quotes::Model) -> Self {
        Self { document: "quote", number: &row.number, customer: row.party_id, untaxed: row.untaxed_amount, currency: row.currency }
    }
}

impl<'d> From<&'d orders::Model> for Agreed<'d> {
    fn from(row: &'d orders::Model) -> Self {
        Self { document: "order", number: &row.number, customer: row.party_id, untaxed: row.untaxed_amount, currency: row.currency }
    }
}

/// In the problem of [`must_be_its_customers`]: the customer of the opportunity.
pub const OWN_CUSTOMER: &str = "opportunity_party_id";

/// What one customer agreed to wins no deal of another. Documents are made for their deal's customer, but a deal may get another one later.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_its_customers(row: &Model, agreed: &Agreed<'_>) -> Result<(), Problem> {
    let Some(own) = row.party_id.filter(|own| *own != agreed.customer) else { return Ok(()) };
    let Agreed { document, number, customer, .. } = agreed;
    let detail = format!(
        "The {document} {number} is for {customer}, and its opportunity {} is with {own}. Change the customer of the opportunity (PATCH /v1/opportunities/{{id}}, \
         while it is open), or make another {document} without it.",
        row.id
    );
    Err(Problem::new(Code::StateConflict, detail).with("opportunity_id", row.id.to_string()).with(OWN_CUSTOMER, own.to_string()))
}

/// The opportunity with what was agreed where it says nothing itself: its customer; and while it is worth nothing, what that comes to without tax, in the
/// currency of the document, as nothing in no currency needs no rate (CRM-11).
#[must_use]
pub fn completed(row: Model, agreed: &Agreed<'_>) -> Model {
    let party_id = row.party_id.or(Some(agreed.customer));
    if row.expected_value.is_zero() && agreed.untaxed > Amount::ZERO {
        return Model { party_id, expected_value: agreed.untaxed, currency: agreed.currency, ..row };
    }
    Model { party_id, ..row }
}

/// How likely a deal in this stage is won: an end is certain.
#[must_use]
pub fn probability(stage: &stages::Model) -> Percent {
    match status(stage) {
        OpportunityStatus::Open => stage.probability,
        OpportunityStatus::Won => Percent::WHOLE,
        OpportunityStatus::Lost => Percent::ZERO,
    }
}
