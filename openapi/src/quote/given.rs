//! Quotes as they are given.

use crate::line::LineInput;
use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::Patch;
use causeway_value::{
    AddressId, AmountText, CompanyId, ContactId, Currency, Day, OpportunityId, PartyId, PaymentTermId, Percent, Price, ProductId, Quantity, QuoteTemplateId,
    TaxId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A line of a quote as given. It needs a product, or a description and a price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLineInput {
    /// What is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The text on the document: the product's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How much, in the unit of the line. Negative lines give back.
    pub quantity: Quantity,
    /// The code of the unit of quantity and price: the product's when not given, or another of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub unit: Option<String>,
    /// An override of the price that the price lists give; null means theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// Why the price is overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub price_override_reason: Option<String>,
    /// The discount of this line: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The discount of this line as an amount off what it comes to at its price, instead of `discount_percent`, as which it is kept and held against limits.
    /// Not for a bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<AmountText>,
    /// The taxes, none when empty: those that product and tax rules determine when not given. Others are shown by the checks, and may need a second person
    /// (`quote_rules.tax_override`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
    /// The heading that it stands below. Lines that follow each other with the same one are a section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub section: Option<String>,
    /// Whether the customer may leave it out; false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    /// Whether an option is chosen to begin with, and counts; false when not given. Only for an optional line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<bool>,
    /// When it is promised: what the quote says when not given. Not together with `lead_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// What it is looked at by: the code of a value by that of its dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

impl QuoteLineInput {
    /// What it shares with the lines of orders.
    #[must_use]
    pub fn line(&self) -> LineInput {
        LineInput {
            product_id: self.product_id,
            description: self.description.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            unit_price: self.unit_price,
            price_override_reason: self.price_override_reason.clone(),
            discount_percent: self.discount_percent,
            discount_amount: self.discount_amount.clone(),
            tax_ids: self.tax_ids.clone(),
            section: self.section.clone(),
            promised_date: self.promised_date,
            lead_days: self.lead_days,
            dimensions: self.dimensions.clone(),
        }
    }
}

impl From<LineInput> for QuoteLineInput {
    fn from(line: LineInput) -> Self {
        Self {
            product_id: line.product_id,
            description: line.description,
            quantity: line.quantity,
            unit: line.unit,
            unit_price: line.unit_price,
            price_override_reason: line.price_override_reason,
            discount_percent: line.discount_percent,
            discount_amount: line.discount_amount,
            tax_ids: line.tax_ids,
            section: line.section,
            promised_date: line.promised_date,
            lead_days: line.lead_days,
            dimensions: line.dimensions,
            ..Self::default()
        }
    }
}

/// A new quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateQuote {
    /// The company that offers.
    pub company_id: CompanyId,
    /// The customer: the opportunity's when not given. Required when that has none yet; an accepted quote names it for the opportunity, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// The opportunity it is for, of the same customer or of none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity_id: Option<OpportunityId>,
    /// The template that it is made of: whatever is not given here is taken from it, the lines as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<QuoteTemplateId>,
    /// The currency of its amounts: the opportunity's, the party's or the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The last day it can be accepted, today at the earliest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
    /// When its invoices will be due: the party's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// Whom it is with at the customer: one of its contacts, the opportunity's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// Where its goods go, an address of the customer: its shipping address when not given. Deliveries that say nothing else go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to_id: Option<AddressId>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// Who works on it: the opportunity's owner when not given, else whoever is signed in and enters it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    pub terms: Option<String>,
    /// When every line is promised that says nothing else. Not together with `lead_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery of every line that says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// The lines: the template's when none are given.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<QuoteLineInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a draft. Lines are replaced as a whole and priced again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateQuote {
    /// The customer from now on. Comes with `lines`: prices, taxes and, unless it is given, the payment term are those of this customer.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = PartyId)]
    pub party_id: Patch<PartyId>,
    /// The currency from now on. Comes with `lines`, which are priced in it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Currency)]
    pub currency: Patch<Currency>,
    /// The opportunity it is for, of the same customer or of none yet.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<OpportunityId>)]
    pub opportunity_id: Patch<OpportunityId>,
    /// The last day it can be accepted, today at the earliest.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub valid_until: Patch<Day>,
    /// When its invoices will be due.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The discount of the whole document.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Percent)]
    pub discount_percent: Patch<Percent>,
    /// Whom it is with at the customer. Another customer takes it along, unless the body names one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<ContactId>)]
    pub contact_id: Patch<ContactId>,
    /// Where its goods go, an address of the customer. Another customer takes it along, unless the body names one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AddressId>)]
    pub ship_to_id: Patch<AddressId>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub reference: Patch<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Patch<UserId>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub notes: Patch<String>,
    /// The contract conditions, which the customer reads below the notes.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    pub terms: Patch<String>,
    /// When every line is promised that says nothing else. It takes the place of `lead_days`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub promised_date: Patch<Day>,
    /// Days between acceptance and delivery of every line that says nothing else. They take the place of `promised_date`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, maximum = 3650)]
    pub lead_days: Patch<u32>,
    /// All lines from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<QuoteLineInput>, max_items = 500)]
    pub lines: Patch<Vec<QuoteLineInput>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// Makes a new quote of one that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateQuote {
    /// The opportunity it is for, of the same customer or of none yet: the same when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity_id: Option<OpportunityId>,
    /// The last day it can be accepted: by the company's rule when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
}
