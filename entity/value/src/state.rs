//! The states of documents and the other closed sets of words. The text of each is the same in storage, on the wire and in the docs.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Whether a tenant may use the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TenantStatus {
    /// May work.
    Active,
    /// Every request is refused until it is resumed.
    Suspended,
}

/// What a tenant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TenantMode {
    /// Real business, real time.
    Live,
    /// A trial with a clock that can be set.
    Sandbox,
}

/// Where tax is rounded.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TaxRounding {
    /// Each tax of each line.
    PerLine,
    /// Once per tax over the document; what the customer saw as the price with tax is kept.
    PerDocument,
    /// Once per tax over the document, and the net once by itself: a price with tax inside may be missed by the smallest amount.
    PerDocumentNet,
    /// As `per_document_net`, and an invoice keeps the price with tax inside: what net and taxes miss of it is its rounding. Quotes and orders show the
    /// same (`rounding_amount`).
    PerDocumentAdjusted,
    /// Once over the document, from amounts of lines that are not rounded before: the untaxed amount, and each tax. Lines of the same taxes come to their own
    /// rounded sum where that is possible; what rounding leaves over goes to the largest lines, the smallest amount to each.
    PerDocumentExact,
    /// As `per_document_exact`, but what is rounded is the total and each tax: the untaxed amount is what they leave.
    PerDocumentExactTotal,
    /// Once per tax over the document, from amounts of lines that are not rounded before; the untaxed amount is the sum of the rounded lines.
    PerDocumentExactTax,
}

/// The form of a file of exchange rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum RateFile {
    /// The European Central Bank's table: a line of currencies, a line per day.
    EcbCsv,
    /// The European Central Bank's XML.
    EcbXml,
}

/// How a tax is computed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TaxKind {
    /// A share of the base.
    Percent,
    /// An amount per unit.
    Fixed,
    /// A share of the price with tax.
    Division,
    /// The sum of its members.
    Group,
}

/// Whether a party is a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PartyKind {
    /// A company or public body.
    Organization,
    /// A natural person.
    Person,
}

/// What a party is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PartyRole {
    /// Buys from us.
    Customer,
    /// Sells to us.
    Supplier,
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AddressKind {
    /// Invoices.
    Billing,
    /// Goods.
    Shipping,
}

/// What is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum ProductKind {
    /// Things that are shipped.
    Goods,
    /// Work.
    Service,
    /// Access for a period.
    Subscription,
    /// What is metered.
    Usage,
    /// Several of these under one price; a document shows what it holds.
    Bundle,
}

/// What makes a product billable.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum BillingPolicy {
    /// Confirming the order.
    OnOrder,
    /// Shipping it.
    OnDelivery,
    /// Accepting a milestone.
    Milestone,
    /// Approving time.
    Time,
    /// A period.
    Recurring,
    /// Rated usage.
    Usage,
}

/// The life of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum LeadStatus {
    /// Just captured.
    New,
    /// Somebody is on it.
    Working,
    /// Became an opportunity.
    Qualified,
    /// Will not.
    Disqualified,
}

/// The life of an opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum OpportunityStatus {
    /// In a stage.
    Open,
    /// The customer bought.
    Won,
    /// The customer did not.
    Lost,
}

/// What a stage can ask an opportunity for; the words are the names of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DealField {
    /// What it may be worth, more than zero.
    ExpectedValue,
    /// When it may be decided.
    ExpectedCloseDate,
    /// The customer.
    PartyId,
    /// The person at the customer.
    ContactId,
    /// Who works on it.
    OwnerId,
    /// The team that works on it.
    TeamId,
    /// The product it is about.
    ProductId,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum ActivityKind {
    /// Telephone.
    Call,
    /// Write.
    Mail,
    /// See each other.
    Meeting,
    /// Anything else.
    Task,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum ActivityStatus {
    /// Not yet.
    Open,
    /// It is.
    Done,
    /// It will not be.
    Cancelled,
}

/// The life of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum QuoteStatus {
    /// Being written.
    Draft,
    /// Waiting for approvers.
    InApproval,
    /// May be sent.
    Approved,
    /// With the customer.
    Sent,
    /// Became an order.
    Accepted,
    /// The customer said no.
    Declined,
    /// Its validity passed.
    Expired,
    /// A later revision replaces it.
    Superseded,
}

/// The life of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum OrderStatus {
    /// Not binding yet.
    Draft,
    /// We owe it.
    Confirmed,
    /// Everything is delivered.
    Fulfilled,
    /// Will not be delivered.
    Cancelled,
}

/// Why an order is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum HoldKind {
    /// The customer owes too much, or too long.
    Credit,
    /// Somebody must approve it.
    Approval,
    /// Something about it is missing or wrong.
    Data,
    /// There is not enough to ship.
    Stock,
    /// It must not be billed yet.
    Billing,
    /// The customer disputes it.
    Dispute,
    /// Somebody's decision.
    Manual,
}

/// What a hold blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum HoldStep {
    /// Confirming the order.
    Confirm,
    /// Shipping its goods.
    Ship,
    /// Billing it, and reminding of what is billed.
    Invoice,
}

/// What happens when a customer's credit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum CreditAction {
    /// The order is confirmed and says so.
    Warn,
    /// The order gets a credit hold instead of being confirmed.
    Hold,
    /// Confirming is refused.
    Block,
}

/// The life of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum DeliveryStatus {
    /// Planned.
    Draft,
    /// May ship.
    Ready,
    /// Shipped.
    Done,
    /// Will not ship.
    Cancelled,
}

