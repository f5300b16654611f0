//! What the numbers say: reports, the story of a deal, and the proof that the data agrees with itself.
//!
//! What it is: reading only, over all other crates' tables, each report a few set-based statements. Reports about money read the ledger and the open items,
//! never a document's own total. What it is not: no table of its own and nothing that is written.

pub mod aging;
pub mod compliance;
pub mod flow;
pub mod general_ledger;
mod looked_at;
pub mod measure;
pub mod overview;
pub mod pipeline;
mod sql;
pub mod statement;
pub mod trial_balance;
pub mod verify;
mod window;

use causeway_kernel::Routes;

/// Serves the reports, the flows and the verification of the ledger.
pub fn register(routes: &mut Routes) {
    trial_balance::routes::register(routes);
    general_ledger::routes::register(routes);
    aging::routes::register(routes);
    compliance::routes::register(routes);
    measure::routes::register(routes);
    pipeline::routes::register(routes);
    flow::routes::register(routes);
    overview::routes::register(routes);
    statement::routes::register(routes);
    verify::routes::register(routes);
}

#[cfg(test)]
mod tests;
