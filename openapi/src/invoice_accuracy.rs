//! How many invoices were right the first time (BIL-18).

use causeway_value::{AmountText, CompanyId, Currency, Day};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// How many invoices were right the first time, by month of the invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceAccuracy {
    /// Always `invoice_accuracy`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The months, in order; months without an invoice stand in it too.
    pub rows: Vec<InvoiceAccuracyRow>,
    /// All of them.
    pub total: InvoiceAccuracyTotal,
}

/// The invoices of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceAccuracyRow {
    /// The month `YYYY-MM`.
    pub month: String,
    /// How many invoices.
    pub count: i64,
    /// How many of them were neither credited nor reversed.
    pub accurate_count: i64,
    /// Those out of all, to four decimals; null without an invoice.
    pub accuracy: Option<String>,
    /// What the invoices come to without tax.
    pub amount: AmountText,
    /// What the accurate ones come to without tax.
    pub accurate_amount: AmountText,
}

/// The invoices of all months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceAccuracyTotal {
    /// How many invoices.
    pub count: i64,
    /// How many of them were neither credited nor reversed.
    pub accurate_count: i64,
    /// Those out of all, to four decimals; null without an invoice.
    pub accuracy: Option<String>,
    /// What the invoices come to without tax.
    pub amount: AmountText,
    /// What the accurate ones come to without tax.
    pub accurate_amount: AmountText,
}

/// The operations.
pub mod op {
    use super::InvoiceAccuracy;
    use crate::measure::{PeriodQuery, ReportDefinition};
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// How many invoices were right the first time: neither credited nor reversed, by month.
        Get "/v1/reports/invoice-accuracy" GetInvoiceAccuracy () Nothing => Json<InvoiceAccuracy>, reports:read, query PeriodQuery;
        /// What the report invoice-accuracy means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/invoice-accuracy/definition" DefineInvoiceAccuracy () Nothing => Json<ReportDefinition>, reports:read;
    }
}
