//! The twin without a screen, and line mode.

use causeway_contract::{Bulk, BulkMode};
use causeway_openapi::crm::{CreateOpportunity, op::CreateOpportunities};
use causeway_tests::deal::deal;
use causeway_tests::person::{PASSWORD, Person};
use causeway_tests::shop;
use causeway_tests::world::World;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn console(url: &str, key: &str) -> Command {
    let mut command = Command::new(crate::screen::program());
    let home = std::env::temp_dir().join(format!("causeway-console-{}", std::process::id()));
    command.env("CAUSEWAY_CONSOLE_HOME", home).env("CAUSEWAY_URL", url).env("CAUSEWAY_API_KEY", key);
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.args(arguments).output().expect("the console starts");
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_end_with_a_code_that_tells_what_happened() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (url, platform) = (&world.server.url, &world.platform.key);
    let call = |arguments: &[&str]| run(&mut console(url, platform), arguments);

    let (code, out, _) = call(&["tenants", "list", "--filter", "status:active", "-o", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, rows[0]["id"].as_str()), (0, Some(tenant.id.to_string().as_str())));
    let (code, out, _) = call(&["tenants", "list", "-o", "csv"]);
    assert_eq!((code, out.lines().count(), out.starts_with("id,slug,")), (0, 2, true), "{out}");

    let id = tenant.id.to_string();
    assert_eq!(call(&["tenants", "suspend", &id, "--reason", "unpaid", "-o", "json"]).0, 0);
    let (code, _, error) = call(&["tenants", "suspend", "ten_00000000000000000000000000"]);
    assert_eq!(code, 3, "{error}");
    let (code, _, error) = call(&["--read-only", "tenants", "resume", &id]);
    assert_eq!((code, error.contains("read-only")), (3, true), "{error}");
    assert_eq!(call(&["tenants", "resume", &id]).0, 0);
    let slug = format!("slug={}", tenant.created.slug);
    let (code, _, error) =
        call(&["tenants", "new", "--set", "name=Acme", "--set", &slug, "--set", "mode=live", "--set", "owner.name=D", "--set", "owner.email=d@a.test"]);
    assert_eq!(code, 4, "{error}");
    for wrong in [&["tenant", "list"][..], &["tenants", "suspend"], &["tenants", "suspend", &id, "--set", "colour=red"], &["tenants", "new"], &["--nonsense"]] {
        assert_eq!(call(wrong).0, 2, "{wrong:?}");
    }
    let (code, _, error) = run(&mut console("http://127.0.0.1:1", platform), &["tenants", "list"]);
    assert_eq!((code, error.contains("offline")), (5, true), "{error}");
    assert!(!error.contains(platform.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_ends_a_command_as_one_that_is_not_there() {
    // It takes connections, and says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let begun = Instant::now();
    let (code, _, error) = run(&mut console(&url, "cw_test_x"), &["orders", "list"]);
    assert_eq!((code, error.contains("offline")), (5, true), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn exceptions_tell_the_queues_and_check_the_books() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "e").await;
    deal(&tenant, &shop).await;
    let call = |key: &str, arguments: &[&str]| run(&mut console(&world.server.url, key), arguments);
    let (code, out, error) = call(&tenant.key, &["exceptions"]);
    assert_eq!((code, out.matches("everything holds").count()), (0, 2), "{out}{error}");
    assert!(!out.contains("not checked yet") && !out.contains("Looking"), "{out}");
    let json = |arguments: &[&str]| {
        let (code, out, error) = call(&tenant.key, arguments);
        (code, serde_json::from_str::<serde_json::Value>(&out).unwrap_or_else(|_| panic!("no JSON: {out}{error}")))
    };
    let (code, dash) = json(&["dash", "-o", "json"]);
    let late = dash["counts"].as_array().expect("counts").iter().find(|count| count["number"] == "Orders late").expect("late orders");
    assert_eq!((code, late["count"].as_i64(), dash["aging"]["object"].as_str()), (0, Some(0), Some("aging")), "{dash}");
    assert!(dash["pipeline"]["open"]["count"].is_number(), "{dash}");
    let (code, out, _) = call(&tenant.key, &["dash", "-o", "csv"]);
    assert_eq!((code, out.starts_with("number,count,more\n")), (0, true), "{out}");
    let (code, out, _) = call(&tenant.key, &["dash"]);
    assert_eq!(code, 0);
    for panel in ["Needs attention", "Pipeline: ", "Work under way", "Receivables by age: ", "Orders, confirmed"] {
        assert!(out.contains(panel), "{panel}: {out}");
    }
    let (code, out, error) = call(&world.platform.key, &["health"]);
    assert_eq!((code, out.contains("p95")), (0, true), "{out}{error}");
    let (code, health) = json(&["health", "-o", "json"]);
    assert_eq!(
        (code, health["audit"]["breaks"].as_array().map(Vec::len), health["ledger"]["breaks"].as_array().map(Vec::len)),
        (0, Some(0), Some(0)),
        "{health}"
    );
    // Only the version that one saw is changed.
    let (code, _, error) = call(&tenant.key, &["companies", "edit", &shop.company.to_string(), "--set", "name=Other", "--if-match", "99"]);
    assert_eq!(code, 4, "{error}");
    let (code, found) = json(&["exceptions", "-o", "json"]);
    assert_eq!((code, found["checks"]["ledger"]["breaks"].as_array().map(Vec::len), found["queues"][0]["rows"].is_array()), (0, Some(0), true), "{found}");
    let (code, out, _) = call(&tenant.key, &["exceptions", "-o", "csv"]);
    assert_eq!((code, out.starts_with("queue,id,name,party_id,party_name,why,")), (0, true), "{out}");
    let (code, _, error) = call(&tenant.key, &["exceptions", "--filter", "status:draft"]);
    assert_eq!((code, error.contains("several queues at once")), (2, true), "{error}");
    let (code, _, error) = call(&tenant.key, &["calls"]);
    assert_eq!((code, error.contains("on the screen only: it is what")), (2, true), "{error}");
    let (code, _, error) = call(&world.platform.key, &["exceptions"]);
    assert_eq!((code, error.contains("belong to tenants")), (2, true), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_called_by_number_and_name_and_a_link_of_another_tenant_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "n").await;
    let done = deal(&tenant, &shop).await;
    let call = |arguments: &[&str]| run(&mut console(&world.server.url, &tenant.key), arguments);
    let json = |arguments: &[&str]| {
        let (code, out, error) = call(arguments);
        (code, serde_json::from_str::<serde_json::Value>(&out).unwrap_or_else(|_| panic!("no JSON: {out}{error}")))
    };
    let number = done.order.number.as_str();
    let (code, order) = json(&[number, "-o", "json"]);
    assert_eq!((code, order["number"].as_str()), (0, Some(number)));
    let (code, flow) = json(&["orders", "flow", number, "-o", "json"]);
    assert_eq!((code, flow["id"].as_str()), (0, order["flow_id"].as_str()), "{flow}");
    let (_, company) = json(&["companies", "get", &shop.company.to_string(), "-o", "json"]);
    // People read names, programs ids.
    let (_, told, _) = call(&["orders", "get", number]);
    let customer = json(&["parties", "get", order["party_id"].as_str().expect("a customer"), "-o", "json"]).1;
    let (party, own) = (customer["name"].as_str().expect("a name"), order["id"].as_str().expect("an id"));
    assert!(told.contains(party) && told.contains(company["name"].as_str().expect("a name")) && told.contains(own), "{told}");
    let named = format!("company_id={}", company["name"].as_str().expect("a name"));
    let (code, lead) = json(&["leads", "new", "--set", &named, "--set", "title=Chairs", "-o", "json"]);
    assert_eq!((code, &lead["company_id"]), (0, &company["id"]), "{lead}");
    let (code, aging) = json(&["report", "aging"]);
    assert_eq!((code, aging["company_id"].as_str()), (0, company["id"].as_str()), "the only company is meant: {aging}");
    let (code, aging) = json(&["report", "aging", "--set", &named]);
    assert_eq!((code, aging["company_id"].as_str()), (0, company["id"].as_str()), "{aging}");
    let (code, _, error) = call(&["SO/1900/00001"]);
    assert_eq!((code, error.contains("no document has this number")), (2, true), "{error}");

    let (code, out, error) = call(&["causeway://elsewhere/orders", "-o", "csv"]);
    assert_eq!((code, out.as_str(), error.contains("This link is of elsewhere")), (2, "", true), "{error}");
    let own = format!("causeway://{}/orders", tenant.created.slug);
    let (code, out, _) = call(&[&own, "-o", "csv"]);
    let customer = out.lines().nth(1).unwrap_or_default().to_owned();
    assert_eq!(
        (code, out.lines().next().unwrap_or_default().contains("party_id,party_name,"), customer.contains(&shop.party.to_string())),
        (0, true, true),
        "{out}"
    );

    let (code, _, error) = call(&["orders", "list", "--filter", "SUM>5"]);
    assert_eq!((code, error.contains("total")), (2, true), "{error}");
    let (code, _, error) = call(&["orders", "list", "--sort", "bogus"]);
    assert_eq!((code, error.contains("order_date")), (2, true), "{error}");
    let (code, out, error) = call(&["orders", "list", "--filter", "TOTAL>0", "--sort=-date", "-o", "json"]);
    assert_eq!((code, out.contains(number)), (0, true), "{out}{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_mode_speaks_rows_and_does_verbs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "p").await;
    let done = deal(&tenant, &shop).await;
    let mut command = console(&world.server.url, &tenant.key);
    let out = spoken(command.env("LC_ALL", "C").args(["--plain", "orders"]), "enter\nf\nwhat\nq\nq\nq\nq\n");
    assert!(out.is_ascii() && !out.contains('\u{1b}'), "no screen control:\n{out}");
    assert!(out.contains(&format!("orders, row 1 of 1: number {}", done.order.number)), "{out}");
    assert!(out.contains(&done.invoice.number.unwrap_or_default()), "the deal is told:\n{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_every_row_and_people_are_told_that_there_are_more() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "l").await;
    let deal = |at: usize| CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: format!("Chairs for office {at}"),
        ..CreateOpportunity::default()
    };
    tenant.post::<CreateOpportunities>((), &Bulk { mode: BulkMode::Atomic, items: (0..130).map(deal).collect() }).await;
    let call = |arguments: &[&str]| run(&mut console(&world.server.url, &tenant.key), arguments);
    let (code, out, error) = call(&["opportunities", "list", "-o", "csv"]);
    assert_eq!((code, out.lines().count(), error.as_str()), (0, 131, ""));
    let (_, out, _) = call(&["opportunities", "list", "-o", "json"]);
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&out).expect("JSON").len(), 130);
    let (code, out, error) = call(&["opportunities", "list"]);
    assert_eq!((code, out.lines().count(), error.contains("first 100 rows")), (0, 101, true), "{error}");
    let out = spoken(console(&world.server.url, &tenant.key).args(["--plain", "opportunities"]), "what\nq\nq\nq\n");
    assert!(out.contains("opportunities, row 1 of 100+"), "{out}");
    let (_, out, error) = call(&["opportunities", "list", "--limit", "130"]);
    assert_eq!((out.lines().count(), error.as_str()), (131, ""));
}

/// Speaks with line mode: what is written, and what comes back until it ends.
fn spoken(command: &mut Command, lines: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("an input").write_all(lines.as_bytes()).expect("it listens");
    String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn line_mode_tells_the_dashboard_at_once_and_takes_keys_in_forms() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "d").await;
    deal(&tenant, &shop).await;
    let begun = Instant::now();
    let out = spoken(console(&world.server.url, &tenant.key).args(["--plain", "--fresh"]), "j\nj\nj\nq\n");
    assert!(out.contains("dash, line 4 of"), "{out}");
    assert!(begun.elapsed() < Duration::from_secs(15), "it took {:?}", begun.elapsed());

    // A key in a form is a key; so is the one that empties a field. The first esc closes what is looked for, the second warns, and the third throws the
    // form away: the next console is offered no draft of it.
    let keys = "+\nChairs\nctrl-u\nTàbles 中\nctrl-r\nesc\nesc\nesc\nq\nq\n";
    let leads = |locale| spoken(console(&world.server.url, &tenant.key).env("LC_ALL", locale).args(["--plain", "--fresh", "leads"]), keys);
    let out = leads("C.UTF-8");
    assert!(out.contains(": Tàbles 中") && !out.contains("Chairsctrl"), "names are spoken as they are written: {out}");
    // Where the terminal takes ASCII only, nothing else is written.
    let out = leads("C");
    assert!(out.contains(": T?bles ?") && out.is_ascii(), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_mode_looks_into_a_tenant_and_ends_its_session() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let home = tempfile::tempdir().expect("a folder");
    let call = |key: &str| {
        let mut command = console(&world.server.url, key);
        command.env("CAUSEWAY_CONSOLE_HOME", home.path());
        command
    };
    let out = spoken(call(&world.platform.key).args(["--plain", "--fresh", "tenants"]), "i\nticket 4412\n\n\n\n\n2\nq\nq\nq\nq\n");
    assert!(out.contains("enter goes in, read only") && out.contains("orders, row 0 of 0") && out.contains("tenants, row 1 of 1"), "{out}");

    let person = Person::hire_as(&tenant, "owner").await;
    let lines = format!("{}\n\n{}\n\n{PASSWORD}\n\nj\n", tenant.created.slug, person.sign_in.email);
    let out = spoken(call("").args(["--plain", "--fresh"]), &lines);
    assert!(out.contains("dash, line 2 of") && !out.contains(PASSWORD), "{out}");
    // The end of the input is the end of the session.
    let sessions = tenant.all::<causeway_openapi::session::op::ListSessions, _>(&causeway_contract::ListQuery::by("user_id", person.id)).await;
    assert!(sessions.iter().all(|session| session.revoked_at.is_some()) && !sessions.is_empty(), "{sessions:?}");
}
