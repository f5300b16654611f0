//! The books of each company: balanced, immutable, chained journal entries.
//!
//! What it is: the posting table, the ledger, and the one function that writes it. Documents above decide that something happened and hand over amounts.
//! What it is not: no document, no period lock, no report.

pub mod ledger;

use causeway_kernel::Routes;

/// Serves every operation of the ledger.
pub fn register(routes: &mut Routes) {
    ledger::routes::register(routes);
}
