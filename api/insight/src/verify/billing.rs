//! From the obligation to the invoice: nothing is billed twice, nothing more than was ordered, and the counters are the sums of what they count.

use super::check::{Check, Unit};

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let mut checks = obligations();
    checks.extend(orders());
    checks.extend(billables());
    checks
}

/// A counter of an obligation against the sum that it counts. `sums` answers `order_line_id` and `counted`.
fn counter(name: &'static str, what: &'static str, unit: Unit, column: &str, sums: &str) -> Check {
    let sql = format!(
        "SELECT o.id AS id, s.number AS label, o.currency AS currency, COALESCE(x.counted, 0) AS expected, o.{column} AS found FROM obligations o \
         LEFT JOIN orders s ON s.tenant_id = o.tenant_id AND s.id = o.order_id LEFT JOIN ({sums}) x ON x.order_line_id = o.id \
         WHERE o.tenant_id = $1 [o.company_id] AND o.{column} <> COALESCE(x.counted, 0)"
    );
    Check { name, subject: "obl", what, unit, sql }
}

/// An obligation for which a condition holds that must not.
fn limit(name: &'static str, what: &'static str, found: &str, condition: &str) -> Check {
    let sql = format!(
        "SELECT o.id AS id, s.number AS label, NULL AS currency, o.ordered_quantity AS expected, {found} AS found FROM obligations o \
         LEFT JOIN orders s ON s.tenant_id = o.tenant_id AND s.id = o.order_id WHERE o.tenant_id = $1 [o.company_id] AND {condition}"
    );
    Check { name, subject: "obl", what, unit: Unit::Quantity, sql }
}

/// What stands of a line is the same to who sold it and to who bills it, and a fulfilled order has nothing left to deliver.
fn orders() -> Vec<Check> {
    let kept = "SELECT o.id AS id, s.number AS label, NULL AS currency, COALESCE(l.kept_quantity, l.quantity) AS expected, \
                    o.ordered_quantity - o.cancelled_quantity AS found FROM obligations o \
                JOIN orders s ON s.tenant_id = o.tenant_id AND s.id = o.order_id JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.id = o.id \
                WHERE o.tenant_id = $1 [o.company_id] AND s.status <> 'cancelled' \
                    AND COALESCE(l.kept_quantity, l.quantity) <> o.ordered_quantity - o.cancelled_quantity";
    let fulfilled = "SELECT s.id AS id, s.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM orders s \
                     JOIN obligations o ON o.tenant_id = s.tenant_id AND o.order_id = s.id \
                     WHERE s.tenant_id = $1 [s.company_id] AND s.status = 'fulfilled' AND o.needs_delivery \
                         AND o.delivered_quantity + o.cancelled_quantity < o.ordered_quantity GROUP BY s.id, s.number";
    vec![
        Check { name: "order_line_kept", subject: "obl", what: "what stands of the order's line", unit: Unit::Quantity, sql: kept.to_owned() },
        Check { name: "order_fulfilled", subject: "ord", what: "lines left to deliver", unit: Unit::Count, sql: fulfilled.to_owned() },
    ]
}

/// What an obligation repeats of its order and of the line that it shares its id with.
fn of_line() -> Check {
    let same = [
        ("s", "company_id"),
        ("s", "party_id"),
        ("s", "flow_id"),
        ("s", "currency"),
        ("s", "payment_term_id"),
        ("s", "tax_rounding"),
        ("s", "tax_step"),
        ("l", "order_id"),
        ("l", "product_id"),
        ("l", "description"),
    ];
    let terms = [
        ("l", "unit"),
        ("l", "unit_price"),
        ("l", "price_base_quantity"),
        ("l", "discount_percent"),
        ("l", "billing_policy"),
        ("l", "tax_ids"),
        ("l", "dimensions"),
    ];
    let differs: Vec<String> = same.iter().chain(&terms).map(|(table, column)| format!("o.{column} IS DISTINCT FROM {table}.{column}")).collect();
    let sql = format!(
        "SELECT o.id AS id, s.number AS label, NULL AS currency, 0 AS expected, 1 AS found FROM obligations o \
         LEFT JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.id = o.id LEFT JOIN orders s ON s.tenant_id = o.tenant_id AND s.id = o.order_id \
         LEFT JOIN units u ON u.tenant_id = o.tenant_id AND u.code = o.unit \
         WHERE o.tenant_id = $1 [o.company_id] AND ({} OR o.document_discount_percent IS DISTINCT FROM COALESCE(l.document_discount_percent, s.discount_percent) \
         OR o.discount_base IS DISTINCT FROM s.discount_base \
         OR COALESCE(o.discount_posting, 'net') <> COALESCE(s.discount_posting, 'net') \
         OR (o.reference IS NOT NULL AND o.reference IS DISTINCT FROM s.reference) \
         OR (o.unit_step IS NOT NULL AND o.unit_step IS DISTINCT FROM u.step))",
        differs.join(" OR ")
    );
    Check { name: "obligation_of_line", subject: "obl", what: "differences from its order line", unit: Unit::Count, sql }
}

