//! The lines of a draft.

use crate::invoice::Agreed;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms, products};
use causeway_kernel::Tx;
use causeway_master::account::Purpose;
use causeway_master::account::lookup::{Chart, chart};
use causeway_master::check;
use causeway_master::company::service::cash_rounding;
use causeway_master::dimension::service as dimension;
use causeway_master::pricing::amounts::{line_exact, line_net};
use causeway_master::tax::cash::round_total;
use causeway_master::tax::rules::{TaxAmount, TaxDef, TaxableLine, TaxedDocument, add_to_summary, compute_document};
use causeway_master::tax::store::{TaxDefs, tax_defs};
use causeway_master::tax::upfront::compute_discounted;
use causeway_master::tax_rule::determine::{Taxation, with_rules};
use causeway_master::term::rules::coin_total;
use causeway_openapi::invoice::InvoiceLineInput;
use causeway_value::{
    Account, AccountId, Amount, CashRounding, CashStrategy, CashUnit, Currency, Day, Direction, DiscountBase, DiscountPosting, DiscountTaxMode, EarlyDiscount,
    InvoiceId, InvoiceLineId, Json, Overflow, Percent, ProductId, ProductKind, Quantity, TaxEngine, TaxId, TaxStatus,
};
use std::collections::BTreeMap;

/// The lines of a draft with what they come to.
pub(crate) struct Draft {
    pub rows: Vec<invoice_lines::Model>,
    pub taxed: TaxedDocument,
    /// What a discount for paying early takes off the taxes of each line up front; no line without one.
    pub upfront: Vec<Vec<TaxAmount>>,
    /// How it is rounded and its discounts are booked.
    agreed: Agreed,
}

impl Draft {
    /// The document with what its lines come to, rounded and booked as was agreed; what is to be paid is rounded as its company does now, of a document with
    /// installments as these are of its term.
    ///
    /// # Errors
    /// `amount_overflow`; a fixed installment that is no amount of the currency.
    pub(super) fn on(
        &mut self,
        row: invoices::Model,
        (company, term): (&companies::Model, Option<&payment_terms::Model>),
        currency: Currency,
    ) -> Result<invoices::Model, Problem> {
        let rule = cash_rounding(company, currency).filter(|_| row.direction == Direction::Sale);
        let waits = self.asks_engine(company, row.direction);
        let expected = Some(self.taxed.tax).filter(|tax| waits && !tax.is_zero());
        if waits {
            self.drop_taxes();
        }
        // What is deducted was rounded by itself: nothing is left to be kept of a price that is paid already.
        let mut rounding = if self.taxed.total.plus(self.taxed.rounding)? < Amount::ZERO { Amount::ZERO } else { self.taxed.rounding };
        self.taxed.rounding = rounding;
        let exact = self.taxed.total.plus(rounding)?;
        if let Some(rule) = rule.filter(|_| !waits) {
            let payable = in_coins(exact, currency, rule, term)?;
            rounding = rounding.plus(rounded(&mut self.taxed, &mut self.rows, payable, rule.strategy)?)?;
        }
        let total = self.taxed.total.plus(rounding)?;
        Ok(invoices::Model {
            untaxed_amount: self.taxed.untaxed,
            tax_amount: self.taxed.tax,
            rounding_amount: Some(rounding).filter(|amount| !amount.is_zero()),
            coin_difference: Some(total.minus(exact)?).filter(|amount| !amount.is_zero()),
            total_amount: total,
            open_amount: total,
            taxes: Json(self.taxed.taxes.clone()),
            tax_rounding: self.agreed.rounding,
            tax_step: self.agreed.step,
            discount_posting: Some(self.agreed.posting),
            cash_rounding: rule.cloned().map(Json),
            tax_status: waits.then_some(TaxStatus::Pending),
            tax_reference: None,
            tax_handovers: None,
            expected_tax_amount: expected,
            // Asking for the taxes is a version of its own.
            version: row.version + i64::from(waits),
            ..row
        })
    }

    /// Whether an external engine computes its taxes (BIL-15). What deducts a down payment ends what began with the company's own taxes, and keeps them.
    fn asks_engine(&self, company: &companies::Model, direction: Direction) -> bool {
        company.tax_engine == Some(TaxEngine::External) && direction == Direction::Sale && self.rows.iter().all(|row| row.deducted_line_id.is_none())
    }

