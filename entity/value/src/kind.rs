//! What ids name: every kind of object with its prefix and its name, one after the other, and all of them in one table at the end.

use crate::{Id, Kind};

/// One SaaS customer.
pub enum Tenant {}
impl Kind for Tenant {
    const PREFIX: &'static str = "tnt";
    const NAME: &'static str = "tenant";
}
/// Id of a tenant.
pub type TenantId = Id<Tenant>;

/// A legal entity inside a tenant.
pub enum Company {}
impl Kind for Company {
    const PREFIX: &'static str = "com";
    const NAME: &'static str = "company";
}
/// Id of a company.
pub type CompanyId = Id<Company>;

/// A person who works in a tenant.
pub enum User {}
impl Kind for User {
    const PREFIX: &'static str = "usr";
    const NAME: &'static str = "user";
}
/// Id of an user.
pub type UserId = Id<User>;

/// A named set of permissions.
pub enum Role {}
impl Kind for Role {
    const PREFIX: &'static str = "rol";
    const NAME: &'static str = "role";
}
/// Id of a role.
pub type RoleId = Id<Role>;

/// A credential of a program.
pub enum ApiKey {}
impl Kind for ApiKey {
    const PREFIX: &'static str = "key";
    const NAME: &'static str = "api_key";
}
/// Id of an api key.
pub type ApiKeyId = Id<ApiKey>;

/// A credential of an administrator of the platform.
pub enum PlatformKey {}
impl Kind for PlatformKey {
    const PREFIX: &'static str = "pky";
    const NAME: &'static str = "platform_key";
}
/// Id of a platform key.
pub type PlatformKeyId = Id<PlatformKey>;

/// Something that an administrator of the platform did.
pub enum PlatformAuditEntry {}
impl Kind for PlatformAuditEntry {
    const PREFIX: &'static str = "pae";
    const NAME: &'static str = "platform_audit_entry";
}
/// Id of a platform audit entry.
pub type PlatformAuditEntryId = Id<PlatformAuditEntry>;

/// A sign-in of a person.
pub enum Session {}
impl Kind for Session {
    const PREFIX: &'static str = "ses";
    const NAME: &'static str = "session";
}
/// Id of a session.
pub type SessionId = Id<Session>;

/// A request that was refused.
pub enum SecurityEvent {}
impl Kind for SecurityEvent {
    const PREFIX: &'static str = "sec";
    const NAME: &'static str = "security_event";
}
/// Id of a security event.
pub type SecurityEventId = Id<SecurityEvent>;

/// Someone we deal with: a customer, a supplier, or both.
pub enum Party {}
impl Kind for Party {
    const PREFIX: &'static str = "pty";
    const NAME: &'static str = "party";
}
/// Id of a party.
pub type PartyId = Id<Party>;

/// A person at a party.
pub enum Contact {}
impl Kind for Contact {
    const PREFIX: &'static str = "con";
    const NAME: &'static str = "contact";
}
/// Id of a contact.
pub type ContactId = Id<Contact>;

/// An address of a party.
pub enum Address {}
impl Kind for Address {
    const PREFIX: &'static str = "adr";
    const NAME: &'static str = "address";
}
/// Id of an address.
pub type AddressId = Id<Address>;

/// A node of the product tree.
pub enum Category {}
impl Kind for Category {
    const PREFIX: &'static str = "cat";
    const NAME: &'static str = "category";
}
/// Id of a category.
pub type CategoryId = Id<Category>;

/// A unit of measure.
pub enum Unit {}
impl Kind for Unit {
    const PREFIX: &'static str = "uom";
    const NAME: &'static str = "unit";
}
/// Id of an unit.
pub type UnitId = Id<Unit>;

/// Something we sell.
pub enum Product {}
impl Kind for Product {
    const PREFIX: &'static str = "prd";
    const NAME: &'static str = "product";
}
/// Id of a product.
pub type ProductId = Id<Product>;

/// A list of price rules.
pub enum PriceList {}
impl Kind for PriceList {
    const PREFIX: &'static str = "plt";
    const NAME: &'static str = "price_list";
}
/// Id of a price list.
pub type PriceListId = Id<PriceList>;

