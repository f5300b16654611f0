//! What the door knows about a table: its statements, built once from the entity, and how its cells are read on SQLite.

use sea_orm::sea_query::{ColumnType, Value};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn};
use std::any::TypeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The kind of a cell, which SQLite does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// 64-bit integer.
    Whole,
    /// Text.
    Text,
    /// UUID.
    Uuid,
    /// Bytes.
    Bytes,
    /// True or false.
    YesNo,
}

impl Cell {
    fn of(kind: &ColumnType) -> Self {
        match kind {
            ColumnType::Uuid => Self::Uuid,
            ColumnType::Boolean => Self::YesNo,
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Self::Bytes,
            ColumnType::BigInteger | ColumnType::Integer | ColumnType::SmallInteger | ColumnType::BigUnsigned => Self::Whole,
            _ => Self::Text,
        }
    }

    /// The value of a cell as SQLite stores it.
    pub(crate) fn value(self, cell: rusqlite::types::ValueRef<'_>) -> Value {
        use rusqlite::types::ValueRef;
        match (self, cell) {
            (Self::Whole, ValueRef::Integer(number)) => Value::BigInt(Some(number)),
            (Self::YesNo, ValueRef::Integer(number)) => Value::Bool(Some(number != 0)),
            (Self::Text, ValueRef::Text(text)) => Value::String(Some(String::from_utf8_lossy(text).into_owned())),
            (Self::Uuid, ValueRef::Blob(bytes)) => Value::Uuid(uuid::Uuid::from_slice(bytes).ok()),
            (Self::Bytes, ValueRef::Blob(bytes)) => Value::Bytes(Some(bytes.to_vec())),
            (kind, _) => kind.null(),
        }
    }

    /// The value of a cell without one.
    pub(crate) const fn null(self) -> Value {
        match self {
            Self::Whole => Value::BigInt(None),
            Self::YesNo => Value::Bool(None),
            Self::Text => Value::String(None),
            Self::Uuid => Value::Uuid(None),
            Self::Bytes => Value::Bytes(None),
        }
    }
}

/// A table as the door sees it.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns in order.
    pub columns: Vec<(&'static str, Cell)>,
    /// The columns of its primary key.
    pub key: Vec<&'static str>,
    /// `SELECT … FROM …`, without conditions.
    pub select: String,
    /// `INSERT INTO … (…) VALUES `, without the tuple.
    pub insert: String,
    /// The whole insert of one row.
    pub insert_one: String,
    /// Whether rows belong to a tenant.
    pub tenant: bool,
    /// Whether rows belong to a company.
    pub company: bool,
    /// Whether rows carry a version.
    pub version: bool,
}

thread_local! {
    static TABLES: RefCell<HashMap<TypeId, Rc<Table>>> = RefCell::new(HashMap::new());
}

impl Table {
    /// The table of an entity. Built once per thread.
    #[must_use]
    pub fn of<E: EntityTrait>() -> Rc<Self> {
        TABLES.with(|tables| Rc::clone(tables.borrow_mut().entry(TypeId::of::<E>()).or_insert_with(|| Rc::new(Self::build::<E>()))))
    }

    fn build<E: EntityTrait>() -> Self {
        let name = E::default().table_name();
        let columns: Vec<(&'static str, Cell)> = E::Column::iter().map(|column| (column.as_str(), Cell::of(column.def().get_column_type()))).collect();
        let list = columns.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO {name} ({list}) VALUES ");
        let has = |wanted: &str| columns.iter().any(|(column, _)| *column == wanted);
        Self {
            name,
            key: E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect(),
            select: format!("SELECT {list} FROM {name}"),
            insert_one: format!("{insert}{}", tuple(1, columns.len())),
            insert,
            tenant: has("tenant_id") && E::PrimaryKey::iter().any(|key| key.into_column().as_str() == "tenant_id"),
            company: has("company_id"),
            version: has("version"),
            columns,
        }
    }

    /// Whether it has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| *name == column)
    }
}

/// `($first, …)` with `count` placeholders.
pub(crate) fn tuple(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    format!("({})", places.join(", "))
}
