//! The one place where costs and margins leave an answer (SEC-07): after the handler, after the idempotency store, before the wire.

use crate::Ctx;
use causeway_contract::{COSTS, mask_costs};
use serde_json::Value;

/// Words without which a text tells no cost: looking for them is cheaper than reading it.
const WORDS: [&str; 2] = ["cost", "margin"];

/// Masks what this caller may not see.
pub(super) fn value(ctx: &Ctx, value: &mut Value) {
    if !ctx.may(COSTS) {
        mask_costs(value);
    }
}

/// The same of a value that is written already.
pub(super) fn text(ctx: &Ctx, text: String) -> String {
    if ctx.may(COSTS) || !WORDS.iter().any(|word| text.contains(word)) {
        return text;
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(mut value) => {
            mask_costs(&mut value);
            value.to_string()
        }
        // What is no JSON was not written by a handler.
        Err(_) => String::new(),
    }
}
