//! Which quotes, and which orders without a quote, need a second person (QTE-07 to QTE-11, QTE-13, QTE-14): pure.
//!
//! The margin is judged by the lines whose cost is known. A line whose cost is not known asks for a second person where the company asks for a margin at
//! all: a limit that one line without a cost could switch off would be none. Who wants such a line to pass gives its product a cost, be it 0.
//!
//! Lines that give something back are looked at the other way round, in [`super::back`].

use crate::line::Line;
use crate::line::amounts::cost_of;
use crate::line::bundle::groups;
use crate::line::offer::{Choice, Promise};
use crate::quote::back::{self, Back};
use causeway_master::pricing::amounts::{margin as margin_of, price_override_percent};
use causeway_value::{Amount, ApprovalReason, Currency, Day, Overflow, PaymentTermId, Percent, Price, Quantity, QuoteRules, TaxId};
use std::collections::BTreeSet;

/// The rule about what remains after cost.
pub const MARGIN: &str = "min_margin_percent";
/// Reasons that are told in words, at most.
pub const TOLD: usize = 10;

/// What the limits look at besides the lines.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The discount of the whole document.
    pub discount: Percent,
    /// What the whole document leaves and gives back.
    pub whole: Whole,
    /// The payment term that is offered.
    pub term: Option<PaymentTermId>,
    /// The customer's own payment term.
    pub own_term: Option<PaymentTermId>,
    /// What is promised for lines that say nothing themselves.
    pub promise: Option<Promise>,
    /// The day from which promises are counted.
    pub today: Day,
    /// The day whose prices the lines have, when they are held against those of a later one.
    pub priced_on: Option<Day>,
}

/// What a document leaves and gives back as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// What remains after cost of the lines whose cost is known; none when there is no such line, or when it was looked at before.
    pub remains: Option<Remains>,
    /// What the lines that give something back come to; none without such a line, or when it was looked at before.
    pub back: Option<Back>,
}

impl Whole {
    /// Of lines with the discount of their document.
    ///
    /// # Errors
    /// [`Overflow`] when an amount does not fit.
    pub fn of(lines: &[Line], discount: Percent, currency: Currency) -> Result<Self, Overflow> {
        Ok(Self { remains: remains(lines, currency)?, back: back::back(lines, discount, currency)? })
    }

    /// What of it is worse than it was when somebody looked: less remains, or more is given back.
    #[must_use]
    pub fn worse_than(self, was: Self) -> Self {
        Self { remains: self.remains.filter(|is| was.remains.is_none_or(|was| *is < was)), back: self.back.filter(|is| was.back.is_none_or(|was| *is > was)) }
    }
}

/// What remains after cost, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remains {
    /// It costs something, and nothing is paid for it: no share tells how little that is.
    Nothing,
    /// A share of what is paid.
    Share(Percent),
}

/// What remains after cost of the lines that count and whose cost is known; none when nothing costs or earns anything, or no cost is known.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
fn remains(lines: &[Line], currency: Currency) -> Result<Option<Remains>, Overflow> {
    let (mut net, mut cost) = (Amount::ZERO, Amount::ZERO);
    for line in lines.iter().filter(|line| line.counts()) {
        let Some(own) = cost_of(line, currency)? else { continue };
        net = net.plus(line.net_amount)?;
        cost = cost.plus(own)?;
    }
    // Of what is paid to the customer nothing remains: a share of it would be one of a loss.
    if net < Amount::ZERO || (net.is_zero() && cost > Amount::ZERO) {
        return Ok(Some(Remains::Nothing));
    }
    Ok(margin_of(net, cost)?.percent.map(Remains::Share))
}

/// Reasons in words that may stand where nothing is masked: what is earned stays out of them, and what has to be (SEC-07).
#[must_use]
pub fn in_words(reasons: Vec<ApprovalReason>) -> Vec<String> {
    let beyond = reasons.len().saturating_sub(TOLD);
    let told = |reason: ApprovalReason| match reason.line {
        None if reason.rule == MARGIN => "less remains after cost than the company asks for".to_owned(),
        _ => reason.because,
    };
    let mut words: Vec<String> = reasons.into_iter().take(TOLD).map(told).collect();
    if beyond > 0 {
        words.push(format!("and {beyond} more"));
    }
    words
}

