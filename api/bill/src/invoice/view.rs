//! Invoices as the API shows them, and their record.

use super::store::{installments_of, lines_of};
use causeway_contract::Problem;
use causeway_entity::bill::{installments, invoice_lines, invoices};
use causeway_entity::{TaxAmount, TaxDetail};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::refs;
use causeway_openapi::invoice as wire;
use causeway_openapi::invoice_tax::TaxDetail as WireDetail;
use causeway_openapi::line::TaxAmount as WireTax;
use causeway_openapi::object::ExternalRef;
use causeway_value::{Currency, Day, EarlyDiscount, InvoiceStatus};

/// An invoice on the wire. Lines and installments may hold those of others, too.
#[must_use]
pub(crate) fn view(
    row: &invoices::Model,
    lines: &[invoice_lines::Model],
    installments: &[installments::Model],
    external_refs: Vec<ExternalRef>,
) -> wire::Invoice {
    let text = |amount: causeway_value::Amount| amount.text(row.currency);
    let is_posted = !matches!(row.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled);
    wire::Invoice {
        id: row.id,
        object: "invoice".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        order_id: row.order_id,
        direction: row.direction,
        kind: row.kind,
        number: row.number.clone(),
        status: row.status,
        payment_state: is_posted.then_some(row.payment_state),
        invoice_date: row.invoice_date,
        due_date: row.due_date,
        currency: row.currency,
        payment_term_id: row.payment_term_id,
        tax_rounding: row.tax_rounding,
        tax_step: row.tax_step.map(text),
        discount_posting: row.discount_posting.unwrap_or_default(),
        cash_rounding: row.cash_rounding.clone().map(|kept| kept.0),
        reference: row.reference.clone(),
        notes: row.notes.clone(),
        untaxed_amount: text(row.untaxed_amount),
        tax_amount: text(row.tax_amount),
        rounding_amount: text(row.rounding_amount.unwrap_or_default()),
        coin_difference: text(row.coin_difference.unwrap_or_default()),
        total_amount: text(row.total_amount),
        open_amount: text(row.open_amount),
        undeducted_amount: row.undeducted_amount.map(text),
        taxes: taxes(&row.taxes.0, row.currency),
        tax_status: row.tax_status,
        tax_reference: row.tax_reference.clone(),
        lines: lines.iter().filter(|line| line.invoice_id == row.id).map(|line| line_view(line, row.currency)).collect(),
        early_discount: row.early_discount.as_ref().map(|agreed| early_view(&agreed.0, row.invoice_date)),
        written_off_amount: text(row.written_off_amount.unwrap_or_default()),
        overdue: row.overdue.unwrap_or_default(),
        sent_at: row.sent_at,
        disputed: row.disputed.unwrap_or_default(),
        dispute: row.dispute.clone(),
        installments: installments.iter().filter(|part| part.invoice_id == row.id).map(|part| installment_view(part, row.currency)).collect(),
        credited_invoice_id: row.credited_invoice_id,
        reason: row.reason.clone(),
        rebill: row.rebill.unwrap_or_default(),
        journal_entry_id: row.journal_entry_id,
        metadata: row.metadata.0.clone(),
        external_refs,
    }
}

fn early_view(agreed: &EarlyDiscount, date: Option<Day>) -> wire::EarlyPayment {
    let until = date.map(|date| date.plus_days(agreed.days.into()));
    wire::EarlyPayment { percent: agreed.percent, days: agreed.days, tax_mode: agreed.tax_mode, until }
}

fn line_view(row: &invoice_lines::Model, currency: Currency) -> wire::InvoiceLine {
    wire::InvoiceLine {
        id: row.id,
        billable_id: row.billable_id,
        order_line_id: row.order_line_id,
        credited_line_id: row.credited_line_id,
        deducted_line_id: row.deducted_line_id,
        product_id: row.product_id,
        description: row.description.clone(),
        quantity: row.quantity,
        unit: row.unit.clone(),
        unit_price: row.unit_price,
        price_base_quantity: row.price_base_quantity,
        discount_percent: row.discount_percent,
        total_discount_percent: row.total_discount_percent.unwrap_or_default(),
        discount_amount: row.discount_amount.unwrap_or_default().text(currency),
        tax_ids: row.tax_ids.0.clone(),
        net_amount: row.net_amount.text(currency),
        tax_amount: row.tax_amount.text(currency),
        taxes: taxes(&row.taxes.0, currency),
        tax_details: row.tax_details.iter().flat_map(|details| &details.0).map(detail_view).collect(),
        credited_quantity: row.credited_quantity,
        account_id: row.account_id,
        dimensions: row.dimensions.clone().unwrap_or_default().0,
    }
}

fn detail_view(detail: &TaxDetail) -> WireDetail {
    WireDetail { tax_id: detail.tax_id, jurisdiction: detail.jurisdiction.clone(), rate: detail.rate }
}

fn installment_view(row: &installments::Model, currency: Currency) -> wire::Installment {
    wire::Installment { id: row.id, due_date: row.due_date, amount: row.amount.text(currency), open_amount: row.open_amount.text(currency) }
}

fn taxes(taxes: &[TaxAmount], currency: Currency) -> Vec<WireTax> {
    taxes.iter().map(|tax| WireTax { tax_id: tax.tax_id, base: tax.base.text(currency), amount: tax.amount.text(currency) }).collect()
}

/// These invoices with their lines and installments.
pub(super) async fn views(tx: &mut Tx<'_>, rows: &[invoices::Model]) -> Result<Vec<wire::Invoice>, Problem> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let lines = lines_of(tx, &ids).await?;
    let installments = installments_of(tx, &ids).await?;
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    let shown = |row: &invoices::Model| view(row, &lines, &installments, refs::shown(found.remove(&row.id.uuid()).unwrap_or_default()));
    Ok(rows.iter().map(shown).collect())
}

/// Records what happened to an invoice.
pub(crate) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, invoice: &wire::Invoice) -> Result<(), Problem> {
    tx.record(
        ctx,
        &Change {
            event,
            object: "invoice",
            id: invoice.id.uuid(),
            version: invoice.version,
            company_id: Some(invoice.company_id),
            flow_id: invoice.flow_id,
            body: invoice,
        },
    )
}
