//! The typed client: one call per operation, with the types of its row.
//!
//! What it is: requests, answers and problems of this API over one kept-alive connection pool. What it is not: no retries (repeat a call with the same
//! idempotency key and it is safe), no cache, no paging loop.

use causeway_contract::{Endpoint, Method, PathParams, Problem, Reply};
use reqwest::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

mod stream;

pub use stream::EventStream;

/// The parameter that asks for the result and writes nothing.
const DRY_RUN: [&str; 2] = ["dry_run", "true"];
/// The longest that one call may take, answer included.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The longest that connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A credential at a server. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: reqwest::Url,
    authorization: Option<HeaderValue>,
}

/// What a call may say besides path, query and body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The idempotency key; a fresh one when not given.
    pub idempotency_key: Option<String>,
    /// The version that must still be current.
    pub if_match: Option<i64>,
    /// Give the result and write nothing.
    pub dry_run: bool,
    /// More headers, or others instead of the usual ones.
    pub headers: Vec<(String, String)>,
}

/// An answer with what its headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The HTTP status.
    pub status: u16,
    /// The version tag, such as `"v17"`.
    pub etag: Option<String>,
    /// Whether the object existed already by its business key (`Replayed`).
    pub replayed: bool,
    /// Whether this is the stored answer of an earlier call with the same key (`Idempotent-Replayed`).
    pub idempotent_replayed: bool,
    /// The id that finds the request in the server's log.
    pub request_id: Option<String>,
    /// The name of the file, where the content is one.
    pub file_name: Option<String>,
    /// The content.
    pub body: T,
}

impl Answer<Vec<u8>> {
    /// The answer with its content as `read` understands it.
    fn read<T>(self, read: impl FnOnce(&[u8], Option<&str>) -> Result<T, serde_json::Error>) -> Result<Answer<T>, ClientError> {
        let body = read(&self.body, self.file_name.as_deref());
        let body = body.map_err(|error| ClientError::Unreadable { status: self.status, detail: error.to_string() })?;
        Ok(Answer {
            status: self.status,
            etag: self.etag,
            replayed: self.replayed,
            idempotent_replayed: self.idempotent_replayed,
            request_id: self.request_id,
            file_name: self.file_name,
            body,
        })
    }
}

/// A call whose types are only known at run time.
#[derive(Clone, Copy, Debug)]
pub struct Erased<'a> {
    /// The method.
    pub method: Method,
    /// The path with its `{…}` segments.
    pub path: &'a str,
    /// What stands in the segments, in order.
    pub segments: &'a [String],
    /// The query.
    pub query: &'a [(String, String)],
    /// The body; none for a GET.
    pub body: Option<&'a Value>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ClientError {
    /// The server refused, and says why.
    Problem(Box<Problem>),
    /// The server was not reached, or broke off.
    Transport(reqwest::Error),
    /// The server answered with something that is neither the expected content nor a problem.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        detail: String,
    },
    /// The address, the key or a header cannot be sent.
    Unsendable(String),
}

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Unreadable { status, detail } => write!(f, "the answer ({status}) cannot be read: {detail}"),
            Self::Unsendable(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for ClientError {}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}

impl ClientError {
    /// The error in words, with every wrong field of a problem. A parameter that the problem names itself is not told once more without its name.
    #[must_use]
    pub fn explain(&self) -> String {
        let Some(problem) = self.problem() else { return self.to_string() };
        let told = problem.errors.iter().filter(|error| error.pointer.is_some() || !problem.detail.contains(error.detail.trim()));
        let place = |error: &causeway_contract::FieldError| error.pointer.as_deref().or(error.parameter.as_deref()).unwrap_or_default().to_owned();
        told.fold(problem.to_string(), |text, error| format!("{text}; {} {}", place(error), error.detail))
    }

