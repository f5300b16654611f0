//! What lines that give something back make of a document (QTE-07, QTE-08, QTE-13, ORD-18): pure.
//!
//! A line that gives something back is a discount of the document by another name, be it a rebate in words or a product at the price of the lists: nothing
//! that was sold comes back by it. All that such lines take, together with the discounts and prices of the other lines, is measured against what those come to
//! at the prices of the lists. What was ordered before and is not wanted any more is taken away by an amendment of its line instead.

use crate::line::Line;
use causeway_master::pricing::amounts::line_net;
use causeway_value::{Amount, ApprovalReason, Currency, Overflow, Percent, QuoteRules};

/// What lines that give something back come to, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Back {
    /// Whether the whole document leaves nothing, or pays the customer.
    pub nothing_left: bool,
    /// What is off the prices of the lists together with what is given back, rounded up; none where only a price paid makes a line reduce.
    pub off: Option<Percent>,
}

/// What the lines that count give back; none when none of them does. Taxes and what is included of them are left out on both sides.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn back(lines: &[Line], discount: Percent, currency: Currency) -> Result<Option<Back>, Overflow> {
    let (mut gives, mut takes_off) = (false, false);
    let (mut listed, mut kept) = (Amount::ZERO, Amount::ZERO);
    for line in lines.iter().filter(|line| line.counts()) {
        let of = |price, own, document| line_net(line.quantity, price, line.price_base_quantity, own, document, currency);
        let net = of(line.unit_price, line.discount_percent, line.document_discount(discount))?;
        let gross = of(line.list_unit_price.unwrap_or(line.unit_price), Percent::ZERO, Percent::ZERO)?;
        gives |= gross < Amount::ZERO || net < Amount::ZERO;
        kept = kept.plus(net)?;
        if gross >= Amount::ZERO {
            listed = listed.plus(gross)?;
        } else {
            takes_off = true;
        }
    }
    let off = if takes_off { Some(share_off(listed, kept)) } else { None };
    Ok(gives.then_some(Back { nothing_left: kept <= Amount::ZERO, off }))
}

/// What is off, in percent, rounded up: what is beyond a limit by any part of a digit is beyond it. All of it where there is nothing to take it off.
fn share_off(listed: Amount, kept: Amount) -> Percent {
    if listed <= Amount::ZERO {
        return Percent::WHOLE;
    }
    let (listed, kept) = (i128::from(listed.0), i128::from(kept.0));
    let off = -((kept - listed) * i128::from(Percent::WHOLE.0)).div_euclid(listed);
    i64::try_from(off).map_or(Percent::WHOLE, Percent)
}