/// One rule of a price list.
pub enum PriceRule {}
impl Kind for PriceRule {
    const PREFIX: &'static str = "prl";
    const NAME: &'static str = "price_rule";
}
/// Id of a price rule.
pub type PriceRuleId = Id<PriceRule>;

/// A tax of a company.
pub enum Tax {}
impl Kind for Tax {
    const PREFIX: &'static str = "tax";
    const NAME: &'static str = "tax";
}
/// Id of a tax.
pub type TaxId = Id<Tax>;

/// Which taxes a company's customers pay.
pub enum TaxRule {}
impl Kind for TaxRule {
    const PREFIX: &'static str = "txr";
    const NAME: &'static str = "tax_rule";
}
/// Id of a tax rule.
pub type TaxRuleId = Id<TaxRule>;

/// Whose word counts about master data.
pub enum OwnershipRule {}
impl Kind for OwnershipRule {
    const PREFIX: &'static str = "owr";
    const NAME: &'static str = "ownership_rule";
}
/// Id of an ownership rule.
pub type OwnershipRuleId = Id<OwnershipRule>;

/// How long a kind of records is kept.
pub enum RetentionRule {}
impl Kind for RetentionRule {
    const PREFIX: &'static str = "rtr";
    const NAME: &'static str = "retention_rule";
}
/// Id of a retention rule.
pub type RetentionRuleId = Id<RetentionRule>;

/// When an invoice is due.
pub enum PaymentTerm {}
impl Kind for PaymentTerm {
    const PREFIX: &'static str = "pmt";
    const NAME: &'static str = "payment_term";
}
/// Id of a payment term.
pub type PaymentTermId = Id<PaymentTerm>;

/// A quoted exchange rate.
pub enum ExchangeRate {}
impl Kind for ExchangeRate {
    const PREFIX: &'static str = "fxr";
    const NAME: &'static str = "exchange_rate";
}
/// Id of an exchange rate.
pub type ExchangeRateId = Id<ExchangeRate>;

/// Someone who may want to buy.
pub enum Lead {}
impl Kind for Lead {
    const PREFIX: &'static str = "lead";
    const NAME: &'static str = "lead";
}
/// Id of a lead.
pub type LeadId = Id<Lead>;

/// A step of the pipeline.
pub enum Stage {}
impl Kind for Stage {
    const PREFIX: &'static str = "stg";
    const NAME: &'static str = "stage";
}
/// Id of a stage.
pub type StageId = Id<Stage>;

/// A group of people who sell together.
pub enum Team {}
impl Kind for Team {
    const PREFIX: &'static str = "team";
    const NAME: &'static str = "team";
}
/// Id of a team.
pub type TeamId = Id<Team>;

/// Who gets which leads.
pub enum AssignmentRule {}
impl Kind for AssignmentRule {
    const PREFIX: &'static str = "asr";
    const NAME: &'static str = "assignment_rule";
}
/// Id of an assignment rule.
pub type AssignmentRuleId = Id<AssignmentRule>;

/// Something to be done.
pub enum Activity {}
impl Kind for Activity {
    const PREFIX: &'static str = "act";
    const NAME: &'static str = "activity";
}
/// Id of an activity.
pub type ActivityId = Id<Activity>;

/// A way to look at what is sold and booked.
pub enum Dimension {}
impl Kind for Dimension {
    const PREFIX: &'static str = "dim";
    const NAME: &'static str = "dimension";
}
/// Id of a dimension.
pub type DimensionId = Id<Dimension>;

/// A reason why deals are lost.
pub enum LostReason {}
impl Kind for LostReason {
    const PREFIX: &'static str = "lsr";
    const NAME: &'static str = "lost_reason";
}
/// Id of a lost reason.
pub type LostReasonId = Id<LostReason>;

/// A deal that may be won.
pub enum Opportunity {}
impl Kind for Opportunity {
    const PREFIX: &'static str = "opp";
    const NAME: &'static str = "opportunity";
}
/// Id of an opportunity.
pub type OpportunityId = Id<Opportunity>;

