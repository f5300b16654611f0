use super::*;
use crate::rate::Conversion;
use proptest::prelude::*;
use std::str::FromStr;

fn number<K: causeway_value::Kind>(number: u32) -> causeway_value::Id<K> {
    causeway_value::Id::from_str(&format!("{}_{number:026}", K::PREFIX)).unwrap()
}

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn chair() -> PricedProduct {
    PricedProduct { id: number(1), categories: vec![number(1), number(2)], list_price: Some(price("20")), cost: Some(price("10")), currency: currency("EUR") }
}

fn request(product: &PricedProduct, quantity: &str) -> PriceRequest<'static> {
    let product: &'static PricedProduct = Box::leak(Box::new(product.clone()));
    PriceRequest {
        product,
        quantity: quantity.parse().unwrap(),
        unit_factor: Quantity::ONE,
        product_factor: Quantity::ONE,
        currency: currency("EUR"),
        day: "2026-07-01".parse().unwrap(),
        company_id: number(1),
        party_id: Some(number(1)),
        segment: Some("retail"),
        price_list_id: None,
        unit_price: None,
        pointer: "/lines/0",
    }
}

fn rule(id: u32, target: PriceTarget, min: &str, effect: PriceEffect) -> PriceRuleData {
    PriceRuleData { id: number(id), target, min_quantity: min.parse().unwrap(), effect, base: None, rounding_step: None, margin_floor_percent: None }
}

fn off(id: u32, target: PriceTarget, min: &str, percent: &str) -> PriceRuleData {
    rule(id, target, min, PriceEffect::PercentOff(percent.parse().unwrap()))
}

fn list(id: u32, audience: Option<Audience>, rules: Vec<PriceRuleData>) -> PriceListData {
    PriceListData {
        id: number(id),
        code: format!("L{id}"),
        currency: currency("EUR"),
        priority: 0,
        valid_from: None,
        valid_to: None,
        company_id: None,
        audience,
        convert: false,
        active: true,
        rules,
    }
}

fn tenant(id: u32, rules: Vec<PriceRuleData>) -> PriceListData {
    list(id, Some(Audience::Tenant), rules)
}

fn no_rates(_: Currency, _: Currency) -> Option<Conversion> {
    None
}

fn resolved(request: &PriceRequest<'_>, lists: &[PriceListData]) -> ResolvedPrice {
    resolve_price(request, lists, &no_rates).unwrap()
}

#[test]
fn quantity_breaks_are_compared_in_base_units() {
    // PRICE-001
    let lists = [tenant(1, vec![off(1, PriceTarget::All, "4", "10")])];
    let rows = [("3", "1", "20"), ("4", "1", "18"), ("5", "1", "18"), ("1", "12", "216"), ("0.4", "12", "216"), ("0.3", "12", "240"), ("-4", "1", "18")];
    for (quantity, factor, expected) in rows {
        let request = PriceRequest { unit_factor: factor.parse().unwrap(), ..request(&chair(), quantity) };
        assert_eq!(resolved(&request, &lists).price, price(expected), "{quantity} of {factor}");
    }
}

#[test]
fn the_best_rule_wins_and_the_others_say_why_they_lost() {
    let product = |id, min, percent| off(id, PriceTarget::Product(number(1)), min, percent);
    let near = off(3, PriceTarget::Category(number(1)), "0", "3");
    let far = off(4, PriceTarget::Category(number(2)), "0", "4");
    let all = off(5, PriceTarget::All, "0", "5");
    let percent_of = |lists: &[PriceListData]| (2_000 - resolved(&request(&chair(), "10"), lists).price.0 / 10_000) / 20;
    assert_eq!(percent_of(&[tenant(1, vec![product(1, "0", "1"), product(2, "10", "2"), near, far, all])]), 2);
    assert_eq!(percent_of(&[tenant(1, vec![product(2, "11", "2"), near, far, all])]), 3);
    assert_eq!(percent_of(&[tenant(1, vec![far, all])]), 4);
    let ahead = PriceListData { priority: 1, ..tenant(2, vec![all]) };
    assert_eq!(percent_of(&[tenant(1, vec![product(1, "0", "1")]), ahead.clone()]), 5, "priority before specificity of the rule");
    let segment = list(3, Some(Audience::Segment("retail".to_owned())), vec![far]);
    assert_eq!(percent_of(&[ahead.clone(), segment.clone()]), 4, "audience before priority");
    let party = list(4, Some(Audience::Party(number(1))), vec![near]);
    let company = list(5, Some(Audience::Company(number(1))), vec![product(1, "0", "1")]);
    let found = resolved(&request(&chair(), "10"), &[ahead, company, segment, party]);
    assert_eq!(found.price, price("19.40"));
    assert_eq!(found.source, PriceSource::Rule(number(4), number(3)));
    assert_eq!((found.trace.result.as_str(), found.trace.candidates.len()), ("19.40", 4));
    assert!(found.trace.candidates[1..].iter().all(|lost| lost.lost_because.as_deref().is_some_and(|because| because.ends_with("more specific audience"))));
}

