//! Invoices become overdue when the day of an open installment has passed where their company is (requirement PAY-19, vector MATCH-008).

use super::{installments_of, lines_of, record, view};
use causeway_contract::Problem;
use causeway_entity::bill::invoices::{Column, Entity, Model};
use causeway_govern::clock::{Due, DueDay};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::refs;
use causeway_value::{Instant, InvoiceId};

/// What falls due by itself.
pub const DUE: Due = Due { name: "invoice.overdue", next, run, set_aside: None };

/// Invoices with something open that are in time as far as is noted.
static LAST_DAY: DueDay<Entity> = DueDay {
    waiting: |company_id| Find::new().eq(Column::Overdue, false).eq(Column::CompanyId, company_id),
    column: Column::NextDueDate,
    of: |invoice| invoice.next_due_date,
    after: 1,
};

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(LAST_DAY.next(tx, until))
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let passed = LAST_DAY.due(ctx, tx).await?;
        if passed.is_empty() { Ok(0) } else { note(ctx, tx, &passed).await }
    })
}

async fn note(ctx: &Ctx, tx: &mut Tx<'_>, late: &[Model]) -> Result<i64, Problem> {
    let ids: Vec<InvoiceId> = late.iter().map(|invoice| invoice.id).collect();
    let (lines, parts) = (lines_of(tx, &ids).await?, installments_of(tx, &ids).await?);
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    for old in late {
        let new = Model { overdue: Some(true), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.update(old, &new);
        let shown = view(&new, &lines, &parts, refs::shown(found.remove(&old.id.uuid()).unwrap_or_default()));
        record(ctx, tx, "invoice.overdue", &shown)?;
    }
    Ok(i64::try_from(late.len()).unwrap_or(i64::MAX))
}
