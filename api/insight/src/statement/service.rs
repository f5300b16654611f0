//! Reading a statement.

use super::crossings::{Crossing, crossings};
use crate::sql::{self, statement};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::parties;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::statement::{Statement, StatementLine, StatementQuery, StatementSection};
use causeway_value::{Amount, CompanyId, Currency, Day, Overflow, PartyId, type_id};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Lines of a section, at most.
const MOST: usize = 1_000;

/// What moves the account of customer `$2`: more owed is positive. A reversal counts on its own day, not on that of what it takes back.
const ITEMS: &str = "WITH items AS (\
    SELECT i.company_id, i.currency, i.invoice_date AS day, i.kind AS kind, i.id, i.number, \
        CASE WHEN i.kind = 'invoice' THEN i.total_amount ELSE 0 - i.total_amount END AS amount FROM invoices i \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND i.direction = 'sale' AND i.status IN ('posted', 'reversed') \
    UNION ALL SELECT p.company_id, p.currency, p.payment_date, 'payment', p.id, p.number, \
        CASE WHEN p.direction = 'inbound' THEN 0 - p.amount ELSE p.amount END FROM payments p \
        WHERE p.tenant_id = $1 AND p.party_id = $2 AND p.settles = 'sale' AND p.status IN ('posted', 'reversed') \
    UNION ALL SELECT p.company_id, p.currency, e.date, 'payment_reversal', p.id, p.number, \
        CASE WHEN p.direction = 'inbound' THEN p.amount ELSE 0 - p.amount END FROM payments p \
        JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.id = p.reversal_entry_id \
        WHERE p.tenant_id = $1 AND p.party_id = $2 AND p.settles = 'sale' AND p.status = 'reversed' \
    UNION ALL SELECT w.company_id, w.currency, w.date, 'write_off', w.id, i.number, 0 - w.amount FROM write_offs w \
        JOIN invoices i ON i.tenant_id = w.tenant_id AND i.id = w.invoice_id WHERE w.tenant_id = $1 AND w.party_id = $2 AND i.direction = 'sale' \
    UNION ALL SELECT w.company_id, w.currency, e.date, 'write_off_reversal', w.id, i.number, w.amount FROM write_offs w \
        JOIN invoices i ON i.tenant_id = w.tenant_id AND i.id = w.invoice_id \
        JOIN journal_entries e ON e.tenant_id = w.tenant_id AND e.id = w.reversal_entry_id \
        WHERE w.tenant_id = $1 AND w.party_id = $2 AND i.direction = 'sale' \
    UNION ALL SELECT p.company_id, p.currency, o.day, 'surplus', p.id, p.number, \
        CASE WHEN p.direction = 'inbound' THEN o.amount ELSE 0 - o.amount END FROM payments p \
        JOIN payment_offsets o ON o.tenant_id = p.tenant_id AND o.payment_id = p.id AND o.kind = 'surplus' \
        WHERE p.tenant_id = $1 AND p.party_id = $2 AND p.settles = 'sale' \
    UNION ALL SELECT p.company_id, p.currency, e.date, 'surplus_reversal', p.id, p.number, \
        CASE WHEN p.direction = 'inbound' THEN 0 - o.amount ELSE o.amount END FROM payments p \
        JOIN payment_offsets o ON o.tenant_id = p.tenant_id AND o.payment_id = p.id AND o.kind = 'surplus' \
        JOIN journal_entries e ON e.tenant_id = o.tenant_id AND e.reversal_of = o.journal_entry_id \
        WHERE p.tenant_id = $1 AND p.party_id = $2 AND p.settles = 'sale') ";

/// What is billed on a day stands before what settles it, as [`rank`] says.
const RANK: &str = "CASE kind WHEN 'invoice' THEN 0 WHEN 'credit_note' THEN 1 ELSE 2 END";

/// The place of a kind among those of one day.
fn rank(kind: &str) -> u8 {
    match kind {
        "invoice" => 0,
        "credit_note" => 1,
        _ => 2,
    }
}

/// What was owed at a time in one currency of one company.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Balance {
    company_id: CompanyId,
    currency: Currency,
    amount: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Movement {
    company_id: CompanyId,
    currency: Currency,
    day: Day,
    kind: String,
    id: Uuid,
    number: Option<String>,
    amount: Amount,
    /// What its id is one of.
    prefix: Option<String>,
}

