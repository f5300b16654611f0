//! Master data.

pub(crate) mod m0008_accounts;
pub(crate) mod m0009_payment_terms;
pub(crate) mod m0010_products;
pub(crate) mod m0011_price_lists;
pub(crate) mod m0012_exchange_rates;
pub(crate) mod m0013_parties;
pub(crate) mod m0028_party_identity;
pub(crate) mod m0029_bundles;
pub(crate) mod m0087_dimensions;
pub(crate) mod m0094_terms_in_use;
pub(crate) mod m0095_account_states;
pub(crate) mod m0100_tax_rules;
pub(crate) mod m0102_sales_accounts;
pub(crate) mod m0155_rate_corrections;
pub(crate) mod m0210_postal_codes;
pub(crate) mod m0211_folded_codes;
