//! Numbers events on PostgreSQL: transactions overlap there, so the order is settled after commit, by one sequencer at a time per tenant.

use super::{Find, Position, Postgres, Tx, chain_link};
use crate::Ctx;
use causeway_contract::Problem;
use causeway_entity::kernel::{event_positions, event_queue, events};
use causeway_entity::platform::{leases, tenants};
use causeway_value::{TenantId, TenantMode};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Events that one round numbers, at most.
const ROUND: u64 = 500;
/// The pause between rounds.
const PAUSE: Duration = Duration::from_millis(40);

/// Numbers events until the process ends.
pub async fn run(postgres: Arc<Postgres>) {
    loop {
        if let Err(problem) = round(&postgres).await {
            tracing::warn!(%problem, "events could not be numbered; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One round over all tenants that have events waiting.
///
/// # Errors
/// When the database fails.
pub async fn round(postgres: &Postgres) -> Result<(), Problem> {
    let platform = Ctx::platform();
    let all = postgres.transact(&platform, false, &async |_, tx| Find::<tenants::Entity>::new().all(tx).await).await.map_err(|(problem, _)| problem)?;
    for tenant in all {
        let ctx = Ctx::system(tenant.id, TenantMode::Live, "sequence");
        loop {
            let numbered = postgres.transact(&ctx, true, &number).await.map_err(|(problem, _)| problem)?;
            if numbered > 0 {
                crate::wake::wake(tenant.id);
            }
            if numbered < ROUND {
                break;
            }
        }
    }
    Ok(())
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
    for row in &waiting {
        tx.delete(row);
    }
    Ok(u64::try_from(waiting.len()).unwrap_or_default())
}

/// Takes the tenant's sequencer row until the transaction ends; waits while another instance has it.
async fn hold(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(), Problem> {
    let name = format!("sequence:{}", tenant.uuid().simple());
    let insert = "INSERT INTO leases (name, holder, fence, expires_at) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING";
    tx.execute_now(insert, vec![name.clone().into()]).await?;
    Find::<leases::Entity>::new().eq(leases::Column::Name, name).lock().one(tx).await.map(|_| ())
}
