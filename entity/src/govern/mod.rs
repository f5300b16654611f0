//! Who may act, and where.

pub mod api_key_uses;
pub mod api_keys;
pub mod companies;
pub mod ownership_rules;
pub mod recovery_codes;
pub mod retention_rules;
pub mod roles;
pub mod sessions;
pub mod user_factors;
pub mod user_passwords;
pub mod users;
