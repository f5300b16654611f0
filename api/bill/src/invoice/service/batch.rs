//! Many invoices of billables in one transaction: what they need is read once for all of them.

use super::create::{Common, blank};
use super::lines::{Document, Sources, billed, sources};
use super::post::{Booking, book, count_invoiced};
use crate::billable::service as billable;
use crate::down_payment::Advances;
use crate::invoice::view::{record, view};
use crate::obligation::hold::must_not_be_held;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, installments, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::lookup::{RateTable, rates};
use causeway_value::{Amount, Currency, Day, Direction, InvoiceId, InvoiceKind, Json, ObligationId, PartyId, PaymentTermId};
use std::collections::BTreeMap;

/// What the invoices of a company need to know.
pub(crate) struct Batch {
    company: companies::Model,
    sources: Sources,
    parties: BTreeMap<PartyId, parties::Model>,
    terms: BTreeMap<PaymentTermId, payment_terms::Model>,
    /// Those of the billables, for their holds.
    obligations: BTreeMap<ObligationId, obligations::Model>,
    rates: RateTable,
    day: Day,
    /// What the invoices deduct, one after the other.
    advances: Advances,
}

/// An invoice in memory.
pub(crate) struct Made {
    pub invoice: invoices::Model,
    lines: Vec<invoice_lines::Model>,
    parts: Vec<installments::Model>,
}

impl Batch {
    /// Reads what billing these needs, for invoices of `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn read(tx: &mut Tx<'_>, company: companies::Model, billables: &[billables::Model], day: Day) -> Result<Self, Problem> {
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
        let lines: Vec<ObligationId> = billables.iter().filter_map(|row| row.order_line_id).map(|line| line.cast()).collect();
        let mut obligations = BTreeMap::new();
        for part in lines.chunks(500) {
            let found = Find::<obligations::Entity>::new().among(obligations::Column::Id, part.iter().copied()).all(tx).await?;
            obligations.extend(found.into_iter().map(|row| (row.id, row)));
        }
        let terms = Find::<payment_terms::Entity>::new().all(tx).await?.into_iter().map(|term| (term.id, term)).collect();
        let pairs: Vec<(Currency, Currency)> = billables.iter().map(|row| (row.currency, company.currency)).collect();
        let rates = rates(tx, pairs, day).await?;
        let advances = Advances::lock(tx, billables).await?;
        Ok(Self { company, sources, parties, terms, obligations, rates, day, advances })
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
            ..draft.on(blank(ctx, tx, id, Direction::Sale, &self.company, first.party_id), &self.company, first.currency)?
        };
        Ok(Made { invoice, lines: draft.rows, parts: Vec::new() })
    }

    /// Writes a draft, posted when that is asked for, and takes its billables. What failed is undone by the caller; down payments are as before then.
    ///
    /// # Errors
    /// `number_order`; `period_locked`; `rate_missing`; `account_missing`.
    pub(crate) async fn make(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, billables: &[billables::Model], post: bool) -> Result<Made, Problem> {
        let before = self.advances.clone();
        let made = self.try_make(ctx, tx, billables, post).await;
        if made.is_err() {
            self.advances = before;
        }
        made
    }

    async fn try_make(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, billables: &[billables::Model], post: bool) -> Result<Made, Problem> {
        let mut made = self.draft(ctx, tx, billables)?;
        let event = if post {
            must_not_be_held(billables.iter().filter_map(|row| row.order_line_id).filter_map(|line| self.obligations.get(&line.cast())))?;
            let booking = Booking {
                company: &self.company,
                day: self.day,
                conversion: self.rates.booked(&self.company, made.invoice.currency, self.day)?,
                term: made.invoice.payment_term_id.and_then(|id| self.terms.get(&id)),
                taxes: &self.sources.taxes,
                chart: &self.sources.chart,
                advances: &self.advances.conversions(self.company.currency),
            };
            (made.invoice, made.parts) = book(ctx, tx, booking, &made.invoice, &made.lines).await?;
            // It was never a draft: its first version is the posted one.
            made.invoice.version = 1;
            "invoice.posted"
        } else {
            "invoice.created"
        };
        self.advances.write(ctx, tx)?;
        tx.insert(made.invoice.clone());
        made.lines.iter().for_each(|line| tx.insert(line.clone()));
        made.parts.iter().for_each(|part| tx.insert(part.clone()));
        record(ctx, tx, event, &view(&made.invoice, &made.lines, &made.parts, Vec::new()))?;
        for row in billables {
            billable::reserve(ctx, tx, row, made.invoice.id)?;
        }
        Ok(made)
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
