//! What stops an order, and since when (rules.md, "Holds, credit, clock").
//!
//! Personal: `reason` and `release_reason` are free text.
//!
//! Units: `covers_amount` in minor units of the order's currency.

use causeway_value::{Amount, HoldId, HoldKind, HoldStep, Instant, Json, OrderId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_holds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HoldId,
    pub order_id: OrderId,
    pub kind: HoldKind,
    pub reason: String,
    pub owner_id: Option<UserId>,
    pub since: Instant,
    /// Null while it holds.
    pub released_at: Option<Instant>,
    /// What it stops.
    pub blocks: Option<Json<Vec<HoldStep>>>,
    /// Null when nobody did: what it waited for came.
    pub released_by: Option<UserId>,
    pub release_reason: Option<String>,
    /// The total of the order up to which releasing a credit hold accepts the risk.
    pub covers_amount: Option<Amount>,
    /// The user or key that made a second person necessary, and is therefore not that person.
    pub asked_by: Option<Uuid>,
    /// A digest of the order that releasing an approval hold said yes to, as it was then.
    pub covers: Option<String>,
    /// Whether somebody placed it, and no check did; null for those of before this was kept.
    pub by_hand: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
