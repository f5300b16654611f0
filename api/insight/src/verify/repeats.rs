//! What a row repeats of another is the same in both, and what can only be one thing is that thing: rates at home, the deal of a posting, the kind of a snapshot,
//! what an obligation needs, and the places of lines. Moments are not compared: a live clock goes on within one transaction.

use super::check::{Check, Unit};
use causeway_value::Rate;

/// Lines by their table, the column of what they are lines of, its table, and the prefix of its ids.
const LINES: [(&str, &str, &str, &str, &str); 7] = [
    ("quote_lines_placed", "quote_lines", "quote_id", "quotes", "qot"),
    ("order_lines_placed", "order_lines", "order_id", "orders", "ord"),
    ("delivery_lines_placed", "delivery_lines", "delivery_id", "deliveries", "dlv"),
    ("invoice_lines_placed", "invoice_lines", "invoice_id", "invoices", "inv"),
    ("installments_placed", "installments", "invoice_id", "invoices", "inv"),
    ("journal_lines_placed", "journal_lines", "entry_id", "journal_entries", "jen"),
    ("run_items_placed", "billing_run_items", "billing_run_id", "billing_runs", "brn"),
];

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = LINES.map(placed).into();
    for (table, subject, rate, flow) in
        [("invoices", "inv", "invoice_home_rate", "invoice_entry_flow"), ("payments", "pay", "payment_home_rate", "payment_entry_flow")]
    {
        checks.extend([home_rate(rate, table, subject), flow_of_entry(flow, table, subject)]);
    }
    checks.extend([of_document(), of_event(), needed()]);
    checks
}

/// The lines of one thing have the places 1 to n.
fn placed((name, lines, parent, table, subject): (&'static str, &str, &str, &str, &'static str)) -> Check {
    let sql = format!(
        "SELECT d.id AS id, NULL AS label, NULL AS currency, COUNT(*) AS expected, MAX(l.position) AS found FROM {table} d \
         JOIN {lines} l ON l.tenant_id = d.tenant_id AND l.{parent} = d.id WHERE d.tenant_id = $1 [d.company_id] GROUP BY d.id \
         HAVING MIN(l.position) <> 1 OR MAX(l.position) <> COUNT(*) OR COUNT(DISTINCT l.position) <> COUNT(*)"
    );
    Check { name, subject, what: "places of its lines from 1 to their number", unit: Unit::Count, sql }
}

/// In the company's own currency nothing is converted.
fn home_rate(name: &'static str, table: &str, subject: &'static str) -> Check {
    let one = Rate::ONE.0;
    let sql = format!(
        "SELECT d.id AS id, d.number AS label, NULL AS currency, {one} AS expected, d.company_rate AS found FROM {table} d \
         JOIN companies c ON c.tenant_id = d.tenant_id AND c.id = d.company_id \
         WHERE d.tenant_id = $1 [d.company_id] AND d.currency = c.currency AND (d.company_rate <> {one} OR d.rate_divides)"
    );
    Check { name, subject, what: "the rate of one in the company's own currency, in millionths of millionths", unit: Unit::Count, sql }
}

/// A document and the entry that posted it are of one deal.
fn flow_of_entry(name: &'static str, table: &str, subject: &'static str) -> Check {
    let sql = format!(
        "SELECT d.id AS id, d.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM {table} d \
         JOIN journal_entries e ON e.tenant_id = d.tenant_id AND e.id = d.journal_entry_id \
         WHERE d.tenant_id = $1 [d.company_id] AND d.flow_id IS DISTINCT FROM e.flow_id"
    );
    Check { name, subject, what: "journal entries of its deal", unit: Unit::Count, sql }
}

/// A journal line names the document of its entry.
fn of_document() -> Check {
    let sql = "SELECT e.id AS id, e.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM journal_entries e \
               JOIN journal_lines l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
               WHERE e.tenant_id = $1 [e.company_id] AND l.document_id IS NOT NULL AND l.document_id <> e.document_id GROUP BY e.id, e.number";
    Check { name: "line_of_document", subject: "jen", what: "lines of another document", unit: Unit::Count, sql: sql.to_owned() }
}

/// A snapshot is of the kind that its event says.
fn of_event() -> Check {
    let sql = "SELECT e.subject_id AS id, e.subject_type AS label, NULL AS currency, e.subject_version AS expected, s.version AS found FROM events e \
               JOIN snapshots s ON s.tenant_id = e.tenant_id AND s.object_id = e.subject_id AND s.version = e.subject_version \
               WHERE e.tenant_id = $1 [e.company_id] AND s.object_type <> e.subject_type";
    Check { name: "snapshot_kind", subject: "", what: "the version whose snapshot is of this kind", unit: Unit::Count, sql: sql.to_owned() }
}

/// Whether a line takes a delivery follows from what is sold and how it is billed.
fn needed() -> Check {
    let sql = "SELECT o.id AS id, s.number AS label, NULL AS currency, 0 AS expected, 1 AS found FROM obligations o \
               LEFT JOIN orders s ON s.tenant_id = o.tenant_id AND s.id = o.order_id LEFT JOIN products p ON p.tenant_id = o.tenant_id AND p.id = o.product_id \
               WHERE o.tenant_id = $1 [o.company_id] AND (o.reserved_quantity <> 0 OR o.needs_delivery IS DISTINCT FROM \
                   (o.ordered_quantity > 0 AND (COALESCE(p.kind, '') = 'goods' OR o.billing_policy = 'on_delivery')))";
    let what = "wrong words on whether it takes a delivery, and on what is reserved for it: nothing, while there is no stock";
    Check { name: "obligation_needs", subject: "obl", what, unit: Unit::Count, sql: sql.to_owned() }
}
