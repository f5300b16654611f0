//! Amounts of money in minor units.

use crate::{Currency, DecimalError, Overflow, format_scaled, parse_scaled};
use serde::{Deserialize, Serialize};

/// An amount of money in minor units of the currency that its document names (cents of EUR, whole yen of JPY).
///
/// Arithmetic is checked: overflow is an error, never a wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Amount(pub i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum of both.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The difference of both.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The same amount with the opposite sign.
    ///
    /// # Errors
    /// [`Overflow`] for the one value that has no opposite.
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The amount, when it is one that a body could hold: those have six decimals at most, whatever their currency. What documents come to stays within the
    /// same limit, so that the sums of many still fit.
    ///
    /// # Errors
    /// [`Overflow`] beyond 9 223 372 036 854 units of the currency.
    pub fn within(self, currency: Currency) -> Result<Self, Overflow> {
        let unwritten = 10_i64.checked_pow(6_u32.saturating_sub(currency.exponent())).ok_or(Overflow)?;
        self.0.checked_mul(unwritten).map(|_| self).ok_or(Overflow)
    }

    /// Whether it is exactly zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The decimal text with exactly the currency's digits.
    #[must_use]
    pub fn text(self, currency: Currency) -> AmountText {
        AmountText(format_scaled(self.0, currency.exponent(), currency.exponent()))
    }
}

/// An amount on the wire: a plain decimal string in the currency of its document, with exactly the currency's digits when we write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AmountText(pub String);

impl AmountText {
    /// The amount in minor units of `currency`.
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, has more digits than the currency, or does not fit.
    pub fn amount(&self, currency: Currency) -> Result<Amount, DecimalError> {
        parse_scaled(&self.0, currency.exponent()).map(Amount)
    }
}

impl From<&str> for AmountText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for AmountText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl utoipa::PartialSchema for AmountText {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::number::text_schema("amount", "Amount of money as a decimal string in the currency of its document", crate::number::DECIMAL_PATTERN)
    }
}

impl utoipa::ToSchema for AmountText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_currency_decides_the_digits() {
        let (eur, jpy, kwd): (Currency, Currency, Currency) = ("EUR".parse().unwrap(), "JPY".parse().unwrap(), "KWD".parse().unwrap());
        assert_eq!(AmountText::from("1.5").amount(eur), Ok(Amount(150)));
        assert_eq!(AmountText::from("1.5").amount(jpy), Err(DecimalError::TooManyDecimals { max: 0 }));
        assert_eq!(Amount(77112).text(eur).0, "771.12");
        assert_eq!(Amount(1500).text(jpy).0, "1500");
        assert_eq!(Amount(1500).text(kwd).0, "1.500");
        assert_eq!(Amount(i64::MAX).plus(Amount(1)), Err(Overflow));
    }

    #[test]
    fn what_no_body_could_hold_is_too_large() {
        let most = |code: &str| {
            let currency: Currency = code.parse().unwrap();
            let text = format_scaled(i64::MAX, 6, 6);
            let (whole, fraction) = text.split_once('.').unwrap();
            let digits = usize::try_from(currency.exponent()).unwrap();
            let amount: i64 = format!("{whole}{}", fraction.get(..digits).unwrap()).parse().unwrap();
            (Amount(amount), currency)
        };
        for code in ["EUR", "JPY", "KWD"] {
            let (amount, currency) = most(code);
            let more = amount.plus(Amount(1)).unwrap();
            assert_eq!((amount.within(currency), more.within(currency)), (Ok(amount), Err(Overflow)), "{code}");
            assert_eq!(more.negated().unwrap().within(currency), Err(Overflow), "{code}");
            assert!(parse_scaled(&amount.text(currency).0, 6).is_ok() && parse_scaled(&more.text(currency).0, 6).is_err(), "{code}");
        }
    }
}
