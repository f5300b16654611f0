//! The verbs of a payment term.

use super::rules::validate_term;
use super::used;
use crate::check;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::payment_terms;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::term as wire;
use causeway_value::{EarlyDiscount, Json, PaymentTermId, Percent};

/// Creates a payment term.
///
/// # Errors
/// Every mistake in its installments and discount; `already_exists` for the code.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreatePaymentTerm) -> Result<wire::PaymentTerm, Problem> {
    let now = ctx.now();
    let row = payment_terms::Model {
        tenant_id: ctx.tenant,
        id: PaymentTermId::new(),
        code: body.code.clone(),
        name: body.name.clone(),
        installments: Json(body.installments.clone()),
        early_discount: Json(body.early_discount.clone()),
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut errors = Vec::new();
    check::not_blank(&body.code, "/code", &mut errors);
    check::code_is_free::<payment_terms::Entity>(tx, &body.code, &mut errors).await?;
    check_row(&row, &mut errors);
    check::finish(errors)?;
    tx.insert(row.clone());
    record(ctx, tx, "payment_term.created", &row)
}

/// Changes a payment term. When what is due, and what paying early saves, are agreed with every document that names it, and stay as they are from then on (BIL-05).
///
/// # Errors
/// As [`create`]; `not_found`; `state_conflict` for other installments or another discount of a term that documents name.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentTermId, body: &wire::UpdatePaymentTerm) -> Result<wire::PaymentTerm, Problem> {
    let old = tx.lock::<payment_terms::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.installments = Json(body.installments.clone().over_required(new.installments.0));
    new.early_discount = Json(body.early_discount.clone().over(new.early_discount.0));
    new.active = body.active.clone().over_required(new.active);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    check_row(&new, &mut errors);
    check::finish(errors)?;
    if (&new.installments, &new.early_discount) != (&old.installments, &old.early_discount) {
        used::must_be_unused(tx, id).await?;
    }
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    record(ctx, tx, "payment_term.updated", &new)
}

/// The payment term that a field of a new document names, or its error: there must be one, and it must be active.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx<'_>, id: Option<PaymentTermId>, pointer: &str, errors: &mut Vec<FieldError>) -> Result<Option<payment_terms::Model>, Problem> {
    let found = tx.named::<payment_terms::Entity, _>(id, pointer, errors).await?;
    if found.as_ref().is_some_and(|term| !term.active) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "names a payment term that is not active any more"));
    }
    Ok(found)
}

fn check_row(row: &payment_terms::Model, errors: &mut Vec<FieldError>) {
    check::not_blank(&row.name, "/name", errors);
    errors.extend(validate_term(&row.installments.0));
    errors.extend(row.early_discount.0.as_ref().and_then(check_discount));
}

/// All of the invoice is the most that an early payment can save.
fn check_discount(discount: &EarlyDiscount) -> Option<FieldError> {
    let fits = discount.percent > Percent::ZERO && discount.percent <= Percent::WHOLE;
    (!fits).then(|| FieldError::pointer(Code::InvalidValue, "/early_discount/percent", "must be more than 0 and at most 100"))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &payment_terms::Model) -> Result<wire::PaymentTerm, Problem> {
    let view = view(row);
    tx.record(ctx, &Change { event, object: "payment_term", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// The payment term as the API shows it.
#[must_use]
pub fn view(row: &payment_terms::Model) -> wire::PaymentTerm {
    wire::PaymentTerm {
        id: row.id,
        object: "payment_term".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        code: row.code.clone(),
        name: row.name.clone(),
        installments: row.installments.0.clone(),
        early_discount: row.early_discount.0.clone(),
        active: row.active,
        metadata: row.metadata.0.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_a_share_of_the_invoice() {
        let wrong = |percent: &str| check_discount(&EarlyDiscount { percent: percent.parse().unwrap(), days: 10, tax_mode: Default::default() }).is_some();
        assert_eq!(["-1", "0", "0.000001", "2", "100", "100.000001"].map(wrong), [true, true, false, false, false, true]);
    }
}