/// An offer, in one revision.
pub enum Quote {}
impl Kind for Quote {
    const PREFIX: &'static str = "qot";
    const NAME: &'static str = "quote";
}
/// Id of a quote.
pub type QuoteId = Id<Quote>;

/// What quotes of a kind have in common.
pub enum QuoteTemplate {}
impl Kind for QuoteTemplate {
    const PREFIX: &'static str = "qtp";
    const NAME: &'static str = "quote_template";
}
/// Id of a quote template.
pub type QuoteTemplateId = Id<QuoteTemplate>;

/// A line of a quote.
pub enum QuoteLine {}
impl Kind for QuoteLine {
    const PREFIX: &'static str = "qln";
    const NAME: &'static str = "quote_line";
}
/// Id of a quote line.
pub type QuoteLineId = Id<QuoteLine>;

/// What a customer ordered.
pub enum Order {}
impl Kind for Order {
    const PREFIX: &'static str = "ord";
    const NAME: &'static str = "order";
}
/// Id of an order.
pub type OrderId = Id<Order>;

/// A line of an order.
pub enum OrderLine {}
impl Kind for OrderLine {
    const PREFIX: &'static str = "oln";
    const NAME: &'static str = "order_line";
}
/// Id of an order line.
pub type OrderLineId = Id<OrderLine>;

/// A change of an order after its confirmation.
pub enum OrderAmendment {}
impl Kind for OrderAmendment {
    const PREFIX: &'static str = "oam";
    const NAME: &'static str = "order_amendment";
}
/// Id of an amendment.
pub type OrderAmendmentId = Id<OrderAmendment>;

/// What stops named steps of an order.
pub enum Hold {}
impl Kind for Hold {
    const PREFIX: &'static str = "hld";
    const NAME: &'static str = "hold";
}
/// Id of a hold.
pub type HoldId = Id<Hold>;

/// How much credit a company gives to whom.
pub enum CreditPolicy {}
impl Kind for CreditPolicy {
    const PREFIX: &'static str = "crp";
    const NAME: &'static str = "credit_policy";
}
/// Id of a credit policy.
pub type CreditPolicyId = Id<CreditPolicy>;

/// What we owe for an order line and may bill.
pub enum Obligation {}
impl Kind for Obligation {
    const PREFIX: &'static str = "obl";
    const NAME: &'static str = "obligation";
}
/// Id of an obligation.
pub type ObligationId = Id<Obligation>;

/// A delivery of goods.
pub enum Delivery {}
impl Kind for Delivery {
    const PREFIX: &'static str = "dlv";
    const NAME: &'static str = "delivery";
}
/// Id of a delivery.
pub type DeliveryId = Id<Delivery>;

/// A line of a delivery.
pub enum DeliveryLine {}
impl Kind for DeliveryLine {
    const PREFIX: &'static str = "dln";
    const NAME: &'static str = "delivery_line";
}
/// Id of a delivery line.
pub type DeliveryLineId = Id<DeliveryLine>;

/// Something that makes money due.
pub enum Billable {}
impl Kind for Billable {
    const PREFIX: &'static str = "bil";
    const NAME: &'static str = "billable";
}
/// Id of a billable.
pub type BillableId = Id<Billable>;

/// An invoice or a credit note.
pub enum Invoice {}
impl Kind for Invoice {
    const PREFIX: &'static str = "inv";
    const NAME: &'static str = "invoice";
}
/// Id of an invoice.
pub type InvoiceId = Id<Invoice>;

/// A line of an invoice.
pub enum InvoiceLine {}
impl Kind for InvoiceLine {
    const PREFIX: &'static str = "iln";
    const NAME: &'static str = "invoice_line";
}
/// Id of an invoice line.
pub type InvoiceLineId = Id<InvoiceLine>;

/// A part of an invoice with its own due date.
pub enum Installment {}
impl Kind for Installment {
    const PREFIX: &'static str = "ins";
    const NAME: &'static str = "installment";
}
/// Id of an installment.
pub type InstallmentId = Id<Installment>;

