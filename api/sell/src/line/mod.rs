//! The lines of quotes and orders: how they are priced, what they come to, and how they are shown.
//!
//! What it is: the one place of this arithmetic (rules, "Price of a line"); a quote and an order of the same lines come to the same amounts. Invariants:
//! the lines add up to their document, per tax and in total; a line keeps everything that its amounts follow from, so that they can be computed again.
//! What it is not: no choice of prices or taxes (that is `master`), no document.

pub mod amounts;
pub(crate) mod bundle;
pub mod explain;
pub mod offer;
pub mod price;
pub mod print;
pub mod view;

use causeway_entity::TaxAmount;
use causeway_entity::sell::{order_lines, quote_lines};
use causeway_master::dimension::service::stored;
use causeway_value::{
    Amount, BillingPolicy, Dimensions, Json, OrderId, OrderLineId, Percent, Price, ProductId, Quantity, QuoteId, QuoteLineId, TaxId, TaxRuleId, TenantId,
};
use offer::{Choice, Promise};

/// A line, priced. Its amounts are those of its document's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is sold.
    pub product_id: Option<ProductId>,
    /// The text on the document.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of `price_base_quantity` units, before discounts.
    pub unit_price: Price,
    /// How many units price and cost are for.
    pub price_base_quantity: Quantity,
    /// Which rule gave the price.
    pub price_source: String,
    /// What the lists give, when the price was overridden.
    pub list_unit_price: Option<Price>,
    /// Why it was.
    pub price_override_reason: Option<String>,
    /// The line's own discount.
    pub discount_percent: Percent,
    /// What makes it billable.
    pub billing_policy: BillingPolicy,
    /// Without tax, after both discounts.
    pub net_amount: Amount,
    /// The tax.
    pub tax_amount: Amount,
    /// Its taxes, groups as they were given.
    pub tax_ids: Vec<TaxId>,
    /// The tax by tax, groups replaced by their members.
    pub taxes: Vec<TaxAmount>,
    /// What `price_base_quantity` units cost us, when that is known.
    pub unit_cost: Option<Price>,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// The option of its quote that it belongs to; none for what comes in any case.
    pub choice: Option<Choice>,
    /// What is promised for it alone.
    pub promise: Option<Promise>,
    /// What it is looked at by.
    pub dimensions: Dimensions,
    /// The document's discount that it keeps; none for that which the document has now.
    pub document_discount: Option<Percent>,
    /// The tax rule that determined its taxes; none when they are the product's or were given.
    pub tax_rule_id: Option<TaxRuleId>,
    /// What product and tax rules determine, when other taxes were given.
    pub determined_tax_ids: Option<Vec<TaxId>>,
}

impl Line {
    /// Whether it is part of what its document comes to.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.choice.is_none_or(|choice| choice.chosen)
    }

    /// The document's discount as it applies to this line.
    #[must_use]
    pub fn document_discount(&self, of_document: Percent) -> Percent {
        self.document_discount.unwrap_or(of_document)
    }

    /// Whether its taxes are not those that product and tax rules determine. Of what comes to nothing there is no tax.
    #[must_use]
    pub fn taxed_otherwise(&self) -> bool {
        self.determined_tax_ids.is_some() && !self.net_amount.is_zero()
    }

    /// Whether it has no tax and no tax rule says so.
    #[must_use]
    pub fn untaxed(&self) -> bool {
        self.tax_ids.is_empty() && self.tax_rule_id.is_none() && !self.net_amount.is_zero()
    }

    /// The row of a quote's line.
    #[must_use]
    pub fn quote_row(self, tenant_id: TenantId, quote_id: QuoteId, position: i64) -> quote_lines::Model {
        quote_lines::Model {
            tenant_id,
            id: QuoteLineId::new(),
            quote_id,
            position,
            product_id: self.product_id,
            description: self.description,
            quantity: self.quantity,
            unit: self.unit,
            unit_price: self.unit_price,
            price_base_quantity: self.price_base_quantity,
            price_source: self.price_source,
            list_unit_price: self.list_unit_price,
            price_override_reason: self.price_override_reason,
            discount_percent: self.discount_percent,
            billing_policy: self.billing_policy,
            net_amount: self.net_amount,
            tax_amount: self.tax_amount,
            tax_ids: Json(self.tax_ids),
            taxes: Json(self.taxes),
            unit_cost: self.unit_cost,
            section: self.section,
            option_number: self.choice.map(|choice| i64::from(choice.option)),
            chosen: self.choice.map(|choice| choice.chosen),
            promised_date: self.promise.and_then(Promise::date),
            lead_days: self.promise.and_then(Promise::lead_days).map(i64::from),
            dimensions: stored(&self.dimensions),
            tax_rule_id: self.tax_rule_id,
            determined_tax_ids: self.determined_tax_ids.map(Json),
        }
    }

    /// The row of an order's line.
    #[must_use]
    pub fn order_row(self, tenant_id: TenantId, order_id: OrderId, position: i64) -> order_lines::Model {
        order_lines::Model {
            tenant_id,
            id: OrderLineId::new(),
            order_id,
            position,
            product_id: self.product_id,
            description: self.description,
            quantity: self.quantity,
            unit: self.unit,
            unit_price: self.unit_price,
            price_base_quantity: self.price_base_quantity,
            price_source: self.price_source,
            list_unit_price: self.list_unit_price,
            price_override_reason: self.price_override_reason,
            discount_percent: self.discount_percent,
            billing_policy: self.billing_policy,
            net_amount: self.net_amount,
            tax_amount: self.tax_amount,
            tax_ids: Json(self.tax_ids),
            taxes: Json(self.taxes),
            unit_cost: self.unit_cost,
            kept_quantity: None,
            amendment: None,
            replaces_line_id: None,
            promised_date: self.promise.and_then(Promise::date),
            section: self.section,
            document_discount_percent: self.document_discount,
            dimensions: stored(&self.dimensions),
            tax_rule_id: self.tax_rule_id,
            determined_tax_ids: self.determined_tax_ids.map(Json),
        }
    }
}

