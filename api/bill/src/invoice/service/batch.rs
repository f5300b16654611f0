//! Many invoices of billables in one transaction: what they need is read once for all of them.

use super::checks::{Draft, explained};
use super::complete::customers;
use super::create::{Common, blank};
use super::lines::{Document, Sources, billed, sources};
use super::post::{Booking, book, count_invoiced};
use crate::billable::service as billable;
use crate::down_payment::Advances;
use crate::invoice::view::{record, view};
use crate::obligation::hold::must_not_be_held;
use crate::obligation::{of_billables, shared_reference};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::completeness::Customers;
use causeway_master::rate::lookup::{RateTable, rates};
use causeway_value::{Amount, Currency, Day, Direction, InvoiceId, InvoiceKind, Json, ObligationId, PartyId, PaymentTermId};
use std::collections::BTreeMap;

/// What the invoices of a company need to know.
pub(crate) struct Batch {
    company: companies::Model,
    sources: Sources,
    parties: BTreeMap<PartyId, parties::Model>,
    /// What is known of those, as far as the company asks for it.
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
}

/// An invoice in memory.
pub(crate) struct Made {
    pub invoice: invoices::Model,
    lines: Vec<invoice_lines::Model>,
}

impl Batch {
    /// Reads what billing these needs, for invoices of `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn read(
        tx: &mut Tx<'_>,
        company: companies::Model,
        billables: &[billables::Model],
        day: Day,
        reference: Option<String>,
    ) -> Result<Self, Problem> {
        let mut errors = Vec::new();
        let sources = sources(tx, &company, billables, &[], &mut errors).await?;
        let mut ids: Vec<PartyId> = billables.iter().map(|row| row.party_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut parties = BTreeMap::new();
        for part in ids.chunks(500) {
            let found = Find::<parties::Entity>::new().among(parties::Column::Id, part.iter().copied()).all(tx).await?;
            parties.extend(found.into_iter().map(|party| (party.id, party)));
        }
        let customers = customers(tx, &company, &ids).await?;
        let obligations = of_billables(tx, billables).await?;
        let terms = Find::<payment_terms::Entity>::new().all(tx).await?.into_iter().map(|term| (term.id, term)).collect();
        let pairs: Vec<(Currency, Currency)> = billables.iter().map(|row| (row.currency, company.currency)).collect();
        let rates = rates(tx, pairs, day).await?;
        let mut advances = Advances::lock(tx, billables).await?;
        advances.read_taken(tx).await?;
        Ok(Self { company, sources, parties, customers, terms, obligations, rates, day, reference, advances })
    }

    /// A draft of these, which share party and currency. Nothing is written; the next draft deducts what this one leaves of down payments.
    ///
    /// # Errors
    /// `account_missing`; `amount_overflow`; `invalid_value` when they come to less than zero.
    pub(crate) fn draft(&mut self, ctx: &Ctx, tx: &Tx<'_>, billables: &[billables::Model]) -> Result<Made, Problem> {
        let first = billables.first().ok_or_else(Problem::not_found)?;
        let common = Common::of(billables);
        let own_term = || self.parties.get(&first.party_id).and_then(|party| party.payment_term_id);
        let term = common.payment_term_id.or_else(own_term).and_then(|id| self.terms.get(&id));
        let early_discount = term.and_then(|term| term.early_discount.0.as_ref());
        let id = InvoiceId::new();
        let document = Document { id, company: &self.company, direction: Direction::Sale, currency: first.currency, early_discount };
        let mut draft = billed(tx, &self.sources, document, billables)?;
        if draft.taxed.total < Amount::ZERO {
            return Err(Problem::new(Code::InvalidValue, "It comes to less than zero. Bill it together with others."));
        }
        self.advances.deduct(tx, &self.sources.taxes, &mut draft, billables, first.currency)?;
        let invoice = invoices::Model {
            currency: first.currency,
            payment_term_id: term.map(|term| term.id),
            early_discount: early_discount.cloned().map(Json),
            order_id: common.order_id,
            flow_id: common.flow_id,
            reference: shared_reference(billables.iter().map(|row| row.order_line_id), &self.obligations).map(str::to_owned).or_else(|| self.reference.clone()),
            ..draft.on(blank(ctx, tx, id, Direction::Sale, &self.company, first.party_id), &self.company, first.currency)?
        };
        Ok(Made { invoice, lines: draft.rows })
    }

    /// Writes a draft, posted when that is asked for, and takes its billables. Of what failed nothing is written, and down payments are as before.
    ///
    /// # Errors
    /// As for posting a draft, with everything that stands in the way.
    pub(crate) async fn make(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, billables: &[billables::Model], post: bool) -> Result<Made, Problem> {
        let before = self.advances.clone();
        let mark = tx.mark();
        let refused = match self.draft(ctx, tx, billables) {
            Ok(made) => match self.write(ctx, tx, &made, billables, post).await {
                Ok(invoice) => return Ok(Made { invoice, ..made }),
                Err(problem) => {
                    tx.undo_to(mark);
                    let draft = Draft { company: &self.company, invoice: &made.invoice, lines: &made.lines, day: self.day, stored: false };
                    explained(ctx, tx, draft, problem).await
                }
            },
            Err(problem) => Ok(problem),
        };
        self.advances = before;
        Err(refused?)
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
        record(ctx, tx, event, &view(&invoice, &made.lines, &parts, Vec::new()))?;
        for row in billables {
            billable::reserve(ctx, tx, row, invoice.id)?;
        }
        Ok(invoice)
    }
}

/// Counts what posted invoices bill on their obligations, all at once.
///
/// # Errors
/// When the database fails.
pub(crate) async fn count(ctx: &Ctx, tx: &mut Tx<'_>, made: &[Made]) -> Result<(), Problem> {
    let documents: Vec<_> = made.iter().map(|made| (InvoiceKind::Invoice, made.lines.as_slice())).collect();
    count_invoiced(ctx, tx, &documents).await
}
