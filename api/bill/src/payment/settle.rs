//! Settling invoices: what payments, credit notes and write-offs share.
//!
//! Everything happens on rows that are locked and kept in memory, and is written once at the end, so that an invoice takes one step per verb however many
//! allocations touch it.

use super::rules::{AllocationPlan, OpenInstallment, PlannedAllocation, RequestedAllocation, Source, payment_state, plan_allocations};
use crate::booked;
use crate::invoice::{installments_of, record, view};
use causeway_books::ledger::rules::exchange_difference;
use causeway_books::ledger::service::{PostEntry, post as post_entry};
use causeway_contract::Problem;
use causeway_entity::bill::{allocations, installments, invoice_lines, invoices, payments};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::{Chart, chart};
use causeway_master::rate::rules::Rates;
use causeway_master::refs;
use causeway_openapi::invoice as wire;
use causeway_value::{
    AllocationId, Amount, CompanyId, Currency, Day, Direction, FlowId, Instant, InvoiceId, InvoiceKind, JournalEntryId, Overflow, PartyId, PaymentDirection,
    PaymentId, PaymentState, WriteOffId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A row as it was read, and as it will be written.
struct Tracked<M> {
    old: M,
    new: M,
}

impl<M: Clone> Tracked<M> {
    fn all(rows: Vec<M>) -> Vec<Self> {
        rows.into_iter().map(|row| Self { old: row.clone(), new: row }).collect()
    }
}

/// Locked invoices with all their installments.
pub(crate) struct Settlement {
    invoices: Vec<Tracked<invoices::Model>>,
    installments: Vec<Tracked<installments::Model>>,
}

impl Settlement {
    /// Locks these invoices in the order of their ids. Ids that name nothing are left out.
    pub(crate) async fn lock(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<Self, Problem> {
        let invoices = if ids.is_empty() {
            Vec::new()
        } else {
            Find::<invoices::Entity>::new().among(invoices::Column::Id, ids.iter().copied()).order_by(invoices::Column::Id).lock().all(tx).await?
        };
        Self::of(tx, invoices).await
    }

    /// These invoices as they stand, without a lock: for who only looks.
    pub(crate) async fn read(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<Self, Problem> {
        let invoices = Find::<invoices::Entity>::new().among(invoices::Column::Id, ids.iter().copied()).order_by(invoices::Column::Id).all(tx).await?;
        Self::of(tx, invoices).await
    }

    async fn of(tx: &mut Tx<'_>, invoices: Vec<invoices::Model>) -> Result<Self, Problem> {
        let found: Vec<InvoiceId> = invoices.iter().map(|invoice| invoice.id).collect();
        let installments = installments_of(tx, &found).await?;
        Ok(Self { invoices: Tracked::all(invoices), installments: Tracked::all(installments) })
    }

    /// An invoice as it is now.
    pub(crate) fn get(&self, id: InvoiceId) -> Option<&invoices::Model> {
        self.invoices.iter().find(|invoice| invoice.new.id == id).map(|invoice| &invoice.new)
    }

    /// All invoices as they are now.
    pub(crate) fn invoices(&self) -> impl Iterator<Item = &invoices::Model> {
        self.invoices.iter().map(|invoice| &invoice.new)
    }

    /// The installments of those that are asked for, as they are now.
    pub(crate) fn open_installments(&self, company_currency: Currency, of: impl Fn(InvoiceId) -> bool) -> Vec<OpenInstallment> {
        let open = |row: &installments::Model| {
            let invoice = self.get(row.invoice_id)?;
            Some(OpenInstallment {
                id: row.id,
                invoice_id: row.invoice_id,
                due_date: row.due_date,
                currency: invoice.currency,
                open: row.open_amount,
                company_open: row.company_open_amount,
                conversion: booked::of_invoice(invoice, company_currency),
            })
        };
        self.installments.iter().map(|row| &row.new).filter(|row| of(row.invoice_id)).filter_map(open).collect()
    }

    fn settle(&mut self, planned: &PlannedAllocation) -> Result<(), Overflow> {
        if let Some(row) = self.installments.iter_mut().find(|row| row.new.id == planned.installment_id) {
            row.new.open_amount = row.new.open_amount.minus(planned.amount)?;
            row.new.company_open_amount = row.new.company_open_amount.minus(planned.company_amount)?;
        }
        if let Some(invoice) = self.invoices.iter_mut().find(|invoice| invoice.new.id == planned.invoice_id) {
            invoice.new.open_amount = invoice.new.open_amount.minus(planned.amount)?;
        }
        Ok(())
    }

    /// Opens again what an allocation settled.
    pub(crate) fn reopen(&mut self, allocation: &allocations::Model) -> Result<(), Overflow> {
        if let Some(row) = self.installments.iter_mut().find(|row| row.new.id == allocation.installment_id) {
            row.new.open_amount = row.new.open_amount.plus(allocation.amount)?;
            row.new.company_open_amount = row.new.company_open_amount.plus(allocation.company_amount)?;
        }
        if let Some(invoice) = self.invoices.iter_mut().find(|invoice| invoice.new.id == allocation.invoice_id) {
            invoice.new.open_amount = invoice.new.open_amount.plus(allocation.amount)?;
        }
        Ok(())
    }

    /// What a credit note among them has left, after it settled others.
    pub(crate) fn use_up(&mut self, note: InvoiceId, plan: &AllocationPlan) {
        // A credit note has one installment.
        if let Some(row) = self.installments.iter_mut().find(|row| row.new.invoice_id == note) {
            row.new.open_amount = plan.unallocated;
            row.new.company_open_amount = plan.company_unallocated;
        }
        if let Some(row) = self.invoices.iter_mut().find(|row| row.new.id == note) {
            row.new.open_amount = plan.unallocated;
        }
    }

    /// Gives a credit note back what an allocation used of it.
    pub(crate) fn give_back(&mut self, note: InvoiceId, amount: Amount, company_amount: Amount) -> Result<(), Overflow> {
        if let Some(row) = self.installments.iter_mut().find(|row| row.new.invoice_id == note) {
            row.new.open_amount = row.new.open_amount.plus(amount)?;
            row.new.company_open_amount = row.new.company_open_amount.plus(company_amount)?;
        }
        if let Some(row) = self.invoices.iter_mut().find(|row| row.new.id == note) {
            row.new.open_amount = row.new.open_amount.plus(amount)?;
        }
        Ok(())
    }

    /// Counts what is given up of an invoice as bad debt; a negative amount is taken back.
    pub(crate) fn give_up(&mut self, id: InvoiceId, amount: Amount) -> Result<(), Overflow> {
        if let Some(row) = self.invoices.iter_mut().find(|row| row.new.id == id) {
            row.new.written_off_amount = Some(row.new.written_off_amount.unwrap_or_default().plus(amount)?);
        }
        Ok(())
    }

    /// Takes what is credited of a down payment from what invoices may still deduct; nothing happens to another document.
    pub(crate) fn no_longer_deducted(&mut self, id: InvoiceId, amount: Amount) -> Result<(), Overflow> {
        if let Some(row) = self.invoices.iter_mut().find(|row| row.new.id == id) {
            row.new.undeducted_amount = row.new.undeducted_amount.map(|left| left.minus(amount)).transpose()?;
        }
        Ok(())
    }

    /// What is left of a credit note among them.
    pub(crate) fn source_of(&self, note: &invoices::Model, company_currency: Currency) -> Result<Source, Overflow> {
        let parts = self.installments.iter().filter(|row| row.new.invoice_id == note.id);
        Ok(Source {
            direction: settled_by(note.direction),
            currency: note.currency,
            unallocated: note.open_amount,
            company_unallocated: Amount::sum(parts.map(|row| row.new.company_open_amount))?,
            conversion: booked::of_invoice(note, company_currency),
        })
    }

    /// What a part of an invoice that is open is booked at, in company currency.
    pub(crate) fn worth(&self, invoice: &invoices::Model, amount: Amount, company_currency: Currency) -> Result<Amount, Problem> {
        let source = Source {
            direction: PaymentDirection::Inbound,
            currency: invoice.currency,
            unallocated: amount,
            company_unallocated: Amount::ZERO,
            conversion: booked::of_invoice(invoice, company_currency),
        };
        let asked = [RequestedAllocation { invoice_id: invoice.id, amount }];
        let plan = plan_allocations(&source, &self.open_installments(company_currency, |id| id == invoice.id), &asked, &|_, _| None)?;
        Ok(Amount::sum(plan.allocations.iter().map(|part| part.company_amount))?)
    }

    /// When the first installment of an invoice that is open is due.
    pub(crate) fn first_due(&self, id: InvoiceId) -> Option<Day> {
        next_due(self.installments.iter().map(|row| &row.new).filter(|row| row.invoice_id == id))
    }

    /// Writes the invoices and records what happened to each: that it was paid or reversed, or else `event`. `credited` is what credit notes settled of
    /// each, as far as it matters; `lines` are theirs; `today` decides what is overdue. Answers them as they are now.
    pub(crate) async fn write(
        self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        event: &'static str,
        credited: &BTreeMap<InvoiceId, Amount>,
        lines: &[invoice_lines::Model],
        today: Day,
    ) -> Result<Vec<wire::Invoice>, Problem> {
        for row in &self.installments {
            tx.update(&row.old, &row.new);
        }
        let installments: Vec<installments::Model> = self.installments.into_iter().map(|row| row.new).collect();
        let ids: Vec<Uuid> = self.invoices.iter().map(|invoice| invoice.new.id.uuid()).collect();
        let mut found = tx.external_refs(&ids).await?;
        let mut written = Vec::with_capacity(ids.len());
        for Tracked { old, mut new } in self.invoices {
            let credited = credited.get(&new.id).copied().unwrap_or_default();
            new.payment_state = payment_state(new.total_amount, new.open_amount, credited, new.written_off_amount.unwrap_or_default());
            falls_due(&mut new, &installments, today);
            new.version += 1;
            new.updated_at = ctx.now();
            let event = match new.payment_state {
                state if state == old.payment_state => event,
                PaymentState::Paid => "invoice.paid",
                PaymentState::Reversed => "invoice.reversed",
                PaymentState::Open | PaymentState::PartPaid | PaymentState::WrittenOff => event,
            };
            let refs = refs::shown(found.remove(&new.id.uuid()).unwrap_or_default());
            let late = new.overdue == Some(true) && old.overdue == Some(false);
            if late {
                // Reminders begin with its own event, whatever made it late again (PAY-12): that it is late is a step of its own.
                let before = invoices::Model { overdue: Some(false), ..new.clone() };
                record(ctx, tx, event, &view(&before, lines, &installments, refs.clone()))?;
                new.version += 1;
            }
            tx.update(&old, &new);
            let shown = view(&new, lines, &installments, refs);
            record(ctx, tx, if late { "invoice.overdue" } else { event }, &shown)?;
            written.push(shown);
        }
        Ok(written)
    }
}

/// The first due date of what is open.
fn next_due<'a>(parts: impl Iterator<Item = &'a installments::Model>) -> Option<Day> {
    parts.filter(|part| !part.open_amount.is_zero()).map(|part| part.due_date).min()
}

/// Notes when the next installment of a claim is due, and whether that day has passed (MATCH-008). The parts may hold those of others, too.
pub(crate) fn falls_due(invoice: &mut invoices::Model, parts: &[installments::Model], today: Day) {
    let own = parts.iter().filter(|part| part.invoice_id == invoice.id);
    invoice.next_due_date = if invoice.kind == InvoiceKind::Invoice { next_due(own) } else { None };
    invoice.overdue = Some(invoice.next_due_date.is_some_and(|due| due < today));
}

/// What their own credit notes settled of these invoices and still counts. Another invoice's credit note pays like money.
pub(crate) async fn credited_of(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<BTreeMap<InvoiceId, Amount>, Problem> {
    let mut credited = BTreeMap::new();
    if ids.is_empty() {
        return Ok(credited);
    }
    let of_notes = Find::<allocations::Entity>::new().among(allocations::Column::InvoiceId, ids.iter().copied()).is_null(allocations::Column::ReversedAt);
    let own = "EXISTS (SELECT 1 FROM invoices n WHERE n.tenant_id = allocations.tenant_id AND n.id = allocations.credit_note_id \
               AND n.credited_invoice_id = allocations.invoice_id)";
    for row in of_notes.when(own, Vec::new()).all(tx).await? {
        let sum: &mut Amount = credited.entry(row.invoice_id).or_default();
        *sum = sum.plus(row.amount)?;
    }
    Ok(credited)
}

/// What settles: a payment, a credit note or a write-off.
pub(crate) struct Origin {
    company_id: CompanyId,
    party_id: PartyId,
    payment_id: Option<PaymentId>,
    credit_note_id: Option<InvoiceId>,
    write_off_id: Option<WriteOffId>,
    settles: Direction,
    flow_id: Option<FlowId>,
    /// The day from which its allocations count, unless the invoice is later.
    day: Day,
    event: &'static str,
    source: Source,
}

impl Origin {
    /// A posted credit note: it counts from its own date.
    pub(crate) fn of_credit_note(note: &invoices::Model, day: Day, source: Source) -> Self {
        Self {
            company_id: note.company_id,
            party_id: note.party_id,
            payment_id: None,
            credit_note_id: Some(note.id),
            write_off_id: None,
            settles: note.direction,
            flow_id: note.flow_id,
            day,
            // Not the event of a document: reports of what was billed count those.
            event: "invoice.allocated",
            source,
        }
    }

    /// A posted payment whose allocations are made on `day`.
    pub(crate) fn of_payment(payment: &payments::Model, day: Day, source: Source) -> Self {
        Self {
            company_id: payment.company_id,
            party_id: payment.party_id,
            payment_id: Some(payment.id),
            credit_note_id: None,
            write_off_id: None,
            settles: payment.settles,
            flow_id: payment.flow_id,
            day: day.max(payment.payment_date),
            event: "payment.allocated",
            source,
        }
    }

    /// A write-off of an invoice.
    pub(crate) fn of_write_off(id: WriteOffId, invoice: &invoices::Model, day: Day, source: Source) -> Self {
        Self {
            company_id: invoice.company_id,
            party_id: invoice.party_id,
            payment_id: None,
            credit_note_id: None,
            write_off_id: Some(id),
            settles: invoice.direction,
            flow_id: invoice.flow_id,
            day,
            event: "write_off.posted",
            source,
        }
    }

    fn document(&self) -> (&'static str, Uuid) {
        match (self.payment_id, self.write_off_id, self.credit_note_id) {
            (Some(payment), ..) => ("payment", payment.uuid()),
            (None, Some(write_off), _) => ("write_off", write_off.uuid()),
            (None, None, note) => ("invoice", note.unwrap_or_default().uuid()),
        }
    }
}

/// Plans the allocations, takes them from the open amounts in memory, and books realised exchange differences, one entry each. The caller inserts the
/// rows and writes what is left of the source.
///
/// # Errors
/// `amount_exceeds_open` with its pointer; `rate_missing`; `account_missing`; `amount_overflow`.
pub(crate) async fn allocate(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    origin: &Origin,
    settlement: &mut Settlement,
    wanted: &[RequestedAllocation],
    rates: Rates<'_>,
) -> Result<(AllocationPlan, Vec<allocations::Model>), Problem> {
    let plan = plan_allocations(&origin.source, &settlement.open_installments(company.currency, |_| true), wanted, rates)?;
    let mut rows = Vec::with_capacity(plan.allocations.len());
    let mut accounts: Option<Chart> = None;
    for planned in &plan.allocations {
        settlement.settle(planned)?;
        let Some(invoice) = settlement.get(planned.invoice_id) else { continue };
        let day = origin.day.max(invoice.invoice_date.unwrap_or(origin.day));
        let currency = invoice.currency;
        let mut journal_entry_id = None;
        if !planned.exchange_difference.is_zero() {
            if accounts.is_none() {
                accounts = Some(chart(tx, company.id, &[], &[]).await?);
            }
            let chart = accounts.as_ref().ok_or_else(Problem::not_found)?;
            journal_entry_id = Some(book_difference(ctx, tx, company, origin, chart, (planned.exchange_difference, currency, day)).await?);
        }
        rows.push(allocations::Model {
            tenant_id: tx.tenant(),
            id: AllocationId::new(),
            company_id: origin.company_id,
            party_id: origin.party_id,
            payment_id: origin.payment_id,
            credit_note_id: origin.credit_note_id,
            invoice_id: planned.invoice_id,
            installment_id: planned.installment_id,
            currency,
            amount: planned.amount,
            source_amount: planned.source_amount,
            company_amount: planned.company_amount,
            exchange_difference: planned.exchange_difference,
            day,
            journal_entry_id,
            reversed_at: None,
            created_at: ctx.now(),
            write_off_id: origin.write_off_id,
        });
    }
    Ok((plan, rows))
}

async fn book_difference(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    origin: &Origin,
    chart: &Chart,
    (difference, currency, day): (Amount, Currency, Day),
) -> Result<JournalEntryId, Problem> {
    let lines = exchange_difference(difference, control(origin.settles), origin.party_id, currency, &|purpose| chart.purpose(purpose))?;
    let (document_type, document_id) = origin.document();
    let entry = PostEntry { day, event: origin.event, document_type, document_id, flow_id: origin.flow_id, lines };
    Ok(post_entry(ctx, tx, company, entry).await?.id)
}

/// From when what is taken back on `day` no longer counts: now, unless the day is not today's. Reports of a day ask for this instant as they ask for the date
/// of the entry that reverses.
pub(crate) fn taken_back_at(ctx: &Ctx, company: &companies::Model, day: Day) -> Instant {
    if day == ctx.today(company.time_zone) { ctx.now() } else { day.start_in(company.time_zone) }
}

/// Which way money goes that settles documents of this direction. What a credit note or a write-off closes is closed as by such money.
pub(crate) const fn settled_by(direction: Direction) -> PaymentDirection {
    match direction {
        Direction::Sale => PaymentDirection::Inbound,
        Direction::Purchase => PaymentDirection::Outbound,
    }
}

/// Which documents money settles that goes this way.
pub(crate) const fn settles(way: PaymentDirection) -> Direction {
    match way {
        PaymentDirection::Inbound => Direction::Sale,
        PaymentDirection::Outbound => Direction::Purchase,
    }
}

/// Where documents of this direction stand open.
pub(crate) const fn control(direction: Direction) -> Purpose {
    match direction {
        Direction::Sale => Purpose::Receivable,
        Direction::Purchase => Purpose::Payable,
    }
}
