//! The links through which customers read and answer quotes: the latest one of each revision.
//!
//! Personal: `answered_by`, `answered_email` and `answered_from`.

use causeway_value::{Instant, QuoteId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub quote_id: QuoteId,
    /// SHA-256 of the token. The token itself is stored nowhere.
    pub hash: Vec<u8>,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    /// Who said to have answered.
    pub answered_by: Option<String>,
    pub answered_email: Option<String>,
    /// The network address of the answer.
    pub answered_from: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
