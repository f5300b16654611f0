//! Who works here, with whom and with what, and what they did.

use super::Kind::{Count, Money, Number, Ref, State, Text, Time};
use super::{Known, col};

/// Their lists.
pub const KNOWN: &[Known] = &[
    (
        "tenants",
        &[
            col("TENANT", "slug", 14, Text, 0),
            col("NAME", "name", 18, Text, 1),
            col("MODE", "mode", 8, Text, 2),
            col("STATUS", "status", 10, State, 0),
            col("REASON", "suspended_reason", 18, Text, 4),
            col("CREATED", "created_at", 16, Time, 3),
        ],
    ),
    (
        "companies",
        &[
            col("NAME", "name", 20, Text, 0),
            col("CTRY", "country", 4, Text, 0),
            col("CUR", "currency", 4, Text, 0),
            col("TAX ID", "tax_id", 14, Text, 1),
            col("TIME ZONE", "time_zone", 18, Text, 2),
            col("CHART", "chart_template", 10, Text, 4),
            col("UPDATED", "updated_at", 16, Time, 3),
        ],
    ),
    (
        "users",
        &[
            col("NAME", "name", 18, Text, 0),
            col("MAIL", "email", 26, Text, 0),
            col("ACTIVE", "active", 6, State, 0),
            col("ROLES", "role_ids", 5, Count, 1),
            col("CREATED", "created_at", 16, Time, 2),
        ],
    ),
    (
        "roles",
        &[
            col("NAME", "name", 22, Text, 0),
            col("BUILT IN", "built_in", 8, Text, 0),
            col("PERMISSIONS", "permissions", 11, Count, 0),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "api-keys",
        &[
            col("NAME", "name", 18, Text, 0),
            col("PREFIX", "prefix", 18, Text, 2),
            col("PERSON", "user_id", 14, Ref, 3),
            col("SCOPES", "scopes", 6, Count, 1),
            col("LAST USED", "last_used_at", 16, Time, 0),
            col("EXPIRES", "expires_at", 16, Time, 4),
            col("REVOKED", "revoked_at", 16, Time, 0),
            col("CREATED", "created_at", 16, Time, 5),
        ],
    ),
    (
        "platform-keys",
        &[
            col("NAME", "name", 22, Text, 0),
            col("PREFIX", "prefix", 18, Text, 1),
            col("EXPIRES", "expires_at", 16, Time, 2),
            col("REVOKED", "revoked_at", 16, Time, 0),
            col("CREATED", "created_at", 16, Time, 3),
        ],
    ),
    (
        "platform-audit-entries",
        &[
            col("TIME (UTC)", "recorded_at", 16, Time, 0),
            col("WHAT", "type", 24, Text, 0),
            col("WHO", "actor.name", 15, Text, 0),
            col("SUBJECT", "subject_name", 16, Text, 0),
            col("WHY", "reason", 20, Text, 2),
            col("ID", "subject.id", 30, Text, 3),
        ],
    ),
    (
        "sessions",
        &[
            col("PERSON", "user_id", 18, Ref, 0),
            col("FROM", "source", 15, Text, 0),
            col("SIGNED IN", "created_at", 16, Time, 2),
            col("LAST SEEN", "last_seen_at", 16, Time, 0),
            col("EXPIRES", "expires_at", 16, Time, 3),
            col("REVOKED", "revoked_at", 16, Time, 0),
            col("PROGRAM", "user_agent", 18, Text, 4),
        ],
    ),
    (
        "security-events",
        &[
            col("TIME (UTC)", "created_at", 19, Time, 0),
            col("KIND", "kind", 14, Text, 0),
            col("CODE", "code", 20, Text, 0),
            col("STATUS", "status", 6, Number, 2),
            col("METHOD", "method", 6, Text, 3),
            col("PATH", "path", 20, Text, 1),
            col("FROM", "source", 15, Text, 4),
            col("PERSON", "user_id", 14, Ref, 5),
            col("REQUEST", "request_id", 16, Text, 6),
        ],
    ),
    (
        "events",
        &[
            col("SEQ", "sequence", 7, Number, 1),
            col("TIME (UTC)", "occurred_at", 19, Time, 0),
            col("EVENT", "type", 24, Text, 0),
            col("SUBJECT", "subject.id", 30, Text, 2),
            col("ACTOR", "actor.name", 12, Text, 0),
            col("REQUEST", "request_id", 16, Text, 4),
        ],
    ),
    (
        "audit-entries",
        &[
            col("SEQ", "sequence", 7, Number, 1),
            col("TIME (UTC)", "recorded_at", 19, Time, 0),
            col("OPERATION", "operation", 22, Text, 0),
            col("ACTOR", "actor.name", 12, Text, 0),
            col("OBJECT", "subject.id", 16, Ref, 0),
            col("SUBJECT", "subject.type", 14, Text, 2),
            col("CHANGES", "changes", 7, Count, 3),
        ],
    ),
    (
        "jobs",
        &[
            col("JOB", "kind", 20, Text, 0),
            col("STATUS", "status", 10, State, 0),
            col("DONE", "progress.done", 6, Number, 0),
            col("OF", "progress.total", 6, Number, 0),
            col("CREATED", "created_at", 16, Time, 2),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "parties",
        &[
            col("NAME", "name", 24, Text, 0),
            col("CTRY", "country", 4, Text, 0),
            col("ROLES", "roles", 10, Text, 2),
            col("MAIL", "email", 22, Text, 3),
            col("CREDIT LIMIT", "credit_limit", 13, Number, 1),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
    (
        "contacts",
        &[
            col("NAME", "name", 24, Text, 0),
            col("PARTY", "party_id", 22, Ref, 0),
            col("POSITION", "position", 16, Text, 2),
            col("MAIL", "email", 24, Text, 1),
            col("PHONE", "phone", 16, Text, 3),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
    (
        "products",
        &[
            col("CODE", "code", 12, Text, 0),
            col("NAME", "name", 24, Text, 0),
            col("KIND", "kind", 12, Text, 2),
            col("LIST PRICE", "list_price", 15, Money, 0),
            col("UNIT", "unit", 8, Text, 3),
            col("ACTIVE", "active", 6, State, 1),
        ],
    ),
    ("categories", &[col("NAME", "name", 28, Text, 0), col("WITHIN", "parent_id", 22, Ref, 0), col("UPDATED", "updated_at", 16, Time, 1)]),
    (
        "units",
        &[
            col("CODE", "code", 10, Text, 0),
            col("NAME", "name", 20, Text, 0),
            col("CATEGORY", "category", 14, Text, 0),
            col("FACTOR", "factor", 12, Number, 0),
            col("STEP", "step", 10, Number, 1),
            col("UPDATED", "updated_at", 16, Time, 2),
        ],
    ),
    (
        "price-lists",
        &[
            col("CODE", "code", 12, Text, 0),
            col("NAME", "name", 22, Text, 0),
            col("CUR", "currency", 4, Text, 0),
            col("PRIORITY", "priority", 8, Number, 2),
            col("RULES", "rules", 5, Count, 0),
            col("FROM", "valid_from", 10, Text, 1),
            col("TO", "valid_to", 10, Text, 3),
            col("COMPANY", "company_id", 16, Ref, 4),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
    (
        "ownership-rules",
        &[
            col("OBJECT", "applies_to", 14, Text, 0),
            col("FIELDS", "fields", 6, Count, 1),
            col("OWNER", "owner", 16, Text, 0),
            col("STEWARD", "steward_id", 18, Ref, 1),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 2),
        ],
    ),
    (
        "retention-rules",
        &[
            col("KIND", "kind", 20, Text, 0),
            col("DAYS", "days", 5, Number, 0),
            col("HOLD", "hold_reason", 20, Text, 0),
            col("LAST RUN", "last_applied_at", 16, Time, 1),
            col("REMOVED", "last_removed", 8, Number, 1),
        ],
    ),
];
