//! What somebody makes billable: milestones that were reached, time, periods and usage, as long as nothing in the system tells of them (BIL-01, BIL-02).

use super::rules::manual_quantity;
use super::service::{Source, make};
use super::view::view;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::obligations;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::check;
use causeway_openapi::billable::{Billable, CreateBillable};
use causeway_value::{BillableId, BillingPolicy, ObligationId, SourceType};

/// Makes a part of an order line billable.
///
/// # Errors
/// Every wrong field; `not_found` for what is no line of a confirmed order; `amount_exceeds_open` for more than is left to bill.
pub(super) async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateBillable) -> Result<Billable, Problem> {
    let mut errors = Vec::new();
    if body.quantity.is_some() && body.percent.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/percent", "cannot stand beside quantity; give one of them"));
    }
    if let Some(text) = &body.description {
        check::not_blank(text, "/description", &mut errors);
    }
    let id: ObligationId = body.order_line_id.cast();
    let Some(old) = Find::<obligations::Entity>::new().eq(obligations::Column::Id, id).lock().one(tx).await? else {
        let detail = "names no line of a confirmed order of this tenant; confirm the order first";
        errors.push(FieldError::pointer(Code::NotFound, "/order_line_id", detail));
        return Err(Problem::of(errors));
    };
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    if let Some(date) = body.billable_date {
        check::posting_day(date, today, "/billable_date", &mut errors);
    }
    if let Some(detail) = by_itself(old.billing_policy) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/order_line_id", detail));
    }
    check::finish(errors)?;
    let quantity = manual_quantity(&old, body.quantity, body.percent)?;
    let mut new = old.clone();
    if let Some(text) = &body.description {
        new.description = text.clone();
    }
    // Its source is a decision, which is recorded nowhere else.
    let source = Source { kind: SourceType::Manual, id: BillableId::new().uuid() };
    let made = make(ctx, tx, &mut new, quantity, source, body.billable_date.unwrap_or(today))?.ok_or_else(Problem::not_found)?;
    new.description = old.description.clone();
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    Ok(view(&made))
}

/// What bills a line without anybody's help, and what to do about it.
const fn by_itself(policy: BillingPolicy) -> Option<&'static str> {
    match policy {
        BillingPolicy::OnOrder => Some("names a line that is billable since its order was confirmed; invoice that"),
        BillingPolicy::OnDelivery => Some("names a line that becomes billable when it is shipped; ship it"),
        BillingPolicy::Milestone | BillingPolicy::Time | BillingPolicy::Recurring | BillingPolicy::Usage => None,
    }
}
