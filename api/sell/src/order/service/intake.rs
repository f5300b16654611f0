//! Orders that other systems hand over, each exactly once: by their external references, with or without an idempotency key (ORD-04, INT-11).

use super::OBJECT;
use super::handed::{discount_said, same_dimensions, same_lead};
use crate::order::store::{self, Parts};
use crate::order::view;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::kernel::external_refs;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Find, Tx, crypto};
use causeway_master::refs;
use causeway_openapi::order as wire;
use causeway_value::{OrderId, OrderStatus};
use std::collections::BTreeSet;
use std::fmt::Display;

/// What tells whether the same was handed over; none without an external reference.
///
/// # Errors
/// When the body cannot be written: a bug.
pub(super) fn digest(body: &wire::CreateOrder) -> Result<Option<String>, Problem> {
    if body.external_refs.is_empty() {
        return Ok(None);
    }
    // What is to happen in a conflict is no part of what is handed over.
    let said = wire::CreateOrder { on_conflict: None, ..body.clone() };
    let bytes = serde_json::to_vec(&said).map_err(|_| Problem::new(Code::InternalError, "The body cannot be written."))?;
    Ok(Some(crypto::hex(&crypto::sha256(&[&bytes]))))
}

/// An order that was handed over before.
pub(super) enum Earlier {
    /// The same body made it; as it is now.
    Same(Box<wire::Order>),
    /// Another body did.
    Other(Box<orders::Model>, Box<Parts>),
}

/// The order that carries an external reference of this body.
///
/// # Errors
/// `external_ref_exists` when different orders do.
pub(super) async fn earlier(tx: &mut Tx<'_>, body: &wire::CreateOrder, digest: Option<&str>) -> Result<Option<Earlier>, Problem> {
    if body.external_refs.is_empty() {
        return Ok(None);
    }
    let pairs = refs::pairs(&body.external_refs);
    let sql = vec!["(system = ? AND ref_id = ?)"; pairs.len()].join(" OR ");
    let values = pairs.into_iter().flat_map(|(system, id)| [system.into(), id.into()]).collect();
    let carried = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, OBJECT).when(&sql, values).all(tx).await?;
    let ids: BTreeSet<OrderId> = carried.iter().map(|row| OrderId::from_uuid(row.object_id)).collect();
    let mut ids = ids.into_iter();
    let (Some(id), None) = (ids.next(), ids.next()) else {
        return if carried.is_empty() { Ok(None) } else { Err(Problem::new(Code::ExternalRefExists, "Different orders carry these external references.")) };
    };
    // One of a company that the caller may not see is not shown; the reference is taken all the same.
    let Some(row) = tx.get::<orders::Entity>(id).await? else { return Ok(None) };
    let parts = store::parts_of(tx, &row).await?;
    if row.created_from.as_deref() == digest {
        return view::view(&row, &parts).map(|order| Some(Earlier::Same(Box::new(order))));
    }
    Ok(Some(Earlier::Other(Box::new(row), Box::new(parts))))
}

/// The refusal that names what differs, and what to do about it.
pub(super) fn says_otherwise(order: &orders::Model, lines: &[order_lines::Model], body: &wire::CreateOrder) -> Problem {
    let todo = match order.status {
        OrderStatus::Draft | OrderStatus::Confirmed | OrderStatus::Fulfilled if body.on_conflict == Some(wire::OrderConflict::Update) => {
            "What is named here does not follow: give it as the order has it, or leave it out."
        }
        OrderStatus::Draft => "Change it: PATCH /v1/orders/{id}, or send `on_conflict` `update`.",
        OrderStatus::Confirmed | OrderStatus::Fulfilled => "Amend it: POST /v1/orders/{id}/amend, or send `on_conflict` `update`.",
        OrderStatus::Cancelled => "It is cancelled: give the new order a reference of its own.",
    };
    let mut problem =
        Problem::new(Code::ExternalRefExists, format!("The order {} carries this external reference and was made of another body. {todo}", order.number));
    problem.errors = differences(order, lines, body);
    problem.with("order_id", order.id.to_string()).with("status", order.status.to_string())
}

/// Where the body says something else than the order does now.
pub(super) fn differences(order: &orders::Model, lines: &[order_lines::Model], body: &wire::CreateOrder) -> Vec<FieldError> {
    let mut found = Differences::default();
    found.compare("/company_id", Some(&body.company_id), Some(&order.company_id));
    found.compare("/party_id", body.party_id.as_ref(), Some(&order.party_id));
    found.compare("/opportunity_id", body.opportunity_id.as_ref(), order.opportunity_id.as_ref());
    found.compare("/currency", body.currency.as_ref(), Some(&order.currency));
    found.compare("/payment_term_id", body.payment_term_id.as_ref(), order.payment_term_id.as_ref());
    found.compare("/discount_percent", body.discount_percent.as_ref(), Some(&order.discount_percent));
    found.compare("/reference", body.reference.as_ref(), order.reference.as_ref());
    found.compare("/owner_id", body.owner_id.as_ref(), order.owner_id.as_ref());
    found.compare("/contact_id", body.contact_id.as_ref(), order.contact_id.as_ref());
    found.compare("/ship_to_id", body.ship_to_id.as_ref(), order.ship_to_id.as_ref());
    found.compare("/channel", body.channel.as_ref(), order.channel.as_ref());
    found.compare("/notes", body.notes.as_ref(), order.notes.as_ref());
    found.compare("/terms", body.terms.as_ref(), order.terms.as_ref());
    if body.lines.len() == lines.len() {
        for (index, (given, line)) in body.lines.iter().zip(lines).enumerate() {
            let at = |field: &str| format!("/lines/{index}/{field}");
            found.compare(&at("product_id"), given.product_id.as_ref(), line.product_id.as_ref());
            found.compare(&at("description"), given.description.as_ref(), Some(&line.description));
            found.compare(&at("quantity"), Some(&given.quantity), Some(&line.kept_quantity.unwrap_or(line.quantity)));
            found.compare(&at("unit"), given.unit.as_ref(), line.unit.as_ref());
            found.compare(&at("unit_price"), given.unit_price.as_ref(), Some(&line.unit_price));
            found.compare(&at("section"), given.section.as_ref(), line.section.as_ref());
            found.compare(&at("promised_date"), given.promised_date.as_ref(), line.promised_date.as_ref());
            found.note(&at("lead_days"), same_lead(order, line, given));
            found.note(&at("dimensions"), same_dimensions(line, given));
            let discount = discount_said(order, line, given);
            // An amount that is no share of the line is none that the order has.
            found.note(&at("discount_amount"), given.discount_amount.is_none() || discount.is_some());
            found.compare(&at("discount_percent"), discount.as_ref(), Some(&line.discount_percent));
        }
    } else {
        found.compare("/lines", Some(&body.lines.len()), Some(&lines.len()));
    }
    found.0
}

#[derive(Default)]
struct Differences(Vec<FieldError>);

impl Differences {
    /// A field whose two sides are not told.
    fn note(&mut self, pointer: &str, same: bool) {
        if !same {
            self.0.push(FieldError::pointer(Code::ExternalRefExists, pointer, "is otherwise in the order"));
        }
    }

    /// What the body leaves out says nothing.
    fn compare<T: PartialEq + Display>(&mut self, pointer: &str, given: Option<&T>, stored: Option<&T>) {
        let Some(given) = given else { return };
        if Some(given) == stored {
            return;
        }
        let stored = stored.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        self.0.push(FieldError::pointer(Code::ExternalRefExists, pointer, format!("is {stored} in the order and {given} here")));
    }
}
