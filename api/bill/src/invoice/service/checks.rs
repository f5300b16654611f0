//! What is looked at before a document is posted, by name (BIL-04, BIL-05, BIL-07).
//!
//! Checks that fail refuse the posting, all of them at once. Warnings never do: they are for whoever looks before posting.

mod line_taxes;

use super::complete::{customers, must_be_complete};
use super::original::{must_not_be_before, taken_off};
use super::{free_note, must_be_draft};
use crate::booked;
use crate::down_payment;
use crate::invoice::engine;
use crate::invoice::store::lines_of;
use crate::obligation;
use causeway_books::period::service::must_be_open;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::{addresses, parties, party_tax_ids, taxes};
use causeway_kernel::{Ctx, Find, Tx, number};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::chart;
use causeway_master::checked::{Found, Told, is_failure};
use causeway_master::rate::lookup::rate;
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheck, InvoiceCheckName as Name, InvoiceChecks};
use causeway_value::{BillableId, BillableStatus, Day, Direction, InvoiceId, InvoiceKind, InvoiceStatus, ObligationId, PaymentState, PaymentTermId};
use std::collections::BTreeSet;

/// A document that is to be posted.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub company: &'a companies::Model,
    pub invoice: &'a invoices::Model,
    pub lines: &'a [invoice_lines::Model],
    pub day: Day,
    /// Whether a bill with the number of another one of its supplier is posted all the same.
    pub allow_duplicate: bool,
}

/// Every check of a document, with warnings.
///
/// # Errors
/// `not_found`.
pub async fn checks(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId, date: Option<Day>) -> Result<InvoiceChecks, Problem> {
    let invoice = tx.must::<invoices::Entity>(id).await?;
    let company = tx.must::<companies::Entity>(invoice.company_id).await?;
    let lines = lines_of(tx, &[id]).await?;
    let day = date.unwrap_or_else(|| ctx.today(company.time_zone));
    let draft = Draft { company: &company, invoice: &invoice, lines: &lines, day, allow_duplicate: false };
    let mut found = vec![(Name::Draft, Found::of(must_be_draft(&invoice))?)];
    if matches!(found.first(), Some((_, Found::Passed))) {
        found.extend(failing(ctx, tx, draft).await?);
        found.extend(warnings(tx, draft).await?);
    }
    let checks: Vec<InvoiceCheck> = found.into_iter().map(shown).collect();
    let ready = checks.iter().all(|check| check.result != CheckResult::Failed);
    Ok(InvoiceChecks { object: "invoice_checks".to_owned(), invoice_id: id, invoice_date: day, ready, checks })
}

fn shown((name, found): (Name, Found)) -> InvoiceCheck {
    let Told { result, detail, code } = found.told();
    InvoiceCheck { name, result, detail, code }
}

/// The problem of a posting that was refused, with everything else that stands in its way: the first check that fails says what the others are, and `checks`
/// of its facts lists all. A failure of the service itself stays what it is. Looking only now keeps postings that pass as cheap as they were.
///
/// # Errors
/// When the database fails.
pub(super) async fn explained(ctx: &Ctx, tx: &mut Tx<'_>, draft: Draft<'_>, problem: Problem) -> Result<Problem, Problem> {
    if is_failure(&problem) {
        return Ok(problem);
    }
    Ok(summed_up(failing(ctx, tx, draft).await?, problem))
}

/// The checks that failed, as the API shows them.
pub(super) fn failed(found: Vec<(Name, Found)>) -> Vec<InvoiceCheck> {
    found.into_iter().map(shown).filter(|check| check.result == CheckResult::Failed).collect()
}

