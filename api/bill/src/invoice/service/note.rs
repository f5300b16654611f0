//! Settling invoices with a posted credit note, and taking that back.

use super::named;
use crate::invoice::store::lines_of;
use crate::payment::rules::{RequestedAllocation, check_taken_back, source_company_amount, taken_together};
use crate::payment::settle::{Origin, Settlement, allocate as settle, credited_of, taken_back_at};
use crate::write_off::service as write_off;
use causeway_books::ledger::service::reverse as reverse_entry;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{allocations, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::lookup::rates;
use causeway_master::{check, money};
use causeway_openapi::invoice::Invoice;
use causeway_openapi::payment::AllocationInput;
use causeway_value::{AllocationId, Amount, Currency, Day, Invoice as InvoiceName, InvoiceId, InvoiceKind, InvoiceStatus};
use std::collections::BTreeMap;

/// Settles invoices of the same party with what is left of a posted credit note.
///
/// # Errors
/// `not_found`; `state_conflict` when it is no posted credit note; every wrong field; `amount_exceeds_open`; `rate_missing`; `account_missing`.
pub async fn allocate(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, inputs: &[AllocationInput]) -> Result<Invoice, Problem> {
    let ids: Vec<InvoiceId> = inputs.iter().map(|input| input.invoice_id).chain([id]).collect();
    let mut settlement = lock(tx, &ids).await?;
    let note = settlement.get(id).cloned().ok_or_else(Problem::not_found)?;
    must_be_posted_note(&note)?;
    if inputs.is_empty() {
        return Err(Problem::field(Code::Required, "/allocations", "must name at least one invoice"));
    }
    let wanted = wanted(&settlement, &note, inputs)?;
    let company = tx.must::<companies::Entity>(note.company_id).await?;
    let today = ctx.today(company.time_zone);
    let day = today.max(note.invoice_date.unwrap_or(today));
    let pairs: Vec<(Currency, Currency)> = settlement.invoices().map(|invoice| (note.currency, invoice.currency)).collect();
    let of = note.invoice_date.unwrap_or(today);
    let table = rates(tx, pairs, of).await?;
    for invoice in settlement.invoices().filter(|invoice| invoice.id != id) {
        table.recent(&company, note.currency, invoice.currency, of)?;
    }
    let origin = Origin::of_credit_note(&note, day, settlement.source_of(&note, company.currency)?);
    let (plan, rows) = settle(ctx, tx, &company, &origin, &mut settlement, &wanted, &|from, to| table.find(from, to)).await?;
    settlement.use_up(id, &plan);
    for row in &rows {
        tx.insert(row.clone());
    }
    let mut own: BTreeMap<InvoiceId, Amount> = BTreeMap::new();
    for row in rows.iter().filter(|row| note.credited_invoice_id == Some(row.invoice_id)) {
        let sum = own.entry(row.invoice_id).or_default();
        *sum = sum.plus(row.amount)?;
    }
    write(ctx, tx, settlement, own, ("invoice.allocated", today), id).await
}

/// Takes allocations of a credit note back: what they settled is open again on both sides. What belongs to an installment that gives back goes together.
///
/// # Errors
/// `not_found`, with a pointer for an allocation of another document; `state_conflict` when one was taken back before.
pub async fn unallocate(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, ids: &[AllocationId]) -> Result<Invoice, Problem> {
    let note = tx.must::<invoices::Entity>(id).await?;
    must_be_posted_note(&note)?;
    let all = Find::<allocations::Entity>::new().eq(allocations::Column::CreditNoteId, id).order_by(allocations::Column::Id).all(tx).await?;
    check_taken_back(ids, &all, "credit note")?;
    let together = taken_together(ids, &all)?;
    let chosen: Vec<allocations::Model> = all.into_iter().filter(|row| together.contains(&row.id)).collect();
    let touched: Vec<InvoiceId> = chosen.iter().map(|row| row.invoice_id).chain([id]).collect();
    let mut settlement = lock(tx, &touched).await?;
    // What changed meanwhile is found under the lock: an update of a row that was taken back conflicts and runs again.
    let company = tx.must::<companies::Entity>(note.company_id).await?;
    let today = ctx.today(company.time_zone);
    let source = settlement.source_of(&note, company.currency)?;
    let mut own: BTreeMap<InvoiceId, Amount> = BTreeMap::new();
    for row in &chosen {
        settlement.reopen(row)?;
        let used = source_company_amount(source.direction, row.company_amount, row.exchange_difference)?;
        settlement.give_back(id, row.source_amount, used)?;
        if let Some(entry) = row.journal_entry_id {
            reverse_entry(ctx, tx, &company, entry, today.max(row.day), "invoice.unallocated").await?;
        }
        tx.guarded(
            "UPDATE allocations SET reversed_at = $1 WHERE tenant_id = $2 AND id = $3 AND reversed_at IS NULL",
            vec![taken_back_at(ctx, &company, today.max(row.day)).into(), row.tenant_id.into(), row.id.into()],
        );
        if note.credited_invoice_id == Some(row.invoice_id) {
            let sum = own.entry(row.invoice_id).or_default();
            *sum = sum.minus(row.amount)?;
        }
    }
    // A credit note of something else was a part of what paid in time.
    let discounted = |row: &&allocations::Model| {
        note.credited_invoice_id != Some(row.invoice_id) && settlement.get(row.invoice_id).is_some_and(|invoice| invoice.early_discount.is_some())
    };
    let mut parted: Vec<InvoiceId> = chosen.iter().filter(discounted).map(|row| row.invoice_id).collect();
    parted.sort_unstable();
    parted.dedup();
    if !parted.is_empty() {
        for row in write_off::going_with(tx, None, &parted).await? {
            write_off::take_back(ctx, tx, &company, &mut settlement, &row, None, today).await?;
        }
    }
    write(ctx, tx, settlement, own, ("invoice.unallocated", today), id).await
}

async fn lock(tx: &mut Tx<'_>, ids: &[InvoiceId]) -> Result<Settlement, Problem> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Settlement::lock(tx, &ids).await
}

fn must_be_posted_note(note: &invoices::Model) -> Result<(), Problem> {
    let refused = |detail: String| Err(Problem::new(Code::StateConflict, detail).with("status", note.status.to_string()));
    if note.kind != InvoiceKind::CreditNote {
        refused(format!("{} is an invoice. Only a credit note settles others.", named(note)))
    } else if note.status != InvoiceStatus::Posted {
        refused(format!("{} is {}. Only a posted credit note settles invoices.", named(note), note.status))
    } else {
        Ok(())
    }
}

fn wanted(settlement: &Settlement, note: &invoices::Model, inputs: &[AllocationInput]) -> Result<Vec<RequestedAllocation>, Problem> {
    let mut errors = Vec::new();
    let mut wanted = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        if let Some(amount) = money::amount(&input.amount, note.currency, &format!("/allocations/{index}/amount"), &mut errors) {
            wanted.push(RequestedAllocation { invoice_id: input.invoice_id, amount });
        }
        let pointer = format!("/allocations/{index}/invoice_id");
        match settlement.get(input.invoice_id) {
            None => errors.push(check::unknown::<InvoiceName>(pointer, "tenant")),
            Some(invoice) => {
                if let Err(detail) = fits(note, invoice) {
                    errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
                }
            }
        }
    }
    check::finish(errors)?;
    Ok(wanted)
}

