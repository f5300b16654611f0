//! Writing answers.

use super::Packed;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
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

/// A success, or 304 when the caller has this version already and the version tells all.
pub(crate) fn success(request: &HttpRequest, packed: Packed, request_id: &str) -> HttpResponse {
    // RFC 9110 §13.1.2: whatever stands for the version, weakened on its way or not.
    let known = packed.etag.as_deref().is_some_and(|etag| {
        let named = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag;
        request.headers().get("if-none-match").and_then(|value| value.to_str().ok()).is_some_and(|known| known.split(',').map(str::trim).any(named))
    });
    let fresh = known && !packed.live && request.method() == actix_web::http::Method::GET;
    let mut builder = builder(if fresh { 304 } else { packed.status }, request_id);
    if let Some(etag) = packed.etag {
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
