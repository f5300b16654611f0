//! Which installments a payment settles, for how much, and with which exchange difference (requirements PAY-01, PAY-02; vectors MATCH-…, FX-…).
//!
//! A source is a payment or a posted credit note; all its amounts are positive. An allocation is asked for by invoice, in the source's currency, and goes to
//! the invoice's installments, oldest due first. Company amounts are taken in proportion from what is left on each side, and whoever is used up gives all
//! the rest, so that both sides close to zero. The exchange difference is what the two company amounts differ by.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::allocations;
use causeway_master::check;
use causeway_master::rate::{Conversion, rules::Rates, rules::conversion};
use causeway_value::{AllocationId, AllocationState, Amount, Currency, Day, InstallmentId, InvoiceId, Overflow, PaymentDirection, PaymentState, product};
use std::collections::{BTreeMap, BTreeSet};

/// What is left on a payment, or on a credit note that settles invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Inbound settles what a party owes us, and so does a credit note of sale; outbound what we owe.
    pub direction: PaymentDirection,
    /// Of its amounts.
    pub currency: Currency,
    /// What is not allocated, in minor units of `currency`.
    pub unallocated: Amount,
    /// The same in company currency, at what it was booked for.
    pub company_unallocated: Amount,
    /// From `currency` to the company's, as it was booked.
    pub conversion: Conversion,
}

/// An installment with something open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenInstallment {
    /// Which installment.
    pub id: InstallmentId,
    /// Of which invoice.
    pub invoice_id: InvoiceId,
    /// When it is due.
    pub due_date: Day,
    /// The invoice's currency.
    pub currency: Currency,
    /// What is open, in minor units of `currency`. Negative for an installment that gives back.
    pub open: Amount,
    /// The same in company currency, at what it was booked for.
    pub company_open: Amount,
    /// From `currency` to the company's, as it was booked.
    pub conversion: Conversion,
}

/// What is to be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestedAllocation {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much, in the source's currency.
    pub amount: Amount,
}

/// What a source settles of one installment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedAllocation {
    /// The installment.
    pub installment_id: InstallmentId,
    /// Its invoice.
    pub invoice_id: InvoiceId,
    /// What is settled of the installment, in the invoice's currency.
    pub amount: Amount,
    /// What is used of the source, in its currency.
    pub source_amount: Amount,
    /// What is settled of the installment, in company currency.
    pub company_amount: Amount,
    /// What is used of the source, in company currency.
    pub source_company_amount: Amount,
    /// The realised difference of the two, in company currency: a gain is positive, a loss negative.
    pub exchange_difference: Amount,
}

/// The allocations of a source and what they leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationPlan {
    /// One per installment, in the order asked for and due.
    pub allocations: Vec<PlannedAllocation>,
    /// What is left of the source, in its currency.
    pub unallocated: Amount,
    /// The same in company currency.
    pub company_unallocated: Amount,
}

/// Plans the allocations that are asked for. `rates` answers the rates of the payment date, for invoices in another currency than the source's (FX-006).
///
/// # Errors
/// `invalid_value` for an amount that is not positive or worth nothing in the invoice's currency, and `amount_exceeds_open` for one that exceeds what is left of the source or open on the invoice, both
/// at `/allocations/{index}/amount`; `rate_missing`; `amount_overflow`.
pub fn plan_allocations(source: &Source, open: &[OpenInstallment], requested: &[RequestedAllocation], rates: Rates<'_>) -> Result<AllocationPlan, Problem> {
    let mut left = *source;
    let mut open: Vec<OpenInstallment> = open.to_vec();
    open.sort_by_key(|installment| installment.due_date);
    let mut allocations = Vec::new();
    for (index, request) in requested.iter().enumerate() {
        let pointer = format!("/allocations/{index}/amount");
        let settled = settled_amount(&left, &open, request, &pointer, rates)?;
        let mut rows: Vec<&mut OpenInstallment> = open.iter_mut().filter(|row| row.invoice_id == request.invoice_id && !row.open.is_zero()).collect();
        let parts = oldest_first(&rows, settled)?;
        let used = used_parts(request.amount, settled, &parts)?;
        for ((row, part), used) in rows.iter_mut().zip(parts).zip(used) {
            if !part.is_zero() || !used.is_zero() {
                allocations.push(settle(&mut left, row, part, used)?);
            }
        }
    }
    Ok(AllocationPlan { allocations, unallocated: left.unallocated, company_unallocated: left.company_unallocated })
}

