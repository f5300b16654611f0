//! Reading rows of one table. The tenant and the granted companies are part of every condition by construction.

use super::{Cell, Table, Tx};
use causeway_contract::Problem;
use sea_orm::sea_query::Value;
use sea_orm::{EntityTrait, IdenStatic};
use std::fmt::Write;
use std::marker::PhantomData;
use std::rc::Rc;

/// A query over one table.
pub struct Find<E: EntityTrait> {
    table: Rc<Table>,
    conditions: String,
    values: Vec<Value>,
    order: String,
    limit: Option<u64>,
    lock: bool,
    all_companies: bool,
    entity: PhantomData<E>,
}

impl<E: EntityTrait> Default for Find<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: EntityTrait> Find<E> {
    /// All rows of the tenant.
    #[must_use]
    pub fn new() -> Self {
        Self {
            table: Table::of::<E>(),
            conditions: String::new(),
            // The tenant is always `$1`; `Tx` fills it in.
            values: vec![Value::Uuid(None)],
            order: String::new(),
            limit: None,
            lock: false,
            all_companies: false,
            entity: PhantomData,
        }
    }

    fn place(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len()
    }

    fn compare(mut self, column: &str, operator: &str, value: Value) -> Self {
        let place = self.place(value);
        let _ = write!(self.conditions, " AND {column} {operator} ${place}");
        self
    }

    /// Only rows whose `column` equals `value`.
    #[must_use]
    pub fn eq(self, column: E::Column, value: impl Into<Value>) -> Self {
        self.compare(column.as_str(), "=", value.into())
    }

    /// Only rows whose `column` does not equal `value`.
    #[must_use]
    pub fn ne(self, column: E::Column, value: impl Into<Value>) -> Self {
        self.compare(column.as_str(), "<>", value.into())
    }

    /// Only rows whose `column` is greater than `value`.
    #[must_use]
    pub fn gt(self, column: E::Column, value: impl Into<Value>) -> Self {
        self.compare(column.as_str(), ">", value.into())
    }

    /// Only rows whose `column` is at most `value`.
    #[must_use]
    pub fn lte(self, column: E::Column, value: impl Into<Value>) -> Self {
        self.compare(column.as_str(), "<=", value.into())
    }

    /// Only rows whose `column` compares so with `value`; for filters whose operator is data. `operator` must be a literal.
    #[must_use]
    pub(crate) fn compare_named(self, column: &'static str, operator: &'static str, value: Value) -> Self {
        self.compare(column, operator, value)
    }

    /// Only rows whose `column` is one of `values`; for filters whose column is data.
    #[must_use]
    pub(crate) fn among_named(mut self, column: &'static str, values: impl IntoIterator<Item = Value>) -> Self {
        let places: Vec<String> = values.into_iter().map(|value| format!("${}", self.place(value))).collect();
        let _ = write!(self.conditions, " AND {column} IN ({})", places.join(", "));
        self
    }

    /// Only rows for which this SQL holds; `?` marks take the values in order.
    #[must_use]
    pub fn when(mut self, sql: &str, values: Vec<Value>) -> Self {
        let mut parts = sql.split('?');
        let mut text = String::from(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            let place = self.place(value);
            let _ = write!(text, "${place}{part}");
        }
        let _ = write!(self.conditions, " AND ({text})");
        self
    }

    /// Only rows whose `column` is null.
    #[must_use]
    pub fn is_null(mut self, column: E::Column) -> Self {
        let _ = write!(self.conditions, " AND {} IS NULL", column.as_str());
        self
    }

    /// Only rows whose `column` is one of `values`; none match an empty list.
    #[must_use]
    pub fn among<V: Into<Value>>(mut self, column: E::Column, values: impl IntoIterator<Item = V>) -> Self {
        let places: Vec<String> = values.into_iter().map(|value| format!("${}", self.place(value.into()))).collect();
        let list = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
        let _ = write!(self.conditions, " AND {} IN ({list})", column.as_str());
        self
    }

    /// Sorts ascending; may be called again for the next key.
    #[must_use]
    pub fn order_by(self, column: E::Column) -> Self {
        self.order(column.as_str(), "ASC")
    }

    /// Sorts descending; may be called again for the next key.
    #[must_use]
    pub fn order_by_desc(self, column: E::Column) -> Self {
        self.order(column.as_str(), "DESC")
    }

    pub(crate) fn order(mut self, column: &str, direction: &str) -> Self {
        let comma = if self.order.is_empty() { " ORDER BY " } else { ", " };
        let _ = write!(self.order, "{comma}{column} {direction}");
        self
    }

    /// At most this many rows.
    #[must_use]
    pub const fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Keeps the rows from being changed by others until the transaction ends. SQLite's single writer needs no lock.
    #[must_use]
    pub const fn lock(mut self) -> Self {
        self.lock = true;
        self
    }

    /// Rows of every company, whatever the caller may see: for checks of the whole tenant that tell nothing of a row.
    #[must_use]
    pub const fn of_all_companies(mut self) -> Self {
        self.all_companies = true;
        self
    }

    fn sql(&mut self, tx: &Tx<'_>) -> String {
        let scope = if self.table.tenant {
            if let Some(first) = self.values.first_mut() {
                *first = Value::Uuid(Some(tx.tenant().uuid()));
            }
            "tenant_id = $1"
        } else {
            if let Some(first) = self.values.first_mut() {
                *first = Value::Bool(Some(true));
            }
            "$1"
        };
        let mut sql = format!("{} WHERE {scope}{}", self.table.select, self.conditions);
        if let Some(companies) = tx.companies().filter(|_| !self.all_companies) {
            let column = if self.table.name == "companies" { Some("id") } else { self.table.company.then_some("company_id") };
            if let Some(column) = column {
                let places: Vec<String> = companies.iter().map(|company| format!("${}", self.place((*company).into()))).collect();
                let list = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
                let _ = write!(sql, " AND ({column} IN ({list}) OR {column} IS NULL)");
            }
        }
        sql.push_str(&self.order);
        if let Some(limit) = self.limit {
            let _ = write!(sql, " LIMIT {limit}");
        }
        if self.lock && tx.locks() {
            sql.push_str(" FOR UPDATE");
        }
        sql
    }

    /// All matching rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(mut self, tx: &mut Tx<'_>) -> Result<Vec<E::Model>, Problem> {
        let sql = self.sql(tx);
        let table = Rc::clone(&self.table);
        let models = tx.models::<E>(&sql, self.values, &table).await?;
        for model in &models {
            tx.check_expected(model, &table)?;
        }
        Ok(models)
    }

    /// The first matching row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn one(self, tx: &mut Tx<'_>) -> Result<Option<E::Model>, Problem> {
        Ok(self.limit(1).all(tx).await?.into_iter().next())
    }

    /// How many rows match.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(mut self, tx: &mut Tx<'_>) -> Result<i64, Problem> {
        self.order.clear();
        let sql = self.sql(tx);
        let counted = format!("SELECT COUNT(*) AS n FROM ({sql}) AS counted");
        let rows = tx.query(&counted, self.values, &[("n", Cell::Whole)]).await?;
        Ok(rows.first().and_then(|row| row.try_get::<i64>("", "n").ok()).unwrap_or_default())
    }
}
