//! What a tenant may ask for a minute, and how many users and companies it may have (INT-37).

use causeway_contract::{Code, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::platform::tenant_limits;
use causeway_kernel::limit::{Rate, Rates};
use causeway_kernel::limits::{CREDENTIAL_REQUESTS_PER_MINUTE, TENANT_REQUESTS_PER_MINUTE};
use causeway_kernel::{Find, Tx};
use causeway_value::{TenantId, TenantMode};

/// What the platform set for a tenant, if it set anything.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<tenant_limits::Model>, Problem> {
    Find::<tenant_limits::Entity>::new().eq(tenant_limits::Column::OfTenantId, tenant).one(tx).await
}

/// What nobody set: the defaults.
#[must_use]
pub const fn none(tenant: TenantId) -> tenant_limits::Model {
    tenant_limits::Model { of_tenant_id: tenant, requests_per_minute: None, credential_requests_per_minute: None, max_users: None, max_companies: None }
}

/// The rates in force: what was set, else generous ones for a live tenant and none for a sandbox.
#[must_use]
pub fn rates(mode: TenantMode, set: Option<&tenant_limits::Model>) -> Rates {
    let default = |requests: u32| (mode == TenantMode::Live).then(|| Rate::per_minute(requests));
    let chosen = |requests: Option<i64>| requests.map(|requests| Rate::per_minute(u32::try_from(requests).unwrap_or(u32::MAX)));
    Rates {
        tenant: chosen(set.and_then(|set| set.requests_per_minute)).or_else(|| default(TENANT_REQUESTS_PER_MINUTE)),
        credential: chosen(set.and_then(|set| set.credential_requests_per_minute)).or_else(|| default(CREDENTIAL_REQUESTS_PER_MINUTE)),
    }
}

/// Refuses one more user when all places are taken. Two at once cannot both have the last place: the row of the quota is locked.
///
/// # Errors
/// `quota_exceeded`.
pub async fn room_for_user(tx: &mut Tx<'_>) -> Result<(), Problem> {
    let Some(most) = locked(tx).await?.and_then(|set| set.max_users) else { return Ok(()) };
    let taken = Find::<users::Entity>::new().eq(users::Column::Active, true).count(tx).await?;
    room("active users", taken, most)
}

/// Refuses one more company when all places are taken.
///
/// # Errors
/// `quota_exceeded`.
pub async fn room_for_company(tx: &mut Tx<'_>) -> Result<(), Problem> {
    let Some(most) = locked(tx).await?.and_then(|set| set.max_companies) else { return Ok(()) };
    let taken = Find::<companies::Entity>::new().count(tx).await?;
    room("companies", taken, most)
}

async fn locked(tx: &mut Tx<'_>) -> Result<Option<tenant_limits::Model>, Problem> {
    let find = Find::<tenant_limits::Entity>::new().eq(tenant_limits::Column::OfTenantId, tx.tenant());
    find.lock().one(tx).await
}

fn room(what: &str, taken: i64, most: i64) -> Result<(), Problem> {
    if taken < most {
        return Ok(());
    }
    Err(Problem::new(Code::QuotaExceeded, format!("This tenant has {taken} {what} and may have {most}. Ask the operator of this service for more."))
        .with("quota", what)
        .with("limit", most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_wins_and_a_sandbox_has_no_default() {
        let id = TenantId::new();
        let set = |tenant, credential| tenant_limits::Model { requests_per_minute: tenant, credential_requests_per_minute: credential, ..none(id) };
        let default = (Some(TENANT_REQUESTS_PER_MINUTE), Some(CREDENTIAL_REQUESTS_PER_MINUTE));
        for (mode, set, expected) in [
            (TenantMode::Live, None, default),
            (TenantMode::Sandbox, None, (None, None)),
            (TenantMode::Live, Some(set(None, None)), default),
            (TenantMode::Live, Some(set(Some(60), None)), (Some(60), default.1)),
            (TenantMode::Sandbox, Some(set(None, Some(5))), (None, Some(5))),
        ] {
            let found = rates(mode, set.as_ref());
            assert_eq!((found.tenant.map(Rate::requests), found.credential.map(Rate::requests)), expected, "{mode} {set:?}");
        }
    }

    #[test]
    fn the_last_place_is_the_last() {
        assert_eq!((room("users", 1, 2).is_ok(), room("users", 2, 2).is_ok(), room("users", 3, 2).is_ok()), (true, false, false));
    }
}
