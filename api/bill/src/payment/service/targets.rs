//! What a payment is to settle.

use crate::payment::rules::RequestedAllocation;
use crate::payment::settle::{Settlement, settles};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::{Find, Tx};
use causeway_master::{check, money};
use causeway_openapi::payment::{AllocatePayment, AllocationInput, CreatePayment};
use causeway_value::{
    Amount, AutoAllocation, CompanyId, Currency, Direction, Invoice, InvoiceId, InvoiceKind, InvoiceStatus, Overflow, PartyId, PaymentDifference,
    PaymentDirection,
};
use std::collections::BTreeMap;

/// Invoices that a payment chooses itself, at most.
const MAX_CHOSEN: u64 = 500;

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

/// What a body asks to be settled.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub allocations: &'a [AllocationInput],
    pub invoice_ids: &'a [InvoiceId],
    pub allocate: Option<AutoAllocation>,
    pub difference: PaymentDifference,
}

impl<'a> Ask<'a> {
    pub(super) fn of_new(body: &'a CreatePayment) -> Self {
        let difference = body.difference.unwrap_or(PaymentDifference::KeepOpen);
        Self { allocations: &body.allocations, invoice_ids: &body.invoice_ids, allocate: body.allocate, difference }
    }

    pub(super) fn of_more(body: &'a AllocatePayment) -> Self {
        let difference = body.difference.unwrap_or(PaymentDifference::KeepOpen);
        Self { allocations: &body.allocations, invoice_ids: &body.invoice_ids, allocate: body.allocate, difference }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.allocations.is_empty() && self.invoice_ids.is_empty() && self.allocate.is_none()
    }

    fn contradictions(&self, errors: &mut Vec<FieldError>) {
        let mut wrong = |pointer: &str, detail: &str| errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
        if !self.allocations.is_empty() && !self.invoice_ids.is_empty() {
            wrong("/invoice_ids", "cannot stand beside allocations; give one of them");
        }
        if self.allocate.is_some() && !(self.allocations.is_empty() && self.invoice_ids.is_empty()) {
            wrong("/allocate", "cannot stand beside allocations or invoice_ids; give one of them");
        }
        if self.difference != PaymentDifference::KeepOpen && self.allocations.is_empty() && self.invoice_ids.is_empty() {
            wrong("/difference", "needs documents that are named by allocations or invoice_ids");
        }
    }
}

/// The documents of a payment's allocations, locked, and what is asked of each.
pub(super) struct Targets {
    pub settlement: Settlement,
    pub wanted: Vec<RequestedAllocation>,
    /// Documents that are settled together, as far as the money goes.
    pub group: Vec<InvoiceId>,
    pub difference: PaymentDifference,
}

