//! What an external engine says of a tax of a line besides its amount, as kept in the `tax_details` column of `invoice_lines`.

use causeway_value::{Percent, TaxId};
use serde::{Deserialize, Serialize};

/// Where a tax is due, and at which rate. It has no amounts, so that it is true of a part of the line, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxDetail {
    /// The tax.
    pub tax_id: TaxId,
    /// Whose tax it is, such as `California`.
    pub jurisdiction: Option<String>,
    /// Its rate there.
    pub rate: Option<Percent>,
}
