//! Users, roles, keys, the clock, sign-in.

use super::{Prepared, body, references};
use crate::caller::Caller;
use crate::deal::{self};
use crate::fixture::Fixture;
use crate::person::{PASSWORD, Person, code};
use crate::world;
use crate::{of, unique};
use causeway_openapi::identity::{CreateApiKey, CreateRole, op as identity};
use causeway_openapi::session::op as session;
use causeway_value::TenantMode;
use serde_json::{Value, json};

impl Fixture {
    pub(super) async fn identity_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let key = CreateApiKey { name: "till".to_owned(), scopes: vec!["leads:read".to_owned()], ..CreateApiKey::default() };
        let role = async || caller.post::<identity::CreateRole>((), &CreateRole { name: unique("role"), permissions: vec!["leads:*".to_owned()] }).await.id;
        let user = async || json!({ "name": "Eve", "email": format!("{}@acme.test", unique("eve")), "role_ids": [role().await], "company_ids": [self.shop.company], "external_refs": references() });
        match operation {
            "CreateUser" => self.create(Some(user().await)),
            "UpdateUser" => {
                let id = caller.raw.post("/v1/users", &user().await).await.success()["id"].as_str().unwrap_or_default().to_owned();
                let mut change = user().await;
                change["active"] = json!(false);
                self.on(id, Some(change))
            }
            "CreateRole" => self.create(body(CreateRole { name: unique("role"), permissions: vec!["quotes:accept".to_owned()] })),
            "UpdateRole" => self.on(role().await, body(json!({ "name": unique("role"), "permissions": ["orders:*"] }))),
            "DeleteRole" => self.on(role().await, None),
            "CreateApiKey" => {
                let expires_at = Some(of("2190-01-01T00:00:00Z"));
                let allowed_sources = vec!["127.0.0.0/8".to_owned()];
                self.create(body(CreateApiKey { company_ids: vec![self.shop.company], expires_at, allowed_sources, system: Some("till".to_owned()), ..key }))
            }
            "RotateApiKey" => self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, body(json!({ "overlap_seconds": 60 }))),
            "UpdateApiKey" => {
                let change = json!({ "name": "new till", "allowed_sources": ["127.0.0.1", "2001:db8::/32"], "system": "shop" });
                self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, Some(change))
            }
            "RevokeApiKey" => self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, None),
            // What belongs to us keeps nobody of the sweeps from anything.
            "CreateOwnershipRule" => self.create(Some(self.ownership_rule())),
            "UpdateOwnershipRule" => {
                let id = caller.raw.post("/v1/ownership-rules", &self.ownership_rule()).await.success()["id"].as_str().unwrap_or_default().to_owned();
                let mut change = self.ownership_rule();
                if let Some(change) = change.as_object_mut() {
                    change.remove("applies_to");
                    change.insert("active".to_owned(), json!(false));
                }
                self.on(id, Some(change))
            }
            // Each kind has one rule.
            "CreateRetentionRule" => {
                let fresh = world::tenant(&self.platform, TenantMode::Sandbox).await;
                Some(Prepared { caller: fresh.owner, id: None, body: Some(self.retention_rule()) })
            }
            "UpdateRetentionRule" => {
                let fresh = world::tenant(&self.platform, TenantMode::Sandbox).await;
                let made = fresh.owner.raw.post("/v1/retention-rules", &self.retention_rule()).await.success();
                let change = json!({ "days": 500, "hold_reason": "the court asks" });
                Some(Prepared { caller: fresh.owner, id: made["id"].as_str().map(str::to_owned), body: Some(change) })
            }
            // A clock can be set only before the first document.
            "SetClock" => {
                let fresh = world::tenant(&self.platform, TenantMode::Sandbox).await;
                Some(Prepared { caller: fresh.owner, id: None, body: body(json!({ "now": world::START })) })
            }
            "CreateImport" => self.create(Some(self.import())),
            // A job that has ended: its version stands still.
            "CancelJob" => self.on(deal::ended(caller, &self.import()).await["id"].as_str().unwrap_or_default(), None),
            "AdvanceClock" => {
                let now = caller.get::<identity::GetClock>(()).await.now;
                self.create(body(json!({ "to": now.plus_seconds(60) })))
            }
            _ => None,
        }
    }

    fn retention_rule(&self) -> Value {
        json!({ "kind": "disqualified_leads", "days": 365, "hold_reason": "a dispute" })
    }

    fn ownership_rule(&self) -> Value {
        json!({
            "applies_to": "party", "fields": ["credit_limit", "payment_term_id"], "owner": "causeway", "steward_id": self.user, "metadata": { "tier": "a" }
        })
    }

    pub(super) async fn sign_in_plan(&self, operation: &str) -> Option<Prepared> {
        let as_person = |caller: Caller, body: Option<Value>| Some(Prepared { caller, id: None, body });
        match operation {
            "RevokeSession" => self.on(self.owner.open().await.id, None),
            "RevokeSessions" => {
                let person = Person::hire_as(&self.tenant, "owner").await;
                person.open().await;
                as_person(person.session().await, body(json!({ "user_id": person.id })))
            }
            "Reauthenticate" => as_person(self.owner.session().await, body(json!({ "password": PASSWORD, "otp": "123456" }))),
            "ChangePassword" => {
                let person = Person::hire(&self.tenant, Vec::new()).await;
                as_person(person.session().await, body(json!({ "current_password": PASSWORD, "password": "four pears fall softly" })))
            }
            "InviteUser" => self.on(Person::hire(&self.tenant, Vec::new()).await.id, None),
            "EnrolTotp" => as_person(Person::hire(&self.tenant, Vec::new()).await.session().await, None),
            "ConfirmTotp" => {
                let caller = Person::hire(&self.tenant, Vec::new()).await.session().await;
                let seed = caller.act::<session::EnrolTotp>(()).await.secret;
                as_person(caller, body(json!({ "otp": code(&seed, 0) })))
            }
            "DisableTotp" | "RenewRecoveryCodes" => {
                let caller = Person::hire(&self.tenant, Vec::new()).await.session().await;
                Person::protect(&caller).await;
                as_person(caller, None)
            }
            "ResetTotp" => {
                let person = Person::hire(&self.tenant, Vec::new()).await;
                Person::protect(&person.session().await).await;
                self.on(person.id, None)
            }
            _ => None,
        }
    }
}
