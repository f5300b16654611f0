//! Which rule fits a lead, and whose turn it is. Pure.

use causeway_entity::sell::assignment_rules::Model;
use causeway_value::{CompanyId, UserId};

/// What of a lead the rules go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The company that would sell.
    pub company_id: CompanyId,
    /// Where it came from.
    pub source: Option<&'a str>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
    /// How many people work there.
    pub employees: Option<i64>,
}

/// Whether a rule fits, and then in words by what. What the lead does not say fits no condition.
#[must_use]
pub fn fits(rule: &Model, facts: &Facts<'_>) -> Option<String> {
    if rule.company_id.is_some_and(|company| company != facts.company_id) {
        return None;
    }
    let mut because = Vec::new();
    for (name, allowed, said) in [("source", &rule.sources.0, facts.source), ("country", &rule.countries.0, facts.country)] {
        if !allowed.is_empty() {
            let said = said.filter(|said| allowed.iter().any(|one| one.eq_ignore_ascii_case(said)))?;
            because.push(format!("{name} is {said}"));
        }
    }
    if rule.min_employees.is_some() || rule.max_employees.is_some() {
        let said = facts.employees?;
        if rule.min_employees.is_some_and(|least| said < least) || rule.max_employees.is_some_and(|most| said > most) {
            return None;
        }
        because.push(format!("{said} people work there"));
    }
    Some(if because.is_empty() { "fits every lead".to_owned() } else { because.join(", ") })
}

/// Whose turn it is after so many leads: the place from 1, and the person.
#[must_use]
pub fn turn(people: &[UserId], turns: i64) -> Option<(usize, UserId)> {
    let place = usize::try_from(turns).ok()?.checked_rem(people.len())?;
    people.get(place).map(|person| (place + 1, *person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{AssignmentRuleId, Instant, Json, TenantId};

    fn rule(sources: &[&str], countries: &[&str], employees: (Option<i64>, Option<i64>), company_id: Option<CompanyId>) -> Model {
        let texts = |texts: &[&str]| Json(texts.iter().map(|text| (*text).to_owned()).collect());
        Model {
            tenant_id: TenantId::new(),
            id: AssignmentRuleId::new(),
            name: "DACH".to_owned(),
            position: 1,
            company_id,
            sources: texts(sources),
            countries: texts(countries),
            min_employees: employees.0,
            max_employees: employees.1,
            team_id: None,
            owner_ids: Json(Vec::new()),
            turns: 0,
            active: true,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn every_condition_must_hold_and_says_so() {
        let company = CompanyId::new();
        let lead = Facts { company_id: company, source: Some("Web"), country: Some("DE"), employees: Some(120) };
        let silent = Facts { company_id: company, source: None, country: None, employees: None };
        let any = (None, None);
        for (rule, of_lead, of_silent) in [
            (rule(&[], &[], any, None), Some("fits every lead"), Some("fits every lead")),
            (rule(&["fair", "web"], &["AT", "DE"], any, Some(company)), Some("source is Web, country is DE"), None),
            (rule(&["fair"], &["DE"], any, None), None, None),
            (rule(&[], &[], (Some(100), Some(120)), None), Some("120 people work there"), None),
            (rule(&[], &[], (Some(121), None), None), None, None),
            (rule(&[], &[], (None, Some(119)), None), None, None),
            (rule(&[], &[], any, Some(CompanyId::new())), None, None),
        ] {
            assert_eq!((fits(&rule, &lead).as_deref(), fits(&rule, &silent).as_deref()), (of_lead, of_silent), "{rule:?}");
        }
    }

    #[test]
    fn turns_go_round() {
        let people = [UserId::new(), UserId::new(), UserId::new()];
        let places: Vec<_> = (0..5).filter_map(|turns| turn(&people, turns)).collect();
        assert_eq!(places, [(1, people[0]), (2, people[1]), (3, people[2]), (1, people[0]), (2, people[1])]);
        assert_eq!(turn(&[], 3), None);
    }
}
