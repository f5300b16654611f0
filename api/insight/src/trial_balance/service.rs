//! Reading the trial balance.

use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::report::{TrialBalance, TrialBalanceRow};
use causeway_value::{Amount, CompanyId, Currency, Day, Overflow};
use sea_orm::FromQueryResult;

/// The turnover of an account, in minor units of the company's currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Turnover {
    code: String,
    name: String,
    debit: Amount,
    credit: Amount,
}

const TURNOVER: &str = "SELECT a.code AS code, a.name AS name, t.debit AS debit, t.credit AS credit \
    FROM (SELECT l.account_id, CAST(SUM(l.debit) AS BIGINT) AS debit, CAST(SUM(l.credit) AS BIGINT) AS credit FROM journal_lines l \
        WHERE l.tenant_id = $1 AND l.company_id = $2 AND l.day <= $3 GROUP BY l.account_id) t \
    JOIN accounts a ON a.tenant_id = $1 AND a.id = t.account_id ORDER BY a.code, a.id";

/// The trial balance of a company as of a day: today in its time zone when not given. Accounts that never moved are left out.
///
/// # Errors
/// `not_found` for the company; `amount_overflow` when a sum does not fit.
pub async fn trial_balance(ctx: &Ctx, tx: &mut Tx<'_>, company_id: CompanyId, as_of: Option<Day>) -> Result<TrialBalance, Problem> {
    let company = sql::company(tx, company_id).await?;
    let as_of = as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let cells = [("code", Cell::Text), ("name", Cell::Text), ("debit", Cell::Whole), ("credit", Cell::Whole)];
    let asked = statement(tx, TURNOVER, vec![company_id.into(), as_of.into()]);
    let accounts: Vec<Turnover> = sql::rows(tx, asked, &cells).await?;
    let currency = company.currency;
    let (debit, credit) = (Amount::sum(accounts.iter().map(|row| row.debit))?, Amount::sum(accounts.iter().map(|row| row.credit))?);
    Ok(TrialBalance {
        object: "trial_balance".to_owned(),
        company_id,
        as_of,
        currency,
        rows: accounts.into_iter().map(|account| row(account, currency)).collect::<Result<_, _>>()?,
        total_debit: debit.text(currency),
        total_credit: credit.text(currency),
    })
}

fn row(account: Turnover, currency: Currency) -> Result<TrialBalanceRow, Overflow> {
    Ok(TrialBalanceRow {
        account_code: account.code,
        name: account.name,
        debit: account.debit.text(currency),
        credit: account.credit.text(currency),
        balance: account.debit.minus(account.credit)?.text(currency),
    })
}
