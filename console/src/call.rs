//! A call as data: what the screens ask for, what the log shows, and what curl would send.

use crate::contract::Row;
use causeway_contract::Method;
use causeway_openapi::client::{Erased, address_of};
use serde_json::Value;

/// One call of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path with its `{…}` segments.
    pub path: &'static str,
    /// What stands in them.
    pub segments: Vec<String>,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
    /// Whether to write nothing and give the result.
    pub dry_run: bool,
    /// The version that must still be current.
    pub if_match: Option<i64>,
    /// The idempotency key of a change that may be asked for once more; one that has none gets one when it is sent.
    pub key: Option<String>,
}

impl Call {
    /// A call of an operation.
    pub fn of(row: &Row, segments: &[&str]) -> Self {
        Self::to(row.method, row.path, segments, (row.method != Method::Get).then(|| Value::Object(serde_json::Map::new())))
    }

    /// A GET of a path outside the contract, such as `/readyz`.
    pub fn get(path: &'static str) -> Self {
        Self::to(Method::Get, path, &[], None)
    }

    /// A call of a path.
    pub fn to(method: Method, path: &'static str, segments: &[&str], body: Option<Value>) -> Self {
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        Self { method, path, segments, query: Vec::new(), body, dry_run: false, if_match: None, key: None }
    }

    /// With this body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// With this in the query.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Asking for the result only.
    pub const fn dry(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Whether it changes anything: what read-only mode refuses.
    pub const fn writes(&self) -> bool {
        !matches!(self.method, Method::Get) && !self.dry_run
    }

    /// The parts that the client sends.
    pub fn erased(&self) -> Erased<'_> {
        Erased { method: self.method, path: self.path, segments: &self.segments, query: &self.query, body: self.body.as_ref() }
    }

    /// The request line: `POST /v1/orders/ord_…/confirm?dry_run=true`.
    pub fn line(&self) -> String {
        let address = self.address("http://host");
        format!("{} {}", self.method.word(), address.strip_prefix("http://host").unwrap_or(&address))
    }

    fn address(&self, base: &str) -> String {
        let mut query = self.query.clone();
        if self.dry_run {
            query.push(("dry_run".to_owned(), "true".to_owned()));
        }
        address_of(base, &Erased { query: &query, ..self.erased() }).unwrap_or_else(|error| error.to_string())
    }

    /// The call as a line for a shell. The key stands as a variable, secrets of the body as dots: the line may be pasted into a ticket.
    pub fn curl(&self, base: &str) -> String {
        let mut line = format!("curl -s -X {} {} -H \"Authorization: Bearer $CAUSEWAY_API_KEY\"", self.method.word(), quoted(&self.address(base)));
        if let Some(version) = self.if_match {
            line.push_str(&format!(" -H 'If-Match: \"v{version}\"'"));
        }
        // Whoever runs the line reads what the call did, and does not do it again.
        if let Some(key) = self.key.as_ref().filter(|_| self.writes()) {
            line.push_str(&format!(" -H {}", quoted(&format!("Idempotency-Key: {key}"))));
        }
        if let Some(body) = &self.body {
            line.push_str(" -H 'Content-Type: application/json' -d ");
            line.push_str(&quoted(&masked(body).to_string()));
        }
        line
    }
}

/// An idempotency key that nobody else has.
pub fn new_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

const SECRETS: [&str; 4] = ["password", "secret", "token", "otp"];

/// Whether a field of this name holds what nobody may read over a shoulder or in a ticket.
pub fn secret(name: &str) -> bool {
    SECRETS.iter().any(|word| name == *word || name.ends_with(&format!("_{word}")))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The same value with every secret replaced by dots.
pub fn masked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), if secret(name) && !field.is_null() { Value::from("…") } else { masked(field) }))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn curl_lines_are_quoted_and_hold_no_secret() {
        let call = Call::to(Method::Post, "/v1/sessions", &[], Some(json!({"email": "o'hara@a.test", "password": "hunter2", "otp": "123456"})));
        let line = call.curl("http://127.0.0.1:8080");
        assert!(line.starts_with("curl -s -X POST 'http://127.0.0.1:8080/v1/sessions' -H"), "{line}");
        assert!(line.contains(r"o'\''hara@a.test") && !line.contains("hunter2") && !line.contains("123456"), "{line}");
    }

    #[test]
    fn curl_lines_name_the_version_that_must_be_current() {
        let mut call = Call::to(Method::Patch, "/v1/users/{id}", &["usr_1"], Some(json!({"name": "Dana"})));
        call.if_match = Some(7);
        assert!(call.curl("http://host").contains(r#" -H 'If-Match: "v7"' "#), "{}", call.curl("http://host"));
    }

    #[test]
    fn curl_lines_of_a_change_carry_its_key() {
        let mut call = Call::to(Method::Post, "/v1/payments", &[], Some(json!({"amount": "5.00"})));
        assert!(!call.curl("http://host").contains("Idempotency-Key"));
        call.key = Some("7f1e".to_owned());
        assert!(call.curl("http://host").contains(" -H 'Idempotency-Key: 7f1e' -H 'Content-Type"), "{}", call.curl("http://host"));
        assert!(!call.dry().curl("http://host").contains("Idempotency-Key"));
    }

    #[test]
    fn a_dry_run_does_not_write() {
        let call = Call::to(Method::Post, "/v1/orders/{id}/confirm", &["ord_1"], Some(json!({})));
        assert!(call.writes());
        assert!(!call.clone().dry().writes());
        assert_eq!(call.dry().line(), "POST /v1/orders/ord_1/confirm?dry_run=true");
    }
}
