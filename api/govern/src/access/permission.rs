//! The catalogue of permissions and the roles that every tenant starts with.

use causeway_contract::FieldError;
use causeway_contract::{Audience, COSTS, Code};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The built-in role that may do everything.
pub const OWNER: &str = "owner";

/// Roles that come with a tenant: name and patterns (rules.md).
pub const BUILT_IN: &[(&str, &[&str])] = &[
    (OWNER, &["*:*"]),
    (
        "sales_rep",
        &[
            "leads:*",
            "opportunities:*",
            "quotes:read",
            "quotes:write",
            "quotes:accept",
            "orders:read",
            "orders:write",
            "orders:promise",
            "orders:hold",
            "credit:read",
            "parties:read",
            "parties:write",
            "ownership_rules:read",
            "products:read",
            "categories:read",
            "dimensions:read",
            "units:read",
            "price_lists:read",
            "taxes:read",
            "payment_terms:read",
            "stages:read",
            "teams:read",
            "activities:*",
            "pipeline:read",
            "companies:read",
            "deliveries:read",
            "invoices:read",
            "flows:read",
        ],
    ),
    (
        "sales_manager",
        &[
            "costs:read",
            "leads:*",
            "opportunities:*",
            "quotes:*",
            "orders:*",
            "credit:read",
            "parties:*",
            "ownership_rules:read",
            "products:read",
            "categories:read",
            "dimensions:read",
            "units:read",
            "price_lists:*",
            "taxes:read",
            "payment_terms:read",
            "stages:*",
            "teams:*",
            "activities:*",
            "companies:read",
            "deliveries:read",
            "invoices:read",
            "payments:read",
            "reports:read",
            "flows:read",
            "users:read",
            "imports:write",
            "jobs:*",
        ],
    ),
    (
        "operations",
        &[
            "costs:read",
            "orders:read",
            "orders:confirm",
            "orders:amend",
            "orders:promise",
            "orders:cancel",
            "orders:hold",
            "orders:release",
            "credit:read",
            "deliveries:*",
            "billables:read",
            // What is late, not shipped, not billed, and how long that takes.
            "fulfilment:read",
            "products:*",
            "categories:*",
            "dimensions:read",
            "units:*",
            "parties:read",
            "ownership_rules:read",
            "companies:read",
            "flows:read",
            "jobs:read",
        ],
    ),
    (
        "finance",
        &[
            "costs:read",
            "billables:*",
            "credit:read",
            // How much a customer may owe.
            "credit:write",
            "invoices:read",
            "invoices:write",
            "invoices:post",
            "invoices:credit",
            "credit_notes:write",
            "payments:read",
            "payments:write",
            // Who books the bank's statement posts and allocates; paying back and giving up is the manager's.
            "payments:post",
            "payments:allocate",
            "ledger:read",
            "accounts:*",
            "dimensions:*",
            "taxes:*",
            "payment_terms:*",
            "exchange_rates:*",
            "parties:*",
            "ownership_rules:read",
            "orders:read",
            "quotes:read",
            "deliveries:read",
            "companies:read",
            "products:read",
            "reports:read",
            "flows:read",
            "events:read",
            "jobs:read",
        ],
    ),
    (
        "finance_manager",
        &[
            "costs:read",
            "billables:*",
            "credit:*",
            "invoices:*",
            "credit_notes:*",
            "payments:*",
            "refunds:*",
            "ledger:*",
            "accounts:*",
            "dimensions:*",
            "taxes:*",
            "payment_terms:*",
            "exchange_rates:*",
            "parties:*",
            "ownership_rules:read",
            "orders:*",
            "quotes:read",
            "deliveries:read",
            "companies:*",
            "products:read",
            "price_lists:read",
            "reports:read",
            "flows:read",
            "events:read",
            "audit:read",
            "jobs:read",
            "users:read",
        ],
    ),
    ("auditor", &["*:read"]),
    (
        "integration",
        &[
            "costs:read",
            "leads:*",
            "opportunities:*",
            "quotes:*",
            "orders:*",
            "deliveries:*",
            "billables:*",
            "credit:read",
            "credit:write",
            "invoices:*",
            "credit_notes:*",
            "payments:*",
            "parties:*",
            "ownership_rules:read",
            "products:*",
            "categories:*",
            "dimensions:read",
            "units:*",
            "price_lists:*",
            "taxes:read",
            "payment_terms:read",
            "exchange_rates:*",
            "companies:read",
            "stages:read",
            "teams:read",
            "activities:*",
            "accounts:read",
            "ledger:read",
            "reports:read",
            "flows:read",
            "events:read",
            "imports:write",
            "jobs:*",
        ],
    ),
    ("none", &[]),
];

