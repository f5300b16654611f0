//! Writing off and taking write-offs back.

use super::rules::{Discount, borne_by};
use super::view::{record, view};
use crate::booked;
use crate::invoice::lines_of;
use crate::payment::rules::{RequestedAllocation, Source};
use crate::payment::settle::{Origin, Settlement, allocate, credited_of, settled_by, taken_back_at};
use causeway_books::ledger::rules::{AccountRef, WriteOffToPost, write_off_posting};
use causeway_books::ledger::service::{PostEntry, post as post_entry, reverse as reverse_entry};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{allocations, invoices, write_offs};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::{Chart, chart};
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::booked_rate;
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::{check, money};
use causeway_openapi::write_off::{ReverseWriteOff, WriteOff, WriteOffInvoice};
use causeway_value::{
    Account, AccountId, Amount, CompanyId, Currency, Day, Direction, InvoiceId, InvoiceKind, InvoiceStatus, Json, PaymentId, WriteOffId, WriteOffKind,
    WriteOffStatus,
};
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;

/// What is to be given up of an invoice.
pub(crate) struct Wanted {
    pub kind: WriteOffKind,
    /// The payment that it comes with.
    pub payment_id: Option<PaymentId>,
    pub day: Day,
    pub parts: Discount,
    pub account_id: Option<AccountId>,
    pub reason: Option<String>,
}

impl Wanted {
    /// All of it at our cost, no tax corrected.
    pub(crate) fn whole(kind: WriteOffKind, payment_id: Option<PaymentId>, day: Day, amount: Amount) -> Self {
        let parts = Discount { untaxed: vec![amount], taxes: Vec::new(), total: amount };
        Self { kind, payment_id, day, parts, account_id: None, reason: None }
    }
}

/// What giving up needs to know of a company's books: read when it is first needed, once for however many invoices a payment closes.
#[derive(Default)]
pub(crate) struct Books {
    chart: Option<Chart>,
    taxes: Option<TaxDefs>,
    conversions: BTreeMap<(Currency, Day), Conversion>,
}

impl Books {
    async fn conversion(&mut self, tx: &mut Tx<'_>, company: &companies::Model, currency: Currency, day: Day) -> Result<Conversion, Problem> {
        if let Some(known) = self.conversions.get(&(currency, day)) {
            return Ok(*known);
        }
        let found = booked_rate(tx, company, currency, day).await?;
        self.conversions.insert((currency, day), found);
        Ok(found)
    }

    async fn chart(&mut self, tx: &mut Tx<'_>, company: CompanyId) -> Result<&Chart, Problem> {
        if self.chart.is_none() {
            self.chart = Some(chart(tx, company, &[], &[]).await?);
        }
        self.chart.as_ref().ok_or_else(Problem::not_found)
    }

    async fn taxes(&mut self, tx: &mut Tx<'_>, company: CompanyId) -> Result<&TaxDefs, Problem> {
        if self.taxes.is_none() {
            self.taxes = Some(tax_defs(tx, company).await?);
        }
        self.taxes.as_ref().ok_or_else(Problem::not_found)
    }
}

