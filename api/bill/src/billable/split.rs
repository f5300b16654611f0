//! Billing a part of what is billable: the rest waits for the next invoice (vector DLV-004).
//!
//! A billable that a draft bills less of is split: it keeps what the draft bills, and a billable of its own, whose source it is, takes the rest. All parts
//! of one are a family. What waits of it is put together again wherever that is possible, so that parts come and go with the draft and add up to the cent.

use super::rules::Part;
use super::service::record;
use crate::exposure::shares::tax_share;
use crate::obligation::hold::blocking;
use crate::obligation::of_billables;
use causeway_contract::{Code, Problem};
use causeway_entity::Held;
use causeway_entity::bill::{billables, obligations};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, BillableId, BillableStatus, HoldStep, InvoiceId, ObligationId, Overflow, Quantity, SourceType};
use std::collections::{BTreeMap, BTreeSet};

/// What a part says that was put together with the others again.
const JOINED: &str = "It is billed together with what it was split off.";

/// The billables of a draft with all parts of their families, locked, and how they are from now on.
pub(crate) struct Families {
    members: Vec<Member>,
    owed: BTreeMap<ObligationId, obligations::Model>,
}

struct Member {
    /// As it is stored; none for what is new.
    old: Option<billables::Model>,
    new: billables::Model,
}

/// What a billable and all of its parts share.
fn root(row: &billables::Model) -> BillableId {
    row.split_of.unwrap_or(row.id)
}

/// A part that was put together with another one: nothing is left of it, and it may come again.
fn is_spare(row: &billables::Model) -> bool {
    row.status == BillableStatus::WrittenOff && row.quantity == Quantity::ZERO
}

impl Families {
    /// Locks the billables of a draft and what was split off them.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn lock(tx: &mut Tx<'_>, invoice: InvoiceId) -> Result<Self, Problem> {
        let find = Find::<billables::Entity>::new;
        let mut rows = find().eq(billables::Column::InvoiceId, invoice).order_by(billables::Column::Id).lock().all(tx).await?;
        let known: BTreeSet<BillableId> = rows.iter().map(|row| row.id).collect();
        let roots: BTreeSet<BillableId> = rows.iter().map(root).collect();
        let missing: Vec<BillableId> = roots.difference(&known).copied().collect();
        if !roots.is_empty() {
            let parts = find().among(billables::Column::SplitOf, roots).order_by(billables::Column::Id).lock().all(tx).await?;
            rows.extend(parts.into_iter().filter(|row| !known.contains(&row.id)));
        }
        if !missing.is_empty() {
            rows.extend(find().among(billables::Column::Id, missing).order_by(billables::Column::Id).lock().all(tx).await?);
        }
        rows.sort_by_key(|row| row.id);
        let owed = of_billables(tx, &rows).await?;
        let members = rows.into_iter().map(|row| Member { old: Some(row.clone()), new: row }).collect();
        Ok(Self { members, owed })
    }

    /// What is owed of them.
    pub(crate) fn owed(&self) -> &BTreeMap<ObligationId, obligations::Model> {
        &self.owed
    }

    /// A billable as it is from now on.
    pub(crate) fn get(&self, id: BillableId) -> Option<&billables::Model> {
        self.members.iter().map(|member| &member.new).find(|row| row.id == id)
    }

    /// All billables of the families as they are from now on, and whether they wait for an invoice.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (&billables::Model, bool)> {
        let waits = |status| matches!(status, BillableStatus::Pending | BillableStatus::Ready | BillableStatus::Held);
        self.members.iter().map(move |member| (&member.new, waits(member.new.status)))
    }

    /// The most that its draft could bill of a billable: what it bills and what waits of its family.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub(crate) fn most(&self, id: BillableId) -> Result<Quantity, Overflow> {
        let Some(row) = self.get(id) else { return Ok(Quantity::ZERO) };
        self.ready(row).try_fold(row.quantity, |sum, other| sum.plus(other.quantity))
    }

    /// What waits of the same family since the same day: what was billed again waits since a later one, and would change what was billable before.
    fn ready<'a>(&'a self, with: &billables::Model) -> impl Iterator<Item = &'a billables::Model> + use<'a> {
        let (of, but, since) = (root(with), with.id, with.billable_date);
        let own = move |row: &&billables::Model| root(row) == of && row.id != but && row.status == BillableStatus::Ready && row.billable_date == since;
        self.members.iter().map(|member| &member.new).filter(own)
    }

    /// Bills `quantity` of a billable that is on the draft, within [`Families::most`]; the rest of what waits of its family is one billable.
    ///
    /// # Errors
    /// `amount_exceeds_open` for more than that; `amount_overflow` when a number does not fit.
    pub(crate) fn resize(&mut self, ctx: &Ctx, id: BillableId, quantity: Quantity) -> Result<(), Problem> {
        let Some(row) = self.get(id).cloned() else { return Ok(()) };
        let others: Vec<billables::Model> = self.ready(&row).cloned().collect();
        let whole = others.iter().try_fold(Share::of(&row), |sum, other| sum.plus(Share::of(other)))?;
        if quantity.0.unsigned_abs() > whole.part.quantity.0.unsigned_abs() {
            let detail = format!("{quantity} would be billed, but only {} are left to bill of it. Bill at most that.", whole.part.quantity);
            return Err(Problem::new(Code::AmountExceedsOpen, detail));
        }
        let (kept, rest) = whole.split(quantity)?;
        self.put(kept.on(row.clone()));
        let mut rest = Some(rest).filter(|rest| rest.part.quantity != Quantity::ZERO);
        for other in others {
            match rest.take() {
                Some(rest) => self.put(rest.on(other)),
                None => self.put(spare(other)),
            }
        }
        if let Some(rest) = rest {
            let part = rest.on(self.fresh(ctx, &row));
            let part = self.waits(ctx, part);
            self.put(part);
        }
        Ok(())
    }

    /// Takes a billable off the draft. It waits for an invoice again, together with what waits of its family.
    ///
    /// # Errors
    /// [`Overflow`] when a number does not fit.
    pub(crate) fn give_back(&mut self, ctx: &Ctx, id: BillableId) -> Result<(), Overflow> {
        let Some(row) = self.get(id).cloned() else { return Ok(()) };
        let back = self.waits(ctx, billables::Model { invoice_id: None, ..row.clone() });
        if back.status != BillableStatus::Ready {
            self.put(back);
            return Ok(());
        }
        // The oldest takes all of it.
        let mut parts: Vec<billables::Model> = self.ready(&row).cloned().chain([back]).collect();
        parts.sort_by_key(|part| part.id);
        let whole = parts.iter().try_fold(Share::default(), |sum, part| sum.plus(Share::of(part)))?;
        let mut parts = parts.into_iter();
        if let Some(first) = parts.next() {
            self.put(whole.on(first));
        }
        parts.for_each(|part| self.put(spare(part)));
        Ok(())
    }

    /// The billable ready for an invoice, or held as its order is.
    fn waits(&self, ctx: &Ctx, row: billables::Model) -> billables::Model {
        let owed = row.order_line_id.and_then(|line| self.owed.get(&line.cast()));
        let held: Option<&Held> = owed.and_then(|owed| blocking(owed, HoldStep::Invoice));
        billables::Model {
            status: if held.is_some() { BillableStatus::Held } else { BillableStatus::Ready },
            reason: held.map(|held| held.reason.clone()),
            held_since: held.map(|_| ctx.now()),
            held_by: held.and_then(|held| held.owner_id),
            hold_id: held.map(|held| held.id),
            // As agreed now: what was on a draft did not hear of an amendment.
            payment_term_id: owed.map_or(row.payment_term_id, |owed| owed.payment_term_id),
            ..row
        }
    }

    /// A part of the family that bills nothing yet: one that was put together with the others before, or a new one. The source of a part is the part
    /// before it.
    fn fresh(&self, ctx: &Ctx, row: &billables::Model) -> billables::Model {
        let family = || self.members.iter().map(|member| &member.new).filter(|other| root(other) == root(row));
        if let Some(spare) = family().find(|other| is_spare(other) && other.billable_date == row.billable_date) {
            return spare.clone();
        }
        let last = family().max_by_key(|other| other.id).map_or(row.id, |last| last.id);
        billables::Model {
            id: BillableId::new(),
            source_type: SourceType::Billable,
            source_id: last.uuid(),
            split_of: Some(root(row)),
            invoice_id: None,
            version: 0,
            created_at: ctx.now(),
            ..row.clone()
        }
    }

    fn put(&mut self, row: billables::Model) {
        match self.members.iter_mut().find(|member| member.new.id == row.id) {
            Some(member) => member.new = row,
            None => self.members.push(Member { old: None, new: row }),
        }
    }

    /// Writes what changed.
    ///
    /// # Errors
    /// When an object cannot be recorded: a bug.
    pub(crate) fn write(self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for Member { old, mut new } in self.members {
            if old.as_ref() == Some(&new) {
                continue;
            }
            new.version += 1;
            new.updated_at = ctx.now();
            let event = event(old.as_ref(), &new);
            match &old {
                Some(old) => tx.update(old, &new),
                None => tx.insert(new.clone()),
            }
            record(ctx, tx, event, &new)?;
        }
        Ok(())
    }
}

