//! The orders, day by day on the sandbox clock: what happens on one day happens at once, days follow each other.
//!
//! A quote is made on the trading day before it is accepted; a delivery is planned when its order is confirmed.

use super::data::{Data, Order};
use super::masters::{Masters, WIDTH, northwind};
use super::{Caller, LAST_DAY, instant, nothing};
use causeway_openapi::line::LineInput;
use causeway_openapi::{crm, delivery, identity, invoice, order, payment, quote};
use causeway_value::{AmountText, Day, DeliveryId, InvoiceId, JobStatus, OrderId, PartyId, PaymentDirection, PaymentMethod, Quantity, QuoteId};
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;

/// A bar on standard error.
pub(super) fn bar(name: &'static str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or_default());
    if let Ok(style) = ProgressStyle::with_template("{msg:>10} [{bar:40}] {pos}/{len} {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(name);
    bar
}

/// Something that happens on a day.
#[derive(Clone)]
enum Step {
    Offer(Rc<Order>),
    Sell(Rc<Order>),
    Ship(Rc<Order>),
    Collect { order: u32, invoice: InvoiceId, party: PartyId, amount: AmountText },
}

/// What the steps tell each other.
struct World {
    masters: Masters,
    quotes: RefCell<HashMap<u32, QuoteId>>,
    orders: RefCell<HashMap<u32, (OrderId, Option<DeliveryId>)>>,
    plan: RefCell<BTreeMap<Day, Vec<Step>>>,
    last: Day,
    caller: Caller,
}

/// Runs every day.
///
/// # Errors
/// What the service answered.
pub async fn run(caller: &Caller, data: &Data, masters: Masters) -> Result<(), String> {
    let last: Day = LAST_DAY.parse().map_err(|_| "the last day")?;
    let mut plan: BTreeMap<Day, Vec<Step>> = BTreeMap::new();
    let mut days: Vec<Day> = data.orders.iter().map(|order| order.ordered).collect();
    days.dedup();
    for order in &data.orders {
        let order = Rc::new(order.clone());
        let before = days.iter().rev().find(|day| **day < order.ordered).copied().unwrap_or_else(|| order.ordered.plus_days(-1));
        plan.entry(before).or_default().push(Step::Offer(Rc::clone(&order)));
        plan.entry(order.ordered).or_default().push(Step::Sell(Rc::clone(&order)));
        if let Some(day) = order.shipped {
            plan.entry(day).or_default().push(Step::Ship(order));
        }
    }
    let shipped = data.orders.iter().filter(|order| order.shipped.is_some()).count();
    let bar = bar("orders", data.orders.len() + shipped);
    let world = Rc::new(World { masters, quotes: RefCell::default(), orders: RefCell::default(), plan: RefCell::new(plan), last, caller: caller.clone() });
    let mut first = true;
    loop {
        let next = world.plan.borrow_mut().pop_first();
        let Some((day, steps)) = next else { break };
        if !first {
            advance(caller, day).await?;
        }
        first = false;
        // What is ordered and shipped on one day is ordered first.
        let same_day = |step: &Step| matches!(step, Step::Ship(order) if order.ordered == day);
        let (after, before): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(same_day);
        at_once(&world, day, before, &bar).await?;
        at_once(&world, day, after, &bar).await?;
    }
    let now = caller.client.call::<identity::op::GetClock>((), &nothing(), &nothing()).await.map_err(|error| error.to_string())?;
    if now.now < instant(LAST_DAY)? {
        advance(caller, last).await?;
    }
    bar.finish_and_clear();
    Ok(())
}

async fn at_once(world: &Rc<World>, day: Day, steps: Vec<Step>, bar: &ProgressBar) -> Result<(), String> {
    let mut running: JoinSet<Result<(), String>> = JoinSet::new();
    for step in steps {
        while running.len() >= WIDTH {
            finish(&mut running).await?;
        }
        let (world, bar) = (Rc::clone(world), bar.clone());
        running.spawn_local(async move {
            match step {
                Step::Offer(order) => offer(&world, &order).await?,
                Step::Sell(order) => {
                    sell(&world, &order).await?;
                    bar.inc(1);
                }
                Step::Ship(order) => {
                    ship(&world, &order, day).await?;
                    bar.inc(1);
                }
                Step::Collect { order, invoice, party, amount } => collect(&world, order, invoice, party, amount).await?,
            }
            Ok(())
        });
    }
    while !running.is_empty() {
        finish(&mut running).await?;
    }
    Ok(())
}

async fn finish(running: &mut JoinSet<Result<(), String>>) -> Result<(), String> {
    match running.join_next().await {
        Some(done) => done.map_err(|error| error.to_string())?,
        None => Ok(()),
    }
}

/// Moves the clock to the morning of a day and waits for what falls due on the way.
async fn advance(caller: &Caller, day: Day) -> Result<(), String> {
    let body = identity::AdvanceClock { to: instant(&day.to_string())? };
    let mut job = caller.write::<identity::op::AdvanceClock>(format!("advance:{day}"), (), body).await?;
    while matches!(job.status, JobStatus::Queued | JobStatus::Running) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        job = caller.client.call::<causeway_openapi::integration::op::GetJob>(job.id, &nothing(), &nothing()).await.map_err(|error| error.to_string())?;
    }
    if job.status == JobStatus::Succeeded { Ok(()) } else { Err(format!("the clock did not reach {day}: the job {} {}", job.id, job.status)) }
}

