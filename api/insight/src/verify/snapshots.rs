//! Every object stands in the trail as it is: a snapshot at its version, and an event for each version from 1 (INV-7).

use super::check::{Check, Unit};
use crate::sql::{statement, unreadable};
use causeway_contract::Problem;
use causeway_entity::kernel::snapshots;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::object::Break;
use causeway_value::CreditPolicyId;

/// The check of credit policies that are gone.
pub(super) const POLICIES: &str = "credit_policy_gone";
/// Policies that are reported, at most.
const MOST: usize = 100;

/// The kinds of objects whose every change is recorded: table, name and company column, empty when the kind belongs to no company. What starts from a
/// template, such as the accounts of a chart, has no record before its first change: `came` looks at those.
const OBJECTS: [(&str, &str, &str); 32] = [
    ("companies", "company", "id"),
    ("parties", "party", ""),
    ("categories", "category", ""),
    ("products", "product", ""),
    ("taxes", "tax", "company_id"),
    ("tax_rules", "tax_rule", "company_id"),
    ("payment_terms", "payment_term", ""),
    ("ownership_rules", "ownership_rule", ""),
    ("retention_rules", "retention_rule", ""),
    ("price_lists", "price_list", ""),
    ("leads", "lead", "company_id"),
    ("opportunities", "opportunity", "company_id"),
    ("teams", "team", ""),
    ("lost_reasons", "lost_reason", ""),
    ("activities", "activity", ""),
    ("quotes", "quote", "company_id"),
    ("quote_templates", "quote_template", "company_id"),
    ("orders", "order", "company_id"),
    ("deliveries", "delivery", "company_id"),
    ("billables", "billable", "company_id"),
    ("invoices", "invoice", "company_id"),
    ("payments", "payment", "company_id"),
    ("users", "user", ""),
    ("api_keys", "api_key", ""),
    ("exchange_rates", "exchange_rate", ""),
    ("credit_policies", "credit_policy", "company_id"),
    ("dimensions", "dimension", ""),
    ("fiscal_years", "fiscal_year", "company_id"),
    ("billing_runs", "billing_run", "company_id"),
    ("units", "unit", ""),
    ("assignment_rules", "assignment_rule", ""),
    ("write_offs", "write_off", "company_id"),
];

/// Kinds of which some have no record: they come with the tenant or the company, or, as contacts, were parts of another object before. Table, name and
/// company column.
const PARTLY: [(&str, &str, &str); 4] = [("accounts", "account", "company_id"), ("roles", "role", ""), ("stages", "stage", ""), ("contacts", "contact", "")];

