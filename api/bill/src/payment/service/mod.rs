//! The verbs of a payment.

mod ahead;
pub mod allocate;
pub mod create;
pub mod refund;
pub mod register;
pub mod schedule;
mod settle;
mod targets;
pub mod undo;

use causeway_contract::{Code, Problem};
use causeway_entity::bill::payments;
use causeway_kernel::{Ctx, News, Tx};
use causeway_value::PaymentStatus;

/// The next version of a payment.
fn changed(ctx: &Ctx, old: &payments::Model) -> payments::Model {
    payments::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}

/// Tells the floors above that a customer or supplier paid or was paid.
async fn announce(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, payment: &payments::Model) -> Result<(), Problem> {
    tx.announce(ctx, News { event, subject: payment.id.uuid(), about: payment.party_id.uuid(), complete: false }).await
}

/// Refuses what only a payment in this state allows.
fn must_be(payment: &payments::Model, status: PaymentStatus, todo: &str) -> Result<(), Problem> {
    if payment.status == status {
        return Ok(());
    }
    let name = payment.number.clone().unwrap_or_else(|| payment.id.to_string());
    let posted = status == PaymentStatus::Draft && payment.status != PaymentStatus::Cancelled;
    let code = if posted { Code::DocumentPosted } else { Code::StateConflict };
    Err(Problem::new(code, format!("The payment {name} is {}. {todo}", payment.status)).with("status", payment.status.to_string()))
}
