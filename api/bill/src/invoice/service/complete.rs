//! Whether an invoice says what its company asks for.

use causeway_contract::Problem;
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_kernel::Tx;
use causeway_master::completeness::{Said, check};
use causeway_value::DocumentInput;

/// Refuses to post what lacks something that its company asks for (MDM-04, BIL-05).
///
/// # Errors
/// `required` for each thing that is missing.
pub(super) async fn must_be_complete(tx: &mut Tx<'_>, company: &companies::Model, invoice: &invoices::Model) -> Result<(), Problem> {
    let Some(asked) = &company.document_rules else { return Ok(()) };
    let fields = [(DocumentInput::Reference, invoice.reference.is_some()), (DocumentInput::PaymentTermId, invoice.payment_term_id.is_some())];
    let said = Said {
        step: "an invoice of this company is posted",
        place: "POST /v1/invoices when it is made",
        fields: &fields,
        metadata: &invoice.metadata.0,
        party: invoice.party_id,
    };
    check(tx, &asked.0.invoice_post, said).await
}