/// Gives up what an invoice has open.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not a posted invoice with something open; `amount_exceeds_open`; every wrong field; `period_locked`.
pub async fn write_off(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, body: &WriteOffInvoice) -> Result<WriteOff, Problem> {
    let mut settlement = Settlement::lock(tx, &[id]).await?;
    let invoice = settlement.get(id).cloned().ok_or_else(Problem::not_found)?;
    let company = tx.must::<companies::Entity>(invoice.company_id).await?;
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    let today = ctx.today(company.time_zone);
    let earliest = invoice.invoice_date.unwrap_or(today);
    check_date((body.date, "/date"), (earliest, "the invoice"), today, &mut errors);
    // What we need not pay is no debt that went bad.
    let usual = if invoice.direction == Direction::Sale { WriteOffKind::BadDebt } else { WriteOffKind::Difference };
    let kind = body.kind.unwrap_or(usual);
    if kind == WriteOffKind::EarlyDiscount {
        errors.push(FieldError::pointer(Code::InvalidValue, "/kind", "comes only with a payment in time"));
    }
    let amount = body.amount.as_ref().and_then(|text| money::amount(text, invoice.currency, "/amount", &mut errors));
    check_account(tx, &company, body.account_id, &mut errors).await?;
    check::finish(errors)?;
    must_be_open(&invoice)?;
    let amount = amount.unwrap_or(invoice.open_amount);
    if amount <= Amount::ZERO || amount > invoice.open_amount {
        let (code, detail) = if amount <= Amount::ZERO {
            (Code::InvalidValue, "must be more than 0".to_owned())
        } else {
            (Code::AmountExceedsOpen, format!("is more than what is open: at most {} {}", invoice.open_amount.text(invoice.currency), invoice.currency))
        };
        return Err(Problem::field(code, "/amount", detail));
    }
    let day = body.date.unwrap_or(today).max(earliest);
    let wanted = Wanted { account_id: body.account_id, reason: Some(body.reason.clone()), ..Wanted::whole(kind, None, day, amount) };
    let closed = close(ctx, tx, &company, &mut settlement, (id, wanted), &mut Books::default()).await;
    let (row, settled) = closed.map_err(|problem| if body.date.is_some() { booked::of_day(problem, "/date") } else { problem })?;
    let shown = insert(ctx, tx, &row, &settled)?;
    finish(ctx, tx, settlement, "invoice.written_off", today).await?;
    Ok(shown)
}

/// A given day counts as it is given: not before what it corrects, and not ahead of today unless that is.
pub(crate) fn check_date((date, pointer): (Option<Day>, &str), (earliest, of): (Day, &str), today: Day, errors: &mut Vec<FieldError>) {
    let Some(date) = date else { return };
    if date < earliest {
        let detail = format!("is before {of}, which is of {earliest}; give that day or a later one");
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    } else {
        not_ahead(date, today.max(earliest), pointer, errors);
    }
}

/// What changes open amounts changes them at once, so it is of a day that has come.
pub(crate) fn not_ahead(date: Day, last: Day, pointer: &str, errors: &mut Vec<FieldError>) {
    if date > last {
        let detail = format!("is a later day, and what is open changes at once: give {last} or an earlier day, or come back then");
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    } else {
        check::day(date, pointer, errors);
    }
}

/// The account must be the company's, and neither a control account nor one of money or taxes.
async fn check_account(tx: &mut Tx<'_>, company: &companies::Model, id: Option<AccountId>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let Some(id) = id else { return Ok(()) };
    match chart(tx, company.id, &[id], &[]).await?.get(id) {
        None => errors.push(check::unknown::<Account>("/account_id", "company")),
        Some(account) => errors.extend(Chart::refusal_of_document(account, "/account_id")),
    }
    Ok(())
}

fn must_be_open(invoice: &invoices::Model) -> Result<(), Problem> {
    let refused = |detail: &str| Err(Problem::new(Code::StateConflict, detail).with("status", invoice.status.to_string()));
    if invoice.kind == InvoiceKind::CreditNote {
        refused("Only what is owed can be written off. Refund a credit note, or settle an invoice with it.")
    } else if invoice.status != InvoiceStatus::Posted {
        refused("Only a posted invoice can be written off.")
    } else if invoice.open_amount.is_zero() {
        refused("Nothing is open on this invoice.")
    } else {
        Ok(())
    }
}

