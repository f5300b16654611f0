//! Traces over OTLP (HTTP, protobuf) to whatever collector `OTEL_EXPORTER_OTLP_ENDPOINT` names (OBS-07, OBS-11); built with `--features otel` only.
//!
//! One span for each request and each step of a job, made when it has ended. A caller's `traceparent` (W3C Trace Context) makes a request part of the caller's
//! trace. Spans wait in memory and are sent by a thread of their own: a collector that is slow or away costs spans, never a request.

use causeway_kernel::clock;
use causeway_kernel::trace::{self, Ended, Work};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

/// What turns it on: the variables of the OpenTelemetry specification, of which all others hold, too.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
/// The service, unless `OTEL_SERVICE_NAME` names it otherwise.
const SERVICE: &str = "causeway";

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Spans that are sent while this lives.
#[derive(Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Starts sending when the environment names a collector.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn start() -> Result<Self, String> {
        if !ENDPOINTS.iter().any(|name| std::env::var_os(name).is_some()) {
            return Ok(Self::default());
        }
        // Another part of the process may have chosen the same before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wrong = |error: opentelemetry_otlp::ExporterBuildError| format!("cannot send traces: {error}. Check {}.", ENDPOINTS.join(" and "));
        let exporter = SpanExporter::builder().with_http().build().map_err(wrong)?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        let _ = TRACER.set(provider.tracer(SERVICE));
        trace::listen(tell);
        Ok(Self(Some(provider)))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::shutdown) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

fn tell(ended: &Ended<'_>) {
    let Some(tracer) = TRACER.get() else { return };
    let end = clock::wall().0;
    let start = end.saturating_sub(i64::try_from(ended.micros).unwrap_or_default());
    let (kind, parent, status) = match ended.work {
        Work::Request { parent, status, .. } => (SpanKind::Server, parent.map(context).unwrap_or_default(), failure(status >= 500)),
        Work::Step { failed, .. } => (SpanKind::Internal, Context::new(), failure(failed)),
    };
    let builder = SpanBuilder::from_name(ended.name.to_owned()).with_kind(kind).with_start_time(moment(start)).with_attributes(attributes(ended));
    let mut span = tracer.build_with_context(builder, &parent);
    span.set_status(status);
    span.end_with_timestamp(moment(end));
}

/// A moment from its microseconds since 1970.
fn moment(micros: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros.max(0).unsigned_abs())).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn failure(failed: bool) -> Status {
    if failed { Status::error("") } else { Status::Unset }
}

/// The trace that a caller is in.
fn context(parent: &str) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &HashMap::from([("traceparent".to_owned(), parent.to_owned())]))
}

/// By the names of the semantic conventions where they have one.
fn attributes(ended: &Ended<'_>) -> Vec<KeyValue> {
    let mut attributes = vec![KeyValue::new("causeway.request_id", ended.request_id.to_owned())];
    if let Some(tenant) = ended.tenant {
        attributes.push(KeyValue::new("causeway.tenant_id", tenant.to_string()));
    }
    match ended.work {
        Work::Request { method, route, status, flow_id, .. } => {
            attributes.push(KeyValue::new("http.request.method", method.to_owned()));
            attributes.push(KeyValue::new("http.route", route.to_owned()));
            attributes.push(KeyValue::new("http.response.status_code", i64::from(status)));
            attributes.extend(flow_id.map(|flow| KeyValue::new("causeway.flow_id", flow.to_owned())));
        }
        Work::Step { job_id, .. } => attributes.push(KeyValue::new("causeway.job_id", job_id.to_owned())),
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::TraceContextExt;

    #[test]
    fn a_request_joins_the_trace_of_its_caller() {
        let joined = context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let span = joined.span().span_context().clone();
        assert_eq!((span.trace_id().to_string(), span.span_id().to_string()), ("0af7651916cd43dd8448eb211c80319c".to_owned(), "b7ad6b7169203331".to_owned()));
        assert!(span.is_remote() && span.is_sampled());
        for nonsense in ["", "00-0-0-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01"] {
            assert!(!context(nonsense).span().span_context().is_valid(), "{nonsense}");
        }
    }

    #[test]
    fn a_span_says_who_and_what_and_nothing_else() {
        let work = Work::Request { method: "GET", route: "/v1/orders/{id}", status: 404, flow_id: None, parent: None };
        let ended = Ended { name: "GetOrder", work, tenant: None, request_id: "req_1", micros: 5 };
        let names: Vec<String> = attributes(&ended).into_iter().map(|attribute| attribute.key.to_string()).collect();
        assert_eq!(names, ["causeway.request_id", "http.request.method", "http.route", "http.response.status_code"]);
    }
}
