//! The one adapter between HTTP and the endpoints: authentication, tenant, permission, limits, idempotency, body, handler, ETag and problems,
//! in this order, for every operation. None can forget a step.

mod accept;
mod again;
mod allowance;
mod aside;
mod call;
mod csv;
mod expand;
mod faults;
mod idempotency;
mod mask;
mod origin;
mod pace;
mod reports;
mod respond;
mod router;
mod standing;
mod stream;
mod table;
mod version;

pub use call::Call;
pub use csv::columns_of;
pub use origin::{Proxies, ProxyHeader};
pub use router::Routes;
pub use stream::{Batch, Item, Place};

use crate::clock::Stopwatch;
use crate::limit::Limiter;
use crate::security::{self, Refusal};
use crate::trace::{self, Ended, Work};
use crate::{Actor, Ctx, Db, Principal, clock, telemetry};
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, HttpResponse};
use causeway_contract::{Audience, Code, Content, FieldError, Method, Problem, Reply};
use causeway_value::{ActorKind, ApiKeyId, TenantId, UserId, type_id};
use std::cell::RefCell;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use uuid::Uuid;

use crate::limits::{BODY_BYTES, BODY_SECONDS, HEAD_BYTES};
use crate::upload::{self, Receiver, Upload};
use allowance::Allowance;
use call::Incoming;
use router::{Bound, Operation, Verb};
use standing::Standing;

/// A future that stays on its thread.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The port through which credentials are judged; `govern` implements it.
pub trait Authenticate: Send + Sync {
    /// The principal of a bearer token.
    fn principal<'a>(&'a self, db: &'a Db, token: &'a str) -> LocalFuture<'a, Result<Arc<Principal>, Problem>>;
}

/// Everything that a request needs.
pub struct App {
    /// The database.
    pub db: Db,
    /// Judges credentials.
    pub authenticate: Arc<dyn Authenticate>,
    /// The endpoints.
    pub routes: Routes,
    /// Signs cursors.
    pub cursor_key: Arc<[u8; 32]>,
    /// Becomes true when the server stops: streams end then.
    pub stopping: tokio::sync::watch::Receiver<bool>,
    /// Counts requests.
    pub limiter: Arc<dyn Limiter>,
    /// The proxies whose word about the caller's address is taken.
    pub proxies: Proxies,
}

/// What a handler answers.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    payload: T,
    version: Option<i64>,
    replayed: bool,
    status: Option<u16>,
}

impl<T> Answer<T> {
    /// An answer without a version: a report, a list, a composite.
    pub const fn of(payload: T) -> Self {
        Self { payload, version: None, replayed: false, status: None }
    }

    /// An object at this version, with which its ETag begins.
    pub const fn object(payload: T, version: i64) -> Self {
        Self { payload, version: Some(version), replayed: false, status: None }
    }

    /// The first result of a request that was made before, recognised by its business key.
    #[must_use]
    pub const fn replayed(mut self) -> Self {
        self.replayed = true;
        self.status = Some(200);
        self
    }

    /// What is answered.
    pub fn into_payload(self) -> T {
        self.payload
    }
}

/// An answer as bytes, ready for the wire and for the idempotency store.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    pub status: u16,
    pub body: Content,
    pub media: &'static str,
    /// The version as a tag; what is shown completes it on the way out.
    pub etag: Option<String>,
    pub replayed: bool,
    /// From the idempotency store.
    pub repeated: bool,
}

impl Packed {
    /// The body as JSON; nothing for a file.
    fn json(&self) -> &str {
        match &self.body {
            Content::Json(text) => text,
            Content::File(_) => "",
        }
    }

    /// The answer as this caller may read it. The idempotency store keeps all of it.
    fn masked(self, ctx: &Ctx) -> Self {
        match self.body {
            Content::Json(text) => Self { body: Content::Json(mask::text(ctx, text)), ..self },
            Content::File(_) => self,
        }
    }
}

