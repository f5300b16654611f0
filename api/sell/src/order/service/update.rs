//! Changing a draft.

use super::hold::{take_off, with_kind};
use super::{OBJECT, approval, changed, terms, with_totals};
use crate::check::{own, share};
use crate::header::{self, Places, Reassigned};
use crate::line::price::{Scope, discount_again, price_lines};
use crate::line::{Line, amounts};
use crate::order::{rules, store, view};
use causeway_contract::{FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish};
use causeway_master::company::service::tax_step;
use causeway_master::refs;
use causeway_openapi::line::LineInput;
use causeway_openapi::order as wire;
use causeway_value::{HoldId, HoldKind, Json, OrderId};

/// Changes a draft. Lines that are given replace all lines and are priced as of today; another document discount alone keeps the prices. Another customer or
/// currency comes with the lines. What a hold asked a second person about is another thing after that: confirming asks anew.
///
/// # Errors
/// `not_found`, `state_conflict` when it is no draft or a quote fixed what is to change, `permission_denied` for giving away what is somebody else's, or as for
/// creating one.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::UpdateOrder) -> Result<wire::Order, Problem> {
    update_as(ctx, tx, id, body, None).await
}

/// As [`update`], and what was handed over is from now on what this digest says.
pub(super) async fn update_as(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::UpdateOrder, created_from: Option<String>) -> Result<wire::Order, Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    rules::must_be_draft(&old, if body.owner_id.is_absent() { "changed" } else { "changed; another owner is set by POST /v1/orders/{id}/assign" })?;
    let agreed = [body.lines.is_absent(), body.discount_percent.is_absent(), body.payment_term_id.is_absent(), body.terms.is_absent()];
    if agreed.contains(&false) || !body.party_id.is_absent() || !body.currency.is_absent() {
        rules::must_not_be_quoted(&old)?;
    }
    let mut errors = Vec::new();
    let mut new = patched(ctx, &old, body, &mut errors);
    if new.owner_id != old.owner_id {
        own(ctx, old.owner_id, "orders:assign")?;
    }
    new.created_from = created_from.or(new.created_from);
    let term = new.payment_term_id.filter(|_| !body.payment_term_id.is_absent());
    // Whoever has it keeps it, gone or not.
    let owner = new.owner_id.filter(|_| new.owner_id != old.owner_id);
    header::check_terms(tx, old.company_id, term, owner, &mut errors).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    let lines_given = matches!(body.lines, Patch::Value(_));
    let other = header::reassigned(tx, (&body.party_id, &body.currency), (old.party_id, old.currency), lines_given, &mut errors).await?;
    if let Some(party) = &other.party {
        new.party_id = party.id;
        if let Some(opportunity) = header::opportunity(tx, old.opportunity_id, old.company_id, &mut errors).await? {
            header::check_customer(&opportunity, party.id, "/party_id", &mut errors);
        }
        new.payment_term_id = body.payment_term_id.clone().over(party.payment_term_id);
    }
    new.currency = other.currency.unwrap_or(new.currency);
    let stands = Places { contact_id: old.contact_id, ship_to_id: old.ship_to_id };
    let given = (&body.contact_id, &body.ship_to_id);
    let places = header::patched_places(tx, given, stands, (new.party_id, other.party.is_some()), &mut errors).await?;
    (new.contact_id, new.ship_to_id) = (places.contact_id, places.ship_to_id);
    new.upfront_percent = header::upfront_by(tx, (old.payment_term_id, old.upfront_percent), new.payment_term_id).await?;
    let (moved, before) = (other.something(), approval::digest(&old, &parts.lines));
    match &body.lines {
        Patch::Value(inputs) => parts.lines = priced_anew(ctx, tx, other, &mut new, inputs, errors).await?,
        Patch::Absent | Patch::Null => {
            finish(errors)?;
            if (new.discount_percent, new.upfront_percent) != (old.discount_percent, old.upfront_percent) {
                parts.lines = discounted(tx, &mut new, parts.lines).await?;
            }
        }
    }
    if before != approval::digest(&new, &parts.lines) {
        new = asked_anew(ctx, tx, (&old, new), &mut parts, moved);
    }
    parts.refs = refs::replaced(tx, OBJECT, id.uuid(), &body.external_refs, parts.refs);
    tx.update(&old, &new);
    view::record(ctx, tx, "order.updated", &new, &parts)
}

