//! Taxes that an external engine computes for the invoices and free credit notes of a company (BIL-15).
//!
//! Nothing of ours waits for the engine (INT-36). A draft that waits is told by the event `invoice.tax_requested` and found by `?tax_status=pending`; whoever
//! connects the engine reads the draft, asks the engine, and hands over what it answers.

use causeway_value::{AmountText, Currency, InvoiceLineId, Percent, TaxId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What an external engine computed for a draft that waits for it: all of its taxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetInvoiceTaxes {
    /// What the engine calls this computation. What was handed over under it comes once: the same again changes nothing, also when the document is posted or
    /// was given the taxes of a later computation. Other taxes come under another reference.
    #[schema(max_length = 200)]
    pub reference: String,
    /// The currency of the amounts: the document's.
    pub currency: Currency,
    /// The sum of all taxes.
    pub tax_amount: AmountText,
    /// Each line of the document once, those without tax, too.
    #[schema(max_items = 500)]
    pub lines: Vec<TaxedLine>,
}

/// The taxes of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxedLine {
    /// The line.
    pub line_id: InvoiceLineId,
    /// The net amount that was taxed: the line's. Another one was read before the draft changed.
    pub net_amount: AmountText,
    /// Its taxes in the order in which they were computed, none when it has none.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub taxes: Vec<EngineTax>,
}

/// A tax of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EngineTax {
    /// The tax of the company under which it is booked, printed and reported, once on a line: it has the account. Its rate does not matter. Jurisdictions that
    /// are to be told apart there need taxes of their own.
    pub tax_id: TaxId,
    /// What it was computed on: at most what the line comes to without discounts that are booked by themselves, with the taxes before it; less where a part is
    /// exempt.
    pub base: AmountText,
    /// The tax itself, with the sign of the line.
    pub amount: AmountText,
    /// Whose tax it is, such as `California`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub jurisdiction: Option<String>,
    /// Its rate in percent. The amount is this share of the base within the smallest amount; leave it out where a cap or a minimum decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Percent>,
}

/// What an external engine says of a tax of a line besides its amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxDetail {
    /// The tax.
    pub tax_id: TaxId,
    /// Whose tax it is.
    pub jurisdiction: Option<String>,
    /// Its rate in percent.
    pub rate: Option<Percent>,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use crate::invoice::Invoice;
    use crate::invoice_tax as body;
    use causeway_contract::{Json, endpoints};
    use causeway_value::InvoiceId;

    endpoints! {
        /// Hands over the taxes that an external engine computed for a draft that waits for them (`tax_status` is `pending`), or others for those of a draft that has them. The draft then has these taxes and can be posted; a change of its lines asks for them anew. Credit notes of an invoice take its taxes in proportion and need none.
        Post "/v1/invoices/{id}/taxes" SetInvoiceTaxes (InvoiceId) body::SetInvoiceTaxes => Json<Invoice>, invoices:tax, [dry_run];
    }
}
