//! Posting an invoice or a credit note.

use super::checks::{Draft, explained, must_be_as_billed, must_be_new};
use super::complete::{customers, must_be_complete};
use super::dues::{dues, rules_of};
use super::original::Original;
use super::{credit, free_note, must_be_draft, series};
use crate::billable::service::{Again, bill_again};
use crate::booked;
use crate::down_payment;
use crate::invoice::engine;
use crate::invoice::store::lines_of;
use crate::invoice::view::{record, view};
use crate::obligation::{done, hold};
use crate::payment::rules::payment_state;
use crate::payment::settle::falls_due;
use causeway_books::ledger::rules::{AccountRef, Advance, InvoicePart, InvoiceToPost, Taken, TaxPart, invoice_posting};
use causeway_books::ledger::service::{PostEntry, post as post_entry};
use causeway_contract::Problem;
use causeway_entity::bill::{installments, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::payment_terms;
use causeway_kernel::number;
use causeway_kernel::{Ctx, Find, News, Tx};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::{Chart, chart};
use causeway_master::completeness::Customers;
use causeway_master::dimension::rules::set_id;
use causeway_master::dimension::service::{self as dimension, carried};
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::booked_rate;
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::{check, refs};
use causeway_openapi::invoice::{Invoice, PostInvoice};
use causeway_openapi::object::ExternalRef;
use causeway_value::{
    Amount, Day, Direction, InstallmentConversion, InstallmentId, InvoiceId, InvoiceKind, InvoiceLineId, InvoiceStatus, ObligationId, OrderLineId, Quantity,
    TaxRounding,
};
use std::collections::{BTreeMap, BTreeSet};

/// Posts a draft that passes its checks: number, due dates and journal entry. A credit note settles its invoice first; what is left of it is the customer's credit.
///
/// # Errors
/// `not_found`; `document_posted`; `number_order`; `invalid_value` for a day that is far ahead, or before the invoice that is credited; `rate_missing`;
/// `account_missing`; `state_conflict` when a credit note takes more than what remains;
/// `segregation_of_duties` for who made a credit note without an invoice beyond its company's limit.
pub async fn post(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &PostInvoice) -> Result<Invoice, Problem> {
    let old = tx.lock::<invoices::Entity>(id).await?;
    must_be_draft(&old)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let day = body.invoice_date.unwrap_or_else(|| ctx.today(company.time_zone));
    let allow_duplicate = body.allow_duplicate.unwrap_or_default();
    let mut errors = Vec::new();
    check::posting_day(day, ctx.today(company.time_zone), "/invoice_date", &mut errors);
    check::finish(errors)?;
    let lines = lines_of(tx, &[id]).await?;
    must_be_as_billed(tx, &old, &lines).await?;
    let refs = refs::of(tx, id.uuid()).await?;
    let new = if allow_duplicate { Ok(()) } else { must_be_new(tx, &old).await };
    let posted = match new {
        Ok(()) => post_rows(ctx, tx, &company, (&old, &lines, Some(refs)), day).await,
        Err(problem) => Err(problem),
    };
    match posted {
        // Nothing is written yet: what else stands in the way can be looked at and told with it.
        Err(problem) => {
            let problem = explained(ctx, tx, Draft { company: &company, invoice: &old, lines: &lines, day, allow_duplicate }, problem).await?;
            Err(booked::of_day(problem, "/invoice_date"))
        }
        posted => posted,
    }
}

/// Posts a draft that is locked, or one that was just made and is not stored yet: that one has no external references. What a credit note takes back waits
/// for an invoice again when it is to be billed again.
pub(super) async fn post_rows(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    (old, lines, stored): (&invoices::Model, &[invoice_lines::Model], Option<Vec<ExternalRef>>),
    day: Day,
) -> Result<Invoice, Problem> {
    let (mut original, fitted) = match old.credited_invoice_id {
        Some(credited) => Original::lock(tx, credited, (old, lines), day).await.map(|(original, fitted)| (Some(original), fitted))?,
        None => (None, None),
    };
    let drafted = lines;
    let (note, lines) = fitted.as_ref().map_or((old, lines), |(note, lines)| (note, lines.as_slice()));
    down_payment::must_be_postable(tx, old).await?;
    if old.kind == InvoiceKind::CreditNote {
        down_payment::give_back(ctx, tx, lines).await?;
    }
    let again = match &original {
        Some(original) if old.rebill == Some(true) => original.billed_again(tx, lines, day).await?,
        _ => Vec::new(),
    };
    count(ctx, tx, &[(old.kind, lines)], &again).await?;
    let (mut new, mut parts) = read_and_book(ctx, tx, company, (note, lines), original.as_ref(), day).await?;
    if let Some(original) = &mut original {
        original.settle(ctx, tx, company, (&mut new, &mut parts), day).await?;
    }
    if stored.is_some() {
        tx.update(old, &new);
        drafted.iter().zip(lines).for_each(|(before, after)| tx.update(before, after));
    } else {
        // It was never a draft: its first version is the posted one.
        new.version = 1;
        tx.insert(new.clone());
        lines.iter().for_each(|line| tx.insert(line.clone()));
    }
    parts.iter().for_each(|part| tx.insert(part.clone()));
    if let Some(original) = &original {
        original.insert_allocations(tx);
    }
    let invoice = view(&new, lines, &parts, stored.unwrap_or_default());
    record(ctx, tx, "invoice.posted", &invoice)?;
    if let Some(original) = original {
        let today = ctx.today(company.time_zone);
        if let Some(reversed) = original.reversed() {
            series::let_go(ctx, tx, company, (reversed, &new), today).await?;
        }
        original.write(ctx, tx, today).await?;
    }
    Ok(invoice)
}

/// Counts the lines of these invoices on the obligations that they bill.
pub(super) async fn count_invoiced(ctx: &Ctx, tx: &mut Tx<'_>, documents: &[(InvoiceKind, &[invoice_lines::Model])]) -> Result<(), Problem> {
    count(ctx, tx, documents, &[]).await
}

/// Counts the lines of these documents on the obligations that they bill; credit notes count back. What is billed again is billable again.
async fn count(ctx: &Ctx, tx: &mut Tx<'_>, documents: &[(InvoiceKind, &[invoice_lines::Model])], again: &[Again]) -> Result<(), Problem> {
    let mut counted: BTreeMap<OrderLineId, Quantity> = BTreeMap::new();
    for (kind, lines) in documents {
        for line in *lines {
            if let Some(order_line) = line.order_line_id {
                let sum = counted.entry(order_line).or_default();
                *sum = if *kind == InvoiceKind::Invoice { sum.plus(line.quantity)? } else { sum.minus(line.quantity)? };
            }
        }
    }
    if counted.is_empty() {
        return Ok(());
    }
    let ids = counted.keys().map(|line| line.cast()).collect::<Vec<ObligationId>>();
    let found = Find::<obligations::Entity>::new().among(obligations::Column::Id, ids).order_by(obligations::Column::Id).lock().all(tx).await?;
    if documents.iter().any(|(kind, _)| *kind == InvoiceKind::Invoice) {
        hold::must_not_be_held(found.iter())?;
    }
    let mut completed = BTreeSet::new();
    for old in found {
        let mut new = old.clone();
        new.invoiced_quantity = new.invoiced_quantity.plus(counted.get(&old.id.cast()).copied().unwrap_or_default())?;
        for part in again.iter().filter(|part| part.billable.order_line_id == Some(old.id.cast())) {
            bill_again(ctx, tx, &mut new, part)?;
        }
        if new != old {
            new.version += 1;
            new.updated_at = ctx.now();
            tx.update(&old, &new);
            if !new.needs_delivery && !done(&old)? && done(&new)? {
                completed.insert(new.order_id);
            }
        }
    }
    // What needs no delivery is done when it is billed; its order hears of it.
    for order in completed {
        tx.announce(ctx, News { event: "order.billed", subject: order.uuid(), about: order.uuid(), complete: false }).await?;
    }
    Ok(())
}

/// What booking a document needs to know.
#[derive(Clone, Copy)]
pub(super) struct Booking<'a> {
    pub company: &'a companies::Model,
    pub day: Day,
    pub conversion: Conversion,
    pub term: Option<&'a payment_terms::Model>,
    pub taxes: &'a TaxDefs,
    pub chart: &'a Chart,
    /// How the down payments were booked that are deducted or taken back, by their lines.
    pub advances: &'a BTreeMap<InvoiceLineId, Advance>,
    /// Of a credit note: what those before it took of the invoice that it credits.
    pub credited: &'a Credited,
    /// What is known of its customer, as far as the company asks for it.
    pub customers: &'a Customers,
}

