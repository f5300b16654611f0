//! The rate of a pair of currencies on a day: the latest that was quoted on it or before, in whichever direction it was quoted. A pair that nobody quoted goes
//! through a currency against which both are: the euro, as the European Central Bank quotes, or the dollar.

use super::rules::{Conversion, crossed, missing, of_day};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Find, Tx};
use causeway_value::{Currency, Day, Rate};
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What most rates are quoted against, in the order in which they are tried.
const PIVOTS: [&str; 2] = ["EUR", "USD"];

/// A pair: from which currency to which.
type Pair = (Currency, Currency);

/// The rates that hold on a day.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    /// By the currency that is valued and the one it is valued in.
    quotes: BTreeMap<Pair, (Day, Rate)>,
    /// The day, to tell which one has none.
    day: Option<Day>,
}

/// A rate as somebody quoted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The currency that is valued.
    pub currency: Currency,
    /// The currency it is valued in.
    pub base: Currency,
    /// The day of the quote.
    pub day: Day,
    /// Units of `base` for one of `currency`.
    pub rate: Rate,
}

/// A conversion with the quotes that it comes from: none for one currency, one, or two through a third currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// How to convert.
    pub conversion: Conversion,
    /// From what.
    pub quotes: Vec<Quote>,
}

/// The rates that hold on `day` for these pairs, in one query, or two when a pair goes through another currency; in none when every pair is of one currency.
///
/// # Errors
/// When the database fails. A missing rate is one only when it is used.
pub async fn rates(tx: &mut Tx<'_>, pairs: impl IntoIterator<Item = Pair>, day: Day) -> Result<RateTable, Problem> {
    let pairs: BTreeSet<Pair> = pairs.into_iter().filter(|(from, to)| from != to).collect();
    let mut table = RateTable { quotes: quotes(tx, &pairs, day).await?, day: Some(day) };
    let legs: BTreeSet<Pair> = pairs.into_iter().filter(|(from, to)| table.direct(*from, *to).is_none()).flat_map(legs).collect();
    table.quotes.extend(quotes(tx, &legs, day).await?);
    Ok(table)
}

/// The ways through the pivots.
fn legs((from, to): Pair) -> impl Iterator<Item = Pair> {
    pivots().filter(move |pivot| *pivot != from && *pivot != to).flat_map(move |pivot| [(from, pivot), (pivot, to)])
}

fn pivots() -> impl Iterator<Item = Currency> {
    PIVOTS.iter().filter_map(|code| code.parse().ok())
}

/// The latest quotes of these pairs, in either direction.
async fn quotes(tx: &mut Tx<'_>, pairs: &BTreeSet<Pair>, day: Day) -> Result<BTreeMap<Pair, (Day, Rate)>, Problem> {
    let wanted: BTreeSet<Pair> = pairs.iter().flat_map(|(from, to)| [(*from, *to), (*to, *from)]).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let latest = "currency = ? AND base = ? AND date = (SELECT MAX(q.date) FROM exchange_rates q \
        WHERE q.tenant_id = $1 AND q.currency = ? AND q.base = ? AND q.date <= ?)";
    let condition = vec![latest; wanted.len()].join(" OR ");
    let values = wanted.into_iter().flat_map(|(currency, base)| {
        let (currency, base): (Value, Value) = (currency.into(), base.into());
        [currency.clone(), base.clone(), currency, base, day.into()]
    });
    let rows = Find::<exchange_rates::Entity>::new().when(&condition, values.collect()).all(tx).await?;
    Ok(rows.into_iter().map(|row| ((row.currency, row.base), (row.date, row.rate))).collect())
}

/// How to convert from one currency to another on a day: for an amount of a document and the books of its company.
///
/// # Errors
/// `rate_missing` naming the pair, or when the database fails.
pub async fn rate(tx: &mut Tx<'_>, from: Currency, to: Currency, day: Day) -> Result<Conversion, Problem> {
    rates(tx, [(from, to)], day).await?.conversion(from, to)
}

/// How to convert an amount of a document of `day` for the books of its company, which may take no quotes but recent ones.
///
/// # Errors
/// `rate_missing` naming the pair and, of one that is too old, its day; or when the database fails.
pub async fn booked_rate(tx: &mut Tx<'_>, company: &companies::Model, from: Currency, day: Day) -> Result<Conversion, Problem> {
    rates(tx, [(from, company.currency)], day).await?.booked(company, from, day)
}

impl RateTable {
    /// A table of quotes: the currency that is valued, the one it is valued in, the day and the rate.
    #[must_use]
    pub fn of(quotes: impl IntoIterator<Item = (Currency, Currency, Day, Rate)>) -> Self {
        Self { quotes: quotes.into_iter().map(|(currency, base, day, rate)| ((currency, base), (day, rate))).collect(), day: None }
    }

    /// How to convert. None when there is no way.
    #[must_use]
    pub fn find(&self, from: Currency, to: Currency) -> Option<Conversion> {
        self.way(from, to).map(|way| way.conversion)
    }

