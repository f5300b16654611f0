//! What an answer can be expanded by (`?expand=party`): every field that names an object by its id, where an operation reads that object.

use crate::{Method, Row, Shape};
use std::sync::Arc;

/// One object that an answer can carry beside its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What the caller asks for and the field of the object: `party`.
    pub name: String,
    /// The field of its id: `party_id`.
    pub field: String,
    /// The path of the operation that reads it, with its `{id}`.
    pub path: &'static str,
}

/// What the answers of `row` can be expanded by: an object, or each object of a page.
#[must_use]
pub fn relations(row: &Row, rows: &[Row]) -> Vec<Relation> {
    if row.method != Method::Get || !(row.page || row.path.ends_with("/{id}")) {
        return Vec::new();
    }
    let fields = object_fields((row.reply)());
    let named = fields.iter().filter_map(|(field, prefix)| {
        let name = field.strip_suffix("_id")?;
        let taken = fields.iter().any(|(other, _)| other == name);
        let path = read_at(prefix, rows)?;
        (!taken).then(|| Relation { name: name.to_owned(), field: field.clone(), path })
    });
    named.collect()
}

/// The path of the operation that reads one object whose id begins so, with its `{id}`.
#[must_use]
pub fn read_at(prefix: &str, rows: &[Row]) -> Option<&'static str> {
    let reads = |row: &&Row| row.method == Method::Get && row.path.starts_with("/v1/") && row.path.ends_with("/{id}") && (row.path_prefixes)() == [prefix];
    Some(rows.iter().find(reads)?.path)
}

/// The fields of the object, or of the objects of the page, with the id prefix of those that name another.
fn object_fields(shape: Shape) -> Vec<(String, String)> {
    let Shape::Object { fields, .. } = shape else { return Vec::new() };
    if let Some(Shape::List { items, .. }) = fields.get("data").map(|field| field.shape.as_ref())
        && fields.contains_key("has_more")
    {
        return object_fields(Shape::clone(items));
    }
    let prefix = |shape: &Arc<Shape>| match shape.as_ref() {
        Shape::Text { format, .. } => format.strip_prefix("id:").unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    fields.iter().map(|(name, field)| (name.clone(), prefix(&field.shape))).collect()
}
