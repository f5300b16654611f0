//! Tables as data, and their statements for both databases.
//!
//! What it is: the column kinds of the house and the two kinds of table (architecture.md). A *tenant* table has a primary key that starts with
//! `tenant_id`, and so does every unique key, index and foreign key that it is given here; on PostgreSQL row security is forced on it. A *platform*
//! table stands above all tenants. What it is not: a general query builder. Triggers, sequences, defaults and deferred constraints are left out on
//! purpose: the schema can be distributed by tenant.

use crate::{Dialect, TableInfo};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A UUID: 16 bytes on SQLite, `uuid` on PostgreSQL.
    Id,
    /// A 64-bit integer: amounts, quantities, instants, counters.
    Integer,
    /// Text that compares by code point on both databases, so that ranges and sorts agree. JSON is text, too.
    Text,
    /// Bytes.
    Bytes,
    /// True or false: 0 or 1 on SQLite.
    YesNo,
}

impl Kind {
    const fn sql(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Id | Self::Bytes, Dialect::Sqlite) => "BLOB",
            (Self::Integer | Self::YesNo, Dialect::Sqlite) => "INTEGER",
            (Self::Text, Dialect::Sqlite) => "TEXT",
            (Self::Id, Dialect::Postgres) => "uuid",
            (Self::Bytes, Dialect::Postgres) => "bytea",
            (Self::Integer, Dialect::Postgres) => "bigint",
            (Self::Text, Dialect::Postgres) => "text COLLATE \"C\"",
            (Self::YesNo, Dialect::Postgres) => "boolean",
        }
    }
}

/// A column. It is never null unless said.
pub(crate) struct Column {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    unique: bool,
    indexed: bool,
    references: Option<&'static str>,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false, unique: false, indexed: false, references: None }
}

/// A column of [`Kind::Id`].
pub(crate) const fn id(name: &'static str) -> Column {
    column(name, Kind::Id)
}

/// A column of [`Kind::Integer`].
pub(crate) const fn integer(name: &'static str) -> Column {
    column(name, Kind::Integer)
}

/// A column of [`Kind::Text`].
pub(crate) const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

/// A column of [`Kind::Bytes`].
pub(crate) const fn bytes(name: &'static str) -> Column {
    column(name, Kind::Bytes)
}

/// A column of [`Kind::YesNo`].
pub(crate) const fn yes_no(name: &'static str) -> Column {
    column(name, Kind::YesNo)
}

impl Column {
    /// May be null.
    pub(crate) const fn null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Unique by itself, in a tenant table per tenant.
    pub(crate) const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Indexed together with the primary key, so that a filter by it pages in the order of the key. The index is `<table>_<column>`.
    pub(crate) const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// Names a row of this tenant table by its id.
    pub(crate) const fn references(mut self, table: &'static str) -> Self {
        self.references = Some(table);
        self
    }

    fn sql(&self, dialect: Dialect) -> String {
        format!("\"{}\" {}{}", self.name, self.kind.sql(dialect), if self.nullable { "" } else { " NOT NULL" })
    }
}

/// A table.
pub struct Table {
    name: &'static str,
    tenant: bool,
    /// Only adds its columns to a table that is there.
    addition: bool,
    key: Vec<&'static str>,
    columns: Vec<Column>,
    uniques: Vec<Vec<&'static str>>,
    indexes: Vec<(&'static str, Vec<&'static str>)>,
    checks: Vec<(&'static str, &'static str)>,
}

/// A tenant table of objects: `tenant_id` and `id` come first and are its primary key.
pub(crate) fn tenant_table(name: &'static str) -> Table {
    tenant_table_by(name, &["id"]).columns([id("id")])
}

/// A tenant table with another primary key: `tenant_id` and then `key`.
pub(crate) fn tenant_table_by(name: &'static str, key: &[&'static str]) -> Table {
    Table { tenant: true, ..platform_table(name, key) }.columns([id("tenant_id")])
}

/// A platform table with the primary key `key`.
pub(crate) fn platform_table(name: &'static str, key: &[&'static str]) -> Table {
    Table { name, tenant: false, addition: false, key: key.to_vec(), columns: Vec::new(), uniques: Vec::new(), indexes: Vec::new(), checks: Vec::new() }
}

