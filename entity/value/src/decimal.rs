//! Exact decimal text: the only grammar in which numbers enter and leave the service.

/// Why a text is not an acceptable decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not of the form `-?digits[.digits]`: signs other than a leading minus, exponents, spaces, bare points and leading zeros are refused.
    Malformed,
    /// More decimals than the scale allows. Nothing is ever rounded on the way in.
    TooManyDecimals {
        /// The most decimals that fit.
        max: u32,
    },
    /// The value does not fit in 64 bits at this scale.
    Overflow,
}

impl std::fmt::Display for DecimalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => f.write_str("must be a plain decimal such as \"12.50\""),
            Self::TooManyDecimals { max: 0 } => f.write_str("must have no decimals"),
            Self::TooManyDecimals { max } => write!(f, "must have at most {max} decimals"),
            Self::Overflow => f.write_str("is too large"),
        }
    }
}

impl std::error::Error for DecimalError {}

/// Reads a plain decimal as an integer of 10^-`scale`.
///
/// # Errors
/// [`DecimalError`] when the text is not a plain decimal, has more than `scale` decimals or does not fit.
pub fn parse_scaled(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(DecimalError::Malformed),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(DecimalError::Malformed);
    }
    let decimals = u32::try_from(fraction.len()).map_err(|_| DecimalError::Overflow)?;
    if decimals > scale {
        return Err(DecimalError::TooManyDecimals { max: scale });
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(b'0', usize::try_from(scale - decimals).map_err(|_| DecimalError::Overflow)?);
    for byte in whole.bytes().chain(fraction.bytes()).chain(padding) {
        let digit = i64::from(byte - b'0');
        let signed = if negative { -digit } else { digit };
        value = value.checked_mul(10).and_then(|v| v.checked_add(signed)).ok_or(DecimalError::Overflow)?;
    }
    if negative && value == 0 {
        return Err(DecimalError::Malformed);
    }
    Ok(value)
}

/// Writes an integer of 10^-`scale` as a plain decimal, without trailing zeros beyond `min_decimals`.
#[must_use]
pub fn format_scaled(value: i64, scale: u32, min_decimals: u32) -> String {
    // From the last digit to the first: twenty digits, a point and a sign at most; a scale above nineteen pads with zeros.
    let mut reversed = Vec::with_capacity(24);
    let mut rest = value.unsigned_abs();
    let mut next = || {
        let digit = u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        (b'0' + digit, rest == 0)
    };
    for decimals in (1..=scale).rev() {
        let (digit, _) = next();
        if digit != b'0' || decimals <= min_decimals || !reversed.is_empty() {
            reversed.push(digit);
        }
    }
    if !reversed.is_empty() {
        reversed.push(b'.');
    }
    loop {
        let (digit, last) = next();
        reversed.push(digit);
        if last {
            break;
        }
    }
    if value < 0 {
        reversed.push(b'-');
    }
    reversed.reverse();
    String::from_utf8(reversed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_decimals_are_read() {
        for bad in ["", "-", "+1.00", "1.", ".5", "1e3", "1 000", "1,5", "٣", "NaN", "Infinity", "--1", "01", "-0", "-0.00", "0x1", " 1", "1 ", "1.2.3", "1.-2"]
        {
            assert_eq!(parse_scaled(bad, 6), Err(DecimalError::Malformed), "{bad:?}");
        }
        assert_eq!(parse_scaled("1.005", 2), Err(DecimalError::TooManyDecimals { max: 2 }));
        assert_eq!(parse_scaled("1.0", 0), Err(DecimalError::TooManyDecimals { max: 0 }));
        assert_eq!(parse_scaled("92233720368547758.08", 2), Err(DecimalError::Overflow));
        assert_eq!(parse_scaled("-92233720368547758.08", 2), Ok(i64::MIN));
        assert_eq!(parse_scaled("0.000001", 6), Ok(1));
        assert_eq!(parse_scaled("-12.5", 2), Ok(-1250));
    }

    #[test]
    fn writing_keeps_the_digits_asked_for() {
        assert_eq!(format_scaled(1250, 2, 2), "12.50");
        assert_eq!(format_scaled(18_000_000, 6, 2), "18.00");
        assert_eq!(format_scaled(40_000_000, 6, 0), "40");
        assert_eq!(format_scaled(-5, 2, 2), "-0.05");
        assert_eq!(format_scaled(7, 0, 0), "7");
        assert_eq!(format_scaled(i64::MIN, 6, 0), "-9223372036854.775808");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in any::<i64>(), scale in 0_u32..=12, min in 0_u32..=12) {
            prop_assert_eq!(parse_scaled(&format_scaled(value, scale, min.min(scale)), scale), Ok(value));
        }
    }
}
