//! Taxes of companies.

use crate::object::MetadataPatch;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AccountId, CompanyId, Instant, Percent, TaxId, TaxKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A tax of a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tax {
    /// Id.
    pub id: TaxId,
    /// Always `tax`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company.
    pub company_id: CompanyId,
    /// Its code, unique in the company.
    pub code: String,
    /// The name that stands on documents.
    pub name: String,
    /// How it is computed.
    pub kind: TaxKind,
    /// The percentage, or for `fixed` the amount per unit; null for `group`.
    pub rate: Option<Percent>,
    /// Whether it is inside the unit price.
    pub included: bool,
    /// The order of evaluation, lowest first; equal ones by id.
    pub sequence: i32,
    /// Whether later taxes are computed on top of it.
    pub affects_base: bool,
    /// Whether it is computed on top of earlier taxes that affect the base.
    pub base_affected: bool,
    /// The members of a group.
    pub group_of: Vec<TaxId>,
    /// The account it is posted to; null means the company's default.
    pub account_id: Option<AccountId>,
    /// The account that what is sold with it is posted to, such as one for supplies within the EU; null means that of the product or company.
    pub sales_account_id: Option<AccountId>,
    /// What documents that carry it say once, such as why no tax is due.
    pub note: Option<String>,
    /// Whether new lines may carry it.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTax {
    /// The company.
    pub company_id: CompanyId,
    /// Its code, unique in the company.
    #[schema(max_length = 40)]
    pub code: String,
    /// The name that stands on documents.
    #[schema(max_length = 200)]
    pub name: String,
    /// How it is computed.
    pub kind: TaxKind,
    /// The percentage, or for `fixed` the amount per unit; required except for `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Percent>,
    /// Whether it is inside the unit price: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<bool>,
    /// The order of evaluation: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i32>,
    /// Whether later taxes are computed on top of it: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affects_base: Option<bool>,
    /// Whether it is computed on top of earlier ones that affect the base: true when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_affected: Option<bool>,
    /// The members of a group, of the same company. A reverse charge is a group of a tax and one of the opposite rate (TAX-020).
    #[serde(default)]
    #[schema(max_items = 500)]
    pub group_of: Vec<TaxId>,
    /// The account it is posted to: the company's default when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The account that the net of what is sold with it is posted to, whatever the product says; an account given with a line wins. Of several taxes of a line
    /// the first one that has such an account decides, a group before its members. That of the product or company when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_account_id: Option<AccountId>,
    /// What documents that carry it say once below their sums, such as `Reverse charge`. It stays as it is, so that what was sent stays as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Changes a tax. Documents keep what they were computed with; how it is computed stays, so that they can be recomputed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTax {
    /// The name that stands on documents.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// The order of evaluation.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = i32)]
    pub sequence: Patch<i32>,
    /// The account it is posted to from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AccountId>)]
    pub account_id: Patch<AccountId>,
    /// The account that what is sold with it is posted to from now on. Lines that are there keep theirs.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AccountId>)]
    pub sales_account_id: Patch<AccountId>,
    /// Whether new lines may carry it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// What the list of taxes offers.
pub const TAXES: ListSpec = ListSpec {
    table: "taxes",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "taxes_company_id" },
        Filter { name: "code", kind: FilterKind::Word, index: "taxes_code" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "taxes_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "taxes_code" }, Sort { name: "updated_at", index: "taxes_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{TAXES, Tax};
    use crate::tax as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::TaxId;

    endpoints! {
        /// Lists taxes.
        Get "/v1/taxes" ListTaxes () Nothing => Page<Tax>, taxes:read, list TAXES;
        /// Creates a tax.
        Post "/v1/taxes" CreateTax () body::CreateTax => Created<Tax>, taxes:write;
        /// Reads a tax.
        Get "/v1/taxes/{id}" GetTax (TaxId) Nothing => Json<Tax>, taxes:read;
        /// Changes a tax.
        Patch "/v1/taxes/{id}" UpdateTax (TaxId) body::UpdateTax => Json<Tax>, taxes:write;
    }
}
