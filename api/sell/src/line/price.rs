//! From the lines of a body to priced lines: prices by the lists, taxes of the company, amounts.

use super::Line;
use super::amounts::{Terms, settle};
use super::bundle::{balance, balance_all, source};
use super::offer::Offers;
use crate::check::share;
use crate::header::Header;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, products};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::not_blank;
use causeway_master::company::service::policy_of;
use causeway_master::dimension::service as dimension;
use causeway_master::money;
use causeway_master::pricing::Trace;
use causeway_master::pricing::amounts::{discount_of, nearest_off};
use causeway_master::pricing::bundle::{DocumentLine, document_lines};
use causeway_master::pricing::rules::PriceSource;
use causeway_master::pricing::service::{check_sold, lines_to_price};
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::tax_rule::determine::{Taxation, taxation};
use causeway_openapi::line::LineInput;
use causeway_value::{Amount, AmountText, BillingPolicy, CompanyId, Currency, Day, Overflow, Percent, Price, Quantity};

/// For whom and when lines are priced.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The company that sells.
    pub company: &'a companies::Model,
    /// The customer.
    pub party: &'a parties::Model,
    /// The day whose price lists and rates apply.
    pub day: Day,
    /// What the lines share.
    pub terms: Terms,
}

impl<'a> Scope<'a> {
    /// The scope of a new document: today, by the company's rounding of taxes.
    #[must_use]
    pub fn of(header: &'a Header) -> Self {
        let terms = Terms {
            currency: header.currency,
            discount: header.discount,
            discount_base: header.company.document_discount_base.unwrap_or_default(),
            tax: policy_of(&header.company, header.currency),
            upfront: header.upfront.unwrap_or_default(),
        };
        Self { company: &header.company, party: &header.party, day: header.today, terms }
    }
}

/// Priced lines with the reasons of their prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priced {
    /// The lines, in the order given.
    pub lines: Vec<Line>,
    /// Why each price is what it is, in the same order.
    pub traces: Vec<Trace>,
    /// What the lines that count are rounded by.
    pub rounding: Amount,
}

/// Prices the lines of an order, each with its section and the day that it is promised for. Wrong fields are added to `errors` and give `None`.
///
/// # Errors
/// `price_rule_tie` or `rate_missing` when a line has no one price; `amount_overflow`.
pub async fn price_lines(ctx: &Ctx, tx: &mut Tx<'_>, scope: &Scope<'_>, inputs: &[LineInput], errors: &mut Vec<FieldError>) -> Result<Option<Priced>, Problem> {
    let offers = Offers::ordered(inputs, scope.day, errors);
    price_offered(ctx, tx, scope, inputs, &offers, errors).await
}

/// Prices lines that say more than a price. Wrong fields are added to `errors` and give `None`.
///
/// # Errors
/// As [`price_lines`].
pub async fn price_offered(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    inputs: &[LineInput],
    offers: &Offers,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Priced>, Problem> {
    check(inputs, errors);
    dimension::check_lines(tx, scope.company.id, inputs.iter().map(|input| &input.dimensions).enumerate(), errors).await?;
    let found = document_lines(ctx, tx, scope.company, scope.party, scope.day, scope.terms.currency, &lines_to_price(inputs)).await;
    let taxation = taxation(tx, scope.company, scope.party, scope.day).await?;
    let taxes = &taxation.defs;
    let found = match found {
        Ok(found) => found,
        // What has facts of its own, such as tied rules, tells them when it is all that is wrong.
        Err(problem) if problem.status == 422 && (!errors.is_empty() || (problem.meta.is_empty() && !problem.errors.is_empty())) => {
            errors.extend(problem.errors);
            check_taxes(inputs, taxes, errors);
            return Ok(None);
        }
        Err(problem) => return Err(problem),
    };
    let mut priced = Priced::default();
    // The input line of each line that is a component of a bundle.
    let mut parts: Vec<Option<usize>> = Vec::new();
    for found in found {
        let Some(input) = inputs.get(found.input) else { continue };
        let pointer = format!("/lines/{}", found.input);
        let at = found.input;
        parts.push(found.bundle.as_ref().map(|_| at));
        let (mut line, trace) = line(input, found, (&taxation, scope.terms.currency), &pointer, errors);
        offers.adorn(at, &mut line);
        priced.lines.push(line);
        priced.traces.push(trace);
    }
    if !errors.is_empty() {
        return Ok(None);
    }
    let settled = balanced(&mut priced, &parts, scope.terms).and_then(|()| settle(&mut priced.lines, scope.terms, |ids| taxes.flat(ids)));
    match settled {
        Ok(rounding) => Ok(Some(Priced { rounding, ..priced })),
        Err(Overflow) => {
            errors.push(FieldError::pointer(Code::AmountOverflow, "/lines", "come to more than an amount can be: use smaller quantities or prices"));
            Ok(None)
        }
    }
}

/// Gives the components of each bundle prices by which they come to what the bundle comes to after its discounts, and tells why.
fn balanced(priced: &mut Priced, parts: &[Option<usize>], terms: Terms) -> Result<(), Overflow> {
    let before: Vec<Price> = priced.lines.iter().map(|line| line.unit_price).collect();
    let mut rest = priced.lines.as_mut_slice();
    for bundle in parts.chunk_by(|part, next| part.is_some() && part == next) {
        let count = bundle.len().min(rest.len());
        let (lines, others) = std::mem::take(&mut rest).split_at_mut(count);
        if bundle.first().is_some_and(Option::is_some) {
            balance(lines, terms)?;
        }
        rest = others;
    }
    for ((line, before), trace) in priced.lines.iter().zip(before).zip(&mut priced.traces) {
        if line.unit_price != before {
            trace.balanced(before, line.unit_price);
        }
    }
    Ok(())
}

/// Computes the amounts of priced lines again, because the discount of their document changed. Answers what they are rounded by.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn discount_again(tx: &mut Tx<'_>, company_id: CompanyId, lines: &mut [Line], terms: Terms) -> Result<Amount, Problem> {
    balance_all(lines, terms)?;
    settle_again(tx, company_id, lines, terms).await
}

