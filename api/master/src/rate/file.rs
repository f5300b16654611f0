//! The files in which the European Central Bank publishes its reference rates: one euro is worth so much of each currency. Pure.

use causeway_contract::{Code, FieldError, Problem};
use causeway_value::{Currency, Day, Rate};
use std::str::FromStr;

/// Wrong places that one answer names.
const ERRORS: usize = 50;
/// Where the file stands in the request.
const CONTENT: &str = "/content";

/// A rate of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRate {
    /// The day.
    pub date: Day,
    /// The currency that one euro is valued in.
    pub base: Currency,
    /// How much of it one euro is worth.
    pub rate: Rate,
}

/// The rates of a CSV file: a line of currencies, and a line per day. `N/A` and empty cells say nothing; so do the columns of currencies that are no more.
///
/// # Errors
/// `malformed` for what is no such file; every cell that is no date or rate, by line.
pub fn csv(content: &str) -> Result<Vec<FileRate>, Problem> {
    let mut lines = (1..).zip(content.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((_, head)) = lines.next() else { return Err(no_file("has no line of currencies")) };
    let mut columns = cells(head);
    if columns.next() != Some("Date") {
        return Err(no_file("must begin with a line `Date,USD,JPY,…`"));
    }
    let currencies: Vec<Option<Currency>> = columns.map(|code| code.parse().ok()).collect();
    let (mut rates, mut errors) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        let mut cells = cells(line);
        let date = cells.next().unwrap_or_default();
        let Some(date) = day(date) else {
            wrong(&mut errors, format!("line {number}: {date:?} is not a date"));
            continue;
        };
        for (base, cell) in currencies.iter().zip(cells) {
            match (base, cell) {
                (None, _) | (_, "" | "N/A") => {}
                (Some(base), cell) => push(&mut rates, &mut errors, date, *base, cell, &format!("line {number}")),
            }
        }
    }
    finish(rates, errors)
}

/// The rates of an XML file: elements `Cube` with a time, and inside of each elements `Cube` with a currency and a rate.
///
/// # Errors
/// `malformed` for what is no such file; every element whose date or rate is none.
pub fn xml(content: &str) -> Result<Vec<FileRate>, Problem> {
    let mut reader = quick_xml::Reader::from_str(content);
    let (mut rates, mut errors) = (Vec::new(), Vec::new());
    let mut date = None;
    loop {
        let element = match reader.read_event() {
            Ok(quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element)) => element,
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => continue,
            Err(error) => return Err(no_file(&format!("is not well-formed XML: {error}"))),
        };
        if element.local_name().as_ref() != "Cube" {
            continue;
        }
        let attribute = |name: &str| element.try_get_attribute(name).ok().flatten().map(|found| found.value.into_owned());
        if let Some(time) = attribute("time") {
            date = Day::from_str(&time).ok();
            if date.is_none() {
                wrong(&mut errors, format!("{time:?} is not a date"));
            }
        }
        if let (Some(currency), Some(rate)) = (attribute("currency"), attribute("rate")) {
            match (date, currency.parse()) {
                (None, _) => return Err(no_file("has a rate before any day")),
                (Some(date), Ok(base)) => push(&mut rates, &mut errors, date, base, &rate, &format!("{currency} of {date}")),
                // A currency that is no more.
                (Some(_), Err(_)) => {}
            }
        }
    }
    if rates.is_empty() && errors.is_empty() {
        return Err(no_file("has no element `Cube` with a currency and a rate"));
    }
    finish(rates, errors)
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim)
}

/// The daily file writes `20 November 2026`, the historical one `2026-11-20`.
fn day(text: &str) -> Option<Day> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut parts = text.split_whitespace();
    let (day, month, year) = (parts.next()?.parse().ok()?, parts.next()?.to_lowercase(), parts.next()?.parse().ok()?);
    let month = (1_u32..).zip(MONTHS).find(|(_, name)| month.starts_with(name))?.0;
    Day::of(year, month, day)
}

fn push(rates: &mut Vec<FileRate>, errors: &mut Vec<FieldError>, date: Day, base: Currency, cell: &str, place: &str) {
    match cell.parse::<Rate>() {
        Ok(rate) if rate.0 > 0 => rates.push(FileRate { date, base, rate }),
        _ => wrong(errors, format!("{place}: {cell:?} is not a rate")),
    }
}

fn wrong(errors: &mut Vec<FieldError>, detail: String) {
    if errors.len() < ERRORS {
        errors.push(FieldError::pointer(Code::InvalidValue, CONTENT, detail));
    }
}

fn no_file(detail: &str) -> Problem {
    Problem::field(Code::InvalidValue, CONTENT, detail)
}

fn finish(rates: Vec<FileRate>, errors: Vec<FieldError>) -> Result<Vec<FileRate>, Problem> {
    if errors.is_empty() { Ok(rates) } else { Err(Problem::of(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rates: &[FileRate]) -> Vec<String> {
        rates.iter().map(|rate| format!("{} {} {}", rate.date, rate.base, rate.rate)).collect()
    }

    #[test]
    fn the_historical_and_the_daily_file_are_read() {
        let historical = "Date,USD,BGN,SIT,JPY,\n2026-10-30,1.1172,1.9558,N/A,175.68,\n\n1999-01-04,1.1789,N/A,189.045,133.73,\n";
        assert_eq!(
            shown(&csv(historical).unwrap()),
            ["2026-10-30 USD 1.1172", "2026-10-30 BGN 1.9558", "2026-10-30 JPY 175.68", "1999-01-04 USD 1.1789", "1999-01-04 JPY 133.73"]
        );
        assert_eq!(shown(&csv("Date, USD, JPY, \n20 November 2026, 1.0876, 163.5, \n").unwrap()), ["2026-11-20 USD 1.0876", "2026-11-20 JPY 163.5"]);
    }

    #[test]
    fn the_xml_file_is_read() {
        let content = "<?xml version='1.0'?><gesmes:Envelope xmlns:gesmes='g' xmlns='e'><Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.0876'/>\
            <Cube currency=\"JPY\" rate=\"163.5\"/></Cube><Cube time='2026-11-19'><Cube currency='USD' rate='1.08'/></Cube></Cube></gesmes:Envelope>";
        assert_eq!(shown(&xml(content).unwrap()), ["2026-11-20 USD 1.0876", "2026-11-20 JPY 163.5", "2026-11-19 USD 1.08"]);
    }

    #[test]
    fn every_wrong_place_is_named() {
        let problem = csv("Date,USD,JPY\n2026-02-30,1,1\n2026-01-02,x,-1\n2026-01-03,1e3,0\n").unwrap_err();
        let details: Vec<&str> = problem.errors.iter().map(|error| error.detail.as_str()).collect();
        assert_eq!(
            details,
            [
                "line 2: \"2026-02-30\" is not a date",
                "line 3: \"x\" is not a rate",
                "line 3: \"-1\" is not a rate",
                "line 4: \"1e3\" is not a rate",
                "line 4: \"0\" is not a rate"
            ]
        );
        for content in ["", "USD,JPY\n1,2"] {
            assert!(csv(content).is_err(), "{content}");
        }
        for content in ["", "<a/>", "<a", "<Cube currency='USD' rate='1'/>", "<Cube time='never'><Cube currency='USD' rate='1'/></Cube>"] {
            assert!(xml(content).is_err(), "{content}");
        }
    }
}