/// Columns that a tenant table of objects gets after those it has. They must be nullable: the rows that are there have no value for them.
pub(crate) fn addition_to(name: &'static str) -> Table {
    Table { tenant: true, addition: true, ..platform_table(name, &["id"]) }
}

/// Columns that a platform table gets after those it has. They must be nullable.
pub(crate) fn platform_addition_to(name: &'static str) -> Table {
    Table { addition: true, ..platform_table(name, &["id"]) }
}

impl Table {
    /// Adds columns.
    pub(crate) fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns.extend(columns);
        self
    }

    /// Adds what every main object has: its version, and when it was made and last changed (microseconds since 1970).
    pub(crate) fn versioned(self) -> Self {
        self.columns([integer("version"), integer("created_at"), integer("updated_at").indexed()])
    }

    /// These columns together are unique, in a tenant table per tenant.
    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        self.uniques.push(columns.to_vec());
        self
    }

    /// Indexes these columns under `<table>_<name>`.
    pub(crate) fn index(mut self, name: &'static str, columns: &[&'static str]) -> Self {
        self.indexes.push((name, columns.to_vec()));
        self
    }

    /// Every row satisfies `condition`; the constraint is `<table>_<name>_check`.
    pub(crate) fn check(mut self, name: &'static str, condition: &'static str) -> Self {
        self.checks.push((name, condition));
        self
    }

    /// What tests compare.
    #[must_use]
    pub fn info(&self) -> TableInfo {
        TableInfo {
            name: self.name,
            tenant: self.tenant,
            key: self.scoped(&self.key),
            columns: self.columns.iter().map(|c| (c.name, c.kind, c.nullable)).collect(),
        }
    }

    /// Whether it only adds columns to a table that is there.
    #[must_use]
    pub const fn is_addition(&self) -> bool {
        self.addition
    }

    /// `columns`, after `tenant_id` in a tenant table.
    fn scoped<'a>(&self, columns: &[&'a str]) -> Vec<&'a str> {
        let tenant: &[&str] = if self.tenant { &["tenant_id"] } else { &[] };
        [tenant, columns].concat()
    }

    fn create(&self, dialect: Dialect) -> Vec<String> {
        if self.addition {
            let add = |column: &Column| format!("ALTER TABLE \"{}\" ADD COLUMN {}", self.name, column.sql(dialect));
            return self.columns.iter().map(add).chain(self.create_indexes()).collect();
        }
        let mut statements = vec![self.create_table(dialect)];
        statements.extend(self.create_indexes());
        if self.tenant && dialect == Dialect::Postgres {
            statements.extend(self.row_security());
        }
        statements
    }

    fn create_table(&self, dialect: Dialect) -> String {
        let mut parts: Vec<String> = self.columns.iter().map(|column| column.sql(dialect)).collect();
        parts.push(format!("CONSTRAINT \"{}_pkey\" PRIMARY KEY ({})", self.name, list(&self.scoped(&self.key))));
        let single = self.columns.iter().filter(|column| column.unique).map(|column| vec![column.name]);
        parts.extend(single.chain(self.uniques.iter().cloned()).map(|columns| self.unique_key(&columns)));
        parts.extend(self.columns.iter().filter_map(|column| self.foreign_key(column)));
        parts.extend(self.checks.iter().map(|(name, condition)| format!("CONSTRAINT \"{}_{name}_check\" CHECK ({condition})", self.name)));
        let strict = if dialect == Dialect::Sqlite { " STRICT" } else { "" };
        format!("CREATE TABLE \"{}\" (\n  {}\n){strict}", self.name, parts.join(",\n  "))
    }

    fn unique_key(&self, columns: &[&str]) -> String {
        format!("CONSTRAINT \"{}_{}_key\" UNIQUE ({})", self.name, columns.join("_"), list(&self.scoped(columns)))
    }

    fn foreign_key(&self, column: &Column) -> Option<String> {
        let (table, column) = (column.references?, column.name);
        let (from, to) = (list(&self.scoped(&[column])), list(&self.scoped(&["id"])));
        Some(format!("CONSTRAINT \"{}_{column}_fkey\" FOREIGN KEY ({from}) REFERENCES \"{table}\" ({to})", self.name))
    }

    /// Indexes go with their table, but not with a column.
    fn remove(&self) -> Vec<String> {
        if !self.addition {
            return vec![format!("DROP TABLE \"{}\"", self.name)];
        }
        let single = self.columns.iter().filter(|column| column.indexed).map(|column| column.name);
        let indexes = single.chain(self.indexes.iter().map(|(name, _)| *name)).map(|name| format!("DROP INDEX \"{}_{name}\"", self.name));
        indexes.chain(self.columns.iter().rev().map(|column| format!("ALTER TABLE \"{}\" DROP COLUMN \"{}\"", self.name, column.name))).collect()
    }

    fn create_indexes(&self) -> Vec<String> {
        let with_key = |column: &Column| {
            let rest = self.key.iter().filter(|key| **key != column.name);
            (column.name, std::iter::once(&column.name).chain(rest).copied().collect())
        };
        let single = self.columns.iter().filter(|column| column.indexed).map(with_key);
        single
            .chain(self.indexes.iter().cloned())
            .map(|(name, columns)| format!("CREATE INDEX \"{table}_{name}\" ON \"{table}\" ({})", list(&self.scoped(&columns)), table = self.name))
            .collect()
    }

    /// The backstop behind the tenant filter of every query (INV-9). Without a tenant set no row is visible: after a commit the setting is empty text.
    fn row_security(&self) -> [String; 3] {
        let table = self.name;
        let own = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";
        [
            format!("ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE \"{table}\" FORCE ROW LEVEL SECURITY"),
            format!("CREATE POLICY tenant ON \"{table}\" USING ({own}) WITH CHECK ({own})"),
        ]
    }
}

