//! Writers that go on whatever happens to the service, and what must hold of everything that it acknowledged to them (INV-1, INV-2, INV-4).

use causeway_contract::ListQuery;
use causeway_openapi::crm::op as crm;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::op as payment;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::raw::{Raw, Seen};
use causeway_tests::rng::Rng;
use causeway_tests::shop::Shop;
use causeway_tests::world::Tenant;
use serde_json::{Value, json, to_value};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many write at once.
const WRITERS: u64 = 8;
/// How long the service may refuse because it cannot reach its database.
const PATIENCE: Duration = Duration::from_secs(60);

/// A write and what the server answered to it.
#[derive(Clone)]
pub struct Write {
    path: String,
    key: String,
    body: Value,
    answer: Seen,
    /// Whether the server, or its database, went away before it answered.
    pub interrupted: bool,
    /// How often it was refused for the time being: 503.
    pub refusals: usize,
}

impl Write {
    /// Whether it had been done when it was asked again.
    pub fn had_been_done(&self) -> bool {
        self.interrupted && self.answer.header("idempotent-replayed").is_some()
    }
}

/// Starts writers at the address that `address` tells; they write until `stop` says so.
pub fn start(tenant: &Tenant, shop: &Shop, rng: &mut Rng, address: &watch::Receiver<String>, stop: &watch::Receiver<bool>) -> JoinSet<Vec<Write>> {
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let (key, raw) = (tenant.key.clone(), tenant.raw.clone());
        let writer = Writer { number, rng: Rng::new(rng.next()), key, raw, shop: shop.clone(), address: address.clone(), writes: Vec::new() };
        writers.spawn(writer.work(stop.clone()));
    }
    writers
}

/// Someone who writes until told to stop, and asks again with the same key whenever the server went away.
struct Writer {
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
        let (mut interrupted, mut refusals, began) = (false, 0, Instant::now());
        loop {
            match self.raw.request("POST", path).idempotent(&key).json(&body).try_send().await {
                Ok(answer) if answer.status == 503 => {
                    // A proper problem that says when to come back; whether it was done may not be known.
                    let problem = answer.problem();
                    assert!(problem.retryable && began.elapsed() < PATIENCE, "{path} is refused for too long: {}", answer.text());
                    (interrupted, refusals) = (true, refusals + 1);
                    tokio::time::sleep(Duration::from_millis(self.rng.between(20, 200))).await;
                }
                Ok(answer) => {
                    let content = answer.success();
                    self.writes.push(Write { path: path.to_owned(), key, body, answer, interrupted, refusals });
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

/// Every acknowledged write is there once, nothing else is, and numbers have no gap.
pub async fn once(caller: &Caller, writes: &[Write]) {
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

pub fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

fn acknowledged(writes: &[Write], wanted: impl Fn(&str) -> bool) -> Vec<String> {
    sorted(writes.iter().filter(|write| wanted(&write.path)).map(|write| write.answer.json()["id"].as_str().expect("an id").to_owned()).collect())
}

/// The numbers of one series of the year are 1, 2, 3 …
pub fn gapless(prefix: &str, numbers: Vec<String>) {
    let expected: Vec<String> = (1..=numbers.len()).map(|number| format!("{prefix}/2026/{number:05}")).collect();
    assert_eq!(sorted(numbers), expected);
}

/// Every key still gives its first answer, byte for byte.
pub async fn again(caller: &Caller, writes: &[Write]) {
    for write in writes {
        let seen = caller.raw.request("POST", &write.path).idempotent(&write.key).json(&write.body).send().await;
        assert_eq!((seen.status, seen.header("idempotent-replayed")), (write.answer.status, Some("true")), "{} {}", write.path, seen.text());
        assert_eq!(seen.text(), write.answer.text(), "{}", write.path);
    }
}
