//! The admin console of Causeway for the terminal.
//!
//! What it is: `update` (messages in, effects out), `view` (model in, cells out), one table of actions (`keys`), resources made from the rows of the contract
//! (`resource`), one door to the network (`perform`), one loop (`runtime`).
//! What it is not: it knows no rule of the service and no type of a document; it shows what the API says and sends what the API takes.

mod bench;
mod call;
mod canvas;
mod cli;
mod columns;
mod contract;
mod export;
mod filter;
mod form;
mod headless;
mod keys;
mod line;
mod list;
mod metrics;
mod model;
mod outside;
mod pack;
mod paper;
mod part;
mod pen;
mod perform;
mod plain;
mod resource;
mod route;
mod row;
mod runtime;
mod secret;
mod setup;
mod sheet;
mod store;
mod term;
mod text;
mod theme;
mod update;
mod verbs;
mod verdict;
mod view;

use clap::Parser;
use headless::{Request, Stop};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let begun = Instant::now();
    let cli = cli::Cli::parse();
    match start(&cli, begun) {
        Ok(()) | Err(Stop::Enough) => ExitCode::SUCCESS,
        Err(stop) => {
            writeln!(std::io::stderr(), "causeway-console: {}", text::clean(&stop.text())).ok();
            ExitCode::from(stop.code())
        }
    }
}

fn start(cli: &cli::Cli, begun: Instant) -> Result<(), Stop> {
    let broken = |error: std::io::Error| Stop::Usage(error.to_string());
    if let Some(frames) = cli.bench_frames {
        return bench::run(frames, cli.bench_rows, &mut std::io::stdout()).map_err(broken);
    }
    let request = headless::read(&cli.words).map_err(Stop::Usage)?;
    let setup = setup::Setup::new(cli.clone(), begun).map_err(Stop::Usage)?;
    // One thread: reading a page of a list takes less than a frame, and a second one would hold a stack and memory of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let on_terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal() && std::env::var("TERM").is_ok_and(|term| term != "dumb");
    // A document is called by its number: which one it is, the server says.
    let request = match request {
        Request::Numbered(number) if cli.plain || (on_terminal && cli.output.is_none()) => {
            let (app, client) = setup.app(None, None).map_err(Stop::Usage)?;
            let found = async {
                tokio::select! {
                    found = headless::numbered(&app, &client, &number) => found,
                    failure = headless::silence(&client) => Err(failure.into()),
                }
            };
            Request::Screen(Some(runtime.block_on(found)?))
        }
        request => request,
    };
    let done = match request {
        Request::Screen(place) if cli.plain => {
            let (app, client) = setup.app(None, place).map_err(Stop::Usage)?;
            runtime.block_on(plain::run(&setup, app, client)).map_err(broken)
        }
        Request::Screen(place) if on_terminal && cli.output.is_none() => {
            let (app, client) = setup.app(None, place).map_err(Stop::Usage)?;
            runtime.block_on(runtime::run(&setup, app, client)).map_err(broken)
        }
        request => {
            let (mut app, client) = setup.app(None, None).map_err(Stop::Usage)?;
            let mut out = std::io::stdout().lock();
            runtime.block_on(headless::run(cli, &mut app, &client, request, &mut out))
        }
    };
    // Calls that still run must not keep the shell waiting.
    runtime.shutdown_background();
    done
}
