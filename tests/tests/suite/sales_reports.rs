//! Bookings, billings and collections by customer, product and rep, how deals become money month by month, what became of leads, and the deals that lack something.

use causeway_contract::{Code, ListQuery};
use causeway_openapi::company::{CreateAccount, op as company};
use causeway_openapi::crm::{CreateLead, CreateOpportunity, DisqualifyLead, Lead, Opportunity, QualifyLead, UpdateLead, WinOpportunity, op as crm};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, Invoice, op as invoice};
use causeway_openapi::lead_conversion::{LeadConversionBy, LeadConversionQuery, op as conversion};
use causeway_openapi::line::LineInput;
use causeway_openapi::measure::{AsOfQuery, CollectionsBy, CollectionsQuery, MovementQuery, SalesBy, SalesQuery, op as measure};
use causeway_openapi::order::{CancelOrder, CreateOrder, Order, op as order};
use causeway_openapi::party::op as party;
use causeway_openapi::payment::op as payment;
use causeway_openapi::pipeline::{PipelineQuery, op as pipeline};
use causeway_openapi::report::{AgingQuery, TrialBalanceQuery, op as report};
use causeway_openapi::revenue_cycle::{RevenueCycleQuery, RevenueCycleSum, op as cycle};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty, order_body, payment_body};
use causeway_tests::person::Person;
use causeway_tests::shop::{self, Shop, line, party_body, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{AmountText, Day, Direction, InvoiceKind, InvoiceStatus, OrderStatus, PartyId, ProductId, UserId};
use std::collections::BTreeMap;

/// In cents.
fn cents(text: &AmountText) -> i64 {
    causeway_value::parse_scaled(&text.0, 2).unwrap()
}

/// Dollars as Euro at a rate of hundredths, half away from zero.
fn euro(cents: i64, rate: i64) -> i64 {
    (cents * rate * 2 + 100 * cents.signum()) / 200
}

async fn confirmed(caller: &Caller, body: &CreateOrder) -> Order {
    let draft = caller.post::<order::CreateOrder>((), body).await;
    caller.act::<order::ConfirmOrder>(draft.id).await
}

async fn billed(caller: &Caller, order: &Order) -> Invoice {
    let draft = deal::invoice_order(caller, order.id).await;
    deal::post_invoice(caller, draft.id, None).await
}

/// A line of a product in the currency of its order.
fn dear(shop: &Shop) -> LineInput {
    LineInput { unit_price: Some(of("33.33")), ..line(shop.chai, "3") }
}

/// Sales of every kind: two customers, two reps and none, goods, a service and free lines, dollars, a down payment, credit notes, a supplier's bill.
struct Sales {
    shop: Shop,
    other: PartyId,
    eve: UserId,
    mary: UserId,
    /// The invoice of Eve's order, of which 300.00 were paid.
    part_paid: Invoice,
    /// Her invoice in dollars, which was paid.
    dollars: Invoice,
}

async fn sales(world: &World) -> (causeway_tests::world::Tenant, Sales) {
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (eve, mary) = (Person::hire_as(&tenant, "sales_rep").await.id, Person::hire_as(&tenant, "sales_rep").await.id);
    let other = tenant.post::<party::CreateParty>((), &party_body("Cirrus SA")).await.id;
    shop::rate(&tenant, "USD", "2026-12-01", "0.90").await;
    // A tax with an account of its own is a tax all the same.
    let account =
        CreateAccount { company_id: shop.company, code: "1799".to_owned(), name: "Local tax".to_owned(), kind: of("liability"), metadata: BTreeMap::new() };
    let account = tenant.post::<company::CreateAccount>((), &account).await.id;
    let local = CreateTax { account_id: Some(account), ..percent_tax(shop.company, "LOCAL7", "7") };
    let local = tenant.post::<tax::CreateTax>((), &local).await.id;

    let freight =
        LineInput { product_id: None, description: Some("Freight".to_owned()), unit_price: Some(of("50")), tax_ids: Some(vec![local]), ..line(shop.chai, "1") };
    let first = confirmed(&tenant, &CreateOrder { owner_id: Some(eve), ..order_body(&shop, vec![forty(&shop), freight]) }).await;
    deal::ship(&tenant, &first, "40").await;
    let part_paid = billed(&tenant, &first).await;
    let mut paid = payment_body(&shop, "350.00", &[(part_paid.id, "300.00")]);
    tenant.post::<payment::CreatePayment>((), &paid).await;

    let service = confirmed(&tenant, &CreateOrder { owner_id: Some(mary), party_id: Some(other), ..order_body(&shop, vec![line(shop.setup, "2")]) }).await;
    let wrong = billed(&tenant, &service).await;
    let note = tenant.post::<invoice::CreditInvoice>(wrong.id, &CreditInvoice::default()).await;
    deal::post_invoice(&tenant, note.id, None).await;

    let abroad = CreateOrder { owner_id: Some(eve), party_id: Some(other), currency: Some(of("USD")), ..order_body(&shop, vec![dear(&shop)]) };
    let abroad = confirmed(&tenant, &abroad).await;
    deal::ship(&tenant, &abroad, "3").await;
    let dollars = billed(&tenant, &abroad).await;
    deal::advance(&tenant, "2026-12-03T09:00:00Z").await;
    shop::rate(&tenant, "USD", "2026-12-03", "0.80").await;
    paid = payment_body(&shop, &dollars.total_amount.0, &[(dollars.id, &dollars.total_amount.0)]);
    (paid.party_id, paid.currency) = (other, of("USD"));
    tenant.post::<payment::CreatePayment>((), &paid).await;

    let ahead = confirmed(&tenant, &CreateOrder { owner_id: Some(mary), ..order_body(&shop, vec![line(shop.chai, "10")]) }).await;
    let asked = CreateDownPayment { amount: Some("50.00".into()), ..CreateDownPayment::default() };
    let asked = tenant.post::<down_payment::CreateDownPayment>(ahead.id, &asked).await;
    let asked = deal::post_invoice(&tenant, asked.id, None).await;
    deal::pay(&tenant, &shop, &asked.total_amount.0, &[(asked.id, &asked.total_amount.0)]).await;
    deal::ship(&tenant, &ahead, "10").await;
    billed(&tenant, &ahead).await;

    let gone = confirmed(&tenant, &order_body(&shop, vec![line(shop.chai, "5")])).await;
    tenant.post::<order::CancelOrder>(gone.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    deal::posted(&tenant, &shop, "12.34").await;
    let bill = CreateInvoice { direction: Some(Direction::Purchase), reference: Some("B 1".to_owned()), ..deal::free_invoice_body(&shop, "77.00") };
    let bill = tenant.post::<invoice::CreateInvoice>((), &bill).await;
    deal::post_invoice(&tenant, bill.id, None).await;
    (tenant, Sales { shop, other, eve, mary, part_paid, dollars })
}

/// RPT-01, RPT-02: bookings come to the same by whatever they are split, and to what the orders of each customer, product and person come to.
#[tokio::test]
async fn bookings_split_alike() {
    let world = World::start().await;
    let (tenant, Sales { shop, other, eve, mary, .. }) = sales(&world).await;
    let ask = |by| SalesQuery { company_id: shop.company, by: Some(by), ..SalesQuery::default() };
    let months = tenant.ask::<measure::GetBookings>(&SalesQuery { company_id: shop.company, ..SalesQuery::default() }).await;
    assert_eq!((months.by, months.rows.len(), months.count, months.next_offset), (SalesBy::Month, 12, 12, None));
    // What the lists say, at the rate of the report's last day.
    let orders = tenant.all::<order::ListOrders, _>(&ListQuery::by("company_id", shop.company)).await;
    let orders: Vec<Order> = orders.into_iter().filter(|order: &Order| !matches!(order.status, OrderStatus::Draft | OrderStatus::Cancelled)).collect();
    let worth = |order: &Order, amount: i64| if order.currency == of("USD") { euro(amount, 80) } else { amount };
    let mut customers: BTreeMap<Option<PartyId>, (i64, i64)> = BTreeMap::new();
    let mut people: BTreeMap<Option<UserId>, (i64, i64)> = BTreeMap::new();
    let mut products: BTreeMap<Option<ProductId>, (i64, i64)> = BTreeMap::new();
    for order in &orders {
        let amount = worth(order, cents(&order.untaxed_amount));
        let all = [customers.entry(Some(order.party_id)).or_default(), people.entry(order.owner_id).or_default()];
        all.into_iter().for_each(|sum| *sum = (sum.0 + 1, sum.1 + amount));
        for line in &order.lines {
            let sum = products.entry(line.product_id).or_default();
            *sum = (sum.0 + 1, sum.1 + worth(order, cents(&line.net_amount)));
        }
    }
    let total: i64 = customers.values().map(|(_, amount)| amount).sum();
    assert_eq!((usize::try_from(months.total.count).unwrap(), cents(&months.total.amount)), (orders.len(), total));

    let told = tenant.ask::<measure::GetBookings>(&ask(SalesBy::Customer)).await;
    assert_eq!((&told.total, told.count), (&months.total, 2));
    assert_eq!(told.rows.iter().map(|row| (row.party_id, (row.count, cents(&row.amount)))).collect::<BTreeMap<_, _>>(), customers);
    assert!(told.rows.iter().any(|row| row.party_id == Some(other) && row.name.as_deref() == Some("Cirrus SA")));
    assert!(told.rows.windows(2).all(|pair| cents(&pair[0].amount) >= cents(&pair[1].amount)));
    let told = tenant.ask::<measure::GetBookings>(&ask(SalesBy::Rep)).await;
    assert_eq!(told.total, months.total);
    assert_eq!(told.rows.iter().map(|row| (row.owner_id, (row.count, cents(&row.amount)))).collect::<BTreeMap<_, _>>(), people);
    assert!(people.contains_key(&Some(eve)) && people.contains_key(&Some(mary)));
    let told = tenant.ask::<measure::GetBookings>(&ask(SalesBy::Product)).await;
    assert_eq!(told.total, months.total);
    assert_eq!(told.rows.iter().map(|row| (row.product_id, (row.count, cents(&row.amount)))).collect::<BTreeMap<_, _>>(), products);
    assert!(told.rows.iter().all(|row| row.month.is_none() && row.party_id.is_none() && row.owner_id.is_none()));
    // The rows after the first one, and a period that ends before the dollars.
    let rest = tenant.ask::<measure::GetBookings>(&SalesQuery { offset: Some(1), ..ask(SalesBy::Product) }).await;
    assert_eq!((&rest.rows[..], rest.count, rest.total), (&told.rows[1..], told.count, months.total));
    let second = SalesQuery { from: Some(of("2026-12-03")), to: Some(of("2026-12-03")), ..ask(SalesBy::Customer) };
    assert_eq!(tenant.ask::<measure::GetBookings>(&second).await.total.count, 1, "what was cancelled is none");
    let seen = tenant.raw.get(&format!("/v1/reports/bookings?company_id={}&by=colour", shop.company)).await;
    let problem = seen.checked_problem().unwrap();
    assert_eq!((seen.status, problem.errors[0].parameter.as_deref()), (422, Some("by")), "{problem:?}");
    assert!(problem.errors[0].detail.contains("customer"), "{problem:?}");
}

/// RPT-02, RPT-04: billings and collections come to the same by whatever they are split; each row adds up to what its documents were booked at.
#[tokio::test]
async fn billings_and_collections_split_alike() {
    let world = World::start().await;
    let (tenant, Sales { shop, other, eve, mary, part_paid, dollars }) = sales(&world).await;
    let ask = |by| SalesQuery { company_id: shop.company, by: Some(by), ..SalesQuery::default() };
    let months = tenant.ask::<measure::GetBillings>(&ask(SalesBy::Month)).await;
    let documents = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("company_id", shop.company).and("direction", "sale")).await;
    let documents: Vec<Invoice> = documents.into_iter().filter(|document: &Invoice| document.status != InvoiceStatus::Draft).collect();
    // The supplier's bill is no billing, and taxes with an account of their own are taxes.
    let signed = |document: &Invoice, amount: &AmountText| {
        let amount = if document.kind == InvoiceKind::CreditNote { -cents(amount) } else { cents(amount) };
        if document.currency == of("USD") { euro(amount, 90) } else { amount }
    };
    let mut customers: BTreeMap<Option<PartyId>, (i64, i64, i64)> = BTreeMap::new();
    for document in &documents {
        let sum = customers.entry(Some(document.party_id)).or_default();
        *sum = (sum.0 + 1, sum.1 + signed(document, &document.untaxed_amount), sum.2 + signed(document, &document.tax_amount));
    }
    let total = customers.values().fold((0, 0, 0), |all, sum| (all.0 + sum.0, all.1 + sum.1, all.2 + sum.2));
    assert_eq!((months.total.count, cents(&months.total.untaxed_amount), cents(&months.total.tax_amount)), total);
    let told = tenant.ask::<measure::GetBillings>(&ask(SalesBy::Customer)).await;
    assert_eq!(told.total, months.total);
    let rows = told.rows.iter().map(|row| (row.party_id, (row.count, cents(&row.untaxed_amount), cents(&row.tax_amount))));
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), customers);

    let owner = async |document: &Invoice| match document.order_id {
        Some(id) => tenant.get::<order::GetOrder>(id).await.owner_id,
        None => None,
    };
    let mut products: BTreeMap<Option<ProductId>, i64> = BTreeMap::new();
    let mut people: BTreeMap<Option<UserId>, i64> = BTreeMap::new();
    for document in &documents {
        let document = tenant.get::<invoice::GetInvoice>(document.id).await;
        *people.entry(owner(&document).await).or_default() += signed(&document, &document.untaxed_amount);
        for line in &document.lines {
            *products.entry(line.product_id).or_default() += signed(&document, &line.net_amount);
        }
    }
    assert!(people.contains_key(&Some(eve)) && people.contains_key(&Some(mary)) && products.len() == 3, "{people:?} {products:?}");
    let told = tenant.ask::<measure::GetBillings>(&ask(SalesBy::Product)).await;
    assert_eq!(told.total, months.total);
    assert_eq!(told.rows.iter().map(|row| (row.product_id, cents(&row.untaxed_amount))).collect::<BTreeMap<_, _>>(), products);
    let told = tenant.ask::<measure::GetBillings>(&ask(SalesBy::Rep)).await;
    assert_eq!(told.total, months.total);
    assert_eq!(told.rows.iter().map(|row| (row.owner_id, cents(&row.untaxed_amount))).collect::<BTreeMap<_, _>>(), people);
    for by in [SalesBy::Customer, SalesBy::Product, SalesBy::Rep] {
        let told = tenant.ask::<measure::GetBillings>(&ask(by)).await;
        let sum = |of: fn(&causeway_openapi::measure::BillingsRow) -> &AmountText| told.rows.iter().map(|row| cents(of(row))).sum::<i64>();
        assert_eq!(sum(|row| &row.untaxed_amount), cents(&told.total.untaxed_amount), "{by:?}");
        assert_eq!((sum(|row| &row.tax_amount), sum(|row| &row.total_amount)), (cents(&told.total.tax_amount), cents(&told.total.total_amount)), "{by:?}");
    }

    let ask = |by| CollectionsQuery { company_id: shop.company, by: Some(by), ..CollectionsQuery::default() };
    let months = tenant.ask::<measure::GetCollections>(&ask(CollectionsBy::Month)).await;
    // 350.00, the dollars at the rate of the payment, and the down payment, tax included.
    let (in_dollars, down) = (euro(cents(&dollars.total_amount), 80), 5_000);
    assert_eq!((months.total.count, cents(&months.total.amount)), (3, 35_000 + in_dollars + down));
    let told = tenant.ask::<measure::GetCollections>(&ask(CollectionsBy::Customer)).await;
    assert_eq!(told.total, months.total);
    let rows: BTreeMap<_, _> = told.rows.iter().map(|row| (row.party_id, (row.count, cents(&row.amount)))).collect();
    assert_eq!(rows, BTreeMap::from([(Some(shop.party), (2, 35_000 + down)), (Some(other), (1, in_dollars))]));
    let told = tenant.ask::<measure::GetCollections>(&ask(CollectionsBy::Rep)).await;
    assert_eq!(told.total, months.total);
    let rows: BTreeMap<_, _> = told.rows.iter().map(|row| (row.owner_id, (row.count, cents(&row.amount)))).collect();
    assert_eq!(rows, BTreeMap::from([(Some(eve), (2, 30_000 + in_dollars)), (Some(mary), (1, down)), (None, (1, 5_000))]), "{part_paid:?}");
    verified(&tenant).await;
}

