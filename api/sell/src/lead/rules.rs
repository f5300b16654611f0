//! What a lead must say before it is qualified (CRM-03). Pure.

use causeway_contract::{Code, FieldError};
use causeway_entity::sell::leads::Model;
use causeway_value::{LeadInput, LeadRules};

/// What the company asks for and the lead does not say, each named.
#[must_use]
pub fn missing(rules: &LeadRules, lead: &Model) -> Vec<FieldError> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let said = |input: LeadInput| match input {
        LeadInput::ContactName => given(&lead.contact_name),
        LeadInput::OrganizationName => given(&lead.organization_name),
        LeadInput::Email => given(&lead.email),
        LeadInput::Phone => given(&lead.phone),
        LeadInput::Country => given(&lead.country),
        LeadInput::EmployeeCount => lead.employee_count.is_some(),
        LeadInput::Source => given(&lead.source),
        LeadInput::Budget => lead.budget.is_some(),
        LeadInput::Authority => given(&lead.authority),
        LeadInput::Need => given(&lead.need),
        LeadInput::NeededBy => lead.needed_by.is_some(),
    };
    let where_to = |input: LeadInput| match input {
        LeadInput::Budget | LeadInput::Authority | LeadInput::Need | LeadInput::NeededBy => "give it here or set it on the lead",
        _ => "set it on the lead, then try again",
    };
    let error = |input: LeadInput| {
        FieldError::pointer(Code::Required, format!("/{input}"), format!("is required before a lead of this company is qualified; {}", where_to(input)))
    };
    rules.required_inputs.iter().copied().filter(|input| !said(*input)).map(error).collect()
}
