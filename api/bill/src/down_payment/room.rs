//! How much of an order can still be paid in advance: what is neither billed nor asked in advance already.
//!
//! A down payment is looked at when it is made and again when it is posted, because until then no invoice deducts it. Posting locks what the order owes and
//! what waits to be billed of it: an invoice that is made meanwhile comes after and deducts, or was first and counts.

use crate::invoice::service::propose::billed_lines;
use crate::obligation::hold::must_not_be_held;
use crate::obligation::rules::kept;
use crate::obligation::service::lock_of_order;
use crate::obligation::{self, to_bill};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices, obligations};
use causeway_kernel::{Find, Tx};
use causeway_value::{Amount, BillableId, BillableStatus, InvoiceId, InvoiceStatus, OrderId, Overflow, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// What of an order is spoken for, tax included.
pub(super) struct Spoken {
    /// What invoices bill of it, drafts counted.
    pub billed: Amount,
    /// What of that is on drafts.
    pub on_drafts: Amount,
    /// Those drafts.
    pub drafts: BTreeSet<InvoiceId>,
    /// Its down payments that were not cancelled, drafts counted.
    pub downs: Vec<invoices::Model>,
}

impl Spoken {
    /// Reads it; locked, nobody bills anything of the order meanwhile.
    ///
    /// # Errors
    /// `amount_overflow`, or when the database fails.
    pub(super) async fn read(tx: &mut Tx<'_>, order_id: OrderId, locked: bool) -> Result<Self, Problem> {
        let of_order = Find::<billables::Entity>::new().eq(billables::Column::OrderId, order_id);
        // Locked, what is not billed yet counts too: it may be billed while we wait for it.
        let found = if locked {
            of_order.order_by(billables::Column::Id).lock().all(tx).await?
        } else {
            of_order.eq(billables::Column::Status, BillableStatus::Invoiced).all(tx).await?
        };
        let invoiced: Vec<BillableId> = found.into_iter().filter(|row| row.status == BillableStatus::Invoiced).map(|row| row.id).collect();
        let (mut billed, mut on_drafts, mut drafts) = (Amount::ZERO, Amount::ZERO, BTreeSet::new());
        for own in billed_lines(tx, &invoiced).await? {
            let amount = own.line.net_amount.plus(own.line.tax_amount)?;
            billed = billed.plus(amount)?;
            if !own.is_posted {
                on_drafts = on_drafts.plus(amount)?;
                drafts.insert(own.line.invoice_id);
            }
        }
        let downs = Find::<invoices::Entity>::new().eq(invoices::Column::OrderId, order_id).ne(invoices::Column::Status, InvoiceStatus::Cancelled);
        let downs = downs.when("undeducted_amount IS NOT NULL", Vec::new()).all(tx).await?;
        Ok(Self { billed, on_drafts, drafts, downs })
    }

    /// What posted down payments other than this one have left.
    fn posted_besides(&self, id: InvoiceId) -> Result<Amount, Overflow> {
        let posted = self.downs.iter().filter(|down| down.id != id && down.status != InvoiceStatus::Draft);
        Amount::sum(posted.filter_map(|down| down.undeducted_amount))
    }
}

/// What an order comes to at most with tax, as its lines will be billed: a part of a line may be billed up to one minor unit off what the order says of it.
/// None when the tax of a line is not known.
fn comes_to(owed: &[obligations::Model]) -> Result<Option<Amount>, Overflow> {
    let mut parts = 0_i64;
    for row in owed {
        let kept = kept(row)?;
        parts += i64::from(kept != row.ordered_quantity && kept != Quantity::ZERO);
    }
    to_bill(owed, &BTreeMap::new())?.map(|amount| amount.plus(Amount(parts))).transpose()
}

/// Refuses to post a down payment on an order that is held, or one that with what is billed of the order and paid in advance comes to more than the order:
/// no invoice would deduct the rest. Other drafts of down payments do not count, as one of them may be cancelled. Nothing of what is no down payment.
///
/// # Errors
/// `state_conflict` naming the holds, or the drafts that are in the way.
pub(crate) async fn must_be_postable(tx: &mut Tx<'_>, invoice: &invoices::Model) -> Result<(), Problem> {
    let Some(order_id) = order_of(invoice) else { return Ok(()) };
    let owed = lock_of_order(tx, order_id).await?;
    must_not_be_held(owed.iter())?;
    let spoken = Spoken::read(tx, order_id, true).await?;
    fits(invoice, &owed, &spoken)
}

/// Whether nothing holds what a down payment is asked for.
///
/// # Errors
/// `state_conflict` naming the holds.
pub(crate) async fn not_held(tx: &mut Tx<'_>, invoice: &invoices::Model) -> Result<(), Problem> {
    let Some(order_id) = order_of(invoice) else { return Ok(()) };
    must_not_be_held(obligation::of_orders(tx, &[order_id]).await?.iter())
}

/// Whether a down payment is still within its order.
///
/// # Errors
/// `state_conflict` naming the drafts that are in the way.
pub(crate) async fn within_order(tx: &mut Tx<'_>, invoice: &invoices::Model) -> Result<(), Problem> {
    let Some(order_id) = order_of(invoice) else { return Ok(()) };
    let owed = obligation::of_orders(tx, &[order_id]).await?;
    let spoken = Spoken::read(tx, order_id, false).await?;
    fits(invoice, &owed, &spoken)
}

fn order_of(invoice: &invoices::Model) -> Option<OrderId> {
    invoice.order_id.filter(|_| invoice.undeducted_amount.is_some())
}

fn fits(invoice: &invoices::Model, owed: &[obligations::Model], spoken: &Spoken) -> Result<(), Problem> {
    let Some(total) = comes_to(owed)? else { return Ok(()) };
    let before = spoken.posted_besides(invoice.id)?;
    let left = total.minus(spoken.billed)?.minus(before)?.max(Amount::ZERO);
    if invoice.total_amount <= left {
        return Ok(());
    }
    let text = |amount: Amount| amount.text(invoice.currency);
    let drafts: Vec<String> = spoken.drafts.iter().map(ToString::to_string).collect();
    let todo = if !drafts.is_empty() && invoice.total_amount <= left.plus(spoken.on_drafts)? {
        format!(
            "What it asks for is billed by drafts: {}. Cancel them (POST /v1/invoices/{{id}}/cancel), post this one, and bill the order again: that deducts it.",
            drafts.join(", ")
        )
    } else if left.is_zero() {
        "Nothing is left to be paid in advance: cancel this draft.".to_owned()
    } else {
        format!("Cancel this draft and ask for {} at most: POST /v1/orders/{{id}}/down-payments.", text(left))
    };
    let detail = format!(
        "The down payment of {} is more than the {} that are left of its order: {} are billed and {} paid in advance and not deducted yet. {todo}",
        text(invoice.total_amount),
        text(left),
        text(spoken.billed),
        text(before)
    );
    Err(Problem::new(Code::StateConflict, detail).with("invoice_ids", drafts))
}

/// What a draft that bills these billables should deduct and does not: its orders' down payments that are drafts still, or were posted after it was made.
///
/// # Errors
/// When the database fails.
pub(crate) async fn not_deducted(
    tx: &mut Tx<'_>,
    (invoice, lines): (&invoices::Model, &[invoice_lines::Model]),
    billables: &[billables::Model],
) -> Result<Option<String>, Problem> {
    let orders: BTreeSet<OrderId> = billables.iter().filter_map(|row| row.order_id).collect();
    if orders.is_empty() {
        return Ok(None);
    }
    let downs = Find::<invoices::Entity>::new().among(invoices::Column::OrderId, orders).gt(invoices::Column::UndeductedAmount, 0_i64);
    let downs = downs.ne(invoices::Column::Status, InvoiceStatus::Cancelled).order_by(invoices::Column::Id).all(tx).await?;
    let (drafts, posted): (Vec<_>, Vec<_>) = downs.into_iter().partition(|down| down.status == InvoiceStatus::Draft);
    // In the same instant, one that was made after deducts something.
    let deducts = lines.iter().any(|line| line.deducted_line_id.is_some());
    let is_later = |down: &invoices::Model| down.posted_at.is_some_and(|at| at > invoice.created_at || (at == invoice.created_at && !deducts));
    let later: Vec<_> = posted.into_iter().filter(is_later).collect();
    let named = |downs: &[invoices::Model]| downs.iter().map(|down| down.number.clone().unwrap_or_else(|| down.id.to_string())).collect::<Vec<_>>().join(", ");
    let again = "cancel this draft and bill the order again";
    Ok(match (drafts.is_empty(), later.is_empty()) {
        (true, true) => None,
        (false, _) => Some(format!(
            "This does not deduct down payments that are drafts: {}. To have them deducted, {again} when they are posted; to do without, cancel them.",
            named(&drafts)
        )),
        (true, false) => Some(format!("This was made before down payments were posted, and does not deduct them: {}. To deduct them, {again}.", named(&later))),
    })
}
