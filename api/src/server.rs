//! Serving: HTTP, health, metrics, docs, and the workers beside it.

use crate::connection::{Connection, Doorkeeper};
use crate::secret_key;
use crate::settings::{Role, Settings};
use crate::{anchor, compose};
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
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use strum::IntoEnumIterator;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
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
    draining: Arc<AtomicBool>,
    drain: Duration,
    stopping: watch::Sender<bool>,
}

impl Running {
    /// Says at `/readyz` that no more requests are wanted, and goes on answering those that come, until load balancers have seen it (F22).
    pub async fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        if !self.drain.is_zero() {
            tracing::info!(seconds = self.drain.as_secs(), "stopping: /readyz says so, requests are still answered");
        }
        tokio::time::sleep(self.drain).await;
    }

    /// Stops taking requests, answers those under way, and returns.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        self.handle.stop(true).await;
        if let Db::Sqlite(sqlite) = &self.db {
            sqlite.tidy();
        }
    }
}

/// Starts serving `db`. Must be called inside an actix system.
///
/// # Errors
/// A sentence that says what to do: the address is taken, or the database cannot be written.
pub async fn start(settings: &Settings, db: Db) -> Result<Running, String> {
    compose::register();
    causeway_govern::sign_in::register(settings.session_limits());
    if let Some(missing) = anchor::missing(settings, &db).await? {
        return Err(missing);
    }
    seal::install(secret_key::load(settings, &db).await?);
    redis_admits(settings).await?;
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
    let draining = Arc::new(AtomicBool::new(false));
    let ready = Data::new(Readiness(Arc::clone(&draining)));
    let listener = bind(settings.listen, "--listen 127.0.0.1:8081")?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let keeper = Doorkeeper::new(settings.connections_per_address, settings.proxies.clone());
    let builder = actix_server::Server::build().workers(settings.threads).max_concurrent_connections(CONNECTIONS);
    let builder = builder.shutdown_timeout(SHUTDOWN_SECONDS).disable_signals();
    let ending = builder.graceful_shutdown_signal();
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
    serve_metrics(settings, &db)?;
    start_workers(settings, &db);
    if matches!(db, Db::Sqlite(_)) {
        actix_web::rt::spawn(anchor::watch(settings.clone(), db.clone()));
    }
    let drain = Duration::from_secs(settings.drain_seconds.into());
    Ok(Running { address, bootstrap_token, db, handle, draining, drain, stopping })
}

/// Serves the metrics without a key where the settings say so: beside the API, and beside a worker that serves nothing else.
///
/// # Errors
/// A sentence that says what to do: the address is taken.
pub fn serve_metrics(settings: &Settings, db: &Db) -> Result<(), String> {
    let Some(at) = settings.metrics_listen else { return Ok(()) };
    let open = Data::new(db.clone());
    let open = HttpServer::new(move || ActixApp::new().app_data(open.clone()).route("/metrics", web::get().to(open_metrics)));
    let open = open.workers(1).disable_signals().listen(bind(at, "--metrics-listen 127.0.0.1:9091")?);
    actix_web::rt::spawn(open.map_err(|error| format!("cannot serve metrics on {at}: {error}"))?.run());
    Ok(())
}

/// Refuses to start with a Redis that will never let it in.
///
/// # Errors
/// A sentence that says what to do.
pub async fn redis_admits(settings: &Settings) -> Result<(), String> {
    match &settings.redis_url {
        Some(url) => causeway_kernel::shared::admitted(url).await,
        None => Ok(()),
    }
}

fn bind(at: SocketAddr, example: &str) -> Result<TcpListener, String> {
    TcpListener::bind(at).map_err(|error| format!("cannot listen on {at}: {error}. Choose another address, for example {example}."))
}

/// Starts what runs beside the requests.
pub fn start_workers(settings: &Settings, db: &Db) {
    if let Some(url) = settings.redis_url.clone() {
        actix_web::rt::spawn(causeway_kernel::shared::run(url));
    }
    if let Db::Postgres(postgres) = db {
        actix_web::rt::spawn(causeway_kernel::db::sequencer::run(Arc::clone(postgres)));
        actix_web::rt::spawn(causeway_kernel::drift::watch(db.clone()));
    }
    if settings.role == Role::Api {
        if settings.database_url.is_none() {
            tracing::warn!(
                "role = \"api\" with the embedded database: no other process can run its jobs, so they wait until it is started with role = \"all\""
            );
        }
        return;
    }
    let live = db.clone();
    actix_web::rt::spawn(async move {
        loop {
            if let Err(problem) = causeway_govern::clock::tick(&live).await {
                tracing::warn!(%problem, "what falls due is looked at again later");
            }
            tokio::time::sleep(DUE_PAUSE).await;
        }
    });
    let kept = db.clone();
    actix_web::rt::spawn(async move {
        loop {
            match causeway_kernel::retention::purge(&kept, clock::wall(), causeway_govern::retention::rules, causeway_govern::retention::note).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "removed what is kept no longer"),
                Err(problem) => tracing::warn!(%problem, "what is kept no longer is removed later"),
            }
            tokio::time::sleep(RETENTION_PAUSE).await;
        }
    });
    let db = db.clone();
    actix_web::rt::spawn(async move {
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
    });
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

/// Whether the server was asked to stop.
struct Readiness(Arc<AtomicBool>);

async fn readyz(app: Data<App>, readiness: Data<Readiness>) -> HttpResponse {
    if readiness.0.load(Ordering::Relaxed) {
        return HttpResponse::ServiceUnavailable().insert_header(("retry-after", "1")).json(serde_json::json!({ "status": "stopping" }));
    }
    match app.db.ping().await {
        Ok(()) => HttpResponse::Ok().json(serde_json::json!({ "status": "ready", "database": "ok" })),
        Err(problem) => HttpResponse::ServiceUnavailable()
            .insert_header(("retry-after", "1"))
            .json(serde_json::json!({ "status": "not ready", "database": problem.detail })),
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

async fn open_metrics(db: Data<Db>) -> HttpResponse {
    metrics_of(&db).await
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

/// Ends when the process is asked to stop. It listens from the call on, not only once it is awaited.
pub fn stopped() -> impl Future<Output = ()> {
    let watch = clock::Stopwatch::start();
    let listen = |kind| signal(kind).inspect_err(|error| tracing::error!(%error, "cannot listen for a signal to stop")).ok();
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    async move {
        tokio::select! {
            () = heard(&mut terminate) => {}
            () = heard(&mut interrupt) => {}
        }
        tracing::info!(seconds = watch.micros() / 1_000_000, "stopping: finishing the requests under way");
    }
}

/// Ends when the signal comes; never where nobody listens for it.
async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