    /// How to convert, and from which quotes: by the pair's own, else through the first pivot that both are quoted against.
    #[must_use]
    pub fn way(&self, from: Currency, to: Currency) -> Option<Way> {
        if from == to {
            return Some(Way { conversion: Conversion::Same, quotes: Vec::new() });
        }
        if let Some((conversion, quote)) = self.direct(from, to) {
            return Some(Way { conversion, quotes: vec![quote] });
        }
        pivots().find_map(|pivot| {
            let ((there, first), (back, second)) = (self.direct(from, pivot)?, self.direct(pivot, to)?);
            Some(Way { conversion: crossed(there, back).ok()?, quotes: vec![first, second] })
        })
    }

    /// Whether the quotes that convert from one currency to the other are of this day and no older.
    #[must_use]
    pub fn is_of(&self, from: Currency, to: Currency, day: Day) -> bool {
        self.way(from, to).is_some_and(|way| way.quotes.iter().all(|quote| quote.day == day))
    }

    /// By the later of the pair's two quotes; by the direct one when both are of one day.
    fn direct(&self, from: Currency, to: Currency) -> Option<(Conversion, Quote)> {
        let quote = |currency: Currency, base: Currency| self.quotes.get(&(currency, base)).map(|(day, rate)| Quote { currency, base, day: *day, rate: *rate });
        match (quote(from, to), quote(to, from)) {
            (Some(direct), Some(other)) if other.day > direct.day => Some((Conversion::DividedBy(other.rate), other)),
            (Some(direct), _) => Some((Conversion::Times(direct.rate), direct)),
            (None, Some(other)) => Some((Conversion::DividedBy(other.rate), other)),
            (None, None) => None,
        }
    }

    /// How to convert an amount of a document of `day` for the books of its company.
    ///
    /// # Errors
    /// As [`booked_rate`].
    pub fn booked(&self, company: &companies::Model, from: Currency, day: Day) -> Result<Conversion, Problem> {
        self.recent(company, from, company.currency, day)
    }

    /// How to convert between any two currencies on `day` for a company, which may take no quotes but recent ones.
    ///
    /// # Errors
    /// As [`booked_rate`].
    pub fn recent(&self, company: &companies::Model, from: Currency, to: Currency, day: Day) -> Result<Conversion, Problem> {
        let conversion = self.conversion(from, to)?;
        let Some(age) = company.max_rate_age_days else { return Ok(conversion) };
        let oldest = day.plus_days(age.saturating_neg());
        let used = self.way(from, to).map(|way| way.quotes).unwrap_or_default();
        match used.iter().find(|quote| quote.day < oldest) {
            None => Ok(conversion),
            Some(quote) => {
                let (from, to, of) = (quote.currency, quote.base, quote.day);
                let detail = format!(
                    "The latest exchange rate from {from} to {to} is of {of}, and {} books with none of before {oldest} on {day}. \
                     Add a newer one: POST /v1/exchange-rates.",
                    company.name
                );
                let problem = Problem::new(Code::RateMissing, detail).with("from", from.code()).with("to", to.code());
                Err(problem.with("latest", of.to_string()))
            }
        }
    }

    /// How to convert.
    ///
    /// # Errors
    /// `rate_missing` naming the pair, and the day where it is known.
    pub fn conversion(&self, from: Currency, to: Currency) -> Result<Conversion, Problem> {
        self.find(from, to).ok_or_else(|| match self.day {
            None => missing(from, to),
            Some(day) => of_day(missing(from, to), day),
        })
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

    #[test]
    fn a_pair_that_nobody_quoted_goes_through_the_euro() {
        let [eur, usd, gbp, jpy]: [Currency; 4] = ["EUR", "USD", "GBP", "JPY"].map(|code| code.parse().unwrap());
        let day: Day = "2026-10-30".parse().unwrap();
        let quoted = [(usd, "1.1172"), (gbp, "0.8338"), (jpy, "175.68")].map(|(to, rate)| (eur, to, day, rate.parse().unwrap()));
        let table = RateTable::of(quoted);
        let way = table.way(gbp, usd).unwrap();
        assert_eq!(way.conversion, Conversion::Times("1.339889661789".parse().unwrap()), "1.1172 / 0.8338");
        assert_eq!(way.quotes.iter().map(|quote| quote.base).collect::<Vec<_>>(), [gbp, usd]);
        assert_eq!(table.find(usd, gbp), Some(Conversion::DividedBy("1.339889661789".parse().unwrap())), "the way back is the same rate");
        assert_eq!(table.find(jpy, usd), Some(Conversion::DividedBy("157.250268528464".parse().unwrap())));
        assert_eq!(RateTable::of([quoted[0]]).find(gbp, usd), None);
        assert_eq!(legs((gbp, usd)).collect::<Vec<_>>(), [(gbp, eur), (eur, usd)]);
    }
}
