//! Which billables go on an invoice.

use crate::obligation;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::billables;
use causeway_kernel::{Find, Tx};
use causeway_master::check;
use causeway_openapi::invoice::{CreateInvoice, InvoiceGroup};
use causeway_value::{Billable, BillableId, BillableStatus, Day, Direction, OrderId, PartyId};
use std::collections::BTreeSet;

/// Lines of an invoice, at most.
pub(crate) const MAX_LINES: usize = 500;
/// Billables that are read to know whether they fit.
const ONE_MORE: u64 = 501;

/// What the body asks to be billed.
enum Wanted {
    These,
    Order(OrderId),
    Party(PartyId),
    Nothing,
}

/// The billables that the body asks for, locked in the order of their ids. All of them are ready, and of one company, party and currency.
///
/// # Errors
/// `not_found` with its pointer; `invalid_value` when the body contradicts itself or them; `state_conflict` when one is not ready or none is.
pub(super) async fn select(tx: &mut Tx<'_>, body: &CreateInvoice) -> Result<Vec<billables::Model>, Problem> {
    let wanted = wanted(body)?;
    let found = match wanted {
        Wanted::These => these(tx, &body.billable_ids).await?,
        Wanted::Order(id) => of_order(tx, id).await?,
        Wanted::Party(id) => of_party(tx, id, body).await?,
        Wanted::Nothing => return Ok(Vec::new()),
    };
    check::finish(disagreements(body, &found))?;
    Ok(found)
}

fn wanted(body: &CreateInvoice) -> Result<Wanted, Problem> {
    let by_ids = !body.billable_ids.is_empty();
    let wanted = match (by_ids, body.order_id, body.party_id) {
        (true, Some(_), _) => return Err(Problem::field(Code::InvalidValue, "/order_id", "cannot stand beside billable_ids; give one of them")),
        (true, None, _) => Wanted::These,
        (false, Some(order), _) => Wanted::Order(order),
        (false, None, Some(party)) if body.lines.is_empty() || body.group.is_some() => Wanted::Party(party),
        _ => Wanted::Nothing,
    };
    if body.group.is_some() && !matches!(wanted, Wanted::Party(_)) {
        return Err(Problem::field(Code::InvalidValue, "/group", "is only for a party_id without order_id and billable_ids"));
    }
    if body.direction == Some(Direction::Purchase) && !matches!(wanted, Wanted::Nothing) {
        return Err(Problem::field(Code::InvalidValue, "/direction", "must be sale: billables are what we bill"));
    }
    Ok(wanted)
}

async fn these(tx: &mut Tx<'_>, ids: &[BillableId]) -> Result<Vec<billables::Model>, Problem> {
    let mut errors = Vec::new();
    check::each_once(ids.iter().copied(), "/billable_ids", &mut errors);
    check::finish(errors)?;
    let found = Find::<billables::Entity>::new().among(billables::Column::Id, ids.iter().copied()).order_by(billables::Column::Id).lock().all(tx).await?;
    let known: BTreeSet<BillableId> = found.iter().map(|row| row.id).collect();
    let missing = (0..).zip(ids).filter(|(_, id)| !known.contains(id));
    check::finish(missing.map(|(index, _): (usize, _)| check::unknown::<Billable>(format!("/billable_ids/{index}"), "tenant")).collect())?;
    if let Some(taken) = found.iter().find(|row| row.status != BillableStatus::Ready) {
        return Err(refusal(tx, taken).await?);
    }
    // As the caller sorted them: the invoice shows its lines in this order.
    let mut sorted = found;
    sorted.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(sorted)
}