/// The service for every path: finds the endpoint and answers, whatever happens.
pub async fn dispatch(app: Arc<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let watch = Stopwatch::start();
    let request_id = request_id(&request);
    let asked = request.path().to_owned();
    let mut path = beginning(&asked);
    let method = request.method().as_str().to_owned();
    let mut allowance = Allowance::default();
    let parent = request.headers().get("traceparent").filter(|_| trace::heard()).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let source = app.proxies.origin(&request);
    let told = Rc::new(RefCell::new(Told { source, ..Told::default() }));
    let answer = match app.routes.find(&method, &asked) {
        _ if oversized(&request) => {
            telemetry::count_request("none", 413, watch.micros());
            Err(Problem::new(Code::PayloadTooLarge, format!("The path and the headers are larger than {HEAD_BYTES} bytes together. Send less of them.")))
        }
        router::Found::Endpoint(endpoint, segments) => {
            path = shown_path(endpoint, &asked);
            told.borrow_mut().endpoint = Some((endpoint.id, endpoint.path));
            let incoming = Incoming { request, payload, segments, request_id: request_id.clone(), source, told: Rc::clone(&told) };
            let outcome = caught(serve(Arc::clone(&app), endpoint, incoming, &mut allowance)).await;
            telemetry::count_request(
                endpoint.id,
                outcome.as_ref().map_or_else(|problem| problem.status, |response| response.status().as_u16()),
                watch.micros(),
            );
            outcome
        }
        router::Found::OtherMethods(allow) => {
            let detail = format!("{method} is not a method of this path. Use {allow}.");
            Ok(respond::with_allow(respond::problem(Problem::new(Code::MethodNotAllowed, detail), &request_id), &allow))
        }
        router::Found::Nothing => {
            telemetry::count_request("none", 404, watch.micros());
            Err(Problem::new(Code::NotFound, "There is no such path. The list of all is at /docs."))
        }
    };
    let mut response = answer.unwrap_or_else(|problem| respond::problem(problem, &request_id));
    allowance.announce(&mut response);
    let (told, status, micros) = (told.borrow(), response.status().as_u16(), watch.micros());
    log_request(&request_id, &method, path, status, &told, micros);
    if let Some((name, route)) = told.endpoint {
        let work = Work::Request { method: &method, route, status, flow_id: told.flow.as_deref(), parent: parent.as_deref() };
        trace::tell(&Ended { name, work, tenant: told.tenant, request_id: &request_id, micros });
    }
    drop(told);
    response
}

/// What the log says about a request besides its line: nothing that a body or a header holds.
#[derive(Default)]
pub(crate) struct Told {
    /// The operation and its path, as the contract writes it.
    endpoint: Option<(&'static str, &'static str)>,
    tenant: Option<TenantId>,
    actor: Option<Actor>,
    source: Option<IpAddr>,
    flow: Option<String>,
}

/// One line for each request (OBS-07, OBS-08). The query is left out: it may hold what people search for.
fn log_request(request_id: &str, method: &str, path: &str, status: u16, told: &Told, micros: u64) {
    tracing::info!(
        target: "causeway::request",
        request_id,
        operation = told.endpoint.map(|(operation, _)| operation),
        tenant = told.tenant.map(tracing::field::display),
        actor_kind = told.actor.map(|actor| tracing::field::display(actor.kind)),
        actor = told.actor.and_then(|actor| Some(type_id(actor.kind.prefix(), actor.id?))),
        source = told.source.map(tracing::field::display),
        flow_id = told.flow.as_deref(),
        method,
        path,
        status,
        micros,
        "request"
    );
}

/// The deal that an answer is part of: the first one that it names.
fn flow_of(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("\"flow_id\":\"")?;
    rest.split_once('"').map(|(flow, _)| flow.to_owned())
}

/// Whether the head of a request is larger than anybody needs.
fn oversized(request: &HttpRequest) -> bool {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    request.uri().path_and_query().map_or(0, |target| target.as_str().len()) + headers.sum::<usize>() > HEAD_BYTES
}

/// The path as logs show it. That of an open operation may hold a token, so it is shown as the contract writes it.
fn shown_path<'a>(operation: &Operation, path: &'a str) -> &'a str {
    if operation.audience == Audience::Open { operation.path } else { path }
}

/// The first two parts of a path that leads nowhere: what follows may hold a token.
fn beginning(path: &str) -> &str {
    path.match_indices('/').nth(2).and_then(|(end, _)| path.get(..end)).unwrap_or(path)
}

