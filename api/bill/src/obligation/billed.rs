//! What is owed of what an invoice bills.

use causeway_contract::Problem;
use causeway_entity::bill::{billables, obligations};
use causeway_kernel::{Find, Tx};
use causeway_value::{ObligationId, OrderLineId};
use std::collections::BTreeMap;

/// Obligations that are read in one query.
const AT_ONCE: usize = 500;

/// The obligations of these billables.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_billables(tx: &mut Tx<'_>, billables: &[billables::Model]) -> Result<BTreeMap<ObligationId, obligations::Model>, Problem> {
    let ids: Vec<ObligationId> = billables.iter().filter_map(|row| row.order_line_id).map(|line| line.cast()).collect();
    let mut found = BTreeMap::new();
    for part in ids.chunks(AT_ONCE) {
        let rows = Find::<obligations::Entity>::new().among(obligations::Column::Id, part.iter().copied()).all(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The customer's reference of the orders of these lines, when all of them have the same one: customers pay what names their own order.
pub(crate) fn shared_reference(order_lines: impl IntoIterator<Item = Option<OrderLineId>>, owed: &BTreeMap<ObligationId, obligations::Model>) -> Option<&str> {
    let mut references = order_lines.into_iter().map(|line| owed.get(&line?.cast())?.reference.as_deref());
    let first = references.next()??;
    references.all(|reference| reference == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billable::rules::tests::line;

    #[test]
    fn orders_share_a_reference_or_the_invoice_has_none() {
        let shared = |references: &[Option<&str>]| {
            let owed: BTreeMap<ObligationId, obligations::Model> = references
                .iter()
                .map(|reference| obligations::Model { id: ObligationId::new(), reference: reference.map(str::to_owned), ..line(10, 1_000, 1_000) })
                .map(|row| (row.id, row))
                .collect();
            shared_reference(owed.keys().map(|id| Some(id.cast())), &owed).map(str::to_owned)
        };
        assert_eq!(shared(&[Some("PO 1"), Some("PO 1")]).as_deref(), Some("PO 1"));
        assert_eq!(shared(&[Some("PO 1"), Some("PO 2")]), None);
        assert_eq!(shared(&[Some("PO 1"), None]), None);
        assert_eq!(shared(&[]), None);
        assert_eq!(shared_reference([None], &BTreeMap::new()), None);
    }
}
