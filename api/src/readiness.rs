//! Whether this process can do its work at the moment: what `/readyz` answers (F22).

use crate::store;
use causeway_contract::Code;
use causeway_govern::tenancy::bootstrap;
use causeway_kernel::Db;
use causeway_kernel::db::SchemaStatus;
use causeway_kernel::telemetry::{self, Seldom};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The pause between two looks at the schema, and between two tries to write on a full disk.
const SCHEMA_PAUSE: Duration = Duration::from_secs(3);
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// What readiness depends on.
pub(crate) struct Readiness {
    db: Db,
    stopping: AtomicBool,
    schema_due: Seldom,
    schema: Mutex<Option<String>>,
    write_due: Seldom,
}

impl Readiness {
    pub(crate) fn new(db: Db) -> Arc<Self> {
        Arc::new(Self {
            db,
            stopping: AtomicBool::new(false),
            schema_due: Seldom::every(SCHEMA_PAUSE),
            schema: Mutex::new(None),
            write_due: Seldom::every(WRITE_PAUSE),
        })
    }

    /// From now on no more requests are wanted.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// What is in the way, if something is.
    pub(crate) async fn obstacle(&self) -> Option<String> {
        if let Err(problem) = self.db.ping().await {
            return Some(problem.detail);
        }
        if matches!(self.db, Db::Postgres(_)) && self.schema_due.is_due() {
            let found = schema(&self.db).await;
            *self.schema.lock() = found;
        }
        let schema = self.schema.lock().clone();
        if schema.is_some() {
            return schema;
        }
        self.full_disk().await
    }

    /// Nobody sends writes to a service that is not ready, so it tries one itself.
    async fn full_disk(&self) -> Option<String> {
        if !telemetry::storage_full() {
            return None;
        }
        if self.write_due.is_due() {
            match bootstrap::try_to_write(&self.db).await {
                Err(problem) if problem.code != Code::StorageFull => tracing::debug!(%problem, "whether the disk has room is tried again"),
                tried => drop(tried),
            }
        }
        telemetry::storage_full().then(|| "The disk is full: nothing can be written. Free space.".to_owned())
    }
}

/// Another one may have migrated the database since the start, to and fro.
async fn schema(db: &Db) -> Option<String> {
    match SchemaStatus::of_served(db).await {
        Ok(status) => {
            let first = status.pending.first()?;
            Some(store::lacks(true, status.pending.len(), first))
        }
        Err(error) => Some(error),
    }
}