#[test]
fn a_list_serves_those_who_name_it_on_its_days_in_its_currency() {
    let rules = vec![off(1, PriceTarget::All, "0", "10")];
    let reason = |list: PriceListData, change: fn(&mut PriceRequest<'_>)| {
        let mut request = request(&chair(), "1");
        change(&mut request);
        resolved(&request, &[list]).trace.candidates[0].lost_because.clone().unwrap_or_default()
    };
    let named = |request: &mut PriceRequest<'_>| request.price_list_id = Some(number(1));
    assert_eq!(reason(list(1, None, rules.clone()), |_| {}), "is not for this customer");
    assert_eq!(reason(list(1, None, rules.clone()), named), "");
    assert_eq!(reason(PriceListData { company_id: Some(number(2)), ..list(1, None, rules.clone()) }, named), "is for another company");
    let dated =
        |from: &str, to: &str| PriceListData { valid_from: Some(from.parse().unwrap()), valid_to: Some(to.parse().unwrap()), ..tenant(1, rules.clone()) };
    // PRICE-005: the document's date decides; both ends belong to it.
    assert_eq!(reason(dated("2026-07-01", "2026-07-01"), |_| {}), "");
    assert_eq!(reason(dated("2026-06-01", "2026-06-30"), |_| {}), "is not valid on 2026-07-01");
    assert_eq!(reason(dated("2026-07-02", "2026-07-30"), |_| {}), "is not valid on 2026-07-01");
    assert_eq!(reason(PriceListData { currency: currency("USD"), ..tenant(1, rules.clone()) }, |_| {}), "is in USD and does not convert to EUR");
    assert_eq!(reason(list(1, Some(Audience::Segment("wholesale".to_owned())), rules), |_| {}), "is not for this customer");
}

#[test]
fn two_equally_good_rules_are_an_error_that_names_both() {
    // PRICE-016
    let same = |list_id, rule_id| tenant(list_id, vec![off(rule_id, PriceTarget::All, "0", "10")]);
    let problem = resolve_price(&request(&chair(), "1"), &[same(1, 1), same(2, 2)], &no_rates).unwrap_err();
    assert_eq!((problem.code, problem.status), (Code::PriceRuleTie, 422));
    assert_eq!(
        problem.meta["rules"],
        serde_json::json!([number::<causeway_value::PriceRule>(1).to_string(), number::<causeway_value::PriceRule>(2).to_string()])
    );
    assert!(problem.detail.contains("L1") && problem.detail.contains("L2"));
    // A given price does not need the lists.
    let given = PriceRequest { unit_price: Some(price("5")), ..request(&chair(), "1") };
    let found = resolved(&given, &[same(1, 1), same(2, 2)]);
    assert_eq!((found.price, found.list_unit_price, found.override_percent), (price("5"), None, None));
}

#[test]
fn a_given_price_wins_and_is_measured() {
    let given = PriceRequest { unit_price: Some(price("13.5")), ..request(&chair(), "4") };
    let found = resolved(&given, &[tenant(1, vec![off(1, PriceTarget::All, "4", "10")])]);
    assert_eq!((found.price, found.source, found.list_unit_price), (price("13.5"), PriceSource::Given, Some(price("18"))));
    assert_eq!(found.override_percent, Some("25".parse().unwrap()));
    assert_eq!(found.trace.result, "13.50");
}

#[test]
fn every_effect_gives_its_price() {
    let effect = |effect, step: Option<&str>, floor: Option<&str>| {
        let rule = PriceRuleData {
            rounding_step: step.map(price),
            margin_floor_percent: floor.map(|floor| floor.parse().unwrap()),
            ..rule(1, PriceTarget::All, "0", effect)
        };
        resolved(&request(&chair(), "1"), &[tenant(1, vec![rule])]).price.to_string()
    };
    let percent = |text: &str| text.parse().unwrap();
    assert_eq!(effect(PriceEffect::Price(price("16.50")), None, None), "16.50");
    assert_eq!(effect(PriceEffect::PercentOff(percent("12.5")), None, None), "17.50");
    assert_eq!(effect(PriceEffect::PercentOff(percent("100")), None, None), "0.00");
    assert_eq!(effect(PriceEffect::Surcharge(price("-0.25")), None, None), "19.75");
    assert_eq!(effect(PriceEffect::CostPlusPercent(percent("33.333333")), None, None), "13.333333");
    assert_eq!(effect(PriceEffect::CostPlusPercent(percent("33.333333")), Some("0.05"), None), "13.35");
    assert_eq!(effect(PriceEffect::PercentOff(percent("60")), None, Some("30")), "14.285715");
    assert_eq!(effect(PriceEffect::PercentOff(percent("60")), Some("0.10"), Some("30")), "14.30");
    assert_eq!(effect(PriceEffect::PercentOff(percent("10")), Some("0.10"), Some("30")), "18.00");
}

