//! A tenant that has at least two of everything, for the sweeps over all operations.

use crate::caller::Caller;
use crate::deal::{self, Deal, deal};
use crate::log::pages;
use crate::person::Person;
use crate::shop::{self, Shop};
use crate::world::{Tenant, World};
use causeway_contract::{Audience, ListQuery, Method, Row};
use causeway_openapi::company::op as company;
use causeway_openapi::crm::op as crm;
use causeway_openapi::party::op as party;
use causeway_value::{AccountId, AddressId, ContactId, PREFIXES, StageId, UserId, split_type_id};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The operations that are called twice to fill a tenant, besides two deals. What they need of each other is made on the way.
const FILLING: &[&str] = &[
    "CreateUser",
    "CreateRole",
    "CreateApiKey",
    "CreateOwnershipRule",
    "CreateCompany",
    "CreateCategory",
    "CreateUnit",
    "CreateProduct",
    "CreatePriceList",
    "CreateExchangeRate",
    "CreateTax",
    "CreateTaxRule",
    "CreateParty",
    "CreateContact",
    "CreateDimension",
    "CreateStage",
    "CreateLead",
    "CreateOpportunity",
    "LoseOpportunity",
    "CreateTeam",
    "CreateAssignmentRule",
    "CreateActivity",
    "CreateLostReason",
    "CreateQuote",
    "CreateQuoteTemplate",
    "CreateOrder",
    "AmendOrder",
    "PromiseOrder",
    "HoldOrder",
    "CreateCreditPolicy",
    "CreateDelivery",
    "CreateInvoice",
    "SetInvoiceTaxes",
    "CreditInvoice",
    "CreateDownPayment",
    "CreateCreditNote",
    "CreateBillingRun",
    "CommitBillingRun",
    "CreateFiscalYear",
    "AllocateCreditNote",
    "CreatePayment",
    "CreateRefund",
    "WriteOffInvoice",
    "AdvanceClock",
];

/// A tenant that has at least two of everything.
pub struct Fixture {
    /// The platform's administrator.
    pub platform: Caller,
    /// The tenant.
    pub tenant: Tenant,
    /// Its first shop.
    pub shop: Shop,
    /// Its second shop, of another company.
    pub second: Shop,
    /// The deals of both shops.
    pub deals: [Deal; 2],
    /// The owner of the tenant.
    pub user: UserId,
    /// The contact of the first shop's customer.
    pub contact: ContactId,
    /// The address of the first shop's customer.
    pub address: AddressId,
    /// The tax account of the first company.
    pub account: AccountId,
    /// The stage `negotiation`.
    pub stage: StageId,
    /// The owner as a person who signs in.
    pub owner: Person,
    /// A session of the owner.
    pub session: Caller,
    /// An id of each kind, by its prefix.
    pub ids: BTreeMap<String, String>,
}

impl Fixture {
    /// Fills a new sandbox tenant.
    ///
    /// # Panics
    /// When an operation does not do what the contract says.
    pub async fn new(world: &World) -> Self {
        let tenant = world.sandbox().await;
        let shop = shop::open(&tenant, "").await;
        let second = shop::open(&tenant, "2").await;
        let deals = [deal(&tenant, &shop).await, deal(&tenant, &second).await];
        let customer = tenant.get::<party::GetParty>(shop.party).await;
        let contact = customer.contacts.first().expect("a contact").id;
        let address = customer.addresses.first().expect("an address").id;
        let query = ListQuery::by("company_id", shop.company).and("code", "2100");
        let account = tenant.all::<company::ListAccounts, _>(&query).await.first().expect("a tax account").id;
        let stages = tenant.all::<crm::ListStages, _>(&ListQuery::default()).await;
        let stage = stages.iter().find(|stage| stage.name == "negotiation").expect("a stage").id;
        let user = tenant.created.owner.id;
        let platform = world.platform.clone();
        let owner = Person::owner(&tenant).await;
        let session = owner.session().await;
        let mut fixture = Self { platform, tenant, shop, second, deals, user, contact, address, account, stage, owner, session, ids: BTreeMap::new() };
        for _ in 0..2 {
            fixture.owner.open().await;
            // What is refused shows in the list of security events, of programs and of people.
            for caller in [&fixture.tenant.owner, &fixture.session] {
                caller.raw.get(&format!("/v1/leads/{}", crate::shapes::nothing("lead"))).await;
            }
        }
        for row in rows().iter().filter(|row| FILLING.contains(&row.id)) {
            for _ in 0..2 {
                fixture.prepare(row.id).await.call(row).await.success();
            }
        }
        // A tenant has one rule of a kind.
        for kind in ["security_log", "finished_jobs"] {
            let rule = serde_json::json!({ "kind": kind, "days": 365 });
            fixture.tenant.raw.post("/v1/retention-rules", &rule).await.success();
        }
        // A list for one customer, of long ago: it prices nothing here.
        let gone = serde_json::json!({ "code": crate::unique("OLD"), "currency": "EUR", "priority": 1, "valid_from": "1990-01-01", "valid_to": "1990-12-31",
            "audience": { "party_id": fixture.shop.party }, "rules": [] });
        fixture.tenant.raw.post("/v1/price-lists", &gone).await.success();
        // A credit note shows what it credits once it is posted; deals end with what they owe paid.
        let draft = deal::free_invoice(&fixture.tenant, &fixture.shop, "5.00").await;
        deal::post_invoice(&fixture.tenant, draft.id, None).await;
        fixture.ids = fixture.one_of_each().await;
        fixture
    }

