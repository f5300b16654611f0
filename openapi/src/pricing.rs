//! What things cost whom and when: price lists with their rules, and exchange rates. The order of rules is in the rules page, "Price of a line".

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    CategoryId, CompanyId, Currency, Day, ExchangeRateId, Instant, PartyId, Percent, Price, PriceListId, PriceRuleId, ProductId, Quantity, Rate,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A list of price rules for some customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceList {
    /// Id.
    pub id: PriceListId,
    /// Always `price_list`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts every visible change; the ETag is `"v<version>"`.
    pub version: i64,
    /// Its code, unique in the tenant.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// The currency of its prices.
    pub currency: Currency,
    /// Among equally specific lists the higher priority wins.
    pub priority: i32,
    /// The first day it applies.
    pub valid_from: Option<Day>,
    /// The last day it applies.
    pub valid_to: Option<Day>,
    /// The only company whose documents it serves; null for every one.
    pub company_id: Option<CompanyId>,
    /// Whom it applies to besides the parties that name it.
    pub audience: Option<PriceAudience>,
    /// Whether it also serves documents in other currencies, converted at the document date's rate.
    pub convert: bool,
    /// Whether it applies at all.
    pub active: bool,
    /// Its rules.
    pub rules: Vec<PriceRule>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// Whom a price list applies to besides the parties that name it: exactly one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceAudience {
    /// This party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// All parties of this segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub segment: Option<String>,
    /// All customers of this company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// All customers of the tenant; only ever true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<bool>,
}

/// One rule of a price list. It covers a product, a category with all below it, or, without either, everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceRule {
    /// Id.
    pub id: PriceRuleId,
    /// The product it covers.
    pub product_id: Option<ProductId>,
    /// The category it covers.
    pub category_id: Option<CategoryId>,
    /// The least quantity, in the base unit of the product's unit: 1 dozen reaches 12.
    pub min_quantity: Quantity,
    /// Gives this price.
    pub price: Option<Price>,
    /// Takes this much off the list price.
    pub percent_off: Option<Percent>,
    /// Adds this to the list price.
    pub surcharge: Option<Price>,
    /// Gives the cost plus this much.
    pub cost_plus_percent: Option<Percent>,
    /// Rounds the price to a multiple of this.
    pub rounding_step: Option<Price>,
    /// Never goes below this margin.
    pub margin_floor_percent: Option<Percent>,
}

/// A rule as given: exactly one of `price`, `percent_off`, `surcharge` and `cost_plus_percent`; at most one of `product_id` and `category_id`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRuleInput {
    /// The product it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The category it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// The least quantity, in the base unit of the product's unit: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<Quantity>,
    /// Gives this price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Takes this much off the list price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<Percent>,
    /// Adds this to the list price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surcharge: Option<Price>,
    /// Gives the cost plus this much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_plus_percent: Option<Percent>,
    /// Rounds the price to a multiple of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding_step: Option<Price>,
    /// Never goes below this margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_floor_percent: Option<Percent>,
}

/// A new price list with its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePriceList {
    /// Its code, unique in the tenant.
    #[schema(max_length = 40)]
    pub code: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The currency of its prices.
    pub currency: Currency,
    /// Among equally specific lists the higher priority wins: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// The first day it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// The only company whose documents it serves: every one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// Whom it applies to besides the parties that name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<PriceAudience>,
    /// Whether it also serves documents in other currencies: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convert: Option<bool>,
    /// Its rules.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub rules: Vec<PriceRuleInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a price list. Rules are replaced as a whole and get new ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePriceList {
    /// Its name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Patch<String>,
    /// Among equally specific lists the higher priority wins.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = i32)]
    pub priority: Patch<i32>,
    /// The first day it applies.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub valid_from: Patch<Day>,
    /// The last day it applies.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub valid_to: Patch<Day>,
    /// Whom it applies to besides the parties that name it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PriceAudience>)]
    pub audience: Patch<PriceAudience>,
    /// Whether it also serves documents in other currencies.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub convert: Patch<bool>,
    /// Whether it applies at all.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// All its rules from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<PriceRuleInput>, max_items = 500)]
    pub rules: Patch<Vec<PriceRuleInput>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// What one unit of a currency is worth in another on a day. Rates never change; a later one for the same day is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExchangeRate {
    /// Id.
    pub id: ExchangeRateId,
    /// Always `exchange_rate`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts every visible change; the ETag is `"v<version>"`.
    pub version: i64,
    /// The currency that is valued.
    pub currency: Currency,
    /// The currency it is valued in.
    pub base: Currency,
    /// The first day it holds; it holds until the next one.
    pub date: Day,
    /// Units of `base` for one unit of `currency`.
    pub rate: Rate,
}

/// A new exchange rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateExchangeRate {
    /// The currency that is valued.
    pub currency: Currency,
    /// The currency it is valued in.
    pub base: Currency,
    /// The first day it holds.
    pub date: Day,
    /// Units of `base` for one unit of `currency`, more than zero.
    pub rate: Rate,
}

/// What the list of price lists offers.
pub const PRICE_LISTS: ListSpec = ListSpec {
    table: "price_lists",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "price_lists_code_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "price_lists_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "price_lists_code_key" }, Sort { name: "updated_at", index: "price_lists_updated_at" }],
    search: false,
    external_refs: true,
};

/// What the list of exchange rates offers.
pub const EXCHANGE_RATES: ListSpec = ListSpec {
    table: "exchange_rates",
    filters: &[
        Filter { name: "currency", kind: FilterKind::Word, index: "exchange_rates_currency_base_date_key" },
        Filter { name: "base", kind: FilterKind::Word, index: "exchange_rates_base" },
        Filter { name: "date", kind: FilterKind::Day, index: "exchange_rates_date" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "exchange_rates_updated_at" },
    ],
    sorts: &[Sort { name: "date", index: "exchange_rates_date" }, Sort { name: "updated_at", index: "exchange_rates_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{EXCHANGE_RATES, ExchangeRate, PRICE_LISTS, PriceList};
    use crate::pricing as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{ExchangeRateId, PriceListId};

    endpoints! {
        /// Lists price lists.
        Get "/v1/price-lists" ListPriceLists () Nothing => Page<PriceList>, price_lists:read, list PRICE_LISTS;
        /// Creates a price list.
        Post "/v1/price-lists" CreatePriceList () body::CreatePriceList => Created<PriceList>, price_lists:write;
        /// Reads a price list.
        Get "/v1/price-lists/{id}" GetPriceList (PriceListId) Nothing => Json<PriceList>, price_lists:read;
        /// Changes a price list.
        Patch "/v1/price-lists/{id}" UpdatePriceList (PriceListId) body::UpdatePriceList => Json<PriceList>, price_lists:write;
        /// Lists exchange rates.
        Get "/v1/exchange-rates" ListExchangeRates () Nothing => Page<ExchangeRate>, exchange_rates:read, list EXCHANGE_RATES;
        /// Creates an exchange rate.
        Post "/v1/exchange-rates" CreateExchangeRate () body::CreateExchangeRate => Created<ExchangeRate>, exchange_rates:write;
        /// Reads an exchange rate.
        Get "/v1/exchange-rates/{id}" GetExchangeRate (ExchangeRateId) Nothing => Json<ExchangeRate>, exchange_rates:read;
    }
}
