//! What an operator relies on: proxies that are believed, a service that says before it goes, figures to alert on, and the version of the API.

use crate::program::{Program, run};
use causeway::store;
use causeway_contract::{API_VERSION, Code, ListQuery};
use causeway_kernel::db::{Cell, sequencer};
use causeway_kernel::http::{Proxies, ProxyHeader};
use causeway_kernel::{Change, Ctx, Db, Tx};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::session::op as session;
use causeway_tests::caller::Caller;
use causeway_tests::cluster::Cluster;
use causeway_tests::deal;
use causeway_tests::person::Person;
use causeway_tests::place::{POSTGRES, Place, TOKEN};
use causeway_tests::raw::Seen;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{TenantId, TenantMode};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// An address that a proxy names.
const OFFICE: &str = "203.0.113.7";

async fn from(caller: &Caller, forwarded: &str) -> Seen {
    caller.raw.request("GET", "/v1/clock").header("x-forwarded-for", forwarded).send().await
}

fn behind_proxies(settings: &mut causeway::settings::Settings) {
    settings.proxies = Proxies::read(&["127.0.0.0/8".to_owned(), "10.0.0.0/8".to_owned()], ProxyHeader::default()).expect("ranges");
}

async fn key_of_the_office(owner: &Caller) -> Caller {
    let body =
        CreateApiKey { name: "till".to_owned(), scopes: vec!["clock:read".to_owned()], allowed_sources: vec![OFFICE.to_owned()], ..CreateApiKey::default() };
    owner.with_key(&owner.post::<identity::CreateApiKey>((), &body).await.secret)
}

/// SEC-05, SEC-06, threat 46: everything that looks at an address looks at the caller's.
#[tokio::test]
async fn a_trusted_proxy_names_the_caller() {
    let world = World::start_with(behind_proxies).await;
    let tenant = world.sandbox().await;
    let till = key_of_the_office(&tenant).await;
    for (forwarded, status) in [
        (OFFICE, 200),
        ("198.51.100.1, 203.0.113.7", 200),
        ("203.0.113.7, 10.1.2.3", 200),
        ("198.51.100.1", 403),
        // The client sent the first one itself.
        ("203.0.113.7, 198.51.100.1", 403),
        ("203.0.113.7, nonsense", 403),
        ("\t", 403),
    ] {
        let seen = from(&till, forwarded).await;
        assert_eq!(seen.status, status, "{forwarded}: {}", seen.text());
    }
    assert!(from(&till, "198.51.100.1").await.problem().detail.contains("198.51.100.1"), "the problem names the address that counted");
    // Each address has its own tries: what one spends does not slow down the next.
    let guess = async |address: &str| {
        let body = json!({ "email": "nobody@acme.test", "password": "not the right one", "tenant": "acme" });
        world.nobody().raw.request("POST", "/v1/sessions").header("x-forwarded-for", address).json(&body).send().await.status
    };
    let mut statuses = Vec::new();
    for _ in 0..14 {
        statuses.push(guess("198.51.100.20").await);
    }
    assert!(statuses.contains(&429), "whoever guesses waits: {statuses:?}");
    assert_eq!(guess("198.51.100.21").await, 401, "others are not kept waiting for it");
    // The trail shows where a person signed in from.
    let owner = Person::owner(&tenant).await;
    let body = json!(owner.sign_in);
    let opened = world.nobody().raw.request("POST", "/v1/sessions").header("x-forwarded-for", "198.51.100.30").json(&body).send().await;
    assert_eq!(opened.status, 201, "{}", opened.text());
    let sessions = tenant.all::<session::ListSessions, _>(&ListQuery::default()).await;
    assert!(sessions.iter().any(|session| session.source == "198.51.100.30"), "{sessions:?}");
}

#[tokio::test]
async fn nobody_is_believed_unless_the_operator_says_so() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let till = key_of_the_office(&tenant).await;
    let refused = from(&till, OFFICE).await.problem();
    assert_eq!((refused.code, refused.detail.contains("127.0.0.1")), (Code::PermissionDenied, true), "{}", refused.detail);
    let place = Place::new().await;
    let wrong = [place.arguments(), ["serve", "--trusted-proxies", "10.0.0.0/8,balancer"].map(str::to_owned).to_vec()].concat();
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_causeway-under-test")).args(&wrong).output().expect("the program runs");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && said.contains("trusted_proxies") && said.contains("`balancer`") && said.contains("192.0.2.7"), "{said}");
}

