//! What each row adds to the exposure of its party.

use causeway_entity::bill::{billables, installments, invoices, obligations, payments};
use causeway_kernel::db::tally::{Addition, Tally, Watch, Watched};
use causeway_master::pricing::amounts::cumulative_amount;
use causeway_value::{
    Amount, BillableStatus, CompanyId, Currency, Direction, InvoiceKind, InvoiceStatus, Overflow, PartyId, PaymentDirection, PaymentStatus, product,
};
use sea_orm::sea_query::Value;
use std::any::Any;

/// The table of the sums.
pub const TABLE: &str = "credit_exposures";
/// Its sums.
pub const SUMS: [&str; 4] = ["open_receivables", "billables", "obligations", "unallocated"];

/// What the door watches to keep the exposures.
pub const WATCH: Watch = Watch {
    tables: &[
        Watched { table: "obligations", adds: of_obligation },
        Watched { table: "billables", adds: of_billable },
        Watched { table: "invoices", adds: of_invoice },
        Watched { table: "payments", adds: of_payment },
        // They add nothing: what is overdue is read from them, as they will be.
        Watched { table: "installments", adds: of_installment },
    ],
    sums: &[(TABLE, &SUMS)],
};

/// The row of sums of a party at a company.
#[must_use]
pub fn tally(company_id: CompanyId, party_id: PartyId, currency: Currency) -> Tally {
    Tally { table: TABLE, key: vec![("company_id", company_id.into()), ("party_id", party_id.into()), ("currency", currency.into())] }
}

/// The currency of a row of sums, when it is one of this party at this company.
#[must_use]
pub fn currency_of(tally: &Tally, company_id: CompanyId, party_id: PartyId) -> Option<Currency> {
    let (_, Value::String(Some(code))) = tally.key.last()? else { return None };
    let currency = code.parse().ok()?;
    (*tally == self::tally(company_id, party_id, currency)).then_some(currency)
}

/// What of a confirmed line is not billable yet and not cancelled, with its tax.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn obligation(row: &obligations::Model) -> Result<Amount, Overflow> {
    let kept = row.ordered_quantity.minus(row.cancelled_quantity)?;
    let left = cumulative_amount(row.net_amount, kept, row.ordered_quantity)?.minus(row.billable_amount)?;
    // After a cut below what is billed nothing is left, and not less.
    if left.0.signum() == -row.net_amount.0.signum() {
        return Ok(Amount::ZERO);
    }
    left.plus(tax_share(left, row.net_amount, row.tax_amount.unwrap_or_default())?)
}

/// What a billable adds while it waits for an invoice.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn billable(row: &billables::Model) -> Result<Amount, Overflow> {
    match row.status {
        BillableStatus::Pending | BillableStatus::Ready | BillableStatus::Held => row.amount.plus(row.tax_amount.unwrap_or_default()),
        BillableStatus::Invoiced | BillableStatus::WrittenOff => Ok(Amount::ZERO),
    }
}

/// The part of a line's tax that a part of its net carries.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn tax_share(part: Amount, net: Amount, tax: Amount) -> Result<Amount, Overflow> {
    if net.is_zero() { Ok(Amount::ZERO) } else { product(&[part.0, tax.0], &[net.0]).map(Amount) }
}

fn of_obligation(row: &dyn Any) -> Result<Vec<Addition>, Overflow> {
    let Some(row) = row.downcast_ref::<obligations::Model>() else { return Ok(Vec::new()) };
    added((row.company_id, row.party_id, row.currency), "obligations", obligation(row)?)
}

fn of_billable(row: &dyn Any) -> Result<Vec<Addition>, Overflow> {
    let Some(row) = row.downcast_ref::<billables::Model>() else { return Ok(Vec::new()) };
    added((row.company_id, row.party_id, row.currency), "billables", billable(row)?)
}

/// What an invoice has open, a draft included, with the tax that it waits for; a posted credit note that is not used up is the customer's. What a down payment has left lessens what the
/// rest of its order will bring.
fn of_invoice(row: &dyn Any) -> Result<Vec<Addition>, Overflow> {
    let Some(row) = row.downcast_ref::<invoices::Model>().filter(|row| row.direction == Direction::Sale) else { return Ok(Vec::new()) };
    let column = match (row.kind, row.status) {
        (_, InvoiceStatus::Cancelled) | (InvoiceKind::CreditNote, InvoiceStatus::Draft) => return Ok(Vec::new()),
        (InvoiceKind::Invoice, _) => "open_receivables",
        (InvoiceKind::CreditNote, _) => "unallocated",
    };
    let open = row.open_amount.plus(row.expected_tax_amount.unwrap_or_default())?;
    let mut additions = added((row.company_id, row.party_id, row.currency), column, open)?;
    additions.extend(added((row.company_id, row.party_id, row.currency), "unallocated", row.undeducted_amount.unwrap_or_default())?);
    Ok(additions)
}

/// What is left of a customer's payment; what is left of one to a customer is owed to us.
fn of_payment(row: &dyn Any) -> Result<Vec<Addition>, Overflow> {
    let is_customers = |row: &&payments::Model| row.settles == Direction::Sale && row.status == PaymentStatus::Posted;
    let Some(row) = row.downcast_ref::<payments::Model>().filter(is_customers) else { return Ok(Vec::new()) };
    let amount = match row.direction {
        PaymentDirection::Inbound => row.unallocated_amount,
        PaymentDirection::Outbound => row.unallocated_amount.negated()?,
    };
    added((row.company_id, row.party_id, row.currency), "unallocated", amount)
}

fn of_installment(row: &dyn Any) -> Result<Vec<Addition>, Overflow> {
    let _ = row.downcast_ref::<installments::Model>();
    Ok(Vec::new())
}

fn added((company, party, currency): (CompanyId, PartyId, Currency), column: &'static str, amount: Amount) -> Result<Vec<Addition>, Overflow> {
    if amount.is_zero() {
        return Ok(Vec::new());
    }
    Ok(vec![Addition { tally: tally(company, party, currency), column, amount: amount.0 }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billable::rules::tests::line;
    use causeway_value::Quantity;

    #[test]
    fn a_line_adds_what_is_neither_billable_nor_cancelled_with_its_tax() {
        let whole = obligations::Model { tax_amount: Some(Amount(12_312)), ..line(40, 64_800, 64_800) };
        assert_eq!(obligation(&whole), Ok(Amount(77_112)));
        let half = obligations::Model { billable_quantity: Quantity(20), billable_amount: Amount(32_400), ..whole.clone() };
        assert_eq!(obligation(&half), Ok(Amount(38_556)));
        let rest_cancelled = obligations::Model { cancelled_quantity: Quantity(20), ..half };
        assert_eq!(obligation(&rest_cancelled), Ok(Amount::ZERO));
        let cut_below = obligations::Model { cancelled_quantity: Quantity(30), ..rest_cancelled };
        assert_eq!(obligation(&cut_below), Ok(Amount::ZERO));
        let untaxed = obligations::Model { tax_amount: None, ..whole };
        assert_eq!(obligation(&untaxed), Ok(Amount(64_800)));
    }

    #[test]
    fn a_line_for_nothing_adds_nothing() {
        assert_eq!(tax_share(Amount(5), Amount::ZERO, Amount(1)), Ok(Amount::ZERO));
        assert_eq!(obligation(&line(40, 0, 0)), Ok(Amount::ZERO));
    }
}
