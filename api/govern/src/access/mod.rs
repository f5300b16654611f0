//! Permissions, the built-in roles, and how a bearer token becomes a principal (SEC-01, SEC-03, SEC-04).
//!
//! A permission is `<resource>:<verb>`; the catalogue is every permission that an endpoint names. Roles and keys hold patterns: `orders:confirm`,
//! `orders:*`, `*:read`, `*:*`. A pattern means whatever it matches today. A key that a person answers for can do what its scopes say, as far as that person
//! can do it now, for the companies that are theirs now (threat 13).

mod authenticate;
mod company;
pub(crate) mod credential;
mod permission;
mod principal;
mod second;
mod subject;

pub use authenticate::Credentials;
pub use company::within;
pub use permission::{BUILT_IN, OWNER, catalogue, covers, expand, unknown};
pub(crate) use principal::roles_of;
pub use second::{is_same, took_part};
pub use subject::told_of;
