//! Counting the signals.

use super::signals::SIGNALS;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::compliance::{Compliance, ComplianceQuery, ComplianceRow};
use causeway_sell::order::incomplete;
use causeway_value::{CompanyId, Instant};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

#[derive(Clone, Debug, FromQueryResult)]
struct Counted {
    company_id: CompanyId,
    signal: String,
    count: i64,
    oldest: Option<Instant>,
}

/// The signals of a company, or of all that the caller may see.
///
/// # Errors
/// `not_found` for the company.
pub(super) async fn compliance(ctx: &Ctx, tx: &mut Tx<'_>, query: &ComplianceQuery) -> Result<Compliance, Problem> {
    let companies = match query.company_id {
        Some(id) => vec![sql::company(tx, id).await?],
        None => Find::<companies::Entity>::new().order_by(companies::Column::Name).order_by(companies::Column::Id).all(tx).await?,
    };
    let as_of = ctx.today(sql::zone_of(&companies));
    let mut values = Vec::new();
    let incomplete = incomplete::condition(&companies, "d", |value| {
        values.push(value);
        // Behind the tenant.
        format!("${}", values.len() + 1)
    });
    let counted = SIGNALS.iter().map(|signal| signal.sql(as_of, &incomplete)).collect::<Vec<_>>().join(" UNION ALL ");
    let asked = statement(tx, &counted, values);
    let cells = [("company_id", Cell::Uuid), ("signal", Cell::Text), ("count", Cell::Whole), ("oldest", Cell::Whole)];
    let found: Vec<Counted> = sql::rows(tx, asked, &cells).await?;
    let found: BTreeMap<(CompanyId, String), Counted> = found.into_iter().map(|row| ((row.company_id, row.signal.clone()), row)).collect();
    let mut rows = Vec::with_capacity(companies.len() * SIGNALS.len());
    for company in &companies {
        for signal in &SIGNALS {
            let row = found.get(&(company.id, signal.name.to_owned()));
            rows.push(ComplianceRow {
                company_id: company.id,
                company: company.name.clone(),
                signal: signal.name.to_owned(),
                count: row.map_or(0, |row| row.count),
                oldest: row.and_then(|row| row.oldest),
                list: signal.list(company.id, as_of),
            });
        }
    }
    Ok(Compliance { object: "compliance".to_owned(), as_of, rows })
}
