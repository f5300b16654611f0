//! Lists: what can be filtered and sorted, each on an index, and the page that comes back.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema};

/// How the text of a filter is read and which comparisons it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKind {
    /// An id with this prefix; equality.
    Id(&'static str),
    /// An id of whatever kind; equality.
    AnyId,
    /// A word or code; equality, and one of several (`status[in]=open,won`).
    Word,
    /// A mail address, the same however it is capitalised; equality, and one of several.
    Mail {
        /// Whether the column holds small letters only; else the index is one of its small letters.
        small: bool,
    },
    /// A yes or no (`true`, `false`); equality.
    YesNo,
    /// An amount of money in the row's currency; equality and ranges, together with the filter `currency`: amounts of two currencies do not compare.
    Amount,
    /// A business day; equality and ranges.
    Day,
    /// An instant; equality and ranges.
    Instant,
    /// An id that a row of another table has; equality. Found is what such a row names in `parent`.
    Within {
        /// The prefix of the id.
        prefix: &'static str,
        /// The other table.
        table: &'static str,
        /// Its column with the id.
        column: &'static str,
        /// Its column that names ours.
        parent: &'static str,
    },
    /// A yes or no (`true`, `false`): whether this column has a value; equality.
    Given(&'static str),
    /// A yes or no (`true`, `false`): whether the amount in this column, which stands at zero while it is not known, is another; equality.
    Worth(&'static str),
    /// A yes or no (`true`, `false`) that the list's own handler knows the rows of; equality. This column is one that it looks at.
    Chosen(&'static str),
    /// An id with this prefix that the object shows inside another field of its own; equality.
    Inside {
        /// The prefix of the id.
        prefix: &'static str,
        /// The field of the object that it stands in, under the name of the filter.
        field: &'static str,
        /// The column.
        column: &'static str,
    },
    /// One of these words; equality. Found is whose column of that word is true, and who shows the word in the list `field`.
    Flag {
        /// The field of the object.
        field: &'static str,
        /// The words, each with its column.
        words: &'static [(&'static str, &'static str)],
    },
    /// The instant in this column, at which the row was made by wall time; equality and ranges. Ids begin with it, so the key serves it.
    Made(&'static str),
}

impl FilterKind {
    /// Whether `[gt]`, `[gte]`, `[lt]` and `[lte]` are allowed.
    #[must_use]
    pub const fn ranges(self) -> bool {
        matches!(self, Self::Amount | Self::Day | Self::Instant | Self::Made(_))
    }

    /// Whether `[in]` is allowed.
    #[must_use]
    pub const fn several(self) -> bool {
        matches!(self, Self::Word | Self::Mail { .. })
    }
}

/// One field that a list can be filtered by. Its name is the column's, unless its kind says another.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The parameter and the column.
    pub name: &'static str,
    /// How its text is read.
    pub kind: FilterKind,
    /// The index that serves it.
    pub index: &'static str,
}

impl Filter {
    /// The table and the column that it looks at, in a list of `table`.
    #[must_use]
    pub const fn looks_at(&self, table: &'static str) -> (&'static str, &'static str) {
        match self.kind {
            FilterKind::Within { table, column, .. } => (table, column),
            FilterKind::Given(column) | FilterKind::Worth(column) | FilterKind::Chosen(column) | FilterKind::Inside { column, .. } => (table, column),
            FilterKind::Flag { words: [(_, column), ..], .. } => (table, *column),
            FilterKind::Made(_) => (table, "id"),
            _ => (table, self.name),
        }
    }
}

/// One field that a list can be sorted by, in both directions.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    /// The name and the column.
    pub name: &'static str,
    /// The index that serves it; `primary` for the id.
    pub index: &'static str,
}

/// Everything that a list offers.
#[derive(Clone, Copy, Debug)]
pub struct ListSpec {
    /// The table.
    pub table: &'static str,
    /// Filters.
    pub filters: &'static [Filter],
    /// Sorts besides the default, which is id descending.
    pub sorts: &'static [Sort],
    /// Whether `q=` searches: words of the object and of its party, or number, reference and party of a document.
    pub search: bool,
    /// Whether `external_ref=system:id` finds by external reference.
    pub external_refs: bool,
}

impl ListSpec {
    /// What it can be sorted by: the id, and `created_at`, which follows the ids unless objects may be older than their rows.
    pub fn sort_names(&self) -> impl Iterator<Item = &'static str> {
        ["id", "created_at"].into_iter().chain(self.sorts.iter().map(|sort| sort.name).filter(|name| *name != "created_at"))
    }
}

/// The query of a list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// Rows of a page: 1 to 200, 50 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The field to sort by, with a leading `-` for descending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Words to search for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `system:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// `field` or `field[op]` with its value.
    #[serde(flatten)]
    pub filters: BTreeMap<String, String>,
}

impl ListQuery {
    /// A query with one filter.
    #[must_use]
    pub fn by(name: &str, value: impl std::fmt::Display) -> Self {
        Self::default().and(name, value)
    }

    /// Adds a filter.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.filters.insert(name.to_owned(), value.to_string());
        self
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// The cursor of the next page, null on the last one.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

// By hand: the derived name of a generic type leaves its argument out, so that all pages would share one schema.
impl<T: ToSchema> utoipa::PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let text = |kind: SchemaType, description: &str| ObjectBuilder::new().schema_type(kind).description(Some(description)).build();
        ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("data", ArrayBuilder::new().items(Ref::from_schema_name(T::name())).description(Some("The rows.")).build())
            .property("next_cursor", text(SchemaType::from_iter([Type::String, Type::Null]), "The cursor of the next page, null on the last one."))
            .property("has_more", text(SchemaType::new(Type::Boolean), "Whether there is a next page."))
            .required("data")
            .required("has_more")
            .build()
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
