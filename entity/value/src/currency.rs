//! ISO 4217 currencies. The exponent of a currency is immutable data: stored amounts depend on it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency, such as `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub struct Currency([u8; 3], u8);

/// The text is not the code of a known currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCurrency;

impl std::fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("must be an ISO 4217 code such as \"EUR\"")
    }
}

impl std::error::Error for UnknownCurrency {}

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals an amount has: EUR 2, JPY 0, KWD 3 (ISO 4217 minor units).
    #[must_use]
    pub fn exponent(self) -> u32 {
        u32::from(self.1)
    }

    /// Minor units in one major unit: 100 for EUR.
    #[must_use]
    pub fn minor_units(self) -> i64 {
        10_i64.pow(self.exponent())
    }
}

impl std::str::FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = iso_currency::Currency::from_code(text).ok_or(UnknownCurrency)?;
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let exponent = u8::try_from(known.exponent().unwrap_or(0)).map_err(|_| UnknownCurrency)?;
        Ok(Self(code, exponent))
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

// A key that starts with a tenant is never counted up.
#[cfg(feature = "orm")]
impl sea_orm::TryFromU64 for Currency {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("Currency"))
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::number::text_schema("currency", "ISO 4217 code", "^[A-Z]{3}$")
    }
}

impl utoipa::ToSchema for Currency {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_follow_iso_4217() {
        for (code, exponent) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2), ("CLF", 4)] {
            let currency: Currency = code.parse().unwrap();
            assert_eq!((currency.code(), currency.exponent()), (code, exponent));
        }
        assert!("eur".parse::<Currency>().is_err());
        assert!("ZZZ".parse::<Currency>().is_err());
    }
}
