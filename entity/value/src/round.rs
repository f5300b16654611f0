//! The one place where numbers are rounded: half away from zero, once, at the end of an exact product.

/// A result that does not fit in 64 bits. Becomes the problem `amount_overflow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl std::fmt::Display for Overflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the amount is too large")
    }
}

impl std::error::Error for Overflow {}

/// The product of `factors` divided by the product of `divisors`, rounded half away from zero, once.
///
/// Common factors are cancelled first, so that the exact product fits wherever the result does in practice.
///
/// # Errors
/// [`Overflow`] when the result does not fit in 64 bits, the exact product does not fit in 128, or a divisor is zero.
pub fn product(factors: &[i64], divisors: &[i64]) -> Result<i64, Overflow> {
    scaled(1, factors, divisors)
}

/// As [`product`], of a number that may be a sum of products: what is added exactly is rounded once.
///
/// # Errors
/// As [`product`].
pub fn scaled(number: i128, factors: &[i64], divisors: &[i64]) -> Result<i64, Overflow> {
    let mut tops: Vec<i128> = std::iter::once(number).chain(factors.iter().map(|f| i128::from(*f))).collect();
    let mut bottom: i128 = 1;
    for divisor in divisors {
        let mut rest = i128::from(*divisor);
        if rest == 0 {
            return Err(Overflow);
        }
        for top in &mut tops {
            let common = gcd(top.unsigned_abs(), rest.unsigned_abs());
            if let Ok(common) = i128::try_from(common)
                && common > 1
            {
                *top /= common;
                rest /= common;
            }
        }
        bottom = bottom.checked_mul(rest).ok_or(Overflow)?;
    }
    let top = tops.iter().try_fold(1_i128, |product, top| product.checked_mul(*top)).ok_or(Overflow)?;
    i64::try_from(divide_half_away(top, bottom)?).map_err(|_| Overflow)
}

fn divide_half_away(top: i128, bottom: i128) -> Result<i128, Overflow> {
    let quotient = top.checked_div(bottom).ok_or(Overflow)?;
    let rest = top.checked_rem(bottom).ok_or(Overflow)?;
    if rest.unsigned_abs() >= bottom.unsigned_abs() - rest.unsigned_abs() && rest != 0 {
        let away = if (top < 0) == (bottom < 0) { 1 } else { -1 };
        return quotient.checked_add(away).ok_or(Overflow);
    }
    Ok(quotient)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Splits `total` in proportion to `weights` so that the parts add up to it exactly.
///
/// Each part is rounded half away from zero; the residue goes, one unit each, to the parts of the largest weight first.
/// With all weights zero everything goes to the first part.
///
/// # Errors
/// [`Overflow`] when a part or the sum of the weights does not fit in 64 bits.
pub fn spread(total: i64, weights: &[i64]) -> Result<Vec<i64>, Overflow> {
    let sum = weights.iter().try_fold(0_i64, |sum, w| sum.checked_add(*w)).ok_or(Overflow)?;
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        parts.push(if sum == 0 { 0 } else { product(&[total, *weight], &[sum])? });
    }
    let given = parts.iter().try_fold(0_i64, |s, p| s.checked_add(*p)).ok_or(Overflow)?;
    let mut residue = total.checked_sub(given).ok_or(Overflow)?;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(weights.get(*i).map_or(0, |w| w.unsigned_abs())));
    if sum == 0 {
        if let Some(first) = parts.first_mut() {
            *first = residue;
        }
        return Ok(parts);
    }
    let step = residue.signum();
    for index in order.iter().cycle() {
        if residue == 0 {
            break;
        }
        if let Some(part) = parts.get_mut(*index) {
            *part = part.checked_add(step).ok_or(Overflow)?;
            residue -= step;
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(product(&[5], &[10]), Ok(1));
        assert_eq!(product(&[-5], &[10]), Ok(-1));
        assert_eq!(product(&[5], &[-10]), Ok(-1));
        assert_eq!(product(&[4], &[10]), Ok(0));
        assert_eq!(product(&[15], &[10]), Ok(2));
        assert_eq!(product(&[1], &[0]), Err(Overflow));
        assert_eq!(product(&[i64::MAX, 2], &[1]), Err(Overflow));
    }

    #[test]
    fn a_billion_units_with_two_discounts_fit() {
        // 4,000,000,000 units at 20,000,000.00 less 10 % and 7 % stays exact up to the last cent.
        let quantity = 4_000_000_000 * 1_000_000;
        let price = 20_000_000 * 1_000_000;
        assert_eq!(product(&[quantity, price, 90_000_000, 93_000_000, 100], &[1_000_000, 1_000_000, 100_000_000, 100_000_000]), Ok(6_696_000_000_000_000_000));
    }

    #[test]
    fn parts_add_up_and_the_largest_takes_the_residue() {
        assert_eq!(spread(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        assert_eq!(spread(-100, &[1, 1, 1]), Ok(vec![-34, -33, -33]));
        assert_eq!(spread(10, &[0, 0]), Ok(vec![10, 0]));
        assert_eq!(spread(1, &[1, 5, 1]), Ok(vec![0, 1, 0]));
        assert_eq!(spread(0, &[]), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn spreading_loses_nothing(total in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..12)) {
            let parts = spread(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
        }

        #[test]
        fn rounding_is_within_half(top in -1_000_000_000_000_i64..1_000_000_000_000, bottom in 1_i64..1_000_000) {
            let rounded = i128::from(product(&[top], &[bottom]).unwrap());
            let twice = (rounded * i128::from(bottom) - i128::from(top)).abs() * 2;
            prop_assert!(twice <= i128::from(bottom));
        }
    }
}
