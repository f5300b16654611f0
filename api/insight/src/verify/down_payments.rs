//! Down payments: what each has left, and that customer advances are what posted ones have left (vectors DLV-007, DLV-008).

use super::check::{Check, Unit};

/// What invoices that stand deduct of each line of a down payment, tax included, less what was credited of the deduction.
const DEDUCTED: &str = "SELECT l.deducted_line_id, SUM(0 - l.net_amount - l.tax_amount + l.credited_amount + COALESCE(n.tax, 0)) AS amount FROM invoice_lines l \
    JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
    LEFT JOIN (SELECT c.credited_line_id, SUM(c.tax_amount) AS tax FROM invoice_lines c JOIN invoices k ON k.tenant_id = c.tenant_id AND k.id = c.invoice_id \
        WHERE c.tenant_id = $1 AND c.credited_line_id IS NOT NULL AND k.status IN ('posted', 'reversed') GROUP BY c.credited_line_id) n \
        ON n.credited_line_id = l.id \
    WHERE l.tenant_id = $1 AND l.deducted_line_id IS NOT NULL AND l.credited_line_id IS NULL AND i.status <> 'cancelled' GROUP BY l.deducted_line_id";

/// What a posted line moves on the advances, credit positive, in the document's currency.
const MOVED: &str = "SELECT i.company_id, i.party_id, i.currency, CASE WHEN i.kind = 'invoice' THEN l.net_amount ELSE 0 - l.net_amount END AS item, 0 AS booked \
    FROM invoice_lines l JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
    LEFT JOIN invoice_lines o ON o.tenant_id = l.tenant_id AND o.id = l.credited_line_id LEFT JOIN invoices p ON p.tenant_id = o.tenant_id AND p.id = o.invoice_id \
    WHERE l.tenant_id = $1 [i.company_id] AND i.status IN ('posted', 'reversed') \
        AND (i.undeducted_amount IS NOT NULL OR l.deducted_line_id IS NOT NULL OR p.undeducted_amount IS NOT NULL)";

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let money = |name, subject, what, sql: String| Check { name, subject, what, unit: Unit::Money, sql };
    let left = format!(
        "SELECT t.id AS id, t.label AS label, t.currency AS currency, t.expected AS expected, t.found AS found FROM (SELECT i.id AS id, i.number AS label, \
             i.currency AS currency, CASE WHEN i.status = 'cancelled' THEN 0 ELSE i.total_amount - COALESCE(x.taken, 0) END AS expected, \
             i.undeducted_amount AS found FROM invoices i LEFT JOIN (SELECT l.invoice_id, SUM(COALESCE(d.amount, 0) + COALESCE(n.amount, 0)) AS taken \
                 FROM invoice_lines l LEFT JOIN ({DEDUCTED}) d ON d.deducted_line_id = l.id \
                 LEFT JOIN (SELECT c.credited_line_id, SUM(c.net_amount + c.tax_amount) AS amount FROM invoice_lines c JOIN invoices k \
                     ON k.tenant_id = c.tenant_id AND k.id = c.invoice_id WHERE c.tenant_id = $1 AND c.credited_line_id IS NOT NULL \
                     AND k.status IN ('posted', 'reversed') GROUP BY c.credited_line_id) n ON n.credited_line_id = l.id \
                 WHERE l.tenant_id = $1 GROUP BY l.invoice_id) x ON x.invoice_id = i.id \
             WHERE i.tenant_id = $1 [i.company_id] AND i.undeducted_amount IS NOT NULL) t WHERE t.found <> t.expected OR t.found < 0"
    );
    // What was posted for a party that was merged is left on the one that remains.
    let advances = format!(
        "SELECT b.party_id AS id, c.name AS label, b.currency AS currency, SUM(b.item) AS expected, SUM(b.booked) AS found FROM ({MOVED} \
             UNION ALL SELECT l.company_id, COALESCE(m.into_party_id, l.party_id) AS party_id, l.currency, 0 AS item, 0 - l.amount_currency AS booked \
             FROM journal_lines l JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
             LEFT JOIN party_merges m ON m.tenant_id = l.tenant_id AND m.merged_id = l.party_id WHERE l.tenant_id = $1 [l.company_id] AND a.purpose = 'customer_advances') b \
         JOIN companies c ON c.tenant_id = $1 AND c.id = b.company_id GROUP BY c.id, c.name, b.party_id, b.currency HAVING SUM(b.item) <> SUM(b.booked)"
    );
    let same = "SELECT l.id AS id, i.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM invoice_lines l \
                JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
                LEFT JOIN invoice_lines d ON d.tenant_id = l.tenant_id AND d.id = l.deducted_line_id \
                LEFT JOIN invoices p ON p.tenant_id = d.tenant_id AND p.id = d.invoice_id \
                WHERE l.tenant_id = $1 [i.company_id] AND l.deducted_line_id IS NOT NULL AND (p.undeducted_amount IS NULL \
                    OR p.status NOT IN ('posted', 'reversed') OR p.party_id <> i.party_id OR p.company_id <> i.company_id OR p.currency <> i.currency \
                    OR l.account_id <> d.account_id OR l.tax_ids <> d.tax_ids)";
    vec![
        money("down_payment_left", "inv", "what is neither deducted nor credited as what the down payment has left", left),
        money("customer_advances", "pty", "what down payments have left without tax, drafts apart, as the balance of customer advances", advances),
        Check {
            name: "deduction_of",
            subject: "iln",
            what: "posted down payments of the same party that the line deducts",
            unit: Unit::Count,
            sql: same.to_owned(),
        },
    ]
}
