//! Tax rules: which customers of a company pay which taxes instead of those of the products. Others call them fiscal positions or tax categories.

use crate::object::MetadataPatch;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AskedRegistration, CompanyId, Day, Instant, PartyId, PartyKind, TaxId, TaxReplacement, TaxRuleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A tax rule of a company.
///
/// It applies to a customer when all that it asks for is so. Of several the most specific one applies: one that names the customer before all others; then the
/// one that asks for more (countries, registration, kind and segment count one each); then the one that names fewer countries; then the one with the lowest
/// sequence. Documents keep the taxes that they were made with, whatever becomes of the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRule {
    /// Id.
    pub id: TaxRuleId,
    /// Always `tax_rule`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company that sells.
    pub company_id: CompanyId,
    /// What people call it; it stands where a line's taxes are explained.
    pub name: String,
    /// Unique in the company: of rules that are equally specific the lowest applies.
    pub sequence: i32,
    /// The one customer that it is for, such as one with an exemption certificate; null for every customer.
    pub party_id: Option<PartyId>,
    /// The countries of the customers that it is for, ISO 3166-1 alpha-2; empty for every country, and for customers without one.
    pub countries: Vec<String>,
    /// The tax registration that it asks for; null for customers with and without.
    pub registration: Option<AskedRegistration>,
    /// Organizations or persons; null for both.
    pub customer_kind: Option<PartyKind>,
    /// The segment of the customers that it is for; null for every segment.
    pub segment: Option<String>,
    /// The first day of documents that it is for.
    pub valid_from: Option<Day>,
    /// The last one.
    pub valid_until: Option<Day>,
    /// What takes the place of which tax of a product.
    pub replacements: Vec<TaxReplacement>,
    /// What takes the place of every tax that `replacements` do not name, nothing when empty; null when those stay.
    pub other_tax_ids: Option<Vec<TaxId>>,
    /// The taxes of lines without a product, none when empty; null when the rule has nothing to say of them.
    pub free_line_tax_ids: Option<Vec<TaxId>>,
    /// Whether new lines are looked at by it.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new tax rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTaxRule {
    /// The company that sells.
    pub company_id: CompanyId,
    /// What people call it.
    #[schema(max_length = 200)]
    pub name: String,
    /// Unique in the company: after all others when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub sequence: Option<i32>,
    /// The one customer that it is for; every customer when not given. An exemption certificate is a rule that names its customer, with `valid_until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// The countries of the customers that it is for, ISO 3166-1 alpha-2: every country when empty. A group such as the European Union is its countries.
    #[serde(default)]
    #[schema(max_items = 250)]
    pub countries: Vec<String>,
    /// The tax registration that it asks for: with and without when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<AskedRegistration>,
    /// Organizations or persons: both when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_kind: Option<PartyKind>,
    /// The segment of the customers that it is for: every segment when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub segment: Option<String>,
    /// The first day of documents that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
    /// What takes the place of which tax of a product. A tax of 0 % with a `note` tells on paper why none is due, and in reports on what.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub replacements: Vec<TaxReplacement>,
    /// What takes the place of every tax that `replacements` do not name, nothing when empty: those stay when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub other_tax_ids: Option<Vec<TaxId>>,
    /// The taxes of lines without a product, none when empty: such lines stay without when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub free_line_tax_ids: Option<Vec<TaxId>>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

impl CreateTaxRule {
    /// A rule that applies to everybody and changes nothing.
    #[must_use]
    pub fn new(company_id: CompanyId, name: &str) -> Self {
        Self {
            company_id,
            name: name.to_owned(),
            sequence: None,
            party_id: None,
            countries: Vec::new(),
            registration: None,
            customer_kind: None,
            segment: None,
            valid_from: None,
            valid_until: None,
            replacements: Vec::new(),
            other_tax_ids: None,
            free_line_tax_ids: None,
            metadata: BTreeMap::new(),
        }
    }
}

/// Changes a tax rule. Documents keep the taxes that they were made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTaxRule {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Its place among equally specific rules.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = i32, minimum = 0)]
    pub sequence: Patch<i32>,
    /// The one customer that it is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PartyId>)]
    pub party_id: Patch<PartyId>,
    /// All countries from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 250)]
    pub countries: Patch<Vec<String>>,
    /// The tax registration that it asks for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AskedRegistration>)]
    pub registration: Patch<AskedRegistration>,
    /// Organizations or persons.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PartyKind>)]
    pub customer_kind: Patch<PartyKind>,
    /// The segment of the customers that it is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub segment: Patch<String>,
    /// The first day of documents that it is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub valid_from: Patch<Day>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub valid_until: Patch<Day>,
    /// All replacements from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<TaxReplacement>, max_items = 200)]
    pub replacements: Patch<Vec<TaxReplacement>>,
    /// What takes the place of every tax that `replacements` do not name; null lets them stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Vec<TaxId>>, max_items = 20)]
    pub other_tax_ids: Patch<Vec<TaxId>>,
    /// The taxes of lines without a product; null says nothing of them.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Vec<TaxId>>, max_items = 20)]
    pub free_line_tax_ids: Patch<Vec<TaxId>>,
    /// Whether new lines are looked at by it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// What the list of tax rules offers.
pub const TAX_RULES: ListSpec = ListSpec {
    table: "tax_rules",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "tax_rules_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "tax_rules_party_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "tax_rules_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "tax_rules_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{TAX_RULES, TaxRule};
    use crate::tax_rule as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::TaxRuleId;

    endpoints! {
        /// Lists tax rules.
        Get "/v1/tax-rules" ListTaxRules () Nothing => Page<TaxRule>, taxes:read, list TAX_RULES;
        /// Creates a tax rule: which customers pay which taxes instead of those of the products.
        Post "/v1/tax-rules" CreateTaxRule () body::CreateTaxRule => Created<TaxRule>, taxes:write;
        /// Reads a tax rule.
        Get "/v1/tax-rules/{id}" GetTaxRule (TaxRuleId) Nothing => Json<TaxRule>, taxes:read;
        /// Changes a tax rule for the lines that are made from now on.
        Patch "/v1/tax-rules/{id}" UpdateTaxRule (TaxRuleId) body::UpdateTaxRule => Json<TaxRule>, taxes:write;
    }
}
