//! What the dashboard counts, and the queues: rows that wait for somebody.

use crate::columns::plain;
use crate::route::IN_APPROVAL;
use crate::route::Place;
use serde_json::Value;

/// Whom a number is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heed {
    /// Work under way: the more, the better.
    Work,
    /// Worth a look, when there are any.
    Look,
    /// Waits for somebody who may approve.
    Approval,
    /// Went wrong, or stands still.
    Exception,
}

impl Heed {
    /// Whether what is counted is a queue that somebody works through.
    pub const fn queues(self) -> bool {
        matches!(self, Self::Approval | Self::Exception)
    }
}

/// A number on the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// What is counted.
    pub label: &'static str,
    /// Where.
    pub resource: &'static str,
    /// With which filter.
    pub filter: &'static str,
    /// For whom.
    pub heed: Heed,
    /// Where a row says why it is here: JSON pointers, the first that finds something counts.
    pub why: &'static [&'static str],
}

impl Gauge {
    /// The list that it counts.
    pub fn place(&self) -> Place {
        Place::List { resource: self.resource, filter: self.filter.to_owned() }
    }
}

const fn gauge(label: &'static str, resource: &'static str, filter: &'static str, heed: Heed) -> Gauge {
    Gauge { label, resource, filter, heed, why: &[] }
}

const fn queue(label: &'static str, resource: &'static str, filter: &'static str, heed: Heed, why: &'static [&'static str]) -> Gauge {
    Gauge { label, resource, filter, heed, why }
}

/// Every kind of hold: the API filters by words.
const ON_HOLD: &str = "hold_kind[in]:credit,approval,data,stock,billing,dispute,manual";

/// Invoices of which something is open, whether or not a part was paid.
const OWED: &str = "payment_state[in]:open,part_paid";
/// Payments of which something is free, whether or not a part settles something.
const TO_ALLOCATE: &str = "allocation_state[in]:unallocated,part_allocated";

/// What the dashboard counts for a tenant.
pub const GAUGES: &[Gauge] = &[
    gauge("Leads, new", "leads", "status:new", Heed::Work),
    gauge("Opportunities, open", "opportunities", "status:open", Heed::Work),
    gauge("Quotes, sent", "quotes", "status:sent", Heed::Work),
    gauge("Orders, confirmed", "orders", "status:confirmed", Heed::Work),
    gauge("Deliveries, to ship", "deliveries", "status:ready", Heed::Work),
    gauge("Billables, ready", "billables", "status:ready", Heed::Work),
    gauge("Invoices, open", "invoices", OWED, Heed::Work),
    gauge("Payments, unallocated", "payments", TO_ALLOCATE, Heed::Work),
    queue("Quotes in approval", "quotes", IN_APPROVAL, Heed::Approval, &["/approval_reasons/0/because"]),
    queue("Orders on hold", "orders", ON_HOLD, Heed::Exception, &["/holds/0/reason"]),
    queue("Orders stalled", "orders", "stalled:true", Heed::Exception, &["/stalled_reason"]),
    queue("Orders late", "orders", "late:true", Heed::Exception, &["/lines/0/promised_date"]),
    queue("Billables on hold", "billables", "status:held", Heed::Exception, &["/hold/reason"]),
    queue("Billing refused", "billing-run-items", "status:failed", Heed::Exception, &["/failure"]),
    queue("Invoices overdue", "invoices", "overdue:true", Heed::Exception, &["/due_date"]),
    queue("Invoices disputed", "invoices", "disputed:true", Heed::Exception, &["/dispute"]),
    queue("Jobs failed", "jobs", "status:failed", Heed::Exception, &["/error", "/errors_url"]),
    gauge("Orders in draft", "orders", "status:draft", Heed::Look),
    gauge("Invoices in draft", "invoices", "status:draft", Heed::Look),
];

/// What the dashboard counts for the platform.
pub const PLATFORM_GAUGES: &[Gauge] =
    &[gauge("Tenants, active", "tenants", "status:active", Heed::Work), gauge("Tenants suspended", "tenants", "status:suspended", Heed::Look)];

/// Rows that the dashboard counts to; beyond it says "or more".
pub const COUNTED: usize = 100;
/// Rows of a queue that are shown before one opens its list.
pub const SHOWN: usize = 6;

/// What is said of a number that is not for who asks.
pub const NOT_PERMITTED: &str = "not permitted";

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many there are.
    pub count: usize,
    /// Whether there are more.
    pub more: bool,
    /// The first of them, where they are a queue.
    pub first: Vec<Queued>,
}

impl Counted {
    /// What a page of rows says about a gauge.
    pub fn of(gauge: &Gauge, page: &Value) -> Self {
        Self::with(gauge, page, if gauge.heed.queues() { SHOWN } else { 0 })
    }

    /// The same with every row of the page.
    pub fn whole(gauge: &Gauge, page: &Value) -> Self {
        Self::with(gauge, page, COUNTED)
    }

    fn with(gauge: &Gauge, page: &Value, shown: usize) -> Self {
        let rows = page.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            count: rows.len(),
            more: page.get("has_more").and_then(Value::as_bool).unwrap_or(false),
            first: rows.iter().take(shown).map(|row| Queued::of(gauge, row)).collect(),
        }
    }

    /// The number in words: `7`, `100+`.
    pub fn text(&self) -> String {
        format!("{}{}", self.count, if self.more { "+" } else { "" })
    }
}

/// A row of a queue, as far as it is told before one opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// What it opens.
    pub id: String,
    /// Its number or name.
    pub name: String,
    /// The customer's id; empty when there is none.
    pub party: String,
    /// Why it is here.
    pub why: String,
    /// Its amount with the currency; empty when it has none.
    pub amount: String,
    /// Since when it is as it is.
    pub since: String,
}

impl Queued {
    fn of(gauge: &Gauge, row: &Value) -> Self {
        let text = |pointer: &str| row.pointer(pointer).filter(|value| !value.is_null() && !value.is_object()).map(plain);
        let first = |pointers: &[&str]| pointers.iter().find_map(|pointer| text(pointer)).unwrap_or_default();
        let amount = first(&["/open_amount", "/total_amount", "/amount"]);
        Self {
            // A refused part of a billing run is shown by its run.
            id: first(&["/billing_run_id", "/id"]),
            name: first(&["/number", "/description", "/kind", "/billing_run_id"]),
            party: first(&["/party_id"]),
            why: first(gauge.why),
            amount: if amount.is_empty() { amount } else { format!("{amount} {}", first(&["/currency"])) },
            since: first(&["/due_date", "/holds/0/since", "/hold/since", "/updated_at", "/created_at"]).chars().take(10).collect(),
        }
    }
}