    /// An id of each kind that the lists show.
    async fn one_of_each(&self) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::from([("tnt".to_owned(), self.tenant.id.to_string()), ("pky".to_owned(), self.platform_key().await.id.to_string())]);
        for row in rows().iter().filter(|row| row.method == Method::Get && row.list.is_some() && (row.audience)() == Audience::Tenant) {
            for object in pages(&self.tenant, row.path, "limit=200").await {
                collect(&object, &mut ids);
            }
        }
        crate::log::events(&self.tenant).await.iter().for_each(|event| drop(ids.insert("evt".to_owned(), event.id.to_string())));
        ids
    }

    /// Who may call this reading operation.
    #[must_use]
    pub fn reader(&self, row: &Row) -> &Caller {
        match (row.audience)() {
            Audience::Platform => &self.platform,
            _ if row.permission == "any:person" => &self.session,
            _ => &self.tenant.owner,
        }
    }

    /// The path of a reading operation with the ids of this tenant in it.
    #[must_use]
    pub fn path(&self, row: &Row) -> String {
        self.path_with(row, |prefix| self.ids.get(prefix).cloned().unwrap_or_else(|| panic!("the tenant has no {prefix}")))
    }

    /// The query that a reading operation asks for, empty where it asks for none.
    #[must_use]
    pub fn query(&self, row: &Row) -> String {
        match row.path {
            "/v1/prices" => {
                format!("company_id={}&party_id={}&product_id={}&quantity=3", self.shop.company, self.shop.party, self.shop.chai)
            }
            "/v1/quotes/{id}/changes" => format!("since={}", self.deals[0].quote.id),
            "/v1/exchange-rates/convert" => "amount=10.00&from=EUR&to=EUR".to_owned(),
            path if path.ends_with("/definition") => String::new(),
            path if path.starts_with("/v1/reports/") || path.ends_with("/credit") => format!("company_id={}", self.shop.company),
            _ => String::new(),
        }
    }

    /// The path of an operation with these ids in it.
    #[must_use]
    pub fn path_with(&self, row: &Row, id: impl Fn(&str) -> String) -> String {
        let mut prefixes = (row.path_prefixes)().into_iter();
        let parts = row.path.split('/').map(|part| if part.starts_with('{') { id(prefixes.next().expect("a prefix")) } else { part.to_owned() });
        parts.collect::<Vec<_>>().join("/")
    }
}

fn collect(value: &Value, ids: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some((prefix, _)) = split_type_id(text).filter(|(prefix, _)| PREFIXES.iter().any(|(known, _)| known == prefix)) {
                ids.entry(prefix.to_owned()).or_insert_with(|| text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, ids)),
        _ => {}
    }
}

/// Every row of the contract but the one that takes no credential.
#[must_use]
pub fn rows() -> Vec<Row> {
    causeway_openapi::rows().into_iter().filter(|row| (row.audience)() != Audience::Open).collect()
}

/// The rows that write.
#[must_use]
pub fn writes() -> Vec<Row> {
    rows().into_iter().filter(|row| row.method != Method::Get).collect()
}

/// The methods of every path, by path.
#[must_use]
pub fn paths() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in causeway_openapi::rows() {
        paths.entry(row.path).or_default().insert(row.method.word());
    }
    paths
}
