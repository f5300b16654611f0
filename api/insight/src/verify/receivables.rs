//! Open items: what is open on each document, and that together they are the control accounts (INV-3, INV-6).
//!
//! The receivable account of a company is what its customers' invoices have open, less the open rest of credit notes and the unallocated rest of payments,
//! each at what it was booked for in company currency. A payment's rest is its booked amount less what its allocations used of it, which is what they
//! settled plus their exchange difference (inbound) or minus it (outbound); the difference itself stands on the control account, so the sum is exact in
//! every currency. The payable account is the mirror.

use super::check::{Check, Unit};

/// What an installment, or a payment's rest, adds to its control account as debit minus credit, from the rows that count now.
const ITEMS: &str = "SELECT i.company_id, i.party_id, i.direction, \
        CASE WHEN (i.direction = 'sale') = (i.kind = 'invoice') THEN t.company_open_amount ELSE 0 - t.company_open_amount END AS amount \
    FROM invoices i JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id \
    WHERE i.tenant_id = $1 [i.company_id] AND i.status IN ('posted', 'reversed') \
    UNION ALL SELECT p.company_id, p.party_id, p.settles AS direction, \
        CASE WHEN p.direction = 'inbound' THEN COALESCE(a.settled, 0) + COALESCE(a.difference, 0) - p.company_amount \
            ELSE p.company_amount - COALESCE(a.settled, 0) + COALESCE(a.difference, 0) END AS amount \
    FROM payments p LEFT JOIN (SELECT payment_id, SUM(company_amount) AS settled, SUM(exchange_difference) AS difference FROM ( \
            SELECT payment_id, company_amount, exchange_difference FROM allocations WHERE tenant_id = $1 AND payment_id IS NOT NULL AND reversed_at IS NULL \
            UNION ALL SELECT payment_id, company_amount, 0 AS exchange_difference FROM payment_offsets WHERE tenant_id = $1 AND reversed_at IS NULL) AS uses \
        GROUP BY payment_id) a ON a.payment_id = p.id \
    WHERE p.tenant_id = $1 [p.company_id] AND p.status = 'posted'";

/// What allocations that count took of each installment: as what they settle, and as the credit note that settles.
const TAKEN: &str = "SELECT installment_id, SUM(amount) AS amount, SUM(company_amount) AS company_amount \
    FROM (SELECT installment_id, amount, company_amount FROM allocations WHERE tenant_id = $1 AND reversed_at IS NULL \
        UNION ALL SELECT t.id AS installment_id, a.source_amount AS amount, \
            CASE WHEN n.direction = 'sale' THEN a.company_amount + a.exchange_difference ELSE a.company_amount - a.exchange_difference END AS company_amount \
        FROM allocations a JOIN invoices n ON n.tenant_id = a.tenant_id AND n.id = a.credit_note_id \
        JOIN installments t ON t.tenant_id = a.tenant_id AND t.invoice_id = a.credit_note_id \
        WHERE a.tenant_id = $1 AND a.reversed_at IS NULL) AS parts GROUP BY installment_id";

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let mut checks = vec![
        control("receivable_control", "sale", "receivable", false),
        control("receivable_of_party", "sale", "receivable", true),
        control("payable_control", "purchase", "payable", false),
        control("payable_of_party", "purchase", "payable", true),
    ];
    checks.extend(installments());
    checks.extend(invoices());
    checks.extend(payments());
    checks.extend(allocations());
    checks.extend(super::cash::checks());
    checks
}

fn money(name: &'static str, subject: &'static str, what: &'static str, sql: String) -> Check {
    Check { name, subject, what, unit: Unit::Money, sql }
}

fn count(name: &'static str, subject: &'static str, what: &'static str, sql: String) -> Check {
    Check { name, subject, what, unit: Unit::Count, sql }
}

