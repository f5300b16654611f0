//! The one place where costs, margins and what customers owe leave an answer (SEC-07): after the handler, after the idempotency store, before the wire.

use crate::Ctx;
use causeway_contract::{COSTS, CREDIT, CREDIT_FIGURES, Problem, mask_costs, mask_credit, tells_credit, without_credit};
use serde_json::Value;

/// Words without which a text tells no cost: looking for them is cheaper than reading it.
const WORDS: [&str; 2] = ["cost", "margin"];

/// Masks what this caller may not see.
pub(super) fn value(ctx: &Ctx, value: &mut Value) {
    if !ctx.may(COSTS) {
        mask_costs(value);
    }
    if !ctx.may(CREDIT) {
        mask_credit(value);
    }
}

/// A refusal as this caller may read it.
pub(super) fn problem(ctx: &Ctx, problem: Problem) -> Problem {
    if ctx.may(CREDIT) || !tells_credit(&problem.detail) {
        return problem;
    }
    let mut meta = problem.meta;
    meta.retain(|name, _| !CREDIT_FIGURES.contains(&name.as_str()));
    meta.values_mut().for_each(mask_credit);
    Problem { detail: without_credit(&problem.detail), meta, ..problem }
}

/// The same of a value that is written already.
pub(super) fn text(ctx: &Ctx, text: String) -> String {
    let tells_costs = !ctx.may(COSTS) && WORDS.iter().any(|word| text.contains(word));
    if !tells_costs && (ctx.may(CREDIT) || !tells_credit(&text)) {
        return text;
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(mut read) => {
            value(ctx, &mut read);
            read.to_string()
        }
        // What is no JSON was not written by a handler.
        Err(_) => String::new(),
    }
}