/// Runs a future; a panic becomes `internal_error`, and the connection lives on.
pub(crate) async fn caught<T>(future: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |context| match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(_) => {
            tracing::error!("a handler panicked");
            Poll::Ready(Err(Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")))
        }
    })
    .await
}

fn request_id(request: &HttpRequest) -> String {
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    match given {
        Some(id) if !id.is_empty() && id.len() <= 100 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b)) => id.to_owned(),
        _ => format!("req_{}", Uuid::now_v7().simple()),
    }
}

/// Reads the whole body within its size and time.
async fn read_body(payload: &mut Payload) -> Result<Bytes, Problem> {
    let too_slow = || Problem::new(Code::Timeout, format!("The body did not arrive within {BODY_SECONDS} seconds."));
    let deadline = tokio::time::sleep(Duration::from_secs(BODY_SECONDS));
    let mut deadline = std::pin::pin!(deadline);
    let mut body = BytesMut::new();
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = next_chunk(payload) => chunk,
            () = &mut deadline => return Err(too_slow()),
        };
        match chunk {
            None => return Ok(body.freeze()),
            Some(Err(error)) => return Err(Problem::new(Code::Malformed, format!("The body could not be read: {error}."))),
            Some(Ok(chunk)) if body.len() + chunk.len() > BODY_BYTES => {
                return Err(Problem::new(Code::PayloadTooLarge, format!("The body is larger than {BODY_BYTES} bytes. Split it, or use an import.")));
            }
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
        }
    }
}

/// Reads a whole file, part by part, with a limit for each silence instead of one for all of it.
async fn receive(db: &Db, ctx: &Ctx, payload: &mut Payload) -> Result<Upload, Problem> {
    let mut receiver = Receiver::new(db, ctx);
    let received = receive_parts(&mut receiver, payload).await;
    if received.is_err() {
        forget(db, &Arc::new(ctx.clone()), receiver.id()).await;
    }
    received
}

async fn receive_parts(receiver: &mut Receiver<'_>, payload: &mut Payload) -> Result<Upload, Problem> {
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(BODY_SECONDS), next_chunk(payload)).await;
        match chunk {
            Ok(None) => return receiver.finish().await,
            Ok(Some(Ok(bytes))) => receiver.push(&bytes).await?,
            Ok(Some(Err(error))) => return Err(Problem::new(Code::Malformed, format!("The body could not be read: {error}."))),
            Err(_) => return Err(Problem::new(Code::Timeout, format!("No part of the file arrived for {BODY_SECONDS} seconds."))),
        }
    }
}

/// Drops a file that nobody will take: its request was refused, or had been made before.
async fn forget(db: &Db, ctx: &Arc<Ctx>, file: Uuid) {
    let dropped = db
        .write(ctx, async move |_, tx| {
            upload::discard(tx, file);
            Ok(())
        })
        .await;
    if let Err(problem) = dropped {
        tracing::warn!(%problem, "the parts of a refused file stay until the next one");
    }
}

async fn next_chunk(payload: &mut Payload) -> Option<Result<Bytes, actix_web::error::PayloadError>> {
    std::future::poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut *payload), context)).await
}

