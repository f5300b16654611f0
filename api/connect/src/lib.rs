//! Other systems: what comes in from them.
//!
//! What it is: imports. It stands above everything that it fills and calls the same verbs as the API. What it is not: no rule about what it brings in.

pub mod import;

use causeway_kernel::Routes;

/// Serves every operation of exchange.
pub fn register(routes: &mut Routes) {
    import::routes::register(routes);
}

/// Makes its jobs known to the workers.
pub fn register_jobs() {
    causeway_kernel::job::register(import::job::KIND, import::job::step, import::job::so_far);
}