/// What of `money` goes to invoices that are settled together: what is due first is settled first, installment by installment, whichever invoice it is of (PAY-02).
///
/// `saved` is what paying in time saves of an invoice. It is left out first, and paid only with what is left when all others have what they need: who pays more
/// than what is to be paid in time takes less of the discount, and who pays all of it takes none (PAY-23). What an installment gives back pays the first ones of
/// its invoice, so less money goes there. `to_close` answers how much of the money an amount in a currency needs.
///
/// # Errors
/// What `to_close` answers; `amount_overflow`.
pub fn share_out(
    money: Amount,
    currency: Currency,
    open: &[OpenInstallment],
    saved: &BTreeMap<InvoiceId, Amount>,
    to_close: &dyn Fn(Currency) -> Result<Conversion, Problem>,
) -> Result<Vec<RequestedAllocation>, Problem> {
    let mut invoices: BTreeMap<InvoiceId, Vec<&OpenInstallment>> = BTreeMap::new();
    for row in open {
        invoices.entry(row.invoice_id).or_default().push(row);
    }
    let (mut needed, mut spared) = (Vec::new(), Vec::new());
    let mut claims: BTreeMap<InvoiceId, Claim> = BTreeMap::new();
    for (id, mut rows) in invoices {
        rows.sort_by_key(|row| row.due_date);
        let Some(of) = rows.first().map(|row| row.currency) else { continue };
        cut_up(id, &rows, saved.get(&id).copied().unwrap_or_default(), (&mut needed, &mut spared))?;
        claims.insert(id, Claim { way: to_close(of)?, currency: of, settled: Amount::ZERO, needs: Amount::ZERO, gets: Amount::ZERO });
    }
    let mut left = money;
    let mut order: Vec<InvoiceId> = Vec::new();
    needed.sort_by_key(|piece| (piece.due, piece.invoice_id));
    spared.sort_by_key(|piece| (piece.due, piece.invoice_id));
    for piece in needed.iter().chain(&spared) {
        let Some(claim) = claims.get_mut(&piece.invoice_id).filter(|_| left > Amount::ZERO) else { break };
        claim.settled = claim.settled.plus(piece.amount)?;
        // Converted as one amount: pieces that are rounded apart would not come to what the invoice needs.
        let needs = claim.way.amount(claim.settled, claim.currency, currency)?;
        let part = left.min(needs.minus(claim.needs)?);
        (claim.needs, claim.gets, left) = (needs, claim.gets.plus(part)?, left.minus(part)?);
        if !order.contains(&piece.invoice_id) {
            order.push(piece.invoice_id);
        }
    }
    let gets = |id: &InvoiceId| claims.get(id).map(|claim| RequestedAllocation { invoice_id: *id, amount: claim.gets });
    Ok(order.iter().filter_map(gets).filter(|request| request.amount > Amount::ZERO).collect())
}

/// What an invoice has got so far.
struct Claim {
    way: Conversion,
    currency: Currency,
    /// In its currency.
    settled: Amount,
    /// The same in the money's currency.
    needs: Amount,
    /// Of the money.
    gets: Amount,
}

/// A part of an installment that waits for money.
struct Piece {
    due: Day,
    invoice_id: InvoiceId,
    amount: Amount,
}

/// Cuts what an invoice has open, its installments oldest first, into what is needed to close it and what is saved by paying in time.
fn cut_up(id: InvoiceId, rows: &[&OpenInstallment], saved: Amount, (needed, spared): (&mut Vec<Piece>, &mut Vec<Piece>)) -> Result<(), Overflow> {
    let mut given_back = Amount::sum(rows.iter().map(|row| row.open.min(Amount::ZERO)))?.negated()?;
    let open = Amount::sum(rows.iter().map(|row| row.open))?;
    let mut needs = open.minus(saved.min(open))?;
    for row in rows.iter().filter(|row| row.open > Amount::ZERO) {
        let freed = given_back.min(row.open);
        given_back = given_back.minus(freed)?;
        let due = row.open.minus(freed)?;
        let paid = due.min(needs);
        needs = needs.minus(paid)?;
        for (pieces, amount) in [(&mut *needed, paid), (&mut *spared, due.minus(paid)?)] {
            if amount > Amount::ZERO {
                pieces.push(Piece { due: row.due_date, invoice_id: id, amount });
            }
        }
    }
    Ok(())
}

