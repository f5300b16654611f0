//! Quotes as they are shown.

use crate::line::TaxAmount;
use crate::object::{Explanation, ExternalRef};
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{
    AddressId, AmountText, ApprovalReason, CompanyId, ContactId, Currency, Day, DiscountBase, DiscountPosting, FlowId, Instant, OpportunityId, OrderId,
    PartyId, PaymentTermId, Percent, Price, ProductId, Quantity, QuoteId, QuoteLineId, QuoteStatus, QuoteTemplateId, TaxId, TaxRounding, TaxRuleId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that offers.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// Whom it is with at the customer.
    pub contact_id: Option<ContactId>,
    /// Where its goods go, an address of the customer; null for the customer's shipping address.
    pub ship_to_id: Option<AddressId>,
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
    /// The date of the document, which is printed: when it was made, revised or last priced.
    pub quote_date: Day,
    /// The day whose price lists and rates its lines have: when they were last priced. A revision or a copy keeps it until its lines are given anew.
    pub price_date: Day,
    /// The last day it can be accepted.
    pub valid_until: Option<Day>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When its invoices will be due; null means at once, whatever the customer is given later.
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document; it multiplies with those of lines.
    pub discount_percent: Percent,
    /// What its discount is a share of, as its company had it when it was made.
    pub discount_base: DiscountBase,
    /// What paying early takes off, when its payment term lowers taxes up front by that: its taxes are those of its invoices. Null else.
    pub upfront_percent: Option<Percent>,
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
    /// What rounding adds to that, or takes off, as its invoice will: zero unless taxes are rounded `per_document_adjusted`.
    pub rounding_amount: AmountText,
    /// What the customer would pay: untaxed amount, tax and rounding.
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
    /// The tax rule that determined them; null when they are the product's or were given.
    pub tax_rule_id: Option<TaxRuleId>,
    /// What product and tax rules determine, where other taxes were given; null where they are the same.
    pub determined_tax_ids: Option<Vec<TaxId>>,
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
    /// What it is looked at by: the code of a value by that of its dimension.
    pub dimensions: BTreeMap<String, String>,
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
    /// What paying early takes off, when its payment term lowers taxes up front by that: its taxes are those of its invoices. Null else.
    pub upfront_percent: Option<Percent>,
    /// The sum of the lines without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// What rounding adds to that, or takes off, as its invoice will: zero unless taxes are rounded `per_document_adjusted`.
    pub rounding_amount: AmountText,
    /// What the customer would pay: untaxed amount, tax and rounding.
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
        Sort { name: "created_at", index: "quotes_created_at" },
        Sort { name: "updated_at", index: "quotes_updated_at" },
    ],
    search: true,
    external_refs: true,
};
