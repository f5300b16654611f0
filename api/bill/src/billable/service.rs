//! What makes billables, and what holds and releases them.

use super::rules::{self, Part};
use super::view::view;
use crate::exposure::shares::tax_share;
use crate::invoice::service::propose::{billed_lines, on_a_draft, propose};
use crate::obligation::hold;
use crate::obligation::rules::kept;
use causeway_contract::{Code, Problem};
use causeway_entity::Held;
use causeway_entity::bill::{billable_reductions, billables, obligations};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check;
use causeway_master::pricing::amounts::{cumulative_amount, split_discount};
use causeway_openapi::billable::Billable;
use causeway_value::{
    BillableId, BillableStatus, Day, DiscountBase, HoldStep, InvoiceId, InvoiceLineId, OrderId, OrderLineId, Overflow, PaymentTermId, Percent, Quantity,
    SourceType, UserId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What made a billable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its kind.
    pub kind: SourceType,
    /// Its id.
    pub id: Uuid,
}

/// Makes a quantity of an obligation billable on `day`. The counters of `obligation` move in memory; the caller writes its row once, with its own changes.
/// A quantity of zero makes nothing.
///
/// # Errors
/// `amount_exceeds_open` when more than was ordered would be billed, `amount_overflow` when a number does not fit.
pub fn make(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    obligation: &mut obligations::Model,
    quantity: Quantity,
    source: Source,
    day: Day,
) -> Result<Option<billables::Model>, Problem> {
    if quantity == Quantity::ZERO {
        return Ok(None);
    }
    let row = waiting(ctx, tx, obligation, quantity, source, day)?;
    insert(ctx, tx, &row)?;
    Ok(Some(row))
}

/// A quantity that was billed, credited, and is to be billed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// What billed it.
    pub billable: billables::Model,
    /// How much of it was credited just now.
    pub quantity: Quantity,
    /// The line of the credit note, which makes it billable again.
    pub credit_line_id: InvoiceLineId,
    /// From when it is billable again.
    pub day: Day,
}

/// Makes what a credit note took back billable again, as the order has it now. The billable that was credited bills so much less, or nothing any more, and the
/// new one is of its family, so that whoever takes the delivery back finds it. The counters of `obligation` move in memory.
///
/// # Errors
/// `amount_exceeds_open` when more than was ordered would be billed, `amount_overflow` when a number does not fit.
pub(crate) fn bill_again(ctx: &Ctx, tx: &mut Tx<'_>, obligation: &mut obligations::Model, part: &Again) -> Result<(), Problem> {
    let old = &part.billable;
    // What came back for money meanwhile was taken off it, and is not billed again.
    let credited = rules::at_most_left(part.quantity, old.quantity);
    shrink(ctx, tx, obligation, old, Less { by: credited, day: part.day, reason: "It was credited and is billed again." })?;
    let quantity = rules::at_most_left(credited, kept(obligation)?.minus(obligation.billable_quantity)?);
    if quantity == Quantity::ZERO {
        return Ok(());
    }
    let source = Source { kind: SourceType::Manual, id: part.credit_line_id.uuid() };
    let row = billables::Model {
        split_of: Some(old.split_of.unwrap_or(old.id)),
        description: old.description.clone(),
        ..waiting(ctx, tx, obligation, quantity, source, part.day)?
    };
    insert(ctx, tx, &row)
}

fn insert(ctx: &Ctx, tx: &mut Tx<'_>, row: &billables::Model) -> Result<(), Problem> {
    let event = if row.status == BillableStatus::Held { "billable.held" } else { "billable.ready" };
    tx.insert(row.clone());
    record(ctx, tx, event, row).map(drop)
}

