//! What the books know of a document: the rate at which it was booked, as its row keeps it, in the direction in which it was quoted; and what numbers it.

use causeway_contract::{Code, Problem};
use causeway_entity::bill::{invoices, payments};
use causeway_entity::govern::companies;
use causeway_kernel::number::Fiscal;
use causeway_master::rate::Conversion;
use causeway_value::{Currency, Direction, DocumentKind, InvoiceKind, Rate};

/// What a row keeps of a conversion: the rate, and whether it divides.
#[must_use]
pub const fn stored(conversion: Conversion) -> (Rate, bool) {
    match conversion {
        Conversion::Same => (Rate::ONE, false),
        Conversion::Times(rate) => (rate, false),
        Conversion::DividedBy(rate) => (rate, true),
    }
}

/// From an invoice's currency to its company's.
#[must_use]
pub fn of_invoice(invoice: &invoices::Model, company_currency: Currency) -> Conversion {
    conversion(invoice.currency, company_currency, invoice.company_rate, invoice.rate_divides)
}

/// From a payment's currency to its company's.
#[must_use]
pub fn of_payment(payment: &payments::Model, company_currency: Currency) -> Conversion {
    conversion(payment.currency, company_currency, payment.company_rate, payment.rate_divides)
}

/// From a document's currency to its company's, as its row keeps the rate.
#[must_use]
pub fn conversion(currency: Currency, company_currency: Currency, rate: Rate, divides: bool) -> Conversion {
    match (currency == company_currency, divides) {
        (true, _) => Conversion::Same,
        (false, false) => Conversion::Times(rate),
        (false, true) => Conversion::DividedBy(rate),
    }
}

/// Names the field that holds the day of a document, when it is the day that cannot be booked on.
#[must_use]
pub fn of_day(problem: Problem, pointer: &str) -> Problem {
    if matches!(problem.code, Code::NumberOrder | Code::PeriodLocked) { problem.at(pointer) } else { problem }
}

/// The fiscal calendar of a company.
#[must_use]
pub fn fiscal(company: &companies::Model) -> Fiscal {
    Fiscal { company_id: company.id, start_month: u32::try_from(company.fiscal_year_start_month).unwrap_or(1) }
}

/// The kind that numbers an invoice or credit note.
pub(crate) const fn document_kind(invoice: &invoices::Model) -> DocumentKind {
    match (invoice.direction, invoice.kind) {
        (Direction::Sale, InvoiceKind::Invoice) => DocumentKind::Invoice,
        (Direction::Sale, InvoiceKind::CreditNote) => DocumentKind::CreditNote,
        (Direction::Purchase, InvoiceKind::Invoice) => DocumentKind::Bill,
        (Direction::Purchase, InvoiceKind::CreditNote) => DocumentKind::SupplierCredit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_the_same_conversion() {
        let (eur, usd): (Currency, Currency) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        for booked in [Conversion::Times("0.9512".parse().unwrap()), Conversion::DividedBy("1.0513".parse().unwrap())] {
            let (rate, divides) = stored(booked);
            assert_eq!(conversion(usd, eur, rate, divides), booked);
        }
        let (rate, divides) = stored(Conversion::Same);
        assert_eq!(conversion(eur, eur, rate, divides), Conversion::Same);
    }
}
