//! Amounts of a body: texts that mean something only together with the currency of their document.

use causeway_contract::{Code, FieldError};
use causeway_value::{Amount, AmountText, Currency, DecimalError};

/// The amount that a field holds. When it cannot be read in this currency the error is added and the answer is `None`.
pub fn amount(text: &AmountText, currency: Currency, pointer: &str, errors: &mut Vec<FieldError>) -> Option<Amount> {
    match text.amount(currency) {
        Ok(amount) => Some(amount),
        Err(error) => {
            errors.push(FieldError::pointer(code(error), pointer, format!("{error} ({})", currency.code())));
            None
        }
    }
}

/// The word for a decimal that cannot be taken.
#[must_use]
pub const fn code(error: DecimalError) -> Code {
    match error {
        DecimalError::Malformed => Code::InvalidDecimal,
        DecimalError::TooManyDecimals { .. } => Code::TooManyDecimals,
        DecimalError::Overflow => Code::AmountOverflow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_field_and_currency() {
        let mut errors = Vec::new();
        assert_eq!(amount(&"1.50".into(), "EUR".parse().unwrap(), "/amount", &mut errors), Some(Amount(150)));
        assert_eq!(amount(&"1.50".into(), "JPY".parse().unwrap(), "/amount", &mut errors), None);
        assert_eq!(amount(&"99999999999999999999".into(), "EUR".parse().unwrap(), "/amount", &mut errors), None);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [Code::TooManyDecimals, Code::AmountOverflow]);
        assert_eq!(errors[0].detail, "must have no decimals (JPY)");
    }
}
