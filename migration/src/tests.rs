//! The schema, built for real on SQLite, and the text of it for PostgreSQL.

use super::*;
use rusqlite::Connection;
use std::collections::BTreeSet;

fn apply(connection: &mut Connection, statements: impl IntoIterator<Item = String>) {
    let transaction = connection.transaction().unwrap();
    for statement in statements {
        transaction.execute_batch(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    transaction.commit().unwrap();
}

fn ups(dialect: Dialect) -> Vec<String> {
    all().iter().flat_map(|migration| (migration.up)(dialect)).collect()
}

fn downs(dialect: Dialect) -> Vec<String> {
    all().iter().rev().flat_map(|migration| (migration.down)(dialect)).collect()
}

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    apply(&mut connection, ups(Dialect::Sqlite));
    connection
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The schema's own statements, by name.
fn schema(connection: &Connection) -> Vec<String> {
    texts(connection, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
}

#[test]
fn up_down_and_up_again_leaves_the_same_schema() {
    let mut connection = database();
    let first = schema(&connection);
    assert!(!first.is_empty());
    apply(&mut connection, downs(Dialect::Sqlite));
    assert_eq!(schema(&connection), Vec::<String>::new());
    apply(&mut connection, ups(Dialect::Sqlite));
    assert_eq!(schema(&connection), first);
}

#[test]
fn names_are_numbered_in_order() {
    let numbers: Vec<&str> = all().iter().filter_map(|migration| migration.name.get(..5)).collect();
    assert!(numbers.iter().all(|number| number.starts_with('m') && number.bytes().skip(1).all(|byte| byte.is_ascii_digit())), "{numbers:?}");
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
}

#[test]
fn columns_are_what_the_list_of_tables_says() {
    let connection = database();
    let existing: BTreeSet<String> = texts(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table'").into_iter().collect();
    assert_eq!(existing, tables().iter().map(|table| table.name.to_owned()).collect());
    for table in tables() {
        let columns = texts(&connection, &format!("SELECT name || ' ' || type || ' ' || \"notnull\" FROM pragma_table_info('{}')", table.name));
        let expected: Vec<String> = table.columns.iter().map(|(name, kind, nullable)| format!("{name} {} {}", stored(*kind), u8::from(!nullable))).collect();
        assert_eq!(columns, expected, "{}", table.name);
        assert_eq!(texts(&connection, &format!("SELECT name FROM pragma_table_info('{}') WHERE pk > 0 ORDER BY pk", table.name)), table.key);
    }
}

fn stored(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Bytes => "BLOB",
        Kind::Integer | Kind::YesNo => "INTEGER",
        Kind::Text => "TEXT",
    }
}

#[test]
fn every_table_is_strict() {
    let connection = database();
    assert_eq!(
        texts(&connection, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND NOT strict"),
        Vec::<String>::new()
    );
}

#[test]
fn every_key_of_a_tenant_table_starts_with_the_tenant() {
    let connection = database();
    for table in tables().into_iter().filter(|table| table.tenant).map(|table| table.name) {
        let key = texts(&connection, &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"));
        assert!(key.len() > 1 && key.starts_with(&["tenant_id".to_owned()]), "{table} {key:?}");
        for index in texts(&connection, &format!("SELECT name FROM pragma_index_list('{table}')")) {
            let first = texts(&connection, &format!("SELECT name FROM pragma_index_info('{index}') WHERE seqno = 0"));
            assert_eq!(first, ["tenant_id"], "{table} {index}");
        }
        let from = "SELECT \"from\" || ' ' || \"to\"";
        for reference in texts(&connection, &format!("{from} FROM pragma_foreign_key_list('{table}') WHERE seq = 0")) {
            assert_eq!(reference, "tenant_id tenant_id", "{table}");
        }
        for reference in texts(&connection, &format!("{from} FROM pragma_foreign_key_list('{table}') WHERE seq = 1")) {
            assert!(reference.ends_with(" id"), "{table} {reference}");
        }
    }
}

#[test]
fn foreign_keys_stay_among_tenant_tables() {
    let connection = database();
    let tenant: BTreeSet<&str> = tables().into_iter().filter(|table| table.tenant).map(|table| table.name).collect();
    for table in tables() {
        for target in texts(&connection, &format!("SELECT \"table\" FROM pragma_foreign_key_list('{}')", table.name)) {
            assert!(table.tenant && tenant.contains(target.as_str()), "{} {target}", table.name);
        }
    }
}

#[test]
fn a_row_of_another_tenant_cannot_be_named() {
    let connection = database();
    let insert = |tenant: u8, id: u8, parent: Option<u8>| {
        connection.execute(
            "INSERT INTO categories (tenant_id, id, name, parent_id, metadata, version, created_at, updated_at) VALUES (?, ?, 'x', ?, '{}', 1, 0, 0)",
            rusqlite::params![[tenant; 16], [id; 16], parent.map(|parent| [parent; 16])],
        )
    };
    insert(1, 1, None).unwrap();
    insert(1, 2, Some(1)).unwrap();
    assert!(insert(2, 3, Some(1)).is_err());
}

/// What a later file lets be null may be null, and its reference holds as before; the way back is closed while a row has no value.
#[test]
fn a_relaxed_column_takes_null_and_still_refers() {
    let mut connection = database();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let insert = "INSERT INTO opportunities (tenant_id, id, company_id, party_id, title, expected_value, currency, stage_id, probability, status, flow_id, \
        metadata, version, created_at, updated_at) VALUES (x'01', ?, x'01', ?, 'x', 0, 'EUR', x'01', 0, 'open', x'01', '{}', 1, 0, 0)";
    connection.execute(insert, rusqlite::params![[1_u8], None::<[u8; 1]>]).unwrap();
    connection.execute(insert, rusqlite::params![[2_u8], [9_u8]]).unwrap();
    assert!(texts(&connection, "SELECT \"table\" FROM pragma_foreign_key_list('opportunities')").contains(&"parties".to_owned()));
    let broken = "SELECT \"parent\" FROM pragma_foreign_key_check('opportunities') WHERE rowid = 2 AND \"parent\" = 'parties'";
    assert_eq!(texts(&connection, broken), ["parties"]);
    assert_eq!(texts(&connection, "SELECT integrity_check FROM pragma_integrity_check"), ["ok"]);
    let back = (sell::m0039_prospects::MIGRATION.down)(Dialect::Sqlite);
    let refused = connection.execute_batch(&back[0]).unwrap_err().to_string();
    assert!(refused.contains("NOT NULL"), "{refused}");
    connection.execute("DELETE FROM opportunities WHERE party_id IS NULL", []).unwrap();
    apply(&mut connection, back);
    assert!(connection.execute(insert, rusqlite::params![[3_u8], None::<[u8; 1]>]).is_err());
}

/// Puts a row into a table; what is not given is whatever its type allows.
fn put(connection: &Connection, table: &str, given: &[(&str, &str)]) {
    let columns = texts(connection, &format!("SELECT name || ' ' || type FROM pragma_table_info('{table}') WHERE \"notnull\" = 1 OR pk > 0"));
    let asked = columns.iter().filter_map(|column| column.split_once(' '));
    let missing = asked.filter(|(name, _)| !given.iter().any(|(known, _)| known == name));
    let filler = |kind: &str| {
        if kind == "BLOB" {
            "x'00'"
        } else if kind == "TEXT" {
            "''"
        } else {
            "0"
        }
    };
    let all: Vec<(&str, &str)> = given.iter().copied().chain(missing.map(|(name, kind)| (name, filler(kind)))).collect();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = all.iter().map(|(_, value)| *value).collect();
    connection.execute(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", ")), []).unwrap();
}

/// What was confirmed before is billed as it was priced; what could not be planned came to nothing, and what failed later to what was planned.
#[test]
fn what_was_there_before_is_billed_as_it_was_agreed() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let (before, after): (Vec<Migration>, Vec<Migration>) = all().into_iter().partition(|migration| migration.name < "m0130");
    apply(&mut connection, before.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    for (tenant, rounding, step) in [("x'01'", "'per_document'", "5"), ("x'02'", "'per_line'", "NULL")] {
        put(&connection, "orders", &[("tenant_id", tenant), ("id", "x'07'"), ("tax_rounding", rounding), ("tax_step", step), ("discount_posting", "'net'")]);
        put(&connection, "obligations", &[("tenant_id", tenant), ("id", "x'08'"), ("order_id", "x'07'")]);
    }
    for (id, status, total) in [("x'01'", "'failed'", "0"), ("x'02'", "'failed'", "500"), ("x'03'", "'planned'", "0")] {
        put(&connection, "billing_run_items", &[("tenant_id", "x'01'"), ("id", id), ("status", status), ("total_amount", total)]);
    }
    apply(&mut connection, after.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    let agreed = "SELECT tax_rounding || ' ' || COALESCE(tax_step, '-') || ' ' || discount_posting FROM obligations ORDER BY tenant_id";
    assert_eq!(texts(&connection, agreed), ["per_document 5 net", "per_line - net"]);
    assert_eq!(texts(&connection, "SELECT COALESCE(CAST(total_amount AS TEXT), '-') FROM billing_run_items ORDER BY id"), ["-", "500", "0"]);
}

/// Names of before are found by the words that `q=` looks for.
#[test]
fn names_of_before_are_found() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let (before, after): (Vec<Migration>, Vec<Migration>) = all().into_iter().partition(|migration| migration.name < "m0191");
    apply(&mut connection, before.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    for (table, columns) in [
        ("users", [("name", "'Zoë  O''Brien-Łuk'"), ("email", "'zoe@acme.test'")].as_slice()),
        ("price_lists", &[("code", "'VIP_2027'"), ("name", "NULL")]),
        ("teams", &[("name", "'ÖST \"Süd\"'")]),
        ("companies", &[("name", "'Пётр ΕΛΈΝΗ'")]),
    ] {
        put(&connection, table, &[&[("tenant_id", "x'01'"), ("id", "x'07'")], columns].concat());
    }
    apply(&mut connection, after.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    let found = |kind: &str| texts(&connection, &format!("SELECT word FROM search_words WHERE object_type = '{kind}' ORDER BY word"));
    assert_eq!(found("user"), ["acme", "brien", "luk", "o", "test", "zoe"]);
    assert_eq!(found("price_list"), ["2027", "vip"]);
    assert_eq!(found("team"), ["ost", "sud"]);
    assert_eq!(found("company"), ["ελένη", "пётр"]);
}

/// Contacts of before stand at their first version with the instants of their party, and are found by their words.
#[test]
fn contacts_of_before_are_objects() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let (before, after): (Vec<Migration>, Vec<Migration>) = all().into_iter().partition(|migration| migration.name < "m0221");
    apply(&mut connection, before.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    put(&connection, "parties", &[("tenant_id", "x'01'"), ("id", "x'07'"), ("created_at", "5"), ("updated_at", "9")]);
    put(&connection, "contacts", &[("tenant_id", "x'01'"), ("id", "x'08'"), ("party_id", "x'07'"), ("name", "'Zoë'"), ("email", "'z@mill.test'")]);
    put(&connection, "contacts", &[("tenant_id", "x'01'"), ("id", "x'09'"), ("party_id", "x'07'"), ("name", "'Bob'")]);
    apply(&mut connection, after.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    let told = "SELECT name || ' ' || active || ' ' || metadata || ' ' || version || ' ' || created_at || ' ' || updated_at FROM contacts ORDER BY id";
    assert_eq!(texts(&connection, told), ["Zoë 1 {} 1 5 9", "Bob 1 {} 1 5 9"]);
    let words = "SELECT word FROM search_words WHERE object_type = 'contact' ORDER BY word";
    assert_eq!(texts(&connection, words), ["bob", "mill", "test", "z", "zoe"]);
    let without = connection.execute("UPDATE contacts SET version = NULL", []).unwrap_err().to_string();
    assert!(without.contains("NOT NULL"), "{without}");
}

/// What was taken off billables as a whole is known from before: on the day of the credit note when it is billed again, else on the day of the change.
#[test]
fn billables_that_ended_before_are_known() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let (before, after): (Vec<Migration>, Vec<Migration>) = all().into_iter().partition(|migration| migration.name < "m0175");
    apply(&mut connection, before.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    // 2026-12-10 and 2026-12-12, in microseconds.
    let rows = [
        ("x'01'", "'written_off'", "NULL", "1796860800000000", "7"),
        ("x'02'", "'written_off'", "NULL", "1797033600000000", "8"),
        ("x'03'", "'ready'", "x'02'", "1797033600000000", "8"),
        ("x'04'", "'written_off'", "x'02'", "1797033600000000", "0"),
    ];
    for (id, status, of, changed, quantity) in rows {
        let row = [
            ("tenant_id", "x'01'"),
            ("id", id),
            ("source_type", "'manual'"),
            ("source_id", id),
            ("status", status),
            ("split_of", of),
            ("created_at", changed),
            ("updated_at", changed),
            ("quantity", quantity),
            ("amount", "500"),
            ("billable_date", if status == "'ready'" { "'2026-12-11'" } else { "'2026-12-02'" }),
        ];
        put(&connection, "billables", &row);
    }
    connection.execute("UPDATE billables SET created_at = 0 WHERE id = x'04'", []).unwrap();
    apply(&mut connection, after.iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)));
    let told = "SELECT hex(billable_id) || ' ' || day || ' ' || quantity || ' ' || amount FROM billable_reductions ORDER BY billable_id";
    assert_eq!(texts(&connection, told), ["01 2026-12-10 7 500", "02 2026-12-11 8 500"]);
}

#[test]
fn postgres_forces_row_security_on_exactly_the_tenant_tables() {
    let statements = ups(Dialect::Postgres);
    for table in tables() {
        let name = table.name;
        let forced = statements.contains(&format!("ALTER TABLE \"{name}\" ENABLE ROW LEVEL SECURITY"))
            && statements.contains(&format!("ALTER TABLE \"{name}\" FORCE ROW LEVEL SECURITY"))
            && statements.iter().any(|statement| statement.starts_with(&format!("CREATE POLICY tenant ON \"{name}\" USING (tenant_id = nullif(")));
        assert_eq!(forced, table.tenant, "{name}");
        assert_eq!(table.columns.first().is_some_and(|(column, _, _)| *column == "tenant_id"), table.tenant, "{name}");
    }
}

/// PostgreSQL would cut longer names silently; SQLite has no limit.
#[test]
fn names_fit_postgres() {
    for statement in ups(Dialect::Postgres) {
        for name in statement.split('"').skip(1).step_by(2) {
            assert!(name.len() <= 63, "{name}");
        }
    }
}

#[test]
fn nothing_prevents_distribution_by_tenant() {
    for statement in ups(Dialect::Postgres).into_iter().chain(ups(Dialect::Sqlite)) {
        let statement = statement.to_lowercase();
        for word in ["trigger", "sequence ", "serial", "deferrable", "autoincrement", "default "] {
            assert!(!statement.contains(word), "{word}: {statement}");
        }
    }
}
