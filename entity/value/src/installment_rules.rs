//! What a company asks of the installments of its invoices.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// What a company asks of the installments of its invoices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallmentRules {
    /// Whether two installments of an invoice may be due on the same day.
    #[serde(default)]
    pub same_due_date: SameDueDate,
    /// How those in another currency are converted to the company's.
    #[serde(default)]
    pub conversion: InstallmentConversion,
}

/// Whether two installments of an invoice may be due on the same day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SameDueDate {
    /// They may.
    #[default]
    Allowed,
    /// An invoice whose term makes them so is refused (TERM-030).
    Refused,
}

/// How installments in another currency are converted to the company's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstallmentConversion {
    /// They share what the lines come to; the last takes the residue (TERM-022).
    #[default]
    Shared,
    /// Each by itself; what they differ from the lines is a gain or loss of exchange (FX-012).
    Each,
}