/// Serves one request of an operation. Nothing here depends on its types, so it is compiled once.
pub(crate) async fn serve(app: Arc<App>, operation: &Operation, mut incoming: Incoming, allowance: &mut Allowance) -> Result<HttpResponse, Problem> {
    version::check(&incoming.request)?;
    let principal = authenticate(&app, operation, &incoming).await?;
    if let Some(principal) = &principal {
        allowance.spend(app.limiter.as_ref(), principal, clock::wall()).await?;
    }
    let source = incoming.source;
    let refused = |problem: &Problem| refuse(&app, operation, (&incoming.request, source), principal.clone(), &incoming.request_id, problem);
    let mut ctx = match &principal {
        Some(principal) => Ctx::of(principal, operation.id, incoming.request_id.clone()),
        None => Ctx::anonymous(operation.id, incoming.request_id.clone()),
    };
    ctx.cursor_key = Arc::clone(&app.cursor_key);
    ctx.source = source;
    if operation.audience == Audience::Open {
        pace::hold(ctx.source)?;
    }
    if operation.prepares {
        ctx.user_agent = user_agent(&incoming.request);
    }
    if principal.is_some()
        && let Err(problem) = ctx.require(operation.permission).and_then(|()| fresh(operation, &ctx))
    {
        refused(&problem);
        return Err(problem);
    }
    let segments: Vec<&str> = incoming.segments.iter().map(String::as_str).collect();
    if !(operation.knows_path)(&segments) {
        refused(&Problem::not_found());
        return Err(Problem::not_found());
    }
    accept::check(&incoming.request, operation)?;
    let pairs = call::query_pairs(incoming.request.query_string())?;
    let asked = call::read_query(pairs, operation, app.routes.relations(operation))?;
    ctx.dry_run = asked.dry_run;
    ctx.expected = call::expected_version(&incoming.request, &segments)?;
    let upload = if operation.upload && call::is_file(&incoming.request) { Some(receive(&app.db, &ctx, &mut incoming.payload).await?) } else { None };
    let bytes = match &upload {
        Some(upload) => Bytes::copy_from_slice(&upload.digest),
        None if operation.method == Method::Get => Bytes::new(),
        None => read_body(&mut incoming.payload).await?,
    };
    let announced = (operation.method != Method::Get).then(|| app.db.announce());
    // A dry run changes nothing, so there is nothing to repeat.
    let key = if ctx.dry_run { None } else { idempotency::Key::of(operation, &incoming.request, &ctx, &bytes)? };
    let call::Sent { value: body, aside: mut wrong, faults } = match &upload {
        Some(_) => call::Sent { value: serde_json::json!({}), ..call::Sent::default() },
        None => call::read_body_as(&incoming.request, &bytes, operation.body.as_ref())?,
    };
    wrong.values_mut().for_each(|problem| problem.request_id.clone_from(&incoming.request_id));
    let sent = again::Sent::of(operation, &body);
    ctx.made_from = sent.as_ref().map(|sent| sent.digest);
    ctx.made_from_each = again::Sent::each(&app.routes, operation, &body);
    if let Some(principal) = &principal {
        allowance.spend_items(app.limiter.as_ref(), principal, (&body, wrong.len()), clock::wall()).await?;
    }
    // Looking for more of them runs the operation: it is paid for by now, and knows what was made before.
    if !faults.is_empty() {
        return Err(faults::all(&app, operation, &ctx, (segments.as_slice(), asked.value), &body, faults).await);
    }
    let file = upload.as_ref().map(|upload| upload.id);
    let ctx = Arc::new(ctx);
    if let Some(columns) = operation.columns.as_ref().filter(|_| accept::wants_csv(&incoming.request)) {
        if !asked.expand.is_empty() {
            return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "expand", "is for JSON; CSV has the columns of the list alone")]));
        }
        let caller = Standing::new(&app, operation, &incoming.request, &ctx);
        let export = csv::Export { caller, method: operation.method, path: incoming.request.path().to_owned(), ctx };
        return export.answer(columns.clone(), asked.value).await;
    }
    if let Some(table) = operation.table.as_ref().filter(|_| accept::wants_csv(&incoming.request)) {
        let grouped = asked.value.get("by").is_some();
        let Bound::Verb(verb) = (operation.bind)(&segments, asked.value, body, upload)? else { return Err(Problem::not_found()) };
        let place = reports::enter(operation, &ctx).await?;
        let packed = execute(&app.db, operation, &ctx, None, verb).await?;
        drop(place);
        let mut report: serde_json::Value = serde_json::from_str(packed.json()).unwrap_or_default();
        mask::value(&ctx, &mut report);
        return table.answer(&report, grouped, incoming.request.path(), &incoming.request_id);
    }
    let more = expand::bind(&app.routes, &ctx, asked.expand)?;
    let outcome = match (operation.bind)(&segments, asked.value, body, upload)? {
        Bound::Verb(verb) if !more.is_empty() => {
            expand::read(&app, &ctx, verb, more).await.map(|packed| respond::success(&incoming.request, packed.masked(&ctx), &incoming.request_id))
        }
        Bound::Verb(verb) => {
            let place = reports::enter(operation, &ctx).await?;
            let verb = if wrong.is_empty() { verb } else { Box::new(aside::WithAside { verb, wrong }) };
            let outcome = match (execute(&app.db, operation, &ctx, key.clone(), verb).await, sent) {
                (Err(problem), Some(sent)) => again::instead(&app, &ctx, &sent, key, problem).await,
                (outcome, _) => outcome,
            };
            drop(place);
            if let Some(file) = file
                && !outcome.as_ref().is_ok_and(|packed| !packed.repeated)
            {
                forget(&app.db, &ctx, file).await;
            }
            outcome.map(|packed| {
                if operation.method != Method::Get {
                    incoming.told.borrow_mut().flow = flow_of(packed.json());
                }
                respond::success(&incoming.request, packed.masked(&ctx), &incoming.request_id)
            })
        }
        Bound::Tail(tail) => stream::open(&app, operation, &incoming, &ctx, tail).await,
    };
    drop(announced);
    match outcome {
        Ok(response) => Ok(response),
        Err(problem) => {
            if problem.status == 404 || problem.status == 403 {
                refused(&problem);
            }
            Err(mask::problem(&ctx, problem))
        }
    }
}

