//! What goes on one invoice, and the hash of a plan.

use causeway_entity::bill::billables;
use causeway_openapi::invoice::InvoiceGroup;
use causeway_value::{BillableId, Currency, PartyId};
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// Splits billables into invoices: by party and currency, by order or deal when that is asked for, and never more lines than one invoice may have. The
/// invoices come in the order of their first billable, the lines in the order of theirs.
#[must_use]
pub fn invoices_of(billables: Vec<billables::Model>, group: InvoiceGroup, most_lines: usize) -> Vec<Vec<billables::Model>> {
    let mut groups: BTreeMap<(PartyId, Currency, Option<Uuid>), Vec<billables::Model>> = BTreeMap::new();
    for row in billables {
        let part = match group {
            InvoiceGroup::Party => None,
            InvoiceGroup::Order => row.order_id.map(|id| id.uuid()),
            InvoiceGroup::Flow => row.flow_id.map(|id| id.uuid()),
        };
        groups.entry((row.party_id, row.currency, part)).or_default().push(row);
    }
    let mut invoices: Vec<Vec<billables::Model>> = Vec::with_capacity(groups.len());
    for rows in groups.into_values() {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            invoices.push(rows.by_ref().take(most_lines.max(1)).collect());
        }
    }
    invoices.sort_by_key(|rows| rows.first().map(|row| row.id));
    invoices
}

/// The text whose hash stands for a plan: its settings, and each billable with its version, invoice by invoice.
#[must_use]
pub fn plan_text<'a>(settings: &str, invoices: impl Iterator<Item = &'a [billables::Model]>) -> String {
    text_of(settings, invoices.map(|rows| rows.iter().map(|row| (row.id, row.version)).collect()))
}

fn text_of(settings: &str, invoices: impl Iterator<Item = Vec<(BillableId, i64)>>) -> String {
    let mut text = format!("plan 1\n{settings}\n");
    for rows in invoices {
        for (id, version) in rows {
            // Writing to a String cannot fail.
            let _ = write!(text, "{id} {version} ");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_a_plan_counts() {
        let (first, second) = (BillableId::new(), BillableId::new());
        let plan = |settings: &str, invoices: &[&[(BillableId, i64)]]| text_of(settings, invoices.iter().map(|rows| rows.to_vec()));
        let original = plan("order", &[&[(first, 1), (second, 1)]]);
        assert_eq!(plan("order", &[&[(first, 1), (second, 1)]]), original);
        for changed in [
            plan("party", &[&[(first, 1), (second, 1)]]),
            plan("order", &[&[(first, 1)], &[(second, 1)]]),
            plan("order", &[&[(first, 2), (second, 1)]]),
            plan("order", &[&[(first, 1)]]),
        ] {
            assert_ne!(changed, original);
        }
    }
}
