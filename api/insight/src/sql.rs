//! Statements over several tables: the tenant and the granted companies in each, and rows as types.
//!
//! The tenant is always `$1`. A column in square brackets, as in `[e.company_id]`, becomes a condition that it is one of the caller's companies, or nothing
//! when the caller may see all. Both must stand behind the first `$1`, because SQLite counts parameters as they appear.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_value::{CompanyId, Zone};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;

/// A statement with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

/// The statement of a template for this caller. `more` values are the placeholders that follow the tenant.
pub(crate) fn statement(tx: &Tx<'_>, template: &str, more: Vec<Value>) -> Statement {
    let mut values = vec![tx.tenant().into()];
    values.extend(more);
    let granted = tx.companies();
    let first = values.len() + 1;
    let places = granted.as_ref().map(|companies| {
        let places: Vec<String> = (first..first + companies.len()).map(|place| format!("${place}")).collect();
        if places.is_empty() { "NULL".to_owned() } else { places.join(", ") }
    });
    if template.contains('[') {
        values.extend(granted.iter().flat_map(|companies| companies.iter().map(|company| Value::from(*company))));
    }
    Statement { sql: scoped(template, places.as_deref()), values }
}

/// The template with its brackets resolved.
pub(crate) fn scoped(template: &str, places: Option<&str>) -> String {
    let mut sql = String::with_capacity(template.len());
    for part in template.split('[') {
        match (part.split_once(']'), places) {
            (Some((column, rest)), Some(places)) => {
                sql.push_str(&format!("AND {column} IN ({places})"));
                sql.push_str(rest);
            }
            (Some((_, rest)), None) => sql.push_str(rest),
            (None, _) => sql.push_str(part),
        }
    }
    sql
}

/// The rows of a statement.
pub(crate) async fn rows<R: FromQueryResult>(tx: &mut Tx<'_>, statement: Statement, cells: &[(&str, Cell)]) -> Result<Vec<R>, Problem> {
    let found = tx.query(&statement.sql, statement.values, cells).await?;
    found.iter().map(|row| R::from_query_result(row, "").map_err(|error| unreadable(&error))).collect()
}

/// A row that is not of its type: a fault of ours, and never a zero in a report.
pub(crate) fn unreadable(error: &sea_orm::DbErr) -> Problem {
    tracing::error!(%error, "a row of a report cannot be read");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}

/// The time zone of a report: the one that all its companies have, else UTC.
pub(crate) fn zone_of(companies: &[companies::Model]) -> Zone {
    let zone = companies.first().map_or(Zone::UTC, |first| first.time_zone);
    if companies.iter().all(|company| company.time_zone == zone) { zone } else { Zone::UTC }
}

/// The time zone of a report about one company, or all that the caller may see.
///
/// # Errors
/// `not_found` for the company.
pub(crate) async fn zone(tx: &mut Tx<'_>, company_id: Option<CompanyId>) -> Result<Zone, Problem> {
    match company_id {
        Some(id) => Ok(company(tx, id).await?.time_zone),
        None => Ok(zone_of(&Find::<companies::Entity>::new().all(tx).await?)),
    }
}

/// The company that a report asks for.
///
/// # Errors
/// `not_found` naming the parameter, also for a company that is not granted.
pub(crate) async fn company(tx: &mut Tx<'_>, id: CompanyId) -> Result<companies::Model, Problem> {
    let missing = || Problem::of(vec![FieldError::parameter(Code::NotFound, "company_id", "names no company of this tenant")]);
    tx.get::<companies::Entity>(id).await?.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_limit_to_the_granted_companies() {
        let template = "SELECT 1 FROM t WHERE t.tenant_id = $1 [t.company_id] AND EXISTS (SELECT 1 FROM u WHERE u.tenant_id = $1 [u.company_id])";
        let open = "SELECT 1 FROM t WHERE t.tenant_id = $1  AND EXISTS (SELECT 1 FROM u WHERE u.tenant_id = $1 )";
        assert_eq!(scoped(template, None), open);
        let limited = scoped(template, Some("$2, $3"));
        assert!(limited.contains("$1 AND t.company_id IN ($2, $3) AND EXISTS"));
        assert!(limited.ends_with("$1 AND u.company_id IN ($2, $3))"));
    }
}