/// Opportunity and quote with the real prices.
async fn offer(world: &World, order: &Order) -> Result<(), String> {
    let (caller, masters) = (&world.caller, &world.masters);
    let key = |step: &str| format!("order:{}:{step}", order.id);
    let party = *masters.customers.get(&order.customer).ok_or_else(|| format!("order {}: no customer {}", order.id, order.customer))?;
    let opportunity = crm::CreateOpportunity {
        company_id: masters.company,
        party_id: Some(party),
        contact_id: None,
        title: format!("Order {}", order.id),
        expected_value: None,
        currency: None,
        probability: None,
        expected_close_date: Some(order.ordered),
        owner_id: masters.employees.get(&order.employee).copied(),
        source: None,
        description: None,
        need: None,
        product_id: None,
        team_id: None,
        stage_id: None,
        created_at: None,
        status: None,
        closed_at: None,
        lost_reason: None,
        metadata: BTreeMap::new(),
        external_refs: vec![northwind(order.id)],
    };
    let opportunity = caller.write::<crm::op::CreateOpportunity>(key("opportunity"), (), opportunity).await?;
    let lines = order.lines.iter().map(|line| quoted(masters, line)).collect::<Result<Vec<_>, String>>()?;
    let quote = quote::CreateQuote {
        company_id: masters.company,
        party_id: Some(party),
        opportunity_id: Some(opportunity.id),
        payment_term_id: Some(masters.term),
        lines: lines.into_iter().map(Into::into).collect(),
        external_refs: vec![northwind(order.id)],
        ..quote::CreateQuote::default()
    };
    let quote = caller.write::<quote::op::CreateQuote>(key("quote"), (), quote).await?;
    caller.write::<quote::op::SubmitQuote>(key("submit"), quote.id, nothing()).await?;
    world.quotes.borrow_mut().insert(order.id, quote.id);
    Ok(())
}

/// Acceptance, order, and the plan to deliver it if it ever was.
async fn sell(world: &World, order: &Order) -> Result<(), String> {
    let caller = &world.caller;
    let key = |step: &str| format!("order:{}:{step}", order.id);
    let quote = *world.quotes.borrow().get(&order.id).ok_or_else(|| format!("order {} was not offered", order.id))?;
    let accept = quote::AcceptQuote { reference: Some(format!("NW-{}", order.id)), ..quote::AcceptQuote::default() };
    let accepted = caller.write::<quote::op::AcceptQuote>(key("accept"), quote, accept).await?;
    caller.write::<order::op::ConfirmOrder>(key("confirm"), accepted.order.id, nothing()).await?;
    let mut planned = None;
    if let Some(day) = order.shipped {
        let body = delivery::CreateDelivery {
            order_id: accepted.order.id,
            lines: Vec::new(),
            ship_to_id: None,
            ship_date: Some(day),
            carrier: Some(order.carrier.to_owned()),
            tracking: None,
            metadata: BTreeMap::new(),
            external_refs: vec![northwind(order.id)],
        };
        planned = Some(caller.write::<delivery::op::CreateDelivery>(key("delivery"), (), body).await?.id);
    }
    world.orders.borrow_mut().insert(order.id, (accepted.order.id, planned));
    Ok(())
}

