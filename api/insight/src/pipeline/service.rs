//! The report of the pipeline: stages, ends, months.

use super::groups::{self, Groups};
use super::rules::{Month, Sum, months, unconverted, win_rate};
use super::scope::{Filter, Scope, in_order};
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::sell::stages;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::lookup::RateTable;
use causeway_openapi::pipeline as wire;
use causeway_value::{Amount, Currency, Instant, OpportunityStatus, StageId};
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

/// Deals of one stage and currency that have one thing in common.
#[derive(Clone, Debug, FromQueryResult)]
struct Group {
    stage_id: StageId,
    currency: Currency,
    count: i64,
    value: Amount,
    /// The first instant of the month; null for open deals.
    starts: Option<i64>,
    status: OpportunityStatus,
}

const CELLS: [(&str, Cell); 6] =
    [("stage_id", Cell::Uuid), ("currency", Cell::Text), ("count", Cell::Whole), ("value", Cell::Whole), ("starts", Cell::Whole), ("status", Cell::Text)];

/// Deals by stage, what was won and lost, the win rate and the months.
///
/// # Errors
/// `not_found` for the company; `amount_overflow`.
pub async fn pipeline(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::PipelineQuery) -> Result<wire::Pipeline, Problem> {
    in_order(query.from, query.to)?;
    let scope = Scope::of(tx, query.company_id, query.currency).await?;
    let filter = scope.filter_by(tx, query);
    let open = open_deals(tx, filter.clone()).await?;
    let months = closing_months(tx, filter.clone(), query, &scope).await?;
    let ended = ended_deals(tx, filter.clone(), &months).await?;
    let split = match query.by {
        Some(by) => groups::of(tx, by, filter, &months, query.offset).await?,
        None => Groups::default(),
    };
    // Groups hold the same deals, so they bring no other currency.
    let currencies: BTreeSet<Currency> = open.iter().chain(&ended).map(|group| group.currency).collect();
    let rates = scope.rates(tx, currencies, query.to.unwrap_or_else(|| scope.today(ctx))).await?;
    let stages = Find::<stages::Entity>::new().order_by(stages::Column::Position).order_by(stages::Column::Id).all(tx).await?;
    let money = Converted { rates, currency: scope.currency };
    let groups = split.shown.iter().map(|group| group.shown(&money)).collect::<Result<_, _>>()?;
    let report = report(&money, &stages, query, (&open, &ended), &months)?;
    Ok(wire::Pipeline { groups, group_count: split.count, next_offset: split.next, ..report })
}

impl Scope {
    fn filter_by(&self, tx: &Tx<'_>, query: &wire::PipelineQuery) -> Filter {
        let filter = self.filter(tx).and("o.owner_id =", query.owner_id).and("o.team_id =", query.team_id);
        filter.and("o.party_id =", query.party_id).and("o.product_id =", query.product_id).and("o.source =", query.source.clone())
    }
}

async fn open_deals(tx: &mut Tx<'_>, filter: Filter) -> Result<Vec<Group>, Problem> {
    let sql = format!(
        "SELECT o.stage_id AS stage_id, o.currency AS currency, COUNT(*) AS count, CAST(SUM(o.expected_value) AS BIGINT) AS value, \
             CAST(NULL AS BIGINT) AS starts, 'open' AS status \
         FROM opportunities o WHERE {} AND o.status = 'open' GROUP BY o.stage_id, o.currency",
        filter.sql
    );
    sql::rows(tx, Statement { sql, values: filter.values }, &CELLS).await
}

/// The months between the first and the last end in the period.
async fn closing_months(tx: &mut Tx<'_>, filter: Filter, query: &wire::PipelineQuery, scope: &Scope) -> Result<Vec<Month>, Problem> {
    let from = query.from.map(|day| day.start_in(scope.zone));
    let until = query.to.map(|day| day.plus_days(1).start_in(scope.zone));
    let filter = filter.and("o.closed_at >=", from).and("o.closed_at <", until);
    let sql = format!("SELECT MIN(o.closed_at) AS earliest, MAX(o.closed_at) AS latest FROM opportunities o WHERE {} AND o.closed_at IS NOT NULL", filter.sql);
    let cells = [("earliest", Cell::Whole), ("latest", Cell::Whole)];
    let spans: Vec<Span> = sql::rows(tx, Statement { sql, values: filter.values }, &cells).await?;
    let Some((earliest, latest)) = spans.first().and_then(|span| span.earliest.zip(span.latest)) else { return Ok(Vec::new()) };
    Ok(months(Instant(earliest), Instant(latest.saturating_add(1)), scope.zone))
}

