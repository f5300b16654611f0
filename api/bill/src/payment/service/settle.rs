//! What a payment settles, and what becomes of the difference.

use super::targets::Targets;
use crate::booked;
use crate::invoice::lines_of;
use crate::payment::rules::{AllocationPlan, OpenInstallment, RequestedAllocation, Source, allocation_state, share_out, source_company_amount};
use crate::payment::settle::{Origin, allocate, control, credited_of, settles};
use crate::write_off::rules::{Discount, discount_on, last_day};
use crate::write_off::service::{Books, Wanted, close, insert};
use causeway_books::ledger::rules::{PaymentToPost, surplus_posting};
use causeway_books::ledger::service::{PostEntry, post as post_entry};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{allocations, invoices, payment_offsets, payments, write_offs};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::chart;
use causeway_master::rate::Conversion;
use causeway_master::rate::lookup::{RateTable, rates};
use causeway_master::tax::store::tax_defs;
use causeway_value::{
    Amount, CompanyId, Currency, Day, Direction, InvoiceId, InvoiceKind, OffsetKind, Overflow, PaymentDifference, PaymentDirection, PaymentId, PaymentOffsetId,
    WriteOffKind,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The rows that settling makes, for the caller to write after the payment.
#[derive(Default)]
pub(super) struct Settled {
    /// Of the payment.
    pub allocations: Vec<allocations::Model>,
    /// Of the credit notes that were netted.
    pub netted: Vec<allocations::Model>,
    write_offs: Vec<(write_offs::Model, Vec<allocations::Model>)>,
    /// What was too much and is kept.
    pub offsets: Vec<payment_offsets::Model>,
}

impl Settled {
    /// Writes the rows of the payment itself.
    pub(super) fn insert_own(&self, tx: &mut Tx<'_>) {
        self.allocations.iter().for_each(|row| tx.insert(row.clone()));
        self.offsets.iter().for_each(|row| tx.insert(row.clone()));
    }

    /// Writes what came with it.
    pub(super) fn insert_others(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<(), Problem> {
        self.netted.iter().for_each(|row| tx.insert(row.clone()));
        self.write_offs.iter().try_for_each(|(row, settled)| insert(ctx, tx, row, settled).map(drop))
    }
}

/// Takes what is asked for from the payment and from the open amounts, in memory. `earlier` and `offsets` are what used the payment before.
pub(super) async fn settle(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &mut payments::Model,
    (earlier, offsets): (&[allocations::Model], &[payment_offsets::Model]),
    targets: &mut Targets,
    day: Day,
) -> Result<Settled, Problem> {
    let mut settled = Settled::default();
    if targets.wanted.is_empty() && targets.group.is_empty() {
        return Ok(settled);
    }
    let day = day.max(payment.payment_date);
    let discounts = discounts(tx, payment, targets).await?;
    let saved = saved(targets, &discounts);
    settled.netted = net(ctx, tx, company, targets, &saved, day).await?;
    let pairs: Vec<(Currency, Currency)> = targets.settlement.invoices().map(|invoice| (payment.currency, invoice.currency)).collect();
    let table = rates(tx, pairs, payment.payment_date).await?;
    let mut wanted = targets.wanted.clone();
    for request in &wanted {
        // Planning asks for the rate itself; here it is asked how old it may be.
        if let Some(invoice) = targets.settlement.get(request.invoice_id) {
            table.recent(company, payment.currency, invoice.currency, payment.payment_date)?;
        }
    }
    wanted.extend(of_group(company, payment, targets, &saved, &table)?);
    let mut plan = AllocationPlan {
        allocations: Vec::new(),
        unallocated: payment.unallocated_amount,
        company_unallocated: company_unallocated(payment, earlier, offsets)?,
    };
    if !wanted.is_empty() {
        let source = Source {
            direction: payment.direction,
            currency: payment.currency,
            unallocated: plan.unallocated,
            company_unallocated: plan.company_unallocated,
            conversion: booked::of_payment(payment, company.currency),
        };
        let origin = Origin::of_payment(payment, day, source);
        (plan, settled.allocations) = allocate(ctx, tx, company, &origin, &mut targets.settlement, &wanted, &|from, to| table.find(from, to)).await?;
    }
    let mut books = Books::default();
    for (id, discount) in &discounts {
        let open = targets.settlement.get(*id).map_or(Amount::ZERO, |invoice| invoice.open_amount);
        if open > Amount::ZERO && open <= discount.total {
            let wanted = Wanted { parts: discount.of(open)?, ..Wanted::whole(WriteOffKind::EarlyDiscount, Some(payment.id), day, open) };
            settled.write_offs.push(close(ctx, tx, company, &mut targets.settlement, (*id, wanted), &mut books).await?);
        }
    }
    // Of what comes in a bank keeps what is missing; of what we send it takes what is too much.
    let sent = payment.direction == PaymentDirection::Outbound;
    let (kind, surplus) = match targets.difference {
        PaymentDifference::KeepOpen => (None, None),
        PaymentDifference::WriteOff => (Some(WriteOffKind::Difference), Some(Purpose::Rounding)),
        PaymentDifference::Fee if sent => {
            must_settle_all(targets)?;
            (None, Some(Purpose::BankFees))
        }
        PaymentDifference::Fee => (Some(WriteOffKind::BankFee), None),
    };
    let mut given_up = Amount::ZERO;
    if let Some(kind) = kind {
        for id in targets.named() {
            let open = targets.settlement.get(id).filter(|invoice| invoice.kind == InvoiceKind::Invoice).map_or(Amount::ZERO, |invoice| invoice.open_amount);
            if open > Amount::ZERO {
                let wanted = Wanted::whole(kind, Some(payment.id), day, open);
                let closed = close(ctx, tx, company, &mut targets.settlement, (id, wanted), &mut books).await?;
                given_up = given_up.plus(closed.0.company_amount)?;
                settled.write_offs.push(closed);
            }
        }
    }
    may_give_up(ctx, company, given_up)?;
    if let Some(kept_as) = surplus.filter(|_| plan.unallocated > Amount::ZERO) {
        may_give_up(ctx, company, plan.company_unallocated)?;
        settled.offsets.push(keep_surplus(ctx, tx, company, payment, (&plan, kept_as), day).await?);
        plan.unallocated = Amount::ZERO;
    }
    payment.unallocated_amount = plan.unallocated;
    payment.allocation_state = allocation_state(payment.amount, plan.unallocated);
    Ok(settled)
}

/// Refuses to take for a bank's fee what a payment of ours leaves open: the bank took nothing of that.
fn must_settle_all(targets: &Targets) -> Result<(), Problem> {
    let open = targets
        .named()
        .into_iter()
        .filter_map(|id| targets.settlement.get(id))
        .find(|invoice| invoice.kind == InvoiceKind::Invoice && !invoice.open_amount.is_zero());
    let Some(invoice) = open else { return Ok(()) };
    let detail = format!(
        "is `fee`, and {} {} of {} would stay open: a bank's fee is what we send beyond what is owed. Send more, keep_open the rest, or write_off it",
        invoice.open_amount.text(invoice.currency),
        invoice.currency,
        invoice.number.as_deref().unwrap_or("the document"),
    );
    Err(Problem::of(vec![FieldError::pointer(Code::InvalidValue, "/difference", detail)]))
}

/// Refuses to write off more than the company tolerates without the right to (CRN-03, PAY-02).
fn may_give_up(ctx: &Ctx, company: &companies::Model, amount: Amount) -> Result<(), Problem> {
    const RIGHT: &str = "invoices:write_off";
    let tolerated = company.payment_tolerance.unwrap_or_default();
    if amount <= tolerated || ctx.may(RIGHT) {
        return Ok(());
    }
    let (amount, tolerated) = (amount.text(company.currency), tolerated.text(company.currency));
    let detail = format!(
        "The difference is {amount} {0}, and the company tolerates {tolerated} {0}. More needs the permission {RIGHT}: keep it open, or ask somebody who has it.",
        company.currency
    );
    Err(Problem::new(Code::PermissionDenied, detail).with("permission", RIGHT))
}

/// The discounts for paying early that this payment has, by invoice.
async fn discounts(tx: &mut Tx<'_>, payment: &payments::Model, targets: &Targets) -> Result<BTreeMap<InvoiceId, Discount>, Problem> {
    // What customers pay us, and what we pay suppliers (EPD-017).
    let documents = targets.settlement.invoices().filter(|invoice| invoice.direction == settles(payment.direction));
    discounts_on(tx, payment.company_id, documents, payment.payment_date).await
}

/// The discounts that paying these documents of a company on `day` has, by invoice.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn discounts_on(
    tx: &mut Tx<'_>,
    company: CompanyId,
    documents: impl Iterator<Item = &invoices::Model>,
    day: Day,
) -> Result<BTreeMap<InvoiceId, Discount>, Problem> {
    let agreed = |invoice: &&invoices::Model| invoice.early_discount.is_some() && invoice.kind == InvoiceKind::Invoice && !invoice.open_amount.is_zero();
    let invoices: Vec<invoices::Model> = documents.filter(agreed).cloned().collect();
    if invoices.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lines = lines_of(tx, &invoices.iter().map(|invoice| invoice.id).collect::<Vec<_>>()).await?;
    let taxes = tax_defs(tx, company).await?;
    let mut found = BTreeMap::new();
    for invoice in &invoices {
        if let Some(discount) = discount_on(invoice, &lines, |id| taxes.get(id).map(|tax| tax.kind), day)? {
            found.insert(invoice.id, discount);
        }
    }
    let parted: Vec<&invoices::Model> =
        invoices.iter().filter(|invoice| found.contains_key(&invoice.id) && invoice.open_amount != invoice.total_amount).collect();
    for id in paid_late(tx, &parted).await? {
        found.remove(&id);
    }
    Ok(found)
}

/// Those of which a part came after the last day of their discount, by a payment or by a credit note of something else: the discount is for all of it in time.
async fn paid_late(tx: &mut Tx<'_>, invoices: &[&invoices::Model]) -> Result<Vec<InvoiceId>, Problem> {
    if invoices.is_empty() {
        return Ok(Vec::new());
    }
    let earlier = Find::<allocations::Entity>::new().among(allocations::Column::InvoiceId, invoices.iter().map(|invoice| invoice.id));
    let earlier = earlier.is_null(allocations::Column::ReversedAt).is_null(allocations::Column::WriteOffId).all(tx).await?;
    // When what settles them came, and what it credits: what is credited of an invoice itself was never to be paid.
    let mut came: BTreeMap<Uuid, (Day, Option<InvoiceId>)> = BTreeMap::new();
    let paid: BTreeSet<PaymentId> = earlier.iter().filter_map(|row| row.payment_id).collect();
    if !paid.is_empty() {
        let rows = Find::<payments::Entity>::new().among(payments::Column::Id, paid).all(tx).await?;
        came.extend(rows.into_iter().map(|row| (row.id.uuid(), (row.payment_date, None))));
    }
    let credited: BTreeSet<InvoiceId> = earlier.iter().filter_map(|row| row.credit_note_id).collect();
    if !credited.is_empty() {
        let rows = Find::<invoices::Entity>::new().among(invoices::Column::Id, credited).all(tx).await?;
        came.extend(rows.into_iter().filter_map(|note| Some((note.id.uuid(), (note.invoice_date?, note.credited_invoice_id)))));
    }
    let is_late = |invoice: &&&invoices::Model| {
        let Some(last) = last_day(invoice) else { return false };
        let own = earlier.iter().filter(|row| row.invoice_id == invoice.id);
        let sources = own.filter_map(|row| row.payment_id.map(PaymentId::uuid).or(row.credit_note_id.map(InvoiceId::uuid)));
        sources.filter_map(|source| came.get(&source)).any(|(day, credits)| *day > last && *credits != Some(invoice.id))
    };
    Ok(invoices.iter().filter(is_late).map(|invoice| invoice.id).collect())
}

/// The documents of the group that are of this kind and have something open.
fn open_documents(targets: &Targets, kind: InvoiceKind) -> impl Iterator<Item = &invoices::Model> {
    let of_group = targets.group.iter().filter_map(|id| targets.settlement.get(*id));
    of_group.filter(move |invoice| invoice.kind == kind && invoice.open_amount > Amount::ZERO)
}

/// The credit notes of the group that have something open, what is due first first.
fn notes_in_due_order(targets: &Targets) -> Vec<invoices::Model> {
    let mut found: Vec<invoices::Model> = open_documents(targets, InvoiceKind::CreditNote).cloned().collect();
    found.sort_by_cached_key(|note| (targets.settlement.first_due(note.id), note.id));
    found
}

/// What must be paid to close an invoice: what is open less the discount.
pub(super) fn payable(invoice: &invoices::Model, discounts: &BTreeMap<InvoiceId, Discount>) -> Result<Amount, Overflow> {
    invoice.open_amount.minus(discounts.get(&invoice.id).and_then(|discount| off(invoice, discount)).unwrap_or_default())
}

/// What a discount takes off what is open: nothing when no more is open than it.
fn off(invoice: &invoices::Model, discount: &Discount) -> Option<Amount> {
    (discount.total < invoice.open_amount).then_some(discount.total)
}

/// What the discounts take off what is open, by invoice.
fn saved(targets: &Targets, discounts: &BTreeMap<InvoiceId, Discount>) -> BTreeMap<InvoiceId, Amount> {
    discounts.iter().filter_map(|(id, discount)| Some((*id, off(targets.settlement.get(*id)?, discount)?))).collect()
}

/// The installments of these documents of the group.
fn open_of<'a>(targets: &Targets, company: &companies::Model, documents: impl Iterator<Item = &'a invoices::Model>) -> Vec<OpenInstallment> {
    let ids: BTreeSet<InvoiceId> = documents.map(|document| document.id).collect();
    targets.settlement.open_installments(company.currency, |id| ids.contains(&id))
}

