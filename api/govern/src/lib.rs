//! Who may: credentials, permissions and roles, tenants, users, sign-in, keys, the tenant's clock, and the trail of what happened.
//!
//! What it is: the rules about callers. What it is not: no business document, and no company's books.

pub mod access;
pub mod clock;
pub mod identity;
pub mod ownership;
pub mod refs;
pub mod retention;
pub mod sign_in;
pub mod tenancy;
pub mod trail;

use causeway_kernel::Routes;

/// Serves the operations of this crate.
pub fn register(routes: &mut Routes) {
    tenancy::routes::register(routes);
    identity::routes::register(routes);
    sign_in::routes::register(routes);
    ownership::routes::register(routes);
    retention::routes::register(routes);
    clock::register(routes);
    trail::routes::register(routes);
}