#[test]
fn a_rule_may_start_from_another_list() {
    let based = |id: u32, on: u32, percent: &str| PriceRuleData { base: Some(number(on)), ..off(id, PriceTarget::All, "0", percent) };
    // Whomever the other list is for: 16.00 less 25 %, and 10 % off that.
    let lists = [
        tenant(1, vec![based(1, 2, "10")]),
        list(2, Some(Audience::Party(number(9))), vec![based(2, 3, "25")]),
        list(3, None, vec![rule(3, PriceTarget::All, "0", PriceEffect::Price(price("16")))]),
    ];
    assert_eq!(resolved(&request(&chair(), "1"), &lists).price, price("10.80"));
    // A base that is not valid any more, or yet, takes what is based on it with it, and what is based on that: the next rule prices, and the trace says why.
    let late = |list: &PriceListData| PriceListData { valid_from: Some("2026-07-02".parse().unwrap()), ..list.clone() };
    let dated = resolved(&request(&chair(), "1"), &[lists[0].clone(), lists[1].clone(), late(&lists[2])]);
    let lost = |resolved: &ResolvedPrice| {
        let lost = resolved.trace.candidates.iter().filter(|candidate| candidate.rule.starts_with("L1 "));
        lost.filter_map(|candidate| candidate.lost_because.clone()).collect::<Vec<_>>()
    };
    assert_eq!((dated.price, lost(&dated)), (price("20"), vec!["the list L3 that it is based on is not valid on 2026-07-01".to_owned()]));
    // One that says nothing of the product leaves the product's own price.
    let silent = resolved(&request(&chair(), "1"), &[lists[0].clone(), list(2, None, Vec::new())]);
    assert_eq!(silent.price, price("18"));
    // One that is not there is told: another price than the one that was meant is never taken.
    let problem = resolve_price(&request(&chair(), "1"), &lists[..1], &no_rates).unwrap_err();
    assert!(problem.errors[0].detail.contains("do not see"), "{problem:?}");
    // A list that is not active any more prices nothing, by itself or by what is based on it.
    let old = PriceListData { active: false, ..tenant(2, vec![rule(3, PriceTarget::Product(chair().id), "0", PriceEffect::Price(price("16")))]) };
    let retired = resolved(&request(&chair(), "1"), &[lists[0].clone(), old]);
    assert_eq!((retired.price, lost(&retired)), (price("20"), vec!["the list L2 that it is based on is not active".to_owned()]));
    // A circle, which two changes at once may close, is told.
    let circle = [tenant(1, vec![based(1, 2, "10")]), list(2, None, vec![based(2, 1, "10")])];
    let problem = resolve_price(&request(&chair(), "1"), &circle, &no_rates).unwrap_err();
    assert!(problem.detail.contains("based on itself"), "{problem:?}");
    let wrong = PriceRuleData { base: Some(number(2)), ..rule(1, PriceTarget::All, "0", PriceEffect::Price(price("1"))) };
    assert_eq!(check_rule(&wrong, "/rules/0")[0].pointer.as_deref(), Some("/rules/0/base_price_list_id"));
}

/// A rule that has nothing to start from gives way to the next one.
#[test]
fn a_base_without_a_price_is_no_base() {
    let bare = PricedProduct { list_price: None, ..chair() };
    let based = PriceRuleData { base: Some(number(2)), ..off(1, PriceTarget::All, "0", "10") };
    let lists = [
        PriceListData { priority: 9, ..tenant(1, vec![based]) },
        list(2, None, Vec::new()),
        tenant(3, vec![rule(3, PriceTarget::All, "0", PriceEffect::Price(price("7")))]),
    ];
    assert_eq!(resolved(&request(&bare, "1"), &lists).price, price("7"));
    let problem = resolve_price(&request(&bare, "1"), &lists[..2], &no_rates).unwrap_err();
    assert_eq!((problem.errors[0].code, problem.errors[0].pointer.as_deref()), (Code::Required, Some("/lines/0/unit_price")));
    assert_eq!(resolved(&request(&chair(), "1"), &lists).price, price("18"), "the product's own price is enough");
}