/// The checks. Each passes over the trail once for all kinds; the label of what they find is its kind.
pub(super) fn checks() -> Vec<Check> {
    let objects = objects();
    let snapshot = format!(
        "SELECT t.id AS id, t.kind AS label, NULL AS currency, t.version AS expected, \
             COALESCE((SELECT MAX(s.version) FROM snapshots s WHERE s.tenant_id = $1 AND s.object_id = t.id), 0) AS found \
         FROM ({objects}) t LEFT JOIN snapshots s ON s.tenant_id = $1 AND s.object_id = t.id AND s.version = t.version WHERE s.object_id IS NULL"
    );
    // As many events as versions, each of another version, from 1 to the last: then they are 1 to n.
    let events = format!(
        "SELECT t.id AS id, t.kind AS label, NULL AS currency, t.version AS expected, COALESCE(e.versions, 0) AS found FROM ({objects}) t \
         LEFT JOIN (SELECT subject_id, COUNT(*) AS events, COUNT(DISTINCT subject_version) AS versions, MIN(subject_version) AS first_version, \
                 MAX(subject_version) AS last_version FROM events WHERE tenant_id = $1 GROUP BY subject_id) e ON e.subject_id = t.id \
         WHERE COALESCE(e.events, 0) <> t.version OR e.versions <> t.version OR e.first_version <> 1 OR e.last_version <> t.version"
    );
    // Rows of these kinds are never removed, but for roles, which have an event of it; credit policies have a check of their own. A merged party stands on, too.
    let all = || OBJECTS.iter().chain(&PARTLY).filter(|(table, _, _)| *table != "credit_policies");
    let gone = format!(
        "SELECT e.subject_id AS id, e.subject_type AS label, NULL AS currency, 1 AS expected, 0 AS found FROM \
             (SELECT subject_id, subject_type FROM events WHERE tenant_id = $1 [company_id] AND subject_type IN ({kinds}) \
                 GROUP BY subject_id, subject_type HAVING COUNT(CASE WHEN event_type = 'role.deleted' THEN 1 END) = 0) e \
         LEFT JOIN ({rows}) t ON t.id = e.subject_id WHERE t.id IS NULL",
        kinds = all().map(|(_, kind, _)| format!("'{kind}'")).collect::<Vec<_>>().join(", "),
        rows = all().map(|(table, _, _)| format!("SELECT id FROM {table} WHERE tenant_id = $1")).collect::<Vec<_>>().join(" UNION ALL ")
    );
    // Whoever writes looks for ownership rules when the tenant has some.
    let owned = "SELECT id, label, NULL AS currency, expected, found FROM (SELECT t.id AS id, t.slug AS label, \
                   CASE WHEN EXISTS (SELECT 1 FROM ownership_rules r WHERE r.tenant_id = $1) THEN 1 ELSE 0 END AS expected, \
                   CASE WHEN t.has_ownership_rules THEN 1 ELSE 0 END AS found FROM tenants t WHERE t.id = $1) t WHERE expected <> found";
    vec![
        Check { name: "tenant_ownership_rules", subject: "tnt", what: "whether it has ownership rules as noted", unit: Unit::Count, sql: owned.to_owned() },
        Check { name: "object_gone", subject: "", what: "rows of an object that has events", unit: Unit::Count, sql: gone },
        Check { name: "object_snapshot", subject: "", what: "the version that has a snapshot", unit: Unit::Count, sql: snapshot },
        Check { name: "object_events", subject: "", what: "versions with one event each, from 1 to its own", unit: Unit::Count, sql: events },
    ]
}

/// Credit policies that have events and no row. The policy of a party that was merged into one with a policy of its own goes: the record of the merge names it.
pub(super) async fn policies(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let gone = "SELECT DISTINCT e.subject_id AS id FROM events e WHERE e.tenant_id = $1 [e.company_id] AND e.subject_type = 'credit_policy' \
                AND NOT EXISTS (SELECT 1 FROM credit_policies p WHERE p.tenant_id = e.tenant_id AND p.id = e.subject_id) ORDER BY 1";
    let asked = statement(tx, gone, Vec::new());
    let missing = tx.query(&asked.sql, asked.values, &[("id", Cell::Uuid)]).await?;
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let superseding = "%\"superseded_credit_policies\":[\"%".to_owned();
    let merges = Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectType, "party").when("body LIKE ?", vec![superseding.into()]).all(tx).await?;
    let mut breaks = Vec::new();
    for row in &missing {
        let id = CreditPolicyId::from_uuid(row.try_get("", "id").map_err(|error| unreadable(&error))?).to_string();
        if !merges.iter().any(|merge| merge.body.as_deref().is_some_and(|body| body.contains(&id))) {
            breaks.push(Break { check: POLICIES.to_owned(), subject: id, detail: "the credit policy has events and is gone".to_owned() });
        }
    }
    breaks.truncate(MOST);
    Ok(breaks)
}

fn objects() -> String {
    let one = |(table, kind, company): &(&str, &str, &str)| {
        let granted = if company.is_empty() { String::new() } else { format!(" [{company}]") };
        format!("SELECT id, version, '{kind}' AS kind FROM {table} WHERE tenant_id = $1{granted}")
    };
    OBJECTS.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::PREFIXES;

    #[test]
    fn every_kind_has_a_prefix_and_its_company_is_respected() {
        let tables = causeway_migration::tables();
        for (table, kind, company) in OBJECTS.into_iter().chain(PARTLY) {
            assert!(PREFIXES.iter().any(|(_, name)| *name == kind), "{kind}");
            let columns = &tables.iter().find(|known| known.name == table).unwrap().columns;
            assert!(columns.iter().any(|(name, _, _)| *name == "version"), "{table}");
            let owned = table == "companies" || columns.iter().any(|(name, _, nullable)| *name == "company_id" && !nullable);
            assert_eq!(owned, !company.is_empty(), "{table}");
        }
    }
}