/// Books what is wanted and takes it from the open amounts, in memory: on its day, or on that of the invoice when the payment that it comes with is earlier. The
/// rows are the caller's to [`insert`].
pub(crate) async fn close(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    settlement: &mut Settlement,
    (id, mut wanted): (InvoiceId, Wanted),
    books: &mut Books,
) -> Result<(write_offs::Model, Vec<allocations::Model>), Problem> {
    let invoice = settlement.get(id).cloned().ok_or_else(Problem::not_found)?;
    wanted.day = wanted.day.max(invoice.invoice_date.unwrap_or(wanted.day));
    // A discount gives back a part of the invoice and of its tax, as they were booked: no rate moves what is not paid. What is given up is lost at the rate of
    // the day (FX-014).
    let early = wanted.kind == WriteOffKind::EarlyDiscount;
    let (conversion, company_total) = if early {
        (booked::of_invoice(&invoice, company.currency), Some(settlement.worth(&invoice, wanted.parts.total, company.currency)?))
    } else {
        (books.conversion(tx, company, invoice.currency, wanted.day).await?, None)
    };
    let default = if invoice.direction == Direction::Sale { Purpose::TaxPayable } else { Purpose::InputTax };
    let mut of_taxes: Vec<(AccountRef, Amount)> = Vec::with_capacity(wanted.parts.taxes.len());
    for tax in &wanted.parts.taxes {
        let own = books.taxes(tx, company.id).await?.account_id(tax.tax_id);
        of_taxes.push((own.map_or(AccountRef::For(default), AccountRef::Given), tax.amount));
    }
    let accounts = books.chart(tx, company.id).await?;
    let account_id = match wanted.account_id {
        Some(id) => id,
        None => match borne_by(wanted.kind, invoice.direction) {
            // Charts of before had no place for it.
            Purpose::DiscountReceived => accounts.purpose_or(Purpose::DiscountReceived, Purpose::Expense)?,
            purpose => accounts.purpose(purpose)?,
        },
    };
    let prices = wanted.parts.untaxed.iter().map(|part| (AccountRef::Given(account_id), *part));
    let parts: Vec<(AccountRef, Amount)> = prices.chain(of_taxes).collect();
    let posting = write_off_posting(
        &WriteOffToPost {
            direction: invoice.direction,
            party_id: invoice.party_id,
            currency: invoice.currency,
            company_currency: company.currency,
            conversion,
            parts: &parts,
            company_total,
        },
        &|purpose| accounts.purpose(purpose),
    )?;
    let write_off_id = WriteOffId::new();
    let entry = PostEntry {
        day: wanted.day,
        event: "write_off.posted",
        document_type: "write_off",
        document_id: write_off_id.uuid(),
        flow_id: invoice.flow_id,
        lines: posting.lines,
    };
    let journal_entry_id = post_entry(ctx, tx, company, entry).await?.id;
    let source = Source {
        direction: settled_by(invoice.direction),
        currency: invoice.currency,
        unallocated: wanted.parts.total,
        company_unallocated: posting.company_amount,
        conversion,
    };
    let origin = Origin::of_write_off(write_off_id, &invoice, wanted.day, source);
    let asked = [RequestedAllocation { invoice_id: id, amount: wanted.parts.total }];
    let (_, settled) = allocate(ctx, tx, company, &origin, settlement, &asked, &|_, _| None).await?;
    if wanted.kind == WriteOffKind::BadDebt {
        settlement.give_up(id, wanted.parts.total)?;
    }
    let row = write_offs::Model {
        tenant_id: tx.tenant(),
        id: write_off_id,
        company_id: company.id,
        party_id: invoice.party_id,
        invoice_id: id,
        payment_id: wanted.payment_id,
        kind: wanted.kind,
        status: WriteOffStatus::Posted,
        date: wanted.day,
        currency: invoice.currency,
        amount: wanted.parts.total,
        company_amount: posting.company_amount,
        taxes: Json(wanted.parts.taxes),
        account_id,
        reason: wanted.reason,
        journal_entry_id,
        reversal_entry_id: None,
        flow_id: invoice.flow_id,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    Ok((row, settled))
}

/// Writes a write-off with what it settles, and records it.
pub(crate) fn insert(ctx: &Ctx, tx: &mut Tx<'_>, row: &write_offs::Model, settled: &[allocations::Model]) -> Result<WriteOff, Problem> {
    tx.insert(row.clone());
    for part in settled {
        tx.insert(part.clone());
    }
    let shown = view(row);
    record(ctx, tx, "write_off.posted", &shown)?;
    Ok(shown)
}

/// Writes the invoices that were settled or opened again.
async fn finish(ctx: &Ctx, tx: &mut Tx<'_>, settlement: Settlement, event: &'static str, today: Day) -> Result<(), Problem> {
    let ids: Vec<InvoiceId> = settlement.invoices().map(|invoice| invoice.id).collect();
    let lines = lines_of(tx, &ids).await?;
    let credited = credited_of(tx, &ids).await?;
    settlement.write(ctx, tx, event, &credited, &lines, today).await.map(drop)
}

/// Takes a write-off back by a reversing entry: what it gave up is open again.
///
/// # Errors
/// `not_found`; every wrong field; `period_locked`; `state_conflict` when it was taken back before.
pub async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, id: WriteOffId, body: &ReverseWriteOff) -> Result<WriteOff, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    check::finish(errors)?;
    let old = tx.lock::<write_offs::Entity>(id).await?;
    if old.status == WriteOffStatus::Reversed {
        return Err(Problem::new(Code::StateConflict, "The write-off was taken back before.").with("status", old.status.to_string()));
    }
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let mut errors = Vec::new();
    check_date((body.date, "/date"), (old.date, "the write-off"), today, &mut errors);
    check::finish(errors)?;
    let mut settlement = Settlement::lock(tx, &[old.invoice_id]).await?;
    let day = body.date.unwrap_or(today);
    let taken = take_back(ctx, tx, &company, &mut settlement, &old, Some(&body.reason), day).await;
    let shown = taken.map_err(|problem| booked::of_day(problem, "/date"))?;
    finish(ctx, tx, settlement, "invoice.reopened", today).await?;
    Ok(shown)
}