/// Every limit that a quote breaks with what it offers; none means that nobody has to approve it. What the customer may take is offered like the rest: each
/// option is looked at, and what remains is judged with those that leave the least (QTE-07, QTE-08).
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn offered(rules: &QuoteRules, facts: Facts, lines: &[Line], currency: Currency) -> Result<Vec<ApprovalReason>, Overflow> {
    let as_it_stands = reasons(rules, facts, lines)?;
    let options: BTreeSet<u32> = lines.iter().filter(|line| !line.counts()).filter_map(|line| line.choice).map(|choice| choice.option).collect();
    if options.is_empty() {
        return Ok(as_it_stands);
    }
    let (mut cheap, mut reduces) = (BTreeSet::new(), BTreeSet::new());
    let with_all = taken(lines, &options);
    for option in &options {
        let own: Vec<Line> = with_all.iter().filter(|line| line.choice.is_some_and(|choice| choice.option == *option)).cloned().collect();
        if remains(&own, currency)?.is_some_and(|left| rules.min_margin_percent.is_some_and(|limit| left < Remains::Share(limit))) {
            cheap.insert(*option);
        }
        if back::back(&own, facts.discount, currency)?.is_some() {
            reduces.insert(*option);
        }
    }
    let whole = Whole { remains: remains(&taken(lines, &cheap), currency)?, back: back::back(&taken(lines, &reduces), facts.discount, currency)? };
    let facts = Facts { whole, ..facts };
    let mut all = reasons(rules, facts, &with_all)?;
    for reason in &mut all {
        let stands = as_it_stands.iter().any(|known| known.rule == reason.rule && known.line == reason.line);
        if !stands {
            let when = if reason.line.is_some() { "when the option is taken" } else { "when options are taken" };
            reason.because = format!("{when}, {}", reason.because);
        }
    }
    Ok(all)
}

/// The lines with these options taken besides those that are.
fn taken(lines: &[Line], options: &BTreeSet<u32>) -> Vec<Line> {
    let take =
        |line: &Line| Line { choice: line.choice.map(|choice| Choice { chosen: choice.chosen || options.contains(&choice.option), ..choice }), ..line.clone() };
    lines.iter().map(take).collect()
}

/// Whether a second person's yes to one reason covers another: the same limit of the same line, or of the document when it is broken no further.
#[must_use]
pub fn covers(approved: &ApprovalReason, asked: &ApprovalReason) -> bool {
    if (&approved.rule, approved.line) != (&asked.rule, asked.line) {
        return false;
    }
    let share = |reason: &ApprovalReason| reason.value.parse::<Percent>().ok();
    // What was approved as nothing, or as unknown, was approved as the worst.
    let Some(was) = share(approved) else { return true };
    let no_further = |is: Percent| if asked.rule == MARGIN { is >= was } else { is <= was };
    asked.line.is_some() || share(asked).is_some_and(no_further)
}

/// Every limit that a document breaks as it stands. An option that is not chosen breaks none: [`offered`] looks at those.
///
/// # Errors
/// [`Overflow`] when a price cannot be compared with that of the lists.
pub fn reasons(rules: &QuoteRules, facts: Facts, lines: &[Line]) -> Result<Vec<ApprovalReason>, Overflow> {
    let mut reasons = Vec::new();
    let compared = compared(lines)?;
    for ((number, line), compared) in (1_u32..).zip(lines).zip(&compared).filter(|((_, line), _)| line.counts()) {
        reasons.extend(discount(rules, facts.discount, line, number));
        reasons.extend(price(rules, facts, compared, number)?);
        reasons.extend(price_and_discount(rules, facts, compared, number)?);
        reasons.extend(lead(rules, facts, line, number));
        reasons.extend(taxes(rules, line, number));
        reasons.extend(unknown(rules, line, number));
    }
    reasons.extend(margin(rules, facts));
    reasons.extend(back::reasons(rules, facts.whole.back));
    reasons.extend(term(rules, facts));
    Ok(reasons)
}

