//! When an invoice is due.

use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_entity::master::payment_terms;
use causeway_master::term::rules::{InstallmentDue, coin_installments, installments, shared_day};
use causeway_value::{Amount, CashUnit, Coins, Day, InstallmentRules, InvoiceKind, SameDueDate, TermLine};

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
    let rule = invoice.cash_rounding.as_ref().map(|rule| &rule.0);
    let coins = rule.and_then(|rule| rule.coins(invoice.currency));
    let lines = lines.unwrap_or_default();
    let parts = match coins.filter(|_| rule.is_some_and(|rule| rule.per == CashUnit::Installment)) {
        Some(coins) => in_coins(invoice, day, lines, coins)?,
        None => installments(invoice.total_amount, invoice.currency, day, lines, coins)?,
    };
    match shared_day(&parts).filter(|_| rules_of(company).same_due_date == SameDueDate::Refused) {
        None => Ok(parts),
        Some(shared) => {
            let detail = format!("has two installments that are due on {shared}; the company takes one a day: join them in the term, or choose another term");
            Err(Problem::field(Code::InvalidValue, "/payment_term_id", detail))
        }
    }
}

/// The installments of which each was rounded to coins when the draft was made. Where they were others then, the last one takes the rest.
fn in_coins(invoice: &invoices::Model, day: Day, lines: &[TermLine], coins: Coins) -> Result<Vec<InstallmentDue>, Problem> {
    let exact = invoice.total_amount.minus(invoice.coin_difference.unwrap_or_default())?;
    let mut parts = coin_installments(exact, invoice.currency, day, lines, coins)?;
    let rest = invoice.total_amount.minus(Amount::sum(parts.iter().map(|part| part.amount))?)?;
    if let Some(last) = parts.last_mut() {
        last.amount = last.amount.plus(rest)?;
    }
    Ok(parts)
}

/// What the company asks of installments.
pub(super) fn rules_of(company: &companies::Model) -> InstallmentRules {
    company.installment_rules.as_ref().map(|rules| rules.0).unwrap_or_default()
}
