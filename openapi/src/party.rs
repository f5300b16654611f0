//! Parties: whom we sell to and buy from, with their addresses and contacts.

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AddressId, AddressKind, AmountText, CompanyId, ContactId, Currency, Instant, PartyId, PartyKind, PartyRole, PaymentTermId, PriceListId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Someone we deal with: a customer, a supplier, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// Id.
    pub id: PartyId,
    /// Always `party`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name.
    pub name: String,
    /// An organisation or a person.
    pub kind: PartyKind,
    /// What it is to us.
    pub roles: Vec<PartyRole>,
    /// ISO 3166-1 alpha-2 code.
    #[schema(format = "country")]
    pub country: Option<String>,
    /// Its tax registration, as somebody gave it.
    pub tax_id: Option<String>,
    /// What is known about `tax_id`: `valid`, `malformed`, `wrong_checksum`, or `unchecked` where its country has no published rule; null without one.
    pub tax_id_status: Option<String>,
    /// Its registrations by country, each checked against that country's rule.
    pub tax_ids: Vec<TaxRegistration>,
    /// The currency it is quoted in when the document names none.
    pub currency: Option<Currency>,
    /// When its invoices are due, unless the document says otherwise.
    pub payment_term_id: Option<PaymentTermId>,
    /// The price list that applies to it.
    pub price_list_id: Option<PriceListId>,
    /// The most it may owe; null for no limit.
    pub credit_limit: Option<AmountText>,
    /// The currency of the credit limit: the party's, or else the one that all companies have.
    pub credit_currency: Option<Currency>,
    /// The group of customers it belongs to, as price lists refer to it.
    pub segment: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The company of this tenant that it is: what makes a sale intercompany.
    pub linked_company_id: Option<CompanyId>,
    /// Whether new documents may name it. With one that is not active nothing new is agreed, either: its quotes are not accepted, nor orders confirmed or amended to more.
    pub active: bool,
    /// The party that it was merged into: name that one from now on.
    pub merged_into_id: Option<PartyId>,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// People at it, as far as they are active; each is an object of its own, too (`GET /v1/contacts/{id}`).
    pub contacts: Vec<PartyContact>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A tax registration in a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRegistration {
    /// ISO 3166-1 alpha-2 code.
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: String,
    /// The number, with or without the country's prefix; its form and check digit must be right where the country publishes a rule.
    #[schema(max_length = 40)]
    pub number: String,
}

/// An address of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// Id.
    pub id: AddressId,
    /// What it is for.
    pub kind: AddressKind,
    /// Street and number.
    pub line1: String,
    /// What else stands above the city.
    pub line2: Option<String>,
    /// The city.
    pub city: String,
    /// State or province.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

/// A person as the party shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyContact {
    /// Id.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// What the person does there.
    pub position: Option<String>,
}

/// A new party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateParty {
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// An organisation or a person.
    pub kind: PartyKind,
    /// What it is to us.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub roles: Vec<PartyRole>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// Its tax registration, taken as it is; `tax_id_status` tells what is known about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub tax_id: Option<String>,
    /// Its registrations by country; a number that breaks its country's rule is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub tax_ids: Vec<TaxRegistration>,
    /// Whether to refuse the party when one that is likely the same exists: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse_duplicates: Option<bool>,
    /// The currency it is quoted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When its invoices are due. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The price list that applies to it. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_list_id: Option<PriceListId>,
    /// The most it may owe, in its currency, or else the one that all companies have. Needs the permission `credit:write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<AmountText>,
    /// The group of customers it belongs to, by which price lists are found. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub segment: Option<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The company of this tenant that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_company_id: Option<CompanyId>,
    /// Its addresses.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub addresses: Vec<AddressInput>,
    /// People at it.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub contacts: Vec<ContactInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// An address as given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressInput {
    /// The address that this one replaces, so that it keeps its id; only in a PATCH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<AddressId>,
    /// What it is for.
    pub kind: AddressKind,
    /// Street and number.
    #[schema(format = "lines", max_length = 200)]
    pub line1: String,
    /// What else stands above the city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "lines", max_length = 200)]
    pub line2: Option<String>,
    /// The city.
    #[schema(max_length = 200)]
    pub city: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub region: Option<String>,
    /// The postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: String,
}

/// A contact as given. What only the contact itself holds, such as its metadata, stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// The contact that this one replaces, so that it keeps its id; only in a PATCH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ContactId>,
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// What the person does there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub position: Option<String>,
}