/// The statement of a customer.
///
/// # Errors
/// `not_found` for the party, or naming the parameter for the company; `invalid_value` when the days are the wrong way round.
pub async fn statement_of(ctx: &Ctx, tx: &mut Tx<'_>, party_id: PartyId, query: &StatementQuery) -> Result<Statement, Problem> {
    tx.must::<parties::Entity>(party_id).await?;
    let zone = sql::zone(tx, query.company_id).await?;
    let to = query.to.unwrap_or_else(|| ctx.today(zone));
    if query.from.is_some_and(|from| from > to) {
        return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "from", "must not be after the last day")]));
    }
    let crossed = crossings(tx, party_id, query.company_id).await?;
    let opening = match query.from {
        Some(from) => balances(tx, party_id, query.company_id, from.plus_days(-1), &crossed).await?,
        None => BTreeMap::new(),
    };
    let closing = balances(tx, party_id, query.company_id, to, &crossed).await?;
    let mut sections = Vec::new();
    for (key, closing) in closing {
        let mut lines = movements(tx, party_id, key, (query.from, to)).await?;
        let of_section = crossed.iter().filter(|row| (row.company_id, row.currency) == key && row.day <= to && query.from.is_none_or(|from| row.day >= from));
        lines.extend(of_section.map(Movement::from));
        lines.sort_by(|one, other| (one.day, rank(&one.kind), one.id, &one.kind).cmp(&(other.day, rank(&other.kind), other.id, &other.kind)));
        sections.push(section(key, opening.get(&key).copied().unwrap_or_default(), lines, closing)?);
    }
    Ok(Statement { object: "statement".to_owned(), party_id, from: query.from, to, sections })
}

impl From<&Crossing> for Movement {
    fn from(row: &Crossing) -> Self {
        let Crossing { company_id, currency, day, kind, prefix, id, number, amount } = row.clone();
        Self { company_id, currency, day, kind: kind.to_owned(), id, number, amount, prefix: Some(prefix.to_owned()) }
    }
}

/// What was owed at the end of a day, by company and currency.
async fn balances(
    tx: &mut Tx<'_>,
    party_id: PartyId,
    company_id: Option<CompanyId>,
    day: Day,
    crossed: &[Crossing],
) -> Result<BTreeMap<(CompanyId, Currency), Amount>, Problem> {
    let mut values: Vec<Value> = vec![party_id.into(), day.into()];
    let mut company = "";
    if let Some(id) = company_id {
        company = "AND company_id = $4 ";
        values.push(id.into());
    }
    let template = format!(
        "{ITEMS} SELECT company_id, currency, CAST(SUM(amount) AS BIGINT) AS amount FROM items WHERE day <= $3 {company}[company_id] \
         GROUP BY company_id, currency"
    );
    let cells = [("company_id", Cell::Uuid), ("currency", Cell::Text), ("amount", Cell::Whole)];
    let asked = statement(tx, &template, values);
    let rows: Vec<Balance> = sql::rows(tx, asked, &cells).await?;
    let mut balances: BTreeMap<_, _> = rows.into_iter().map(|row| ((row.company_id, row.currency), row.amount)).collect();
    for row in crossed.iter().filter(|row| row.day <= day) {
        let balance = balances.entry((row.company_id, row.currency)).or_default();
        *balance = balance.plus(row.amount)?;
    }
    Ok(balances)
}

/// What moved, one line more than are shown. The key was found among what the caller may see.
async fn movements(tx: &mut Tx<'_>, party_id: PartyId, key: (CompanyId, Currency), (from, to): (Option<Day>, Day)) -> Result<Vec<Movement>, Problem> {
    let mut values: Vec<Value> = vec![party_id.into(), key.0.into(), key.1.into(), to.into()];
    let mut first = "";
    if let Some(from) = from {
        first = "AND day >= $6 ";
        values.push(from.into());
    }
    let template = format!(
        "{ITEMS} SELECT company_id, currency, day, kind, id, number, CAST(amount AS BIGINT) AS amount, NULL AS prefix FROM items \
         WHERE company_id = $3 AND currency = $4 AND day <= $5 {first}ORDER BY day, {RANK}, id, kind LIMIT {}",
        MOST + 1
    );
    let cells = [
        ("company_id", Cell::Uuid),
        ("currency", Cell::Text),
        ("day", Cell::Text),
        ("kind", Cell::Text),
        ("id", Cell::Uuid),
        ("number", Cell::Text),
        ("amount", Cell::Whole),
        ("prefix", Cell::Text),
    ];
    let asked = statement(tx, &template, values);
    sql::rows(tx, asked, &cells).await
}

fn section((company_id, currency): (CompanyId, Currency), opening: Amount, movements: Vec<Movement>, closing: Amount) -> Result<StatementSection, Overflow> {
    let mut balance = opening;
    let mut lines = Vec::with_capacity(movements.len());
    let has_more = movements.len() > MOST;
    for row in movements.into_iter().take(MOST) {
        balance = balance.plus(row.amount)?;
        let prefix = match (row.prefix.as_deref(), row.kind.as_str()) {
            (Some(prefix), _) => prefix,
            (None, "payment" | "payment_reversal" | "surplus" | "surplus_reversal") => "pay",
            (None, "write_off" | "write_off_reversal") => "wof",
            (None, _) => "inv",
        };
        lines.push(StatementLine {
            date: row.day,
            kind: row.kind,
            document_id: type_id(prefix, row.id),
            number: row.number,
            amount: row.amount.text(currency),
            balance: balance.text(currency),
        });
    }
    Ok(StatementSection { company_id, currency, opening_balance: opening.text(currency), lines, has_more, closing_balance: closing.text(currency) })
}
