//! How audiences and rules stand in columns and bodies, and what they are for the rules of pricing.

use super::rules::{Audience, PriceEffect, PriceListData, PriceRuleData, PriceTarget};
use causeway_entity::master::{price_lists, price_rules};
use causeway_openapi::pricing as wire;
use causeway_value::{CategoryId, CompanyId, PartyId, PriceListId, PriceRuleId, ProductId, Quantity};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The audience that a body gives; none unless it gives exactly one.
pub(super) fn audience_given(given: &wire::PriceAudience) -> Option<Audience> {
    match (given.party_id, &given.segment, given.company_id, given.tenant) {
        (Some(id), None, None, None) => Some(Audience::Party(id)),
        (None, Some(segment), None, None) if !segment.trim().is_empty() => Some(Audience::Segment(segment.clone())),
        (None, None, Some(id), None) => Some(Audience::Company(id)),
        (None, None, None, Some(true)) => Some(Audience::Tenant),
        _ => None,
    }
}

/// Writes an audience into the columns.
pub(super) fn set_audience(row: &mut price_lists::Model, audience: Option<Audience>) {
    let (kind, id, segment) = match audience {
        None => (None, None, None),
        Some(Audience::Party(id)) => (Some("party"), Some(id.uuid()), None),
        Some(Audience::Segment(segment)) => (Some("segment"), None, Some(segment)),
        Some(Audience::Company(id)) => (Some("company"), Some(id.uuid()), None),
        Some(Audience::Tenant) => (Some("tenant"), None, None),
    };
    row.audience_kind = kind.map(str::to_owned);
    row.audience_id = id;
    row.audience_segment = segment;
}

/// Reads the audience from the columns.
pub(super) fn audience_of(row: &price_lists::Model) -> Option<Audience> {
    match row.audience_kind.as_deref()? {
        "party" => row.audience_id.map(|id| Audience::Party(PartyId::from_uuid(id))),
        "segment" => row.audience_segment.clone().map(Audience::Segment),
        "company" => row.audience_id.map(|id| Audience::Company(CompanyId::from_uuid(id))),
        "tenant" => Some(Audience::Tenant),
        _ => None,
    }
}

/// The rule that a body gives, or what is wrong with it as a whole.
pub(super) fn rule_given(given: &wire::PriceRuleInput) -> Result<PriceRuleData, &'static str> {
    let target = match (given.product_id, given.category_id) {
        (Some(id), None) => PriceTarget::Product(id),
        (None, Some(id)) => PriceTarget::Category(id),
        (None, None) => PriceTarget::All,
        (Some(_), Some(_)) => return Err("must have at most one of product_id and category_id"),
    };
    let effect = PriceEffect::of(given.price, given.percent_off, given.surcharge, given.cost_plus_percent);
    Ok(PriceRuleData {
        id: PriceRuleId::new(),
        target,
        min_quantity: given.min_quantity.unwrap_or(Quantity::ZERO),
        effect: effect.ok_or("must have exactly one of price, percent_off, surcharge and cost_plus_percent")?,
        rounding_step: given.rounding_step,
        margin_floor_percent: given.margin_floor_percent,
        base: given.base_price_list_id,
    })
}

/// What makes two rules of one list the same to pricing: wherever one of them applies the other does, and neither is better.
pub(super) type Place = (Option<ProductId>, Option<CategoryId>, Quantity, Option<PriceListId>);

/// Where a rule stands among those of its list. Rules that start from different lists are told apart by when those are valid.
pub(super) const fn place(rule: &PriceRuleData) -> Place {
    let (product, category) = match rule.target {
        PriceTarget::Product(id) => (Some(id), None),
        PriceTarget::Category(id) => (None, Some(id)),
        PriceTarget::All => (None, None),
    };
    (product, category, rule.min_quantity, rule.base)
}

/// The rules that stand where an earlier one stands, each with that one. A price would be a tie of both.
pub(super) fn twins<T: Copy>(rules: impl IntoIterator<Item = (T, Place)>) -> Vec<(T, T)> {
    let mut first = BTreeMap::new();
    let twin = |(named, place): (T, Place)| match first.entry(place) {
        Entry::Occupied(other) => Some((named, *other.get())),
        Entry::Vacant(free) => {
            free.insert(named);
            None
        }
    };
    rules.into_iter().filter_map(twin).collect()
}

/// The row of a rule.
pub(super) fn rule_row(list: &price_lists::Model, position: i64, rule: &PriceRuleData) -> price_rules::Model {
    let mut row = price_rules::Model {
        tenant_id: list.tenant_id,
        id: rule.id,
        price_list_id: list.id,
        position,
        product_id: None,
        category_id: None,
        min_quantity: rule.min_quantity,
        price: None,
        percent_off: None,
        surcharge: None,
        cost_plus_percent: None,
        rounding_step: rule.rounding_step,
        margin_floor_percent: rule.margin_floor_percent,
        base_price_list_id: rule.base,
    };
    match rule.target {
        PriceTarget::Product(id) => row.product_id = Some(id),
        PriceTarget::Category(id) => row.category_id = Some(id),
        PriceTarget::All => {}
    }
    match rule.effect {
        PriceEffect::Price(price) => row.price = Some(price),
        PriceEffect::PercentOff(percent) => row.percent_off = Some(percent),
        PriceEffect::Surcharge(extra) => row.surcharge = Some(extra),
        PriceEffect::CostPlusPercent(percent) => row.cost_plus_percent = Some(percent),
    }
    row
}

