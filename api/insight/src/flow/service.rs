//! Reading a flow.

use super::next::{self, Rest};
use super::rules::{Moment, blocker, longest, since, steps, waits};
use super::store::{self, Documents};
use super::view;
use causeway_contract::Problem;
use causeway_entity::bill::{billables, invoices, payments};
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::report::{Blocker, Flow};
use causeway_value::{BillableStatus, Direction, FlowId, InvoiceKind, InvoiceStatus, OrderStatus, PaymentStatus, QuoteStatus};
use uuid::Uuid;

/// The story of a deal.
///
/// # Errors
/// `not_found` when no document of it is there for the caller.
pub async fn flow(ctx: &Ctx, tx: &mut Tx<'_>, id: FlowId) -> Result<Flow, Problem> {
    let found = store::documents(tx, id).await?;
    let documents = view::documents(&found);
    if documents.is_empty() {
        return Err(Problem::not_found());
    }
    let moments = store::moments(tx, id, &without_flow(&found, id)).await?;
    let mut blockers = waiting_quotes(&found, &moments);
    blockers.extend(waiting_payments(&found.payments));
    let billables = store::unbilled(tx, id).await?;
    blockers.extend(holds(tx, &found, &billables).await?);
    blockers.extend(overdue(ctx, tx, &found.invoices).await?);
    let ready = billables.iter().find(|row| row.status != BillableStatus::Held && row.invoice_id.is_none());
    let open = next::steps(&found, &moments, &Rest { owed: &store::owed(tx, id).await?, billable: ready });
    let blocked_by = longest(&blockers);
    let mut flow = Flow { id, object: "flow".to_owned(), documents, steps: steps(&moments), blocked_by, waits_for: waits(blockers, open) };
    view::hide(&mut flow, |right| ctx.may(right));
    Ok(flow)
}

/// Documents that belong to this deal and to others, so that their events do not carry its id.
fn without_flow(found: &Documents, id: FlowId) -> Vec<Uuid> {
    let invoices = found.invoices.iter().filter(|row| row.flow_id != Some(id)).map(|row| row.id.uuid());
    let payments = found.payments.iter().filter(|row| row.flow_id != Some(id)).map(|row| row.id.uuid());
    invoices.chain(payments).collect()
}

/// Quotes that wait for somebody. Once one is accepted, the others hold nothing up.
fn waiting_quotes(found: &Documents, moments: &[Moment]) -> Vec<Blocker> {
    if !found.orders.is_empty() || found.quotes.iter().any(|quote| quote.status == QuoteStatus::Accepted) {
        return Vec::new();
    }
    let waits = |quote: &quotes::Model| {
        let (reason, from) = match quote.status {
            QuoteStatus::InApproval => ("The quote waits for its approval.", since(moments, quote.id.uuid(), "quote.submitted", quote.updated_at)),
            QuoteStatus::Sent => ("The quote waits for the customer's answer.", quote.sent_at.unwrap_or(quote.updated_at)),
            _ => return None,
        };
        Some(blocker("quote", &quote.id, reason, quote.owner_id, from))
    };
    found.quotes.iter().filter_map(waits).collect()
}

fn waiting_payments(payments: &[payments::Model]) -> Vec<Blocker> {
    let drafts = payments.iter().filter(|payment| payment.status == PaymentStatus::Draft);
    drafts.map(|payment| blocker("payment", &payment.id, "The payment waits for a second person to post it.", None, payment.created_at)).collect()
}

/// What somebody holds: orders that are not done with, and billables.
async fn holds(tx: &mut Tx<'_>, found: &Documents, billables: &[billables::Model]) -> Result<Vec<Blocker>, Problem> {
    let mut blockers = Vec::new();
    for hold in store::holds(tx, &found.orders).await? {
        let live =
            |order: &&causeway_entity::sell::orders::Model| order.id == hold.order_id && matches!(order.status, OrderStatus::Draft | OrderStatus::Confirmed);
        if let Some(order) = found.orders.iter().find(live) {
            let owner = hold.owner_id.or(order.owner_id);
            blockers.push(blocker("order", &order.id, hold.reason, owner, hold.since));
        }
    }
    for row in billables.iter().filter(|row| row.status == BillableStatus::Held) {
        let from = row.held_since.unwrap_or(row.updated_at);
        blockers.push(blocker("billable", &row.id, row.reason.clone().unwrap_or_default(), row.held_by, from));
    }
    Ok(blockers)
}

/// The first invoice of ours that the customer should have paid by now.
async fn overdue(ctx: &Ctx, tx: &mut Tx<'_>, invoices: &[invoices::Model]) -> Result<Option<Blocker>, Problem> {
    let open = |row: &&invoices::Model| {
        row.direction == Direction::Sale && row.kind == InvoiceKind::Invoice && row.status == InvoiceStatus::Posted && !row.open_amount.is_zero()
    };
    let open: Vec<&invoices::Model> = invoices.iter().filter(open).collect();
    let installments = store::open_installments(tx, &open.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let Some(first) = installments.first() else { return Ok(None) };
    let Some(invoice) = open.into_iter().find(|row| row.id == first.invoice_id) else { return Ok(None) };
    let Some(company) = Find::<companies::Entity>::new().eq(companies::Column::Id, invoice.company_id).one(tx).await? else { return Ok(None) };
    if first.due_date >= ctx.today(company.time_zone) {
        return Ok(None);
    }
    let from = first.due_date.plus_days(1).start_in(company.time_zone);
    Ok(Some(blocker("invoice", &invoice.id, "The invoice is overdue.", None, from)))
}