/// The balance of a control account as the sum of its open items, per company or per party of it.
fn control(name: &'static str, direction: &str, purpose: &str, by_party: bool) -> Check {
    // What was posted for a party that was merged is open on the one that remains.
    let ledger = format!(
        "SELECT l.company_id, COALESCE(m.into_party_id, l.party_id) AS party_id, 0 AS item, l.debit - l.credit AS booked FROM journal_lines l \
         JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         LEFT JOIN party_merges m ON m.tenant_id = l.tenant_id AND m.merged_id = l.party_id WHERE l.tenant_id = $1 [l.company_id] AND a.purpose = '{purpose}'"
    );
    let (id, key) = if by_party { ("COALESCE(b.party_id, c.id)", "c.id, c.name, c.currency, b.party_id") } else { ("c.id", "c.id, c.name, c.currency") };
    let sql = format!(
        "SELECT {id} AS id, c.name AS label, c.currency AS currency, SUM(b.item) AS expected, SUM(b.booked) AS found \
         FROM ({ledger} UNION ALL SELECT company_id, party_id, amount AS item, 0 AS booked FROM ({ITEMS}) AS items WHERE direction = '{direction}') b \
         JOIN companies c ON c.tenant_id = $1 AND c.id = b.company_id GROUP BY {key} HAVING SUM(b.item) <> SUM(b.booked)"
    );
    money(name, if by_party { "pty" } else { "com" }, "the open items as the balance of the control account", sql)
}

fn installments() -> Vec<Check> {
    let open = |column: &str, of: &str, currency: &str| {
        format!(
            "SELECT t.id AS id, i.number AS label, {currency} AS currency, t.{of} - COALESCE(x.{of}, 0) AS expected, t.{column} AS found \
             FROM installments t JOIN invoices i ON i.tenant_id = t.tenant_id AND i.id = t.invoice_id \
             JOIN companies c ON c.tenant_id = i.tenant_id AND c.id = i.company_id LEFT JOIN ({TAKEN}) x ON x.installment_id = t.id \
             WHERE t.tenant_id = $1 [i.company_id] AND t.{column} <> t.{of} - COALESCE(x.{of}, 0)"
        )
    };
    let closed = "SELECT t.id AS id, i.number AS label, c.currency AS currency, 0 AS expected, t.company_open_amount AS found \
                  FROM installments t JOIN invoices i ON i.tenant_id = t.tenant_id AND i.id = t.invoice_id \
                  JOIN companies c ON c.tenant_id = i.tenant_id AND c.id = i.company_id \
                  WHERE t.tenant_id = $1 [i.company_id] AND t.open_amount = 0 AND t.company_open_amount <> 0";
    vec![
        money("installment_open", "ins", "the amount less its allocations as the open amount", open("open_amount", "amount", "i.currency")),
        money(
            "installment_company_open",
            "ins",
            "the booked amount less its allocations as the open amount in company currency",
            open("company_open_amount", "company_amount", "c.currency"),
        ),
        money("installment_closed", "ins", "what is open in company currency of what is settled", closed.to_owned()),
    ]
}

