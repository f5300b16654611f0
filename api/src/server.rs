//! Serving: HTTP, health, metrics, docs, and the workers beside it.

use crate::connection::{Connection, Doorkeeper};
use crate::readiness::Readiness;
use crate::secret_key;
use crate::settings::{Role, Settings};
use crate::{anchor, compose, cors, store};
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, Service, ServiceFactoryExt, apply_fn_factory, fn_service, map_config};
use actix_web::dev::{AppConfig, ServerHandle};
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer, guard};
use causeway_contract::Code;
use causeway_govern::access::Credentials;
use causeway_govern::tenancy::bootstrap;
use causeway_kernel::http::{App, dispatch};
use causeway_kernel::limit::{Limiter, Memory, Shared};
use causeway_kernel::{Db, PLATFORM_ADMIN, clock, job, seal, telemetry};
use parking_lot::Mutex;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use strum::IntoEnumIterator;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use utoipa_swagger_ui::SwaggerUi;

/// How long requests under way may take when the server stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 30;
/// Connections of one thread, at most; more wait in the queue of the socket.
const CONNECTIONS: usize = 12_500;
/// How long a connection may be idle between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// How long the head of a request may take to arrive.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// How long a client may take to end a connection that the server has ended.
const END_PATIENCE: Duration = Duration::from_secs(1);

/// The longest pause between two looks for jobs; one that this process queues is seen at once.
const JOB_PAUSE: Duration = Duration::from_millis(100);
/// The pause between two looks for what falls due in live tenants.
const DUE_PAUSE: Duration = Duration::from_secs(30);
/// The pause between two rounds of removing what is kept no longer.
const RETENTION_PAUSE: Duration = Duration::from_secs(3_600);

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The one-time token for the first administrator, while there is none.
    pub bootstrap_token: Option<String>,
    /// The database.
    pub db: Db,
    handle: ServerHandle,
    beside: Beside,
    ready: Arc<Readiness>,
    drain: Duration,
    stopping: watch::Sender<bool>,
}

impl Running {
    /// Says at `/readyz` that no more requests are wanted, and goes on answering those that come, until load balancers have seen it (F22).
    pub async fn drain(&self) {
        self.ready.stop();
        if !self.drain.is_zero() {
            tracing::info!(seconds = self.drain.as_secs(), "stopping: /readyz says so, requests are still answered");
        }
        tokio::time::sleep(self.drain).await;
    }

    /// Stops taking requests, answers those under way, and returns.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        self.handle.stop(true).await;
        self.beside.stop(&self.db).await;
    }
}

/// What runs beside the requests: workers, and the listener for metrics.
struct Beside {
    tasks: Mutex<Vec<JoinHandle<()>>>,
    metrics: Option<ServerHandle>,
}

impl Beside {
    /// Starts the listener where the settings ask for one, and the workers.
    ///
    /// # Errors
    /// A sentence that says what to do: the address is taken.
    fn start(settings: &Settings, ready: &Arc<Readiness>) -> Result<Self, String> {
        let metrics = serve_metrics(settings, ready)?;
        let mut tasks = workers(settings, ready.db());
        if matches!(ready.db(), Db::Sqlite(_)) {
            tasks.push(actix_web::rt::spawn(anchor::watch(settings.clone(), ready.db().clone())));
        }
        Ok(Self { tasks: Mutex::new(tasks), metrics })
    }

