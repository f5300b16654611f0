//! Permissions, the built-in roles, and how a bearer token becomes a principal (SEC-01, SEC-03, SEC-04).
//!
//! A permission is `<resource>:<verb>`; the catalogue is every permission that an endpoint names. Roles and keys hold patterns: `orders:confirm`,
//! `orders:*`, `*:read`, `*:*`. A pattern means whatever it matches today.

mod authenticate;
mod permission;
mod principal;
mod second;

pub use authenticate::Credentials;
pub use permission::{BUILT_IN, catalogue, covers, expand, unknown};
pub(crate) use principal::permissions_of;
pub use second::is_same;
