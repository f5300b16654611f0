//! What became of the deals that came to each stage (RPT-01, CRM-10).

use super::rules::{whole_days, win_rate};
use super::scope::{Filter, Scope, in_order};
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::sell::stages;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::conversion as wire;
use causeway_sell::stage::rules::status;
use causeway_value::{Instant, OpportunityStatus, Overflow, StageId, Zone};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;

/// Visits of one stage after which deals came to one other, or that go on.
#[derive(Clone, Debug, FromQueryResult)]
struct Step {
    stage_id: StageId,
    next_id: Option<StageId>,
    count: i64,
}

/// The visit in the middle of those of a stage, by how long they took.
#[derive(Clone, Debug, FromQueryResult)]
struct Middle {
    stage_id: StageId,
    began: Instant,
    ended: Instant,
}

/// How many deals are in a state.
#[derive(Clone, Debug, FromQueryResult)]
struct Standing {
    status: OpportunityStatus,
    count: i64,
}

/// The deal in the middle of those that ended alike, by how long they took.
#[derive(Clone, Debug, FromQueryResult)]
struct Took {
    status: OpportunityStatus,
    began: Instant,
    ended: Instant,
}

/// What became of the visits of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Became {
    went_on: i64,
    went_back: i64,
    lost: i64,
    still_there: i64,
}

impl Became {
    fn left(self) -> Result<i64, Overflow> {
        [self.went_back, self.lost].into_iter().try_fold(self.went_on, i64::checked_add).ok_or(Overflow)
    }
}

/// The report. Every visit of a stage that began in the period counts, also the second one of a deal that came back.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period.
pub async fn conversion(tx: &mut Tx<'_>, query: &wire::PipelineConversionQuery) -> Result<wire::PipelineConversion, Problem> {
    in_order(query.from, query.to)?;
    let scope = Scope::of(tx, query.company_id, None).await?;
    let filter = scope.filter(tx).and("o.owner_id =", query.owner_id).and("o.team_id =", query.team_id);
    let mut filter = filter.and("o.party_id =", query.party_id).and("o.product_id =", query.product_id);
    let (from, until) = (query.from.map(|day| day.start_in(scope.zone)), query.to.map(|day| day.plus_days(1).start_in(scope.zone)));
    let deals = deals(tx, filter.clone().and("o.created_at >=", from).and("o.created_at <", until), scope.zone).await?;
    // The next stage of a visit may begin after the period, so the period chooses among visits that know theirs.
    let visits = format!(
        "SELECT v.stage_id, v.entered_at, v.left_at, LEAD(v.stage_id) OVER (PARTITION BY v.opportunity_id ORDER BY v.version) AS next_id \
         FROM opportunities o JOIN stage_visits v ON v.tenant_id = o.tenant_id AND v.opportunity_id = o.id WHERE {}",
        filter.sql
    );
    let mut period = "1 = 1".to_owned();
    for (sign, bound) in [(">=", from), ("<", until)] {
        if let Some(bound) = bound {
            period.push_str(&format!(" AND w.entered_at {sign} {}", filter.place(bound)));
        }
    }
    let steps = steps(tx, &visits, &period, filter.values.clone()).await?;
    let middles = middles(tx, &visits, &period, filter.values).await?;
    let stages: Vec<stages::Model> = Find::<stages::Entity>::new().order_by(stages::Column::Position).order_by(stages::Column::Id).all(tx).await?;
    let open = stages.iter().filter(|stage| status(stage) == OpportunityStatus::Open);
    let median = |id| middles.get(&id).map(|middle: &Middle| whole_days(middle.began, middle.ended, scope.zone));
    let rows = open.map(|stage| row(stage, became(stage, &steps, &stages)?, median(stage.id))).collect::<Result<_, Overflow>>()?;
    Ok(wire::PipelineConversion { object: "pipeline_conversion".to_owned(), rows, deals })
}

