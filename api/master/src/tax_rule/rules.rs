//! Which rule applies to a customer, and which taxes it leaves: pure.

use causeway_entity::master::tax_rules::Model;
use causeway_value::{AskedRegistration, Day, PartyId, PartyKind, TaxId};
use std::cmp::Reverse;

/// What rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Customer<'a> {
    /// Who it is.
    pub party_id: PartyId,
    /// Where it is, as its party says.
    pub country: Option<&'a str>,
    /// Whether it has a tax registration, whatever that says.
    pub registered: bool,
    /// Whether one of its own country has the right form and check digit.
    pub valid: bool,
    /// Whether it is a person.
    pub kind: PartyKind,
    /// Its segment.
    pub segment: Option<&'a str>,
}

/// The rule that applies to a customer, and why each other one does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice<'r> {
    /// The rule; none when the products' taxes stay.
    pub rule: Option<&'r Model>,
    /// The others with the reason, in the order of their sequences.
    pub lost: Vec<(&'r Model, String)>,
}

/// Chooses among the rules of a company. Those that are not active are no part of it.
#[must_use]
pub fn choose<'r>(rules: &'r [Model], customer: &Customer<'_>, day: Day) -> Choice<'r> {
    let mut active: Vec<&Model> = rules.iter().filter(|rule| rule.active).collect();
    active.sort_by_key(|rule| rule.sequence);
    let winner = active.iter().copied().filter(|rule| misfit(rule, customer, day).is_none()).min_by_key(|rule| place(rule));
    let lost = |rule: &&'r Model| {
        let winner = winner.filter(|winner| winner.id != rule.id);
        let reason = misfit(rule, customer, day).or_else(|| winner.map(|winner| behind(rule, winner)))?;
        Some((*rule, reason))
    };
    Choice { rule: winner, lost: active.iter().filter_map(lost).collect() }
}

/// The first of these applies: one that names the customer, that asks for more, that names fewer countries, and at last the lowest sequence.
fn place(rule: &Model) -> (bool, Reverse<usize>, usize, i64) {
    let countries = rule.countries.0.len();
    (rule.party_id.is_none(), Reverse(asked(rule)), if countries == 0 { usize::MAX } else { countries }, rule.sequence)
}

/// For how many things a rule asks besides the customer itself.
fn asked(rule: &Model) -> usize {
    [!rule.countries.0.is_empty(), rule.registration.is_some(), rule.customer_kind.is_some(), rule.segment.is_some()].into_iter().filter(|asked| *asked).count()
}

/// Why a rule that fits gives way to another.
fn behind(rule: &Model, winner: &Model) -> String {
    let (own, first) = (place(rule), place(winner));
    let because = if own.0 != first.0 {
        "names the customer"
    } else if own.1 != first.1 {
        "asks for more"
    } else if own.2 != first.2 {
        "is for fewer countries"
    } else {
        "has a lower sequence"
    };
    format!("the tax rule {} {because}", winner.name)
}

/// Why a rule does not apply to a customer; none when it does.
fn misfit(rule: &Model, customer: &Customer<'_>, day: Day) -> Option<String> {
    if rule.party_id.is_some_and(|party| party != customer.party_id) {
        return Some("is for another customer".to_owned());
    }
    if let Some(first) = rule.valid_from.filter(|first| day < *first) {
        return Some(format!("is for documents from {first} on"));
    }
    if let Some(last) = rule.valid_until.filter(|last| day > *last) {
        return Some(format!("was for documents until {last}"));
    }
    let here = customer.country.is_some_and(|country| rule.countries.0.iter().any(|named| named == country));
    if !rule.countries.0.is_empty() && !here {
        return Some(
            customer.country.map_or("is for other countries, and the customer has none".to_owned(), |country| format!("is not for customers in {country}")),
        );
    }
    let lacks = match rule.registration {
        Some(AskedRegistration::None) if customer.registered => "is for customers without a tax registration",
        Some(AskedRegistration::Any) if !customer.registered => "is for customers with a tax registration",
        Some(AskedRegistration::Valid) if !customer.valid => "is for customers with a valid tax registration of their country",
        _ => "",
    };
    if !lacks.is_empty() {
        return Some(lacks.to_owned());
    }
    match (rule.customer_kind, &rule.segment) {
        (Some(PartyKind::Organization), _) if customer.kind != PartyKind::Organization => Some("is for organizations".to_owned()),
        (Some(PartyKind::Person), _) if customer.kind != PartyKind::Person => Some("is for persons".to_owned()),
        (_, Some(segment)) if customer.segment != Some(segment.as_str()) => Some(format!("is for customers of the segment {segment}")),
        _ => None,
    }
}

/// Why a rule applies, in words.
#[must_use]
pub fn because(rule: &Model, customer: &Customer<'_>) -> String {
    let mut parts = Vec::new();
    if rule.party_id.is_some() {
        parts.push("it names the customer".to_owned());
    }
    if let Some(country) = customer.country.filter(|_| !rule.countries.0.is_empty()) {
        parts.push(format!("the customer is in {country}"));
    }
    parts.extend(rule.registration.map(|asked| {
        let words = match asked {
            AskedRegistration::None => "the customer has no tax registration",
            AskedRegistration::Any => "the customer has a tax registration",
            AskedRegistration::Valid => "the customer has a valid tax registration of its country",
        };
        words.to_owned()
    }));
    parts.extend(
        rule.customer_kind.map(|kind| if kind == PartyKind::Person { "the customer is a person" } else { "the customer is an organization" }.to_owned()),
    );
    parts.extend(rule.segment.as_ref().map(|segment| format!("the customer is of the segment {segment}")));
    if parts.is_empty() {
        parts.push("it is for every customer".to_owned());
    }
    format!("the tax rule {} applies: {}", rule.name, parts.join(", "))
}

/// The taxes of a line under a rule: of a product with these taxes of its own, or of no product. None where the rule has nothing to say: of lines without a
/// product unless it names their taxes, and of products without taxes.
#[must_use]
pub fn taxes(rule: &Model, own: Option<&[TaxId]>) -> Option<Vec<TaxId>> {
    let Some(own) = own else { return rule.free_line_tax_ids.as_ref().map(|ids| ids.0.clone()) };
    if own.is_empty() {
        return None;
    }
    let mut found: Vec<TaxId> = Vec::with_capacity(own.len());
    for tax in own {
        let named = rule.replacements.0.iter().find(|replacement| replacement.tax_id == *tax).map(|replacement| replacement.by.as_slice());
        let by = named.or_else(|| rule.other_tax_ids.as_ref().map(|ids| ids.0.as_slice())).unwrap_or(std::slice::from_ref(tax));
        for tax in by {
            if !found.contains(tax) {
                found.push(*tax);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests;
