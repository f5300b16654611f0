//! Pages of lists among many rows: every sort that a list advertises, in both directions, page after page.

use super::chain::say_place;
use super::deal::Ground;
use super::fill::{Mark, Template, open};
use super::measure::Times;
use crate::settings::Settings;
use crate::terminal::say;
use causeway_contract::{Endpoint, ListQuery, Nothing, Page, Reply};
use causeway_kernel::clock::Stopwatch;
use causeway_openapi::client::Client;
use causeway_openapi::{crm, invoice, order, party, payment, quote};
use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;

/// How much.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Rows of the list.
    #[arg(long, default_value_t = 1_000_000)]
    rows: i64,
    /// Pages of 50 that are read under each sort.
    #[arg(long, default_value_t = 200)]
    pages: usize,
    /// Which list; may be given again.
    #[arg(long, value_enum, default_values_t = [Resource::Invoices])]
    resource: Vec<Resource>,
}

/// A list that can be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Resource {
    Leads,
    Opportunities,
    Quotes,
    Orders,
    Invoices,
    Payments,
    Parties,
}

impl Resource {
    /// The tables that hold an object of the list and its parts.
    const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Leads => &["leads"],
            Self::Opportunities => &["opportunities"],
            Self::Quotes => &["quotes", "quote_lines"],
            Self::Orders => &["orders", "order_lines", "obligations"],
            Self::Invoices => &["invoices", "invoice_lines", "installments"],
            Self::Payments => &["payments", "allocations"],
            Self::Parties => &["parties", "contacts", "addresses"],
        }
    }

    async fn walk(self, client: &Client, pages: usize) -> Result<(), String> {
        match self {
            Self::Leads => every_sort::<crm::op::ListLeads, _>(client, pages).await,
            Self::Opportunities => every_sort::<crm::op::ListOpportunities, _>(client, pages).await,
            Self::Quotes => every_sort::<quote::op::ListQuotes, _>(client, pages).await,
            Self::Orders => every_sort::<order::op::ListOrders, _>(client, pages).await,
            Self::Invoices => every_sort::<invoice::op::ListInvoices, _>(client, pages).await,
            Self::Payments => every_sort::<payment::op::ListPayments, _>(client, pages).await,
            Self::Parties => every_sort::<party::op::ListParties, _>(client, pages).await,
        }
    }
}

/// Fills the lists and reads them.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    if settings.database_url.is_some() {
        return Err("`bench lists` fills the embedded database; leave DATABASE_URL away.".to_owned());
    }
    let ground = Ground::open(settings).await?;
    ground.carry(1, 1).await?;
    let mut conn = open(&ground.file())?;
    let mark = Mark::of(&conn)?;
    ground.carry(1, 1).await?;
    say_place(&ground);
    for resource in &options.resource {
        let template = Template::since(&conn, &mark, |table| resource.tables().contains(&table))?;
        let watch = Stopwatch::start();
        template.write(&mut conn, 0, options.rows).await?;
        say(&format!("{resource:?}: {} rows in {} tables, filled in {} s", options.rows, template.rows(), watch.micros() / 1_000_000));
        say("sort                    p50 ms   p95 ms   p99 ms      max");
        resource.walk(ground.client(), options.pages).await?;
    }
    drop(conn);
    ground.close().await
}

/// Reads pages under the default order and under each advertised sort, both ways.
async fn every_sort<E, T>(client: &Client, pages: usize) -> Result<(), String>
where
    E: Endpoint<Path = (), Query = ListQuery, Body = Nothing>,
    E::Reply: Reply<Payload = Page<T>>,
    T: DeserializeOwned,
{
    let advertised = E::LIST.into_iter().flat_map(|list| list.sorts).flat_map(|sort| [sort.name.to_owned(), format!("-{}", sort.name)]);
    for sort in std::iter::once(None).chain(advertised.map(Some)) {
        let mut times = Times::default();
        let mut query = ListQuery { sort: sort.clone(), ..ListQuery::default() };
        for _ in 0..pages {
            let watch = Stopwatch::start();
            let page = client.call::<E>((), &query, &Nothing {}).await.map_err(|error| error.explain())?;
            times.add(watch.micros());
            // At the end the walk starts again.
            query.cursor = page.next_cursor;
        }
        let name = sort.unwrap_or_else(|| "newest first".to_owned());
        say(&format!("{name:<22}{:>8}{:>9}{:>9}{:>9}", times.within(50), times.within(95), times.within(99), times.within(100)));
    }
    Ok(())
}
