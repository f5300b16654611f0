//! Write-offs and what of payments is used without an invoice: each has its entry and settles what it says.

use super::check::{Check, Unit};

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let money = |name, subject, what, sql: &str| Check { name, subject, what, unit: Unit::Money, sql: sql.to_owned() };
    let count = |name, subject, what, sql: &str| Check { name, subject, what, unit: Unit::Count, sql: sql.to_owned() };
    vec![
        money(
            "write_off_settles",
            "wof",
            "what it settles as the amount given up, nothing when it was taken back",
            "SELECT w.id AS id, NULL AS label, w.currency AS currency, CASE WHEN w.status = 'posted' THEN w.amount ELSE 0 END AS expected, \
                 COALESCE(a.amount, 0) AS found FROM write_offs w LEFT JOIN (SELECT write_off_id, SUM(amount) AS amount FROM allocations \
                 WHERE tenant_id = $1 AND write_off_id IS NOT NULL AND reversed_at IS NULL GROUP BY write_off_id) a ON a.write_off_id = w.id \
             WHERE w.tenant_id = $1 [w.company_id] AND COALESCE(a.amount, 0) <> CASE WHEN w.status = 'posted' THEN w.amount ELSE 0 END",
        ),
        count(
            "write_off_entry",
            "wof",
            "the entry of the write-off, and of its reversal when it was taken back",
            "SELECT w.id AS id, w.status AS label, NULL AS currency, CASE WHEN w.status = 'reversed' THEN 2 ELSE 1 END AS expected, COUNT(e.id) AS found \
             FROM write_offs w LEFT JOIN journal_entries e ON e.tenant_id = w.tenant_id AND e.id IN (w.journal_entry_id, w.reversal_entry_id) \
                 AND e.document_id = w.id AND e.company_id = w.company_id \
             WHERE w.tenant_id = $1 [w.company_id] GROUP BY w.id, w.status HAVING COUNT(e.id) <> CASE WHEN w.status = 'reversed' THEN 2 ELSE 1 END",
        ),
        money(
            "write_off_booked",
            "wof",
            "what its entry takes off the open item as the amount in company currency",
            "SELECT w.id AS id, NULL AS label, c.currency AS currency, COALESCE(SUM(CASE WHEN a.id IS NULL THEN 0 ELSE ABS(l.debit - l.credit) END), 0) AS expected, \
                 w.company_amount AS found FROM write_offs w JOIN companies c ON c.tenant_id = w.tenant_id AND c.id = w.company_id \
             LEFT JOIN journal_lines l ON l.tenant_id = w.tenant_id AND l.entry_id = w.journal_entry_id \
             LEFT JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id AND a.purpose IN ('receivable', 'payable') \
             WHERE w.tenant_id = $1 [w.company_id] GROUP BY w.id, c.currency, w.company_amount \
             HAVING w.company_amount <> COALESCE(SUM(CASE WHEN a.id IS NULL THEN 0 ELSE ABS(l.debit - l.credit) END), 0)",
        ),
        count(
            "write_off_of_invoice",
            "wof",
            "differences from the invoice that it gives up: company, party, currency and deal",
            "SELECT w.id AS id, NULL AS label, NULL AS currency, 0 AS expected, 1 AS found FROM write_offs w \
             LEFT JOIN invoices i ON i.tenant_id = w.tenant_id AND i.id = w.invoice_id \
             WHERE w.tenant_id = $1 [w.company_id] AND (i.company_id IS DISTINCT FROM w.company_id OR i.party_id IS DISTINCT FROM w.party_id \
                 OR i.currency IS DISTINCT FROM w.currency OR i.flow_id IS DISTINCT FROM w.flow_id)",
        ),
        count(
            "offset_of_payment",
            "pof",
            "contradictions with its payment: another company, no entry of the surplus, or in the company's own currency another amount",
            "SELECT o.id AS id, o.kind AS label, NULL AS currency, 0 AS expected, 1 AS found FROM payment_offsets o \
             LEFT JOIN payments p ON p.tenant_id = o.tenant_id AND p.id = o.payment_id LEFT JOIN companies c ON c.tenant_id = o.tenant_id AND c.id = o.company_id \
             LEFT JOIN journal_entries e ON e.tenant_id = o.tenant_id AND e.id = o.journal_entry_id AND e.company_id = o.company_id \
             WHERE o.tenant_id = $1 [o.company_id] AND (p.company_id IS DISTINCT FROM o.company_id OR (o.kind = 'surplus' AND e.id IS NULL) \
                 OR (o.journal_entry_id IS NOT NULL AND e.id IS NULL) OR (p.currency = c.currency AND o.company_amount <> o.amount))",
        ),
        money(
            "invoice_written_off",
            "inv",
            "the bad debts as what is written off",
            "SELECT i.id AS id, i.number AS label, i.currency AS currency, COALESCE(w.amount, 0) AS expected, COALESCE(i.written_off_amount, 0) AS found \
             FROM invoices i LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount FROM write_offs WHERE tenant_id = $1 AND kind = 'bad_debt' \
                 AND status = 'posted' GROUP BY invoice_id) w ON w.invoice_id = i.id \
             WHERE i.tenant_id = $1 [i.company_id] AND COALESCE(i.written_off_amount, 0) <> COALESCE(w.amount, 0)",
        ),
        count(
            "refund_sides",
            "pof",
            "the same refund on the payment on the other side",
            "SELECT o.id AS id, o.kind AS label, NULL AS currency, 1 AS expected, COUNT(c.id) AS found FROM payment_offsets o \
             LEFT JOIN payment_offsets c ON c.tenant_id = o.tenant_id AND c.payment_id = o.counterpart_id AND c.counterpart_id = o.payment_id \
                 AND c.amount = o.amount AND (c.reversed_at IS NULL) = (o.reversed_at IS NULL) \
             WHERE o.tenant_id = $1 [o.company_id] AND o.kind = 'refund' GROUP BY o.id, o.kind HAVING COUNT(c.id) < 1",
        ),
        count(
            "invoice_overdue",
            "inv",
            "the first due date of what is open",
            "SELECT i.id AS id, i.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM invoices i \
             LEFT JOIN (SELECT invoice_id, MIN(due_date) AS due_date FROM installments WHERE tenant_id = $1 AND open_amount <> 0 GROUP BY invoice_id) t \
                 ON t.invoice_id = i.id \
             WHERE i.tenant_id = $1 [i.company_id] AND i.kind = 'invoice' AND i.status IN ('posted', 'reversed') \
                 AND COALESCE(i.next_due_date, '') <> COALESCE(t.due_date, '')",
        ),
    ]
}
