//! Another content for an order that another system handed over before: the order becomes what it says now (ORD-04).

use super::amend::{Handed, amend_as};
use super::intake::{differences, says_otherwise};
use super::update::update_as;
use super::{OBJECT, changed};
use crate::line::price::discount_given;
use crate::order::store::Parts;
use crate::order::view;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::products;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::refs;
use causeway_openapi::line::LineInput;
use causeway_openapi::object::ExternalRef;
use causeway_openapi::order as wire;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder};
use causeway_value::{OrderStatus, Percent, ProductId, ProductKind, Quantity};
use std::collections::BTreeSet;

/// What a draft keeps.
const FIXED: &[&str] = &["/company_id", "/opportunity_id", "/channel"];
/// What an amendment changes besides lines.
const AMENDED: &[&str] = &["/payment_term_id", "/discount_percent", "/reference", "/notes", "/terms"];
/// What a confirmed order keeps, besides.
const CONFIRMED: &[&str] = &["/party_id", "/contact_id", "/ship_to_id", "/currency", "/owner_id"];

/// Lets an order become what a body says. What the body leaves out says nothing.
///
/// # Errors
/// `external_ref_exists` for what cannot follow; `permission_denied` for what takes an amendment without the right to amend; those of changing or amending it.
pub(super) async fn take_over(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (order, parts): (&orders::Model, &Parts),
    body: &wire::CreateOrder,
    created_from: Option<String>,
) -> Result<wire::Order, Problem> {
    let confirmed = match order.status {
        OrderStatus::Draft => false,
        OrderStatus::Confirmed | OrderStatus::Fulfilled => true,
        OrderStatus::Cancelled => return Err(says_otherwise(order, &parts.lines, body)),
    };
    let fixed = |pointer: &str| FIXED.contains(&pointer) || (confirmed && CONFIRMED.contains(&pointer));
    let found = differences(order, &parts.lines, body);
    let amends = found.iter().any(|found| found.pointer.as_deref().is_some_and(|pointer| AMENDED.contains(&pointer)));
    let mut stuck: Vec<FieldError> = found.into_iter().filter(|found| found.pointer.as_deref().is_some_and(fixed)).collect();
    if confirmed && body.metadata.iter().any(|(name, text)| order.metadata.0.get(name) != Some(text)) {
        stuck.push(FieldError::pointer(Code::ExternalRefExists, "/metadata", "stays as it is once the order is confirmed"));
    }
    let mut lines = Vec::new();
    if confirmed {
        let bundles = bundles(tx, body).await?;
        lines = follow(order, &parts.lines, &body.lines, &bundles, &mut stuck);
    }
    if !stuck.is_empty() {
        let mut problem = says_otherwise(order, &parts.lines, body);
        problem.errors = stuck;
        return Err(problem);
    }
    let refs = more_refs(&parts.refs, &body.external_refs);
    if confirmed {
        if lines.is_empty() && !amends {
            return known_by(ctx, tx, (order, parts), refs, created_from);
        }
        ctx.require("orders:amend")?;
        let amendment = AmendOrder {
            reason: "Handed over again with another content.".to_owned(),
            lines,
            payment_term_id: body.payment_term_id.map_or(Patch::Absent, Patch::Value),
            discount_percent: body.discount_percent,
            reference: given(body.reference.as_ref()),
            notes: given(body.notes.as_ref()),
            terms: given(body.terms.as_ref()),
        };
        return amend_as(ctx, tx, order.id, &amendment, Handed { created_from, refs }).await;
    }
    let change = wire::UpdateOrder {
        party_id: body.party_id.map_or(Patch::Absent, Patch::Value),
        currency: body.currency.map_or(Patch::Absent, Patch::Value),
        payment_term_id: body.payment_term_id.map_or(Patch::Absent, Patch::Value),
        discount_percent: body.discount_percent.map_or(Patch::Absent, Patch::Value),
        reference: given(body.reference.as_ref()),
        owner_id: body.owner_id.map_or(Patch::Absent, Patch::Value),
        notes: given(body.notes.as_ref()),
        terms: given(body.terms.as_ref()),
        contact_id: body.contact_id.map_or(Patch::Absent, Patch::Value),
        ship_to_id: body.ship_to_id.map_or(Patch::Absent, Patch::Value),
        lines: Patch::Value(body.lines.clone()),
        metadata: Patch::Value(body.metadata.iter().map(|(name, text)| (name.clone(), Some(text.clone()))).collect()),
        external_refs: refs.map_or(Patch::Absent, |refs| Patch::Value(refs::shown(refs))),
    };
    update_as(ctx, tx, order.id, &change, created_from).await
}

/// All references of an order, when a body brings some that it does not carry yet.
fn more_refs(standing: &[(String, String)], given: &[ExternalRef]) -> Option<Vec<(String, String)>> {
    let more: Vec<_> = refs::pairs(given).into_iter().filter(|pair| !standing.contains(pair)).collect();
    (!more.is_empty()).then(|| [standing, &more].concat())
}

/// The order as it stands, because it is what the body says already, such as after somebody amended it by hand; known by the references that are new.
fn known_by(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (order, parts): (&orders::Model, &Parts),
    refs: Option<Vec<(String, String)>>,
    created_from: Option<String>,
) -> Result<wire::Order, Problem> {
    let Some(refs) = refs else { return view::view(order, parts) };
    let new = orders::Model { created_from, ..changed(ctx, order) };
    tx.update(order, &new);
    tx.set_external_refs(OBJECT, order.id.uuid(), &refs, false);
    view::record(ctx, tx, "order.updated", &new, &Parts { refs, ..parts.clone() })
}

