//! Showing what an amount comes to in another currency, and why.

use super::lookup::{Way, rates};
use super::rules::{Conversion, missing};
use crate::{company, money};
use causeway_contract::{Code, FieldError, Problem};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::object::{Explanation, ExplanationStep};
use causeway_openapi::pricing as wire;
use causeway_value::{Currency, Zone};
use serde_json::Value;

/// Converts an amount as a document of that day would.
///
/// # Errors
/// `rate_missing`; what is wrong with the amount; `not_found` for the company.
pub async fn convert(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::ConvertQuery) -> Result<wire::Converted, Problem> {
    let mut errors = Vec::new();
    let required = |value: Option<Currency>, name: &str, errors: &mut Vec<FieldError>| {
        if value.is_none() {
            errors.push(FieldError::parameter(Code::Required, name, "is required"));
        }
        value
    };
    let from = required(query.from, "from", &mut errors);
    let to = required(query.to, "to", &mut errors);
    if query.amount.is_none() {
        errors.push(FieldError::parameter(Code::Required, "amount", "is required"));
    }
    let amount = from.zip(query.amount.as_ref()).and_then(|(from, text)| money::amount(text, from, "/amount", &mut errors));
    for error in &mut errors {
        error.parameter = error.parameter.take().or_else(|| error.pointer.take().map(|pointer| pointer.trim_start_matches('/').to_owned()));
    }
    let (Some(from), Some(to), Some(amount)) = (from, to, amount) else { return Err(Problem::of(errors)) };
    let zone = match query.company_id {
        Some(id) => company::service::named(tx, id, &mut errors).await?.map(|company| company.time_zone),
        None => None,
    };
    crate::check::finish(errors)?;
    let date = query.date.unwrap_or_else(|| ctx.today(zone.unwrap_or(Zone::UTC)));
    let way = rates(tx, [(from, to)], date).await?.way(from, to).ok_or_else(|| missing(from, to))?;
    let result = way.conversion.amount(amount, from, to)?;
    Ok(wire::Converted {
        object: "conversion".to_owned(),
        amount: amount.text(from),
        from,
        to,
        date,
        result: result.text(to),
        explain: Explanation { result: Value::String(result.text(to).0), steps: steps(&way), candidates: Vec::new() },
    })
}

fn steps(way: &Way) -> Vec<ExplanationStep> {
    let mut steps: Vec<ExplanationStep> = way
        .quotes
        .iter()
        .map(|quote| ExplanationStep {
            line: None,
            rule: "quote".to_owned(),
            input: Value::String(format!("1 {}", quote.currency)),
            outcome: Value::String(format!("{} {}", quote.rate, quote.base)),
            because: format!("the latest rate of the pair, quoted on {}", quote.day),
        })
        .collect();
    let (outcome, because) = match way.conversion {
        Conversion::Same => ("1".to_owned(), "both currencies are the same"),
        Conversion::Times(rate) => (format!("times {rate}"), "in the direction of the quote; rounded once, half away from zero"),
        Conversion::DividedBy(rate) => {
            (format!("divided by {rate}"), "against the direction of the quote, so divided and never inverted; rounded once, half away from zero")
        }
    };
    let rule = if way.quotes.len() > 1 { "cross_rate" } else { "conversion" };
    steps.push(ExplanationStep { line: None, rule: rule.to_owned(), input: Value::Null, outcome: Value::String(outcome), because: because.to_owned() });
    steps
}
