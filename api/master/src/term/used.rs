//! Which documents name a payment term.

use causeway_contract::{Code, Problem};
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_value::PaymentTermId;

/// Documents on which a term is agreed. What follows from them, such as billables, has theirs. Parties and templates only propose it to new documents.
const DOCUMENTS: [&str; 4] = ["quotes", "orders", "order_amendments", "invoices"];

/// Refuses to change a term that documents name, whichever companies they are of.
///
/// # Errors
/// `state_conflict` naming the kinds of documents.
pub(super) async fn must_be_unused(tx: &mut Tx<'_>, id: PaymentTermId) -> Result<(), Problem> {
    let one = |table: &str| format!("SELECT '{table}' AS kind WHERE EXISTS (SELECT 1 FROM {table} WHERE tenant_id = $1 AND payment_term_id = $2)");
    let sql = DOCUMENTS.map(one).join(" UNION ALL ");
    let rows = tx.query(&sql, vec![tx.tenant().into(), id.into()], &[("kind", Cell::Text)]).await?;
    let kinds: Vec<String> = rows.iter().filter_map(|row| row.try_get("", "kind").ok()).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "Documents name this payment term ({}), and what was agreed with it stays. Create another payment term for new documents, and set `active` of this one to false.",
        kinds.join(", ")
    );
    Err(Problem::new(Code::StateConflict, detail).with("used_by", kinds))
}
