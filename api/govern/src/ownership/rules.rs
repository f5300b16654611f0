//! Which fields a kind of objects has, and which of them a rule is for.

use causeway_contract::{Code, FieldError, Shape};
use causeway_kernel::ownership::Rule;
use causeway_openapi::ownership::{ALL_FIELDS, CAUSEWAY};
use causeway_openapi::{catalog, company, dimension, party, pricing, tax, tax_rule, term};
use causeway_value::OwnedKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use strum::IntoEnumIterator;
use utoipa::ToSchema;
use uuid::Uuid;

/// What `*` leaves to everybody: each system keeps its own there.
const OWN_OF_EACH: [&str; 2] = ["external_refs", "metadata"];

/// A rule as it is stored, as far as it matters here.
pub(super) struct Said<'a> {
    pub(super) kind: OwnedKind,
    pub(super) fields: &'a [String],
    pub(super) owner: &'a str,
    pub(super) steward: Option<(Uuid, String)>,
}

impl Said<'_> {
    fn whole(&self) -> bool {
        self.fields.iter().any(|field| field == ALL_FIELDS)
    }
}

/// The fields of each kind that can be written: what its bodies and its objects have in common.
pub(super) fn fields(kind: OwnedKind) -> &'static BTreeSet<String> {
    static FIELDS: OnceLock<BTreeMap<OwnedKind, BTreeSet<String>>> = OnceLock::new();
    static NONE: BTreeSet<String> = BTreeSet::new();
    let all = FIELDS.get_or_init(|| OwnedKind::iter().map(|kind| (kind, written(kind))).collect());
    all.get(&kind).unwrap_or(&NONE)
}

fn written(kind: OwnedKind) -> BTreeSet<String> {
    match kind {
        OwnedKind::Party => common::<party::Party, party::CreateParty, party::UpdateParty>(),
        OwnedKind::Product => common::<catalog::Product, catalog::CreateProduct, catalog::UpdateProduct>(),
        OwnedKind::Category => common::<catalog::Category, catalog::CreateCategory, catalog::UpdateCategory>(),
        OwnedKind::Unit => common::<catalog::Unit, catalog::CreateUnit, catalog::UpdateUnit>(),
        OwnedKind::PriceList => common::<pricing::PriceList, pricing::CreatePriceList, pricing::UpdatePriceList>(),
        OwnedKind::Tax => common::<tax::Tax, tax::CreateTax, tax::UpdateTax>(),
        OwnedKind::TaxRule => common::<tax_rule::TaxRule, tax_rule::CreateTaxRule, tax_rule::UpdateTaxRule>(),
        OwnedKind::PaymentTerm => common::<term::PaymentTerm, term::CreatePaymentTerm, term::UpdatePaymentTerm>(),
        OwnedKind::Account => common::<company::Account, company::CreateAccount, company::UpdateAccount>(),
        OwnedKind::Dimension => common::<dimension::Dimension, dimension::CreateDimension, dimension::UpdateDimension>(),
        OwnedKind::Company => common::<company::Company, company::CreateCompany, company::UpdateCompany>(),
    }
}

fn common<T: ToSchema, C: ToSchema, U: ToSchema>() -> BTreeSet<String> {
    let (object, mut bodies) = (names::<T>(), names::<C>());
    bodies.extend(names::<U>());
    object.intersection(&bodies).cloned().collect()
}

fn names<T: ToSchema>() -> BTreeSet<String> {
    match Shape::of::<T>() {
        Shape::Object { fields, .. } => fields.into_keys().collect(),
        _ => BTreeSet::new(),
    }
}

/// Every field must be one of the kind, named once; `*` stands alone.
pub(super) fn check_fields(kind: OwnedKind, given: &[String], errors: &mut Vec<FieldError>) {
    if given.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/fields", "must name at least one field, or be `*` for all"));
    }
    let known = fields(kind);
    for (index, field) in given.iter().enumerate() {
        let pointer = format!("/fields/{index}");
        if field == ALL_FIELDS {
            if given.len() > 1 {
                errors.push(FieldError::pointer(Code::InvalidValue, pointer, "stands alone: `*` is for all fields that no other rule names"));
            }
        } else if !known.contains(field) {
            let names = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            errors.push(FieldError::pointer(
                Code::InvalidValue,
                pointer,
                format!("is no field of a {} that can be written: name some of {names}", words(kind)),
            ));
        } else if given.iter().take(index).any(|before| before == field) {
            errors.push(FieldError::pointer(Code::InvalidValue, pointer, "is named before: name each field once"));
        }
    }
}

/// A kind of objects as people write it.
pub(super) fn words(kind: OwnedKind) -> String {
    kind.to_string().replace('_', " ")
}

