//! Installments and early payment (requirements PAY-23, QTE-09; vectors TERM-…, EPD-…).

use causeway_contract::{Code, FieldError, Problem};
use causeway_value::{Amount, Coins, Currency, Day, DecimalError, EarlyDiscount, Overflow, Percent, TermLine, TermOrder, product};

/// Lines that a term may have.
const MAX_LINES: usize = 60;

/// A part of an invoice with its due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallmentDue {
    /// When it is due.
    pub due_date: Day,
    /// How much, in minor units of the invoice's currency. May be negative when the percentages of a term make 100 and fixed amounts come on top (TERM-020).
    pub amount: Amount,
}

/// The installments of an invoice. Percentages round, fixed amounts follow the sign of the total, a remainder takes what the others leave, and the last
/// line takes the residue whatever its own definition (TERM-019 to TERM-021). Without lines, and for a total of zero, all is due on the invoice date. Where
/// what is to be paid is rounded to coins, each part but the last is; the total stays (TERM-023).
///
/// Nobody owes more than all of it: when the parts come to more than the total, and one takes the remainder or a fixed amount alone is more, each part is at most
/// what the ones before it leave, and parts of nothing are left out.
///
/// # Errors
/// `too_many_decimals`, `invalid_decimal` or `amount_overflow` for a fixed amount that is none of the currency; `amount_overflow` when a part does not fit.
pub fn installments(total: Amount, currency: Currency, invoice_date: Day, lines: &[TermLine], coins: Option<Coins>) -> Result<Vec<InstallmentDue>, Problem> {
    Ok(parts(total, currency, lines, coins)?.into_iter().map(|part| part.due(invoice_date)).collect())
}

/// The installments of an invoice of which each is rounded to coins, so that its total is what they come to (TAX-062). `exact` is what it comes to before.
/// Parts of nothing are left out.
///
/// # Errors
/// As for [`installments`].
pub fn coin_installments(exact: Amount, currency: Currency, invoice_date: Day, lines: &[TermLine], coins: Coins) -> Result<Vec<InstallmentDue>, Problem> {
    Ok(coin_parts(exact, currency, lines, coins)?.into_iter().map(|part| part.due(invoice_date)).collect())
}

/// What an invoice comes to of which each installment is rounded to coins.
///
/// # Errors
/// As for [`installments`].
pub fn coin_total(exact: Amount, currency: Currency, lines: &[TermLine], coins: Coins) -> Result<Amount, Problem> {
    Ok(Amount::sum(coin_parts(exact, currency, lines, coins)?.iter().map(|part| part.amount))?)
}

/// A part of an invoice with the line of the term that says when it is due; on the invoice date without.
struct Part<'a> {
    line: Option<&'a TermLine>,
    amount: Amount,
}

impl Part<'_> {
    fn due(self, invoice_date: Day) -> InstallmentDue {
        InstallmentDue { due_date: self.line.map_or(invoice_date, |line| due_date(line, invoice_date)), amount: self.amount }
    }
}

fn coin_parts(exact: Amount, currency: Currency, lines: &[TermLine], coins: Coins) -> Result<Vec<Part<'_>>, Problem> {
    let mut parts = parts(exact, currency, lines, None)?;
    for part in &mut parts {
        part.amount = coins.round(part.amount)?;
    }
    parts.retain(|part| !part.amount.is_zero());
    if parts.is_empty() {
        parts.push(Part { line: None, amount: Amount::ZERO });
    }
    Ok(parts)
}

fn parts(total: Amount, currency: Currency, lines: &[TermLine], coins: Option<Coins>) -> Result<Vec<Part<'_>>, Problem> {
    let rounded = |amount: Amount| coins.map_or(Ok(amount), |coins| coins.round(amount));
    let Some((_, first)) = lines.split_last().filter(|_| !total.is_zero()) else {
        return Ok(vec![Part { line: None, amount: total }]);
    };
    let mut own = Vec::with_capacity(lines.len());
    for line in lines {
        own.push(own_amount(line, total, currency)?.map(rounded).transpose()?);
    }
    if exceeds(&own, lines, total)? {
        return cut_down(own, lines, total);
    }
    let left = total.minus(Amount::sum(own.iter().flatten().copied())?)?;
    let mut amounts = own.iter().take(first.len()).map(|amount| amount.map_or_else(|| rounded(left), Ok)).collect::<Result<Vec<_>, _>>()?;
    amounts.push(total.minus(Amount::sum(amounts.iter().copied())?)?);
    Ok(lines.iter().zip(amounts).map(|(line, amount)| Part { line: Some(line), amount }).collect())
}

/// Whether the parts that say how much they are come to more than the total, in a term that means to leave something: with a remainder, or with a fixed amount
/// that is more than the total by itself.
fn exceeds(own: &[Option<Amount>], lines: &[TermLine], total: Amount) -> Result<bool, Overflow> {
    let more = |amount: Amount| if total < Amount::ZERO { amount < total } else { amount > total };
    let leaves = lines.iter().any(|line| line.remainder == Some(true));
    let fixed = lines.iter().zip(own).any(|(line, amount)| line.fixed.is_some() && amount.is_some_and(more));
    Ok((leaves || fixed) && more(Amount::sum(own.iter().flatten().copied())?))
}

