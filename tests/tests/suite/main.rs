//! The suites: stories that follow the walk, sweeps over every operation of the contract, and a server that is killed at work.

mod access;
mod activities;
mod clock;
mod crash;
mod credit;
mod currency;
mod delivery;
mod dry_run;
mod exports;
mod exposure;
mod holds;
mod hostile;
mod import;
mod parallel;
mod payment;
mod pipeline;
mod pricing;
mod quote;
mod streams;
mod sweep_bodies;
mod sweep_http;
mod sweep_lists;
mod sweep_rights;
mod sweep_tenants;
mod sweep_writes;
mod walk;
