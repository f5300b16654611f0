//! Pages of which a part is wanted: whoever counts rows, or learns their names, does not hold a hundred whole documents for that.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// What is wanted of the rows of a page; all else of it is read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// So many rows at its beginning are whole.
    pub whole: usize,
    /// The fields of the others.
    pub fields: &'static [&'static str],
}

/// Reads a page, and of its rows the part that is wanted.
///
/// # Errors
/// When it is no page.
pub fn read(content: &[u8], part: Part) -> Result<Value, serde_json::Error> {
    let mut page = serde_json::Deserializer::from_slice(content);
    let value = Page(part).deserialize(&mut page)?;
    page.end().map(|()| value)
}

struct Page(Part);

impl<'de> DeserializeSeed<'de> for Page {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Page {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a page of rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut page = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = if name == "data" { from.next_value_seed(Rows(self.0))? } else { from.next_value()? };
            page.insert(name, value);
        }
        Ok(Value::Object(page))
    }
}

struct Rows(Part);

impl<'de> DeserializeSeed<'de> for Rows {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut rows = Vec::new();
        loop {
            let row = if rows.len() < self.0.whole { from.next_element()? } else { from.next_element_seed(Row(self.0.fields))? };
            match row {
                Some(row) => rows.push(row),
                None => return Ok(Value::Array(rows)),
            }
        }
    }
}

struct Row(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Row {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut row = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            if self.0.contains(&name.as_str()) {
                row.insert(name, from.next_value()?);
            } else {
                from.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_read_as_far_as_they_are_wanted() {
        let page = json!({"data": [{"id": "a", "lines": [1]}, {"id": "b", "lines": [{"x": 2}], "name": null}, {}], "has_more": true, "next_cursor": "c"});
        let read = |part| read(page.to_string().as_bytes(), part).unwrap();
        assert_eq!(read(Part { whole: 9, fields: &[] }), page);
        let part = read(Part { whole: 1, fields: &["id", "name"] });
        assert_eq!(part, json!({"data": [{"id": "a", "lines": [1]}, {"id": "b", "name": null}, {}], "has_more": true, "next_cursor": "c"}));
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let part = Part { whole: 0, fields: &[] };
        for text in ["<html>", "[]", "{\"data\": 3}", "{\"data\": [3]}", "{\"data\": []} x", "{\"data\":"] {
            assert!(read(text.as_bytes(), part).is_err(), "{text}");
        }
    }
}
