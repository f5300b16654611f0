//! Won deals of which nobody made an order within the days of their company are told once, with what they wait for (CRM-12, ORD-12). History that was told
//! with its end waits for nothing, and neither does a deal that was won long before anybody looked.

use super::service::change;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::opportunities::{Column, Entity, Model};
use causeway_entity::sell::{quotes, stages};
use causeway_govern::clock::Due;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Instant, OpportunityId, OpportunityStatus, QuoteStatus, StageId};
use std::collections::BTreeMap;

/// What falls due by itself.
pub const STALLED: Due = Due { name: "opportunity.stalled", next, run, set_aside: None };

/// Deals that are told in one transaction, at most.
const BATCH: u64 = 50;
const DAY: i64 = 86_400;
/// Days after those of the company in which a deal is looked at: all others have their orders, or were told.
const LOOKED_AT: i64 = 90;

/// Won deals of a company that have no order and are not told yet, the longest first.
fn waiting(ctx: &Ctx, company: &companies::Model, days: u32) -> Find<Entity> {
    let since = ctx.now().plus_seconds(-(i64::from(days) + LOOKED_AT) * DAY);
    let won = Find::<Entity>::new().eq(Column::CompanyId, company.id).eq(Column::Status, OpportunityStatus::Won).is_null(Column::StalledReason);
    // Who was created won is in its first version.
    won.when("closed_at >= ? AND version > 1", vec![since.into()])
        .when("NOT EXISTS (SELECT 1 FROM orders o WHERE o.tenant_id = $1 AND o.opportunity_id = opportunities.id AND o.status <> 'cancelled')", Vec::new())
        .order_by(Column::ClosedAt)
}

/// The companies that watch this, with their days.
async fn watched(tx: &mut Tx<'_>) -> Result<Vec<(companies::Model, u32)>, Problem> {
    let companies = Find::<companies::Entity>::new().when("order_rules IS NOT NULL", Vec::new()).all(tx).await?;
    let days = |company: &companies::Model| company.order_rules.as_ref().and_then(|rules| rules.0.won_days);
    Ok(companies.into_iter().filter_map(|company| days(&company).map(|days| (company, days))).collect())
}

fn until(row: &Model, days: u32) -> Option<Instant> {
    row.closed_at.map(|closed_at| closed_at.plus_seconds(i64::from(days) * DAY))
}

fn next<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, last: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for (company, days) in watched(tx).await? {
            let first = waiting(ctx, &company, days).one(tx).await?;
            earliest = [earliest, first.and_then(|row| until(&row, days))].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= last))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        for (company, days) in watched(tx).await? {
            let mut stalled = waiting(ctx, &company, days).limit(BATCH).lock().all(tx).await?;
            stalled.retain(|row| until(row, days).is_some_and(|until| until <= ctx.now()));
            if !stalled.is_empty() {
                return tell(ctx, tx, &stalled, days).await;
            }
        }
        Ok(0)
    })
}

async fn tell(ctx: &Ctx, tx: &mut Tx<'_>, stalled: &[Model], days: u32) -> Result<i64, Problem> {
    let offers =
        Find::<quotes::Entity>::new().among(quotes::Column::OpportunityId, stalled.iter().map(|row| row.id)).order_by(quotes::Column::Id).all(tx).await?;
    let offers: BTreeMap<OpportunityId, quotes::Model> = offers.into_iter().filter_map(|quote| Some((quote.opportunity_id?, quote))).collect();
    let names = Find::<stages::Entity>::new().among(stages::Column::Id, stalled.iter().map(|row| row.stage_id)).all(tx).await?;
    let names: BTreeMap<StageId, String> = names.into_iter().map(|stage| (stage.id, stage.name)).collect();
    for old in stalled {
        let reason = reason(offers.get(&old.id), days);
        let new = Model { stalled_reason: Some(reason), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        change(ctx, tx, STALLED.name, (old, &new), names.get(&old.stage_id).map(String::as_str).unwrap_or_default()).await?;
    }
    Ok(i64::try_from(stalled.len()).unwrap_or(i64::MAX))
}

/// What a deal waits for, in words, by its newest quote.
fn reason(offer: Option<&quotes::Model>, days: u32) -> String {
    let state = format!("Won for more than {days} days");
    match offer {
        None => format!("{state}: nobody made a quote or an order of it"),
        Some(quote) if quote.status == QuoteStatus::Accepted => format!("{state}: the order of its quote {} was cancelled", quote.number),
        Some(quote) => format!("{state}: its quote {} is {}", quote.number, quote.status),
    }
}
