//! What an external engine handed over of a document's taxes.

use serde::{Deserialize, Serialize};

/// Taxes that were handed over once, so that they are known when they come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxHandover {
    /// What the engine calls the computation.
    pub reference: String,
    /// The hash of the taxes of all lines.
    pub digest: String,
}
