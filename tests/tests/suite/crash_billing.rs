//! A billing run whose program is killed: what lives, or comes next, goes on where it stopped, and everything is billed once (F14, INV-4, INV-10, INV-11).

use crate::load::{gapless, sorted};
use crate::program::{Program, verify};
use causeway_contract::{Code, ListQuery};
use causeway_openapi::billable::op as billable;
use causeway_openapi::billing_run::{BillingRun, CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::import::op as import;
use causeway_openapi::integration::{Job, op as integration};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::place::Place;
use causeway_tests::raw::Raw;
use causeway_tests::rng::Rng;
use causeway_tests::setting;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::{administrator, sandbox};
use causeway_value::{BillingRunItemStatus, BillingRunStatus, JobId, JobStatus, OrderId};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How many runs are made, each killed [`KILLS`] times, unless `CAUSEWAY_CRASH_RUNS` says otherwise.
const RUNS: u64 = 1;
/// How many more are made at the most where none was hit at work: a quick machine ends a run before it is killed.
const MORE: u64 = 10;
/// Where chance begins, unless `CAUSEWAY_CRASH_SEED` says otherwise.
const SEED: u64 = 20_261_129;
/// Invoices of a run: more than two steps of its job.
const INVOICES: usize = 240;
/// Kills of a run: the first around its commit, the others while its job is at work.
const KILLS: u64 = 3;
/// How long a job may stand still: its lease must end before another instance takes it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, and on PostgreSQL a second instance of it that takes over.
struct Pair<'a> {
    place: &'a Place,
    program: Program,
    other: Option<Program>,
}

impl<'a> Pair<'a> {
    fn start(place: &'a Place) -> Self {
        Self { place, program: Program::start(place), other: place.postgres_url().map(|_| Program::start(place)) }
    }

    /// Kills the one that is talked to; the other, or a new one that works on no jobs, takes its place.
    fn kill(&mut self) {
        tokio::task::block_in_place(|| {
            self.program.strike();
            self.program = self.other.take().unwrap_or_else(|| idle(self.place));
            self.other = self.place.postgres_url().map(|_| Program::start(self.place));
        });
    }

    /// Kills whoever may be at work. Who answers now works on no jobs: what was done is seen as the kill left it.
    fn kill_all(&mut self) {
        tokio::task::block_in_place(|| {
            self.other = None;
            self.program.strike();
            self.program = idle(self.place);
        });
    }

    /// Somebody works again.
    fn work(&mut self) {
        tokio::task::block_in_place(|| {
            self.program.strike();
            self.program = Program::start(self.place);
            self.other = self.place.postgres_url().map(|_| Program::start(self.place));
        });
    }
}

