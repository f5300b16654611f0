//! The intake of leads: who gets them, and which may be the same (CRM-01, CRM-02, CRM-06).
//!
//! Assignment rules are asked by position; the first active one that fits gives a lead to its team and to the next of its people. They are asked when a lead
//! comes in without owner and team, and by `assign`. Whose turn it is follows from how many leads a rule has given away; that count is no visible change.
//! Duplicates are found and explained, and refused only where who captures a lead asks for that.
//! Not here: leads themselves (`lead`), parties that resemble each other (`causeway_master::party::duplicate`).

mod assignment;
pub mod desk;
pub(crate) mod duplicates;
mod routes;
pub mod rules;

pub use routes::register;