/// What one row of the cycle says of what single reports say, in cents.
fn numbers(sum: &RevenueCycleSum) -> BTreeMap<&'static str, i64> {
    BTreeMap::from([
        ("won", cents(&sum.won_amount)),
        ("bookings", cents(&sum.bookings_amount)),
        ("opening backlog", cents(&sum.opening_backlog_amount)),
        ("booked", cents(&sum.booked_amount)),
        ("amended", cents(&sum.amended_amount)),
        ("cancelled", cents(&sum.cancelled_amount)),
        ("became billable", cents(&sum.became_billable_amount)),
        ("to credit", cents(&sum.to_credit_amount)),
        ("closing backlog", cents(&sum.closing_backlog_amount)),
        ("unbilled", cents(&sum.closing_unbilled_amount)),
        ("untaxed", cents(&sum.billings_untaxed_amount)),
        ("tax", cents(&sum.billings_tax_amount)),
        ("billed", cents(&sum.billings_total_amount)),
        ("opening receivables", cents(&sum.opening_receivables_amount)),
        ("collected", cents(&sum.collections_amount)),
        ("closing receivables", cents(&sum.closing_receivables_amount)),
    ])
}

/// The same, asked of the single reports for this time alone. `rate` is that of the dollar on the last day.
async fn asked(caller: &Caller, shop: &Shop, from: Day, to: Day, rate: i64) -> BTreeMap<&'static str, i64> {
    let (company_id, before) = (shop.company, from.plus_days(-1));
    let (from, to) = (Some(from), Some(to));
    let sales = SalesQuery { company_id, from, to, ..SalesQuery::default() };
    let billings = caller.ask::<measure::GetBillings>(&sales).await.total;
    let backlog = async |as_of| cents(&caller.ask::<measure::GetBacklog>(&AsOfQuery { company_id, as_of, offset: None }).await.total);
    let unbilled = caller.ask::<measure::GetUnbilled>(&AsOfQuery { company_id, as_of: to, offset: None }).await;
    let moved = caller.ask::<measure::GetBacklogMovement>(&MovementQuery { company_id, from, to, offset: None }).await;
    let sum = |of: fn(&causeway_openapi::measure::BacklogMovementTotal) -> &AmountText| {
        let worth = |total| if of_euro(total) { cents(of(total)) } else { euro(cents(of(total)), rate) };
        moved.totals.iter().map(worth).sum::<i64>()
    };
    let owed = async |as_of| {
        let aging = caller.ask::<report::GetAging>(&AgingQuery { company_id, as_of, party_id: None, offset: None }).await;
        let trial = caller.ask::<report::GetTrialBalance>(&TrialBalanceQuery { company_id, as_of, ..TrialBalanceQuery::default() }).await;
        let account = trial.rows.iter().find(|row| row.name.contains("eceivable")).map_or(0, |row| cents(&row.balance));
        assert_eq!(cents(&aging.totals.total), account, "the aging is the receivable account");
        account
    };
    let deals = caller.ask::<pipeline::GetPipeline>(&PipelineQuery { company_id: Some(company_id), from, to, ..PipelineQuery::default() }).await;
    BTreeMap::from([
        ("won", cents(&deals.won.value)),
        ("bookings", cents(&caller.ask::<measure::GetBookings>(&sales).await.total.amount)),
        ("opening backlog", backlog(Some(before)).await),
        ("booked", sum(|total| &total.booked_amount)),
        ("amended", sum(|total| &total.amended_amount)),
        ("cancelled", sum(|total| &total.cancelled_amount)),
        ("became billable", sum(|total| &total.billed_amount)),
        ("to credit", sum(|total| &total.to_credit_amount)),
        ("closing backlog", backlog(to).await),
        ("unbilled", cents(&unbilled.total)),
        ("untaxed", cents(&billings.untaxed_amount)),
        ("tax", cents(&billings.tax_amount)),
        ("billed", cents(&billings.total_amount)),
        ("opening receivables", owed(Some(before)).await),
        (
            "collected",
            cents(&caller.ask::<measure::GetCollections>(&CollectionsQuery { company_id, from, to, ..CollectionsQuery::default() }).await.total.amount),
        ),
        ("closing receivables", owed(to).await),
    ])
}

