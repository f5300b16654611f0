//! Stories at the keyboard: create a tenant, follow a deal, an outage, undo, export; the terminal is given back.

use crate::door::Door;
use crate::screen::{Screen, gone, program, signal};
use causeway_openapi::order::op as order;
use causeway_tests::deal::{deal, order_body};
use causeway_tests::person::{PASSWORD, Person};
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_suspends_and_resumes_a_tenant() {
    let world = World::start().await;
    let screen = Screen::start((100, 30), &world.server.url, &world.platform.key, "tenants");
    screen.wait("No tenants yet");
    screen.keys(&["+"]);
    screen.wait("owner.email");
    // Required fields come first, in the order of the contract.
    for text in ["sandbox", "Acme", "dana@acme.test", "Dana", "acme"] {
        screen.write(text);
        screen.keys(&["Enter"]);
    }
    screen.keys(&["Enter"]);
    let secret = screen.wait("shown once");
    assert!(secret.contains("cw_test_"), "{secret}");
    screen.keys(&["Escape"]);
    screen.wait("not copied yet");
    screen.keys(&["Escape"]);
    screen.until("the new tenant", |text| text.contains("tenants 1/1") && !text.contains("cw_test_"));
    screen.keys(&["x"]);
    screen.wait("tenants suspend");
    screen.write("unpaid");
    screen.keys(&["Enter"]);
    screen.write("acme");
    screen.keys(&["Enter", "Enter"]);
    screen.until("a suspended tenant", |text| text.contains("suspended") && text.contains("u takes it back"));
    screen.keys(&["u"]);
    screen.wait("Take it back?");
    screen.keys(&["Down", "Enter"]);
    screen.until("an active tenant", |text| text.contains("Taken back") && text.contains(" active "));
    let tenants = world.platform.ask::<causeway_openapi::platform::op::ListTenants>(&causeway_contract::ListQuery::default()).await;
    assert_eq!(tenants.data.len(), 1);
    assert_eq!(tenants.data[0].status, causeway_value::TenantStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_is_followed_through_an_outage_and_exported() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "s").await;
    let done = deal(&tenant, &shop).await;
    let door = Door::before(&world.server.url);
    let screen = Screen::start((100, 30), &door.url, &tenant.key, "orders --fresh");
    screen.wait(&done.order.number);
    screen.keys(&["Enter"]);
    screen.wait("orders > order SO/");
    screen.keys(&["f"]);
    let story = screen.until("the deal", |text| text.contains("lead") && text.contains("payment"));
    assert!(story.contains(&done.invoice.number.clone().unwrap_or_default()), "{story}");
    screen.keys(&["Escape"]);
    screen.wait("orders > order SO/");
    screen.keys(&["Escape"]);
    screen.wait("orders 1/1");

    // A new order appears without moving the row under the cursor.
    tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![line(shop.chai, "1")])).await;
    screen.wait("1 new rows: n shows them");
    screen.keys(&["n"]);
    screen.wait("orders 2/2");

    door.shut();
    let offline = screen.wait("OFFLINE");
    assert!(offline.contains(&done.order.number), "the list stays:\n{offline}");
    screen.keys(&["g", "c"]);
    screen.wait("is off: offline");
    door.reopen();
    screen.until("the link again", |text| text.contains("live <") && !text.contains("OFFLINE"));

    screen.keys(&["g", "c"]);
    let asked = screen.wait("Dry run: 1 ok");
    assert!(asked.contains("status draft -> confirmed"), "{asked}");
    screen.keys(&["Enter"]);
    screen.wait("orders confirm: 1 done");

    screen.keys(&["E"]);
    screen.wait("2 rows are in orders-");
    let files: Vec<_> = std::fs::read_dir(screen.folder())
        .unwrap()
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    let content = std::fs::read_to_string(screen.folder().join(&files[0])).unwrap();
    assert_eq!((content.lines().count(), content.contains(&done.order.number)), (3, true), "{content}");

    // Another size, another layout; then where one was is where one comes back to.
    screen.resize(80, 24);
    screen.wait("orders 1/2");
    screen.resize(50, 10);
    screen.wait("too small");
    screen.resize(100, 30);
    screen.wait("orders 1/2");
    screen.keys(&["C-c"]);
    screen.until("the shell", |text| text.contains("shell>") && !text.contains("orders 1/2"));
    assert_eq!(screen.value("alternate_on"), "0");
    screen.keys(&["clear; ", &program(), "Enter"]);
    screen.wait("orders 1/2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_is_given_back_whatever_ends_the_program() {
    let world = World::start().await;
    for name in ["TERM", "HUP", "QUIT", "INT"] {
        let screen = Screen::start((80, 24), &world.server.url, &world.platform.key, "tenants");
        screen.wait("No tenants yet");
        assert_eq!(screen.value("alternate_on"), "1");
        let process = screen.child().expect("the console runs");
        signal(name, &process);
        gone(&process);
        screen.keys(&["stty -a </dev/tty | tr ';' '\\n'", "Enter"]);
        let text = screen.until("an echo", |text| text.contains("shell>") && text.contains("icanon"));
        assert!(!text.contains("-icanon") && !text.contains("-echo "), "{name}:\n{text}");
        assert_eq!((screen.value("alternate_on"), screen.value("mouse_any_flag")), ("0".to_owned(), "0".to_owned()), "{name}");
    }
    let screen = Screen::start((80, 24), &world.server.url, &world.platform.key, "--panic tenants");
    screen.until("the report", |text| text.contains("asked for") && text.contains("shell>"));
    screen.keys(&["stty -a | tr ';' '\\n'", "Enter"]);
    let text = screen.until("an echo", |text| text.contains("icanon"));
    assert!(!text.contains("-icanon") && screen.value("alternate_on") == "0", "{text}");
    // Stopped and continued: by a key, and by somebody outside.
    let screen = Screen::start((80, 24), &world.server.url, &world.platform.key, "tenants");
    screen.wait("No tenants yet");
    for outside in [false, true] {
        if outside {
            signal("TSTP", &screen.child().expect("the console runs"));
        } else {
            screen.keys(&["C-z"]);
        }
        screen.until("the shell", |text| text.contains("Stopped") || text.contains("Suspended"));
        assert_eq!(screen.value("alternate_on"), "0");
        screen.keys(&["clear; fg", "Enter"]);
        screen.wait("No tenants yet");
    }
    // The terminal itself goes: no orphan stays, and none spins.
    let process = screen.child().expect("the console runs");
    screen.close();
    gone(&process);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_gets_the_terminal_and_gives_it_back() {
    let world = World::start().await;
    let screen = Screen::start((80, 24), &world.server.url, &world.platform.key, "tenants --fresh");
    screen.wait("No tenants yet");
    world.sandbox().await;
    screen.wait("1 new rows");
    screen.keys(&["n"]);
    screen.wait("tenants 1/1");
    screen.keys(&["|"]);
    screen.wait("1 row as lines of JSON");
    screen.write("tee rows; read -r x </dev/tty; stty -a | tr ';' '\\n' | grep -w echo; echo got $x");
    screen.keys(&["Enter"]);
    screen.until("the row on the shell's screen", |text| text.contains("\"object\":\"tenant\""));
    assert_eq!(screen.value("alternate_on"), "0");
    // The keys are the program's, all of them.
    screen.write("these keys");
    screen.keys(&["Enter"]);
    let text = screen.wait("enter goes back to the console");
    assert!(text.contains("got these keys") && !text.contains("-echo"), "{text}");
    screen.keys(&["Enter"]);
    screen.until("the console again", |text| text.contains("tenants 1/1") && text.contains(": done"));
    assert_eq!(screen.value("alternate_on"), "1");
    let rows = std::fs::read_to_string(screen.folder().join("rows")).unwrap();
    assert_eq!((rows.lines().count(), rows.contains("\"slug\"")), (1, true), "{rows}");
    // What ends the program there, or interrupts it, ends or interrupts nothing here.
    screen.keys(&["|"]);
    screen.wait("1 row as lines of JSON");
    screen.write("echo here; sleep 60");
    screen.keys(&["Enter"]);
    screen.until("what it says", |text| text.lines().any(|line| line == "here"));
    screen.keys(&["C-c"]);
    screen.wait("sleep 60: ended with");
    screen.keys(&["Enter"]);
    screen.until("the console again", |text| text.contains("[2 Tenants]") && text.contains("ended with"));
    screen.keys(&["j"]);
    screen.wait("tenants 1/1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_being_filled_in_is_offered_after_a_hangup() {
    let world = World::start().await;
    let screen = Screen::start((80, 24), &world.server.url, &world.platform.key, "tenants --fresh");
    screen.wait("No tenants yet");
    screen.keys(&["+"]);
    screen.wait("owner.email");
    screen.write("sandbox");
    screen.keys(&["Tab"]);
    screen.write("Borealis SAS");
    screen.wait("Borealis SAS");
    let process = screen.child().expect("the console runs");
    signal("HUP", &process);
    gone(&process);
    screen.keys(&["clear; ", &program(), " tenants", "Enter"]);
    screen.wait("No tenants yet");
    screen.keys(&["+"]);
    screen.until("the draft", |text| text.contains("draft from") && text.contains("enter to go on, esc to drop") && !text.contains("Borealis"));
    screen.keys(&["Enter"]);
    screen.until("what was typed", |text| text.contains("Borealis SAS") && !text.contains("draft from"));
    // It is kept as privately as the rest of the session.
    use std::os::unix::fs::PermissionsExt;
    let kept: Vec<_> =
        std::fs::read_dir(screen.folder()).unwrap().filter_map(Result::ok).filter(|file| file.path().extension().is_some_and(|kind| kind == "json")).collect();
    assert!(!kept.is_empty() && kept.iter().all(|file| file.metadata().unwrap().permissions().mode() & 0o777 == 0o600));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_looks_into_a_tenant_and_comes_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "v").await;
    let done = deal(&tenant, &shop).await;
    let screen = Screen::start((100, 30), &world.server.url, &world.platform.key, "tenants --fresh");
    screen.wait("tenants 1/1");
    screen.keys(&["i"]);
    screen.wait("tenants enter");
    screen.write("ticket 4412");
    screen.keys(&["Enter", "Enter", "Enter"]);
    screen.wait("enter goes in");
    screen.keys(&["Enter"]);
    let inside = screen.wait("VISIT until");
    assert!(inside.contains("[RO]") && inside.contains(&tenant.created.slug), "{inside}");
    screen.keys(&["2"]);
    screen.wait(&done.order.number);
    screen.keys(&["c"]);
    screen.wait("read-only mode");
    screen.keys(&["Escape", "Escape", "q"]);
    screen.until("the platform again", |text| text.contains("platform, all tenants") && !text.contains("VISIT"));
    assert_eq!(screen.value("alternate_on"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_a_code_and_signs_out() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire_as(&tenant, "owner").await;
    let session = person.session().await;
    let (_, codes) = Person::protect(&session).await;
    let screen = Screen::start((80, 24), &world.server.url, "''", "--fresh");
    screen.wait("Sign in at");
    for text in [tenant.created.slug.as_str(), person.sign_in.email.as_str(), PASSWORD] {
        screen.write(text);
        screen.keys(&["Enter"]);
    }
    screen.wait("second factor");
    screen.write(&codes[0]);
    screen.keys(&["Enter"]);
    screen.wait("Eve [RW]");
    screen.keys(&["C-c"]);
    screen.until("the shell", |text| text.contains("shell>"));
    // The session ended with the console: its own, besides the one that protected the account.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let sessions = tenant.all::<causeway_openapi::session::op::ListSessions, _>(&causeway_contract::ListQuery::by("user_id", person.id)).await;
        if sessions.iter().any(|session| session.revoked_at.is_some()) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "the session lives on: {sessions:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
