//! What an amendment changes of the document itself: discount, payment term, reference and what the customer reads.

use crate::check::share;
use crate::header;
use causeway_contract::{FieldError, Problem};
use causeway_entity::AmendedField;
use causeway_entity::sell::orders::Model;
use causeway_kernel::Tx;
use causeway_openapi::order_amendment::AmendOrder;

/// The order with the fields that a body gives.
///
/// # Errors
/// When the database fails.
pub(super) async fn amended(tx: &mut Tx<'_>, order: Model, body: &AmendOrder, errors: &mut Vec<FieldError>) -> Result<Model, Problem> {
    let term = body.payment_term_id.clone().over(order.payment_term_id);
    header::check_terms(tx, order.company_id, if body.payment_term_id.is_absent() { None } else { term }, None, errors).await?;
    let upfront_percent = header::upfront_by(tx, (order.payment_term_id, order.upfront_percent), term).await?;
    let discount_percent = body.discount_percent.unwrap_or(order.discount_percent);
    share(discount_percent, "/discount_percent", errors);
    Ok(Model {
        payment_term_id: term,
        upfront_percent,
        discount_percent,
        reference: body.reference.clone().over(order.reference),
        notes: body.notes.clone().over(order.notes),
        terms: body.terms.clone().over(order.terms),
        ..order
    })
}

/// The fields that are otherwise, as the API writes them.
pub(super) fn changes(before: &Model, after: &Model) -> Vec<AmendedField> {
    let written = |order: &Model| {
        [
            ("discount_percent", Some(order.discount_percent.to_string())),
            ("payment_term_id", order.payment_term_id.map(|id| id.to_string())),
            ("reference", order.reference.clone()),
            ("notes", order.notes.clone()),
            ("terms", order.terms.clone()),
        ]
    };
    let both = written(before).into_iter().zip(written(after));
    both.filter(|((_, was), (_, is))| was != is).map(|((field, before), (_, after))| AmendedField { field: field.to_owned(), before, after }).collect()
}
