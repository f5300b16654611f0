//! People who sign in.

use crate::caller::Caller;
use crate::unique;
use crate::world::Tenant;
use causeway_openapi::identity::{CreateUser, op as identity};
use causeway_openapi::session::{ConfirmTotp, CreateSession, NewSession, SetPassword, op};
use causeway_value::{CompanyId, RoleId, SessionId, UserId};
use totp_rs::{Builder, Secret};

/// A password that will do.
pub const PASSWORD: &str = "tea kettle on the moon";

/// A person who has a password.
#[derive(Clone)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// What they sign in with.
    pub sign_in: CreateSession,
    /// A server to sign in to.
    pub nobody: Caller,
}

impl Person {
    /// The owner of a new tenant, who sets a password. Works once for a tenant.
    pub async fn owner(tenant: &Tenant) -> Self {
        Self::accept(tenant, tenant.created.owner.id, &tenant.created.owner.invitation_token).await
    }

    /// A new person with these roles, who sets a password.
    pub async fn hire(tenant: &Tenant, role_ids: Vec<RoleId>) -> Self {
        Self::hire_for(tenant, role_ids, Vec::new()).await
    }

    /// A new person with these roles for these companies, who sets a password.
    pub async fn hire_for(tenant: &Tenant, role_ids: Vec<RoleId>, company_ids: Vec<CompanyId>) -> Self {
        let email = format!("{}@acme.test", unique("eve"));
        let made =
            tenant.post::<identity::CreateUser>((), &CreateUser { name: "Eve".to_owned(), email, role_ids, company_ids, external_refs: Vec::new() }).await;
        Self::accept(tenant, made.id, &made.invitation.expect("a new user is invited").token).await
    }

    /// A new person with this built-in role.
    ///
    /// # Panics
    /// When there is no such role.
    pub async fn hire_as(tenant: &Tenant, role: &str) -> Self {
        Self::hire(tenant, vec![role_called(tenant, role).await]).await
    }

    async fn accept(tenant: &Tenant, id: UserId, token: &str) -> Self {
        let nobody = tenant.owner.nobody();
        let set = nobody.post::<op::SetPassword>((), &SetPassword { token: token.to_owned(), password: PASSWORD.to_owned() }).await;
        let sign_in = CreateSession { email: set.email, password: PASSWORD.to_owned(), tenant: set.tenant, otp: None };
        Self { id, sign_in, nobody }
    }

    /// Signs in.
    pub async fn open(&self) -> NewSession {
        self.nobody.post::<op::CreateSession>((), &self.sign_in).await
    }

    /// A caller with a new session.
    pub async fn session(&self) -> Caller {
        self.nobody.with_key(&self.open().await.token)
    }

    /// A caller with a new session, and its id.
    pub async fn signed_in(&self) -> (Caller, SessionId) {
        let session = self.open().await;
        (self.nobody.with_key(&session.token), session.id)
    }

    /// Gives the person a second factor through this session. Answers its seed and the recovery codes.
    pub async fn protect(session: &Caller) -> (String, Vec<String>) {
        let enrolment = session.act::<op::EnrolTotp>(()).await;
        let codes = session.post::<op::ConfirmTotp>((), &ConfirmTotp { otp: code(&enrolment.secret, 0) }).await.codes;
        (enrolment.secret, codes)
    }
}

/// Somebody who may approve and release what others asked for: a second person.
pub async fn manager(tenant: &Tenant) -> Caller {
    Person::hire_as(tenant, "sales_manager").await.session().await
}

/// The built-in role of this name.
///
/// # Panics
/// When there is no such role.
pub async fn role_called(tenant: &Tenant, name: &str) -> RoleId {
    let query = causeway_contract::ListQuery::by("name", name);
    tenant.all::<identity::ListRoles, _>(&query).await.first().expect("a role").id
}

/// The code that an app with this seed shows `steps` of 30 seconds from now.
///
/// # Panics
/// When it is no seed.
#[must_use]
pub fn code(seed: &str, steps: u64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(seed).expect("a seed")).build().expect("a generator");
    let now = u64::try_from(causeway_kernel::clock::wall().0 / 1_000_000).expect("a time after 1970");
    totp.generate(now + 30 * steps).to_string()
}
