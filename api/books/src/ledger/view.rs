//! Journal entries as the API shows them.

use super::service::{document_id, lines_of, reversals_of};
use causeway_contract::Problem;
use causeway_entity::books::{journal_entries, journal_lines};
use causeway_entity::master::accounts;
use causeway_kernel::crypto::hex;
use causeway_kernel::{Find, Tx};
use causeway_master::dimension::service::of_sets;
use causeway_openapi::ledger::{JournalEntry, JournalLine};
use causeway_openapi::object::Subject;
use causeway_value::{AccountId, Currency, Dimensions};
use std::collections::BTreeMap;
use uuid::Uuid;

/// These entries with their lines.
pub(super) async fn views(tx: &mut Tx<'_>, rows: &[journal_entries::Model]) -> Result<Vec<JournalEntry>, Problem> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let lines = lines_of(tx, &ids).await?;
    let words = words(tx, &lines).await?;
    let reversals = reversals_of(tx, &ids).await?;
    let mirror = |row: &journal_entries::Model| reversals.iter().find(|mirror| mirror.reversal_of == Some(row.id));
    Ok(rows.iter().map(|row| view(row, mirror(row), lines.iter().filter(|line| line.entry_id == row.id), &words)).collect())
}

/// What lines name by id: the codes of accounts, and the values of dimensions.
pub(super) struct Words {
    codes: BTreeMap<AccountId, String>,
    sets: BTreeMap<Uuid, Dimensions>,
}

/// What these lines name.
pub(super) async fn words(tx: &mut Tx<'_>, lines: &[journal_lines::Model]) -> Result<Words, Problem> {
    let sets = of_sets(tx, lines.iter().filter_map(|line| line.dimension_set_id)).await?;
    Ok(Words { codes: codes(tx, lines).await?, sets })
}

async fn codes(tx: &mut Tx<'_>, lines: &[journal_lines::Model]) -> Result<BTreeMap<AccountId, String>, Problem> {
    let mut ids: Vec<AccountId> = lines.iter().map(|line| line.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<accounts::Entity>::new().among(accounts::Column::Id, ids).all(tx).await?;
    Ok(rows.into_iter().map(|account| (account.id, account.code)).collect())
}

/// An entry on the wire. That it was reversed is all that ever changes of it: its second version.
pub(super) fn view<'a>(
    row: &journal_entries::Model,
    mirror: Option<&journal_entries::Model>,
    lines: impl Iterator<Item = &'a journal_lines::Model>,
    words: &Words,
) -> JournalEntry {
    JournalEntry {
        id: row.id,
        object: "journal_entry".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: if mirror.is_some() { 2 } else { 1 },
        flow_id: row.flow_id,
        company_id: row.company_id,
        number: row.number.clone(),
        date: row.date,
        event: row.event.clone(),
        currency: row.currency,
        document_id: document_id(&row.document_type, row.document_id),
        description: row.description.clone(),
        source: Subject { kind: row.document_type.clone(), id: document_id(&row.document_type, row.document_id) },
        reversal_of_id: row.reversal_of,
        reversed_by_id: mirror.map(|mirror| mirror.id),
        lines: lines.map(|line| line_view(line, row.currency, words)).collect(),
        hash: hex(&row.hash),
        previous_hash: if row.previous_hash.is_empty() { None } else { Some(hex(&row.previous_hash)) },
    }
}

fn line_view(row: &journal_lines::Model, company_currency: Currency, words: &Words) -> JournalLine {
    JournalLine {
        account_id: row.account_id,
        account_code: words.codes.get(&row.account_id).cloned().unwrap_or_default(),
        party_id: row.party_id,
        debit: row.debit.text(company_currency),
        credit: row.credit.text(company_currency),
        amount_currency: row.amount_currency.text(row.currency),
        currency: row.currency,
        due_date: row.due_date,
        dimensions: row.dimension_set_id.and_then(|id| words.sets.get(&id)).cloned().unwrap_or_default(),
    }
}
