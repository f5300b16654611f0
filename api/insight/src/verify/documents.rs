//! Documents add up to their lines (INV-3), and an accepted quote is one order.

use super::check::{Check, Unit};

/// A kind of document with lines.
struct Document {
    table: &'static str,
    subject: &'static str,
    lines: &'static str,
    parent: &'static str,
    untaxed: &'static str,
    tax: &'static str,
    total: &'static str,
    /// Which lines count; empty when all do.
    counted: &'static str,
}

const DOCUMENTS: [Document; 3] = [
    Document {
        table: "quotes",
        subject: "qot",
        lines: "quote_lines",
        parent: "quote_id",
        untaxed: "quote_untaxed",
        tax: "quote_tax",
        total: "quote_total",
        counted: " AND (chosen IS NULL OR chosen)",
    },
    Document {
        table: "orders",
        subject: "ord",
        lines: "order_lines",
        parent: "order_id",
        untaxed: "order_untaxed",
        tax: "order_tax",
        total: "order_total",
        counted: "",
    },
    Document {
        table: "invoices",
        subject: "inv",
        lines: "invoice_lines",
        parent: "invoice_id",
        untaxed: "invoice_untaxed",
        tax: "invoice_tax",
        total: "invoice_total",
        counted: "",
    },
];

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = DOCUMENTS.iter().flat_map(totals).collect();
    checks.extend(accepted_quotes());
    checks.push(destination());
    checks.push(submitted());
    checks
}

/// Goods of an order go where the order says: deliveries ask its obligations.
fn destination() -> Check {
    let sql = "SELECT o.id AS id, o.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM orders o \
               JOIN obligations b ON b.tenant_id = o.tenant_id AND b.order_id = o.id WHERE o.tenant_id = $1 [o.company_id] \
                   AND NOT (b.ship_to_id = o.ship_to_id OR (b.ship_to_id IS NULL AND o.ship_to_id IS NULL)) GROUP BY o.id, o.number";
    Check { name: "obligation_ship_to", subject: "ord", what: "lines whose goods go elsewhere", unit: Unit::Count, sql: sql.to_owned() }
}

/// Who submitted a quote last, and therefore does not approve it, is who the trail says. One that needs no second person is approved by being submitted.
fn submitted() -> Check {
    let sql = "SELECT q.id AS id, q.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM quotes q \
               LEFT JOIN (SELECT subject_id, MAX(subject_version) AS version FROM events WHERE tenant_id = $1 AND (event_type = 'quote.submitted' \
                   OR (event_type = 'quote.approved' AND operation <> 'ApproveQuote')) GROUP BY subject_id) l \
                   ON l.subject_id = q.id \
               LEFT JOIN events e ON e.tenant_id = q.tenant_id AND e.subject_id = q.id AND e.subject_version = l.version \
               WHERE q.tenant_id = $1 [q.company_id] AND q.submitted_by IS DISTINCT FROM e.actor_id";
    Check { name: "quote_submitted_by", subject: "qot", what: "the one who submitted it last, as the trail tells", unit: Unit::Count, sql: sql.to_owned() }
}

/// Net, tax and total of a document.
fn totals(document: &Document) -> [Check; 3] {
    let Document { table, subject, lines, parent, counted, .. } = *document;
    let sum = |column: &str, header: &str| {
        format!(
            "SELECT d.id AS id, d.number AS label, d.currency AS currency, COALESCE(l.amount, 0) AS expected, d.{header} AS found FROM {table} d \
             LEFT JOIN (SELECT {parent} AS parent_id, SUM({column}) AS amount FROM {lines} WHERE tenant_id = $1{counted} GROUP BY {parent}) l \
                 ON l.parent_id = d.id \
             WHERE d.tenant_id = $1 [d.company_id] AND d.{header} <> COALESCE(l.amount, 0)"
        )
    };
    let sums = "d.untaxed_amount + d.tax_amount + COALESCE(d.rounding_amount, 0)";
    let total = format!(
        "SELECT d.id AS id, d.number AS label, d.currency AS currency, {sums} AS expected, d.total_amount AS found \
         FROM {table} d WHERE d.tenant_id = $1 [d.company_id] AND d.total_amount <> {sums}"
    );
    let check = |name, what, sql| Check { name, subject, what, unit: Unit::Money, sql };
    [
        check(document.untaxed, "the net amounts of the lines as the untaxed amount", sum("net_amount", "untaxed_amount")),
        check(document.tax, "the taxes of the lines as the tax amount", sum("tax_amount", "tax_amount")),
        check(document.total, "untaxed amount, tax and rounding as the total", total),
    ]
}

/// A quote that was accepted has one order and names it; another has none.
fn accepted_quotes() -> [Check; 2] {
    let orders = "LEFT JOIN (SELECT quote_id, COUNT(*) AS orders FROM orders WHERE tenant_id = $1 AND quote_id IS NOT NULL GROUP BY quote_id) o \
                  ON o.quote_id = q.id";
    let wanted = "CASE WHEN q.status = 'accepted' THEN 1 ELSE 0 END";
    let counted = format!(
        "SELECT q.id AS id, q.number AS label, NULL AS currency, {wanted} AS expected, COALESCE(o.orders, 0) AS found FROM quotes q {orders} \
         WHERE q.tenant_id = $1 [q.company_id] AND COALESCE(o.orders, 0) <> {wanted}"
    );
    let named = "SELECT q.id AS id, q.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM quotes q \
                 WHERE q.tenant_id = $1 [q.company_id] AND q.status = 'accepted' AND NOT EXISTS (SELECT 1 FROM orders o \
                     WHERE o.tenant_id = q.tenant_id AND o.id = q.order_id AND o.quote_id = q.id)";
    [
        Check { name: "quote_order", subject: "qot", what: "orders that the quote became", unit: Unit::Count, sql: counted },
        Check { name: "quote_names_order", subject: "qot", what: "orders that the accepted quote names", unit: Unit::Count, sql: named.to_owned() },
    ]
}
