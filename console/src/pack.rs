//! Objects of long lists, kept in few bytes: the names of fields, which are the same in every row and the greater part of its JSON, are kept once for all.
//!
//! The bytes are the console's own and live no longer than it does: nothing else reads them.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The most names that are kept once; what comes after them stands in its row. Objects may have fields whose names somebody made up.
const MOST: usize = 4_096;

/// What a piece is; the length of it, or what it holds, stands above these bits.
const KINDS: u64 = 3;
const OTHER: u64 = 0;
const TEXT: u64 = 1;
const NUMBER: u64 = 2;
const LIST: u64 = 3;
const OBJECT: u64 = 4;

/// The names of fields that were met so far.
#[derive(Default)]
struct Names {
    known: HashMap<Box<str>, u64>,
    list: Vec<Box<str>>,
}

static NAMES: LazyLock<Mutex<Names>> = LazyLock::new(Mutex::default);

impl Names {
    /// The number of a name, counted from 1; 0 when there is no room for another.
    fn number(&mut self, name: &str) -> u64 {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        if self.list.len() >= MOST {
            return 0;
        }
        self.list.push(name.into());
        let number = u64::try_from(self.list.len()).unwrap_or(0);
        self.known.insert(name.into(), number);
        number
    }

    fn name(&self, number: u64) -> Option<&str> {
        self.list.get(usize::try_from(number.checked_sub(1)?).ok()?).map(|name| &**name)
    }
}

/// A value in few bytes. The same value has the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// Bytes of it.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        self.0.len()
    }

    /// Packs a value.
    pub fn of(value: &Value) -> Self {
        let mut bytes = Vec::new();
        write(value, &mut NAMES.lock().unwrap_or_else(PoisonError::into_inner), &mut bytes);
        Self(bytes.as_slice().into())
    }

    /// The value that was packed.
    pub fn value(&self) -> Value {
        read(&mut &*self.0, &NAMES.lock().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
    }
}

fn write(value: &Value, names: &mut Names, bytes: &mut Vec<u8>) {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match value {
        Value::Null => number(OTHER, 0, bytes),
        Value::Bool(yes) => number(OTHER, 1_u64.saturating_add(u64::from(*yes)), bytes),
        Value::Number(digits) => text(NUMBER, &digits.to_string(), bytes),
        Value::String(string) => text(TEXT, string, bytes),
        Value::Array(items) => {
            number(LIST, count(items.len()), bytes);
            items.iter().for_each(|item| write(item, names, bytes));
        }
        Value::Object(fields) => {
            number(OBJECT, count(fields.len()), bytes);
            for (name, field) in fields {
                let known = names.number(name);
                varint(known, bytes);
                if known == 0 {
                    text(TEXT, name, bytes);
                }
                write(field, names, bytes);
            }
        }
    }
}

fn number(kind: u64, number: u64, bytes: &mut Vec<u8>) {
    varint((number << KINDS) | kind, bytes);
}

fn text(kind: u64, text: &str, bytes: &mut Vec<u8>) {
    number(kind, u64::try_from(text.len()).unwrap_or(0), bytes);
    bytes.extend_from_slice(text.as_bytes());
}

/// Seven bits a byte, the lowest first.
fn varint(mut number: u64, bytes: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn read(bytes: &mut &[u8], names: &Names) -> Option<Value> {
    let piece = take_varint(bytes)?;
    let size = piece >> KINDS;
    Some(match piece & ((1 << KINDS) - 1) {
        TEXT => Value::String(take_text(size, bytes)?),
        NUMBER => serde_json::from_str(&take_text(size, bytes)?).ok()?,
        LIST => (0..size).map(|_| read(bytes, names)).collect::<Option<Vec<_>>>()?.into(),
        OBJECT => {
            let mut fields = Map::new();
            for _ in 0..size {
                let name = match take_varint(bytes)? {
                    0 => {
                        let size = take_varint(bytes)? >> KINDS;
                        take_text(size, bytes)?
                    }
                    known => names.name(known)?.to_owned(),
                };
                fields.insert(name, read(bytes, names)?);
            }
            Value::Object(fields)
        }
        _ if size == 0 => Value::Null,
        _ => Value::Bool(size == 2),
    })
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(number);
        }
        shift = shift.saturating_add(7);
    }
}

fn take_text(size: u64, bytes: &mut &[u8]) -> Option<String> {
    let (text, rest) = bytes.split_at_checked(usize::try_from(size).ok()?)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn values() -> impl Strategy<Value = Value> {
        let one = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            "\\PC{0,200}".prop_map(Value::from),
        ];
        one.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("[a-z_]{1,12}", inner, 0..6).prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(value in values()) {
            let packed = Packed::of(&value);
            prop_assert_eq!(&packed.value(), &value);
            prop_assert_eq!(Packed::of(&value), packed);
        }
    }

    #[test]
    fn names_are_kept_once_and_made_up_ones_do_not_fill_the_memory() {
        let row = json!({"total_amount": "771.12", "currency": "EUR", "payment_state": null, "overdue": false});
        Packed::of(&row);
        assert!(Packed::of(&row).0.len() < 25, "{}", Packed::of(&row).0.len());
        let mut names = Names::default();
        for at in 0..MOST + 10 {
            names.number(&format!("made_up_{at}"));
        }
        assert_eq!((names.list.len(), names.number("another"), names.number("made_up_7")), (MOST, 0, 8));
        let mut bytes = Vec::new();
        write(&json!({"another": 1}), &mut names, &mut bytes);
        assert_eq!(read(&mut &*bytes, &names), Some(json!({"another": 1})));
    }

    #[test]
    fn bytes_that_end_too_early_are_no_value() {
        let bytes = Packed::of(&json!({"lines": [{"quantity": "2"}, 7]})).0;
        let names = NAMES.lock().unwrap();
        for end in 0..bytes.len() {
            assert_eq!(read(&mut &bytes[..end], &names), None, "{end}");
        }
    }
}