/// What posted credit notes took of an invoice: its lines as they left them, and its rounding.
#[derive(Default)]
pub(super) struct Credited {
    lines: Vec<invoice_lines::Model>,
    rounding: Amount,
}

impl Credited {
    async fn read(tx: &mut Tx<'_>, original: Option<&Original>) -> Result<Self, Problem> {
        let Some((invoice, lines)) = original.and_then(Original::before) else { return Ok(Self::default()) };
        let whole = invoice.rounding_amount.unwrap_or_default();
        let rounding = whole.minus(credit::rounding_left(tx, invoice).await?)?;
        Ok(Self { lines: lines.to_vec(), rounding })
    }

    fn of(&self, line: Option<InvoiceLineId>) -> Taken {
        self.lines.iter().find(|known| Some(known.id) == line).map(taken).unwrap_or_default()
    }

    /// The lines that were credited before and are not now, as parts of nothing.
    fn others(&self, note: &[invoice_lines::Model], direction: Direction, booking: Booking<'_>) -> Vec<InvoicePart> {
        let credits = |line: &invoice_lines::Model| note.iter().any(|row| row.credited_line_id == Some(line.id));
        let others = self.lines.iter().filter(|line| !line.credited_amount.is_zero() && !credits(line));
        let nothing = |line: &invoice_lines::Model| {
            let mut part = part(line, direction, booking);
            (part.net, part.discount, part.taken) = (Amount::ZERO, Amount::ZERO, taken(line));
            part.taxes.iter_mut().for_each(|tax| tax.amount = Amount::ZERO);
            part
        };
        others.map(nothing).collect()
    }
}

