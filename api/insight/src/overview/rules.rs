//! What stands in a section, from what was measured. Pure.

use causeway_openapi::overview::{CollectionStatus, OverviewCount, OverviewSection};
use causeway_value::{Amount, CompanyId, Currency, Day};
use std::collections::BTreeMap;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    Opportunities,
    Quotes,
    Orders,
    Unbilled,
    Billed,
    Open,
    Overdue,
    Disputed,
    Unallocated,
}

impl Measure {
    /// By the word of the statement.
    pub(super) fn of(word: &str) -> Option<Self> {
        let known = [
            ("opportunities", Self::Opportunities),
            ("quotes", Self::Quotes),
            ("orders", Self::Orders),
            ("unbilled", Self::Unbilled),
            ("billed", Self::Billed),
            ("open", Self::Open),
            ("overdue", Self::Overdue),
            ("disputed", Self::Disputed),
            ("unallocated", Self::Unallocated),
        ];
        known.into_iter().find(|(name, _)| *name == word).map(|(_, measure)| measure)
    }

    /// The right that reads the documents which it counts.
    pub(super) const fn right(self) -> &'static str {
        match self {
            Self::Opportunities => "opportunities:read",
            Self::Quotes => "quotes:read",
            Self::Orders => "orders:read",
            Self::Unbilled => "billables:read",
            Self::Billed | Self::Open | Self::Overdue | Self::Disputed => "invoices:read",
            Self::Unallocated => "payments:read",
        }
    }
}

/// How many, what they come to, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measured {
    pub count: i64,
    pub amount: Amount,
    pub since: Option<Day>,
}

/// The section of a company and currency, to who may read the documents of which measures.
pub(super) fn section((company_id, currency): (CompanyId, Currency), measured: &BTreeMap<Measure, Measured>, may: impl Fn(Measure) -> bool) -> OverviewSection {
    let of = |measure| measured.get(&measure).copied().unwrap_or_default();
    let shown = |measure| OverviewCount { count: of(measure).count, amount: of(measure).amount.text(currency) };
    let told = |measure| may(measure).then(|| shown(measure));
    OverviewSection {
        company_id,
        currency,
        open_opportunities: told(Measure::Opportunities),
        open_quotes: told(Measure::Quotes),
        open_orders: told(Measure::Orders),
        unbilled: told(Measure::Unbilled),
        billed: shown(Measure::Billed),
        open: shown(Measure::Open),
        overdue: shown(Measure::Overdue),
        overdue_since: of(Measure::Overdue).since,
        disputed: shown(Measure::Disputed),
        unallocated: told(Measure::Unallocated),
        collection_status: status(of(Measure::Open).count, of(Measure::Overdue).count, of(Measure::Disputed).count),
    }
}

/// The worst that is true: a dispute stops dunning, so it comes before what is overdue.
const fn status(open: i64, overdue: i64, disputed: i64) -> CollectionStatus {
    match (open, overdue, disputed) {
        (_, _, 1..) => CollectionStatus::Disputed,
        (_, 1.., _) => CollectionStatus::Overdue,
        (1.., _, _) => CollectionStatus::Current,
        _ => CollectionStatus::Clear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_is_true_is_the_status() {
        let found = [status(0, 0, 0), status(2, 0, 0), status(2, 1, 0), status(2, 1, 1), status(1, 0, 1)];
        use CollectionStatus::{Clear, Current, Disputed, Overdue};
        assert_eq!(found, [Clear, Current, Overdue, Disputed, Disputed]);
    }

    #[test]
    fn a_section_shows_zero_for_what_was_not_measured_and_nothing_of_what_may_not_be_read() {
        let eur: Currency = "EUR".parse().unwrap();
        let day: Day = "2026-12-01".parse().unwrap();
        let measured = BTreeMap::from([(Measure::Overdue, Measured { count: 2, amount: Amount(1_050), since: Some(day) })]);
        let shown = section((CompanyId::new(), eur), &measured, |measure| measure != Measure::Unbilled);
        assert_eq!((shown.overdue.count, shown.overdue.amount.0.as_str(), shown.overdue_since), (2, "10.50", Some(day)));
        let quotes = shown.open_quotes.as_ref().map(|quotes| (quotes.count, quotes.amount.0.as_str()));
        assert_eq!((quotes, shown.unbilled, shown.collection_status), (Some((0, "0.00")), None, CollectionStatus::Overdue));
    }
}
