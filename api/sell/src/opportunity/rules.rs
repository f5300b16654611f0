//! How an opportunity moves.

use crate::stage::rules::{is_active, status};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::{opportunities::Model, stages};
use causeway_value::{DealField, Instant, OpportunityStatus, Percent};

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

/// How likely a deal in this stage is won: an end is certain.
#[must_use]
pub fn probability(stage: &stages::Model) -> Percent {
    match status(stage) {
        OpportunityStatus::Open => stage.probability,
        OpportunityStatus::Won => Percent::WHOLE,
        OpportunityStatus::Lost => Percent::ZERO,
    }
}
