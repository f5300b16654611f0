//! What is sold, at which price, with which taxes and terms, and what the accounts are called.
//!
//! What it is: the master data and the pure rules over them. What it is not: no document of the spine stands here (quotes, orders, invoices call these
//! rules and keep the results).

pub mod account;
pub mod catalog;
pub mod check;
pub mod checked;
pub mod company;
pub mod completeness;
pub mod contact;
pub mod dimension;
pub mod letter;
pub mod money;
pub mod party;
pub mod pricing;
pub mod rate;
pub mod tax;
pub mod tax_rule;
pub mod term;

pub use causeway_govern::refs;
use causeway_kernel::Routes;

/// Serves every operation of the master data.
pub fn register(routes: &mut Routes) {
    company::routes::register(routes);
    account::routes::register(routes);
    dimension::routes::register(routes);
    party::routes::register(routes);
    contact::routes::register(routes);
    catalog::routes::register(routes);
    pricing::routes::register(routes);
    rate::routes::register(routes);
    tax::routes::register(routes);
    tax_rule::routes::register(routes);
    term::routes::register(routes);
}