fn invoices() -> Vec<Check> {
    let is_posted = "i.status IN ('posted', 'reversed')";
    let parts = "LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount, SUM(open_amount) AS open_amount FROM installments WHERE tenant_id = $1 \
                 GROUP BY invoice_id) t ON t.invoice_id = i.id";
    let sum = format!(
        "SELECT i.id AS id, i.number AS label, i.currency AS currency, CASE WHEN {is_posted} THEN i.total_amount ELSE 0 END AS expected, \
             COALESCE(t.amount, 0) AS found FROM invoices i {parts} \
         WHERE i.tenant_id = $1 [i.company_id] AND COALESCE(t.amount, 0) <> CASE WHEN {is_posted} THEN i.total_amount ELSE 0 END"
    );
    let open = format!(
        "SELECT i.id AS id, i.number AS label, i.currency AS currency, CASE WHEN {is_posted} THEN COALESCE(t.open_amount, 0) ELSE i.total_amount END \
             AS expected, i.open_amount AS found FROM invoices i {parts} \
         WHERE i.tenant_id = $1 [i.company_id] AND i.status <> 'cancelled' \
             AND i.open_amount <> CASE WHEN {is_posted} THEN COALESCE(t.open_amount, 0) ELSE i.total_amount END"
    );
    let within = "SELECT i.id AS id, i.number AS label, i.currency AS currency, i.total_amount AS expected, i.open_amount AS found FROM invoices i \
                  WHERE i.tenant_id = $1 [i.company_id] AND (i.open_amount < 0 OR i.open_amount > i.total_amount)"
        .to_owned();
    let state = "CASE WHEN i.open_amount <> 0 AND i.open_amount = i.total_amount THEN 'open' WHEN i.open_amount <> 0 THEN 'part_paid' \
                 WHEN i.total_amount <> 0 AND COALESCE(n.credited, 0) = i.total_amount THEN 'reversed' \
                 WHEN COALESCE(w.given_up, 0) <> 0 THEN 'written_off' ELSE 'paid' END";
    let states = format!(
        "SELECT i.id AS id, i.payment_state || ' instead of ' || {state} AS label, NULL AS currency, 1 AS expected, 0 AS found FROM invoices i \
         LEFT JOIN (SELECT a.invoice_id, SUM(a.amount) AS credited FROM allocations a JOIN invoices c ON c.tenant_id = a.tenant_id \
             AND c.id = a.credit_note_id AND c.credited_invoice_id = a.invoice_id WHERE a.tenant_id = $1 AND a.reversed_at IS NULL \
             GROUP BY a.invoice_id) n ON n.invoice_id = i.id \
         LEFT JOIN (SELECT invoice_id, SUM(amount) AS given_up FROM write_offs WHERE tenant_id = $1 AND kind = 'bad_debt' AND status = 'posted' \
             GROUP BY invoice_id) w ON w.invoice_id = i.id \
         WHERE i.tenant_id = $1 [i.company_id] AND {is_posted} AND i.payment_state <> {state}"
    );
    let entry = format!(
        "SELECT i.id AS id, i.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM invoices i \
         WHERE i.tenant_id = $1 [i.company_id] AND {is_posted} AND i.total_amount <> 0 AND NOT EXISTS (SELECT 1 FROM journal_entries e \
             WHERE e.tenant_id = i.tenant_id AND e.id = i.journal_entry_id AND e.document_id = i.id AND e.company_id = i.company_id \
                 AND e.date = i.invoice_date)"
    );
    let credited = |column: &str, of: &str| {
        format!(
            "SELECT l.id AS id, i.number AS label, i.currency AS currency, COALESCE(n.taken, 0) AS expected, COALESCE(l.{column}, 0) AS found FROM invoice_lines l \
             JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
             LEFT JOIN (SELECT cl.credited_line_id, SUM(cl.{of}) AS taken FROM invoice_lines cl JOIN invoices ci ON ci.tenant_id = cl.tenant_id \
                 AND ci.id = cl.invoice_id WHERE cl.tenant_id = $1 AND cl.credited_line_id IS NOT NULL AND ci.status IN ('posted', 'reversed') \
                 GROUP BY cl.credited_line_id) n ON n.credited_line_id = l.id \
             WHERE l.tenant_id = $1 [i.company_id] AND COALESCE(l.{column}, 0) <> COALESCE(n.taken, 0)"
        )
    };
    let quantity = credited("credited_quantity", "quantity");
    vec![
        money("invoice_installments", "inv", "the total as the sum of the installments", sum),
        money("invoice_open", "inv", "what the installments have open as the open amount", open),
        money("invoice_open_within_total", "inv", "an open amount from zero to the total", within),
        count("invoice_payment_state", "inv", "the payment state", states),
        count("invoice_entry", "inv", "journal entries of the posted document and its date", entry),
        money("line_credited_amount", "iln", "what credit notes took as the line's credited amount", credited("credited_amount", "net_amount")),
        money(
            "line_credited_discount",
            "iln",
            "what credit notes took as the line's credited discount",
            credited("credited_discount_amount", "discount_amount"),
        ),
        Check { name: "line_credited_quantity", subject: "iln", what: "what credit notes took as the credited quantity", unit: Unit::Quantity, sql: quantity },
    ]
}