/// Every line of an order that stands is owed.
fn owed() -> Check {
    let sql = "SELECT l.id AS id, s.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM orders s \
         JOIN order_lines l ON l.tenant_id = s.tenant_id AND l.order_id = s.id LEFT JOIN obligations o ON o.tenant_id = l.tenant_id AND o.id = l.id \
         WHERE s.tenant_id = $1 [s.company_id] AND s.status IN ('confirmed', 'fulfilled') AND o.id IS NULL";
    Check { name: "obligation_missing", subject: "oln", what: "obligations of the line", unit: Unit::Count, sql: sql.to_owned() }
}

fn obligations() -> Vec<Check> {
    let billable = |column: &str| {
        format!(
            "SELECT order_line_id, SUM({column}) AS counted FROM billables WHERE tenant_id = $1 AND order_line_id IS NOT NULL \
             AND status <> 'written_off' GROUP BY order_line_id"
        )
    };
    let ordered = "SELECT id AS order_line_id, quantity AS counted FROM order_lines WHERE tenant_id = $1";
    let delivered = "SELECT l.order_line_id, SUM(l.quantity - COALESCE(l.refunded_quantity, 0)) AS counted FROM delivery_lines l JOIN deliveries d ON d.tenant_id = l.tenant_id \
                     AND d.id = l.delivery_id WHERE l.tenant_id = $1 AND d.status = 'done' GROUP BY l.order_line_id";
    let returned = "SELECT l.order_line_id, SUM(l.returned_quantity) AS counted FROM delivery_lines l WHERE l.tenant_id = $1 \
                    AND l.returned_quantity IS NOT NULL GROUP BY l.order_line_id";
    let invoiced = "SELECT l.order_line_id, SUM(CASE WHEN i.kind = 'invoice' THEN l.quantity ELSE 0 - l.quantity END) AS counted FROM invoice_lines l \
                    JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id WHERE l.tenant_id = $1 AND l.order_line_id IS NOT NULL \
                    AND i.direction = 'sale' AND i.status IN ('posted', 'reversed') GROUP BY l.order_line_id";
    let (quantity, money) = (Unit::Quantity, Unit::Money);
    vec![
        of_line(),
        owed(),
        counter("obligation_ordered", "the order line's quantity as the ordered one", quantity, "ordered_quantity", ordered),
        counter("obligation_delivered", "what was shipped and not given back for money as the delivered quantity", quantity, "delivered_quantity", delivered),
        counter("obligation_returned", "what came back as the returned quantity", quantity, "returned_quantity", returned),
        counter("obligation_invoiced", "what posted invoices and credit notes bill as the invoiced quantity", quantity, "invoiced_quantity", invoiced),
        counter("obligation_billable", "its billables as the billable quantity", quantity, "billable_quantity", &billable("quantity")),
        counter("obligation_billable_amount", "its billables as the billable amount", money, "billable_amount", &billable("amount")),
        counter(
            "obligation_billable_price",
            "its billables as the billable amount with included taxes",
            money,
            "billable_price_amount",
            &billable("price_amount"),
        ),
        limit(
            "billed_within_ordered",
            "at most the ordered quantity as the billable one",
            "o.billable_quantity",
            "(ABS(o.billable_quantity) > ABS(o.ordered_quantity) OR (o.billable_quantity < 0) <> (o.ordered_quantity < 0) AND o.billable_quantity <> 0)",
        ),
        limit(
            "delivered_within_ordered",
            "at most the ordered quantity as what was delivered and cancelled",
            "o.delivered_quantity + o.cancelled_quantity",
            "ABS(o.delivered_quantity + o.cancelled_quantity) > ABS(o.ordered_quantity)",
        ),
    ]
}

