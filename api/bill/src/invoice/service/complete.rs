//! Whether an invoice says what its company asks for.

use causeway_contract::Problem;
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::Tx;
use causeway_master::completeness::{Customers, Said, must_be_said};
use causeway_master::dimension::service::carried;
use causeway_value::{DocumentInput, InvoiceKind, PartyId, RequiredInputs};

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
pub(super) fn must_be_complete(
    company: &companies::Model,
    invoice: &invoices::Model,
    lines: &[invoice_lines::Model],
    customers: &Customers,
) -> Result<(), Problem> {
    let Some(asked) = asked(company) else { return Ok(()) };
    let fields = [(DocumentInput::Reference, invoice.reference.is_some()), (DocumentInput::PaymentTermId, invoice.payment_term_id.is_some())];
    // What takes something back, or is paid in advance, has nothing of its own to say.
    let own = invoice.credited_invoice_id.is_none() && invoice.undeducted_amount.is_none();
    let own = lines.iter().filter(|line| own && line.deducted_line_id.is_none());
    let carried_by: Vec<_> = own.map(|line| carried(line.dimensions.as_ref())).collect();
    let line_place = match invoice.kind {
        InvoiceKind::Invoice => "PATCH /v1/invoices/{id} while it is a draft",
        InvoiceKind::CreditNote => "POST /v1/credit-notes when it is made",
    };
    let said = Said {
        step: "an invoice of this company is posted",
        place: "PATCH /v1/invoices/{id} while it is a draft",
        fields: &fields,
        metadata: &invoice.metadata.0,
        party: invoice.party_id,
        lines: &carried_by,
        line_place,
    };
    must_be_said(asked, said, customers)
}