/// Money received or paid.
pub enum Payment {}
impl Kind for Payment {
    const PREFIX: &'static str = "pay";
    const NAME: &'static str = "payment";
}
/// Id of a payment.
pub type PaymentId = Id<Payment>;

/// The part of a payment or credit note that settles an installment.
pub enum Allocation {}
impl Kind for Allocation {
    const PREFIX: &'static str = "alc";
    const NAME: &'static str = "allocation";
}
/// Id of an allocation.
pub type AllocationId = Id<Allocation>;

/// An account of a company's chart.
pub enum Account {}
impl Kind for Account {
    const PREFIX: &'static str = "acc";
    const NAME: &'static str = "account";
}
/// Id of an account.
pub type AccountId = Id<Account>;

/// A balanced posting.
pub enum JournalEntry {}
impl Kind for JournalEntry {
    const PREFIX: &'static str = "jen";
    const NAME: &'static str = "journal_entry";
}
/// Id of a journal entry.
pub type JournalEntryId = Id<JournalEntry>;

/// A line of a journal entry.
pub enum JournalLine {}
impl Kind for JournalLine {
    const PREFIX: &'static str = "jln";
    const NAME: &'static str = "journal_line";
}
/// Id of a journal line.
pub type JournalLineId = Id<JournalLine>;

/// The thread through all documents of one deal.
pub enum Flow {}
impl Kind for Flow {
    const PREFIX: &'static str = "flw";
    const NAME: &'static str = "flow";
}
/// Id of a flow.
pub type FlowId = Id<Flow>;

/// Something that happened.
pub enum Event {}
impl Kind for Event {
    const PREFIX: &'static str = "evt";
    const NAME: &'static str = "event";
}
/// Id of an event.
pub type EventId = Id<Event>;

/// Who did what.
pub enum AuditEntry {}
impl Kind for AuditEntry {
    const PREFIX: &'static str = "aud";
    const NAME: &'static str = "audit_entry";
}
/// Id of an audit entry.
pub type AuditEntryId = Id<AuditEntry>;

/// Work that runs after its request was answered.
pub enum Job {}
impl Kind for Job {
    const PREFIX: &'static str = "job";
    const NAME: &'static str = "job";
}
/// Id of a job.
pub type JobId = Id<Job>;

/// A gapless series of document numbers.
pub enum NumberSeries {}
impl Kind for NumberSeries {
    const PREFIX: &'static str = "nse";
    const NAME: &'static str = "number_series";
}
/// Id of a number series.
pub type NumberSeriesId = Id<NumberSeries>;

/// What is given up of an invoice: a bad debt, a discount for paying early, a fee, a small difference.
pub enum WriteOff {}
impl Kind for WriteOff {
    const PREFIX: &'static str = "wof";
    const NAME: &'static str = "write_off";
}
/// Id of a write off.
pub type WriteOffId = Id<WriteOff>;

/// What of a payment is used without an invoice: refunded, or kept as income.
pub enum PaymentOffset {}
impl Kind for PaymentOffset {
    const PREFIX: &'static str = "pof";
    const NAME: &'static str = "payment_offset";
}
/// Id of a payment offset.
pub type PaymentOffsetId = Id<PaymentOffset>;

/// A year of the books.
pub enum FiscalYear {}
impl Kind for FiscalYear {
    const PREFIX: &'static str = "fyr";
    const NAME: &'static str = "fiscal_year";
}
/// Id of a fiscal year.
pub type FiscalYearId = Id<FiscalYear>;

/// Invoices made together of what waits to be billed.
pub enum BillingRun {}
impl Kind for BillingRun {
    const PREFIX: &'static str = "brn";
    const NAME: &'static str = "billing_run";
}
/// Id of a billing run.
pub type BillingRunId = Id<BillingRun>;

/// An invoice of a billing run.
pub enum BillingRunItem {}
impl Kind for BillingRunItem {
    const PREFIX: &'static str = "bri";
    const NAME: &'static str = "billing_run_item";
}
/// Id of a billing run item.
pub type BillingRunItemId = Id<BillingRunItem>;

