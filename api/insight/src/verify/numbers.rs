//! Numbers given at posting: 1..n without a gap per company, kind and fiscal year, those of documents in the order of their dates, and as many as the counter
//! gave (INV-4). Money arrives in no order of its dates. What suppliers sent has numbers of ours that may have gaps and any date, so it is left out.

use super::check::{Check, Unit};

/// A kind of document whose numbers have no gap.
struct Series {
    /// The check's name.
    gapless: &'static str,
    /// The rows that carry the numbers.
    rows: &'static str,
    /// The length of `INV/2026/`.
    length: u32,
}

const INVOICES: Series = Series {
    gapless: "invoice_numbers",
    rows: "SELECT company_id, number FROM invoices WHERE tenant_id = $1 [company_id] AND direction = 'sale' AND kind = 'invoice' AND number IS NOT NULL",
    length: 9,
};
const CREDIT_NOTES: Series = Series {
    gapless: "credit_note_numbers",
    rows: "SELECT company_id, number FROM invoices WHERE tenant_id = $1 [company_id] AND direction = 'sale' AND kind = 'credit_note' AND number IS NOT NULL",
    length: 8,
};
const PAYMENTS: Series =
    Series { gapless: "payment_numbers", rows: "SELECT company_id, number FROM payments WHERE tenant_id = $1 [company_id] AND number IS NOT NULL", length: 9 };
const JOURNAL: Series =
    Series { gapless: "journal_numbers", rows: "SELECT company_id, number FROM journal_entries WHERE tenant_id = $1 [company_id]", length: 8 };

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = [INVOICES, CREDIT_NOTES, PAYMENTS, JOURNAL].iter().map(gapless).collect();
    checks.push(counters());
    checks.push(last_days());
    checks.push(dates());
    checks.push(numbered("invoice_numbered", "inv", "invoices"));
    checks.push(numbered("payment_numbered", "pay", "payments"));
    checks
}

/// Sorted by length and text, the n-th number of a series must be the text of n. The label is the first that is missing.
fn gapless(series: &Series) -> Check {
    let (rows, length) = (series.rows, series.length);
    let sql = format!(
        "SELECT company_id AS id, MIN(CASE WHEN number <> wanted THEN wanted END) AS label, NULL AS currency, COUNT(*) AS expected, \
             COUNT(CASE WHEN number = wanted THEN 1 END) AS found \
         FROM (SELECT company_id, series, number, series || CASE WHEN place < 100000 \
                 THEN substr('00000' || CAST(place AS TEXT), length(CAST(place AS TEXT)) + 1) ELSE CAST(place AS TEXT) END AS wanted \
             FROM (SELECT company_id, number, substr(number, 1, {length}) AS series, \
                     ROW_NUMBER() OVER (PARTITION BY company_id, substr(number, 1, {length}) ORDER BY length(number), number) AS place \
                 FROM ({rows}) AS numbered) AS placed) AS named \
         GROUP BY company_id, series HAVING COUNT(*) <> COUNT(CASE WHEN number = wanted THEN 1 END)"
    );
    Check { name: series.gapless, subject: "com", what: "the first number that is missing; numbers that stand in their place", unit: Unit::Count, sql }
}

/// Each counter gave as many numbers as there are documents. The journal's row of no year holds the chain's head and gives none.
fn counters() -> Check {
    let prefix = "CASE kind WHEN 'invoice' THEN 'INV/' WHEN 'credit_note' THEN 'CN/' WHEN 'payment' THEN 'PAY/' ELSE 'JE/' END";
    let counted = |series: &Series| {
        let length = series.length - 1;
        format!("SELECT company_id, substr(number, 1, {length}) AS series, 1 AS given, 0 AS counted FROM ({}) AS numbered", series.rows)
    };
    let documents = [INVOICES, CREDIT_NOTES, PAYMENTS, JOURNAL].iter().map(counted).collect::<Vec<_>>().join(" UNION ALL ");
    let sql = format!(
        "SELECT company_id AS id, series AS label, NULL AS currency, SUM(given) AS expected, \
             SUM(counted) AS found \
         FROM ({documents} UNION ALL \
             SELECT company_id, {prefix} || CAST(year AS TEXT) AS series, 0 AS given, next_number - 1 AS counted FROM number_series \
             WHERE tenant_id = $1 [company_id] AND kind IN ('invoice', 'credit_note', 'payment', 'journal_entry')) AS both_sides \
         GROUP BY company_id, series HAVING SUM(given) <> SUM(counted)"
    );
    Check { name: "number_counter", subject: "com", what: "numbers that the series gave", unit: Unit::Count, sql }
}

