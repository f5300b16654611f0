//! What finance would stumble over in a deal: pure.

use crate::line::Line;
use crate::line::offer::Promise;
use crate::opportunity::customer::gaps;
use crate::quote::limits::{Facts, MARGIN, Whole};
use crate::quote::service::Judged;
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, price_lists};
use causeway_entity::sell::opportunities;
use causeway_master::party::store::Children;
use causeway_openapi::deal_check::DealCheckName as Name;
use causeway_value::{Amount, Currency, Day, Overflow, PaymentTermId, Percent};

/// A quote or an order comes to another amount than its opportunity expects when they are further apart than one in so many.
const WIDE: i128 = 5;

/// The terms of a quote or an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deal<'a> {
    /// The day whose prices it has.
    pub day: Day,
    /// The last day it can be accepted.
    pub valid_until: Option<Day>,
    /// What is promised for lines that say nothing themselves.
    pub promise: Option<Promise>,
    pub currency: Currency,
    pub payment_term_id: Option<PaymentTermId>,
    pub discount: Percent,
    pub untaxed: Amount,
    /// Its lines, as the limits judge them: what lists and costs say today stands beside them.
    pub judged: &'a Judged,
}

/// Whom it is between and what it came from.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub company: companies::Model,
    pub party: parties::Model,
    pub children: Children,
    pub opportunity: Option<opportunities::Model>,
    /// The customer's own.
    pub price_list: Option<price_lists::Model>,
    pub today: Day,
    /// Whether who asks may see what things cost and what is earned on them.
    pub costs: bool,
}

/// Every check that only warns, with its warning.
///
/// # Errors
/// [`Overflow`] when a price cannot be compared with that of the lists.
pub(super) fn warnings(deal: &Deal<'_>, around: &Around) -> Result<Vec<(Name, Option<String>)>, Overflow> {
    let gaps = gaps(Some(&around.party), Some(&around.children), around.opportunity.as_ref().and_then(|opportunity| opportunity.contact_id));
    let lacks = |codes: &[&str]| {
        let missing: Vec<&str> = gaps.iter().filter(|gap| codes.contains(&gap.code)).map(|gap| words(gap.code)).collect();
        (!missing.is_empty()).then(|| format!("{} {}.", around.party.name, missing.join(" and ")))
    };
    let facts = Facts {
        discount: deal.discount,
        whole: Whole::default(),
        term: deal.payment_term_id,
        own_term: around.party.payment_term_id,
        promise: deal.promise,
        today: around.today,
        priced_on: None,
    };
    let broken = match &around.company.quote_rules {
        Some(rules) => deal.judged.broken(&rules.0, facts, deal.currency)?,
        None => Vec::new(),
    };
    let beyond = |of_margin: bool| {
        let broken: Vec<&str> = broken.iter().filter(|reason| (reason.rule == MARGIN) == of_margin).map(|reason| reason.because.as_str()).collect();
        (!broken.is_empty()).then(|| format!("Beyond a limit of the company: {}.", broken.join("; ")))
    };
    // That a cost is missing tells none.
    let below = broken.iter().any(|reason| reason.rule == MARGIN && reason.line.is_none());
    Ok(vec![
        (Name::Currency, currency(deal, around)),
        (Name::PaymentTerm, payment_term(deal, &around.party)),
        (Name::Party, lacks(&["customer_inactive", "customer_country"])),
        (Name::PartyAddress, lacks(&["customer_billing_address"])),
        (Name::PartyTaxId, lacks(&["customer_tax_id", "customer_tax_id_wrong"])),
        (Name::Contact, around.opportunity.as_ref().and_then(|_| lacks(&["contact", "contact_email"]))),
        (Name::OpportunityAmount, opportunity_amount(deal, around.opportunity.as_ref())),
        (Name::Dates, dates(deal)),
        (Name::LinePrices, numbered(&deal.judged.lines, |line| line.unit_price.0 == 0, "have no price. Give them one, or leave it when they are free")),
        (Name::LineTaxes, line_taxes(&deal.judged.lines)),
        (Name::Margin, beyond(true).map(|told| if around.costs || !below { told } else { "The margin is below the limit of the company.".to_owned() })),
        (Name::Limits, beyond(false)),
    ])
}

/// What a customer lacks, after its name.
fn words(gap: &str) -> &'static str {
    match gap {
        "customer_inactive" => "is not active any more",
        "customer_country" => "has no country, and taxes depend on it",
        "customer_tax_id" => "is an organization without a tax registration",
        "customer_tax_id_wrong" => "has a tax registration that has not the form of its country, or a wrong check digit",
        "customer_billing_address" => "has no billing address",
        "contact" => "has no contact in the opportunity",
        "contact_email" => "has a contact in the opportunity without a mail address",
        _ => "lacks something",
    }
}

fn currency(deal: &Deal<'_>, around: &Around) -> Option<String> {
    let list = around.price_list.as_ref().filter(|list| !list.convert);
    let other = [
        ("the customer's documents are", around.party.currency),
        ("the customer's price list is", list.map(|list| list.currency)),
        ("the opportunity is", around.opportunity.as_ref().map(|opportunity| opportunity.currency)),
    ];
    let other: Vec<String> = other
        .into_iter()
        .filter_map(|(whose, currency)| currency.filter(|currency| *currency != deal.currency).map(|currency| format!("{whose} in {}", currency.code())))
        .collect();
    (!other.is_empty()).then(|| format!("It is in {}, and {}.", deal.currency.code(), other.join("; ")))
}

