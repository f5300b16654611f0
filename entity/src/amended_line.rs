//! What an amendment did to a line, as kept in the `changes` column of `order_amendments`.

use causeway_value::{Amount, LineChange, OrderLineId, Percent, Price, Quantity};
use serde::{Deserialize, Serialize};

/// A line of an order before and after an amendment. Quantities are those that stand: ordered and not cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendedLine {
    /// Which line.
    pub order_line_id: OrderLineId,
    /// What happened to it.
    pub change: LineChange,
    /// The line whose rest this new one carries on.
    pub replaces_line_id: Option<OrderLineId>,
    /// What stood before.
    pub quantity_before: Quantity,
    /// What stands now.
    pub quantity: Quantity,
    /// The price before; none for a new line.
    pub unit_price_before: Option<Price>,
    /// The price now.
    pub unit_price: Price,
    /// The discount before; none for a new line.
    pub discount_percent_before: Option<Percent>,
    /// The discount now.
    pub discount_percent: Percent,
    /// What the net amount of the line changed by, in minor units of the order's currency.
    #[serde(with = "crate::tax_amount::minor_units")]
    pub net_change: Amount,
}
