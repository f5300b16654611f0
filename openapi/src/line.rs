//! What the lines of quotes, orders and invoices share.

use causeway_value::{AmountText, Day, Percent, Price, ProductId, Quantity, TaxId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A line of a quote or order as given. It needs a product, or a description and a price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineInput {
    /// What is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The text on the document: the product's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How much, in the unit of the line. Negative lines give back.
    pub quantity: Quantity,
    /// The code of the unit of quantity and price: the product's when not given, or another of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub unit: Option<String>,
    /// An override of the price that the price lists give; null means theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// Why the price is overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub price_override_reason: Option<String>,
    /// The discount of this line: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The discount of this line as an amount off what it comes to at its price, instead of `discount_percent`, as which it is kept and held against limits.
    /// Not for a bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<AmountText>,
    /// The taxes, none when empty: those that product and tax rules determine when not given. Others are shown by the checks, and may need a second person
    /// (`quote_rules.tax_override`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
    /// The heading that it stands below. Lines that follow each other with the same one are a section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub section: Option<String>,
    /// When it is promised. Not together with `lead_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_date: Option<Day>,
    /// Days between the day of the order and delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// What it is looked at by: the code of a value by that of its dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// What one tax adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxAmount {
    /// The tax.
    pub tax_id: TaxId,
    /// What it is computed on.
    pub base: AmountText,
    /// What it adds, or holds when it is included.
    pub amount: AmountText,
}
