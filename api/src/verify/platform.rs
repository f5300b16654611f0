//! Whatever opens the platform was given by it: each secret is of a key that somebody of the platform made (SEC-03, SEC-12).

use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_openapi::object::Break;
use causeway_value::type_id;
use uuid::Uuid;

/// What each statement finds: its name, the prefix of the ids, what is wrong, and the statement, which answers `id`.
const CHECKS: [(&str, &str, &str, &str); 6] = [
    (
        "platform_secret",
        "pky",
        "a secret opens the platform for a key that is not there",
        "SELECT c.api_key_id AS id FROM credentials c WHERE (c.platform OR c.tenant_id IS NULL) \
             AND (c.tenant_id IS NOT NULL OR NOT c.platform OR NOT EXISTS (SELECT 1 FROM platform_keys k WHERE k.id = c.api_key_id))",
    ),
    (
        // Each rotation is a version.
        "platform_secrets",
        "pky",
        "the key has more secrets than it was given",
        "SELECT k.id AS id FROM platform_keys k JOIN credentials c ON c.api_key_id = k.id GROUP BY k.id, k.version HAVING COUNT(*) > k.version",
    ),
    (
        // Keys that are older than the trail have no entry in it.
        "platform_key_made",
        "pky",
        "nobody made this key: the platform's trail does not tell of it",
        "SELECT k.id AS id FROM platform_keys k WHERE k.created_at > (SELECT MIN(a.recorded_at) FROM platform_audit a) \
             AND NOT EXISTS (SELECT 1 FROM platform_audit a WHERE a.subject_id = k.id AND a.event_type = 'platform_key.created')",
    ),
    (
        // Whatever changes a key is told, and gives it a version.
        "platform_key_trail",
        "pky",
        "the platform's trail does not tell of each of its versions once",
        "SELECT k.id AS id FROM platform_keys k LEFT JOIN platform_audit a ON a.subject_id = k.id WHERE k.created_at > (SELECT MIN(f.recorded_at) FROM platform_audit f) \
             GROUP BY k.id, k.version HAVING COUNT(a.id) <> k.version",
    ),
    (
        // No key gets another name.
        "platform_audit_names",
        "pae",
        "an entry of the platform's trail calls a key by another name",
        "SELECT a.id AS id FROM platform_audit a LEFT JOIN platform_keys b ON b.id = a.actor_id LEFT JOIN platform_keys k ON k.id = a.subject_id \
             WHERE a.actor_name IS DISTINCT FROM b.name OR (a.subject_type = 'platform_key' AND k.name IS DISTINCT FROM a.subject_name)",
    ),
    (
        "secret_of_tenant",
        "tnt",
        "a secret opens a tenant that is not there",
        "SELECT DISTINCT c.tenant_id AS id FROM credentials c WHERE c.tenant_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tenants t WHERE t.id = c.tenant_id)",
    ),
];

/// What is wrong with the secrets of the platform.
///
/// # Errors
/// When the database fails.
pub(super) async fn differences(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    for (check, prefix, detail, sql) in CHECKS {
        for row in tx.query(&format!("{sql} ORDER BY 1 LIMIT 100"), Vec::new(), &[("id", Cell::Uuid)]).await? {
            let id = row.try_get::<Uuid>("", "id").unwrap_or(Uuid::nil());
            breaks.push(Break { check: check.to_owned(), subject: type_id(prefix, id), detail: detail.to_owned() });
        }
    }
    Ok(breaks)
}
