//! The pipeline in numbers: what became of leads, deals by stage, won and lost by month, what may come, what stands still, and what goes on (RPT-01, RPT-08, CRM-04,
//! CRM-08, CRM-10).
//!
//! What it is: sums of the database over covering indexes, a few groups each, whatever the number of deals. Every sum is exact in its own currency and is
//! converted once, at the rate of the last day of the report. Open deals are counted as they stand now; `from` and `to` choose among those that ended. A
//! month is one of the company's time zone, or of UTC when the companies have several.
//! What it is not: no look into the past of open deals.

pub mod activities;
pub mod ageing;
mod conversion;
pub mod forecast;
mod groups;
mod leads;
pub mod routes;
pub mod rules;
pub mod scope;
pub mod service;
