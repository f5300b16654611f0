//! The words of the domain as types: money, prices, quantities, rates, days, instants, typed ids and the states of documents.
//!
//! What it is: pure values. Every number is an integer in a fixed scale, every operation is checked, every text form is exact.
//! What it is not: no database access, no HTTP, no clock. The feature `orm` only adds the column conversions.

mod amount;
mod cash;
mod country;
mod currency;
mod decimal;
mod dimension;
mod discount;
mod document_rules;
mod id;
mod installment_rules;
mod json;
mod kind;
mod lead_rules;
mod letterhead;
mod number;
mod order_rules;
mod ownership;
mod quote_rules;
mod retention;
mod round;
mod rounding;
mod state;
mod tax_engine;
mod tax_rule;
mod term;
mod time;

pub use amount::{Amount, AmountText};
pub use cash::*;
pub use country::is_country;
pub use currency::Currency;
pub use decimal::{DecimalError, format_scaled, parse_scaled};
pub use dimension::{AllowedValue, Dimensions};
pub use discount::{DiscountBase, DiscountPosting};
pub use document_rules::{DocumentInput, DocumentRules, RequiredInputs};
pub use id::*;
pub use installment_rules::{InstallmentConversion, InstallmentRules, SameDueDate};
pub use json::Json;
pub use kind::*;
pub use lead_rules::{LeadInput, LeadRules};
pub use letterhead::{DocumentLanguage, Letterhead};
pub use number::{Percent, Price, Quantity, Rate};
pub use order_rules::OrderRules;
pub use ownership::OwnedKind;
pub use quote_rules::{ApprovalReason, QuoteRules};
pub use retention::RetentionKind;
pub use round::{Overflow, product, scaled, spread};
pub use rounding::{CashRounding, CashStrategy, CashUnit, Coins, RoundingMethod, RoundingRule};
pub use state::*;
pub use tax_engine::{TaxEngine, TaxStatus};
pub use tax_rule::{AskedRegistration, TaxReplacement};
pub use term::{DiscountTaxMode, EarlyDiscount, TermLine, TermOrder};
pub use time::{Day, Instant, TimeError, Zone};