/// The problem of a posting that was refused, as [`explained`], when everything was looked at already.
pub(super) fn summed_up(found: Vec<(Name, Found)>, problem: Problem) -> Problem {
    let mut failed: Vec<(Name, Problem)> = Vec::new();
    for (name, found) in found {
        if let Found::Failed(problem) = found {
            failed.push((name, problem));
        }
    }
    let details: Vec<String> = failed.iter().map(|(_, problem)| problem.detail.clone()).collect();
    let all: Vec<InvoiceCheck> = failed.iter().map(|(name, problem)| shown((*name, Found::Failed(problem.clone())))).collect();
    let Some((_, mut first)) = failed.into_iter().next() else { return problem };
    if all.len() > 1 {
        first.detail = format!("{} checks fail. {}", all.len(), details.join(" "));
    }
    first.with("checks", serde_json::to_value(all).unwrap_or_default())
}

/// The checks that refuse the posting, in the order in which posting comes to what they look at.
async fn failing(ctx: &Ctx, tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<Vec<(Name, Found)>, Problem> {
    let Draft { company, invoice, lines, day, allow_duplicate } = draft;
    let customers = customers(tx, company, &[invoice.party_id]).await?;
    let mut found = vec![(Name::Complete, Found::of(must_be_complete(company, invoice, lines, &customers))?)];
    if invoice.tax_status.is_some() {
        found.push((Name::TaxesComputed, Found::of(engine::must_be_computed(invoice))?));
    }
    if invoice.credited_invoice_id.is_some() {
        found.push((Name::NotBeforeInvoice, Found::of(not_before_invoice(tx, invoice, day).await)?));
        found.push((Name::Remaining, Found::of(remaining(tx, invoice, lines).await)?));
    } else if invoice.kind == InvoiceKind::Invoice {
        found.push((Name::NotHeld, Found::of(not_held(tx, invoice, lines).await)?));
        found.push((Name::AsBilled, Found::of(must_be_as_billed(tx, invoice, lines).await)?));
        if invoice.undeducted_amount.is_some() {
            found.push((Name::WithinOrder, Found::of(down_payment::within_order(tx, invoice).await)?));
        }
    }
    if !allow_duplicate && invoice.direction == Direction::Purchase {
        found.push((Name::OnlyOnce, Found::of(must_be_new(tx, invoice).await)?));
    }
    if invoice.credited_invoice_id.is_none() {
        let conversion = rate(tx, invoice.currency, company.currency, day).await;
        if let (Ok(conversion), true) = (&conversion, free_note::is_free(invoice)) {
            found.push((Name::SecondPerson, Found::of(free_note::second_person(ctx, tx, company, invoice, *conversion).await)?));
        }
        found.push((Name::Rate, Found::of(conversion.map(drop))?));
    }
    found.push((Name::Accounts, Found::of(accounts(tx, draft).await)?));
    found.push((Name::NumberOrder, number_order(ctx, tx, draft).await?));
    if has_entry(lines) {
        found.push((Name::PeriodOpen, Found::of(must_be_open(tx, company.id, day).await)?));
    }
    Ok(found)
}

/// A day before the last one of the series is refused; one ahead of today holds up the others until then, so it is told.
async fn number_order(ctx: &Ctx, tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<Found, Problem> {
    let Draft { company, invoice, day, .. } = draft;
    let kind = booked::document_kind(invoice);
    let found = Found::of(number::check(tx, booked::fiscal(company), kind, day).await)?;
    let ahead = matches!(found, Found::Passed) && kind.in_date_order() && day > ctx.today(company.time_zone);
    let detail = || format!("{day} is ahead of today. Numbers follow dates, so no earlier {} gets a number until then.", kind.prefix());
    Ok(if ahead { Found::warn(Some(detail())) } else { found })
}

/// Whether posting these lines makes an entry: what comes to nothing, line by line, has none.
pub(super) fn has_entry(lines: &[invoice_lines::Model]) -> bool {
    lines.iter().any(|line| !(line.net_amount.is_zero() && line.tax_amount.is_zero()))
}

/// A credit note is not of a day before its invoice.
async fn not_before_invoice(tx: &mut Tx<'_>, note: &invoices::Model, day: Day) -> Result<(), Problem> {
    let Some(id) = note.credited_invoice_id else { return Ok(()) };
    must_not_be_before(&tx.must::<invoices::Entity>(id).await?, day)
}

/// What a credit note takes back is still there.
async fn remaining(tx: &mut Tx<'_>, note: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
    let Some(id) = note.credited_invoice_id else { return Ok(()) };
    let invoice = tx.must::<invoices::Entity>(id).await?;
    let before = lines_of(tx, &[id]).await?;
    taken_off(tx, (&invoice, &before), (note, lines)).await.map(drop)
}

async fn not_held(tx: &mut Tx<'_>, invoice: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
    down_payment::not_held(tx, invoice).await?;
    let ids: Vec<ObligationId> = lines.iter().filter_map(|line| line.order_line_id).map(|line| line.cast()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let owed = Find::<obligations::Entity>::new().among(obligations::Column::Id, ids).order_by(obligations::Column::Id).all(tx).await?;
    obligation::hold::must_not_be_held(owed.iter())
}

/// The billables of these lines.
pub(in crate::invoice) async fn billed(tx: &mut Tx<'_>, lines: &[invoice_lines::Model]) -> Result<Vec<billables::Model>, Problem> {
    let ids: Vec<BillableId> = lines.iter().filter_map(|line| line.billable_id).collect();
    if ids.is_empty() { Ok(Vec::new()) } else { Find::<billables::Entity>::new().among(billables::Column::Id, ids).all(tx).await }
}

/// Quantity, price, discount and taxes of each line are its billable's, which waits for nobody else.
///
/// # Errors
/// `state_conflict` that names the lines.
pub(super) async fn must_be_as_billed(tx: &mut Tx<'_>, invoice: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
    let known = billed(tx, lines).await?;
    let differs = |line: &&invoice_lines::Model| {
        let Some(id) = line.billable_id else { return false };
        known.iter().find(|row| row.id == id).is_none_or(|row| {
            let same = row.quantity == line.quantity && row.unit_price == line.unit_price && row.price_base_quantity == line.price_base_quantity;
            let terms = row.discount_percent == line.discount_percent && row.tax_ids == line.tax_ids;
            !(same && terms && row.status == BillableStatus::Invoiced && row.invoice_id == Some(invoice.id))
        })
    };
    let wrong: Vec<String> = lines.iter().filter(differs).map(|line| line.position.to_string()).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let detail =
        format!("The lines {} are not what was delivered or ordered: quantity, price, discount or taxes. Cancel the draft and bill it anew.", wrong.join(", "));
    Err(Problem::new(Code::StateConflict, detail).with("lines", wrong))
}

/// What a supplier sent comes once: no other posted document of the same kind has its number (MDM-07). One that was credited in full may be sent again.
///
/// # Errors
/// `state_conflict` naming the other one.
pub(super) async fn must_be_new(tx: &mut Tx<'_>, invoice: &invoices::Model) -> Result<(), Problem> {
    let Some(reference) = invoice.reference.as_deref().filter(|_| invoice.direction == Direction::Purchase) else { return Ok(()) };
    let same = Find::<invoices::Entity>::new()
        .eq(invoices::Column::PartyId, invoice.party_id)
        .eq(invoices::Column::CompanyId, invoice.company_id)
        .eq(invoices::Column::Direction, Direction::Purchase)
        .eq(invoices::Column::Kind, invoice.kind)
        .eq(invoices::Column::Status, InvoiceStatus::Posted)
        .eq(invoices::Column::Reference, reference)
        .ne(invoices::Column::PaymentState, PaymentState::Reversed);
    let Some(other) = same.one(tx).await? else { return Ok(()) };
    let name = other.number.clone().unwrap_or_else(|| other.id.to_string());
    let detail = format!(
        "{name} has the same reference of the same supplier: {reference}. If this is another document, correct its reference, or post it with `allow_duplicate`."
    );
    Err(Problem::new(Code::StateConflict, detail).with("invoice_id", other.id.to_string()))
}

/// The company has the accounts that lines do not name themselves.
async fn accounts(tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<(), Problem> {
    let Draft { company, invoice, lines, .. } = draft;
    let accounts = chart(tx, company.id, &[], &[]).await?;
    let (control, tax) = match invoice.direction {
        Direction::Sale => (Purpose::Receivable, Purpose::TaxPayable),
        Direction::Purchase => (Purpose::Payable, Purpose::InputTax),
    };
    accounts.purpose(control)?;
    if lines.iter().any(|line| !line.tax_amount.is_zero()) && !own_tax_accounts(tx, lines).await? {
        accounts.purpose(tax)?;
    }
    Ok(())
}

/// Whether every tax of these lines names its own account.
async fn own_tax_accounts(tx: &mut Tx<'_>, lines: &[invoice_lines::Model]) -> Result<bool, Problem> {
    let ids: Vec<_> = lines.iter().flat_map(|line| line.taxes.0.iter().map(|tax| tax.tax_id)).collect();
    let found = Find::<taxes::Entity>::new().among(taxes::Column::Id, ids).all(tx).await?;
    Ok(found.iter().all(|tax| tax.account_id.is_some()))
}

/// What became billable after the day of the document: its revenue and tax would stand in a period before.
fn before_billables(day: Day, billed: &[billables::Model]) -> Option<String> {
    let last = billed.iter().map(|row| row.billable_date).max().filter(|last| day < *last)?;
    Some(format!("{day} is before {last}, the day from which all of it could be billed. Give that day or a later one, unless the period before is meant."))
}

/// Which terms were agreed on for what is billed that the invoice has not.
fn other_terms(invoice: &invoices::Model, billed: &[billables::Model]) -> Option<String> {
    let agreed: BTreeSet<PaymentTermId> = billed.iter().filter_map(|row| row.payment_term_id).filter(|term| invoice.payment_term_id != Some(*term)).collect();
    let named: Vec<String> = agreed.iter().map(ToString::to_string).collect();
    match named.as_slice() {
        [] => None,
        [agreed] => Some(format!("The order agreed on the payment term {agreed}, and the invoice has another one.")),
        _ => Some(format!("The orders agreed on the payment terms {}, and the invoice has another one.", named.join(", "))),
    }
}

/// What somebody should have a look at.
async fn warnings(tx: &mut Tx<'_>, draft: Draft<'_>) -> Result<Vec<(Name, Found)>, Problem> {
    let Draft { company, invoice, lines, .. } = draft;
    let mut found = Vec::new();
    // What an engine charges, and what not, it knows.
    if invoice.tax_status.is_none() {
        found.push((Name::LineTaxes, Found::warn(line_taxes::told(tx, draft).await?)));
    }
    if invoice.kind == InvoiceKind::Invoice {
        let billed = billed(tx, lines).await?;
        found.push((Name::NotBeforeBillables, Found::warn(before_billables(draft.day, &billed))));
        found.push((Name::DownPayments, Found::warn(down_payment::not_deducted(tx, (invoice, lines), &billed).await?)));
        found.push((Name::Terms, Found::warn(other_terms(invoice, &billed))));
    }
    if invoice.direction == Direction::Sale {
        let party = tx.must::<parties::Entity>(invoice.party_id).await?;
        let address = Find::<addresses::Entity>::new().eq(addresses::Column::PartyId, party.id).one(tx).await?;
        let detail = address.is_none().then(|| format!("{} has no address, so the document shows none. Add one: PATCH /v1/parties/{{id}}.", party.name));
        found.push((Name::PartyAddress, Found::warn(detail)));
        let abroad = party.country.as_deref().is_some_and(|country| country != company.country);
        let untaxed = abroad && invoice.tax_amount.is_zero() && party.tax_id.is_none() && !engine::waits(invoice);
        let unregistered = untaxed && Find::<party_tax_ids::Entity>::new().eq(party_tax_ids::Column::PartyId, party.id).one(tx).await?.is_none();
        let detail = unregistered.then(|| format!("{} is abroad, is charged no tax and has no tax registration. Add its `tax_id`, or charge tax.", party.name));
        found.push((Name::PartyTaxId, Found::warn(detail)));
    }
    Ok(found)
}