fn taken(line: &invoice_lines::Model) -> Taken {
    Taken {
        net: line.credited_amount,
        discount: line.credited_discount_amount.unwrap_or_default(),
        taxes: line.credited_taxes.0.iter().map(|tax| (tax.tax_id, tax.amount)).collect(),
    }
}

/// Reads what booking the document needs and books it.
async fn read_and_book(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    (old, lines): (&invoices::Model, &[invoice_lines::Model]),
    original: Option<&Original>,
    day: Day,
) -> Result<(invoices::Model, Vec<installments::Model>), Problem> {
    let conversion =
        if old.credited_invoice_id.is_some() { booked::of_invoice(old, company.currency) } else { booked_rate(tx, company, old.currency, day).await? };
    free_note::second_person(ctx, tx, company, old, conversion).await?;
    let term = match (old.kind, old.payment_term_id) {
        (InvoiceKind::Invoice, Some(id)) => tx.get::<payment_terms::Entity>(id).await?,
        _ => None,
    };
    let taxes = tax_defs(tx, company.id).await?;
    let chart = chart(tx, company.id, &[], &[]).await?;
    let advances = down_payment::booked_advances(tx, lines, company.currency).await?;
    let customers = customers(tx, company, &[old.party_id]).await?;
    dimension::keep(tx, lines.iter().filter_map(|line| carried(line.dimensions.as_ref()))).await?;
    let credited = Credited::read(tx, original).await?;
    let term = term.as_ref();
    let booking = Booking { company, day, conversion, term, taxes: &taxes, chart: &chart, advances: &advances, credited: &credited, customers: &customers };
    book(ctx, tx, booking, old, lines).await
}