fn payments() -> Vec<Check> {
    let used = "LEFT JOIN (SELECT payment_id, SUM(source_amount) AS used, SUM(company_amount) AS settled, SUM(exchange_difference) AS difference FROM ( \
                    SELECT payment_id, source_amount, company_amount, exchange_difference FROM allocations \
                        WHERE tenant_id = $1 AND payment_id IS NOT NULL AND reversed_at IS NULL \
                    UNION ALL SELECT payment_id, amount AS source_amount, company_amount, 0 AS exchange_difference FROM payment_offsets \
                        WHERE tenant_id = $1 AND reversed_at IS NULL) AS uses \
                GROUP BY payment_id) a ON a.payment_id = p.id";
    let left = "CASE WHEN p.status IN ('reversed', 'cancelled') THEN 0 ELSE p.amount - COALESCE(a.used, 0) END";
    let unallocated = format!(
        "SELECT p.id AS id, p.number AS label, p.currency AS currency, {left} AS expected, p.unallocated_amount AS found FROM payments p {used} \
         WHERE p.tenant_id = $1 [p.company_id] AND p.unallocated_amount <> {left}"
    );
    let within = format!(
        "SELECT p.id AS id, p.number AS label, p.currency AS currency, CASE WHEN p.status = 'posted' THEN p.amount ELSE 0 END AS expected, \
             a.used AS found FROM payments p {used} \
         WHERE p.tenant_id = $1 [p.company_id] AND (a.used < 0 OR a.used > CASE WHEN p.status = 'posted' THEN p.amount ELSE 0 END)"
    );
    let company_used = "CASE WHEN p.direction = 'inbound' THEN a.settled + a.difference ELSE a.settled - a.difference END";
    let closed = format!(
        "SELECT p.id AS id, p.number AS label, c.currency AS currency, p.company_amount AS expected, {company_used} AS found FROM payments p {used} \
         JOIN companies c ON c.tenant_id = p.tenant_id AND c.id = p.company_id \
         WHERE p.tenant_id = $1 [p.company_id] AND p.status = 'posted' AND p.unallocated_amount = 0 AND p.company_amount <> {company_used}"
    );
    let state = "CASE WHEN p.status IN ('reversed', 'cancelled') THEN 'unallocated' WHEN p.unallocated_amount = 0 THEN 'allocated' \
                 WHEN p.unallocated_amount = p.amount THEN 'unallocated' ELSE 'part_allocated' END";
    let states = format!(
        "SELECT p.id AS id, p.allocation_state || ' instead of ' || {state} AS label, NULL AS currency, 1 AS expected, 0 AS found FROM payments p \
         WHERE p.tenant_id = $1 [p.company_id] AND p.allocation_state <> {state}"
    );
    let entry = "SELECT p.id AS id, p.number AS label, NULL AS currency, CASE WHEN p.status = 'reversed' THEN 2 ELSE 1 END AS expected, \
                     COUNT(e.id) AS found FROM payments p LEFT JOIN journal_entries e ON e.tenant_id = p.tenant_id \
                     AND e.id IN (p.journal_entry_id, p.reversal_entry_id) AND e.document_id = p.id AND e.company_id = p.company_id \
                 WHERE p.tenant_id = $1 [p.company_id] AND p.status IN ('posted', 'reversed') GROUP BY p.id, p.number, p.status \
                 HAVING COUNT(e.id) <> CASE WHEN p.status = 'reversed' THEN 2 ELSE 1 END"
        .to_owned();
    vec![
        money("payment_unallocated", "pay", "the amount less its allocations as the unallocated amount", unallocated),
        money("payment_overallocated", "pay", "at most the amount as the sum of the allocations", within),
        money("payment_closed", "pay", "the booked amount as what its allocations used in company currency", closed),
        count("payment_allocation_state", "pay", "the allocation state", states),
        count("payment_entry", "pay", "journal entries of the posted payment", entry),
    ]
}