/// The statements that let a column of a table be null that was not. `column` is the column as it is from now on.
///
/// SQLite has no statement for it; correcting the text of the table is the way that its manual gives for constraints that leave the stored rows as they are.
pub(crate) fn relax(table: &str, column: Column, dialect: Dialect) -> Vec<String> {
    if dialect == Dialect::Postgres {
        return vec![format!("ALTER TABLE \"{table}\" ALTER COLUMN \"{}\" DROP NOT NULL", column.name)];
    }
    let after = column.sql(dialect);
    rewrite(table, &format!("{after} NOT NULL"), &after).to_vec()
}

/// The statements that take [`relax`] back. They fail while a row has no value.
pub(crate) fn tighten(table: &str, column: Column, dialect: Dialect) -> Vec<String> {
    let name = column.name;
    if dialect == Dialect::Postgres {
        return vec![format!("ALTER TABLE \"{table}\" ALTER COLUMN \"{name}\" SET NOT NULL")];
    }
    let before = column.sql(dialect);
    // Nobody else looks at the rows: one without a value must fail here.
    let refuse = format!("UPDATE \"{table}\" SET \"tenant_id\" = NULL WHERE \"{name}\" IS NULL");
    std::iter::once(refuse).chain(rewrite(table, &before, &format!("{before} NOT NULL"))).collect()
}

/// Statements that read or change rows of these tenant tables for all tenants. Row security that is forced hides every row from the owner of the tables,
/// too, unless a tenant is named.
pub(crate) fn unforced(tables: &[&str], dialect: Dialect, statements: &[&str]) -> Vec<String> {
    let forced = |word: &str| match dialect {
        Dialect::Postgres => tables.iter().map(|table| format!("ALTER TABLE \"{table}\" {word} ROW LEVEL SECURITY")).collect(),
        Dialect::Sqlite => Vec::new(),
    };
    let statements: Vec<String> = statements.iter().map(|statement| (*statement).to_owned()).collect();
    [forced("NO FORCE"), statements, forced("FORCE")].concat()
}

fn rewrite(table: &str, before: &str, after: &str) -> [String; 3] {
    [
        "PRAGMA writable_schema = ON".to_owned(),
        format!("UPDATE sqlite_schema SET sql = replace(sql, '{before}', '{after}') WHERE type = 'table' AND name = '{table}'"),
        // Ends the writing and reads the schema again.
        "PRAGMA writable_schema = RESET".to_owned(),
    ]
}

fn list(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// The statements that create or extend `tables`, in order.
pub(crate) fn create(tables: &[Table], dialect: Dialect) -> Vec<String> {
    tables.iter().flat_map(|table| table.create(dialect)).collect()
}

/// The statements that remove `tables`, last one first. Indexes and policies go with their table.
pub(crate) fn remove(tables: &[Table]) -> Vec<String> {
    tables.iter().rev().flat_map(Table::remove).collect()
}
