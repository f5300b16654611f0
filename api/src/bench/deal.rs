//! The deal that the benches carry: its masters, its twelve calls, and a server of its own to make them on.

use super::measure::{Times, processor_millis, written_bytes};
use crate::settings::Settings;
use crate::{server, store};
use causeway_contract::{Endpoint, Nothing, Reply};
use causeway_kernel::clock::Stopwatch;
use causeway_kernel::telemetry::{Work, work};
use causeway_openapi::client::Client;
use causeway_openapi::line::LineInput;
use causeway_openapi::{catalog, company, crm, delivery, invoice, order, payment, platform, quote, tax, term};
use causeway_value::{
    BillingPolicy, CompanyId, Currency, PaymentDirection, PaymentMethod, Percent, ProductId, ProductKind, Quantity, TaxId, TenantMode, TermLine,
};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use tokio::task::JoinSet;

/// The calls of a deal, in order.
pub(super) const STEPS: [&str; 12] = ["lead", "qualify", "quote", "submit", "send", "accept", "confirm", "delivery", "ship", "invoice", "post", "payment"];

/// A server on an empty database of its own, with the masters that a deal needs.
pub(super) struct Ground {
    /// The settings it runs with.
    pub(super) settings: Settings,
    running: server::Running,
    world: Rc<World>,
}

/// What carrying deals took.
pub(super) struct Figures {
    /// The time of each call, by step.
    pub(super) times: Vec<Times>,
    /// Deals.
    pub(super) chains: u64,
    /// Wall time in microseconds.
    pub(super) micros: u64,
    /// Processor time of this process, client included, in milliseconds.
    pub(super) processor: Option<u64>,
    /// Bytes handed to the disks by this process.
    pub(super) written: Option<u64>,
    /// What the database was asked for.
    pub(super) work: Work,
}

impl Ground {
    /// Starts it: in a folder of its own, or in the empty PostgreSQL database that the settings name.
    ///
    /// # Errors
    /// A sentence that says what went wrong.
    pub(super) async fn open(settings: &Settings) -> Result<Self, String> {
        let folder = settings.data_dir.join(format!("bench-{}", std::process::id()));
        let own = Settings { data_dir: folder, listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..settings.clone() };
        let db = store::open(&own).await?;
        let running = server::start(&own, db).await?;
        let world = Rc::new(World::prepare(&format!("http://{}", running.address), running.bootstrap_token.as_deref()).await?);
        Ok(Self { settings: own, running, world })
    }

    /// Whether the database is the embedded one.
    pub(super) const fn embedded(&self) -> bool {
        self.settings.database_url.is_none()
    }

    /// The file of the embedded database.
    pub(super) fn file(&self) -> PathBuf {
        store::file(&self.settings)
    }

    /// The masters and the caller.
    pub(super) const fn world(&self) -> &Rc<World> {
        &self.world
    }

    /// A client of the server with the tenant's key.
    pub(super) fn client(&self) -> &Client {
        &self.world.client
    }

    /// Carries `chains` deals with `clients` at once.
    ///
    /// # Errors
    /// The first call that was refused.
    pub(super) async fn carry(&self, clients: usize, chains: usize) -> Result<Figures, String> {
        let (processor, written, before) = (processor_millis(), written_bytes(), work());
        let watch = Stopwatch::start();
        let times = drive(&self.world, clients.max(1), chains).await?;
        let micros = watch.micros().max(1);
        let after = work();
        let spent = |before: Option<u64>, after: Option<u64>| Some(after?.saturating_sub(before?));
        Ok(Figures {
            times,
            chains: u64::try_from(chains).unwrap_or_default().max(1),
            micros,
            processor: spent(processor, processor_millis()),
            written: spent(written, written_bytes()),
            work: Work {
                statements: after.statements - before.statements,
                rows_written: after.rows_written - before.rows_written,
                batches: after.batches - before.batches,
            },
        })
    }

    /// Stops the server and leaves the database.
    pub(super) async fn stop(self) -> Settings {
        self.running.stop().await;
        self.settings
    }

    /// Stops the server and removes the folder.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(super) async fn close(self) -> Result<(), String> {
        let embedded = self.embedded();
        let settings = self.stop().await;
        if embedded { remove(&settings) } else { Ok(()) }
    }
}

