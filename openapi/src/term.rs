//! Payment terms: when which part of an invoice is due.

use crate::object::MetadataPatch;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{EarlyDiscount, Instant, PaymentTermId, TermLine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// When which part of an invoice is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentTerm {
    /// Id.
    pub id: PaymentTermId,
    /// Always `payment_term`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Its code, unique in the tenant.
    pub code: String,
    /// The name that stands on documents.
    pub name: String,
    /// The parts, in order; the last one takes the residue.
    pub installments: Vec<TermLine>,
    /// A discount for paying early.
    pub early_discount: Option<EarlyDiscount>,
    /// Whether new documents may name it.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new payment term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentTerm {
    /// Its code, unique in the tenant.
    #[schema(max_length = 40)]
    pub code: String,
    /// The name that stands on documents.
    #[schema(max_length = 200)]
    pub name: String,
    /// The parts, in order; at least one. Percentages make 100 unless one takes the remainder; the last takes what is left, whatever it says. Where one takes the
    /// remainder, or a fixed amount is more than the invoice, each is at most what the ones before it leave.
    #[schema(max_items = 500)]
    pub installments: Vec<TermLine>,
    /// A discount for paying early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_discount: Option<EarlyDiscount>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Changes a payment term. Installments and discount stay as they are once a quote, order or invoice names it: make another term, and retire this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePaymentTerm {
    /// The name that stands on documents.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// All parts from now on, of a term that no document names.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<TermLine>, max_items = 500)]
    pub installments: Patch<Vec<TermLine>>,
    /// The whole discount from now on, of a term that no document names; null for none.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<EarlyDiscount>)]
    pub early_discount: Patch<EarlyDiscount>,
    /// Whether new documents may name it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// What the list of payment terms offers.
pub const PAYMENT_TERMS: ListSpec = ListSpec {
    table: "payment_terms",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "payment_terms_code_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "payment_terms_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "payment_terms_code_key" }, Sort { name: "updated_at", index: "payment_terms_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{PAYMENT_TERMS, PaymentTerm};
    use crate::term as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::PaymentTermId;

    endpoints! {
        /// Lists payment terms.
        Get "/v1/payment-terms" ListPaymentTerms () Nothing => Page<PaymentTerm>, payment_terms:read, list PAYMENT_TERMS;
        /// Creates a payment term.
        Post "/v1/payment-terms" CreatePaymentTerm () body::CreatePaymentTerm => Created<PaymentTerm>, payment_terms:write;
        /// Reads a payment term.
        Get "/v1/payment-terms/{id}" GetPaymentTerm (PaymentTermId) Nothing => Json<PaymentTerm>, payment_terms:read;
        /// Changes a payment term. What documents were agreed with, installments and discount, stays.
        Patch "/v1/payment-terms/{id}" UpdatePaymentTerm (PaymentTermId) body::UpdatePaymentTerm => Json<PaymentTerm>, payment_terms:write;
    }
}
