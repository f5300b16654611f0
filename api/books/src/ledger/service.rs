//! Writing the ledger: the only function that does.

use super::chain::{EntryHead, GENESIS, canonical_text, entry_digest};
use super::rules::{Line, balanced, reversal};
use crate::period::service::must_be_open;
use causeway_contract::{Code, Problem};
use causeway_entity::books::{journal_entries, journal_lines};
use causeway_entity::govern::companies;
use causeway_kernel::number::{self, Fiscal};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, CompanyId, Day, DocumentKind, FlowId, JournalEntryId, PREFIXES, prefix_of, type_id};
use uuid::Uuid;

/// The row of the journal's series that holds the head of a company's chain. No fiscal year has this number, so it gives no numbers itself.
const CHAIN_ROW: i64 = 0;

/// What a document posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostEntry {
    /// The day it counts for.
    pub day: Day,
    /// The row of the posting table, as in `invoice.posted`.
    pub event: &'static str,
    /// The kind of document, as on the wire.
    pub document_type: &'static str,
    /// The document.
    pub document_id: Uuid,
    /// The deal, when it belongs to one.
    pub flow_id: Option<FlowId>,
    /// The lines, in company currency; the posting table builds them.
    pub lines: Vec<Line>,
}

/// Posts an entry: number, balance, digest, rows. The entry is part of its document's own event.
///
/// # Errors
/// `period_locked`; `internal_error` when the lines do not balance: nothing is written then.
pub async fn post(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, entry: PostEntry) -> Result<journal_entries::Model, Problem> {
    write(ctx, tx, company, entry, Own::default()).await
}

/// Posts the mirror of an entry. The date is the correction's own.
///
/// # Errors
/// `not_found`; `state_conflict` when it was reversed before.
pub async fn reverse(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    id: JournalEntryId,
    day: Day,
    event: &'static str,
) -> Result<journal_entries::Model, Problem> {
    // What is booked never changes, so there is nothing to lock: the document's own lock keeps two corrections apart.
    let old = tx.must::<journal_entries::Entity>(id).await?;
    if !reversals_of(tx, &[id]).await?.is_empty() {
        return Err(Problem::new(Code::StateConflict, format!("The journal entry {} was reversed before. An entry is reversed once.", old.number)));
    }
    let lines = lines_of(tx, &[id]).await?;
    let lines = reversal(&lines.iter().map(line_of).collect::<Vec<_>>())?;
    let document_type = PREFIXES.iter().map(|(_, name)| *name).find(|name| *name == old.document_type).unwrap_or_default();
    let entry = PostEntry { day, event, document_type, document_id: old.document_id, flow_id: old.flow_id, lines };
    let mirror = write(ctx, tx, company, entry, Own { reversal_of: Some(id), ..Own::default() }).await?;
    taken_back(tx, &old, &mirror);
    Ok(mirror)
}

/// Notes when an entry was taken back, which is all that ever changes of it: so that whoever asks for what changed since hears of it. No digest covers it.
pub(super) fn taken_back(tx: &mut Tx<'_>, old: &journal_entries::Model, mirror: &journal_entries::Model) -> journal_entries::Model {
    let new = journal_entries::Model { updated_at: mirror.created_at, ..old.clone() };
    tx.update(old, &new);
    new
}

/// The entries that reverse these.
///
/// # Errors
/// When the database fails.
pub async fn reversals_of(tx: &mut Tx<'_>, entries: &[JournalEntryId]) -> Result<Vec<journal_entries::Model>, Problem> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    Find::<journal_entries::Entity>::new().among(journal_entries::Column::ReversalOf, entries.iter().copied()).all(tx).await
}

/// What an entry has besides what its document posts.
#[derive(Default)]
pub(super) struct Own {
    pub id: JournalEntryId,
    pub reversal_of: Option<JournalEntryId>,
    pub description: Option<String>,
}

