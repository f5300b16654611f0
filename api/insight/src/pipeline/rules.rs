//! Sums in several currencies, months, and the win rate.

use causeway_contract::Problem;
use causeway_master::rate::lookup::RateTable;
use causeway_master::rate::rules::Conversion;
use causeway_openapi::pipeline as wire;
use causeway_value::{Amount, Currency, Day, Instant, Overflow, Percent, Zone, format_scaled, product, scaled};
use std::collections::BTreeMap;

/// Deals and what they are worth, each currency by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// In minor units.
    pub values: BTreeMap<Currency, Amount>,
}

impl Sum {
    /// Adds a group of deals of one currency.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn add(&mut self, count: i64, currency: Currency, value: Amount) -> Result<(), Overflow> {
        self.count = self.count.checked_add(count).ok_or(Overflow)?;
        let sum = self.values.entry(currency).or_insert(Amount::ZERO);
        *sum = sum.plus(value)?;
        Ok(())
    }

    /// Adds another sum.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        for (currency, value) in &other.values {
            self.add(0, *currency, *value)?;
        }
        self.count = self.count.checked_add(other.count).ok_or(Overflow)?;
        Ok(())
    }

    /// What it is worth in one currency: each sum is converted once.
    ///
    /// # Errors
    /// `rate_missing` naming the pair, or `amount_overflow`.
    pub fn value(&self, rates: &RateTable, to: Currency) -> Result<Amount, Problem> {
        let mut total = Amount::ZERO;
        for (currency, value) in self.values.iter().filter(|(_, value)| !value.is_zero()) {
            total = total.plus(rates.conversion(*currency, to)?.amount(*value, *currency, to)?)?;
        }
        Ok(total)
    }

    /// As [`Sum::value`], without what is in a currency that has no rate: [`unconverted`] tells that apart.
    ///
    /// # Errors
    /// `amount_overflow`.
    pub fn convertible(&self, rates: &RateTable, to: Currency) -> Result<Amount, Problem> {
        let mut total = Amount::ZERO;
        for (currency, value) in &self.values {
            if let Some(conversion) = rates.find(*currency, to) {
                total = total.plus(conversion.amount(*value, *currency, to)?)?;
            }
        }
        Ok(total)
    }
}

/// The deals of a report whose currency has no rate to its own, in their own: one deal in such a currency is no reason to tell nobody anything.
///
/// # Errors
/// [`Overflow`] when they do not fit.
pub fn unconverted(deals: impl IntoIterator<Item = (Currency, i64, Amount)>, rates: &RateTable, to: Currency) -> Result<Vec<wire::UnconvertedDeals>, Overflow> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for (currency, count, value) in deals.into_iter().filter(|(currency, ..)| rates.find(*currency, to).is_none()) {
        sums.entry(currency).or_default().add(count, currency, value)?;
    }
    let shown = |(currency, sum): (Currency, Sum)| wire::UnconvertedDeals {
        currency,
        count: sum.count,
        value: sum.values.get(&currency).copied().unwrap_or(Amount::ZERO).text(currency),
    };
    Ok(sums.into_iter().map(shown).collect())
}

/// Won deals out of all that ended, to four decimals, half away from zero; none when none ended.
///
/// # Errors
/// [`Overflow`] when the counts do not fit.
pub fn win_rate(won: i64, lost: i64) -> Result<Option<String>, Overflow> {
    let ended = won.checked_add(lost).ok_or(Overflow)?;
    if ended == 0 {
        return Ok(None);
    }
    Ok(Some(format_scaled(product(&[won, 10_000], &[ended])?, 4, 4)))
}

/// Amounts of one currency, each times its probability: added exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighed(i128);

impl Weighed {
    /// Adds an amount.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn add(&mut self, value: Amount, probability: Percent) -> Result<(), Overflow> {
        let more = i128::from(value.0).checked_mul(probability.0.into()).ok_or(Overflow)?;
        self.0 = self.0.checked_add(more).ok_or(Overflow)?;
        Ok(())
    }

    /// What it comes to in another currency: converted and rounded once.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit or the rate is zero.
    pub fn amount(self, conversion: Conversion, (from, to): (Currency, Currency)) -> Result<Amount, Overflow> {
        let ([rate, minor], [per, parts]) = conversion.factors(from, to);
        scaled(self.0, &[rate, minor], &[Percent::WHOLE.0, per, parts]).map(Amount)
    }
}

/// A calendar month in a zone, cut to the period of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// `YYYY-MM`.
    pub name: String,
    /// Its first instant.
    pub starts: Instant,
    /// The first instant after it.
    pub ends: Instant,
}

/// The months from one instant up to another, which is not part of them any more.
#[must_use]
pub fn months(from: Instant, until: Instant, zone: Zone) -> Vec<Month> {
    let mut months = Vec::new();
    let mut first = from.day_in(zone).with_day(1);
    while first.start_in(zone) < until {
        let next = first.plus_months(1);
        let (starts, ends) = (first.start_in(zone).max(from), next.start_in(zone).min(until));
        if starts < ends {
            months.push(Month { name: name(first), starts, ends });
        }
        if next <= first {
            break;
        }
        first = next;
    }
    months
}

