//! A company with a customer, a tax, a product and a database, and its books held against what is open.

use causeway_bill::invoice::Agreed;
use causeway_bill::invoice::service as invoice;
use causeway_bill::obligation::{self, NewObligation};
use causeway_bill::payment::rules::source_company_amount;
use causeway_bill::payment::service as payment;
use causeway_books::ledger::service::{digest, line_of, lines_of};
use causeway_contract::Problem;
use causeway_entity::bill::{allocations, installments, invoices, obligations, payments};
use causeway_entity::books::{journal_entries, journal_lines};
use causeway_entity::master::{accounts, exchange_rates, parties, products, taxes};
use causeway_kernel::db::{Sqlite, Store};
use causeway_kernel::{Ctx, Db, Find, Tx};
use causeway_master::company;
use causeway_openapi::company::CreateCompany;
use causeway_openapi::invoice::{CreateInvoice, Invoice, PostInvoice};
use causeway_openapi::payment::{AllocationInput, CreatePayment, Payment};
use causeway_value::*;
use std::sync::Arc;

pub struct Shop {
    pub db: Db,
    pub ctx: Arc<Ctx>,
    pub company: CompanyId,
    pub customer: PartyId,
    pub chai: ProductId,
    pub vat: TaxId,
    pub vat_included: TaxId,
    _dir: tempfile::TempDir,
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

/// A line of an order: quantity, price, discount.
pub struct Line {
    pub quantity: &'static str,
    pub price: &'static str,
    pub discount: &'static str,
    pub tax: TaxId,
    pub policy: BillingPolicy,
    pub currency: &'static str,
}

impl Shop {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("causeway.db");
        Store::Sqlite(path.clone()).up().await.unwrap();
        let db = Db::Sqlite(Sqlite::open(&path, Sqlite::lock(&path).unwrap()).unwrap());
        let mut ctx = Ctx::system(TenantId::new(), TenantMode::Sandbox, "Test");
        ctx.permissions = Arc::new(["payments:post", "payments:allocate", "refunds:write", "invoices:write_off"].map(str::to_owned).into());
        let ctx = Arc::new(ctx);
        // A clock that stands, so that the days of the stories stay near.
        let (now, tenant): (Instant, TenantId) = ("2026-12-05T09:00:00Z".parse().unwrap(), ctx.tenant);
        let row = "INSERT INTO tenants (id, name, slug, mode, status, clock_now, version, created_at, updated_at) \
                   VALUES ($1, 'Test', 'test', 'sandbox', 'active', $2, 1, $2, $2)";
        let insert = async move |_: &Ctx, tx: &mut Tx<'_>| {
            tx.plain(row, vec![tenant.into(), now.into()]);
            Ok(())
        };
        db.write(&ctx, insert).await.unwrap();
        let body = CreateCompany::new("Acme GmbH", "DE", eur(), "Europe/Berlin".parse().unwrap());
        let company = db.write(&ctx, async move |ctx, tx| company::service::create(ctx, tx, &body).await).await.unwrap().id;
        let mut shop = Self { db, ctx, company, customer: PartyId::new(), chai: ProductId::new(), vat: TaxId::new(), vat_included: TaxId::new(), _dir: dir };
        shop.customer = shop.party("Borealis SAS").await;
        let (chai, vat, vat_included) = (shop.chai, shop.vat, shop.vat_included);
        shop.write(async move |ctx, tx| {
            tx.insert(tax(ctx, company, vat, false));
            tx.insert(tax(ctx, company, vat_included, true));
            tx.insert(product(ctx, chai));
            Ok(())
        })
        .await
        .unwrap();
        shop
    }

    pub async fn write<R: Send + 'static>(&self, verb: impl AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static) -> Result<R, Problem> {
        self.db.write(&self.ctx, verb).await
    }

    pub async fn party(&self, name: &str) -> PartyId {
        let (id, name) = (PartyId::new(), name.to_owned());
        let insert = async move |ctx: &Ctx, tx: &mut Tx<'_>| {
            tx.insert(party(ctx, id, &name));
            Ok(())
        };
        self.write(insert).await.unwrap();
        id
    }

    pub async fn rate(&self, currency: &str, on: &str, rate: &str) {
        let (currency, on, rate) = (currency.parse().unwrap(), day(on), rate.parse().unwrap());
        let insert = async move |ctx: &Ctx, tx: &mut Tx<'_>| {
            let (id, now) = (ExchangeRateId::new(), ctx.now());
            let tenant_id = tx.tenant();
            tx.insert(exchange_rates::Model {
                tenant_id,
                id,
                currency,
                base: eur(),
                date: on,
                rate,
                version: 1,
                created_at: now,
                updated_at: now,
                correction_reason: None,
            });
            Ok(())
        };
        self.write(insert).await.unwrap();
    }

    pub fn line(&self, quantity: &'static str, price: &'static str) -> Line {
        Line { quantity, price, discount: "0", tax: self.vat, policy: BillingPolicy::OnDelivery, currency: "EUR" }
    }

    /// Confirms an order of these lines.
    pub async fn order(&self, lines: Vec<Line>) -> (OrderId, Vec<OrderLineId>) {
        let (order_id, flow_id) = (OrderId::new(), FlowId::new());
        let (company_id, party_id, chai) = (self.company, self.customer, self.chai);
        let owed: Vec<NewObligation> = lines
            .into_iter()
            .map(|line| {
                let (quantity, unit_price) = (quantity(line.quantity), line.price.parse().unwrap());
                let currency: Currency = line.currency.parse().unwrap();
                let discount = line.discount.parse().unwrap();
                let price = causeway_master::pricing::amounts::line_net(quantity, unit_price, Quantity::ONE, discount, Percent::ZERO, currency).unwrap();
                let net = if line.tax == self.vat_included { Amount(product_of(price.0, 100, 119)) } else { price };
                NewObligation {
                    order_line_id: OrderLineId::new(),
                    order_id,
                    company_id,
                    party_id,
                    flow_id,
                    confirm_date: day("2026-12-01"),
                    product_id: Some(chai),
                    product_kind: Some(ProductKind::Goods),
                    description: "Chai".to_owned(),
                    unit: Some("piece".to_owned()),
                    currency,
                    quantity,
                    unit_price,
                    price_base_quantity: Quantity::ONE,
                    discount_percent: discount,
                    document_discount_percent: Percent::ZERO,
                    discount_base: None,
                    reference: None,
                    ship_to_id: None,
                    unit_step: None,
                    agreed: Agreed { rounding: TaxRounding::PerLine, step: None, posting: DiscountPosting::Net },
                    net_amount: net,
                    tax_amount: Amount::ZERO,
                    holds: Vec::new(),
                    tax_ids: vec![line.tax],
                    billing_policy: line.policy,
                    recognition: RecognitionPolicy::AtPoint,
                    payment_term_id: None,
                    dimensions: None,
                    promised_date: None,
                }
            })
            .collect();
        let ids = owed.iter().map(|line| line.order_line_id).collect();
        self.write(async move |ctx, tx| obligation::confirm(ctx, tx, owed.clone()).await).await.unwrap();
        (order_id, ids)
    }

    pub async fn obligations(&self, order_id: OrderId) -> Vec<obligations::Model> {
        self.db.read(&self.ctx, async |_, tx| obligation::of_orders(tx, &[order_id]).await).await.unwrap()
    }

    pub async fn bill(&self, body: CreateInvoice) -> Result<Invoice, Problem> {
        self.write(async move |ctx, tx| invoice::create::create(ctx, tx, &body).await).await
    }

    pub async fn post(&self, id: InvoiceId, on: &str) -> Result<Invoice, Problem> {
        let on = day(on);
        self.write(async move |ctx, tx| invoice::post::post(ctx, tx, id, &PostInvoice { invoice_date: Some(on), allow_duplicate: None }).await).await
    }

    /// Bills an order and posts the invoice.
    pub async fn bill_order(&self, order_id: OrderId, on: &str) -> Invoice {
        let draft = self.bill(CreateInvoice { order_id: Some(order_id), ..CreateInvoice::default() }).await.unwrap();
        self.post(draft.id, on).await.unwrap()
    }

    pub fn receipt(&self, amount: &str, on: &str, allocations: &[(InvoiceId, &str)]) -> CreatePayment {
        CreatePayment {
            company_id: self.company,
            party_id: self.customer,
            direction: PaymentDirection::Inbound,
            method: PaymentMethod::Bank,
            amount: amount.into(),
            currency: eur(),
            payment_date: Some(day(on)),
            reference: None,
            status: None,
            allocations: wanted(allocations),
            invoice_ids: Vec::new(),
            allocate: None,
            difference: None,
            allow_duplicate: None,
            metadata: Default::default(),
            external_refs: Vec::new(),
        }
    }

    pub async fn pay(&self, body: CreatePayment) -> Result<Payment, Problem> {
        self.write(async move |ctx, tx| payment::create::create(ctx, tx, &body).await).await
    }

    pub async fn invoice(&self, id: InvoiceId) -> invoices::Model {
        self.db.read(&self.ctx, async |_, tx| tx.must::<invoices::Entity>(id).await).await.unwrap()
    }

    /// Debit less credit per account code, zero ones left out.
    pub async fn balances(&self) -> Vec<(String, i64)> {
        let read = async |_: &Ctx, tx: &mut Tx<'_>| Ok((Find::<accounts::Entity>::new().all(tx).await?, Find::<journal_lines::Entity>::new().all(tx).await?));
        let (accounts, lines) = self.db.read(&self.ctx, read).await.unwrap();
        let sum = |id| lines.iter().filter(|line| line.account_id == id).map(|line| line.debit.0 - line.credit.0).sum::<i64>();
        let mut balances: Vec<_> = accounts.iter().map(|account| (account.code.clone(), sum(account.id))).filter(|(_, balance)| *balance != 0).collect();
        balances.sort();
        balances
    }

    /// Everything that must always hold: entries balance, their chain verifies, and the receivable is what is open less what is unallocated.
    pub async fn verify(&self) {
        self.db.read(&self.ctx, async |_, tx| self.verify_chain(tx).await).await.unwrap();
        self.db.read(&self.ctx, async |_, tx| self.verify_open(tx).await).await.unwrap();
    }

    async fn verify_chain(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let entries = Find::<journal_entries::Entity>::new().order_by(journal_entries::Column::Id).all(tx).await?;
        let lines = lines_of(tx, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
        let mut previous = Vec::new();
        for entry in &entries {
            let own: Vec<_> = lines.iter().filter(|line| line.entry_id == entry.id).map(line_of).collect();
            assert_eq!(own.iter().map(|line| line.debit.0).sum::<i64>(), entry.total.0, "{}", entry.number);
            assert_eq!(own.iter().map(|line| line.credit.0).sum::<i64>(), entry.total.0, "{}", entry.number);
            assert_eq!(entry.previous_hash, previous, "{}", entry.number);
            assert_eq!(digest(entry, &own), entry.hash, "{}", entry.number);
            previous.clone_from(&entry.hash);
        }
        Ok(())
    }

    async fn verify_open(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let invoices = Find::<invoices::Entity>::new().eq(invoices::Column::Status, InvoiceStatus::Posted).all(tx).await?;
        let parts = Find::<installments::Entity>::new().all(tx).await?;
        let payments = Find::<payments::Entity>::new().eq(payments::Column::Status, PaymentStatus::Posted).all(tx).await?;
        let settled = Find::<allocations::Entity>::new().is_null(allocations::Column::ReversedAt).all(tx).await?;
        let mut open = 0;
        for invoice in &invoices {
            let own = || parts.iter().filter(|part| part.invoice_id == invoice.id);
            assert_eq!(own().map(|part| part.open_amount.0).sum::<i64>(), invoice.open_amount.0);
            assert_eq!(own().map(|part| part.amount.0).sum::<i64>(), invoice.total_amount.0);
            assert!(own().all(|part| !part.open_amount.is_zero() || part.company_open_amount.is_zero()), "what is settled is worth nothing");
            let used: i64 = settled.iter().filter(|row| row.credit_note_id == Some(invoice.id)).map(|row| row.source_amount.0).sum();
            let paid: i64 = settled.iter().filter(|row| row.invoice_id == invoice.id).map(|row| row.amount.0).sum();
            assert_eq!(invoice.total_amount.0 - used - paid, invoice.open_amount.0);
            let sign = if invoice.kind == InvoiceKind::Invoice { 1 } else { -1 };
            open += sign * own().map(|part| part.company_open_amount.0).sum::<i64>();
        }
        for payment in &payments {
            let own = || settled.iter().filter(|row| row.payment_id == Some(payment.id));
            assert_eq!(payment.amount.0 - own().map(|row| row.source_amount.0).sum::<i64>(), payment.unallocated_amount.0);
            let used: i64 = own().map(|row| source_company_amount(payment.direction, row.company_amount, row.exchange_difference).unwrap().0).sum();
            let sign = if payment.direction == PaymentDirection::Inbound { -1 } else { 1 };
            open += sign * (payment.company_amount.0 - used);
        }
        let accounts = Find::<accounts::Entity>::new().eq(accounts::Column::Code, "1100").all(tx).await?;
        let lines = Find::<journal_lines::Entity>::new().eq(journal_lines::Column::AccountId, accounts[0].id).all(tx).await?;
        assert_eq!(lines.iter().map(|line| line.debit.0 - line.credit.0).sum::<i64>(), open, "the receivable is what is open");
        Ok(())
    }
}

