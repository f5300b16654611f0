//! What the commands of an operator say and refuse: doctor, migrate, verify, config, and the signals of a service.

use crate::program::Program;
use causeway_kernel::db::Fault;
use causeway_tests::caller::Caller;
use causeway_tests::cluster::Cluster;
use causeway_tests::place::{POSTGRES, Place, TOKEN};
use causeway_tests::world::World;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway-under-test"));
    command.env_remove("DATABASE_URL").stdin(Stdio::null()).args(["--listen", "127.0.0.1:0"]).args(arguments);
    command
}

/// How a command ended, and all that it said.
fn ended(command: &mut Command) -> (Option<i32>, String) {
    let output = tokio::task::block_in_place(|| command.output().expect("the program runs"));
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn at(place: &Place, arguments: &[&str]) -> (Option<i32>, String) {
    ended(command(arguments).args(place.arguments()))
}

fn in_folder(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    ended(command(arguments).args(["--data-dir".as_ref(), folder.as_os_str()]))
}

fn says(found: &(Option<i32>, String), code: i32, words: &[&str]) {
    assert_eq!(found.0, Some(code), "{}", found.1);
    for word in words {
        assert!(found.1.contains(word), "{word}: {}", found.1);
    }
}

/// An embedded place, whatever the other tests run on.
async fn embedded() -> Option<Place> {
    let place = Place::new().await;
    place.postgres_url().is_none().then_some(place)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_only_looks() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let nowhere = folder.path().join("nowhere");
    says(&in_folder(&nowhere, &["doctor"]), 0, &["the first start makes it"]);
    assert!(!nowhere.exists(), "doctor made the folder");
    std::fs::create_dir(&nowhere).expect("a folder");
    says(&in_folder(&nowhere, &["doctor"]), 0, &["MB are free", "fsync takes"]);
    assert_eq!(std::fs::read_dir(&nowhere).expect("the folder").count(), 0, "doctor left something");
    let file = folder.path().join("file");
    std::fs::write(&file, "text").expect("a file");
    says(&in_folder(&file, &["doctor"]), 1, &["NOT OK", "is no folder"]);
    says(&in_folder(&file.join("below"), &["doctor"]), 1, &["is no folder"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_finds_what_serve_would_refuse() {
    let Some(place) = embedded().await else { return };
    let program = Program::start(&place);
    let address = program.url.trim_start_matches("http://").to_owned();
    let beside = ended(
        Command::new(env!("CARGO_BIN_EXE_causeway-under-test")).env_remove("DATABASE_URL").args(place.arguments()).args(["--listen", &address, "doctor"]),
    );
    says(&beside, 0, &["served already"]);
    assert!(program.stop());
    let key = place.settings().data_dir.join("secret.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("permissions");
    says(&at(&place, &["doctor"]), 1, &["chmod 600"]);
    std::fs::remove_file(&key).expect("the key goes");
    says(&at(&place, &["doctor"]), 1, &["--new-secret-key"]);
    says(&at(&place, &["serve"]), 1, &["--new-secret-key"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken_at = taken.local_addr().expect("its address").to_string();
    says(&at(&place, &["doctor", "--metrics-listen", &taken_at]), 1, &["metrics       NOT OK", "choose another with --metrics-listen"]);
    // A page in the middle is written over.
    let mut bytes = std::fs::read(place.sqlite_file()).expect("the database");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(0x5a);
    std::fs::write(place.sqlite_file(), bytes).expect("the database");
    says(&at(&place, &["doctor"]), 1, &["damaged", "restore a backup"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_are_taken_back_only_by_who_says_so() {
    let Some(place) = embedded().await else { return };
    says(&at(&place, &["migrate", "down"]), 1, &["Nothing was done", "--yes"]);
    says(&at(&place, &["doctor"]), 0, &["migrations applied"]);
    says(&at(&place, &["migrate", "down", "--yes"]), 0, &["Took m"]);
    let found = at(&place, &["doctor"]);
    says(&found, 1, &["The database lacks 1 migrations", "causeway migrate up"]);
    assert_eq!(found.1.matches("The database lacks").count(), 1, "{}", found.1);
    says(&at(&place, &["migrate", "status"]), 0, &["pending  m"]);
    let empty = tempfile::TempDir::new().expect("a folder");
    std::fs::write(empty.path().join("causeway.sqlite"), "").expect("an empty database");
    says(&in_folder(empty.path(), &["migrate", "down", "--yes"]), 1, &["Nothing to take back"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_is_called_so() {
    let Some(place) = embedded().await else { return };
    std::fs::write(place.sqlite_file(), vec![0x5a; 65_536]).expect("a file that is none");
    let found = at(&place, &["verify"]);
    says(&found, 2, &["could not be checked", "The file of the database is damaged", "Restore a backup"]);
}

/// Who configured a token knows it; the log is read by others (threat 25).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configured_token_is_not_printed() {
    let Some(place) = embedded().await else { return };
    let mut program =
        command(&["serve"]).args(place.arguments()).env("CAUSEWAY_BOOTSTRAP_TOKEN", TOKEN).stdout(Stdio::piped()).spawn().expect("the program starts");
    let lines = BufReader::new(program.stdout.take().expect("its output")).lines();
    let said: Vec<String> = lines.take(3).map(|line| line.expect("text")).collect();
    program.kill().expect("a kill");
    program.wait().expect("an end");
    let said = said.join("\n");
    assert!(said.contains("The configured bootstrap_token counts") && said.contains("/admin/v1/bootstrap") && !said.contains(TOKEN), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_force_is_shown_without_secrets() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let found = ended(
        command(&["config", "--effective", "--threads", "3"]).env("CAUSEWAY_BOOTSTRAP_TOKEN", TOKEN).env("CAUSEWAY_LISTN", "x").current_dir(folder.path()),
    );
    says(&found, 0, &["# flag --threads", "# environment CAUSEWAY_BOOTSTRAP_TOKEN", "# default", "CAUSEWAY_LISTN in the environment is no setting"]);
    assert!(!found.1.contains(TOKEN), "{}", found.1);
    says(&ended(command(&["doctor"]).env("CAUSEWAY_THREADS", "abc")), 2, &["CAUSEWAY_THREADS", "CAUSEWAY_THREADS=2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_stop_the_service_well_or_not_at_all() {
    for signal in ["HUP", "QUIT"] {
        let place = Place::new().await;
        let program = Program::start_with(&[place.arguments(), vec!["--drain-seconds".to_owned(), "0".to_owned()]].concat());
        let nobody = Caller::new(&program.url, "").raw;
        program.signal("USR1");
        program.signal("USR2");
        assert_eq!(nobody.get("/healthz").await.status, 200, "it lives on");
        program.signal(signal);
        assert!(tokio::task::block_in_place(|| program.ended()), "{signal} kills it");
    }
}

/// Nobody sends writes to a service that is not ready: it finds out by itself that there is room again.
#[tokio::test]
async fn a_full_disk_is_noted_until_something_is_written() {
    let world = World::start().await;
    assert!(!causeway_kernel::telemetry::storage_full());
    assert_eq!(Fault::Full.problem().status, 507);
    assert!(causeway_kernel::telemetry::storage_full());
    assert_eq!(world.nobody().raw.get("/readyz").await.status, 200, "it has written");
    assert!(!causeway_kernel::telemetry::storage_full());
    let text = world.platform.raw.get("/metrics").await.text();
    let figure = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<i64>().ok());
    if world.server.place.postgres_url().is_none() {
        assert!(figure("causeway_data_folder_bytes{kind=\"free\"}").is_some_and(|bytes| bytes > 0), "{text}");
        assert!(figure("causeway_write_ahead_log_pages").is_some_and(|pages| pages > 0), "{text}");
    }
}

async fn run_on(url: &str, sql: &str) {
    let mut conn = PgConnection::connect(url).await.expect("the database");
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    conn.close().await.expect("an end");
}

/// What a database administrator may have done wrong, what is said of it, whether it keeps `serve` from starting, and what puts it right.
const WRONG: [(&str, &str, bool, &str); 10] = [
    ("ALTER ROLE causeway_app BYPASSRLS", "NOSUPERUSER NOBYPASSRLS", true, "ALTER ROLE causeway_app NOBYPASSRLS"),
    ("ALTER ROLE causeway_app SUPERUSER", "is a superuser", true, "ALTER ROLE causeway_app NOSUPERUSER"),
    ("ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "row security is off on orders", true, "ALTER TABLE orders ENABLE ROW LEVEL SECURITY"),
    ("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "row security is off on orders", true, "ALTER TABLE orders FORCE ROW LEVEL SECURITY"),
    ("CREATE POLICY open ON orders USING (true)", "the policies of orders are not what", true, "DROP POLICY open ON orders"),
    ("REVOKE USAGE ON SCHEMA public FROM causeway_app, PUBLIC", "may not use the schema public", false, ""),
    ("REVOKE SELECT ON products FROM causeway_app", "lacks SELECT on products", false, ""),
    ("GRANT DELETE ON events TO causeway_app", "has DELETE on events", false, ""),
    ("GRANT UPDATE (description) ON journal_entries TO causeway_app", "has UPDATE on journal_entries", false, ""),
    ("REVOKE UPDATE (body) ON snapshots FROM causeway_app", "lacks UPDATE on snapshots (body)", false, ""),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_that_is_set_up_wrong_is_found() {
    if std::env::var(POSTGRES).unwrap_or_default().is_empty() {
        println!("SKIPPED: this is about PostgreSQL; CAUSEWAY_TEST_POSTGRES asks for it");
        return;
    }
    let cluster = tokio::task::block_in_place(Cluster::start);
    let place = Place::on(&cluster).await;
    let url = place.postgres_url().expect("PostgreSQL");
    assert!(Program::start(&place).stop());
    says(&at(&place, &["doctor"]), 0, &["row security keeps tenants apart"]);
    for (wrong, said, refused, right) in WRONG {
        run_on(&url, wrong).await;
        says(&at(&place, &["doctor"]), 1, &[said]);
        if refused {
            says(&at(&place, &["serve"]), 1, &[said]);
            run_on(&url, right).await;
        } else {
            // Rights come back by what gave them.
            says(&at(&place, &["migrate", "up"]), 0, &["Nothing to do"]);
        }
        says(&at(&place, &["doctor"]), 0, &[]);
    }
    says(&at(&place, &["doctor", "--database-connections", "500"]), 1, &["max_connections"]);
    // An owner who may not work as the role.
    run_on(&url, "CREATE ROLE owner LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA public TO owner").await;
    let other = ["--database-url".to_owned(), url.replace("postgres@", "owner@")];
    for verb in ["doctor", "serve"] {
        let found = ended(command(&[verb]).args(&other).args(["--data-dir".as_ref(), place.settings().data_dir.as_os_str()]));
        says(&found, 1, &["permission denied to set role", "GRANT causeway_app TO \"owner\""]);
    }
    let name = url.split(['/', '?']).nth(3).expect("the database").to_owned();
    run_on(&url, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    says(&at(&place, &["doctor"]), 1, &["only reads"]);
    run_on(&cluster.url(), &format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    // Others are at work.
    let program = Program::start(&place);
    let nobody = Caller::new(&program.url, "").raw;
    assert_eq!(nobody.get("/readyz").await.status, 200);
    says(&at(&place, &["migrate", "down", "--yes"]), 1, &["other sessions of causeway"]);
    run_on(&url, "INSERT INTO schema_migrations (name, position) VALUES ('m9999_newer', 9999)").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let ready = nobody.get("/readyz").await;
        if ready.status == 503 {
            assert!(ready.text().contains("m9999_newer"), "{}", ready.text());
            break;
        }
        assert!(Instant::now() < deadline, "/readyz does not tell of the schema");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // A database that goes away was not checked.
    tokio::task::block_in_place(|| cluster.strike());
    says(&at(&place, &["verify"]), 2, &["could not be checked"]);
    program.kill();
}