/// The day that a series goes on from is the latest of its documents. One that was ahead and taken back whole may be left out of it, and is not later on.
fn last_days() -> Check {
    let reversed = "EXISTS (SELECT 1 FROM invoices r WHERE r.tenant_id = i.tenant_id AND r.id = i.credited_invoice_id AND r.payment_state = 'reversed')";
    let documents = format!(
        "SELECT company_id, kind, substr(number, 1, CASE kind WHEN 'invoice' THEN 8 ELSE 7 END) AS series, invoice_date AS day, \
             CASE WHEN payment_state <> 'reversed' AND NOT {reversed} THEN invoice_date END AS standing \
         FROM invoices i WHERE tenant_id = $1 [company_id] AND direction = 'sale' AND number IS NOT NULL \
         UNION ALL SELECT company_id, 'payment' AS kind, substr(number, 1, 8) AS series, payment_date AS day, payment_date AS standing \
         FROM payments WHERE tenant_id = $1 [company_id] AND number IS NOT NULL \
         UNION ALL SELECT company_id, 'journal_entry' AS kind, substr(number, 1, 7) AS series, date AS day, date AS standing \
         FROM journal_entries WHERE tenant_id = $1 [company_id]"
    );
    let sql = format!(
        "SELECT s.company_id AS id, d.series AS label, NULL AS currency, 1 AS expected, 0 AS found FROM \
             (SELECT company_id, kind, series, MAX(day) AS latest, MAX(standing) AS standing FROM ({documents}) AS dated GROUP BY company_id, kind, series) d \
         JOIN number_series s ON s.tenant_id = $1 AND s.company_id = d.company_id AND s.kind = d.kind \
             AND s.year = CAST(substr(d.series, length(d.series) - 3) AS BIGINT) \
         WHERE s.tenant_id = $1 [s.company_id] AND ((s.kind IN ('invoice', 'credit_note') AND COALESCE(s.last_day, '') < COALESCE(d.standing, '')) \
             OR s.last_day < d.standing OR s.last_day > d.latest)"
    );
    Check { name: "number_last_day", subject: "com", what: "the latest day of its documents as the last one of the series", unit: Unit::Count, sql }
}

/// In the order of the numbers no date of an invoice or credit note goes back. The journal's order is that of posting, so it has no such check. What was ahead
/// of its day and taken back whole held up no number after that, so what is reversed is left out, and what reversed it.
fn dates() -> Check {
    // `INV/2026` and `CN/2026/` tell the series apart; the slash is the same for all of one kind.
    let partition = "company_id, substr(number, 1, 8)";
    let counts = "direction = 'sale' AND number IS NOT NULL AND payment_state <> 'reversed' AND NOT EXISTS (SELECT 1 FROM invoices reversed \
         WHERE reversed.tenant_id = invoices.tenant_id AND reversed.id = invoices.credited_invoice_id AND reversed.payment_state = 'reversed')";
    let sql = format!(
        "SELECT id, number AS label, NULL AS currency, 0 AS expected, 1 AS found \
         FROM (SELECT id, number, invoice_date AS day, LAG(invoice_date) OVER (PARTITION BY {partition} ORDER BY length(number), number) AS day_before \
             FROM invoices WHERE tenant_id = $1 [company_id] AND {counts}) AS ordered WHERE day < day_before"
    );
    Check { name: "invoice_date_order", subject: "inv", what: "dates before the date of the number before", unit: Unit::Count, sql }
}

/// What was posted has a number, and nothing else has.
fn numbered(name: &'static str, subject: &'static str, table: &str) -> Check {
    let sql = format!(
        "SELECT id, number AS label, NULL AS currency, CASE WHEN status IN ('posted', 'reversed') THEN 1 ELSE 0 END AS expected, \
             CASE WHEN number IS NULL THEN 0 ELSE 1 END AS found FROM {table} \
         WHERE tenant_id = $1 [company_id] AND (status IN ('posted', 'reversed')) <> (number IS NOT NULL)"
    );
    Check { name, subject, what: "numbers", unit: Unit::Count, sql }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::DocumentKind;

    #[test]
    fn the_lengths_are_those_of_the_prefixes() {
        for (kind, series) in [
            (DocumentKind::Invoice, INVOICES),
            (DocumentKind::CreditNote, CREDIT_NOTES),
            (DocumentKind::Payment, PAYMENTS),
            (DocumentKind::JournalEntry, JOURNAL),
        ] {
            assert_eq!(format!("{}/2026/", kind.prefix()).len(), usize::try_from(series.length).unwrap());
            assert!(counters().sql.contains(&format!("'{}/'", kind.prefix())));
        }
    }
}