async fn execute(db: &Db, operation: &Operation, ctx: &Arc<Ctx>, key: Option<idempotency::Key>, mut verb: Box<dyn Verb>) -> Result<Packed, Problem> {
    if operation.prepares {
        // What was answered before is not found out again: it may no longer be true.
        if let Some(key) = &key
            && let Some(first) = db.read(ctx, async |_, tx| key.first_answer(tx).await).await?
        {
            return Ok(first);
        }
        verb.prepare(ctx, db).await?;
    }
    if operation.method == Method::Get {
        let query = async move |ctx: &Ctx, tx: &mut crate::Tx<'_>| verb.run(ctx, tx).await;
        return if operation.quick { db.read(ctx, query).await } else { db.read_aside(ctx, query).await };
    }
    let patch = operation.method == Method::Patch;
    db.write(ctx, async move |ctx, tx| {
        if let Some(key) = &key
            && let Some(first) = key.first_answer(tx).await?
        {
            return Ok(first);
        }
        let packed = if patch { changed(ctx, tx, verb.as_ref()).await? } else { verb.run(ctx, tx).await? };
        if let Some(key) = &key {
            key.keep(ctx, tx, &packed)?;
        }
        Ok(packed)
    })
    .await
}

/// Runs a PATCH. One that leaves its object as it was did not happen: nothing is written, and the answer is the object at the version that it has.
async fn changed(ctx: &Ctx, tx: &mut crate::Tx<'_>, verb: &dyn Verb) -> Result<Packed, Problem> {
    let start = tx.mark();
    let packed = verb.run(ctx, tx).await?;
    match tx.unchanged(packed.json()).await? {
        Some((before, version)) => {
            tx.undo_to(start);
            Ok(Packed { body: Content::Json(before), etag: Some(format!("\"v{version}\"")), ..packed })
        }
        None => Ok(packed),
    }
}

async fn authenticate(app: &App, operation: &Operation, incoming: &Incoming) -> Result<Option<Arc<Principal>>, Problem> {
    if operation.audience == Audience::Open {
        return Ok(None);
    }
    let refused = |principal, problem: Problem| {
        refuse(app, operation, (&incoming.request, incoming.source), principal, &incoming.request_id, &problem);
        problem
    };
    let missing = || Problem::new(Code::Unauthenticated, "Send an API key: `Authorization: Bearer cw_…`.");
    let Some(token) = bearer(&incoming.request) else { return Err(refused(None, missing())) };
    let principal = app.authenticate.principal(&app.db, token).await.map_err(|problem| refused(None, problem))?;
    let mut told = incoming.told.borrow_mut();
    told.tenant = Some(principal.tenant).filter(|tenant| !tenant.uuid().is_nil());
    told.actor = Some(principal.actor);
    drop(told);
    if let Some(problem) = elsewhere(&principal, incoming.source) {
        return Err(refused(Some(principal), problem));
    }
    let platform = principal.tenant.uuid().is_nil();
    if platform != (operation.audience == Audience::Platform) {
        let problem = Problem::new(Code::PermissionDenied, "This credential is not for this part of the API: platform keys open /admin, tenant keys open /v1.");
        return Err(refused(Some(principal), problem));
    }
    Ok(Some(principal))
}