/// Removes the folder of a bench.
///
/// # Errors
/// When it cannot be removed.
pub(super) fn remove(settings: &Settings) -> Result<(), String> {
    std::fs::remove_dir_all(&settings.data_dir).map_err(|error| format!("cannot remove {}: {error}", settings.data_dir.display()))
}

/// Spreads `chains` over `clients` and gathers the times of each step.
async fn drive(world: &Rc<World>, clients: usize, chains: usize) -> Result<Vec<Times>, String> {
    let mut running = JoinSet::new();
    for client in 0..clients {
        let share = chains / clients + usize::from(client < chains % clients);
        let world = Rc::clone(world);
        running.spawn_local(async move {
            let mut times = vec![Times::default(); STEPS.len()];
            for _ in 0..share {
                world.chain(&mut times).await?;
            }
            Ok::<_, String>(times)
        });
    }
    let mut all = vec![Times::default(); STEPS.len()];
    while let Some(done) = running.join_next().await {
        for (sum, part) in all.iter_mut().zip(done.map_err(|error| error.to_string())??) {
            sum.merge(part);
        }
    }
    Ok(all)
}

pub(super) struct World {
    client: Client,
    pub(super) company: CompanyId,
    products: Vec<ProductId>,
    pub(super) eur: Currency,
    /// 19 % on top.
    pub(super) vat: Option<TaxId>,
}

impl World {
    async fn prepare(url: &str, token: Option<&str>) -> Result<Self, String> {
        let token = token.ok_or("This database is in use by an installation; the bench needs an empty one.")?;
        let eur: Currency = "EUR".parse().map_err(|_| "EUR")?;
        let open = Client::new(url, "").map_err(|error| error.to_string())?;
        let first =
            open.call::<platform::op::Bootstrap>((), &Nothing {}, &platform::Bootstrap { token: token.to_owned() }).await.map_err(|error| error.to_string())?;
        let admin = open.with_key(&first.api_key.secret).map_err(|error| error.to_string())?;
        let owner = platform::CreateTenantOwner { name: "Bench".to_owned(), email: "bench@causeway.test".to_owned() };
        let tenant = platform::CreateTenant { name: "Bench".to_owned(), slug: "bench".to_owned(), mode: TenantMode::Live, owner };
        let tenant = admin.call::<platform::op::CreateTenant>((), &Nothing {}, &tenant).await.map_err(|error| error.to_string())?;
        let client = open.with_key(&tenant.api_key.secret).map_err(|error| error.to_string())?;
        let mut world = Self { client, company: CompanyId::new(), products: Vec::new(), eur, vat: None };
        world.masters().await?;
        Ok(world)
    }

    async fn masters(&mut self) -> Result<(), String> {
        let company = company::CreateCompany::new("Bench GmbH", "DE", self.eur, "Europe/Berlin".parse().map_err(|_| "zone")?);
        self.company = self.call::<company::op::CreateCompany>((), company).await?.id;
        let line = TermLine { percent: Some(Percent::WHOLE), days: 30, ..TermLine::default() };
        let term = term::CreatePaymentTerm {
            code: "NET30".to_owned(),
            name: "30 days net".to_owned(),
            installments: vec![line],
            ..term::CreatePaymentTerm::default()
        };
        self.call::<term::op::CreatePaymentTerm>((), term).await?;
        let vat: TaxId = self.call::<tax::op::CreateTax>((), self.vat()?).await?.id;
        self.vat = Some(vat);
        for (code, price) in [("CHAIR", "18.00"), ("TABLE", "120.50"), ("LAMP", "7.95")] {
            let product = catalog::CreateProduct {
                code: code.to_owned(),
                name: code.to_lowercase(),
                description: None,
                kind: ProductKind::Goods,
                unit: "piece".to_owned(),
                list_price: price.parse().map_err(|_| "price")?,
                price_base_quantity: None,
                currency: self.eur,
                cost: None,
                billing_policy: BillingPolicy::OnDelivery,
                tax_ids: vec![vat],
                category_id: None,
                revenue_account_code: None,
                components: Vec::new(),
                metadata: BTreeMap::new(),
                external_refs: Vec::new(),
            };
            let made = self.call::<catalog::op::CreateProduct>((), product).await?;
            self.products.push(made.id);
        }
        Ok(())
    }

    fn vat(&self) -> Result<tax::CreateTax, String> {
        let body = serde_json::json!({ "company_id": self.company, "code": "VAT19", "name": "VAT 19 %", "kind": "percent", "rate": "19", "included": false });
        serde_json::from_value(body).map_err(|error| error.to_string())
    }

