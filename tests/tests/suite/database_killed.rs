//! PostgreSQL killed under load: the service refuses in the meantime, recovers by itself, and has lost nothing that it acknowledged (F4, INV-1, INV-2).

use crate::load::{self, Write};
use crate::program::{Program, verify};
use causeway_tests::caller::Caller;
use causeway_tests::cluster::Cluster;
use causeway_tests::place::{POSTGRES, Place};
use causeway_tests::rng::Rng;
use causeway_tests::setting;
use causeway_tests::shop;
use causeway_tests::world::{administrator, sandbox};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often the database is killed, unless `CAUSEWAY_DATABASE_KILLS` says otherwise.
const KILLS: u64 = 3;
/// Where chance begins, unless `CAUSEWAY_CRASH_SEED` says otherwise.
const SEED: u64 = 20_261_129;
/// How soon the service must write again once its database is back.
const RECOVERY: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_killed_under_load() {
    if std::env::var(POSTGRES).unwrap_or_default().is_empty() {
        println!("SKIPPED: the embedded database has no server that could be killed; CAUSEWAY_TEST_POSTGRES asks for PostgreSQL");
        return;
    }
    let (kills, seed) = (setting("CAUSEWAY_DATABASE_KILLS", KILLS), setting("CAUSEWAY_CRASH_SEED", SEED));
    println!("killing the database {kills} times with CAUSEWAY_CRASH_SEED={seed}");
    let mut rng = Rng::new(seed);
    let cluster = tokio::task::block_in_place(Cluster::start);
    let place = Place::on(&cluster).await;
    let program = Program::start(&place);
    let tenant = sandbox(&administrator(&program.url).await).await;
    let shop = shop::open(&tenant, "").await;
    let (_tell, address) = watch::channel(program.url.clone());
    let (end, stop) = watch::channel(false);
    let writers = load::start(&tenant, &shop, &mut rng, &address, &stop);
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(rng.between(300, 1_200))).await;
        tokio::task::block_in_place(|| cluster.strike());
        refused(&tenant).await;
        tokio::time::sleep(Duration::from_millis(rng.between(0, 1_500))).await;
        tokio::task::block_in_place(|| cluster.begin());
        println!("kill {kill} of {kills}: written again after {} ms", recovered(&tenant).await.as_millis());
    }
    tokio::time::sleep(Duration::from_millis(rng.between(100, 900))).await;
    end.send(true).expect("writers");
    let writes: Vec<Write> = writers.join_all().await.into_iter().flatten().collect();
    let refusals: usize = writes.iter().map(|write| write.refusals).sum();
    let done = writes.iter().filter(|write| write.had_been_done()).count();
    println!("{} writes were acknowledged after {refusals} refusals; {done} had been done although they were refused", writes.len());
    assert!(refusals > 0, "no kill hit anything");
    let caller = Caller::new(&program.url, &tenant.key);
    load::once(&caller, &writes).await;
    load::again(&caller, &writes).await;
    verify(&place, true);
    program.kill();
}

/// While the database is away: reading, writing and readiness say so properly, and health says that the process lives.
async fn refused(caller: &Caller) {
    for path in ["/v1/orders?limit=1", "/v1/clock"] {
        let seen = caller.raw.get(path).await;
        assert_eq!(seen.status, 503, "{path}: {}", seen.text());
        assert!(seen.problem().retryable && seen.header("retry-after").is_some());
    }
    let ready = caller.raw.get("/readyz").await;
    assert_eq!((ready.status, ready.header("retry-after")), (503, Some("1")));
    assert_eq!(caller.raw.get("/healthz").await.status, 200);
}

/// How long it takes until the service is ready and writes.
async fn recovered(caller: &Caller) -> Duration {
    let began = Instant::now();
    loop {
        let ready = caller.raw.get("/readyz").await.status == 200;
        let written = caller.raw.post("/v1/categories", &serde_json::json!({ "name": causeway_tests::unique("again") })).await;
        if ready && written.ok() {
            return began.elapsed();
        }
        assert!(written.ok() || written.problem().status == 503, "{}", written.text());
        assert!(began.elapsed() < RECOVERY, "the service does not recover: {}", written.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