/// The parts in their order, each at most what is left. They come to more than the total, so that nothing is left for a remainder.
fn cut_down(own: Vec<Option<Amount>>, lines: &[TermLine], total: Amount) -> Result<Vec<Part<'_>>, Problem> {
    let mut left = total;
    let mut parts = Vec::with_capacity(lines.len());
    for (line, amount) in lines.iter().zip(own) {
        let amount = amount.unwrap_or_default();
        let part = if total < Amount::ZERO { amount.max(left) } else { amount.min(left) };
        left = left.minus(part)?;
        if !part.is_zero() {
            parts.push(Part { line: Some(line), amount: part });
        }
    }
    Ok(parts)
}

/// The first day on which two of these are due.
#[must_use]
pub fn shared_day(parts: &[InstallmentDue]) -> Option<Day> {
    let mut days: Vec<Day> = parts.iter().map(|part| part.due_date).collect();
    days.sort_unstable();
    days.windows(2).find_map(|pair| if let [one, next] = pair { (one == next).then_some(*one) } else { None })
}

/// What a line says itself; none for a remainder.
fn own_amount(line: &TermLine, total: Amount, currency: Currency) -> Result<Option<Amount>, Problem> {
    if let Some(percent) = line.percent {
        return Ok(Some(Amount(product(&[total.0, percent.0], &[Percent::WHOLE.0])?)));
    }
    let Some(fixed) = &line.fixed else {
        return Ok(None);
    };
    let amount = fixed.amount(currency).map_err(|error| {
        let code = match error {
            DecimalError::Malformed => Code::InvalidDecimal,
            DecimalError::TooManyDecimals { .. } => Code::TooManyDecimals,
            DecimalError::Overflow => Code::AmountOverflow,
        };
        Problem::field(code, "/payment_term_id", format!("has the fixed installment {fixed}, which is no amount of {currency}: it {error}"))
    })?;
    Ok(Some(if total.0 < 0 { amount.negated()? } else { amount }))
}

/// When a line of a term is due for an invoice of this date.
///
/// Months clamp to the month's end. `end_of_month` moves to the end of the month, `day_of_month` to the next such day that is not before the date, where 31
/// and any day that the month lacks mean its end. Both together mean that day of the following month. `order` says whether the days come before, between
/// or after (TERM-004 to TERM-016, TERM-026).
#[must_use]
pub fn due_date(line: &TermLine, invoice_date: Day) -> Day {
    let months = |day: Day| day.plus_months(line.months);
    let days = |day: Day| day.plus_days(i64::from(line.days));
    let place = |day: Day| place_in_month(line, day);
    match line.order {
        TermOrder::MonthsDaysDay => place(days(months(invoice_date))),
        TermOrder::MonthsDayDays => days(place(months(invoice_date))),
        TermOrder::DaysMonthsDay => place(months(days(invoice_date))),
    }
}

fn place_in_month(line: &TermLine, day: Day) -> Day {
    match (line.end_of_month, line.day_of_month) {
        (false, None) => day,
        (true, None) => day.month_end(),
        (true, Some(wanted)) => day.with_day(1).plus_months(1).with_day(wanted),
        (false, Some(wanted)) => {
            let here = day.with_day(wanted);
            if here < day { day.with_day(1).plus_months(1).with_day(wanted) } else { here }
        }
    }
}

/// Everything that is wrong with a term as somebody enters it. Pointers start at `/installments`.
///
/// Each line says exactly one of percent, fixed and remainder; there is at most one remainder; percentages make 100 exactly, or at most 100 beside a remainder.
#[must_use]
pub fn validate_term(lines: &[TermLine]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if lines.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/installments", "must have at least one installment"));
        return errors;
    }
    if lines.len() > MAX_LINES {
        errors.push(FieldError::pointer(Code::TooMany, "/installments", format!("must have at most {MAX_LINES} installments")));
    }
    for (index, line) in lines.iter().enumerate() {
        validate_line(line, index, &mut errors);
    }
    let remainders = lines.iter().filter(|line| line.remainder == Some(true)).count();
    let percent = lines.iter().filter_map(|line| line.percent).map(|percent| i128::from(percent.0)).sum::<i128>();
    let whole = i128::from(Percent::WHOLE.0);
    if remainders > 1 {
        errors.push(FieldError::pointer(Code::InvalidValue, "/installments", "must have at most one remainder"));
    } else if remainders == 1 && percent > whole {
        errors.push(FieldError::pointer(Code::InvalidValue, "/installments", "must have percentages of at most 100 together"));
    } else if remainders == 0 && percent != whole {
        errors.push(FieldError::pointer(Code::InvalidValue, "/installments", "must have percentages that make 100, or a remainder"));
    }
    errors
}

