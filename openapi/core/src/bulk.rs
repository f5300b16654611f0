//! Many objects in one request, and what became of each.

use crate::{Problem, Shape};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Items of one request, at most.
pub const BULK_ITEMS: usize = 1_000;

/// What happens to the good items when others are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkMode {
    /// All or none: one wrong item refuses the request, and every wrong field of every item is named.
    #[default]
    Atomic,
    /// Each item by itself: the good ones are written, and each wrong one has its own problem.
    PerItem,
}

/// Many objects to create.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk<T> {
    /// What happens to the good items when others are wrong: `atomic` when not given.
    #[serde(default)]
    pub mode: BulkMode,
    /// The objects, at most 1,000.
    pub items: Vec<T>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem<T> {
    /// Its place in the request, from 0.
    pub index: u32,
    /// The status that it would have had alone: 201 when it was created, 200 when the same item had been created before under its external references.
    pub status: u16,
    /// The object, as it is now; null when the item is wrong.
    pub result: Option<T>,
    /// What is wrong; null when there is an object.
    pub problem: Option<Problem>,
}

/// What became of all of them, in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult<T> {
    /// One for each item.
    pub data: Vec<BulkItem<T>>,
    /// How many are there: created now, or before.
    pub succeeded: u32,
    /// How many of those had been created before.
    #[serde(default)]
    pub replayed: u32,
    /// How many were not.
    pub failed: u32,
}

/// Takes the items that do not keep to their schema out of a body that wants each by itself, and answers what is wrong with each, by its place in the request.
/// Any other body stays as it is.
#[must_use]
pub fn set_aside(shape: &Shape, body: &mut Value) -> BTreeMap<u32, Problem> {
    let mut wrong = BTreeMap::new();
    let each = body.get("mode") == Some(&serde_json::json!(BulkMode::PerItem));
    let (Some(item), true) = (shape.items("items"), each) else { return wrong };
    let Some(items) = body.get_mut("items").and_then(Value::as_array_mut).filter(|items| items.len() <= BULK_ITEMS) else { return wrong };
    let mut place = 0;
    items.retain(|given| {
        let kept = item.check(given).map_err(|problem| wrong.insert(place, problem)).is_ok();
        place += 1;
        kept
    });
    wrong
}

impl BulkResult<Value> {
    /// With the items that [`set_aside`] took out, each at its place in the request.
    #[must_use]
    pub fn with_set_aside(self, wrong: &BTreeMap<u32, Problem>) -> Self {
        let failed = self.failed.saturating_add(u32::try_from(wrong.len()).unwrap_or(u32::MAX));
        let mut wrong = wrong.iter().peekable();
        let mut data = Vec::new();
        let mut others = self.data.into_iter();
        for index in 0.. {
            let aside = wrong.next_if(|(place, _)| **place == index).map(|(_, problem)| problem.clone());
            data.push(match aside {
                Some(problem) => BulkItem { index, status: problem.status, result: None, problem: Some(problem) },
                None => match others.next() {
                    Some(item) => BulkItem { index, ..item },
                    None => break,
                },
            });
        }
        Self { data, failed, ..self }
    }
}

// By hand: the derived name of a generic type leaves its argument out, so that all bulks would share one schema.
fn whole(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32))).description(Some(description))
}

fn nothing_or(name: impl Into<String>) -> RefOr<Schema> {
    let nothing = ObjectBuilder::new().schema_type(SchemaType::new(Type::Null)).build();
    RefOr::T(Schema::OneOf(utoipa::openapi::OneOfBuilder::new().item(nothing).item(Ref::from_schema_name(name)).build()))
}

impl<T: ToSchema> PartialSchema for Bulk<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name())).max_items(Some(BULK_ITEMS)).description(Some("The objects.")).build();
        ObjectBuilder::new()
            .description(Some("Many objects to create."))
            .property("mode", Ref::from_schema_name(BulkMode::name()))
            .property("items", items)
            .required("items")
            .build()
            .into()
    }
}

impl<T: ToSchema> ToSchema for Bulk<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Bulk", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((BulkMode::name().into_owned(), BulkMode::schema()));
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for BulkItem<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("What became of one item."))
            .property("index", whole("Its place in the request, from 0."))
            .property("status", whole("The status that it would have had alone: 201 when it was created, 200 when the same item had been created before under its external references."))
            .property("result", nothing_or(T::name()))
            .property("problem", nothing_or(Problem::name()))
            .required("index")
            .required("status")
            .build()
            .into()
    }
}

impl<T: ToSchema> ToSchema for BulkItem<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}BulkItem", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        schemas.push((Problem::name().into_owned(), Problem::schema()));
        T::schemas(schemas);
        Problem::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for BulkResult<T> {
    fn schema() -> RefOr<Schema> {
        let data = ArrayBuilder::new().items(Ref::from_schema_name(BulkItem::<T>::name())).description(Some("One for each item.")).build();
        ObjectBuilder::new()
            .description(Some("What became of each item, in the order of the request."))
            .property("data", data)
            .property("succeeded", whole("How many are there: created now, or before."))
            .property("replayed", whole("How many of those had been created before."))
            .property("failed", whole("How many were not."))
            .required("data")
            .required("succeeded")
            .required("replayed")
            .required("failed")
            .build()
            .into()
    }
}

impl<T: ToSchema> ToSchema for BulkResult<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}BulkResult", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((BulkItem::<T>::name().into_owned(), BulkItem::<T>::schema()));
        BulkItem::<T>::schemas(schemas);
    }
}