/// The next billable of an obligation, whose counters move in memory.
fn waiting(ctx: &Ctx, tx: &Tx<'_>, obligation: &mut obligations::Model, quantity: Quantity, source: Source, day: Day) -> Result<billables::Model, Problem> {
    let part = rules::next_part(obligation, quantity)?;
    let held = hold::blocking(obligation, HoldStep::Invoice);
    let (_, off_total) = split_discount(obligation.document_discount_percent, obligation.discount_base.unwrap_or_default());
    let row = billables::Model {
        tenant_id: tx.tenant(),
        id: BillableId::new(),
        company_id: obligation.company_id,
        party_id: obligation.party_id,
        order_id: Some(obligation.order_id),
        order_line_id: Some(obligation.id.cast()),
        flow_id: Some(obligation.flow_id),
        source_type: source.kind,
        source_id: source.id,
        status: if held.is_some() { BillableStatus::Held } else { BillableStatus::Ready },
        billable_date: day,
        quantity,
        unit_price: obligation.unit_price,
        price_base_quantity: obligation.price_base_quantity,
        discount_percent: rules::combined_discount(obligation.discount_percent, obligation.document_discount_percent)?,
        amount: part.amount,
        price_amount: part.price_amount,
        currency: obligation.currency,
        description: obligation.description.clone(),
        unit: obligation.unit.clone(),
        product_id: obligation.product_id,
        tax_ids: obligation.tax_ids.clone(),
        payment_term_id: obligation.payment_term_id,
        account_code: None,
        reason: held.map(|held| held.reason.clone()),
        held_since: held.map(|_| ctx.now()),
        held_by: held.and_then(|held| held.owner_id),
        invoice_id: None,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        tax_amount: obligation.tax_amount.map(|tax| tax_share(part.amount, obligation.net_amount, tax)).transpose()?,
        hold_id: held.map(|held| held.id),
        total_discount_percent: Some(off_total).filter(|share| *share != Percent::ZERO),
        split_of: None,
        dimensions: obligation.dimensions.clone(),
        total_discount_base: obligation.discount_base.filter(|base| *base == DiscountBase::TotalWithoutFixedTaxes),
    };
    obligation.billable_quantity = obligation.billable_quantity.plus(part.quantity)?;
    obligation.billable_amount = obligation.billable_amount.plus(part.amount)?;
    obligation.billable_price_amount = obligation.billable_price_amount.plus(part.price_amount)?;
    Ok(row)
}

/// What is taken off a billable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Less<'a> {
    /// How much.
    pub by: Quantity,
    /// From which day on, in the company's time zone: reports of days before go on as they were.
    pub day: Day,
    /// Why, if nothing is left.
    pub reason: &'a str,
}

/// Takes something off a billable, or writes it off when nothing is left. The counters of `obligation` move in memory.
///
/// # Errors
/// `amount_overflow` when a number does not fit.
pub fn shrink(ctx: &Ctx, tx: &mut Tx<'_>, obligation: &mut obligations::Model, old: &billables::Model, less: Less<'_>) -> Result<billables::Model, Problem> {
    let part = Part { quantity: old.quantity, amount: old.amount, price_amount: old.price_amount };
    let lost = rules::taken_back(part, less.by)?;
    uncount(obligation, lost)?;
    let mut new = changed(ctx, old);
    if lost.quantity == old.quantity {
        new.status = BillableStatus::WrittenOff;
        new.reason = Some(less.reason.to_owned());
    } else {
        new.quantity = new.quantity.minus(lost.quantity)?;
        new.amount = new.amount.minus(lost.amount)?;
        new.price_amount = new.price_amount.minus(lost.price_amount)?;
        new.tax_amount = old.tax_amount.map(|tax| tax_share(new.amount, old.amount, tax)).transpose()?;
    }
    tx.update(old, &new);
    note_reduction(tx, (old, &new), lost, less.day);
    record(ctx, tx, if new.status == BillableStatus::WrittenOff { "billable.written_off" } else { "billable.reduced" }, &new)?;
    Ok(new)
}