/// The rule of a row; none for a row that says nothing, which is never written.
pub(super) fn rule_of(row: &price_rules::Model) -> Option<PriceRuleData> {
    let target = match (row.product_id, row.category_id) {
        (Some(id), _) => PriceTarget::Product(id),
        (None, Some(id)) => PriceTarget::Category(id),
        (None, None) => PriceTarget::All,
    };
    Some(PriceRuleData {
        id: row.id,
        target,
        min_quantity: row.min_quantity,
        effect: PriceEffect::of(row.price, row.percent_off, row.surcharge, row.cost_plus_percent)?,
        rounding_step: row.rounding_step,
        margin_floor_percent: row.margin_floor_percent,
        base: row.base_price_list_id,
    })
}

/// The list of a row, with these rules.
pub(super) fn list_of(row: price_lists::Model, rules: Vec<PriceRuleData>) -> PriceListData {
    PriceListData {
        id: row.id,
        audience: audience_of(&row),
        code: row.code,
        currency: row.currency,
        priority: row.priority,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        company_id: row.company_id,
        convert: row.convert,
        active: row.active,
        rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Instant, Json, TenantId};

    fn list() -> price_lists::Model {
        price_lists::Model {
            tenant_id: TenantId::new(),
            id: PriceListId::new(),
            code: "GOLD".to_owned(),
            name: None,
            currency: "EUR".parse().unwrap(),
            priority: 0,
            valid_from: None,
            valid_to: None,
            audience_kind: None,
            audience_id: None,
            audience_segment: None,
            company_id: None,
            convert: false,
            active: true,
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn an_audience_comes_back_from_its_columns() {
        let audiences =
            [Audience::Party(PartyId::new()), Audience::Segment("retail".to_owned()), Audience::Company(CompanyId::new()), Audience::Tenant].map(Some);
        for audience in audiences.into_iter().chain([None]) {
            let mut row = list();
            set_audience(&mut row, Some(Audience::Tenant));
            set_audience(&mut row, audience.clone());
            assert_eq!(audience_of(&row), audience);
        }
    }

    #[test]
    fn an_audience_is_exactly_one() {
        let none = wire::PriceAudience::default();
        assert_eq!(audience_given(&none), None);
        assert_eq!(audience_given(&wire::PriceAudience { tenant: Some(true), ..none.clone() }), Some(Audience::Tenant));
        assert_eq!(audience_given(&wire::PriceAudience { tenant: Some(false), ..none.clone() }), None);
        assert_eq!(audience_given(&wire::PriceAudience { tenant: Some(true), segment: Some("x".to_owned()), ..none.clone() }), None);
        assert_eq!(audience_given(&wire::PriceAudience { segment: Some(" ".to_owned()), ..none }), None);
    }

    #[test]
    fn rules_for_the_same_goods_from_the_same_quantity_are_twins() {
        let (chai, tea, list) = (ProductId::new(), CategoryId::new(), PriceListId::new());
        let ten: Quantity = "10".parse().unwrap();
        let rules = [
            (Some(chai), None, Quantity::ZERO, None),
            (Some(chai), None, ten, None),
            (None, Some(tea), Quantity::ZERO, None),
            (Some(chai), None, Quantity::ZERO, Some(list)),
            (None, None, Quantity::ZERO, None),
            (Some(chai), None, ten, None),
            (None, None, Quantity::ZERO, None),
            (None, None, Quantity::ZERO, None),
        ];
        assert_eq!(twins(rules.into_iter().enumerate()), [(5, 1), (6, 4), (7, 4)]);
    }

    #[test]
    fn a_rule_comes_back_from_its_columns() {
        let none = wire::PriceRuleInput::default();
        let given = [
            wire::PriceRuleInput {
                product_id: Some(ProductId::new()),
                price: Some("16.50".parse().unwrap()),
                min_quantity: Some(Quantity::ONE),
                ..none.clone()
            },
            wire::PriceRuleInput { category_id: Some(CategoryId::new()), percent_off: Some("5".parse().unwrap()), ..none.clone() },
            wire::PriceRuleInput { base_price_list_id: Some(PriceListId::new()), percent_off: Some("5".parse().unwrap()), ..none.clone() },
            wire::PriceRuleInput { surcharge: Some("-1".parse().unwrap()), rounding_step: Some("0.05".parse().unwrap()), ..none.clone() },
            wire::PriceRuleInput { cost_plus_percent: Some("40".parse().unwrap()), margin_floor_percent: Some("20".parse().unwrap()), ..none.clone() },
        ];
        for one in &given {
            let rule = rule_given(one).unwrap();
            assert_eq!(rule_of(&rule_row(&list(), 0, &rule)), Some(rule));
        }
        assert!(rule_given(&none).is_err());
        assert!(rule_given(&wire::PriceRuleInput { surcharge: Some("1".parse().unwrap()), ..given[0].clone() }).is_err());
        assert!(rule_given(&wire::PriceRuleInput { category_id: Some(CategoryId::new()), ..given[0].clone() }).is_err());
    }
}
