//! How the whole service does, and how much of its limits a tenant uses (OBS-01, OBS-02, OBS-03, OBS-05).

use causeway_contract::Problem;
use causeway_entity::govern::{api_keys, companies, users};
use causeway_entity::kernel::event_positions;
use causeway_entity::platform::{job_queue, security_log, tenants};
use causeway_kernel::{Ctx, Find, Tx, telemetry};
use causeway_openapi::platform as wire;
use causeway_value::{Instant, SecurityEventId, TenantId, TenantStatus};
use uuid::Uuid;

/// How far back refusals are counted, in seconds.
const REFUSALS_SECONDS: i64 = 3_600;

/// How the service does.
///
/// # Errors
/// When the database fails.
pub async fn health(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<wire::PlatformHealth, Problem> {
    let now = ctx.wall();
    let in_state = |status: TenantStatus| Find::<tenants::Entity>::new().eq(tenants::Column::Status, status);
    let active = in_state(TenantStatus::Active).count(tx).await?;
    let suspended = in_state(TenantStatus::Suspended).count(tx).await?;
    let waiting = Find::<job_queue::Entity>::new().is_null(job_queue::Column::LeaseUntil);
    let running = Find::<job_queue::Entity>::new().gt(job_queue::Column::LeaseUntil, now).count(tx).await?;
    let oldest = Find::<job_queue::Entity>::new().lte(job_queue::Column::RunAt, now).order_by(job_queue::Column::RunAt).limit(1).one(tx).await?;
    let jobs = wire::QueueHealth {
        waiting: waiting.count(tx).await?,
        due: Find::<job_queue::Entity>::new().lte(job_queue::Column::RunAt, now).count(tx).await?,
        running,
        oldest_due_seconds: oldest.map(|job| (now.0 - job.run_at.0).max(0) / 1_000_000),
    };
    let refused = Find::<security_log::Entity>::new().gt(security_log::Column::Id, first_id_at(now.plus_seconds(-REFUSALS_SECONDS)));
    let traffic = telemetry::traffic();
    Ok(wire::PlatformHealth {
        object: "platform_health".to_owned(),
        checked_at: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: if tx.locks() { "postgres" } else { "sqlite" }.to_owned(),
        tenants_active: active,
        tenants_suspended: suspended,
        jobs,
        refusals_last_hour: refused.count(tx).await?,
        traffic: wire::TrafficHealth {
            since: traffic.since,
            requests: traffic.requests,
            server_errors: traffic.server_errors,
            rate_limited: traffic.rate_limited,
            p50_micros: traffic.p50_micros,
            p95_micros: traffic.p95_micros,
            streams: traffic.streams,
        },
    })
}

/// What every id made at this time or later is greater than: an id begins with its milliseconds.
fn first_id_at(at: Instant) -> SecurityEventId {
    let millis = u128::try_from(at.0 / 1_000).unwrap_or_default();
    SecurityEventId::from_uuid(Uuid::from_u128(millis << 80))
}

/// How much of its limits a tenant uses.
///
/// # Errors
/// `not_found`.
pub async fn usage(ctx: &Ctx, tx: &mut Tx<'_>, id: TenantId) -> Result<wire::TenantUsage, Problem> {
    tx.must::<tenants::Entity>(id).await?;
    tx.enter(id).await?;
    let last = Find::<event_positions::Entity>::new().order_by_desc(event_positions::Column::Sequence).limit(1).one(tx).await?;
    Ok(wire::TenantUsage {
        object: "tenant_usage".to_owned(),
        tenant_id: id,
        active_users: Find::<users::Entity>::new().eq(users::Column::Active, true).count(tx).await?,
        companies: Find::<companies::Entity>::new().count(tx).await?,
        api_keys: live_keys(tx, ctx.wall()).await?,
        events: last.as_ref().map_or(0, |last| last.sequence),
    })
}

async fn live_keys(tx: &mut Tx<'_>, now: Instant) -> Result<i64, Problem> {
    let forever = Find::<api_keys::Entity>::new().is_null(api_keys::Column::RevokedAt).is_null(api_keys::Column::ExpiresAt).count(tx).await?;
    let for_now = Find::<api_keys::Entity>::new().is_null(api_keys::Column::RevokedAt).gt(api_keys::Column::ExpiresAt, now).count(tx).await?;
    Ok(forever + for_now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_kernel::clock;

    #[test]
    fn ids_are_later_than_the_time_they_are_made_at() {
        let now = clock::wall();
        let id = SecurityEventId::new();
        assert!(first_id_at(now.plus_seconds(-1)) < id && id < first_id_at(now.plus_seconds(2)));
    }
}