/// An owner is a word as systems have it in external references.
pub(super) fn check_owner(owner: &str, errors: &mut Vec<FieldError>) {
    if owner.trim().is_empty() || owner != owner.trim() {
        let detail = format!("must be `{CAUSEWAY}`, or a system as the `system` of its API keys, such as `sap`, without spaces around it");
        errors.push(FieldError::pointer(Code::InvalidValue, "/owner", detail));
    }
}

/// The fields that two rules both are for, if they do not agree whose they are.
pub(super) fn disputed<'a>(one: &'a Said<'_>, other: &Said<'_>) -> Vec<&'a str> {
    let steward = |said: &Said<'_>| said.steward.as_ref().map(|(id, _)| *id);
    if one.kind != other.kind || (one.owner == other.owner && steward(one) == steward(other)) {
        return Vec::new();
    }
    one.fields.iter().filter(|field| other.fields.contains(field)).map(String::as_str).collect()
}

/// The rules with their fields by name: a field that is named belongs to whom that rule says, and `*` is what is left.
pub(super) fn named(said: Vec<Said<'_>>) -> Vec<Rule> {
    let mut taken: BTreeMap<OwnedKind, BTreeSet<String>> = BTreeMap::new();
    for one in said.iter().filter(|one| !one.whole()) {
        taken.entry(one.kind).or_default().extend(one.fields.iter().cloned());
    }
    let rule = |one: Said<'_>| {
        let whole = one.whole();
        let left = |field: &&String| !OWN_OF_EACH.contains(&field.as_str()) && !taken.get(&one.kind).is_some_and(|taken| taken.contains(*field));
        let fields = if whole { fields(one.kind).iter().filter(left).cloned().collect() } else { one.fields.to_vec() };
        Rule { object: one.kind.to_string(), fields, whole, owner: one.owner.to_owned(), steward: one.steward }
    };
    said.into_iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_kind_has_fields_and_none_that_we_keep_ourselves() {
        for kind in OwnedKind::iter() {
            let fields = fields(kind);
            assert!(fields.len() >= 2, "{kind}: {fields:?}");
            assert!(["id", "object", "version", "created_at", "updated_at"].iter().all(|field| !fields.contains(*field)), "{kind}");
            assert!(causeway_value::PREFIXES.iter().any(|(_, name)| *name == kind.to_string()), "{kind} is recorded under its name");
        }
        assert!(["credit_limit", "addresses", "contacts", "tax_ids"].iter().all(|field| fields(OwnedKind::Party).contains(*field)));
    }

    #[test]
    fn fields_are_those_of_the_kind() {
        let wrong = |given: &[&str]| {
            let mut errors = Vec::new();
            check_fields(OwnedKind::Party, &texts(given), &mut errors);
            errors.into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&["name", "credit_limit"]), Vec::<String>::new());
        assert_eq!(wrong(&["*"]), Vec::<String>::new());
        assert_eq!(wrong(&[]), ["/fields"]);
        assert_eq!(wrong(&["name", "list_price", "name", "*", "merged_into"]), ["/fields/1", "/fields/2", "/fields/3", "/fields/4"]);
    }

    #[test]
    fn a_named_field_is_not_of_the_rest() {
        let (rest, limit) = (texts(&["*"]), texts(&["credit_limit"]));
        let said = |fields, owner| Said { kind: OwnedKind::Party, fields, owner, steward: None };
        let rules = named(vec![said(&rest, "sap"), said(&limit, "causeway")]);
        assert!(rules[0].whole && rules[0].fields.contains(&"name".to_owned()));
        assert!(["credit_limit", "external_refs", "metadata"].iter().all(|field| !rules[0].fields.contains(&(*field).to_owned())));
        assert_eq!((rules[1].whole, rules[1].fields.as_slice()), (false, limit.as_slice()));
    }

    #[test]
    fn a_field_has_one_owner() {
        let (some, more) = (texts(&["name", "credit_limit"]), texts(&["credit_limit", "email"]));
        let said = |fields, owner, steward: Option<u128>| Said {
            kind: OwnedKind::Party,
            fields,
            owner,
            steward: steward.map(|id| (Uuid::from_u128(id), String::new())),
        };
        assert_eq!(disputed(&said(&some, "sap", None), &said(&more, "shop", None)), ["credit_limit"]);
        assert_eq!(disputed(&said(&some, "sap", Some(1)), &said(&more, "sap", None)), ["credit_limit"]);
        assert_eq!(disputed(&said(&some, "sap", Some(1)), &said(&more, "sap", Some(1))), Vec::<&str>::new());
        let products = Said { kind: OwnedKind::Product, ..said(&more, "shop", None) };
        assert_eq!(disputed(&said(&some, "sap", None), &products), Vec::<&str>::new());
    }
}
