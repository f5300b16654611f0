//! Invoices and credit notes, of sale and of purchase. A posted one never changes, except for what is derived from allocations and credits.
//!
//! Units: amounts in minor units of `currency`; `company_rate` at 10^-12, as it was quoted: company currency per document currency, or the other way round.
//!
//! Personal: `reason`, `reference`, `notes` and `dispute` are free text.

use crate::{TaxAmount, TaxHandover};
use causeway_value::{
    Amount, CashRounding, CompanyId, Currency, Day, Direction, DiscountPosting, EarlyDiscount, FlowId, Instant, InvoiceId, InvoiceKind, InvoiceStatus,
    JournalEntryId, Json, OrderId, PartyId, PaymentState, PaymentTermId, Rate, TaxRounding, TaxStatus, TenantId,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvoiceId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub order_id: Option<OrderId>,
    pub direction: Direction,
    pub kind: InvoiceKind,
    /// Given at posting.
    pub number: Option<String>,
    pub status: InvoiceStatus,
    pub payment_state: PaymentState,
    pub currency: Currency,
    pub invoice_date: Option<Day>,
    pub due_date: Option<Day>,
    pub payment_term_id: Option<PaymentTermId>,
    pub tax_rounding: TaxRounding,
    pub untaxed_amount: Amount,
    pub tax_amount: Amount,
    pub total_amount: Amount,
    /// What is neither paid nor credited.
    pub open_amount: Amount,
    pub company_rate: Rate,
    /// Whether an amount in company currency is the document's divided by that rate, as when only the other direction is quoted.
    pub rate_divides: bool,
    pub taxes: Json<Vec<TaxAmount>>,
    pub journal_entry_id: Option<JournalEntryId>,
    /// What a credit note takes back.
    pub credited_invoice_id: Option<InvoiceId>,
    pub reason: Option<String>,
    /// The other side's own.
    pub reference: Option<String>,
    /// What the other side reads below the lines.
    pub notes: Option<String>,
    pub posted_at: Option<Instant>,
    pub flow_id: Option<FlowId>,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The discount for paying early that was agreed when it was made.
    pub early_discount: Option<Json<EarlyDiscount>>,
    /// What was given up of it as bad debt.
    pub written_off_amount: Option<Amount>,
    /// When the next installment is due that is open.
    pub next_due_date: Option<Day>,
    /// Whether that day has passed.
    pub overdue: Option<bool>,
    pub sent_at: Option<Instant>,
    /// What the customer says is wrong.
    pub dispute: Option<String>,
    pub disputed: Option<bool>,
    /// Of a down payment, what no invoice has deducted, tax included; null for what is no down payment.
    pub undeducted_amount: Option<Amount>,
    /// Of a credit note without an invoice, the user or key that made it.
    pub made_by: Option<Uuid>,
    /// The step to which its taxes are rounded; null means the smallest unit.
    pub tax_step: Option<Amount>,
    /// How its discounts are booked; null means not at all.
    pub discount_posting: Option<DiscountPosting>,
    /// How what is to be paid is rounded.
    pub cash_rounding: Option<Json<CashRounding>>,
    /// What that adds to the total beyond lines and taxes.
    pub rounding_amount: Option<Amount>,
    /// How far it is taxed by an external engine; null when none is asked.
    pub tax_status: Option<TaxStatus>,
    /// What the engine calls the taxes that it handed over.
    pub tax_reference: Option<String>,
    /// What was handed over since its taxes were last asked for, the latest last.
    pub tax_handovers: Option<Json<Vec<TaxHandover>>>,
    /// Of a draft that waits for its taxes, what its company's own would be: the engine's will be about as much, and the customer's credit counts on that.
    pub expected_tax_amount: Option<Amount>,
    /// Of a credit note, whether what it credits is to be billed again.
    pub rebill: Option<bool>,
    /// What rounding to coins added to its total, on a line of its own or in a tax; null for nothing.
    pub coin_difference: Option<Amount>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
