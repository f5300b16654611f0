//! The commands of the binary.

mod doctor;
mod migrate;
mod verify;

use crate::settings::{EXAMPLE, Given, LogFormat, Role, Settings, Sources, unknown_variables};
use crate::terminal::{complain, say};
use crate::{bench, demo, secret_key, server, store};
use causeway_govern::tenancy::bootstrap;
use causeway_kernel::Db;
use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Carries a deal from lead to cash: a multi-tenant REST service.
#[derive(Debug, Parser)]
#[command(
    name = "causeway",
    version,
    arg_required_else_help = true,
    after_help = "Each setting may also stand in the environment, as CAUSEWAY_LISTEN for --listen (DATABASE_URL and REDIS_URL have no prefix), or in the file of --config."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Settings file (TOML); `causeway config` prints one to start from.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (and run jobs, unless --role api).
    Serve {
        /// The key that sealed the secrets of this database is lost: go on with the one that is here, or a new one. Second factors must be reset then.
        #[arg(long)]
        new_secret_key: bool,
    },
    /// Run jobs only.
    Work,
    /// Bring the database schema up to date, take the last change back, or show where it stands.
    Migrate(migrate::Options),
    /// Load 830 real orders through the API, from opportunity to payment, and serve them.
    Demo(demo::Options),
    /// Check every invariant of the stored data; exits 1 and names what is broken, or 2 when it could not be checked.
    Verify {
        /// Only read, beside a running server.
        #[arg(long)]
        read_only: bool,
    },
    /// Measure.
    Bench(bench::Options),
    /// Print the OpenAPI document, or what it takes away from those who know an older one.
    Openapi {
        /// An older document: names every break since, and exits 1 if there is one.
        #[arg(long, value_name = "OLD")]
        compare: Option<PathBuf>,
    },
    /// Check this machine and the settings, and say what to do about what is wrong.
    Doctor,
    /// Print a settings file with every setting explained, or what is in force.
    Config {
        /// Print what is in force, and where each setting comes from; secrets are not shown.
        #[arg(long)]
        effective: bool,
    },
    /// Make a key for an administrator of the platform here, at the machine: for when all keys are lost. It is written into the platform's trail.
    PlatformKey {
        /// Whose it is, or what it is for.
        #[arg(long)]
        name: String,
    },
    /// Copy the embedded database to a file while it is in use.
    Backup {
        /// The file to make.
        file: PathBuf,
    },
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // What is no text is refused by its setting, not overlooked.
    let environment = || std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.to_string_lossy().into_owned())));
    let read = Sources::read(cli.config.as_deref(), environment(), &cli.given).and_then(|sources| Ok((Settings::of(&sources)?, sources)));
    let (settings, sources) = match read {
        Ok(read) => read,
        Err(error) => {
            complain(&format!("causeway: {error}"));
            return ExitCode::from(2);
        }
    };
    // Demo and bench call the service many thousand times themselves; a line for each would bury what they print.
    let quiet = matches!(cli.command, Command::Demo(_) | Command::Bench(_));
    start_log(&settings, quiet);
    for name in unknown_variables(environment().map(|(name, _)| name)) {
        tracing::warn!(
            "{name} in the environment is no setting, and nothing is done with it: `causeway config` shows every setting (DATABASE_URL and REDIS_URL have no prefix)"
        );
    }
    #[cfg(not(feature = "otel"))]
    if let Some(name) = std::env::vars_os().find_map(|(name, _)| name.into_string().ok().filter(|name| name.starts_with("OTEL_EXPORTER"))) {
        tracing::warn!("{name} is set, and this program was built without OpenTelemetry: no trace is sent. Build it with --features otel");
    }
    // Before the first runtime, and sent to the end behind the last.
    #[cfg(feature = "otel")]
    let _traces = match crate::otel::Traces::start() {
        Ok(traces) => traces,
        Err(error) => {
            complain(&format!("causeway: {error}"));
            return ExitCode::from(2);
        }
    };
    let outcome = actix_web::rt::System::new().block_on(execute(cli.command, settings, &sources));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("causeway: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command, settings: Settings, sources: &Sources) -> Result<ExitCode, String> {
    match command {
        Command::Serve { new_secret_key } => serve(settings, new_secret_key).await?,
        Command::Work => serve(Settings { role: Role::Worker, ..settings }, false).await?,
        Command::Migrate(options) => migrate::run(&settings, &options).await?,
        Command::Demo(options) => demo::run(&settings, &options).await?,
        Command::Verify { read_only } => return Ok(verify::run(&settings, read_only).await),
        Command::Bench(options) => bench::run(&settings, &options).await?,
        Command::Openapi { compare: None } => say(&serde_json::to_string_pretty(&causeway_openapi::document()).map_err(|error| error.to_string())?),
        Command::Openapi { compare: Some(old) } => return compare_documents(&old),
        Command::Doctor => return Ok(doctor::run(&settings).await),
        Command::Config { effective: true } => say(&sources.effective(&settings.computed())?),
        Command::Config { effective: false } => say(EXAMPLE.trim_end()),
        Command::PlatformKey { name } => platform_key(&settings, name).await?,
        Command::Backup { file } => backup(&settings, &file)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings, new_secret_key: bool) -> Result<(), String> {
    // Every connection is an open file, and shells allow a thousand.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    if settings.role == Role::Worker {
        // There is nothing to do where nobody has ever served.
        store::must_exist(&settings)?;
    }
    server::ignore_others();
    let db = store::open(&settings).await?;
    if settings.role == Role::Worker {
        return server::work(&settings, db).await;
    }
    if new_secret_key {
        secret_key::renew(&settings, &db).await?;
    }
    let running = server::start(&settings, db).await?;
    // Who reads where it serves may ask it to stop at once.
    let stopped = server::stopped();
    let told = |text: String| match settings.log_format {
        LogFormat::Human => say(&text),
        // Whoever collects lines of JSON reads these, too.
        LogFormat::Json => say(&serde_json::json!({ "timestamp": causeway_kernel::clock::wall(), "level": "INFO", "fields": { "message": text } }).to_string()),
    };
    told(format!("causeway serves http://{} with {}. API reference: http://{}/docs/", running.address, database(&running.db, &settings), running.address));
    if settings.bootstrap_token.is_some() && running.bootstrap_token.is_some() {
        told(format!(
            "There is no administrator yet. The configured bootstrap_token counts: trade it for the first key:\n  curl -X POST http://{}/admin/v1/bootstrap -H \
             'Content-Type: application/json' -d '{{\"token\":\"<the configured token>\"}}'",
            running.address
        ));
    } else if let Some(token) = &running.bootstrap_token {
        told(format!(
            "There is no administrator yet. Trade this one-time token for the first key:\n  curl -X POST http://{}/admin/v1/bootstrap -H 'Content-Type: application/json' -d '{{\"token\":\"{token}\"}}'",
            running.address
        ));
    }
    stopped.await;
    // Whoever asks twice does not want to wait.
    tokio::select! {
        () = running.drain() => {}
        () = server::stopped() => {}
    }
    running.stop().await;
    Ok(())
}

