//! Imports: rows of a file become objects (INT-35, MDM-10).
//!
//! A file is stored part by part as it arrives; a job takes one part a step, each in one transaction with its counts and errors, so a crash loses nothing
//! and repeats nothing. Rows of a part are read together: one query for each kind of thing that they name. A row goes through the same schema and the same
//! verb as a request of the API; what is wrong with it is kept with its row and column, and the other rows go on. A row whose external reference is known
//! changes that object; an id has one row in a file, however far apart two stand. A column that names no field becomes `metadata`, and the result says so.
//! Not here: what an object must satisfy (its slice), how a file is cut (`kernel::upload`).

pub mod columns;
pub mod job;
pub mod named;
pub mod names;
mod rights;
pub mod routes;
pub mod rows;
mod targets;