pub fn wanted(allocations: &[(InvoiceId, &str)]) -> Vec<AllocationInput> {
    allocations.iter().map(|(invoice_id, amount)| AllocationInput { invoice_id: *invoice_id, amount: (*amount).into() }).collect()
}

fn product_of(amount: i64, above: i64, below: i64) -> i64 {
    causeway_value::product(&[amount, above], &[below]).unwrap()
}

fn tax(ctx: &Ctx, company_id: CompanyId, id: TaxId, included: bool) -> taxes::Model {
    taxes::Model {
        tenant_id: ctx.tenant,
        id,
        company_id,
        code: if included { "VAT19I" } else { "VAT19" }.to_owned(),
        name: "VAT 19 %".to_owned(),
        kind: TaxKind::Percent,
        rate: "19".parse().unwrap(),
        included,
        sequence: 0,
        affects_base: false,
        base_affected: true,
        group_of: Json(Vec::new()),
        account_id: None,
        note: None,
        sales_account_id: None,
        active: true,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

fn product(ctx: &Ctx, id: ProductId) -> products::Model {
    products::Model {
        tenant_id: ctx.tenant,
        id,
        code: "CHAI".to_owned(),
        name: "Chai".to_owned(),
        description: None,
        kind: ProductKind::Goods,
        unit: "piece".to_owned(),
        list_price: Price::ONE,
        currency: eur(),
        cost: None,
        price_base_quantity: Quantity::ONE,
        billing_policy: BillingPolicy::OnDelivery,
        tax_ids: Json(Vec::new()),
        category_id: None,
        revenue_account_code: None,
        active: true,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

fn party(ctx: &Ctx, id: PartyId, name: &str) -> parties::Model {
    parties::Model {
        tenant_id: ctx.tenant,
        id,
        name: name.to_owned(),
        kind: PartyKind::Organization,
        is_customer: true,
        is_supplier: false,
        country: None,
        tax_id: None,
        currency: None,
        payment_term_id: None,
        price_list_id: None,
        credit_limit: None,
        credit_currency: None,
        segment: None,
        email: None,
        phone: None,
        linked_company_id: None,
        active: true,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}