    /// Ends what runs and closes the database, while there is a runtime that both need.
    async fn stop(&self, db: &Db) {
        if let Some(metrics) = &self.metrics {
            metrics.stop(false).await;
        }
        let tasks = std::mem::take(&mut *self.tasks.lock());
        tasks.iter().for_each(JoinHandle::abort);
        for task in tasks {
            let _ = task.await;
        }
        match db {
            Db::Sqlite(sqlite) => sqlite.tidy(),
            Db::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// Runs jobs and serves nothing but health and metrics, until the process is asked to stop.
///
/// # Errors
/// As [`start`].
pub async fn work(settings: &Settings, db: Db) -> Result<(), String> {
    compose::register();
    admits(settings, &db).await?;
    // Jobs seal and open nothing, so a worker may be without the key; but whoever gave it another one should know.
    if let Some(wrong) = secret_key::difference(settings, &db).await? {
        tracing::warn!("{wrong}");
    }
    let ready = Readiness::new(db.clone());
    let beside = Beside::start(settings, &ready)?;
    let stopped = stopped();
    match settings.metrics_listen {
        Some(at) => tracing::info!("running jobs; http://{at} serves /healthz, /readyz and /metrics"),
        None => tracing::info!("running jobs; nothing listens: --metrics-listen 127.0.0.1:9090 serves /healthz, /readyz and /metrics"),
    }
    stopped.await;
    ready.stop();
    beside.stop(&db).await;
    Ok(())
}

/// What every process that works with the data asks before it begins: that tenants are kept apart, nothing is missing, and Redis lets it in.
async fn admits(settings: &Settings, db: &Db) -> Result<(), String> {
    let isolation = store::store(settings).setup(settings.database_connections).await?.isolation;
    if !isolation.is_empty() {
        return Err(format!("Tenants are not kept apart by this database, so it is not served: {}. `causeway doctor` checks it again.", isolation.join("; ")));
    }
    if let Some(missing) = anchor::missing(settings, db).await? {
        return Err(missing);
    }
    redis_admits(settings).await
}

/// Starts serving `db`. Must be called inside an actix system.
///
/// # Errors
/// A sentence that says what to do: the address is taken, or the database cannot be written.
pub async fn start(settings: &Settings, db: Db) -> Result<Running, String> {
    compose::register();
    causeway_govern::sign_in::register(settings.session_limits());
    admits(settings, &db).await?;
    seal::install(secret_key::load(settings, &db).await?);
    let said = |problem: causeway_contract::Problem| problem.detail;
    let bootstrap_token = bootstrap::prepare(&db, settings.bootstrap_token.clone()).await.map_err(said)?;
    let cursor_key = bootstrap::cursor_key(&db).await.map_err(said)?;
    let (stopping, stopped) = watch::channel(false);
    let limiter: Arc<dyn Limiter> = if settings.redis_url.is_some() { Arc::new(Shared::default()) } else { Arc::new(Memory::default()) };
    let app = Arc::new(App {
        db: db.clone(),
        authenticate: Arc::new(Credentials::default()),
        routes: compose::routes(),
        cursor_key,
        limiter,
        stopping: stopped,
        proxies: settings.proxies.clone(),
    });
    let readiness = Readiness::new(db.clone());
    let ready = Data::from(Arc::clone(&readiness));
    let listener = bind(settings.listen, "--listen 127.0.0.1:8081")?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let keeper = Doorkeeper::new(settings.connections_per_address, settings.proxies.clone());
    let builder = actix_server::Server::build().workers(settings.threads).max_concurrent_connections(CONNECTIONS);
    let builder = builder.shutdown_timeout(SHUTDOWN_SECONDS).disable_signals();
    let ending = builder.graceful_shutdown_signal();
    let origins = settings.cors_origins.clone();
    let serve = move || {
        let (keeper, ending) = (keeper.clone(), ending.clone());
        let service = ActixApp::new()
            .app_data(Data::from(Arc::clone(&app)))
            .app_data(ready.clone())
            .route("/healthz", read().to(healthz))
            .route("/readyz", read().to(readyz))
            .route("/metrics", read().to(metrics))
            .route("/openapi.json", read().to(openapi))
            .route("/docs", read().to(docs))
            .route("/docs/problems", read().to(problems))
            .service(SwaggerUi::new("/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/openapi.json")))
            .default_service(web::to(any))
            .wrap(cors::answering(&origins))
            .into_factory()
            .map_err(|error: actix_web::Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_PATIENCE)
            .client_disconnect_timeout(END_PATIENCE)
            .local_addr(address)
            .finish(map_config(service, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            std::future::ready(keeper.admit(stream).map(|connection| (connection, peer)).map_err(DispatchError::Io))
        })
        .and_then(apply_fn_factory(http, |(connection, peer): (Connection, Option<SocketAddr>), http| {
            let unfinished = connection.unfinished();
            let served = http.call((connection, Protocol::Http1, peer));
            async move {
                tokio::select! {
                    served = served => served,
                    () = unfinished.given_up() => Err(DispatchError::SlowRequestTimeout),
                }
            }
        }))
    };
    let server = builder.listen("causeway", listener, serve).map_err(|error| format!("cannot serve on {address}: {error}"))?.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let beside = Beside::start(settings, &readiness)?;
    let drain = Duration::from_secs(settings.drain_seconds.into());
    Ok(Running { address, bootstrap_token, db, handle, beside, ready: readiness, drain, stopping })
}

/// Serves metrics without a key and health where the settings say so: beside the API, and beside a worker that serves nothing else.
fn serve_metrics(settings: &Settings, ready: &Arc<Readiness>) -> Result<Option<ServerHandle>, String> {
    let Some(at) = settings.metrics_listen else { return Ok(None) };
    let ready = Data::from(Arc::clone(ready));
    let open = HttpServer::new(move || {
        let app = ActixApp::new().app_data(ready.clone());
        app.route("/metrics", web::get().to(open_metrics)).route("/healthz", read().to(healthz)).route("/readyz", read().to(readyz))
    });
    let open = open.workers(1).disable_signals().listen(bind(at, "--metrics-listen 127.0.0.1:9091")?);
    let open = open.map_err(|error| format!("cannot serve metrics on {at}: {error}"))?.run();
    let handle = open.handle();
    actix_web::rt::spawn(open);
    Ok(Some(handle))
}

/// Refuses to start with a Redis that will never let it in.
///
/// # Errors
/// A sentence that says what to do.
async fn redis_admits(settings: &Settings) -> Result<(), String> {
    match &settings.redis_url {
        Some(url) => causeway_kernel::shared::admitted(url).await,
        None => Ok(()),
    }
}

fn bind(at: SocketAddr, example: &str) -> Result<TcpListener, String> {
    TcpListener::bind(at).map_err(|error| format!("cannot listen on {at}: {error}. Choose another address, for example {example}."))
}

/// Starts what runs beside the requests.
fn workers(settings: &Settings, db: &Db) -> Vec<JoinHandle<()>> {
    let mut tasks = Vec::new();
    if let Some(url) = settings.redis_url.clone() {
        tasks.push(actix_web::rt::spawn(causeway_kernel::shared::run(url)));
    }
    if let Db::Postgres(postgres) = db {
        tasks.push(actix_web::rt::spawn(causeway_kernel::db::sequencer::run(Arc::clone(postgres))));
        tasks.push(actix_web::rt::spawn(causeway_kernel::drift::watch(db.clone())));
    }
    if settings.role == Role::Api {
        if settings.database_url.is_none() {
            tracing::warn!(
                "role = \"api\" with the embedded database: no other process can run its jobs, so they wait until it is started with role = \"all\""
            );
        }
        return tasks;
    }
    let live = db.clone();
    tasks.push(actix_web::rt::spawn(async move {
        loop {
            if let Err(problem) = causeway_govern::clock::tick(&live).await {
                tracing::warn!(%problem, "what falls due is looked at again later");
            }
            tokio::time::sleep(DUE_PAUSE).await;
        }
    }));
    let kept = db.clone();
    tasks.push(actix_web::rt::spawn(async move {
        loop {
            match causeway_kernel::retention::purge(&kept, clock::wall(), causeway_govern::retention::rules, causeway_govern::retention::note).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "removed what is kept no longer"),
                Err(problem) => tracing::warn!(%problem, "what is kept no longer is removed later"),
            }
            tokio::time::sleep(RETENTION_PAUSE).await;
        }
    }));
    let db = db.clone();
    tasks.push(actix_web::rt::spawn(async move {
        let name = job::worker_name();
        if let Err(problem) = job::give_back(&db).await {
            tracing::warn!(%problem, "jobs of an earlier process wait for the end of their lease");
        }
        loop {
            if let Err(problem) = job::work(&db, &name).await {
                tracing::warn!(%problem, "the job worker pauses");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            job::wait(JOB_PAUSE).await;
        }
    }));
    tasks
}

/// What is read by GET, or asked for its headers by HEAD.
fn read() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn any(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    dispatch(app.into_inner(), request, payload).await
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

async fn readyz(readiness: Data<Readiness>) -> HttpResponse {
    let not_ready = |body: serde_json::Value| HttpResponse::ServiceUnavailable().insert_header(("retry-after", "1")).json(body);
    if readiness.is_stopping() {
        return not_ready(serde_json::json!({ "status": "stopping" }));
    }
    match readiness.obstacle().await {
        None => HttpResponse::Ok().json(serde_json::json!({ "status": "ready", "database": "ok" })),
        Some(obstacle) => not_ready(serde_json::json!({ "status": "not ready", "database": obstacle })),
    }
}

async fn metrics(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let token = request.headers().get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let allowed = match token {
        Some(token) => app.authenticate.principal(&app.db, token).await.is_ok_and(|principal| principal.may(PLATFORM_ADMIN)),
        None => false,
    };
    if allowed { metrics_of(&app.db).await } else { causeway_kernel::http::refuse_metrics() }
}

async fn open_metrics(readiness: Data<Readiness>) -> HttpResponse {
    metrics_of(readiness.db()).await
}

async fn metrics_of(db: &Db) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(telemetry::text(db).await)
}

/// The published document, made when it is first asked for.
async fn openapi() -> HttpResponse {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| causeway_openapi::document().to_string().into());
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT.clone())
}

