//! Quotes: offers in revisions, priced by the price lists (QTE-02 to QTE-22).

use crate::line::{LineInput, TaxAmount};
use crate::object::{Explanation, ExternalRef, MetadataPatch};
use crate::order::Order;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AmountText, ApprovalReason, CompanyId, Currency, Day, DiscountBase, DiscountPosting, FlowId, Instant, OpportunityId, OrderId, PartyId, PaymentTermId,
    Percent, Price, ProductId, Quantity, QuoteId, QuoteLineId, QuoteStatus, QuoteTemplateId, TaxId, TaxRounding, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// An offer, in one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// Id.
    pub id: QuoteId,
    /// Always `quote`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts every visible change; the ETag is `"v<version>"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that offers.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The opportunity it is for.
    pub opportunity_id: Option<OpportunityId>,
    /// The order that accepting made.
    pub order_id: Option<OrderId>,
    /// The revision before.
    pub supersedes_id: Option<QuoteId>,
    /// The template that it was made of.
    pub template_id: Option<QuoteTemplateId>,
    /// The number `QUO/2026/00042`, the same in every revision.
    pub number: String,
    /// The revision, from 1.
    pub revision: i32,
    /// Where it stands.
    pub status: QuoteStatus,
    /// The day whose price lists and rates apply: when its lines were last priced.
    pub quote_date: Day,
    /// The last day it can be accepted.
    pub valid_until: Option<Day>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When its invoices will be due.
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document; it multiplies with those of lines.
    pub discount_percent: Percent,
    /// What its discount is a share of, as its company had it when it was made.
    pub discount_base: DiscountBase,
    /// How its discounts will be booked, as its company had it when it was made.
    pub discount_posting: DiscountPosting,
    /// Where its tax is rounded.
    pub tax_rounding: TaxRounding,
    /// The step to which its taxes are rounded: the smallest unit when null.
    pub tax_step: Option<AmountText>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// What the customer reads below the lines.
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    pub terms: Option<String>,
    /// When every line is promised that says nothing else; null with `lead_days`, or when nothing is promised.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery of every line that says nothing else.
    pub lead_days: Option<u32>,
    /// The sum of the lines without tax. Options count when they are chosen.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// What the customer would pay.
    pub total_amount: AmountText,
    /// What remains after cost; null when a cost is unknown or masked.
    pub margin_amount: Option<AmountText>,
    /// That as a share of the untaxed amount.
    pub margin_percent: Option<Percent>,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// The lines.
    pub lines: Vec<QuoteLine>,
    /// The sections in their order, with what each comes to; none when no line stands in one.
    pub sections: Vec<QuoteSection>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// When the customer accepted.
    pub accepted_at: Option<Instant>,
    /// Who accepted.
    pub accepted_by: Option<String>,
    /// The customer's reference, such as `PO 4711`.
    pub reference: Option<String>,
    /// Why the customer declined.
    pub declined_reason: Option<String>,
    /// Why a second person has to approve it, or had to, as of when it was submitted last.
    pub approval_reasons: Vec<ApprovalReason>,
    /// What the approver said when it was approved or rejected last.
    pub approval_comment: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A line of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteLine {
    /// Id.
    pub id: QuoteLineId,
    /// What is offered.
    pub product_id: Option<ProductId>,
    /// The text on the document.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of one price base quantity, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// Why the price was overridden.
    pub price_override_reason: Option<String>,
    /// The discount of this line.
    pub discount_percent: Percent,
    /// The taxes.
    pub tax_ids: Vec<TaxId>,
    /// Without tax, after discounts.
    pub net_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// What remains after cost.
    pub margin_amount: Option<AmountText>,
    /// That as a share of the net amount.
    pub margin_percent: Option<Percent>,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// Whether the customer may leave it out.
    pub optional: bool,
    /// The number of the option that it belongs to, from 1; lines of one bundle share theirs. Null for what is not optional.
    pub option: Option<u32>,
    /// Whether it counts: always, or when its option is chosen.
    pub chosen: bool,
    /// When it is promised, where that is not what the quote says.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery, where that is not what the quote says.
    pub lead_days: Option<u32>,
}

/// Lines of a quote or order that follow each other below one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteSection {
    /// The heading; null for lines without one.
    pub title: Option<String>,
    /// How many lines stand below it.
    pub lines: u32,
    /// What they come to without tax; options count when they are chosen.
    pub untaxed_amount: AmountText,
}

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
    /// The taxes: the product's taxes of the company when not given, none when empty.
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
            tax_ids: self.tax_ids.clone(),
            section: self.section.clone(),
            promised_date: self.promised_date,
            lead_days: self.lead_days,
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
            tax_ids: line.tax_ids,
            section: line.section,
            promised_date: line.promised_date,
            lead_days: line.lead_days,
            ..Self::default()
        }
    }
}