impl Targets {
    /// Locks and checks what a body asks for. Wrong fields are added to the errors.
    pub(super) async fn lock(tx: &mut Tx<'_>, payer: Payer, ask: Ask<'_>, errors: &mut Vec<FieldError>) -> Result<Self, Problem> {
        ask.contradictions(errors);
        check::each_once(ask.invoice_ids.iter().copied(), "/invoice_ids", errors);
        let group = match ask.allocate {
            Some(AutoAllocation::OldestFirst) => open_documents(tx, payer).await?,
            None => ask.invoice_ids.to_vec(),
        };
        let mut ids: Vec<InvoiceId> = ask.allocations.iter().map(|input| input.invoice_id).chain(group.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let settlement = Settlement::lock(tx, &ids).await?;
        let mut wanted = Vec::with_capacity(ask.allocations.len());
        let mut settles = payer.settles;
        for (index, input) in ask.allocations.iter().enumerate() {
            if let Some(amount) = money::amount(&input.amount, payer.currency, &format!("/allocations/{index}/amount"), errors) {
                wanted.push(RequestedAllocation { invoice_id: input.invoice_id, amount });
            }
            let pointer = format!("/allocations/{index}/invoice_id");
            check_document(payer, &settlement, (input.invoice_id, false), &mut settles, pointer, errors);
        }
        if ask.allocate.is_none() {
            for (index, id) in group.iter().enumerate() {
                check_document(payer, &settlement, (*id, true), &mut settles, format!("/invoice_ids/{index}"), errors);
            }
            if errors.is_empty() {
                other_way(payer, &settlement, &group, errors)?;
            }
        }
        Ok(Self { settlement, wanted, group, difference: ask.difference })
    }

    /// What the documents stand on, when there are any.
    pub(super) fn settles(&self) -> Option<Direction> {
        self.settlement.invoices().next().map(|invoice| invoice.direction)
    }

    /// The documents that the body names, each once.
    pub(super) fn named(&self) -> Vec<InvoiceId> {
        let mut ids: Vec<InvoiceId> = self.wanted.iter().map(|wanted| wanted.invoice_id).chain(self.group.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// What the party owes us (or we owe it) in the payment's currency and is open.
async fn open_documents(tx: &mut Tx<'_>, payer: Payer) -> Result<Vec<InvoiceId>, Problem> {
    let direction = payer.settles.unwrap_or(settles(payer.direction));
    let claim = (direction == Direction::Sale) == (payer.direction == PaymentDirection::Inbound);
    let open = Find::<invoices::Entity>::new()
        .eq(invoices::Column::PartyId, payer.party_id)
        .eq(invoices::Column::CompanyId, payer.company_id)
        .eq(invoices::Column::Currency, payer.currency)
        .eq(invoices::Column::Status, InvoiceStatus::Posted)
        .eq(invoices::Column::Direction, direction)
        .eq(invoices::Column::Kind, if claim { InvoiceKind::Invoice } else { InvoiceKind::CreditNote })
        .gt(invoices::Column::OpenAmount, 0_i64);
    let found = open.order_by(invoices::Column::NextDueDate).order_by(invoices::Column::Id).limit(MAX_CHOSEN).all(tx).await?;
    Ok(found.iter().map(|invoice| invoice.id).collect())
}

fn check_document(
    payer: Payer,
    settlement: &Settlement,
    (id, may_be_netted): (InvoiceId, bool),
    settles: &mut Option<Direction>,
    pointer: String,
    errors: &mut Vec<FieldError>,
) {
    let Some(invoice) = settlement.get(id) else {
        errors.push(check::unknown::<Invoice>(pointer, "tenant"));
        return;
    };
    if let Err(detail) = fits(payer, invoice, may_be_netted, *settles.get_or_insert(invoice.direction)) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    }
}

const OTHER_WAY: &str = "names a document that goes the other way: inbound payments settle what we are owed, outbound ones what we owe";

/// Which way the money goes that settles a document.
pub(super) fn way_of(document: &invoices::Model) -> PaymentDirection {
    if (document.direction == Direction::Sale) == (document.kind == InvoiceKind::Invoice) { PaymentDirection::Inbound } else { PaymentDirection::Outbound }
}

/// Refuses a group that goes the other way than the payment: documents that are netted may go both ways, but what is left of them is for the payment to settle.
fn other_way(payer: Payer, settlement: &Settlement, group: &[InvoiceId], errors: &mut Vec<FieldError>) -> Result<(), Overflow> {
    let documents = || group.iter().filter_map(|id| settlement.get(*id));
    if documents().all(|document| way_of(document) != payer.direction) {
        errors.extend((0..group.len()).map(|index| FieldError::pointer(Code::InvalidValue, format!("/invoice_ids/{index}"), OTHER_WAY)));
        return Ok(());
    }
    let mut nets: BTreeMap<Currency, Amount> = BTreeMap::new();
    for document in documents() {
        let net = nets.entry(document.currency).or_default();
        *net = if way_of(document) == payer.direction { net.plus(document.open_amount)? } else { net.minus(document.open_amount)? };
    }
    if nets.values().any(|net| *net > Amount::ZERO) {
        return Ok(());
    }
    if let Some((currency, net)) = nets.iter().find(|(_, net)| **net < Amount::ZERO) {
        let net = net.negated()?.text(*currency);
        let detail = format!("name documents of which {net} {currency} go the other way together: record a payment of the other direction, or name fewer");
        errors.push(FieldError::pointer(Code::InvalidValue, "/invoice_ids", detail));
    }
    Ok(())
}

/// Whether a payment may settle this document.
fn fits(payer: Payer, invoice: &invoices::Model, may_be_netted: bool, settles: Direction) -> Result<(), &'static str> {
    if invoice.company_id != payer.company_id {
        Err("names an invoice of another company")
    } else if invoice.party_id != payer.party_id {
        Err("names an invoice of another party")
    } else if invoice.status != InvoiceStatus::Posted {
        Err("names an invoice that is not posted; post it first")
    } else if !may_be_netted && way_of(invoice) != payer.direction {
        Err(OTHER_WAY)
    } else if invoice.direction != settles {
        Err("names a document of another kind: one payment settles either what was sold or what was bought")
    } else {
        Ok(())
    }
}
