//! `causeway demo`: 830 real orders travel from opportunity to payment through the public API, and are then served.
//!
//! The data is Northwind (MIT, see demo/northwind/LICENSE.txt). It has no payments: the demo assumes that a customer pays each invoice in full
//! (order id mod 100) days after its due date, up to 1998-05-06. Every request carries an idempotency key made from the data, so an import that was
//! interrupted goes on where it stopped.

mod data;
mod key;
mod masters;
mod summary;
mod trade;

use crate::settings::Settings;
use crate::terminal::say;
use crate::{disk, server, store};
use causeway_contract::Endpoint;
use causeway_contract::Reply;
use causeway_kernel::clock::Stopwatch;
use causeway_openapi::client::{Client, Options as Headers};
use causeway_openapi::identity;
use causeway_value::Instant;
use clap::Args;
use std::net::SocketAddr;

/// The tenant of the demo.
pub const SLUG: &str = "northwind";
/// The time of day at which everything happens; morning where the company sits.
const HOUR: &str = "T17:00:00Z";
/// The last day of the data.
const LAST_DAY: &str = "1998-05-06";

/// What to load and what to do then.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Load only the first N orders.
    #[arg(long, default_value_t = 830)]
    pub orders: usize,
    /// Stop after loading instead of serving.
    #[arg(long)]
    pub no_serve: bool,
}

/// Loads, reports and serves.
///
/// # Errors
/// A sentence that says what went wrong and what to do.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let watch = Stopwatch::start();
    let data = data::Data::read(options.orders)?;
    let listen = if options.no_serve { SocketAddr::from(([127, 0, 0, 1], 0)) } else { settings.listen };
    let db = store::open(settings).await?;
    let running = server::start(&Settings { listen, ..settings.clone() }, db).await?;
    let url = format!("http://{}", running.address);
    let access = key::obtain(&running, &url).await?;
    let client = Client::new(&url, &access.secret).map_err(|error| error.to_string())?;
    let end = instant(LAST_DAY)?;
    let clock = client.call::<identity::op::GetClock>((), &nothing(), &nothing()).await.map_err(|error| error.to_string())?;
    if clock.standing && clock.now >= end {
        say("The data is there already; nothing was loaded again.");
    } else {
        let caller = Caller { client: client.clone() };
        let masters = masters::load(&caller, &data).await?;
        trade::run(&caller, &data, masters).await?;
    }
    let fsync = if settings.database_url.is_none() { disk::sync_micros(settings).ok() } else { None };
    summary::print(&client, &running.db, &data, watch.micros(), fsync).await?;
    key::tell(&access, &url, options.no_serve);
    if !options.no_serve {
        server::stopped().await;
    }
    running.stop().await;
    Ok(())
}

fn nothing() -> causeway_contract::Nothing {
    causeway_contract::Nothing {}
}

fn instant(day: &str) -> Result<Instant, String> {
    format!("{day}{HOUR}").parse().map_err(|error| format!("{day}: {error}"))
}

/// Calls the API with keys made from the data.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client,
}

impl Caller {
    /// One write; `key` names it for ever.
    async fn write<E: Endpoint>(&self, key: String, path: E::Path, body: E::Body) -> Result<<E::Reply as Reply>::Payload, String>
    where
        E::Query: Default,
    {
        let headers = Headers { idempotency_key: Some(format!("{SLUG}:{key}")), ..Headers::default() };
        let answer = self.client.send::<E>(path, &E::Query::default(), &body, headers).await;
        answer.map(|answer| answer.body).map_err(|error| format!("{key}: {}", error.explain()))
    }
}
