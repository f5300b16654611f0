//! From the obligation to the payment.

pub(crate) mod m0017_obligations;
pub(crate) mod m0018_billables;
pub(crate) mod m0019_invoices;
pub(crate) mod m0020_payments;
pub(crate) mod m0025_exposure;
pub(crate) mod m0030_write_offs;
pub(crate) mod m0032_billing_runs;
pub(crate) mod m0054_down_payments;
pub(crate) mod m0055_credit_notes;
pub(crate) mod m0081_references;
pub(crate) mod m0082_split_billables;
pub(crate) mod m0083_unit_steps;
pub(crate) mod m0092_payment_tolerance;
pub(crate) mod m0101_engine_taxes;
pub(crate) mod m0125_billed_as_agreed;
pub(crate) mod m0130_agreed_rounding;
pub(crate) mod m0131_refused_plans;
pub(crate) mod m0132_expected_taxes;
pub(crate) mod m0175_billable_reductions;
pub(crate) mod m0182_billed_again;
pub(crate) mod m0190_coins_and_bases;
pub(crate) mod m0200_scheduled_payments;
