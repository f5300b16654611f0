//! The version of the API that a caller was written for (INT-22).

use super::header;
use actix_web::HttpRequest;
use causeway_contract::{API_VERSION, Code, Problem};

/// Every version that is served, the newest last.
const SUPPORTED: [&str; 1] = [API_VERSION];

/// Refuses a caller that names a version which is not served: it expects something else than it would get. Whoever names none gets the present one.
///
/// # Errors
/// `invalid_value` for the header.
pub(super) fn check(request: &HttpRequest) -> Result<(), Problem> {
    let mut given = request.headers().get_all("causeway-version");
    let Some(first) = given.next() else { return Ok(()) };
    let known = first.to_str().is_ok_and(|text| SUPPORTED.contains(&text.trim()));
    if known && given.next().is_none() {
        return Ok(());
    }
    let detail = format!("must be one version of this API, which are: {}. Leave the header out for {API_VERSION}", SUPPORTED.join(", "));
    Err(header(Code::InvalidValue, "Causeway-Version", detail).with("supported_versions", SUPPORTED.to_vec()))
}
