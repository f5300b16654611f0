//! The one door to the network: read-only mode holds here, writes are repeated with their key, and refusals become words.

use crate::call::{Call, new_key};
use crate::model::{Failure, Reply};
use crate::part::{self, Part};
use causeway_contract::Problem;
use causeway_openapi::client::{Client, ClientError, Options};
use std::time::Duration;

/// Waits before a write is sent once more with the same idempotency key, in milliseconds.
const AGAIN: &[u64] = &[200, 800];

/// Proving who one is changes nothing of the tenant's and passes in read-only mode.
const PROOFS: [&str; 2] = ["/v1/sessions", "/v1/sessions/reauthenticate"];

/// Makes a call.
///
/// # Errors
/// [`Failure`].
pub async fn perform(client: &Client, read_only: bool, call: &Call) -> Result<Reply, Failure> {
    perform_for(client, read_only, call, None).await
}

/// The same for a page of which only a part is wanted.
///
/// # Errors
/// [`Failure`].
pub async fn perform_for(client: &Client, read_only: bool, call: &Call, part: Option<Part>) -> Result<Reply, Failure> {
    if read_only && call.writes() && !PROOFS.contains(&call.path) {
        return Err(Failure::ReadOnly);
    }
    let key = call.writes().then(|| call.key.clone().unwrap_or_else(new_key));
    let options = Options { idempotency_key: key, if_match: call.if_match, dry_run: call.dry_run, headers: Vec::new() };
    let waits: &[u64] = if call.writes() { AGAIN } else { &[] };
    let mut waits = waits.iter();
    loop {
        let understood = |content: &[u8]| part.map_or_else(|| serde_json::from_slice(content), |part| part::read(content, part));
        match client.invoke_as(&call.erased(), options.clone(), understood).await {
            Ok(answer) => return Ok(Reply { body: answer.body, replayed: answer.idempotent_replayed }),
            Err(error) => {
                let failure = failure(&error);
                match (&failure, waits.next()) {
                    (Failure::Offline(_), Some(wait)) => tokio::time::sleep(Duration::from_millis(*wait)).await,
                    _ => return Err(failure),
                }
            }
        }
    }
}

/// An error of the client in words.
pub fn failure(error: &ClientError) -> Failure {
    match error {
        ClientError::Problem(problem) => {
            let fields = fields(problem);
            // Where the detail only counts the fields that are wrong, saying of each what is wrong says it all, and in the words of the form.
            let named = problem.detail.starts_with("`/") || problem.detail.contains(" fields are wrong: ");
            let counted = !fields.is_empty() && fields.len() == problem.errors.len() && named;
            let each = || fields.iter().map(|(place, text)| format!("{place} {text}")).collect::<Vec<_>>().join("; ");
            let text = if counted { format!("{} ({}): {}", problem.code, problem.status, each()) } else { error.explain() };
            Failure::Refused { status: problem.status, code: problem.code.to_string(), text, fields }
        }
        ClientError::Transport(error) if error.is_timeout() => Failure::Offline("no answer in time".to_owned()),
        ClientError::Transport(error) if error.is_connect() => Failure::Offline("cannot connect".to_owned()),
        ClientError::Transport(_) => Failure::Offline("the connection broke".to_owned()),
        ClientError::Unreadable { status, .. } if *status >= 500 => Failure::Offline(format!("a gateway answered {status}")),
        ClientError::Unreadable { status, .. } => Failure::Refused { status: *status, code: String::new(), text: error.to_string(), fields: Vec::new() },
        ClientError::Unsendable(text) => Failure::Refused { status: 400, code: String::new(), text: text.clone(), fields: Vec::new() },
    }
}

/// The fields of the body that a problem names, as forms write them, each with what is wrong there.
fn fields(problem: &Problem) -> Vec<(String, String)> {
    let place = |pointer: &str| pointer.trim_start_matches('/').replace('/', ".");
    let named = problem.errors.iter().filter_map(|error| Some((place(error.pointer.as_deref()?), error.detail.clone())));
    named.filter(|(place, _)| !place.is_empty()).collect()
}

