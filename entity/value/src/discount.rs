//! How the discount of a whole document is computed.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What the discount of a whole document is a share of.
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
pub enum DiscountBase {
    /// The amounts of the lines, like the discounts of lines themselves; taxes are computed after it.
    #[default]
    NetAmount,
    /// The total with tax, which goes down by exactly this share; the lines and their taxes follow. Taxes per unit stay as they are.
    TotalAmount,
    /// The total with tax, less the taxes per unit and what other taxes are on those: these stay, and the rest goes down by exactly this share.
    TotalWithoutFixedTaxes,
}

/// How discounts are booked.
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
pub enum DiscountPosting {
    /// They are not: revenue is what is left after them.
    #[default]
    Net,
    /// Revenue is booked without them, and they on the account of discounts given. A discount of the total then leaves the tax of the full price.
    DiscountAccount,
}