/// A program that answers and works on no jobs.
fn idle(place: &Place) -> Program {
    Program::start_with(&[place.arguments(), vec!["--role".to_owned(), "api".to_owned()]].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_billing() {
    let (runs, seed) = (setting("CAUSEWAY_CRASH_RUNS", RUNS), setting("CAUSEWAY_CRASH_SEED", SEED));
    println!("killing {runs} billing runs, {KILLS} times each, with CAUSEWAY_CRASH_SEED={seed}");
    let mut rng = Rng::new(seed);
    let place = Place::new().await;
    let mut pair = Pair::start(&place);
    let tenant = sandbox(&administrator(&pair.program.url).await).await;
    let shop = shop::open(&tenant, "").await;
    let (mut orders, mut hits, mut run) = (BTreeSet::new(), 0, 0);
    while run < runs || (hits == 0 && run < runs + MORE) {
        run += 1;
        let caller = Caller::new(&pair.program.url, &tenant.key);
        orders.extend(confirmed(&caller, &shop, INVOICES).await);
        let planned = plan(&caller, &shop).await;
        assert_eq!(planned.invoice_count, i64::try_from(INVOICES).expect("a number"));
        let job = committed(&mut pair, &mut rng, &tenant.key, &planned).await;
        let mut done = 0;
        for kill in 1..KILLS {
            pair.work();
            let wanted = rng.between(0, planned.invoice_count.unsigned_abs() / 2).cast_signed();
            let before = when(&Caller::new(&pair.program.url, &tenant.key), job, |job| job.progress.done >= wanted).await;
            tokio::time::sleep(Duration::from_millis(rng.between(0, 60))).await;
            pair.kill_all();
            let after = Caller::new(&pair.program.url, &tenant.key).get::<integration::GetJob>(job).await;
            hits += usize::from(after.status == JobStatus::Running);
            println!("run {run}, kill {}: {} of {INVOICES} were known to be made, then {} were", kill + 1, before.progress.done, after.progress.done);
            assert!(after.progress.done >= before.progress.done.max(done), "what was made stays made");
            done = after.progress.done;
        }
        pair.work();
        let caller = Caller::new(&pair.program.url, &tenant.key);
        let ended = when(&caller, job, |job| !matches!(job.status, JobStatus::Queued | JobStatus::Running)).await;
        assert_eq!((ended.status, ended.progress.done), (JobStatus::Succeeded, planned.invoice_count), "{ended:?}");
        finished(&caller, &planned, &orders).await;
    }
    assert!(hits > 0, "no kill hit one of {run} runs at work");
    verify(&place, true);
    let Pair { program, other, .. } = pair;
    program.kill();
    other.into_iter().for_each(Program::kill);
    verify(&place, false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_job_was_cancelled_goes_on() {
    const FEW: usize = 24;
    let place = Place::new().await;
    // Nobody works on jobs here.
    let idle = idle(&place);
    let tenant = sandbox(&administrator(&idle.url).await).await;
    let shop = shop::open(&tenant, "").await;
    let orders = confirmed(&tenant, &shop, FEW).await;
    let planned = plan(&tenant, &shop).await;
    let hash = CommitBillingRun { hash: planned.hash.clone() };
    let running = tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash).await;
    // While its job is there, it is committed once.
    assert_eq!(tenant.refused::<billing_run::CommitBillingRun>(planned.id, &hash).await.code, Code::StateConflict);
    let cancelled = tenant.act::<import::CancelJob>(running.job_id.expect("a job")).await;
    assert_eq!(cancelled.status, JobStatus::Cancelled);
    let other = CommitBillingRun { hash: "0".repeat(64) };
    assert_eq!(tenant.refused::<billing_run::CommitBillingRun>(planned.id, &other).await.code, Code::StateConflict);
    let again = tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash).await;
    assert!(again.status == BillingRunStatus::Running && again.job_id.is_some() && again.job_id != running.job_id);
    assert!(idle.stop());
    let program = Program::start(&place);
    let caller = Caller::new(&program.url, &tenant.key);
    when(&caller, again.job_id.expect("a job"), |job| job.status == JobStatus::Succeeded).await;
    finished(&caller, &planned, &orders).await;
    verify(&place, true);
    program.kill();
}

/// Orders of one invoice each, made by some who work at once.
async fn confirmed(caller: &Caller, shop: &Shop, count: usize) -> BTreeSet<OrderId> {
    const CLERKS: usize = 8;
    let mut clerks = JoinSet::new();
    for _ in 0..CLERKS {
        let (caller, shop) = (caller.clone(), shop.clone());
        clerks.spawn(async move {
            let mut made = Vec::new();
            for _ in 0..count / CLERKS {
                made.push(deal::confirmed(&caller, &shop, vec![line(shop.setup, "1")]).await.id);
            }
            made
        });
    }
    clerks.join_all().await.into_iter().flatten().collect()
}

async fn plan(caller: &Caller, shop: &Shop) -> BillingRun {
    let body = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
    caller.post::<billing_run::CreateBillingRun>((), &body).await
}

/// Commits a run while the program is killed, and asks again with the same key; answers the one job that came of it.
async fn committed(pair: &mut Pair<'_>, rng: &mut Rng, key: &str, planned: &BillingRun) -> JobId {
    let (path, body) = (format!("/v1/billing-runs/{}/commit", planned.id), json!({ "hash": planned.hash }));
    let ask = |raw: Raw| raw.request("POST", &path).idempotent(&planned.hash).json(&body).try_send();
    let first = tokio::spawn(ask(Raw::new(&pair.program.url).with_key(key)));
    tokio::time::sleep(Duration::from_millis(rng.between(0, 120))).await;
    pair.kill();
    let first = first.await.expect("the one who asks").ok();
    let second = ask(Raw::new(&pair.program.url).with_key(key)).await.expect("an answer");
    let run = second.success();
    if let Some(first) = &first {
        assert_eq!((first.text(), second.header("idempotent-replayed")), (second.text(), Some("true")));
    }
    println!("the commit was {}", if first.is_some() { "acknowledged before the kill" } else { "asked again" });
    run["job_id"].as_str().and_then(|id| id.parse().ok()).expect("a job")
}

/// The job as soon as it is as wanted.
async fn when(caller: &Caller, job: JobId, wanted: impl Fn(&Job) -> bool) -> Job {
    let began = Instant::now();
    loop {
        let found = caller.get::<integration::GetJob>(job).await;
        if wanted(&found) {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "the job stands still: {found:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Every order has its one invoice, numbers have no gap, and nothing waits any more.
async fn finished(caller: &Caller, planned: &BillingRun, orders: &BTreeSet<OrderId>) {
    let run = caller.get::<billing_run::GetBillingRun>(planned.id).await;
    assert_eq!((run.status, run.failed_count), (BillingRunStatus::Done, 0));
    let items = caller.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", planned.id)).await;
    assert!(i64::try_from(items.len()) == Ok(planned.invoice_count) && items.iter().all(|item| item.status == BillingRunItemStatus::Invoiced));
    let invoices = caller.all::<invoice::ListInvoices, _>(&ListQuery::default()).await;
    let billed: Vec<String> = invoices.iter().filter_map(|invoice| invoice.order_id).map(|id| id.to_string()).collect();
    assert_eq!(sorted(billed), sorted(orders.iter().map(ToString::to_string).collect()), "one invoice for each order");
    assert!(invoices.iter().all(|invoice| invoice.total_amount.0 == "297.50"));
    gapless("INV", invoices.into_iter().filter_map(|invoice| invoice.number).collect());
    gapless("JE", caller.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await.into_iter().map(|entry| entry.number).collect());
    assert!(caller.all::<billable::ListBillables, _>(&ListQuery::by("status", "ready")).await.is_empty());
    events(caller).await;
}
