//! Quotes expire when their last day has passed where their company is.

use super::{store, view};
use causeway_contract::Problem;
use causeway_entity::sell::quotes::{Column, Entity, Model};
use causeway_govern::clock::DueDay;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Instant, QuoteId, QuoteStatus};

/// Quotes that are offered.
static LAST_DAY: DueDay<Entity> = DueDay {
    waiting: |company_id| Find::new().eq(Column::CompanyId, company_id).among(Column::Status, [QuoteStatus::Approved, QuoteStatus::Sent]),
    column: Column::ValidUntil,
    of: |quote| quote.valid_until,
    after: 1,
};

/// When the next quote expires, up to and including `until`. One that should have expired already counts.
pub fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(LAST_DAY.next(tx, until))
}

/// Lets quotes expire whose last day has passed; answers how many.
pub fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let passed = LAST_DAY.due(ctx, tx).await?;
        if passed.is_empty() { Ok(0) } else { expire(ctx, tx, &passed).await }
    })
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
