//! What things cost whom and when: price lists with their rules, and exchange rates. The order of rules is in the rules page, "Price of a line".

use crate::object::{Explanation, ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AmountText, CategoryId, CompanyId, Currency, Day, ExchangeRateId, Instant, PartyId, Percent, Price, PriceListId, PriceRuleId, ProductId, Quantity, Rate,
    RateFile,
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
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
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
    /// The price list whose price `percent_off` and `surcharge` change, instead of the product's own list price.
    pub base_price_list_id: Option<PriceListId>,
    /// Gives the cost plus this much.
    pub cost_plus_percent: Option<Percent>,
    /// Rounds the price to a multiple of this.
    pub rounding_step: Option<Price>,
    /// Never goes below this margin.
    pub margin_floor_percent: Option<Percent>,
}

/// A rule as given: exactly one of `price`, `percent_off`, `surcharge` and `cost_plus_percent`; at most one of `product_id` and `category_id`.
/// No two of one list are for the same goods from the same quantity, unless they start from different lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRuleInput {
    /// The product it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The category it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// The least quantity, in the base unit of the product's unit: 0 when not given. A rule holds until the quantity of the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<Quantity>,
    /// Gives this price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Takes this much off the list price; a negative share raises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<Percent>,
    /// Adds this to the list price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surcharge: Option<Price>,
    /// The price list whose price `percent_off` and `surcharge` change, whomever it is for: the product's own list price when not given, or when that list
    /// has none. While that list is not active, or not valid on the day, the rule does not apply. A list is never based on itself, through others neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_price_list_id: Option<PriceListId>,
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

/// A new price list with the rules of another. One of the same priority that shares days with it would tie with it: it is not active until you say so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyPriceList {
    /// The code of the new list.
    #[schema(max_length = 40)]
    pub code: String,
    /// Its name: the other's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The first day it applies; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day it applies; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// Its priority: the other's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
}

/// Rules of a price list as CSV. The first line names the columns: `product_code` (empty for every product) and those of a rule, `min_quantity`, `price`,
/// `percent_off`, `surcharge`, `cost_plus_percent`, `rounding_step`, `margin_floor_percent`. Each line gives exactly one of the prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPriceRules {
    /// The file, with commas and a line per rule, at most 2,000 of them.
    #[schema(format = "file", max_length = 1_000_000)]
    pub content: String,
    /// Whether the rules that are there stay in front of these: false when not given, so that these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub append: Option<bool>,
}

/// Whose price of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceQuery {
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The product.
    pub product_id: ProductId,
    /// How much: 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The code of the unit: the product's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub unit: Option<String>,
    /// The currency: the party's or the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The day whose price lists and rates hold: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
}

/// What a customer would pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerPrice {
    /// Always `customer_price`.
    pub object: String,
    /// The product.
    pub product_id: ProductId,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of `price_base_quantity` units, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// Its currency.
    pub currency: Currency,
    /// The day whose price lists and rates hold.
    pub date: Day,
    /// Which rule gave it: the id of a price rule, or `list_price`.
    pub source: String,
    /// Every list and rule that was looked at, and why it lost.
    pub explain: Explanation,
}

/// What one unit of a currency is worth in another on a day. There is one for a pair and a day; a mistyped one is corrected, and what was booked with it stays.
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
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The currency that is valued.
    pub currency: Currency,
    /// The currency it is valued in.
    pub base: Currency,
    /// The first day it holds; it holds until the next one.
    pub date: Day,
    /// Units of `base` for one unit of `currency`.
    pub rate: Rate,
    /// Why it is not what was quoted first; null for one that was never corrected.
    pub correction_reason: Option<String>,
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

/// Corrects an exchange rate that was mistyped. Pair and day stay: a rate of another day is another rate. Documents, payments and postings keep the rate that
/// they were made with; what is converted from now on, reports of earlier days included, takes the right one. So a rate of a day that any company has locked needs
/// `ledger:lock`, too; rates that were missing may be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateExchangeRate {
    /// Units of `base` for one unit of `currency`, more than zero.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Rate)]
    pub rate: Patch<Rate>,
    /// Why the rate is corrected: required together with another `rate`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub correction_reason: Patch<String>,
}

/// A file of reference rates as the European Central Bank publishes it, daily or historical: `eurofxref.csv`, `eurofxref-hist.csv`, or their XML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportExchangeRates {
    /// The form of the file.
    pub format: RateFile,
    /// The file.
    #[schema(format = "file", max_length = 1_000_000)]
    pub content: String,
    /// The first day to take over: the file's first when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day to take over: the file's last when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Why rates that are there with another value, in either direction, are corrected to the file's: they stay as they are when not given, and of locked days
    /// without `ledger:lock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub correction_reason: Option<String>,
}

