//! The ledger: entries balance, and their lines are theirs (INV-3).

use super::check::{Check, Unit};

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    [sums(), lines(), reversals(), dimensions()].concat()
}

fn sums() -> Vec<Check> {
    vec![
        Check {
            name: "entry_balanced",
            subject: "jen",
            what: "the debits of the entry as its credits",
            unit: Unit::Money,
            sql: "SELECT e.id AS id, e.number AS label, e.currency AS currency, l.debit AS expected, l.credit AS found FROM journal_entries e \
                  JOIN (SELECT entry_id, SUM(debit) AS debit, SUM(credit) AS credit FROM journal_lines \
                      WHERE tenant_id = $1 GROUP BY entry_id) l ON l.entry_id = e.id \
                  WHERE e.tenant_id = $1 [e.company_id] AND l.debit <> l.credit"
                .to_owned(),
        },
        Check {
            name: "entry_total",
            subject: "jen",
            what: "the sum of the debits as the entry's total",
            unit: Unit::Money,
            sql: "SELECT e.id AS id, e.number AS label, e.currency AS currency, COALESCE(l.debit, 0) AS expected, e.total AS found FROM journal_entries e \
                  LEFT JOIN (SELECT entry_id, SUM(debit) AS debit FROM journal_lines WHERE tenant_id = $1 GROUP BY entry_id) l \
                      ON l.entry_id = e.id \
                  WHERE e.tenant_id = $1 [e.company_id] AND e.total <> COALESCE(l.debit, 0)"
                .to_owned(),
        },
        Check {
            name: "company_balanced",
            subject: "com",
            what: "the debits of the company as its credits",
            unit: Unit::Money,
            sql: "SELECT c.id AS id, c.name AS label, c.currency AS currency, l.debit AS expected, l.credit AS found FROM companies c \
                  JOIN (SELECT company_id, SUM(debit) AS debit, SUM(credit) AS credit FROM journal_lines \
                      WHERE tenant_id = $1 GROUP BY company_id) l ON l.company_id = c.id \
                  WHERE c.tenant_id = $1 [c.id] AND l.debit <> l.credit"
                .to_owned(),
        },
    ]
}

fn lines() -> Vec<Check> {
    vec![
        Check {
            name: "line_one_sided",
            subject: "jen",
            what: "lines that are negative, have both sides or none",
            unit: Unit::Count,
            sql: "SELECT e.id AS id, e.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM journal_entries e \
                  JOIN journal_lines l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
                  WHERE e.tenant_id = $1 [e.company_id] AND (l.debit < 0 OR l.credit < 0 OR (l.debit <> 0 AND l.credit <> 0) \
                      OR (l.debit = 0 AND l.credit = 0 AND l.amount_currency = 0)) \
                  GROUP BY e.id, e.number"
                .to_owned(),
        },
        Check {
            name: "line_of_entry",
            subject: "jen",
            what: "lines of another company or day than the entry's, or on another company's account or one that is not there",
            unit: Unit::Count,
            sql: "SELECT e.id AS id, e.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM journal_entries e \
                  JOIN journal_lines l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
                  LEFT JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
                  WHERE e.tenant_id = $1 [e.company_id] AND (l.company_id <> e.company_id OR l.day <> e.date OR a.id IS NULL OR a.company_id <> e.company_id) \
                  GROUP BY e.id, e.number"
                .to_owned(),
        },
    ]
}

