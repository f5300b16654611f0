//! What is stored: one file per table, grouped by area.
//!
//! What it is: the columns of each table with their types, units and personal fields. The module of a table has the table's name; the order of its
//! fields is the order of its columns. What it is not: no queries, no relations, no behaviour. A test compares every entity with the migrations.
#![allow(missing_docs, reason = "columns are described in each table's page; derives add undocumented items")]

mod amended_field;
mod amended_line;
pub mod bill;
pub mod books;
pub mod deliver;
pub mod govern;
mod held;
pub mod kernel;
pub mod master;
mod personal;
pub mod platform;
pub mod sell;
mod tax_amount;
mod tax_detail;
mod tax_handover;

pub use amended_field::AmendedField;
pub use amended_line::AmendedLine;
pub use held::Held;
pub use personal::PERSONAL;
pub use tax_amount::TaxAmount;
pub use tax_detail::TaxDetail;
pub use tax_handover::TaxHandover;

#[cfg(test)]
mod tests;
