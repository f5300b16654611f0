//! Leads: people and organizations that may want to buy (CRM-01 to CRM-05).
//!
//! States: new → working → qualified or disqualified. Qualifying makes party, contact and opportunity of what the lead says, or links a party that exists,
//! in one transaction; nothing is typed twice. Invariants: a qualified lead names its party and opportunity; an ended lead never changes. A lead begins
//! the flow that everything made of it belongs to.
//! Not here: scoring (`score` stays null), what an opportunity does afterwards.

mod party;
pub mod qualify;
pub mod routes;
pub mod service;
pub mod view;
