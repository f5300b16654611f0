//! Which columns may hold personal data (SEC-07), as data: erasure and masking read this list.

/// Tables with their columns that may name or describe a person, free text included. Tables that are not here hold none.
pub const PERSONAL: &[(&str, &[&str])] = &[
    ("platform_idempotency", &["body"]),
    ("snapshots", &["body"]),
    ("idempotency_keys", &["body"]),
    ("jobs", &["input", "result", "error"]),
    ("search_words", &["word"]),
    ("users", &["name", "email"]),
    ("api_keys", &["name"]),
    ("parties", &["name", "tax_id", "email", "phone", "metadata"]),
    ("contacts", &["name", "email", "phone", "title"]),
    ("addresses", &["line1", "line2", "city", "region", "postal_code", "country"]),
    ("leads", &["title", "contact_name", "organization_name", "email", "phone", "description", "reason", "metadata"]),
    ("opportunities", &["title", "lost_reason"]),
    ("quotes", &["accepted_by", "reference", "notes", "decline_reason"]),
    ("orders", &["reference", "notes", "cancel_reason"]),
    ("quote_lines", &["description", "price_override_reason"]),
    ("order_holds", &["reason", "release_reason"]),
    ("order_lines", &["description", "price_override_reason"]),
    ("obligations", &["description", "holds"]),
    ("billables", &["description", "reason"]),
    ("invoices", &["reason", "reference", "notes"]),
    ("invoice_lines", &["description"]),
    ("payments", &["reference", "reversal_reason"]),
    ("deliveries", &["reversal_reason"]),
    ("delivery_lines", &["description"]),
];
