//! The tax of a line or of a document, as kept in its `taxes` column.

use causeway_value::{Amount, Overflow, TaxId};
use serde::{Deserialize, Serialize};

/// What one tax amounts to. In the column both amounts are integers: minor units of the document's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxAmount {
    /// The tax.
    pub tax_id: TaxId,
    /// What it was computed on.
    #[serde(with = "minor_units")]
    pub base: Amount,
    /// The tax itself.
    #[serde(with = "minor_units")]
    pub amount: Amount,
}

impl TaxAmount {
    /// The same the other way round.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self { base: self.base.negated()?, amount: self.amount.negated()?, ..self })
    }
}

/// An amount has no text without its currency, so the column keeps its integer.
pub(crate) mod minor_units {
    use causeway_value::Amount;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(amount.0)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        i64::deserialize(deserializer).map(Amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_kept_as_integers() {
        let tax = TaxAmount { tax_id: TaxId::new(), base: Amount(64_800), amount: Amount(-12_312) };
        let text = serde_json::to_string(&tax).unwrap();
        assert_eq!(text, format!(r#"{{"tax_id":"{}","base":64800,"amount":-12312}}"#, tax.tax_id));
        assert_eq!(serde_json::from_str::<TaxAmount>(&text).unwrap(), tax);
    }
}
