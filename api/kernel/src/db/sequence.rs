//! The position of events: numbers without a gap in commit order per tenant, and the chain that makes tampering visible
//! (INT-16, SEC-12, threat 60). On SQLite the lane numbers them before COMMIT; on PostgreSQL a sequencer follows within 100 ms.

use super::Fault;
use crate::crypto;
use causeway_entity::kernel::events;
use causeway_value::TenantId;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use uuid::Uuid;

/// The number and the link of the last event of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1, without a gap.
    pub sequence: i64,
    /// SHA-256 over the link before, the number and the event.
    pub chain: [u8; 32],
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self { sequence: 0, chain: [0; 32] };

    /// The position after this one, of an event with this fingerprint.
    #[must_use]
    pub fn next(self, fingerprint: &[u8; 32]) -> Self {
        let sequence = self.sequence + 1;
        Self { sequence, chain: crypto::sha256(&[&self.chain, &sequence.to_be_bytes(), fingerprint]) }
    }
}

/// What the chain covers of an event: everything but its payload, which stands apart behind its salted digest so that it can be erased.
#[must_use]
pub fn chain_link(row: &events::Model) -> [u8; 32] {
    let text = format!(
        "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}",
        row.id,
        row.event_type,
        row.operation,
        row.occurred_at,
        row.recorded_at,
        row.company_id.map(|id| id.to_string()).unwrap_or_default(),
        row.subject_type,
        row.subject_id,
        row.subject_version,
        row.flow_id.map(|id| id.to_string()).unwrap_or_default(),
        row.request_id,
        row.actor_kind,
        row.actor_id.map(|id| id.to_string()).unwrap_or_default(),
    );
    crypto::sha256(&[text.as_bytes(), &row.digest])
}

/// An event that was written and waits for its number.
pub(crate) struct PendingEvent {
    pub tenant: TenantId,
    pub id: Uuid,
    pub fingerprint: [u8; 32],
    /// Its type, for the metrics.
    pub kind: &'static str,
}

impl PendingEvent {
    pub fn of(row: &events::Model, kind: &'static str) -> Self {
        Self { tenant: row.tenant_id, id: row.id.uuid(), fingerprint: chain_link(row), kind }
    }

    /// Counts events that were committed.
    pub fn count(events: &[Self]) {
        events.iter().for_each(|event| crate::telemetry::pressure().recorded(event.kind));
    }
}

/// The lane's memory of each tenant's last position.
#[derive(Default)]
pub(crate) struct Heads(HashMap<TenantId, Position>);

impl Heads {
    /// Numbers the events of a batch inside its transaction.
    pub fn number(&mut self, conn: &Connection, events: &[PendingEvent]) -> Result<(), Fault> {
        for event in events {
            let head = match self.0.get(&event.tenant) {
                Some(head) => *head,
                None => load_head(conn, event.tenant)?,
            };
            let next = head.next(&event.fingerprint);
            conn.prepare_cached("INSERT INTO event_positions (tenant_id, sequence, event_id, chain, previous) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute((
                &event.tenant.uuid().as_bytes()[..],
                next.sequence,
                &event.id.as_bytes()[..],
                &next.chain[..],
                &head.chain[..],
            ))?;
            self.0.insert(event.tenant, next);
        }
        Ok(())
    }

    /// Forgets everything, after a batch that was not committed.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

fn load_head(conn: &Connection, tenant: TenantId) -> Result<Position, Fault> {
    let row: Option<(i64, Vec<u8>)> = conn
        .prepare_cached("SELECT sequence, chain FROM event_positions WHERE tenant_id = ?1 ORDER BY sequence DESC LIMIT 1")?
        .query_row([&tenant.uuid().as_bytes()[..]], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(row.map_or(Position::START, |(sequence, chain)| Position { sequence, chain: chain.try_into().unwrap_or([0; 32]) }))
}