fn validate_line(line: &TermLine, index: usize, errors: &mut Vec<FieldError>) {
    let mut wrong = |field: &str, detail: &str| errors.push(FieldError::pointer(Code::InvalidValue, format!("/installments/{index}{field}"), detail));
    let given = [line.percent.is_some(), line.fixed.is_some(), line.remainder == Some(true)].into_iter().filter(|given| *given).count();
    if given != 1 {
        wrong("", "must say exactly one of percent, fixed and remainder");
    }
    if line.percent.is_some_and(|percent| percent <= Percent::ZERO || percent > Percent::WHOLE) {
        wrong("/percent", "must be more than 0 and at most 100");
    }
    if line.fixed.as_ref().is_some_and(|fixed| causeway_value::parse_scaled(&fixed.0, 6).is_ok_and(|amount| amount < 0)) {
        wrong("/fixed", "must not be negative");
    }
    if line.day_of_month.is_some_and(|day| !(1..=31).contains(&day)) {
        wrong("/day_of_month", "must be from 1 to 31");
    }
}

/// Splits the company-currency amount of a document as its parts in the document's currency are split: each rounded, the last takes the residue
/// (TERM-022, TERM-023).
///
/// # Errors
/// [`Overflow`] when a part does not fit.
pub fn in_proportion(company_total: Amount, total: Amount, parts: &[Amount]) -> Result<Vec<Amount>, Overflow> {
    let Some((_, first)) = parts.split_last() else {
        return Ok(Vec::new());
    };
    let mut shares = Vec::with_capacity(parts.len());
    for part in first {
        shares.push(if total.is_zero() { Amount::ZERO } else { Amount(product(&[company_total.0, part.0], &[total.0])?) });
    }
    shares.push(company_total.minus(Amount::sum(shares.iter().copied())?)?);
    Ok(shares)
}

/// The part of an invoice that shares its taxes, for the early payment discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountGroup {
    /// Without tax.
    pub untaxed: Amount,
    /// Taxes that follow the price.
    pub tax: Amount,
    /// Taxes per unit: they are never discounted (EPD-008).
    pub fixed_tax: Amount,
}

/// What an early payment saves on a group: discount given, and tax to be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupDiscount {
    /// Off the untaxed amount.
    pub untaxed: Amount,
    /// Off the tax.
    pub tax: Amount,
}

/// What an early payment discount comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyPayment {
    /// The last day on which it is granted (EPD-014).
    pub last_day: Day,
    /// The discount of each group, in the order given.
    pub groups: Vec<GroupDiscount>,
    /// The sum of the discounts.
    pub discount: Amount,
    /// What is to be paid until then.
    pub payable: Amount,
}

/// The early payment discount of an invoice (EPD-001 to EPD-015). `on_payment` lowers the tax with the price; `never` leaves it; `upfront` too, because the
/// tax on the invoice was computed as if the discount were taken, and stays so when the payment is late.
///
/// It is the share of everything that is discounted, rounded once: what a customer takes off the total. Its parts are rounded so that they add up to it.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn early_payment(invoice_date: Day, groups: &[DiscountGroup], discount: &EarlyDiscount) -> Result<EarlyPayment, Overflow> {
    let lowers_tax = discount.tax_mode == causeway_value::DiscountTaxMode::OnPayment;
    let bases = groups.iter().flat_map(|group| [group.untaxed, if lowers_tax { group.tax } else { Amount::ZERO }]);
    let parts = shares(&bases.collect::<Vec<_>>(), discount.percent)?;
    let mut found = EarlyPayment { last_day: invoice_date.plus_days(discount.days.into()), groups: Vec::new(), discount: Amount::ZERO, payable: Amount::ZERO };
    for (group, part) in groups.iter().zip(parts.chunks(2)) {
        let [untaxed, tax] = *part else { continue };
        let sum = untaxed.plus(tax)?;
        let total = group.untaxed.plus(group.tax)?.plus(group.fixed_tax)?;
        found.discount = found.discount.plus(sum)?;
        found.payable = found.payable.plus(total)?.minus(sum)?;
        found.groups.push(GroupDiscount { untaxed, tax });
    }
    Ok(found)
}

/// The share of each of these that adds up to the share of them all: what rounding each leaves over goes where rounding took or gave most.
fn shares(bases: &[Amount], percent: Percent) -> Result<Vec<Amount>, Overflow> {
    let off = |amount: Amount| product(&[amount.0, percent.0], &[Percent::WHOLE.0]).map(Amount);
    let mut parts = bases.iter().map(|base| off(*base)).collect::<Result<Vec<_>, _>>()?;
    let mut left = off(Amount::sum(bases.iter().copied())?)?.minus(Amount::sum(parts.iter().copied())?)?;
    let lost = |base: Amount, part: Amount| i128::from(base.0) * i128::from(percent.0) - i128::from(part.0) * i128::from(Percent::WHOLE.0);
    while !left.is_zero() {
        let step = Amount(left.0.signum());
        let places = bases.iter().zip(&parts).map(|(base, part)| lost(*base, *part) * i128::from(step.0)).enumerate();
        let Some(part) = places.max_by_key(|(place, lost)| (*lost, std::cmp::Reverse(*place))).and_then(|(place, _)| parts.get_mut(place)) else { break };
        *part = part.plus(step)?;
        left = left.minus(step)?;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
