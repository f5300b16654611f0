//! `causeway doctor`: what is in force, what works, and what to do about what does not. It only looks: nothing is made and nothing is migrated.

use crate::disk::{room, sync_micros};
use crate::settings::Settings;
use crate::terminal::{complain, say};
use crate::{anchor, secret_key, store};
use causeway_kernel::Db;
use causeway_kernel::db::{Postgres, Sqlite};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;
use std::time::Duration;

/// How long somebody who listens already may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was found so far.
#[derive(Default)]
struct Findings {
    broken: bool,
}

impl Findings {
    fn ok(&mut self, name: &str, text: &str) {
        say(&format!("{name:<13} ok: {text}"));
    }

    fn not_ok(&mut self, name: &str, text: &str) {
        self.broken = true;
        complain(&format!("{name:<13} NOT OK: {text}"));
    }

    fn check(&mut self, name: &str, outcome: Result<String, String>) -> bool {
        match &outcome {
            Ok(text) => self.ok(name, text),
            Err(text) => self.not_ok(name, text),
        }
        outcome.is_ok()
    }
}

/// Checks everything and says what it found; exits 1 when something must be done.
pub async fn run(settings: &Settings) -> ExitCode {
    say(&format!("causeway {}", env!("CARGO_PKG_VERSION")));
    say(&format!("listen        {}", settings.listen));
    say(&format!("threads       {}", settings.threads));
    let mut found = Findings::default();
    found.check("address", free(settings.listen, "--listen"));
    if let Some(at) = settings.metrics_listen {
        found.check("metrics", free(at, "--metrics-listen"));
    }
    found.check("secret key", key_file(settings));
    match &settings.database_url {
        Some(url) => postgres(settings, url, &mut found).await,
        None => embedded(settings, &mut found).await,
    }
    if let Some(url) = &settings.redis_url {
        found.check("redis", causeway_kernel::shared::check(url).await.map(|()| "answers".to_owned()));
    }
    if found.broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Whether an address is free, or who answers there.
fn free(at: SocketAddr, flag: &str) -> Result<String, String> {
    let Err(error) = TcpListener::bind(at) else { return Ok("free".to_owned()) };
    if error.kind() == std::io::ErrorKind::AddrInUse && answers(at) {
        return Ok(format!("served already: a causeway answers at {at}"));
    }
    Err(format!("{at}: {error}. Whoever holds it is no causeway that answers on /healthz; choose another with {flag}"))
}

/// Whether a causeway answers there.
fn answers(at: SocketAddr) -> bool {
    let ip = match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&SocketAddr::new(ip, at.port()), PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut text = String::new();
        // Whoever never ends is no causeway.
        stream.take(4_096).read_to_string(&mut text)?;
        Ok(text)
    };
    ask().is_ok_and(|text| text.starts_with("HTTP/1.1 200") && text.contains("{\"status\":\"ok\"}"))
}

/// Whether others may read the key.
fn key_file(settings: &Settings) -> Result<String, String> {
    let path = secret_key::path(settings);
    if settings.secret_key.is_some() {
        return Ok("given as a setting".to_owned());
    }
    let Ok(about) = std::fs::metadata(&path) else { return Ok(format!("{} is not there; the first start makes it", path.display())) };
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(path.display().to_string());
    }
    Err(format!("{} may be read or changed by others (mode {mode:o}): chmod 600 {}", path.display(), path.display()))
}

async fn embedded(settings: &Settings, found: &mut Findings) {
    let folder = &settings.data_dir;
    if !folder.exists() {
        // What is above it decides whether it can be made.
        let above = folder.ancestors().skip(1).find(|above| above.exists() || above.as_os_str().is_empty());
        let made = match above {
            Some(above) if !above.as_os_str().is_empty() && !above.is_dir() => Err(format!("{} is no folder; choose another --data-dir", above.display())),
            _ => Ok(format!("{} is not there; the first start makes it", folder.display())),
        };
        found.check("data folder", made);
        return;
    }
    if !folder.is_dir() {
        found.not_ok("data folder", &format!("{} is no folder; choose another --data-dir", folder.display()));
        return;
    }
    found.ok("data folder", &folder.display().to_string());
    found.check("space", room(folder));
    found.check("disk", sync_micros(settings).map(|micros| format!("fsync takes {}.{:03} ms", micros / 1000, micros % 1000)));
    let file = store::file(settings);
    if !file.exists() {
        found.ok("database", &format!("{} is not there; the first start makes it", file.display()));
        return;
    }
    if !found.check("file", store::quick_check(&file)) || !schema(settings, found).await {
        return;
    }
    match Sqlite::open_read_only(&file).map(Db::Sqlite) {
        Ok(db) => data(settings, &db, found).await,
        Err(error) => found.not_ok("database", &error),
    }
}

async fn postgres(settings: &Settings, url: &str, found: &mut Findings) {
    let setup = match store::store(settings).setup(settings.database_connections).await {
        Ok(setup) => setup,
        Err(error) => return found.not_ok("database", &error),
    };
    for (name, wrong, right) in [
        ("server", setup.server, "can be written, and has enough connections"),
        ("isolation", setup.isolation, "row security keeps tenants apart"),
        ("rights", setup.rights, "the service may do what it must, and no more"),
    ] {
        if wrong.is_empty() {
            found.ok(name, right);
        }
        wrong.iter().for_each(|text| found.not_ok(name, text));
    }
    if !schema(settings, found).await {
        return;
    }
    match Postgres::open(url, 1).await.map(Db::Postgres) {
        Ok(db) => data(settings, &db, found).await,
        Err(error) => found.not_ok("database", &error),
    }
}

/// Whether the schema is what this program knows.
async fn schema(settings: &Settings, found: &mut Findings) -> bool {
    let status = store::store(settings).status().await;
    let current = status.and_then(|status| match status.pending.first() {
        None => Ok(format!("{} migrations applied", status.applied.len())),
        Some(first) => Err(store::lacks(settings.database_url.is_some(), status.pending.len(), first)),
    });
    found.check("schema", current)
}

/// Whether the data are all there, and belong to the key.
async fn data(settings: &Settings, db: &Db, found: &mut Findings) {
    let verdict = |wrong: Result<Option<String>, String>, right: &str| wrong.and_then(|wrong| wrong.map_or_else(|| Ok(right.to_owned()), Err));
    found.check("key", verdict(secret_key::difference(settings, db).await, "that of this database, or it has none yet"));
    found.check("database", verdict(anchor::missing(settings, db).await, "answers"));
}
