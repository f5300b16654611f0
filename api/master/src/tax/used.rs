//! Which documents are yet to be computed with a tax.

use super::store::tax_defs;
use causeway_contract::{Code, Problem};
use causeway_entity::master::taxes;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;

/// Documents, the lines that carry their taxes, what names the document there, and the states in which it, or what follows from it, is computed again.
const OPEN: [(&str, &str, &str, &str); 3] = [
    ("quotes", "quote_lines", "quote_id", "'draft', 'in_approval', 'approved', 'sent'"),
    ("orders", "order_lines", "order_id", "'draft', 'confirmed'"),
    ("invoices", "invoice_lines", "invoice_id", "'draft'"),
];

/// Refuses another order of evaluation of a tax while open documents carry it, itself or in a group: their later invoices would not be what was agreed (MDM-03).
///
/// # Errors
/// `state_conflict` naming the kinds of documents.
pub(super) async fn must_be_unused(tx: &mut Tx<'_>, tax: &taxes::Model) -> Result<(), Problem> {
    let mut values = vec![tx.tenant().into()];
    let mut carries = Vec::new();
    for id in tax_defs(tx, tax.company_id).await?.with_groups_of(tax.id) {
        values.push(format!("%\"{id}\"%").into());
        carries.push(format!("l.tax_ids LIKE ${}", values.len()));
    }
    let carries = carries.join(" OR ");
    let one = |(document, lines, of, open): (&str, &str, &str, &str)| {
        format!(
            "SELECT '{document}' AS kind WHERE EXISTS (SELECT 1 FROM {document} d JOIN {lines} l ON l.tenant_id = d.tenant_id AND l.{of} = d.id \
             WHERE d.tenant_id = $1 AND d.status IN ({open}) AND ({carries}))"
        )
    };
    let billables = format!(
        "SELECT 'billables' AS kind WHERE EXISTS (SELECT 1 FROM billables l WHERE l.tenant_id = $1 AND l.status IN ('pending', 'ready', 'held') AND ({carries}))"
    );
    let sql = OPEN.map(one).into_iter().chain([billables]).collect::<Vec<_>>().join(" UNION ALL ");
    let rows = tx.query(&sql, values, &[("kind", Cell::Text)]).await?;
    let kinds: Vec<String> = rows.iter().filter_map(|row| row.try_get("", "kind").ok()).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "Open documents are computed with this tax ({}), and what was agreed with it stays. Create another tax with this sequence for new documents, and set `active` of \
         this one to false.",
        kinds.join(", ")
    );
    Err(Problem::new(Code::StateConflict, detail).with("used_by", kinds))
}