fn reversals() -> Vec<Check> {
    vec![
        Check {
            name: "reversal_of",
            subject: "jen",
            what: "entries of the same company and total that the reversal takes back",
            unit: Unit::Count,
            sql: "SELECT e.id AS id, e.number AS label, NULL AS currency, 1 AS expected, COUNT(o.id) AS found FROM journal_entries e \
                  LEFT JOIN journal_entries o ON o.tenant_id = e.tenant_id AND o.id = e.reversal_of AND o.company_id = e.company_id AND o.total = e.total \
                  WHERE e.tenant_id = $1 [e.company_id] AND e.reversal_of IS NOT NULL GROUP BY e.id, e.number HAVING COUNT(o.id) <> 1"
                .to_owned(),
        },
        Check {
            name: "changed_at",
            subject: "jen",
            what: "the instant at which it was taken back, or else made, as that of its last change, in microseconds",
            unit: Unit::Count,
            sql: "SELECT e.id AS id, e.number AS label, NULL AS currency, COALESCE(m.created_at, e.created_at) AS expected, e.updated_at AS found \
                  FROM journal_entries e LEFT JOIN journal_entries m ON m.tenant_id = e.tenant_id AND m.reversal_of = e.id \
                  WHERE e.tenant_id = $1 [e.company_id] AND e.updated_at <> COALESCE(m.created_at, e.created_at)"
                .to_owned(),
        },
        Check {
            name: "reversed_once",
            subject: "jen",
            what: "entries that take the entry back",
            unit: Unit::Count,
            sql: "SELECT reversal_of AS id, MIN(number) AS label, NULL AS currency, 1 AS expected, COUNT(*) AS found FROM journal_entries \
                  WHERE tenant_id = $1 [company_id] AND reversal_of IS NOT NULL GROUP BY reversal_of HAVING COUNT(*) > 1"
                .to_owned(),
        },
    ]
}

/// What is booked on a set is what the lines of its invoice carry, in the document's currency; and every set that is named is there.
fn dimensions() -> Vec<Check> {
    let carried = "SELECT l.invoice_id AS invoice_id, s.id AS set_id, SUM(CASE WHEN (i.direction = 'sale') = (i.kind = 'invoice') THEN l.net_amount \
                       ELSE 0 - l.net_amount END) AS net FROM invoice_lines l JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
                   JOIN dimension_sets s ON s.tenant_id = l.tenant_id AND s.content = l.dimensions \
                   WHERE l.tenant_id = $1 AND l.dimensions IS NOT NULL AND i.journal_entry_id IS NOT NULL GROUP BY l.invoice_id, s.id";
    let booked = "SELECT i.id AS invoice_id, j.dimension_set_id AS set_id, SUM(0 - j.amount_currency) AS net FROM invoices i \
                  JOIN journal_lines j ON j.tenant_id = i.tenant_id AND j.entry_id = i.journal_entry_id \
                  WHERE i.tenant_id = $1 AND j.dimension_set_id IS NOT NULL GROUP BY i.id, j.dimension_set_id";
    let kept = format!(
        "SELECT i.id AS id, i.number AS label, i.currency AS currency, COALESCE(c.net, 0) AS expected, COALESCE(b.net, 0) AS found FROM \
         (SELECT invoice_id, set_id FROM ({carried}) x UNION SELECT invoice_id, set_id FROM ({booked}) y) k \
         JOIN invoices i ON i.tenant_id = $1 AND i.id = k.invoice_id \
         LEFT JOIN ({carried}) c ON c.invoice_id = k.invoice_id AND c.set_id = k.set_id \
         LEFT JOIN ({booked}) b ON b.invoice_id = k.invoice_id AND b.set_id = k.set_id \
         WHERE i.tenant_id = $1 [i.company_id] AND COALESCE(c.net, 0) <> COALESCE(b.net, 0)"
    );
    let named = "SELECT e.id AS id, e.number AS label, NULL AS currency, 0 AS expected, COUNT(*) AS found FROM journal_entries e \
                 JOIN journal_lines l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id \
                 LEFT JOIN dimension_sets s ON s.tenant_id = l.tenant_id AND s.id = l.dimension_set_id \
                 WHERE e.tenant_id = $1 [e.company_id] AND l.dimension_set_id IS NOT NULL AND s.id IS NULL GROUP BY e.id, e.number";
    vec![
        Check { name: "dimensions_booked", subject: "inv", what: "the net of its lines that carry dimensions as booked on them", unit: Unit::Money, sql: kept },
        Check { name: "dimension_set", subject: "jen", what: "lines whose dimensions are not there", unit: Unit::Count, sql: named.to_owned() },
    ]
}