/// Changes a party. Lists are replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateParty {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// An organisation or a person.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = PartyKind)]
    pub kind: Patch<PartyKind>,
    /// All that it is to us from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<PartyRole>, max_items = 500)]
    pub roles: Patch<Vec<PartyRole>>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Patch<String>,
    /// Its tax registration.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub tax_id: Patch<String>,
    /// All its registrations by country from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<TaxRegistration>, max_items = 50)]
    pub tax_ids: Patch<Vec<TaxRegistration>>,
    /// The currency it is quoted in. A credit limit must be given anew in another one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Currency>)]
    pub currency: Patch<Currency>,
    /// When its invoices are due. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The price list that applies to it. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PriceListId>)]
    pub price_list_id: Patch<PriceListId>,
    /// The most it may owe, in its currency. Needs the permission `credit:write`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AmountText>)]
    pub credit_limit: Patch<AmountText>,
    /// The group of customers it belongs to, by which price lists are found. Needs the permission `parties:terms`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub segment: Patch<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    pub email: Patch<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Patch<String>,
    /// The company of this tenant that it is.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CompanyId>)]
    pub linked_company_id: Patch<CompanyId>,
    /// Whether new documents may name it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// All its addresses from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<AddressInput>, max_items = 500)]
    pub addresses: Patch<Vec<AddressInput>>,
    /// All people at it from now on. Who is left out stays as a contact that is not active.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ContactInput>, max_items = 500)]
    pub contacts: Patch<Vec<ContactInput>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// What somebody is about to enter; the more it says, the better the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckDuplicates {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// A tax registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub tax_id: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The street and number of an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "lines", max_length = 200)]
    pub line1: Option<String>,
    /// Its postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub postal_code: Option<String>,
}

/// Parties that may be the same, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duplicates {
    /// Always `duplicates`.
    pub object: String,
    /// At most 20 of them.
    pub data: Vec<Duplicate>,
}

/// A party that may be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duplicate {
    /// The party.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: Option<String>,
    /// Whether new documents may name it.
    pub active: bool,
    /// How much speaks for it, at most 100.
    pub score: i32,
    /// Whether both are taken for one: 70 or more, or the same name where no country says otherwise.
    pub likely: bool,
    /// What speaks for it and against it.
    pub reasons: Vec<DuplicateReason>,
}

/// One thing that two parties have in common, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateReason {
    /// The field.
    pub field: String,
    /// What it adds to the score, or takes from it.
    pub points: i32,
    /// What was compared.
    pub detail: String,
}

/// Merges a party into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeParty {
    /// The party that remains. What it does not say of itself is taken from the merged one; where a company has a credit policy for each of them, its own stays.
    pub into: PartyId,
}

/// Two parties that became one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MergedParty {
    /// Always `merged_party`.
    pub object: String,
    /// What is left of the merged one: it is not active, and says which took its place.
    pub merged: Party,
    /// The party that remains.
    pub into: Party,
    /// What names the remaining party now, kind by kind.
    pub moved: Vec<MovedReferences>,
}

/// How many rows of a kind were moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedReferences {
    /// The kind, such as `invoices`.
    pub kind: String,
    /// How many.
    pub count: i64,
}

/// What the list of parties offers.
pub const PARTIES: ListSpec = ListSpec {
    table: "parties",
    filters: &[
        Filter {
            name: "role",
            kind: FilterKind::Flag { field: "roles", words: &[("customer", "is_customer"), ("supplier", "is_supplier")] },
            index: "parties_is_customer",
        },
        Filter { name: "kind", kind: FilterKind::Word, index: "parties_kind" },
        Filter { name: "active", kind: FilterKind::YesNo, index: "parties_active" },
        Filter { name: "country", kind: FilterKind::Word, index: "parties_country" },
        Filter { name: "tax_id", kind: FilterKind::Word, index: "parties_tax_id" },
        Filter { name: "segment", kind: FilterKind::Word, index: "parties_segment" },
        Filter { name: "email", kind: FilterKind::Mail { small: false }, index: "parties_email_lower" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "parties_updated_at" },
    ],
    sorts: &[Sort { name: "name", index: "parties_name" }, Sort { name: "updated_at", index: "parties_updated_at" }],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{Duplicates, MergedParty, PARTIES, Party};
    use crate::party as body;
    use causeway_contract::{Bulk, BulkResult, Created, Json, Multi, Nothing, Page, endpoints};
    use causeway_value::PartyId;

    endpoints! {
        /// Lists parties.
        Get "/v1/parties" ListParties () Nothing => Page<Party>, parties:read, list PARTIES;
        /// Creates a party.
        Post "/v1/parties" CreateParty () body::CreateParty => Created<Party>, parties:write;
        /// Creates up to 1,000 parties.
        Post "/v1/parties/bulk" CreateParties () Bulk<body::CreateParty> => Multi<BulkResult<Party>>, parties:write;
        /// Reads a party.
        Get "/v1/parties/{id}" GetParty (PartyId) Nothing => Json<Party>, parties:read;
        /// Changes a party.
        Patch "/v1/parties/{id}" UpdateParty (PartyId) body::UpdateParty => Json<Party>, parties:write;
        /// Finds parties that may be the same as this one, scored and explained.
        Get "/v1/parties/{id}/duplicates" FindDuplicates (PartyId) Nothing => Json<Duplicates>, parties:read;
        /// Finds parties that may be the same as one that is about to be entered; nothing is stored.
        Post "/v1/parties/check-duplicates" CheckDuplicates () body::CheckDuplicates => Json<Duplicates>, parties:write;
        /// Merges a party into another: everything that named it names the other from now on, and its id leads there.
        Post "/v1/parties/{id}/merge" MergeParty (PartyId) body::MergeParty => Json<MergedParty>, parties:merge, [dry_run];
    }
}