async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", "/docs/")).finish()
}

/// What the `type` of a problem links to: every code with its status.
async fn problems() -> HttpResponse {
    let row = |code: Code| {
        format!("<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td></tr>", code.status(), if code.retryable() { "yes" } else { "no" })
    };
    let rows: String = Code::iter().map(row).collect();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"en\"><title>Causeway: problems</title><h1>Problems</h1><p>A failed request answers <code>application/problem+json</code> with one of these codes. \
         A wrong field of a body or query is always 422 and named in <code>errors</code>.</p><table><tr><th>code</th><th>status</th><th>worth repeating</th></tr>{rows}</table></html>"
    ))
}

/// Ends when the process is asked to stop: by SIGTERM, SIGINT, SIGQUIT, or SIGHUP where it is not told to ignore that one. It listens from the call on, not
/// only once it is awaited.
pub fn stopped() -> impl Future<Output = ()> {
    let watch = clock::Stopwatch::start();
    let listen = |kind| signal(kind).inspect_err(|error| tracing::error!(%error, "cannot listen for a signal to stop")).ok();
    let (mut terminate, mut interrupt, mut quit) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()), listen(SignalKind::quit()));
    let mut hangup = if ignores_hangup() { None } else { listen(SignalKind::hangup()) };
    async move {
        tokio::select! {
            () = heard(&mut terminate) => {}
            () = heard(&mut interrupt) => {}
            () = heard(&mut quit) => {}
            () = heard(&mut hangup) => {}
        }
        tracing::info!(seconds = watch.micros() / 1_000_000, "stopping: finishing the requests under way");
    }
}

/// Signals that mean nothing to the service, and would kill it: once listened for, they do so no more.
pub fn ignore_others() {
    for kind in [SignalKind::user_defined1(), SignalKind::user_defined2()] {
        let _ = signal(kind).inspect_err(|error| tracing::warn!(%error, "SIGUSR1 and SIGUSR2 are not ignored"));
    }
}

/// Whether whoever started the process wants it to outlive the terminal, as `nohup` does: the first bit of the signals that are ignored.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|ignored| ignored & 1 == 1)
}

/// Ends when the signal comes; never where nobody listens for it.
async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
