//! What was billable on a day, whatever became of it since: what stands, and what was taken off it later (RPT-03, RPT-10).
//!
//! `$1` is the tenant and `$2` the company.

/// What each order line made billable until the day `$3`.
pub(super) const MADE: &str = "SELECT x.order_line_id, SUM(x.amount) AS amount FROM ( \
        SELECT order_line_id, amount FROM billables \
        WHERE tenant_id = $1 AND company_id = $2 AND billable_date <= $3 AND order_line_id IS NOT NULL AND status <> 'written_off' \
        UNION ALL SELECT c.order_line_id, r.amount FROM billable_reductions r JOIN billables c ON c.tenant_id = r.tenant_id AND c.id = r.billable_id \
        WHERE r.tenant_id = $1 AND r.company_id = $2 AND r.day > $3 AND c.billable_date <= $3 AND c.order_line_id IS NOT NULL) x GROUP BY x.order_line_id";

/// What became billable of each order line on each day, and what was none any more from a day on.
pub(super) const MOVES: &str = "SELECT order_line_id, billable_date AS day, amount FROM billables \
        WHERE tenant_id = $1 AND company_id = $2 AND order_line_id IS NOT NULL AND status <> 'written_off' \
    UNION ALL SELECT c.order_line_id, c.billable_date AS day, r.amount FROM billable_reductions r \
        JOIN billables c ON c.tenant_id = r.tenant_id AND c.id = r.billable_id WHERE r.tenant_id = $1 AND r.company_id = $2 AND c.order_line_id IS NOT NULL \
    UNION ALL SELECT c.order_line_id, CASE WHEN r.day < c.billable_date THEN c.billable_date ELSE r.day END AS day, 0 - r.amount AS amount \
        FROM billable_reductions r JOIN billables c ON c.tenant_id = r.tenant_id AND c.id = r.billable_id \
        WHERE r.tenant_id = $1 AND r.company_id = $2 AND c.order_line_id IS NOT NULL";

/// What was billable on the day `$3`, on an invoice or not. What is held is told as it is now, so nothing of what was taken off is.
pub(super) const STOOD: &str = "SELECT party_id, order_id, currency, amount, CASE WHEN status = 'held' THEN amount ELSE 0 END AS held, billable_date, invoice_id \
        FROM billables WHERE tenant_id = $1 AND company_id = $2 AND billable_date <= $3 AND status <> 'written_off' \
    UNION ALL SELECT c.party_id, c.order_id, c.currency, r.amount, 0 AS held, c.billable_date, r.invoice_id FROM billable_reductions r \
        JOIN billables c ON c.tenant_id = r.tenant_id AND c.id = r.billable_id WHERE r.tenant_id = $1 AND r.company_id = $2 AND r.day > $3 AND c.billable_date <= $3";
