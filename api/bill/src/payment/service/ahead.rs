//! What scheduled payments leave of documents (PAY-11): they are settled in the order of their days, as they will be booked, by the rates of today.

use super::settle::discounts_on;
use super::targets::way_of;
use crate::payment::rules::{AllocationPlan, OpenInstallment, RequestedAllocation, Source, plan_allocations, share_out};
use crate::payment::settle::{Settlement, settled_by, settles};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::bill::payments::{Column, Entity, Model};
use causeway_entity::govern::companies;
use causeway_kernel::{Find, Tx};
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::{RateTable, rates};
use causeway_openapi::payment::CreatePayment;
use causeway_value::{Amount, Currency, Day, InvoiceId, InvoiceKind, Overflow, PaymentDirection, PaymentPlan, PaymentStatus};
use std::collections::{BTreeMap, BTreeSet};

/// The documents that a payment names to settle.
pub(super) fn planned_for(payment: &Model) -> Vec<InvoiceId> {
    let Some(plan) = payment.planned.as_ref().map(|plan| &plan.0) else { return Vec::new() };
    plan.allocations.iter().map(|part| part.invoice_id).chain(plan.invoice_ids.iter().copied()).collect()
}

/// Refuses to pay what payments of later days settle in full already: it would be paid twice.
pub(super) async fn refuse_planned_again(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &Model,
    body: &CreatePayment,
    today: Day,
) -> Result<(), Problem> {
    let named: BTreeSet<InvoiceId> = body.allocations.iter().map(|part| part.invoice_id).chain(body.invoice_ids.iter().copied()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let scheduled =
        Find::<Entity>::new().eq(Column::PartyId, payment.party_id).eq(Column::Status, PaymentStatus::Scheduled).eq(Column::Direction, payment.direction);
    let others: Vec<Model> = scheduled.order_by(Column::PaymentDate).order_by(Column::Id).all(tx).await?;
    let others: Vec<Model> = others.into_iter().filter(|other| other.id != payment.id).collect();
    let planned: BTreeSet<InvoiceId> = others.iter().flat_map(planned_for).collect();
    if named.is_disjoint(&planned) {
        return Ok(());
    }
    let documents = Settlement::read(tx, &planned.into_iter().collect::<Vec<_>>()).await?;
    let pairs: Vec<(Currency, Currency)> = others.iter().flat_map(|other| documents.invoices().map(|invoice| (other.currency, invoice.currency))).collect();
    let table = rates(tx, pairs, today).await?;
    let mut left = Left { open: documents.open_installments(company.currency, |_| true) };
    let closed = |left: &Left, id: &InvoiceId| left.of(*id).is_ok_and(|open| open <= Amount::ZERO);
    let waiting: Vec<InvoiceId> = named.into_iter().filter(|id| documents.get(*id).is_some() && !closed(&left, id)).collect();
    for other in &others {
        let names: BTreeSet<InvoiceId> = planned_for(other).into_iter().collect();
        let own = documents.invoices().filter(|invoice| names.contains(&invoice.id) && invoice.direction == settles(other.direction));
        let discounts = discounts_on(tx, company.id, own, other.payment_date).await?;
        let discounts = discounts.into_iter().map(|(id, discount)| (id, discount.total)).collect();
        // What cannot be settled as planned is the payer's, and settles nothing.
        let mut after = left.clone();
        if after.pay(&documents, other, &discounts, &Rates { table: &table, company, today }).is_ok() {
            left = after;
        }
        if let Some(id) = waiting.iter().find(|id| closed(&left, id)) {
            let detail = format!(
                "{id} is settled by {} on {} already, and by what was planned before it. Cancel that payment first: POST /v1/payments/{}/cancel.",
                other.id, other.payment_date, other.id
            );
            return Err(Problem::new(Code::StateConflict, detail).with("payment_id", other.id.to_string()));
        }
    }
    Ok(())
}

/// The rates that booking would take if it were today.
struct Rates<'a> {
    table: &'a RateTable,
    company: &'a companies::Model,
    today: Day,
}

impl Rates<'_> {
    /// How much money of a currency an amount of a document needs.
    fn to_close(&self, money: Currency, document: Currency) -> Result<Conversion, Problem> {
        Ok(self.table.recent(self.company, money, document, self.today)?.back())
    }
}

/// What is open once some payments are booked.
#[derive(Clone)]
struct Left {
    open: Vec<OpenInstallment>,
}

