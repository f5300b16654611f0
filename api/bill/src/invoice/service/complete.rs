//! Whether an invoice says what its company asks for.

use causeway_contract::Problem;
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_kernel::Tx;
use causeway_master::completeness::{Customers, Said, must_be_said};
use causeway_value::{DocumentInput, PartyId, RequiredInputs};

fn asked(company: &companies::Model) -> Option<&RequiredInputs> {
    company.document_rules.as_ref().map(|rules| &rules.0.invoice_post)
}

/// What is known of the customers whose invoices are posted, as far as their company asks for it.
///
/// # Errors
/// When the database fails.
pub(super) async fn customers(tx: &mut Tx<'_>, company: &companies::Model, parties: &[PartyId]) -> Result<Customers, Problem> {
    Customers::read(tx, asked(company), parties).await
}

/// Refuses to post what lacks something that its company asks for (MDM-04, BIL-05).
///
/// # Errors
/// `required` for each thing that is missing.
pub(super) fn must_be_complete(company: &companies::Model, invoice: &invoices::Model, customers: &Customers) -> Result<(), Problem> {
    let Some(asked) = asked(company) else { return Ok(()) };
    let fields = [(DocumentInput::Reference, invoice.reference.is_some()), (DocumentInput::PaymentTermId, invoice.payment_term_id.is_some())];
    let said = Said {
        step: "an invoice of this company is posted",
        place: "PATCH /v1/invoices/{id} while it is a draft",
        fields: &fields,
        metadata: &invoice.metadata.0,
        party: invoice.party_id,
    };
    must_be_said(asked, said, customers)
}
