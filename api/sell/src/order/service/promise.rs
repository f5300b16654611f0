//! Promising when an order will come (STK-10, STK-13).

use super::changed;
use crate::order::{rules, store, view};
use causeway_bill::obligation::{Changes, rules::overdue};
use causeway_contract::{Code, FieldError, Problem};
use causeway_deliver::delivery;
use causeway_entity::govern::companies;
use causeway_entity::sell::orders;
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, each_once, finish};
use causeway_openapi::order as wire;
use causeway_value::{OrderId, OrderLine, OrderStatus};

/// Promises a day for what is not delivered yet. A new promise is a new case: when that day passes, the order is late again. It stays late while another
/// line is overdue, or the day itself has passed.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` when nothing is left to come.
pub async fn promise(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::PromiseOrder) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    if !matches!(old.status, OrderStatus::Draft | OrderStatus::Confirmed) {
        return Err(rules::refused(&old, &format!("is {}: nothing of it is left to come.", old.status)));
    }
    let mut changes = Changes::lock(tx, id).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    check_body(body, &parts, old.order_date)?;
    for line in &mut parts.lines {
        let own = body.lines.iter().find(|promised| promised.order_line_id == line.id).map(|promised| promised.promised_date);
        let Some(day) = own.or(body.promised_date) else { continue };
        let before = line.clone();
        line.promised_date = Some(day);
        tx.update(&before, line);
        changes.promise(line.id, day);
    }
    parts.obligations = changes.write(ctx, tx, "").await?.obligations;
    delivery::promise(ctx, tx, id, &parts.obligations).await?;
    // Other lines may be overdue, and so may the new day be.
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let mut late = false;
    for owed in parts.obligations.iter().filter(|_| old.status == OrderStatus::Confirmed) {
        late |= overdue(owed, today)?;
    }
    let new = orders::Model { late: Some(late), ..changed(ctx, &old) };
    tx.update(&old, &new);
    view::record(ctx, tx, "order.promised", &new, &parts)
}

fn check_body(body: &wire::PromiseOrder, parts: &store::Parts, ordered: causeway_value::Day) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if body.promised_date.is_none() && body.lines.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/promised_date", "is required without lines"));
    }
    each_once(body.lines.iter().map(|line| line.order_line_id), "/lines", &mut errors);
    for (index, line) in body.lines.iter().enumerate() {
        if !parts.lines.iter().any(|known| known.id == line.order_line_id) {
            errors.push(check::unknown::<OrderLine>(format!("/lines/{index}/order_line_id"), "order"));
        }
    }
    let days = body.promised_date.map(|day| (day, "/promised_date".to_owned())).into_iter();
    for (day, pointer) in days.chain(body.lines.iter().enumerate().map(|(index, line)| (line.promised_date, format!("/lines/{index}/promised_date")))) {
        check::day(day, &pointer, &mut errors);
        if day < ordered {
            errors.push(FieldError::pointer(Code::InvalidValue, pointer, format!("must not be before the order, which is of {ordered}")));
        }
    }
    finish(errors)
}