/// The lines with the prices that are compared with those of the lists: of a component those of its bundle. Its own share of each is rounded, and what that
/// takes off is no reduction that anybody grants.
fn compared(lines: &[Line]) -> Result<Vec<Line>, Overflow> {
    let mut compared = lines.to_vec();
    for group in groups(lines).into_iter().filter(|group| group.bundle.is_some()) {
        let Some(own) = compared.get_mut(group.lines) else { continue };
        // The price of a component is for all there is of it; what is no whole bundle any more is compared line by line.
        let whole = own.iter().all(|line| line.quantity == line.price_base_quantity && line.list_unit_price.is_some());
        if !whole {
            continue;
        }
        let sum = |of: fn(&Line) -> Price| own.iter().try_fold(0_i64, |sum, line| sum.checked_add(of(line).0)).map(Price).ok_or(Overflow);
        let (given, listed) = (sum(|line| line.unit_price)?, sum(|line| line.list_unit_price.unwrap_or_default())?);
        for line in own {
            (line.unit_price, line.list_unit_price) = (given, Some(listed));
        }
    }
    Ok(compared)
}

fn discount(rules: &QuoteRules, document: Percent, line: &Line, number: u32) -> Option<ApprovalReason> {
    // What is given back with a discount is less of it.
    let limit = rules.max_discount_percent.filter(|_| line.quantity >= Quantity::ZERO)?;
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

fn price(rules: &QuoteRules, facts: Facts, line: &Line, number: u32) -> Result<Option<ApprovalReason>, Overflow> {
    let (Some(limit), Some(listed)) = (rules.max_price_override_percent, line.list_unit_price) else { return Ok(None) };
    let gives_back = line.quantity < Quantity::ZERO;
    let Some(below) = price_override_percent(line.unit_price, listed)? else {
        // The lists give it for nothing, and more than nothing is paid for taking it back.
        return Ok((gives_back && line.unit_price > listed)
            .then(|| beyond_price("none".to_owned(), limit, line, number, "is given back and the lists have it for nothing")));
    };
    let off = if gives_back { Percent(below.0.saturating_neg()) } else { below };
    let (of, now) = facts.priced_on.map_or_else(Default::default, |day| (format!("of {day} "), " today"));
    let how = if gives_back {
        format!("{of}is given back, {off} % above {listed} of the lists{now}")
    } else {
        format!("{of}is {off} % below {listed} of the lists{now}")
    };
    Ok((off > limit).then(|| beyond_price(off.to_string(), limit, line, number, &how)))
}

/// A price below the lists and a discount on it are one reduction: each may keep to its own limit, and together they keep to the larger one.
fn price_and_discount(rules: &QuoteRules, facts: Facts, line: &Line, number: u32) -> Result<Option<ApprovalReason>, Overflow> {
    let (Some(of_price), Some(of_discount), Some(listed)) = (rules.max_price_override_percent, rules.max_discount_percent, line.list_unit_price) else {
        return Ok(None);
    };
    let discount = together(line.discount_percent, line.document_discount(facts.discount));
    let Some(below) = price_override_percent(line.unit_price, listed)?.filter(|below| *below > Percent::ZERO) else { return Ok(None) };
    // What breaks a limit by itself is told by that limit.
    if line.quantity < Quantity::ZERO || discount == Percent::ZERO || below > of_price || discount > of_discount {
        return Ok(None);
    }
    let off = together(below, discount);
    let (rule, limit) = if of_price > of_discount { ("max_price_override_percent", of_price) } else { ("max_discount_percent", of_discount) };
    let now = if facts.priced_on.is_some() { " today" } else { "" };
    Ok((off > limit).then(|| ApprovalReason {
        rule: rule.to_owned(),
        line: Some(number),
        value: off.to_string(),
        limit: limit.to_string(),
        because: format!(
            "the price {} is {below} % below {listed} of the lists{now}, and line and document take {discount} % off it: that is {off} % together; \
             more than {limit} % needs a second person",
            line.unit_price
        ),
    }))
}

fn beyond_price(value: String, limit: Percent, line: &Line, number: u32, how: &str) -> ApprovalReason {
    ApprovalReason {
        rule: "max_price_override_percent".to_owned(),
        line: Some(number),
        value,
        limit: limit.to_string(),
        because: format!("the price {} {how}; more than {limit} % needs a second person", line.unit_price),
    }
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

/// Whether enough remains cannot be told of a line whose cost nobody knows. What gives something back has none that counts.
fn unknown(rules: &QuoteRules, line: &Line, number: u32) -> Option<ApprovalReason> {
    let limit = rules.min_margin_percent?;
    (line.unit_cost.is_none() && line.quantity > Quantity::ZERO).then(|| ApprovalReason {
        rule: MARGIN.to_owned(),
        line: Some(number),
        value: "unknown".to_owned(),
        limit: limit.to_string(),
        // Told to whoever may not see the limit, too.
        because: format!("the cost of {} is not known, nor whether enough remains; give its product a cost, or let a second person look", line.description),
    })
}

fn margin(rules: &QuoteRules, facts: Facts) -> Option<ApprovalReason> {
    let (limit, remains) = (rules.min_margin_percent?, facts.whole.remains?);
    let now = facts.priced_on.map_or_else(String::new, |day| format!(" as it is today, at prices of {day}"));
    let (value, because) = match remains {
        Remains::Share(share) => (share.to_string(), format!("{share} % remain after cost{now}; less than {limit} % needs a second person")),
        Remains::Nothing => ("none".to_owned(), format!("nothing is paid for what has a cost; less than {limit} % after cost needs a second person")),
    };
    (remains < Remains::Share(limit)).then(|| ApprovalReason { rule: MARGIN.to_owned(), line: None, value, limit: limit.to_string(), because })
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
            unit_cost: Some(Price(0)),
            ..plain_line()
        }
    }

    fn facts(discount: &str) -> Facts {
        Facts {
            discount: discount.parse().unwrap(),
            whole: Whole::default(),
            term: None,
            own_term: None,
            promise: None,
            today: "2026-12-01".parse().unwrap(),
            priced_on: None,
        }
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

    /// 10.01 in two halves is 5.01 and 5.00, and 5 % less of that 4.75 and 4.76: a cent of one half is not 5.19 %.
    #[test]
    fn a_bundle_is_compared_as_a_whole() {
        let rules = QuoteRules { max_price_override_percent: "5".parse().ok(), ..QuoteRules::default() };
        let bundle = causeway_value::ProductId::new();
        let part = |price: &str, listed: &str| Line {
            product_id: Some(causeway_value::ProductId::new()),
            price_source: format!("given:{bundle}"),
            price_base_quantity: Quantity::ONE,
            quantity: Quantity::ONE,
            ..line("0", price, Some(listed))
        };
        assert_eq!(broken(&rules, facts("0"), &[part("4.75", "5.01"), part("4.76", "5.00")]), []);
        let told = |number| ("max_price_override_percent".to_owned(), Some(number), "10".to_owned());
        assert_eq!(broken(&rules, facts("0"), &[part("4.01", "5"), part("4.99", "5")]), [told(1), told(2)]);
        assert_eq!(broken(&rules, facts("0"), &[part("4.75", "5.01")]).len(), 1, "what is alone is judged alone");
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

    /// What is offered in writing is granted, whether or not it is chosen yet.
    #[test]
    fn options_are_looked_at_and_what_was_approved_is_covered() {
        let rules = QuoteRules { max_discount_percent: "5".parse().ok(), min_margin_percent: "20".parse().ok(), ..QuoteRules::default() };
        let eur = "EUR".parse().unwrap();
        let of = |option: Option<u32>, net: i64, cost: &str| Line {
            net_amount: Amount(net),
            unit_cost: cost.parse().ok(),
            choice: option.map(|option| Choice { option, chosen: false }),
            ..line("0", "1", None)
        };
        let found = |lines: &[Line]| {
            let facts = Facts { whole: Whole { remains: remains(lines, eur).unwrap(), back: None }, ..facts("0") };
            let told = |reason: ApprovalReason| (reason.rule, reason.line, reason.value, reason.because.starts_with("when"));
            offered(&rules, facts, lines, eur).unwrap().into_iter().map(told).collect::<Vec<_>>()
        };
        let base = of(None, 1_000, "7.5");
        let cheap = Line { discount_percent: "60".parse().unwrap(), ..of(Some(1), 1_000, "7") };
        assert_eq!(found(&[base.clone(), cheap]), [("max_discount_percent".to_owned(), Some(2), "60".to_owned(), true)]);
        // Each of two leaves enough beside the rest, and both together too little; one that leaves more does not make up for them.
        let two = [base, of(Some(1), 400, "3.5"), of(Some(2), 400, "3.5"), of(Some(3), 9_000, "1")];
        assert_eq!(found(&two[..2]), []);
        let told = found(&two);
        assert_eq!((told.len(), told[0].0.as_str(), told[0].1, told[0].3), (1, MARGIN, None, true), "{told:?}");
        let reason = |rule: &str, line, value: &str| ApprovalReason {
            rule: rule.to_owned(),
            line,
            value: value.to_owned(),
            limit: String::new(),
            because: String::new(),
        };
        assert!(covers(&reason("max_discount_percent", Some(2), "60"), &reason("max_discount_percent", Some(2), "60")));
        assert!(!covers(&reason("max_discount_percent", Some(2), "60"), &reason("max_discount_percent", Some(3), "60")));
        assert!(covers(&reason(MARGIN, None, "12"), &reason(MARGIN, None, "12")) && !covers(&reason(MARGIN, None, "12"), &reason(MARGIN, None, "11")));
        assert!(covers(&reason(MARGIN, None, "none"), &reason(MARGIN, None, "3")) && !covers(&reason(MARGIN, None, "3"), &reason(MARGIN, None, "none")));
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
        let facts = |margin: &str, term, own_term| Facts {
            whole: Whole { remains: margin.parse().ok().map(Remains::Share), back: None },
            term,
            own_term,
            ..facts("0")
        };
        assert_eq!(broken(&rules, facts("20", Some(allowed), None), &lines), [("max_price_override_percent".to_owned(), Some(1), "6".to_owned())]);
        assert_eq!(broken(&rules, facts("19.999999", None, None), &[]), [("min_margin_percent".to_owned(), None, "19.999999".to_owned())]);
        assert_eq!(broken(&rules, facts("", Some(other), Some(other)), &[]), []);
        assert_eq!(broken(&rules, facts("", Some(other), None), &[]), [("payment_term_ids".to_owned(), None, other.to_string())]);
    }

    #[test]
    fn what_is_given_back_is_dear_above_the_lists_and_cheap_below() {
        let rules = QuoteRules { max_price_override_percent: "5".parse().ok(), max_discount_percent: "10".parse().ok(), ..QuoteRules::default() };
        let back = |discount: &str, price: &str, listed: &str| Line { quantity: Quantity(-Quantity::ONE.0), ..line(discount, price, Some(listed)) };
        let lines =
            [back("0", "190", "100"), back("0", "105", "100"), back("0", "50", "100"), back("20", "100", "100"), back("0", "1", "0"), back("0", "0", "0")];
        let rule = "max_price_override_percent".to_owned();
        assert_eq!(broken(&rules, facts("0"), &lines), [(rule.clone(), Some(1), "90".to_owned()), (rule, Some(5), "none".to_owned())]);
    }

    #[test]
    fn a_price_below_the_lists_and_a_discount_on_it_are_one_reduction() {
        let rules = QuoteRules { max_price_override_percent: "5".parse().ok(), max_discount_percent: "10".parse().ok(), ..QuoteRules::default() };
        let both = line("10", "95", Some("100"));
        let told = |rule: &str, line, value: &str| (rule.to_owned(), Some(line), value.to_owned());
        let lines = [both.clone(), line("5", "95", Some("100")), line("10", "100", Some("100")), line("10", "105", Some("100")), line("0", "95", Some("100"))];
        assert_eq!(broken(&rules, facts("0"), &lines), [told("max_discount_percent", 1, "14.5")]);
        assert_eq!(broken(&rules, facts("6"), &lines[4..]), [told("max_discount_percent", 1, "10.7")], "the discount of the document counts");
        let because = &reasons(&rules, facts("0"), &lines).unwrap()[0].because;
        assert!(because.contains("5 % below 100") && because.contains("10 % off") && because.contains("14.5 % together"), "{because}");
        // What breaks one limit by itself is told once.
        assert_eq!(broken(&rules, facts("0"), &[line("10", "90", Some("100"))]), [told("max_price_override_percent", 1, "10")]);
        // Who limits one of them does not limit the other.
        assert_eq!(broken(&QuoteRules { max_price_override_percent: None, ..rules.clone() }, facts("0"), std::slice::from_ref(&both)), []);
        let wide = QuoteRules { max_price_override_percent: "12".parse().ok(), ..rules };
        assert_eq!(broken(&wide, facts("0"), &[both]), [told("max_price_override_percent", 1, "14.5")], "the larger one");
    }

    /// One line without a cost, or all of it for nothing, switched the limit off once.
    #[test]
    fn the_margin_is_judged_by_what_is_known_and_what_is_not_known_is_asked() {
        let rules = QuoteRules { min_margin_percent: "20".parse().ok(), ..QuoteRules::default() };
        let of = |net: i64, cost: Option<&str>| Line { net_amount: Amount(net), unit_cost: cost.map(|cost| cost.parse().unwrap()), ..plain_line() };
        let eur = "EUR".parse().unwrap();
        let found = |lines: &[Line]| broken(&rules, Facts { whole: Whole { remains: remains(lines, eur).unwrap(), back: None }, ..facts("0") }, lines);
        let told = |line, value: &str| ("min_margin_percent".to_owned(), line, value.to_owned());
        assert_eq!(found(&[of(1_000, Some("8"))]), []);
        assert_eq!(found(&[of(1_000, Some("9"))]), [told(None, "10")]);
        assert_eq!(found(&[of(1_000, Some("9")), of(500, None)]), [told(Some(2), "unknown"), told(None, "10")]);
        assert_eq!(found(&[of(0, Some("9"))]), [told(None, "none")]);
        assert_eq!(found(&[of(0, Some("0"))]), []);
        assert_eq!(found(&[of(500, None)]), [told(Some(1), "unknown")]);
        assert_eq!(found(&[of(1_000, Some("8")), of(-2_000, Some("0"))]), [told(None, "none")]);
        assert_eq!(found(&[of(-9_000, Some("0"))]), [told(None, "none")], "a credit at no cost is no margin of 100 %");
        // Less than nothing is the least of all.
        assert!(Remains::Nothing < Remains::Share(Percent(i64::MIN)));
        assert_eq!(broken(&QuoteRules::default(), facts("0"), &[of(500, None)]), []);
        // What is given back takes from what is paid, and from no cost.
        let back = |net, cost| Line { quantity: Quantity(-Quantity::ONE.0), ..of(net, cost) };
        assert_eq!(found(&[of(1_000, Some("6")), back(-250, None)]), []);
        assert_eq!(found(&[of(1_000, Some("6")), back(-400, Some("6"))]), [told(None, "0")]);
    }

    #[test]
    fn words_for_everybody_tell_no_margin_and_end() {
        let reason = |line| ApprovalReason { rule: MARGIN.to_owned(), line, value: "7".to_owned(), limit: "20".to_owned(), because: "7 % remain".to_owned() };
        assert_eq!(in_words(vec![reason(None)]), ["less remains after cost than the company asks for"]);
        let many = in_words((1..=12).map(|line| reason(Some(line))).collect());
        assert_eq!((many.len(), many.last().map(String::as_str)), (11, Some("and 2 more")));
    }
}