async fn of_order(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Vec<billables::Model>, Problem> {
    let all = Find::<billables::Entity>::new().eq(billables::Column::OrderId, order_id).order_by(billables::Column::Id).lock().all(tx).await?;
    // What the order itself holds is what somebody must release; the rest of what waits follows.
    let held = |row: &&billables::Model| row.status == BillableStatus::Held && row.hold_id.is_some();
    let waiting = all.iter().find(held).or_else(|| all.iter().find(|row| row.status != BillableStatus::WrittenOff)).cloned();
    let ready: Vec<billables::Model> = all.into_iter().filter(|row| row.status == BillableStatus::Ready).collect();
    must_fit(&ready, "/order_id")?;
    if !ready.is_empty() {
        return Ok(ready);
    }
    if let Some(row) = waiting {
        return Err(refusal(tx, &row).await?);
    }
    if obligation::of_orders(tx, &[order_id]).await?.is_empty() {
        return Err(Problem::field(Code::NotFound, "/order_id", "names no confirmed order of this tenant; confirm the order first"));
    }
    Err(Problem::new(Code::StateConflict, "Nothing of this order can be billed yet. Deliver it first."))
}

async fn of_party(tx: &mut Tx<'_>, party_id: PartyId, body: &CreateInvoice) -> Result<Vec<billables::Model>, Problem> {
    let mut find = Find::<billables::Entity>::new().eq(billables::Column::PartyId, party_id).eq(billables::Column::Status, BillableStatus::Ready);
    if let Some(company_id) = body.company_id {
        find = find.eq(billables::Column::CompanyId, company_id);
    }
    if let Some(currency) = body.currency {
        find = find.eq(billables::Column::Currency, currency);
    }
    let ready = find.order_by(billables::Column::Id).limit(ONE_MORE).lock().all(tx).await?;
    must_fit(&ready, "/party_id")?;
    if ready.is_empty() && body.lines.is_empty() {
        return Err(Problem::new(Code::StateConflict, "Nothing of this party waits for an invoice. Deliver something, release what is held, or give lines."));
    }
    let (what, ids): (&str, BTreeSet<String>) = match body.group {
        None | Some(InvoiceGroup::Party) => return Ok(ready),
        Some(InvoiceGroup::Order) => ("order", ready.iter().filter_map(|row| row.order_id).map(|id| id.to_string()).collect()),
        Some(InvoiceGroup::Flow) => ("flow", ready.iter().filter_map(|row| row.flow_id).map(|id| id.to_string()).collect()),
    };
    if ids.len() > 1 {
        let detail = format!("makes one invoice for each {what}, and several wait; a billing run makes them all, or give the order_id of one of them");
        return Err(Problem::field(Code::InvalidValue, "/group", detail).with(&format!("{what}_ids"), ids.into_iter().collect::<Vec<_>>()));
    }
    Ok(ready)
}

/// Leaves out what is not billable before a later day, which runs leave out, too. `today` is the company's.
///
/// # Errors
/// `state_conflict` that says from when on it can be billed, for one that is named and when nothing else is left.
pub(super) fn due(body: &CreateInvoice, found: Vec<billables::Model>, today: Day) -> Result<Vec<billables::Model>, Problem> {
    let early = found.iter().filter(|row| row.billable_date > today).min_by_key(|row| (row.billable_date, row.id));
    let Some(early) = early.cloned() else { return Ok(found) };
    let is_named = !body.billable_ids.is_empty();
    let due: Vec<billables::Model> = found.into_iter().filter(|row| row.billable_date <= today).collect();
    let nothing_is_left = due.is_empty() && body.lines.is_empty();
    if !is_named && !nothing_is_left {
        return Ok(due);
    }
    let what = if is_named { format!("The billable {}", early.id) } else { "What waits".to_owned() };
    let detail = format!("{what} can be billed from {} on, and not before. Wait until then.", early.billable_date);
    Err(Problem::new(Code::StateConflict, detail).with("billable_id", early.id.to_string()).with("billable_date", early.billable_date.to_string()))
}

/// All that waits goes on one invoice, or none of it: what is left off unannounced would be forgotten.
fn must_fit(ready: &[billables::Model], pointer: &str) -> Result<(), Problem> {
    if ready.len() <= MAX_LINES {
        return Ok(());
    }
    let detail = format!(
        "has more than {MAX_LINES} billables waiting, and an invoice has at most {MAX_LINES} lines: a billing run makes as many as it takes (POST /v1/billing-runs), or name them by billable_ids"
    );
    Err(Problem::field(Code::TooMany, pointer, detail))
}

/// Why a billable is not billed. Of one that follows a hold of its order the hold is named at once: releasing the billable alone is refused.
async fn refusal(tx: &mut Tx<'_>, row: &billables::Model) -> Result<Problem, Problem> {
    let (BillableStatus::Held, Some(_), Some(order_id)) = (row.status, row.hold_id, row.order_id) else { return Ok(not_ready(row)) };
    let owed = obligation::of_orders(tx, &[order_id]).await?;
    let refused = obligation::hold::refuse_billing(owed.iter(), &format!("The order {order_id}"));
    let problem = refused.err().unwrap_or_else(|| not_ready(row));
    Ok(problem.with("order_id", order_id.to_string()).with("billable_id", row.id.to_string()))
}

fn not_ready(row: &billables::Model) -> Problem {
    let (what, todo) = match row.status {
        BillableStatus::Invoiced => (
            "is on an invoice already",
            "Nothing is billed twice. An invoice that is wrong is taken back with `rebill` (POST /v1/invoices/{id}/reverse): what it billed waits again.",
        ),
        BillableStatus::Held => ("is held", "Release it first."),
        BillableStatus::WrittenOff => ("is written off", "It cannot be billed any more."),
        BillableStatus::Pending | BillableStatus::Ready => ("is not due yet", "Wait until it is ready."),
    };
    let problem = Problem::new(Code::StateConflict, format!("The billable {} {what}. {todo}", row.id)).with("billable_id", row.id.to_string());
    match row.invoice_id {
        Some(invoice_id) => problem.with("invoice_id", invoice_id.to_string()),
        None => problem,
    }
}

/// Where billables differ from each other or from what the body says.
fn disagreements(body: &CreateInvoice, found: &[billables::Model]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let Some(first) = found.first() else { return errors };
    let mut wrong = |pointer: String, detail: &str| errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    if body.company_id.is_some_and(|id| id != first.company_id) {
        wrong("/company_id".to_owned(), "is not the company of what is billed");
    }
    if body.party_id.is_some_and(|id| id != first.party_id) {
        wrong("/party_id".to_owned(), "is not the party of what is billed");
    }
    if body.currency.is_some_and(|currency| currency != first.currency) {
        wrong("/currency".to_owned(), "is not the currency of what is billed");
    }
    if let Some(index) = found.iter().position(|row| row.party_id != first.party_id) {
        wrong(format!("/billable_ids/{index}"), "is of another party; one invoice is for one party");
    }
    let by_ids = !body.billable_ids.is_empty();
    let place = |index: usize, field: &str| if by_ids { format!("/billable_ids/{index}") } else { field.to_owned() };
    if let Some(index) = found.iter().position(|row| row.company_id != first.company_id) {
        wrong(place(index, "/company_id"), "must say of which company: several wait to bill this party");
    }
    if let Some(index) = found.iter().position(|row| row.currency != first.currency) {
        wrong(place(index, "/currency"), "must say in which currency: several wait to be billed");
    }
    errors
}
