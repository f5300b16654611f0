//! Bookings, billings, backlog, unbilled work, collections, margins and cycle times: one model from the confirmed order to the money (RPT-01…04, RPT-07, RPT-11…14).
//!
//! An order line is booked when its order is confirmed, backlog until it becomes billable, unbilled until it is invoiced, and a receivable until it is paid.
//! Orders and obligations say what was booked and what is owed; billings and collections are read from the ledger. Months and days are those of the
//! company's time zone. Not here: aging, trial balance and the pipeline, which have places of their own.

mod accuracy;
mod amended;
mod billed;
mod booked;
mod cycle;
mod definition;
mod due;
pub(crate) mod holder;
mod ledger;
mod margin;
mod months;
mod moved;
mod owed;
mod paid;
mod quotes;
mod revenue;
pub mod routes;

pub(crate) use months::{days, months, table as months_table};
