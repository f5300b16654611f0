//! The embedded database: one lane that writes, a pool of connections that read, and one process per file.

use super::lane::{self, Announced, Job, OnTheWay};
use super::tx::Conn;
use super::{Fault, Tx, statistics};
use crate::Ctx;
use crate::telemetry::Seldom;
use causeway_contract::{Code, Problem};
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Bytes of a page of a new file. Nine of ten pages that a deal changes belong to indexes and change by one entry each; in pages half as large as SQLite's own
/// they take 930 instead of 1,300 KiB a deal, and an eighth less work. In still smaller ones, rows and their keys no longer fit.
const PAGE: i64 = 2_048;
/// Pages of write-ahead log after which it is copied back beside the lane; the lane itself copies what came in meanwhile, so that the log starts again.
const WAL_PAGES: i64 = 32_000;
/// Rounds in which the thread beside the lane copies the log back, at most, and the pages that it may leave to the lane.
const ROUNDS: usize = 4;
const LITTLE: i64 = 1_500;
/// The pause between two looks at the log.
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(50);
/// Page cache of the writer, in KiB as SQLite writes it: what a batch changes and the upper pages of all indexes, with room; the rest comes from the file.
const WRITER_CACHE: i64 = -24_000;
/// Page cache of a reader; what it misses comes from the file.
const READER_CACHE: i64 = -4_000;
/// Idle reading connections kept open.
const READERS: usize = 16;

/// An open file.
pub struct Sqlite {
    path: PathBuf,
    lane: mpsc::SyncSender<Box<dyn Job>>,
    on_the_way: Arc<OnTheWay>,
    readers: Mutex<Vec<Connection>>,
    /// Held as long as the process serves this file.
    _lock: Option<File>,
}

impl Sqlite {
    /// Takes the lock of a file: one process works on it at a time. It is held until the answer is dropped.
    ///
    /// # Errors
    /// A sentence that names the process that holds it.
    pub fn lock(path: &Path) -> Result<File, String> {
        lock_file(path)
    }

    /// Opens the file under its lock and starts its lane. The schema must be up to date.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open(path: &Path, lock: File) -> Result<Arc<Self>, String> {
        let writer = connect(path, false).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE).map_err(|error| error.to_string())?;
        statistics::tell(&writer).map_err(|error| format!("cannot tell the planner of {} about its indexes: {error}", path.display()))?;
        let (lane, jobs) = mpsc::sync_channel(lane::QUEUE);
        let on_the_way = Arc::new(OnTheWay::default());
        let coming = Arc::clone(&on_the_way);
        let pages = Arc::new(AtomicI64::new(0));
        let seen = Arc::clone(&pages);
        std::thread::Builder::new()
            .name("lane".to_owned())
            .spawn(move || lane::serve(&writer, &jobs, &coming, &seen))
            .map_err(|error| format!("cannot start the writer thread: {error}"))?;
        let file = path.to_owned();
        let open = Arc::new(Self { path: path.to_owned(), lane, on_the_way, readers: Mutex::new(Vec::new()), _lock: Some(lock) });
        let alive = Arc::downgrade(&open);
        std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                let Ok(conn) = connect(&file, false) else { return };
                let mut before = 0;
                while alive.upgrade().is_some() {
                    let log = checkpoint(&conn, "NOOP");
                    // Pages that change with every commit are copied once a round, so rounds are rare: when the log is long, or has stopped growing.
                    if log.copied < log.pages && (log.pages > WAL_PAGES || log.pages == before) {
                        pages.store(copy_back(&conn).pages, Ordering::Relaxed);
                    }
                    before = log.pages;
                    std::thread::sleep(CHECKPOINT_PAUSE);
                }
            })
            .map_err(|error| format!("cannot start the checkpoint thread: {error}"))?;
        Ok(open)
    }

    /// Opens the file for reading only, beside a running server.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_read_only(path: &Path) -> Result<Arc<Self>, String> {
        let reader = connect(path, true).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
        let (lane, _) = mpsc::sync_channel(1);
        Ok(Arc::new(Self { path: path.to_owned(), lane, on_the_way: Arc::default(), readers: Mutex::new(vec![reader]), _lock: None }))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the whole log back, before the process ends.
    pub fn tidy(&self) {
        if let Ok(conn) = connect(&self.path, false) {
            checkpoint(&conn, "TRUNCATE");
        }
    }

    /// Tells the lane that a write is coming, so that it may wait a moment to commit it with others.
    pub(crate) fn announce(&self) -> Announced {
        self.on_the_way.announce()
    }

    pub(crate) async fn write<R, F>(&self, ctx: Arc<Ctx>, verb: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static,
        R: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let full = || Problem::new(Code::Contention, "Too many writes are waiting. Nothing was written; try again in a moment.");
        self.lane.try_send(lane::job(ctx, verb, reply)).map_err(|_| full())?;
        answer.await.unwrap_or_else(|_| Err(Fault::Unavailable("the writer stopped".to_owned()).problem()))
    }

    pub(crate) fn read<R, F>(&self, ctx: &Ctx, query: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
    {
        let idle = self.readers.lock().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => connect(&self.path, true).map_err(|error| Fault::from(error).problem())?,
        };
        conn.prepare_cached("BEGIN").and_then(|mut s| s.execute([])).map_err(|error| Fault::from(error).problem())?;
        let mut tx = Tx::new(Conn::Sqlite(&conn), ctx);
        let result = lane::run_to_end(async {
            let ctx = ctx.with_clock(&mut tx).await?;
            query(&ctx, &mut tx).await
        });
        drop(tx);
        if conn.prepare_cached("ROLLBACK").and_then(|mut s| s.execute([])).is_ok() {
            let mut idle = self.readers.lock();
            if idle.len() < READERS {
                idle.push(conn);
            }
        }
        result
    }
}

