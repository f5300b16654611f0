//! Prices, quantities, percentages and exchange rates: integers of a fixed scale that are never rounded on the way.

use crate::{DecimalError, Overflow, format_scaled, parse_scaled};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::SchemaFormat, schema::Type};

/// The grammar of every decimal on the wire.
pub(crate) const DECIMAL_PATTERN: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";

pub(crate) fn text_schema(format: &str, description: &str, pattern: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .description(Some(description))
        .pattern(Some(pattern))
        .build()
        .into()
}

/// A price per unit in millionths of the currency's major unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Price(pub i64);

/// A quantity in millionths of the unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Quantity(pub i64);

/// A percentage in millionths of one percent: 19 % is 19,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Percent(pub i64);

/// An exchange rate at 10^-12, in the direction in which it was quoted; it is never inverted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
pub struct Rate(pub i64);

impl Price {
    /// Millionths in one.
    pub const ONE: Self = Self(1_000_000);
    const SCALE: u32 = 6;
    const MIN_DECIMALS: u32 = 2;
    const FORMAT: &'static str = "price";
}

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(1_000_000);
    /// Nothing.
    pub const ZERO: Self = Self(0);
    const SCALE: u32 = 6;
    const MIN_DECIMALS: u32 = 0;
    const FORMAT: &'static str = "quantity";

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
}

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole: 100 %.
    pub const WHOLE: Self = Self(100_000_000);
    const SCALE: u32 = 6;
    const MIN_DECIMALS: u32 = 0;
    const FORMAT: &'static str = "percent";
}

impl Rate {
    /// One to one.
    pub const ONE: Self = Self(1_000_000_000_000);
    const SCALE: u32 = 12;
    const MIN_DECIMALS: u32 = 0;
    const FORMAT: &'static str = "rate";
}

/// What the four share: a scale and an exact text. One implementation each, so that none can be taken for another.
trait Scaled: Sized + Copy {
    const DESCRIPTION: &'static str;
    fn scale() -> (u32, u32, &'static str);
    fn raw(self) -> i64;
    fn of(raw: i64) -> Self;
    fn read(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(text, Self::scale().0).map(Self::of)
    }
    fn write(self) -> String {
        format_scaled(self.raw(), Self::scale().0, Self::scale().1)
    }
    fn describe() -> RefOr<Schema> {
        text_schema(Self::scale().2, Self::DESCRIPTION, DECIMAL_PATTERN)
    }
}

impl Scaled for Price {
    const DESCRIPTION: &'static str = "A price per unit as a decimal string, up to 6 decimals";
    fn scale() -> (u32, u32, &'static str) {
        (Self::SCALE, Self::MIN_DECIMALS, Self::FORMAT)
    }
    fn raw(self) -> i64 {
        self.0
    }
    fn of(raw: i64) -> Self {
        Self(raw)
    }
}

impl std::str::FromStr for Price {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::read(text)
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.write())
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.write())
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Price {
    fn schema() -> RefOr<Schema> {
        Self::describe()
    }
}

impl utoipa::ToSchema for Price {}

impl Scaled for Quantity {
    const DESCRIPTION: &'static str = "A quantity as a decimal string, up to 6 decimals";
    fn scale() -> (u32, u32, &'static str) {
        (Self::SCALE, Self::MIN_DECIMALS, Self::FORMAT)
    }
    fn raw(self) -> i64 {
        self.0
    }
    fn of(raw: i64) -> Self {
        Self(raw)
    }
}

impl std::str::FromStr for Quantity {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::read(text)
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.write())
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.write())
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        Self::describe()
    }
}

impl utoipa::ToSchema for Quantity {}

impl Scaled for Percent {
    const DESCRIPTION: &'static str = "A percentage as a decimal string, up to 6 decimals";
    fn scale() -> (u32, u32, &'static str) {
        (Self::SCALE, Self::MIN_DECIMALS, Self::FORMAT)
    }
    fn raw(self) -> i64 {
        self.0
    }
    fn of(raw: i64) -> Self {
        Self(raw)
    }
}

impl std::str::FromStr for Percent {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::read(text)
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.write())
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.write())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        Self::describe()
    }
}

impl utoipa::ToSchema for Percent {}

impl Scaled for Rate {
    const DESCRIPTION: &'static str = "An exchange rate as a decimal string, up to 12 decimals";
    fn scale() -> (u32, u32, &'static str) {
        (Self::SCALE, Self::MIN_DECIMALS, Self::FORMAT)
    }
    fn raw(self) -> i64 {
        self.0
    }
    fn of(raw: i64) -> Self {
        Self(raw)
    }
}

impl std::str::FromStr for Rate {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::read(text)
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.write())
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.write())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Rate {
    fn schema() -> RefOr<Schema> {
        Self::describe()
    }
}

impl utoipa::ToSchema for Rate {}
