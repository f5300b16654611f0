//! The chain: lead, qualify, quote, submit, send, accept, confirm, delivery, ship, invoice, post, payment.

use super::deal::{Figures, Ground, STEPS};
use super::measure::{per_second, resident_kib, tenths};
use crate::disk;
use crate::settings::Settings;
use crate::terminal::say;
use clap::Args;

/// How much.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Clients at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Deals in all.
    #[arg(long, default_value_t = 2_000)]
    chains: usize,
    /// Deals before the measuring starts.
    #[arg(long, default_value_t = 100)]
    warm_up: usize,
}

/// Runs it on a database of its own and prints the figures.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let ground = Ground::open(settings).await?;
    ground.carry(options.clients, options.warm_up).await?;
    say_place(&ground);
    let mut figures = ground.carry(options.clients, options.chains).await?;
    say(&format!("clients         {}", options.clients));
    say_figures(&figures);
    say("step            p50 ms   p95 ms   p99 ms");
    for (name, times) in STEPS.iter().zip(&mut figures.times) {
        say(&format!("{name:<14}{:>8}{:>9}{:>9}", times.within(50), times.within(95), times.within(99)));
    }
    ground.close().await
}

/// Prints which database it is and how fast its disk answers.
pub(super) fn say_place(ground: &Ground) {
    say(&format!("database        {}", if ground.embedded() { "SQLite, synchronous=FULL" } else { "PostgreSQL" }));
    if ground.embedded()
        && let Ok(fsync) = disk::sync_micros(&ground.settings)
    {
        say(&format!("fsync           {}.{:03} ms", fsync / 1_000, fsync % 1_000));
    }
}

/// Prints what carrying deals took.
pub(super) fn say_figures(figures: &Figures) {
    let chains = figures.chains;
    say(&format!("chains          {chains} in {}.{:02} s", figures.micros / 1_000_000, figures.micros % 1_000_000 / 10_000));
    say(&format!("chains/s        {}", per_second(chains, figures.micros)));
    if let Some(processor) = figures.processor {
        let each = processor * 100 / chains;
        say(&format!("CPU per chain   {}.{:02} ms, client included", each / 100, each % 100));
    }
    say(&format!(
        "per chain       {} statements, {} rows written",
        tenths(figures.work.statements * 10 / chains),
        tenths(figures.work.rows_written * 10 / chains)
    ));
    if let Some(written) = figures.written.filter(|written| *written > 0) {
        say(&format!("to disk         {} KiB per chain", written / 1_024 / chains));
    }
    if let Some(kib) = resident_kib() {
        say(&format!("resident        {} MiB, client included", kib / 1_024));
    }
}
