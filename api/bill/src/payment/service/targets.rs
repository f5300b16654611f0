//! What a payment is to settle.

use crate::payment::rules::RequestedAllocation;
use crate::payment::settle::Settlement;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::Tx;
use causeway_master::{check, money};
use causeway_openapi::payment::AllocationInput;
use causeway_value::{CompanyId, Currency, Direction, Invoice, InvoiceId, InvoiceKind, InvoiceStatus, PartyId, PaymentDirection};

/// Whose payment it is and which way it goes.
#[derive(Clone, Copy)]
pub(super) struct Payer {
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub direction: PaymentDirection,
    pub currency: Currency,
    /// What the payment settles; none as long as its first allocations decide.
    pub settles: Option<Direction>,
}

/// The invoices of a payment's allocations, locked, and what is asked of each.
pub(super) struct Targets {
    pub settlement: Settlement,
    pub wanted: Vec<RequestedAllocation>,
}

impl Targets {
    /// Locks and checks what a body asks for. Wrong fields are added to the errors.
    pub(super) async fn lock(tx: &mut Tx<'_>, payer: Payer, inputs: &[AllocationInput], errors: &mut Vec<FieldError>) -> Result<Self, Problem> {
        let mut ids: Vec<InvoiceId> = inputs.iter().map(|input| input.invoice_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let settlement = Settlement::lock(tx, &ids).await?;
        let mut wanted = Vec::with_capacity(inputs.len());
        let mut settles = payer.settles;
        for (index, input) in inputs.iter().enumerate() {
            let pointer = format!("/allocations/{index}/invoice_id");
            if let Some(amount) = money::amount(&input.amount, payer.currency, &format!("/allocations/{index}/amount"), errors) {
                wanted.push(RequestedAllocation { invoice_id: input.invoice_id, amount });
            }
            let Some(invoice) = settlement.get(input.invoice_id) else {
                errors.push(check::unknown::<Invoice>(pointer, "tenant"));
                continue;
            };
            if let Err(detail) = fits(payer, invoice, *settles.get_or_insert(invoice.direction)) {
                errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
            }
        }
        Ok(Self { settlement, wanted })
    }

    /// What the invoices stand on, when there are any.
    pub(super) fn settles(&self) -> Option<Direction> {
        self.settlement.invoices().next().map(|invoice| invoice.direction)
    }
}

/// Whether a payment may settle this invoice.
fn fits(payer: Payer, invoice: &invoices::Model, settles: Direction) -> Result<(), &'static str> {
    let is_claim = (invoice.direction == Direction::Sale) == (invoice.kind == InvoiceKind::Invoice);
    if invoice.company_id != payer.company_id {
        Err("names an invoice of another company")
    } else if invoice.party_id != payer.party_id {
        Err("names an invoice of another party")
    } else if invoice.status != InvoiceStatus::Posted {
        Err("names an invoice that is not posted; post it first")
    } else if is_claim != (payer.direction == PaymentDirection::Inbound) {
        Err("names a document that goes the other way: inbound payments settle what we are owed, outbound ones what we owe")
    } else if invoice.direction != settles {
        Err("names a document of another kind: one payment settles either what was sold or what was bought")
    } else {
        Ok(())
    }
}
