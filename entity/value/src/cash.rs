//! The words of cash, of billing runs and of the calendar of the books. As with the states of documents, the text of each is the same everywhere.

use crate::{AmountText, InvoiceId};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Why a part of an invoice is given up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum WriteOffKind {
    /// The customer will not pay.
    BadDebt,
    /// The customer paid early.
    EarlyDiscount,
    /// A bank kept it.
    BankFee,
    /// It is not worth asking for.
    Difference,
}

/// The life of a write-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum WriteOffStatus {
    /// Booked.
    Posted,
    /// Taken back.
    Reversed,
}

/// How a part of a payment is used without an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum OffsetKind {
    /// It was paid back, or pays back.
    Refund,
    /// It was kept as income.
    Surplus,
}

/// What becomes of the difference between a payment and what it settles.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PaymentDifference {
    /// It stays open, and what is too much stays on the payment.
    KeepOpen,
    /// It is written off, and what is too much is kept as income.
    WriteOff,
    /// A bank kept it. Of money that comes in: what is missing is its fee, and what is too much stays on the payment. Of money that we send: what is too much is
    /// its fee, and nothing may be missing.
    Fee,
}

/// How a payment chooses what it settles.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AutoAllocation {
    /// What is due first is settled first, installment by installment, 500 documents at most in one call: what is then left of the payment settles the next ones by another one.
    OldestFirst,
}

/// What a payment settles of an invoice, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationInput {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much, in the currency of the payment, at most what is open on both sides. The oldest installments are settled first.
    pub amount: AmountText,
}

/// What a payment of a later day settles when that comes, as far as it is still open then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentPlan {
    /// Parts of these invoices.
    pub allocations: Vec<AllocationInput>,
    /// These documents together.
    pub invoice_ids: Vec<InvoiceId>,
    /// What the party has open then.
    pub allocate: Option<AutoAllocation>,
}

/// The life of a fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum FiscalYearStatus {
    /// Entries may be posted after its lock date.
    Open,
    /// No day of it takes an entry.
    Locked,
}

/// The life of a billing run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum BillingRunStatus {
    /// Shows what it would do.
    Planned,
    /// Makes its invoices.
    Running,
    /// Made them.
    Done,
}

/// The life of an invoice of a billing run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum BillingRunItemStatus {
    /// Not made yet.
    Planned,
    /// Made.
    Invoiced,
    /// Could not be made.
    Failed,
}