fn payment_term(deal: &Deal<'_>, party: &parties::Model) -> Option<String> {
    match (deal.payment_term_id, party.payment_term_id) {
        (None, _) => Some("It names no payment term: its invoices will be due at once. Set `payment_term_id`.".to_owned()),
        (Some(agreed), Some(own)) if agreed != own => Some(format!("It names the payment term {agreed}, and the customer's own is {own}.")),
        _ => None,
    }
}

fn opportunity_amount(deal: &Deal<'_>, opportunity: Option<&opportunities::Model>) -> Option<String> {
    let expected = opportunity.filter(|opportunity| opportunity.currency == deal.currency && !opportunity.expected_value.is_zero())?.expected_value;
    let apart = (i128::from(deal.untaxed.0) - i128::from(expected.0)).abs();
    (apart * WIDE > i128::from(expected.0).abs()).then(|| {
        let text = |amount: Amount| amount.text(deal.currency).0;
        format!("It comes to {} without tax, and the opportunity expects {} {}.", text(deal.untaxed), text(expected), deal.currency.code())
    })
}

fn dates(deal: &Deal<'_>) -> Option<String> {
    let mut wrong = Vec::new();
    if let Some(last) = deal.valid_until.filter(|last| *last < deal.day) {
        wrong.push(format!("It is of {} and was valid until {last} only.", deal.day));
    }
    let early = |line: &Line| line.promise.or(deal.promise).and_then(Promise::date).is_some_and(|day| day < deal.day);
    wrong.extend(numbered(&deal.judged.lines, early, &format!("are promised for a day before {}, the day of the document", deal.day)));
    (!wrong.is_empty()).then(|| wrong.join(" "))
}

/// Lines whose taxes nobody determined.
fn line_taxes(lines: &[Line]) -> Option<String> {
    let otherwise = "have other taxes than their products and the tax rules determine (`determined_tax_ids`). Leave `tax_ids` out, or have it looked at";
    let found = [
        numbered(lines, |line| line.untaxed() && !line.taxed_otherwise(), "have no tax. Give the products one, or leave it when none is due"),
        numbered(lines, Line::taxed_otherwise, otherwise),
    ];
    found.into_iter().flatten().reduce(|one, other| format!("{one} {other}"))
}

/// The lines that count and are wrong, by their numbers.
pub(super) fn numbered(lines: &[Line], wrong: impl Fn(&Line) -> bool, what: &str) -> Option<String> {
    let numbers: Vec<String> = (1_u32..).zip(lines).filter(|(_, line)| line.counts() && wrong(line)).map(|(number, _)| number.to_string()).collect();
    (!numbers.is_empty()).then(|| format!("The lines {} {what}.", numbers.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::offer::Choice;
    use crate::line::plain_line;
    use causeway_value::{Price, TaxId};

    fn deal(lines: &[Line]) -> Deal<'_> {
        Deal {
            judged: Box::leak(Box::new(Judged::as_they_are(lines.to_vec()))),
            day: "2026-12-01".parse().unwrap(),
            valid_until: None,
            promise: None,
            currency: "EUR".parse().unwrap(),
            payment_term_id: None,
            discount: Percent::ZERO,
            untaxed: Amount(10_000),
        }
    }

    #[test]
    fn days_follow_each_other() {
        let promised = |day: &str| Line { promise: Some(Promise::On(day.parse().unwrap())), ..plain_line() };
        let lines = [promised("2026-12-01"), promised("2026-11-30"), Line { promise: Some(Promise::Within(0)), ..plain_line() }];
        assert_eq!(dates(&deal(&lines)).as_deref(), Some("The lines 2 are promised for a day before 2026-12-01, the day of the document."));
        let past = Deal { valid_until: "2026-11-30".parse().ok(), ..deal(&[]) };
        assert_eq!(dates(&past).as_deref(), Some("It is of 2026-12-01 and was valid until 2026-11-30 only."));
        assert_eq!(dates(&Deal { valid_until: "2026-12-01".parse().ok(), ..deal(&[]) }), None);
    }

    #[test]
    fn taxes_that_nothing_determines_are_told() {
        let sold = |tax_ids: &[TaxId], determined: Option<Vec<TaxId>>| Line {
            net_amount: Amount(100),
            tax_ids: tax_ids.to_vec(),
            determined_tax_ids: determined,
            ..plain_line()
        };
        let (own, other) = (TaxId::new(), TaxId::new());
        let by_rule = Line { tax_rule_id: Some(causeway_value::TaxRuleId::new()), ..sold(&[], None) };
        let told = line_taxes(&[sold(&[own], None), sold(&[], None), sold(&[other], Some(vec![own])), sold(&[], Some(vec![own])), by_rule.clone()]).unwrap();
        assert!(told.starts_with("The lines 2 have no tax.") && told.contains("The lines 3, 4 have other taxes"), "{told}");
        assert_eq!(line_taxes(&[sold(&[own], None), by_rule]), None);
    }

    #[test]
    fn lines_are_told_by_number_and_options_that_are_not_chosen_left_out() {
        let free = Line { unit_price: Price(0), tax_ids: vec![TaxId::new()], ..plain_line() };
        let option = Line { choice: Some(Choice { option: 1, chosen: false }), ..free.clone() };
        let no_price = |lines: &[Line]| numbered(lines, |line| line.unit_price.0 == 0, "have no price");
        assert_eq!(no_price(&[plain_line(), free, option.clone()]).as_deref(), Some("The lines 2 have no price."));
        assert_eq!(no_price(&[option]), None);
    }
}
