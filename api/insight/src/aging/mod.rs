//! What customers owe, by how long it is overdue (walk, "Settled readings").
//!
//! What it is: the open items of a company's customers as they were at the end of a day, per installment, in company currency at what they were booked for:
//! the receivable account, party by party. Allocations count from their own day until the day on which they were taken back. Unallocated credit of payments
//! and credit notes stands in `current`, negative. What it is not: no dunning, nothing of suppliers.

pub mod routes;
pub mod rules;
pub mod service;