/// Takes a write-off back in memory and writes its own rows; the caller writes the invoice.
pub(crate) async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    settlement: &mut Settlement,
    old: &write_offs::Model,
    reason: Option<&str>,
    day: Day,
) -> Result<WriteOff, Problem> {
    let settled = Find::<allocations::Entity>::new().eq(allocations::Column::WriteOffId, old.id).is_null(allocations::Column::ReversedAt).all(tx).await?;
    for part in settled {
        settlement.reopen(&part)?;
        if let Some(entry) = part.journal_entry_id {
            reverse_entry(ctx, tx, company, entry, day.max(part.day), "write_off.reversed").await?;
        }
        tx.update(&part, &allocations::Model { reversed_at: Some(taken_back_at(ctx, company, day.max(part.day))), ..part.clone() });
    }
    if old.kind == WriteOffKind::BadDebt {
        settlement.give_up(old.invoice_id, old.amount.negated()?)?;
    }
    let reversal = reverse_entry(ctx, tx, company, old.journal_entry_id, day.max(old.date), "write_off.reversed").await?;
    let mut new = write_offs::Model {
        status: WriteOffStatus::Reversed,
        reversal_entry_id: Some(reversal.id),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    if let Some(reason) = reason {
        new.reason = Some(reason.to_owned());
    }
    tx.update(old, &new);
    let shown = view(&new);
    record(ctx, tx, "write_off.reversed", &shown)?;
    Ok(shown)
}

/// The write-offs of these invoices that still count and go when what settles them is taken back, locked in the order of their ids: what came with the
/// `payment`, and discounts for paying early, whichever payment they came with. They are for all that the invoice needed, in time.
pub(crate) async fn going_with(tx: &mut Tx<'_>, payment: Option<PaymentId>, invoices: &[InvoiceId]) -> Result<Vec<write_offs::Model>, Problem> {
    let early = WriteOffKind::EarlyDiscount.to_string();
    let (goes, values): (_, Vec<Value>) = match payment {
        Some(payment) => ("payment_id = ? OR kind = ?", vec![payment.into(), early.into()]),
        None => ("kind = ?", vec![early.into()]),
    };
    Find::<write_offs::Entity>::new()
        .eq(write_offs::Column::Status, WriteOffStatus::Posted)
        .among(write_offs::Column::InvoiceId, invoices.iter().copied())
        .when(goes, values)
        .order_by(write_offs::Column::Id)
        .lock()
        .all(tx)
        .await
}
