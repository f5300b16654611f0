//! Business days and instants. A day is a date in the company's time zone; an instant is UTC with microseconds.

use chrono::{DateTime, Datelike, Months, NaiveDate, SecondsFormat, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text is not a date, an instant or a time zone of the accepted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// Not `YYYY-MM-DD`.
    Day,
    /// Not RFC 3339.
    Instant,
    /// Not an IANA name.
    Zone,
}

impl std::fmt::Display for TimeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Day => "must be a date such as \"2026-12-31\"",
            Self::Instant => "must be an RFC 3339 instant such as \"2026-12-31T09:00:00Z\"",
            Self::Zone => "must be an IANA time zone such as \"Europe/Berlin\"",
        })
    }
}

impl std::error::Error for TimeError {}

/// A business date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub struct Day(NaiveDate);

impl Day {
    /// The day of this calendar date, when there is one.
    #[must_use]
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// `days` later (earlier when negative). Stays put at the ends of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        TimeDelta::try_days(days).and_then(|delta| self.0.checked_add_signed(delta)).map_or(self, Self)
    }

    /// `months` later, clamped to the month's end: 31 January + 1 month = 28 or 29 February.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.0.checked_add_months(Months::new(months)).map_or(self, Self)
    }

    /// The last day of this month.
    #[must_use]
    pub fn month_end(self) -> Self {
        self.with_day(31)
    }

    /// This month's day `day`, clamped to the month's end.
    #[must_use]
    pub fn with_day(self, day: u32) -> Self {
        (1..=day.min(31)).rev().find_map(|d| self.0.with_day(d)).map_or(self, Self)
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// The instant at which the day begins in `zone`: midnight, or the first moment after it where the clocks skip midnight.
    #[must_use]
    pub fn start_in(self, zone: Zone) -> Instant {
        let start = (0..4).find_map(|hour| zone.0.from_local_datetime(&self.0.and_hms_opt(hour, 0, 0)?).earliest());
        Instant(start.map_or_else(|| self.0.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros(), |start| start.timestamp_micros()))
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day()
    }
}

impl std::str::FromStr for Day {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return Err(TimeError::Day) };
        let number = |digits: &[u8]| {
            let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
            digits.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(byte)?))
        };
        let day = || Self::of(i32::try_from(number(&[y1, y2, y3, y4])?).ok()?, number(&[m1, m2])?, number(&[d1, d2])?);
        day().ok_or(TimeError::Day)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Instant(pub i64);

impl Instant {
    /// `seconds` later (earlier when negative), saturating.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to this instant.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }

    /// The date at this instant in `zone`.
    #[must_use]
    pub fn day_in(self, zone: Zone) -> Day {
        Day(self.utc().with_timezone(&zone.0).date_naive())
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl std::str::FromStr for Instant {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text).map(|at| Self(at.timestamp_micros())).map_err(|_| TimeError::Instant)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub struct Zone(chrono_tz::Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(chrono_tz::Tz::UTC);
}

impl std::str::FromStr for Zone {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse().map(Self).map_err(|_| TimeError::Zone)
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::number::text_schema("date", "A date, YYYY-MM-DD", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    }
}

impl utoipa::ToSchema for Day {}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::number::text_schema("date-time", "An RFC 3339 instant in UTC with microseconds", "^[0-9]{4}-")
    }
}

impl utoipa::ToSchema for Instant {}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Zone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::number::text_schema("time-zone", "An IANA time zone", "^[A-Za-z]")
    }
}

impl utoipa::ToSchema for Zone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_clamp_to_their_end() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2023-01-31").plus_months(1), day("2023-02-28"));
        assert_eq!(day("2026-02-10").month_end(), day("2026-02-28"));
        assert_eq!(day("2026-02-10").with_day(31), day("2026-02-28"));
        assert_eq!(day("2026-03-01").days_since(day("2026-02-01")), 28);
        assert!("2026-2-1".parse::<Day>().is_err());
        assert!("2026-02-30".parse::<Day>().is_err());
    }

    #[test]
    fn a_business_day_is_local() {
        let at: Instant = "2026-11-21T23:30:00Z".parse().unwrap();
        assert_eq!(at.day_in("Europe/Berlin".parse().unwrap()).to_string(), "2026-11-22");
        assert_eq!(at.day_in(Zone::UTC).to_string(), "2026-11-21");
        assert_eq!(at.to_string(), "2026-11-21T23:30:00.000000Z");
    }

    #[test]
    fn a_day_begins_at_local_midnight_or_where_the_clocks_skip_it() {
        let start = |day: &str, zone: &str| day.parse::<Day>().unwrap().start_in(zone.parse().unwrap()).to_string();
        assert_eq!(start("2026-11-22", "Europe/Berlin"), "2026-11-21T23:00:00.000000Z");
        assert_eq!(start("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00.000000Z");
    }
}
