//! Planning a delivery.

use super::{destination, new_lines};
use crate::delivery::{rules, store, view};
use causeway_bill::obligation;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::obligations;
use causeway_entity::deliver::deliveries;
use causeway_entity::govern::companies;
use causeway_kernel::number::{self, Fiscal};
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{CreateDelivery, Delivery};
use causeway_value::{Day, DeliveryId, DeliveryStatus, DocumentKind, Json, OrderLineId, Quantity};

/// Creates a ready delivery of a confirmed order: of the lines given, or of all that is open and not planned in another one (STK-03). Backorders give way.
///
/// # Errors
/// `not_found` with a pointer when the order has no obligations or a line is not of it, `amount_exceeds_open` when more than what is open is planned, in this
/// delivery and the others together; `state_conflict` when nothing is left.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateDelivery) -> Result<Delivery, Problem> {
    // Locked, so that two plans of one order see each other.
    let obligations = obligation::service::lock_of_order(tx, body.order_id).await?;
    let Some(first) = obligations.first() else {
        return Err(Problem::field(Code::NotFound, "/order_id", "names no confirmed order of this tenant; confirm the order first"));
    };
    let open = rules::open_lines(&obligations)?;
    let left = rules::unplanned(&open, &store::planned(tx, body.order_id).await?)?;
    let mut errors = rules::check_lines(&body.lines, &obligations, &open, &left);
    let company = tx.must::<companies::Entity>(first.company_id).await?;
    if let Some(date) = body.ship_date {
        rules::check_ship_date(date, ctx.today(company.time_zone), rules::PLAN_AHEAD, &mut errors);
    }
    // Where the order says, unless the delivery says otherwise; an address that is gone since is asked for, not guessed.
    let ship_to_id = body.ship_to_id.or(first.ship_to_id);
    destination(tx, ship_to_id, first.party_id, &mut errors).await?;
    check::finish(errors)?;
    let planned: Vec<(OrderLineId, Quantity)> =
        if body.lines.is_empty() { left.into_iter().collect() } else { body.lines.iter().map(|line| (line.order_line_id, line.quantity)).collect() };
    if planned.is_empty() && !open.is_empty() {
        let detail = format!(
            "All that is left of this order to deliver is planned in deliveries that are ready (GET /v1/deliveries?order_id={}&status=ready): ship or cancel those.",
            body.order_id
        );
        return Err(Problem::new(Code::StateConflict, detail));
    }
    if planned.is_empty() {
        return Err(Problem::new(Code::StateConflict, "Nothing of this order is left to deliver: everything is delivered, cancelled or needs no delivery."));
    }
    let mut row = draft(ctx, tx, first, &company).await?;
    row.ship_to_id = ship_to_id;
    row.ship_date = body.ship_date;
    row.carrier = body.carrier.clone();
    row.tracking = body.tracking.clone();
    row.metadata = Json(body.metadata.clone());
    tx.set_external_refs("delivery", row.id.uuid(), &refs::pairs(&body.external_refs), true);
    add(ctx, tx, &row, &planned, &obligations, refs::sorted(&body.external_refs))
}

/// A ready delivery without lines, numbered, for the order of this obligation.
pub(super) async fn draft(ctx: &Ctx, tx: &mut Tx<'_>, obligation: &obligations::Model, company: &companies::Model) -> Result<deliveries::Model, Problem> {
    let today: Day = ctx.today(company.time_zone);
    let fiscal = Fiscal { company_id: company.id, start_month: u32::try_from(company.fiscal_year_start_month).unwrap_or(1) };
    let number = number::next(ctx, tx, fiscal, DocumentKind::Delivery, today).await?;
    Ok(deliveries::Model {
        tenant_id: tx.tenant(),
        id: DeliveryId::new(),
        company_id: obligation.company_id,
        party_id: obligation.party_id,
        order_id: obligation.order_id,
        number,
        status: DeliveryStatus::Ready,
        ship_date: None,
        carrier: None,
        tracking: None,
        backorder_id: None,
        shipped_at: None,
        reversed_at: None,
        reversal_reason: None,
        flow_id: obligation.flow_id,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        promised_date: None,
        received_date: None,
        received_by: None,
        ship_to_id: None,
        credit_note_ids: None,
    })
}

/// Writes a new delivery with its lines.
pub(super) fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    row: &deliveries::Model,
    planned: &[(OrderLineId, Quantity)],
    obligations: &[obligations::Model],
    refs: Vec<causeway_openapi::object::ExternalRef>,
) -> Result<Delivery, Problem> {
    let lines = new_lines(tx, row.id, planned, obligations);
    let row = deliveries::Model { promised_date: rules::promised(&lines, obligations), ..row.clone() };
    tx.insert(row.clone());
    for line in &lines {
        tx.insert(line.clone());
    }
    let delivery = view::view(&row, &lines, refs);
    view::record(ctx, tx, "delivery.created", &delivery)?;
    Ok(delivery)
}
