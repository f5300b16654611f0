//! Entries that people make themselves, and their reversal (requirements ACC-01, CRN-04).

use super::rules::{Line, reversal};
use super::service::{Own, PostEntry, line_of, lines_of, reversals_of, taken_back, write};
use super::view::{view, words};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::books::{journal_entries, journal_lines};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::account::lookup::{Chart, chart};
use causeway_master::dimension::rules::set_id;
use causeway_master::dimension::service as dimension;
use causeway_master::{check, company, money};
use causeway_openapi::ledger::{CreateJournalEntry, JournalEntry, JournalLineInput, ReverseJournalEntry};
use causeway_value::{Account, Amount, Currency, Day, JournalEntryId, PartyId};

/// An entry that somebody makes is its own document.
const DOCUMENT_TYPE: &str = "journal_entry";

/// Posts an entry of somebody's own.
///
/// # Errors
/// Every wrong field, among them lines that do not balance; `period_locked`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateJournalEntry) -> Result<JournalEntry, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    check::not_blank(&body.description, "/description", &mut errors);
    if let (Some(date), Some(company)) = (body.date, &company) {
        check::posting_day(date, ctx.today(company.time_zone), "/date", &mut errors);
    }
    let parties: Vec<(PartyId, String)> = named_parties(&body.lines);
    check::named_all::<parties::Entity, _>(tx, parties::Column::Id, |row| row.id, &parties, &mut errors).await?;
    let Some(company) = company else { return Err(Problem::of(errors)) };
    let ids: Vec<_> = body.lines.iter().map(|line| line.account_id).collect();
    let accounts = chart(tx, company.id, &ids, &[]).await?;
    let mut lines = Vec::with_capacity(body.lines.len());
    for (index, input) in body.lines.iter().enumerate() {
        check_account(&accounts, input, index, &mut errors);
        lines.extend(line(input, index, company.currency, &mut errors));
    }
    dimension::check_lines(tx, company.id, body.lines.iter().map(|line| &line.dimensions).enumerate(), &mut errors).await?;
    check_balance(&lines, body.lines.len(), company.currency, &mut errors)?;
    check::finish(errors)?;
    dimension::keep(tx, body.lines.iter().map(|line| &line.dimensions)).await?;
    let day = body.date.unwrap_or_else(|| ctx.today(company.time_zone));
    let own = Own { description: Some(body.description.clone()), ..Own::default() };
    let entry = PostEntry { day, event: "journal_entry.posted", document_type: DOCUMENT_TYPE, document_id: own.id.uuid(), flow_id: None, lines };
    let row = write(ctx, tx, &company, entry.clone(), own).await?;
    record(ctx, tx, "journal_entry.posted", &row, None, &entry.lines).await
}

fn named_parties(lines: &[JournalLineInput]) -> Vec<(PartyId, String)> {
    (0..).zip(lines).filter_map(|(index, line): (usize, _)| line.party_id.map(|id| (id, format!("/lines/{index}/party_id")))).collect()
}

fn check_account(accounts: &Chart, input: &JournalLineInput, index: usize, errors: &mut Vec<FieldError>) {
    let pointer = format!("/lines/{index}/account_id");
    match accounts.get(input.account_id) {
        None => errors.push(check::unknown::<Account>(pointer, "company")),
        Some(account) => errors.extend(Chart::refusal(account, &pointer)),
    }
}

/// A line as the ledger takes it; none when it is wrong.
fn line(input: &JournalLineInput, index: usize, currency: Currency, errors: &mut Vec<FieldError>) -> Option<Line> {
    let before = errors.len();
    let side = |text: &Option<causeway_value::AmountText>, name: &str, errors: &mut Vec<FieldError>| {
        let pointer = format!("/lines/{index}/{name}");
        let amount = text.as_ref().and_then(|text| money::amount(text, currency, &pointer, errors)).unwrap_or_default();
        check::not_negative(amount.0, &pointer, errors);
        amount
    };
    let (debit, credit) = (side(&input.debit, "debit", errors), side(&input.credit, "credit", errors));
    if errors.len() == before && debit.is_zero() == credit.is_zero() {
        errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{index}"), "must have a debit or a credit, and not both"));
    }
    let amount_currency = debit.minus(credit).unwrap_or_default();
    let dimension_set_id = set_id(&input.dimensions);
    let line = Line { account_id: input.account_id, party_id: input.party_id, debit, credit, amount_currency, currency, due_date: None, dimension_set_id };
    (errors.len() == before).then_some(line)
}

