//! How a document came to its amounts: the stored reasons of its prices, and the arithmetic after them.

use super::Line;
use super::amounts::{Terms, Totals};
use causeway_master::pricing::Trace;
use causeway_openapi::object::{Explanation, ExplanationCandidate, ExplanationStep};
use causeway_value::{DiscountBase, Percent, TaxRounding};
use serde_json::{Value, json};

/// The explanation of a document whose lines have these price traces, in the order of the lines.
#[must_use]
pub fn explanation(lines: &[Line], totals: &Totals, terms: Terms, traces: &[Trace]) -> Explanation {
    let mut steps = Vec::new();
    let mut candidates = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let number = u32::try_from(index + 1).ok();
        if let Some(trace) = traces.get(index) {
            steps.extend(price_steps(number, trace));
            candidates.extend(price_candidates(number, trace));
        }
        steps.push(net_step(number, line, terms));
        steps.extend(tax_steps(number, line, terms));
    }
    let result = json!({
        "currency": terms.currency.code(),
        "untaxed_amount": totals.untaxed.text(terms.currency),
        "tax_amount": totals.tax.text(terms.currency),
        "total_amount": totals.total.text(terms.currency),
    });
    Explanation { result, steps, candidates }
}

fn price_steps(line: Option<u32>, trace: &Trace) -> impl Iterator<Item = ExplanationStep> {
    trace.steps.iter().map(move |step| ExplanationStep {
        line,
        rule: step.rule.clone(),
        input: Value::String(step.input.clone()),
        outcome: Value::String(step.outcome.clone()),
        because: step.because.clone(),
    })
}

fn price_candidates(line: Option<u32>, trace: &Trace) -> impl Iterator<Item = ExplanationCandidate> {
    trace.candidates.iter().map(move |candidate| ExplanationCandidate {
        line,
        rule: candidate.rule.clone(),
        outcome: Value::String(candidate.outcome.clone()),
        lost_because: candidate.lost_because.clone(),
    })
}

fn net_step(number: Option<u32>, line: &Line, terms: Terms) -> ExplanationStep {
    ExplanationStep {
        line: number,
        rule: "net_amount".to_owned(),
        input: json!({
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "price_base_quantity": line.price_base_quantity,
            "discount_percent": line.discount_percent,
            "document_discount_percent": terms.discount,
            "document_discount_base": terms.discount_base,
        }),
        outcome: Value::String(line.net_amount.text(terms.currency).0),
        because: net_reason(terms).to_owned(),
    }
}

const fn net_reason(terms: Terms) -> &'static str {
    match terms.discount_base {
        DiscountBase::NetAmount => "quantity times price by the price's base quantity, less both discounts, without included taxes, rounded once",
        DiscountBase::TotalAmount | DiscountBase::TotalWithoutFixedTaxes => {
            "quantity times price by the price's base quantity, less the line's discount, without included taxes, rounded once; \
             then less the line's part of the document's discount, which is taken off the total with tax"
        }
    }
}

fn tax_steps(number: Option<u32>, line: &Line, terms: Terms) -> impl Iterator<Item = ExplanationStep> {
    let mut because = match terms.tax.rounding {
        TaxRounding::PerLine => "the tax of the line, rounded by itself",
        TaxRounding::PerDocument
        | TaxRounding::PerDocumentNet
        | TaxRounding::PerDocumentAdjusted
        | TaxRounding::PerDocumentExact
        | TaxRounding::PerDocumentExactTotal
        | TaxRounding::PerDocumentExactTax => "the line's part of the tax, which is rounded once for the document",
    }
    .to_owned();
    if terms.upfront != Percent::ZERO {
        because.push_str(&format!("; it is computed as if the discount of {} % for paying early were taken, as its payment term says", terms.upfront));
    }
    line.taxes.iter().map(move |part| ExplanationStep {
        line: number,
        rule: part.tax_id.to_string(),
        input: Value::String(part.base.text(terms.currency).0),
        outcome: Value::String(part.amount.text(terms.currency).0),
        because: because.clone(),
    })
}
