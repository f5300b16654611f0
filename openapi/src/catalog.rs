//! What is sold: products, the tree of their categories, and units of measure.

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{BillingPolicy, CategoryId, Currency, Instant, Price, ProductId, ProductKind, Quantity, TaxId, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A node of the product tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Id.
    pub id: CategoryId,
    /// Always `category`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The node above; null at the top.
    pub parent_id: Option<CategoryId>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A new category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCategory {
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The node above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCategory {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// The node above; never one below it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CategoryId>)]
    pub parent_id: Patch<CategoryId>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// A unit of measure. `piece` (category `count`, factor 1) is there without being created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Id.
    pub id: UnitId,
    /// Always `unit`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Its code, unique in the tenant, as products refer to it.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// The kind of measure; only units of one category convert.
    pub category: String,
    /// How many base units of its category it is: 12 for a dozen.
    pub factor: Quantity,
    /// The smallest part of it that counts: what is invoiced of an order counts in whole steps, a begun one as a whole.
    pub step: Option<Quantity>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    /// Its code, unique in the tenant.
    #[schema(max_length = 40)]
    pub code: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The kind of measure.
    #[schema(max_length = 40)]
    pub category: String,
    /// How many base units of its category it is, more than zero.
    pub factor: Quantity,
    /// The smallest part of it that counts, such as 0.1: what is invoiced of an order counts in whole steps, a begun one as a whole. It stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Quantity>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Changes a unit. Its category, factor and step stay: quantities in documents rely on them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUnit {
    /// Its name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Patch<String>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// Something we sell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// Id.
    pub id: ProductId,
    /// Always `product`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Its code, unique in the tenant.
    pub code: String,
    /// The name.
    pub name: String,
    /// What it is; the text of document lines when they give none.
    pub description: Option<String>,
    /// Goods, service, subscription, usage or bundle.
    pub kind: ProductKind,
    /// The code of its unit.
    pub unit: String,
    /// The price when no price list has one, per `price_base_quantity` units.
    pub list_price: Price,
    /// How many units the price is for (EN 16931 BT-149).
    pub price_base_quantity: Quantity,
    /// The currency of price and cost.
    pub currency: Currency,
    /// What it costs us, per `price_base_quantity` units.
    pub cost: Option<Price>,
    /// What makes it billable.
    pub billing_policy: BillingPolicy,
    /// Its taxes; a line takes those of the document's company.
    pub tax_ids: Vec<TaxId>,
    /// Where it stands in the product tree.
    pub category_id: Option<CategoryId>,
    /// The code of the account that its sales are posted to in each company; null means the company's default.
    pub revenue_account_code: Option<String>,
    /// Whether it may be sold.
    pub active: bool,
    /// What a bundle holds; none for other kinds.
    pub components: Vec<BundleComponent>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// Something that a bundle holds. On a document it stands on a line of its own, with its share of the bundle's price by what it costs alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundleComponent {
    /// The product; no bundle itself.
    pub product_id: ProductId,
    /// How much of it is in one bundle, in its own unit.
    pub quantity: Quantity,
}

/// A new product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProduct {
    /// Its code, unique in the tenant.
    #[schema(max_length = 40)]
    pub code: String,
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// Goods, service, subscription, usage or bundle.
    pub kind: ProductKind,
    /// The code of its unit.
    #[schema(max_length = 40)]
    pub unit: String,
    /// The price when no price list has one.
    pub list_price: Price,
    /// How many units the price is for: 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_base_quantity: Option<Quantity>,
    /// The currency of price and cost.
    pub currency: Currency,
    /// What it costs us, per `price_base_quantity` units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Price>,
    /// What makes it billable.
    pub billing_policy: BillingPolicy,
    /// Its taxes.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub tax_ids: Vec<TaxId>,
    /// Where it stands in the product tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// The code of the account that its sales are posted to: the company's default when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub revenue_account_code: Option<String>,
    /// What a bundle holds: required for the kind `bundle`, and only for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub components: Vec<BundleComponent>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a product. Documents keep the prices they were made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProduct {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub description: Patch<String>,
    /// The price when no price list has one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Price)]
    pub list_price: Patch<Price>,
    /// How many units the price is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Quantity)]
    pub price_base_quantity: Patch<Quantity>,
    /// The currency of price and cost.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Currency)]
    pub currency: Patch<Currency>,
    /// What it costs us, per `price_base_quantity` units.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Price>)]
    pub cost: Patch<Price>,
    /// What makes it billable in later orders.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = BillingPolicy)]
    pub billing_policy: Patch<BillingPolicy>,
    /// All its taxes from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<TaxId>, max_items = 500)]
    pub tax_ids: Patch<Vec<TaxId>>,
    /// Where it stands in the product tree.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CategoryId>)]
    pub category_id: Patch<CategoryId>,
    /// The code of the account that its sales are posted to.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub revenue_account_code: Patch<String>,
    /// Whether it may be sold.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// All that a bundle holds from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<BundleComponent>, max_items = 50)]
    pub components: Patch<Vec<BundleComponent>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// What the list of categories offers.
pub const CATEGORIES: ListSpec = ListSpec {
    table: "categories",
    filters: &[
        Filter { name: "parent_id", kind: FilterKind::Id("cat"), index: "categories_parent_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "categories_updated_at" },
    ],
    sorts: &[Sort { name: "name", index: "categories_name" }, Sort { name: "updated_at", index: "categories_updated_at" }],
    search: true,
    external_refs: true,
};

/// What the list of units offers.
pub const UNITS: ListSpec = ListSpec {
    table: "units",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "units_code_key" },
        Filter { name: "category", kind: FilterKind::Word, index: "units_category" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "units_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "units_code_key" }, Sort { name: "updated_at", index: "units_updated_at" }],
    search: false,
    external_refs: false,
};

/// What the list of products offers.
pub const PRODUCTS: ListSpec = ListSpec {
    table: "products",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "products_code_key" },
        Filter { name: "kind", kind: FilterKind::Word, index: "products_kind" },
        Filter { name: "category_id", kind: FilterKind::Id("cat"), index: "products_category_id" },
        Filter { name: "active", kind: FilterKind::YesNo, index: "products_active" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "products_updated_at" },
    ],
    sorts: &[
        Sort { name: "name", index: "products_name" },
        Sort { name: "code", index: "products_code_key" },
        Sort { name: "updated_at", index: "products_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{CATEGORIES, Category, PRODUCTS, Product, UNITS, Unit};
    use crate::catalog as body;
    use causeway_contract::{Bulk, BulkResult, Created, Json, Multi, Nothing, Page, endpoints};
    use causeway_value::{CategoryId, ProductId, UnitId};

    endpoints! {
        /// Lists categories.
        Get "/v1/categories" ListCategories () Nothing => Page<Category>, categories:read, list CATEGORIES;
        /// Creates a category.
        Post "/v1/categories" CreateCategory () body::CreateCategory => Created<Category>, categories:write;
        /// Reads a category.
        Get "/v1/categories/{id}" GetCategory (CategoryId) Nothing => Json<Category>, categories:read;
        /// Changes a category.
        Patch "/v1/categories/{id}" UpdateCategory (CategoryId) body::UpdateCategory => Json<Category>, categories:write;
        /// Lists units that were created. `piece`, which every tenant has, stands here only where it was created to give it a name: a copy of the others is complete.
        Get "/v1/units" ListUnits () Nothing => Page<Unit>, units:read, list UNITS;
        /// Creates a unit.
        Post "/v1/units" CreateUnit () body::CreateUnit => Created<Unit>, units:write;
        /// Reads a unit.
        Get "/v1/units/{id}" GetUnit (UnitId) Nothing => Json<Unit>, units:read;
        /// Changes a unit.
        Patch "/v1/units/{id}" UpdateUnit (UnitId) body::UpdateUnit => Json<Unit>, units:write;
        /// Lists products.
        Get "/v1/products" ListProducts () Nothing => Page<Product>, products:read, list PRODUCTS;
        /// Creates a product.
        Post "/v1/products" CreateProduct () body::CreateProduct => Created<Product>, products:write;
        /// Creates up to 1,000 products.
        Post "/v1/products/bulk" CreateProducts () Bulk<body::CreateProduct> => Multi<BulkResult<Product>>, products:write;
        /// Reads a product.
        Get "/v1/products/{id}" GetProduct (ProductId) Nothing => Json<Product>, products:read;
        /// Changes a product.
        Patch "/v1/products/{id}" UpdateProduct (ProductId) body::UpdateProduct => Json<Product>, products:write;
    }
}
