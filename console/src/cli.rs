//! The command line. Its words are the palette's: places, and `<resource> list|get|<verb>`.

use crate::theme::Depth;
use clap::{Parser, ValueEnum};

/// The admin console of Causeway.
///
/// Without words it opens on the terminal. With a place (`orders`, `orders?status=draft`, `ord_…`) it opens there. With `<resource> list`, `<resource> get ID` or
/// `<resource> <verb> ID…` it does that and ends: 0 done, 2 wrong use, 3 refused, 4 conflict, 5 offline, 6 the books do not hold.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "causeway-console", version)]
pub struct Cli {
    /// A place, or what to do: `tenants list`, `orders confirm ord_…`, `call GetAging`, `operations`, `keys`.
    pub words: Vec<String>,
    /// The profile of the configuration file. It has its own server and key: `CAUSEWAY_URL` and `CAUSEWAY_API_KEY` are for who names none.
    #[arg(long, conflicts_with = "url")]
    pub profile: Option<String>,
    /// Where the server is, else `CAUSEWAY_URL` says so. The key is taken from `CAUSEWAY_API_KEY` or the profile, never from a flag.
    #[arg(long)]
    pub url: Option<String>,
    /// Change nothing, whatever is asked for.
    #[arg(long, visible_alias = "readonly")]
    pub read_only: bool,
    /// Line mode for screen readers and dumb terminals: no screen control; ASCII only where the locale or `--ascii` wants it.
    #[arg(long)]
    pub plain: bool,
    /// Draw with ASCII only.
    #[arg(long)]
    pub ascii: bool,
    /// How many colours; detected from `NO_COLOR`, `COLORTERM` and `TERM` when not given.
    #[arg(long)]
    pub colors: Option<Depth>,
    /// Leave the mouse to the terminal.
    #[arg(long)]
    pub no_mouse: bool,
    /// Begin at the dashboard instead of where the last session ended.
    #[arg(long)]
    pub fresh: bool,
    /// How results are written.
    #[arg(short, long)]
    pub output: Option<Output>,
    /// The filter of a list: `--filter status:active`.
    #[arg(long)]
    pub filter: Vec<String>,
    /// What a list is sorted by: `--sort=-updated_at`.
    #[arg(long)]
    pub sort: Option<String>,
    /// Rows of a list; 0 for all. When not given: 100 as a table, all as JSON or CSV.
    #[arg(long)]
    pub limit: Option<usize>,
    /// A field of the body: `--set name=Acme --set owner.email=a@b.test`.
    #[arg(long)]
    pub set: Vec<String>,
    /// The reason, the same as `--set reason=…`.
    #[arg(long)]
    pub reason: Option<String>,
    /// Change only this version: `edit` of something that changed since is refused.
    #[arg(long)]
    pub if_match: Option<i64>,
    /// Show the result and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Draw this many frames in memory and print what they cost.
    #[arg(long, hide = true)]
    pub bench_frames: Option<usize>,
    /// Panic once the screen is up, to show that the terminal is given back.
    #[arg(long, hide = true)]
    pub panic: bool,
    /// Rows for `--bench-frames`.
    #[arg(long, hide = true, default_value_t = 100_000)]
    pub bench_rows: usize,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Columns for people.
    Table,
    /// JSON for programs.
    Json,
    /// CSV for spreadsheets.
    Csv,
}
