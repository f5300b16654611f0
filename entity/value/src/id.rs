//! Typed ids: UUIDv7 in storage, `prefix_` + 26 characters of Crockford base32 (TypeID) on the wire. The kinds and their prefixes stand in `kind`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use uuid::Uuid;

/// What an id names.
pub trait Kind: 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
    /// The name of the object on the wire, as in `"object": "invoice"`.
    const NAME: &'static str;
}

/// The id of an object of kind `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// The text is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl std::fmt::Display for NotAnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("is not an id of the expected kind")
    }
}

impl std::error::Error for NotAnId {}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

impl<K> Id<K> {
    /// A new id, later than every id this process made before.
    #[must_use]
    pub fn new() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The id that storage holds.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// What storage holds.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The id of another kind with the same bits: an obligation shares its order line's.
    #[must_use]
    pub const fn cast<L>(self) -> Id<L> {
        Id::from_uuid(self.0)
    }
}

impl<K> Default for Id<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> std::fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> std::fmt::Display for Id<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&type_id(K::PREFIX, self.0))
    }
}

impl<K: Kind> std::str::FromStr for Id<K> {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (prefix, uuid) = split_type_id(text).ok_or(NotAnId)?;
        if prefix == K::PREFIX { Ok(Self::from_uuid(uuid)) } else { Err(NotAnId) }
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&type_id(K::PREFIX, self.0))
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let pattern = format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX);
        crate::number::text_schema(&format!("id:{}", K::PREFIX), &format!("Id of a {}", K::NAME.replace('_', " ")), &pattern)
    }
}

impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}_id", K::NAME).into()
    }
}

/// Writes a TypeID.
#[must_use]
pub fn type_id(prefix: &str, uuid: Uuid) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + DIGITS);
    text.push_str(prefix);
    text.push('_');
    let mut digits = [b'0'; DIGITS];
    let mut bits = uuid.as_u128();
    for digit in digits.iter_mut().rev() {
        let [low, ..] = bits.to_le_bytes();
        *digit = ALPHABET.get(usize::from(low & 31)).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    text.push_str(std::str::from_utf8(&digits).unwrap_or_default());
    text
}

/// What a character is worth as a digit: its place in [`ALPHABET`]; 255 for one that is none.
const fn worth(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'h' => character - b'a' + 10,
        b'j'..=b'k' => character - b'j' + 18,
        b'm'..=b'n' => character - b'm' + 20,
        b'p'..=b't' => character - b'p' + 22,
        b'v'..=b'z' => character - b'v' + 27,
        _ => 255,
    }
}

/// Reads a TypeID of any prefix: the prefix and the UUID. Only the canonical lower-case form is an id.
#[must_use]
pub fn split_type_id(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, digits) = text.rsplit_once('_')?;
    if digits.len() != DIGITS || prefix.is_empty() {
        return None;
    }
    // 26 digits hold 130 bits: the first one must not use the two that are too many.
    if worth(*digits.as_bytes().first()?) > 7 {
        return None;
    }
    let mut bits: u128 = 0;
    for character in digits.bytes() {
        let value = worth(character);
        if value > 31 {
            return None;
        }
        bits = (bits << 5) | u128::from(value);
    }
    Some((prefix, Uuid::from_u128(bits)))
}

#[cfg(feature = "orm")]
mod orm {
    use super::Id;
    use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
    use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable};
    use uuid::Uuid;

    impl<K> From<Id<K>> for Value {
        fn from(id: Id<K>) -> Self {
            Value::Uuid(Some(id.uuid()))
        }
    }

    impl<K> ValueType for Id<K> {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
        }
        fn type_name() -> String {
            "Id".to_owned()
        }
        fn array_type() -> ArrayType {
            ArrayType::Uuid
        }
        fn column_type() -> ColumnType {
            ColumnType::Uuid
        }
    }

    impl<K> TryGetable for Id<K> {
        fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
            <Uuid as TryGetable>::try_get_by(row, index).map(Self::from_uuid)
        }
    }

    impl<K> Nullable for Id<K> {
        fn null() -> Value {
            Value::Uuid(None)
        }
    }

    impl<K> TryFromU64 for Id<K> {
        fn try_from_u64(_: u64) -> Result<Self, DbErr> {
            Err(DbErr::ConvertFromU64("Id"))
        }
    }

    impl<K> sea_orm::sea_query::postgres_array::NotU8 for Id<K> {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InvoiceId, OrderId, PaymentId};
    use proptest::prelude::*;

    #[test]
    fn another_kind_is_no_id_of_this_one() {
        let invoice = InvoiceId::new();
        assert!(invoice.to_string().starts_with("inv_"));
        assert_eq!(invoice.to_string().parse::<InvoiceId>(), Ok(invoice));
        assert!(invoice.to_string().parse::<PaymentId>().is_err());
        assert!(invoice.to_string().to_uppercase().parse::<InvoiceId>().is_err());
        assert!("inv_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<InvoiceId>().is_err());
    }

    #[test]
    fn later_ids_are_larger() {
        let ids: Vec<_> = (0..1000).map(|_| InvoiceId::new()).collect();
        assert!(ids.is_sorted());
    }

    proptest! {
        #[test]
        fn every_uuid_survives(bits in any::<u128>()) {
            let id = OrderId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<OrderId>(), Ok(id));
        }
    }
}