impl Left {
    fn of(&self, id: InvoiceId) -> Result<Amount, Overflow> {
        Amount::sum(self.open.iter().filter(|row| row.invoice_id == id).map(|row| row.open))
    }

    /// Settles what a payment is planned for: credit notes first, then what is due first, then the discounts of what is paid in time.
    fn pay(&mut self, documents: &Settlement, payment: &Model, discounts: &BTreeMap<InvoiceId, Amount>, rates: &Rates<'_>) -> Result<(), Problem> {
        let Some(plan) = payment.planned.as_ref().map(|plan| &plan.0) else { return Ok(()) };
        let mut money = source(payment.direction, payment.currency, payment.amount);
        let mut saved = BTreeMap::new();
        for (id, total) in discounts {
            if *total < self.of(*id)? {
                saved.insert(*id, *total);
            }
        }
        self.net(documents, plan, &saved)?;
        for part in &plan.allocations {
            let (Some(document), Ok(amount)) = (documents.get(part.invoice_id), part.amount.amount(payment.currency)) else { continue };
            let most = rates.to_close(payment.currency, document.currency)?.amount(self.of(document.id)?, document.currency, payment.currency)?;
            let amount = amount.min(most).min(money.unallocated);
            self.settle(&mut money, &[RequestedAllocation { invoice_id: document.id, amount }], rates)?;
        }
        let claims: Vec<OpenInstallment> = self.among(documents, plan, |document| way_of(document) == payment.direction);
        let wanted = share_out(money.unallocated, money.currency, &claims, &saved, &|currency| rates.to_close(payment.currency, currency))?;
        self.settle(&mut money, &wanted, rates)?;
        for (id, total) in discounts {
            if self.of(*id)? <= *total {
                self.open.retain(|row| row.invoice_id != *id);
            }
        }
        Ok(())
    }

    /// Settles the invoices of a group with its credit notes of the same currency.
    fn net(&mut self, documents: &Settlement, plan: &PaymentPlan, saved: &BTreeMap<InvoiceId, Amount>) -> Result<(), Problem> {
        let grouped = documents.invoices().filter(|document| plan.invoice_ids.contains(&document.id));
        let mut notes: Vec<&invoices::Model> = grouped.filter(|document| document.kind == InvoiceKind::CreditNote).collect();
        notes.sort_by_key(|note| (documents.first_due(note.id), note.id));
        for note in notes {
            let claims = self.among(documents, plan, |document| document.kind == InvoiceKind::Invoice && document.currency == note.currency);
            let mut credit = source(settled_by(note.direction), note.currency, self.of(note.id)?);
            let wanted = share_out(credit.unallocated, note.currency, &claims, saved, &|_| Ok(Conversion::Same))?;
            let used = plan_allocations(&credit, &self.open, &wanted, &|_, _| None)?;
            self.take(&mut credit, &used)?;
            // A credit note has one installment.
            if let Some(row) = self.open.iter_mut().find(|row| row.invoice_id == note.id) {
                row.open = credit.unallocated;
            }
        }
        Ok(())
    }

    /// What is open of those of a group that are asked for.
    fn among(&self, documents: &Settlement, plan: &PaymentPlan, is: impl Fn(&invoices::Model) -> bool) -> Vec<OpenInstallment> {
        let asked = |id: InvoiceId| plan.invoice_ids.contains(&id) && documents.get(id).is_some_and(&is);
        self.open.iter().filter(|row| asked(row.invoice_id)).copied().collect()
    }

    fn settle(&mut self, money: &mut Source, wanted: &[RequestedAllocation], rates: &Rates<'_>) -> Result<(), Problem> {
        let wanted: Vec<RequestedAllocation> = wanted.iter().filter(|request| request.amount > Amount::ZERO).copied().collect();
        let used = plan_allocations(money, &self.open, &wanted, &|from, to| rates.table.find(from, to))?;
        Ok(self.take(money, &used)?)
    }

    fn take(&mut self, money: &mut Source, used: &AllocationPlan) -> Result<(), Overflow> {
        for part in &used.allocations {
            if let Some(row) = self.open.iter_mut().find(|row| row.id == part.installment_id) {
                row.open = row.open.minus(part.amount)?;
            }
        }
        money.unallocated = used.unallocated;
        Ok(())
    }
}

/// Money of which nothing is booked.
const fn source(direction: PaymentDirection, currency: Currency, amount: Amount) -> Source {
    Source { direction, currency, unallocated: amount, company_unallocated: Amount::ZERO, conversion: Conversion::Same }
}