/// Puts back what a draft credit note would have taken off a billable: the draft is dropped, and its invoice bills that again. `taken` is what was taken off the
/// billable while it stood on that invoice. The counters of `obligation` move in memory.
///
/// # Errors
/// `amount_overflow` when a number does not fit.
pub(crate) fn stand_again(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    obligation: &mut obligations::Model,
    (old, taken): (&billables::Model, Part),
    (by, day): (Quantity, Day),
) -> Result<(), Problem> {
    let was = if old.status == BillableStatus::Invoiced {
        Part { quantity: old.quantity, amount: old.amount, price_amount: old.price_amount }
    } else {
        Part::default()
    };
    let quantity = was.quantity.plus(by)?;
    let amount = was.amount.plus(cumulative_amount(taken.amount, by, taken.quantity)?)?;
    // One that is written off still says what it came to.
    let price_amount = if old.price_amount == old.amount { amount } else { cumulative_amount(old.price_amount, quantity, old.quantity)? };
    let mut new = changed(ctx, old);
    (new.quantity, new.amount, new.price_amount) = (quantity, amount, price_amount);
    new.tax_amount = old.tax_amount.map(|tax| tax_share(amount, old.amount, tax)).transpose()?;
    new.status = BillableStatus::Invoiced;
    new.reason = None;
    tx.update(old, &new);
    // So much less than nothing is lost.
    let lost = Part { quantity: was.quantity.minus(quantity)?, amount: was.amount.minus(amount)?, price_amount: was.price_amount.minus(price_amount)? };
    uncount(obligation, lost)?;
    note_reduction(tx, (old, &new), lost, day);
    record(ctx, tx, if old.status == BillableStatus::Invoiced { "billable.updated" } else { "billable.invoiced" }, &new).map(drop)
}

/// Keeps what was taken off a billable from this day on, and on which invoice it stood then.
fn note_reduction(tx: &mut Tx<'_>, (old, new): (&billables::Model, &billables::Model), lost: Part, day: Day) {
    tx.insert(billable_reductions::Model {
        tenant_id: new.tenant_id,
        billable_id: new.id,
        version: new.version,
        company_id: new.company_id,
        invoice_id: old.invoice_id,
        day,
        quantity: lost.quantity,
        amount: lost.amount,
    });
}

fn uncount(obligation: &mut obligations::Model, lost: Part) -> Result<(), Overflow> {
    obligation.billable_quantity = obligation.billable_quantity.minus(lost.quantity)?;
    obligation.billable_amount = obligation.billable_amount.minus(lost.amount)?;
    obligation.billable_price_amount = obligation.billable_price_amount.minus(lost.price_amount)?;
    Ok(())
}

/// The billables of these sources that were not written off, with what was split off them, locked in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock_of_sources(tx: &mut Tx<'_>, kind: SourceType, sources: &[Uuid]) -> Result<Vec<billables::Model>, Problem> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let standing = || Find::<billables::Entity>::new().order_by(billables::Column::Id).lock();
    let made = standing().eq(billables::Column::SourceType, kind).among(billables::Column::SourceId, sources.iter().copied()).all(tx).await?;
    let mut found = standing().among(billables::Column::SplitOf, made.iter().map(|row| row.id)).all(tx).await?;
    found.extend(made);
    found.retain(|row| row.status != BillableStatus::WrittenOff);
    found.sort_by_key(|row| row.id);
    Ok(found)
}

/// The billables of these lines of an order that were not written off, locked in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock_of_lines(tx: &mut Tx<'_>, order: OrderId, lines: &[OrderLineId]) -> Result<Vec<billables::Model>, Problem> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let standing = Find::<billables::Entity>::new().eq(billables::Column::OrderId, order).ne(billables::Column::Status, BillableStatus::WrittenOff);
    let mut found = standing.order_by(billables::Column::Id).lock().all(tx).await?;
    found.retain(|row| row.order_line_id.is_some_and(|line| lines.contains(&line)));
    Ok(found)
}

