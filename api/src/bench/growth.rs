//! Growth: what a deal costs in an empty database and among many other deals.

use super::chain::{say_figures, say_place};
use super::deal::Ground;
use super::fill::{Mark, Template, open};
use crate::settings::Settings;
use crate::terminal::say;
use causeway_kernel::clock::Stopwatch;
use clap::Args;

/// How much.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Clients at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Deals that are measured at each size.
    #[arg(long, default_value_t = 500)]
    chains: usize,
    /// Invoices, and everything else of their deals, that the database holds while it is measured.
    #[arg(long, value_delimiter = ',', default_value = "0,100000,1000000")]
    sizes: Vec<i64>,
}

/// What every request leaves behind: it is only ever added to and read by key, and would make up most of a copy.
const LEFT_BEHIND: [&str; 6] = ["events", "event_positions", "event_queue", "snapshots", "idempotency_keys", "search_words"];

/// Fills the database step by step and carries deals at each size.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    if settings.database_url.is_some() {
        return Err("`bench growth` fills the embedded database; leave DATABASE_URL away.".to_owned());
    }
    let ground = Ground::open(settings).await?;
    ground.carry(options.clients, 100).await?;
    let mut conn = open(&ground.file())?;
    let mark = Mark::of(&conn)?;
    ground.carry(1, 1).await?;
    let template = Template::since(&conn, &mark, |table| !LEFT_BEHIND.contains(&table))?;
    say_place(&ground);
    let mut sizes = options.sizes.clone();
    sizes.sort_unstable();
    let mut filled = 0;
    let mut first = None;
    for size in sizes {
        let watch = Stopwatch::start();
        template.write(&mut conn, filled, size).await?;
        filled = size.max(filled);
        say(&format!("\n{size} deals of {} rows beside (filled in {} s)", template.rows(), watch.micros() / 1_000_000));
        ground.carry(options.clients, 100).await?;
        let figures = ground.carry(options.clients, options.chains).await?;
        say_figures(&figures);
        let processor = figures.processor.unwrap_or_default().max(1);
        let ratio = processor * 100 / *first.get_or_insert(processor);
        say(&format!("growth          {}.{:02} of the cost at the first size", ratio / 100, ratio % 100));
    }
    drop(conn);
    ground.close().await
}
