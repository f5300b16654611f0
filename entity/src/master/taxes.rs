//! Taxes of each company.
//!
//! Units: `rate` in millionths of a percent; for the kind `fixed`, the amount per unit in millionths of the major unit.
//!
//! No personal fields.

use causeway_value::{AccountId, CompanyId, Instant, Json, Percent, TaxId, TaxKind, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "taxes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaxId,
    pub company_id: CompanyId,
    pub code: String,
    pub name: String,
    pub kind: TaxKind,
    pub rate: Percent,
    /// Whether prices contain it.
    pub included: bool,
    /// The order of evaluation.
    pub sequence: i64,
    /// Whether later taxes are computed on top of it.
    pub affects_base: bool,
    /// Whether it is computed on top of earlier ones.
    pub base_affected: bool,
    /// The members of a group.
    pub group_of: Json<Vec<TaxId>>,
    /// Where it is posted; null means the company's default.
    pub account_id: Option<AccountId>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What documents that carry it say once, such as why none is due.
    pub note: Option<String>,
    /// Where the net of what is sold with it is posted; null means where its line goes without it.
    pub sales_account_id: Option<AccountId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