/// Takes back what these quantities of order lines made billable (CRN-05): what waits for an invoice waits for less, and of what posted invoices bill credit
/// notes are proposed, the latest invoices first. `rows` are their billables, locked. The counters of `owed` move in memory. Answers the drafts.
///
/// # Errors
/// `state_conflict` when a part stands on a draft invoice: that one is to be cancelled first.
pub async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    owed: &mut [obligations::Model],
    rows: &[billables::Model],
    back: &BTreeMap<OrderLineId, Quantity>,
    (day, reason): (Day, &str),
) -> Result<Vec<InvoiceId>, Problem> {
    let invoiced: Vec<_> = rows.iter().filter(|row| row.status == BillableStatus::Invoiced).map(|row| row.id).collect();
    let billed = billed_lines(tx, &invoiced).await?;
    let mut credited = BTreeMap::new();
    for obligation in owed.iter_mut() {
        let line: OrderLineId = obligation.id.cast();
        let Some(quantity) = back.get(&line) else { continue };
        let mut rest = *quantity;
        let waiting = rows.iter().rev().filter(|row| row.order_line_id == Some(line) && row.status != BillableStatus::Invoiced);
        for row in waiting {
            let by = rest.min(row.quantity);
            if by > Quantity::ZERO {
                shrink(ctx, tx, obligation, row, Less { by, day, reason })?;
                rest = rest.minus(by)?;
            }
        }
        let own = || billed.iter().rev().filter(|billed| billed.line.order_line_id == Some(line) && billed.left > Quantity::ZERO);
        let standing = own().filter(|billed| billed.is_posted).try_fold(Quantity::ZERO, |sum, billed| sum.plus(billed.left))?;
        if rest > standing && own().any(|billed| !billed.is_posted) {
            return Err(on_a_draft(&own().filter(|billed| !billed.is_posted).map(|billed| billed.line.invoice_id).collect::<Vec<_>>()));
        }
        // What was credited before is given back already; it is billed no longer all the same.
        if rest.min(standing) > Quantity::ZERO {
            credited.insert(line, rest.min(standing));
        }
        for billed in billed.iter().rev().filter(|billed| billed.is_posted && billed.line.order_line_id == Some(line)) {
            let Some(row) = rows.iter().find(|row| Some(row.id) == billed.line.billable_id) else { continue };
            let by = rest.min(row.quantity);
            if by > Quantity::ZERO {
                shrink(ctx, tx, obligation, row, Less { by, day, reason })?;
                rest = rest.minus(by)?;
            }
        }
    }
    propose(ctx, tx, &credited, &billed, reason).await
}

/// Keeps a billable off invoices.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not waiting for an invoice.
pub async fn hold(ctx: &Ctx, tx: &mut Tx<'_>, id: BillableId, reason: &str) -> Result<Billable, Problem> {
    let mut errors = Vec::new();
    check::not_blank(reason, "/reason", &mut errors);
    check::finish(errors)?;
    let old = tx.lock::<billables::Entity>(id).await?;
    if !matches!(old.status, BillableStatus::Ready | BillableStatus::Pending) {
        return Err(conflict(&old, "held", "Only a billable that waits for an invoice can be held"));
    }
    let mut new = changed(ctx, &old);
    new.status = BillableStatus::Held;
    new.reason = Some(reason.to_owned());
    new.held_since = Some(ctx.now());
    new.held_by = ctx.user.map(UserId::from_uuid);
    tx.update(&old, &new);
    record(ctx, tx, "billable.held", &new)
}

/// Lets a held billable onto invoices again.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not held.
pub async fn release(ctx: &Ctx, tx: &mut Tx<'_>, id: BillableId) -> Result<Billable, Problem> {
    let old = tx.lock::<billables::Entity>(id).await?;
    if old.status != BillableStatus::Held {
        return Err(conflict(&old, "released", "Only a held billable can be released"));
    }
    if let Some(hold_id) = old.hold_id {
        let detail = format!("The billable is held because its order is: {}. Release the hold {hold_id} of the order.", old.reason.clone().unwrap_or_default());
        return Err(Problem::new(Code::StateConflict, detail).with("hold_id", hold_id.to_string()));
    }
    let mut new = changed(ctx, &old);
    new.status = BillableStatus::Ready;
    new.reason = None;
    new.held_since = None;
    new.held_by = None;
    tx.update(&old, &new);
    record(ctx, tx, "billable.released", &new)
}

