//! One good call of every operation that writes: an object in the state that the verb needs, and a body with everything in it that the verb takes.
//!
//! An operation of the contract that has no plan here fails every sweep.

use crate::caller::Caller;
use crate::deal::{self, allocation, forty, order_body, payment_body, quote_body};
use crate::fixture::Fixture;
use crate::person::{PASSWORD, Person, code};
use crate::raw::{Request, Seen};
use crate::shop::{company_body, line, party_body, percent_after, percent_tax, product_body, term_body};
use crate::world;
use crate::{of, unique};
use causeway_contract::Row;
use causeway_openapi::catalog::{BundleComponent, CreateProduct, op as catalog};
use causeway_openapi::crm::{CreateLead, CreateOpportunity, Opportunity, op as crm};
use causeway_openapi::identity::{CreateApiKey, CreateRole, op as identity};
use causeway_openapi::invoice::{CreateInvoice, InvoiceLineInput};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, Order, op as order};
use causeway_openapi::party::{CreateParty, TaxRegistration, op as party};
use causeway_openapi::payment::{CreatePayment, op as payment};
use causeway_openapi::platform::{SuspendTenant, op as platform};
use causeway_openapi::quote::{CreateQuote, Quote, op as quote};
use causeway_openapi::session::op as session;
use causeway_openapi::term::op as term;
use causeway_openapi::{billable, pricing, tax};
use causeway_value::{
    BillableId, BillingPolicy, Day, DocumentLanguage, InvoiceId, LeadInput, LeadRules, Letterhead, PaymentDifference, PaymentStatus, ProductKind, QuoteRules,
    TenantMode,
};
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
    value["external_refs"] = json!([{ "system": "crm", "id": unique("ref") }]);
    Some(value)
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
        found.unwrap_or_else(|| panic!("{operation} has no plan in tests/src/plan.rs"))
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

    async fn platform_plan(&self, operation: &str) -> Option<Prepared> {
        let platform = |id: Option<String>, body: Option<Value>| Some(Prepared { caller: self.platform.clone(), id, body });
        let owner = json!({ "name": "Dana", "email": "dana@acme.test" });
        match operation {
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
            "ResumeTenant" => {
                let tenant = world::tenant(&self.platform, TenantMode::Live).await;
                self.platform.post::<platform::SuspendTenant>(tenant.id, &SuspendTenant::default()).await;
                platform(Some(tenant.id.to_string()), None)
            }
            _ => None,
        }
    }

    async fn identity_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let key = CreateApiKey { name: "till".to_owned(), scopes: vec!["leads:read".to_owned()], ..CreateApiKey::default() };
        let role = async || caller.post::<identity::CreateRole>((), &CreateRole { name: unique("role"), permissions: vec!["leads:*".to_owned()] }).await.id;
        let user =
            async || json!({ "name": "Eve", "email": format!("{}@acme.test", unique("eve")), "role_ids": [role().await], "company_ids": [self.shop.company] });
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
                self.create(body(CreateApiKey { company_ids: vec![self.shop.company], expires_at, allowed_sources, ..key }))
            }
            "RotateApiKey" => self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, body(json!({ "overlap_seconds": 60 }))),
            "UpdateApiKey" => {
                let change = json!({ "name": "new till", "allowed_sources": ["127.0.0.1", "2001:db8::/32"] });
                self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, Some(change))
            }
            "RevokeApiKey" => self.on(caller.post::<identity::CreateApiKey>((), &key).await.id, None),
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

    async fn sign_in_plan(&self, operation: &str) -> Option<Prepared> {
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

    fn import(&self) -> Value {
        let row = json!({ "Title": "40 chairs", "Source": "fair", "Region": "West", "Ref": unique("ref") });
        json!({
            "resource": "leads", "company_id": self.shop.company, "mapping": { "Ref": "external_ref" }, "defaults": { "phone": "+33 1 23" },
            "system": "fair", "create_parties": false, "dry_run": false, "rows": [row]
        })
    }

    async fn master_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let company = self.shop.company;
        match operation {
            "CreateCompany" => self.create(adorned(causeway_openapi::company::CreateCompany {
                tax_id: Some("DE136695976".to_owned()),
                fiscal_year_start_month: Some(1),
                chart_template: Some("generic".to_owned()),
                tax_rounding: Some(of("per_document")),
                letterhead: Some(letterhead()),
                quote_rules: Some(self.quote_rules()),
                lead_rules: Some(LeadRules { required_inputs: vec![LeadInput::Email, LeadInput::Budget] }),
                ..company_body("Acme Works")
            })),
            "UpdateCompany" => self.on(
                caller.post::<causeway_openapi::company::op::CreateCompany>((), &company_body("Acme Old")).await.id,
                adorned(json!({ "name": "Acme New", "country": "AT", "time_zone": "Europe/Vienna", "tax_id": null, "tax_rounding": "per_document", "letterhead": letterhead(), "quote_rules": self.quote_rules(), "lead_rules": { "required_inputs": ["need"] } })),
            ),
            "CreateAccount" => {
                let code = unique("4");
                self.create(body(json!({ "company_id": company, "code": code, "name": "More revenue", "kind": "income", "metadata": { "tier": "a" } })))
            }
            "CreateTax" => {
                let more = tax::CreateTax {
                    account_id: Some(self.account),
                    sequence: Some(1),
                    included: Some(true),
                    affects_base: Some(true),
                    base_affected: Some(true),
                    ..percent_tax(company, &unique("VAT"), "7")
                };
                self.create(body(more))
            }
            "UpdateTax" => {
                let id = caller.post::<tax::op::CreateTax>((), &percent_tax(company, &unique("VAT"), "7")).await.id;
                self.on(id, body(json!({ "name": "Old VAT", "sequence": 2, "account_id": self.account, "active": false, "metadata": { "tier": "b" } })))
            }
            "CreatePaymentTerm" => {
                let mut term = to_value(term_body(&unique("TERM"), vec![percent_after("30", 0), percent_after("70", 30)])).expect("JSON");
                term["early_discount"] = json!({ "percent": "2", "days": 10, "tax_mode": "on_payment" });
                self.create(Some(term))
            }
            "UpdatePaymentTerm" => {
                let id = caller.post::<term::CreatePaymentTerm>((), &term_body(&unique("TERM"), vec![percent_after("100", 30)])).await.id;
                self.on(id, body(json!({ "name": "Later", "installments": [{ "remainder": true, "days": 60 }], "early_discount": null, "active": false })))
            }
            "CreateParty" => self.create(adorned(self.full_party())),
            "CreateParties" => self.create(body(json!({ "mode": "atomic", "items": [adorned(self.full_party())] }))),
            "UpdateParty" => {
                let made = caller.post::<party::CreateParty>((), &self.full_party()).await;
                let (address, contact) = (made.addresses.first().expect("an address"), made.contacts.first().expect("a contact"));
                self.on(
                    made.id,
                    adorned(json!({
                        "name": "Borealis SA", "kind": "organization", "roles": ["customer", "supplier"], "payment_term_id": self.shop.term, "price_list_id": null,
                        "linked_company_id": self.second.company, "active": true,
                        "tax_ids": [{ "country": "FR", "number": "40 303 265 045" }],
                        "addresses": [{ "id": address.id, "kind": "shipping", "line1": "2 rue de la Paix", "city": "Lyon", "country": "FR" }],
                        "contacts": [{ "id": contact.id, "name": "Amy B." }]
                    })),
                )
            }
            "CheckDuplicates" => self.create(body(json!({
                "name": "Borealis SAS", "country": "FR", "tax_id": "FR40303265045", "email": "amy@borealis.test", "phone": "+33 472 10 30 30",
                "line1": "1 rue de la Paix", "postal_code": "69001"
            }))),
            "MergeParty" => {
                let twin = caller.post::<party::CreateParty>((), &self.full_party()).await;
                let into = caller.post::<party::CreateParty>((), &self.full_party()).await;
                self.on(twin.id, body(json!({ "into": into.id })))
            }
            _ => self.catalog_plan(operation).await,
        }
    }

    fn quote_rules(&self) -> QuoteRules {
        QuoteRules {
            max_discount_percent: Some(of("10")),
            max_price_override_percent: Some(of("5")),
            min_margin_percent: Some(of("20")),
            payment_term_ids: vec![self.shop.term],
            validity_days: Some(30),
        }
    }

    /// A quote that somebody else submitted and that waits for a second person.
    async fn waiting_quote(&self) -> causeway_value::QuoteId {
        let caller = self.caller();
        let strict = QuoteRules { max_discount_percent: Some(of("5")), ..QuoteRules::default() };
        let company = causeway_openapi::company::CreateCompany { quote_rules: Some(strict), ..company_body(&unique("Strict")) };
        let company = caller.post::<causeway_openapi::company::op::CreateCompany>((), &company).await.id;
        let body = CreateQuote { company_id: company, ..quote_body(&self.shop, vec![forty(&self.shop)]) };
        let id = caller.post::<quote::CreateQuote>((), &body).await.id;
        let key = CreateApiKey { name: "second".to_owned(), scopes: vec!["*:*".to_owned()], ..CreateApiKey::default() };
        let submitter = caller.with_key(&caller.post::<identity::CreateApiKey>((), &key).await.secret);
        submitter.act::<quote::SubmitQuote>(id).await.id
    }

    fn full_party(&self) -> CreateParty {
        CreateParty {
            tax_id: Some("FR40303265045".to_owned()),
            tax_ids: vec![TaxRegistration { country: "DE".to_owned(), number: "DE136695976".to_owned() }],
            refuse_duplicates: Some(false),
            payment_term_id: Some(self.shop.term),
            credit_limit: Some("50000.00".into()),
            segment: Some(unique("segment")),
            email: Some("info@borealis.test".to_owned()),
            phone: Some("+33 1 23".to_owned()),
            ..party_body("Borealis SAS")
        }
    }

    async fn catalog_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let category = async || {
            caller.post::<catalog::CreateCategory>((), &causeway_openapi::catalog::CreateCategory { name: unique("Tea"), ..Default::default() }).await.id
        };
        let product = || CreateProduct {
            cost: Some(of("5.00")),
            ..product_body(&unique("P"), ProductKind::Goods, BillingPolicy::OnDelivery, "9.00", vec![self.shop.tax])
        };
        let unit = json!({ "code": unique("u"), "name": "Dozen", "category": "count", "factor": "12", "metadata": { "tier": "a" } });
        match operation {
            "CreateCategory" => self.create(body(json!({ "name": unique("Tea"), "parent_id": category().await, "metadata": { "tier": "a" } }))),
            "UpdateCategory" => self.on(category().await, body(json!({ "name": unique("Tea"), "parent_id": category().await, "metadata": { "tier": null } }))),
            "CreateUnit" => self.create(Some(unit)),
            "UpdateUnit" => {
                let id = caller.raw.post("/v1/units", &unit).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": "Twelve", "metadata": { "tier": "b" } })))
            }
            "CreateProduct" | "CreateProducts" => {
                let full = adorned(CreateProduct {
                    description: Some("Green".to_owned()),
                    price_base_quantity: Some(of("1")),
                    category_id: Some(category().await),
                    revenue_account_code: Some("4000".to_owned()),
                    ..product()
                });
                self.create(if operation == "CreateProduct" { full } else { body(json!({ "mode": "atomic", "items": [full] })) })
            }
            "UpdateProduct" => {
                let components = vec![BundleComponent { product_id: self.shop.setup, quantity: of("2") }];
                let bundle = CreateProduct { kind: ProductKind::Bundle, components, ..product() };
                self.on(
                    caller.post::<catalog::CreateProduct>((), &bundle).await.id,
                    adorned(json!({
                        "name": "Tea", "list_price": "9.50", "cost": null, "tax_ids": [self.shop.tax], "category_id": category().await, "active": false,
                        "components": [{ "product_id": self.shop.chai, "quantity": "3" }]
                    })),
                )
            }
            "CreatePriceList" => self.create(adorned(self.price_list())),
            "UpdatePriceList" => self.on(
                caller.raw.post("/v1/price-lists", &self.price_list()).await.success()["id"].as_str().unwrap_or_default(),
                adorned(json!({
                    "name": "Gold", "priority": 5, "valid_to": "2027-12-31", "audience": { "party_id": self.shop.party }, "convert": true, "active": false,
                    "rules": [{ "category_id": category().await, "percent_off": "5" }]
                })),
            ),
            "CreateExchangeRate" => {
                let date = Day::of(2000, 1, 1).expect("a day").plus_days(unique("").trim_start_matches('-').parse().expect("a number"));
                self.create(body(pricing::CreateExchangeRate { currency: of("CHF"), base: of("EUR"), date, rate: of("1.05") }))
            }
            "CopyPriceList" | "ImportPriceRules" => {
                let made = caller.raw.post("/v1/price-lists", &self.price_list()).await.success();
                let id = made["id"].as_str().unwrap_or_default();
                if operation == "CopyPriceList" {
                    let dates = json!({ "code": unique("GOLD"), "name": "Gold", "valid_from": "2027-01-01", "valid_to": "2027-12-31", "priority": 11 });
                    self.on(id, body(dates))
                } else {
                    self.on(id, body(json!({ "content": "product_code,min_quantity,price\nCHAI,10,17.00\n", "append": true })))
                }
            }
            "ImportExchangeRates" => {
                let content = "Date,USD,JPY,\n2026-10-30,1.1172,175.68,\n";
                self.create(body(json!({ "format": "ecb_csv", "content": content, "from": "2026-10-01", "to": "2026-10-31" })))
            }
            _ => None,
        }
    }

    fn price_list(&self) -> Value {
        json!({
            "code": unique("GOLD"), "currency": "EUR", "priority": 10, "valid_from": "2026-01-01", "company_id": self.shop.company,
            "audience": { "segment": unique("segment") }, "rules": [{ "product_id": self.shop.chai, "min_quantity": "100", "price": "16.50" }]
        })
    }

    async fn opportunity(&self) -> Opportunity {
        let body =
            CreateOpportunity { company_id: self.shop.company, party_id: Some(self.shop.party), title: "Chairs".to_owned(), ..CreateOpportunity::default() };
        self.caller().post::<crm::CreateOpportunity>((), &body).await
    }

    fn full_line(&self) -> LineInput {
        LineInput {
            description: Some("Chai".to_owned()),
            unit_price: Some(of("17.00")),
            price_override_reason: Some("loyal".to_owned()),
            tax_ids: Some(vec![self.shop.tax]),
            unit: Some("piece".to_owned()),
            ..forty(&self.shop)
        }
    }

    async fn full_quote(&self) -> CreateQuote {
        CreateQuote {
            opportunity_id: Some(self.opportunity().await.id),
            currency: Some(of("EUR")),
            valid_until: Some(of("2027-12-31")),
            payment_term_id: Some(self.shop.term),
            discount_percent: Some(of("1")),
            reference: Some("PO 1".to_owned()),
            owner_id: Some(self.user),
            notes: Some("Thank you".to_owned()),
            ..quote_body(&self.shop, vec![self.full_line()])
        }
    }

    async fn draft_quote(&self) -> Quote {
        self.caller().post::<quote::CreateQuote>((), &quote_body(&self.shop, vec![forty(&self.shop)])).await
    }

    async fn approved_quote(&self) -> Quote {
        deal::approved(self.caller(), &self.shop, None, vec![forty(&self.shop)]).await
    }

    async fn draft_order(&self) -> Order {
        self.caller().post::<order::CreateOrder>((), &order_body(&self.shop, vec![forty(&self.shop)])).await
    }

    async fn sell_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let stage = json!({
            "name": unique("stage"), "position": 3, "probability": "30", "status": "open", "company_id": self.shop.company,
            "required_fields": ["owner_id"], "validates_customer": true
        });
        match operation {
            "CreateStage" => self.create(Some(stage)),
            "UpdateStage" => {
                let id = caller.raw.post("/v1/stages", &stage).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": unique("stage"), "position": 4, "probability": "40", "required_fields": [], "validates_customer": false })))
            }
            "CreateLead" => self.create(self.full_lead().await),
            "CreateLeads" => self.create(body(json!({ "mode": "atomic", "items": [self.full_lead().await] }))),
            "UpdateLead" => self.on(self.lead().await, adorned(json!({ "status": "working", "title": "41 chairs", "owner_id": self.user, "phone": null, "country": "FR", "employee_count": 41, "budget": "1.00",
                "currency": "EUR", "authority": "Amy", "need": "chairs", "needed_by": "2026-12-24", "team_id": self.team().await }))),
            "QualifyLead" => self.on(
                self.lead().await,
                body(json!({ "party_id": self.shop.party, "expected_value": "9000.00", "currency": "EUR", "expected_close_date": "2026-12-15",
                    "budget": "9500.00", "authority": "the owner", "need": "a new hall", "needed_by": "2026-12-24" })),
            ),
            "AssignLead" => self.on(self.lead().await, body(json!({ "owner_id": self.user, "team_id": self.team().await }))),
            "CreateAssignmentRule" => self.create(Some(self.full_rule().await)),
            "UpdateAssignmentRule" => {
                let id = caller.raw.post("/v1/assignment-rules", &self.full_rule().await).await.success()["id"].as_str().unwrap_or_default().to_owned();
                let change = json!({ "name": unique("rule"), "position": 2, "sources": [], "countries": ["AT"], "min_employees": null, "max_employees": 9,
                    "team_id": self.team().await, "owner_ids": [], "active": false });
                self.on(id, Some(change))
            }
            "DisqualifyLead" => self.on(self.lead().await, body(json!({ "reason": "no budget" }))),
            "CreateOpportunity" => self.create(self.full_opportunity().await),
            "CreateOpportunities" => self.create(body(json!({ "mode": "atomic", "items": [self.full_opportunity().await] }))),
            "UpdateOpportunity" => self.on(
                self.opportunity().await.id,
                adorned(json!({ "title": "41 chairs", "party_id": self.shop.party, "contact_id": self.contact, "expected_value": "1.00", "currency": "EUR", "probability": "33", "owner_id": self.user,
                    "product_id": self.shop.chai, "team_id": self.team().await })),
            ),
            "AdvanceOpportunity" => self.on(self.opportunity().await.id, body(json!({ "stage_id": self.stage }))),
            "WinOpportunity" => self.on(self.opportunity().await.id, body(json!({}))),
            "LoseOpportunity" => self.on(self.opportunity().await.id, body(json!({ "reason": "price" }))),
            "ReopenOpportunity" => {
                let lost = self.opportunity().await.id;
                caller.raw.post(&format!("/v1/opportunities/{lost}/lose"), &json!({ "reason": "price" })).await.success();
                self.on(lost, body(json!({ "stage_id": self.stage })))
            }
            "CreateQuote" | "PriceQuote" => self.create(adorned(self.full_quote().await)),
            "UpdateQuote" => {
                let mut change = to_value(self.full_quote().await).expect("JSON");
                for name in ["company_id", "party_id", "currency"] {
                    change.as_object_mut().expect("an object").remove(name);
                }
                self.on(self.draft_quote().await.id, adorned(change))
            }
            "SubmitQuote" => self.on(self.draft_quote().await.id, None),
            "DuplicateQuote" => {
                let change = json!({ "opportunity_id": self.opportunity().await.id, "valid_until": "2026-12-31", "reference": "PO 2" });
                self.on(self.approved_quote().await.id, Some(change))
            }
            "ReviseQuote" | "SendQuote" | "ShareQuote" => self.on(self.approved_quote().await.id, None),
            "UnshareQuote" => {
                let id = self.approved_quote().await.id;
                caller.post::<causeway_openapi::shared_quote::op::ShareQuote>(id, &causeway_contract::Nothing {}).await;
                self.on(id, None)
            }
            "ApproveQuote" => self.on(self.waiting_quote().await, body(json!({ "comment": "once" }))),
            "RejectQuote" => self.on(self.waiting_quote().await, body(json!({ "reason": "too low" }))),
            "AcceptQuote" => self.on(self.approved_quote().await.id, body(json!({ "accepted_by": "Amy", "reference": "PO 4711" }))),
            "DeclineQuote" => self.on(self.approved_quote().await.id, body(json!({ "reason": "too dear" }))),
            "CreateActivity" => self.create(Some(self.activity().await)),
            "UpdateActivity" => self.on(
                self.open_activity().await,
                body(json!({ "kind": "meeting", "due_at": "2026-12-24T09:00:00Z", "note": "Bring samples", "owner_id": self.user })),
            ),
            "CompleteActivity" => self.on(self.open_activity().await, body(json!({ "outcome": "wants 40" }))),
            "CreateTeam" => self.create(Some(self.full_team())),
            "UpdateTeam" => self.on(self.team().await, body(json!({ "name": unique("team"), "lead_id": self.user, "member_ids": [self.user], "active": false }))),
            "CreateLostReason" => self.create(body(json!({ "code": unique("price"), "name": "Too dear" }))),
            "UpdateLostReason" => {
                let reason = json!({ "code": unique("price"), "name": "Too dear" });
                let id = caller.raw.post("/v1/lost-reasons", &reason).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": "Much too dear", "active": false })))
            }
            _ => self.order_plan(operation).await,
        }
    }

    async fn activity(&self) -> Value {
        let subject = self.opportunity().await.id;
        json!({ "subject_id": subject, "kind": "call", "due_at": "2026-12-03T09:00:00Z", "note": "Ask for the budget", "owner_id": self.user })
    }

    async fn open_activity(&self) -> String {
        self.caller().raw.post("/v1/activities", &self.activity().await).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    fn full_team(&self) -> Value {
        json!({ "name": unique("team"), "lead_id": self.user, "member_ids": [self.user] })
    }

    async fn full_rule(&self) -> Value {
        json!({ "name": unique("rule"), "position": 1, "company_id": self.shop.company, "sources": ["expo"], "countries": ["FR"], "min_employees": 1, "max_employees": 50,
            "team_id": self.team().await, "owner_ids": [self.user] })
    }

    async fn team(&self) -> String {
        self.caller().raw.post("/v1/teams", &self.full_team()).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    async fn full_lead(&self) -> Option<Value> {
        adorned(CreateLead {
            company_id: self.shop.company,
            title: "40 chairs".to_owned(),
            contact_name: Some("Amy".to_owned()),
            organization_name: Some("Borealis SAS".to_owned()),
            email: Some("amy@borealis.test".to_owned()),
            phone: Some("+33 1 23".to_owned()),
            source: Some("web".to_owned()),
            description: Some("wants chairs".to_owned()),
            owner_id: Some(self.user),
            team_id: Some(of(&self.team().await)),
            country: Some("FR".to_owned()),
            employee_count: Some(40),
            budget: Some("9000.00".into()),
            currency: Some(of("EUR")),
            authority: Some("the owner".to_owned()),
            need: Some("a new hall".to_owned()),
            needed_by: Some(of("2026-12-15")),
            ..CreateLead::default()
        })
    }

    async fn full_opportunity(&self) -> Option<Value> {
        adorned(CreateOpportunity {
            company_id: self.shop.company,
            party_id: Some(self.shop.party),
            contact_id: Some(self.contact),
            title: "40 chairs".to_owned(),
            expected_value: Some("9000.00".into()),
            currency: Some(of("EUR")),
            expected_close_date: Some(of("2026-12-15")),
            product_id: Some(self.shop.chai),
            owner_id: Some(self.user),
            team_id: Some(of(&self.team().await)),
            stage_id: Some(self.stage),
            ..CreateOpportunity::default()
        })
    }

    async fn lead(&self) -> causeway_value::LeadId {
        deal::lead(self.caller(), &self.shop).await.id
    }

    async fn order_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateOrder" => self.create(adorned(CreateOrder {
                opportunity_id: Some(self.opportunity().await.id),
                currency: Some(of("EUR")),
                payment_term_id: Some(self.shop.term),
                discount_percent: Some(of("1")),
                reference: Some("PO 1".to_owned()),
                owner_id: Some(self.user),
                channel: Some("web".to_owned()),
                notes: Some("Thank you".to_owned()),
                ..order_body(&self.shop, vec![self.full_line()])
            })),
            "UpdateOrder" => self.on(
                self.draft_order().await.id,
                adorned(json!({ "payment_term_id": self.shop.term, "discount_percent": "2", "owner_id": self.user, "lines": [self.full_line()] })),
            ),
            "HoldOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(order.id, body(json!({ "reason": "wait", "kind": "manual", "blocks": ["ship"], "owner_id": self.user })))
            }
            "ReleaseOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let held = caller.post::<order::HoldOrder>(order.id, &deal::manual_hold("wait")).await;
                let hold = held.holds.first().expect("a hold").id;
                self.on(order.id, body(json!({ "reason": "done", "kind": "manual", "hold_id": hold })))
            }
            "PromiseOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                deal::delivery(caller, &order, "15").await;
                let lines = json!([{ "order_line_id": order.lines.first().expect("a line").id, "promised_date": "2199-12-20" }]);
                self.on(order.id, body(json!({ "promised_date": "2199-12-24", "lines": lines })))
            }
            "AmendOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let line = order.lines.first().expect("a line").id;
                let changed =
                    json!({ "order_line_id": line, "quantity": "30", "unit_price": "17.00", "price_override_reason": "volume", "discount_percent": "5" });
                let lines = json!([self.full_line(), changed]);
                self.on(order.id, body(json!({ "reason": "they need fewer", "lines": lines, "payment_term_id": self.shop.term })))
            }
            "RecheckOrder" => self.on(self.rechecked_order().await, None),
            "CreateCreditPolicy" => {
                let party = caller.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
                let company = self.shop.company;
                let policy = json!({ "company_id": company, "party_id": party, "action": "warn", "max_overdue_days": 30, "owner_id": self.user });
                self.create(Some(policy))
            }
            "UpdateCreditPolicy" => {
                let party = caller.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
                let policy = json!({ "company_id": self.shop.company, "party_id": party, "action": "hold" });
                let id = caller.raw.post("/v1/credit-policies", &policy).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "action": "block", "max_overdue_days": 10, "owner_id": self.user })))
            }
            "ConfirmOrder" => self.on(self.draft_order().await.id, None),
            "CancelOrder" => self.on(deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await.id, body(json!({ "reason": "duplicate" }))),
            "CreateDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let line = order.lines.first().expect("a line").id;
                let lines = json!([{ "order_line_id": line, "quantity": "15" }]);
                self.create(adorned(json!({ "order_id": order.id, "lines": lines, "ship_date": "2026-12-02", "carrier": "Post", "tracking": "1Z" })))
            }
            "ShipDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(deal::delivery(caller, &order, "15").await.id, body(json!({ "ship_date": "2026-12-02", "carrier": "Post", "tracking": "1Z" })))
            }
            "ReverseDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(deal::ship(caller, &order, "40").await.id, body(json!({ "reason": "wrong order" })))
            }
            "HoldBillable" => self.on(self.billable().await, body(json!({ "reason": "disputed" }))),
            "ReleaseBillable" => {
                let id = self.billable().await;
                caller.post::<billable::op::HoldBillable>(id, &billable::HoldBillable { reason: "disputed".to_owned() }).await;
                self.on(id, None)
            }
            _ => None,
        }
    }

    /// An order that was over the limit of its customer, which was raised since.
    async fn rechecked_order(&self) -> causeway_value::OrderId {
        let caller = self.caller();
        let party = caller.post::<party::CreateParty>((), &CreateParty { credit_limit: Some("1.00".into()), ..party_body("Boreas") }).await.id;
        let draft = caller.post::<order::CreateOrder>((), &CreateOrder { party_id: Some(party), ..order_body(&self.shop, vec![forty(&self.shop)]) }).await;
        caller.act::<order::ConfirmOrder>(draft.id).await;
        caller.raw.request("PATCH", &format!("/v1/parties/{party}")).json(&json!({ "credit_limit": "5000.00" })).send().await.success();
        draft.id
    }

    /// What confirming an order of a service makes billable.
    async fn billable(&self) -> BillableId {
        let order = deal::confirmed(self.caller(), &self.shop, vec![line(self.shop.setup, "1")]).await;
        deal::billables(self.caller(), order.id).await.first().expect("a billable").id
    }

    async fn posted(&self) -> InvoiceId {
        deal::posted(self.caller(), &self.shop, "100.00").await.id
    }

    async fn cash_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateInvoice" => self.create(adorned(self.full_invoice().await)),
            "PostInvoice" => self.on(deal::free_invoice(caller, &self.shop, "100.00").await.id, body(json!({ "invoice_date": self.today().await }))),
            "CancelInvoice" => self.on(deal::free_invoice(caller, &self.shop, "100.00").await.id, None),
            "CreditInvoice" => {
                let invoice = deal::posted(caller, &self.shop, "100.00").await;
                let line = invoice.lines.first().expect("a line").id;
                self.on(invoice.id, body(json!({ "lines": [{ "invoice_line_id": line, "quantity": "0.5" }], "reason": "damaged" })))
            }
            "CreatePayment" => {
                let invoice = self.posted().await;
                let payment = CreatePayment {
                    reference: Some("INV".to_owned()),
                    payment_date: Some(self.today().await),
                    difference: Some(PaymentDifference::WriteOff),
                    ..payment_body(&self.shop, "60.00", &[(invoice, "50.00")])
                };
                self.create(adorned(payment))
            }
            "PostPayment" => {
                let draft = CreatePayment { status: Some(PaymentStatus::Draft), ..payment_body(&self.shop, "60.00", &[]) };
                self.on(caller.post::<payment::CreatePayment>((), &draft).await.id, None)
            }
            "AllocatePayment" => {
                let invoice = deal::posted(caller, &self.shop, "100.00").await;
                let part = allocation(invoice.id, "50.00");
                self.on(deal::pay(caller, &self.shop, "60.00", &[]).await.id, body(json!({ "allocations": [part] })))
            }
            "UnallocatePayment" => {
                let invoice = self.posted().await;
                let payment = deal::pay(caller, &self.shop, "60.00", &[(invoice, "50.00")]).await;
                let allocation = payment.allocations.first().expect("an allocation").id;
                self.on(payment.id, body(json!({ "allocation_ids": [allocation] })))
            }
            "ReversePayment" => {
                let invoice = self.posted().await;
                self.on(deal::pay(caller, &self.shop, "60.00", &[(invoice, "50.00")]).await.id, body(json!({ "reason": "bounced" })))
            }
            _ => self.claims_plan(operation).await,
        }
    }

    /// What takes claims back or gives them up.
    async fn claims_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateRefund" => {
                let (note, date) = (deal::unused_credit(caller, &self.shop, "100.00").await.id, self.today().await);
                self.create(body(json!({ "credit_note_id": note, "amount": "40.00", "method": "bank", "refund_date": date, "reference": "CN" })))
            }
            "AllocateCreditNote" => {
                let part = allocation(self.posted().await, "50.00");
                self.on(deal::unused_credit(caller, &self.shop, "60.00").await.id, body(json!({ "allocations": [part] })))
            }
            "UnallocateCreditNote" => {
                let note = deal::unused_credit(caller, &self.shop, "60.00").await.id;
                let part = allocation(self.posted().await, "50.00");
                caller.raw.post(&format!("/v1/invoices/{note}/allocate"), &json!({ "allocations": [part] })).await.success();
                let settled = caller.all::<payment::ListAllocations, _>(&causeway_contract::ListQuery::by("credit_note_id", note)).await;
                self.on(note, body(json!({ "allocation_ids": [settled.first().expect("an allocation").id] })))
            }
            "CreateFiscalYear" => self.create(body(json!({ "company_id": self.spare_company().await, "year": 2026 }))),
            "LockFiscalYear" => self.on(self.fiscal_year().await, body(json!({ "through": "2026-06-30", "reason": "half a year" }))),
            "ReopenFiscalYear" => {
                let id = self.fiscal_year().await;
                caller.raw.post(&format!("/v1/fiscal-years/{id}/lock"), &json!({})).await.success();
                self.on(id, body(json!({ "from": "2026-07-01", "reason": "a late invoice" })))
            }
            "CreateJournalEntry" => self.create(Some(self.journal_entry().await)),
            "ReverseJournalEntry" => {
                let made = caller.raw.post("/v1/journal-entries", &self.journal_entry().await).await.success();
                self.on(made["id"].as_str().unwrap_or_default(), body(json!({ "date": self.today().await, "reason": "wrong account" })))
            }
            "CreateBillingRun" => self.create(Some(self.run_body().await)),
            "CommitBillingRun" => {
                let run = caller.raw.post("/v1/billing-runs", &self.run_body().await).await.success();
                self.on(run["id"].as_str().unwrap_or_default(), body(json!({ "hash": run["hash"] })))
            }
            "ReverseInvoice" => self.on(self.posted().await, body(json!({ "date": self.today().await, "reason": "wrong customer" }))),
            "SendInvoice" => self.on(self.posted().await, None),
            "DisputeInvoice" => self.on(self.posted().await, body(json!({ "reason": "never ordered" }))),
            "SettleDispute" => {
                let id = self.posted().await;
                caller.raw.post(&format!("/v1/invoices/{id}/dispute"), &json!({ "reason": "never ordered" })).await.success();
                self.on(id, body(json!({ "resolution": "found the order" })))
            }
            "WriteOffInvoice" => {
                let (account, date) = (self.revenue().await, self.today().await);
                let given_up = json!({ "amount": "30.00", "kind": "bad_debt", "account_id": account, "date": date, "reason": "bankrupt" });
                self.on(self.posted().await, Some(given_up))
            }
            "ReverseWriteOff" => {
                let path = format!("/v1/invoices/{}/write-off", self.posted().await);
                let made = caller.raw.post(&path, &json!({ "reason": "bankrupt" })).await.success();
                self.on(made["id"].as_str().unwrap_or_default(), body(json!({ "reason": "paid after all" })))
            }
            _ => None,
        }
    }

    /// A run over a customer of its own, for whom something waits.
    async fn run_body(&self) -> Value {
        let party = self.caller().post::<party::CreateParty>((), &self.full_party()).await.id;
        let shop = crate::shop::Shop { party, ..self.shop.clone() };
        deal::confirmed(self.caller(), &shop, vec![line(self.shop.setup, "1")]).await;
        let today = self.today().await;
        json!({ "company_id": self.shop.company, "party_id": party, "up_to": today, "group": "order", "invoice_date": today, "post": true })
    }

    /// A company without a fiscal year.
    async fn spare_company(&self) -> causeway_value::CompanyId {
        self.caller().post::<causeway_openapi::company::op::CreateCompany>((), &company_body("Acme Books")).await.id
    }

    async fn fiscal_year(&self) -> String {
        let year = json!({ "company_id": self.spare_company().await, "year": 2026 });
        self.caller().raw.post("/v1/fiscal-years", &year).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    async fn journal_entry(&self) -> Value {
        let lines = json!([
            { "account_id": self.revenue().await, "party_id": self.shop.party, "debit": "12.00" },
            { "account_id": self.account, "credit": "12.00" }
        ]);
        json!({ "company_id": self.shop.company, "date": self.today().await, "description": "Correction", "lines": lines })
    }

    async fn full_invoice(&self) -> CreateInvoice {
        let order = deal::confirmed(self.caller(), &self.shop, vec![line(self.shop.setup, "1")]).await;
        let free = InvoiceLineInput {
            product_id: Some(self.shop.setup),
            description: Some("More".to_owned()),
            quantity: of("1"),
            unit_price: of("3.00"),
            discount_percent: Some(of("0")),
            tax_ids: Some(vec![self.shop.tax]),
            account_id: Some(self.revenue().await),
        };
        CreateInvoice {
            order_id: Some(order.id),
            payment_term_id: Some(self.shop.term),
            reference: Some("PO 1".to_owned()),
            notes: Some("Thank you".to_owned()),
            lines: vec![free],
            ..CreateInvoice::default()
        }
    }

    async fn revenue(&self) -> causeway_value::AccountId {
        let query = causeway_contract::ListQuery::by("company_id", self.shop.company).and("code", "4000");
        self.caller().all::<causeway_openapi::company::op::ListAccounts, _>(&query).await.first().expect("a revenue account").id
    }

    async fn today(&self) -> Day {
        self.caller().get::<identity::GetClock>(()).await.now.day_in(of("Europe/Berlin"))
    }
}
