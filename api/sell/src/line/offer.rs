//! What a line leaves to the customer and promises: the option of a quote, section and delivery (QTE-01, QTE-11, ORD-01). Pure.

use super::Line;
use causeway_contract::{Code, FieldError};
use causeway_master::check;
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{QuoteLineInput, QuoteSection};
use causeway_value::{Amount, Currency, Day, Overflow};

/// The option that a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its number, from 1. Components of one bundle have the same: they are taken together.
    pub option: u32,
    /// Whether it is taken.
    pub chosen: bool,
}

impl Choice {
    /// What a row says.
    #[must_use]
    pub fn stored(option: Option<i64>, chosen: Option<bool>) -> Option<Self> {
        option.map(|option| Self { option: u32::try_from(option).unwrap_or(u32::MAX), chosen: chosen == Some(true) })
    }
}

/// When something is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// On this day.
    On(Day),
    /// So many days after the customer accepted.
    Within(u32),
}

impl Promise {
    /// What a row says.
    #[must_use]
    pub fn stored(date: Option<Day>, lead_days: Option<i64>) -> Option<Self> {
        date.map(Self::On).or_else(|| lead_days.map(|days| Self::Within(u32::try_from(days).unwrap_or(u32::MAX))))
    }

    /// The day, if it is one.
    #[must_use]
    pub const fn date(self) -> Option<Day> {
        match self {
            Self::On(day) => Some(day),
            Self::Within(_) => None,
        }
    }

    /// The days after acceptance, if it is those.
    #[must_use]
    pub const fn lead_days(self) -> Option<u32> {
        match self {
            Self::On(_) => None,
            Self::Within(days) => Some(days),
        }
    }

    /// The day that it means for what is accepted on a day.
    #[must_use]
    pub fn from(self, accepted: Day) -> Day {
        match self {
            Self::On(day) => day,
            Self::Within(days) => accepted.plus_days(i64::from(days)),
        }
    }

    /// On paper.
    #[must_use]
    pub fn printed(self) -> causeway_print::Promised {
        match self {
            Self::On(day) => causeway_print::Promised::On(day),
            Self::Within(days) => causeway_print::Promised::Within(i64::from(days)),
        }
    }
}

/// The promise that two fields of a body make. Both at once are an error, and so is a day that has passed.
pub fn promise(date: Option<Day>, lead_days: Option<u32>, today: Day, at: &str, errors: &mut Vec<FieldError>) -> Option<Promise> {
    if let Some(day) = date {
        check::day(day, &format!("{at}/promised_date"), errors);
        if day < today {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("{at}/promised_date"), format!("must not be before today, {today}")));
        }
        if lead_days.is_some() {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("{at}/lead_days"), "must not be given together with promised_date"));
        }
    }
    date.map(Promise::On).or_else(|| lead_days.map(Promise::Within))
}

/// What the lines of a body leave to the customer and promise, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers(Vec<Offer>);

/// What one line of a body says besides its price.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    section: Option<String>,
    choice: Option<Choice>,
    promise: Option<Promise>,
}

impl Offer {
    fn read(section: Option<&str>, promise: Option<Promise>, at: &str, errors: &mut Vec<FieldError>) -> Self {
        if let Some(section) = section {
            check::not_blank(section, &format!("{at}/section"), errors);
        }
        Self { section: section.map(str::to_owned), choice: None, promise }
    }
}

