//! Which stage a deal comes to. The stages of a company are its own and those of all companies; its own win.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::stages::Model;
use causeway_value::OpportunityStatus;

/// Where a qualified lead starts.
pub const QUALIFIED: &str = "qualified";

/// What an opportunity in this stage is.
#[must_use]
pub fn status(stage: &Model) -> OpportunityStatus {
    stage.outcome.unwrap_or(OpportunityStatus::Open)
}

/// Whether deals come to this stage.
#[must_use]
pub fn is_active(stage: &Model) -> bool {
    stage.active.unwrap_or(true)
}

/// Whether the pipeline checks customers anywhere: then nobody becomes one unchecked (CRM-05, CRM-11).
#[must_use]
pub fn check_customers(stages: &[Model]) -> bool {
    stages.iter().any(|stage| is_active(stage) && stage.validates_customer == Some(true))
}

/// Where a deal starts: the open stage of the lowest position, of those that deals come to.
///
/// # Errors
/// `state_conflict` when the pipeline has no open stage.
pub fn first_open<'s>(stages: impl IntoIterator<Item = &'s Model>) -> Result<&'s Model, Problem> {
    let open = stages.into_iter().filter(|stage| is_active(stage) && status(stage) == OpportunityStatus::Open);
    open.min_by_key(|stage| (stage.position, stage.company_id.is_none())).ok_or_else(|| missing("open"))
}

/// Where a qualified lead starts: the open stage of that name, else the first open one.
///
/// # Errors
/// `state_conflict` when the pipeline has no open stage.
pub fn qualified(stages: &[Model]) -> Result<&Model, Problem> {
    let named = stages.iter().filter(|stage| is_active(stage) && status(stage) == OpportunityStatus::Open && stage.name.eq_ignore_ascii_case(QUALIFIED));
    named.min_by_key(|stage| stage.company_id.is_none()).map_or_else(|| first_open(stages), Ok)
}

/// Where a deal ends that is won or lost.
///
/// # Errors
/// `state_conflict` when the pipeline has no such stage.
pub fn ending<'s>(stages: impl IntoIterator<Item = &'s Model>, end: OpportunityStatus) -> Result<&'s Model, Problem> {
    let ends = stages.into_iter().filter(|stage| is_active(stage) && status(stage) == end);
    ends.min_by_key(|stage| (stage.company_id.is_none(), stage.position)).ok_or_else(|| missing(end.into()))
}

/// The error of a stage that would leave its pipeline without one of its kind: deals could then not begin, or not end. A stage of all companies is replaced by
/// another of all, as each company needs one.
#[must_use]
pub fn only_one(stage: &Model, others: &[Model]) -> Option<FieldError> {
    let stands_in = |other: &&Model| {
        other.id != stage.id && is_active(other) && status(other) == status(stage) && (other.company_id.is_none() || other.company_id == stage.company_id)
    };
    if others.iter().any(|other| stands_in(&other)) {
        return None;
    }
    let kind: &'static str = status(stage).into();
    let detail = format!("must stay true: it is the only active stage of the status {kind}, and deals need one. Create another first (POST /v1/stages)");
    Some(FieldError::pointer(Code::InvalidValue, "/active", detail))
}

fn missing(kind: &'static str) -> Problem {
    Problem::new(Code::StateConflict, format!("The pipeline has no active stage of the status {kind}. Create one (POST /v1/stages) and try again."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{CompanyId, Instant, Percent, StageId, TenantId};

    fn stage(name: &str, position: i64, outcome: Option<OpportunityStatus>, company_id: Option<CompanyId>) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: StageId::new(),
            name: name.to_owned(),
            position,
            probability: Percent::ZERO,
            outcome,
            company_id,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            required_fields: None,
            validates_customer: None,
            active: Some(true),
        }
    }

    #[test]
    fn a_company_prefers_its_own_stages() {
        let won = Some(OpportunityStatus::Won);
        let own = CompanyId::new();
        let stages = [
            stage("won", 5, won, None),
            stage("signed", 9, won, Some(own)),
            stage("qualified", 2, None, None),
            stage("new", 1, None, None),
            stage("Qualified", 3, None, Some(own)),
        ];
        assert_eq!(first_open(&stages).unwrap().name, "new");
        assert_eq!(qualified(&stages).unwrap().name, "Qualified");
        assert_eq!(ending(&stages, OpportunityStatus::Won).unwrap().name, "signed");
        assert_eq!(ending(&stages, OpportunityStatus::Lost).unwrap_err().code, Code::StateConflict);
        assert_eq!(qualified(&stages[3..4]).unwrap().name, "new", "a renamed stage does not stop a lead");
        assert_eq!(first_open(&stages[..2]).unwrap_err().code, Code::StateConflict);
        // Nothing comes to a stage that is not active.
        let mut stages = stages;
        stages.iter_mut().filter(|stage| ["signed", "Qualified", "new"].contains(&stage.name.as_str())).for_each(|stage| stage.active = Some(false));
        assert_eq!(first_open(&stages).unwrap().name, "qualified");
        assert_eq!(qualified(&stages).unwrap().name, "qualified");
        assert_eq!(ending(&stages, OpportunityStatus::Won).unwrap().name, "won");
    }
}
