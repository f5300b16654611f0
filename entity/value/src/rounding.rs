//! To which steps a company rounds amounts of a currency.

use crate::{Amount, AmountText, Currency, Overflow};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// How a company rounds amounts of one currency beyond its smallest unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundingRule {
    /// The currency of the documents that it is for.
    pub currency: Currency,
    /// The step to which every tax is rounded, such as `0.05`: the smallest unit of the currency when null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_step: Option<AmountText>,
    /// How what is to be paid is rounded to the coins that there are: not at all when null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash: Option<CashRounding>,
}

/// How what is to be paid is rounded (TAX-060 to TAX-062).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashRounding {
    /// What every sum to be paid is a multiple of, such as `0.05`.
    pub step: AmountText,
    /// In which direction.
    #[serde(default)]
    pub method: RoundingMethod,
    /// Where the difference goes.
    #[serde(default)]
    pub strategy: CashStrategy,
    /// What is rounded when it is paid in installments.
    #[serde(default)]
    pub per: CashUnit,
}

/// What is rounded to coins of a document that is paid in installments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CashUnit {
    /// The total; the installments share it in coins, and the last one takes what the others leave.
    #[default]
    Total,
    /// Each installment: the total is their sum. Two halves of 42.06 are 21.05 each and 42.10 together, where the total alone would be 42.05.
    Installment,
}

/// In which direction an amount is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMethod {
    /// To the nearest step, halves away from zero.
    #[default]
    HalfUp,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

/// Where the difference of rounding what is to be paid goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CashStrategy {
    /// Onto a line of its own, which is booked as rounding.
    #[default]
    ExtraLine,
    /// Into the largest tax; onto a line of its own where nothing is taxed.
    BiggestTax,
}

/// Coins: what sums to be paid are multiples of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coins {
    /// The smallest coin.
    pub step: Amount,
    /// In which direction sums are rounded to it.
    pub method: RoundingMethod,
}

impl Coins {
    /// The amount in these coins.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit, or the step is zero.
    pub fn round(self, amount: Amount) -> Result<Amount, Overflow> {
        let step = self.step.0;
        let rest = amount.0.checked_rem(step).ok_or(Overflow)?;
        let below = amount.minus(Amount(rest))?;
        let above = || below.plus(Amount(step.checked_mul(amount.0.signum()).ok_or(Overflow)?));
        let half = rest.unsigned_abs() >= step.unsigned_abs().saturating_sub(rest.unsigned_abs());
        match self.method {
            RoundingMethod::Up if rest != 0 => above(),
            RoundingMethod::HalfUp if rest != 0 && half => above(),
            RoundingMethod::Up | RoundingMethod::HalfUp | RoundingMethod::Down => Ok(below),
        }
    }
}

impl CashRounding {
    /// Its coins; none when the step is no amount of the currency above zero.
    #[must_use]
    pub fn coins(&self, currency: Currency) -> Option<Coins> {
        let step = self.step.amount(currency).ok().filter(|step| *step > Amount::ZERO)?;
        Some(Coins { step, method: self.method })
    }
}

impl RoundingRule {
    /// The rule of these for a currency.
    #[must_use]
    pub fn of(rules: &[Self], currency: Currency) -> Option<&Self> {
        rules.iter().find(|rule| rule.currency == currency)
    }

    /// The step of taxes in minor units.
    #[must_use]
    pub fn tax_step(&self) -> Option<Amount> {
        self.tax_step.as_ref().and_then(|step| step.amount(self.currency).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_to_coins() {
        let rounded = |method, amount| Coins { step: Amount(5), method }.round(Amount(amount)).map(|amount| amount.0);
        for (amount, half_up, up, down) in [(140_999, 141_000, 141_000, 140_995), (4_206, 4_205, 4_210, 4_205), (-3, -5, -5, 0), (-2, 0, -5, 0), (0, 0, 0, 0)] {
            assert_eq!(rounded(RoundingMethod::HalfUp, amount), Ok(half_up), "{amount}");
            assert_eq!(rounded(RoundingMethod::Up, amount), Ok(up), "{amount}");
            assert_eq!(rounded(RoundingMethod::Down, amount), Ok(down), "{amount}");
        }
        let whole = Coins { step: Amount(100), method: RoundingMethod::HalfUp };
        assert_eq!(["448802", "448850", "-448850"].map(|text| whole.round(Amount(text.parse().unwrap())).unwrap().0), [448_800, 448_900, -448_900]);
        assert_eq!(Coins { method: RoundingMethod::Up, ..whole }.round(Amount(i64::MAX)), Err(Overflow));
    }
}
