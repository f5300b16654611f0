//! In which stages a deal stood, and since when: each visit is what the deal was at that version, and one ends where the next begins (CRM-10).

use super::check::{Check, Unit};
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::kernel::snapshots;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::object::Break;
use causeway_value::{Instant, OpportunityId, StageId};
use sea_orm::FromQueryResult;
use serde::Deserialize;
use uuid::Uuid;

/// The check that reads snapshots.
pub(super) const VISITS: &str = "stage_visit";
/// Visits that are read at a time, with a snapshot each.
const PAGE: usize = 1_000;
/// Breaks that are reported, at most.
const MOST: usize = 100;

pub(super) const TEMPLATE: &str = "SELECT v.opportunity_id AS id, v.version AS version, v.stage_id AS stage_id, v.entered_at AS entered_at, \
        CAST(CASE WHEN s.object_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS known, s.body AS body \
    FROM stage_visits v JOIN opportunities o ON o.tenant_id = v.tenant_id AND o.id = v.opportunity_id \
    LEFT JOIN snapshots s ON s.tenant_id = v.tenant_id AND s.object_id = v.opportunity_id AND s.version = v.version \
    WHERE v.tenant_id = $1 AND (v.opportunity_id, v.version) > ($2, $3) [o.company_id] ORDER BY v.opportunity_id, v.version LIMIT 1000";

const CELLS: [(&str, Cell); 6] =
    [("id", Cell::Uuid), ("version", Cell::Whole), ("stage_id", Cell::Uuid), ("entered_at", Cell::Whole), ("known", Cell::Whole), ("body", Cell::Text)];

#[derive(Clone, Debug, FromQueryResult)]
struct Visit {
    id: Uuid,
    version: i64,
    stage_id: Uuid,
    entered_at: i64,
    /// Whether the deal has that version.
    known: i64,
    body: Option<String>,
}

/// What a snapshot says of a deal.
#[derive(Clone, Debug, Deserialize)]
struct Said {
    stage: Stage,
    stage_since: Option<Instant>,
    created_at: Instant,
    closed_at: Option<Instant>,
}

#[derive(Clone, Debug, Deserialize)]
struct Stage {
    id: StageId,
}

impl Said {
    fn read(body: Option<&str>) -> Option<Self> {
        serde_json::from_str(body?).ok()
    }

    /// Whether a visit may have begun then: with the stage, or with the deal or its end where its days were corrected.
    fn knows(&self, entered: Instant) -> bool {
        [self.stage_since, Some(self.created_at), self.closed_at].contains(&Some(entered))
    }
}

/// The check that is one statement: the last visit is where the deal stands, and each of the others has ended when the next began, or with its own beginning
/// where that is later: back-dated ends make no time negative, also when they were corrected to a later day.
pub(super) fn checks() -> Vec<Check> {
    let sql = "SELECT o.id AS id, o.title AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM opportunities o \
               LEFT JOIN (SELECT opportunity_id, stage_id, entered_at, left_at, \
                       LEAD(entered_at) OVER (PARTITION BY opportunity_id ORDER BY version) AS next_at, \
                       ROW_NUMBER() OVER (PARTITION BY opportunity_id ORDER BY version DESC) AS place FROM stage_visits WHERE tenant_id = $1) v \
                   ON v.opportunity_id = o.id \
               WHERE o.tenant_id = $1 [o.company_id] AND ((v.opportunity_id IS NULL AND o.stage_since IS NOT NULL) OR (v.place = 1 AND (v.left_at IS NOT NULL OR v.stage_id <> o.stage_id)) \
                   OR (v.place > 1 AND COALESCE(v.left_at, 0) <> CASE WHEN v.entered_at > v.next_at THEN v.entered_at ELSE v.next_at END \
                       AND COALESCE(v.left_at, 0) <> v.entered_at)) \
               GROUP BY o.id, o.title";
    vec![Check {
        name: "stage_visits",
        subject: "opp",
        what: "visits of a stage that do not follow one another to where the deal stands",
        unit: Unit::Count,
        sql: sql.to_owned(),
    }]
}

/// Holds every visit that the caller may see against the record of its deal.
///
/// # Errors
/// When the database fails.
pub(super) async fn visits(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    let mut after = Some((Uuid::nil(), 0_i64));
    while let Some((id, version)) = after.take() {
        let asked = statement(tx, TEMPLATE, vec![id.into(), version.into()]);
        let page: Vec<Visit> = sql::rows(tx, asked, &CELLS).await?;
        if page.len() == PAGE {
            after = page.last().map(|row| (row.id, row.version));
        }
        for row in &page {
            if row.known == 0 {
                breaks.push(broken(row, "the deal", "a record of it", "none"));
                continue;
            }
            // What was erased says nothing.
            let Some(said) = Said::read(row.body.as_deref()) else { continue };
            let entered = Instant(row.entered_at);
            if said.stage.id.uuid() != row.stage_id {
                breaks.push(broken(row, "the stage", &said.stage.id.to_string(), &StageId::from_uuid(row.stage_id).to_string()));
            } else if !said.knows(entered) && !corrected(tx, row.id, entered).await? {
                breaks.push(broken(row, "its beginning", &said.stage_since.unwrap_or(said.created_at).to_string(), &entered.to_string()));
            }
        }
        breaks.truncate(MOST);
    }
    Ok(breaks)
}

/// Whether a later record of the deal corrected its days to this one.
async fn corrected(tx: &mut Tx<'_>, id: Uuid, entered: Instant) -> Result<bool, Problem> {
    let later = Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, id).all(tx).await?;
    Ok(later.iter().filter_map(|row| Said::read(row.body.as_deref())).any(|said| said.knows(entered)))
}

fn broken(row: &Visit, what: &str, expected: &str, found: &str) -> Break {
    let detail = format!("{what} of the visit that began with version {}: expected {expected}, found {found}", row.version);
    Break { check: VISITS.to_owned(), subject: OpportunityId::from_uuid(row.id).to_string(), detail }
}
