//! Credit notes that take back no invoice.

use crate::invoice::InvoiceLineInput;
use crate::object::ExternalRef;
use causeway_value::{CompanyId, Currency, Direction, PartyId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A new draft credit note of free lines: a bonus, a goodwill, a correction that belongs to no invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCreditNote {
    /// The company that credits, or is credited.
    pub company_id: CompanyId,
    /// The customer, or the supplier.
    pub party_id: PartyId,
    /// Whether we credit or are credited: `sale` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The currency: the party's, else the company's, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// The other side's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// What the other side reads below the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub notes: Option<String>,
    /// What is credited; what stands on them is given, so quantities are positive.
    #[schema(max_items = 500)]
    pub lines: Vec<InvoiceLineInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use crate::credit_note as body;
    use crate::invoice::Invoice;
    use causeway_contract::{Created, endpoints};

    endpoints! {
        /// Makes a draft credit note of free lines, without an invoice. Posted, it settles invoices or is refunded like any other. Beyond its company's limit somebody else has to post it.
        Post "/v1/credit-notes" CreateCreditNote () body::CreateCreditNote => Created<Invoice>, credit_notes:write, [dry_run];
    }
}
