//! Companies, taxes, terms, accounts and parties; what imports bring.

use super::{Prepared, adorned, body, letterhead};
use crate::fixture::Fixture;
use crate::shop::{company_body, party_body, percent_after, percent_tax, term_body};
use crate::{of, unique};
use causeway_openapi::party::{CreateParty, TaxRegistration, op as party};
use causeway_openapi::tax;
use causeway_openapi::term::op as term;
use causeway_value::{
    CashRounding, CashStrategy, CashUnit, DiscountBase, DiscountPosting, DocumentInput, DocumentRules, InstallmentConversion, InstallmentRules, LeadInput,
    LeadRules, OrderRules, QuoteRules, RequiredInputs, RoundingMethod, RoundingRule, SameDueDate, TaxEngine,
};
use serde_json::{Value, json, to_value};
use std::sync::atomic::{AtomicI32, Ordering};

fn rounding_rules() -> Vec<RoundingRule> {
    let cash = CashRounding { step: "0.05".into(), method: RoundingMethod::Down, strategy: CashStrategy::BiggestTax, per: CashUnit::Total };
    vec![RoundingRule { currency: of("CHF"), tax_step: Some("0.05".into()), cash: Some(cash) }]
}

impl Fixture {
    pub(super) fn import(&self) -> Value {
        let row = json!({ "Title": "40 chairs", "Source": "fair", "Region": "West", "Ref": unique("ref") });
        json!({
            "resource": "leads", "company_id": self.shop.company, "mapping": { "Ref": "external_ref" }, "defaults": { "phone": "+33 1 23" },
            "system": "fair", "create_parties": false, "dry_run": false, "rows": [row]
        })
    }

