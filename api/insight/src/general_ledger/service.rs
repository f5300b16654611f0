//! The accounts of the general ledger.

use crate::looked_at;
use crate::measure::days;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::general_ledger::{GeneralLedger, GeneralLedgerAccount, GeneralLedgerQuery};
use causeway_value::{AccountId, Amount, Currency, Day, Overflow, PartyId};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;

/// What moved on an account, in minor units of the company's currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Moved {
    account_id: AccountId,
    code: String,
    name: String,
    opening: Amount,
    debit: Amount,
    credit: Amount,
    postings: i64,
}

/// The conditions for an account and a party, whose values come after the first ones of a statement.
pub(super) fn narrowed(account: Option<AccountId>, party: Option<PartyId>, values: &mut Vec<Value>) -> String {
    let mut sql = String::new();
    // The tenant is the first value, and not among these.
    if let Some(account) = account {
        values.push(account.into());
        sql.push_str(&format!(" AND l.account_id = ${}", values.len() + 1));
    }
    if let Some(party) = party {
        values.push(party.into());
        sql.push_str(&of_party(values.len() + 1));
    }
    sql
}

/// The condition for a party, the value at this place: its own lines, and those of the parties that were merged into it, which the chain of the journal holds.
fn of_party(place: usize) -> String {
    format!(" AND (l.party_id = ${place} OR l.party_id IN (SELECT m.merged_id FROM party_merges m WHERE m.tenant_id = $1 AND m.into_party_id = ${place}))")
}

/// The first day stands in the text: it comes before the tenant, and SQLite counts parameters as they appear.
fn moved_sql(from: Day, narrowed: &str) -> String {
    format!(
        "SELECT t.account_id AS account_id, a.code AS code, a.name AS name, t.opening AS opening, t.debit AS debit, t.credit AS credit, t.postings AS postings \
         FROM (SELECT l.account_id, \
                 CAST(SUM(CASE WHEN l.day < '{from}' THEN l.debit - l.credit ELSE 0 END) AS BIGINT) AS opening, \
                 CAST(SUM(CASE WHEN l.day < '{from}' THEN 0 ELSE l.debit END) AS BIGINT) AS debit, \
                 CAST(SUM(CASE WHEN l.day < '{from}' THEN 0 ELSE l.credit END) AS BIGINT) AS credit, \
                 CAST(SUM(CASE WHEN l.day < '{from}' THEN 0 ELSE 1 END) AS BIGINT) AS postings \
             FROM journal_lines l WHERE l.tenant_id = $1 AND l.company_id = $2 AND l.day <= $3{narrowed} GROUP BY l.account_id) t \
         JOIN accounts a ON a.tenant_id = $1 AND a.id = t.account_id WHERE t.opening <> 0 OR t.postings > 0 ORDER BY a.code, a.id"
    )
}

/// The general ledger of a company, account by account.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow` when a sum does not fit.
pub(super) async fn general_ledger(ctx: &Ctx, tx: &mut Tx<'_>, query: &GeneralLedgerQuery) -> Result<GeneralLedger, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let mut values: Vec<Value> = vec![company.id.into(), to.into()];
    let mut narrowed = narrowed(query.account_id, query.party_id, &mut values);
    looked_at::check(tx, query.dimension.as_deref(), query.dimension_value.as_deref()).await?;
    narrowed.push_str(&looked_at::of_journal(query.dimension.as_deref(), query.dimension_value.as_deref(), &mut values)?);
    let cells = [
        ("account_id", Cell::Uuid),
        ("code", Cell::Text),
        ("name", Cell::Text),
        ("opening", Cell::Whole),
        ("debit", Cell::Whole),
        ("credit", Cell::Whole),
        ("postings", Cell::Whole),
    ];
    let asked = statement(tx, &moved_sql(from, &narrowed), values);
    let accounts: Vec<Moved> = sql::rows(tx, asked, &cells).await?;
    let currency = company.currency;
    let (debit, credit) = (Amount::sum(accounts.iter().map(|row| row.debit))?, Amount::sum(accounts.iter().map(|row| row.credit))?);
    Ok(GeneralLedger {
        object: "general_ledger".to_owned(),
        company_id: company.id,
        from,
        to,
        currency,
        rows: accounts.into_iter().map(|account| row(account, currency)).collect::<Result<_, _>>()?,
        total_debit: debit.text(currency),
        total_credit: credit.text(currency),
    })
}

fn row(account: Moved, currency: Currency) -> Result<GeneralLedgerAccount, Overflow> {
    let closing = account.opening.plus(account.debit)?.minus(account.credit)?;
    Ok(GeneralLedgerAccount {
        account_id: account.account_id,
        account_code: account.code,
        name: account.name,
        opening_balance: account.opening.text(currency),
        debit: account.debit.text(currency),
        credit: account.credit.text(currency),
        closing_balance: closing.text(currency),
        postings: account.postings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_numbered_after_the_tenant_and_what_is_there() {
        let conditions = |account: bool, party: bool| {
            let mut values: Vec<Value> = vec![1_i64.into(), 2_i64.into()];
            let sql = narrowed(account.then(AccountId::new), party.then(PartyId::new), &mut values);
            (sql, values.len())
        };
        assert_eq!(conditions(false, false), (String::new(), 2));
        assert_eq!(conditions(true, false), (" AND l.account_id = $4".to_owned(), 3));
        assert_eq!(conditions(false, true), (of_party(4), 3));
        assert_eq!(conditions(true, true), (format!(" AND l.account_id = $4{}", of_party(5)), 4));
    }

    #[test]
    fn an_account_closes_at_what_it_opened_with_and_what_moved() {
        let moved = Moved {
            account_id: AccountId::new(),
            code: "1100".to_owned(),
            name: "Receivable".to_owned(),
            opening: Amount(-500),
            debit: Amount(1_000),
            credit: Amount(200),
            postings: 2,
        };
        let shown = row(moved.clone(), "EUR".parse().unwrap()).unwrap();
        assert_eq!((shown.opening_balance.0.as_str(), shown.closing_balance.0.as_str()), ("-5.00", "3.00"));
        assert!(row(Moved { opening: Amount(i64::MAX), ..moved }, "EUR".parse().unwrap()).is_err());
    }
}