fn of_euro(total: &causeway_openapi::measure::BacklogMovementTotal) -> bool {
    total.currency == of("EUR")
}

/// RPT-03, RPT-04: from won deals to money in one report, each column what the single report says, and its sums hold.
#[tokio::test]
async fn the_cycle_is_what_single_reports_say() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    shop::rate(&tenant, "USD", "2026-11-01", "0.90").await;
    let won = CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: "Chairs".to_owned(),
        expected_value: Some("700.00".into()),
        ..CreateOpportunity::default()
    };
    let won = tenant.post::<crm::CreateOpportunity>((), &won).await;
    tenant.post::<crm::WinOpportunity>(won.id, &WinOpportunity::default()).await;
    let cut = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let abroad = confirmed(&tenant, &CreateOrder { currency: Some(of("USD")), ..order_body(&shop, vec![dear(&shop)]) }).await;
    let gone = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &gone, "10").await;
    billed(&tenant, &gone).await;
    deal::advance(&tenant, "2027-01-10T09:00:00Z").await;
    shop::rate(&tenant, "USD", "2027-01-05", "0.80").await;
    let less = serde_json::json!({ "reason": "less", "lines": [{ "order_line_id": cut.lines[0].id, "quantity": "30" }] });
    tenant.raw.post(&format!("/v1/orders/{}/amend", cut.id), &less).await.success();
    tenant.post::<order::CancelOrder>(gone.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    deal::ship(&tenant, &cut, "30").await;
    let invoice = billed(&tenant, &cut).await;
    deal::pay(&tenant, &shop, "200.00", &[(invoice.id, "150.00")]).await;
    deal::advance(&tenant, "2027-02-15T09:00:00Z").await;
    shop::rate(&tenant, "USD", "2027-02-10", "0.70").await;
    deal::ship(&tenant, &abroad, "2").await;
    let dollars = billed(&tenant, &abroad).await;
    deal::ship(&tenant, &abroad, "1").await;
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1"), line(shop.chai, "2")]).await;
    let mut paid = payment_body(&shop, &dollars.total_amount.0, &[(dollars.id, &dollars.total_amount.0)]);
    paid.currency = of("USD");
    shop::rate(&tenant, "USD", "2027-02-15", "0.75").await;
    tenant.post::<payment::CreatePayment>((), &paid).await;

    let query = RevenueCycleQuery { company_id: shop.company, from: Some(of("2026-12-01")), to: None };
    let report = tenant.ask::<cycle::GetRevenueCycle>(&query).await;
    let spans = [("2026-12", "2026-12-01", "2026-12-31", 90), ("2027-01", "2027-01-01", "2027-01-31", 80), ("2027-02", "2027-02-01", "2027-02-15", 75)];
    assert_eq!(report.rows.iter().map(|row| row.month.as_str()).collect::<Vec<_>>(), spans.map(|(month, ..)| month));
    for (row, (month, from, to, rate)) in report.rows.iter().zip(spans) {
        assert_eq!(numbers(&row.sum), asked(&tenant, &shop, of(from), of(to), rate).await, "{month}");
    }
    for sum in report.rows.iter().map(|row| &row.sum).chain([&report.total]) {
        let told = numbers(sum);
        let left = told["opening backlog"] + told["booked"] + told["amended"] + cents(&sum.revalued_amount) - told["cancelled"] - told["became billable"]
            + told["to credit"];
        assert_eq!(left, told["closing backlog"], "{sum:?}");
        assert_eq!(told["opening receivables"] + told["billed"] + cents(&sum.other_receivables_amount) - told["collected"], told["closing receivables"]);
        assert_eq!(told["untaxed"] + told["tax"], told["billed"]);
    }
    for pair in report.rows.windows(2) {
        assert_eq!(pair[0].sum.closing_backlog_amount, pair[1].sum.opening_backlog_amount);
        assert_eq!(pair[0].sum.closing_receivables_amount, pair[1].sum.opening_receivables_amount);
    }
    let [december, january, february] = &report.rows[..] else { panic!("{report:?}") };
    // 99.99 dollars fell from 0.90 to 0.80: the rate alone took 10.00 of the backlog, and the dollar that rose gave back when it was paid.
    assert_eq!((december.sum.won_count, december.sum.bookings_count, december.sum.revalued_amount.0.as_str()), (1, 3, "0.00"));
    assert_eq!(
        (january.sum.revalued_amount.0.as_str(), january.sum.cancelled_amount.0.as_str(), january.sum.amended_amount.0.as_str()),
        ("-10.00", "486.00", "-162.00")
    );
    assert!(cents(&february.sum.other_receivables_amount) > 0, "{february:?}");
    assert_eq!(report.total.won_count, 1);
    assert_eq!(cents(&report.total.collections_amount), report.rows.iter().map(|row| cents(&row.sum.collections_amount)).sum::<i64>());
    // Two years at a time.
    let long = tenant.raw.get(&format!("/v1/reports/revenue-cycle?company_id={}&from=2024-12-01&to=2027-02-15", shop.company)).await;
    let problem = long.checked_problem().unwrap();
    assert_eq!((long.status, problem.errors[0].parameter.as_deref()), (422, Some("from")), "{problem:?}");
    verified(&tenant).await;
}