/// Holds and releases what waits to be billed of an order, as the holds on the order say. One that a person holds stays held.
///
/// # Errors
/// When the database fails.
pub async fn follow_holds(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, holds: &[Held]) -> Result<(), Problem> {
    let waiting = Find::<billables::Entity>::new()
        .eq(billables::Column::OrderId, order_id)
        .among(billables::Column::Status, [BillableStatus::Ready, BillableStatus::Held])
        .order_by(billables::Column::Id)
        .lock()
        .all(tx)
        .await?;
    for old in waiting {
        follow_hold(ctx, tx, &old, holds)?;
    }
    Ok(())
}

/// Holds or releases one of them; answers it where that changed it. What is on an invoice or written off is left alone.
pub(crate) fn follow_hold(ctx: &Ctx, tx: &mut Tx<'_>, old: &billables::Model, holds: &[Held]) -> Result<Option<billables::Model>, Problem> {
    let blocking = holds.iter().find(|held| held.blocks.contains(&HoldStep::Invoice));
    let mut new = changed(ctx, old);
    let event = match (blocking, old.status, old.hold_id) {
        (_, BillableStatus::Pending | BillableStatus::Invoiced | BillableStatus::WrittenOff, _) => return Ok(None),
        (Some(held), _, Some(id)) if held.id == id => return Ok(None),
        (Some(held), BillableStatus::Ready, _) | (Some(held), _, Some(_)) => {
            new.status = BillableStatus::Held;
            new.reason = Some(held.reason.clone());
            new.held_since = Some(held.since);
            new.held_by = held.owner_id;
            new.hold_id = Some(held.id);
            "billable.held"
        }
        (None, _, Some(_)) => {
            new.status = BillableStatus::Ready;
            (new.reason, new.held_since, new.held_by, new.hold_id) = (None, None, None, None);
            "billable.released"
        }
        _ => return Ok(None),
    };
    tx.update(old, &new);
    record(ctx, tx, event, &new)?;
    Ok(Some(new))
}

/// Puts a ready billable on an invoice.
///
/// # Errors
/// When the object cannot be recorded: a bug.
pub fn reserve(ctx: &Ctx, tx: &mut Tx<'_>, old: &billables::Model, invoice_id: InvoiceId) -> Result<(), Problem> {
    let mut new = changed(ctx, old);
    new.status = BillableStatus::Invoiced;
    new.invoice_id = Some(invoice_id);
    tx.update(old, &new);
    record(ctx, tx, "billable.invoiced", &new).map(drop)
}

/// Gives a billable that waits for an invoice another payment term.
///
/// # Errors
/// When the object cannot be recorded: a bug.
pub(crate) fn pay_by(ctx: &Ctx, tx: &mut Tx<'_>, old: &billables::Model, term: Option<PaymentTermId>) -> Result<billables::Model, Problem> {
    let new = billables::Model { payment_term_id: term, ..changed(ctx, old) };
    tx.update(old, &new);
    record(ctx, tx, "billable.updated", &new)?;
    Ok(new)
}

fn changed(ctx: &Ctx, old: &billables::Model) -> billables::Model {
    billables::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}

fn conflict(row: &billables::Model, verb: &str, rule: &str) -> Problem {
    Problem::new(Code::StateConflict, format!("The billable is {} and cannot be {verb}. {rule}.", row.status.to_string().replace('_', " ")))
        .with("status", row.status.to_string())
}

pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &billables::Model) -> Result<Billable, Problem> {
    let body = view(row);
    let change =
        Change { event, object: "billable", id: row.id.uuid(), version: row.version, company_id: Some(row.company_id), flow_id: row.flow_id, body: &body };
    tx.record(ctx, &change)?;
    Ok(body)
}