fn patched(ctx: &Ctx, old: &orders::Model, body: &wire::UpdateOrder, errors: &mut Vec<FieldError>) -> orders::Model {
    let mut new = changed(ctx, old);
    new.payment_term_id = body.payment_term_id.clone().over(new.payment_term_id);
    new.discount_percent = body.discount_percent.clone().over_required(new.discount_percent);
    share(new.discount_percent, "/discount_percent", errors);
    new.reference = body.reference.clone().over(new.reference);
    new.owner_id = body.owner_id.clone().over(new.owner_id);
    new.notes = body.notes.clone().over(new.notes);
    new.terms = body.terms.clone().over(new.terms);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, errors));
    new
}

/// Takes off what was asked about the order as it was; of another customer or currency also what was asked or said about credit.
fn asked_anew(ctx: &Ctx, tx: &mut Tx<'_>, (old, new): (&orders::Model, orders::Model), parts: &mut store::Parts, moved: bool) -> orders::Model {
    let gone: Vec<HoldId> = parts.holds.iter().filter(|hold| hold.asked_by.is_some() || (moved && hold.kind == HoldKind::Credit)).map(|hold| hold.id).collect();
    if moved {
        let sql = "UPDATE order_holds SET covers_amount = NULL WHERE tenant_id = $1 AND order_id = $2";
        tx.plain(sql, vec![old.tenant_id.into(), old.id.into()]);
    }
    if gone.is_empty() {
        return new;
    }
    take_off(ctx, tx, old, parts, &gone, None);
    with_kind(new, parts)
}

async fn priced_anew(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    other: Reassigned,
    new: &mut orders::Model,
    inputs: &[LineInput],
    mut errors: Vec<FieldError>,
) -> Result<Vec<order_lines::Model>, Problem> {
    let company = tx.must::<companies::Entity>(new.company_id).await?;
    if other.currency.is_some() {
        new.tax_step = tax_step(&company, new.currency);
    }
    let party = match other.party {
        Some(party) => party,
        None => tx.must::<parties::Entity>(new.party_id).await?,
    };
    let today = ctx.today(company.time_zone);
    let scope = Scope { company: &company, party: &party, day: today, terms: terms(new) };
    let priced = price_lines(ctx, tx, &scope, inputs, &mut errors).await?;
    finish(errors)?;
    let priced = priced.ok_or_else(Problem::not_found)?;
    let totals = amounts::totals(&priced.lines, priced.rounding, new.currency)?;
    *new = with_totals(orders::Model { order_date: today, ..new.clone() }, &totals);
    tx.plain("DELETE FROM order_lines WHERE tenant_id = $1 AND order_id = $2", vec![new.tenant_id.into(), new.id.into()]);
    let lines: Vec<_> = (1..).zip(priced.lines).map(|(position, line)| line.order_row(new.tenant_id, new.id, position)).collect();
    for line in &lines {
        tx.insert(line.clone());
    }
    Ok(lines)
}

/// The lines with the amounts that another document discount gives them, or another discount for paying early.
async fn discounted(tx: &mut Tx<'_>, new: &mut orders::Model, rows: Vec<order_lines::Model>) -> Result<Vec<order_lines::Model>, Problem> {
    let mut lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let rounding = discount_again(tx, new.company_id, &mut lines, terms(new)).await?;
    *new = with_totals(new.clone(), &amounts::totals(&lines, rounding, new.currency)?);
    let mut after = Vec::with_capacity(rows.len());
    for (row, line) in rows.into_iter().zip(lines) {
        let Line { unit_price, net_amount, tax_amount, taxes, .. } = line;
        let settled = order_lines::Model { unit_price, net_amount, tax_amount, taxes: Json(taxes), ..row.clone() };
        tx.update(&row, &settled);
        after.push(settled);
    }
    Ok(after)
}
