//! Leads, opportunities and quotes.

use super::{Prepared, adorned, body, references};
use crate::deal::{self, forty, quote_body};
use crate::fixture::Fixture;
use crate::person::Person;
use crate::shop::company_body;
use crate::{of, unique};
use causeway_openapi::crm::{CreateLead, CreateOpportunity, Opportunity, op as crm};
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{CreateQuote, Quote, QuoteLineInput, op as quote};
use causeway_value::QuoteRules;
use serde_json::{Value, json, to_value};

impl Fixture {
    pub(super) async fn sell_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let stage = json!({
            "name": unique("stage"), "position": 3, "probability": "30", "status": "open", "company_id": self.shop.company,
            "required_fields": ["owner_id"], "validates_customer": true
        });
        match operation {
            "CreateStage" => self.create(Some(stage)),
            "UpdateStage" => {
                let id = caller.raw.post("/v1/stages", &stage).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": unique("stage"), "position": 4, "probability": "40", "required_fields": [], "validates_customer": false, "active": false })))
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
                    "product_id": self.shop.chai, "team_id": self.team().await, "source": "expo", "description": "wants oak", "need": "a new hall" })),
            ),
            "AdvanceOpportunity" => self.on(self.opportunity().await.id, body(json!({ "stage_id": self.stage }))),
            "WinOpportunity" => self.on(self.opportunity().await.id, body(json!({}))),
            "LoseOpportunity" => self.on(self.opportunity().await.id, body(json!({ "reason": self.lost_reason().await }))),
            "AssignOpportunity" => self.on(self.opportunity().await.id, body(json!({ "owner_id": self.user }))),
            "ReopenOpportunity" => {
                let lost = self.opportunity().await.id;
                caller.raw.post(&format!("/v1/opportunities/{lost}/lose"), &json!({ "reason": self.lost_reason().await })).await.success();
                self.on(lost, body(json!({ "stage_id": self.stage })))
            }
            "CreateQuote" | "PriceQuote" => self.create(adorned(self.full_quote().await)),
            "UpdateQuote" => {
                let mut change = to_value(self.full_quote().await).expect("JSON");
                for name in ["company_id", "party_id", "currency", "template_id"] {
                    change.as_object_mut().expect("an object").remove(name);
                }
                self.on(self.draft_quote().await.id, adorned(change))
            }
            "CreateQuoteTemplate" => self.create(Some(self.full_template())),
            "UpdateQuoteTemplate" => {
                let id = caller.raw.post("/v1/quote-templates", &self.full_template()).await.success()["id"].as_str().unwrap_or_default().to_owned();
                let mut change = self.full_template();
                change.as_object_mut().expect("an object").remove("company_id");
                change["active"] = json!(false);
                self.on(id, Some(change))
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
            "AcceptQuote" => self.on(self.approved_quote().await.id, body(json!({ "accepted_by": "Amy", "reference": "PO 4711", "chosen_options": [] }))),
            "AssignQuote" => self.on(self.approved_quote().await.id, body(json!({ "owner_id": self.user }))),
            "DeclineQuote" => self.on(self.approved_quote().await.id, body(json!({ "reason": "too dear" }))),
            "CreateActivity" => self.create(Some(self.activity().await)),
            "UpdateActivity" => self.on(
                self.open_activity().await,
                body(json!({ "kind": "meeting", "due_at": "2026-12-24T09:00:00Z", "note": "Bring samples", "owner_id": self.user })),
            ),
            "CancelActivity" => self.on(self.open_activity().await, body(json!({ "reason": "the deal is lost" }))),
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

    /// The code of a reason for which deals are lost.
    async fn lost_reason(&self) -> Value {
        let reason = json!({ "code": unique("price"), "name": "Too dear" });
        self.caller().raw.post("/v1/lost-reasons", &reason).await.success()["code"].clone()
    }

    pub(super) async fn opportunity(&self) -> Opportunity {
        let body =
            CreateOpportunity { company_id: self.shop.company, party_id: Some(self.shop.party), title: "Chairs".to_owned(), ..CreateOpportunity::default() };
        self.caller().post::<crm::CreateOpportunity>((), &body).await
    }

    pub(super) fn full_line(&self) -> LineInput {
        LineInput {
            description: Some("Chai".to_owned()),
            unit_price: Some(of("17.00")),
            price_override_reason: Some("loyal".to_owned()),
            tax_ids: Some(vec![self.shop.tax]),
            unit: Some("piece".to_owned()),
            section: Some("Drinks".to_owned()),
            lead_days: Some(30),
            ..forty(&self.shop)
        }
    }

    pub(super) async fn full_quote(&self) -> CreateQuote {
        CreateQuote {
            opportunity_id: Some(self.opportunity().await.id),
            currency: Some(of("EUR")),
            valid_until: Some(of("2027-12-31")),
            payment_term_id: Some(self.shop.term),
            discount_percent: Some(of("1")),
            reference: Some("PO 1".to_owned()),
            contact_id: Some(self.contact),
            ship_to_id: Some(self.address),
            owner_id: Some(self.user),
            notes: Some("Thank you".to_owned()),
            terms: Some("No returns".to_owned()),
            lead_days: Some(14),
            template_id: Some(of(&self.template().await)),
            lines: vec![self.full_quote_line()],
            ..quote_body(&self.shop, Vec::new())
        }
    }

    fn full_quote_line(&self) -> QuoteLineInput {
        QuoteLineInput {
            section: Some("Furniture".to_owned()),
            optional: Some(true),
            chosen: Some(true),
            lead_days: Some(30),
            ..QuoteLineInput::from(self.full_line())
        }
    }

    fn full_template(&self) -> Value {
        let mut line = to_value(self.full_quote_line()).expect("JSON");
        line["lead_days"] = json!(21);
        json!({ "company_id": self.shop.company, "name": unique("template"), "description": "For halls", "validity_days": 14, "payment_term_id": self.shop.term,
            "discount_percent": "2", "lead_days": 30, "notes": "Thank you", "terms": "No returns", "lines": [line] })
    }

    async fn template(&self) -> String {
        self.caller().raw.post("/v1/quote-templates", &self.full_template()).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) async fn draft_quote(&self) -> Quote {
        self.caller().post::<quote::CreateQuote>((), &quote_body(&self.shop, vec![forty(&self.shop)])).await
    }

    pub(super) async fn approved_quote(&self) -> Quote {
        deal::approved(self.caller(), &self.shop, None, vec![forty(&self.shop)]).await
    }

    /// A quote that somebody else made and submitted and that waits for a second person.
    pub(super) async fn waiting_quote(&self) -> causeway_value::QuoteId {
        let caller = self.caller();
        let strict = QuoteRules { max_discount_percent: Some(of("5")), ..QuoteRules::default() };
        let company = causeway_openapi::company::CreateCompany { quote_rules: Some(strict), ..company_body(&unique("Strict")) };
        let company = caller.post::<causeway_openapi::company::op::CreateCompany>((), &company).await.id;
        let body = CreateQuote { company_id: company, ..quote_body(&self.shop, vec![forty(&self.shop)]) };
        let maker = Person::hire_as(&self.tenant, "sales_manager").await.session().await;
        let id = maker.post::<quote::CreateQuote>((), &body).await.id;
        maker.act::<quote::SubmitQuote>(id).await.id
    }

    pub(super) async fn activity(&self) -> Value {
        let subject = self.opportunity().await.id;
        json!({ "subject_id": subject, "kind": "call", "due_at": "2026-12-03T09:00:00Z", "note": "Ask for the budget", "owner_id": self.user, "external_refs": references() })
    }

    pub(super) async fn open_activity(&self) -> String {
        self.caller().raw.post("/v1/activities", &self.activity().await).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn full_team(&self) -> Value {
        json!({ "name": unique("team"), "lead_id": self.user, "member_ids": [self.user], "external_refs": references() })
    }

    pub(super) async fn full_rule(&self) -> Value {
        json!({ "name": unique("rule"), "position": 1, "company_id": self.shop.company, "sources": ["expo"], "countries": ["FR"], "min_employees": 1, "max_employees": 50,
            "team_id": self.team().await, "owner_ids": [self.user] })
    }

    pub(super) async fn team(&self) -> String {
        self.caller().raw.post("/v1/teams", &self.full_team()).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) async fn full_lead(&self) -> Option<Value> {
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

    pub(super) async fn full_opportunity(&self) -> Option<Value> {
        adorned(CreateOpportunity {
            company_id: self.shop.company,
            party_id: Some(self.shop.party),
            contact_id: Some(self.contact),
            title: "40 chairs".to_owned(),
            expected_value: Some("9000.00".into()),
            currency: Some(of("EUR")),
            expected_close_date: Some(of("2026-12-15")),
            product_id: Some(self.shop.chai),
            source: Some("web".to_owned()),
            description: Some("wants chairs".to_owned()),
            need: Some("a new hall".to_owned()),
            owner_id: Some(self.user),
            team_id: Some(of(&self.team().await)),
            stage_id: Some(self.stage),
            ..CreateOpportunity::default()
        })
    }

    pub(super) async fn lead(&self) -> causeway_value::LeadId {
        deal::lead(self.caller(), &self.shop).await.id
    }
}
