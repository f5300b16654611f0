//! What a company asks of its documents before they are handed on.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What a company asks of its documents, step by step (MDM-04, MDM-12, ORD-10). What is missing stops the step and is named, all of it at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRules {
    /// Before a quote is submitted.
    #[serde(default)]
    pub quote_submit: RequiredInputs,
    /// Before an order is confirmed.
    #[serde(default)]
    pub order_confirm: RequiredInputs,
    /// Before an invoice or a credit note is posted.
    #[serde(default)]
    pub invoice_post: RequiredInputs,
}

/// What must be there. Empty means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequiredInputs {
    /// Fields of the document and of its customer.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub fields: BTreeSet<DocumentInput>,
    /// Names in the `metadata` of the document, such as a cost centre.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub metadata: BTreeSet<String>,
    /// Codes of dimensions of which each line must have a value (ACC-03).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(max_items = 20)]
    pub dimensions: BTreeSet<String>,
}

impl RequiredInputs {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.metadata.is_empty() && self.dimensions.is_empty()
    }
}

/// Something that a document or its customer can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DocumentInput {
    /// The customer's own reference.
    Reference,
    /// Who looks after it. Invoices have nobody.
    OwnerId,
    /// When it is to be paid.
    PaymentTermId,
    /// How long a quote holds. Orders and invoices have no such day.
    ValidUntil,
    /// The opportunity it comes from. Invoices name none.
    OpportunityId,
    /// A tax registration of the customer.
    PartyTaxId,
    /// An address of the customer.
    PartyAddress,
    /// A person at the customer.
    PartyContact,
    /// The customer's mail address, or one of a person there.
    PartyEmail,
}
