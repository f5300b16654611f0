//! Templates of quotes: what is offered again and again, with sections, options, promises and conditions (QTE-01, QTE-16, QTE-23).

use crate::quote::QuoteLineInput;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{CompanyId, Instant, PaymentTermId, Percent, Price, ProductId, Quantity, QuoteTemplateId, TaxId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What quotes of a kind have in common. A quote takes over what it does not say itself, and keeps it whatever becomes of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteTemplate {
    /// Id.
    pub id: QuoteTemplateId,
    /// Always `quote_template`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company whose quotes it is for.
    pub company_id: CompanyId,
    /// Its name, unique in the company.
    pub name: String,
    /// When to use it.
    pub description: Option<String>,
    /// Whether new quotes are made of it; an archived one stays readable.
    pub active: bool,
    /// How many days a quote is valid.
    pub validity_days: Option<u32>,
    /// When its invoices will be due.
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document.
    pub discount_percent: Percent,
    /// Days between acceptance and delivery of every line that says nothing else.
    pub lead_days: Option<u32>,
    /// What the customer reads below the lines.
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    pub terms: Option<String>,
    /// The lines. They are priced when a quote is made.
    pub lines: Vec<QuoteTemplateLine>,
}

/// A line of a template. It needs a product, or a description and a price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteTemplateLine {
    /// What is offered.
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// The text on the document: the product's when not given.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How much, in the unit of the line. Negative lines give back.
    pub quantity: Quantity,
    /// The code of the unit of quantity and price: the product's when not given, or another of its category.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub unit: Option<String>,
    /// An override of the price that the price lists give; null means theirs on the day of the quote.
    #[serde(default)]
    pub unit_price: Option<Price>,
    /// Why the price is overridden.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub price_override_reason: Option<String>,
    /// The discount of this line: 0 when not given.
    #[serde(default)]
    pub discount_percent: Option<Percent>,
    /// The taxes, none when empty: those that product and tax rules determine when not given.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
    /// The heading that it stands below. Lines that follow each other with the same one are a section.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub section: Option<String>,
    /// Whether the customer may leave it out; false when not given.
    #[serde(default)]
    pub optional: Option<bool>,
    /// Whether an option is chosen to begin with; false when not given. Only for an optional line.
    #[serde(default)]
    pub chosen: Option<bool>,
    /// Days between acceptance and delivery.
    #[serde(default)]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// What it is looked at by: the code of a value by that of its dimension.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
}

impl QuoteTemplateLine {
    /// The line of a quote that it makes.
    #[must_use]
    pub fn quoted(&self) -> QuoteLineInput {
        QuoteLineInput {
            product_id: self.product_id,
            description: self.description.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            unit_price: self.unit_price,
            price_override_reason: self.price_override_reason.clone(),
            discount_percent: self.discount_percent,
            discount_amount: None,
            tax_ids: self.tax_ids.clone(),
            section: self.section.clone(),
            optional: self.optional,
            chosen: self.chosen,
            promised_date: None,
            lead_days: self.lead_days,
            dimensions: self.dimensions.clone(),
        }
    }
}

/// A new template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateQuoteTemplate {
    /// The company whose quotes it is for.
    pub company_id: CompanyId,
    /// Its name, unique in the company.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// When to use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How many days a quote is valid: by the company's rule when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub validity_days: Option<u32>,
    /// When its invoices will be due: the party's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// Days between acceptance and delivery of every line that says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    pub terms: Option<String>,
    /// The lines.
    #[schema(max_items = 500)]
    pub lines: Vec<QuoteTemplateLine>,
}

/// Changes a template. Quotes that were made of it stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateQuoteTemplate {
    /// Its name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    pub name: Patch<String>,
    /// When to use it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub description: Patch<String>,
    /// Whether new quotes are made of it: false archives it, true takes it back.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// How many days a quote is valid.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3650)]
    pub validity_days: Patch<u32>,
    /// When its invoices will be due.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The discount of the whole document.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Percent)]
    pub discount_percent: Patch<Percent>,
    /// Days between acceptance and delivery of every line that says nothing else.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, maximum = 3650)]
    pub lead_days: Patch<u32>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub notes: Patch<String>,
    /// The contract conditions, which the customer reads below the notes.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    pub terms: Patch<String>,
    /// All lines from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<QuoteTemplateLine>, max_items = 500)]
    pub lines: Patch<Vec<QuoteTemplateLine>>,
}

/// What the list of templates offers.
pub const QUOTE_TEMPLATES: ListSpec = ListSpec {
    table: "quote_templates",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "quote_templates_company_id" },
        Filter { name: "name", kind: FilterKind::Word, index: "quote_templates_name" },
        Filter { name: "active", kind: FilterKind::YesNo, index: "quote_templates_active" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "quote_templates_updated_at" },
    ],
    sorts: &[Sort { name: "name", index: "quote_templates_name" }, Sort { name: "updated_at", index: "quote_templates_updated_at" }],
    search: true,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{QUOTE_TEMPLATES, QuoteTemplate};
    use crate::quote_template as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::QuoteTemplateId;

    endpoints! {
        /// Lists templates of quotes.
        Get "/v1/quote-templates" ListQuoteTemplates () Nothing => Page<QuoteTemplate>, quotes:read, list QUOTE_TEMPLATES;
        /// Creates a template; `POST /v1/quotes` with its `template_id` makes a quote of it.
        Post "/v1/quote-templates" CreateQuoteTemplate () body::CreateQuoteTemplate => Created<QuoteTemplate>, quotes:write;
        /// Reads a template.
        Get "/v1/quote-templates/{id}" GetQuoteTemplate (QuoteTemplateId) Nothing => Json<QuoteTemplate>, quotes:read;
        /// Changes a template, or archives it (`active: false`).
        Patch "/v1/quote-templates/{id}" UpdateQuoteTemplate (QuoteTemplateId) body::UpdateQuoteTemplate => Json<QuoteTemplate>, quotes:write;
    }
}