/// Settles the invoices of the group with its credit notes of the same currency.
async fn net(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    targets: &mut Targets,
    saved: &BTreeMap<InvoiceId, Amount>,
    day: Day,
) -> Result<Vec<allocations::Model>, Problem> {
    let mut rows = Vec::new();
    for note in notes_in_due_order(targets) {
        let claims = open_documents(targets, InvoiceKind::Invoice).filter(|invoice| invoice.currency == note.currency);
        let wanted = share_out(note.open_amount, note.currency, &open_of(targets, company, claims), saved, &|_| Ok(Conversion::Same))?;
        if !wanted.is_empty() {
            let source = targets.settlement.source_of(&note, company.currency)?;
            // The note is not there before its own date.
            let origin = Origin::of_credit_note(&note, day.max(note.invoice_date.unwrap_or(day)), source);
            let (plan, settled) = allocate(ctx, tx, company, &origin, &mut targets.settlement, &wanted, &|_, _| None).await?;
            targets.settlement.use_up(note.id, &plan);
            rows.extend(settled);
        }
    }
    Ok(rows)
}

/// What the payment settles of the group, as far as it goes.
fn of_group(
    company: &companies::Model,
    payment: &payments::Model,
    targets: &Targets,
    saved: &BTreeMap<InvoiceId, Amount>,
    table: &RateTable,
) -> Result<Vec<RequestedAllocation>, Problem> {
    let claims = match (payment.direction, payment.settles) {
        (PaymentDirection::Inbound, Direction::Sale) | (PaymentDirection::Outbound, Direction::Purchase) => InvoiceKind::Invoice,
        _ => InvoiceKind::CreditNote,
    };
    let open = open_of(targets, company, open_documents(targets, claims));
    let to_close = |currency| Ok(table.recent(company, payment.currency, currency, payment.payment_date)?.back());
    share_out(payment.unallocated_amount, payment.currency, &open, saved, &to_close)
}

