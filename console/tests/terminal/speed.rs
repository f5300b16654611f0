//! What the console costs, counted by itself in a real terminal: bytes, frames and answers to keys. Nothing here depends on how fast the machine is.

use crate::door::Door;
use crate::screen::Screen;
use causeway_contract::{Bulk, BulkMode};
use causeway_openapi::crm::{CreateOpportunity, op::CreateOpportunities};
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::Value;
use std::time::{Duration, Instant};

/// The least time between two frames is 34 ms; a second holds no more than this.
const FRAMES_A_SECOND: usize = 30;
/// Bytes of a cursor move, and of one that scrolls: less than the goals of the design, because these rows are much alike.
const MOVE: u64 = 200;
const SCROLL: u64 = 350;

/// Within this a key is answered whatever the server does: far more than a busy machine needs, and far less than a call waits for its answer.
const ANSWERED: Duration = Duration::from_secs(2);

fn number(frame: &Value, name: &str) -> u64 {
    frame[name].as_u64().unwrap_or_default()
}

/// Presses a key so many times, one after the other; gives the bytes of the frames that answered, each.
fn pressed(screen: &Screen, key: &str, times: u64) -> u64 {
    let before = screen.rest();
    for _ in 0..times {
        screen.keys(&[key]);
        std::thread::sleep(Duration::from_millis(40));
    }
    screen.rest();
    let answers: Vec<u64> = screen.frames()[before..].iter().filter(|frame| !frame["input_us"].is_null()).map(|frame| number(frame, "bytes")).collect();
    assert!(!answers.is_empty(), "{key} was answered");
    answers.iter().sum::<u64>() / times
}

/// A server that is stopped keeps its connections and answers nothing: the screen must not go on saying that it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_noticed_though_nobody_asks_it_anything() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let door = Door::before(&world.server.url);
    let screen = Screen::start((100, 30), &door.url, &tenant.key, "orders --fresh");
    screen.wait("No orders yet");
    screen.wait("live <");
    door.hold();
    screen.wait("no answer for");
    screen.wait("OFFLINE");
    door.release();
    // What was held is answered now, late.
    screen.until("the link again", |text| text.contains("● live") && !text.contains("OFFLINE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_resting_stalling_and_streaming_stay_within_their_goals() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "w").await;
    let deal = |at: usize| CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: format!("Chairs for office {at}"),
        ..CreateOpportunity::default()
    };
    let many = |count: usize| Bulk { mode: BulkMode::Atomic, items: (0..count).map(deal).collect() };
    tenant.post::<CreateOpportunities>((), &many(60)).await;
    let door = Door::before(&world.server.url);
    let screen = Screen::start((100, 30), &door.url, &tenant.key, "opportunities --fresh");
    screen.wait("opportunities 1/60");

    // The first frame needs no server.
    assert_eq!((number(&screen.frames()[0], "frame"), screen.frames()[0]["rows"].as_u64()), (1, Some(0)));

    let moved = pressed(&screen, "j", 8);
    assert!(moved <= MOVE, "{moved} bytes a move");
    screen.keys(&["C-f"]);
    let scrolled = pressed(&screen, "j", 20);
    assert!(scrolled <= SCROLL, "{scrolled} bytes a move that scrolls");

    // Nothing changes, nothing is drawn.
    let before = screen.rest();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(screen.frames().len(), before, "an idle screen is left alone");

    // The server hangs: keys are answered all the same.
    door.hold();
    for (keys, wanted) in [(["C-r", "g"], "opportunities 1/60"), (["j", "j"], "opportunities 3/60")] {
        let pressed = Instant::now();
        screen.keys(&keys);
        screen.wait(wanted);
        assert!(pressed.elapsed() < ANSWERED, "{keys:?} took {:?} while the server hangs", pressed.elapsed());
    }
    door.release();

    // Many events at once: they are drawn together, and no oftener than the eye sees.
    let before = screen.rest();
    tenant.post::<CreateOpportunities>((), &many(400)).await;
    screen.wait("400 new rows");
    screen.rest();
    let times: Vec<u64> = screen.frames()[before..].iter().map(|frame| number(frame, "at_us")).collect();
    let most = times.iter().map(|from| times.iter().filter(|at| (*from..from + 1_000_000).contains(*at)).count()).max().unwrap_or_default();
    assert!((1..=FRAMES_A_SECOND).contains(&most), "{most} frames in a second");
}
