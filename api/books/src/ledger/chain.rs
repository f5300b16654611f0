//! The chain of a company's entries: each digest covers its entry and the digest before it, so that a change, a gap or another order shows.
//!
//! The text names objects by id only. Descriptions and names stay outside, so that a person can be erased and the chain still verifies.

use super::rules::Line;
use causeway_value::{CompanyId, Currency, Day, JournalEntryId};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What the first entry of a company follows.
pub const GENESIS: [u8; 32] = [0; 32];

/// An entry as far as its digest covers it, besides its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHead<'a> {
    /// Which entry.
    pub id: JournalEntryId,
    /// Whose books.
    pub company_id: CompanyId,
    /// Its number.
    pub number: &'a str,
    /// Its date.
    pub day: Day,
    /// The row of the posting table, as in `invoice.posted`.
    pub event: &'a str,
    /// The id of the document that it posts, as on the wire.
    pub document: &'a str,
    /// The company's currency.
    pub currency: Currency,
}

/// The digest of an entry: SHA-256 of the previous digest and the entry's canonical text.
#[must_use]
pub fn entry_digest(previous: &[u8; 32], text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// The one text of an entry. Amounts are minor units; texts carry their length, so that no two entries share a text. Any change of this form needs another
/// first line.
#[must_use]
pub fn canonical_text(head: &EntryHead<'_>, lines: &[Line]) -> String {
    let mut text = String::from("entry 1\n");
    for field in [head.id.to_string().as_str(), head.company_id.to_string().as_str(), head.number, head.event, head.document] {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}:{field}", field.len());
    }
    let _ = writeln!(text, "{} {} {}", head.day, head.currency, lines.len());
    for line in lines {
        let party = line.party_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let due = line.due_date.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let (debit, credit, foreign) = (line.debit.0, line.credit.0, line.amount_currency.0);
        // Lines without a set are written as they were before there were any.
        let set = line.dimension_set_id.map(|id| format!(" {id}")).unwrap_or_default();
        let _ = writeln!(text, "{} {party} {debit} {credit} {foreign} {} {due}{set}", line.account_id, line.currency);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::Amount;

    #[test]
    fn every_field_and_the_previous_digest_count() {
        let line = Line {
            account_id: "acc_00000000000000000000000001".parse().unwrap(),
            party_id: None,
            debit: Amount(100),
            credit: Amount(0),
            amount_currency: Amount(100),
            currency: "EUR".parse().unwrap(),
            due_date: None,
            dimension_set_id: None,
        };
        let head = EntryHead {
            id: "jen_00000000000000000000000001".parse().unwrap(),
            company_id: "com_00000000000000000000000001".parse().unwrap(),
            number: "JE/2026/00001",
            day: "2026-07-01".parse().unwrap(),
            event: "invoice.posted",
            document: "inv_00000000000000000000000001",
            currency: "EUR".parse().unwrap(),
        };
        let digest = |head: &EntryHead<'_>, lines: &[Line]| entry_digest(&GENESIS, &canonical_text(head, lines));
        let original = digest(&head, &[line]);
        assert_eq!(digest(&head, &[line]), original);
        let changed = [
            digest(&EntryHead { number: "JE/2026/00002", ..head }, &[line]),
            digest(&EntryHead { day: "2026-07-02".parse().unwrap(), ..head }, &[line]),
            digest(&EntryHead { event: "payment.received", ..head }, &[line]),
            digest(&EntryHead { document: "inv_00000000000000000000000002", ..head }, &[line]),
            digest(&head, &[line, line]),
            digest(&head, &[Line { debit: Amount(0), credit: Amount(100), ..line }]),
            digest(&head, &[Line { amount_currency: Amount(99), ..line }]),
            digest(&head, &[Line { due_date: Some("2026-07-02".parse().unwrap()), ..line }]),
            digest(&head, &[Line { dimension_set_id: Some(uuid::Uuid::nil()), ..line }]),
            entry_digest(&original, &canonical_text(&head, &[line])),
        ];
        assert!(changed.iter().all(|digest| *digest != original));
    }

    #[test]
    fn the_digest_is_sha_256() {
        // 32 zero bytes and nothing more.
        let hex: String = entry_digest(&GENESIS, "").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
    }
}
