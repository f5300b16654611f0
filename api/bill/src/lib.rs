//! From what we owe the customer to the customer's money: obligations, billables, invoices, credit notes, payments and their allocation; and how much credit
//! that takes.
//!
//! What it is: everything between a confirmed order and a settled claim. It posts to the books below and is called by fulfilment and sales above, whose
//! tables it never reads. What it is not: no order, no delivery, no journal of its own.

pub mod billable;
pub mod billing_run;
pub mod booked;
pub mod down_payment;
pub mod exposure;
pub mod invoice;
pub mod obligation;
pub mod payment;
pub mod write_off;

use causeway_kernel::Routes;

/// Serves every operation of billing and cash.
pub fn register(routes: &mut Routes) {
    billable::routes::register(routes);
    billing_run::routes::register(routes);
    invoice::routes::register(routes);
    payment::routes::register(routes);
    exposure::routes::register(routes);
    write_off::routes::register(routes);
}
