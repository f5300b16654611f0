//! The invoice that a credit note takes back from: what remains of it, and its settlement with the note.

use super::credit;
use crate::booked;
use crate::down_payment::{self, rules::TaxGroup};
use crate::invoice::store::lines_of;
use crate::payment::rules::{RequestedAllocation, Source, payment_state};
use crate::payment::settle::{Origin, Settlement, allocate, credited_of};
use causeway_contract::Problem;
use causeway_entity::bill::{allocations, installments, invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{Amount, Day, Direction, InvoiceId, InvoiceLineId, PaymentDirection};
use std::collections::BTreeMap;

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
    /// Locks it and takes the note's lines from what remains of its own.
    pub(super) async fn lock(tx: &mut Tx<'_>, id: InvoiceId, note_lines: &[invoice_lines::Model]) -> Result<Self, Problem> {
        let settlement = Settlement::lock(tx, &[id]).await?;
        let before = lines_of(tx, &[id]).await?;
        let mut after = before.clone();
        for note in note_lines {
            if let Some(line) = after.iter_mut().find(|line| Some(line.id) == note.credited_line_id) {
                credit::take(line, note)?;
            }
        }
        let taken: BTreeMap<InvoiceLineId, TaxGroup> = match settlement.get(id).cloned() {
            Some(original) => down_payment::taken_back(tx, &original, &before).await?,
            None => BTreeMap::new(),
        };
        down_payment::creditable_left(&after, &taken)?;
        let credited = credited_of(tx, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Self { id, settlement, before, after, allocations: Vec::new(), credited })
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
        let open = self.settlement.get(self.id).map_or(Amount::ZERO, |invoice| invoice.open_amount);
        let amount = note.open_amount.min(open);
        if amount <= Amount::ZERO {
            return Ok(());
        }
        let source = Source {
            direction: if note.direction == Direction::Sale { PaymentDirection::Inbound } else { PaymentDirection::Outbound },
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

    pub(super) fn insert_allocations(&self, tx: &mut Tx<'_>) {
        for row in &self.allocations {
            tx.insert(row.clone());
        }
    }

    pub(super) async fn write(self, ctx: &Ctx, tx: &mut Tx<'_>, today: Day) -> Result<(), Problem> {
        for (old, new) in self.before.iter().zip(&self.after) {
            tx.update(old, new);
        }
        self.settlement.write(ctx, tx, "invoice.credited", &BTreeMap::from([(self.id, self.credited)]), &self.after, today).await.map(drop)
    }
}