fn check_balance(lines: &[Line], given: usize, currency: Currency, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    if given < 2 {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must have at least two lines"));
    }
    let debit = Amount::sum(lines.iter().map(|line| line.debit))?;
    let credit = Amount::sum(lines.iter().map(|line| line.credit))?;
    if lines.len() == given && debit != credit {
        let detail = format!("must balance: the debits are {} {currency} and the credits {}", debit.text(currency), credit.text(currency));
        errors.push(FieldError::pointer(Code::InvalidValue, "/lines", detail));
    }
    Ok(())
}

/// Posts the mirror of an entry that somebody made.
///
/// # Errors
/// `not_found`; `state_conflict` for an entry of a document, a mirror, or one that was reversed before; `period_locked`.
pub async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, id: JournalEntryId, body: &ReverseJournalEntry) -> Result<JournalEntry, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    // What is booked never changes, so there is nothing to lock: two at once meet at the key of what is reversed, and the later one runs again.
    let old = tx.must::<journal_entries::Entity>(id).await?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    if let Some(date) = body.date {
        check::posting_day(date, ctx.today(company.time_zone), "/date", &mut errors);
    }
    check::finish(errors)?;
    let reversed = !reversals_of(tx, &[id]).await?.is_empty();
    check_version(ctx, id, if reversed { 2 } else { 1 })?;
    if old.document_type != DOCUMENT_TYPE {
        let kind = old.document_type.replace('_', " ");
        let detail = format!("{} was posted by a document. Take the {kind} back, and its entry goes with it.", old.number);
        return Err(Problem::new(Code::StateConflict, detail).with("document_type", old.document_type.clone()));
    }
    if old.reversal_of.is_some() || reversed {
        return Err(Problem::new(Code::StateConflict, format!("{} takes another entry back, or was taken back before.", old.number)));
    }
    let stored = lines_of(tx, &[id]).await?;
    let lines: Vec<Line> = stored.iter().map(line_of).collect();
    let day: Day = body.date.unwrap_or_else(|| ctx.today(company.time_zone)).max(old.date);
    let own = Own { reversal_of: Some(id), description: Some(body.reason.clone()), ..Own::default() };
    let entry =
        PostEntry { day, event: "journal_entry.reversed", document_type: DOCUMENT_TYPE, document_id: own.id.uuid(), flow_id: None, lines: reversal(&lines)? };
    let row = write(ctx, tx, &company, entry.clone(), own).await?;
    let shown = record(ctx, tx, "journal_entry.posted", &row, None, &entry.lines).await?;
    let old = taken_back(tx, &old, &row);
    record(ctx, tx, "journal_entry.reversed", &old, Some(&row), &lines).await?;
    Ok(shown)
}

/// `If-Match`: the version of an entry is not stored, because only its mirror changes it.
fn check_version(ctx: &Ctx, id: JournalEntryId, current: i64) -> Result<(), Problem> {
    match ctx.expected {
        Some((subject, version)) if subject == id.uuid() && version != current => Err(Problem::new(
            Code::VersionConflict,
            format!("The object is at version {current}, not {version}. Read it again, apply your change to that, and send its ETag."),
        )),
        _ => Ok(()),
    }
}

async fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    row: &journal_entries::Model,
    mirror: Option<&journal_entries::Model>,
    lines: &[Line],
) -> Result<JournalEntry, Problem> {
    let rows: Vec<journal_lines::Model> = (1..).zip(lines).map(|(position, line)| super::service::line_row(row, position, line)).collect();
    let words = words(tx, &rows).await?;
    let shown = view(row, mirror, rows.iter(), &words);
    let change = Change {
        event,
        object: "journal_entry",
        id: row.id.uuid(),
        version: shown.version,
        company_id: Some(row.company_id),
        flow_id: row.flow_id,
        body: &shown,
    };
    tx.record(ctx, &change)?;
    Ok(shown)
}
