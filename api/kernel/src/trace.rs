//! What a backend for traces is told: each request and each step of a job, once it has ended (OBS-07, OBS-11).
//!
//! Nobody listens unless the binary was built to (`api/src/otel.rs`); then a request costs one look. What is told names operations, tenants, deals and outcomes,
//! and the request by its id, which its caller may have chosen; nothing else of what a path, a query, a header or a body holds: traces are kept by somebody
//! else.

use causeway_value::TenantId;
use std::sync::OnceLock;

static LISTENER: OnceLock<fn(&Ended<'_>)> = OnceLock::new();

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work<'a> {
    /// A request.
    Request {
        /// The method.
        method: &'a str,
        /// The path as the contract writes it.
        route: &'a str,
        /// The status of the answer.
        status: u16,
        /// The deal that the answer is part of.
        flow_id: Option<&'a str>,
        /// The header `traceparent`: the trace that the caller is in.
        parent: Option<&'a str>,
    },
    /// A step of a job.
    Step {
        /// The job.
        job_id: &'a str,
        /// Whether it failed and is tried again, or given up.
        failed: bool,
    },
}

/// Work that has just ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended<'a> {
    /// The operation, or the kind of the job.
    pub name: &'a str,
    /// What was done.
    pub work: Work<'a>,
    /// Whose it was; none for the platform and for those without a credential.
    pub tenant: Option<TenantId>,
    /// The id that finds it in the log.
    pub request_id: &'a str,
    /// How long it took, in microseconds.
    pub micros: u64,
}

/// Has `listener` told of all that ends from now on; it must not wait.
pub fn listen(listener: fn(&Ended<'_>)) {
    let _ = LISTENER.set(listener);
}

/// Whether anybody is told.
pub(crate) fn heard() -> bool {
    LISTENER.get().is_some()
}

/// Tells the listener, if there is one.
pub(crate) fn tell(ended: &Ended<'_>) {
    if let Some(listener) = LISTENER.get() {
        listener(ended);
    }
}
