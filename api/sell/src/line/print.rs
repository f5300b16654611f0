//! Lines on paper.

use super::Line;
use super::offer::{Promise, sections};
use causeway_print::Item;
use causeway_value::Overflow;

/// The lines as their document prints them, with headings and what each section comes to. Cost and margin are not part of it.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn items(lines: &[Line]) -> Result<Vec<Item>, Overflow> {
    let sections = sections(lines)?;
    if sections.is_empty() {
        return Ok(lines.iter().map(item).collect());
    }
    let mut items = Vec::with_capacity(lines.len() + 2 * sections.len());
    for section in sections {
        items.extend(section.title.map(|title| Item::Section(title.to_owned())));
        items.extend(section.lines.iter().map(item));
        items.extend(section.title.map(|_| Item::Subtotal(section.sum)));
    }
    Ok(items)
}

fn item(line: &Line) -> Item {
    Item::Line(causeway_print::Line {
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        base_quantity: line.price_base_quantity,
        discount: line.discount_percent,
        net: line.net_amount,
        optional: !line.counts(),
        promised: line.promise.map(Promise::printed),
    })
}
