//! From the lead to the order.

pub mod leads;
pub mod opportunities;
pub mod order_holds;
pub mod order_lines;
pub mod orders;
pub mod quote_lines;
pub mod quote_traces;
pub mod quotes;
pub mod stages;
