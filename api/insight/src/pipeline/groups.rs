//! The deals of a pipeline split by owner, team, product, customer, source or reason (RPT-01, CRM-06).

use super::rules::{Month, Sum, win_rate};
use super::scope::Filter;
use super::service::Converted;
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_entity::master::{parties, products};
use causeway_entity::sell::{lost_reasons, teams};
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::pipeline::{PipelineBy, PipelineGroup};
use causeway_value::{Amount, Currency, OpportunityStatus, PartyId, ProductId, TeamId, UserId};
use sea_orm::FromQueryResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Groups of one answer, at most.
const GROUPS: u32 = 500;

/// Some of the groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    /// These.
    pub(super) shown: Vec<Group>,
    /// How many there are in all.
    pub(super) count: i64,
    /// Where the next ones begin; none when there are no more.
    pub(super) next: Option<u32>,
}

/// What the deals of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Id(Uuid),
    Word(String),
}

/// Deals of one holder, status and currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Part {
    holder: Option<Uuid>,
    word: Option<String>,
    status: OpportunityStatus,
    currency: Currency,
    count: i64,
    value: Amount,
    /// How many holders there are in all.
    holders: i64,
}

/// The deals of one holder.
#[derive(Clone, Debug)]
pub(super) struct Group {
    by: PipelineBy,
    holder: Option<Holder>,
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
        let holder = |by: PipelineBy| match &self.holder {
            Some(Holder::Id(id)) if self.by == by => Some(*id),
            _ => None,
        };
        let word = |by: PipelineBy| match &self.holder {
            Some(Holder::Word(word)) if self.by == by => Some(word.clone()),
            _ => None,
        };
        Ok(PipelineGroup {
            source: word(PipelineBy::Source),
            lost_reason: word(PipelineBy::LostReason),
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

/// The id and the word that make a group, one of which is null.
const fn columns(by: PipelineBy) -> &'static str {
    match by {
        PipelineBy::Owner => "o.owner_id AS holder, CAST(NULL AS TEXT) AS word",
        PipelineBy::Team => "o.team_id AS holder, CAST(NULL AS TEXT) AS word",
        PipelineBy::Product => "o.product_id AS holder, CAST(NULL AS TEXT) AS word",
        PipelineBy::Party => "o.party_id AS holder, CAST(NULL AS TEXT) AS word",
        PipelineBy::Source => "CAST(NULL AS UUID) AS holder, o.source AS word",
        PipelineBy::LostReason => "CAST(NULL AS UUID) AS holder, o.lost_reason AS word",
    }
}

/// The groups after the first `offset` ones, those with the most deals first: open deals, and those that ended in one of these months.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn of(tx: &mut Tx<'_>, by: PipelineBy, filter: Filter, months: &[Month], offset: Option<u32>) -> Result<Groups, Problem> {
    let begin = offset.unwrap_or(0);
    let end = begin.saturating_add(GROUPS);
    let mut by_holder: BTreeMap<Option<Holder>, BTreeMap<OpportunityStatus, Sum>> = BTreeMap::new();
    let parts = parts(tx, by, filter, months, (begin, end)).await?;
    let count = parts.first().map_or(0, |part| part.holders);
    for part in parts {
        let holder = part.holder.map(Holder::Id).or(part.word.map(Holder::Word));
        by_holder.entry(holder).or_default().entry(part.status).or_default().add(part.count, part.currency, part.value)?;
    }
    let ids = by_holder.keys().flatten().filter_map(|holder| if let Holder::Id(id) = holder { Some(*id) } else { None }).collect();
    let words = by_holder.keys().flatten().filter_map(|holder| if let Holder::Word(word) = holder { Some(word.clone()) } else { None }).collect();
    let (names, meanings) = (names(tx, by, ids).await?, meanings(tx, by, words).await?);
    let name = |holder: &Holder| match holder {
        Holder::Id(id) => names.get(id).cloned(),
        Holder::Word(word) => Some(meanings.get(word).unwrap_or(word).clone()),
    };
    let group = |(holder, ends): (Option<Holder>, _)| Group { by, name: holder.as_ref().and_then(name), holder, ends };
    let mut groups: Vec<Group> = by_holder.into_iter().map(group).collect();
    groups.sort_by_cached_key(|group| (Reverse(group.count()), group.holder.clone()));
    Ok(Groups { shown: groups, count, next: Some(end).filter(|end| i64::from(*end) < count) })
}

async fn parts(tx: &mut Tx<'_>, by: PipelineBy, mut filter: Filter, months: &[Month], (begin, end): (u32, u32)) -> Result<Vec<Part>, Problem> {
    let holder = columns(by);
    let condition = filter.sql.clone();
    let deals = |which: &str| format!("SELECT {holder}, o.status, o.currency, o.expected_value FROM opportunities o WHERE {condition} AND {which}");
    // Two ranges of one index that holds all of it: a condition with OR would read the rows of the deals.
    let ended = months.first().zip(months.last()).map(|(first, last)| {
        let (from, until) = (filter.place(first.starts), filter.place(last.ends));
        deals(&format!("o.status IN ('won', 'lost') AND o.closed_at >= {from} AND o.closed_at < {until}"))
    });
    let counted: Vec<String> = std::iter::once(deals("o.status = 'open'")).chain(ended).collect();
    let counted = counted.join(" UNION ALL ");
    let sql = format!(
        "SELECT r.holder AS holder, r.word AS word, r.status AS status, r.currency AS currency, r.count AS count, r.value AS value, r.holders AS holders FROM ( \
             SELECT p.*, MAX(p.place) OVER () AS holders FROM ( \
                 SELECT g.holder, g.word, g.status, g.currency, g.count, g.value, DENSE_RANK() OVER (ORDER BY g.deals DESC, g.holder, g.word) AS place FROM ( \
                     SELECT d.holder, d.word, d.status, d.currency, COUNT(*) AS count, CAST(SUM(d.expected_value) AS BIGINT) AS value, \
                         SUM(COUNT(*)) OVER (PARTITION BY d.holder, d.word) AS deals \
                     FROM ({counted}) d GROUP BY d.holder, d.word, d.status, d.currency) g) p) r \
         WHERE r.place > {begin} AND r.place <= {end}"
    );
    let cells = [
        ("holder", Cell::Uuid),
        ("word", Cell::Text),
        ("status", Cell::Text),
        ("currency", Cell::Text),
        ("count", Cell::Whole),
        ("value", Cell::Whole),
        ("holders", Cell::Whole),
    ];
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
        PipelineBy::Source | PipelineBy::LostReason => BTreeMap::new(),
        PipelineBy::Party => named(Find::<parties::Entity>::new().among(parties::Column::Id, ids).all(tx).await?, |row| (row.id.uuid(), row.name)),
    })
}

/// What the codes of lost reasons mean; other words mean themselves.
async fn meanings(tx: &mut Tx<'_>, by: PipelineBy, words: Vec<String>) -> Result<BTreeMap<String, String>, Problem> {
    if by != PipelineBy::LostReason || words.is_empty() {
        return Ok(BTreeMap::new());
    }
    let known = Find::<lost_reasons::Entity>::new().among(lost_reasons::Column::Code, words).all(tx).await?;
    Ok(known.into_iter().map(|row| (row.code, row.name)).collect())
}

fn named<M>(rows: Vec<M>, name: impl Fn(M) -> (Uuid, String)) -> BTreeMap<Uuid, String> {
    rows.into_iter().map(name).collect()
}
