//! The months of a report: from which day to which, and the instants where each begins.

use causeway_contract::{Code, FieldError, Problem};
use causeway_value::{Day, Instant, Zone};

/// Months of one report, at most.
const MONTHS: usize = 120;

/// A month, or the part of it that the report covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    /// `YYYY-MM`.
    pub name: String,
    /// Its first day that counts.
    pub first: Day,
    /// Its last day that counts.
    pub last: Day,
    /// Its first instant that counts.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

/// The days of a report: `to` or today, back to `from` or the first day of the month eleven months before.
pub(crate) fn days(from: Option<Day>, to: Option<Day>, today: Day) -> Result<(Day, Day), Problem> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| {
        let months = to.year() * 12 + i32::try_from(to.month()).unwrap_or(1) - 1 - 11;
        Day::of(months.div_euclid(12), u32::try_from(months.rem_euclid(12)).unwrap_or(0) + 1, 1).unwrap_or(to)
    });
    if from > to {
        return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "from", "must not be after `to`")]));
    }
    Ok((from, to))
}

/// The months from one day to another, both included.
///
/// # Errors
/// `invalid_value` for more than 120 of them.
pub(crate) fn months(from: Day, to: Day, zone: Zone) -> Result<Vec<Month>, Problem> {
    let mut months = Vec::new();
    let mut first = from;
    while first <= to {
        if months.len() == MONTHS {
            return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "from", format!("must be at most {MONTHS} months before `to`"))]));
        }
        let last = first.month_end().min(to);
        let next = last.plus_days(1);
        months.push(Month { name: format!("{:04}-{:02}", first.year(), first.month()), first, last, start: first.start_in(zone), end: next.start_in(zone) });
        first = next;
    }
    Ok(months)
}

/// The months as a table `months` that a statement begins with. They stand in its text: they come before the tenant, and SQLite counts parameters as they appear.
pub(crate) fn table(months: &[Month]) -> String {
    let row = |month: &Month| format!("('{}', '{}', '{}', {}, {})", month.name, month.first, month.last, month.start.0, month.end.0);
    let rows: Vec<String> = months.iter().map(row).collect();
    format!("WITH months (month, first_day, last_day, starts, ends) AS (VALUES {})", rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_back_to_the_first_of_a_month() {
        assert_eq!(days(None, None, day("2026-11-24")).unwrap(), (day("2025-12-01"), day("2026-11-24")));
        assert_eq!(days(None, Some(day("2026-12-31")), day("2026-11-24")).unwrap(), (day("2026-01-01"), day("2026-12-31")));
        assert!(days(Some(day("2026-12-01")), None, day("2026-11-24")).is_err());
    }

    #[test]
    fn months_touch_and_are_cut_at_both_ends() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let found = months(day("2026-09-15"), day("2026-11-02"), zone).unwrap();
        assert_eq!(found.iter().map(|month| month.name.as_str()).collect::<Vec<_>>(), ["2026-09", "2026-10", "2026-11"]);
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(found[0].start.day_in(zone), day("2026-09-15"));
        assert_eq!(found[2].end.day_in(zone), day("2026-11-03"));
        assert!(months(day("2000-01-01"), day("2026-01-01"), zone).is_err());
    }
}
