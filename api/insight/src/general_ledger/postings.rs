//! The postings of the general ledger, page by page.
//!
//! They are read along the index of accounts and days. The cursor holds the balance after the last posting, so that a page never adds up what was shown.

use super::service::narrowed;
use crate::measure::days;
use crate::sql::{self, statement};
use causeway_books::ledger::service::document_id;
use causeway_contract::{Page, Problem};
use causeway_entity::books::journal_entries;
use causeway_entity::master::accounts;
use causeway_kernel::db::Cell;
use causeway_kernel::list::{read_cursor, write_cursor};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::general_ledger::{LedgerPosting, LedgerPostingsQuery};
use causeway_value::{AccountId, Amount, CompanyId, Currency, Day, JournalEntryId, PartyId};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Postings of a page when none are asked for.
const PAGE: u32 = 50;

/// Where a page ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    account: Uuid,
    day: Day,
    entry: Uuid,
    position: i64,
    /// What stands on the account after it.
    balance: i64,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Line {
    account_id: AccountId,
    day: Day,
    entry_id: JournalEntryId,
    position: i64,
    party_id: Option<PartyId>,
    debit: Amount,
    credit: Amount,
    amount_currency: Amount,
    currency: Currency,
    due_date: Option<Day>,
}

#[derive(Clone, Debug, FromQueryResult)]
struct Balance {
    account_id: AccountId,
    balance: Amount,
}

/// One page of the postings of a company.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `cursor_invalid`; `amount_overflow`.
pub(super) async fn postings(ctx: &Ctx, tx: &mut Tx<'_>, query: &LedgerPostingsQuery) -> Result<Page<LedgerPosting>, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let bound = LedgerPostingsQuery { limit: None, cursor: None, ..query.clone() };
    let bound = serde_json::to_vec(&bound).unwrap_or_default();
    let mark: Option<Mark> = query.cursor.as_deref().map(|cursor| read_cursor(ctx, &bound, cursor)).transpose()?;
    let limit = usize::try_from(query.limit.unwrap_or(PAGE)).unwrap_or(usize::MAX);
    let mut lines = lines(tx, company.id, (from, to), query, mark.as_ref(), limit + 1).await?;
    let has_more = lines.len() > limit;
    lines.truncate(limit);
    let mut balances = opening(tx, company.id, from, query, lines.iter().map(|line| line.account_id).collect()).await?;
    if let Some(mark) = &mark {
        balances.insert(AccountId::from_uuid(mark.account), Amount(mark.balance));
    }
    let entries = entries(tx, &lines).await?;
    let codes = codes(tx, &lines).await?;
    let mut data = Vec::with_capacity(lines.len());
    for line in &lines {
        let Some(entry) = entries.get(&line.entry_id) else { return Err(Problem::not_found()) };
        let balance = balances.entry(line.account_id).or_default();
        *balance = balance.plus(line.debit)?.minus(line.credit)?;
        data.push(posting(line, entry, *balance, codes.get(&line.account_id).cloned().unwrap_or_default()));
    }
    let end = lines.last().filter(|_| has_more).map(|line| Mark {
        account: line.account_id.uuid(),
        day: line.day,
        entry: line.entry_id.uuid(),
        position: line.position,
        balance: balances.get(&line.account_id).copied().unwrap_or_default().0,
    });
    Ok(Page { data, has_more, next_cursor: end.map(|mark| write_cursor(ctx, &bound, &mark)) })
}

fn posting(line: &Line, entry: &journal_entries::Model, balance: Amount, account_code: String) -> LedgerPosting {
    LedgerPosting {
        account_id: line.account_id,
        account_code,
        date: line.day,
        journal_entry_id: line.entry_id,
        number: entry.number.clone(),
        line: line.position,
        event: entry.event.clone(),
        document_id: document_id(&entry.document_type, entry.document_id),
        description: entry.description.clone(),
        party_id: line.party_id,
        debit: line.debit.text(entry.currency),
        credit: line.credit.text(entry.currency),
        balance: balance.text(entry.currency),
        currency: line.currency,
        amount_currency: line.amount_currency.text(line.currency),
        due_date: line.due_date,
    }
}

