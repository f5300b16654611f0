//! What does not go as it should, by company, with the lists in which it stands (RPT-13, PAY-25).

use crate::measure::ReportDefinition;
use causeway_contract::{Json, Nothing, endpoints};
use causeway_value::{CompanyId, Day, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which companies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplianceQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
}

/// What does not go as it should, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Compliance {
    /// Always `compliance`.
    pub object: String,
    /// Today: where the company is, or in UTC when several are asked for.
    pub as_of: Day,
    /// Each signal of each company, by company and in the order of the flow, those included of which there is nothing.
    pub rows: Vec<ComplianceRow>,
}

/// A signal of a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplianceRow {
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub company: String,
    /// `incomplete_orders`, `stalled_orders`, `late_orders`, `late_deliveries`, `held_billables`, `unposted_invoices`, `overdue_invoices`, `disputed_invoices`,
    /// `unposted_payments` or `unallocated_payments`.
    pub signal: String,
    /// How many documents.
    pub count: i64,
    /// When the oldest of them was made; null when there is none.
    pub oldest: Option<Instant>,
    /// The list of exactly these documents.
    pub list: String,
}

/// The operations.
pub mod op {
    use super::{Compliance, ComplianceQuery, Json, Nothing, ReportDefinition, endpoints};

    endpoints! {
        /// Counts what does not go as it should: incomplete and late orders, drafts that nobody posted, payments that settle nothing, with the lists of them.
        Get "/v1/reports/compliance" GetCompliance () Nothing => Json<Compliance>, fulfilment:read, query ComplianceQuery;
        /// What the report compliance means: what it counts, and from where.
        Get "/v1/reports/compliance/definition" DefineCompliance () Nothing => Json<ReportDefinition>, fulfilment:read;
    }
}