/// The life of a billable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum BillableStatus {
    /// Not due yet.
    Pending,
    /// May be invoiced.
    Ready,
    /// Stopped by somebody.
    Held,
    /// On an invoice.
    Invoiced,
    /// Will not be invoiced.
    WrittenOff,
}

/// What an amendment of an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AmendmentKind {
    /// What was agreed changed.
    Amended,
    /// What was not delivered was cancelled.
    RestCancelled,
}

/// What an amendment does to a line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LineChange {
    /// The line is new.
    Added,
    /// More is ordered.
    Raised,
    /// Less is ordered.
    Lowered,
    /// Nothing of it began, and it has another price from now on.
    Repriced,
    /// Nothing more of it comes.
    Ended,
}

/// What made a billable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum SourceType {
    /// A confirmed order line.
    OrderLine,
    /// A shipped line.
    DeliveryLine,
    /// An accepted milestone.
    Milestone,
    /// Approved time.
    TimeEntry,
    /// An approved expense.
    Expense,
    /// A completed visit.
    Visit,
    /// A billable of which a draft bills a part only.
    Billable,
    /// A subscription's period.
    SubscriptionPeriod,
    /// A period of rated usage.
    UsagePeriod,
    /// Somebody's decision.
    Manual,
}

/// Which way an invoice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum Direction {
    /// We bill.
    Sale,
    /// We are billed.
    Purchase,
}

/// What an invoice document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum InvoiceKind {
    /// A claim.
    Invoice,
    /// A claim taken back.
    CreditNote,
}

/// The life of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum InvoiceStatus {
    /// No number yet.
    Draft,
    /// Numbered and immutable.
    Posted,
    /// Fully credited.
    Reversed,
    /// A draft that was dropped.
    Cancelled,
}

/// How far an invoice is settled; derived from allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PaymentState {
    /// Nothing is settled.
    Open,
    /// Some is.
    PartPaid,
    /// All is.
    Paid,
    /// Credited in full.
    Reversed,
    /// Given up.
    WrittenOff,
}

/// Which way money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PaymentDirection {
    /// To us.
    Inbound,
    /// From us.
    Outbound,
}

/// How money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PaymentMethod {
    /// A transfer.
    Bank,
    /// A card.
    Card,
    /// Cash.
    Cash,
    /// Something else.
    Other,
}

/// The life of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum PaymentStatus {
    /// Waits for a second person.
    Draft,
    /// Of a later day: it is booked when that comes, and settles what it is planned for.
    Scheduled,
    /// Booked.
    Posted,
    /// Taken back.
    Reversed,
    /// One that was dropped before it was booked.
    Cancelled,
}

/// How far a payment is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AllocationState {
    /// Nothing is.
    Unallocated,
    /// Some is.
    PartAllocated,
    /// All is.
    Allocated,
}

/// What an account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum AccountKind {
    /// What we have.
    Asset,
    /// What we owe.
    Liability,
    /// What is the owners'.
    Equity,
    /// What we earned.
    Income,
    /// What we spent.
    Expense,
}

/// Documents that carry numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum DocumentKind {
    /// QUO.
    Quote,
    /// SO.
    Order,
    /// DLV.
    Delivery,
    /// RET.
    Return,
    /// PO.
    PurchaseOrder,
    /// INV.
    Invoice,
    /// CN.
    CreditNote,
    /// BILL: an invoice that a supplier sent us.
    Bill,
    /// SCN: a credit note that a supplier sent us.
    SupplierCredit,
    /// PAY.
    Payment,
    /// JE.
    JournalEntry,
}

/// The life of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum JobStatus {
    /// Waiting.
    Queued,
    /// Leased by a worker.
    Running,
    /// Done.
    Succeeded,
    /// Gave up.
    Failed,
    /// Stopped by somebody.
    Cancelled,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum ActorKind {
    /// A program.
    ApiKey,
    /// A person.
    User,
    /// The service itself.
    System,
    /// A platform administrator.
    Platform,
    /// Whoever holds a link that was given out.
    Link,
}

impl ActorKind {
    /// What the ids of such actors begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::User => "usr",
            Self::Platform => "pky",
            Self::ApiKey | Self::System | Self::Link => "key",
        }
    }
}

/// What a person's or a visitor's secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum TokenKind {
    /// A sign-in.
    Session,
    /// Setting a password, once.
    Invitation,
}

/// When revenue of an obligation is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum RecognitionPolicy {
    /// When it is delivered.
    AtPoint,
    /// Over its period.
    OverTime,
    /// By milestones.
    OnMilestone,
    /// By usage.
    OnUsage,
}

// Part of the key of a number series; a key is never made from a number.
#[cfg(feature = "orm")]
impl sea_orm::TryFromU64 for DocumentKind {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("DocumentKind"))
    }
}

impl DocumentKind {
    /// The letters before the year in a number: `INV/2026/00042`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Quote => "QUO",
            Self::Order => "SO",
            Self::Delivery => "DLV",
            Self::Return => "RET",
            Self::PurchaseOrder => "PO",
            Self::Invoice => "INV",
            Self::CreditNote => "CN",
            Self::Bill => "BILL",
            Self::SupplierCredit => "SCN",
            Self::Payment => "PAY",
            Self::JournalEntry => "JE",
        }
    }

    /// Whether its numbers follow the dates of what they are given to. What suppliers send has their dates, and money arrives in no order: the statement of
    /// one bank comes before that of another.
    #[must_use]
    pub const fn in_date_order(self) -> bool {
        matches!(self, Self::Invoice | Self::CreditNote | Self::JournalEntry)
    }
}