/// The limits that what is given back breaks.
pub(super) fn reasons(rules: &QuoteRules, back: Option<Back>) -> Vec<ApprovalReason> {
    let Some(back) = back else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(limit) = rules.max_discount_percent
        && let Some(off) = back.off.filter(|off| *off > limit)
    {
        let because = format!("discounts and lines that give something back take {off} % off what the lists ask; more than {limit} % needs a second person");
        found.push(ApprovalReason { rule: "max_discount_percent".to_owned(), line: None, value: off.to_string(), limit: limit.to_string(), because });
    }
    // Whoever limits prices, discounts or margins does not mean a document that leaves nothing at all.
    let limits = [("max_discount_percent", rules.max_discount_percent), ("max_price_override_percent", rules.max_price_override_percent)];
    if let Some((rule, limit)) = limits.into_iter().find_map(|(rule, limit)| Some((rule, limit?))).filter(|_| back.nothing_left) {
        let because = "what is given back is as much as what is sold, or more: that needs a second person".to_owned();
        found.push(ApprovalReason { rule: rule.to_owned(), line: None, value: Percent::WHOLE.to_string(), limit: limit.to_string(), because });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::plain_line;

    fn line(quantity: &str, price: &str, listed: Option<&str>, discount: &str) -> Line {
        Line {
            quantity: quantity.parse().unwrap(),
            unit_price: price.parse().unwrap(),
            list_unit_price: listed.map(|price| price.parse().unwrap()),
            discount_percent: discount.parse().unwrap(),
            ..plain_line()
        }
    }

    fn of(lines: &[Line], discount: &str) -> Option<(bool, Option<String>)> {
        let found = back(lines, discount.parse().unwrap(), "EUR".parse().unwrap()).unwrap();
        found.map(|back| (back.nothing_left, back.off.map(|off| off.to_string())))
    }

    #[test]
    fn rebates_in_words_are_discounts_of_the_document() {
        let sold = line("10", "100", Some("100"), "0");
        let rebate = |price: &str| line("-1", price, None, "0");
        let off = |percent: &str| Some((false, Some(percent.to_owned())));
        assert_eq!(of(std::slice::from_ref(&sold), "10"), None);
        assert_eq!(of(&[sold.clone(), rebate("100")], "0"), off("10"));
        assert_eq!(of(&[sold.clone(), rebate("100.01")], "0"), off("10.001"));
        assert_eq!(of(&[sold.clone(), rebate("100")], "10"), off("19"), "together with the discount of the document");
        assert_eq!(of(&[line("10", "90", Some("100"), "0"), rebate("50")], "0"), off("15"), "and with the prices");
        assert_eq!(of(&[line("10", "110", Some("100"), "0"), rebate("100")], "0"), off("0"), "which may have made room for it");
        assert_eq!(of(&[line("10", "100", None, "0"), line("1", "-100", None, "0")], "0"), off("10"), "a price below zero is a rebate too");
        assert_eq!(of(&[rebate("1")], "0"), Some((true, Some("100".to_owned()))));
        assert_eq!(of(&[sold, rebate("900"), rebate("200")], "0"), Some((true, Some("110".to_owned()))));
    }

    /// Ten pieces went out for the price of a tenth of one once, because nine and nine tenths of them came back on paper.
    #[test]
    fn a_product_at_the_price_of_the_lists_is_a_rebate_when_it_is_given_back() {
        let listed = |quantity: &str| Line { price_source: "list_price".to_owned(), ..line(quantity, "100", None, "0") };
        let off = |percent: &str| Some((false, Some(percent.to_owned())));
        assert_eq!(of(&[listed("10"), listed("-9.9")], "0"), off("99"));
        assert_eq!(of(&[listed("10"), listed("-1")], "0"), off("10"));
        assert_eq!(of(&[listed("10"), listed("-1")], "10"), off("19"));
        assert_eq!(of(&[listed("2"), line("-1", "100", Some("50"), "0")], "0"), off("50"), "for what is paid, whatever the lists ask");
        assert_eq!(of(&[listed("1"), line("-1", "190", Some("100"), "0")], "0"), Some((true, Some("190".to_owned()))));
        assert_eq!(of(&[listed("1"), listed("-1")], "0"), Some((true, Some("100".to_owned()))));
        let option = |chosen| Line { choice: Some(crate::line::offer::Choice { option: 1, chosen }), ..listed("-0.9") };
        assert_eq!((of(&[listed("1"), option(false)], "0"), of(&[listed("1"), option(true)], "0")), (None, off("90")));
    }

    #[test]
    fn only_who_limits_something_is_asked() {
        let back = |nothing_left, off: &str| Some(Back { nothing_left, off: off.parse().ok() });
        let broken = |rules: &QuoteRules, back| reasons(rules, back).into_iter().map(|reason| (reason.rule, reason.value)).collect::<Vec<_>>();
        let discount = QuoteRules { max_discount_percent: "10".parse().ok(), ..QuoteRules::default() };
        let price = QuoteRules { max_price_override_percent: "5".parse().ok(), ..QuoteRules::default() };
        let told = |rule: &str, value: &str| (rule.to_owned(), value.to_owned());
        assert_eq!(broken(&QuoteRules::default(), back(true, "100")), []);
        assert_eq!(broken(&discount, back(false, "10")), []);
        assert_eq!(broken(&discount, back(false, "10.000001")), [told("max_discount_percent", "10.000001")]);
        assert_eq!(broken(&price, back(false, "50")), []);
        assert_eq!(broken(&price, back(true, "")), [told("max_price_override_percent", "100")]);
        assert_eq!(broken(&discount, None), []);
    }
}
