//! What is sold: from the lead to the delivery.

use super::Kind::{Count, Money, Number, Ref, State, Text, Time};
use super::{Known, col};

/// Their lists.
pub const KNOWN: &[Known] = &[
    (
        "leads",
        &[
            col("TITLE", "title", 24, Text, 0),
            col("STATUS", "status", 12, State, 0),
            col("ORGANIZATION", "organization_name", 18, Text, 1),
            col("CONTACT", "contact_name", 14, Text, 4),
            col("SOURCE", "source", 10, Text, 3),
            col("OWNER", "owner_id", 14, Ref, 5),
            col("UPDATED", "updated_at", 16, Time, 2),
        ],
    ),
    (
        "opportunities",
        &[
            col("TITLE", "title", 20, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 1),
            col("STATUS", "status", 6, State, 0),
            col("STAGE", "stage.name", 12, Text, 2),
            col("VALUE", "expected_value", 15, Money, 0),
            col("PROB %", "probability", 6, Number, 3),
            col("CLOSES", "expected_close_date", 10, Text, 4),
            col("OWNER", "owner_id", 14, Ref, 6),
            col("LOST BY", "lost_reason", 14, Text, 7),
            col("UPDATED", "updated_at", 16, Time, 5),
        ],
    ),
    (
        "activities",
        &[
            col("KIND", "kind", 7, Text, 0),
            col("NOTE", "note", 24, Text, 0),
            col("STATUS", "status", 9, State, 0),
            col("DUE", "due_at", 16, Time, 0),
            col("OWNER", "owner_id", 14, Ref, 1),
            col("ABOUT", "subject_type", 12, Text, 2),
            col("OUTCOME", "outcome", 16, Text, 3),
        ],
    ),
    (
        "quotes",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("REV", "revision", 3, Number, 4),
            col("CUSTOMER", "party_id", 20, Ref, 0),
            col("STATUS", "status", 11, State, 0),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("MARGIN %", "margin_percent", 8, Number, 3),
            col("VALID UNTIL", "valid_until", 11, Text, 2),
            col("UPDATED", "updated_at", 16, Time, 5),
        ],
    ),
    (
        "orders",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("STATUS", "status", 10, State, 0),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("DATE", "order_date", 10, Text, 1),
            col("HOLD", "hold_kind", 8, Text, 2),
            col("REFERENCE", "reference", 12, Text, 3),
            col("UPDATED", "updated_at", 16, Time, 4),
        ],
    ),
    (
        "order-amendments",
        &[
            col("NO", "number", 3, Number, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("KIND", "kind", 14, Text, 1),
            col("CHANGE", "total_change", 15, Money, 0),
            col("REASON", "reason", 22, Text, 0),
            col("BY", "amended_by", 12, Ref, 2),
            col("ORDER", "order_id", 30, Text, 4),
            col("CREATED", "created_at", 16, Time, 3),
        ],
    ),
    (
        "deliveries",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 20, Ref, 0),
            col("STATUS", "status", 9, State, 0),
            col("LINES", "lines", 5, Count, 5),
            col("PROMISED", "promised_date", 10, Text, 2),
            col("SHIPPED", "ship_date", 10, Text, 0),
            col("RECEIVED", "received_date", 10, Text, 3),
            col("CARRIER", "carrier", 12, Text, 4),
            col("UPDATED", "updated_at", 16, Time, 6),
        ],
    ),
    (
        "quote-templates",
        &[
            col("NAME", "name", 24, Text, 0),
            col("COMPANY", "company_id", 16, Ref, 2),
            col("LINES", "lines", 5, Count, 0),
            col("DISCOUNT %", "discount_percent", 10, Number, 3),
            col("VALID DAYS", "validity_days", 10, Number, 4),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "stages",
        &[
            col("POS", "position", 3, Number, 0),
            col("NAME", "name", 20, Text, 0),
            col("STATUS", "status", 6, State, 0),
            col("PROB %", "probability", 6, Number, 0),
            col("REQUIRED", "required_fields", 22, Text, 2),
            col("COMPANY", "company_id", 16, Ref, 3),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 4),
        ],
    ),
    (
        "lost-reasons",
        &[col("CODE", "code", 18, Text, 0), col("NAME", "name", 28, Text, 0), col("ACTIVE", "active", 6, State, 0), col("UPDATED", "updated_at", 16, Time, 1)],
    ),
    (
        "teams",
        &[
            col("NAME", "name", 24, Text, 0),
            col("LEAD", "lead_id", 18, Ref, 0),
            col("MEMBERS", "member_ids", 7, Count, 0),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "assignment-rules",
        &[
            col("POS", "position", 3, Number, 0),
            col("NAME", "name", 20, Text, 0),
            col("TEAM", "team_id", 14, Ref, 1),
            col("OWNERS", "owner_ids", 6, Count, 0),
            col("COUNTRIES", "countries", 12, Text, 2),
            col("SOURCES", "sources", 14, Text, 3),
            col("COMPANY", "company_id", 14, Ref, 4),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
];
