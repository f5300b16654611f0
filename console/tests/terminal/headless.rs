//! The twin without a screen, and line mode.

use causeway_tests::deal::deal;
use causeway_tests::shop;
use causeway_tests::world::World;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn console(url: &str, key: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway-console"));
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
async fn exceptions_tell_the_queues_and_check_the_books() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "e").await;
    deal(&tenant, &shop).await;
    let call = |key: &str, arguments: &[&str]| run(&mut console(&world.server.url, key), arguments);
    let (code, out, error) = call(&tenant.key, &["exceptions"]);
    assert_eq!((code, out.matches("everything holds").count()), (0, 2), "{out}{error}");
    assert!(!out.contains("not checked yet") && !out.contains("Looking"), "{out}");
    for wrong in [&["exceptions", "-o", "json"][..], &["exceptions", "-o", "csv"], &["exceptions", "--filter", "status:draft"]] {
        let (code, _, error) = call(&tenant.key, wrong);
        assert_eq!((code, error.contains("several queues at once")), (2, true), "{wrong:?}: {error}");
    }
    let (code, _, error) = call(&world.platform.key, &["exceptions"]);
    assert_eq!((code, error.contains("belong to tenants")), (2, true), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_mode_speaks_rows_and_does_verbs() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "p").await;
    let done = deal(&tenant, &shop).await;
    let mut child =
        console(&world.server.url, &tenant.key).args(["--plain", "orders"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("an input").write_all(b"enter\nf\nwhat\nq\nq\nq\nq\n").expect("it listens");
    let out = String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("text");
    assert!(out.is_ascii() && !out.contains('\u{1b}'), "no screen control:\n{out}");
    assert!(out.contains(&format!("orders, row 1 of 1: number {}", done.order.number)), "{out}");
    assert!(out.contains(&done.invoice.number.unwrap_or_default()), "the deal is told:\n{out}");
}
