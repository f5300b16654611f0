//! Making a down payment.

use super::room::Spoken;
use super::rules::{self, Asked, TaxGroup};
use crate::invoice::service::create::blank;
use crate::invoice::service::lines::blank as blank_line;
use crate::invoice::{record, view};
use crate::obligation::hold::must_not_be_held;
use crate::obligation::service::lock_of_order;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::account::Purpose;
use causeway_master::account::lookup::chart;
use causeway_master::company::service::cash_rounding;
use causeway_master::tax::rules::add_to_summary;
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::{check, money, term};
use causeway_openapi::down_payment::CreateDownPayment;
use causeway_openapi::invoice::Invoice;
use causeway_value::{
    Amount, Coins, CompanyId, Currency, Direction, DocumentLanguage, FlowId, InvoiceId, Json, OrderId, Overflow, PartyId, PaymentTermId, Percent, Price,
    Quantity, TaxEngine, TaxRounding, product,
};

/// The order that is paid in advance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Which order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The deal.
    pub flow_id: FlowId,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When its invoices are due.
    pub payment_term_id: Option<PaymentTermId>,
    /// Where its tax is rounded.
    pub tax_rounding: TaxRounding,
    /// What it comes to with tax, in minor units of `currency`.
    pub total: Amount,
    /// Its lines by their taxes.
    pub groups: Vec<TaxGroup>,
}

/// Makes a draft invoice over a part of an order that nobody has delivered or billed yet, one line per group of taxes.
///
/// # Errors
/// Every wrong field; `amount_exceeds_open` when the down payments and what is billed would come to more than the order; `state_conflict` when the order is
/// not confirmed or is held; `account_missing`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, ordered: &Ordered, body: &CreateDownPayment) -> Result<Invoice, Problem> {
    let owed = lock_of_order(tx, ordered.id).await?;
    if owed.is_empty() {
        return Err(Problem::new(Code::StateConflict, format!("{} is not confirmed, so nothing of it is owed. Confirm it first.", ordered.number)));
    }
    must_not_be_held(owed.iter())?;
    let mut errors = Vec::new();
    let asked = asked(body, ordered.currency, &mut errors);
    let term = term::service::named(tx, body.payment_term_id, "/payment_term_id", &mut errors).await?;
    check::finish(errors)?;
    let Some(asked) = asked else { return Err(Problem::not_found()) };
    let company = tx.must::<companies::Entity>(ordered.company_id).await?;
    must_tax_itself(&company)?;
    let rule = cash_rounding(&company, ordered.currency);
    let coins = rule.and_then(|rule| rule.coins(ordered.currency));
    let amount = in_coins(asked, rules::amount(asked, ordered.total)?, coins, ordered.currency)?;
    let amount = within(tx, ordered, asked, amount, coins).await?;
    let advances = chart(tx, company.id, &[], &[]).await?.purpose(Purpose::CustomerAdvances)?;
    let taxes = tax_defs(tx, company.id).await?;
    let id = InvoiceId::new();
    let description = match company.letterhead.as_ref().map(|letterhead| letterhead.0.language) {
        Some(DocumentLanguage::German) => format!("Anzahlung {}", ordered.number),
        _ => format!("Down payment {}", ordered.number),
    };
    let mut lines = Vec::new();
    let mut row = invoices::Model {
        order_id: Some(ordered.id),
        flow_id: Some(ordered.flow_id),
        currency: ordered.currency,
        payment_term_id: term.map(|term| term.id).or(ordered.payment_term_id),
        tax_rounding: ordered.tax_rounding,
        reference: owed.first().and_then(|row| row.reference.clone()),
        undeducted_amount: Some(Amount::ZERO),
        cash_rounding: rule.cloned().map(Json),
        ..blank(ctx, tx, id, Direction::Sale, &company, ordered.party_id)
    };
    for (position, part) in (1..).zip(rules::spread(&ordered.groups, amount)?) {
        row.untaxed_amount = row.untaxed_amount.plus(part.net)?;
        row.tax_amount = row.tax_amount.plus(part.tax()?)?;
        part.taxes.iter().try_for_each(|tax| add_to_summary(&mut row.taxes.0, *tax))?;
        let line = line_of(&taxes, &part, ordered.currency)?;
        lines.push(invoice_lines::Model {
            invoice_id: id,
            position,
            description: description.clone(),
            quantity: Quantity::ONE,
            ..line(blank_line(tx, advances))
        });
    }
    row.total_amount = row.untaxed_amount.plus(row.tax_amount)?;
    row.open_amount = row.total_amount;
    row.undeducted_amount = Some(row.total_amount);
    tx.insert(row.clone());
    lines.iter().for_each(|line| tx.insert(line.clone()));
    let invoice = view(&row, &lines, &[], Vec::new());
    record(ctx, tx, "invoice.created", &invoice)?;
    Ok(invoice)
}

