//! Problem details (RFC 9457) and the closed set of codes.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What went wrong, as a word that programs may rely on. The set is closed and published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Code {
    /// Several fields are wrong, or one in a way that has no word of its own; `errors` names each.
    ValidationFailed,
    /// The request cannot be read: broken JSON, a duplicate key, a bad query string.
    Malformed,
    /// No valid credential.
    Unauthenticated,
    /// The password is right, and the account asks for a one-time code as well.
    OtpRequired,
    /// A person must prove who they are again before a risky step.
    ReauthenticationRequired,
    /// The credential lacks the permission, or the company is not granted to it.
    PermissionDenied,
    /// The same person may not do both steps.
    SegregationOfDuties,
    /// The tenant is suspended.
    TenantSuspended,
    /// No such object, or it is another tenant's.
    NotFound,
    /// The path exists with other methods.
    MethodNotAllowed,
    /// `Accept` leaves out everything that the operation answers with.
    NotAcceptable,
    /// The state of the document does not allow this verb.
    StateConflict,
    /// A posted document never changes.
    DocumentPosted,
    /// Something with this unique value exists already.
    AlreadyExists,
    /// Another object carries this external reference.
    ExternalRefExists,
    /// It was available once and is no longer.
    Gone,
    /// The object changed since the version that `If-Match` names.
    VersionConflict,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// The first request with this key is still running.
    IdempotencyInProgress,
    /// Two price rules are equally good.
    PriceRuleTie,
    /// No tax fits.
    TaxNotFound,
    /// No exchange rate for the pair and day.
    RateMissing,
    /// The customer's credit limit would be exceeded.
    CreditLimitExceeded,
    /// Not enough stock.
    StockShort,
    /// The accounting period is locked.
    PeriodLocked,
    /// The date is before the last number of its series.
    NumberOrder,
    /// No account is set for this posting.
    AccountMissing,
    /// The result does not fit.
    AmountOverflow,
    /// More than what remains open.
    AmountExceedsOpen,
    /// Amounts are decimal strings, not JSON numbers.
    AmountMustBeString,
    /// More decimals than the field has; nothing is rounded.
    TooManyDecimals,
    /// Not a plain decimal.
    InvalidDecimal,
    /// A required field is missing.
    Required,
    /// The value is not acceptable here.
    InvalidValue,
    /// The text is too long.
    TooLong,
    /// The list is too long.
    TooMany,
    /// No such field.
    UnknownField,
    /// No such query parameter.
    UnknownParameter,
    /// The field exists but cannot be filtered or sorted by.
    FilterNotSupported,
    /// The cursor is not one of ours, or belongs to another query.
    CursorInvalid,
    /// Too many requests.
    RateLimited,
    /// A quota of the tenant is used up.
    QuotaExceeded,
    /// The disk is full; nothing was written.
    StorageFull,
    /// Too much is being written to the same rows; try again.
    Contention,
    /// The request did not arrive in time.
    Timeout,
    /// A part of the service is not available; try again.
    Unavailable,
    /// Our fault; the request id finds it in the log.
    InternalError,
}

impl Code {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated | Self::OtpRequired => 401,
            Self::ReauthenticationRequired | Self::PermissionDenied | Self::SegregationOfDuties | Self::TenantSuspended => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::NotAcceptable => 406,
            Self::Timeout => 408,
            Self::StateConflict | Self::DocumentPosted | Self::AlreadyExists | Self::ExternalRefExists | Self::IdempotencyInProgress => 409,
            Self::Gone => 410,
            Self::VersionConflict => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::PeriodLocked => 423,
            Self::RateLimited | Self::QuotaExceeded => 429,
            Self::InternalError => 500,
            Self::Contention | Self::Unavailable => 503,
            Self::StorageFull => 507,
            _ => 422,
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::IdempotencyInProgress | Self::RateLimited | Self::QuotaExceeded | Self::Contention | Self::Unavailable | Self::StorageFull | Self::Timeout
        )
    }

    /// Whether a list of field errors that all carry this code is summed up by it instead of by `validation_failed`.
    const fn sums_up(self) -> bool {
        !matches!(self, Self::Required | Self::InvalidValue | Self::TooLong | Self::TooMany | Self::InvalidDecimal)
    }
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// What is wrong.
    pub code: Code,
    /// What to do about it.
    pub detail: String,
    /// JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pointer: Option<String>,
    /// Name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parameter: Option<String>,
    /// Name of the header.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub header: Option<String>,
}