fn billables() -> Vec<Check> {
    let count = |name, what, sql: String| Check { name, subject: "bil", what, unit: Unit::Count, sql };
    let source = "SELECT x.id AS id, x.source_type AS label, NULL AS currency, 1 AS expected, d.billables AS found FROM billables x \
                  JOIN (SELECT source_type, source_id, COUNT(*) AS billables FROM billables WHERE tenant_id = $1 GROUP BY source_type, source_id \
                      HAVING COUNT(*) > 1) d ON d.source_type = x.source_type AND d.source_id = x.source_id \
                  WHERE x.tenant_id = $1 [x.company_id]";
    // One that was credited in full and then taken back is written off and stays on its invoice's line.
    let wanted = "CASE WHEN b.status = 'invoiced' THEN 1 ELSE 0 END";
    let lines = format!(
        "SELECT b.id AS id, b.status AS label, NULL AS currency, {wanted} AS expected, COALESCE(l.lines, 0) AS found FROM billables b \
         LEFT JOIN (SELECT l.billable_id, COUNT(*) AS lines FROM invoice_lines l JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
             WHERE l.tenant_id = $1 AND l.billable_id IS NOT NULL AND i.kind = 'invoice' AND i.status <> 'cancelled' GROUP BY l.billable_id) l \
             ON l.billable_id = b.id \
         WHERE b.tenant_id = $1 [b.company_id] AND b.status <> 'written_off' AND COALESCE(l.lines, 0) <> {wanted}"
    );
    // What of an invoiced one was credited and is billed again, or came back, was taken off it.
    let same = "SELECT b.id AS id, i.number AS label, NULL AS currency, b.quantity + COALESCE(r.quantity, 0) AS expected, l.quantity AS found FROM billables b \
                LEFT JOIN (SELECT billable_id, invoice_id, SUM(quantity) AS quantity FROM billable_reductions WHERE tenant_id = $1 AND invoice_id IS NOT NULL \
                    GROUP BY billable_id, invoice_id) r ON r.billable_id = b.id AND r.invoice_id = b.invoice_id \
                JOIN invoice_lines l ON l.tenant_id = b.tenant_id AND l.billable_id = b.id \
                JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
                WHERE b.tenant_id = $1 [b.company_id] AND b.status = 'invoiced' AND i.status <> 'cancelled' \
                    AND (l.quantity <> b.quantity + COALESCE(r.quantity, 0) OR b.invoice_id IS NULL OR l.invoice_id <> b.invoice_id OR i.currency <> b.currency \
                        OR i.party_id <> b.party_id OR i.company_id <> b.company_id)";
    // What waits is billed on the terms that its order has now; an amendment gives them to it.
    let term = "SELECT b.id AS id, b.status AS label, NULL AS currency, 0 AS expected, 1 AS found FROM billables b \
                JOIN obligations o ON o.tenant_id = b.tenant_id AND o.id = b.order_line_id \
                WHERE b.tenant_id = $1 [b.company_id] AND b.status IN ('pending', 'ready', 'held') AND b.payment_term_id IS DISTINCT FROM o.payment_term_id"
        .to_owned();
    vec![
        count("billable_term", "other payment terms than its order line's", term),
        count("billable_source", "billables of one source", source.to_owned()),
        count("billable_invoiced", "invoice lines of the billable", lines),
        Check {
            name: "billable_line",
            subject: "bil",
            what: "the billable's quantity, party, company and currency on the invoice it names",
            unit: Unit::Quantity,
            sql: same.to_owned(),
        },
    ]
}
