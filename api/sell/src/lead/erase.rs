//! What a disqualified lead forgets after the days of its tenant: whom it was about (SEC-08).
//!
//! The lead stays with what counts (source, country, size, budget, days), and so do its ids in other systems, by which those know it again. Its records before
//! are emptied; their digests stay in the chain, so that the trail still verifies.

use super::service;
use crate::activity;
use causeway_contract::Problem;
use causeway_entity::govern::retention_rules;
use causeway_entity::sell::leads::{Column, Entity, Model};
use causeway_govern::clock::Due;
use causeway_govern::retention::days_of;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx, retention};
use causeway_value::{Instant, Json, LeadStatus, RetentionKind};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What falls due by itself.
pub const ERASED: Due = Due { name: "lead.erased", next, run, set_aside: None };

/// What stands where a title stood.
const NOBODY: &str = "erased";
/// Leads that forget in one transaction, at most.
const BATCH: u64 = 20;
const DAY: i64 = 86_400;

/// The days after which leads of this tenant forget; none when they do not.
async fn days(tx: &mut Tx<'_>) -> Result<Option<i64>, Problem> {
    let kind = RetentionKind::DisqualifiedLeads;
    let rule = Find::<retention_rules::Entity>::new().eq(retention_rules::Column::Kind, kind).one(tx).await?;
    Ok(days_of(kind, rule.as_ref()))
}

fn remembering() -> Find<Entity> {
    Find::<Entity>::new().eq(Column::Status, LeadStatus::Disqualified).is_null(Column::ErasedAt).order_by(Column::UpdatedAt)
}

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, last: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let Some(days) = days(tx).await? else { return Ok(None) };
        let first = remembering().one(tx).await?;
        Ok(first.map(|lead| lead.updated_at.plus_seconds(days * DAY)).filter(|at| *at <= last))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let Some(days) = days(tx).await? else { return Ok(0) };
        let until = retention::before(ctx, RetentionKind::DisqualifiedLeads, days, ctx.wall());
        let due = remembering().lte(Column::UpdatedAt, until).limit(BATCH).lock().all(tx).await?;
        let ids: Vec<Uuid> = due.iter().map(|lead| lead.id.uuid()).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        activity::erase_notes(ctx, tx, "lead", &ids).await?;
        let mut refs = tx.external_refs(&ids).await?;
        for old in &due {
            let (id, new) = (old.id.uuid(), erased(old, ctx.now()));
            tx.forget_snapshots(id);
            tx.update(old, &new);
            service::record(ctx, tx, ERASED.name, &new, refs.remove(&id).unwrap_or_default())?;
            tx.index_words("lead", id, &[], false);
        }
        Ok(i64::try_from(due.len()).unwrap_or(i64::MAX))
    })
}

fn erased(old: &Model, now: Instant) -> Model {
    Model {
        title: NOBODY.to_owned(),
        contact_name: None,
        organization_name: None,
        email: None,
        phone: None,
        description: None,
        reason: None,
        authority: None,
        need: None,
        metadata: Json(BTreeMap::new()),
        erased_at: Some(now),
        version: old.version + 1,
        updated_at: now,
        ..old.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_entity::PERSONAL;
    use causeway_value::{CompanyId, FlowId, LeadId, TenantId};
    use sea_orm::{IdenStatic, Iterable, ModelTrait, sea_query::Value};

    #[test]
    fn nothing_personal_is_left() {
        let some = || Some("Amy".to_owned());
        let old = Model {
            tenant_id: TenantId::new(),
            id: LeadId::new(),
            company_id: CompanyId::new(),
            title: "Amy".to_owned(),
            contact_name: some(),
            organization_name: some(),
            email: some(),
            phone: some(),
            source: Some("web".to_owned()),
            description: some(),
            owner_id: None,
            status: LeadStatus::Disqualified,
            score: None,
            reason: some(),
            party_id: None,
            opportunity_id: None,
            flow_id: FlowId::new(),
            metadata: Json(BTreeMap::from([("name".to_owned(), "Amy".to_owned())])),
            version: 3,
            created_at: Instant(1),
            updated_at: Instant(2),
            country: Some("FR".to_owned()),
            employee_count: Some(7),
            team_id: None,
            budget: None,
            currency: None,
            authority: some(),
            need: some(),
            needed_by: None,
            assignment_rule_id: None,
            assignment_reason: None,
            erased_at: None,
        };
        let new = erased(&old, Instant(9));
        let personal = PERSONAL.iter().find(|(table, _)| *table == "leads").map(|(_, columns)| *columns).unwrap_or_default();
        for column in Column::iter().filter(|column| personal.contains(&column.as_str())) {
            let left = new.get(column);
            assert!(matches!(left, Value::String(None)) || !format!("{left:?}").contains("Amy"), "{}: {left:?}", column.as_str());
        }
        assert_eq!(
            (new.country, new.employee_count, new.source.as_deref(), new.version, new.erased_at),
            (old.country, Some(7), Some("web"), 4, Some(Instant(9)))
        );
    }
}