/// Computes the amounts of priced lines again, because the terms changed. Answers what they are rounded by.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn settle_again(tx: &mut Tx<'_>, company_id: CompanyId, lines: &mut [Line], terms: Terms) -> Result<Amount, Problem> {
    let taxes = tax_defs(tx, company_id).await?;
    Ok(settle(lines, terms, |ids| taxes.flat(ids))?)
}

/// Looks at lines that cannot be priced, because the company or the customer of their document is not known: at all that is not their price.
///
/// # Errors
/// When the database fails.
pub async fn check_unpriced(tx: &mut Tx<'_>, company: Option<&companies::Model>, inputs: &[LineInput], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    check(inputs, errors);
    check_sold(tx, &lines_to_price(inputs), errors).await?;
    if let Some(company) = company {
        dimension::check_lines(tx, company.id, inputs.iter().map(|input| &input.dimensions).enumerate(), errors).await?;
        check_taxes(inputs, &tax_defs(tx, company.id).await?, errors);
    }
    Ok(())
}

/// What can be told of lines before they are priced.
pub(crate) fn check(inputs: &[LineInput], errors: &mut Vec<FieldError>) {
    for (index, input) in inputs.iter().enumerate() {
        if input.discount_amount.is_some() && input.discount_percent.is_some() {
            let detail = "cannot stand beside discount_percent; give one of them";
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{index}/discount_amount"), detail));
        }
        share(input.discount_percent.unwrap_or(Percent::ZERO), &format!("/lines/{index}/discount_percent"), errors);
        let pointer = format!("/lines/{index}/description");
        match &input.description {
            Some(text) => not_blank(text, &pointer, errors),
            None if input.product_id.is_none() => errors.push(FieldError::pointer(Code::Required, pointer, "is required for a line without a product")),
            None => {}
        }
    }
}

/// The taxes that are given are checked even when there is no price.
fn check_taxes(inputs: &[LineInput], taxes: &TaxDefs, errors: &mut Vec<FieldError>) {
    for (index, given) in inputs.iter().enumerate().filter_map(|(index, input)| Some((index, input.tax_ids.as_deref()?))) {
        let _ = taxes.of_line(Some(given), None, &format!("/lines/{index}"), errors);
    }
}

