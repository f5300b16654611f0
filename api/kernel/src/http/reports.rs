//! How many reports one tenant may have added up at once: they read much, and others wait for the same disks and connections (threats 48 and 49).

use super::router::Operation;
use crate::Ctx;
use crate::limits::{REPORT_PATIENCE_SECONDS, REPORTS};
use causeway_contract::{Code, Method, Problem};
use causeway_value::TenantId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of each tenant that uses one, on this instance.
static PLACES: LazyLock<Mutex<HashMap<TenantId, Arc<Semaphore>>>> = LazyLock::new(Mutex::default);

/// Where reports are.
const REPORTS_BELOW: &str = "/v1/reports/";
/// How the paths end where ledger, trail and records are checked.
const CHECKS: [&str; 2] = ["/verify", "/verify-objects"];

/// A place among the reports of a tenant; it is given back when this is dropped.
pub(super) struct Place {
    tenant: TenantId,
    held: Option<OwnedSemaphorePermit>,
}

/// Waits for a place, if this is a report. A page that asks for several at once gets them one after the other.
///
/// # Errors
/// `rate_limited` when none was free in time.
pub(super) async fn enter(operation: &Operation, ctx: &Ctx) -> Result<Option<Place>, Problem> {
    let reads_much = operation.path.starts_with(REPORTS_BELOW) || CHECKS.iter().any(|end| operation.path.ends_with(end));
    if operation.method != Method::Get || !reads_much || ctx.tenant.uuid().is_nil() {
        return Ok(None);
    }
    take(ctx.tenant, Duration::from_secs(REPORT_PATIENCE_SECONDS)).await.map(Some)
}

async fn take(tenant: TenantId, patience: Duration) -> Result<Place, Problem> {
    let places = Arc::clone(PLACES.lock().entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(REPORTS))));
    match tokio::time::timeout(patience, places.acquire_owned()).await {
        Ok(Ok(held)) => Ok(Place { tenant, held: Some(held) }),
        Ok(Err(_)) | Err(_) => {
            let detail = format!("This tenant has {REPORTS} reports under way already, and none ended in time. Send this again when one has.");
            Err(Problem::new(Code::RateLimited, detail).with("limit", "reports").with("retry_after_seconds", REPORT_PATIENCE_SECONDS))
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = PLACES.lock();
        self.held = None;
        // Who waits holds the semaphore as well, so it is forgotten with the last one only.
        if places.get(&self.tenant).is_some_and(|all| Arc::strong_count(all) == 1) {
            places.remove(&self.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_has_so_many_reports_at_once_and_its_neighbours_have_theirs() {
        let (noisy, quiet) = (TenantId::new(), TenantId::new());
        let soon = Duration::from_millis(20);
        let mut under_way = Vec::new();
        for _ in 0..REPORTS {
            under_way.push(take(noisy, soon).await.unwrap());
        }
        let refused = take(noisy, soon).await.err().unwrap();
        assert_eq!((refused.code, refused.status), (Code::RateLimited, 429));
        assert!(take(quiet, soon).await.is_ok());
        let waiting = tokio::spawn(take(noisy, Duration::from_secs(5)));
        tokio::task::yield_now().await;
        under_way.pop();
        assert!(waiting.await.unwrap().is_ok(), "who waits gets the next free place");
        under_way.clear();
        assert!(!PLACES.lock().contains_key(&noisy) && !PLACES.lock().contains_key(&quiet));
    }
}