/// CRM-08, CRM-10: deals that lack an owner, a value or a day are found, and the largest come first.
#[tokio::test]
async fn deals_that_lack_something_are_found() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let eve = Person::hire_as(&tenant, "sales_rep").await.id;
    let bare = || CreateOpportunity { company_id: shop.company, title: "Chairs".to_owned(), ..CreateOpportunity::default() };
    let made = async |body: CreateOpportunity| tenant.post::<crm::CreateOpportunity>((), &body).await.id;
    let none = made(bare()).await;
    let owned = made(CreateOpportunity { owner_id: Some(eve), expected_close_date: Some(of("2027-01-31")), ..bare() }).await;
    let small = made(CreateOpportunity { expected_value: Some("5.00".into()), ..bare() }).await;
    let large = made(CreateOpportunity { expected_value: Some("70.00".into()), owner_id: Some(eve), ..bare() }).await;
    let found = async |query: ListQuery| {
        let rows: Vec<Opportunity> = tenant.all::<crm::ListOpportunities, _>(&query).await;
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found(ListQuery::by("has_owner", "false")).await, [small, none]);
    assert_eq!(found(ListQuery::by("has_owner", "true")).await, [large, owned]);
    assert_eq!(found(ListQuery::by("has_expected_value", "false")).await, [owned, none]);
    assert_eq!(found(ListQuery::by("has_expected_value", "true").and("has_owner", "false")).await, [small]);
    assert_eq!(found(ListQuery::by("has_expected_close_date", "false").and("has_owner", "true")).await, [large]);
    let sorted = |sort: &str| ListQuery { sort: Some(sort.to_owned()), limit: Some(1), ..ListQuery::default() };
    assert_eq!(found(sorted("-expected_value")).await, [large, small, owned, none]);
    assert_eq!(found(sorted("expected_value")).await, [none, owned, small, large]);
    let seen = tenant.raw.get("/v1/opportunities?has_owner=maybe").await;
    assert_eq!((seen.status, seen.checked_problem().unwrap().errors[0].code), (422, Code::InvalidValue));
    // Leads by the mail address.
    let lead = deal::lead(&tenant, &shop).await;
    tenant.post::<crm::CreateLead>((), &CreateLead { company_id: shop.company, title: "Other".to_owned(), ..CreateLead::default() }).await;
    let leads: Vec<Lead> = tenant.all::<crm::ListLeads, _>(&ListQuery::by("email", "amy@borealis.test")).await;
    assert_eq!(leads.iter().map(|lead| lead.id).collect::<Vec<_>>(), [lead.id]);
    assert_eq!(tenant.all::<crm::ListLeads, Lead>(&ListQuery::by("has_owner", "false")).await.len(), 2);
}

