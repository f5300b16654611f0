//! Tables above all tenants. They hold no business data and are reached by named functions only.

pub mod credentials;
pub mod job_queue;
pub mod leases;
pub mod platform_audit;
pub mod platform_idempotency;
pub mod platform_keys;
pub mod platform_settings;
pub mod security_log;
pub mod tenant_limits;
pub mod tenants;
pub mod tokens;
