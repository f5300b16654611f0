//! The goals of the design, measured from outside in a terminal, against a service on this machine. Ignored among the other tests: they are about the program
//! as it is downloaded. `.ci/run` builds that one and names it in `CAUSEWAY_CONSOLE_BIN`.

use crate::screen::program;
use causeway_contract::{Bulk, BulkMode};
use causeway_openapi::crm::{CreateOpportunity, op::CreateOpportunities};
use causeway_openapi::order::{CreateOrder, op::CreateOrder as CreateOrderOp};
use causeway_openapi::party::{CreateParty, op::CreateParty as CreatePartyOp};
use causeway_tests::deal::order_body;
use causeway_tests::shop::{self, Shop, line as line_of, party_body};
use causeway_tests::world::World;
use serde_json::Value;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Machines of a CI are shared: the best of so many runs counts.
const RUNS: usize = 3;
/// The longest that something may take to happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two keys, as a hand that is in a hurry presses them.
const APART: Duration = Duration::from_millis(40);
/// Within this the preview has followed the cursor.
const SETTLED: Duration = Duration::from_millis(400);
/// How long nothing happens.
const IDLE: Duration = Duration::from_secs(10);
/// Moves of which the bytes are counted.
const MOVES: usize = 10;
/// Keys that are pressed to see how soon each is answered.
const KEYS: usize = 100;

/// Rows of a long list.
const ROWS: u64 = 10_000;
/// Rows that one request makes at most.
const BULK: usize = 1_000;
/// Events that come while the processor is looked at: so many at once, so often, so long.
const BURST: usize = 20;
const EACH: Duration = Duration::from_millis(100);
const STREAMED: Duration = Duration::from_secs(5);

/// What was measured: the goal, and from where on it is a failure (the design, section 4).
struct Measured {
    what: &'static str,
    number: u64,
    goal: u64,
    fails: u64,
}

/// The console in a terminal of its own. `script` makes the terminal and passes on every byte as it comes.
struct Terminal {
    folder: TempDir,
    script: Child,
    keys: ChildStdin,
    written: Receiver<(Instant, usize)>,
}

impl Terminal {
    fn start(url: &str, key: &str, list: &str) -> Self {
        Self::sized((100, 30), url, key, list)
    }

