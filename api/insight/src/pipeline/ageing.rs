//! How long open deals stand in their stages (CRM-10).

use super::rules::{Sum, unconverted};
use super::scope::Scope;
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::sell::stages;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::pipeline as wire;
use causeway_value::{Amount, Currency, StageId};
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

const STALLED_DAYS: i32 = 30;
const DAY: i64 = 86_400_000_000;

/// Open deals of one stage and currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Group {
    stage_id: StageId,
    currency: Currency,
    count: i64,
    value: Amount,
    /// Whole days in the stage, of all together.
    days: i64,
    /// Whole days of the one that came first.
    oldest: i64,
    stalled_count: i64,
    stalled_value: Amount,
}

#[derive(Clone, Debug, Default)]
struct Stage {
    all: Sum,
    days: i64,
    oldest: i64,
    stalled: Sum,
}

/// How long open deals stand in their stages. A day is 24 hours of the tenant's clock.
///
/// # Errors
/// `not_found` for the company; `amount_overflow`.
pub async fn ageing(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PipelineAgeingQuery) -> Result<wire::PipelineAgeing, Problem> {
    let scope = Scope::of(tx, query.company_id, query.currency).await?;
    let stalled_days = query.stalled_days.unwrap_or(STALLED_DAYS);
    let filter = scope.filter(tx).and("o.owner_id =", query.owner_id).and("o.team_id =", query.team_id);
    // Numbers of ours stand in the text: they come before the tenant, and SQLite counts parameters as they appear.
    let (now, condition) = (ctx.now().0, &filter.sql);
    let sql = format!(
        "SELECT d.stage_id AS stage_id, d.currency AS currency, COUNT(*) AS count, CAST(SUM(d.expected_value) AS BIGINT) AS value, \
             CAST(SUM(d.days) AS BIGINT) AS days, CAST(MAX(d.days) AS BIGINT) AS oldest, \
             CAST(SUM(CASE WHEN d.days >= {stalled_days} THEN 1 ELSE 0 END) AS BIGINT) AS stalled_count, \
             CAST(SUM(CASE WHEN d.days >= {stalled_days} THEN d.expected_value ELSE 0 END) AS BIGINT) AS stalled_value \
         FROM (SELECT o.stage_id, o.currency, o.expected_value, ({now} - COALESCE(o.stage_since, o.created_at)) / {DAY} AS days FROM opportunities o WHERE {condition} AND o.status = 'open') d \
         GROUP BY d.stage_id, d.currency"
    );
    let cells = [
        ("stage_id", Cell::Uuid),
        ("currency", Cell::Text),
        ("count", Cell::Whole),
        ("value", Cell::Whole),
        ("days", Cell::Whole),
        ("oldest", Cell::Whole),
        ("stalled_count", Cell::Whole),
        ("stalled_value", Cell::Whole),
    ];
    let groups: Vec<Group> = sql::rows(tx, Statement { sql, values: filter.values }, &cells).await?;
    let currencies: BTreeSet<Currency> = groups.iter().map(|group| group.currency).collect();
    let rates = scope.rates(tx, currencies, scope.today(ctx)).await?;
    let apart = unconverted(groups.iter().map(|group| (group.currency, group.count, group.value)), &rates, scope.currency)?;
    let mut by_stage: BTreeMap<StageId, Stage> = BTreeMap::new();
    for group in groups {
        let stage = by_stage.entry(group.stage_id).or_default();
        stage.all.add(group.count, group.currency, group.value)?;
        stage.stalled.add(group.stalled_count, group.currency, group.stalled_value)?;
        stage.days = stage.days.saturating_add(group.days);
        stage.oldest = stage.oldest.max(group.oldest);
    }
    let stages = Find::<stages::Entity>::new().order_by(stages::Column::Position).order_by(stages::Column::Id).all(tx).await?;
    let row = |stage: &stages::Model| -> Option<Result<wire::PipelineAgeingRow, Problem>> {
        let found = by_stage.get(&stage.id)?;
        let value = |sum: &Sum| sum.convertible(&rates, scope.currency).map(|value| value.text(scope.currency));
        Some(value(&found.all).and_then(|all| {
            Ok(wire::PipelineAgeingRow {
                stage: stage.name.clone(),
                stage_id: stage.id,
                count: found.all.count,
                value: all,
                average_days: found.days / found.all.count.max(1),
                oldest_days: found.oldest,
                stalled_count: found.stalled.count,
                stalled_value: value(&found.stalled)?,
            })
        }))
    };
    let rows = stages.iter().filter_map(row).collect::<Result<_, _>>()?;
    Ok(wire::PipelineAgeing { object: "pipeline_ageing".to_owned(), currency: scope.currency, stalled_days, rows, unconverted: apart })
}
