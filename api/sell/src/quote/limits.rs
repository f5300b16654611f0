//! Which quotes need a second person (QTE-07 to QTE-11, QTE-13): pure.

use crate::line::Line;
use crate::line::offer::Promise;
use causeway_master::pricing::amounts::price_override_percent;
use causeway_value::{ApprovalReason, Day, Overflow, PaymentTermId, Percent, QuoteRules, TaxId};

/// What the limits look at besides the lines.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The discount of the whole document.
    pub discount: Percent,
    /// What remains after cost, as a share; none while a cost is unknown.
    pub margin: Option<Percent>,
    /// The payment term that is offered.
    pub term: Option<PaymentTermId>,
    /// The customer's own payment term.
    pub own_term: Option<PaymentTermId>,
    /// What is promised for lines that say nothing themselves.
    pub promise: Option<Promise>,
    /// The day from which promises are counted.
    pub today: Day,
}

/// Every limit that a quote breaks; none means that nobody has to approve it. An option that is not chosen breaks none: choosing it asks again.
///
/// # Errors
/// [`Overflow`] when a price cannot be compared with that of the lists.
pub fn reasons(rules: &QuoteRules, facts: Facts, lines: &[Line]) -> Result<Vec<ApprovalReason>, Overflow> {
    let mut reasons = Vec::new();
    for (number, line) in (1_u32..).zip(lines).filter(|(_, line)| line.counts()) {
        reasons.extend(discount(rules, facts.discount, line, number));
        reasons.extend(price(rules, line, number)?);
        reasons.extend(lead(rules, facts, line, number));
        reasons.extend(taxes(rules, line, number));
    }
    reasons.extend(margin(rules, facts.margin));
    reasons.extend(term(rules, facts));
    Ok(reasons)
}

fn discount(rules: &QuoteRules, document: Percent, line: &Line, number: u32) -> Option<ApprovalReason> {
    let limit = rules.max_discount_percent?;
    let both = together(line.discount_percent, line.document_discount(document));
    (both > limit).then(|| ApprovalReason {
        rule: "max_discount_percent".to_owned(),
        line: Some(number),
        value: both.to_string(),
        limit: limit.to_string(),
        because: format!("line and document take {both} % off; more than {limit} % needs a second person"),
    })
}

/// Two discounts as one, rounded up: 10 % and 10 % are 19 %. What is beyond a limit by any part of a digit is beyond it.
fn together(line: Percent, document: Percent) -> Percent {
    let whole = i128::from(Percent::WHOLE.0);
    let kept = (whole - i128::from(line.0)) * (whole - i128::from(document.0));
    let off = whole - kept.div_euclid(whole);
    i64::try_from(off).map_or(Percent::WHOLE, Percent)
}

fn price(rules: &QuoteRules, line: &Line, number: u32) -> Result<Option<ApprovalReason>, Overflow> {
    let (Some(limit), Some(listed)) = (rules.max_price_override_percent, line.list_unit_price) else { return Ok(None) };
    let below = price_override_percent(line.unit_price, listed)?;
    Ok(below.filter(|below| *below > limit).map(|below| ApprovalReason {
        rule: "max_price_override_percent".to_owned(),
        line: Some(number),
        value: below.to_string(),
        limit: limit.to_string(),
        because: format!("the price {} is {below} % below {listed} of the lists; more than {limit} % needs a second person", line.unit_price),
    }))
}

/// Who promises a line sooner than the company usually delivers asks somebody (QTE-11).
fn lead(rules: &QuoteRules, facts: Facts, line: &Line, number: u32) -> Option<ApprovalReason> {
    let limit = rules.min_lead_days?;
    let day = line.promise.or(facts.promise)?.from(facts.today);
    let days = day.days_since(facts.today);
    (days < i64::from(limit)).then(|| ApprovalReason {
        rule: "min_lead_days".to_owned(),
        line: Some(number),
        value: days.to_string(),
        limit: limit.to_string(),
        because: format!("the delivery is promised for {day}, {days} days from now; fewer than {limit} days need a second person"),
    })
}

