//! The contract: every type that crosses the wire and every operation, one row each, grouped by area.
//!
//! What it is: the names of the API. Server, console and tests all take them from here, so that none can disagree with another; `openapi.json` beside this
//! crate is made from the same rows. With the feature `client` it is also the typed client.
//! What it is not: no behaviour, no storage, no server. The machinery under the rows (endpoint, page, patch, problem) is `causeway_contract`.
//!
//! Each area holds the objects, the bodies of requests (`CreateOrder`, `CancelOrder`), the list specifications (`ORDERS`) and a module `op` with the operations
//! (`op::CreateOrder`, `op::CancelOrder`).

pub mod activity;
pub mod billable;
pub mod billing_run;
pub mod catalog;
#[cfg(feature = "client")]
pub mod client;
pub mod company;
pub mod compliance;
pub mod contact;
pub mod conversion;
pub mod credit;
pub mod credit_note;
pub mod crm;
pub mod deal_check;
pub mod delivery;
pub mod dimension;
pub mod down_payment;
pub mod event_types;
pub mod fiscal_year;
pub mod general_ledger;
pub mod identity;
pub mod import;
pub mod intake;
pub mod integration;
pub mod invoice;
pub mod invoice_accuracy;
pub mod invoice_check;
pub mod invoice_tax;
pub mod lead_conversion;
pub mod ledger;
pub mod line;
pub mod margin;
mod meaning;
pub mod measure;
pub mod object;
pub mod order;
pub mod order_amendment;
pub mod overview;
pub mod ownership;
pub mod party;
pub mod payment;
pub mod pipeline;
pub mod platform;
pub mod pricing;
pub mod quote;
pub mod quote_conversion;
pub mod quote_template;
pub mod report;
pub mod retention;
pub mod revenue_cycle;
pub mod session;
pub mod shared_quote;
pub mod statement;
pub mod tax;
pub mod tax_rule;
pub mod team;
pub mod term;
pub mod write_off;

pub use causeway_contract as contract;
pub use causeway_value as value;

use causeway_contract::Row;

/// The rows of every area, in the order of the flow.
#[must_use]
pub fn rows() -> Vec<Row> {
    [
        platform::ENDPOINTS,
        identity::ENDPOINTS,
        session::ENDPOINTS,
        ownership::ENDPOINTS,
        retention::ENDPOINTS,
        company::ENDPOINTS,
        party::ENDPOINTS,
        contact::ENDPOINTS,
        catalog::ENDPOINTS,
        pricing::ENDPOINTS,
        tax::ENDPOINTS,
        tax_rule::ENDPOINTS,
        dimension::ENDPOINTS,
        term::ENDPOINTS,
        crm::ENDPOINTS,
        intake::ENDPOINTS,
        team::ENDPOINTS,
        activity::ENDPOINTS,
        quote::ENDPOINTS,
        quote_template::ENDPOINTS,
        shared_quote::ENDPOINTS,
        order::ENDPOINTS,
        order_amendment::ENDPOINTS,
        deal_check::ENDPOINTS,
        down_payment::ENDPOINTS,
        delivery::ENDPOINTS,
        billable::ENDPOINTS,
        billing_run::ENDPOINTS,
        invoice::ENDPOINTS,
        invoice_check::ENDPOINTS,
        invoice_tax::ENDPOINTS,
        credit_note::ENDPOINTS,
        payment::ENDPOINTS,
        credit::ENDPOINTS,
        write_off::ENDPOINTS,
        ledger::ENDPOINTS,
        fiscal_year::ENDPOINTS,
        report::ENDPOINTS,
        measure::ENDPOINTS,
        general_ledger::ENDPOINTS,
        margin::ENDPOINTS,
        revenue_cycle::ENDPOINTS,
        invoice_accuracy::ENDPOINTS,
        quote_conversion::ENDPOINTS,
        statement::ENDPOINTS,
        overview::ENDPOINTS,
        pipeline::ENDPOINTS,
        conversion::ENDPOINTS,
        lead_conversion::ENDPOINTS,
        compliance::ENDPOINTS,
        integration::ENDPOINTS,
        import::ENDPOINTS,
    ]
    .concat()
}

const DESCRIPTION: &str = "From the first lead to the paid invoice. Amounts are decimal strings in the currency of their document; instants are RFC 3339 in UTC; \
    days are YYYY-MM-DD in the company's time zone. Every write takes an Idempotency-Key, every object has an ETag, every failure is a problem (RFC 9457). \
    Every answer names its version in Causeway-Version; a request that sends this header is refused when it names one that is not served.";

/// The OpenAPI 3.1 document: what `GET /openapi.json` answers with.
#[must_use]
pub fn document() -> serde_json::Value {
    let mut document = causeway_contract::document("Causeway", env!("CARGO_PKG_VERSION"), DESCRIPTION, &rows());
    meaning::explain(&mut document);
    document
}

#[cfg(test)]
mod outline;
#[cfg(test)]
mod tests;