/// A failure, as `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A link that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The kind for programs.
    pub code: Code,
    /// The id that finds this request in the log.
    pub request_id: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Every wrong field.
    pub errors: Vec<FieldError>,
    /// Facts that help, such as the names of two tied rules.
    #[serde(default)]
    pub meta: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem of this kind.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let word: &'static str = code.into();
        let mut title = word.replace('_', " ");
        if let Some(first) = title.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        Self {
            kind: format!("/docs/problems#{word}"),
            title,
            status: code.status(),
            detail: detail.into(),
            code,
            request_id: String::new(),
            retryable: code.retryable(),
            errors: Vec::new(),
            meta: serde_json::Map::new(),
        }
    }

    /// One wrong field of the body, named by its JSON pointer.
    #[must_use]
    pub fn field(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::of(vec![FieldError::pointer(code, pointer, detail)])
    }

    /// All wrong fields of a request at once, [`MOST_ERRORS`] of them at most. The code is theirs when they agree on a telling one, else `validation_failed`.
    #[must_use]
    pub fn of(mut errors: Vec<FieldError>) -> Self {
        let left_out = errors.len().saturating_sub(MOST_ERRORS);
        errors.truncate(MOST_ERRORS);
        let first = errors.first().map(|e| e.code);
        let shared = first.filter(|code| code.sums_up() && errors.iter().all(|e| e.code == *code));
        let detail = match errors.as_slice() {
            [one] => format!("{} {}", one.place(), one.detail),
            many => summary(many),
        };
        let mut problem = Self::new(shared.unwrap_or(Code::ValidationFailed), detail);
        // A field error is always about content: `not_found` in a body is 422, in a path 404.
        problem.status = 422;
        problem.errors = errors;
        if left_out > 0 {
            problem.detail = format!("{} And {left_out} more, which are not named.", problem.detail);
        }
        problem
    }

    /// Names the field of the body that it is about.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        self.errors.push(FieldError::pointer(self.code, pointer, self.detail.clone()));
        self
    }

    /// Adds a fact to `meta`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.meta.insert(name.to_owned(), value.into());
        self
    }

    /// No such object: the same answer for an id that never was and for one of another tenant.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is no such object. Check the id; it must belong to this tenant.")
    }
}

/// Errors that are named at once, at most: who sends more wrong fields mends these first.
pub const MOST_ERRORS: usize = 100;

/// Several errors in one line. A field that is wrong in more than one way is one field.
fn summary(errors: &[FieldError]) -> String {
    let mut places: Vec<String> = Vec::with_capacity(errors.len());
    for place in errors.iter().map(FieldError::place) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    match places.as_slice() {
        [one] => format!("{one} {}", errors.iter().map(|error| error.detail.as_str()).collect::<Vec<_>>().join("; ")),
        many => format!("{} fields are wrong: {}", many.len(), many.join(", ")),
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.detail)
    }
}

impl std::error::Error for Problem {}

impl From<causeway_value::Overflow> for Problem {
    fn from(_: causeway_value::Overflow) -> Self {
        Self::new(Code::AmountOverflow, "The result of this calculation is too large. Use smaller quantities or prices.")
    }
}

impl FieldError {
    /// A wrong field of the body.
    #[must_use]
    pub fn pointer(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), pointer: Some(pointer.into()), parameter: None, header: None }
    }

    /// A wrong query parameter.
    #[must_use]
    pub fn parameter(code: Code, parameter: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), pointer: None, parameter: Some(parameter.into()), header: None }
    }

    /// A wrong header.
    #[must_use]
    pub fn header(code: Code, header: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), pointer: None, parameter: None, header: Some(header.into()) }
    }

    fn place(&self) -> String {
        match self.pointer.as_ref().or(self.parameter.as_ref()).or(self.header.as_ref()) {
            None => String::new(),
            // The pointer to the whole is empty.
            Some(place) if place.is_empty() => "The body".to_owned(),
            Some(place) => format!("`{place}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_errors_are_named_as_somebody_reads() {
        let wrong = |number: usize| FieldError::pointer(Code::UnknownField, format!("/k{number}"), "is not a field of this request");
        let problem = Problem::of((0..80_000).map(wrong).collect());
        assert_eq!(problem.errors.len(), MOST_ERRORS);
        assert!(
            problem.detail.starts_with("100 fields are wrong: ") && problem.detail.ends_with(" And 79900 more, which are not named."),
            "{}",
            problem.detail
        );
    }

    #[test]
    fn errors_that_agree_on_a_telling_code_are_summed_up_by_it() {
        let error = |code, pointer: &str| FieldError::pointer(code, pointer, "…");
        assert_eq!(Problem::of(vec![error(Code::NotFound, "/party_id")]).code, Code::NotFound);
        assert_eq!(Problem::of(vec![error(Code::NotFound, "/party_id")]).status, 422);
        assert_eq!(Problem::of(vec![error(Code::Required, "/name")]).code, Code::ValidationFailed);
        assert_eq!(Problem::of(vec![error(Code::NotFound, "/a"), error(Code::TooLong, "/b")]).code, Code::ValidationFailed);
    }

    #[test]
    fn a_field_that_is_wrong_twice_is_named_once() {
        let error = |pointer: &str, detail: &str| FieldError::pointer(Code::InvalidValue, pointer, detail);
        let twice = vec![error("/billable_ids/2", "is of another company"), error("/billable_ids/2", "is in another currency")];
        let problem = Problem::of(twice.clone());
        assert_eq!(problem.detail, "`/billable_ids/2` is of another company; is in another currency");
        assert_eq!(problem.errors, twice);
        let problem = Problem::of([twice, vec![error("/party_id", "is not the party")]].concat());
        assert_eq!((problem.detail.as_str(), problem.errors.len()), ("2 fields are wrong: `/billable_ids/2`, `/party_id`", 3));
    }

    #[test]
    fn the_pointer_to_the_whole_is_read_as_the_body() {
        let problem = Problem::field(Code::InvalidValue, "", "must be an object");
        assert_eq!((problem.detail.as_str(), problem.errors[0].pointer.as_deref()), ("The body must be an object", Some("")));
    }
}
