//! Whose word counts about master data.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// The kinds of master data that can belong to a system (MDM-08). Addresses, contacts and tax registrations are fields of their party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum OwnedKind {
    /// Customers and suppliers.
    Party,
    /// What is sold.
    Product,
    /// Groups of products.
    Category,
    /// Units of measure.
    Unit,
    /// Price lists with their rules.
    PriceList,
    /// Taxes.
    Tax,
    /// Which customers pay which taxes.
    TaxRule,
    /// When invoices are due.
    PaymentTerm,
    /// Accounts of the chart.
    Account,
    /// What documents are looked at by.
    Dimension,
    /// Companies.
    Company,
}