/// What the request settles of its invoice, in the invoice's currency, within what both sides have left.
fn settled_amount(left: &Source, open: &[OpenInstallment], request: &RequestedAllocation, pointer: &str, rates: Rates<'_>) -> Result<Amount, Problem> {
    if request.amount <= Amount::ZERO {
        return Err(Problem::field(Code::InvalidValue, pointer, "must be more than zero"));
    }
    let exceeds = |what: &str, most: Amount, currency: Currency| {
        let detail = format!("is more than what is {what}: at most {} {currency} can be allocated", most.max(Amount::ZERO).text(currency));
        Problem::field(Code::AmountExceedsOpen, pointer, detail)
    };
    if request.amount > left.unallocated {
        return Err(exceeds("left", left.unallocated, left.currency));
    }
    let rows = || open.iter().filter(|row| row.invoice_id == request.invoice_id);
    let Some(currency) = rows().map(|row| row.currency).next() else {
        return Err(exceeds("open", Amount::ZERO, left.currency));
    };
    let invoice_open = Amount::sum(rows().map(|row| row.open))?;
    let conversion = conversion(left.currency, currency, rates)?;
    let most = conversion.back().amount(invoice_open, currency, left.currency)?;
    if request.amount > most {
        return Err(exceeds("open", most, left.currency));
    }
    // The amount that the whole open amount converts to settles the whole: a unit lost in converting must not stay open.
    if request.amount == most {
        return Ok(invoice_open);
    }
    let settled = conversion.amount(request.amount, left.currency, currency)?.min(invoice_open);
    if settled.is_zero() {
        return Err(Problem::field(Code::InvalidValue, pointer, format!("is worth less than the smallest amount of {currency}")));
    }
    Ok(settled)
}

/// Splits an amount over installments in their order. Installments that give back are used first, so that the others can take what they free.
fn oldest_first(rows: &[&mut OpenInstallment], amount: Amount) -> Result<Vec<Amount>, Overflow> {
    let given_back = Amount::sum(rows.iter().map(|row| row.open.min(Amount::ZERO)))?;
    let mut rest = amount.minus(given_back)?;
    let mut parts = Vec::with_capacity(rows.len());
    for row in rows {
        let part = if row.open < Amount::ZERO { row.open } else { row.open.min(rest) };
        if part > Amount::ZERO {
            rest = rest.minus(part)?;
        }
        parts.push(part);
    }
    Ok(parts)
}

/// What each part uses of the source: the same in the same currency, else in proportion, the last part that settles something taking the residue.
fn used_parts(amount: Amount, settled: Amount, parts: &[Amount]) -> Result<Vec<Amount>, Overflow> {
    let last = parts.iter().rposition(|part| !part.is_zero()).unwrap_or(0);
    let mut rest = amount;
    let mut used = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let share = if index == last { rest } else { in_proportion(amount, *part, settled)? };
        rest = rest.minus(share)?;
        used.push(share);
    }
    Ok(used)
}

/// Settles `part` of an installment with `used` of the source, and takes both from what is left.
fn settle(left: &mut Source, row: &mut OpenInstallment, part: Amount, used: Amount) -> Result<PlannedAllocation, Overflow> {
    let same_value = left.currency == row.currency && left.conversion == row.conversion && part == used;
    let company_amount = if part == row.open {
        row.company_open
    } else if same_value && used == left.unallocated && within(left.company_unallocated, row.company_open) {
        // What is used up at the same rate settles what it is worth, to the smallest unit.
        left.company_unallocated
    } else {
        in_proportion(row.company_open, part, row.open)?
    };
    let source_company_amount = if used == left.unallocated {
        left.company_unallocated
    } else if same_value {
        // The same amount at the same rate is worth the same: rounding two proportions apart must not make a difference of exchange.
        company_amount
    } else {
        in_proportion(left.company_unallocated, used, left.unallocated)?
    };
    row.open = row.open.minus(part)?;
    row.company_open = row.company_open.minus(company_amount)?;
    left.unallocated = left.unallocated.minus(used)?;
    left.company_unallocated = left.company_unallocated.minus(source_company_amount)?;
    let exchange_difference = match left.direction {
        PaymentDirection::Inbound => source_company_amount.minus(company_amount)?,
        PaymentDirection::Outbound => company_amount.minus(source_company_amount)?,
    };
    let (installment_id, invoice_id) = (row.id, row.invoice_id);
    Ok(PlannedAllocation { installment_id, invoice_id, amount: part, source_amount: used, company_amount, source_company_amount, exchange_difference })
}