fn line(
    input: &LineInput,
    document_line: DocumentLine,
    (taxation, currency): (&Taxation, Currency),
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> (Line, Trace) {
    let DocumentLine { quantity, priced: mut found, bundle, .. } = document_line;
    let taxes = taxation.of_line(input.tax_ids.as_deref(), found.product.as_ref(), pointer, errors);
    let given = found.source == PriceSource::Given;
    if taxation.reprice(&taxes, &mut found).is_err() {
        errors.push(FieldError::pointer(Code::AmountOverflow, format!("{pointer}/product_id"), "has a price that is too large with its taxes"));
    }
    taxation.explain(&taxes, &mut found.trace);
    let discount_percent = match &input.discount_amount {
        None => input.discount_percent.unwrap_or(Percent::ZERO),
        Some(_) if bundle.is_some() => {
            let detail = "is not for a bundle, whose components share its discount: give discount_percent";
            let told = FieldError::pointer(Code::InvalidValue, format!("{pointer}/discount_amount"), detail);
            // Once for all of its components.
            if errors.last() != Some(&told) {
                errors.push(told);
            }
            Percent::ZERO
        }
        Some(text) => {
            let priced = (quantity, found.unit_price, found.price_base_quantity);
            discount_given(text, priced, currency, &format!("{pointer}/discount_amount"), errors).unwrap_or_default()
        }
    };
    let product = found.product.as_ref();
    let line = Line {
        product_id: product.map(|product| product.id),
        description: description(input, product, bundle.as_ref()),
        quantity,
        unit: found.unit.clone(),
        unit_price: found.unit_price,
        price_base_quantity: found.price_base_quantity,
        price_source: source(&found.source, bundle.as_ref().map(|bundle| bundle.id)),
        list_unit_price: found.list_unit_price.filter(|_| given),
        price_override_reason: input.price_override_reason.clone().filter(|_| given),
        discount_percent,
        // What is billed without a product has nothing that could be delivered.
        billing_policy: product.map_or(BillingPolicy::OnOrder, |product| product.billing_policy),
        net_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        tax_ids: taxes.ids,
        taxes: Vec::new(),
        unit_cost: found.unit_cost,
        section: None,
        choice: None,
        promise: None,
        document_discount: None,
        dimensions: input.dimensions.clone(),
        tax_rule_id: taxes.rule_id,
        determined_tax_ids: taxes.determined,
    };
    (line, found.trace)
}

/// The discount that an amount is of a line with this quantity, price and price base (QTE-07): documents keep it as a share, which is what limits are about.
pub(crate) fn discount_given(
    text: &AmountText,
    (quantity, unit_price, price_base_quantity): (Quantity, Price, Quantity),
    currency: Currency,
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> Option<Percent> {
    let off = money::amount(text, currency, pointer, errors)?;
    let found = discount_of(off, quantity, unit_price, price_base_quantity, currency).ok().flatten();
    if found.is_none() {
        let nearest = nearest_off(off, quantity, unit_price, price_base_quantity, currency).ok().flatten();
        let detail = match nearest {
            None => "must be from nothing to all of what the line comes to".to_owned(),
            Some((below, above)) => format!(
                "is no share of the line with six decimals, as which discounts are kept: the nearest are {} and {}; or give a unit_price that says what is meant",
                below.text(currency),
                above.text(currency)
            ),
        };
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    }
    found
}

/// The text of a line: its own, else its product's; a component says which bundle it is of.
fn description(input: &LineInput, product: Option<&products::Model>, bundle: Option<&products::Model>) -> String {
    let name = product.map(|product| product.name.clone()).unwrap_or_default();
    match bundle {
        Some(bundle) => format!("{}: {name}", input.description.as_deref().unwrap_or(&bundle.name)),
        None => input.description.clone().unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_master::pricing::service::PricedLine;
    use causeway_value::ProductId;

    #[test]
    fn wrong_fields_are_named_line_by_line() {
        let text = |description: Option<&str>| LineInput { description: description.map(str::to_owned), quantity: Quantity::ONE, ..LineInput::default() };
        let sold = LineInput { product_id: Some(ProductId::new()), discount_percent: Some(Percent(-1)), ..text(None) };
        let mut errors = Vec::new();
        check(&[text(Some("Freight")), text(None), text(Some(" ")), sold], &mut errors);
        let pointers: Vec<_> = errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/lines/1/description", "/lines/2/description", "/lines/3/discount_percent"]);
    }

    #[test]
    fn a_line_without_a_product_is_billed_on_order_and_has_no_taxes_of_its_own() {
        let input = LineInput {
            description: Some("Freight".to_owned()),
            quantity: Quantity::ONE,
            unit_price: Some(Price::ONE),
            price_override_reason: Some("agreed".to_owned()),
            ..LineInput::default()
        };
        let priced = PricedLine {
            product: None,
            unit: None,
            unit_price: Price::ONE,
            price_base_quantity: Quantity::ONE,
            source: PriceSource::Given,
            list_unit_price: None,
            override_percent: None,
            unit_cost: None,
            trace: Trace::default(),
        };
        let found = DocumentLine { input: 0, quantity: Quantity::ONE, priced, bundle: None };
        let mut errors = Vec::new();
        let (line, _) = line(&input, found, (&Taxation::default(), "EUR".parse().unwrap()), "/lines/0", &mut errors);
        assert_eq!((line.billing_policy, line.tax_ids, line.unit, errors), (BillingPolicy::OnOrder, Vec::new(), None, Vec::new()));
        assert_eq!((line.description.as_str(), line.price_source.as_str(), line.price_override_reason.as_deref()), ("Freight", "given", Some("agreed")));
    }
}
