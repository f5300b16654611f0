//! Lines on paper.

use super::Line;
use causeway_print::Item;

/// A line as its document prints it. Cost and margin are not part of it.
#[must_use]
pub fn item(line: &Line) -> Item {
    Item::Line(causeway_print::Line {
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        base_quantity: line.price_base_quantity,
        discount: line.discount_percent,
        net: line.net_amount,
        optional: false,
        promised: None,
    })
}