/// Holds the head of a company's chain until the transaction ends, so that nothing is posted meanwhile.
///
/// # Errors
/// When the database fails.
pub(crate) async fn hold_journal(ctx: &Ctx, tx: &mut Tx<'_>, company_id: CompanyId) -> Result<(), Problem> {
    tx.series(ctx, company_id, DocumentKind::JournalEntry, CHAIN_ROW).await.map(drop)
}

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, entry: PostEntry, own: Own) -> Result<journal_entries::Model, Problem> {
    balanced(&entry.lines)?;
    let number = next_number(ctx, tx, company, entry.day).await?;
    hold_journal(ctx, tx, company.id).await?;
    must_be_open(tx, company.id, entry.day).await?;
    let chain = tx.series(ctx, company.id, DocumentKind::JournalEntry, CHAIN_ROW).await?;
    let mut row = journal_entries::Model {
        tenant_id: company.tenant_id,
        id: own.id,
        company_id: company.id,
        number,
        date: entry.day,
        event: entry.event.to_owned(),
        document_type: entry.document_type.to_owned(),
        document_id: entry.document_id,
        currency: company.currency,
        total: Amount::sum(entry.lines.iter().map(|line| line.debit))?,
        reversal_of: own.reversal_of,
        flow_id: entry.flow_id,
        posted_at: ctx.now(),
        hash: Vec::new(),
        previous_hash: chain.chain.clone().unwrap_or_default(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
        description: own.description,
    };
    row.hash = digest(&row, &entry.lines);
    chain.chain = Some(row.hash.clone());
    tx.insert(row.clone());
    for (position, line) in (1..).zip(&entry.lines) {
        tx.insert(line_row(&row, position, line));
    }
    Ok(row)
}

/// The next number of the journal in the fiscal year of this day. Entries of several kinds of documents share one journal, so its numbers follow the order
/// of posting; the date order that invoices and payments keep holds in their own series.
async fn next_number(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, day: Day) -> Result<String, Problem> {
    let fiscal = Fiscal { company_id: company.id, start_month: u32::try_from(company.fiscal_year_start_month).unwrap_or(1) };
    let last = tx.series(ctx, company.id, DocumentKind::JournalEntry, fiscal.year(day)).await?.last_day;
    number::next(ctx, tx, fiscal, DocumentKind::JournalEntry, last.map_or(day, |last| last.max(day))).await
}

pub(super) fn line_row(entry: &journal_entries::Model, position: i64, line: &Line) -> journal_lines::Model {
    journal_lines::Model {
        tenant_id: entry.tenant_id,
        entry_id: entry.id,
        position,
        company_id: entry.company_id,
        day: entry.date,
        account_id: line.account_id,
        party_id: line.party_id,
        document_id: Some(entry.document_id),
        debit: line.debit,
        credit: line.credit,
        amount_currency: line.amount_currency,
        currency: line.currency,
        due_date: line.due_date,
        dimension_set_id: line.dimension_set_id,
    }
}

/// A stored line as the rules know it.
#[must_use]
pub fn line_of(row: &journal_lines::Model) -> Line {
    Line {
        account_id: row.account_id,
        party_id: row.party_id,
        debit: row.debit,
        credit: row.credit,
        amount_currency: row.amount_currency,
        currency: row.currency,
        due_date: row.due_date,
        dimension_set_id: row.dimension_set_id,
    }
}

/// The digest that an entry must have, computed from what is stored and its `previous_hash`: for writing it and for verifying it.
#[must_use]
pub fn digest(entry: &journal_entries::Model, lines: &[Line]) -> Vec<u8> {
    let previous = <[u8; 32]>::try_from(entry.previous_hash.as_slice()).unwrap_or(GENESIS);
    let document = document_id(&entry.document_type, entry.document_id);
    let head = EntryHead {
        id: entry.id,
        company_id: entry.company_id,
        number: &entry.number,
        day: entry.date,
        event: &entry.event,
        document: &document,
        currency: entry.currency,
    };
    entry_digest(&previous, &canonical_text(&head, lines)).to_vec()
}

/// The id of a document as on the wire.
#[must_use]
pub fn document_id(kind: &str, id: Uuid) -> String {
    let prefix = prefix_of(kind).unwrap_or(kind);
    type_id(prefix, id)
}

/// The lines of these entries, in order.
///
/// # Errors
/// When the database fails.
pub async fn lines_of(tx: &mut Tx<'_>, entries: &[JournalEntryId]) -> Result<Vec<journal_lines::Model>, Problem> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    Find::<journal_lines::Entity>::new()
        .among(journal_lines::Column::EntryId, entries.iter().copied())
        .order_by(journal_lines::Column::EntryId)
        .order_by(journal_lines::Column::Position)
        .all(tx)
        .await
}
