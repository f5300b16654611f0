//! A billing run: orders that wait for an invoice, planned, committed and posted by the job.

use super::chain::say_place;
use super::deal::{Ground, World};
use super::measure::{processor_millis, resident_kib};
use crate::settings::Settings;
use crate::terminal::say;
use causeway_contract::Nothing;
use causeway_kernel::clock::Stopwatch;
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::integration::op as integration;
use causeway_openapi::{catalog, order, party};
use causeway_value::{BillingPolicy, JobStatus, PartyId, ProductId, ProductKind};
use clap::Args;
use std::rc::Rc;
use tokio::task::JoinSet;

/// How much.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Invoices in all, each of an order of its own.
    #[arg(long, default_value_t = 10_000)]
    invoices: usize,
    /// Clients at once that make the orders.
    #[arg(long, default_value_t = 16)]
    clients: usize,
}

/// Runs it on a database of its own and prints the figures.
///
/// # Errors
/// A sentence that says what went wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let ground = Ground::open(settings).await?;
    let world = ground.world();
    let (party, product) = masters(world).await?;
    let watch = Stopwatch::start();
    orders(world, options, party, product).await?;
    say_place(&ground);
    say(&format!("orders          {} confirmed in {} s", options.invoices, seconds(watch.micros())));
    let body = CreateBillingRun { company_id: world.company, post: Some(true), ..CreateBillingRun::default() };
    let watch = Stopwatch::start();
    let planned = world.call::<billing_run::CreateBillingRun>((), body).await?;
    say(&format!("plan            {} invoices in {} s", planned.invoice_count, seconds(watch.micros())));
    let processor = processor_millis();
    let watch = Stopwatch::start();
    let run = world.call::<billing_run::CommitBillingRun>(planned.id, CommitBillingRun { hash: planned.hash }).await?;
    let job = run.job_id.ok_or("The run has no job.")?;
    loop {
        let job = world.call::<integration::GetJob>(job, Nothing {}).await?;
        match job.status {
            JobStatus::Succeeded => break,
            JobStatus::Failed | JobStatus::Cancelled => return Err(format!("The job failed: {job:?}")),
            JobStatus::Queued | JobStatus::Running => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
    let micros = watch.micros().max(1);
    let made = u64::try_from(planned.invoice_count).unwrap_or_default();
    say(&format!("made and posted {made} invoices in {} s\ninvoices/s      {}", seconds(micros), made * 1_000_000 / micros));
    if let (Some(before), Some(after)) = (processor, processor_millis()) {
        say(&format!("CPU per invoice {} us", (after - before) * 1_000 / made.max(1)));
    }
    if let Some(kib) = resident_kib() {
        say(&format!("resident        {} MiB", kib / 1_024));
    }
    ground.close().await
}

fn seconds(micros: u64) -> String {
    format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}

/// A customer, and a service that is billed when it is ordered.
async fn masters(world: &World) -> Result<(PartyId, ProductId), String> {
    let product = catalog::CreateProduct {
        code: "ADVICE".to_owned(),
        name: "advice".to_owned(),
        description: None,
        kind: ProductKind::Service,
        unit: "piece".to_owned(),
        list_price: "120.50".parse().map_err(|_| "price")?,
        price_base_quantity: None,
        currency: world.eur,
        cost: None,
        billing_policy: BillingPolicy::OnOrder,
        tax_ids: world.vat.into_iter().collect(),
        components: Vec::new(),
        category_id: None,
        revenue_account_code: None,
        metadata: std::collections::BTreeMap::new(),
        external_refs: Vec::new(),
    };
    let product = world.call::<catalog::op::CreateProduct>((), product).await?.id;
    let customer = serde_json::json!({ "name": "Customer", "kind": "organization", "roles": ["customer"], "country": "DE", "currency": "EUR" });
    let customer = serde_json::from_value(customer).map_err(|error| error.to_string())?;
    Ok((world.call::<party::op::CreateParty>((), customer).await?.id, product))
}

async fn orders(world: &Rc<World>, options: &Options, party: PartyId, product: ProductId) -> Result<(), String> {
    let mut running = JoinSet::new();
    for client in 0..options.clients.max(1) {
        let share = options.invoices / options.clients.max(1) + usize::from(client < options.invoices % options.clients.max(1));
        let world = Rc::clone(world);
        running.spawn_local(async move {
            for _ in 0..share {
                let lines = [serde_json::json!({ "product_id": product, "quantity": "1" })];
                let order = serde_json::json!({ "company_id": world.company, "party_id": party, "currency": "EUR", "lines": lines });
                let order = serde_json::from_value(order).map_err(|error| error.to_string())?;
                let order = world.call::<order::op::CreateOrder>((), order).await?;
                world.call::<order::op::ConfirmOrder>(order.id, Nothing {}).await?;
            }
            Ok::<_, String>(())
        });
    }
    while let Some(done) = running.join_next().await {
        done.map_err(|error| error.to_string())??;
    }
    Ok(())
}
