//! Converting by a quoted rate.

use causeway_contract::{Code, Problem};
use causeway_value::{Amount, Currency, Day, Overflow, Price, Rate, product};

/// How an amount becomes one of another currency: by the rate as it was quoted. Going against the quote divides by it, so nothing is lost to an inverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Both currencies are the same.
    Same,
    /// The rate says what one of the source currency is worth.
    Times(Rate),
    /// The rate says what one of the target currency is worth.
    DividedBy(Rate),
}

/// Answers how to convert from the first currency to the second on the day of the document; none when no rate is quoted.
pub type Rates<'a> = &'a dyn Fn(Currency, Currency) -> Option<Conversion>;

impl Conversion {
    /// The amount in minor units of `to`, rounded half away from zero, once.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit or the rate is zero.
    pub fn amount(self, amount: Amount, from: Currency, to: Currency) -> Result<Amount, Overflow> {
        let ([rate, minor], divisors) = self.factors(from, to);
        product(&[amount.0, rate, minor], &divisors).map(Amount)
    }

    /// What an amount in minor units of `from` is multiplied with and divided by.
    #[must_use]
    pub fn factors(self, from: Currency, to: Currency) -> ([i64; 2], [i64; 2]) {
        match self {
            Self::Same => ([1, 1], [1, 1]),
            Self::Times(rate) => ([rate.0, to.minor_units()], [Rate::ONE.0, from.minor_units()]),
            Self::DividedBy(rate) => ([Rate::ONE.0, to.minor_units()], [rate.0, from.minor_units()]),
        }
    }

    /// The price in the target currency, at six decimals.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit or the rate is zero.
    pub fn price(self, price: Price) -> Result<Price, Overflow> {
        let converted = match self {
            Self::Same => price.0,
            Self::Times(rate) => product(&[price.0, rate.0], &[Rate::ONE.0])?,
            Self::DividedBy(rate) => product(&[price.0, Rate::ONE.0], &[rate.0])?,
        };
        Ok(Price(converted))
    }

    /// The way back, by the same quoted rate.
    #[must_use]
    pub const fn back(self) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::Times(rate) => Self::DividedBy(rate),
            Self::DividedBy(rate) => Self::Times(rate),
        }
    }
}

/// Two conversions one after the other, as one rate of twelve decimals: in the direction in which it is one or more, where twelve decimals say most.
///
/// # Errors
/// [`Overflow`] when the rate does not fit.
pub fn crossed(first: Conversion, second: Conversion) -> Result<Conversion, Overflow> {
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for conversion in [first, second] {
        match conversion {
            Conversion::Same => {}
            Conversion::Times(rate) => above.push(rate.0),
            Conversion::DividedBy(rate) => below.push(rate.0),
        }
    }
    // Every rate is a number of Rate::ONE parts; what is left over of those is put on the other side.
    let ratio = |above: &[i64], below: &[i64]| {
        let factors: Vec<i64> = above.iter().copied().chain(std::iter::repeat_n(Rate::ONE.0, below.len() + 1)).collect();
        let divisors: Vec<i64> = below.iter().copied().chain(std::iter::repeat_n(Rate::ONE.0, above.len())).collect();
        product(&factors, &divisors)
    };
    match ratio(&above, &below) {
        Ok(rate) if rate >= Rate::ONE.0 => Ok(Conversion::Times(Rate(rate))),
        _ => ratio(&below, &above).map(|rate| Conversion::DividedBy(Rate(rate))),
    }
}

/// The rate of the other direction, at twelve decimals.
///
/// # Errors
/// [`Overflow`] when it does not fit or the rate is zero.
pub fn inverse(rate: Rate) -> Result<Rate, Overflow> {
    product(&[Rate::ONE.0, Rate::ONE.0], &[rate.0]).map(Rate)
}

