//! Invoices become overdue when the day of an open installment has passed where their company is (requirement PAY-19, vector MATCH-008).

use super::{installments_of, lines_of, record, view};
use causeway_contract::Problem;
use causeway_entity::bill::invoices::{Column, Entity, Model};
use causeway_entity::govern::companies;
use causeway_govern::clock::Due;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::refs;
use causeway_value::{CompanyId, Instant, InvoiceId};

/// What falls due by itself.
pub const DUE: Due = Due { name: "invoice.overdue", next, run };

/// Invoices that become overdue in one transaction, at most.
const BATCH: u64 = 50;

/// Invoices with something open that are in time as far as is noted.
fn in_time(company_id: CompanyId) -> Find<Entity> {
    Find::<Entity>::new().eq(Column::Overdue, false).eq(Column::CompanyId, company_id)
}

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let first = in_time(company.id).when("next_due_date IS NOT NULL", Vec::new()).order_by(Column::NextDueDate).one(tx).await?;
            let passed = first.and_then(|invoice| invoice.next_due_date).map(|day| day.plus_days(1).start_in(company.time_zone));
            earliest = [earliest, passed].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let today = ctx.today(company.time_zone);
            let passed = in_time(company.id).when("next_due_date < ?", vec![today.into()]);
            let late = passed.order_by(Column::NextDueDate).limit(BATCH).lock().all(tx).await?;
            if !late.is_empty() {
                return note(ctx, tx, &late).await;
            }
        }
        Ok(0)
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