/// What a quote would come to. Nothing is stored; the ids of its lines lead nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedQuote {
    /// Always `priced_quote`.
    pub object: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The day whose price lists and rates apply.
    pub quote_date: Day,
    /// The discount of the whole document.
    pub discount_percent: Percent,
    /// What that is a share of.
    pub discount_base: DiscountBase,
    /// The sum of the lines without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// What the customer would pay.
    pub total_amount: AmountText,
    /// What remains after cost.
    pub margin_amount: Option<AmountText>,
    /// That as a share of the untaxed amount.
    pub margin_percent: Option<Percent>,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// The lines.
    pub lines: Vec<QuoteLine>,
    /// The sections in their order, with what each comes to; none when no line stands in one.
    pub sections: Vec<QuoteSection>,
    /// How the amounts came about.
    pub explain: Explanation,
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
    /// The opportunity it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity_id: Option<OpportunityId>,
    /// The template that it is made of: whatever is not given here is taken from it, the lines as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<QuoteTemplateId>,
    /// The currency of its amounts: the opportunity's, the party's or the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The last day it can be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
    /// When its invoices will be due: the party's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// Who works on it: the opportunity's owner when not given.
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
    /// The opportunity it is for.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<OpportunityId>)]
    pub opportunity_id: Patch<OpportunityId>,
    /// The last day it can be accepted.
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

/// Records that the customer accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptQuote {
    /// Who accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub accepted_by: Option<String>,
    /// The customer's reference, such as `PO 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// The numbers of the options that the customer takes; the others are left out. Those that are chosen already when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub chosen_options: Option<Vec<u32>>,
}

/// Records that the customer declines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineQuote {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Approves a quote that waits for a second person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveQuote {
    /// What the approver says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub comment: Option<String>,
}

/// Sends a quote back to whoever works on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectQuote {
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    pub reason: String,
}

/// An accepted quote with its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedQuote {
    /// The quote.
    pub quote: Quote,
    /// The order it became.
    pub order: Order,
}

/// The revisions of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteRevisions {
    /// Always `quote_revisions`.
    pub object: String,
    /// The number that they share.
    pub number: String,
    /// The last 200 of them, oldest first.
    pub data: Vec<QuoteRevision>,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteRevision {
    /// The quote.
    pub id: QuoteId,
    /// The revision, from 1.
    pub revision: i32,
    /// Where it stands.
    pub status: QuoteStatus,
    /// When it was made.
    pub created_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// The day whose prices it has.
    pub quote_date: Day,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The discount of the whole document.
    pub discount_percent: Percent,
    /// Without tax.
    pub untaxed_amount: AmountText,
    /// With tax.
    pub total_amount: AmountText,
    /// What remains after cost.
    pub margin_amount: Option<AmountText>,
}

/// Against which quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteChangesQuery {
    /// The quote to compare with: the revision before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<QuoteId>,
}

