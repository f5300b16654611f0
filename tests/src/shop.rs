//! The masters that the stories sell with: a company in Euro, its tax, a payment term, goods, a service and a customer.

use crate::caller::Caller;
use crate::of;
use causeway_openapi::catalog::{CreateProduct, op as catalog};
use causeway_openapi::company::{CreateCompany, op as company};
use causeway_openapi::line::LineInput;
use causeway_openapi::party::{AddressInput, ContactInput, CreateParty, op as party};
use causeway_openapi::pricing::{CreateExchangeRate, op as pricing};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_value::{AddressKind, BillingPolicy, CompanyId, PartyId, PartyKind, PartyRole, PaymentTermId, ProductId, ProductKind, TaxId, TaxKind, TermLine};

/// A company that can sell.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The company: German, in Euro.
    pub company: CompanyId,
    /// 19 % on top.
    pub tax: TaxId,
    /// 30 days net.
    pub term: PaymentTermId,
    /// Goods for 18.00 that cost 11.20 and are billed when delivered.
    pub chai: ProductId,
    /// A service for 250.00 that is billed when ordered.
    pub setup: ProductId,
    /// A customer with the term.
    pub party: PartyId,
}

/// Opens a shop; `tag` keeps its codes apart from those of other shops of the tenant.
pub async fn open(caller: &Caller, tag: &str) -> Shop {
    let company = caller.post::<company::CreateCompany>((), &company_body(&format!("Acme {tag}"))).await.id;
    let tax = caller.post::<tax::CreateTax>((), &percent_tax(company, "VAT19", "19")).await.id;
    let term = caller.post::<term::CreatePaymentTerm>((), &term_body(&format!("NET30{tag}"), vec![percent_after("100", 30)])).await.id;
    let goods = product_body(&format!("CHAI{tag}"), ProductKind::Goods, BillingPolicy::OnDelivery, "18.00", vec![tax]);
    let chai = caller.post::<catalog::CreateProduct>((), &CreateProduct { cost: Some(of("11.20")), ..goods }).await.id;
    let service = product_body(&format!("SETUP{tag}"), ProductKind::Service, BillingPolicy::OnOrder, "250.00", vec![tax]);
    let setup = caller.post::<catalog::CreateProduct>((), &service).await.id;
    let party = caller.post::<party::CreateParty>((), &CreateParty { payment_term_id: Some(term), ..party_body(&format!("Borealis {tag}")) }).await.id;
    Shop { company, tax, term, chai, setup, party }
}

/// A service for 12,000.00 without tax that is billed as it goes.
pub async fn milestones(caller: &Caller) -> ProductId {
    let body = product_body(&crate::unique("PROJECT"), ProductKind::Service, BillingPolicy::Milestone, "12000.00", Vec::new());
    caller.post::<catalog::CreateProduct>((), &body).await.id
}

/// A German company in Euro.
#[must_use]
pub fn company_body(name: &str) -> CreateCompany {
    CreateCompany::new(name, "DE", of("EUR"), of("Europe/Berlin"))
}

/// A tax of this percentage, on top of the price.
#[must_use]
pub fn percent_tax(company: CompanyId, code: &str, rate: &str) -> CreateTax {
    CreateTax {
        company_id: company,
        code: code.to_owned(),
        name: format!("VAT {rate} %"),
        kind: TaxKind::Percent,
        rate: Some(of(rate)),
        included: None,
        sequence: None,
        affects_base: None,
        base_affected: None,
        group_of: Vec::new(),
        account_id: None,
        sales_account_id: None,
        note: None,
        metadata: Default::default(),
    }
}

/// A payment term of these parts.
#[must_use]
pub fn term_body(code: &str, installments: Vec<TermLine>) -> CreatePaymentTerm {
    CreatePaymentTerm { code: code.to_owned(), name: code.to_owned(), installments, ..CreatePaymentTerm::default() }
}

/// A part of this percentage, due after days.
#[must_use]
pub fn percent_after(percent: &str, days: u32) -> TermLine {
    TermLine { percent: Some(of(percent)), days, ..TermLine::default() }
}

/// A product in Euro by the piece.
#[must_use]
pub fn product_body(code: &str, kind: ProductKind, billing_policy: BillingPolicy, list_price: &str, tax_ids: Vec<TaxId>) -> CreateProduct {
    CreateProduct {
        code: code.to_owned(),
        name: code.to_owned(),
        description: None,
        kind,
        unit: "piece".to_owned(),
        list_price: of(list_price),
        price_base_quantity: None,
        currency: of("EUR"),
        cost: None,
        billing_policy,
        tax_ids,
        category_id: None,
        revenue_account_code: None,
        components: Vec::new(),
        metadata: Default::default(),
        external_refs: Vec::new(),
    }
}

/// A customer in France with an address and a contact.
#[must_use]
pub fn party_body(name: &str) -> CreateParty {
    let address = AddressInput {
        id: None,
        kind: AddressKind::Billing,
        line1: "1 rue de la Paix".to_owned(),
        line2: None,
        city: "Lyon".to_owned(),
        region: None,
        postal_code: Some("69001".to_owned()),
        country: "FR".to_owned(),
    };
    CreateParty {
        name: name.to_owned(),
        kind: PartyKind::Organization,
        roles: vec![PartyRole::Customer],
        country: Some("FR".to_owned()),
        tax_id: None,
        tax_ids: Vec::new(),
        refuse_duplicates: None,
        currency: Some(of("EUR")),
        payment_term_id: None,
        price_list_id: None,
        credit_limit: None,
        segment: None,
        email: None,
        phone: None,
        linked_company_id: None,
        addresses: vec![address],
        contacts: vec![ContactInput { name: "Amy".to_owned(), email: Some("amy@borealis.test".to_owned()), ..ContactInput::default() }],
        metadata: Default::default(),
        external_refs: Vec::new(),
    }
}

/// A line of a product at the price of the lists.
#[must_use]
pub fn line(product: ProductId, quantity: &str) -> LineInput {
    LineInput { product_id: Some(product), quantity: of(quantity), ..LineInput::default() }
}

/// Records what one unit of `currency` is worth in Euro from `date` on.
pub async fn rate(caller: &Caller, currency: &str, date: &str, rate: &str) {
    let body = CreateExchangeRate { currency: of(currency), base: of("EUR"), date: of(date), rate: of(rate) };
    caller.post::<pricing::CreateExchangeRate>((), &body).await;
}
