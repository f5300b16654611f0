//! Who and what: the data that documents refer to.

pub mod accounts;
pub mod addresses;
pub mod bundle_components;
pub mod categories;
pub mod contacts;
pub mod dimensions;
pub mod exchange_rates;
pub mod parties;
pub mod party_merges;
pub mod party_tax_ids;
pub mod payment_terms;
pub mod price_lists;
pub mod price_rules;
pub mod products;
pub mod tax_rules;
pub mod taxes;
pub mod units;
