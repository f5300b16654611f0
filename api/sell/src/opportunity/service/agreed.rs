//! What a customer agreed to decides its deal: an accepted quote wins it, and so does an order that no quote agreed, once it is confirmed (CRM-12, RPT-03).

use super::{End, change, close};
use crate::opportunity::rules::{self, Agreed};
use crate::stage::rules as stage_rules;
use crate::stage::service::of_company;
use causeway_contract::Problem;
use causeway_entity::sell::opportunities::{Entity, Model};
use causeway_entity::sell::stages;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{OpportunityId, OpportunityStatus};

/// Wins the opportunity of what was agreed, whatever was thought of it before: whatever its stages ask for, and even when it was lost. One that is won already
/// stays won. An opportunity whose customer or worth was not known has those of the document from now on.
///
/// # Errors
/// `not_found`; `state_conflict` when it is another customer's, or when the pipeline has no stage for won deals.
pub async fn win_by(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, agreed: Agreed<'_>) -> Result<(), Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_its_customers(&old, &agreed)?;
    if old.status == OpportunityStatus::Won {
        return settle(ctx, tx, &old, rules::completed(old.clone(), &agreed)).await;
    }
    let stages = of_company(tx, Some(old.company_id)).await?;
    close(ctx, tx, &old, &stages, End { agreed: Some(agreed), ..End::WON }).await.map(drop)
}

/// What [`win_by`] refuses, for who only looks.
///
/// # Errors
/// As [`win_by`].
pub async fn must_be_winnable(tx: &mut Tx<'_>, row: &Model, agreed: &Agreed<'_>) -> Result<(), Problem> {
    rules::must_be_its_customers(row, agreed)?;
    if row.status == OpportunityStatus::Won {
        return Ok(());
    }
    stage_rules::ending(&of_company(tx, Some(row.company_id)).await?, OpportunityStatus::Won).map(drop)
}

/// There is an order of the opportunity from now on: it does not wait for one any more.
///
/// # Errors
/// When the database fails.
pub async fn ordered(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model) -> Result<(), Problem> {
    settle(ctx, tx, old, old.clone()).await
}

/// Writes what is known of an opportunity that waits for no order any more, when that is anything new.
async fn settle(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, known: Model) -> Result<(), Problem> {
    let known = Model { stalled_reason: None, ..known };
    if known == *old {
        return Ok(());
    }
    let new = Model { version: old.version + 1, updated_at: ctx.now(), ..known };
    let stage = tx.must::<stages::Entity>(old.stage_id).await?;
    change(ctx, tx, "opportunity.updated", (old, &new), &stage.name).await.map(drop)
}