/// A credential that is used where it may not be (SEC-03).
fn elsewhere(principal: &Principal, from: Option<IpAddr>) -> Option<Problem> {
    if principal.works_from(from) {
        return None;
    }
    let from = from.map_or_else(|| "an unknown address".to_owned(), |from| from.to_string());
    let detail = format!("This key may not be used from {from}. Use it where its `allowed_sources` say, or ask an administrator to add the address.");
    Some(Problem::new(Code::PermissionDenied, detail))
}

/// The token of the `Authorization` header.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A risky step of a person needs a recent proof of who that is; programs are not asked.
fn fresh(operation: &Operation, ctx: &Ctx) -> Result<(), Problem> {
    if operation.step_up { ctx.require_proof() } else { Ok(()) }
}

/// What the program calls itself, cut to what is worth keeping.
fn user_agent(request: &HttpRequest) -> Option<String> {
    let given = request.headers().get("user-agent").and_then(|value| value.to_str().ok())?;
    Some(given.chars().filter(|letter| !letter.is_control()).take(200).collect())
}

/// Writes a refusal down, without making the caller wait (threat 61).
fn refuse(
    app: &App,
    operation: &Operation,
    (request, source): (&HttpRequest, Option<IpAddr>),
    principal: Option<Arc<Principal>>,
    request_id: &str,
    problem: &Problem,
) {
    telemetry::count_refusal();
    let actor = principal.as_ref().map(|principal| principal.actor);
    let id_of = |kind: ActorKind| actor.filter(|actor| actor.kind == kind).and_then(|actor| actor.id);
    security::write_down(
        &app.db,
        Refusal {
            kind: "refusal",
            tenant: principal.as_ref().map(|principal| principal.tenant).filter(|tenant| !tenant.uuid().is_nil()),
            key: id_of(ActorKind::ApiKey).or_else(|| id_of(ActorKind::Platform)).map(ApiKeyId::from_uuid),
            user: id_of(ActorKind::User).map(UserId::from_uuid),
            source,
            method: operation.method.word(),
            path: shown_path(operation, request.path()).chars().take(500).collect(),
            status: problem.status,
            code: problem.code.to_string(),
            request_id: request_id.to_owned(),
        },
    );
}

/// An answer as it goes out.
fn pack<R: Reply>(answer: Answer<R::Payload>) -> Result<Packed, Problem> {
    let body = R::content(answer.payload).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
    })?;
    Ok(Packed {
        status: answer.status.unwrap_or(R::STATUS),
        body,
        media: R::MEDIA,
        etag: answer.version.map(|version| format!("\"v{version}\"")),
        replayed: answer.replayed,
        repeated: false,
    })
}

/// The answer to a caller who may not see the metrics.
#[must_use]
pub fn refuse_metrics() -> HttpResponse {
    let problem = Problem::new(Code::Unauthenticated, "Metrics need a platform administrator's key, or their own listener: --metrics-listen 127.0.0.1:9090.");
    respond::problem(problem, &format!("req_{}", Uuid::now_v7().simple()))
}

/// A wrong header.
fn header(code: Code, name: &str, detail: impl Into<String>) -> Problem {
    Problem::of(vec![FieldError::header(code, name, detail)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let outcome: Result<(), Problem> = caught(async { panic!("a secret") }).await;
        let problem = outcome.unwrap_err();
        assert_eq!((problem.code, problem.status), (Code::InternalError, 500));
        assert!(!problem.detail.contains("secret"));
    }

    #[test]
    fn the_deal_of_an_answer() {
        assert_eq!(flow_of(r#"{"id":"ord_1","flow_id":"flw_2","lines":[]}"#).as_deref(), Some("flw_2"));
        assert_eq!(flow_of(r#"{"id":"ord_1","flow_id":null}"#), None);
    }
}
