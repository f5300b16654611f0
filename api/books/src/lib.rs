//! The books of each company: balanced, immutable, chained journal entries.
//!
//! What it is: the posting table, the ledger, the one function that writes it, and the fiscal years that close it. Documents above decide that something happened and hand over amounts.
//! What it is not: no document of trade, no report.

pub mod ledger;
pub mod period;

use causeway_kernel::Routes;

/// Serves every operation of the ledger.
pub fn register(routes: &mut Routes) {
    ledger::routes::register(routes);
    period::routes::register(routes);
}
