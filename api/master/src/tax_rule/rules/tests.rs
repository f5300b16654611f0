use super::*;
use causeway_value::{CompanyId, Instant, Json, TaxReplacement, TaxRuleId, TenantId};

fn rule(name: &str, sequence: i64, countries: &[&str], registration: Option<AskedRegistration>) -> Model {
    Model {
        tenant_id: TenantId::new(),
        id: TaxRuleId::new(),
        company_id: CompanyId::new(),
        name: name.to_owned(),
        sequence,
        party_id: None,
        countries: Json(countries.iter().map(|country| (*country).to_owned()).collect()),
        registration,
        customer_kind: None,
        segment: None,
        valid_from: None,
        valid_until: None,
        replacements: Json(Vec::new()),
        other_tax_ids: None,
        free_line_tax_ids: None,
        active: true,
        metadata: Json::default(),
        version: 1,
        created_at: Instant(0),
        updated_at: Instant(0),
    }
}

fn customer<'a>(country: &'a str, registered: bool, valid: bool) -> Customer<'a> {
    let country = Some(country).filter(|country| !country.is_empty());
    Customer { party_id: PartyId::new(), country, registered, valid, kind: PartyKind::Organization, segment: Some("retail") }
}

fn on(day: &str) -> Day {
    day.parse().unwrap()
}

fn chosen<'r>(rules: &'r [Model], customer: &Customer<'_>) -> Option<&'r str> {
    choose(rules, customer, on("2026-12-01")).rule.map(|rule| rule.name.as_str())
}

/// A German company: business in the Union with a valid registration, persons in France, everybody outside.
fn german() -> Vec<Model> {
    let union = ["AT", "BE", "FR", "NL"];
    vec![
        rule("EU business", 10, &union, Some(AskedRegistration::Valid)),
        rule("EU consumer", 20, &union, None),
        rule("France", 30, &["FR"], None),
        rule("Germany", 40, &["DE"], None),
        rule("Export", 50, &[], None),
    ]
}

#[test]
fn the_most_specific_rule_applies() {
    let rules = german();
    let cases = [
        ("FR", true, true, Some("EU business")),
        ("FR", true, false, Some("France")),
        ("FR", false, false, Some("France")),
        ("AT", false, false, Some("EU consumer")),
        ("AT", true, true, Some("EU business")),
        ("DE", true, true, Some("Germany")),
        ("CH", true, true, Some("Export")),
        ("", false, false, Some("Export")),
    ];
    for (country, registered, valid, expected) in cases {
        assert_eq!(chosen(&rules, &customer(country, registered, valid)), expected, "{country} {registered} {valid}");
    }
    assert_eq!(chosen(&rules[..1], &customer("CH", true, true)), None);
    assert_eq!(chosen(&[], &customer("DE", true, true)), None);
}

#[test]
fn each_condition_is_asked_for() {
    let here = customer("FR", true, false);
    let plain = || rule("rule", 1, &[], None);
    let fits = |rule: Model| chosen(&[rule], &here).is_some();
    let cases = [
        (plain(), true),
        (Model { party_id: Some(here.party_id), ..plain() }, true),
        (Model { party_id: Some(PartyId::new()), ..plain() }, false),
        (Model { registration: Some(AskedRegistration::Any), ..plain() }, true),
        (Model { registration: Some(AskedRegistration::None), ..plain() }, false),
        (Model { registration: Some(AskedRegistration::Valid), ..plain() }, false),
        (Model { customer_kind: Some(PartyKind::Organization), ..plain() }, true),
        (Model { customer_kind: Some(PartyKind::Person), ..plain() }, false),
        (Model { segment: Some("retail".to_owned()), ..plain() }, true),
        (Model { segment: Some("public".to_owned()), ..plain() }, false),
        (Model { valid_from: Some(on("2026-12-01")), valid_until: Some(on("2026-12-01")), ..plain() }, true),
        (Model { valid_from: Some(on("2026-12-02")), ..plain() }, false),
        (Model { valid_until: Some(on("2026-11-30")), ..plain() }, false),
        (Model { active: false, ..plain() }, false),
        (rule("rule", 1, &["DE"], None), false),
    ];
    for (rule, expected) in cases {
        assert_eq!(fits(rule.clone()), expected, "{rule:?}");
    }
}

#[test]
fn a_certificate_comes_before_everything_and_equals_go_by_sequence() {
    let here = customer("FR", true, true);
    let mut rules = german();
    rules.push(Model { party_id: Some(here.party_id), ..rule("Certificate", 99, &[], None) });
    assert_eq!(chosen(&rules, &here), Some("Certificate"));
    let twins = [rule("second", 2, &["FR"], None), rule("first", 1, &["FR"], None)];
    assert_eq!(chosen(&twins, &here), Some("first"));
}

#[test]
fn what_lost_says_why() {
    let rules = german();
    let choice = choose(&rules, &customer("FR", false, false), on("2026-12-01"));
    let lost: Vec<_> = choice.lost.iter().map(|(rule, reason)| (rule.name.as_str(), reason.as_str())).collect();
    assert_eq!(
        lost,
        [
            ("EU business", "is for customers with a valid tax registration of their country"),
            ("EU consumer", "the tax rule France is for fewer countries"),
            ("Germany", "is not for customers in FR"),
            ("Export", "the tax rule France asks for more"),
        ]
    );
    assert_eq!(because(choice.rule.unwrap(), &customer("FR", false, false)), "the tax rule France applies: the customer is in FR");
    assert_eq!(because(&rules[4], &customer("", false, false)), "the tax rule Export applies: it is for every customer");
}

#[test]
fn taxes_are_replaced_one_by_one() {
    let (full, low, zero, french) = (TaxId::new(), TaxId::new(), TaxId::new(), TaxId::new());
    let replacing = |replacements: &[(TaxId, &[TaxId])], others: Option<&[TaxId]>, free: Option<&[TaxId]>| Model {
        replacements: Json(replacements.iter().map(|(tax_id, by)| TaxReplacement { tax_id: *tax_id, by: by.to_vec() }).collect()),
        other_tax_ids: others.map(|ids| Json(ids.to_vec())),
        free_line_tax_ids: free.map(|ids| Json(ids.to_vec())),
        ..rule("rule", 1, &[], None)
    };
    let reverse = replacing(&[(full, &[zero]), (low, &[zero])], None, None);
    assert_eq!(taxes(&reverse, Some(&[full])), Some(vec![zero]));
    // Two that become one stand once; what nobody names stays.
    assert_eq!(taxes(&reverse, Some(&[full, low, french])), Some(vec![zero, french]));
    assert_eq!(taxes(&reverse, None), None, "nothing is said of lines without a product");
    assert_eq!(taxes(&reverse, Some(&[])), None, "a product without taxes stays without");
    let export = replacing(&[], Some(&[]), Some(&[]));
    assert_eq!((taxes(&export, Some(&[full, low])), taxes(&export, None)), (Some(vec![]), Some(vec![])));
    let mixed = replacing(&[(low, &[low])], Some(&[french]), Some(&[french]));
    assert_eq!((taxes(&mixed, Some(&[full, low])), taxes(&mixed, None)), (Some(vec![french, low]), Some(vec![french])));
    assert_eq!(taxes(&replacing(&[], None, None), Some(&[full])), Some(vec![full]));
}
