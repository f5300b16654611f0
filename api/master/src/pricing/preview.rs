//! What a customer would pay, asked without a document (QTE-05, QTE-06, QTE-14): the same rules that price documents answer.

use super::Trace;
use super::service::{LineToPrice, PricedLine, price_lines};
use crate::party::store as party;
use crate::tax_rule::determine::taxation;
use crate::{check, company};
use causeway_contract::{FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::object::{Explanation, ExplanationCandidate, ExplanationStep};
use causeway_openapi::pricing as wire;
use causeway_value::{Day, Quantity};
use serde_json::Value;

/// The price of a product for a customer on a day.
///
/// # Errors
/// `not_found` for what the query names; `price_rule_tie`; `rate_missing`.
pub async fn price(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PriceQuery) -> Result<wire::CustomerPrice, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, query.company_id, &mut errors).await?;
    let party = party::named(tx, Some(query.party_id), "/party_id", &mut errors).await?;
    check::finish(errors).map_err(as_parameters)?;
    let (Some(company), Some(party)) = (company, party) else { return Err(Problem::not_found()) };
    let date = query.date.unwrap_or_else(|| ctx.today(company.time_zone));
    let currency = query.currency.or(party.currency).unwrap_or(company.currency);
    let quantity = query.quantity.unwrap_or(Quantity::ONE);
    let line = LineToPrice { product_id: Some(query.product_id), quantity, unit: query.unit.clone(), ..LineToPrice::default() };
    let priced = price_lines(ctx, tx, &company, &party, date, currency, std::slice::from_ref(&line)).await.map_err(as_parameters)?;
    let Some(mut priced) = priced.into_iter().next() else { return Err(Problem::not_found()) };
    if company.has_tax_rules == Some(true) {
        taxed(tx, &company, &party, date, &mut priced).await?;
    }
    Ok(wire::CustomerPrice {
        object: "customer_price".to_owned(),
        product_id: query.product_id,
        quantity,
        unit: priced.unit,
        unit_price: priced.unit_price,
        price_base_quantity: priced.price_base_quantity,
        currency,
        date,
        source: priced.source.to_string(),
        explain: explanation(priced.trace),
    })
}

/// The price with the taxes in it that the customer pays, as the lines of documents have it.
async fn taxed(tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, date: Day, priced: &mut PricedLine) -> Result<(), Problem> {
    let taxation = taxation(tx, company, party, date).await?;
    let taxes = taxation.of_line(None, priced.product.as_ref(), "", &mut Vec::new());
    taxation.reprice(&taxes, priced)?;
    taxation.explain(&taxes, &mut priced.trace);
    Ok(())
}

/// A query has names where a body has pointers.
fn as_parameters(mut problem: Problem) -> Problem {
    let named = |error: FieldError| FieldError { parameter: error.pointer.map(|pointer| pointer.trim_start_matches('/').to_owned()), pointer: None, ..error };
    problem.errors = problem.errors.into_iter().map(named).collect();
    problem
}

fn explanation(trace: Trace) -> Explanation {
    Explanation {
        result: Value::String(trace.result),
        steps: trace
            .steps
            .into_iter()
            .map(|step| ExplanationStep {
                line: None,
                rule: step.rule,
                input: Value::String(step.input),
                outcome: Value::String(step.outcome),
                because: step.because,
            })
            .collect(),
        candidates: trace
            .candidates
            .into_iter()
            .map(|candidate| ExplanationCandidate {
                line: None,
                rule: candidate.rule,
                outcome: Value::String(candidate.outcome),
                lost_because: candidate.lost_because,
            })
            .collect(),
    }
}
