//! Whose events wait for their numbers: the sequencer of PostgreSQL asks it of all tenants in one statement.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0090_waiting_events", up, down, tables: Vec::new };

/// The queue holds ids of tenants and events and nothing else. The platform, which is no tenant, may read it; writing stays with each tenant.
fn up(dialect: Dialect) -> Vec<String> {
    let platform = "nullif(current_setting('app.tenant_id', true), '')::uuid = '00000000-0000-0000-0000-000000000000'";
    match dialect {
        Dialect::Postgres => vec![format!("CREATE POLICY platform ON \"event_queue\" FOR SELECT USING ({platform})")],
        Dialect::Sqlite => Vec::new(),
    }
}

fn down(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec!["DROP POLICY platform ON \"event_queue\"".to_owned()],
        Dialect::Sqlite => Vec::new(),
    }
}
