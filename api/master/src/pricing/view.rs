//! Traces as the API shows them.

use super::{Trace, TraceCandidate, TraceStep};
use causeway_openapi::object::{Explanation, ExplanationCandidate, ExplanationStep};
use serde_json::Value;

/// The explanation of a document from the traces of its lines, in order; `result` is what it explains.
#[must_use]
pub fn explanation(result: Value, traces: &[Trace]) -> Explanation {
    let lines = || (1_u32..).zip(traces);
    Explanation {
        result,
        steps: lines().flat_map(|(line, trace)| trace.steps.iter().map(move |one| step(line, one))).collect(),
        candidates: lines().flat_map(|(line, trace)| trace.candidates.iter().map(move |one| candidate(line, one))).collect(),
    }
}

fn step(line: u32, step: &TraceStep) -> ExplanationStep {
    ExplanationStep {
        line: Some(line),
        rule: step.rule.clone(),
        input: step.input.clone().into(),
        outcome: step.outcome.clone().into(),
        because: step.because.clone(),
    }
}

fn candidate(line: u32, candidate: &TraceCandidate) -> ExplanationCandidate {
    ExplanationCandidate {
        line: Some(line),
        rule: candidate.rule.clone(),
        outcome: candidate.outcome.clone().into(),
        lost_because: candidate.lost_because.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let mut trace = Trace::default();
        trace.step("list_price", "none", "18.00", "no price list applies");
        trace.lost("GOLD", "is not valid on 2026-01-01");
        let shown = explanation(Value::Null, &[Trace::default(), trace]);
        assert_eq!((shown.steps[0].line, shown.steps[0].outcome.as_str()), (Some(2), Some("18.00")));
        assert_eq!((shown.candidates[0].line, shown.candidates[0].outcome.as_str()), (Some(2), Some("lost")));
    }
}
