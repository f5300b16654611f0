//! The days of a fiscal year, and which of them are locked.

use causeway_entity::books::fiscal_years::Model;
use causeway_value::Day;

/// The first and last day of the fiscal year that ends in the calendar year `year`, when years begin in `start_month`; none outside the calendar.
#[must_use]
pub fn days_of(year: i32, start_month: u32) -> Option<(Day, Day)> {
    let first = if start_month > 1 { Day::of(year - 1, start_month, 1)? } else { Day::of(year, 1, 1)? };
    Some((first, first.plus_months(12).plus_days(-1)))
}

/// The fiscal year whose lock covers a day: its own, or, when it has none, the last of those that are locked later (ACC-10). What is locked stands on all that came
/// before it, so a day without an open year of its own changes what is locked.
#[must_use]
pub fn locking(years: &[Model], day: Day) -> Option<&Model> {
    let locks = |year: &&Model| year.locked_through.is_some_and(|through| through >= day);
    let own = |year: &&Model| (year.starts_on..=year.ends_on).contains(&day);
    if years.iter().any(|year| own(&year)) {
        return years.iter().filter(own).find(locks);
    }
    years.iter().filter(locks).max_by_key(|year| year.locked_through)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{CompanyId, FiscalYearId, FiscalYearStatus, Instant, TenantId};

    fn year(year: i32, locked_through: Option<&str>) -> Model {
        let (starts_on, ends_on) = days_of(year, 1).unwrap();
        Model {
            tenant_id: TenantId::new(),
            id: FiscalYearId::new(),
            company_id: CompanyId::new(),
            year: year.into(),
            starts_on,
            ends_on,
            status: FiscalYearStatus::Open,
            locked_through: locked_through.map(|day| day.parse().unwrap()),
            reason: None,
            version: 1,
            created_at: Instant::default(),
            updated_at: Instant::default(),
        }
    }

    #[test]
    fn what_came_before_a_locked_day_is_locked_unless_its_own_year_is_open() {
        let by = |years: &[Model], day: &str| locking(years, day.parse().unwrap()).map(|year| year.year);
        let locked = [year(2025, Some("2025-12-31")), year(2026, Some("2026-03-31"))];
        // Each day of a year with a lock by that, and what has no year by the last one.
        let days = ["2024-06-30", "2025-01-01", "2025-12-31", "2026-03-31", "2026-04-01", "2027-01-01"];
        assert_eq!(days.map(|day| by(&locked, day)), [Some(2026), Some(2025), Some(2025), Some(2026), None, None]);
        let reopened = [year(2024, None), year(2025, Some("2025-12-31"))];
        assert_eq!(["2023-12-31", "2024-06-30", "2025-06-30", "2026-01-01"].map(|day| by(&reopened, day)), [Some(2025), None, Some(2025), None]);
        assert_eq!(by(&[year(2025, None)], "2024-06-30"), None);
        assert_eq!(by(&[], "2024-06-30"), None);
    }

    #[test]
    fn a_year_is_named_after_its_end() {
        let days = |year, month| days_of(year, month).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(days(2026, 1).as_deref(), Some("2026-01-01 2026-12-31"));
        assert_eq!(days(2026, 4).as_deref(), Some("2025-04-01 2026-03-31"));
        assert_eq!(days(2024, 3).as_deref(), Some("2023-03-01 2024-02-29"));
    }
}
