//! Write-offs as the API shows them, and their record.

use causeway_contract::Problem;
use causeway_entity::bill::write_offs;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::line::TaxAmount;
use causeway_openapi::write_off::WriteOff;

/// A write-off on the wire.
#[must_use]
pub(super) fn view(row: &write_offs::Model) -> WriteOff {
    let tax = |tax: &causeway_entity::TaxAmount| TaxAmount { tax_id: tax.tax_id, base: tax.base.text(row.currency), amount: tax.amount.text(row.currency) };
    WriteOff {
        id: row.id,
        object: "write_off".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        invoice_id: row.invoice_id,
        payment_id: row.payment_id,
        kind: row.kind,
        status: row.status,
        date: row.date,
        currency: row.currency,
        amount: row.amount.text(row.currency),
        taxes: row.taxes.0.iter().map(tax).collect(),
        account_id: row.account_id,
        reason: row.reason.clone(),
        journal_entry_id: row.journal_entry_id,
        reversal_entry_id: row.reversal_entry_id,
    }
}

/// Records what happened to a write-off.
pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, shown: &WriteOff) -> Result<(), Problem> {
    tx.record(
        ctx,
        &Change {
            event,
            object: "write_off",
            id: shown.id.uuid(),
            version: shown.version,
            company_id: Some(shown.company_id),
            flow_id: shown.flow_id,
            body: shown,
        },
    )
}
