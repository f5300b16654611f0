//! What a caller takes for an answer (RFC 9110 §12.5.1). Who says nothing takes anything, and who takes JSON takes whatever an operation answers: papers and
//! streams are no choice, and what goes wrong is told in JSON.

use super::router::Operation;
use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;
use causeway_contract::{Code, Problem};

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const BYTES: &str = "application/octet-stream";

/// What stands in the `Accept` headers.
fn accepted(request: &HttpRequest) -> Vec<&str> {
    request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect()
}

/// Whether the caller would rather have CSV than JSON. CSV must be named: who takes anything gets JSON, and so does who likes both as well.
pub(super) fn wants_csv(request: &HttpRequest) -> bool {
    prefers_csv(&accepted(request))
}

/// Refuses a caller who takes nothing of what an operation answers, before anything happens.
///
/// # Errors
/// `not_acceptable`, naming what there is.
pub(super) fn check(request: &HttpRequest, operation: &Operation) -> Result<(), Problem> {
    let as_csv = operation.columns.is_some() || operation.table.is_some();
    let mut offered = vec![operation.media];
    offered.extend(as_csv.then_some(CSV));
    // A kind of JSON is JSON to whoever names it, and bytes are whatever comes.
    let is_some_json = |(range, weight): (&str, u32)| weight > 0 && (range.to_ascii_lowercase().ends_with("+json") || range.eq_ignore_ascii_case(BYTES));
    if ranges(&accepted(request)).any(is_some_json) || takes(&accepted(request), JSON) || offered.iter().any(|kind| takes(&accepted(request), kind)) {
        return Ok(());
    }
    let detail = format!("This operation answers with {}, which `Accept` leaves out. Name it there, or leave the header out.", offered.join(" or "));
    Err(Problem::new(Code::NotAcceptable, detail))
}

fn prefers_csv(accepted: &[&str]) -> bool {
    let liking = |kind: &str| ranges(accepted).find(|(range, _)| range.eq_ignore_ascii_case(kind)).map_or(0, |(_, weight)| weight);
    let csv = liking(CSV);
    csv > 0 && csv > liking(JSON)
}

/// Whether a type is taken: by the narrowest range that it is in. Where no range says anything, every type is.
fn takes(accepted: &[&str], kind: &str) -> bool {
    let all_of_it = kind.split_once('/').map(|(all, _)| format!("{all}/*")).unwrap_or_default();
    let weight = |name: &str| ranges(accepted).find(|(range, _)| range.eq_ignore_ascii_case(name)).map(|(_, weight)| weight);
    match weight(kind).or_else(|| weight(&all_of_it)).or_else(|| weight("*/*")) {
        Some(weight) => weight > 0,
        None => ranges(accepted).next().is_none(),
    }
}

/// The ranges of types that a caller names, each with how much it is liked, in thousandths. What is no range says nothing; a weight that is no number counts as
/// whole.
fn ranges<'a>(accepted: &[&'a str]) -> impl Iterator<Item = (&'a str, u32)> {
    accepted.iter().filter_map(|part| {
        let mut words = part.split(';').map(str::trim);
        let range = words.next().filter(|range| range.contains('/'))?;
        let weight = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
        Some((range, weight.map_or(1_000, thousandths)))
    })
}

/// A weight such as `0.5`, in thousandths.
fn thousandths(weight: &str) -> u32 {
    causeway_value::parse_scaled(weight, 3).ok().and_then(|weight| u32::try_from(weight).ok()).unwrap_or(1_000).min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_for_who_would_rather_have_it() {
        for (accept, csv) in [
            ("text/csv", true),
            ("text/csv, application/json", false),
            ("text/csv, application/json;q=0.5", true),
            ("application/json; q=0.9, text/csv;q=0.95", true),
            ("application/json, text/csv;q=0.9", false),
            ("Text/CSV;header=present, */*;q=0.1", true),
            ("text/csv;q=0", false),
            ("*/*", false),
            ("", false),
        ] {
            assert_eq!(prefers_csv(&accept.split(',').collect::<Vec<_>>()), csv, "{accept}");
        }
    }

    #[test]
    fn the_narrowest_range_decides() {
        for (accept, taken) in [
            ("", true),
            ("json", true),
            ("*/*", true),
            ("application/*", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html, */*;q=0.1", true),
            ("text/html, application/xml;q=0.9", false),
            ("application/json;q=0, */*", false),
            ("application/*;q=0, application/json", true),
            ("*/*;q=0", false),
            ("application/vnd.api+json", false),
        ] {
            assert_eq!(takes(&accept.split(',').collect::<Vec<_>>(), JSON), taken, "{accept}");
        }
    }
}
