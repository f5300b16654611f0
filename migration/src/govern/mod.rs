//! Who may act, and where.

pub(crate) mod m0006_companies;
pub(crate) mod m0007_users;
pub(crate) mod m0026_sign_in;
pub(crate) mod m0027_limits;
pub(crate) mod m0033_letterheads;
pub(crate) mod m0053_key_sources;
pub(crate) mod m0060_discounts_and_rounding;
pub(crate) mod m0061_installment_rules;
pub(crate) mod m0080_document_rules;
pub(crate) mod m0105_ownership_rules;
pub(crate) mod m0106_retention_rules;
pub(crate) mod m0140_credit_rights;
pub(crate) mod m0220_fulfilment_rights;
