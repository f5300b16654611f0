//! The program killed at work: what it acknowledged is there once, what it did not can be asked again, and nothing is half done.

use crate::load::{self, Write};
use crate::program::{Program, verify};
use causeway_tests::caller::Caller;
use causeway_tests::place::Place;
use causeway_tests::rng::Rng;
use causeway_tests::setting;
use causeway_tests::shop;
use causeway_tests::world::{administrator, sandbox};
use std::time::Duration;
use tokio::sync::watch;

/// How often the program is killed, unless `CAUSEWAY_CRASH_CYCLES` says otherwise.
const CYCLES: u64 = 24;
/// Where chance begins, unless `CAUSEWAY_CRASH_SEED` says otherwise.
const SEED: u64 = 20_261_121;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_work() {
    let (cycles, seed) = (setting("CAUSEWAY_CRASH_CYCLES", CYCLES), setting("CAUSEWAY_CRASH_SEED", SEED));
    println!("killing {cycles} times with CAUSEWAY_CRASH_SEED={seed}");
    let mut rng = Rng::new(seed);
    let place = Place::new().await;
    let mut program = Program::start(&place);
    // On PostgreSQL there are two instances, and the one that lives takes over at once.
    let mut other = place.postgres_url().map(|_| Program::start(&place));
    let tenant = sandbox(&administrator(&program.url).await).await;
    let shop = shop::open(&tenant, "").await;

    let (tell, address) = watch::channel(program.url.clone());
    let (end, stop) = watch::channel(false);
    let writers = load::start(&tenant, &shop, &mut rng, &address, &stop);
    for cycle in 0..cycles {
        tokio::time::sleep(Duration::from_millis(rng.between(100, 900))).await;
        program.kill();
        let fresh = || tokio::task::block_in_place(|| Program::start(&place));
        program = other.take().unwrap_or_else(fresh);
        tell.send(program.url.clone()).expect("writers");
        other = place.postgres_url().map(|_| fresh());
        println!("cycle {} of {cycles}", cycle + 1);
    }
    tokio::time::sleep(Duration::from_millis(rng.between(100, 900))).await;
    end.send(true).expect("writers");
    let writes: Vec<Write> = writers.join_all().await.into_iter().flatten().collect();
    let interrupted = writes.iter().filter(|write| write.interrupted).count();
    let done = writes.iter().filter(|write| write.had_been_done()).count();
    println!("{} writes were acknowledged; {interrupted} were asked again, {done} of which had been done already", writes.len());
    assert!(interrupted > 0, "no kill hit anything");
    assert!(writes.iter().all(|write| write.refusals == 0), "an instance that lives refuses nothing");

    let caller = Caller::new(&program.url, &tenant.key);
    load::once(&caller, &writes).await;
    load::again(&caller, &writes).await;
    verify(&place, true);
    program.kill();
    other.into_iter().for_each(Program::kill);
    verify(&place, false);
}

/// A write-ahead log that was cut, or left behind, leaves a whole database of some time ago: the file beside it tells that something is missing (F26, threat 60).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_lacks_its_last_events_is_missed() {
    let place = Place::new().await;
    if place.postgres_url().is_some() {
        return;
    }
    let beside = |name: &str| place.sqlite_file().with_file_name(name);
    let anchor = beside("causeway.anchor");
    let noted = || std::fs::read_to_string(&anchor).unwrap_or_default();
    let patience = std::time::Instant::now();
    let waiting = async |before: &str| {
        while noted() == before {
            assert!(patience.elapsed() < Duration::from_secs(60), "nobody notes what the database holds");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let mut program = Program::start(&place);
    let tenant = sandbox(&administrator(&program.url).await).await;
    waiting("").await;
    let before = noted();
    tenant.raw.post("/v1/categories", &serde_json::json!({ "name": "Tea" })).await.success();
    waiting(&before).await;
    program.strike();
    // As the power left it, it holds and is served.
    verify(&place, false);
    let older = std::fs::read(place.sqlite_file()).expect("the database");
    program = Program::start(&place);
    let before = noted();
    let caller = Caller::new(&program.url, &tenant.key);
    caller.raw.post("/v1/categories", &serde_json::json!({ "name": "Coffee" })).await.success();
    waiting(&before).await;
    program.strike();
    for log in ["causeway.sqlite-wal", "causeway.sqlite-shm"] {
        let _ = std::fs::remove_file(beside(log));
    }
    std::fs::write(place.sqlite_file(), older).expect("the database of before");
    for command in ["serve", "verify"] {
        let program = env!("CARGO_BIN_EXE_causeway-under-test").to_owned();
        let arguments = [vec!["30".to_owned(), program], place.arguments(), ["--listen", "127.0.0.1:0", command].map(str::to_owned).to_vec()].concat();
        let output = std::process::Command::new("timeout").args(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("lacks what it held before"), "{command}: {said}");
    }
    // Whoever wants the older state says so.
    std::fs::remove_file(&anchor).expect("the note");
    Program::start(&place).kill();
}
