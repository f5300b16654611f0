//! Lines whose taxes nobody determined (QTE-10, BIL-05).

use super::Draft;
use causeway_contract::Problem;
use causeway_entity::bill::invoice_lines;
use causeway_entity::master::{parties, products};
use causeway_kernel::{Find, Tx};
use causeway_master::tax_rule::determine::taxation;
use causeway_value::{Direction, ProductId};
use std::collections::BTreeMap;

/// What to tell of lines without tax, and of free lines with other taxes than product and tax rules determine as of the day of the document.
///
/// # Errors
/// When the database fails.
pub(super) async fn told(tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<Option<String>, Problem> {
    let Draft { company, invoice, lines, day, .. } = draft;
    let free: Vec<&invoice_lines::Model> =
        lines.iter().filter(|line| invoice.undeducted_amount.is_none() && is_free(line) && !line.net_amount.is_zero()).collect();
    let (mut exempt, mut otherwise) = (Vec::new(), Vec::new());
    if invoice.direction == Direction::Sale && !free.is_empty() {
        let party = tx.must::<parties::Entity>(invoice.party_id).await?;
        let taxation = taxation(tx, company, &party, day).await?;
        let ids: Vec<ProductId> = free.iter().filter_map(|line| line.product_id).collect();
        let products = if ids.is_empty() { Vec::new() } else { Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await? };
        let products: BTreeMap<ProductId, products::Model> = products.into_iter().map(|product| (product.id, product)).collect();
        for line in free {
            let product = line.product_id.and_then(|id| products.get(&id));
            let taxes = taxation.of_line(Some(&line.tax_ids.0), product, "", &mut Vec::new());
            if taxes.determined.is_some() {
                otherwise.push(line.position);
            } else if taxes.rule_id.is_some() {
                exempt.push(line.position);
            }
        }
    }
    let untaxed = |line: &&invoice_lines::Model| line.tax_ids.0.is_empty() && !line.net_amount.is_zero();
    let untaxed = lines.iter().filter(untaxed).map(|line| line.position).filter(|line| !exempt.contains(line) && !otherwise.contains(line));
    let parts = [
        numbered(untaxed, "have no tax. Give the products one, or leave it when none is due."),
        numbered(otherwise.iter().copied(), "have other taxes than their products and the tax rules determine. Leave it when that is meant."),
    ];
    Ok(parts.into_iter().flatten().reduce(|one, other| format!("{one} {other}")))
}

/// Whether a line bills, credits and deducts nothing that stands elsewhere with its taxes.
const fn is_free(line: &invoice_lines::Model) -> bool {
    line.billable_id.is_none() && line.order_line_id.is_none() && line.credited_line_id.is_none() && line.deducted_line_id.is_none()
}

fn numbered(lines: impl Iterator<Item = i64>, what: &str) -> Option<String> {
    let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
    (!lines.is_empty()).then(|| format!("The lines {} {what}", lines.join(", ")))
}
