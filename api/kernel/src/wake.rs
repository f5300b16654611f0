//! Tells those who follow a tenant's log that it has grown. A hint only: followers also look by themselves, so a lost one costs a second, not an event.

use crate::limits::STREAMS;
use crate::shared;
use causeway_value::TenantId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::LazyLock;
use tokio::sync::watch;

static FOLLOWERS: LazyLock<Mutex<HashMap<TenantId, watch::Sender<()>>>> = LazyLock::new(Mutex::default);

/// Wakes whoever follows this tenant's log.
pub(crate) fn wake(tenant: TenantId) {
    wake_here(tenant);
    shared::tell(shared::Hint::Log(tenant));
}

/// Wakes whoever follows this tenant's log on this instance.
pub(crate) fn wake_here(tenant: TenantId) {
    let mut followers = FOLLOWERS.lock();
    if followers.get(&tenant).is_some_and(|sender| sender.send(()).is_err()) {
        // The last one has left.
        followers.remove(&tenant);
    }
}

/// Follows a tenant's log; `None` when as many do already as may.
pub(crate) fn follow(tenant: TenantId) -> Option<watch::Receiver<()>> {
    let mut followers = FOLLOWERS.lock();
    let sender = followers.entry(tenant).or_insert_with(|| watch::channel(()).0);
    (sender.receiver_count() < STREAMS).then(|| sender.subscribe())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_tenant_has_so_many_followers() {
        let tenant = TenantId::from_uuid(Uuid::now_v7());
        let mut all: Vec<_> = (0..STREAMS).filter_map(|_| follow(tenant)).collect();
        assert_eq!((all.len(), follow(tenant).is_none()), (STREAMS, true));
        assert!(!all[0].has_changed().unwrap());
        wake(tenant);
        assert!(all.iter().all(|one| one.has_changed().unwrap()));
        all.pop();
        assert!(follow(tenant).is_some());
        all.clear();
        wake(tenant);
        assert!(!FOLLOWERS.lock().contains_key(&tenant));
    }
}