/// Wall time, in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the console shows wall time; business time is the server's")]
pub fn wall() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::row;
    use causeway_tests::world::World;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc;

    /// A server that answers each connection with one of these texts (an empty one: it hangs up) and tells what it was sent.
    fn faulty(answers: Vec<String>) -> (Client, mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()), "cw_test_x").unwrap();
        let (sender, seen) = mpsc::channel();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut part = [0; 4096];
                let count = stream.read(&mut part).unwrap();
                sender.send(String::from_utf8_lossy(&part[..count]).into_owned()).ok();
                stream.write_all(answer.as_bytes()).ok();
            }
        });
        (client, seen)
    }

    fn http(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    fn confirm() -> Call {
        Call::of(&row("ConfirmOrder").unwrap(), &["ord_1"])
    }

    #[tokio::test]
    async fn a_write_is_repeated_with_its_key_until_an_answer_comes() {
        let (client, seen) = faulty(vec![String::new(), http("200 OK", r#"{"id":"ord_1"}"#)]);
        let reply = perform(&client, false, &confirm()).await.unwrap();
        assert_eq!(reply.body["id"], "ord_1");
        let key = |request: String| request.lines().find_map(|line| line.strip_prefix("idempotency-key: ").map(str::to_owned)).unwrap();
        assert_eq!(key(seen.recv().unwrap()), key(seen.recv().unwrap()));
    }

    #[tokio::test]
    async fn every_fault_has_a_name() {
        let get = Call::get("/readyz");
        let problem = r#"{"type":"/docs/problems#rate_limited","title":"Rate limited","status":429,"detail":"Slow down.","code":"rate_limited","request_id":"r","retryable":true,"errors":[],"meta":{}}"#;
        let required = r#"{"type":"/docs/problems#validation_failed","title":"x","status":422,"detail":"`company_id` is required","code":"validation_failed","request_id":"r","retryable":false,"errors":[{"pointer":null,"parameter":"company_id","code":"required","detail":"is required"}],"meta":{}}"#;
        for (answer, offline, wanted) in [
            (String::new(), true, "the connection broke"),
            ("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"data\":".to_owned(), true, "the connection broke"),
            (http("502 Bad Gateway", "<html>"), true, "a gateway answered 502"),
            (http("200 OK", "<html>"), false, "cannot be read"),
            (http("422 Unprocessable Content", required), false, "(422): `company_id` is required"),
            (http("429 Too Many Requests", problem), false, "Slow down."),
        ] {
            let (client, _seen) = faulty(vec![answer.clone()]);
            let failure = perform(&client, false, &get).await.unwrap_err();
            assert_eq!((matches!(failure, Failure::Offline(_)), failure.text().contains(wanted)), (offline, true), "{answer}: {failure:?}");
            assert!(failure.text().matches("is required").count() <= 1, "{failure:?}");
        }
        let nobody = Client::new("http://127.0.0.1:1", "").unwrap();
        assert_eq!(perform(&nobody, false, &get).await, Err(Failure::Offline("cannot connect".to_owned())));
    }

    #[tokio::test]
    async fn every_wrong_field_is_told_once_and_where_it_is() {
        let wrong = r#"{"type":"/docs/problems#validation_failed","title":"x","status":422,"detail":"2 fields are wrong: `/owner/email`, `/slug`","code":"validation_failed","request_id":"r","retryable":false,"errors":[{"pointer":"/owner/email","parameter":null,"code":"invalid_value","detail":"must be an e-mail address"},{"pointer":"/slug","parameter":null,"code":"invalid_value","detail":"is taken"}],"meta":{}}"#;
        let (client, _seen) = faulty(vec![http("422 Unprocessable Content", wrong)]);
        let failure = perform(&client, false, &confirm()).await.unwrap_err();
        assert_eq!(failure.text(), "validation_failed (422): owner.email must be an e-mail address; slug is taken");
        assert_eq!(failure.fields()[0], ("owner.email".to_owned(), "must be an e-mail address".to_owned()));
    }

    #[tokio::test]
    async fn read_only_mode_sends_no_change_at_all() {
        let (client, seen) = faulty(vec![http("200 OK", "{}")]);
        assert_eq!(perform(&client, true, &confirm()).await, Err(Failure::ReadOnly));
        assert!(perform(&client, true, &confirm().dry()).await.is_ok());
        assert!(seen.recv().unwrap().starts_with("POST /v1/orders/ord_1/confirm?dry_run=true "));
        assert!(seen.try_recv().is_err());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_real_server_answers_refuses_and_dry_runs() {
        let world = World::start().await;
        let tenant = world.sandbox().await;
        let shop = causeway_tests::shop::open(&tenant, "c").await;
        let body = causeway_tests::deal::order_body(&shop, vec![causeway_tests::shop::line(shop.chai, "2")]);
        let order = tenant.post::<causeway_openapi::order::op::CreateOrder>((), &body).await;
        let client = Client::new(&world.server.url, &tenant.key).unwrap();
        let confirm = Call::of(&row("ConfirmOrder").unwrap(), &[&order.id.to_string()]);
        let foreseen = perform(&client, true, &confirm.clone().dry()).await.unwrap();
        assert_eq!(foreseen.body["status"], "confirmed");
        let get = Call::of(&row("GetOrder").unwrap(), &[&order.id.to_string()]);
        assert_eq!(perform(&client, true, &get).await.unwrap().body["status"], "draft");
        let mut stale = confirm.clone();
        stale.if_match = Some(99);
        assert!(matches!(perform(&client, false, &stale).await, Err(Failure::Refused { status: 412, .. })));
        assert_eq!(perform(&client, false, &confirm).await.unwrap().body["status"], "confirmed");
        let nobody = Client::new(&world.server.url, "cw_test_nobody").unwrap();
        assert!(perform(&nobody, false, &get).await.unwrap_err().denied());
    }
}
