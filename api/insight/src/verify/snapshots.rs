//! Every object stands in the trail as it is: a snapshot at its version, and an event for each version from 1 (INV-7).

use super::check::{Check, Unit};

/// The kinds of objects whose every change is recorded: table, name and company column, empty when the kind belongs to no company. What starts from a
/// template, such as the accounts of a chart, has no record before its first change and is left out.
const OBJECTS: [(&str, &str, &str); 22] = [
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
];

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
    // Rows of these kinds are never removed. A merged party stands on, too.
    let gone = format!(
        "SELECT e.subject_id AS id, e.subject_type AS label, NULL AS currency, 1 AS expected, 0 AS found FROM \
             (SELECT DISTINCT subject_id, subject_type FROM events WHERE tenant_id = $1 [company_id] AND subject_type IN ({kinds})) e \
         LEFT JOIN ({all}) t ON t.id = e.subject_id WHERE t.id IS NULL",
        kinds = OBJECTS.map(|(_, kind, _)| format!("'{kind}'")).join(", "),
        all = OBJECTS.map(|(table, _, _)| format!("SELECT id FROM {table} WHERE tenant_id = $1")).join(" UNION ALL ")
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
        for (table, kind, company) in OBJECTS {
            assert!(PREFIXES.iter().any(|(_, name)| *name == kind), "{kind}");
            let columns = &tables.iter().find(|known| known.name == table).unwrap().columns;
            assert!(columns.iter().any(|(name, _, _)| *name == "version"), "{table}");
            let owned = table == "companies" || columns.iter().any(|(name, _, nullable)| *name == "company_id" && !nullable);
            assert_eq!(owned, !company.is_empty(), "{table}");
        }
    }
}