/// What the ids of objects of this name begin with.
#[must_use]
pub fn prefix_of(name: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(_, known)| *known == name).map(|(prefix, _)| *prefix)
}

/// Every prefix with the name of its object: the one place that knows them all.
pub const PREFIXES: &[(&str, &str)] = &[
    (Tenant::PREFIX, Tenant::NAME),
    (Company::PREFIX, Company::NAME),
    (User::PREFIX, User::NAME),
    (Role::PREFIX, Role::NAME),
    (ApiKey::PREFIX, ApiKey::NAME),
    (PlatformKey::PREFIX, PlatformKey::NAME),
    (PlatformAuditEntry::PREFIX, PlatformAuditEntry::NAME),
    (Session::PREFIX, Session::NAME),
    (SecurityEvent::PREFIX, SecurityEvent::NAME),
    (Party::PREFIX, Party::NAME),
    (Contact::PREFIX, Contact::NAME),
    (Address::PREFIX, Address::NAME),
    (Category::PREFIX, Category::NAME),
    (Unit::PREFIX, Unit::NAME),
    (Product::PREFIX, Product::NAME),
    (PriceList::PREFIX, PriceList::NAME),
    (PriceRule::PREFIX, PriceRule::NAME),
    (Tax::PREFIX, Tax::NAME),
    (TaxRule::PREFIX, TaxRule::NAME),
    (OwnershipRule::PREFIX, OwnershipRule::NAME),
    (RetentionRule::PREFIX, RetentionRule::NAME),
    (PaymentTerm::PREFIX, PaymentTerm::NAME),
    (ExchangeRate::PREFIX, ExchangeRate::NAME),
    (Lead::PREFIX, Lead::NAME),
    (Stage::PREFIX, Stage::NAME),
    (Team::PREFIX, Team::NAME),
    (AssignmentRule::PREFIX, AssignmentRule::NAME),
    (Dimension::PREFIX, Dimension::NAME),
    (LostReason::PREFIX, LostReason::NAME),
    (Activity::PREFIX, Activity::NAME),
    (Opportunity::PREFIX, Opportunity::NAME),
    (Quote::PREFIX, Quote::NAME),
    (QuoteLine::PREFIX, QuoteLine::NAME),
    (QuoteTemplate::PREFIX, QuoteTemplate::NAME),
    (Order::PREFIX, Order::NAME),
    (OrderLine::PREFIX, OrderLine::NAME),
    (OrderAmendment::PREFIX, OrderAmendment::NAME),
    (Hold::PREFIX, Hold::NAME),
    (CreditPolicy::PREFIX, CreditPolicy::NAME),
    (Obligation::PREFIX, Obligation::NAME),
    (Delivery::PREFIX, Delivery::NAME),
    (DeliveryLine::PREFIX, DeliveryLine::NAME),
    (Billable::PREFIX, Billable::NAME),
    (Invoice::PREFIX, Invoice::NAME),
    (InvoiceLine::PREFIX, InvoiceLine::NAME),
    (Installment::PREFIX, Installment::NAME),
    (Payment::PREFIX, Payment::NAME),
    (Allocation::PREFIX, Allocation::NAME),
    (Account::PREFIX, Account::NAME),
    (JournalEntry::PREFIX, JournalEntry::NAME),
    (JournalLine::PREFIX, JournalLine::NAME),
    (Flow::PREFIX, Flow::NAME),
    (Event::PREFIX, Event::NAME),
    (AuditEntry::PREFIX, AuditEntry::NAME),
    (Job::PREFIX, Job::NAME),
    (NumberSeries::PREFIX, NumberSeries::NAME),
    (WriteOff::PREFIX, WriteOff::NAME),
    (PaymentOffset::PREFIX, PaymentOffset::NAME),
    (FiscalYear::PREFIX, FiscalYear::NAME),
    (BillingRun::PREFIX, BillingRun::NAME),
    (BillingRunItem::PREFIX, BillingRunItem::NAME),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_unique() {
        let mut prefixes: Vec<_> = PREFIXES.iter().map(|(prefix, _)| prefix).collect();
        prefixes.sort();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
    }
}
