//! `causeway bench`: measures the service through its API. Figures are printed, never asserted.

mod billing;
mod chain;
mod deal;
mod fill;
mod floor;
mod growth;
mod lists;
mod measure;

use crate::settings::Settings;
use clap::{Args, Subcommand};

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Clients that each carry deals from lead to payment, 12 calls a deal, over HTTP on loopback.
    Chain(chain::Options),
    /// The rows of such deals by prepared statements alone: how much of the time is the database's own.
    Floor(floor::Options),
    /// Pages of a list of a million rows, under every sort.
    Lists(lists::Options),
    /// What a deal costs among many others.
    Growth(growth::Options),
    /// A billing run: one invoice for each of many orders, planned, made and posted.
    Billing(billing::Options),
}

/// Measures and prints.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    match &options.what {
        What::Chain(options) => chain::run(settings, options).await,
        What::Floor(options) => floor::run(settings, options).await,
        What::Lists(options) => lists::run(settings, options).await,
        What::Growth(options) => growth::run(settings, options).await,
        What::Billing(options) => billing::run(settings, options).await,
    }
}
