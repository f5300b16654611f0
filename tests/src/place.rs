//! Where a test's data live: a folder of its own with SQLite, or a database of its own in the PostgreSQL cluster that `CAUSEWAY_TEST_POSTGRES` names.

use crate::cluster::Cluster;
use causeway::settings::{LogFormat, Role, Settings};
use causeway_kernel::db::Store;
use causeway_kernel::http::Proxies;
use causeway_migration::{Dialect, all};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

/// The variable that names a cluster: `postgres://user@localhost:5432/postgres?host=/run/socket`. Its user must be a superuser.
pub const POSTGRES: &str = "CAUSEWAY_TEST_POSTGRES";

/// The token that trades for the first administrator's key on every server of the tests.
pub const TOKEN: &str = "token-of-the-tests";

/// A place for data that vanishes with it.
pub struct Place {
    folder: TempDir,
    database: Option<Database>,
}

/// A database in the cluster.
struct Database {
    admin: String,
    name: String,
    url: String,
}

impl Place {
    /// A new, migrated place.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn new() -> Self {
        let database = match std::env::var(POSTGRES) {
            Ok(admin) if !admin.is_empty() => Some(Database::new(admin).await),
            _ => None,
        };
        let place = Self { folder: TempDir::with_prefix("causeway-").expect("a temporary folder"), database };
        if place.database.is_none() {
            std::fs::copy(template_file().await, place.sqlite_file()).expect("a copy of the template");
        }
        place
    }

    /// A new, migrated place in this cluster.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn on(cluster: &Cluster) -> Self {
        let database = Some(Database::new(cluster.url()).await);
        Self { folder: TempDir::with_prefix("causeway-").expect("a temporary folder"), database }
    }

    /// The settings of a server here.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            metrics_listen: None,
            data_dir: self.folder.path().to_owned(),
            database_url: self.postgres_url(),
            redis_url: None,
            role: Role::All,
            log_format: LogFormat::Human,
            log: "warn".to_owned(),
            threads: 2,
            database_connections: 8,
            proxies: Proxies::default(),
            cors_origins: Vec::new(),
            drain_seconds: 0,
            connections_per_address: usize::MAX,
            bootstrap_token: Some(TOKEN.to_owned()),
            secret_key: None,
            session_idle_seconds: 1_800,
            session_seconds: 43_200,
            step_up_seconds: 300,
        }
    }

    /// The arguments that make the program work here.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--data-dir".to_owned(), self.folder.path().display().to_string()];
        if let Some(url) = self.postgres_url() {
            arguments.extend(["--database-url".to_owned(), url]);
        }
        arguments
    }

    /// The address of the database, on PostgreSQL.
    #[must_use]
    pub fn postgres_url(&self) -> Option<String> {
        self.database.as_ref().map(|database| database.url.clone())
    }

    /// The file of the database, on SQLite.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.folder.path().join("causeway.sqlite")
    }

    /// The indexes of every table, primary keys included: table, name and columns in order.
    ///
    /// # Panics
    /// When the catalogue cannot be read.
    pub async fn indexes(&self) -> Vec<(String, String, Vec<String>)> {
        match self.postgres_url() {
            Some(url) => postgres_indexes(&url).await,
            None => sqlite_indexes(&self.sqlite_file()),
        }
    }
}

impl Database {
    async fn new(admin: String) -> Self {
        let template = template(&admin).await;
        let name = format!("causeway_{}", Uuid::new_v4().simple());
        execute(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let url = with_database(&admin, &name);
        Self { admin, name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (admin, statement) = (self.admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // Dropping may happen inside a runtime, where blocking on another is not allowed.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                if let Ok(mut conn) = PgConnection::connect(&admin).await {
                    // What stays behind goes with the cluster.
                    let _ = conn.execute(AssertSqlSafe(statement)).await;
                }
            });
        });
        let _ = dropper.join();
    }
}

fn with_database(admin: &str, name: &str) -> String {
    let mut url = reqwest::Url::parse(admin).expect("CAUSEWAY_TEST_POSTGRES is an address");
    url.set_path(name);
    url.to_string()
}

async fn execute(url: &str, statement: &str) {
    let mut conn = PgConnection::connect(url).await.expect("CAUSEWAY_TEST_POSTGRES can be reached");
    conn.execute(AssertSqlSafe(statement)).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    conn.close().await.expect("a clean end");
}

/// A database with the present schema, made once per cluster and schema; tests copy it.
async fn template(admin: &str) -> String {
    let schema: String = all().iter().flat_map(|migration| (migration.up)(Dialect::Postgres)).collect();
    let name = format!("causeway_template_{:016x}", fingerprint(&schema));
    let mut conn = PgConnection::connect(admin).await.expect("CAUSEWAY_TEST_POSTGRES can be reached");
    // Tests run as processes of their own: one makes the template, the others wait here.
    conn.execute("SELECT pg_advisory_lock(20261121)").await.expect("a lock");
    let made = format!("SELECT count(*) AS made FROM pg_database WHERE datname = '{name}' AND datistemplate");
    let made: i64 = conn.fetch_one(AssertSqlSafe(made)).await.expect("the catalogue").get("made");
    if made == 0 {
        execute(admin, &format!("DROP DATABASE IF EXISTS {name}")).await;
        execute(admin, &format!("CREATE DATABASE {name}")).await;
        Store::Postgres(with_database(admin, &name)).up().await.expect("the migrations");
        execute(admin, &format!("ALTER DATABASE {name} IS_TEMPLATE true")).await;
    }
    conn.close().await.expect("a clean end");
    name
}

/// A file with the present schema, made once per build folder and schema; tests copy it.
async fn template_file() -> PathBuf {
    let schema: String = all().iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)).collect();
    let program = std::env::current_exe().expect("the test's own program");
    let file = program.with_file_name(format!("causeway-template-{:016x}.sqlite", fingerprint(&schema)));
    if !file.exists() {
        // Tests run as processes of their own: each that finds none makes one, and the last to name it wins.
        let own = TempDir::with_prefix_in("causeway-template-", program.parent().expect("a folder")).expect("a folder for the template");
        let made = own.path().join("causeway.sqlite");
        Store::Sqlite(made.clone()).up().await.expect("the migrations");
        std::fs::rename(&made, &file).expect("the template's name");
    }
    file
}

/// FNV-1a: tells schemas apart, nothing more.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn sqlite_indexes(file: &std::path::Path) -> Vec<(String, String, Vec<String>)> {
    let conn = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database");
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).expect("a statement");
        statement.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect()
    };
    let mut indexes = Vec::new();
    for table in texts("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        for index in texts(&format!("SELECT name FROM pragma_index_list('{table}')")) {
            let columns = texts(&format!("SELECT coalesce(name, '') FROM pragma_index_info('{index}') ORDER BY seqno"));
            indexes.push((table.clone(), index, columns));
        }
        let key = texts(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"));
        indexes.push((table, "primary".to_owned(), key));
    }
    indexes
}

async fn postgres_indexes(url: &str) -> Vec<(String, String, Vec<String>)> {
    let sql = "SELECT t.relname::text AS tbl, i.relname::text AS idx, array_agg(a.attname::text ORDER BY k.place) AS cols \
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
        CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum \
        WHERE n.nspname = 'public' GROUP BY 1, 2";
    let mut conn = PgConnection::connect(url).await.expect("the database");
    let rows = conn.fetch_all(sql).await.expect("the catalogue");
    conn.close().await.expect("a clean end");
    rows.iter().map(|row| (row.get("tbl"), row.get("idx"), row.get("cols"))).collect()
}
