//! Reading the trial balance.

use crate::looked_at;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_master::dimension::service::of_sets;
use causeway_openapi::report::{TrialBalance, TrialBalanceQuery, TrialBalanceRow};
use causeway_value::{Amount, Currency, Overflow};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The turnover of an account with one set of dimensions, in minor units of the company's currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Turnover {
    code: String,
    name: String,
    /// None unless the accounts are split.
    set_id: Option<Uuid>,
    debit: Amount,
    credit: Amount,
}

/// An account, or the part of it that has a value: its code, its name and the value.
type Row = (String, String, Option<String>);

fn turnover_sql(split: bool, looked_at: &str) -> String {
    // A null of the type of an id, on both databases.
    let (set, group) = if split { ("l.dimension_set_id", ", l.dimension_set_id") } else { ("NULLIF(l.account_id, l.account_id)", "") };
    format!(
        "SELECT a.code AS code, a.name AS name, t.set_id AS set_id, t.debit AS debit, t.credit AS credit \
         FROM (SELECT l.account_id, {set} AS set_id, CAST(SUM(l.debit) AS BIGINT) AS debit, CAST(SUM(l.credit) AS BIGINT) AS credit FROM journal_lines l \
             WHERE l.tenant_id = $1 AND l.company_id = $2 AND l.day <= $3{looked_at} GROUP BY l.account_id{group}) t \
         JOIN accounts a ON a.tenant_id = $1 AND a.id = t.account_id ORDER BY a.code, a.id"
    )
}

/// The trial balance of a company as of a day: today in its time zone when not given. Accounts that never moved are left out.
///
/// # Errors
/// `not_found` for the company; `required` for a value without its dimension; `amount_overflow` when a sum does not fit.
pub async fn trial_balance(ctx: &Ctx, tx: &mut Tx<'_>, query: &TrialBalanceQuery) -> Result<TrialBalance, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let mut values = vec![company.id.into(), as_of.into()];
    looked_at::check(tx, query.dimension.as_deref(), query.dimension_value.as_deref()).await?;
    let looked_at = looked_at::of_journal(query.dimension.as_deref(), query.dimension_value.as_deref(), &mut values)?;
    let split = query.by_dimension.as_deref();
    let cells = [("code", Cell::Text), ("name", Cell::Text), ("set_id", Cell::Uuid), ("debit", Cell::Whole), ("credit", Cell::Whole)];
    let asked = statement(tx, &turnover_sql(split.is_some(), &looked_at), values);
    let found: Vec<Turnover> = sql::rows(tx, asked, &cells).await?;
    let sets = of_sets(tx, found.iter().filter_map(|row| row.set_id)).await?;
    let mut rows: BTreeMap<Row, (Amount, Amount)> = BTreeMap::new();
    for row in found {
        let value = split.and_then(|code| sets.get(&row.set_id?)?.get(code).cloned());
        let (debit, credit) = rows.entry((row.code, row.name, value)).or_default();
        *debit = debit.plus(row.debit)?;
        *credit = credit.plus(row.credit)?;
    }
    let currency = company.currency;
    let (debit, credit) = (Amount::sum(rows.values().map(|(debit, _)| *debit))?, Amount::sum(rows.values().map(|(_, credit)| *credit))?);
    Ok(TrialBalance {
        object: "trial_balance".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        rows: rows.into_iter().map(|(row, sums)| shown(row, sums, currency)).collect::<Result<_, _>>()?,
        total_debit: debit.text(currency),
        total_credit: credit.text(currency),
    })
}

fn shown((account_code, name, dimension_value): Row, (debit, credit): (Amount, Amount), currency: Currency) -> Result<TrialBalanceRow, Overflow> {
    Ok(TrialBalanceRow {
        account_code,
        name,
        dimension_value,
        debit: debit.text(currency),
        credit: credit.text(currency),
        balance: debit.minus(credit)?.text(currency),
    })
}
