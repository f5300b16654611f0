//! How many activities each person has: overdue, due soon, later, done (CRM-09, RPT-07).

use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::activity as wire;
use causeway_value::UserId;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

const DAY_SECONDS: i64 = 86_400;

#[derive(Clone, Debug, FromQueryResult)]
struct Count {
    owner_id: Option<UserId>,
    overdue: i64,
    due_soon: i64,
    later: i64,
    done: i64,
}

/// Counts the activities of each person by the tenant's clock.
///
/// # Errors
/// `not_found` for the company.
pub async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::ActivityReportQuery) -> Result<wire::ActivityReport, Problem> {
    let now = ctx.now();
    let sum = |condition: String, name: &str| format!("CAST(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT) AS {name}");
    // Instants of ours stand in the text: they come before the tenant, and SQLite counts parameters as they appear.
    let (past, soon) = (now.0, now.plus_seconds(DAY_SECONDS).0);
    let sums = [
        sum(format!("a.status = 'open' AND a.due_at < {past}"), "overdue"),
        sum(format!("a.status = 'open' AND a.due_at >= {past} AND a.due_at < {soon}"), "due_soon"),
        sum(format!("a.status = 'open' AND (a.due_at IS NULL OR a.due_at >= {soon})"), "later"),
        sum("a.status = 'done'".to_owned(), "done"),
    ];
    let mut sql = format!("SELECT a.owner_id AS owner_id, {} FROM activities a WHERE a.tenant_id = $1", sums.join(", "));
    let mut more: Vec<Value> = Vec::new();
    if let Some(company) = query.company_id {
        sql::company(tx, company).await?;
        more.push(company.into());
        sql.push_str(&format!(" AND a.company_id = ${}", more.len() + 1));
    }
    if let Some(owner) = query.owner_id {
        more.push(owner.into());
        sql.push_str(&format!(" AND a.owner_id = ${}", more.len() + 1));
    }
    sql.push_str(" [a.company_id] GROUP BY a.owner_id");
    let cells = [("owner_id", Cell::Uuid), ("overdue", Cell::Whole), ("due_soon", Cell::Whole), ("later", Cell::Whole), ("done", Cell::Whole)];
    let asked = statement(tx, &sql, more);
    let counts: Vec<Count> = sql::rows(tx, asked, &cells).await?;
    let ids: BTreeSet<UserId> = counts.iter().filter_map(|count| count.owner_id).collect();
    let people = if ids.is_empty() { Vec::new() } else { Find::<users::Entity>::new().among(users::Column::Id, ids).all(tx).await? };
    let names: BTreeMap<UserId, String> = people.into_iter().map(|user| (user.id, user.name)).collect();
    let row = |count: Count| wire::ActivityReportRow {
        owner_id: count.owner_id,
        name: count.owner_id.and_then(|id| names.get(&id).cloned()),
        overdue: count.overdue,
        due_soon: count.due_soon,
        later: count.later,
        done: count.done,
    };
    let mut rows: Vec<wire::ActivityReportRow> = counts.into_iter().map(row).collect();
    rows.sort_by(|first, second| (second.overdue, &first.name, first.owner_id).cmp(&(first.overdue, &second.name, second.owner_id)));
    Ok(wire::ActivityReport { object: "activity_report".to_owned(), now, rows })
}
