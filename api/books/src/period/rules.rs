//! The days of a fiscal year.

use causeway_value::Day;

/// The first and last day of the fiscal year that ends in the calendar year `year`, when years begin in `start_month`; none outside the calendar.
#[must_use]
pub fn days_of(year: i32, start_month: u32) -> Option<(Day, Day)> {
    let first = if start_month > 1 { Day::of(year - 1, start_month, 1)? } else { Day::of(year, 1, 1)? };
    Some((first, first.plus_months(12).plus_days(-1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_named_after_its_end() {
        let days = |year, month| days_of(year, month).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(days(2026, 1).as_deref(), Some("2026-01-01 2026-12-31"));
        assert_eq!(days(2026, 4).as_deref(), Some("2025-04-01 2026-03-31"));
        assert_eq!(days(2024, 3).as_deref(), Some("2023-03-01 2024-02-29"));
    }
}