    fn sized((columns, rows): (u16, u16), url: &str, key: &str, list: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let command = format!("stty rows {rows} cols {columns}; exec '{}' {list} --fresh", program());
        let mut script = Command::new("script")
            .args(["--quiet", "--flush", "--command", &command, "/dev/null"])
            .current_dir(folder.path())
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color")
            .env("CAUSEWAY_CONSOLE_HOME", folder.path())
            .env("CAUSEWAY_METRICS", folder.path().join("metrics"))
            .env("CAUSEWAY_URL", url)
            .env("CAUSEWAY_API_KEY", key)
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script is installed");
        let (keys, mut out) = (script.stdin.take().expect("an input"), script.stdout.take().expect("an output"));
        let (sender, written) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 64 * 1024];
            while let Ok(count) = out.read(&mut part) {
                if count == 0 || sender.send((Instant::now(), count)).is_err() {
                    return;
                }
            }
        });
        Self { folder, script, keys, written }
    }

    fn press(&mut self, key: &str) -> Instant {
        let begun = Instant::now();
        self.keys.write_all(key.as_bytes()).expect("it listens");
        begun
    }

    /// The bytes that come until then, and when the first did.
    fn listen(&self, until: Instant) -> (usize, Option<Instant>) {
        let (mut bytes, mut first) = (0, None);
        loop {
            match self.written.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((at, count)) => {
                    bytes += count;
                    first.get_or_insert(at);
                }
                Err(RecvTimeoutError::Timeout) => return (bytes, first),
                Err(RecvTimeoutError::Disconnected) => panic!("the console ended"),
            }
        }
    }

    /// Waits until nothing is written for a while.
    fn rest(&self) {
        let end = Instant::now() + PATIENCE;
        while self.listen(Instant::now() + Duration::from_millis(700)).0 > 0 {
            assert!(Instant::now() < end, "it never rests");
        }
    }

    /// The frames that the program drew, as it tells them.
    fn frames(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("metrics")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// When the program drew a frame like that, in microseconds since it began.
    fn frame(&self, good: impl Fn(&Value) -> bool) -> u64 {
        let end = Instant::now() + PATIENCE;
        loop {
            let frames = self.frames();
            if let Some(frame) = frames.iter().find(|frame| good(frame)) {
                return frame["at_us"].as_u64().expect("a number");
            }
            assert!(Instant::now() < end, "it draws no such frame: {frames:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How long it takes until the first byte comes after each of these keys, sorted.
    fn answers<'a>(&mut self, keys: impl Iterator<Item = &'a str>) -> Vec<u64> {
        let mut times: Vec<u64> = keys
            .map(|key| {
                let begun = self.press(key);
                let (_, first) = self.listen(begun + APART);
                micros(first.map_or(APART, |first| first.saturating_duration_since(begun)))
            })
            .collect();
        times.sort_unstable();
        times
    }

    /// What the system says of the program: a file of its folder in `/proc`.
    fn process(&self, file: &str) -> String {
        let output = Command::new("pgrep").args(["-P", &self.script.id().to_string()]).output().expect("pgrep is installed");
        let process = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        std::fs::read_to_string(format!("/proc/{process}/{file}")).expect("the console runs")
    }

    /// The memory that it holds, in KiB.
    fn resident(&self) -> u64 {
        let status = self.process("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// The time that it used of the processor, in ticks of 10 ms.
    fn ticks(&self) -> u64 {
        let stat = self.process("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        fields[11].parse::<u64>().expect("a number") + fields[12].parse::<u64>().expect("a number")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.keys.write_all(b"\x03").ok();
        let end = Instant::now() + Duration::from_secs(5);
        while matches!(self.script.try_wait(), Ok(None)) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.script.kill().ok();
        self.script.wait().ok();
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).expect("a short time")
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).expect("a small number")
}

/// The bytes of a move down, with the preview that follows.
fn moves(terminal: &mut Terminal) -> u64 {
    let begun: Vec<usize> = (0..MOVES)
        .map(|_| {
            let begun = terminal.press("j");
            terminal.listen(begun + SETTLED).0
        })
        .collect();
    bytes(begun.iter().sum::<usize>() / MOVES)
}

/// A move over orders as they are in life: each has another customer, lines and sums, so that nearly every letter of the preview is another one. The narrow
/// terminal has none.
fn measure_orders(url: &str, key: &str) -> Vec<Measured> {
    let measured = [((80, 24), "a move over orders, 80x24, bytes"), ((100, 30), "a move over orders with lines, bytes")];
    let measure = |(size, what)| {
        let mut terminal = Terminal::sized(size, url, key, "orders");
        terminal.frame(|frame| frame["rows"].as_u64() > Some(0));
        terminal.rest();
        Measured { what, number: moves(&mut terminal), goal: 350, fails: 350 }
    };
    measured.map(measure).into()
}

/// A long list, all of it loaded: the memory, and how soon a letter of a filter is seen.
fn measure_long(url: &str, key: &str) -> Vec<Measured> {
    let mut terminal = Terminal::start(url, key, "opportunities");
    terminal.frame(|frame| frame["rows"].as_u64() > Some(0));
    let end = Instant::now() + PATIENCE;
    while terminal.frames().last().and_then(|frame| frame["rows"].as_u64()) < Some(ROWS) {
        assert!(Instant::now() < end, "it never loads all rows");
        terminal.press("G");
        terminal.listen(Instant::now() + APART);
    }
    terminal.rest();
    let resident = terminal.resident();
    terminal.press("/");
    terminal.rest();
    let times = terminal.answers("office 12office 34".split_inclusive(|_: char| true));
    terminal.rest();
    vec![
        Measured { what: "memory with 10,000 rows, KiB", number: resident, goal: 20 * 1024, fails: 40 * 1024 },
        Measured { what: "a letter of a filter of 10,000 rows p99, us", number: times[times.len() * 99 / 100], goal: 2_000, fails: 8_000 },
    ]
}

/// News, many a second, while the list that they are of is shown.
fn measure_stream(url: &str, key: &str, news: &Sender<()>) -> Vec<Measured> {
    let terminal = Terminal::start(url, key, "opportunities");
    terminal.frame(|frame| frame["rows"].as_u64() > Some(0));
    terminal.rest();
    let (ticks, frames) = (terminal.ticks(), terminal.frames().len());
    news.send(()).expect("somebody makes news");
    let (bytes_written, _) = terminal.listen(Instant::now() + STREAMED);
    let (ticks, frames) = (terminal.ticks() - ticks, terminal.frames().len() - frames);
    assert!(bytes_written > 0, "the news are seen");
    let seconds = STREAMED.as_secs();
    vec![
        Measured { what: "200 events a second: frames a second", number: bytes(frames) / seconds, goal: 30, fails: 60 },
        // A tick is 10 ms: of a second it is a hundredth.
        Measured { what: "200 events a second: percent of a processor", number: ticks.div_ceil(seconds), goal: 5, fails: 15 },
    ]
}

fn measure(url: &str, key: &str) -> Vec<Measured> {
    let mut terminal = Terminal::start(url, key, "opportunities");
    let frame = terminal.frame(|_| true);
    let data = terminal.frame(|frame| frame["rows"].as_u64() > Some(0));
    terminal.rest();
    let resident = terminal.resident();

    let times = terminal.answers((0..KEYS).map(|at| if at < KEYS / 2 { "j" } else { "k" }));
    terminal.rest();

    let moved = moves(&mut terminal);
    terminal.rest();

    let before = terminal.ticks();
    let (idle, _) = terminal.listen(Instant::now() + IDLE);
    let ticks = terminal.ticks() - before;
    let measured = |what, number, goal, fails| Measured { what, number, goal, fails };
    vec![
        measured("first frame, us", frame, 15_000, 50_000),
        measured("first data, us", data, 100_000, 250_000),
        measured("memory after the first list, KiB", resident, 12 * 1024, 25 * 1024),
        measured("key to first byte p50, us", times[KEYS / 2], 2_000, 8_000),
        measured("key to first byte p99, us", times[KEYS * 99 / 100], 2_000, 8_000),
        measured("a move with what follows, bytes", moved, 350, 350),
        measured("idle for 10 s, bytes", bytes(idle), 0, 64),
        measured("idle for 10 s, ticks of the processor", ticks, 0, 5),
    ]
}

fn deals(shop: &Shop, count: usize) -> Bulk<CreateOpportunity> {
    let deal = |at: usize| CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: format!("Chairs for office {at}"),
        ..CreateOpportunity::default()
    };
    Bulk { mode: BulkMode::Atomic, items: (0..count).map(deal).collect() }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures the program as it is downloaded: .ci/run"]
async fn goals() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "g").await;
    tenant.post::<CreateOpportunities>((), &deals(&shop, 60)).await;
    let long = world.sandbox().await;
    let other = shop::open(&long, "h").await;
    for _ in 0..ROWS / bytes(BULK) {
        long.post::<CreateOpportunities>((), &deals(&other, BULK)).await;
    }
    for at in 0..30_usize {
        let other = CreateParty { name: format!("{} {at}", ["Hungry Owl All-Night Grocers", "Bon app'", "Richter Supermarkt"][at % 3]), ..party_body("") };
        let party = tenant.post::<CreatePartyOp>((), &other).await.id;
        let lines = (0..=at % 4).map(|line| line_of(if line % 2 == 0 { shop.chai } else { shop.setup }, &format!("{}", 7 * at + line + 1)));
        tenant.post::<CreateOrderOp>((), &CreateOrder { party_id: Some(party), ..order_body(&shop, lines.collect()) }).await;
    }
    let mut best: Vec<Measured> = Vec::new();
    for _ in 0..RUNS {
        let (url, key) = (world.server.url.clone(), tenant.key.clone());
        let (long_key, (news, wanted)) = (long.key.clone(), channel());
        let all = move || {
            let mut all = measure(&url, &key);
            all.extend(measure_orders(&url, &key));
            all.extend(measure_long(&url, &long_key));
            all.extend(measure_stream(&url, &key, &news));
            all
        };
        let measured = tokio::task::spawn_blocking(all);
        while !measured.is_finished() {
            tokio::time::sleep(EACH).await;
            if wanted.try_recv().is_ok() {
                let mut clock = tokio::time::interval(EACH);
                for _ in 0..STREAMED.as_millis() / EACH.as_millis() {
                    clock.tick().await;
                    tenant.post::<CreateOpportunities>((), &deals(&shop, BURST)).await;
                }
            }
        }
        let measured = measured.await.expect("it is measured");
        if best.is_empty() {
            best = measured;
        } else {
            for (best, again) in best.iter_mut().zip(measured) {
                best.number = best.number.min(again.number);
            }
        }
        if best.iter().all(|measured| measured.number <= measured.goal) {
            break;
        }
    }
    let mut out = std::io::stdout().lock();
    for Measured { what, number, goal, fails } in &best {
        let missed = if number > goal { "  MISSED" } else { "" };
        writeln!(out, "  {what:40} {number:>8}  goal {goal:>6}, fails beyond {fails}{missed}").expect("an output");
    }
    let failed: Vec<_> = best.iter().filter(|measured| measured.number > measured.fails).map(|measured| measured.what).collect();
    assert!(failed.is_empty(), "beyond what is bearable: {}", failed.join("; "));
}