    pub(super) async fn call<E: Endpoint>(&self, path: E::Path, body: E::Body) -> Result<<E::Reply as Reply>::Payload, String> {
        self.client.call::<E>(path, &E::Query::default(), &body).await.map_err(|error| error.explain())
    }

    /// One call, with its time noted under its step.
    async fn timed<E: Endpoint>(&self, times: &mut [Times], step: usize, path: E::Path, body: E::Body) -> Result<<E::Reply as Reply>::Payload, String> {
        let watch = Stopwatch::start();
        let payload = self.call::<E>(path, body).await?;
        if let Some(times) = times.get_mut(step) {
            times.add(watch.micros());
        }
        Ok(payload)
    }

    async fn chain(&self, times: &mut [Times]) -> Result<(), String> {
        let number = uuid::Uuid::now_v7().simple().to_string();
        let lead = serde_json::json!({
            "company_id": self.company, "title": "3 pieces of furniture", "contact_name": "Amy", "organization_name": format!("Customer {number}"),
            "email": format!("{number}@customer.test"), "source": "web"
        });
        let lead = serde_json::from_value(lead).map_err(|error| error.to_string())?;
        let lead = self.timed::<crm::op::CreateLead>(times, 0, (), lead).await?;
        let qualify = crm::QualifyLead { expected_value: Some("500.00".into()), currency: Some(self.eur), ..crm::QualifyLead::default() };
        let qualified = self.timed::<crm::op::QualifyLead>(times, 1, lead.id, qualify).await?;
        let discounts = ["10", "0", "0"];
        let lines = self.products.iter().zip(discounts).map(|(product, discount)| line(*product, discount)).collect::<Result<Vec<_>, String>>()?;
        let quote = serde_json::json!({
            "company_id": self.company, "party_id": qualified.party.id, "opportunity_id": qualified.opportunity.id, "currency": "EUR", "lines": lines
        });
        let quote = serde_json::from_value(quote).map_err(|error| error.to_string())?;
        let quote = self.timed::<quote::op::CreateQuote>(times, 2, (), quote).await?;
        self.timed::<quote::op::SubmitQuote>(times, 3, quote.id, Nothing {}).await?;
        self.timed::<quote::op::SendQuote>(times, 4, quote.id, Nothing {}).await?;
        let accepted = self.timed::<quote::op::AcceptQuote>(times, 5, quote.id, quote::AcceptQuote::default()).await?;
        self.timed::<order::op::ConfirmOrder>(times, 6, accepted.order.id, Nothing {}).await?;
        let delivery = serde_json::from_value(serde_json::json!({ "order_id": accepted.order.id })).map_err(|error| error.to_string())?;
        let made = self.timed::<delivery::op::CreateDelivery>(times, 7, (), delivery).await?;
        self.timed::<delivery::op::ShipDelivery>(times, 8, made.id, delivery::ShipDelivery::default()).await?;
        let invoice = invoice::CreateInvoice { order_id: Some(accepted.order.id), ..invoice::CreateInvoice::default() };
        let draft = self.timed::<invoice::op::CreateInvoice>(times, 9, (), invoice).await?;
        let posted = self.timed::<invoice::op::PostInvoice>(times, 10, draft.id, invoice::PostInvoice::default()).await?;
        let payment = payment::CreatePayment {
            company_id: self.company,
            party_id: posted.party_id,
            direction: PaymentDirection::Inbound,
            method: PaymentMethod::Bank,
            amount: posted.total_amount.clone(),
            currency: self.eur,
            payment_date: None,
            reference: None,
            status: None,
            allocations: vec![payment::AllocationInput { invoice_id: posted.id, amount: posted.total_amount }],
            invoice_ids: Vec::new(),
            allocate: None,
            difference: None,
            allow_duplicate: None,
            metadata: BTreeMap::new(),
            external_refs: Vec::new(),
        };
        self.timed::<payment::op::CreatePayment>(times, 11, (), payment).await.map(|_| ())
    }
}

fn line(product: ProductId, discount: &str) -> Result<LineInput, String> {
    Ok(LineInput {
        product_id: Some(product),
        quantity: Quantity(4_000_000),
        discount_percent: Some(discount.parse().map_err(|_| "discount")?),
        ..LineInput::default()
    })
}
