//! What comes with a tenant or a company without a record of its own is all there: the built-in roles, the default pipeline, the chart of accounts. Whether
//! each of them is as it came, the comparison of objects with their records tells (`api/src/verify/came.rs`).

use super::check::{Check, Unit};
use causeway_govern::access::BUILT_IN;
use causeway_govern::tenancy::starter::STAGES;
use causeway_master::account::chart::GENERIC;

/// The account for discounts of suppliers, which the first charts lack.
const LATER: &str = "5800";

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let roles = format!(
        "SELECT t.id AS id, t.slug AS label, NULL AS currency, {all} AS expected, \
             (SELECT COUNT(*) FROM roles r WHERE r.tenant_id = $1 AND r.built_in AND r.name IN ({names})) AS found FROM tenants t WHERE t.id = $1",
        all = BUILT_IN.len(),
        names = BUILT_IN.iter().map(|(name, _)| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    );
    let stages = format!(
        "SELECT t.id AS id, t.slug AS label, NULL AS currency, {all} AS expected, (SELECT COUNT(*) FROM stages s WHERE s.tenant_id = $1 AND {own}) AS found \
         FROM tenants t WHERE t.id = $1",
        all = STAGES.len(),
        own = without("s", "stage")
    );
    // The account that later charts have: companies that are older came without it.
    let later = format!(
        "SELECT 1 FROM accounts a WHERE a.tenant_id = $1 AND a.company_id = c.id AND (a.code = '{LATER}' OR a.purpose = 'discount_received') AND {own}",
        own = without("a", "account")
    );
    let accounts = format!(
        "SELECT c.id AS id, c.name AS label, NULL AS currency, {all} + CASE WHEN EXISTS ({later}) THEN 1 ELSE 0 END AS expected, \
             (SELECT COUNT(*) FROM accounts a WHERE a.tenant_id = $1 AND a.company_id = c.id AND {own}) AS found FROM companies c WHERE c.tenant_id = $1 [c.id]",
        all = GENERIC.iter().filter(|account| account.code != LATER).count(),
        own = without("a", "account")
    );
    let differing = |sql: &str| format!("SELECT id, label, currency, expected, found FROM ({sql}) t WHERE found < expected");
    let check = |name, subject, what, sql: &str| Check { name, subject, what, unit: Unit::Count, sql: differing(sql) };
    vec![
        check("built_in_roles", "tnt", "roles that came with the tenant", &roles),
        check("default_stages", "tnt", "stages that came with the tenant", &stages),
        check("chart_of_accounts", "com", "accounts that came with the company", &accounts),
    ]
}

/// The condition that nobody created a row of this kind.
fn without(alias: &str, kind: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = $1 AND e.subject_id = {alias}.id AND e.subject_version = 1 AND e.subject_type = '{kind}')")
}
