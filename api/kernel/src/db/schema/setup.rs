//! How a PostgreSQL is set up: what the role of the service may do, what row security does, and whether it can be written; held against what migrations make
//! (INV-9, threat 60). It only looks.

use super::{APPEND_ONLY, Store};
use crate::db::postgres::{ROLE, owner_connection, take_role};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Columns of tables that are only added to which the role may change all the same.
const CHANGEABLE: [(&str, &str); 2] = [("snapshots", "body"), ("journal_entries", "updated_at")];
/// What the policy of a tenant's table says, without spaces, brackets and casts to text: for every command, everybody, reading and writing.
const POLICY: &str = "*{0}tenant_id=nullifcurrent_setting'app.tenant_id',true,''::uuid|tenant_id=nullifcurrent_setting'app.tenant_id',true,''::uuid";
/// The one table with another beside it, by which the platform sees for which tenants events wait.
const SEEN_BY_PLATFORM: (&str, &str) = ("event_queue", "r{0}nullifcurrent_setting'app.tenant_id',true,''::uuid='00000000-0000-0000-0000-000000000000'::uuid|");
/// Names in one sentence, at most.
const NAMED: usize = 5;

/// What is wrong with a PostgreSQL, each as a sentence that says what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Tenants are not kept apart: nothing may be served.
    pub isolation: Vec<String>,
    /// The owner cannot work as the role, or the role may do less or more than it should.
    pub rights: Vec<String>,
    /// It cannot be written, or has too few connections.
    pub server: Vec<String>,
}

impl Store {
    /// What is wrong with how the database is set up; nothing of an embedded one, which has no roles. `connections` is what this instance may open.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn setup(&self, connections: u32) -> Result<Setup, String> {
        match self {
            Self::Sqlite(_) => Ok(Setup::default()),
            Self::Postgres(url) => {
                let mut conn = owner_connection(url).await?;
                look(&mut conn, connections).await.map_err(|error| format!("the set-up of the database cannot be read: {error}"))
            }
        }
    }
}

async fn look(conn: &mut PgConnection, connections: u32) -> Result<Setup, sqlx::Error> {
    let mut found = Setup { server: server(conn, connections).await?, ..Setup::default() };
    let role = format!("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = '{ROLE}'");
    let Some(role) = conn.fetch_optional(AssertSqlSafe(role)).await? else {
        found.rights.push(format!("the role {ROLE} is not there. Run `causeway migrate up` with the owner's DATABASE_URL"));
        return Ok(found);
    };
    let (superuser, bypasses) = (role.try_get::<bool, _>("rolsuper")?, role.try_get::<bool, _>("rolbypassrls")?);
    if superuser || bypasses {
        let what = if superuser { "is a superuser" } else { "has BYPASSRLS" };
        found.isolation.push(format!(
            "the role {ROLE} {what}: row security does not bind it, so nothing but the service itself keeps tenants apart. Let a superuser run: ALTER ROLE {ROLE} \
             NOSUPERUSER NOBYPASSRLS"
        ));
    }
    found.isolation.extend(row_security(conn).await?);
    found.rights.extend(take_role(conn).await.err());
    if !superuser {
        found.rights.extend(privileges(conn).await?);
        found.rights.extend(memberships(conn).await?);
    }
    Ok(found)
}

async fn server(conn: &mut PgConnection, connections: u32) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS reads_only, \
               CAST(current_setting('max_connections') AS BIGINT) AS most, CAST(current_setting('superuser_reserved_connections') AS BIGINT) AS kept";
    let row = conn.fetch_one(sql).await?;
    let mut wrong = Vec::new();
    if row.try_get("standby")? {
        wrong.push("the database is a standby and only reads: name the primary in DATABASE_URL".to_owned());
    } else if row.try_get("reads_only")? {
        wrong.push("the database only reads: default_transaction_read_only is on, for the server, the database or the role. Set it off".to_owned());
    }
    let (most, kept) = (row.try_get::<i64, _>("most")?, row.try_get::<i64, _>("kept")?);
    if i64::from(connections) > most.saturating_sub(kept) {
        wrong.push(format!(
            "PostgreSQL takes {most} connections (max_connections), {kept} of them for superusers only, and this instance may open {connections}: raise \
             max_connections, or lower --database-connections"
        ));
    }
    Ok(wrong)
}

