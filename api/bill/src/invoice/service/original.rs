//! The invoice that a credit note takes back from: what remains of it, and its settlement with the note.

use super::{credit, named};
use crate::billable::service::Again;
use crate::booked;
use crate::down_payment::{self, rules::TaxGroup};
use crate::invoice::store::lines_of;
use crate::payment::rules::{RequestedAllocation, Source, payment_state};
use crate::payment::settle::{Origin, Settlement, allocate, credited_of, settled_by};
use crate::write_off::credited::make_room;
use crate::write_off::rules::Credited;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{allocations, billables, installments, invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, BillableId, BillableStatus, Day, InvoiceId, InvoiceLineId, Overflow, PaymentState, Quantity};
use std::collections::BTreeMap;

/// What lines are worth with tax, less what is credited of them.
fn left_of(lines: &[invoice_lines::Model]) -> Result<Amount, Overflow> {
    lines.iter().try_fold(Amount::ZERO, |sum, line| {
        let credited = Amount::sum(line.credited_taxes.0.iter().map(|tax| tax.amount).chain([line.credited_amount]))?;
        sum.plus(line.net_amount)?.plus(line.tax_amount)?.minus(credited)
    })
}

/// A note takes back what was sold, so it is of that day or later.
///
/// # Errors
/// `invalid_value` at `/invoice_date`.
pub(super) fn must_not_be_before(invoice: &invoices::Model, day: Day) -> Result<(), Problem> {
    match invoice.invoice_date.filter(|date| day < *date) {
        None => Ok(()),
        Some(date) => {
            let detail = format!("is before the invoice that it credits: {} is of {date}. Give that day or a later one", named(invoice));
            Err(Problem::field(Code::InvalidValue, "/invoice_date", detail))
        }
    }
}

/// A credit note and its lines again, when it had to be split anew ([`down_payment::refitted`]).
type Fitted = Option<(invoices::Model, Vec<invoice_lines::Model>)>;

/// The lines of an invoice once a credit note has taken its own from what remains of them: posting the note does that, and its checks look whether it can.
///
/// # Errors
/// `state_conflict` when less remains of a line, or of the invoice.
pub(super) async fn taken_off(
    tx: &mut Tx<'_>,
    (invoice, before): (&invoices::Model, &[invoice_lines::Model]),
    (note, note_lines): (&invoices::Model, &[invoice_lines::Model]),
) -> Result<(Vec<invoice_lines::Model>, Fitted), Problem> {
    let taken: BTreeMap<InvoiceLineId, TaxGroup> = down_payment::taken_back(tx, invoice, before).await?;
    let fitted = if invoice.undeducted_amount.is_some() { down_payment::refitted(note, note_lines, before, &taken)? } else { None };
    let mut after = before.to_vec();
    for note in fitted.as_ref().map_or(note_lines, |(_, lines)| lines.as_slice()) {
        if let Some(line) = after.iter_mut().find(|line| Some(line.id) == note.credited_line_id) {
            credit::take(line, note)?;
        }
    }
    down_payment::creditable_left(&after, &taken)?;
    // What an order's amendments take off is held by the order.
    if invoice.order_id.is_none() && left_of(&after)? < Amount::ZERO && left_of(before)? >= Amount::ZERO {
        let detail = "With other credit notes it would take back more than what remains of the invoice. Make a new one of what remains.";
        return Err(Problem::new(Code::StateConflict, detail));
    }
    Ok((after, fitted))
}

/// The invoice that a credit note takes back from.
pub(super) struct Original {
    id: InvoiceId,
    settlement: Settlement,
    before: Vec<invoice_lines::Model>,
    after: Vec<invoice_lines::Model>,
    allocations: Vec<allocations::Model>,
    /// What credit notes settled of it before.
    credited: Amount,
}

impl Original {
    /// Locks it and takes the note's lines from what remains of its own. Answers the note again when it had to be split anew ([`down_payment::refitted`]).
    ///
    /// # Errors
    /// `invalid_value` for a note of a day before it; `state_conflict` when less remains of it.
    pub(super) async fn lock(
        tx: &mut Tx<'_>,
        id: InvoiceId,
        (note, note_lines): (&invoices::Model, &[invoice_lines::Model]),
        day: Day,
    ) -> Result<(Self, Fitted), Problem> {
        let settlement = Settlement::lock(tx, &[id]).await?;
        let invoice = settlement.get(id).ok_or_else(Problem::not_found)?;
        must_not_be_before(invoice, day)?;
        let before = lines_of(tx, &[id]).await?;
        let (after, fitted) = taken_off(tx, (invoice, &before), (note, note_lines)).await?;
        let credited = credited_of(tx, &[id]).await?.remove(&id).unwrap_or_default();
        Ok((Self { id, settlement, before, after, allocations: Vec::new(), credited }, fitted))
    }

