//! Who computes the taxes of what a company bills (BIL-15).

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Who computes the taxes of the invoices and free credit notes that a company sends.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumMessage,
    EnumString,
    IntoStaticStr,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TaxEngine {
    /// The service, from the taxes of their lines.
    #[default]
    None,
    /// An engine outside: drafts wait until it hands their taxes over. Quotes and orders show the taxes of their lines until then.
    External,
}

/// How far a document is taxed by an external engine.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TaxStatus {
    /// It waits for the engine, has no taxes yet and cannot be posted.
    Pending,
    /// Its taxes are the engine's, or of a credit note those of its invoice in proportion.
    Computed,
}