/// Pages of the sites that the operator names may call from browsers, those of others may not read what is answered (CORS).
#[tokio::test]
async fn pages_of_named_sites_call_from_browsers() {
    const SITE: &str = "https://app.example.com";
    let place = Place::new().await;
    let program = Program::start_with(&[place.arguments(), ["--cors-origins", SITE].map(str::to_owned).to_vec()].concat());
    let nobody = Caller::new(&program.url, "").raw;
    let preflight = async |origin: &str, headers: &str| {
        let request = nobody.request("OPTIONS", "/v1/orders").header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", headers).send().await
    };
    let allowed = preflight(SITE, "authorization, content-type, idempotency-key").await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, Some(SITE)), "{}", allowed.text());
    let listed = |name: &str| allowed.header(name).unwrap_or_default().to_lowercase();
    assert!(listed("access-control-allow-methods").contains("patch") && listed("access-control-allow-headers").contains("if-match"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None, "tokens only");
    for (origin, headers) in [("https://elsewhere.example.com", "authorization"), (SITE, "x-unknown")] {
        let refused = preflight(origin, headers).await;
        assert!(refused.status == 400 && refused.header("access-control-allow-methods").is_none(), "{origin} {headers}: {}", refused.status);
    }
    // What is refused can be read, too, or nobody would know why.
    for (origin, seen_by) in [(SITE, Some(SITE)), ("https://elsewhere.example.com", None)] {
        let answer = nobody.request("GET", "/v1/orders").header("origin", origin).send().await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, seen_by));
        assert!(seen_by.is_none() || answer.header("access-control-expose-headers").is_some_and(|names| names.to_lowercase().contains("etag")));
    }
    program.kill();
    // Without the setting nothing is said to browsers.
    let world = World::start().await;
    let silent = world.nobody().raw.request("GET", "/v1/orders").header("origin", SITE).send().await;
    assert_eq!((silent.status, silent.header("access-control-allow-origin"), silent.header("vary")), (401, None, None));
    assert_eq!(world.nobody().raw.request("OPTIONS", "/v1/orders").header("origin", SITE).send().await.status, 405);
}

/// F22: load balancers learn that this instance goes before its door closes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stops_says_so_first() {
    let place = Place::new().await;
    let program = Program::start_with(&[place.arguments(), vec!["--drain-seconds".to_owned(), "3".to_owned()]].concat());
    let nobody = Caller::new(&program.url, "").raw;
    assert_eq!(nobody.get("/readyz").await.status, 200);
    program.ask_to_stop();
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        let ready = nobody.get("/readyz").await;
        if ready.status == 503 {
            assert_eq!(ready.json()["status"], "stopping");
            break;
        }
        assert!(Instant::now() < deadline, "/readyz never says that the service stops");
    }
    assert_eq!(nobody.get("/healthz").await.status, 200, "it is alive");
    assert_eq!(nobody.get("/v1/clock").await.status, 401, "and still answers");
    assert!(tokio::task::block_in_place(|| program.ended()), "the program does not end well");
}

/// INT-22: whoever was written for another version is told.
#[tokio::test]
async fn a_version_that_is_not_served_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let ask = async |version: &str| tenant.raw.request("GET", "/v1/clock").header("causeway-version", version).send().await;
    let current = ask(API_VERSION).await;
    assert_eq!((current.status, current.header("causeway-version")), (200, Some(API_VERSION)));
    for version in ["2019-01-01", "latest", ""] {
        let refused = ask(version).await.problem();
        let error = refused.errors.first().expect("the header");
        assert_eq!((refused.status, error.code, error.header.as_deref()), (422, Code::InvalidValue, Some("Causeway-Version")), "{version}");
        assert!(refused.detail.contains(API_VERSION), "{}", refused.detail);
        assert_eq!(refused.meta["supported_versions"], json!([API_VERSION]));
    }
    let write = tenant.raw.request("POST", "/v1/categories").header("causeway-version", "2019-01-01").json(&json!({ "name": "Chairs" })).send().await;
    assert_eq!(write.status, 422);
}