    /// The invoice and its lines, as the credit notes before left them.
    pub(super) fn before(&self) -> Option<(&invoices::Model, &[invoice_lines::Model])> {
        self.settlement.get(self.id).map(|invoice| (invoice, self.before.as_slice()))
    }

    /// Settles it with the note as far as both are open.
    pub(super) async fn settle(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        company: &companies::Model,
        (note, parts): (&mut invoices::Model, &mut Vec<installments::Model>),
        day: Day,
    ) -> Result<(), Problem> {
        self.settlement.no_longer_deducted(self.id, note.total_amount)?;
        self.make_room(ctx, tx, company, note, day).await?;
        let open = self.settlement.get(self.id).map_or(Amount::ZERO, |invoice| invoice.open_amount);
        let amount = note.open_amount.min(open);
        if amount <= Amount::ZERO {
            return Ok(());
        }
        let source = Source {
            direction: settled_by(note.direction),
            currency: note.currency,
            unallocated: note.open_amount,
            company_unallocated: Amount::sum(parts.iter().map(|part| part.company_open_amount))?,
            conversion: booked::of_invoice(note, company.currency),
        };
        let origin = Origin::of_credit_note(note, day, source);
        let wanted = [RequestedAllocation { invoice_id: self.id, amount }];
        let (plan, rows) = allocate(ctx, tx, company, &origin, &mut self.settlement, &wanted, &|_, _| None).await?;
        self.credited = self.credited.plus(Amount::sum(rows.iter().map(|row| row.amount))?)?;
        self.allocations = rows;
        note.open_amount = plan.unallocated;
        note.payment_state = payment_state(note.total_amount, note.open_amount, Amount::ZERO, Amount::ZERO);
        // A credit note has one installment.
        for part in parts {
            part.open_amount = plan.unallocated;
            part.company_open_amount = plan.company_unallocated;
        }
        Ok(())
    }

    /// What the lines of a note take back of what is billed by billables, which wait for another invoice then.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn billed_again(&self, tx: &mut Tx<'_>, note_lines: &[invoice_lines::Model], day: Day) -> Result<Vec<Again>, Problem> {
        let billable_of = |note: &invoice_lines::Model| self.before.iter().find(|line| Some(line.id) == note.credited_line_id)?.billable_id;
        let ids: Vec<BillableId> = note_lines.iter().filter_map(billable_of).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = Find::<billables::Entity>::new().among(billables::Column::Id, ids).order_by(billables::Column::Id).lock().all(tx).await?;
        let again = |note: &invoice_lines::Model| {
            let billable = found.iter().find(|row| Some(row.id) == billable_of(note) && row.status == BillableStatus::Invoiced)?.clone();
            Some(Again { billable, quantity: note.quantity, credit_line_id: note.id, day })
        };
        Ok(note_lines.iter().filter(|note| note.quantity != Quantity::ZERO).filter_map(again).collect())
    }

    /// Takes back what was given up of it, as far as the note exceeds what is open: that was never paid, so it is not paid back.
    async fn make_room(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, note: &invoices::Model, day: Day) -> Result<(), Problem> {
        let open = self.settlement.get(self.id).map_or(Amount::ZERO, |invoice| invoice.open_amount);
        let excess = note.open_amount.minus(open)?;
        if excess <= Amount::ZERO {
            return Ok(());
        }
        let after = left_of(&self.after)?;
        let credited = Credited { excess, before: left_of(&self.before)?, after };
        make_room(ctx, tx, company, &mut self.settlement, (self.id, credited), day).await
    }

    pub(super) fn insert_allocations(&self, tx: &mut Tx<'_>) {
        for row in &self.allocations {
            tx.insert(row.clone());
        }
    }

    /// The invoice, when notes have taken back all of it.
    pub(super) fn reversed(&self) -> Option<&invoices::Model> {
        let all = |invoice: &&invoices::Model| payment_state(invoice.total_amount, invoice.open_amount, self.credited, Amount::ZERO) == PaymentState::Reversed;
        self.settlement.get(self.id).filter(all)
    }

    pub(super) async fn write(self, ctx: &Ctx, tx: &mut Tx<'_>, today: Day) -> Result<(), Problem> {
        for (old, new) in self.before.iter().zip(&self.after) {
            tx.update(old, new);
        }
        self.settlement.write(ctx, tx, "invoice.credited", &BTreeMap::from([(self.id, self.credited)]), &self.after, today).await.map(drop)
    }
}