/// The conversion that `rates` knows; [`Conversion::Same`] without asking when both currencies are the same.
///
/// # Errors
/// `rate_missing` naming the pair.
pub fn conversion(from: Currency, to: Currency, rates: Rates<'_>) -> Result<Conversion, Problem> {
    if from == to {
        return Ok(Conversion::Same);
    }
    rates(from, to).ok_or_else(|| missing(from, to))
}

/// The problem of a pair without a rate.
#[must_use]
pub fn missing(from: Currency, to: Currency) -> Problem {
    Problem::new(Code::RateMissing, format!("There is no exchange rate from {from} to {to} for this day. Add one and try again."))
        .with("from", from.code())
        .with("to", to.code())
}

/// The problem of a pair without a rate, with the day that it was looked for where that is not said yet.
#[must_use]
pub fn of_day(problem: Problem, day: Day) -> Problem {
    let known = |name: &str| problem.meta.get(name).and_then(|code| code.as_str()).map(str::to_owned);
    match (known("from"), known("to")) {
        (Some(from), Some(to)) if problem.code == Code::RateMissing && !problem.meta.contains_key("day") => {
            let detail = format!(
                "There is no exchange rate from {from} to {to} of {day} or before. Add one of that day or earlier (POST /v1/exchange-rates) and try again."
            );
            Problem { detail, ..problem }.with("day", day.to_string())
        }
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn the_quote_decides_whether_to_multiply_or_to_divide() {
        let (eur, usd, jpy) = (currency("EUR"), currency("USD"), currency("JPY"));
        // FX-011: 400.00 at 1.20 and 1.10 foreign per company.
        assert_eq!(Conversion::DividedBy("1.2".parse().unwrap()).amount(Amount(40_000), usd, eur), Ok(Amount(33_333)));
        assert_eq!(Conversion::DividedBy("1.1".parse().unwrap()).amount(Amount(40_000), usd, eur), Ok(Amount(36_364)));
        // FX-016: thirds stay exact when the quote is 3 foreign per company.
        let third = Conversion::DividedBy("3".parse().unwrap());
        let parts = [100_000, 20_000, 18_000, 3_000].map(|part| third.amount(Amount(part), usd, eur).unwrap().0);
        assert_eq!(parts, [33_333, 6_667, 6_000, 1_000]);
        assert_eq!(Conversion::Times("160.5".parse().unwrap()).amount(Amount(1_000), eur, jpy), Ok(Amount(1_605)));
        assert_eq!(Conversion::Times("2".parse().unwrap()).price("90".parse().unwrap()), Ok("180".parse().unwrap()));
        assert_eq!(Conversion::DividedBy(Rate(0)).amount(Amount(1), usd, eur), Err(Overflow));
    }

    #[test]
    fn a_missing_rate_names_the_pair() {
        let problem = conversion(currency("EUR"), currency("USD"), &|_, _| None).unwrap_err();
        assert_eq!((problem.code, problem.meta["from"].as_str()), (Code::RateMissing, Some("EUR")));
        assert_eq!(conversion(currency("EUR"), currency("EUR"), &|_, _| None), Ok(Conversion::Same));
        let told = of_day(problem, "2026-02-03".parse().unwrap());
        assert!(told.detail.contains("EUR to USD of 2026-02-03"), "{}", told.detail);
        assert_eq!(told.meta["day"].as_str(), Some("2026-02-03"));
        assert_eq!(of_day(told.clone(), "2026-02-04".parse().unwrap()), told, "what is said already stands");
    }

    proptest! {
        #[test]
        fn the_way_back_is_within_half_a_unit_of_what_was_lost(cents in -1_000_000_000_i64..1_000_000_000, rate in 1_000_000_000_000_i64..9_000_000_000_000) {
            let (eur, usd) = (currency("EUR"), currency("USD"));
            let there = Conversion::Times(Rate(rate));
            let back = there.back().amount(there.amount(Amount(cents), eur, usd).unwrap(), usd, eur).unwrap();
            prop_assert_eq!(back, Amount(cents));
        }
    }
}