fn allocations() -> Vec<Check> {
    let parties = "SELECT a.id AS id, i.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM allocations a \
                   JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id \
                   JOIN installments t ON t.tenant_id = a.tenant_id AND t.id = a.installment_id \
                   LEFT JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id \
                   LEFT JOIN invoices n ON n.tenant_id = a.tenant_id AND n.id = a.credit_note_id \
                   LEFT JOIN write_offs w ON w.tenant_id = a.tenant_id AND w.id = a.write_off_id AND w.invoice_id = a.invoice_id \
                   WHERE a.tenant_id = $1 [a.company_id] AND (t.invoice_id <> a.invoice_id OR i.company_id <> a.company_id OR i.party_id <> a.party_id \
                       OR i.currency <> a.currency \
                       OR CASE WHEN p.id IS NULL THEN 0 ELSE 1 END + CASE WHEN n.id IS NULL THEN 0 ELSE 1 END \
                           + CASE WHEN w.id IS NULL THEN 0 ELSE 1 END <> 1 \
                       OR COALESCE(p.company_id, n.company_id, w.company_id) <> a.company_id \
                       OR COALESCE(p.party_id, n.party_id, w.party_id) <> a.party_id OR COALESCE(p.settles, n.direction, i.direction) <> i.direction)"
        .to_owned();
    let entry = "SELECT a.id AS id, i.number AS label, NULL AS currency, 1 AS expected, 0 AS found FROM allocations a \
                 JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id \
                 LEFT JOIN journal_entries e ON e.tenant_id = a.tenant_id AND e.id = a.journal_entry_id AND e.company_id = a.company_id \
                 LEFT JOIN (SELECT DISTINCT reversal_of FROM journal_entries WHERE tenant_id = $1 AND reversal_of IS NOT NULL) r ON r.reversal_of = e.id \
                 WHERE a.tenant_id = $1 [a.company_id] AND ((a.exchange_difference <> 0 AND e.id IS NULL) \
                     OR (a.exchange_difference = 0 AND a.journal_entry_id IS NOT NULL) \
                     OR (e.id IS NOT NULL AND (e.total <> ABS(a.exchange_difference) OR (a.reversed_at IS NULL) <> (r.reversal_of IS NULL))))"
        .to_owned();
    // What was taken back is in no sum of today, but in those of the days on which it counted.
    let booked = "SELECT a.id AS id, i.number AS label, c.currency AS currency, a.amount AS expected, a.company_amount AS found FROM allocations a \
                  JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id JOIN companies c ON c.tenant_id = a.tenant_id AND c.id = a.company_id \
                  WHERE a.tenant_id = $1 [a.company_id] AND i.currency = c.currency AND a.company_amount <> a.amount"
        .to_owned();
    let source = "SELECT a.id AS id, i.number AS label, a.currency AS currency, a.amount AS expected, a.source_amount AS found FROM allocations a \
                  JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id \
                  LEFT JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id LEFT JOIN invoices n ON n.tenant_id = a.tenant_id AND n.id = a.credit_note_id \
                  WHERE a.tenant_id = $1 [a.company_id] AND COALESCE(p.currency, n.currency, a.currency) = a.currency AND a.source_amount <> a.amount"
        .to_owned();
    vec![
        count("allocation_sides", "alc", "one source and one installment of one company, party and direction", parties),
        money("allocation_booked", "alc", "the same in the company's currency", booked),
        money("allocation_source", "alc", "what it settles as what it uses in the same currency", source),
        count("allocation_entry", "alc", "the entry of an exchange difference, reversed with its allocation", entry),
    ]
}