impl Offers {
    /// Reads those of an order's lines. Days of delivery are counted from `today`, the day of the order.
    pub fn ordered(inputs: &[LineInput], today: Day, errors: &mut Vec<FieldError>) -> Self {
        let mut offers = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let at = format!("/lines/{index}");
            let promise = promise(input.promised_date, input.lead_days, today, &at, errors).map(|promise| Promise::On(promise.from(today)));
            offers.push(Offer::read(input.section.as_deref(), promise, &at, errors));
        }
        Self(offers)
    }

    /// Reads those of a quote's lines. Options are numbered as they come.
    pub fn read(inputs: &[QuoteLineInput], today: Day, errors: &mut Vec<FieldError>) -> Self {
        let mut options = 0;
        let mut offers = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let at = format!("/lines/{index}");
            let chosen = input.chosen == Some(true);
            let choice = if input.optional == Some(true) {
                options += 1;
                Some(Choice { option: options, chosen })
            } else {
                if input.chosen == Some(false) {
                    errors.push(FieldError::pointer(Code::InvalidValue, format!("{at}/chosen"), "can be false for an optional line only"));
                }
                None
            };
            let promise = promise(input.promised_date, input.lead_days, today, &at, errors);
            offers.push(Offer { choice, ..Offer::read(input.section.as_deref(), promise, &at, errors) });
        }
        Self(offers)
    }

    /// Tells a line what the input line at this place says.
    pub fn adorn(&self, input: usize, line: &mut Line) {
        if let Some(offer) = self.0.get(input) {
            line.section.clone_from(&offer.section);
            line.choice = offer.choice;
            line.promise = offer.promise;
        }
    }
}

/// Lines below one heading.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// The heading; none for lines without one.
    pub title: Option<&'a str>,
    /// The lines.
    pub lines: &'a [Line],
    /// What those that count come to without tax.
    pub sum: Amount,
}

/// Runs of lines below the same heading; none when no line has a heading.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn sections(lines: &[Line]) -> Result<Vec<Section<'_>>, Overflow> {
    if lines.iter().all(|line| line.section.is_none()) {
        return Ok(Vec::new());
    }
    let sum = |lines: &[Line]| Amount::sum(lines.iter().filter(|line| line.counts()).map(|line| line.net_amount));
    let runs = lines.chunk_by(|one, next| one.section == next.section);
    runs.map(|lines| Ok(Section { title: lines.first().and_then(|line| line.section.as_deref()), lines, sum: sum(lines)? })).collect()
}

/// The sections as the API shows them.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn shown(lines: &[Line], currency: Currency) -> Result<Vec<QuoteSection>, Overflow> {
    let section = |section: Section<'_>| QuoteSection {
        title: section.title.map(str::to_owned),
        lines: u32::try_from(section.lines.len()).unwrap_or(u32::MAX),
        untaxed_amount: section.sum.text(currency),
    };
    Ok(sections(lines)?.into_iter().map(section).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_promise_is_a_day_or_days_after_acceptance_and_never_both() {
        let today = day("2026-12-01");
        let read = |date: Option<&str>, lead: Option<u32>| {
            let mut errors = Vec::new();
            let promise = promise(date.map(day), lead, today, "", &mut errors);
            (promise.map(|promise| promise.from(day("2026-12-10")).to_string()), errors.into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>())
        };
        assert_eq!(read(None, None), (None, vec![]));
        assert_eq!(read(Some("2026-12-01"), None), (Some("2026-12-01".to_owned()), vec![]));
        assert_eq!(read(None, Some(0)), (Some("2026-12-10".to_owned()), vec![]));
        assert_eq!(read(None, Some(30)), (Some("2027-01-09".to_owned()), vec![]));
        assert_eq!(read(Some("2026-11-30"), None).1, ["/promised_date"]);
        assert_eq!(read(Some("2026-12-24"), Some(3)).1, ["/lead_days"]);
    }

    #[test]
    fn options_are_numbered_as_they_come() {
        let input = |optional: Option<bool>, chosen: Option<bool>| QuoteLineInput { optional, chosen, ..QuoteLineInput::default() };
        let mut errors = Vec::new();
        let lines = [input(None, None), input(Some(true), None), input(Some(false), Some(true)), input(Some(true), Some(true)), input(None, Some(false))];
        let offers = Offers::read(&lines, day("2026-12-01"), &mut errors);
        let choices: Vec<_> = offers.0.iter().map(|offer| offer.choice.map(|choice| (choice.option, choice.chosen))).collect();
        assert_eq!(choices, [None, Some((1, false)), None, Some((2, true)), None]);
        assert_eq!(errors.into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>(), ["/lines/4/chosen"]);
    }
}