/// CRM-01, CRM-04: what became of the leads that came in, by month, source and owner, is what the list says.
#[tokio::test]
async fn leads_are_qualified_converted_or_given_up() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let eve = Person::hire_as(&tenant, "sales_rep").await.id;
    let made = async |source: Option<&str>, owner_id, at: &str| {
        let source = source.map(str::to_owned);
        let body = CreateLead { company_id: shop.company, title: "Chairs".to_owned(), source, owner_id, created_at: Some(of(at)), ..CreateLead::default() };
        tenant.post::<crm::CreateLead>((), &body).await.id
    };
    let qualified =
        async |lead| tenant.post::<crm::QualifyLead>(lead, &QualifyLead { party_id: Some(shop.party), ..QualifyLead::default() }).await.opportunity.id;
    let [first, second, third] = [
        made(Some("web"), Some(eve), "2026-10-05T09:00:00Z").await,
        // In Berlin it is November already.
        made(Some("web"), Some(eve), "2026-10-31T23:30:00Z").await,
        made(Some("fair"), None, "2026-11-10T09:00:00Z").await,
    ];
    let given_up = made(Some("web"), None, "2026-11-11T09:00:00Z").await;
    made(None, Some(eve), "2026-12-01T09:00:00Z").await;
    let working = made(None, None, "2026-12-01T10:00:00Z").await;
    made(Some("web"), None, "2024-01-01T10:00:00Z").await;
    tenant.post::<crm::WinOpportunity>(qualified(first).await, &WinOpportunity::default()).await;
    tenant.raw.post(&format!("/v1/opportunities/{}/lose", qualified(second).await), &serde_json::json!({ "reason": "price" })).await.success();
    qualified(third).await;
    tenant.post::<crm::DisqualifyLead>(given_up, &DisqualifyLead { reason: Some("spam".to_owned()) }).await;
    tenant.post::<crm::UpdateLead>(working, &UpdateLead { status: causeway_contract::Patch::Value(of("working")), ..UpdateLead::default() }).await;

    let ask = |by| LeadConversionQuery { company_id: Some(shop.company), by: Some(by), ..LeadConversionQuery::default() };
    let counts = |sum: &causeway_openapi::lead_conversion::LeadConversionSum| {
        [sum.captured_count, sum.open_count, sum.qualified_count, sum.converted_count, sum.lost_count, sum.disqualified_count]
    };
    let months = tenant.ask::<conversion::GetLeadConversion>(&ask(LeadConversionBy::Month)).await;
    assert_eq!((counts(&months.total), months.rows.len(), months.from), ([6, 2, 3, 1, 1, 1], 12, of("2026-01-01")));
    assert_eq!((months.total.qualification_rate.as_deref(), months.total.conversion_rate.as_deref()), (Some("0.5000"), Some("0.1667")));
    let told: Vec<_> = months.rows.iter().rev().take(3).map(|row| (row.month.as_deref().unwrap_or_default(), counts(&row.sum))).collect();
    assert_eq!(told, [("2026-12", [2, 2, 0, 0, 0, 0]), ("2026-11", [3, 0, 2, 0, 1, 1]), ("2026-10", [1, 0, 1, 1, 0, 0])]);
    let sources = tenant.ask::<conversion::GetLeadConversion>(&ask(LeadConversionBy::Source)).await;
    let told: Vec<_> = sources.rows.iter().map(|row| (row.source.as_deref(), counts(&row.sum))).collect();
    assert_eq!(told, [(Some("web"), [3, 0, 2, 1, 1, 1]), (None, [2, 2, 0, 0, 0, 0]), (Some("fair"), [1, 0, 1, 0, 0, 0])]);
    let people = tenant.ask::<conversion::GetLeadConversion>(&ask(LeadConversionBy::Owner)).await;
    let told: Vec<_> = people.rows.iter().map(|row| (row.owner_id, row.name.as_deref(), row.sum.captured_count)).collect();
    assert_eq!(told, [(None, None, 3), (Some(eve), Some("Eve"), 3)]);
    assert!([&sources, &people].iter().all(|report| report.total == months.total));
    // The lists say the same.
    for row in &sources.rows {
        let Some(source) = row.source.as_deref() else { continue };
        let leads: Vec<Lead> = tenant.all::<crm::ListLeads, _>(&ListQuery::by("source", source).and("company_id", shop.company)).await;
        let leads: Vec<_> = leads.iter().filter(|lead| lead.created_at >= of("2026-01-01T00:00:00Z")).collect();
        assert_eq!(i64::try_from(leads.len()).ok(), Some(row.sum.captured_count), "{source}");
    }
    let narrow = LeadConversionQuery { owner_id: Some(eve), source: Some("web".to_owned()), ..ask(LeadConversionBy::Month) };
    assert_eq!(counts(&tenant.ask::<conversion::GetLeadConversion>(&narrow).await.total), [2, 0, 2, 1, 1, 0]);
    // A rep reads it, as the pipeline.
    let rep = Person::hire_as(&tenant, "sales_rep").await.session().await;
    assert_eq!(rep.ask::<conversion::GetLeadConversion>(&ask(LeadConversionBy::Month)).await.total, months.total);
}