/// What is otherwise in a quote than in another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteChanges {
    /// Always `quote_changes`.
    pub object: String,
    /// The quote it is compared with.
    pub since: QuoteId,
    /// The quote.
    pub id: QuoteId,
    /// Fields and totals of the document.
    pub fields: Vec<QuoteFieldChange>,
    /// Lines that were added, removed or changed; a line is the same when it has the same product, or without one the same text.
    pub lines: Vec<QuoteLineChange>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteFieldChange {
    /// Its name.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteLineChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is otherwise.
    Changed,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteLineChange {
    /// What happened.
    pub kind: QuoteLineChangeKind,
    /// The line of the quote, or of the other one when it was removed.
    pub line_id: QuoteLineId,
    /// Its place from 1 in that quote.
    pub position: u32,
    /// Its text.
    pub description: String,
    /// What is otherwise; all of it for a line that was added or removed.
    pub fields: Vec<QuoteFieldChange>,
}

/// Makes a new quote of one that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateQuote {
    /// The opportunity it is for: the same when not given.
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

/// What the list of quotes offers.
pub const QUOTES: ListSpec = ListSpec {
    table: "quotes",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "quotes_status" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "quotes_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "quotes_company_id" },
        Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "quotes_order_id" },
        Filter { name: "opportunity_id", kind: FilterKind::Id("opp"), index: "quotes_opportunity_id" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "quotes_owner_id" },
        Filter { name: "template_id", kind: FilterKind::Id("qtp"), index: "quotes_template_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "quotes_flow_id" },
        Filter { name: "number", kind: FilterKind::Word, index: "quotes_number" },
        Filter { name: "valid_until", kind: FilterKind::Day, index: "quotes_valid_until" },
        Filter { name: "currency", kind: FilterKind::Word, index: "quotes_currency_total_amount" },
        Filter { name: "total_amount", kind: FilterKind::Amount, index: "quotes_currency_total_amount" },
        Filter { name: "quote_date", kind: FilterKind::Day, index: "quotes_quote_date" },
        Filter { name: "created_at", kind: FilterKind::Instant, index: "quotes_created_at" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "quotes_updated_at" },
    ],
    sorts: &[
        Sort { name: "quote_date", index: "quotes_quote_date" },
        Sort { name: "total_amount", index: "quotes_total_amount" },
        Sort { name: "number", index: "quotes_number" },
        Sort { name: "valid_until", index: "quotes_valid_until" },
        Sort { name: "updated_at", index: "quotes_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{AcceptedQuote, PricedQuote, QUOTES, Quote, QuoteChanges, QuoteChangesQuery, QuoteRevisions};
    use crate::object::Explanation;
    use crate::quote as body;
    use causeway_contract::{Created, Json, Nothing, Page, Pdf, endpoints};
    use causeway_value::QuoteId;

    endpoints! {
        /// Lists quotes.
        Get "/v1/quotes" ListQuotes () Nothing => Page<Quote>, quotes:read, list QUOTES;
        /// Creates a quote, of a template or of its own lines.
        Post "/v1/quotes" CreateQuote () body::CreateQuote => Created<Quote>, quotes:write;
        /// Reads a quote.
        Get "/v1/quotes/{id}" GetQuote (QuoteId) Nothing => Json<Quote>, quotes:read;
        /// Prints a quote.
        Get "/v1/quotes/{id}/pdf" PrintQuote (QuoteId) Nothing => Pdf, quotes:read;
        /// Changes a quote.
        Patch "/v1/quotes/{id}" UpdateQuote (QuoteId) body::UpdateQuote => Json<Quote>, quotes:write;
        /// Prices a quote and explains the result; nothing is stored.
        Post "/v1/quotes/price" PriceQuote () body::CreateQuote => Json<PricedQuote>, quotes:write;
        /// Explains how the prices and taxes of a quote came about.
        Get "/v1/quotes/{id}/explain" ExplainQuote (QuoteId) Nothing => Json<Explanation>, quotes:read;
        /// Lists the revisions of a quote, whichever of them is named.
        Get "/v1/quotes/{id}/revisions" ListQuoteRevisions (QuoteId) Nothing => Json<QuoteRevisions>, quotes:read;
        /// Tells what is otherwise in a quote than in the revision before, or than in another quote of its company.
        Get "/v1/quotes/{id}/changes" CompareQuotes (QuoteId) Nothing => Json<QuoteChanges>, quotes:read, query QuoteChangesQuery;
        /// Makes a new draft with the same customer, lines, prices and terms under a number of its own. Prices stay those of `quote_date`; giving the lines anew prices them as of today.
        Post "/v1/quotes/{id}/duplicate" DuplicateQuote (QuoteId) body::DuplicateQuote => Created<Quote>, quotes:write;
        /// Makes the next revision as a draft; this one becomes superseded.
        Post "/v1/quotes/{id}/revise" ReviseQuote (QuoteId) Nothing => Created<Quote>, quotes:write;
        /// Submits a draft; it is approved at once unless it breaks a rule of its company: then `approval_reasons` says which, and a second person approves.
        Post "/v1/quotes/{id}/submit" SubmitQuote (QuoteId) Nothing => Json<Quote>, quotes:write;
        /// Approves a quote that waits for it; not for who submitted it.
        Post "/v1/quotes/{id}/approve" ApproveQuote (QuoteId) body::ApproveQuote => Json<Quote>, quotes:approve;
        /// Rejects a quote that waits for approval: it is a draft again.
        Post "/v1/quotes/{id}/reject" RejectQuote (QuoteId) body::RejectQuote => Json<Quote>, quotes:approve;
        /// Records that an approved quote went to the customer.
        Post "/v1/quotes/{id}/send" SendQuote (QuoteId) Nothing => Json<Quote>, quotes:write;
        /// Accepts an approved or sent quote with the options that the customer takes, and makes its order; again gives the same order.
        Post "/v1/quotes/{id}/accept" AcceptQuote (QuoteId) body::AcceptQuote => Json<AcceptedQuote>, quotes:accept, [dry_run];
        /// Records that the customer declines.
        Post "/v1/quotes/{id}/decline" DeclineQuote (QuoteId) body::DeclineQuote => Json<Quote>, quotes:accept;
    }
}
