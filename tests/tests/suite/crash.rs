//! The program killed at work: what it acknowledged is there once, what it did not can be asked again, and nothing is half done.

use causeway_contract::ListQuery;
use causeway_openapi::crm::op as crm;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::op as payment;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::place::{Place, TOKEN};
use causeway_tests::raw::{Raw, Seen};
use causeway_tests::rng::Rng;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::{administrator, sandbox};
use serde_json::{Value, json, to_value};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::watch;

/// How often the program is killed, unless `CAUSEWAY_CRASH_CYCLES` says otherwise.
const CYCLES: u64 = 24;
/// Where chance begins, unless `CAUSEWAY_CRASH_SEED` says otherwise.
const SEED: u64 = 20_261_121;
/// How many write at once.
const WRITERS: u64 = 8;

/// The running program.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    /// Starts it and waits until it says where it serves.
    fn start(place: &Place) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_causeway-under-test"));
        command.args(place.arguments()).args(["--listen", "127.0.0.1:0", "--log", "error", "serve"]);
        let mut child = command.env("CAUSEWAY_BOOTSTRAP_TOKEN", TOKEN).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = lines.next().expect("a line").expect("text");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        // What else it prints must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Ends it as the power would: SIGKILL.
    fn kill(mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Dead already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A write and what the server answered to it.
#[derive(Clone)]
struct Write {
    path: String,
    key: String,
    body: Value,
    answer: Seen,
    /// Whether the server went away before it answered.
    interrupted: bool,
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

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_work() {
    let (cycles, seed) = (setting("CAUSEWAY_CRASH_CYCLES", CYCLES), setting("CAUSEWAY_CRASH_SEED", SEED));
    println!("killing {cycles} times with CAUSEWAY_CRASH_SEED={seed}");
    let mut rng = Rng::new(seed);
    let place = Place::new().await;
    let mut program = Program::start(&place);
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
        program = tokio::task::block_in_place(|| Program::start(&place));
        tell.send(program.url.clone()).expect("writers");
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

/// `causeway verify` finds nothing broken; while the server runs it only reads.
pub fn verify(place: &Place, read_only: bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway-under-test"));
    command.args(place.arguments()).args(["--log", "error", "verify"]).args(read_only.then_some("--read-only"));
    let output = command.stdin(Stdio::null()).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("everything holds"), "{said}");
}
