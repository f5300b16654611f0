//! Payments as the API shows them, and their record.

use causeway_contract::Problem;
use causeway_entity::bill::{allocations, payment_offsets, payments};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::refs;
use causeway_openapi::object::ExternalRef;
use causeway_openapi::payment::{Allocation, Payment, PaymentOffset, Settlement};
use causeway_value::{Currency, PaymentId};

/// A payment on the wire. Allocations and offsets may hold those of others, too.
pub(super) fn view(row: &payments::Model, allocations: &[allocations::Model], offsets: &[payment_offsets::Model], refs: Vec<ExternalRef>) -> Payment {
    Payment {
        id: row.id,
        object: "payment".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        direction: row.direction,
        method: row.method,
        number: row.number.clone(),
        status: row.status,
        amount: row.amount.text(row.currency),
        currency: row.currency,
        payment_date: row.payment_date,
        planned: row.planned.as_ref().map(|plan| plan.0.clone()),
        reference: row.reference.clone(),
        allocations: allocations.iter().filter(|part| part.payment_id == Some(row.id)).map(|part| allocation_view(part, row.currency)).collect(),
        offsets: offsets.iter().filter(|part| part.payment_id == row.id).map(|part| offset_view(part, row.currency)).collect(),
        unallocated_amount: row.unallocated_amount.text(row.currency),
        allocation_state: row.allocation_state,
        journal_entry_id: row.journal_entry_id,
        reason: row.reversal_reason.clone(),
        metadata: row.metadata.0.clone(),
        external_refs: refs,
    }
}

fn allocation_view(row: &allocations::Model, currency: Currency) -> Allocation {
    Allocation {
        id: row.id,
        invoice_id: row.invoice_id,
        installment_id: row.installment_id,
        amount: row.source_amount.text(currency),
        settled_amount: row.amount.text(row.currency),
        date: row.day,
        reversed: row.reversed_at.is_some(),
    }
}

fn offset_view(row: &payment_offsets::Model, currency: Currency) -> PaymentOffset {
    PaymentOffset {
        id: row.id,
        kind: row.kind,
        amount: row.amount.text(currency),
        payment_id: row.counterpart_id,
        date: row.day,
        reversed: row.reversed_at.is_some(),
    }
}

/// An allocation as its list shows it; company amounts are in `company_currency`.
pub(super) fn settlement_view(row: &allocations::Model, company_currency: Currency) -> Settlement {
    Settlement {
        id: row.id,
        object: "allocation".to_owned(),
        created_at: row.created_at,
        company_id: row.company_id,
        party_id: row.party_id,
        payment_id: row.payment_id,
        credit_note_id: row.credit_note_id,
        write_off_id: row.write_off_id,
        invoice_id: row.invoice_id,
        installment_id: row.installment_id,
        currency: row.currency,
        settled_amount: row.amount.text(row.currency),
        company_amount: row.company_amount.text(company_currency),
        exchange_difference: row.exchange_difference.text(company_currency),
        date: row.day,
        reversed: row.reversed_at.is_some(),
        journal_entry_id: row.journal_entry_id,
    }
}

/// What of these payments was used without an invoice, oldest first.
pub(super) async fn offsets_of(tx: &mut Tx<'_>, ids: &[PaymentId]) -> Result<Vec<payment_offsets::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Find::<payment_offsets::Entity>::new().among(payment_offsets::Column::PaymentId, ids.iter().copied()).order_by(payment_offsets::Column::Id).all(tx).await
}

/// The allocations of these payments, oldest first.
pub(super) async fn allocations_of(tx: &mut Tx<'_>, ids: &[PaymentId]) -> Result<Vec<allocations::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Find::<allocations::Entity>::new().among(allocations::Column::PaymentId, ids.iter().copied()).order_by(allocations::Column::Id).all(tx).await
}

/// These payments with their allocations.
pub(super) async fn views(tx: &mut Tx<'_>, rows: &[payments::Model]) -> Result<Vec<Payment>, Problem> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let allocations = allocations_of(tx, &ids).await?;
    let offsets = offsets_of(tx, &ids).await?;
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|row| view(row, &allocations, &offsets, refs::shown(found.remove(&row.id.uuid()).unwrap_or_default()))).collect())
}

/// Records what happened to a payment.
pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, payment: &Payment) -> Result<(), Problem> {
    tx.record(
        ctx,
        &Change {
            event,
            object: "payment",
            id: payment.id.uuid(),
            version: payment.version,
            company_id: Some(payment.company_id),
            flow_id: payment.flow_id,
            body: payment,
        },
    )
}
