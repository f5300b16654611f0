//! The signals: which documents each counts, and the list that shows them.

use causeway_value::{CompanyId, Day};

/// A signal. Its condition in SQL and its filters of the list say the same; `{today}` stands for the day, `{incomplete}` for what makes an order incomplete.
pub(super) struct Signal {
    pub name: &'static str,
    table: &'static str,
    condition: &'static str,
    path: &'static str,
    filters: &'static str,
}

/// In the order of the flow.
pub(super) const SIGNALS: [Signal; 10] = [
    Signal { name: "incomplete_orders", table: "orders", condition: "{incomplete}", path: "/v1/orders", filters: "incomplete=true" },
    Signal { name: "stalled_orders", table: "orders", condition: "d.stalled_reason IS NOT NULL", path: "/v1/orders", filters: "stalled=true" },
    Signal { name: "late_orders", table: "orders", condition: "d.late", path: "/v1/orders", filters: "late=true" },
    Signal {
        name: "late_deliveries",
        table: "deliveries",
        condition: "d.status IN ('draft', 'ready') AND d.promised_date < '{today}'",
        path: "/v1/deliveries",
        filters: "status[in]=draft,ready&promised_date[lt]={today}",
    },
    Signal { name: "held_billables", table: "billables", condition: "d.status = 'held'", path: "/v1/billables", filters: "status=held" },
    Signal { name: "unposted_invoices", table: "invoices", condition: "d.status = 'draft'", path: "/v1/invoices", filters: "status=draft" },
    Signal { name: "overdue_invoices", table: "invoices", condition: "d.overdue", path: "/v1/invoices", filters: "overdue=true" },
    Signal { name: "disputed_invoices", table: "invoices", condition: "d.disputed", path: "/v1/invoices", filters: "disputed=true" },
    Signal { name: "unposted_payments", table: "payments", condition: "d.status = 'draft'", path: "/v1/payments", filters: "status=draft" },
    Signal {
        name: "unallocated_payments",
        table: "payments",
        condition: "d.status = 'posted' AND d.direction = 'inbound' AND d.allocation_state IN ('unallocated', 'part_allocated')",
        path: "/v1/payments",
        filters: "status=posted&direction=inbound&allocation_state[in]=unallocated,part_allocated",
    },
];

impl Signal {
    /// The documents of each company. What comes with values of its own stands before the companies, as they do.
    pub(super) fn sql(&self, today: Day, incomplete: &str) -> String {
        let condition = self.condition.replace("{today}", &today.to_string()).replace("{incomplete}", incomplete);
        format!(
            "SELECT d.company_id AS company_id, '{}' AS signal, COUNT(*) AS count, MIN(d.created_at) AS oldest FROM {} d \
             WHERE d.tenant_id = $1 AND {condition} [d.company_id] GROUP BY d.company_id",
            self.name, self.table
        )
    }

    /// The list of them.
    pub(super) fn list(&self, company: CompanyId, today: Day) -> String {
        format!("{}?company_id={company}&{}", self.path, self.filters.replace("{today}", &today.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_of_the_day_and_the_company() {
        let (company, day) = (CompanyId::new(), "2026-12-01".parse().unwrap());
        let late = SIGNALS.iter().find(|signal| signal.name == "late_deliveries").unwrap();
        assert_eq!(late.list(company, day), format!("/v1/deliveries?company_id={company}&status[in]=draft,ready&promised_date[lt]=2026-12-01"));
        assert!(late.sql(day, "").contains("d.promised_date < '2026-12-01'"));
    }
}
