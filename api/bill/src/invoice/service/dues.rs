//! When an invoice is due.

use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_entity::master::payment_terms;
use causeway_master::term::rules::{InstallmentDue, installments, shared_day};
use causeway_value::{Day, InstallmentRules, InvoiceKind, SameDueDate};

/// When which part is due. A credit note has no term: it is used at once.
///
/// # Errors
/// `invalid_value` when two are due on one day and the company refuses that (TERM-030).
pub(super) fn dues(
    company: &companies::Model,
    invoice: &invoices::Model,
    day: Day,
    term: Option<&payment_terms::Model>,
) -> Result<Vec<InstallmentDue>, Problem> {
    let lines = term.filter(|_| invoice.kind == InvoiceKind::Invoice).map(|term| term.installments.0.as_slice());
    let coins = invoice.cash_rounding.as_ref().and_then(|rule| rule.0.coins(invoice.currency));
    let parts = installments(invoice.total_amount, invoice.currency, day, lines.unwrap_or_default(), coins)?;
    match shared_day(&parts).filter(|_| rules_of(company).same_due_date == SameDueDate::Refused) {
        None => Ok(parts),
        Some(shared) => {
            let detail = format!("has two installments that are due on {shared}; the company takes one a day: join them in the term, or choose another term");
            Err(Problem::field(Code::InvalidValue, "/payment_term_id", detail))
        }
    }
}

/// What the company asks of installments.
pub(super) fn rules_of(company: &companies::Model) -> InstallmentRules {
    company.installment_rules.as_ref().map(|rules| rules.0).unwrap_or_default()
}
