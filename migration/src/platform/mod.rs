//! The tables above all tenants.

pub(crate) mod m0001_tenants;
pub(crate) mod m0002_operations;
pub(crate) mod m0116_platform_keys;
pub(crate) mod m0136_platform_audit;
