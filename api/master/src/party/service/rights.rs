//! What of a customer only some may say (SEC-02, QTE-08, ORD-06, APR-13): how much it may owe, and at which prices and terms it buys. Limits of quotes and of
//! credit would bind nobody if whoever they are for could change the customer instead.

use causeway_contract::{Code, Problem};
use causeway_entity::master::parties;
use causeway_kernel::Ctx;

/// The right to say how much a customer may owe; credit policies need it, too.
pub const CREDIT: &str = "credit:write";
/// The right to say at which prices and terms a customer buys.
pub const TERMS: &str = "parties:terms";

/// The fields that need a right of their own, with it.
pub const GUARDED: [(&str, &str); 4] = [("credit_limit", CREDIT), ("payment_term_id", TERMS), ("price_list_id", TERMS), ("segment", TERMS)];

/// Refuses a new party that says what its maker may not say.
///
/// # Errors
/// `permission_denied` naming the fields and the rights that they need.
pub(super) fn may_create(ctx: &Ctx, new: &parties::Model) -> Result<(), Problem> {
    let said = [new.credit_limit.is_some(), new.payment_term_id.is_some(), new.price_list_id.is_some(), new.segment.is_some()];
    allowed(ctx, said)
}

/// Refuses a change of what the caller may not say. What is written back as it stands changes nothing.
///
/// # Errors
/// As [`may_create`].
pub(super) fn may_change(ctx: &Ctx, old: &parties::Model, new: &parties::Model) -> Result<(), Problem> {
    let limit = |party: &parties::Model| party.credit_limit.zip(party.credit_currency);
    let said = [limit(old) != limit(new), old.payment_term_id != new.payment_term_id, old.price_list_id != new.price_list_id, old.segment != new.segment];
    allowed(ctx, said)
}

fn allowed(ctx: &Ctx, said: [bool; GUARDED.len()]) -> Result<(), Problem> {
    let denied: Vec<(&str, &str)> = GUARDED.into_iter().zip(said).filter(|((_, right), said)| *said && !ctx.may(right)).map(|(field, _)| field).collect();
    refuse(&denied, |needs| {
        format!(
            "How much a customer may owe, and at which prices and terms it buys, is not everybody's to say: {needs}. Leave it out, or ask somebody who has it."
        )
    })
}

/// Refuses fields that each need a right which the caller lacks; `sentence` is told what they need.
///
/// # Errors
/// `permission_denied` naming the fields and the rights that they need, when there are some.
pub fn refuse(denied: &[(&str, &str)], sentence: impl FnOnce(&str) -> String) -> Result<(), Problem> {
    let Some((_, first)) = denied.first() else { return Ok(()) };
    let words: Vec<String> = denied.iter().map(|(field, right)| format!("`{field}` needs the permission {right}")).collect();
    let fields: Vec<&str> = denied.iter().map(|(field, _)| *field).collect();
    Err(Problem::new(Code::PermissionDenied, sentence(&words.join(", "))).with("permission", *first).with("fields", fields))
}
