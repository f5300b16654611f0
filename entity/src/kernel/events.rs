//! What happened, written with the change it tells of; insert-only. Its place in the order is a row of `event_positions`.
//!
//! The object as it was after the change is a row of `snapshots`; what changed is the difference to the snapshot before. Nothing personal stands here:
//! the chain covers `digest`, so that a snapshot's payload can be erased and the chain still verifies.

use causeway_value::{ActorKind, CompanyId, EventId, FlowId, Instant, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// `<type>.<past participle>`, as in `invoice.posted`.
    pub event_type: String,
    /// The operation that caused it.
    pub operation: String,
    /// Business time.
    pub occurred_at: Instant,
    /// Wall time.
    pub recorded_at: Instant,
    pub company_id: Option<CompanyId>,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub subject_version: i64,
    pub flow_id: Option<FlowId>,
    pub request_id: String,
    pub actor_kind: ActorKind,
    /// Of the kind that `actor_kind` says.
    pub actor_id: Option<Uuid>,
    /// SHA-256 of the salt and the snapshot's body.
    pub digest: Vec<u8>,
    pub salt: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
