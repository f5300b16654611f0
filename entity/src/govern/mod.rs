//! Who may act, and where.

pub mod api_keys;
pub mod companies;
pub mod roles;
pub mod users;
