//! `causeway bench`: measures the service through its API. Figures are printed, never asserted.

mod chain;
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
}

/// Measures and prints.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    match &options.what {
        What::Chain(options) => chain::run(settings, options).await,
    }
}
