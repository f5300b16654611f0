//! Charts of accounts that a company may start with.

use super::Purpose;
use causeway_value::AccountKind;

/// An account that a chart opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartAccount {
    /// The number of the account, unique in the company.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: AccountKind,
    /// What the posting rules use it for.
    pub purpose: Purpose,
}

/// The accounts of the chart of this name; none when there is no such chart.
#[must_use]
pub fn template(name: &str) -> Option<&'static [ChartAccount]> {
    match name {
        "generic" => Some(GENERIC),
        _ => None,
    }
}

/// What kind of account a purpose needs; every chart says the same.
#[must_use]
pub fn kind_of(purpose: Purpose) -> Option<AccountKind> {
    GENERIC.iter().find(|account| account.purpose == purpose).map(|account| account.kind)
}

/// The chart `generic`: one account per purpose. Discounts given lower the income, so they stand with it; those received lower the cost.
pub const GENERIC: &[ChartAccount] = &[
    account("1000", "Bank", AccountKind::Asset, Purpose::Bank),
    account("1010", "Cash", AccountKind::Asset, Purpose::Cash),
    account("1050", "Clearing", AccountKind::Asset, Purpose::Clearing),
    account("1100", "Receivable", AccountKind::Asset, Purpose::Receivable),
    account("1150", "Due from companies", AccountKind::Asset, Purpose::DueFromCompanies),
    account("1200", "Stock", AccountKind::Asset, Purpose::Stock),
    account("1210", "Stock interim", AccountKind::Asset, Purpose::StockInterim),
    account("1300", "Input tax", AccountKind::Asset, Purpose::InputTax),
    account("2000", "Payable", AccountKind::Liability, Purpose::Payable),
    account("2050", "Due to companies", AccountKind::Liability, Purpose::DueToCompanies),
    account("2100", "Tax payable", AccountKind::Liability, Purpose::TaxPayable),
    account("2200", "Customer advances", AccountKind::Liability, Purpose::CustomerAdvances),
    account("2300", "Deferred revenue", AccountKind::Liability, Purpose::DeferredRevenue),
    account("3000", "Equity", AccountKind::Equity, Purpose::Equity),
    account("4000", "Revenue", AccountKind::Income, Purpose::Revenue),
    account("4100", "Service revenue", AccountKind::Income, Purpose::ServiceRevenue),
    account("4200", "Freight revenue", AccountKind::Income, Purpose::FreightRevenue),
    account("4800", "Discount given", AccountKind::Income, Purpose::DiscountGiven),
    account("5000", "Cost of goods sold", AccountKind::Expense, Purpose::CostOfGoodsSold),
    account("5100", "Count difference", AccountKind::Expense, Purpose::CountDifference),
    account("5800", "Discount received", AccountKind::Expense, Purpose::DiscountReceived),
    account("6000", "Expense", AccountKind::Expense, Purpose::Expense),
    account("6100", "Bad debt", AccountKind::Expense, Purpose::BadDebt),
    account("6200", "Bank fees", AccountKind::Expense, Purpose::BankFees),
    account("7000", "Exchange gain", AccountKind::Income, Purpose::ExchangeGain),
    account("7010", "Exchange loss", AccountKind::Expense, Purpose::ExchangeLoss),
    account("7100", "Rounding", AccountKind::Expense, Purpose::Rounding),
];

const fn account(code: &'static str, name: &'static str, kind: AccountKind, purpose: Purpose) -> ChartAccount {
    ChartAccount { code, name, kind, purpose }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generic_chart_has_one_account_per_purpose_in_order() {
        let chart = template("generic").unwrap();
        assert_eq!(chart.iter().map(|account| account.purpose).collect::<Vec<_>>(), Purpose::ALL);
        assert!(chart.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert_eq!(template("another"), None);
    }
}