/// Whether a credit note may settle this invoice.
fn fits(note: &invoices::Model, invoice: &invoices::Model) -> Result<(), &'static str> {
    if invoice.company_id != note.company_id {
        Err("names an invoice of another company")
    } else if invoice.party_id != note.party_id {
        Err("names an invoice of another party")
    } else if invoice.kind != InvoiceKind::Invoice || invoice.direction != note.direction {
        Err("names a document that goes the other way: a credit note settles invoices of its own direction")
    } else if invoice.status != InvoiceStatus::Posted {
        Err("names an invoice that is not posted; post it first")
    } else {
        Ok(())
    }
}

/// Writes the documents and answers the credit note; `own` is what it settled just now of the invoice that it credits.
async fn write(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    settlement: Settlement,
    own: BTreeMap<InvoiceId, Amount>,
    (event, today): (&'static str, Day),
    note: InvoiceId,
) -> Result<Invoice, Problem> {
    let ids: Vec<InvoiceId> = settlement.invoices().map(|invoice| invoice.id).collect();
    let lines = lines_of(tx, &ids).await?;
    let mut credited = credited_of(tx, &ids).await?;
    for (id, amount) in own {
        let sum = credited.entry(id).or_default();
        *sum = sum.plus(amount)?;
    }
    let written = settlement.write(ctx, tx, event, &credited, &lines, today).await?;
    written.into_iter().find(|invoice| invoice.id == note).ok_or_else(Problem::not_found)
}