/// The month of a day.
#[must_use]
pub fn name(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Whole days from one instant to a later one as the calendar of a place counts them: from midnight to midnight they are days, also when the clocks change
/// in between.
#[must_use]
pub fn whole_days(from: Instant, until: Instant, zone: Zone) -> i64 {
    let (first, last) = (from.day_in(zone), until.day_in(zone));
    let earlier_in_its_day = until.seconds_since(last.start_in(zone)) < from.seconds_since(first.start_in(zone));
    last.days_since(first) - i64::from(earlier_in_its_day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract::Code;
    use causeway_value::Rate;

    #[test]
    fn a_day_is_a_day_when_the_clocks_change() {
        let zone: Zone = "America/New_York".parse().unwrap();
        let midnight = |day: &str| day.parse::<Day>().unwrap().start_in(zone);
        let days = |from: Instant, until: Instant| whole_days(from, until, zone);
        assert_eq!(days(midnight("2017-03-01"), midnight("2017-03-31")), 30);
        assert_eq!(days(midnight("2017-10-20"), midnight("2017-11-20")), 31);
        assert_eq!(days(midnight("2017-03-01"), midnight("2017-03-31").plus_seconds(-1)), 29);
        assert_eq!(days(midnight("2017-03-01").plus_seconds(7_200), midnight("2017-03-03").plus_seconds(3_600)), 1);
        assert_eq!(days(midnight("2017-03-01"), midnight("2017-03-01")), 0);
    }

    #[test]
    fn the_win_rate_has_four_decimals() {
        let rate = |won, lost| win_rate(won, lost).unwrap();
        assert_eq!([rate(4_238, 2_473), rate(1, 2), rate(2, 1)], [Some("0.6315".to_owned()), Some("0.3333".to_owned()), Some("0.6667".to_owned())]);
        assert_eq!([rate(5, 0), rate(0, 5), rate(0, 0)], [Some("1.0000".to_owned()), Some("0.0000".to_owned()), None]);
    }

    #[test]
    fn months_are_local_and_cut_to_the_period() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let found = months(at("2016-12-31T23:30:00Z"), at("2017-03-10T00:00:00Z"), berlin);
        let shown: Vec<_> = found.iter().map(|month| (month.name.as_str(), month.starts.to_string(), month.ends.to_string())).collect();
        assert_eq!(
            shown,
            [
                ("2017-01", "2016-12-31T23:30:00.000000Z".to_owned(), "2017-01-31T23:00:00.000000Z".to_owned()),
                ("2017-02", "2017-01-31T23:00:00.000000Z".to_owned(), "2017-02-28T23:00:00.000000Z".to_owned()),
                ("2017-03", "2017-02-28T23:00:00.000000Z".to_owned(), "2017-03-10T00:00:00.000000Z".to_owned()),
            ]
        );
        assert_eq!(months(at("2017-01-01T00:00:00Z"), at("2017-01-01T00:00:00Z"), Zone::UTC), []);
    }

    #[test]
    fn each_currency_is_converted_once() {
        let (eur, usd): (Currency, Currency) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        let mut sum = Sum::default();
        for (currency, value) in [(usd, 1), (usd, 1), (usd, 1), (eur, 100)] {
            sum.add(1, currency, Amount(value)).unwrap();
        }
        let half = RateTable::of([(usd, eur, "2026-01-01".parse().unwrap(), "0.5".parse().unwrap())]);
        // 0.03 USD is 0.015 EUR, rounded away from zero; one by one it would be 0.03.
        assert_eq!((sum.count, sum.value(&half, eur).unwrap()), (4, Amount(102)));
        assert_eq!(sum.value(&RateTable::default(), eur).unwrap_err().code, Code::RateMissing);
        // Where a report goes on without them, they are told apart.
        assert_eq!(sum.convertible(&RateTable::default(), eur).unwrap(), Amount(100));
        let apart = unconverted([(usd, 2, Amount(2)), (eur, 1, Amount(100)), (usd, 1, Amount(1))], &RateTable::default(), eur).unwrap();
        assert_eq!(apart.iter().map(|deals| (deals.currency, deals.count, deals.value.0.as_str())).collect::<Vec<_>>(), [(usd, 3, "0.03")]);
        assert_eq!(unconverted([(usd, 2, Amount(2))], &half, eur).unwrap(), []);
    }

    #[test]
    fn what_may_be_expected_is_rounded_once() {
        let of = |code: &str| code.parse::<Currency>().unwrap();
        let rate = |text: &str| text.parse::<Rate>().unwrap();
        let (half, tenth) = ("50".parse().unwrap(), "10".parse().unwrap());
        let weighted = |value, probability, conversion, pair| {
            let mut weighed = Weighed::default();
            weighed.add(value, probability).unwrap();
            weighed.amount(conversion, pair)
        };
        assert_eq!(weighted(Amount(333), half, Conversion::Same, (of("EUR"), of("EUR"))), Ok(Amount(167)));
        // 2,350.6 yen are 15.514 dollars, and 2,351 of them would be 15.52.
        assert_eq!(weighted(Amount(23_506), tenth, Conversion::Times(rate("0.0066")), (of("JPY"), of("USD"))), Ok(Amount(1_551)));
        assert_eq!(weighted(Amount(163_113), half, Conversion::Times(rate("1.234567")), (of("EUR"), of("USD"))), Ok(Amount(100_687)));
        assert_eq!(weighted(Amount(1_551), half, Conversion::DividedBy(rate("0.0066")), (of("USD"), of("JPY"))), Ok(Amount(1_175)));
    }
}
