//! Whatever opens the tenant was given by it: each secret is of a key or a sign-in that is recorded, and no more of them than were made (SEC-03). Secrets are
//! kept as hashes, so that a hash is another one shows nowhere.

use super::check::{Check, Unit};

/// The checks. Keys belong to no company, so they are those of the whole tenant.
pub(super) fn checks() -> Vec<Check> {
    let made =
        "(SELECT COUNT(*) FROM events e WHERE e.tenant_id = $1 AND e.subject_id = c.api_key_id AND e.event_type IN ('api_key.created', 'api_key.rotated'))";
    let secrets = format!(
        "SELECT id, NULL AS label, NULL AS currency, expected, found FROM (SELECT c.api_key_id AS id, {made} AS expected, COUNT(*) AS found FROM credentials c \
         WHERE c.tenant_id = $1 GROUP BY c.api_key_id) t WHERE found > expected"
    );
    // A secret that was replaced has an end, and a key has one.
    let last = "SELECT id, NULL AS label, NULL AS currency, 1 AS expected, found FROM (SELECT k.id AS id, \
                    (SELECT COUNT(*) FROM credentials c WHERE c.tenant_id = $1 AND c.api_key_id = k.id AND c.valid_until IS NULL) AS found, \
                    (SELECT COUNT(*) FROM credentials c WHERE c.tenant_id = $1 AND c.api_key_id = k.id) AS secrets \
                FROM api_keys k WHERE k.tenant_id = $1) t WHERE found > 1 OR secrets = 0";
    let keyless = "SELECT c.api_key_id AS id, NULL AS label, NULL AS currency, 1 AS expected, 0 AS found FROM credentials c \
                   WHERE c.tenant_id = $1 AND (c.platform OR NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.tenant_id = $1 AND k.id = c.api_key_id))";
    let tokens = "SELECT id, NULL AS label, NULL AS currency, expected, found FROM (SELECT t.subject_id AS id, COUNT(*) AS found, \
                      (SELECT COUNT(*) FROM events e WHERE e.tenant_id = $1 AND e.subject_id = t.subject_id AND e.event_type = 'session.created') AS expected \
                  FROM tokens t WHERE t.tenant_id = $1 AND t.kind = 'session' GROUP BY t.subject_id) t WHERE found > expected";
    vec![
        Check { name: "key_secrets", subject: "key", what: "secrets that it was given, at most", unit: Unit::Count, sql: secrets },
        Check { name: "key_secret", subject: "key", what: "secrets without an end", unit: Unit::Count, sql: last.to_owned() },
        Check { name: "secret_of_key", subject: "key", what: "keys of this tenant that a secret is of", unit: Unit::Count, sql: keyless.to_owned() },
        Check { name: "session_tokens", subject: "ses", what: "tokens of the session, at most", unit: Unit::Count, sql: tokens.to_owned() },
    ]
}
