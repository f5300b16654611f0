//! What an engine hands over, compared with the draft that it is for.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::{TaxAmount, TaxDetail};
use causeway_master::money;
use causeway_openapi::invoice_tax::{EngineTax, SetInvoiceTaxes, TaxedLine};
use causeway_value::{Amount, Currency, InvoiceLineId, Json, Overflow, Percent, Quantity, TaxId, product};

/// The largest rate that is believed: ten times the whole.
const MOST: Percent = Percent(10 * Percent::WHOLE.0);

/// A line of the draft. Amounts are in minor units of the draft's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub id: InvoiceLineId,
    /// Its sign is the line's where the net is zero.
    pub quantity: Quantity,
    pub net: Amount,
    /// Its discounts that are booked by themselves, which may be taxed.
    pub discount: Amount,
}

/// The taxes of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Handed {
    /// Each once.
    pub taxes: Vec<TaxAmount>,
    /// Of those about which something is said.
    pub details: Vec<TaxDetail>,
}

impl Handed {
    /// The details as a line keeps them.
    pub(super) fn kept_details(&self) -> Option<Json<Vec<TaxDetail>>> {
        (!self.details.is_empty()).then(|| Json(self.details.clone()))
    }
}

/// Adds to the errors what is wrong with a tax that a field names.
type CheckTax<'a> = dyn Fn(TaxId, &str, &mut Vec<FieldError>) + 'a;

/// The taxes of each line, in the order of the lines. `errors` are those that were found before.
///
/// # Errors
/// Every wrong field: another currency than the draft's, alone; lines that are missing, unknown or there twice; a net that is not the line's; of a tax what
/// `check_tax` says, one that is there twice, a base of the other sign or beyond the line, an amount of the other sign or not of its rate; another sum.
pub(super) fn read(
    lines: &[Line],
    currency: Currency,
    body: &SetInvoiceTaxes,
    check_tax: &CheckTax<'_>,
    mut errors: Vec<FieldError>,
) -> Result<Vec<Handed>, Problem> {
    if body.currency != currency {
        // What the amounts are worth in it cannot be told, nor whether they are right.
        errors.push(FieldError::pointer(Code::InvalidValue, "/currency", format!("must be the document's: {currency}")));
        return Err(Problem::of(errors));
    }
    let mut found: Vec<(InvoiceLineId, Handed)> = Vec::with_capacity(lines.len());
    for (index, given) in body.lines.iter().enumerate() {
        let pointer = format!("/lines/{index}");
        let wrong = |code, detail: &str| FieldError::pointer(code, format!("{pointer}/line_id"), detail);
        match lines.iter().find(|line| line.id == given.line_id) {
            None => errors.push(wrong(Code::NotFound, "names no line of this document; read it again")),
            Some(_) if found.iter().any(|(id, _)| *id == given.line_id) => errors.push(wrong(Code::InvalidValue, "names a line that stands here already")),
            Some(line) => found.push((line.id, of_line(*line, given, (currency, &pointer), check_tax, &mut errors)?)),
        }
    }
    let missing = lines.iter().filter(|line| !found.iter().any(|(id, _)| *id == line.id)).map(|line| line.id.to_string()).collect::<Vec<_>>();
    if !missing.is_empty() {
        let detail = format!("must name each line of the document, those without tax, too; missing: {}", missing.join(", "));
        errors.push(FieldError::pointer(Code::Required, "/lines", detail));
    }
    let total = money::amount(&body.tax_amount, currency, "/tax_amount", &mut errors);
    let sum = Amount::sum(found.iter().flat_map(|(_, handed)| &handed.taxes).map(|tax| tax.amount))?;
    // What cannot be read is missing from the sum.
    if errors.is_empty() && total != Some(sum) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/tax_amount", format!("must be the sum of the taxes: {} {currency}", sum.text(currency))));
    }
    if !errors.is_empty() {
        return Err(Problem::of(errors));
    }
    let mut of = |line: &Line| found.iter_mut().find(|(id, _)| *id == line.id).map(|(_, handed)| std::mem::take(handed)).unwrap_or_default();
    Ok(lines.iter().map(&mut of).collect())
}

fn of_line(
    line: Line,
    given: &TaxedLine,
    (currency, pointer): (Currency, &str),
    check_tax: &CheckTax<'_>,
    errors: &mut Vec<FieldError>,
) -> Result<Handed, Overflow> {
    let at = format!("{pointer}/net_amount");
    if money::amount(&given.net_amount, currency, &at, errors).is_some_and(|net| net != line.net) {
        let net = line.net.text(currency);
        errors.push(FieldError::pointer(
            Code::InvalidValue,
            at,
            format!("must be the net amount of the line, {net} {currency}: read it again and compute its taxes anew"),
        ));
    }
    let mut handed = Handed::default();
    // What a tax may be computed on: the line, and what the taxes before it added.
    let mut room = line.net.plus(line.discount)?;
    for (index, tax) in given.taxes.iter().enumerate() {
        let pointer = format!("{pointer}/taxes/{index}");
        check_tax(tax.tax_id, &format!("{pointer}/tax_id"), errors);
        if handed.taxes.iter().any(|other| other.tax_id == tax.tax_id) {
            let detail = "names a tax that stands on this line already; give their sum, or name a tax of the company for each that is to be told apart";
            errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/tax_id"), detail));
        }
        let base = money::amount(&tax.base, currency, &format!("{pointer}/base"), errors);
        let amount = money::amount(&tax.amount, currency, &format!("{pointer}/amount"), errors);
        let (Some(base), Some(amount)) = (base, amount) else { continue };
        errors.extend(wrong_amounts(line, (tax, base, amount), room, (currency, &pointer))?);
        room = room.plus(amount)?;
        handed.taxes.push(TaxAmount { tax_id: tax.tax_id, base, amount });
        if tax.jurisdiction.is_some() || tax.rate.is_some() {
            handed.details.push(TaxDetail { tax_id: tax.tax_id, jurisdiction: tax.jurisdiction.clone(), rate: tax.rate });
        }
    }
    Ok(handed)
}

/// What is wrong with base, amount and rate of a tax.
fn wrong_amounts(
    line: Line,
    (tax, base, amount): (&EngineTax, Amount, Amount),
    room: Amount,
    (currency, pointer): (Currency, &str),
) -> Result<Vec<FieldError>, Overflow> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, detail: String| errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/{field}"), detail));
    let sign = if line.net.is_zero() { line.quantity.0.signum() } else { line.net.0.signum() };
    let against = |amount: Amount| amount.0.signum() == -sign && !amount.is_zero();
    if against(base) {
        wrong("base", "must have the sign of its line".to_owned());
    } else if base.0.unsigned_abs() > room.0.unsigned_abs() {
        wrong("base", format!("is more than the line comes to with the taxes before it: {} {currency}", room.text(currency)));
    }
    if against(amount) {
        wrong("amount", "must have the sign of its line".to_owned());
    }
    match tax.rate {
        Some(rate) if !(Percent::ZERO..=MOST).contains(&rate) => wrong("rate", "must be from 0 to 1000 percent".to_owned()),
        Some(rate) => {
            let expected = Amount(product(&[base.0, rate.0], &[Percent::WHOLE.0])?);
            if amount.minus(expected)?.0.unsigned_abs() > 1 {
                let (expected, base) = (expected.text(currency), base.text(currency));
                wrong("amount", format!("is not {rate} % of {base} {currency}: {expected}. Leave the rate out where it does not decide the amount"));
            }
        }
        None => {}
    }
    Ok(errors)
}

#[cfg(test)]
mod tests;
