//! Writing answers.

use super::Packed;
use crate::crypto;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use causeway_contract::{API_VERSION, Content, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) fn builder(status: u16, request_id: &str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    builder
        .insert_header((REQUEST_ID, request_id))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"))
        .insert_header((HeaderName::from_static("causeway-version"), API_VERSION));
    builder
}

/// The tag of an answer: the version of its object, and a digest of what this caller is shown of it. What an object shows may change without a change of the
/// object, such as how far its order has come, and who may see more gets another answer; `If-Match` asks for the version alone.
fn tag(version: &str, body: &Content) -> String {
    let bytes = match body {
        Content::Json(text) => text.as_bytes(),
        Content::File(file) => file.bytes.as_slice(),
    };
    let digest = crypto::encode(crypto::sha256(&[bytes]).get(..9).unwrap_or_default());
    format!("{}-{digest}\"", version.trim_end_matches('"'))
}

/// A success, or 304 when the caller has exactly this already.
pub(crate) fn success(request: &HttpRequest, packed: Packed, request_id: &str) -> HttpResponse {
    let etag = packed.etag.as_deref().map(|version| tag(version, &packed.body));
    // RFC 9110 §13.1.2: whatever stands for it, weakened on its way or not.
    let known = etag.as_deref().is_some_and(|etag| {
        let named = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag;
        request.headers().get("if-none-match").and_then(|value| value.to_str().ok()).is_some_and(|known| known.split(',').map(str::trim).any(named))
    });
    let fresh = known && [Method::GET, Method::HEAD].contains(request.method());
    let mut builder = builder(if fresh { 304 } else { packed.status }, request_id);
    if let Some(etag) = etag {
        builder.insert_header((ETAG, etag));
    }
    if packed.repeated {
        builder.insert_header((HeaderName::from_static("idempotent-replayed"), "true"));
    }
    if packed.replayed {
        builder.insert_header((HeaderName::from_static("replayed"), "true"));
    }
    if fresh {
        return builder.finish();
    }
    match packed.body {
        Content::Json(text) => builder.insert_header((CONTENT_TYPE, "application/json")).body(text),
        Content::File(file) => {
            builder.insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", file.name)));
            builder.insert_header((CONTENT_TYPE, packed.media)).body(file.bytes)
        }
    }
}

/// A failure.
pub(crate) fn problem(mut problem: Problem, request_id: &str) -> HttpResponse {
    request_id.clone_into(&mut problem.request_id);
    let mut builder = builder(problem.status, request_id);
    match problem.status {
        401 => drop(builder.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"causeway\""))),
        // What is left of the body is not read, so nothing can follow on this connection.
        408 | 413 => drop(builder.force_close()),
        429 | 503 | 507 => drop(builder.insert_header((RETRY_AFTER, retry_after(&problem).to_string()))),
        _ => {}
    }
    builder.insert_header((CONTENT_TYPE, "application/problem+json")).body(serde_json::to_string(&problem).unwrap_or_default())
}

/// Seconds after which it is worth trying again.
fn retry_after(problem: &Problem) -> i64 {
    problem.meta.get("retry_after_seconds").and_then(serde_json::Value::as_i64).unwrap_or(1)
}

/// Says which methods a path has.
pub(crate) fn with_allow(mut response: HttpResponse, allow: &str) -> HttpResponse {
    if let Ok(value) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_the_version_and_what_is_shown() {
        let of = |body: &str| tag("\"v5\"", &Content::Json(body.to_owned()));
        assert!(of("{}").starts_with("\"v5-") && of("{}").ends_with('"') && of("{}").len() == 17, "{}", of("{}"));
        assert_eq!(of("{\"a\":1}"), of("{\"a\":1}"));
        assert_ne!(of("{\"a\":1}"), of("{\"a\":2}"));
    }
}