/// Books what is left of a payment as income, or as a cost when we paid; a bank's fee is one.
async fn keep_surplus(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &payments::Model,
    (left, kept_as): (&AllocationPlan, Purpose),
    day: Day,
) -> Result<payment_offsets::Model, Problem> {
    let accounts = chart(tx, company.id, &[], &[]).await?;
    let lines = surplus_posting(
        &PaymentToPost {
            direction: payment.direction,
            method: payment.method,
            counterpart: control(payment.settles),
            party_id: payment.party_id,
            amount: left.unallocated,
            currency: payment.currency,
            company_currency: company.currency,
            conversion: booked::of_payment(payment, company.currency),
        },
        left.company_unallocated,
        kept_as,
        &|purpose| accounts.purpose(purpose),
    )?;
    let day = day.max(payment.payment_date);
    let entry = PostEntry { day, event: "payment.surplus_kept", document_type: "payment", document_id: payment.id.uuid(), flow_id: payment.flow_id, lines };
    Ok(payment_offsets::Model {
        tenant_id: tx.tenant(),
        id: PaymentOffsetId::new(),
        company_id: company.id,
        payment_id: payment.id,
        counterpart_id: None,
        kind: OffsetKind::Surplus,
        amount: left.unallocated,
        company_amount: left.company_unallocated,
        day,
        journal_entry_id: Some(post_entry(ctx, tx, company, entry).await?.id),
        reversed_at: None,
        created_at: ctx.now(),
    })
}