    /// What it comes to as a draft: with its taxes, or without those that an engine has yet to compute.
    pub(super) fn worth(&self, company: &companies::Model, direction: Direction) -> Amount {
        if self.asks_engine(company, direction) { self.taxed.untaxed } else { self.taxed.total }
    }

    /// Adds these taxes to those of its first lines, which have them already.
    ///
    /// # Errors
    /// [`Overflow`] when an amount does not fit.
    pub(crate) fn add_taxes(&mut self, more: &[Vec<TaxAmount>]) -> Result<(), Overflow> {
        for ((row, line), more) in self.rows.iter_mut().zip(&mut self.taxed.lines).zip(more) {
            for tax in more {
                if let Some(own) = line.taxes.iter_mut().find(|own| own.tax_id == tax.tax_id) {
                    own.base = own.base.plus(tax.base)?;
                    own.amount = own.amount.plus(tax.amount)?;
                }
                add_to_summary(&mut self.taxed.taxes, *tax)?;
                self.taxed.tax = self.taxed.tax.plus(tax.amount)?;
            }
            line.tax = Amount::sum(line.taxes.iter().map(|tax| tax.amount))?;
            line.total = line.net.plus(line.tax)?;
            row.tax_amount = line.tax;
            row.taxes = Json(line.taxes.clone());
        }
        self.taxed.total = self.taxed.untaxed.plus(self.taxed.tax)?;
        Ok(())
    }

    /// Leaves the nets: a price that holds taxes is worth what those of its line leave of it.
    fn drop_taxes(&mut self) {
        for row in &mut self.rows {
            row.tax_amount = Amount::ZERO;
            row.taxes = Json(Vec::new());
        }
        self.taxed.taxes = Vec::new();
        self.taxed.tax = Amount::ZERO;
        self.taxed.total = self.taxed.untaxed;
        self.taxed.rounding = Amount::ZERO;
    }
}

/// What the lines of a company's documents need to know.
pub(super) struct Sources {
    pub products: BTreeMap<ProductId, products::Model>,
    pub taxes: TaxDefs,
    pub chart: Chart,
}

/// Whose lines they are.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub id: InvoiceId,
    pub company: &'a companies::Model,
    pub direction: Direction,
    pub currency: Currency,
    /// The discount for paying early that was agreed.
    pub early_discount: Option<&'a EarlyDiscount>,
    /// How it is rounded and its discounts are booked.
    pub agreed: Agreed,
}

/// Who gets a document, and the day on which its taxes are determined.
#[derive(Clone, Copy)]
pub(super) struct Buyer<'a> {
    pub party: &'a parties::Model,
    pub day: Day,
}

