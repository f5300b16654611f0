//! Payment terms as data: when which part of an invoice is due.

use crate::{AmountText, Percent};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// In which order the months, the days and the day of the month of an installment are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermOrder {
    /// Months, then days, then the end or day of the month.
    #[default]
    MonthsDaysDay,
    /// Months, then the end or day of the month, then days.
    MonthsDayDays,
    /// Days, then months, then the end or day of the month.
    DaysMonthsDay,
}

/// One installment of a payment term. Exactly one of `percent`, `fixed` and `remainder` says how much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermLine {
    /// Share of the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// A fixed amount in the invoice's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<AmountText>,
    /// What the other installments leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remainder: Option<bool>,
    /// Days after the invoice date.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3650)]
    pub days: u32,
    /// Months after the invoice date.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 120)]
    pub months: u32,
    /// Whether the date moves to its month's end; with a `day_of_month` to that day of the month after.
    #[serde(default)]
    pub end_of_month: bool,
    /// The day of the month it moves to: the next one that is not before the date. 31 means the month's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31)]
    pub day_of_month: Option<u32>,
    /// When the days are added: a date moves to an end or day of the month before them, or after them.
    #[serde(default)]
    pub order: TermOrder,
}

/// How the tax of an early payment discount is treated (vectors EPD-…).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscountTaxMode {
    /// The tax is reduced when the early payment arrives.
    #[default]
    OnPayment,
    /// The tax is never reduced.
    Never,
    /// The tax on the invoice is computed as if the discount were taken.
    Upfront,
}

/// A discount for paying early. A payment in time of exactly what it leaves closes the invoice. What that is shows the dry run of a payment of the whole
/// amount with `invoice_ids`: the discount stays unallocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlyDiscount {
    /// Share of the total.
    pub percent: Percent,
    /// Days after the invoice date within which it is granted.
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
    /// What happens to the tax.
    #[serde(default)]
    pub tax_mode: DiscountTaxMode,
}