    /// The problem that the server sent, if it sent one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

impl Client {
    /// A client of the server at `base_url` with an API key; an empty key sends no credential.
    ///
    /// # Errors
    /// [`ClientError::Unsendable`] when the address is not an http(s) URL or the key cannot stand in a header.
    pub fn new(base_url: &str, key: &str) -> Result<Self, ClientError> {
        let base = reqwest::Url::parse(base_url).map_err(|error| ClientError::Unsendable(format!("{base_url} is not an address: {error}")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(ClientError::Unsendable(format!("{base_url} is not an http or https address")));
        }
        // Fails only when the process chose a provider already; that one is used then.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder()
            .tcp_nodelay(true)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { http, base, authorization: authorization(key)? })
    }

    /// The same server and connections with another key.
    ///
    /// # Errors
    /// [`ClientError::Unsendable`] when the key cannot stand in a header.
    pub fn with_key(&self, key: &str) -> Result<Self, ClientError> {
        Ok(Self { authorization: authorization(key)?, ..self.clone() })
    }

    /// Calls an operation; writes carry a fresh idempotency key.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn call<E: Endpoint>(&self, path: E::Path, query: &E::Query, body: &E::Body) -> Result<<E::Reply as Reply>::Payload, ClientError> {
        self.send::<E>(path, query, body, Options::default()).await.map(|answer| answer.body)
    }

    /// Calls an operation with options and gives the headers that matter, too.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send<E: Endpoint>(
        &self,
        path: E::Path,
        query: &E::Query,
        body: &E::Body,
        options: Options,
    ) -> Result<Answer<<E::Reply as Reply>::Payload>, ClientError> {
        let pairs = pairs(query, options.dry_run)?;
        let body = if E::METHOD == Method::Get { None } else { Some(serde_json::to_vec(body).map_err(|error| ClientError::Unsendable(error.to_string()))?) };
        let answer = self.exchange(E::METHOD, address(&self.base, E::PATH, &path.write(), &pairs)?, body, &options).await?;
        answer.read(<E::Reply as Reply>::payload)
    }

    /// Calls an operation whose types are only known at run time: a row of the contract, or an open path such as `/readyz`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn invoke(&self, call: &Erased<'_>, options: Options) -> Result<Answer<Value>, ClientError> {
        self.invoke_as(call, options, |content| serde_json::from_slice(content)).await
    }

    /// The same, with the content as `read` understands it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn invoke_as<T>(
        &self,
        call: &Erased<'_>,
        options: Options,
        read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, ClientError> {
        let mut pairs = call.query.to_vec();
        if options.dry_run {
            pairs.push(DRY_RUN.map(str::to_owned).into());
        }
        let body = call.body.map(Value::to_string).map(String::into_bytes);
        let answer = self.exchange(call.method, address(&self.base, call.path, call.segments, &pairs)?, body, &options).await?;
        answer.read(|content, _| read(content))
    }

    async fn exchange(&self, method: Method, url: reqwest::Url, body: Option<Vec<u8>>, options: &Options) -> Result<Answer<Vec<u8>>, ClientError> {
        let mut request = self.http.request(verb(method), url).headers(self.headers(method, options)?);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let head = response.headers().clone();
        let content = response.bytes().await?;
        if !status.is_success() {
            return Err(refusal(status, &content));
        }
        Ok(Answer {
            status: status.as_u16(),
            etag: text(&head, ETAG.as_str()),
            replayed: text(&head, "replayed").is_some_and(|value| value == "true"),
            idempotent_replayed: text(&head, "idempotent-replayed").is_some_and(|value| value == "true"),
            request_id: text(&head, "x-request-id"),
            file_name: file_name(&head),
            body: content.into(),
        })
    }

    fn headers(&self, method: Method, options: &Options) -> Result<HeaderMap, ClientError> {
        let mut headers = HeaderMap::new();
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        if method != Method::Get {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let key = options.idempotency_key.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            headers.insert(HeaderName::from_static("idempotency-key"), value(&key)?);
        }
        if let Some(version) = options.if_match {
            headers.insert(IF_MATCH, value(&format!("\"v{version}\""))?);
        }
        for (name, text) in &options.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| ClientError::Unsendable(format!("{name} is not a header name")))?;
            headers.insert(name, value(text)?);
        }
        Ok(headers)
    }
}

/// The name of the file that came.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let (_, name) = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?.split_once("filename=\"")?;
    name.strip_suffix('"').map(str::to_owned)
}

