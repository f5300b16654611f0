//! Quotes expire when their last day has passed where their company is.

use super::{store, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes::{Column, Entity, Model};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{CompanyId, Instant, QuoteId, QuoteStatus};

/// Quotes that expire in one transaction, at most.
const BATCH: u64 = 50;

/// When the next quote expires, up to and including `until`. One that should have expired already counts.
pub fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let first = offered(company.id).when("valid_until IS NOT NULL", Vec::new()).order_by(Column::ValidUntil).one(tx).await?;
            let ends = first.and_then(|quote| quote.valid_until).map(|last| last.plus_days(1).start_in(company.time_zone));
            earliest = [earliest, ends].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    })
}

/// Lets quotes expire whose last day has passed; answers how many.
pub fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let today = ctx.today(company.time_zone);
            let past = offered(company.id).when("valid_until < ?", vec![today.into()]).order_by(Column::ValidUntil).limit(BATCH).lock().all(tx).await?;
            if !past.is_empty() {
                return expire(ctx, tx, &past).await;
            }
        }
        Ok(0)
    })
}

fn offered(company_id: CompanyId) -> Find<Entity> {
    Find::<Entity>::new().eq(Column::CompanyId, company_id).among(Column::Status, [QuoteStatus::Approved, QuoteStatus::Sent])
}

async fn expire(ctx: &Ctx, tx: &mut Tx<'_>, past: &[Model]) -> Result<i64, Problem> {
    let ids: Vec<QuoteId> = past.iter().map(|quote| quote.id).collect();
    let lines = store::lines(tx, &ids).await?;
    let mut refs = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    for old in past {
        let new = Model { status: QuoteStatus::Expired, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.update(old, &new);
        let own = lines.get(&old.id).map(Vec::as_slice).unwrap_or_default();
        view::record(ctx, tx, "quote.expired", &new, own, refs.remove(&old.id.uuid()).unwrap_or_default())?;
    }
    Ok(i64::try_from(past.len()).unwrap_or(i64::MAX))
}
