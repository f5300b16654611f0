//! The story of one deal: its documents, the time between their changes, and what it waits for (domain.md, "The spine").
//!
//! What it is: a reading of every document that carries the deal's `flow_id`, of the invoices that bill it together with other deals, and of the payments
//! that settle its invoices. Waiting times come from events and from nothing else. What it waits for is what blocks it and which steps are open. What it is
//! not: a process engine; nothing here decides what comes next.

mod next;
pub mod routes;
pub mod rules;
pub mod service;
mod store;
mod view;
