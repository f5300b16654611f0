//! Stages: the steps of the pipeline (CRM-07).
//!
//! A stage is open, or it stands for an end: won or lost. A tenant starts with new, qualified, proposal, negotiation, won and lost.
//! A stage that is not active takes no more deals; those in it may stay, or move on.
//! Invariant: names are unique among the stages of one company, and among those of all companies.
//! Not here: the opportunities in a stage.

pub mod routes;
pub mod rules;
pub mod service;