/// Tables of tenants whose row security is not what the migrations make of it.
async fn row_security(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT c.relname::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, coalesce((SELECT string_agg(p.polcmd::text || p.polroles::text || \
               coalesce(pg_get_expr(p.polqual, p.polrelid), '') || '|' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''), ';') \
               FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive), '') AS policies \
               FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')";
    let tenants: BTreeSet<&str> = causeway_migration::tables().into_iter().filter(|table| table.tenant).map(|table| table.name).collect();
    let (mut open, mut other) = (Vec::new(), Vec::new());
    for row in conn.fetch_all(sql).await? {
        let name: String = row.try_get("name")?;
        if !tenants.contains(name.as_str()) {
            continue;
        }
        if !row.try_get::<bool, _>("forced")? {
            open.push(name);
        } else if !as_made(&name, row.try_get("policies")?) {
            other.push(name);
        }
    }
    let mut wrong = Vec::new();
    if let Some(first) = open.first() {
        wrong.push(format!(
            "row security is off on {}: nothing but the service itself keeps tenants apart there. Let the owner run, for each: ALTER TABLE {first} ENABLE ROW LEVEL \
             SECURITY, FORCE ROW LEVEL SECURITY",
            listed(&open)
        ));
    }
    if !other.is_empty() {
        wrong.push(format!(
            "the policies of {} are not what the migrations made: one alone that is called tenant, USING and WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', \
             true), '')::uuid). Put it back, and drop others",
            listed(&other)
        ));
    }
    Ok(wrong)
}

/// Whether the policies of a table, separated by `;`, are those of the migrations.
fn as_made(table: &str, policies: &str) -> bool {
    let policies = tidy(policies);
    let mut own = policies.split(';').filter(|policy| (table, *policy) != SEEN_BY_PLATFORM);
    own.next() == Some(POLICY) && own.next().is_none()
}

fn tidy(policies: &str) -> String {
    policies.to_lowercase().replace("::text", "").chars().filter(|letter| !letter.is_whitespace() && !['(', ')'].contains(letter)).collect()
}