/// What the payment was booked for, less what was used of it.
pub(super) fn company_unallocated(payment: &payments::Model, earlier: &[allocations::Model], offsets: &[payment_offsets::Model]) -> Result<Amount, Overflow> {
    let mut left = payment.company_amount;
    for row in earlier.iter().filter(|row| row.reversed_at.is_none()) {
        left = left.minus(source_company_amount(payment.direction, row.company_amount, row.exchange_difference)?)?;
    }
    for row in offsets.iter().filter(|row| row.reversed_at.is_none()) {
        left = left.minus(row.company_amount)?;
    }
    Ok(left)
}

/// Writes the documents that were settled or opened again; `netted` is what credit notes among them settled just now.
pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, targets: Targets, netted: &[allocations::Model], event: &'static str, today: Day) -> Result<(), Problem> {
    let ids: Vec<InvoiceId> = targets.settlement.invoices().map(|invoice| invoice.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let lines = lines_of(tx, &ids).await?;
    let mut credited = credited_of(tx, &ids).await?;
    for row in netted {
        let note = row.credit_note_id.and_then(|id| targets.settlement.get(id));
        if note.is_some_and(|note| note.credited_invoice_id == Some(row.invoice_id)) {
            let sum = credited.entry(row.invoice_id).or_default();
            *sum = sum.plus(row.amount)?;
        }
    }
    targets.settlement.write(ctx, tx, event, &credited, &lines, today).await.map(drop)
}
