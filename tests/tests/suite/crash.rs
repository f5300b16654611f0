//! The program killed at work: what it acknowledged is there once, what it did not can be asked again, and nothing is half done.

use crate::program::{Program, verify};
use causeway_contract::ListQuery;
use causeway_openapi::crm::op as crm;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::op as payment;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::place::Place;
use causeway_tests::raw::{Raw, Seen};
use causeway_tests::rng::Rng;
use causeway_tests::setting;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::{administrator, sandbox};
use serde_json::{Value, json, to_value};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;

/// How often the program is killed, unless `CAUSEWAY_CRASH_CYCLES` says otherwise.
const CYCLES: u64 = 24;
/// Where chance begins, unless `CAUSEWAY_CRASH_SEED` says otherwise.
const SEED: u64 = 20_261_121;
/// How many write at once.
const WRITERS: u64 = 8;

/// A write and what the server answered to it.
#[derive(Clone)]
pub struct Write {
    path: String,
    key: String,
    body: Value,
    answer: Seen,
    /// Whether the server went away before it answered.
    interrupted: bool,
}

/// Someone who writes until told to stop, and asks again with the same key whenever the server went away.
pub struct Writer {
    number: u64,
    rng: Rng,
    key: String,
    raw: Raw,
    shop: Shop,
    address: watch::Receiver<String>,
    writes: Vec<Write>,
}

impl Writer {
    async fn work(mut self, stop: watch::Receiver<bool>) -> Vec<Write> {
        while !*stop.borrow() {
            match self.rng.between(0, 3) {
                0 => {
                    let title = format!("lead {} of writer {}", self.writes.len(), self.number);
                    self.write("/v1/leads", json!({ "company_id": self.shop.company, "title": title })).await;
                }
                1 => {
                    let body = to_value(deal::payment_body(&self.shop, "7.00", &[])).expect("JSON");
                    self.write("/v1/payments", body).await;
                }
                _ => {
                    let body = to_value(deal::free_invoice_body(&self.shop, "9.00")).expect("JSON");
                    let draft = self.write("/v1/invoices", body).await;
                    let id = draft["id"].as_str().expect("an id").to_owned();
                    self.write(&format!("/v1/invoices/{id}/post"), json!({})).await;
                }
            }
        }
        self.writes
    }

    /// Writes until there is an answer.
    async fn write(&mut self, path: &str, body: Value) -> Value {
        let key = format!("{}-{}", self.number, self.writes.len());
        let mut interrupted = false;
        loop {
            match self.raw.request("POST", path).idempotent(&key).json(&body).try_send().await {
                Ok(answer) => {
                    let content = answer.success();
                    self.writes.push(Write { path: path.to_owned(), key, body, answer, interrupted });
                    return content;
                }
                // Whether it was done is not known. The next server knows.
                Err(_) => {
                    interrupted = true;
                    tokio::time::timeout(Duration::from_secs(60), self.address.changed()).await.expect("a server comes back").expect("an address");
                    self.raw = Raw::new(&self.address.borrow_and_update()).with_key(&self.key);
                }
            }
        }
    }
}

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
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..WRITERS {
        let (key, raw) = (tenant.key.clone(), tenant.raw.clone());
        let writer = Writer { number, rng: Rng::new(rng.next()), key, raw, shop: shop.clone(), address: address.clone(), writes: Vec::new() };
        writers.spawn(writer.work(stop.clone()));
    }
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
    let interrupted: Vec<_> = writes.iter().filter(|write| write.interrupted).collect();
    let done = interrupted.iter().filter(|write| write.answer.header("idempotent-replayed").is_some()).count();
    println!("{} writes were acknowledged; {} were asked again, {done} of which had been done already", writes.len(), interrupted.len());
    assert!(!interrupted.is_empty(), "no kill hit anything");

    let caller = Caller::new(&program.url, &tenant.key);
    once(&caller, &writes).await;
    again(&caller, &writes).await;
    verify(&place, true);
    program.kill();
    other.into_iter().for_each(Program::kill);
    verify(&place, false);
}

/// Every acknowledged write is there once, nothing else is, and numbers have no gap.
async fn once(caller: &Caller, writes: &[Write]) {
    let leads: Vec<_> = caller.all::<crm::ListLeads, _>(&ListQuery::default()).await.into_iter().map(|lead| lead.id.to_string()).collect();
    assert_eq!(sorted(leads), acknowledged(writes, |path| path == "/v1/leads"));
    let payments = caller.all::<payment::ListPayments, _>(&ListQuery::default()).await;
    assert_eq!(sorted(payments.iter().map(|payment| payment.id.to_string()).collect()), acknowledged(writes, |path| path == "/v1/payments"));
    gapless("PAY", payments.into_iter().filter_map(|payment| payment.number).collect());
    let invoices = caller.all::<invoice::ListInvoices, _>(&ListQuery::default()).await;
    assert_eq!(sorted(invoices.iter().map(|invoice| invoice.id.to_string()).collect()), acknowledged(writes, |path| path == "/v1/invoices"));
    let posted: Vec<_> = invoices.iter().filter(|invoice| invoice.number.is_some()).map(|invoice| invoice.id.to_string()).collect();
    assert_eq!(sorted(posted), acknowledged(writes, |path| path.ends_with("/post")));
    gapless("INV", invoices.into_iter().filter_map(|invoice| invoice.number).collect());
    gapless("JE", caller.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await.into_iter().map(|entry| entry.number).collect());
    events(caller).await;
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    for write in writes {
        *keys.entry(&write.key).or_default() += 1;
    }
    assert!(keys.values().all(|count| *count == 1));
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

fn acknowledged(writes: &[Write], wanted: impl Fn(&str) -> bool) -> Vec<String> {
    sorted(writes.iter().filter(|write| wanted(&write.path)).map(|write| write.answer.json()["id"].as_str().expect("an id").to_owned()).collect())
}

fn gapless(prefix: &str, numbers: Vec<String>) {
    let expected: Vec<String> = (1..=numbers.len()).map(|number| format!("{prefix}/2026/{number:05}")).collect();
    assert_eq!(sorted(numbers), expected);
}

/// Every key still gives its first answer, byte for byte.
async fn again(caller: &Caller, writes: &[Write]) {
    for write in writes {
        let seen = caller.raw.request("POST", &write.path).idempotent(&write.key).json(&write.body).send().await;
        assert_eq!((seen.status, seen.header("idempotent-replayed")), (write.answer.status, Some("true")), "{} {}", write.path, seen.text());
        assert_eq!(seen.text(), write.answer.text(), "{}", write.path);
    }
}
