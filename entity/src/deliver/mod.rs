//! Fulfilment.

pub mod deliveries;
pub mod delivery_lines;
