//! Quoted exchange rates.
//!
//! Units: `rate` at 10^-12: how much of `base` one of `currency` is worth. Never inverted.
//!
//! No personal fields.

use causeway_value::{Currency, Day, ExchangeRateId, Instant, Rate, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exchange_rates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExchangeRateId,
    pub currency: Currency,
    pub base: Currency,
    /// The first day it holds.
    pub date: Day,
    pub rate: Rate,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Why it is not what was quoted first; null for one that was never corrected.
    pub correction_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