/// Permissions that no endpoint names: what a verb asks for besides its own by what it is done to, and what else of an answer may be read.
const BEYOND_ENDPOINTS: [&str; 3] = ["credit:release", "parties:terms", COSTS];

/// Every permission that an endpoint of a tenant names, and those that a verb asks for besides.
pub fn catalogue() -> &'static BTreeSet<String> {
    static CATALOGUE: OnceLock<BTreeSet<String>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let rows = causeway_openapi::rows();
        let tenant = rows.iter().filter(|row| (row.audience)() == Audience::Tenant && !row.permission.starts_with("any:"));
        tenant.map(|row| row.permission).chain(BEYOND_ENDPOINTS).map(str::to_owned).collect()
    })
}

fn matches(pattern: &str, permission: &str) -> bool {
    let (Some((resource, verb)), Some((of, what))) = (pattern.split_once(':'), permission.split_once(':')) else { return false };
    (resource == "*" || resource == of) && (verb == "*" || verb == what)
}

/// Permissions that come with another: whoever reads all reports reads those about the pipeline and about what is left to ship and to bill, too.
const INCLUDED: [(&str, &str); 2] = [("reports:read", "pipeline:read"), ("reports:read", "fulfilment:read")];

/// The permissions that these patterns give today.
#[must_use]
pub fn expand(patterns: &[String]) -> BTreeSet<String> {
    let given = |permission: &str| patterns.iter().any(|pattern| matches(pattern, permission));
    let included = |permission: &str| INCLUDED.iter().any(|(by, what)| *what == permission && given(by));
    catalogue().iter().filter(|permission| given(permission) || included(permission)).cloned().collect()
}

/// Whether a caller with `held` may give `patterns` away: nobody gives more than they have.
#[must_use]
pub fn covers(held: &BTreeSet<String>, patterns: &[String]) -> bool {
    expand(patterns).is_subset(held)
}

/// The errors of patterns that match nothing.
#[must_use]
pub fn unknown(patterns: &[String], pointer: &str) -> Vec<FieldError> {
    patterns
        .iter()
        .enumerate()
        .filter(|(_, pattern)| !catalogue().iter().any(|permission| matches(pattern, permission)))
        .map(|(index, pattern)| {
            FieldError::pointer(
                Code::InvalidValue,
                format!("{pointer}/{index}"),
                format!("`{pattern}` matches no permission; one looks like `orders:confirm` or `orders:*`"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_pattern_means_something() {
        for (role, patterns) in BUILT_IN {
            let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            assert_eq!(unknown(&patterns, role), vec![], "role {role}");
        }
    }

    #[test]
    fn whoever_sells_reads_the_pipeline_and_not_the_books() {
        let of = |role: &str| {
            let patterns = BUILT_IN.iter().find(|(name, _)| *name == role).map(|(_, patterns)| *patterns).unwrap();
            expand(&patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>())
        };
        let (rep, finance) = (of("sales_rep"), of("finance"));
        assert!(rep.contains("pipeline:read") && !rep.contains("reports:read"));
        assert!(finance.contains("pipeline:read") && finance.contains("fulfilment:read"), "reports:read includes it");
        let operations = of("operations");
        assert!(operations.contains("fulfilment:read") && !operations.contains("reports:read"));
    }

    /// Whoever sells says neither how much a customer may owe nor at which prices and terms it buys (SEC-02, APR-13).
    #[test]
    fn limits_and_terms_of_customers_are_not_everybodys() {
        let holders = |permission: &str| -> Vec<&str> {
            let gives = |patterns: &&[&str]| patterns.iter().any(|pattern| matches(pattern, permission));
            BUILT_IN.iter().filter(|(_, patterns)| gives(patterns)).map(|(name, _)| *name).collect()
        };
        assert_eq!(holders("credit:write"), [OWNER, "finance", "finance_manager", "integration"]);
        assert_eq!(holders("parties:terms"), [OWNER, "sales_manager", "finance", "finance_manager", "integration"]);
        assert_eq!(holders("parties:write").len(), 6, "with sales_rep");
    }

    #[test]
    fn an_auditor_only_reads() {
        assert!(expand(&["*:read".to_owned()]).iter().all(|permission| permission.ends_with(":read")));
        assert_eq!(expand(&["*:*".to_owned()]), *catalogue());
    }
}
