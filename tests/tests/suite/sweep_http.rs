//! HTTP itself: methods, paths, parameters, sizes, and the shape of every failing answer.

use causeway_contract::{Code, Method};
use causeway_tests::fixture::{Fixture, paths, rows};
use causeway_tests::raw::Seen;
use causeway_tests::shapes::nothing;
use causeway_tests::world::World;
use std::collections::BTreeSet;

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn code(seen: &Seen) -> Result<Code, String> {
    seen.checked_problem().map(|problem| problem.code)
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut wrong = Vec::new();
    for (path, methods) in paths() {
        let place = path.replace("{id}", &nothing("ord"));
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get"] {
            // What can be read can be asked for its headers; a stream has no end.
            let headed = methods.contains("GET") && !path.ends_with("/stream");
            if methods.contains(method) || (method == "HEAD" && headed) {
                continue;
            }
            let seen = tenant.raw.request(method, &place).send().await;
            let allowed: BTreeSet<&str> = seen.header("allow").unwrap_or_default().split(", ").collect();
            let proper = method == "HEAD" || code(&seen) == Ok(Code::MethodNotAllowed);
            let expected: BTreeSet<&str> = methods.iter().copied().chain(headed.then_some("HEAD")).collect();
            if seen.status != 405 || allowed != expected || !proper {
                wrong.push(format!("{method} {path}: {} {allowed:?} {}", seen.status, seen.text()));
            }
        }
    }
    none(wrong);
}

/// RFC 9110 §9.1: whatever can be read can be asked for its headers; and what no caller needs of them is refused (api.md, "Numbers, time, limits").
#[tokio::test]
async fn heads_are_answered_without_a_body_and_have_a_limit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let unit = tenant.raw.post("/v1/units", &serde_json::json!({ "code": "dozen", "category": "count", "factor": "12" })).await.success();
    let path = format!("/v1/units/{}", unit["id"].as_str().expect("an id"));
    for path in [path.as_str(), "/v1/units", "/v1/me", "/healthz", "/readyz", "/openapi.json"] {
        let (head, get) = (tenant.raw.request("HEAD", path).send().await, tenant.raw.get(path).await);
        assert_eq!((head.status, head.bytes.len(), head.header("etag")), (get.status, 0, get.header("etag")), "{path}");
        assert_eq!(head.header("content-length"), Some(get.bytes.len().to_string().as_str()), "{path}");
    }
    let missing = tenant.raw.request("HEAD", &format!("/v1/orders/{}", nothing("ord"))).send().await;
    assert_eq!((missing.status, missing.bytes.len()), (404, 0));
    assert_eq!(tenant.raw.request("HEAD", "/v1/events/stream").send().await.status, 405);
    assert_eq!(tenant.nobody().raw.request("HEAD", "/v1/units").send().await.status, 401);
    let long = |letters: usize| tenant.raw.request("GET", "/v1/units").header("x-more", &"x".repeat(letters));
    assert_eq!(long(12_000).send().await.status, 200);
    let refused = long(17_000).send().await.problem();
    assert_eq!((refused.status, refused.code), (413, Code::PayloadTooLarge));
}

#[tokio::test]
async fn unknown_paths_are_problems() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut wrong = Vec::new();
    let order = nothing("ord");
    let inside = format!("/v1/orders/{order}/nothing");
    let below = format!("/v1/orders/{order}/confirm/now");
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/leads",
        "/v1/nothing",
        "/v1/leads/",
        "/v1/Leads",
        "//v1/leads",
        "/v1//leads",
        "/v1/leads%2f",
        "/admin",
        "/admin/v1/nothing",
        "/favicon.ico",
        "/v1/../v1/nothing",
        "/%00",
        &inside,
        &below,
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let seen = tenant.raw.request(method, path).send().await;
            if seen.status != 404 || code(&seen) != Ok(Code::NotFound) {
                wrong.push(format!("{method} {path}: {} {}", seen.status, seen.text()));
            }
        }
    }
    none(wrong);
}

#[tokio::test]
async fn unknown_parameters() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in rows() {
        let (caller, path) = if row.method == Method::Get {
            (fixture.reader(&row).clone(), fixture.path(&row))
        } else {
            let prepared = fixture.prepare(row.id).await;
            (prepared.caller.clone(), prepared.path(&row))
        };
        let ask = async |query: &str| caller.raw.request(row.method.word(), &format!("{path}?{}&{query}", fixture.query(&row))).send().await;
        let seen = ask("no_such_parameter=1").await;
        if seen.status != 422 || code(&seen) != Ok(Code::UnknownParameter) {
            wrong.push(format!("{}: {} {}", row.id, seen.status, seen.text()));
        }
        let twice = ask("a=1&a=2").await;
        if twice.status != 400 || code(&twice) != Ok(Code::Malformed) {
            wrong.push(format!("{} twice: {} {}", row.id, twice.status, twice.text()));
        }
        if !row.flags.contains(&causeway_contract::Flag::dry_run) {
            let dry = ask("dry_run=true").await;
            if dry.status != 422 {
                wrong.push(format!("{} dry_run: {} {}", row.id, dry.status, dry.text()));
            }
        }
        if row.list.is_some() {
            for (query, expected) in [
                ("object=x", Code::FilterNotSupported),
                ("sort=object", Code::FilterNotSupported),
                ("limit=0", Code::ValidationFailed),
                ("limit=201", Code::ValidationFailed),
                ("limit=x", Code::ValidationFailed),
            ] {
                let seen = ask(query).await;
                if seen.status != 422 || code(&seen) != Ok(expected) {
                    wrong.push(format!("{} {query}: {} {}", row.id, seen.status, seen.text()));
                }
            }
        }
    }
    none(wrong);
}

#[tokio::test]
async fn bodies_beyond_the_limit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(1_048_576 - 11));
    let fits = tenant.raw.request("POST", "/v1/categories").bytes(body.clone()).send().await;
    assert_eq!((body.len(), fits.status, fits.problem().errors.first().map(|error| error.code)), (1_048_576, 422, Some(Code::TooLong)));
    let seen = tenant.raw.request("POST", "/v1/categories").bytes(body + " ").send().await;
    assert_eq!((seen.status, seen.problem().code), (413, Code::PayloadTooLarge));
}

#[tokio::test]
async fn answers_carry_what_finds_them() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let seen = tenant.raw.request("GET", "/v1/clock").header("x-request-id", "from-the-caller.1").send().await;
    assert_eq!(
        (seen.header("x-request-id"), seen.header("cache-control"), seen.header("x-content-type-options")),
        (Some("from-the-caller.1"), Some("no-store"), Some("nosniff"))
    );
    let seen = tenant.raw.request("GET", "/v1/clock").header("x-request-id", "two words").send().await;
    assert!(seen.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
}

#[tokio::test]
async fn the_open_paths_answer() {
    let world = World::start().await;
    let nobody = world.nobody();
    assert_eq!(nobody.raw.get("/healthz").await.success()["status"], "ok");
    assert_eq!(nobody.raw.get("/readyz").await.success()["status"], "ready");
    assert_eq!(nobody.raw.get("/openapi.json").await.success(), causeway_openapi::document());
    assert_eq!(nobody.raw.get("/docs/").await.status, 200);
    let metrics = world.platform.raw.get("/metrics").await;
    assert!(metrics.ok() && metrics.text().contains("# TYPE"), "{}", metrics.text());
    let tenant = world.sandbox().await;
    assert_eq!(tenant.raw.get("/metrics").await.problem().status, 401);
}
