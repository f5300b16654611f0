//! What stops an order, and since when (rules.md, "Holds, credit, clock").
//!
//! Personal: `reason` is free text.

use causeway_value::{Instant, OrderId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_holds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub order_id: OrderId,
    /// `credit`, `approval`, `data`, `stock`, `billing`, `dispute` or `manual`.
    pub kind: String,
    pub reason: String,
    pub owner_id: Option<UserId>,
    pub since: Instant,
    /// Null while it holds.
    pub released_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
