//! How the lists look: one line per resource. A resource that is not here shows what most objects have.

use crate::text::clean;
use serde_json::Value;

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// A state, with the colour of its meaning.
    State,
    /// An amount with the object's currency, to the right.
    Money,
    /// A number, to the right.
    Number,
    /// An instant, to the minute.
    Time,
    /// An id of another object: its name when it is known.
    Ref,
    /// How many there are.
    Count,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The head.
    pub head: &'static str,
    /// Where the field is: `stage.name`.
    pub field: &'static str,
    /// The columns it takes.
    pub width: u16,
    /// How it is written.
    pub kind: Kind,
    /// In which order columns give way when the terminal is narrow: 0 never, then the highest first.
    pub gives_way: u8,
}

const fn col(head: &'static str, field: &'static str, width: u16, kind: Kind, gives_way: u8) -> Column {
    Column { head, field, width, kind, gives_way }
}

use Kind::{Count, Money, Number, Ref, State, Text, Time};

/// The columns of the resources that people look at most. The first column that is a text takes what is left of the width.
pub const KNOWN: &[(&str, &[Column])] = &[
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
            col("PREFIX", "prefix", 18, Text, 1),
            col("SCOPES", "scopes", 6, Count, 0),
            col("EXPIRES", "expires_at", 16, Time, 2),
            col("REVOKED", "revoked_at", 16, Time, 0),
            col("CREATED", "created_at", 16, Time, 3),
        ],
    ),
    (
        "leads",
        &[
            col("TITLE", "title", 24, Text, 0),
            col("STATUS", "status", 12, State, 0),
            col("ORGANIZATION", "organization_name", 18, Text, 1),
            col("CONTACT", "contact_name", 14, Text, 3),
            col("SOURCE", "source", 8, Text, 2),
            col("UPDATED", "updated_at", 16, Time, 1),
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
            col("UPDATED", "updated_at", 16, Time, 5),
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
            col("CUSTOMER", "party_id", 20, Ref, 0),
            col("STATUS", "status", 10, State, 0),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("DATE", "order_date", 10, Text, 1),
            col("HOLDS", "holds", 5, Count, 3),
            col("REFERENCE", "reference", 12, Text, 2),
            col("UPDATED", "updated_at", 16, Time, 4),
        ],
    ),
    (
        "deliveries",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 20, Ref, 0),
            col("STATUS", "status", 9, State, 0),
            col("LINES", "lines", 5, Count, 3),
            col("SHIP DATE", "ship_date", 10, Text, 0),
            col("CARRIER", "carrier", 12, Text, 2),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "billables",
        &[
            col("DESCRIPTION", "description", 22, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 1),
            col("STATUS", "status", 11, State, 0),
            col("QUANTITY", "quantity", 9, Number, 3),
            col("AMOUNT", "amount", 15, Money, 0),
            col("DATE", "billable_date", 10, Text, 2),
            col("SOURCE", "source_type", 13, Text, 4),
        ],
    ),
    (
        "invoices",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("STATUS", "status", 9, State, 0),
            col("PAID", "payment_state", 9, State, 1),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("OPEN", "open_amount", 15, Money, 3),
            col("DUE", "due_date", 10, Text, 2),
            col("KIND", "kind", 11, Text, 4),
        ],
    ),
    (
        "payments",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("STATUS", "status", 8, State, 0),
            col("AMOUNT", "amount", 15, Money, 0),
            col("UNALLOCATED", "unallocated_amount", 15, Money, 2),
            col("DATE", "payment_date", 10, Text, 1),
            col("METHOD", "method", 6, Text, 4),
            col("ALLOCATION", "allocation_state", 14, State, 3),
        ],
    ),
    (
        "events",
        &[
            col("SEQ", "sequence", 7, Number, 1),
            col("TIME (UTC)", "occurred_at", 16, Time, 0),
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
            col("TIME (UTC)", "recorded_at", 16, Time, 0),
            col("OPERATION", "operation", 22, Text, 0),
            col("ACTOR", "actor.name", 12, Text, 0),
            col("SUBJECT", "subject.type", 14, Text, 0),
            col("ID", "subject.id", 30, Text, 2),
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
    (
        "journal-entries",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("DATE", "date", 10, Text, 0),
            col("POSTED", "event", 20, Text, 0),
            col("SOURCE", "source.id", 30, Text, 1),
            col("LINES", "lines", 5, Count, 2),
        ],
    ),
];

const OTHERS: &[Column] = &[
    col("ID", "id", 30, Text, 0),
    col("CODE", "code", 12, Text, 1),
    col("NAME", "name", 22, Text, 0),
    col("STATUS", "status", 12, State, 0),
    col("UPDATED", "updated_at", 16, Time, 2),
];

/// The columns of a resource.
pub fn of(name: &str) -> Vec<Column> {
    KNOWN.iter().find(|(known, _)| *known == name).map_or(OTHERS, |(_, columns)| columns).to_vec()
}

/// The field at a path such as `stage.name`.
pub fn at<'a>(value: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(value, |value, part| value.get(part).unwrap_or(&Value::Null))
}

/// A field as a cell shows it.
pub fn cell(object: &Value, column: &Column) -> String {
    let value = at(object, column.field);
    match (column.kind, value) {
        (Count, Value::Array(items)) => items.len().to_string(),
        (Count, Value::Object(fields)) => fields.len().to_string(),
        (Time, Value::String(text)) => minute(text),
        (Money, Value::String(amount)) => format!("{} {}", clean(amount), clean(object.get("currency").and_then(Value::as_str).unwrap_or_default())),
        _ => plain(value),
    }
}

/// A value in one line.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => clean(text).into_owned(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            if items.is_empty() {
                "-".to_owned()
            } else {
                items.iter().map(plain).collect::<Vec<_>>().join(", ")
            }
        }
        other => clean(&other.to_string()).into_owned(),
    }
}

/// An instant to the minute.
pub fn minute(text: &str) -> String {
    text.get(..16).map_or_else(|| clean(text).into_owned(), |head| clean(head).replace('T', " "))
}
