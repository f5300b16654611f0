//! From the obligation to the payment.

pub mod allocations;
pub mod billable_reductions;
pub mod billables;
pub mod billing_run_items;
pub mod billing_runs;
pub mod credit_exposures;
pub mod credit_policies;
pub mod installments;
pub mod invoice_lines;
pub mod invoices;
pub mod obligations;
pub mod payment_offsets;
pub mod payments;
pub mod write_offs;
