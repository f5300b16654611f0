//! Payments as the API shows them, and their record.

use causeway_contract::Problem;
use causeway_entity::bill::{allocations, payments};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::refs;
use causeway_openapi::object::ExternalRef;
use causeway_openapi::payment::{Allocation, Payment};
use causeway_value::{Currency, PaymentId};

/// A payment on the wire. The allocations may hold those of others, too.
pub(super) fn view(row: &payments::Model, allocations: &[allocations::Model], refs: Vec<ExternalRef>) -> Payment {
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
        reference: row.reference.clone(),
        allocations: allocations.iter().filter(|part| part.payment_id == Some(row.id)).map(|part| allocation_view(part, row.currency)).collect(),
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
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|row| view(row, &allocations, refs::shown(found.remove(&row.id.uuid()).unwrap_or_default()))).collect())
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