#[test]
fn without_a_rule_the_product_has_its_own_price() {
    assert_eq!(resolved(&request(&chair(), "1"), &[]).source, PriceSource::ListPrice);
    let bare = PricedProduct { list_price: None, cost: None, ..chair() };
    let needing = tenant(1, vec![off(1, PriceTarget::All, "0", "5"), rule(2, PriceTarget::All, "0", PriceEffect::CostPlusPercent(Percent::ZERO))]);
    let problem = resolve_price(&request(&bare, "1"), &[needing], &no_rates).unwrap_err();
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines/0/unit_price"));
}

#[test]
fn prices_convert_at_the_quoted_rate() {
    // PRICE-004: 100 in one currency at 2.0, less 10 %, then in packs of ten.
    let dollars = PricedProduct { list_price: Some(price("100")), currency: currency("USD"), ..chair() };
    let rates = |from: Currency, to: Currency| (from.code() == "USD" && to.code() == "EUR").then(|| Conversion::Times("2".parse().unwrap()));
    let lists = [tenant(1, vec![off(1, PriceTarget::All, "0", "10")])];
    let one = request(&dollars, "1");
    assert_eq!(resolve_price(&one, &lists, &rates).unwrap().price, price("180"));
    let pack = PriceRequest { unit_factor: "10".parse().unwrap(), ..one };
    assert_eq!(resolve_price(&pack, &lists, &rates).unwrap().price, price("1800"));
    assert_eq!(resolve_price(&one, &lists, &no_rates).unwrap_err().code, Code::RateMissing);
    assert_eq!(resolve_price(&one, &[], &no_rates).unwrap_err().code, Code::RateMissing);
    let converting =
        PriceListData { currency: currency("USD"), convert: true, ..tenant(2, vec![rule(1, PriceTarget::All, "0", PriceEffect::Price(price("7")))]) };
    assert_eq!(resolve_price(&one, &[converting], &rates).unwrap().price, price("14"));
}

#[test]
fn a_rule_is_refused_with_its_mistakes_named() {
    assert_eq!(PriceEffect::of(Some(price("1")), Some(Percent::ZERO), None, None), None);
    assert_eq!(PriceEffect::of(None, None, None, None), None);
    assert_eq!(PriceEffect::of(None, None, Some(price("1")), None), Some(PriceEffect::Surcharge(price("1"))));
    let bad = PriceRuleData {
        rounding_step: Some(Price(0)),
        margin_floor_percent: Some(Percent::WHOLE),
        ..rule(1, PriceTarget::All, "-1", PriceEffect::Price(price("-1")))
    };
    let pointers: Vec<String> = check_rule(&bad, "/rules/2").into_iter().filter_map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/rules/2/price", "/rules/2/min_quantity", "/rules/2/rounding_step", "/rules/2/margin_floor_percent"]);
    assert!(check_rule(&off(1, PriceTarget::All, "0", "100"), "").is_empty());
}

/// Audience, priority, target, least quantity, percent off.
fn any_row() -> impl Strategy<Value = (u32, i64, u8, i64, i64)> {
    (0_u32..4, 0_i64..3, 0_u8..4, 0_i64..20, 0_i64..50)
}

proptest! {
    #[test]
    fn the_order_of_lists_and_rules_does_not_matter(mut rows in prop::collection::vec(any_row(), 1..8), turn in 0_usize..8) {
        let build = |rows: &[(u32, i64, u8, i64, i64)]| -> Vec<PriceListData> {
            rows.iter()
                .map(|(audience, priority, target, min, percent)| {
                    let key = audience * 10_000 + u32::try_from(priority * 1_000 + i64::from(*target) * 100 + min).unwrap();
                    let (near, far) = (PriceTarget::Category(number(1)), PriceTarget::Category(number(2)));
                    let target = [PriceTarget::Product(number(1)), near, far, PriceTarget::All][usize::from(*target)];
                    let audience = [Audience::Party(number(1)), Audience::Segment("retail".to_owned()), Audience::Company(number(1)), Audience::Tenant];
                    let index = usize::try_from(key / 10_000).unwrap();
                    PriceListData {
                        priority: *priority,
                        ..list(key, Some(audience[index].clone()), vec![off(key, target, &min.to_string(), &percent.to_string())])
                    }
                })
                .collect()
        };
        let answer = |lists: &[PriceListData]| {
            let found = resolve_price(&request(&chair(), "10"), lists, &no_rates);
            found.map(|found| (found.price, found.source)).map_err(|problem| problem.code)
        };
        let straight = answer(&build(&rows));
        let count = rows.len();
        rows.rotate_left(turn % count);
        prop_assert_eq!(straight, answer(&build(&rows)));
    }
}
