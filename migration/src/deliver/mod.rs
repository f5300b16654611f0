//! Fulfilment.

pub(crate) mod m0021_deliveries;
pub(crate) mod m0084_returned_goods;
pub(crate) mod m0097_receipts;
pub(crate) mod m0108_delivery_search;
pub(crate) mod m0115_reversal_credits;
pub(crate) mod m0183_refunded_goods;