impl From<&quote_lines::Model> for Line {
    fn from(row: &quote_lines::Model) -> Self {
        Self {
            product_id: row.product_id,
            description: row.description.clone(),
            quantity: row.quantity,
            unit: row.unit.clone(),
            unit_price: row.unit_price,
            price_base_quantity: row.price_base_quantity,
            price_source: row.price_source.clone(),
            list_unit_price: row.list_unit_price,
            price_override_reason: row.price_override_reason.clone(),
            discount_percent: row.discount_percent,
            billing_policy: row.billing_policy,
            net_amount: row.net_amount,
            tax_amount: row.tax_amount,
            tax_ids: row.tax_ids.0.clone(),
            taxes: row.taxes.0.clone(),
            unit_cost: row.unit_cost,
            section: row.section.clone(),
            choice: Choice::stored(row.option_number, row.chosen),
            promise: Promise::stored(row.promised_date, row.lead_days),
            document_discount: None,
            dimensions: row.dimensions.clone().unwrap_or_default().0,
            tax_rule_id: row.tax_rule_id,
            determined_tax_ids: row.determined_tax_ids.clone().map(|ids| ids.0),
        }
    }
}

impl From<&order_lines::Model> for Line {
    fn from(row: &order_lines::Model) -> Self {
        Self {
            product_id: row.product_id,
            description: row.description.clone(),
            // What stands of it: that is what it comes to.
            quantity: row.kept_quantity.unwrap_or(row.quantity),
            unit: row.unit.clone(),
            unit_price: row.unit_price,
            price_base_quantity: row.price_base_quantity,
            price_source: row.price_source.clone(),
            list_unit_price: row.list_unit_price,
            price_override_reason: row.price_override_reason.clone(),
            discount_percent: row.discount_percent,
            billing_policy: row.billing_policy,
            net_amount: row.net_amount,
            tax_amount: row.tax_amount,
            tax_ids: row.tax_ids.0.clone(),
            taxes: row.taxes.0.clone(),
            unit_cost: row.unit_cost,
            section: row.section.clone(),
            choice: None,
            promise: row.promised_date.map(Promise::On),
            document_discount: row.document_discount_percent,
            dimensions: row.dimensions.clone().unwrap_or_default().0,
            tax_rule_id: row.tax_rule_id,
            determined_tax_ids: row.determined_tax_ids.clone().map(|ids| ids.0),
        }
    }
}

/// One of a thing for one, without discounts, taxes and cost.
#[cfg(test)]
pub(crate) fn plain_line() -> Line {
    Line {
        product_id: None,
        description: "Chai".to_owned(),
        quantity: Quantity::ONE,
        unit: None,
        unit_price: Price::ONE,
        price_base_quantity: Quantity::ONE,
        price_source: "given".to_owned(),
        list_unit_price: None,
        price_override_reason: None,
        discount_percent: Percent::ZERO,
        billing_policy: BillingPolicy::OnOrder,
        net_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        tax_ids: Vec::new(),
        taxes: Vec::new(),
        unit_cost: None,
        section: None,
        choice: None,
        promise: None,
        document_discount: None,
        dimensions: Dimensions::new(),
        tax_rule_id: None,
        determined_tax_ids: None,
    }
}