#[derive(Clone, Debug, FromQueryResult)]
struct Span {
    earliest: Option<i64>,
    latest: Option<i64>,
}

async fn ended_deals(tx: &mut Tx<'_>, mut filter: Filter, months: &[Month]) -> Result<Vec<Group>, Problem> {
    if months.is_empty() {
        return Ok(Vec::new());
    }
    // The months stand behind the tenant, because SQLite counts parameters as they appear.
    let condition = filter.sql.clone();
    let rows: Vec<String> = months.iter().map(|month| format!("({}, {})", filter.place(month.starts), filter.place(month.ends))).collect();
    let sql = format!(
        "SELECT o.stage_id AS stage_id, o.currency AS currency, COUNT(*) AS count, CAST(SUM(o.expected_value) AS BIGINT) AS value, \
             m.starts AS starts, o.status AS status \
         FROM (SELECT o.stage_id, o.currency, o.expected_value, o.closed_at, o.status FROM opportunities o WHERE {condition} AND o.closed_at IS NOT NULL) o \
         JOIN (SELECT column1 AS starts, column2 AS ends FROM (VALUES {}) AS v) m ON o.closed_at >= m.starts AND o.closed_at < m.ends \
         GROUP BY o.stage_id, o.currency, m.starts, o.status",
        rows.join(", ")
    );
    sql::rows(tx, Statement { sql, values: filter.values }, &CELLS).await
}

/// The currency of the report and the way to it.
pub(super) struct Converted {
    rates: RateTable,
    currency: Currency,
}

impl Converted {
    pub(super) fn tally(&self, sum: &Sum) -> Result<wire::Tally, Problem> {
        Ok(wire::Tally { count: sum.count, value: sum.convertible(&self.rates, self.currency)?.text(self.currency) })
    }
}

fn report(
    money: &Converted,
    stages: &[stages::Model],
    query: &wire::PipelineQuery,
    (open, ended): (&[Group], &[Group]),
    months: &[Month],
) -> Result<wire::Pipeline, Problem> {
    let mut by_stage: BTreeMap<StageId, Sum> = BTreeMap::new();
    let mut by_status: BTreeMap<OpportunityStatus, Sum> = BTreeMap::new();
    let mut by_month: BTreeMap<(i64, OpportunityStatus), Sum> = BTreeMap::new();
    for group in open.iter().chain(ended) {
        by_stage.entry(group.stage_id).or_default().add(group.count, group.currency, group.value)?;
        by_status.entry(group.status).or_default().add(group.count, group.currency, group.value)?;
        if let Some(starts) = group.starts {
            by_month.entry((starts, group.status)).or_default().add(group.count, group.currency, group.value)?;
        }
    }
    let shown = |stage: &&stages::Model| by_stage.contains_key(&stage.id) || query.company_id.is_none_or(|id| stage.company_id.is_none_or(|own| own == id));
    let row = |stage: &stages::Model| -> Result<wire::PipelineRow, Problem> {
        let tally = money.tally(by_stage.get(&stage.id).unwrap_or(&Sum::default()))?;
        let status = stage.outcome.unwrap_or(OpportunityStatus::Open);
        Ok(wire::PipelineRow { stage: stage.name.clone(), stage_id: stage.id, status, count: tally.count, value: tally.value })
    };
    let of = |status| by_status.get(&status).cloned().unwrap_or_default();
    let (won, lost) = (of(OpportunityStatus::Won), of(OpportunityStatus::Lost));
    let month = |month: &Month| -> Result<wire::PipelineMonth, Problem> {
        let of = |status| by_month.get(&(month.starts.0, status)).cloned().unwrap_or_default();
        let won = money.tally(&of(OpportunityStatus::Won))?;
        Ok(wire::PipelineMonth { month: month.name.clone(), won_count: won.count, won_value: won.value, lost_count: of(OpportunityStatus::Lost).count })
    };
    Ok(wire::Pipeline {
        object: "pipeline".to_owned(),
        currency: money.currency,
        rows: stages.iter().filter(shown).map(row).collect::<Result<_, _>>()?,
        open: money.tally(&of(OpportunityStatus::Open))?,
        win_rate: win_rate(won.count, lost.count)?,
        won: money.tally(&won)?,
        lost: money.tally(&lost)?,
        by_month: months.iter().map(month).collect::<Result<_, _>>()?,
        groups: Vec::new(),
        group_count: 0,
        next_offset: None,
        unconverted: unconverted(open.iter().chain(ended).map(|group| (group.currency, group.count, group.value)), &money.rates, money.currency)?,
    })
}
