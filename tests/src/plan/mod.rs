//! One good call of every operation that writes: an object in the state that the verb needs, and a body with everything in it that the verb takes.
//!
//! An operation of the contract that has no plan here fails every sweep.

mod cash;
mod catalog;
mod identity;
mod master;
mod order;
mod platform;
mod sell;

use crate::caller::Caller;
use crate::fixture::Fixture;
use crate::raw::{Request, Seen};
use crate::{of, unique};
use causeway_contract::Row;
use causeway_openapi::identity::op::GetClock;
use causeway_value::{Day, DocumentLanguage, Letterhead};
use serde_json::{Value, json, to_value};

/// A call that will succeed once.
#[derive(Clone)]
pub struct Prepared {
    /// Who calls.
    pub caller: Caller,
    /// The object of the path.
    pub id: Option<String>,
    /// The body.
    pub body: Option<Value>,
}

impl Prepared {
    /// The path with the object in it.
    #[must_use]
    pub fn path(&self, row: &Row) -> String {
        row.path.replace("{id}", self.id.as_deref().unwrap_or("{id}"))
    }

    /// The request.
    #[must_use]
    pub fn request(&self, row: &Row) -> Request {
        self.caller.raw.request(row.method.word(), &self.path(row)).maybe(self.body.as_ref())
    }

    /// The answer.
    pub async fn call(&self, row: &Row) -> Seen {
        self.request(row).send().await
    }
}

fn body(value: impl serde::Serialize) -> Option<Value> {
    Some(to_value(value).expect("JSON"))
}

/// A letterhead with everything in it.
fn letterhead() -> Letterhead {
    Letterhead {
        address: vec!["Hauptstraße 1".to_owned(), "10115 Berlin".to_owned()],
        email: Some("info@acme.test".to_owned()),
        phone: Some("+49 30 1234567".to_owned()),
        website: Some("www.acme.test".to_owned()),
        register: Some("HRB 12345 Berlin".to_owned()),
        bank_name: Some("Hausbank".to_owned()),
        iban: Some("DE02120300000000202051".to_owned()),
        bic: Some("BYLADEM1001".to_owned()),
        language: DocumentLanguage::German,
    }
}

/// The body with metadata and a reference of its own.
fn adorned(value: impl serde::Serialize) -> Option<Value> {
    let mut value = to_value(value).expect("JSON");
    value["metadata"] = json!({ "tier": "a" });
    value["external_refs"] = references();
    Some(value)
}

/// A reference of its own.
fn references() -> Value {
    json!([{ "system": "crm", "id": unique("ref") }])
}

impl Fixture {
    /// A good call of this operation.
    ///
    /// # Panics
    /// When the contract has an operation that this page does not know.
    pub async fn prepare(&self, operation: &str) -> Prepared {
        let mut found = self.platform_plan(operation).await;
        if found.is_none() {
            found = self.identity_plan(operation).await;
        }
        if found.is_none() {
            found = self.sign_in_plan(operation).await;
        }
        if found.is_none() {
            found = self.master_plan(operation).await;
        }
        if found.is_none() {
            found = self.sell_plan(operation).await;
        }
        if found.is_none() {
            found = self.cash_plan(operation).await;
        }
        found.unwrap_or_else(|| panic!("{operation} has no plan in tests/src/plan"))
    }

    fn caller(&self) -> &Caller {
        &self.tenant.owner
    }

    fn create(&self, body: Option<Value>) -> Option<Prepared> {
        Some(Prepared { caller: self.caller().clone(), id: None, body })
    }

    fn on(&self, id: impl ToString, body: Option<Value>) -> Option<Prepared> {
        Some(Prepared { caller: self.caller().clone(), id: Some(id.to_string()), body })
    }

    async fn today(&self) -> Day {
        self.caller().get::<GetClock>(()).await.now.day_in(of("Europe/Berlin"))
    }
}