/// What the role lacks and what it has too much, held against what `migrate up` grants.
async fn privileges(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    // Without this nothing in it can be asked for by name.
    let usage = conn.fetch_one(AssertSqlSafe(format!("SELECT has_schema_privilege('{ROLE}', 'public', 'USAGE') AS granted"))).await?;
    if !usage.try_get::<bool, _>("granted")? {
        return Ok(vec![format!("the role {ROLE} may not use the schema public. Let its owner run: GRANT USAGE ON SCHEMA public TO {ROLE}")]);
    }
    let has = |privilege: &str| format!("has_table_privilege('{ROLE}', c.oid, '{privilege}') AS {}", privilege.to_lowercase());
    let columns = format!(
        "EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT ({}) \
         AND has_column_privilege('{ROLE}', c.oid, a.attnum, 'UPDATE')) AS other_columns",
        CHANGEABLE.map(|(table, column)| format!("(c.relname = '{table}' AND a.attname = '{column}')")).join(" OR ")
    );
    let sql = format!(
        "SELECT c.relname::text AS name, {}, {}, {}, {}, {}, {columns} FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')",
        has("SELECT"),
        has("INSERT"),
        has("UPDATE"),
        has("DELETE"),
        has("TRUNCATE")
    );
    let known: BTreeSet<&str> = causeway_migration::tables().into_iter().map(|table| table.name).chain(["schema_migrations"]).collect();
    let (mut lacks, mut more) = (BTreeMap::<&str, Vec<String>>::new(), BTreeMap::<&str, Vec<String>>::new());
    for row in conn.fetch_all(AssertSqlSafe(sql)).await? {
        let name: String = row.try_get("name")?;
        if !known.contains(name.as_str()) {
            continue;
        }
        for (privilege, wanted, there) in table_privileges(&name, &row)? {
            if wanted != there {
                let wrong = if wanted { &mut lacks } else { &mut more };
                wrong.entry(privilege).or_default().push(name.clone());
            }
        }
    }
    for (table, column) in CHANGEABLE {
        let sql = format!("SELECT to_regclass('public.{table}') IS NULL OR has_column_privilege('{ROLE}', 'public.{table}', '{column}', 'UPDATE') AS granted");
        if !conn.fetch_one(AssertSqlSafe(sql)).await?.try_get::<bool, _>("granted")? {
            lacks.entry("UPDATE").or_default().push(format!("{table} ({column})"));
        }
    }
    let mut wrong = Vec::new();
    for (privilege, tables) in lacks {
        wrong.push(format!("the role {ROLE} lacks {privilege} on {}. Run `causeway migrate up` with the owner's DATABASE_URL", listed(&tables)));
    }
    for (privilege, tables) in more {
        wrong.push(format!(
            "the role {ROLE} has {privilege} on {}, which it must not change. Run `causeway migrate up` with the owner's DATABASE_URL; what stays was granted to PUBLIC, \
             to another role that {ROLE} is in, or because {ROLE} owns the table",
            listed(&tables)
        ));
    }
    Ok(wrong)
}

/// Each privilege on a table, whether the role should have it, and whether it has.
fn table_privileges(name: &str, row: &PgRow) -> Result<Vec<(&'static str, bool, bool)>, sqlx::Error> {
    let kept = APPEND_ONLY.contains(&name) || name == "schema_migrations";
    let changes = !kept && name != "security_log";
    // Where some columns may be changed, none of the others.
    let updates: bool = row.try_get(if changes { "update" } else { "other_columns" })?;
    Ok(vec![
        ("SELECT", true, row.try_get("select")?),
        ("INSERT", name != "schema_migrations", row.try_get("insert")?),
        ("UPDATE", changes, updates),
        ("DELETE", !kept, row.try_get("delete")?),
        ("TRUNCATE", false, row.try_get("truncate")?),
    ])
}

/// Roles that the role of the service could become, and which could do what it must not.
async fn memberships(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let sql = format!(
        "SELECT r.rolname::text AS name FROM pg_roles r WHERE r.rolname <> '{ROLE}' AND pg_has_role('{ROLE}', r.oid, 'MEMBER') AND (r.rolsuper OR r.rolbypassrls OR r.oid IN \
         (SELECT c.relowner FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p'))) ORDER BY 1"
    );
    let sentence = |row: PgRow| {
        let name: String = row.try_get("name")?;
        Ok(format!("the role {ROLE} is a member of {name}, which may do what it must not. Let a superuser run: REVOKE \"{name}\" FROM {ROLE}"))
    };
    conn.fetch_all(AssertSqlSafe(sql)).await?.into_iter().map(sentence).collect()
}

/// Some names, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_known_however_it_is_printed() {
        let own = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";
        let made = format!("*{{0}}{own}|{own}");
        let platform = "r{0}((NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid)|";
        assert!(as_made("orders", &made) && as_made("event_queue", &format!("{made};{platform}")) && as_made("event_queue", &format!("{platform};{made}")));
        for other in [String::new(), format!("{made};*{{0}}true|"), format!("r{{0}}{own}|"), format!("{made};{platform}"), format!("{made};{made}")] {
            assert!(!as_made("orders", &other), "{other}");
        }
    }

    #[test]
    fn many_names_are_counted() {
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f", "g"].map(str::to_owned).to_vec();
        assert_eq!(listed(&names), "a, b, c, d, e and 2 more");
        assert_eq!(listed(&names[..1]), "a");
    }
}
