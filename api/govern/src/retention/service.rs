//! The verbs of a retention rule.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::retention_rules::{Column, Entity, Model};
use causeway_kernel::retention::{self, Kept};
use causeway_kernel::{Change, Ctx, Db, Find, Tx};
use causeway_openapi::retention as wire;
use causeway_value::{RetentionKind, RetentionRuleId};
use std::sync::Arc;
use strum::IntoEnumIterator;

/// Creates the rule of a kind.
///
/// # Errors
/// `already_exists` for a kind that has one; `invalid_value` for days out of its bounds.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateRetentionRule) -> Result<wire::RetentionRule, Problem> {
    check(body.kind, body.days, body.hold_reason.as_deref(), "/days")?;
    if let Some(other) = Find::<Entity>::new().eq(Column::Kind, body.kind).one(tx).await? {
        return Err(Problem::new(Code::AlreadyExists, format!("{} has the rule {}. Change that one.", body.kind, other.id)));
    }
    let row = Model {
        tenant_id: ctx.tenant,
        id: RetentionRuleId::new(),
        kind: body.kind,
        days: body.days.map(i64::from),
        hold_reason: body.hold_reason.clone(),
        last_applied_at: None,
        last_removed: None,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    tx.insert(row.clone());
    record(ctx, tx, "retention_rule.created", &row)
}

/// Changes a rule.
///
/// # Errors
/// `not_found`; `invalid_value` for days out of the bounds of its kind.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: RetentionRuleId, body: &wire::UpdateRetentionRule) -> Result<wire::RetentionRule, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let days = body.days.clone().over(old.days.and_then(|days| u32::try_from(days).ok()));
    let hold_reason = body.hold_reason.clone().over(old.hold_reason.clone());
    check(old.kind, days, hold_reason.as_deref(), "/days")?;
    let new = Model { days: days.map(i64::from), hold_reason, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(&old, &new);
    record(ctx, tx, "retention_rule.updated", &new)
}

fn check(kind: RetentionKind, days: Option<u32>, hold: Option<&str>, pointer: &str) -> Result<(), Problem> {
    let mut errors = Vec::new();
    errors.extend(days.and_then(|days| out_of_bounds(kind, days)).map(|detail| FieldError::pointer(Code::InvalidValue, pointer, detail)));
    if hold.is_some_and(|reason| reason.trim().is_empty()) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/hold_reason", "must say why nothing goes; null lets it go"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
}

fn out_of_bounds(kind: RetentionKind, days: u32) -> Option<String> {
    let bounds = kind.days();
    (!bounds.contains(&days)).then(|| format!("must be {} to {} for {kind}", bounds.start(), bounds.end()))
}

/// How many days a kind is kept by its rule, if it has one; none keeps it, for ever or for now.
#[must_use]
pub fn days_of(kind: RetentionKind, rule: Option<&Model>) -> Option<i64> {
    match rule {
        Some(rule) if rule.hold_reason.is_some() => None,
        rule => rule.and_then(|rule| rule.days).or(kind.default_days().map(i64::from)),
    }
}

/// How long each kind is kept and how many records wait to go, one of them with the days that the query tries.
///
/// # Errors
/// `invalid_value` for days without a kind, or out of its bounds.
pub async fn overview(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::RetentionQuery) -> Result<wire::Retention, Problem> {
    let wrong = |name: &str, detail: String| Problem::of(vec![FieldError::parameter(Code::InvalidValue, name, detail)]);
    match (query.kind, query.days) {
        (None, Some(_)) => return Err(wrong("days", "is tried with a kind: give `kind`, too".to_owned())),
        (Some(kind), Some(days)) => out_of_bounds(kind, days).map_or(Ok(()), |detail| Err(wrong("days", detail)))?,
        (_, None) => {}
    }
    let rules = Find::<Entity>::new().all(tx).await?;
    let mut kinds = Vec::new();
    for kind in RetentionKind::iter() {
        let rule = rules.iter().find(|rule| rule.kind == kind);
        let tried = query.days.filter(|_| query.kind == Some(kind)).map(i64::from);
        let days = tried.or_else(|| rule.and_then(|rule| rule.days)).or(kind.default_days().map(i64::from));
        let before = days.map(|days| retention::before(ctx, kind, days, ctx.wall()));
        let waiting = match before {
            Some(before) => retention::waiting(tx, kind, before).await?,
            None => 0,
        };
        kinds.push(wire::KeptKind {
            kind,
            days,
            default_days: kind.default_days().map(i64::from),
            min_days: i64::from(*kind.days().start()),
            max_days: i64::from(*kind.days().end()),
            rule_id: rule.map(|rule| rule.id),
            hold_reason: rule.and_then(|rule| rule.hold_reason.clone()),
            before,
            waiting,
        });
    }
    Ok(wire::Retention { object: "retention".to_owned(), kinds })
}

/// What the tenant chose, for whoever removes what is old.
///
/// # Errors
/// When the database fails.
pub async fn rules(db: &Db, ctx: &Arc<Ctx>) -> Result<Vec<Kept>, Problem> {
    let rules = db.read(ctx, async |_, tx| Find::<Entity>::new().all(tx).await).await?;
    Ok(rules.iter().map(|rule| Kept { kind: rule.kind, days: days_of(rule.kind, Some(rule)), rule: rule.id }).collect())
}

/// Notes in a rule that rows went by it.
///
/// # Errors
/// When the database fails.
pub async fn note(db: &Db, ctx: &Arc<Ctx>, id: RetentionRuleId, removed: u64) -> Result<(), Problem> {
    db.write(ctx, async move |ctx, tx| {
        let old = tx.lock::<Entity>(id).await?;
        let removed = i64::try_from(removed).unwrap_or(i64::MAX);
        let new = Model { last_applied_at: Some(ctx.wall()), last_removed: Some(removed), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.update(&old, &new);
        record(ctx, tx, "retention_rule.applied", &new).map(|_| ())
    })
    .await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::RetentionRule, Problem> {
    let body = view(row);
    tx.record(ctx, &Change { event, object: "retention_rule", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The rule as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::RetentionRule {
    wire::RetentionRule {
        id: row.id,
        object: "retention_rule".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        kind: row.kind,
        days: row.days,
        hold_reason: row.hold_reason.clone(),
        last_applied_at: row.last_applied_at,
        last_removed: row.last_removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Instant, TenantId};

    #[test]
    fn a_rule_wins_over_the_default_and_a_hold_over_both() {
        let rule = |days, hold: Option<&str>| Model {
            tenant_id: TenantId::new(),
            id: RetentionRuleId::new(),
            kind: RetentionKind::FinishedJobs,
            days,
            hold_reason: hold.map(str::to_owned),
            last_applied_at: None,
            last_removed: None,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        };
        for (kind, rule, expected) in [
            (RetentionKind::FinishedJobs, None, Some(90)),
            (RetentionKind::FinishedJobs, Some(rule(Some(7), None)), Some(7)),
            (RetentionKind::FinishedJobs, Some(rule(None, None)), Some(90)),
            (RetentionKind::FinishedJobs, Some(rule(Some(7), Some("court"))), None),
            (RetentionKind::DisqualifiedLeads, None, None),
        ] {
            assert_eq!(days_of(kind, rule.as_ref()), expected, "{kind} {rule:?}");
        }
    }

    #[test]
    fn every_default_is_one_that_can_be_chosen() {
        for kind in RetentionKind::iter() {
            assert!(kind.default_days().is_none_or(|days| kind.days().contains(&days)), "{kind}");
        }
    }
}
