//! What the administrator of the platform does.

use super::{Prepared, body};
use crate::fixture::Fixture;
use crate::unique;
use crate::world;
use causeway_openapi::platform::{CreatePlatformKey, NewPlatformKey, SuspendTenant, op as platform};
use causeway_value::TenantMode;
use serde_json::{Value, json};

impl Fixture {
    pub(super) async fn platform_plan(&self, operation: &str) -> Option<Prepared> {
        let platform = |id: Option<String>, body: Option<Value>| Some(Prepared { caller: self.platform.clone(), id, body });
        let owner = json!({ "name": "Dana", "email": "dana@acme.test" });
        match operation {
            "CreatePlatformKey" => platform(None, Some(json!({ "name": "Night shift", "expires_at": "2199-12-31T00:00:00Z" }))),
            "RotatePlatformKey" => platform(Some(self.platform_key().await.id.to_string()), Some(json!({ "overlap_seconds": 60 }))),
            "RevokePlatformKey" => platform(Some(self.platform_key().await.id.to_string()), None),
            "CreateTenant" => platform(None, body(json!({ "name": "Acme", "slug": unique("plan"), "mode": "live", "owner": owner }))),
            "UpdateTenant" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                let limits =
                    json!({ "name": "Acme Ltd", "requests_per_minute": 600, "credential_requests_per_minute": 300, "max_users": 10, "max_companies": 3 });
                platform(Some(tenant.id.to_string()), Some(limits))
            }
            "SuspendTenant" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                platform(Some(tenant.id.to_string()), body(SuspendTenant { reason: Some("unpaid".to_owned()) }))
            }
            "EnterTenant" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                platform(Some(tenant.id.to_string()), Some(json!({ "reason": "they cannot post", "minutes": 5 })))
            }
            "RestoreOwner" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                platform(Some(tenant.id.to_string()), Some(json!({ "user_id": tenant.created.owner.id })))
            }
            "ResumeTenant" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                self.platform.post::<platform::SuspendTenant>(tenant.id, &SuspendTenant::default()).await;
                platform(Some(tenant.id.to_string()), None)
            }
            _ => None,
        }
    }

    /// A key of another administrator.
    pub(crate) async fn platform_key(&self) -> NewPlatformKey {
        self.platform.post::<platform::CreatePlatformKey>((), &CreatePlatformKey { name: "Dana".to_owned(), expires_at: None }).await
    }
}