/// A down payment is a part of an order with its taxes, and those of an order no engine has computed (BIL-15).
fn must_tax_itself(company: &companies::Model) -> Result<(), Problem> {
    if company.tax_engine != Some(TaxEngine::External) {
        return Ok(());
    }
    let detail = format!(
        "The taxes of what {} bills are computed by an external engine, which does not know orders, so that nothing can be asked in advance. Bill the order's \
         lines as they become due.",
        company.name
    );
    Err(Problem::new(Code::StateConflict, detail))
}

/// The part of a line that its amounts decide: of one unit, at the price that contains the included taxes.
pub(super) fn line_of(taxes: &TaxDefs, part: &TaxGroup, currency: Currency) -> Result<impl Fn(invoice_lines::Model) -> invoice_lines::Model, Overflow> {
    let included: Vec<_> = taxes.flat(&part.tax_ids).into_iter().filter(|tax| tax.included).map(|tax| tax.id).collect();
    let inside = part.taxes.iter().filter(|tax| included.contains(&tax.tax_id)).map(|tax| tax.amount);
    let price = part.net.plus(Amount::sum(inside)?)?;
    let unit_price = Price(product(&[price.0, Price::ONE.0], &[currency.minor_units()])?);
    let (tax_amount, part) = (part.tax()?, part.clone());
    Ok(move |line| invoice_lines::Model {
        unit_price,
        net_amount: part.net,
        tax_amount,
        tax_ids: Json(part.tax_ids.clone()),
        taxes: Json(part.taxes.clone()),
        ..line
    })
}

fn asked(body: &CreateDownPayment, currency: Currency, errors: &mut Vec<FieldError>) -> Option<Asked> {
    let mut wrong = |pointer: &str, code, detail: &str| errors.push(FieldError::pointer(code, pointer, detail));
    match (body.percent, &body.amount) {
        (None, None) => wrong("/percent", Code::Required, "is required without an amount"),
        (Some(_), Some(_)) => wrong("/amount", Code::InvalidValue, "cannot stand beside percent; give one of them"),
        (Some(percent), None) if percent <= Percent::ZERO || percent > Percent::WHOLE => {
            wrong("/percent", Code::InvalidValue, "must be more than 0 and at most 100");
        }
        (Some(percent), None) => return Some(Asked::Percent(percent)),
        (None, Some(text)) => match money::amount(text, currency, "/amount", errors) {
            Some(amount) if amount <= Amount::ZERO => errors.push(FieldError::pointer(Code::InvalidValue, "/amount", "must be more than zero")),
            amount => return amount.map(Asked::Amount),
        },
    }
    None
}

/// What is asked, in the coins that there are (TAX-060): a share is rounded to them, an amount must be of them. Nothing is left to be booked as rounding.
fn in_coins(asked: Asked, amount: Amount, coins: Option<Coins>, currency: Currency) -> Result<Amount, Problem> {
    let Some(coins) = coins else { return Ok(amount) };
    let rounded = coins.round(amount)?;
    match asked {
        Asked::Amount(_) if rounded != amount => {
            let detail = format!("must be a multiple of {} {currency}, as what is to be paid is", coins.step.text(currency));
            Err(Problem::field(Code::InvalidValue, "/amount", detail))
        }
        _ => Ok(rounded),
    }
}

/// Refuses what would come to more than the order together with what is billed of it and asked in advance already. Shares are rounded one by one: the one
/// that makes the whole takes what the others leave.
async fn within(tx: &mut Tx<'_>, ordered: &Ordered, asked: Asked, amount: Amount, coins: Option<Coins>) -> Result<Amount, Problem> {
    let Spoken { billed, downs, .. } = Spoken::read(tx, ordered.id, false).await?;
    let before = Amount::sum(downs.iter().filter_map(|down| down.undeducted_amount))?;
    let left = ordered.total.minus(billed)?.minus(before)?.max(Amount::ZERO);
    let step = coins.map_or(1, |coins| coins.step.0);
    let most = Amount(left.0.saturating_sub(left.0.rem_euclid(step)));
    if amount <= most {
        return Ok(amount);
    }
    // Each share that is not deducted yet may have been rounded up by a step, and this one, too.
    let shares = downs.iter().filter(|down| down.undeducted_amount.is_some_and(|rest| rest > Amount::ZERO)).count();
    let rounded_up = Amount(i64::try_from(shares).unwrap_or(i64::MAX).saturating_add(i64::from(coins.is_some())).saturating_mul(step));
    if matches!(asked, Asked::Percent(_)) && most > Amount::ZERO && amount.minus(most)? <= rounded_up {
        return Ok(most);
    }
    let text = |amount: Amount| amount.text(ordered.currency);
    let pointer = if matches!(asked, Asked::Amount(_)) { "/amount" } else { "/percent" };
    let detail = format!(
        "comes to {}, but at most {} can be asked in advance: of the order's {}, {} are billed and {} are asked in advance and not deducted yet",
        text(amount),
        text(most),
        text(ordered.total),
        text(billed),
        text(before)
    );
    Err(Problem::field(Code::AmountExceedsOpen, pointer, detail))
}