fn figure(text: &str, name: &str) -> Option<i64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// OBS-03, OBS-11, OBS-12.
#[tokio::test]
async fn an_operator_sees_what_waits_and_what_was_done() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "10.00").await;
    deal::pay(&tenant, &shop, "10.00", &[(invoice.id, "10.00")]).await;
    deal::advance(&tenant, "2026-12-03T09:00:00Z").await;
    let people = json!({ "resource": "leads", "company_id": shop.company, "rows": [{ "title": "40 chairs" }] });
    deal::ended(&tenant, &people).await;
    // A job is counted after the commit that ended it, which its reader may see first.
    let mut text = String::new();
    for _ in 0..250 {
        text = world.platform.raw.get("/metrics").await.text();
        if text.contains("causeway_jobs_ended_total{kind=\"") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for name in ["causeway_jobs_waiting 0", "causeway_jobs_oldest_waiting_seconds 0", "causeway_events_waiting", "causeway_events_oldest_waiting_seconds"] {
        assert!(text.contains(name), "{name} is missing");
    }
    assert_eq!(figure(&text, "causeway_events_total{kind=\"invoice.posted\"}"), Some(1));
    assert_eq!(figure(&text, "causeway_events_total{kind=\"payment.received\"}"), Some(1));
    assert!(text.contains("causeway_jobs_ended_total{kind=\"") && text.contains("causeway_job_seconds_bucket"), "{text}");
    let wait = if world.server.place.postgres_url().is_some() { "causeway_database_pool_wait_seconds_count" } else { "causeway_lane_wait_seconds_count" };
    assert!(figure(&text, wait).is_some_and(|count| count > 0), "{wait}");
    assert!(!text.contains(&tenant.id.to_string()), "no tenant is a label");
}

/// Threats 48 and 49: whoever asks without a credential again and again does not fill the security log.
#[tokio::test]
async fn a_flood_of_refusals_is_counted() {
    let world = World::start().await;
    for _ in 0..200 {
        assert_eq!(world.nobody().raw.get("/v1/clock").await.status, 401);
    }
    let text = world.platform.raw.get("/metrics").await.text();
    let counted = figure(&text, "causeway_refusals_not_logged_total").unwrap_or_default();
    // A minute may begin on the way.
    assert!(counted >= 200 - 2 * 60, "{counted}");
}

async fn patience(_: &Ctx, tx: &mut Tx<'_>) -> Result<String, causeway_contract::Problem> {
    let rows = tx.query("SELECT current_setting('statement_timeout') AS patience", vec![], &[("patience", Cell::Text)]).await?;
    Ok(rows.first().and_then(|row| row.try_get("", "patience").ok()).unwrap_or_default())
}

/// A PostgreSQL with the schema, if there is to be one.
async fn postgres() -> Option<(Cluster, Place, Db)> {
    if std::env::var(POSTGRES).unwrap_or_default().is_empty() {
        println!("SKIPPED: this is about PostgreSQL; CAUSEWAY_TEST_POSTGRES asks for it");
        return None;
    }
    let cluster = tokio::task::block_in_place(Cluster::start);
    let place = Place::on(&cluster).await;
    let db = store::open(&place.settings()).await.expect("a database");
    Some((cluster, place, db))
}

/// Statements that take too long are ended and told as that; reports have more time, and the operator's own checks all they need.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_may_take_so_long() {
    let Some((_cluster, _place, db)) = postgres().await else { return };
    let ctx = Arc::new(Ctx::platform());
    let slow = async |_: &Ctx, tx: &mut Tx<'_>| {
        tx.execute_now("SET LOCAL statement_timeout = '50ms'", vec![]).await?;
        tx.query("SELECT 'slept' AS slept FROM pg_sleep(5)", vec![], &[("slept", Cell::Text)]).await.map(drop)
    };
    let problem = db.read(&ctx, slow).await.expect_err("it takes too long");
    assert_eq!((problem.status, problem.code), (503, Code::Unavailable));
    assert!(problem.detail.contains("longer") && problem.detail.contains("shorter period"), "{}", problem.detail);
    assert_eq!(db.read(&ctx, patience).await.expect("an answer"), "10s");
    assert_eq!(db.read_aside(&ctx, patience).await.expect("an answer"), "2min");
    assert_eq!(db.read_patiently(&ctx, patience).await.expect("an answer"), "0");
    assert_eq!(db.read(&ctx, patience).await.expect("an answer"), "10s", "what one may is not left to the next");
}