/// The lines of these billables, and after them the free ones, with their taxes. Answers the company's taxes, too.
///
/// # Errors
/// Every wrong field of the free lines; `account_missing`; `amount_overflow`.
pub(super) async fn draft(
    tx: &mut Tx<'_>,
    document: Document<'_>,
    billables: &[billables::Model],
    (free, buyer): (&[InvoiceLineInput], Buyer<'_>),
    mut errors: Vec<FieldError>,
) -> Result<(Draft, TaxDefs), Problem> {
    let sources = sources(tx, document.company, billables, free, &mut errors).await?;
    let mut lines = Vec::with_capacity(billables.len() + free.len());
    for billable in billables {
        lines.push(billed_line(tx, &sources, document, billable)?);
    }
    // Rules say what we charge: what others charge us stands on their paper.
    let taxation = if free.is_empty() {
        Taxation::default()
    } else if document.direction == Direction::Purchase {
        Taxation::without_rules(sources.taxes.clone())
    } else {
        with_rules(tx, sources.taxes.clone(), document.company, buyer.party, buyer.day).await?
    };
    for (index, input) in free.iter().enumerate() {
        if let Some(line) = free_line(tx, (&sources, &taxation), document, (index, input), &mut errors)? {
            lines.push(line);
        }
    }
    dimension::check_lines(tx, document.company.id, free.iter().map(|line| &line.dimensions).enumerate(), &mut errors).await?;
    check::finish(errors)?;
    let taxed = taxed(document, lines).map_err(|problem| match problem.code {
        Code::AmountOverflow => Problem::field(Code::AmountOverflow, "/lines", "come to more than an amount can be: use smaller quantities or prices"),
        _ => problem,
    })?;
    Ok((taxed, sources.taxes))
}

/// The lines of these billables, from what was read before.
///
/// # Errors
/// `account_missing`; `amount_overflow`.
pub(super) fn billed(tx: &Tx<'_>, sources: &Sources, document: Document<'_>, billables: &[billables::Model]) -> Result<Draft, Problem> {
    let lines = billables.iter().map(|billable| billed_line(tx, sources, document, billable)).collect::<Result<Vec<_>, _>>()?;
    taxed(document, lines)
}

/// Lines with their places, nets and taxes.
pub(super) fn taxed(document: Document<'_>, lines: Vec<(invoice_lines::Model, TaxableLine)>) -> Result<Draft, Problem> {
    let (mut rows, taxable): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
    let policy = document.agreed.policy();
    let discounts = if document.agreed.posting == DiscountPosting::DiscountAccount {
        Some(compute_document(&undiscounted(&rows, &taxable, document.currency)?, policy, document.currency)?)
    } else {
        None
    };
    let full = compute_document(&taxable, policy, document.currency)?;
    let (taxed, upfront) = match document.early_discount.filter(|agreed| agreed.tax_mode == DiscountTaxMode::Upfront) {
        Some(agreed) => {
            let lowered = compute_discounted(&full, &taxable, agreed.percent, policy, document.currency)?;
            let upfront = full.lines.iter().zip(&lowered.lines).map(|(full, low)| less(&full.taxes, &low.taxes)).collect::<Result<_, _>>()?;
            (lowered, upfront)
        }
        None => (full, Vec::new()),
    };
    for ((position, row), line) in (1..).zip(&mut rows).zip(&taxed.lines) {
        row.invoice_id = document.id;
        row.position = position;
        row.net_amount = line.net;
        row.tax_amount = line.tax;
        row.taxes = Json(line.taxes.clone());
        row.tax_details = None;
    }
    for (row, full) in rows.iter_mut().zip(discounts.map(|full| full.lines).unwrap_or_default()) {
        // A part of a line may miss its own price by the smallest amount without being discounted.
        row.discount_amount = if row.discount_percent == Percent::ZERO { None } else { Some(full.net.minus(row.net_amount)?) };
    }
    Ok(Draft { rows, taxed, upfront, agreed: document.agreed })
}

/// What each tax has more than the same one of `others`.
fn less(taxes: &[TaxAmount], others: &[TaxAmount]) -> Result<Vec<TaxAmount>, Overflow> {
    let mut more = Vec::with_capacity(taxes.len());
    for tax in taxes {
        if let Some(other) = others.iter().find(|other| other.tax_id == tax.tax_id) {
            more.push(TaxAmount { tax_id: tax.tax_id, base: tax.base.minus(other.base)?, amount: tax.amount.minus(other.amount)? });
        }
    }
    Ok(more)
}

/// The lines without their discounts.
fn undiscounted(rows: &[invoice_lines::Model], lines: &[TaxableLine], currency: Currency) -> Result<Vec<TaxableLine>, Overflow> {
    let full = |(row, line): (&invoice_lines::Model, &TaxableLine)| {
        let amount = line_net(row.quantity, row.unit_price, row.price_base_quantity, Percent::ZERO, Percent::ZERO, currency)?;
        let exact = line_exact(row.quantity, row.unit_price, row.price_base_quantity, Percent::ZERO, Percent::ZERO, currency).ok();
        Ok(TaxableLine { amount, exact, total_discount: Percent::ZERO, ..line.clone() })
    };
    rows.iter().zip(lines).map(full).collect()
}

/// Rounds what is to be paid; the lines follow when a tax takes the difference.
fn rounded(taxed: &mut TaxedDocument, rows: &mut [invoice_lines::Model], payable: Amount, strategy: CashStrategy) -> Result<Amount, Overflow> {
    let rounding = round_total(taxed, payable, strategy)?;
    for (row, line) in rows.iter_mut().zip(&taxed.lines) {
        row.tax_amount = line.tax;
        row.taxes = Json(line.taxes.clone());
    }
    Ok(rounding)
}

/// What is to be paid of `exact` in the coins that there are: the total in them, or the sum of the installments of which each is.
///
/// # Errors
/// As for the installments of the term; `amount_overflow`.
pub(in crate::invoice) fn in_coins(exact: Amount, currency: Currency, rule: &CashRounding, term: Option<&payment_terms::Model>) -> Result<Amount, Problem> {
    let Some(coins) = rule.coins(currency) else { return Ok(exact) };
    match term.filter(|_| rule.per == CashUnit::Installment) {
        Some(term) => coin_total(exact, currency, &term.installments.0, coins),
        None => Ok(coins.round(exact)?),
    }
}

pub(super) async fn sources(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    billables: &[billables::Model],
    free: &[InvoiceLineInput],
    errors: &mut Vec<FieldError>,
) -> Result<Sources, Problem> {
    let billed = (0..).zip(billables).filter_map(|(index, row): (usize, _)| row.product_id.map(|id| (id, format!("/billable_ids/{index}"))));
    let given = (0..).zip(free).filter_map(|(index, line): (usize, _)| line.product_id.map(|id| (id, format!("/lines/{index}/product_id"))));
    let wanted: Vec<_> = billed.chain(given).collect();
    let products = check::named_all::<products::Entity, _>(tx, products::Column::Id, |row| row.id, &wanted, errors).await?;
    let taxes = tax_defs(tx, company.id).await?;
    let ids: Vec<AccountId> = free.iter().filter_map(|line| line.account_id).chain(taxes.sales_accounts()).collect();
    let codes: Vec<String> = products.values().filter_map(|product| product.revenue_account_code.clone()).collect();
    let own = billables.iter().filter_map(|billable| billable.account_code.clone());
    let mut codes: Vec<String> = codes.into_iter().chain(own).collect();
    codes.sort_unstable();
    codes.dedup();
    let chart = chart(tx, company.id, &ids, &codes).await?;
    Ok(Sources { products, taxes, chart })
}

impl Sources {
    /// Where the net of a line goes: to the account of what is sold with its taxes, else to its product's, else to the company's for the kind of product.
    fn account(&self, direction: Direction, tax_ids: &[TaxId], own_code: Option<&str>, product: Option<&products::Model>) -> Result<AccountId, Problem> {
        if direction == Direction::Purchase {
            return self.chart.purpose(Purpose::Expense);
        }
        if let Some(id) = self.taxes.sales_account_id(tax_ids) {
            return self.chart.of_sales(id);
        }
        let code = own_code.or_else(|| product.and_then(|product| product.revenue_account_code.as_deref()));
        let purpose = match product.map(|product| product.kind) {
            None | Some(ProductKind::Goods | ProductKind::Bundle) => Purpose::Revenue,
            Some(ProductKind::Service | ProductKind::Subscription | ProductKind::Usage) => Purpose::ServiceRevenue,
        };
        self.chart.code_or(code, purpose)
    }
}

/// A line before it has a place, net and taxes.
pub(crate) fn blank(tx: &Tx<'_>, account_id: AccountId) -> invoice_lines::Model {
    invoice_lines::Model {
        tenant_id: tx.tenant(),
        id: InvoiceLineId::new(),
        invoice_id: InvoiceId::new(),
        position: 0,
        billable_id: None,
        order_line_id: None,
        credited_line_id: None,
        product_id: None,
        account_id,
        description: String::new(),
        quantity: Quantity::ZERO,
        unit: None,
        unit_price: causeway_value::Price(0),
        price_base_quantity: Quantity::ONE,
        discount_percent: Percent::ZERO,
        net_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        tax_ids: Json(Vec::new()),
        taxes: Json(Vec::new()),
        credited_quantity: Quantity::ZERO,
        credited_amount: Amount::ZERO,
        credited_taxes: Json(Vec::new()),
        deducted_line_id: None,
        total_discount_percent: None,
        discount_amount: None,
        credited_discount_amount: None,
        dimensions: None,
        tax_details: None,
        total_discount_base: None,
    }
}

fn billed_line(tx: &Tx<'_>, sources: &Sources, document: Document<'_>, billable: &billables::Model) -> Result<(invoice_lines::Model, TaxableLine), Problem> {
    let product = billable.product_id.and_then(|id| sources.products.get(&id));
    let account_id = sources.account(document.direction, &billable.tax_ids.0, billable.account_code.as_deref(), product)?;
    let row = invoice_lines::Model {
        billable_id: Some(billable.id),
        order_line_id: billable.order_line_id,
        product_id: billable.product_id,
        description: billable.description.clone(),
        quantity: billable.quantity,
        unit: billable.unit.clone(),
        unit_price: billable.unit_price,
        price_base_quantity: billable.price_base_quantity,
        discount_percent: billable.discount_percent,
        tax_ids: billable.tax_ids.clone(),
        total_discount_percent: billable.total_discount_percent,
        total_discount_base: billable.total_discount_base,
        dimensions: billable.dimensions.clone(),
        ..blank(tx, account_id)
    };
    let line = billed_amount(&row, billable.price_amount, sources.taxes.flat(&billable.tax_ids.0), billable.currency);
    Ok((row, line))
}

/// A line of so much of what is billed. Where that is its quantity times its price, it is known before it is rounded, too.
pub(super) fn billed_amount(row: &invoice_lines::Model, amount: Amount, taxes: Vec<TaxDef>, currency: Currency) -> TaxableLine {
    let total_discount = row.total_discount_percent.unwrap_or_default();
    let discount_base = row.total_discount_base.unwrap_or(DiscountBase::TotalAmount);
    // What is off the total is in the discount of the line, too, and comes off later.
    let exact = line_exact(row.quantity, row.unit_price, row.price_base_quantity, row.discount_percent, Percent::ZERO, currency);
    let exact = exact.and_then(|exact| exact.before(total_discount)).ok().flatten().filter(|exact| exact.rounded() == Ok(amount));
    TaxableLine { amount, exact, quantity: row.quantity, taxes, total_discount, discount_base }
}

fn free_line(
    tx: &Tx<'_>,
    (sources, taxation): (&Sources, &Taxation),
    document: Document<'_>,
    (index, input): (usize, &InvoiceLineInput),
    errors: &mut Vec<FieldError>,
) -> Result<Option<(invoice_lines::Model, TaxableLine)>, Problem> {
    let before = errors.len();
    let at = |field: &str| format!("/lines/{index}/{field}");
    let product = input.product_id.and_then(|id| sources.products.get(&id));
    let description = input.description.clone().or_else(|| product.map(|product| product.name.clone()));
    if input.product_id.is_none() && description.as_deref().is_none_or(|text| text.trim().is_empty()) {
        errors.push(FieldError::pointer(Code::Required, at("description"), "is required without a product"));
    }
    let discount = input.discount_percent.unwrap_or_default();
    if !(Percent::ZERO..=Percent::WHOLE).contains(&discount) {
        errors.push(FieldError::pointer(Code::InvalidValue, at("discount_percent"), "must be from 0 to 100"));
    }
    let tax_ids = taxation.of_line(input.tax_ids.as_deref(), product, &format!("/lines/{index}"), errors).ids;
    match input.account_id.map(|id| sources.chart.get(id)) {
        Some(None) => errors.push(check::unknown::<Account>(at("account_id"), "company")),
        Some(Some(account)) => errors.extend(Chart::refusal_of_document(account, &at("account_id"))),
        None => {}
    }
    if errors.len() > before {
        return Ok(None);
    }
    let account_id = match input.account_id {
        Some(id) => id,
        None => sources.account(document.direction, &tax_ids, None, product)?,
    };
    let amount = line_net(input.quantity, input.unit_price, Quantity::ONE, discount, Percent::ZERO, document.currency);
    let Ok(amount) = amount.and_then(|amount| amount.within(document.currency)) else {
        errors.push(FieldError::pointer(Code::AmountOverflow, at("unit_price"), "times the quantity is more than an amount can be"));
        return Ok(None);
    };
    let row = invoice_lines::Model {
        product_id: input.product_id,
        description: description.unwrap_or_default(),
        quantity: input.quantity,
        unit: product.map(|product| product.unit.clone()),
        unit_price: input.unit_price,
        discount_percent: discount,
        tax_ids: Json(tax_ids.clone()),
        dimensions: dimension::stored(&input.dimensions),
        ..blank(tx, account_id)
    };
    let line = billed_amount(&row, amount, sources.taxes.flat(&tax_ids), document.currency);
    Ok(Some((row, line)))
}