/// Which database is in use, in words.
pub(crate) fn database(db: &Db, settings: &Settings) -> String {
    match db {
        Db::Sqlite(_) => format!("the embedded database {}", store::file(settings).display()),
        Db::Postgres(_) => "PostgreSQL".to_owned(),
    }
}

/// Names what the document of this build takes away from those who know an older one.
fn compare_documents(old: &Path) -> Result<ExitCode, String> {
    let unreadable = |error: String| format!("{} is no OpenAPI document: {error}. `causeway openapi` of the older build prints one.", old.display());
    let text = std::fs::read_to_string(old).map_err(|error| unreadable(error.to_string()))?;
    let before: serde_json::Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    if before.get("paths").is_none() {
        return Err(unreadable("it has no paths".to_owned()));
    }
    let breaks = causeway_contract::breaking(&before, &causeway_openapi::document());
    for found in &breaks {
        say(found);
    }
    say(&format!("{} breaks since {}", breaks.len(), old.display()));
    Ok(if breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whoever reaches the database may do anything with it; this leaves an entry in the trail.
async fn platform_key(settings: &Settings, name: String) -> Result<(), String> {
    let db = store::open_as_it_is(settings).await?;
    let secret = bootstrap::key_at_the_machine(&db, name).await.map_err(|problem| problem.detail)?;
    say(&format!("{secret}\nThis key is shown once. End the lost ones with it: GET /admin/v1/platform-keys, POST /admin/v1/platform-keys/{{id}}/revoke."));
    Ok(())
}

fn backup(settings: &Settings, file: &Path) -> Result<(), String> {
    if settings.database_url.is_some() {
        return Err("PostgreSQL has its own tools: use pg_dump, or continuous archiving for point-in-time recovery.".to_owned());
    }
    let pages = causeway_kernel::db::backup(&store::file(settings), file)?;
    say(&format!("Copied {pages} pages to {}.", file.display()));
    // A copy that holds its own key would open what the key is there to close, so each goes its own way.
    say(&match &settings.secret_key {
        Some(_) => "It holds no key: keep the setting secret_key, apart from it. The copy is served with this key only.".to_owned(),
        None => format!("It holds no key: keep {}, apart from it. The copy is served with this key only.", secret_key::path(settings).display()),
    });
    Ok(())
}

fn start_log(settings: &Settings, quiet: bool) {
    let wanted = if quiet { format!("{},causeway::request=warn", settings.log) } else { settings.log.clone() };
    // What PostgreSQL remarks about what is there already is no news, and what its client remarks about an address shows passwords in it.
    let quieter = if wanted == "off" { "" } else { ",sqlx::postgres::notice=warn,sqlx_postgres::options=error" };
    let filter = tracing_subscriber::EnvFilter::new(format!("{wanted}{quieter}"));
    // A log that cannot be written, on a full disk or into a closed pipe, stops nobody's work: complaining of it on the same stream would.
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).log_internal_errors(false);
    let started = match settings.log_format {
        LogFormat::Human => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    if let Err(error) = started {
        complain(&format!("causeway: the log could not be started: {error}"));
    }
}
