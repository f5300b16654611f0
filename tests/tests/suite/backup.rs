//! A copy taken while the service is used, and a service that is asked to stop while it is used.

use crate::program::{Program, run, verify};
use causeway_contract::ListQuery;
use causeway_openapi::catalog::op as catalog;
use causeway_openapi::integration::{StreamQuery, op as integration};
use causeway_tests::caller::Caller;
use causeway_tests::place::Place;
use causeway_tests::world::{administrator, sandbox};
use serde_json::json;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Someone who writes until told to stop; answers the names that were acknowledged.
async fn write(caller: Caller, number: usize, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let name = format!("c{number}-{}", acknowledged.len());
        let sent = caller.raw.request("POST", "/v1/categories").idempotent(&name).json(&json!({ "name": name })).try_send().await;
        if sent.is_ok_and(|seen| seen.ok()) {
            acknowledged.push(name);
        }
    }
    acknowledged
}

async fn names(caller: &Caller) -> BTreeSet<String> {
    caller.all::<catalog::ListCategories, _>(&ListQuery::default()).await.into_iter().map(|category| category.name).collect()
}

/// The copy is one moment: it verifies, holds everything that was acknowledged before it began, and nothing that does not follow from that (F21).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_under_load() {
    let place = Place::new().await;
    if place.postgres_url().is_some() {
        println!("PostgreSQL has its own tools for backups; the README says which.");
        return;
    }
    let program = Program::start(&place);
    let tenant = sandbox(&administrator(&program.url).await).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4).map(|number| tokio::spawn(write(tenant.owner.clone(), number, Arc::clone(&stop)))).collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let before = names(&tenant).await;
    let elsewhere = Place::new().await;
    let copy = elsewhere.sqlite_file();
    std::fs::remove_file(&copy).expect("the empty database of a new place");
    let arguments = [place.arguments(), vec!["backup".to_owned(), copy.display().to_string()]].concat();
    let said = tokio::task::block_in_place(|| run(&arguments));
    assert!(said.contains("Copied") && said.contains("secret.key"), "{said}");
    let rights = std::fs::metadata(&copy).expect("the copy").permissions().mode();
    assert_eq!(rights & 0o077, 0, "a copy holds what every tenant has: it is its owner's alone");
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("a writer"));
    }
    verify(&elsewhere, false);
    let key = |place: &Place| place.settings().data_dir.join("secret.key");
    std::fs::copy(key(&place), key(&elsewhere)).expect("the key that belongs to the copy");
    let restored = Program::start(&elsewhere);
    let found = names(&Caller::new(&restored.url, &tenant.key)).await;
    assert!(!before.is_empty() && before.is_subset(&found), "{:?} are lost", before.difference(&found).collect::<Vec<_>>());
    assert!(found.is_subset(&acknowledged), "{:?} were never acknowledged", found.difference(&acknowledged).collect::<Vec<_>>());
    assert!(found.len() < acknowledged.len(), "nothing was written after the copy");
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_causeway-under-test")).args(&arguments).output().expect("the program runs");
    assert!(!second.status.success(), "a file that exists is not written over");
    restored.kill();
    program.kill();
}

/// SIGTERM under load: what is under way is answered, streams end, and what was acknowledged is there (F22).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load() {
    let place = Place::new().await;
    let program = Program::start(&place);
    let tenant = sandbox(&administrator(&program.url).await).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4).map(|number| tokio::spawn(write(tenant.owner.clone(), number, Arc::clone(&stop)))).collect();
    let query = StreamQuery { live: Some(true), ..StreamQuery::default() };
    let mut stream = tenant.client.stream::<integration::StreamEvents, _>((), &query, None).await.expect("a stream");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    assert!(tokio::task::block_in_place(|| program.stop()), "the program does not end well");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let end = async { while stream.next().await.expect("a clean end").is_some() {} };
    tokio::time::timeout(Duration::from_secs(5), end).await.expect("the stream ends with the server");
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("a writer"));
    }
    let program = Program::start(&place);
    let found = names(&Caller::new(&program.url, &tenant.key)).await;
    assert!(!acknowledged.is_empty() && acknowledged.is_subset(&found), "{:?} are lost", acknowledged.difference(&found).collect::<Vec<_>>());
    program.kill();
    verify(&place, false);
}