    pub(super) async fn master_plan(&self, operation: &str) -> Option<Prepared> {
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
                credit_note_limit: Some("500.00".into()),
                payment_tolerance: Some("1.00".into()),
                document_discount_base: Some(DiscountBase::TotalAmount),
                discount_posting: Some(DiscountPosting::DiscountAccount),
                rounding_rules: rounding_rules(),
                installment_rules: Some(InstallmentRules { same_due_date: SameDueDate::Refused, conversion: InstallmentConversion::Each }),
                max_rate_age_days: Some(7),
                order_rules: Some(OrderRules { draft_days: Some(7), confirmed_days: Some(30), won_days: Some(5) }),
                document_rules: Some(document_rules()),
                tax_engine: Some(TaxEngine::External),
                ..company_body("Acme Works")
            })),
            "UpdateCompany" => self.on(
                caller.post::<causeway_openapi::company::op::CreateCompany>((), &company_body("Acme Old")).await.id,
                adorned(json!({ "name": "Acme New", "country": "AT", "time_zone": "Europe/Vienna", "tax_id": null, "tax_rounding": "per_document", "letterhead": letterhead(), "quote_rules": self.quote_rules(), "lead_rules": { "required_inputs": ["need"] }, "document_discount_base": "total_amount", "discount_posting": "discount_account", "tax_engine": "external", "rounding_rules": rounding_rules(), "installment_rules": { "same_due_date": "refused" }, "max_rate_age_days": 7, "credit_note_limit": "100.00", "payment_tolerance": "0.50", "document_rules": { "invoice_post": { "fields": ["party_email"] } }, "order_rules": { "draft_days": 3, "confirmed_days": 14, "won_days": 2 } })),
            ),
            "CreateDimension" => {
                let value = json!({ "code": "north", "name": "North", "active": true });
                self.create(body(json!({ "company_id": company, "code": unique("unit").to_lowercase(), "name": "Unit", "values": [value] })))
            }
            "UpdateDimension" => {
                let dimension = json!({ "code": unique("unit").to_lowercase(), "name": "Unit", "values": [] });
                let id = caller.raw.post("/v1/dimensions", &dimension).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": "Business unit", "values": [{ "code": "north", "name": "North", "active": false }], "active": false })))
            }
            "CreateAccount" => {
                let code = unique("4");
                self.create(body(json!({ "company_id": company, "code": code, "name": "More revenue", "kind": "income", "metadata": { "tier": "a" } })))
            }
            "UpdateAccount" => {
                let account = json!({ "company_id": company, "code": unique("6"), "name": "Bank fees", "kind": "expense", "metadata": {} });
                let id = caller.raw.post("/v1/accounts", &account).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": "Fees of banks", "purpose": "bank_fees", "active": true, "metadata": { "tier": "b" } })))
            }
            "CreateTax" => {
                let more = tax::CreateTax {
                    account_id: Some(self.account),
                    sales_account_id: Some(self.revenue().await),
                    note: Some("Reduced rate".to_owned()),
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
                self.on(id, body(json!({ "name": "Old VAT", "sequence": 2, "account_id": self.account, "sales_account_id": self.account, "active": false, "metadata": { "tier": "b" } })))
            }
            "CreateTaxRule" => self.create(body(self.full_tax_rule())),
            "UpdateTaxRule" => {
                let id = caller.raw.post("/v1/tax-rules", &self.full_tax_rule()).await.success()["id"].as_str().unwrap_or_default().to_owned();
                let change = self.full_tax_rule();
                let mut change = change.as_object().cloned().unwrap_or_default();
                change.remove("company_id");
                change.insert("active".to_owned(), json!(false));
                self.on(id, body(Value::Object(change)))
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
            "CreateContact" => self.create(adorned(json!({
                "party_id": self.shop.party, "name": unique("Bea"), "email": "bea@borealis.test", "phone": "+33 1 24", "position": "Accounts", "refuse_duplicates": false
            }))),
            "UpdateContact" => {
                let body = json!({ "party_id": self.shop.party, "name": unique("Carl") });
                let id = caller.raw.post("/v1/contacts", &body).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, adorned(json!({ "name": "Carl B.", "email": "carl@borealis.test", "phone": null, "position": "Buyer", "active": false })))
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

    pub(super) fn quote_rules(&self) -> QuoteRules {
        QuoteRules {
            max_discount_percent: Some(of("10")),
            max_price_override_percent: Some(of("5")),
            min_margin_percent: Some(of("20")),
            payment_term_ids: vec![self.shop.term],
            validity_days: Some(30),
            min_lead_days: Some(7),
            tax_override: Some(true),
        }
    }

    /// Of the second company, so that the documents of the first one are those of a company without rules.
    fn full_tax_rule(&self) -> Value {
        static NEXT: AtomicI32 = AtomicI32::new(1);
        let tax = self.second.tax;
        json!({
            "company_id": self.second.company, "name": "Reverse charge", "sequence": NEXT.fetch_add(1, Ordering::Relaxed), "party_id": self.shop.party,
            "countries": ["CH"], "registration": "valid", "customer_kind": "organization", "segment": "retail", "valid_from": "2026-01-01",
            "valid_until": "2030-12-31", "replacements": [{ "tax_id": tax, "by": [tax] }], "other_tax_ids": [], "free_line_tax_ids": [tax],
            "metadata": { "tier": "a" }
        })
    }

    pub(super) fn full_party(&self) -> CreateParty {
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

    /// A company without a fiscal year.
    pub(super) async fn spare_company(&self) -> causeway_value::CompanyId {
        self.caller().post::<causeway_openapi::company::op::CreateCompany>((), &company_body("Acme Books")).await.id
    }

    pub(super) async fn revenue(&self) -> causeway_value::AccountId {
        let query = causeway_contract::ListQuery::by("company_id", self.shop.company).and("code", "4000");
        self.caller().all::<causeway_openapi::company::op::ListAccounts, _>(&query).await.first().expect("a revenue account").id
    }
}

/// Every kind of thing that may be asked for: fields of the document and of its customer, and own data.
fn document_rules() -> DocumentRules {
    let asked = |fields: &[DocumentInput], metadata: &[&str]| RequiredInputs {
        fields: fields.iter().copied().collect(),
        metadata: metadata.iter().map(|name| (*name).to_owned()).collect(),
        ..RequiredInputs::default()
    };
    DocumentRules {
        quote_submit: asked(&[DocumentInput::Reference], &[]),
        order_confirm: asked(&[DocumentInput::OwnerId, DocumentInput::PartyTaxId], &["cost_center"]),
        invoice_post: RequiredInputs::default(),
    }
}
