//! The rate of a pair of currencies on a day: the latest that was quoted on it or before, in whichever direction it was quoted.

use super::rules::{Conversion, conversion};
use causeway_contract::Problem;
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Find, Tx};
use causeway_value::{Currency, Day, Rate};
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The rates that hold on a day.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    /// By the currency that is valued and the one it is valued in.
    quotes: BTreeMap<(Currency, Currency), (Day, Rate)>,
}

/// The rates that hold on `day` for these pairs, in one query; in none when every pair is of one currency.
///
/// # Errors
/// When the database fails. A missing rate is one only when it is used.
pub async fn rates(tx: &mut Tx<'_>, pairs: impl IntoIterator<Item = (Currency, Currency)>, day: Day) -> Result<RateTable, Problem> {
    let quotes: BTreeSet<(Currency, Currency)> = pairs.into_iter().filter(|(from, to)| from != to).flat_map(|(from, to)| [(from, to), (to, from)]).collect();
    if quotes.is_empty() {
        return Ok(RateTable::default());
    }
    let latest = "currency = ? AND base = ? AND date = (SELECT MAX(q.date) FROM exchange_rates q \
        WHERE q.tenant_id = $1 AND q.currency = ? AND q.base = ? AND q.date <= ?)";
    let condition = vec![latest; quotes.len()].join(" OR ");
    let values = quotes.into_iter().flat_map(|(currency, base)| {
        let (currency, base): (Value, Value) = (currency.into(), base.into());
        [currency.clone(), base.clone(), currency, base, day.into()]
    });
    let rows = Find::<exchange_rates::Entity>::new().when(&condition, values.collect()).all(tx).await?;
    Ok(RateTable::of(rows.into_iter().map(|row| (row.currency, row.base, row.date, row.rate))))
}

/// How to convert from one currency to another on a day: for an amount of a document and the books of its company.
///
/// # Errors
/// `rate_missing` naming the pair, or when the database fails.
pub async fn rate(tx: &mut Tx<'_>, from: Currency, to: Currency, day: Day) -> Result<Conversion, Problem> {
    rates(tx, [(from, to)], day).await?.conversion(from, to)
}

impl RateTable {
    /// A table of quotes: the currency that is valued, the one it is valued in, the day and the rate.
    #[must_use]
    pub fn of(quotes: impl IntoIterator<Item = (Currency, Currency, Day, Rate)>) -> Self {
        Self { quotes: quotes.into_iter().map(|(currency, base, day, rate)| ((currency, base), (day, rate))).collect() }
    }

    /// How to convert, by the later of the two quotes; by the direct one when both are of one day. None when there is no quote.
    #[must_use]
    pub fn find(&self, from: Currency, to: Currency) -> Option<Conversion> {
        if from == to {
            return Some(Conversion::Same);
        }
        match (self.quotes.get(&(from, to)), self.quotes.get(&(to, from))) {
            (Some((day, _)), Some((later, rate))) if later > day => Some(Conversion::DividedBy(*rate)),
            (Some((_, rate)), _) => Some(Conversion::Times(*rate)),
            (None, Some((_, rate))) => Some(Conversion::DividedBy(*rate)),
            (None, None) => None,
        }
    }

    /// How to convert.
    ///
    /// # Errors
    /// `rate_missing` naming the pair.
    pub fn conversion(&self, from: Currency, to: Currency) -> Result<Conversion, Problem> {
        conversion(from, to, &|from, to| self.find(from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract::Code;

    #[test]
    fn the_later_quote_wins_and_the_direct_one_of_the_same_day() {
        let (eur, usd, gbp): (Currency, Currency, Currency) = ("EUR".parse().unwrap(), "USD".parse().unwrap(), "GBP".parse().unwrap());
        let (early, late): (Day, Day) = ("2026-01-01".parse().unwrap(), "2026-01-02".parse().unwrap());
        let (direct, back) = (Rate(900_000_000_000), Rate(1_100_000_000_000));
        let table = |direct_day, back_day| RateTable::of([(usd, eur, direct_day, direct), (eur, usd, back_day, back)]);
        assert_eq!(table(early, early).find(usd, eur), Some(Conversion::Times(direct)));
        assert_eq!(table(early, early).find(eur, usd), Some(Conversion::Times(back)));
        assert_eq!(table(early, late).find(usd, eur), Some(Conversion::DividedBy(back)));
        assert_eq!(table(late, early).find(eur, usd), Some(Conversion::DividedBy(direct)));
        assert_eq!(table(early, late).find(gbp, gbp), Some(Conversion::Same));
        let problem = table(early, late).conversion(gbp, eur).unwrap_err();
        assert_eq!((problem.code, problem.meta["from"].as_str()), (Code::RateMissing, Some("GBP")));
    }
}
