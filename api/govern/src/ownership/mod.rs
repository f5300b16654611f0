//! Whose word counts about master data (MDM-08, MDM-09, MDM-13): the rules of a tenant, and what of them whoever writes carries along.
//!
//! The door holds every recorded change against them (`kernel/src/ownership.rs`). They come with the credential, so that writing costs no statement more; a
//! tenant without rules is known by a mark on its row. Not here: what the fields mean.

mod load;
pub mod routes;
mod rules;
pub mod service;

pub use load::of_actor;
pub(crate) use load::of_writer;
