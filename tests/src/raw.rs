//! HTTP as it stands on the wire, for what a typed client would never send, and the check that every failing answer is a proper problem.

use causeway_contract::Problem;
use causeway_openapi::client::Client;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// The members that every problem has.
const MEMBERS: [&str; 9] = ["type", "title", "status", "detail", "code", "request_id", "retryable", "errors", "meta"];

/// A connection to a server, with or without a credential.
#[derive(Clone)]
pub struct Raw {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// A request being put together.
pub struct Request {
    raw: Raw,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    what: String,
}

impl Raw {
    /// Speaks to the server at `base` without a credential.
    ///
    /// # Panics
    /// When HTTP cannot be set up.
    #[must_use]
    pub fn new(base: &str) -> Self {
        // Sets the provider of TLS that the HTTP client asks for.
        Client::new(base, "").expect("an address");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]).build().expect("an HTTP client");
        Self { http, base: base.to_owned(), key: None }
    }

    /// The same with this key; an empty one sends no credential.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()).filter(|key| !key.is_empty()), ..self.clone() }
    }

    /// A request: `raw.request("POST", "/v1/leads?dry_run=true")`.
    ///
    /// # Panics
    /// When the method is not a word.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request {
            raw: self.clone(),
            method: Method::from_bytes(method.as_bytes()).expect("a method"),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    /// Reads a path.
    pub async fn get(&self, path: &str) -> Seen {
        self.request("GET", path).send().await
    }

    /// Posts JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> Seen {
        self.request("POST", path).json(body).send().await
    }

    /// Changes what is at a path.
    pub async fn patch(&self, path: &str, body: &Value) -> Seen {
        self.request("PATCH", path).json(body).send().await
    }
}

impl Request {
    /// Adds a header.
    ///
    /// # Panics
    /// When it cannot be one.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(HeaderName::try_from(name).expect("a header name"), HeaderValue::try_from(value).expect("a header value"));
        self
    }

    /// Adds an `Idempotency-Key`.
    #[must_use]
    pub fn idempotent(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends these bytes, as JSON unless another content type was given.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        if self.headers.contains_key("content-type") { self } else { self.header("content-type", "application/json") }
    }

    /// Sends this JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    /// Sends this JSON, if there is any.
    #[must_use]
    pub fn maybe(self, body: Option<&Value>) -> Self {
        match body {
            Some(body) => self.json(body),
            None => self,
        }
    }

    /// Sends the request.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(self) -> Seen {
        let what = format!("{} {}", self.method, self.path);
        self.try_send().await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Sends the request.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_send(self) -> Result<Seen, reqwest::Error> {
        let what = format!("{} {}", self.method, self.path);
        let mut request = self.raw.http.request(self.method, format!("{}{}", self.raw.base, self.path)).headers(self.headers);
        if let Some(key) = &self.raw.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let mut response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream has no end: how it begins must do.
        let endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes = if endless { response.chunk().await?.unwrap_or_default() } else { response.bytes().await? };
        Ok(Seen { status, headers, bytes: bytes.to_vec(), what })
    }
}

impl Seen {
    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is a success.
    #[must_use]
    pub const fn ok(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{}: {error}: {}", self.what, self.text()))
    }

    /// The body of a success.
    ///
    /// # Panics
    /// When it is a failure.
    pub fn success(&self) -> Value {
        assert!(self.ok(), "{} answered {}: {}", self.what, self.status, self.text());
        self.json()
    }

    /// The problem, checked.
    ///
    /// # Panics
    /// When the answer is not a proper problem.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.checked_problem().unwrap_or_else(|wrong| panic!("{} answered {}: {wrong}: {}", self.what, self.status, self.text()))
    }

    /// The problem, if the answer keeps every rule of failing answers.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checked_problem(&self) -> Result<Problem, String> {
        if self.status < 400 {
            return Err("is no failure".to_owned());
        }
        if self.header("content-type") != Some("application/problem+json") {
            return Err(format!("has the content type {:?}", self.header("content-type")));
        }
        let value: Value = serde_json::from_slice(&self.bytes).map_err(|error| error.to_string())?;
        let members: Vec<&String> = value.as_object().ok_or("is no object")?.keys().collect();
        if members.len() != MEMBERS.len() || MEMBERS.iter().any(|member| value.get(member).is_none()) {
            return Err(format!("has the members {members:?}"));
        }
        let problem: Problem = serde_json::from_value(value).map_err(|error| error.to_string())?;
        if problem.status != self.status {
            return Err(format!("says {}", problem.status));
        }
        if problem.request_id.is_empty() || self.header("x-request-id") != Some(&problem.request_id) {
            return Err("has a request id that is not that of the header".to_owned());
        }
        if problem.title.is_empty() || problem.detail.is_empty() || problem.kind.is_empty() {
            return Err("has an empty text".to_owned());
        }
        if problem.retryable != problem.code.retryable() {
            return Err("is wrong about retrying".to_owned());
        }
        for error in &problem.errors {
            if [&error.pointer, &error.parameter, &error.header].iter().filter(|place| place.is_some()).count() != 1 || error.detail.is_empty() {
                return Err(format!("has an error without a place or words: {error:?}"));
            }
        }
        let needed = match self.status {
            401 => Some("www-authenticate"),
            405 => Some("allow"),
            429 | 503 | 507 => Some("retry-after"),
            _ => None,
        };
        match needed {
            Some(name) if self.header(name).is_none() => Err(format!("has no {name}")),
            _ => Ok(problem),
        }
    }

    /// The failure without what differs between two requests.
    #[must_use]
    pub fn without_request_id(&self) -> Value {
        let mut value = self.json();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("request_id");
        }
        value
    }
}