fn given(text: Option<&String>) -> Patch<String> {
    text.cloned().map_or(Patch::Absent, Patch::Value)
}

/// The products of a body that stand on an order as their components.
async fn bundles(tx: &mut Tx<'_>, body: &wire::CreateOrder) -> Result<BTreeSet<ProductId>, Problem> {
    let named: BTreeSet<ProductId> = body.lines.iter().filter_map(|line| line.product_id).collect();
    if named.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found = Find::<products::Entity>::new().among(products::Column::Id, named).all(tx).await?;
    Ok(found.into_iter().filter(|product| product.kind == ProductKind::Bundle).map(|product| product.id).collect())
}

/// What happens to the lines of a confirmed order. What cannot be told is added to `stuck`.
fn follow(
    order: &orders::Model,
    rows: &[order_lines::Model],
    given: &[LineInput],
    bundles: &BTreeSet<ProductId>,
    stuck: &mut Vec<FieldError>,
) -> Vec<AmendLine> {
    let kept = |row: &order_lines::Model| row.kept_quantity.unwrap_or(row.quantity);
    let mut left: Vec<&order_lines::Model> = rows.iter().filter(|row| kept(row) != Quantity::ZERO).collect();
    let mut lines = Vec::new();
    for (index, line) in given.iter().enumerate() {
        let mut wrong = |field: &str, detail: &str| stuck.push(FieldError::pointer(Code::ExternalRefExists, format!("/lines/{index}/{field}"), detail));
        if line.product_id.is_some_and(|product| bundles.contains(&product)) {
            wrong("product_id", "is a bundle, whose components stand on the order: amend those");
            continue;
        }
        let Some(row) = left.iter().position(|row| belongs(row, line)).map(|place| left.remove(place)) else {
            lines.push(added(line));
            continue;
        };
        for (field, same) in [
            ("unit", line.unit.is_none() || line.unit == row.unit),
            ("description", line.description.as_ref().is_none_or(|text| *text == row.description)),
            ("section", line.section.is_none() || line.section == row.section),
            ("tax_ids", line.tax_ids.as_ref().is_none_or(|taxes| *taxes == row.tax_ids.0)),
            ("promised_date", line.promised_date.is_none() || line.promised_date == row.promised_date),
            ("lead_days", same_lead(order, row, line)),
            ("dimensions", same_dimensions(row, line)),
        ] {
            if !same {
                wrong(field, "is fixed for a line of a confirmed order; end the line and add another, or promise anew");
            }
        }
        let discount = discount_said(order, row, line);
        if line.discount_amount.is_some() && discount.is_none() {
            wrong("discount_amount", "is no share of what the line comes to: give discount_percent");
        }
        let change = AmendLine {
            order_line_id: Some(row.id),
            quantity: Some(line.quantity).filter(|quantity| *quantity != kept(row)),
            unit_price: line.unit_price.filter(|price| *price != row.unit_price),
            price_override_reason: line.price_override_reason.clone(),
            discount_percent: discount.filter(|percent| *percent != row.discount_percent),
            ..AmendLine::default()
        };
        if change.quantity.is_some() || change.unit_price.is_some() || change.discount_percent.is_some() {
            lines.push(change);
        }
    }
    for row in left {
        if let Some(index) = given.iter().position(|line| belongs(row, line)) {
            let detail = "stands on the order in several lines, as amendments left it: amend them one by one";
            stuck.push(FieldError::pointer(Code::ExternalRefExists, format!("/lines/{index}"), detail));
        } else {
            lines.push(AmendLine { order_line_id: Some(row.id), quantity: Some(Quantity::ZERO), ..AmendLine::default() });
        }
    }
    lines
}

/// The discount that a body says for a line of the order, as the order keeps it.
pub(super) fn discount_said(order: &orders::Model, row: &order_lines::Model, line: &LineInput) -> Option<Percent> {
    let Some(text) = &line.discount_amount else { return line.discount_percent };
    let priced = (line.quantity, line.unit_price.unwrap_or(row.unit_price), row.price_base_quantity);
    discount_given(text, priced, order.currency, "", &mut Vec::new())
}

/// Whether days after the order are the day that stands: they were counted from the day of the order.
pub(super) fn same_lead(order: &orders::Model, row: &order_lines::Model, line: &LineInput) -> bool {
    line.lead_days.is_none_or(|days| row.promised_date == Some(order.order_date.plus_days(i64::from(days))))
}

/// Whether a line is looked at by the same; none says nothing.
pub(super) fn same_dimensions(row: &order_lines::Model, line: &LineInput) -> bool {
    line.dimensions.is_empty() || row.dimensions.as_ref().is_some_and(|stands| stands.0 == line.dimensions)
}

/// Whether a line of a body is this line of the order: the same product, or without one the same text.
fn belongs(row: &order_lines::Model, line: &LineInput) -> bool {
    row.product_id == line.product_id && (line.product_id.is_some() || line.description.as_ref() == Some(&row.description))
}

fn added(line: &LineInput) -> AmendLine {
    AmendLine {
        order_line_id: None,
        quantity: Some(line.quantity),
        unit_price: line.unit_price,
        price_override_reason: line.price_override_reason.clone(),
        discount_percent: line.discount_percent,
        discount_amount: line.discount_amount.clone(),
        product_id: line.product_id,
        description: line.description.clone(),
        unit: line.unit.clone(),
        tax_ids: line.tax_ids.clone(),
        section: line.section.clone(),
        promised_date: line.promised_date,
        lead_days: line.lead_days,
        dimensions: line.dimensions.clone(),
    }
}