async fn lines(
    tx: &mut Tx<'_>,
    company: CompanyId,
    (from, to): (Day, Day),
    query: &LedgerPostingsQuery,
    mark: Option<&Mark>,
    limit: usize,
) -> Result<Vec<Line>, Problem> {
    let mut values: Vec<Value> = vec![company.into(), from.into(), to.into()];
    let mut conditions = narrowed(query.account_id, query.party_id, &mut values);
    if let Some(mark) = mark {
        let first = values.len() + 2;
        values.extend([mark.account.into(), mark.day.into(), mark.entry.into(), mark.position.into()]);
        let [account, day, entry, position] = [first, first + 1, first + 2, first + 3];
        conditions.push_str(&format!(" AND (l.account_id, l.day, l.entry_id, l.position) > (${account}, ${day}, ${entry}, ${position})"));
    }
    let template = format!(
        "SELECT l.account_id AS account_id, l.day AS day, l.entry_id AS entry_id, l.position AS position, l.party_id AS party_id, l.debit AS debit, \
             l.credit AS credit, l.amount_currency AS amount_currency, l.currency AS currency, l.due_date AS due_date \
         FROM journal_lines l WHERE l.tenant_id = $1 AND l.company_id = $2 AND l.day >= $3 AND l.day <= $4{conditions} \
         ORDER BY l.account_id, l.day, l.entry_id, l.position LIMIT {limit}"
    );
    let cells = [
        ("account_id", Cell::Uuid),
        ("day", Cell::Text),
        ("entry_id", Cell::Uuid),
        ("position", Cell::Whole),
        ("party_id", Cell::Uuid),
        ("debit", Cell::Whole),
        ("credit", Cell::Whole),
        ("amount_currency", Cell::Whole),
        ("currency", Cell::Text),
        ("due_date", Cell::Text),
    ];
    let asked = statement(tx, &template, values);
    sql::rows(tx, asked, &cells).await
}

/// What stood on these accounts before the first day.
async fn opening(
    tx: &mut Tx<'_>,
    company: CompanyId,
    from: Day,
    query: &LedgerPostingsQuery,
    accounts: BTreeSet<AccountId>,
) -> Result<BTreeMap<AccountId, Amount>, Problem> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut values: Vec<Value> = vec![company.into(), from.into()];
    let conditions = narrowed(None, query.party_id, &mut values);
    let first = values.len() + 2;
    let places: Vec<String> = (first..first + accounts.len()).map(|place| format!("${place}")).collect();
    values.extend(accounts.into_iter().map(Value::from));
    let template = format!(
        "SELECT l.account_id AS account_id, CAST(SUM(l.debit - l.credit) AS BIGINT) AS balance FROM journal_lines l \
         WHERE l.tenant_id = $1 AND l.company_id = $2 AND l.day < $3{conditions} AND l.account_id IN ({}) GROUP BY l.account_id",
        places.join(", ")
    );
    let asked = statement(tx, &template, values);
    let rows: Vec<Balance> = sql::rows(tx, asked, &[("account_id", Cell::Uuid), ("balance", Cell::Whole)]).await?;
    Ok(rows.into_iter().map(|row| (row.account_id, row.balance)).collect())
}

async fn entries(tx: &mut Tx<'_>, lines: &[Line]) -> Result<BTreeMap<JournalEntryId, journal_entries::Model>, Problem> {
    let ids: BTreeSet<JournalEntryId> = lines.iter().map(|line| line.entry_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<journal_entries::Entity>::new().among(journal_entries::Column::Id, ids).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn codes(tx: &mut Tx<'_>, lines: &[Line]) -> Result<BTreeMap<AccountId, String>, Problem> {
    let ids: BTreeSet<AccountId> = lines.iter().map(|line| line.account_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<accounts::Entity>::new().among(accounts::Column::Id, ids).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
}
