//! A customer at a glance: what is being sold, what was billed, what is owed, and how it pays (CRM-14).

use causeway_value::{AmountText, CompanyId, Currency, Day, PartyId, PaymentId, PaymentMethod};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which overview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverviewQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
}

/// A customer at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyOverview {
    /// Always `party_overview`.
    pub object: String,
    /// The customer.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// Today: where the company is, or in UTC without one.
    pub as_of: Day,
    /// Leads that are neither qualified nor disqualified and have the mail address of the customer or of one of its contacts; null without `leads:read`.
    pub open_lead_count: Option<i64>,
    /// One section for each company and currency in which anything stands.
    pub sections: Vec<OverviewSection>,
    /// The last five payments, newest first; null without `payments:read`.
    pub last_payments: Option<Vec<OverviewPayment>>,
}

/// What stands in one currency of one company. Nothing is converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverviewSection {
    /// The company.
    pub company_id: CompanyId,
    /// The currency of the documents.
    pub currency: Currency,
    /// Open opportunities at what they may be worth; null without `opportunities:read`.
    pub open_opportunities: Option<OverviewCount>,
    /// Quotes that may still be accepted, drafts included, with tax; null without `quotes:read`.
    pub open_quotes: Option<OverviewCount>,
    /// Drafts and confirmed orders that are not fulfilled, with tax; null without `orders:read`.
    pub open_orders: Option<OverviewCount>,
    /// What may be billed and stands on no posted invoice, what is held or on a draft included, without tax: of this customer what the report unbilled counts
    /// today, each billable by itself. Null without `billables:read`.
    pub unbilled: Option<OverviewCount>,
    /// Invoices less credit notes ever posted, with tax.
    pub billed: OverviewCount,
    /// What is open on invoices, less credit notes that are not used.
    pub open: OverviewCount,
    /// Installments that are overdue.
    pub overdue: OverviewCount,
    /// The day since which the oldest one is due; null when none is overdue.
    pub overdue_since: Option<Day>,
    /// What is open on invoices that the customer disputes.
    pub disputed: OverviewCount,
    /// What the customer paid and nothing uses yet; null without `payments:read`.
    pub unallocated: Option<OverviewCount>,
    /// How the customer stands.
    pub collection_status: CollectionStatus,
}

/// Documents and what they come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverviewCount {
    /// How many.
    pub count: i64,
    /// What they come to.
    pub amount: AmountText,
}

/// How a customer stands with a company in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CollectionStatus {
    /// Nothing is open.
    Clear,
    /// Something is open and nothing of it is overdue.
    Current,
    /// Something is overdue.
    Overdue,
    /// Something that is open is disputed.
    Disputed,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverviewPayment {
    /// The payment.
    pub payment_id: PaymentId,
    /// Its number.
    pub number: Option<String>,
    /// The company that got it.
    pub company_id: CompanyId,
    /// Its day.
    pub payment_date: Day,
    /// How it was paid.
    pub method: PaymentMethod,
    /// What was paid.
    pub amount: AmountText,
    /// The currency of that.
    pub currency: Currency,
}

/// The operations.
pub mod op {
    use super::{OverviewQuery, PartyOverview};
    use causeway_contract::{Json, Nothing, endpoints};
    use causeway_value::PartyId;

    endpoints! {
        /// Gives a customer at a glance: what is being sold, what was billed, what is open and overdue, and the last payments, each to who may read it.
        Get "/v1/parties/{id}/overview" GetPartyOverview (PartyId) Nothing => Json<PartyOverview>, invoices:read, query OverviewQuery;
    }
}