/// What happened to a billable.
fn event(old: Option<&billables::Model>, new: &billables::Model) -> &'static str {
    let same = old.is_some_and(|old| old.status == new.status);
    match new.status {
        BillableStatus::WrittenOff => "billable.written_off",
        BillableStatus::Held if !same => "billable.held",
        BillableStatus::Ready if !same => "billable.ready",
        _ if old.is_some_and(|old| new.quantity.0.unsigned_abs() < old.quantity.0.unsigned_abs()) => "billable.reduced",
        _ => "billable.updated",
    }
}

/// What bills nothing any more, because another part bills it.
fn spare(row: billables::Model) -> billables::Model {
    billables::Model { status: BillableStatus::WrittenOff, reason: Some(JOINED.to_owned()), ..Share::default().on(row) }
}

/// A quantity with what it comes to, and with its tax as ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    part: Part,
    tax: Option<Amount>,
}

impl Share {
    fn of(row: &billables::Model) -> Self {
        Self { part: Part { quantity: row.quantity, amount: row.amount, price_amount: row.price_amount }, tax: row.tax_amount }
    }

    fn plus(self, other: Self) -> Result<Self, Overflow> {
        let tax = match (self.tax, other.tax) {
            (Some(one), Some(other)) => Some(one.plus(other)?),
            (one, other) => one.or(other),
        };
        Ok(Self { part: self.part.plus(other.part)?, tax })
    }

    /// The share of a quantity, and the rest.
    fn split(self, quantity: Quantity) -> Result<(Self, Self), Overflow> {
        let (kept, rest) = self.part.split(quantity)?;
        let tax = self.tax.map(|tax| tax_share(kept.amount, self.part.amount, tax)).transpose()?;
        let left = self.tax.map(|whole| whole.minus(tax.unwrap_or_default())).transpose()?;
        Ok((Self { part: kept, tax }, Self { part: rest, tax: left }))
    }

    fn on(self, row: billables::Model) -> billables::Model {
        let Part { quantity, amount, price_amount } = self.part;
        billables::Model { quantity, amount, price_amount, tax_amount: self.tax, ..row }
    }
}
