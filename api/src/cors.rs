//! Pages of other sites in browsers (CORS): which may read the answers of this service, what they may send, and what they see. None unless the settings name
//! them.
//!
//! A credential is a token that the page holds itself and sends as a header: browsers are never asked for cookies or passwords of their own.

use actix_cors::Cors;
use actix_web::http::Uri;
use actix_web::middleware::Condition;

/// Every site.
const ALL: &str = "*";
/// What pages may do.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"];
/// Headers that pages may send.
const SENT: [&str; 11] = [
    "accept",
    "authorization",
    "causeway-version",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "traceparent",
    "tracestate",
    "x-request-id",
];
/// Headers of answers that pages may read.
const SEEN: [&str; 12] = [
    "allow",
    "causeway-version",
    "content-disposition",
    "etag",
    "idempotent-replayed",
    "next-cursor",
    "next-offset",
    "ratelimit",
    "ratelimit-policy",
    "replayed",
    "retry-after",
    "x-request-id",
];
/// For how long a browser remembers what it was told.
const REMEMBERED_SECONDS: usize = 3_600;

/// Answers browsers that ask for pages of these sites; of none, nothing is said.
pub fn answering(origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default().allowed_methods(METHODS).allowed_headers(SENT).expose_headers(SEEN).max_age(REMEMBERED_SECONDS);
    let cors = if origins.iter().any(|origin| origin == ALL) {
        cors.allow_any_origin().send_wildcard()
    } else {
        origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
    };
    Condition::new(!origins.is_empty(), cors)
}

/// Whether a text names a site as browsers do, or all of them: its scheme, its host in small letters, and its port where that is not the usual one.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let site = |rest: &str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*']) && rest.to_lowercase() == rest;
    let usual = |scheme: &str, rest: &str| rest.ends_with(if scheme == "https" { ":443" } else { ":80" });
    let named = text.split_once("://").is_some_and(|(scheme, rest)| ["http", "https"].contains(&scheme) && site(rest) && !usual(scheme, rest));
    text == ALL || (named && text.parse::<Uri>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for right in ["*", "https://app.example.com", "http://localhost:5173", "https://app.example.com:8443", "http://[::1]:3000"] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in
            ["", "app.example.com", "https://", "https://app.example.com/", "https://App.example.com", "https://*.example.com", "https://app.example.com:443"]
        {
            assert!(!is_origin(wrong), "{wrong}");
        }
        for wrong in ["ftp://app.example.com", "https://me@app.example.com", "https://app.example.com?x", "null", "https://app example.com", "http://a.test:80"]
        {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