/// Gives the document its number, installments and journal entry, if it says what its company asks for: every posting comes through here. The dimensions of
/// its lines are kept already. The installments are not written yet: a credit note is used up while it is posted.
pub(super) async fn book(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    booking: Booking<'_>,
    old: &invoices::Model,
    lines: &[invoice_lines::Model],
) -> Result<(invoices::Model, Vec<installments::Model>), Problem> {
    let Booking { company, day, conversion, .. } = booking;
    must_be_complete(company, old, lines, booking.customers)?;
    engine::must_be_computed(old)?;
    let mut new = old.clone();
    (new.company_rate, new.rate_divides) = booked::stored(conversion);
    let dues = dues(company, old, day, booking.term)?;
    let mut parts: Vec<InvoicePart> = lines.iter().map(|line| part(line, old.direction, booking)).collect();
    parts.extend(booking.credited.others(lines, old.direction, booking));
    let posting = invoice_posting(
        &InvoiceToPost {
            direction: old.direction,
            kind: old.kind,
            party_id: old.party_id,
            currency: old.currency,
            company_currency: company.currency,
            conversion,
            parts: &parts,
            rounding: old.rounding_amount.unwrap_or_default(),
            rounding_taken: booking.credited.rounding,
            once: old.tax_rounding != TaxRounding::PerLine,
            each: rules_of(company).conversion == InstallmentConversion::Each,
            installments: &dues,
        },
        &|purpose| booking.chart.purpose(purpose),
    )?;
    // What a rate makes of it is held within what the books can add up, too.
    Amount::sum(posting.company_installments.iter().copied())?.within(company.currency)?;
    new.number = Some(number::next(ctx, tx, booked::fiscal(company), booked::document_kind(old), day).await?);
    if !posting.lines.is_empty() {
        let entry =
            PostEntry { day, event: "invoice.posted", document_type: "invoice", document_id: old.id.uuid(), flow_id: old.flow_id, lines: posting.lines };
        new.journal_entry_id = Some(post_entry(ctx, tx, company, entry).await?.id);
    }
    new.status = InvoiceStatus::Posted;
    new.payment_state = payment_state(old.total_amount, old.total_amount, Amount::ZERO, Amount::ZERO);
    new.invoice_date = Some(day);
    new.due_date = dues.iter().map(|due| due.due_date).max();
    new.posted_at = Some(ctx.now());
    new.version += 1;
    new.updated_at = ctx.now();
    let rows = (1..).zip(dues.iter().zip(posting.company_installments)).map(|(position, (due, company_amount))| installments::Model {
        tenant_id: old.tenant_id,
        id: InstallmentId::new(),
        invoice_id: old.id,
        position,
        due_date: due.due_date,
        amount: due.amount,
        open_amount: due.amount,
        company_amount,
        company_open_amount: company_amount,
    });
    let rows: Vec<installments::Model> = rows.collect();
    falls_due(&mut new, &rows, ctx.today(company.time_zone));
    Ok((new, rows))
}

fn part(line: &invoice_lines::Model, direction: Direction, booking: Booking<'_>) -> InvoicePart {
    let default = match direction {
        Direction::Sale => Purpose::TaxPayable,
        Direction::Purchase => Purpose::InputTax,
    };
    let tax = |tax: &causeway_entity::TaxAmount| TaxPart {
        tax_id: tax.tax_id,
        amount: tax.amount,
        account: booking.taxes.account_id(tax.tax_id).map_or(AccountRef::For(default), AccountRef::Given),
    };
    let discount = line.discount_amount.unwrap_or_default();
    InvoicePart {
        net: line.net_amount,
        discount,
        account: AccountRef::Given(line.account_id),
        taxes: line.taxes.0.iter().map(tax).collect(),
        booked: down_payment::of_advance(line).and_then(|of| booking.advances.get(&of).copied()),
        dimension_set_id: carried(line.dimensions.as_ref()).and_then(set_id),
        taken: booking.credited.of(line.credited_line_id),
    }
}