/// What became of a file of rates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedExchangeRates {
    /// Always `exchange_rate_import`.
    pub object: String,
    /// Rates of the days that were asked for.
    pub read: i32,
    /// Those that are new.
    pub created: i32,
    /// Those that were there already.
    pub unchanged: i32,
    /// Those that were there with another value and were corrected, because `correction_reason` was given.
    pub corrected: i32,
    /// Those that are there with another value, in either direction, which stays: correct them one by one, or send the file again with a `correction_reason`.
    pub differing: i32,
    /// The first 50 of these.
    pub conflicts: Vec<RateConflict>,
}

/// A rate that a file says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateConflict {
    /// The rate that is there.
    pub exchange_rate_id: ExchangeRateId,
    /// The currency that is valued.
    pub currency: Currency,
    /// The currency it is valued in.
    pub base: Currency,
    /// The day.
    pub date: Day,
    /// What it says.
    pub stored: Rate,
    /// What the file says, in that direction.
    pub given: Rate,
}

/// What to convert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertQuery {
    /// The amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// Its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Currency>,
    /// The currency wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Currency>,
    /// The day whose rate holds: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// The company whose today it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
}

/// An amount in another currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Converted {
    /// Always `conversion`.
    pub object: String,
    /// The amount.
    pub amount: AmountText,
    /// Its currency.
    pub from: Currency,
    /// The other currency.
    pub to: Currency,
    /// The day whose rate holds.
    pub date: Day,
    /// What it comes to.
    pub result: AmountText,
    /// The quotes that it comes from, each as it was quoted.
    pub explain: Explanation,
}

/// What the list of price lists offers.
pub const PRICE_LISTS: ListSpec = ListSpec {
    table: "price_lists",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "price_lists_code_key" },
        Filter { name: "party_id", kind: FilterKind::Inside { prefix: "pty", field: "audience", column: "audience_id" }, index: "price_lists_audience_id" },
        Filter { name: "currency", kind: FilterKind::Word, index: "price_lists_currency" },
        Filter { name: "active", kind: FilterKind::YesNo, index: "price_lists_active" },
        Filter { name: "valid_from", kind: FilterKind::Day, index: "price_lists_valid_from" },
        Filter { name: "valid_to", kind: FilterKind::Day, index: "price_lists_valid_to" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "price_lists_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "price_lists_code_key" }, Sort { name: "updated_at", index: "price_lists_updated_at" }],
    search: true,
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
    use super::{Converted, CustomerPrice, EXCHANGE_RATES, ExchangeRate, ImportedExchangeRates, PRICE_LISTS, PriceList};
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
        /// Makes a new price list with the rules, audience and currency of this one.
        Post "/v1/price-lists/{id}/copy" CopyPriceList (PriceListId) body::CopyPriceList => Created<PriceList>, price_lists:write;
        /// Takes over the rules of a CSV file; every wrong line is named, and then nothing is taken over.
        Post "/v1/price-lists/{id}/import" ImportPriceRules (PriceListId) body::ImportPriceRules => Json<PriceList>, price_lists:write;
        /// Tells what a customer would pay for a product, and why; nothing is stored.
        Get "/v1/prices" GetPrice () Nothing => Json<CustomerPrice>, price_lists:read, query body::PriceQuery;
        /// Lists exchange rates.
        Get "/v1/exchange-rates" ListExchangeRates () Nothing => Page<ExchangeRate>, exchange_rates:read, list EXCHANGE_RATES;
        /// Creates an exchange rate.
        Post "/v1/exchange-rates" CreateExchangeRate () body::CreateExchangeRate => Created<ExchangeRate>, exchange_rates:write;
        /// Reads an exchange rate.
        Get "/v1/exchange-rates/{id}" GetExchangeRate (ExchangeRateId) Nothing => Json<ExchangeRate>, exchange_rates:read;
        /// Corrects an exchange rate that was mistyped; what was booked with it keeps its rate.
        Patch "/v1/exchange-rates/{id}" UpdateExchangeRate (ExchangeRateId) body::UpdateExchangeRate => Json<ExchangeRate>, exchange_rates:write;
        /// Takes over a file of the European Central Bank. Rates that are there already stay, unless a reason for correcting them is given; doing it again changes nothing.
        Put "/v1/exchange-rates/import" ImportExchangeRates () body::ImportExchangeRates => Json<ImportedExchangeRates>, exchange_rates:write;
        /// Converts an amount at the rate of a day and explains it; nothing is stored.
        Get "/v1/exchange-rates/convert" ConvertAmount () Nothing => Json<Converted>, exchange_rates:read, query body::ConvertQuery;
    }
}
