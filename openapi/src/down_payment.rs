//! Down payments: what a customer pays of an order before it is billed.

use causeway_value::{AmountText, PaymentTermId, Percent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Asks a part of a confirmed order in advance, as a share of its total or as an amount. Give one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDownPayment {
    /// The share of the order's total, more than 0 and at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// How much, tax included. Of an order that comes to nothing it becomes 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// When it is due: the order's term when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use crate::down_payment as body;
    use crate::invoice::Invoice;
    use causeway_contract::{Created, endpoints};
    use causeway_value::OrderId;

    endpoints! {
        /// Makes a draft invoice over a down payment on a confirmed order, one line per group of taxes. Once it is posted, the order's next invoices deduct it.
        Post "/v1/orders/{id}/down-payments" CreateDownPayment (OrderId) body::CreateDownPayment => Created<Invoice>, invoices:write, [dry_run];
    }
}
