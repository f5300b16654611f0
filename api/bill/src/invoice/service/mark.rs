//! What is noted on a posted invoice without touching its money: that it was sent, and that the other side disputes it (requirement BIL-11).

use super::named;
use crate::invoice::store::{installments_of, lines_of};
use crate::invoice::view::{record, view};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::invoice::Invoice;
use causeway_value::{InvoiceId, InvoiceStatus};

/// Notes that a posted invoice was sent to the other side, now. It may be sent again.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not posted.
pub async fn send(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId) -> Result<Invoice, Problem> {
    let old = posted(tx, id).await?;
    let new = invoices::Model { sent_at: Some(ctx.now()), ..changed(ctx, &old) };
    write(ctx, tx, &old, &new, "invoice.sent").await
}

/// Notes that the other side disputes a posted invoice.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not posted or is disputed already.
pub async fn dispute(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, reason: &str) -> Result<Invoice, Problem> {
    say(reason, "/reason")?;
    let old = posted(tx, id).await?;
    if old.disputed == Some(true) {
        return Err(Problem::new(Code::StateConflict, format!("{} is disputed already. Settle that dispute first.", named(&old))));
    }
    let new = invoices::Model { disputed: Some(true), dispute: Some(reason.to_owned()), ..changed(ctx, &old) };
    write(ctx, tx, &old, &new, "invoice.disputed").await
}

/// Notes that a dispute is over. How it ended stays in the trail; what is to be taken back needs a credit note.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not disputed.
pub async fn settle(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, resolution: &str) -> Result<Invoice, Problem> {
    say(resolution, "/resolution")?;
    let old = posted(tx, id).await?;
    if old.disputed != Some(true) {
        return Err(Problem::new(Code::StateConflict, format!("{} is not disputed.", named(&old))));
    }
    let new = invoices::Model { disputed: Some(false), dispute: Some(resolution.to_owned()), ..changed(ctx, &old) };
    write(ctx, tx, &old, &new, "invoice.dispute_settled").await
}

fn say(text: &str, pointer: &str) -> Result<(), Problem> {
    let mut errors = Vec::new();
    check::not_blank(text, pointer, &mut errors);
    check::finish(errors)
}

async fn posted(tx: &mut Tx<'_>, id: InvoiceId) -> Result<invoices::Model, Problem> {
    let old = tx.lock::<invoices::Entity>(id).await?;
    if old.status == InvoiceStatus::Posted {
        return Ok(old);
    }
    Err(Problem::new(Code::StateConflict, format!("{} is {}. Post it first.", named(&old), old.status)).with("status", old.status.to_string()))
}

fn changed(ctx: &Ctx, old: &invoices::Model) -> invoices::Model {
    invoices::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}

async fn write(ctx: &Ctx, tx: &mut Tx<'_>, old: &invoices::Model, new: &invoices::Model, event: &'static str) -> Result<Invoice, Problem> {
    tx.update(old, new);
    let (lines, parts) = (lines_of(tx, &[new.id]).await?, installments_of(tx, &[new.id]).await?);
    let shown = view(new, &lines, &parts, refs::of(tx, new.id.uuid()).await?);
    record(ctx, tx, event, &shown)?;
    Ok(shown)
}
