//! The chain of each company's journal: every digest recomputed from what is stored, and every link followed (rules, "Posting table"; reliability, threat 60).

use super::check::{Check, Unit};
use causeway_books::ledger::service::{digest, line_of, lines_of};
use causeway_contract::Problem;
use causeway_entity::books::{journal_entries, journal_lines};
use causeway_kernel::{Find, Tx};
use causeway_openapi::object::Break;
use causeway_value::JournalEntryId;
use std::collections::HashMap;

/// The check of the digests of entries and their lines.
pub(super) const DIGESTS: &str = "chain_digest";
/// Entries that are read at a time.
const BATCH: u64 = 500;
/// Breaks of digests that are reported, at most.
const MOST: usize = 100;

/// The links. One first entry, and each entry followed once, the last one by the head that the series keeps: then all are one chain, because no circle of
/// digests can be made.
pub(super) fn checks() -> Vec<Check> {
    vec![
        Check {
            name: "chain_start",
            subject: "com",
            what: "first entries of the chain",
            unit: Unit::Count,
            sql: "SELECT company_id AS id, MIN(number) AS label, NULL AS currency, 1 AS expected, \
                      COUNT(CASE WHEN length(previous_hash) = 0 THEN 1 END) AS found \
                  FROM journal_entries WHERE tenant_id = $1 [company_id] GROUP BY company_id \
                  HAVING COUNT(CASE WHEN length(previous_hash) = 0 THEN 1 END) <> 1"
                .to_owned(),
        },
        Check {
            name: "chain_link",
            subject: "com",
            what: "one entry with the digest that one other entry or the head follows; followers",
            unit: Unit::Count,
            sql: "SELECT company_id AS id, MIN(number) AS label, NULL AS currency, SUM(entries) AS expected, SUM(followers) AS found \
                  FROM (SELECT company_id, number, hash AS link, 1 AS entries, 0 AS followers FROM journal_entries WHERE tenant_id = $1 [company_id] \
                      UNION ALL SELECT company_id, number, previous_hash, 0, 1 FROM journal_entries \
                          WHERE tenant_id = $1 [company_id] AND length(previous_hash) > 0 \
                      UNION ALL SELECT company_id, NULL, chain, 0, 1 FROM number_series \
                          WHERE tenant_id = $1 [company_id] AND kind = 'journal_entry' AND chain IS NOT NULL) AS links \
                  GROUP BY company_id, link HAVING SUM(entries) <> 1 OR SUM(followers) <> 1"
                .to_owned(),
        },
    ]
}

/// Recomputes the digest of every entry that the caller may see.
pub(super) async fn digests(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    let mut last: Option<JournalEntryId> = None;
    loop {
        let mut find = Find::<journal_entries::Entity>::new();
        if let Some(last) = last {
            find = find.gt(journal_entries::Column::Id, last);
        }
        let entries = find.order_by(journal_entries::Column::Id).limit(BATCH).all(tx).await?;
        last = entries.last().map(|entry| entry.id);
        if last.is_none() {
            return Ok(breaks);
        }
        let ids: Vec<JournalEntryId> = entries.iter().map(|entry| entry.id).collect();
        let lines = lines_of(tx, &ids).await?;
        breaks.extend(wrong(&entries, lines));
        breaks.truncate(MOST);
    }
}

/// The entries whose digest is not what is stored with them.
fn wrong(entries: &[journal_entries::Model], lines: Vec<journal_lines::Model>) -> Vec<Break> {
    let mut of_entry: HashMap<JournalEntryId, Vec<journal_lines::Model>> = HashMap::new();
    for line in lines {
        of_entry.entry(line.entry_id).or_default().push(line);
    }
    let broken = |entry: &journal_entries::Model| {
        let own: Vec<_> = of_entry.get(&entry.id).into_iter().flatten().map(line_of).collect();
        let expected = digest(entry, &own);
        (expected != entry.hash).then(|| Break {
            check: DIGESTS.to_owned(),
            subject: entry.id.to_string(),
            detail: format!(
                "{}: the digest of the entry and its lines: expected {}, found {}",
                entry.number,
                causeway_kernel::crypto::hex(&expected),
                causeway_kernel::crypto::hex(&entry.hash)
            ),
        })
    };
    entries.iter().filter_map(broken).collect()
}
