//! What a tax rule asks of a customer, and what it puts in the place of a tax.

use crate::TaxId;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// The tax registration that a rule asks of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AskedRegistration {
    /// It has none.
    None,
    /// It has one, whatever that says.
    Any,
    /// It has one of its own country whose form and check digit are right.
    Valid,
}

/// What takes the place of a tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxReplacement {
    /// The tax, as products name it: a group as a whole.
    pub tax_id: TaxId,
    /// What takes its place; nothing when empty.
    #[schema(max_items = 20)]
    pub by: Vec<TaxId>,
}