/// One process per file: the second is told who holds it.
fn lock_file(path: &Path) -> Result<File, String> {
    let lock_path = path.with_extension("lock");
    let file = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(|error| format!("cannot open {}: {error}", lock_path.display()))?;
    if file.try_lock().is_err() {
        let holder = std::fs::read_to_string(&lock_path).unwrap_or_default();
        return Err(format!(
            "{} is in use by {}. Stop that process, use another --data-dir, or give --read-only to a command that only reads.",
            path.display(),
            if holder.trim().is_empty() { "another process" } else { holder.trim() }
        ));
    }
    let command = std::env::args().nth(1).unwrap_or_else(|| "serve".to_owned());
    file.set_len(0)
        .and_then(|()| std::io::Write::write_all(&mut &file, format!("process {} (causeway {command})", std::process::id()).as_bytes()))
        .map_err(|error| format!("cannot write {}: {error}", lock_path.display()))?;
    Ok(file)
}

/// Makes an empty file that only its owner may read: a database holds what every tenant has. What SQLite puts beside it has the same rights.
///
/// # Errors
/// When it is there already, or cannot be made.
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    File::options().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

/// A connection with the settings that every connection has.
///
/// # Errors
/// When SQLite refuses.
pub(crate) fn connect(path: &Path, read_only: bool) -> Result<Connection, rusqlite::Error> {
    let flags = if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE };
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.set_prepared_statement_cache_capacity(512);
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "cache_size", READER_CACHE)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    if !read_only {
        // Asked of a new file only: a file keeps the pages it has.
        conn.pragma_update(None, "page_size", PAGE)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        // Copying the log back would stall a committer; the checkpoint thread does it.
        conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    }
    Ok(conn)
}

/// The write-ahead log.
#[derive(Default)]
struct Log {
    /// Pages in it.
    pages: i64,
    /// Of these, how many were copied back already.
    copied: i64,
}

/// A log that cannot be copied back is tried twenty times a second.
static STUCK: Seldom = Seldom::every(Duration::from_secs(60));

/// Copies the log back as far as the mode says and readers allow; answers what it has come to. The mode `NOOP` only looks.
fn checkpoint(conn: &Connection, mode: &str) -> Log {
    let result = conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| Ok(Log { pages: row.get(1)?, copied: row.get(2)? }));
    result.unwrap_or_else(|error| {
        if STUCK.is_due() {
            tracing::warn!(%error, "the write-ahead log could not be copied back; this is said once a minute while it lasts");
        }
        Log::default()
    })
}

/// Copies the log back beside the lane, and once more what came in meanwhile, until little is left for the lane, which answers nobody while it copies.
fn copy_back(conn: &Connection) -> Log {
    let mut log = checkpoint(conn, "PASSIVE");
    for _ in 1..ROUNDS {
        let grown = checkpoint(conn, "NOOP");
        if grown.pages - grown.copied < LITTLE {
            break;
        }
        log = checkpoint(conn, "PASSIVE");
    }
    log
}

/// Called by the lane between two batches: when the log has grown long, what the thread beside it has not copied yet is copied here.
/// With everything copied and nobody writing, the log starts again from its beginning.
pub(crate) fn restart_long_log(conn: &Connection, pages: &AtomicI64) {
    if pages.load(Ordering::Relaxed) > WAL_PAGES {
        checkpoint(conn, "PASSIVE");
        pages.store(0, Ordering::Relaxed);
    }
}

/// Copies the database to a new file while it is in use, and answers how many pages it has. The copy is a consistent moment.
///
/// # Errors
/// A sentence that says what went wrong; an unfinished copy is removed.
pub fn backup(from: &Path, to: &Path) -> Result<i32, String> {
    if !from.exists() {
        return Err(format!("There is no database at {}. Name its folder with --data-dir.", from.display()));
    }
    make_private(to).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} exists already; name a new file.", to.display()),
        _ => format!("cannot make {}: {error}", to.display()),
    })?;
    let copy = || -> Result<(i32, String), rusqlite::Error> {
        let source = connect(from, true)?;
        let mut target = Connection::open(to)?;
        let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
        // All pages in one go see one moment; readers and the writer of a WAL database are not kept waiting.
        backup.run_to_completion(i32::MAX, Duration::from_millis(5), None)?;
        let pages = backup.progress().pagecount;
        drop(backup);
        // A copy that cannot be read is none.
        let state: String = target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((pages, state))
    };
    let failed = |error: String| {
        let _ = std::fs::remove_file(to);
        format!("cannot copy {} to {}: {error}", from.display(), to.display())
    };
    match copy() {
        Ok((pages, state)) if state == "ok" => Ok(pages),
        Ok((_, state)) => Err(failed(state)),
        Err(error) => Err(failed(error.to_string())),
    }
}