/// What became of the deals that these are, by their own days: no stage is asked.
async fn deals(tx: &mut Tx<'_>, filter: Filter, zone: Zone) -> Result<wire::DealConversion, Problem> {
    let Filter { sql: condition, values } = filter;
    let sql = format!("SELECT o.status AS status, COUNT(*) AS count FROM opportunities o WHERE {condition} GROUP BY o.status");
    let counts: Vec<Standing> = sql::rows(tx, Statement { sql, values: values.clone() }, &[("status", Cell::Text), ("count", Cell::Whole)]).await?;
    // Of some old deals only the end is known: they were created with it.
    let sql = format!(
        "SELECT r.status AS status, r.began AS began, r.ended AS ended FROM ( \
             SELECT o.status, o.created_at AS began, o.closed_at AS ended, ROW_NUMBER() OVER (PARTITION BY o.status ORDER BY o.closed_at - o.created_at) AS place, \
                 COUNT(*) OVER (PARTITION BY o.status) AS deals FROM opportunities o WHERE {condition} AND o.closed_at > o.created_at) r \
         WHERE r.place = (r.deals + 1) / 2"
    );
    let took: Vec<Took> = sql::rows(tx, Statement { sql, values }, &[("status", Cell::Text), ("began", Cell::Whole), ("ended", Cell::Whole)]).await?;
    let of = |status| counts.iter().find(|standing| standing.status == status).map_or(0, |standing| standing.count);
    let days = |status| took.iter().find(|took| took.status == status).map(|took| whole_days(took.began, took.ended, zone));
    let (won, lost, still_open) = (of(OpportunityStatus::Won), of(OpportunityStatus::Lost), of(OpportunityStatus::Open));
    Ok(wire::DealConversion {
        created: [won, lost].into_iter().try_fold(still_open, i64::checked_add).ok_or(Overflow)?,
        won,
        lost,
        still_open,
        conversion_rate: win_rate(won, lost)?,
        median_days_to_win: days(OpportunityStatus::Won),
        median_days_to_loss: days(OpportunityStatus::Lost),
    })
}

async fn steps(tx: &mut Tx<'_>, visits: &str, period: &str, values: Vec<Value>) -> Result<Vec<Step>, Problem> {
    let sql = format!("SELECT w.stage_id AS stage_id, w.next_id AS next_id, COUNT(*) AS count FROM ({visits}) w WHERE {period} GROUP BY w.stage_id, w.next_id");
    sql::rows(tx, Statement { sql, values }, &[("stage_id", Cell::Uuid), ("next_id", Cell::Uuid), ("count", Cell::Whole)]).await
}

/// How long the visit in the middle of those that ended took, by stage; the lower one of an even number.
async fn middles(tx: &mut Tx<'_>, visits: &str, period: &str, values: Vec<Value>) -> Result<BTreeMap<StageId, Middle>, Problem> {
    let sql = format!(
        "SELECT r.stage_id AS stage_id, r.began AS began, r.ended AS ended FROM ( \
             SELECT w.stage_id, w.entered_at AS began, w.left_at AS ended, ROW_NUMBER() OVER (PARTITION BY w.stage_id ORDER BY w.left_at - w.entered_at) AS place, \
                 COUNT(*) OVER (PARTITION BY w.stage_id) AS visits FROM ({visits}) w WHERE {period} AND w.left_at IS NOT NULL) r \
         WHERE r.place = (r.visits + 1) / 2"
    );
    let found: Vec<Middle> = sql::rows(tx, Statement { sql, values }, &[("stage_id", Cell::Uuid), ("began", Cell::Whole), ("ended", Cell::Whole)]).await?;
    Ok(found.into_iter().map(|middle| (middle.stage_id, middle)).collect())
}

/// What became of the visits of a stage, by where its deals came next.
fn became(stage: &stages::Model, steps: &[Step], stages: &[stages::Model]) -> Result<Became, Overflow> {
    let mut became = Became::default();
    for step in steps.iter().filter(|step| step.stage_id == stage.id) {
        let next = step.next_id.and_then(|id| stages.iter().find(|next| next.id == id));
        let sum = match (step.next_id, next.map(|next| (status(next), (next.position, next.id) > (stage.position, stage.id)))) {
            (None, _) => &mut became.still_there,
            (Some(_), Some((OpportunityStatus::Lost, _))) => &mut became.lost,
            (Some(_), Some((OpportunityStatus::Open, false))) => &mut became.went_back,
            (Some(_), _) => &mut became.went_on,
        };
        *sum = sum.checked_add(step.count).ok_or(Overflow)?;
    }
    Ok(became)
}

fn row(stage: &stages::Model, became: Became, median_days: Option<i64>) -> Result<wire::PipelineConversionRow, Overflow> {
    let left = became.left()?;
    Ok(wire::PipelineConversionRow {
        stage: stage.name.clone(),
        stage_id: stage.id,
        entered: left.checked_add(became.still_there).ok_or(Overflow)?,
        went_on: became.went_on,
        went_back: became.went_back,
        lost: became.lost,
        still_there: became.still_there,
        conversion_rate: win_rate(became.went_on, left.saturating_sub(became.went_on))?,
        median_days,
    })
}
