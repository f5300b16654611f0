//! Numbers events on PostgreSQL: transactions overlap there, so the order is settled after commit, by one sequencer at a time per tenant.

use super::postgres::Purpose;
use super::{Cell, Find, Position, Postgres, Tx, chain_link};
use crate::Ctx;
use causeway_contract::{Code, Problem};
use causeway_entity::kernel::{event_positions, event_queue, events};
use causeway_entity::platform::leases;
use causeway_value::{TenantId, TenantMode};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Events of one tenant that one round numbers, at most: who has written many lets the others have theirs in between.
const ROUND: u64 = 500;
/// Tenants of one round, at most; the next one finds the others.
const TENANTS: i64 = 1_000;
/// The pause between rounds.
const PAUSE: Duration = Duration::from_millis(40);

/// Numbers events until the process ends.
pub async fn run(postgres: Arc<Postgres>) {
    loop {
        match round(&postgres).await {
            // Somebody has more waiting than one round takes.
            Ok(true) => continue,
            Ok(false) => {}
            Err(problem) => {
                tracing::warn!(%problem, "events could not be numbered; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One round over the tenants that have events waiting, some for each; answers whether more are waiting. A tenant whose events cannot be numbered does not
/// keep the others from theirs.
///
/// # Errors
/// When the database fails: the first failure, after all were tried.
pub async fn round(postgres: &Postgres) -> Result<bool, Problem> {
    let platform = Ctx::platform();
    let waiting = postgres.transact(&platform, Purpose::Read, &async |_, tx| tenants_waiting(tx).await).await.map_err(|(problem, _)| problem)?;
    let (mut more, mut failed) = (false, None);
    for tenant in waiting {
        let ctx = Ctx::system(tenant, TenantMode::Live, "sequence");
        match postgres.transact(&ctx, Purpose::Write, &number).await {
            Ok(numbered) => {
                if numbered > 0 {
                    crate::wake::wake(tenant);
                }
                more |= numbered >= ROUND;
            }
            Err((problem, _)) => failed = failed.or(Some(problem)),
        }
    }
    failed.map_or(Ok(more), Err)
}

/// The tenants that have events waiting. The platform may read whose they are, in no other table of tenants.
async fn tenants_waiting(tx: &mut Tx<'_>) -> Result<Vec<TenantId>, Problem> {
    let sql = "SELECT tenant_id FROM event_queue GROUP BY tenant_id ORDER BY min(event_id::text) LIMIT $1";
    let rows = tx.query(sql, vec![TENANTS.into()], &[("tenant_id", Cell::Uuid)]).await?;
    rows.iter()
        .map(|row| {
            row.try_get::<Uuid>("", "tenant_id").map(TenantId::from_uuid).map_err(|_| Problem::new(Code::InternalError, "The queue of events cannot be read."))
        })
        .collect()
}

/// Numbers the waiting events of one tenant; answers how many.
async fn number(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<u64, Problem> {
    let waiting = Find::<event_queue::Entity>::new().order_by(event_queue::Column::EventId).limit(ROUND).all(tx).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    hold(tx, ctx.tenant).await?;
    // Another sequencer may have been faster between looking and holding.
    let waiting = Find::<event_queue::Entity>::new().order_by(event_queue::Column::EventId).limit(ROUND).all(tx).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = waiting.iter().map(|row| row.event_id.uuid()).collect();
    let found = Find::<events::Entity>::new().among(events::Column::Id, ids.iter().copied()).all(tx).await?;
    let by_id: HashMap<_, _> = found.into_iter().map(|event| (event.id, event)).collect();
    let last = Find::<event_positions::Entity>::new().order_by_desc(event_positions::Column::Sequence).one(tx).await?;
    let mut head = last.map_or(Position::START, |row| Position { sequence: row.sequence, chain: row.chain.try_into().unwrap_or([0; 32]) });
    for row in &waiting {
        let Some(event) = by_id.get(&row.event_id) else { continue };
        let next = head.next(&chain_link(event));
        tx.insert(event_positions::Model {
            tenant_id: ctx.tenant,
            sequence: next.sequence,
            event_id: event.id,
            chain: next.chain.to_vec(),
            previous: head.chain.to_vec(),
        });
        head = next;
    }
    // Nobody else takes them away: the sequencer's row is held.
    let marks: Vec<String> = (2..waiting.len() + 2).map(|place| format!("${place}")).collect();
    let values = std::iter::once(ctx.tenant.into()).chain(ids.into_iter().map(Into::into)).collect();
    tx.guarded(format!("DELETE FROM event_queue WHERE tenant_id = $1 AND event_id IN ({})", marks.join(", ")), values);
    Ok(u64::try_from(waiting.len()).unwrap_or_default())
}

/// Takes the tenant's sequencer row until the transaction ends; waits while another instance has it.
async fn hold(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(), Problem> {
    let name = format!("sequence:{}", tenant.uuid().simple());
    let insert = "INSERT INTO leases (name, holder, fence, expires_at) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING";
    tx.execute_now(insert, vec![name.clone().into()]).await?;
    Find::<leases::Entity>::new().eq(leases::Column::Name, name).lock().one(tx).await.map(|_| ())
}
