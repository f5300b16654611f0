//! Fulfilment: deliveries of goods.
//!
//! What it is: how goods leave for the customer and how that makes them billable. It reads obligations, never an order, and tells the floors above by news.
//! What it is not: no stock is kept yet, so shipping checks none and posts no cost.

pub mod delivery;

use causeway_kernel::Routes;

/// Serves every operation of fulfilment.
pub fn register(routes: &mut Routes) {
    delivery::routes::register(routes);
}

#[cfg(test)]
mod tests;