/// A tenant with a long backlog of events does not keep those of others from their numbers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_numbered_for_all_tenants_in_turn() {
    let Some((_cluster, _place, db)) = postgres().await else { return };
    let Db::Postgres(postgres) = &db else { panic!("this is PostgreSQL") };
    let [busy, quiet] = [0, 1].map(|_| Arc::new(Ctx::system(TenantId::new(), TenantMode::Live, "test")));
    for (ctx, events) in [(&busy, 1_200), (&quiet, 2)] {
        let written = db.write(ctx, async move |ctx, tx| {
            let object = json!({ "made": true });
            (0..events).try_for_each(|_| {
                tx.record(ctx, &Change { event: "test.made", object: "test", id: Uuid::now_v7(), version: 1, company_id: None, flow_id: None, body: &object })
            })
        });
        written.await.expect("events");
    }
    let counted = async |ctx: &Ctx, table: &str| {
        let sql = format!("SELECT count(*) AS rows FROM {table} WHERE tenant_id = $1");
        let rows = db.read(ctx, async |ctx, tx| {
            let rows = tx.query(&sql, vec![ctx.tenant.into()], &[("rows", Cell::Whole)]).await?;
            Ok(rows.first().and_then(|row| row.try_get::<i64>("", "rows").ok()).unwrap_or_default())
        });
        rows.await.expect("a count")
    };
    assert!(sequencer::round(postgres).await.expect("a round"), "more is waiting");
    assert_eq!((counted(&busy, "event_positions").await, counted(&quiet, "event_positions").await), (500, 2));
    while sequencer::round(postgres).await.expect("a round") {}
    assert_eq!((counted(&busy, "event_positions").await, counted(&quiet, "event_positions").await), (1_200, 2));
    assert_eq!((counted(&busy, "event_queue").await, counted(&quiet, "event_queue").await), (0, 0));
}

/// A restored copy needs the key that sealed its secrets, and says so instead of going on with another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_secret_key_is_refused() {
    let place = Place::new().await;
    let settings = place.settings();
    Program::start(&place).kill();
    let key = settings.data_dir.join("secret.key");
    let kept = std::fs::read(&key).expect("the key");
    std::fs::remove_file(&key).expect("the key goes");
    let serve = || {
        let arguments = [place.arguments(), ["--listen", "127.0.0.1:0", "serve"].map(str::to_owned).to_vec()].concat();
        std::process::Command::new(env!("CARGO_BIN_EXE_causeway-under-test")).args(&arguments).output().expect("the program runs")
    };
    let refused = tokio::task::block_in_place(serve);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("secret.key") && said.contains("--new-secret-key"), "{said}");
    assert!(!key.exists(), "no other key is made");
    let checked = run(&[place.arguments(), vec!["verify".to_owned()]].concat());
    assert!(checked.contains("secret.key"), "verify tells before anybody serves: {checked}");
    std::fs::write(&key, kept).expect("the key comes back");
    Program::start(&place).kill();
}

/// The token that an operator chose is the one that counts, whoever starts after; an empty variable is no token (threat 25).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chosen_bootstrap_token_stays() {
    let place = Place::new().await;
    assert!(Program::start_as(&place.arguments(), TOKEN).stop());
    let second = Program::start_as(&place.arguments(), "");
    let nobody = Caller::new(&second.url, "").raw;
    let trade = |token: &str| serde_json::json!({ "token": token });
    assert_eq!(nobody.post("/admin/v1/bootstrap", &trade("")).await.status, 401);
    let first = nobody.post("/admin/v1/bootstrap", &trade(TOKEN)).await;
    assert_eq!(first.status, 201, "{:?}", first.json());
}

/// Whoever checks a folder that does not exist is told so, and no database is made there.
#[test]
fn a_folder_without_a_database_is_no_clean_one() {
    let folder = std::env::temp_dir().join(format!("causeway-nothing-{}", std::process::id()));
    for command in [&["verify"][..], &["verify", "--read-only"], &["migrate", "down"]] {
        let arguments = ["--data-dir".as_ref(), folder.as_os_str()];
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_causeway-under-test"))
            .env_remove("DATABASE_URL")
            .args(arguments)
            .args(command)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && said.contains("There is no database at"), "{command:?}: {said}");
        assert!(!folder.exists(), "{command:?} made the folder");
    }
}
