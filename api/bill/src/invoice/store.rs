//! Reading the parts of invoices.

use causeway_contract::Problem;
use causeway_entity::bill::{installments, invoice_lines};
use causeway_kernel::{Find, Tx};
use causeway_value::InvoiceId;

/// The lines of these invoices, in order.
pub(crate) async fn lines_of(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<Vec<invoice_lines::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Find::<invoice_lines::Entity>::new()
        .among(invoice_lines::Column::InvoiceId, ids.iter().copied())
        .order_by(invoice_lines::Column::InvoiceId)
        .order_by(invoice_lines::Column::Position)
        .all(tx)
        .await
}

/// The installments of these invoices, in order. They change only under the lock of their invoice.
pub(crate) async fn installments_of(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<Vec<installments::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Find::<installments::Entity>::new()
        .among(installments::Column::InvoiceId, ids.iter().copied())
        .order_by(installments::Column::InvoiceId)
        .order_by(installments::Column::Position)
        .all(tx)
        .await
}