fn refusal(status: reqwest::StatusCode, content: &[u8]) -> ClientError {
    match serde_json::from_slice(content) {
        Ok(problem) => ClientError::Problem(Box::new(problem)),
        Err(error) => ClientError::Unreadable { status: status.as_u16(), detail: error.to_string() },
    }
}

fn authorization(key: &str) -> Result<Option<HeaderValue>, ClientError> {
    if key.is_empty() {
        return Ok(None);
    }
    let mut header = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| ClientError::Unsendable("the key cannot stand in a header".to_owned()))?;
    header.set_sensitive(true);
    Ok(Some(header))
}

fn value(text: &str) -> Result<HeaderValue, ClientError> {
    HeaderValue::try_from(text).map_err(|_| ClientError::Unsendable(format!("{text:?} cannot stand in a header")))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

const fn verb(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The query as pairs: fields that are null are left out.
fn pairs(query: &impl Serialize, dry_run: bool) -> Result<Vec<(String, String)>, ClientError> {
    let fields = serde_json::to_value(query).map_err(|error| ClientError::Unsendable(error.to_string()))?;
    let mut pairs = Vec::new();
    if let Value::Object(fields) = fields {
        for (name, field) in fields {
            match field {
                Value::Null => {}
                Value::String(text) => pairs.push((name, text)),
                other => pairs.push((name, other.to_string())),
            }
        }
    }
    if dry_run {
        pairs.push(DRY_RUN.map(str::to_owned).into());
    }
    Ok(pairs)
}

/// The address of a call at a server, percent-encoded: what a log or a curl line shows.
///
/// # Errors
/// [`ClientError::Unsendable`] when the base is not an address.
pub fn address_of(base_url: &str, call: &Erased<'_>) -> Result<String, ClientError> {
    let base = reqwest::Url::parse(base_url).map_err(|error| ClientError::Unsendable(format!("{base_url} is not an address: {error}")))?;
    address(&base, call.path, call.segments, call.query).map(String::from)
}

/// The address of a path with its `{…}` segments filled; every part is percent-encoded.
fn address(base: &reqwest::Url, path: &str, segments: &[String], pairs: &[(String, String)]) -> Result<reqwest::Url, ClientError> {
    let mut url = base.clone();
    {
        let mut values = segments.iter();
        let mut parts = url.path_segments_mut().map_err(|()| ClientError::Unsendable(format!("{base} cannot have a path")))?;
        parts.pop_if_empty();
        for part in path.split('/').skip(1) {
            parts.push(if part.starts_with('{') { values.next().map_or("", String::as_str) } else { part });
        }
    }
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{invoice, order, report};
    use causeway_contract::{ListQuery, Nothing};
    use causeway_value::{CompanyId, OrderId};
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    /// Answers one request with this text and gives the request back.
    fn answer_once(answer: String) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            let mut part = [0; 4096];
            loop {
                let count = stream.read(&mut part).unwrap();
                seen.extend_from_slice(&part[..count]);
                let text = String::from_utf8_lossy(&seen).to_lowercase();
                let length: usize = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok()).unwrap_or_default();
                if text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length) {
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(seen).unwrap()
        });
        (base, server)
    }

    fn http(status: &str, headers: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn addresses_are_encoded() {
        let base = reqwest::Url::parse("http://host:8080/prefix/").unwrap();
        let query = ListQuery { limit: Some(2), ..ListQuery::by("updated_at[gt]", "2026-11-21T00:00:00Z").and("q", "a&b ü") };
        let url = address(&base, "/v1/orders/{id}/confirm", &["a/b?c".to_owned()], &pairs(&query, true).unwrap()).unwrap();
        assert_eq!(
            url.as_str(),
            "http://host:8080/prefix/v1/orders/a%2Fb%3Fc/confirm?limit=2&q=a%26b+%C3%BC&updated_at%5Bgt%5D=2026-11-21T00%3A00%3A00Z&dry_run=true"
        );
        let company_id = CompanyId::new();
        let aging = pairs(&report::AgingQuery { company_id, as_of: None, party_id: None, offset: None }, false).unwrap();
        assert_eq!(aging, vec![("company_id".to_owned(), company_id.to_string())]);
    }

    #[test]
    fn only_http_addresses_are_taken() {
        assert!(matches!(Client::new("ftp://host", ""), Err(ClientError::Unsendable(_))));
        assert!(matches!(Client::new("host", ""), Err(ClientError::Unsendable(_))));
        assert!(matches!(Client::new("http://host", "a\nb"), Err(ClientError::Unsendable(_))));
    }

    #[tokio::test]
    async fn an_answer_carries_its_headers() {
        let page = r#"{"data":[],"next_cursor":null,"has_more":false}"#;
        let (base, server) = answer_once(http("200 OK", "etag: \"v3\"\r\nreplayed: true\r\nx-request-id: r1\r\n", page));
        let client = Client::new(&base, "cw_test_x").unwrap();
        let answer = client.send::<invoice::op::ListInvoices>((), &ListQuery::by("status", "open"), &Nothing {}, Options::default()).await.unwrap();
        assert_eq!((answer.etag.as_deref(), answer.replayed, answer.idempotent_replayed), (Some("\"v3\""), true, false));
        assert_eq!(answer.request_id.as_deref(), Some("r1"));
        let request = server.join().unwrap().to_lowercase();
        assert!(request.starts_with("get /v1/invoices?status=open http/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: bearer cw_test_x\r\n"), "{request}");
        assert!(!request.contains("idempotency-key"), "{request}");
    }

    #[tokio::test]
    async fn a_refusal_is_a_problem_and_a_write_carries_a_key() {
        let problem = serde_json::to_string(&Problem::new(causeway_contract::Code::StateConflict, "…")).unwrap();
        let (base, server) = answer_once(http("409 Conflict", "content-type: application/problem+json\r\n", &problem));
        let client = Client::new(&base, "").unwrap();
        let id = OrderId::new();
        let body = order::CancelOrder { reason: "duplicate".to_owned() };
        let options = Options { if_match: Some(17), ..Options::default() };
        let error = client.send::<order::op::CancelOrder>(id, &Nothing {}, &body, options).await.unwrap_err();
        assert_eq!(error.problem().map(|problem| problem.code), Some(causeway_contract::Code::StateConflict));
        let request = server.join().unwrap();
        assert!(request.starts_with(&format!("POST /v1/orders/{id}/cancel HTTP/1.1\r\n")), "{request}");
        assert!(request.contains("idempotency-key: ") && request.contains("if-match: \"v17\"\r\n"), "{request}");
        assert!(request.ends_with(r#"{"reason":"duplicate"}"#), "{request}");
    }

    #[tokio::test]
    async fn a_row_is_called_without_its_types() {
        let (base, server) = answer_once(http("200 OK", "etag: \"v4\"\r\n", r#"{"status":"confirmed"}"#));
        let segments = ["ord_1".to_owned()];
        let call = Erased { method: Method::Post, path: "/v1/orders/{id}/confirm", segments: &segments, query: &[], body: Some(&serde_json::json!({})) };
        assert_eq!(address_of(&base, &call).unwrap(), format!("{base}/v1/orders/ord_1/confirm"));
        let answer = Client::new(&base, "").unwrap().invoke(&call, Options { dry_run: true, ..Options::default() }).await.unwrap();
        assert_eq!((answer.etag.as_deref(), answer.body["status"].as_str()), (Some("\"v4\""), Some("confirmed")));
        let request = server.join().unwrap();
        assert!(request.starts_with("POST /v1/orders/ord_1/confirm?dry_run=true HTTP/1.1\r\n") && request.ends_with("{}"), "{request}");
    }

    #[tokio::test]
    async fn another_kind_of_answer_is_unreadable() {
        let (base, server) = answer_once(http("502 Bad Gateway", "", "<html>"));
        let error = Client::new(&base, "").unwrap().call::<order::op::ListOrders>((), &ListQuery::default(), &Nothing {}).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable { status: 502, .. }));
        server.join().unwrap();
    }
}