/// Whether a part is at most the whole, and goes the same way.
fn within(part: Amount, whole: Amount) -> bool {
    part.0.signum() == whole.0.signum() && part.0.unsigned_abs() <= whole.0.unsigned_abs()
}

fn in_proportion(whole: Amount, part: Amount, of: Amount) -> Result<Amount, Overflow> {
    if of.is_zero() { Ok(Amount::ZERO) } else { product(&[whole.0, part.0], &[of.0]).map(Amount) }
}

/// What an allocation used of its source in company currency, from what is stored of it.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn source_company_amount(direction: PaymentDirection, company_amount: Amount, exchange_difference: Amount) -> Result<Amount, Overflow> {
    match direction {
        PaymentDirection::Inbound => company_amount.plus(exchange_difference),
        PaymentDirection::Outbound => company_amount.minus(exchange_difference),
    }
}

/// How far an invoice is settled. What closed it last does not matter: fully credited is reversed, anything written off is written off, else it is paid. A
/// document of zero has nothing to pay.
#[must_use]
pub fn payment_state(total: Amount, open: Amount, credited: Amount, written_off: Amount) -> PaymentState {
    if !open.is_zero() {
        return if open == total { PaymentState::Open } else { PaymentState::PartPaid };
    }
    if !total.is_zero() && credited == total {
        PaymentState::Reversed
    } else if !written_off.is_zero() {
        PaymentState::WrittenOff
    } else {
        PaymentState::Paid
    }
}

/// How far a payment is allocated.
#[must_use]
pub fn allocation_state(amount: Amount, unallocated: Amount) -> AllocationState {
    if unallocated.is_zero() {
        AllocationState::Allocated
    } else if unallocated == amount {
        AllocationState::Unallocated
    } else {
        AllocationState::PartAllocated
    }
}

/// Refuses allocations to take back that are not among those of their source (a payment or a credit note, as `source` says), or were taken back before.
///
/// # Errors
/// `required`, `not_found` or `invalid_value` (named twice) with the pointer of each wrong id; `state_conflict`.
pub(crate) fn check_taken_back(ids: &[AllocationId], all: &[allocations::Model], source: &str) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if ids.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/allocation_ids", "must name at least one allocation"));
    }
    check::each_once(ids.iter().copied(), "/allocation_ids", &mut errors);
    for (index, id) in ids.iter().enumerate() {
        if !all.iter().any(|row| row.id == *id) {
            errors.push(FieldError::pointer(Code::NotFound, format!("/allocation_ids/{index}"), format!("names no allocation of this {source}")));
        }
    }
    check::finish(errors)?;
    match all.iter().find(|row| row.reversed_at.is_some() && ids.contains(&row.id)) {
        Some(row) => Err(Problem::new(Code::StateConflict, format!("The allocation {} was taken back before.", row.id))),
        None => Ok(()),
    }
}

/// What is taken back with the chosen allocations of one source. An installment that gives back was used so that others could take what it frees: when it is
/// chosen, or would be left with more than the others keep, all that the source settles of its invoice is taken back. Else the source would be worth more than
/// came in.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub(crate) fn taken_together(ids: &[AllocationId], all: &[allocations::Model]) -> Result<BTreeSet<AllocationId>, Overflow> {
    let mut taken: BTreeSet<AllocationId> = ids.iter().copied().collect();
    let standing = || all.iter().filter(|row| row.reversed_at.is_none());
    let invoices: BTreeSet<InvoiceId> = standing().filter(|row| taken.contains(&row.id)).map(|row| row.invoice_id).collect();
    for invoice in invoices {
        let own = || standing().filter(|row| row.invoice_id == invoice);
        let gives_back = own().any(|row| row.amount < Amount::ZERO && taken.contains(&row.id));
        let kept = Amount::sum(own().filter(|row| !taken.contains(&row.id)).map(|row| row.amount))?;
        if gives_back || kept < Amount::ZERO {
            taken.extend(own().map(|row| row.id));
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests;
