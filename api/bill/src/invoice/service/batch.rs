//! Many invoices of billables in one transaction: what they need is read once for all of them.

use super::checks::{failed, has_entry, summed_up};
use super::complete::{customers, must_be_complete};
use super::create::{Common, blank};
use super::last_part::Billed;
use super::lines::{Document, Sources, billed, sources};
use super::post::{Booking, Credited, book, count_invoiced};
use crate::billable::service as billable;
use crate::booked;
use crate::down_payment::Advances;
use crate::invoice::view::view;
use crate::invoice::{Agreed, engine};
use crate::obligation::hold::must_not_be_held;
use crate::obligation::shared_reference;
use causeway_books::period::service::must_be_open;
use causeway_contract::{Code, Problem};
use causeway_entity::TaxAmount;
use causeway_entity::bill::{billables, billing_run_items, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::payment_terms;
use causeway_kernel::{Ctx, Find, Tx, number};
use causeway_master::account::Purpose;
use causeway_master::checked::{Found, is_failure};
use causeway_master::completeness::Customers;
use causeway_master::rate::lookup::{RateTable, rates};
use causeway_openapi::invoice_check::{InvoiceCheck, InvoiceCheckName as Name};
use causeway_value::{Amount, Currency, Day, Direction, DocumentKind, InvoiceId, InvoiceKind, Json, ObligationId, PartyId, PaymentTermId};
use std::collections::BTreeMap;

/// What the invoices of a company need to know.
pub(crate) struct Batch {
    company: companies::Model,
    sources: Sources,
    /// What is known of whom they are for, as far as the company asks for it.
    customers: Customers,
    terms: BTreeMap<PaymentTermId, payment_terms::Model>,
    /// Those of the billables, for their holds and references.
    obligations: BTreeMap<ObligationId, obligations::Model>,
    rates: RateTable,
    day: Day,
    /// The reference of an invoice whose orders tell none.
    reference: Option<String>,
    /// What the invoices deduct, one after the other.
    advances: Advances,
    /// What the lines that complete an order line take of it, one invoice after the other.
    billed: Billed,
    /// What the day refuses all of them; none before somebody asked.
    day_found: Option<DayFound>,
}

/// Whether invoices of a day can be posted at all.
#[derive(Clone)]
struct DayFound {
    number_order: Result<(), Problem>,
    period_open: Result<(), Problem>,
}

/// An invoice in memory.
pub(crate) struct Made {
    pub invoice: invoices::Model,
    lines: Vec<invoice_lines::Model>,
}

impl Batch {
    /// Reads what billing these needs, for invoices of `day`; `obligations` are those of the billables.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn read(
        tx: &mut Tx<'_>,
        company: companies::Model,
        (billables, obligations): (&[billables::Model], BTreeMap<ObligationId, obligations::Model>),
        day: Day,
        reference: Option<String>,
    ) -> Result<Self, Problem> {
        let mut errors = Vec::new();
        let sources = sources(tx, &company, billables, &[], &mut errors).await?;
        let mut ids: Vec<PartyId> = billables.iter().map(|row| row.party_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let customers = customers(tx, &company, &ids).await?;
        let terms = Find::<payment_terms::Entity>::new().all(tx).await?.into_iter().map(|term| (term.id, term)).collect();
        let pairs: Vec<(Currency, Currency)> = billables.iter().map(|row| (row.currency, company.currency)).collect();
        let rates = rates(tx, pairs, day).await?;
        let mut advances = Advances::lock(tx, billables).await?;
        advances.read_taken(tx).await?;
        let billed = Billed::read(tx, billables, &obligations).await?;
        Ok(Self { company, sources, customers, terms, obligations, rates, day, reference, advances, billed, day_found: None })
    }

    /// A draft of these, which share party, currency, payment term and rounding. Nothing is written; the next draft deducts what this one leaves of down payments.
    ///
    /// # Errors
    /// `account_missing`; `amount_overflow`; `invalid_value` when they come to less than zero.
    pub(crate) fn draft(&mut self, ctx: &Ctx, tx: &Tx<'_>, billables: &[billables::Model]) -> Result<Made, Problem> {
        let first = billables.first().ok_or_else(Problem::not_found)?;
        let common = Common::of(billables);
        // A run keeps apart what is due by different terms.
        let term = first.payment_term_id.and_then(|id| self.terms.get(&id));
        let early_discount = term.and_then(|term| term.early_discount.0.as_ref());
        let id = InvoiceId::new();
        // As what is due by different terms.
        let agreed = Agreed::of_billable(first, &self.obligations);
        let agreed = agreed.unwrap_or_else(|| Agreed::by_company(&self.company, first.currency, Direction::Sale));
        let document = Document { id, company: &self.company, direction: Direction::Sale, currency: first.currency, early_discount, agreed };
        let mut draft = billed(tx, &self.sources, document, billables)?;
        self.billed.exhaust(&mut draft)?;
        let worth = draft.worth(&self.company, Direction::Sale);
        if worth < Amount::ZERO {
            let detail = format!("It comes to less than zero: {} {}. Bill it together with others.", worth.text(first.currency), first.currency);
            return Err(Problem::new(Code::InvalidValue, detail));
        }
        self.advances.deduct(tx, &self.sources.taxes, &mut draft, billables, first.currency)?;
        let invoice = invoices::Model {
            currency: first.currency,
            payment_term_id: term.map(|term| term.id),
            early_discount: early_discount.cloned().map(Json),
            order_id: common.order_id,
            flow_id: common.flow_id,
            reference: shared_reference(billables.iter().map(|row| row.order_line_id), &self.obligations).map(str::to_owned).or_else(|| self.reference.clone()),
            ..draft.on(blank(ctx, tx, id, Direction::Sale, &self.company, first.party_id), (&self.company, term), first.currency)?
        };
        Ok(Made { invoice, lines: draft.rows })
    }

    /// Writes a draft that comes to what was planned, posted when that is asked for, and takes its billables. Of what failed nothing is written, and down
    /// payments are as before, and so is what is billed.
    ///
    /// # Errors
    /// `state_conflict` when it comes to something else than was planned; as for posting a draft, with everything that stands in the way.
    pub(crate) async fn make(
        &mut self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        billables: &[billables::Model],
        planned: &billing_run_items::Model,
        post: bool,
    ) -> Result<Made, Problem> {
        let before = (self.advances.clone(), self.billed.clone());
        let mark = tx.mark();
        let refused = match self.draft(ctx, tx, billables) {
            Ok(made) if !is_as_planned(&made.invoice, planned) => another_amount(&made.invoice, planned),
            Ok(made) => match self.write(ctx, tx, &made, billables, post).await {
                Ok(invoice) => return Ok(Made { invoice, ..made }),
                Err(problem) => {
                    tx.undo_to(mark);
                    if is_failure(&problem) { problem } else { summed_up(self.look_at(tx, &made, billables).await?, problem) }
                }
            },
            Err(problem) => problem,
        };
        (self.advances, self.billed) = before;
        Err(refused)
    }

    /// The checks that an invoice of these billables would fail if it were posted now, by name (BIL-07). Nothing is written.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn checks(&mut self, tx: &mut Tx<'_>, made: &Made, billables: &[billables::Model]) -> Result<Vec<InvoiceCheck>, Problem> {
        Ok(failed(self.look_at(tx, made, billables).await?))
    }

    /// The checks of one invoice of billables, in the order of those of a draft: what they look at is read once for all invoices.
    async fn look_at(&mut self, tx: &mut Tx<'_>, made: &Made, billables: &[billables::Model]) -> Result<Vec<(Name, Found)>, Problem> {
        let day = self.day_found(tx).await?;
        let Made { invoice, lines } = made;
        let owed = billables.iter().filter_map(|row| row.order_line_id).filter_map(|line| self.obligations.get(&line.cast()));
        let mut found = vec![
            (Name::Complete, Found::of(must_be_complete(&self.company, invoice, lines, &self.customers))?),
            (Name::NotHeld, Found::of(must_not_be_held(owed))?),
            (Name::Rate, Found::of(self.rates.booked(&self.company, invoice.currency, self.day).map(drop))?),
            (Name::Accounts, Found::of(self.accounts(lines))?),
            (Name::NumberOrder, Found::of(day.number_order)?),
        ];
        if invoice.tax_status.is_some() {
            found.insert(1, (Name::TaxesComputed, Found::of(engine::must_not_ask(invoice))?));
        }
        if has_entry(lines) {
            found.push((Name::PeriodOpen, Found::of(day.period_open)?));
        }
        Ok(found)
    }

    async fn day_found(&mut self, tx: &mut Tx<'_>) -> Result<DayFound, Problem> {
        if let Some(found) = &self.day_found {
            return Ok(found.clone());
        }
        let number_order = number::check(tx, booked::fiscal(&self.company), DocumentKind::Invoice, self.day).await;
        let period_open = must_be_open(tx, self.company.id, self.day).await;
        let found = DayFound { number_order, period_open };
        self.day_found = Some(found.clone());
        Ok(found)
    }

    /// The company has the accounts that lines do not name themselves.
    fn accounts(&self, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
        self.sources.chart.purpose(Purpose::Receivable)?;
        let own = |tax: &TaxAmount| tax.amount.is_zero() || self.sources.taxes.account_id(tax.tax_id).is_some();
        if !lines.iter().all(|line| line.taxes.0.iter().all(own)) {
            self.sources.chart.purpose(Purpose::TaxPayable)?;
        }
        Ok(())
    }

    async fn write(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, made: &Made, billables: &[billables::Model], post: bool) -> Result<invoices::Model, Problem> {
        let (event, invoice, parts) = if post {
            must_not_be_held(billables.iter().filter_map(|row| row.order_line_id).filter_map(|line| self.obligations.get(&line.cast())))?;
            let booking = Booking {
                company: &self.company,
                day: self.day,
                conversion: self.rates.booked(&self.company, made.invoice.currency, self.day)?,
                term: made.invoice.payment_term_id.and_then(|id| self.terms.get(&id)),
                taxes: &self.sources.taxes,
                chart: &self.sources.chart,
                advances: &self.advances.booked(self.company.currency),
                credited: &Credited::default(),
                customers: &self.customers,
            };
            let (booked, parts) = book(ctx, tx, booking, &made.invoice, &made.lines).await?;
            self.advances.took(&made.lines)?;
            // It was never a draft: its first version is the posted one.
            ("invoice.posted", invoices::Model { version: 1, ..booked }, parts)
        } else {
            ("invoice.created", made.invoice.clone(), Vec::new())
        };
        self.advances.write(ctx, tx)?;
        tx.insert(invoice.clone());
        made.lines.iter().for_each(|line| tx.insert(line.clone()));
        parts.iter().for_each(|part| tx.insert(part.clone()));
        engine::record_draft(ctx, tx, event, &view(&invoice, &made.lines, &parts, Vec::new()), engine::waits(&invoice))?;
        for row in billables {
            billable::reserve(ctx, tx, row, invoice.id)?;
        }
        Ok(invoice)
    }
}

/// Whether an invoice comes to what was planned: a job makes it a while after somebody looked at it.
fn is_as_planned(invoice: &invoices::Model, planned: &billing_run_items::Model) -> bool {
    [invoice.untaxed_amount, invoice.tax_amount, invoice.total_amount].map(Some) == [planned.untaxed_amount, planned.tax_amount, planned.total_amount]
}

fn another_amount(invoice: &invoices::Model, planned: &billing_run_items::Model) -> Problem {
    let currency = invoice.currency;
    let (is, was) = (invoice.total_amount.text(currency), planned.total_amount.unwrap_or_default().text(currency));
    Problem::new(Code::StateConflict, format!("It comes to {is} {currency} now, and {was} {currency} were planned. Bill it with another run."))
}

/// Counts what posted invoices bill on their obligations, all at once.
///
/// # Errors
/// When the database fails.
pub(crate) async fn count(ctx: &Ctx, tx: &mut Tx<'_>, made: &[Made]) -> Result<(), Problem> {
    let documents: Vec<_> = made.iter().map(|made| (InvoiceKind::Invoice, made.lines.as_slice())).collect();
    count_invoiced(ctx, tx, &documents).await
}
