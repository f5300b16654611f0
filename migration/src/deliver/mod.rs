//! Fulfilment.

pub(crate) mod m0021_deliveries;
