//! The deals of a pipeline split by owner, team, product or customer (RPT-01, CRM-06).

use super::rules::{Month, Sum, win_rate};
use super::scope::Filter;
use super::service::Converted;
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_entity::master::{parties, products};
use causeway_entity::sell::teams;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::pipeline::{PipelineBy, PipelineGroup};
use causeway_value::{Amount, Currency, OpportunityStatus, PartyId, ProductId, TeamId, UserId};
use sea_orm::FromQueryResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Groups of a report, at most.
const GROUPS: u64 = 500;

/// Deals of one holder, status and currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Part {
    holder: Option<Uuid>,
    status: OpportunityStatus,
    currency: Currency,
    count: i64,
    value: Amount,
}

/// The deals of one holder.
#[derive(Clone, Debug)]
pub(super) struct Group {
    by: PipelineBy,
    holder: Option<Uuid>,
    name: Option<String>,
    ends: BTreeMap<OpportunityStatus, Sum>,
}

impl Group {
    fn count(&self) -> i64 {
        self.ends.values().map(|sum| sum.count).sum()
    }

    /// In the currency of the report.
    ///
    /// # Errors
    /// `amount_overflow`.
    pub(super) fn shown(&self, money: &Converted) -> Result<PipelineGroup, Problem> {
        let of = |status| self.ends.get(&status).cloned().unwrap_or_default();
        let (won, lost) = (of(OpportunityStatus::Won), of(OpportunityStatus::Lost));
        let holder = |by: PipelineBy| self.holder.filter(|_| self.by == by);
        Ok(PipelineGroup {
            owner_id: holder(PipelineBy::Owner).map(UserId::from_uuid),
            team_id: holder(PipelineBy::Team).map(TeamId::from_uuid),
            product_id: holder(PipelineBy::Product).map(ProductId::from_uuid),
            party_id: holder(PipelineBy::Party).map(PartyId::from_uuid),
            name: self.name.clone(),
            open: money.tally(&of(OpportunityStatus::Open))?,
            win_rate: win_rate(won.count, lost.count)?,
            won: money.tally(&won)?,
            lost: money.tally(&lost)?,
        })
    }
}

const fn column(by: PipelineBy) -> &'static str {
    match by {
        PipelineBy::Owner => "owner_id",
        PipelineBy::Team => "team_id",
        PipelineBy::Product => "product_id",
        PipelineBy::Party => "party_id",
    }
}

/// The groups with the most deals, most first: open deals, and those that ended in one of these months.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn of(tx: &mut Tx<'_>, by: PipelineBy, filter: Filter, months: &[Month]) -> Result<Vec<Group>, Problem> {
    let mut by_holder: BTreeMap<Option<Uuid>, BTreeMap<OpportunityStatus, Sum>> = BTreeMap::new();
    for part in parts(tx, by, filter, months).await? {
        by_holder.entry(part.holder).or_default().entry(part.status).or_default().add(part.count, part.currency, part.value)?;
    }
    let names = names(tx, by, by_holder.keys().flatten().copied().collect()).await?;
    let group = |(holder, ends): (Option<Uuid>, _)| Group { by, holder, name: holder.and_then(|holder| names.get(&holder).cloned()), ends };
    let mut groups: Vec<Group> = by_holder.into_iter().map(group).collect();
    groups.sort_by_key(|group| (Reverse(group.count()), group.holder));
    Ok(groups)
}

async fn parts(tx: &mut Tx<'_>, by: PipelineBy, mut filter: Filter, months: &[Month]) -> Result<Vec<Part>, Problem> {
    let holder = column(by);
    let condition = filter.sql.clone();
    let deals = |which: &str| format!("SELECT o.{holder} AS holder, o.status, o.currency, o.expected_value FROM opportunities o WHERE {condition} AND {which}");
    // Two ranges of one index that holds all of it: a condition with OR would read the rows of the deals.
    let ended = months.first().zip(months.last()).map(|(first, last)| {
        let (from, until) = (filter.place(first.starts), filter.place(last.ends));
        deals(&format!("o.status IN ('won', 'lost') AND o.closed_at >= {from} AND o.closed_at < {until}"))
    });
    let counted: Vec<String> = std::iter::once(deals("o.status = 'open'")).chain(ended).collect();
    let counted = counted.join(" UNION ALL ");
    let sql = format!(
        "SELECT r.holder AS holder, r.status AS status, r.currency AS currency, r.count AS count, r.value AS value FROM ( \
             SELECT g.holder, g.status, g.currency, g.count, g.value, DENSE_RANK() OVER (ORDER BY g.deals DESC, g.holder) AS place FROM ( \
                 SELECT d.holder, d.status, d.currency, COUNT(*) AS count, CAST(SUM(d.expected_value) AS BIGINT) AS value, \
                     SUM(COUNT(*)) OVER (PARTITION BY d.holder) AS deals \
                 FROM ({counted}) d GROUP BY d.holder, d.status, d.currency) g) r \
         WHERE r.place <= {GROUPS}"
    );
    let cells = [("holder", Cell::Uuid), ("status", Cell::Text), ("currency", Cell::Text), ("count", Cell::Whole), ("value", Cell::Whole)];
    sql::rows(tx, Statement { sql, values: filter.values }, &cells).await
}

/// What the holders are called.
async fn names(tx: &mut Tx<'_>, by: PipelineBy, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, String>, Problem> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(match by {
        PipelineBy::Owner => named(Find::<users::Entity>::new().among(users::Column::Id, ids).all(tx).await?, |row| (row.id.uuid(), row.name)),
        PipelineBy::Team => named(Find::<teams::Entity>::new().among(teams::Column::Id, ids).all(tx).await?, |row| (row.id.uuid(), row.name)),
        PipelineBy::Product => named(Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await?, |row| (row.id.uuid(), row.name)),
        PipelineBy::Party => named(Find::<parties::Entity>::new().among(parties::Column::Id, ids).all(tx).await?, |row| (row.id.uuid(), row.name)),
    })
}

fn named<M>(rows: Vec<M>, name: impl Fn(M) -> (Uuid, String)) -> BTreeMap<Uuid, String> {
    rows.into_iter().map(name).collect()
}
