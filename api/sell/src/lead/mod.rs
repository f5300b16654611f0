//! Leads: people and organizations that may want to buy (CRM-01 to CRM-05).
//!
//! States: new → working → qualified or disqualified. Qualifying makes party, contact and opportunity of what the lead says, or links a party that exists,
//! in one transaction; nothing is typed twice: source, description, need and metadata go along. A party is linked only when nobody can doubt that it is the one;
//! else the answer names those that it may be. First the lead must say what its company asks for (`lead_rules`), and the deal what its stage asks for. Invariants: a qualified lead names its party and opportunity; an ended lead never changes. A lead begins
//! the flow that everything made of it belongs to.
//! A disqualified lead forgets whom it was about after the days of its tenant, if it chose some (SEC-08).
//! Not here: who gets a lead and which it resembles (`intake`), scoring (`score` stays null), what an opportunity does afterwards.

mod erase;
mod party;
pub mod qualify;
pub mod routes;
pub mod rules;
pub mod service;
pub mod view;

pub use erase::ERASED;
