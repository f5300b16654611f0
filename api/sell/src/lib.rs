//! From the lead to the order: leads, the pipeline, quotes and orders.
//!
//! What it is: the verbs of what is sold and how it is agreed, and the one place where lines of quotes and orders are priced and taxed. What it is not:
//! nothing is delivered or billed here; confirming an order writes its obligations, and fulfilment and billing read those.

pub mod activity;
pub mod check;
pub mod deal;
pub mod header;
pub mod intake;
pub mod lead;
pub mod line;
pub mod lost_reason;
pub mod opportunity;
pub mod order;
pub mod quote;
pub mod stage;
pub mod team;

use causeway_kernel::Routes;

/// Serves every operation of selling.
pub fn register(routes: &mut Routes) {
    stage::routes::register(routes);
    team::register(routes);
    activity::register(routes);
    lost_reason::register(routes);
    lead::routes::register(routes);
    intake::register(routes);
    opportunity::routes::register(routes);
    quote::routes::register(routes);
    order::routes::register(routes);
    order::amendment::routes::register(routes);
    deal::register(routes);
}