/// Who gives a line other taxes than product and tax rules determine, or leaves it without any, asks somebody (QTE-10).
fn taxes(rules: &QuoteRules, line: &Line, number: u32) -> Option<ApprovalReason> {
    if rules.tax_override != Some(true) {
        return None;
    }
    let named = |ids: &[TaxId]| if ids.is_empty() { "none".to_owned() } else { ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") };
    let (limit, because) = match &line.determined_tax_ids {
        Some(determined) if line.taxed_otherwise() => {
            (named(determined), "the taxes are given and are not those of product and tax rules; that needs a second person")
        }
        None if line.untaxed() => ("a tax".to_owned(), "the line has no tax, and no tax rule says so; that needs a second person"),
        _ => return None,
    };
    Some(ApprovalReason { rule: "tax_override".to_owned(), line: Some(number), value: named(&line.tax_ids), limit, because: because.to_owned() })
}

fn margin(rules: &QuoteRules, margin: Option<Percent>) -> Option<ApprovalReason> {
    let (limit, margin) = (rules.min_margin_percent?, margin?);
    (margin < limit).then(|| ApprovalReason {
        rule: "min_margin_percent".to_owned(),
        line: None,
        value: margin.to_string(),
        limit: limit.to_string(),
        because: format!("{margin} % remain after cost; less than {limit} % needs a second person"),
    })
}

fn term(rules: &QuoteRules, facts: Facts) -> Option<ApprovalReason> {
    let term = facts.term?;
    let allowed = rules.payment_term_ids.is_empty() || rules.payment_term_ids.contains(&term) || facts.own_term == Some(term);
    (!allowed).then(|| ApprovalReason {
        rule: "payment_term_ids".to_owned(),
        line: None,
        value: term.to_string(),
        limit: rules.payment_term_ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        because: "the payment term is neither the customer's own nor one that may be offered to anybody".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::plain_line;
    use causeway_value::Price;

    fn line(discount: &str, price: &str, listed: Option<&str>) -> Line {
        Line {
            unit_price: price.parse().unwrap(),
            list_unit_price: listed.map(|price| price.parse::<Price>().unwrap()),
            discount_percent: discount.parse().unwrap(),
            ..plain_line()
        }
    }

    fn facts(discount: &str) -> Facts {
        Facts { discount: discount.parse().unwrap(), margin: None, term: None, own_term: None, promise: None, today: "2026-12-01".parse().unwrap() }
    }

    fn broken(rules: &QuoteRules, facts: Facts, lines: &[Line]) -> Vec<(String, Option<u32>, String)> {
        reasons(rules, facts, lines).unwrap().into_iter().map(|reason| (reason.rule, reason.line, reason.value)).collect()
    }

    #[test]
    fn discounts_count_together() {
        let rules = QuoteRules { max_discount_percent: "18.9".parse().ok(), ..QuoteRules::default() };
        let lines = [line("10", "1", None), line("9.888889", "1", None), line("0", "1", None)];
        assert_eq!(
            broken(&rules, facts("10"), &lines),
            [
                ("max_discount_percent".to_owned(), Some(1), "19".to_owned()),
                // A trace beyond the limit is beyond it.
                ("max_discount_percent".to_owned(), Some(2), "18.900001".to_owned()),
            ]
        );
        assert_eq!(broken(&rules, facts("0"), &lines), []);
        assert_eq!(broken(&QuoteRules::default(), facts("100"), &lines), []);
    }

    #[test]
    fn promises_have_a_limit_and_options_that_are_not_chosen_none() {
        use crate::line::offer::Choice;
        let rules = QuoteRules { min_lead_days: Some(14), max_discount_percent: "5".parse().ok(), ..QuoteRules::default() };
        let soon = |promise, choice| Line { promise, choice, ..line("0", "1", None) };
        let dear = |chosen| Line { choice: Some(Choice { option: 1, chosen }), ..line("10", "1", None) };
        let lines = [soon(Some(Promise::On("2026-12-14".parse().unwrap())), None), soon(Some(Promise::Within(14)), None), soon(None, None), dear(false)];
        let facts = Facts { promise: Some(Promise::Within(3)), ..facts("0") };
        let rule = "min_lead_days".to_owned();
        assert_eq!(broken(&rules, facts, &lines), [(rule.clone(), Some(1), "13".to_owned()), (rule.clone(), Some(3), "3".to_owned())]);
        assert_eq!(broken(&rules, Facts { promise: None, ..facts }, &[dear(true)])[0].0, "max_discount_percent");
        assert_eq!(broken(&rules, Facts { promise: None, ..facts }, &[dear(false)]), []);
    }

    #[test]
    fn taxes_that_nothing_determines_need_somebody() {
        use causeway_value::{Amount, TaxRuleId};
        let rules = QuoteRules { tax_override: Some(true), ..QuoteRules::default() };
        let (own, other) = (TaxId::new(), TaxId::new());
        let sold = |tax_ids: &[TaxId], determined: Option<&[TaxId]>, rule| Line {
            net_amount: Amount(100),
            tax_ids: tax_ids.to_vec(),
            determined_tax_ids: determined.map(<[TaxId]>::to_vec),
            tax_rule_id: rule,
            ..line("0", "1", None)
        };
        let lines = [
            sold(&[own], None, None),
            sold(&[other], Some(&[own]), None),
            sold(&[], Some(&[own]), None),
            sold(&[own], Some(&[]), None),
            sold(&[], None, None),
            // A rule says that none is due, and what costs nothing has none.
            sold(&[], None, Some(TaxRuleId::new())),
            Line { net_amount: Amount::ZERO, ..sold(&[], None, None) },
            Line { net_amount: Amount::ZERO, ..sold(&[], Some(&[own]), None) },
        ];
        let rule = "tax_override".to_owned();
        assert_eq!(
            broken(&rules, facts("0"), &lines),
            [
                (rule.clone(), Some(2), other.to_string()),
                (rule.clone(), Some(3), "none".to_owned()),
                (rule.clone(), Some(4), own.to_string()),
                (rule, Some(5), "none".to_owned()),
            ]
        );
        assert_eq!(broken(&QuoteRules { tax_override: Some(false), ..rules }, facts("0"), &lines), []);
    }

    #[test]
    fn prices_below_the_lists_margins_and_terms_have_their_limits() {
        let (allowed, other) = (PaymentTermId::new(), PaymentTermId::new());
        let rules = QuoteRules {
            max_price_override_percent: "5".parse().ok(),
            min_margin_percent: "20".parse().ok(),
            payment_term_ids: vec![allowed],
            ..QuoteRules::default()
        };
        let lines = [line("0", "9.40", Some("10")), line("0", "9.50", Some("10")), line("0", "12", Some("10")), line("0", "1", None)];
        let facts = |margin: &str, term, own_term| Facts { margin: margin.parse().ok(), term, own_term, ..facts("0") };
        assert_eq!(broken(&rules, facts("20", Some(allowed), None), &lines), [("max_price_override_percent".to_owned(), Some(1), "6".to_owned())]);
        assert_eq!(broken(&rules, facts("19.999999", None, None), &[]), [("min_margin_percent".to_owned(), None, "19.999999".to_owned())]);
        assert_eq!(broken(&rules, facts("", Some(other), Some(other)), &[]), []);
        assert_eq!(broken(&rules, facts("", Some(other), None), &[]), [("payment_term_ids".to_owned(), None, other.to_string())]);
    }
}
