//! Accounts: the places in the books, and what the posting rules use each for.
//!
//! What it is: the accounts of a company, their purposes, and the charts that a new company may start with. Invariant: a company has at most one account per
//! purpose, and a purpose that has one keeps one: another account takes it over.
//! What it is not: no posting (that is `books`), no balance.

pub mod chart;
pub mod lookup;
pub mod routes;
pub mod service;

use causeway_value::ProductKind;
use serde::{Deserialize, Serialize};

/// What the posting table uses an account for (rules, "Posting table"). A posting whose purpose has no account fails with `account_missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Money at the bank.
    Bank,
    /// Money in the till.
    Cash,
    /// Money on its way: cards and other providers.
    Clearing,
    /// What customers owe.
    Receivable,
    /// What our other companies owe this one.
    DueFromCompanies,
    /// Goods in our warehouses.
    Stock,
    /// Goods received and not billed, or shipped and not costed.
    StockInterim,
    /// Tax that suppliers charged us.
    InputTax,
    /// What we owe suppliers.
    Payable,
    /// What this company owes our other ones.
    DueToCompanies,
    /// Tax that we charged.
    TaxPayable,
    /// Down payments of customers.
    CustomerAdvances,
    /// Billed and not yet earned.
    DeferredRevenue,
    /// What belongs to the owners.
    Equity,
    /// Sales of goods.
    Revenue,
    /// Sales of work, access and usage.
    ServiceRevenue,
    /// Freight that we charged.
    FreightRevenue,
    /// Discounts that customers took when paying.
    DiscountGiven,
    /// What sold goods cost.
    CostOfGoodsSold,
    /// What counting the stock found or missed.
    CountDifference,
    /// Discounts that we took when paying suppliers.
    DiscountReceived,
    /// Costs without a place of their own.
    Expense,
    /// Claims given up.
    BadDebt,
    /// What banks keep.
    BankFees,
    /// Realised gains of exchange.
    ExchangeGain,
    /// Realised losses of exchange.
    ExchangeLoss,
    /// Differences of rounding.
    Rounding,
}

impl Purpose {
    /// All purposes, in the order of the chart.
    pub const ALL: [Self; 27] = [
        Self::Bank,
        Self::Cash,
        Self::Clearing,
        Self::Receivable,
        Self::DueFromCompanies,
        Self::Stock,
        Self::StockInterim,
        Self::InputTax,
        Self::Payable,
        Self::DueToCompanies,
        Self::TaxPayable,
        Self::CustomerAdvances,
        Self::DeferredRevenue,
        Self::Equity,
        Self::Revenue,
        Self::ServiceRevenue,
        Self::FreightRevenue,
        Self::DiscountGiven,
        Self::CostOfGoodsSold,
        Self::CountDifference,
        Self::DiscountReceived,
        Self::Expense,
        Self::BadDebt,
        Self::BankFees,
        Self::ExchangeGain,
        Self::ExchangeLoss,
        Self::Rounding,
    ];

    /// What a sale of this kind of product earns; lines without a product are goods.
    #[must_use]
    pub const fn of_sale(kind: Option<ProductKind>) -> Self {
        match kind {
            Some(ProductKind::Service | ProductKind::Subscription | ProductKind::Usage) => Self::ServiceRevenue,
            Some(ProductKind::Goods | ProductKind::Bundle) | None => Self::Revenue,
        }
    }

    /// Whether the account mirrors open items, so that only invoices and payments themselves may post to it: a line, tax or product that named it
    /// would make the ledger differ from the sum of what is open. Customer advances are what down payments have left.
    #[must_use]
    pub const fn is_control(self) -> bool {
        matches!(self, Self::Receivable | Self::Payable | Self::CustomerAdvances)
    }

    /// Whether reports and checks read the account back as what is open or what was taxed, so that its postings must all stand in one place.
    #[must_use]
    pub const fn is_read_back(self) -> bool {
        self.is_control() || matches!(self, Self::TaxPayable)
    }

    /// The word in storage and on the wire, as in `tax_payable`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Cash => "cash",
            Self::Clearing => "clearing",
            Self::Receivable => "receivable",
            Self::DueFromCompanies => "due_from_companies",
            Self::Stock => "stock",
            Self::StockInterim => "stock_interim",
            Self::InputTax => "input_tax",
            Self::Payable => "payable",
            Self::DueToCompanies => "due_to_companies",
            Self::TaxPayable => "tax_payable",
            Self::CustomerAdvances => "customer_advances",
            Self::DeferredRevenue => "deferred_revenue",
            Self::Equity => "equity",
            Self::Revenue => "revenue",
            Self::ServiceRevenue => "service_revenue",
            Self::FreightRevenue => "freight_revenue",
            Self::DiscountGiven => "discount_given",
            Self::CostOfGoodsSold => "cost_of_goods_sold",
            Self::CountDifference => "count_difference",
            Self::DiscountReceived => "discount_received",
            Self::Expense => "expense",
            Self::BadDebt => "bad_debt",
            Self::BankFees => "bank_fees",
            Self::ExchangeGain => "exchange_gain",
            Self::ExchangeLoss => "exchange_loss",
            Self::Rounding => "rounding",
        }
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// The text is not the word of a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPurpose;

impl std::fmt::Display for UnknownPurpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("is not the purpose of an account")
    }
}

impl std::error::Error for UnknownPurpose {}

impl std::str::FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == text).ok_or(UnknownPurpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_same_in_text_and_in_json() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.word().parse(), Ok(purpose));
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.word());
        }
    }
}
