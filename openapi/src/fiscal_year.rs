//! Fiscal years and their locks: which days of the books take entries.

use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{CompanyId, Day, FiscalYearId, FiscalYearStatus, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A fiscal year of a company. Days without a fiscal year take entries, too; locking needs one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FiscalYear {
    /// Id.
    pub id: FiscalYearId,
    /// Always `fiscal_year`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company.
    pub company_id: CompanyId,
    /// The calendar year in which it ends.
    pub year: i64,
    /// Its first day.
    pub starts_on: Day,
    /// Its last day.
    pub ends_on: Day,
    /// Where it stands.
    pub status: FiscalYearStatus,
    /// The last day of it that is locked; null when none is.
    pub locked_through: Option<Day>,
    /// Why it was locked or opened again.
    pub reason: Option<String>,
}

/// A new fiscal year. Its days follow from the month in which the company's fiscal years begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateFiscalYear {
    /// The company.
    pub company_id: CompanyId,
    /// The calendar year in which it ends.
    #[schema(minimum = 1900, maximum = 2199)]
    pub year: i64,
}

/// Locks days of a fiscal year: nothing is posted on them any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LockFiscalYear {
    /// The last day that is locked: the whole year when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Day>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Opens locked days of a fiscal year again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenFiscalYear {
    /// The first day that is opened: the whole year when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What the list of fiscal years offers.
pub const FISCAL_YEARS: ListSpec = ListSpec {
    table: "fiscal_years",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "fiscal_years_company_id" },
        Filter { name: "status", kind: FilterKind::Word, index: "fiscal_years_status" },
        Filter { name: "ends_on", kind: FilterKind::Day, index: "fiscal_years_ends_on" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "fiscal_years_updated_at" },
    ],
    sorts: &[Sort { name: "ends_on", index: "fiscal_years_ends_on" }, Sort { name: "updated_at", index: "fiscal_years_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{FISCAL_YEARS, FiscalYear};
    use crate::fiscal_year as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::FiscalYearId;

    endpoints! {
        /// Lists fiscal years.
        Get "/v1/fiscal-years" ListFiscalYears () Nothing => Page<FiscalYear>, ledger:read, list FISCAL_YEARS;
        /// Adds a fiscal year, so that its days can be locked. One before locked days begins locked.
        Post "/v1/fiscal-years" CreateFiscalYear () body::CreateFiscalYear => Created<FiscalYear>, ledger:write;
        /// Reads a fiscal year.
        Get "/v1/fiscal-years/{id}" GetFiscalYear (FiscalYearId) Nothing => Json<FiscalYear>, ledger:read;
        /// Locks a fiscal year, or its first days: posting on them is refused with 423 `period_locked`.
        Post "/v1/fiscal-years/{id}/lock" LockFiscalYear (FiscalYearId) body::LockFiscalYear => Json<FiscalYear>, ledger:lock;
        /// Opens locked days again, with a reason.
        Post "/v1/fiscal-years/{id}/reopen" ReopenFiscalYear (FiscalYearId) body::ReopenFiscalYear => Json<FiscalYear>, ledger:reopen, [step_up];
    }
}