/// A line as it was sold: at the list price without a word, at another price with the reason.
fn quoted(masters: &Masters, line: &super::data::Line) -> Result<LineInput, String> {
    let (product, list_price) = *masters.products.get(&line.product).ok_or_else(|| format!("no product {}", line.product))?;
    let override_price = (line.price != list_price).then_some(line.price);
    Ok(LineInput {
        product_id: Some(product),
        quantity: line.quantity,
        unit_price: override_price,
        price_override_reason: override_price.map(|_| "the price on the day of the order".to_owned()),
        discount_percent: Some(line.discount),
        ..LineInput::default()
    })
}

/// Shipment, invoice of the goods with the freight, and the plan to collect it.
async fn ship(world: &World, order: &Order, day: Day) -> Result<(), String> {
    let caller = &world.caller;
    let key = |step: &str| format!("order:{}:{step}", order.id);
    let (order_id, planned) = *world.orders.borrow().get(&order.id).ok_or_else(|| format!("order {} was not sold", order.id))?;
    let planned = planned.ok_or_else(|| format!("order {} has no delivery", order.id))?;
    caller
        .write::<delivery::op::ShipDelivery>(key("ship"), planned, delivery::ShipDelivery { ship_date: Some(day), ..delivery::ShipDelivery::default() })
        .await?;
    let freight = invoice::InvoiceLineInput {
        description: Some(format!("Freight, {}", order.carrier)),
        quantity: Quantity::ONE,
        unit_price: order.freight,
        ..invoice::InvoiceLineInput::default()
    };
    let body = invoice::CreateInvoice {
        order_id: Some(order_id),
        lines: if order.freight.0 == 0 { Vec::new() } else { vec![freight] },
        reference: Some(format!("NW-{}", order.id)),
        external_refs: vec![northwind(order.id)],
        ..invoice::CreateInvoice::default()
    };
    let draft = caller.write::<invoice::op::CreateInvoice>(key("invoice"), (), body).await?;
    let posted =
        caller.write::<invoice::op::PostInvoice>(key("post"), draft.id, invoice::PostInvoice { invoice_date: Some(day), allow_duplicate: None }).await?;
    let due = posted.due_date.ok_or_else(|| format!("order {}: the invoice has no due date", order.id))?;
    let paid_on = due.plus_days(i64::from(order.id % 100));
    if paid_on <= world.last {
        let collect = Step::Collect { order: order.id, invoice: posted.id, party: posted.party_id, amount: posted.total_amount };
        world.plan.borrow_mut().entry(paid_on).or_default().push(collect);
    }
    Ok(())
}

/// The customer pays in full.
async fn collect(world: &World, order: u32, invoice: InvoiceId, party: PartyId, amount: AmountText) -> Result<(), String> {
    let body = payment::CreatePayment {
        company_id: world.masters.company,
        party_id: party,
        direction: PaymentDirection::Inbound,
        method: PaymentMethod::Bank,
        amount: amount.clone(),
        currency: "USD".parse().map_err(|_| "USD")?,
        payment_date: None,
        reference: Some(format!("NW-{order}")),
        status: None,
        allocations: vec![payment::AllocationInput { invoice_id: invoice, amount }],
        invoice_ids: Vec::new(),
        allocate: None,
        difference: None,
        allow_duplicate: None,
        metadata: BTreeMap::new(),
        external_refs: vec![northwind(order)],
    };
    world.caller.write::<payment::op::CreatePayment>(format!("order:{order}:payment"), (), body).await?;
    Ok(())
}
