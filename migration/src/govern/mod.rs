//! Who may act, and where.

pub(crate) mod m0006_companies;
pub(crate) mod m0007_users;
