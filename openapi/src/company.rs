//! Companies, the legal entities of a tenant, and the accounts of their charts.

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AccountId, AccountKind, AmountText, CompanyId, Currency, DiscountBase, DiscountPosting, DocumentRules, InstallmentRules, Instant, LeadRules, Letterhead,
    OrderRules, QuoteRules, RoundingRule, TaxEngine, TaxRounding, Zone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A legal entity inside the tenant. Documents belong to one company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Company {
    /// Id.
    pub id: CompanyId,
    /// Always `company`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The legal name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// The currency of its books.
    pub currency: Currency,
    /// The zone in which its business days begin and end.
    pub time_zone: Zone,
    /// Its tax registration.
    pub tax_id: Option<String>,
    /// The month in which its fiscal year begins, 1 to 12.
    pub fiscal_year_start_month: u32,
    /// The chart of accounts it began with.
    pub chart_template: String,
    /// Where its new quotes, orders and free invoices round tax; what bills an order rounds as that does.
    pub tax_rounding: TaxRounding,
    /// What its printed documents say about it.
    pub letterhead: Letterhead,
    /// What its quotes may grant without a second person.
    pub quote_rules: QuoteRules,
    /// What it asks of its leads.
    pub lead_rules: LeadRules,
    /// What a credit note without an invoice may come to with tax, in its currency, before somebody else than who made it has to post it; any amount when null.
    /// Those that one person makes for one customer within 31 days are judged together.
    pub credit_note_limit: Option<AmountText>,
    /// What one payment may leave open or have too much, in its currency, for `difference` to write it off without the right to write off: nothing when null.
    /// Each payment is looked at by itself: several small differences of one customer are not added up.
    pub payment_tolerance: Option<AmountText>,
    /// What the discount of a whole document is a share of.
    pub document_discount_base: DiscountBase,
    /// How discounts are booked.
    pub discount_posting: DiscountPosting,
    /// To which steps it rounds, by currency.
    pub rounding_rules: Vec<RoundingRule>,
    /// What it asks of the installments of its invoices.
    pub installment_rules: InstallmentRules,
    /// How many days before the date of a document the quote of its exchange rate may be: any number when null.
    pub max_rate_age_days: Option<u32>,
    /// How long its orders may stand before somebody is told.
    pub order_rules: OrderRules,
    /// What it asks of its documents before they are handed on.
    pub document_rules: DocumentRules,
    /// Who computes the taxes of the invoices and free credit notes that it sends.
    pub tax_engine: TaxEngine,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A new company, with its chart of accounts, number series and pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCompany {
    /// The legal name.
    #[schema(max_length = 200)]
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: String,
    /// The currency of its books; fixed for ever.
    pub currency: Currency,
    /// The zone in which its business days begin and end.
    pub time_zone: Zone,
    /// Its tax registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub tax_id: Option<String>,
    /// The month in which its fiscal year begins: 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 12)]
    pub fiscal_year_start_month: Option<u32>,
    /// The chart of accounts: `generic` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub chart_template: Option<String>,
    /// Where its documents round tax: `per_line` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rounding: Option<TaxRounding>,
    /// What its printed documents say about it besides its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letterhead: Option<Letterhead>,
    /// What its quotes may grant without a second person: everything when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_rules: Option<QuoteRules>,
    /// What it asks of its leads: nothing when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_rules: Option<LeadRules>,
    /// What a credit note without an invoice may come to with tax, in its currency, before somebody else than who made it has to post it: any amount when not
    /// given. Those that one person makes for one customer within 31 days are judged together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note_limit: Option<AmountText>,
    /// What one payment may leave open or have too much, in its currency, for `difference` to write it off without the right to write off: nothing when not
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_tolerance: Option<AmountText>,
    /// What the discount of a whole document is a share of: `net_amount` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_discount_base: Option<DiscountBase>,
    /// How discounts are booked: `net` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_posting: Option<DiscountPosting>,
    /// To which steps it rounds, one rule for a currency: to the smallest unit of each when empty.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub rounding_rules: Vec<RoundingRule>,
    /// What it asks of the installments of its invoices: nothing when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installment_rules: Option<InstallmentRules>,
    /// How many days before the date of a document the quote of its exchange rate may be: any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub max_rate_age_days: Option<u32>,
    /// How long its orders may stand before somebody is told: for ever when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_rules: Option<OrderRules>,
    /// What it asks of its documents before they are handed on: nothing when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_rules: Option<DocumentRules>,
    /// Who computes the taxes of the invoices and free credit notes that it sends: `none` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_engine: Option<TaxEngine>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

impl CreateCompany {
    /// A company about which nothing is said but what must be.
    #[must_use]
    pub fn new(name: &str, country: &str, currency: Currency, time_zone: Zone) -> Self {
        Self {
            name: name.to_owned(),
            country: country.to_owned(),
            currency,
            time_zone,
            tax_id: None,
            fiscal_year_start_month: None,
            chart_template: None,
            tax_rounding: None,
            letterhead: None,
            quote_rules: None,
            lead_rules: None,
            credit_note_limit: None,
            payment_tolerance: None,
            document_discount_base: None,
            discount_posting: None,
            rounding_rules: Vec::new(),
            installment_rules: None,
            max_rate_age_days: None,
            order_rules: None,
            document_rules: None,
            tax_engine: None,
            metadata: BTreeMap::new(),
            external_refs: Vec::new(),
        }
    }
}

/// Changes a company. Its currency and chart stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCompany {
    /// The legal name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Patch<String>,
    /// The zone in which its business days begin and end.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Zone)]
    pub time_zone: Patch<Zone>,
    /// Its tax registration.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub tax_id: Patch<String>,
    /// The month in which its fiscal year begins.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = u32, minimum = 1, maximum = 12)]
    pub fiscal_year_start_month: Patch<u32>,
    /// Where its later documents round tax.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = TaxRounding)]
    pub tax_rounding: Patch<TaxRounding>,
    /// What its printed documents say about it from now on, as a whole; null for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Letterhead>)]
    pub letterhead: Patch<Letterhead>,
    /// What its quotes may grant without a second person from now on, as a whole; null for everything.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<QuoteRules>)]
    pub quote_rules: Patch<QuoteRules>,
    /// What it asks of its leads from now on, as a whole; null for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<LeadRules>)]
    pub lead_rules: Patch<LeadRules>,
    /// What a credit note without an invoice may come to before somebody else has to post it, with those that one person makes for one customer within 31 days;
    /// null for any amount.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AmountText>)]
    pub credit_note_limit: Patch<AmountText>,
    /// What one payment may leave open or have too much for `difference` to write it off without the right to write off; null for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AmountText>)]
    pub payment_tolerance: Patch<AmountText>,
    /// What the discount of its later documents is a share of; documents that are there keep theirs.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = DiscountBase)]
    pub document_discount_base: Patch<DiscountBase>,
    /// How discounts of its later documents are booked.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = DiscountPosting)]
    pub discount_posting: Patch<DiscountPosting>,
    /// To which steps its later documents are rounded, all rules from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<RoundingRule>, max_items = 50)]
    pub rounding_rules: Patch<Vec<RoundingRule>>,
    /// What it asks of the installments of its later invoices, as a whole; null for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<InstallmentRules>)]
    pub installment_rules: Patch<InstallmentRules>,
    /// How many days before the date of a document the quote of its exchange rate may be from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, maximum = 3650)]
    pub max_rate_age_days: Patch<u32>,
    /// How long its orders may stand before somebody is told from now on, as a whole; null for ever.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<OrderRules>)]
    pub order_rules: Patch<OrderRules>,
    /// What it asks of its documents from now on, as a whole; null for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<DocumentRules>)]
    pub document_rules: Patch<DocumentRules>,
    /// Who computes the taxes of the invoices and free credit notes that it sends from now on. Drafts that are there stay as they are until their lines change.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = TaxEngine)]
    pub tax_engine: Patch<TaxEngine>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// An account of a company's chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Always `account`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company.
    pub company_id: CompanyId,
    /// Its number in the chart, unique in the company.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: AccountKind,
    /// What the posting rules use it for, such as `receivable`; null for an account that they do not choose by themselves.
    pub purpose: Option<String>,
    /// Whether new lines may name it.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAccount {
    /// The company.
    pub company_id: CompanyId,
    /// Its number in the chart, unique in the company.
    #[schema(max_length = 40)]
    pub code: String,
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// What it holds.
    pub kind: AccountKind,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Changes an account. What was posted to it stays there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAccount {
    /// Its name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// What the posting rules use it for from now on; the account that they used for it until now has no purpose any more. There is one account for each, so
    /// an account that has a purpose keeps it until another one takes it over.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub purpose: Patch<String>,
    /// Whether new lines may name it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// What the list of companies offers.
pub const COMPANIES: ListSpec = ListSpec {
    table: "companies",
    filters: &[Filter { name: "updated_at", kind: FilterKind::Instant, index: "companies_updated_at" }],
    sorts: &[Sort { name: "updated_at", index: "companies_updated_at" }],
    search: true,
    external_refs: true,
};

/// What the list of accounts offers.
pub const ACCOUNTS: ListSpec = ListSpec {
    table: "accounts",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "accounts_company_id_code_key" },
        Filter { name: "code", kind: FilterKind::Word, index: "accounts_code" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "accounts_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "accounts_code" }, Sort { name: "updated_at", index: "accounts_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ACCOUNTS, Account, COMPANIES, Company};
    use crate::company as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{AccountId, CompanyId};

    endpoints! {
        /// Lists companies.
        Get "/v1/companies" ListCompanies () Nothing => Page<Company>, companies:read, list COMPANIES;
        /// Creates a company.
        Post "/v1/companies" CreateCompany () body::CreateCompany => Created<Company>, companies:write, [step_up];
        /// Reads a company.
        Get "/v1/companies/{id}" GetCompany (CompanyId) Nothing => Json<Company>, companies:read;
        /// Changes a company.
        Patch "/v1/companies/{id}" UpdateCompany (CompanyId) body::UpdateCompany => Json<Company>, companies:write, [step_up];
        /// Lists accounts.
        Get "/v1/accounts" ListAccounts () Nothing => Page<Account>, accounts:read, list ACCOUNTS;
        /// Creates an account.
        Post "/v1/accounts" CreateAccount () body::CreateAccount => Created<Account>, accounts:write;
        /// Reads an account.
        Get "/v1/accounts/{id}" GetAccount (AccountId) Nothing => Json<Account>, accounts:read;
        /// Changes an account: its name, whether new lines may name it, and what the posting rules use it for.
        Patch "/v1/accounts/{id}" UpdateAccount (AccountId) body::UpdateAccount => Json<Account>, accounts:write, [step_up];
    }
}
