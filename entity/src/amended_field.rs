//! What an amendment did to a field of its order, as kept in the `fields` column of `order_amendments`.

use serde::{Deserialize, Serialize};

/// A field of an order before and after an amendment, as the API writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendedField {
    /// Its name.
    pub field: String,
    /// What it was; none for nothing.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}
