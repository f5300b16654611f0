//! A delivery note on paper (STK-07).

use super::store;
use causeway_bill::obligation;
use causeway_contract::{File, Problem};
use causeway_entity::deliver::deliveries::Model;
use causeway_entity::deliver::delivery_lines;
use causeway_kernel::Tx;
use causeway_master::letter;
use causeway_print::{Item, Kind, Line, Paper};
use causeway_value::{Amount, DeliveryStatus, Percent, Price, Quantity};

/// The file of a delivery: to where the goods go, what they are and how much of each, never what they cost. Once it was shipped it shows sender and
/// recipient as they were then.
///
/// # Errors
/// When the database fails.
pub(super) async fn pdf(tx: &mut Tx<'_>, row: &Model) -> Result<File, Problem> {
    let lines = store::lines(tx, &[row.id]).await?;
    let owed = obligation::of_orders(tx, &[row.order_id]).await?;
    let first = owed.first().ok_or_else(Problem::not_found)?;
    let then = letter::made_final(tx, row.id.uuid(), "delivery.shipped").await?;
    let addressed = letter::addressed_to(tx, row.company_id, row.party_id, then, letter::At { contact: None, ship_to: row.ship_to_id }).await?;
    let carried = [row.carrier.as_deref(), row.tracking.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut items: Vec<Item> = lines.iter().map(item).collect();
    items.extend((!carried.is_empty()).then_some(Item::Text(carried)));
    letter::print(&Paper {
        kind: Kind::DeliveryNote,
        language: addressed.language,
        number: Some(row.number.clone()),
        revision: None,
        draft: row.status == DeliveryStatus::Cancelled,
        sender: addressed.sender,
        recipient: if addressed.ship_to.is_empty() { addressed.recipient } else { addressed.ship_to },
        recipient_tax_id: None,
        ship_to: Vec::new(),
        date: row.ship_date,
        valid_until: None,
        due_date: None,
        supplied: None,
        reference: first.reference.clone(),
        follows: None,
        contact: None,
        currency: first.currency,
        items,
        discount: Percent::ZERO,
        untaxed: Amount::ZERO,
        taxes: Vec::new(),
        rounding: Amount::ZERO,
        company_tax: None,
        total: Amount::ZERO,
        payment_terms: None,
        installments: Vec::new(),
        early: None,
        promised: None,
        notes: None,
        terms: None,
    })
}

fn item(line: &delivery_lines::Model) -> Item {
    Item::Line(Line {
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: Price(0),
        base_quantity: Quantity::ONE,
        discount: Percent::ZERO,
        net: Amount::ZERO,
        optional: false,
        promised: None,
    })
}
