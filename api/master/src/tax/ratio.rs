//! Exact fractions. Taxes are computed in them so that only the result is rounded: thirds and 1/1.19 have no end as decimals, and a cut-off tail turns a
//! half cent into less than half.
//!
//! Fractions are kept in lowest terms over 128 bits: an amount has 63, each rate of up to six decimals adds at most 27, so that several compounding taxes
//! fit. What does not fit is an [`Overflow`], never a wrong digit.

use causeway_value::{Amount, Overflow, Percent};

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    top: i128,
    bottom: i128,
}

impl Ratio {
    pub(crate) const ZERO: Self = Self { top: 0, bottom: 1 };
    pub(crate) const ONE: Self = Self { top: 1, bottom: 1 };

    pub(crate) fn whole(value: i64) -> Self {
        Self { top: i128::from(value), bottom: 1 }
    }

    pub(crate) fn of(top: i128, bottom: i128) -> Result<Self, Overflow> {
        if bottom == 0 {
            return Err(Overflow);
        }
        let common = gcd(top, bottom)?;
        let sign = if bottom < 0 { -1 } else { 1 };
        let reduced = |value: i128| value.checked_div(common).and_then(|v| v.checked_mul(sign)).ok_or(Overflow);
        Ok(Self { top: reduced(top)?, bottom: reduced(bottom)? })
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, Overflow> {
        let common = gcd(self.bottom, other.bottom)?;
        let (mine, theirs) = (other.bottom / common, self.bottom / common);
        let left = self.top.checked_mul(mine).ok_or(Overflow)?;
        let right = other.top.checked_mul(theirs).ok_or(Overflow)?;
        Self::of(left.checked_add(right).ok_or(Overflow)?, self.bottom.checked_mul(mine).ok_or(Overflow)?)
    }

    pub(crate) fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(Self { top: other.top.checked_neg().ok_or(Overflow)?, bottom: other.bottom })
    }

    /// The product; common factors go first, so that what fits in lowest terms fits on the way.
    pub(crate) fn times(self, other: Self) -> Result<Self, Overflow> {
        let (left, right) = (Self::of(self.top, other.bottom)?, Self::of(other.top, self.bottom)?);
        Ok(Self { top: left.top.checked_mul(right.top).ok_or(Overflow)?, bottom: left.bottom.checked_mul(right.bottom).ok_or(Overflow)? })
    }

    pub(crate) fn over(self, other: Self) -> Result<Self, Overflow> {
        self.times(Self::of(other.bottom, other.top)?)
    }

    /// The amount of minor units, rounded once.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn rounded(self) -> Result<Amount, Overflow> {
        self.round(1).map(Amount)
    }

    /// What it was before a discount was taken off; none when that took all of it.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn before(self, discount: Percent) -> Result<Option<Self>, Overflow> {
        let kept = Percent::WHOLE.0.checked_sub(discount.0).ok_or(Overflow)?;
        if kept == 0 {
            return Ok(None);
        }
        self.times(Self::of(Percent::WHOLE.0.into(), kept.into())?)?.fine().map(Some)
    }

    /// The same in parts of 10^-12 where its denominator is larger, so that further factors fit: no sum of amounts tells the difference.
    pub(crate) fn fine(self) -> Result<Self, Overflow> {
        if self.bottom <= FINEST {
            return Ok(self);
        }
        let whole = self.top.checked_div(self.bottom).ok_or(Overflow)?;
        let rest = self.top.checked_rem(self.bottom).ok_or(Overflow)?;
        // A denominator of more than 87 bits is cut with its numerator: a fraction keeps more digits than are left of it.
        let cut = self.bottom / (i128::MAX / FINEST) + 1;
        let fraction = round_half_away((rest / cut).checked_mul(FINEST).ok_or(Overflow)?, (self.bottom / cut).max(1), 1, 0)?;
        Self::of(whole.checked_mul(FINEST).and_then(|whole| whole.checked_add(fraction.into())).ok_or(Overflow)?, FINEST)
    }

    /// The nearest multiple of `step`, halves away from zero.
    pub(crate) fn round(self, step: i64) -> Result<i64, Overflow> {
        round_half_away(self.top, self.bottom, step, 0)
    }

    /// The sum, rounded once like [`Ratio::round`].
    ///
    /// Many lines with different included taxes may have no common denominator of 128 bits. Their sum is then taken in parts of 10^-15, where a sum that is
    /// as near to a half as the cut-off tails can reach is taken for a half.
    pub(crate) fn round_sum(parts: &[Self], step: i64) -> Result<i64, Overflow> {
        if let Ok(sum) = parts.iter().try_fold(Self::ZERO, |sum, part| sum.plus(*part)) {
            return sum.round(step);
        }
        let mut sum: i128 = 0;
        for part in parts {
            let (whole, rest) = (part.top.checked_div(part.bottom).ok_or(Overflow)?, part.top.checked_rem(part.bottom).ok_or(Overflow)?);
            // A denominator of more than 77 bits is cut with its numerator, which keeps the first 15 digits of the fraction.
            let cut = part.bottom / (i128::MAX / FINE) + 1;
            let fraction = (rest / cut).checked_mul(FINE).and_then(|top| top.checked_div((part.bottom / cut).max(1))).ok_or(Overflow)?;
            sum = whole.checked_mul(FINE).and_then(|whole| whole.checked_add(fraction)).and_then(|part| part.checked_add(sum)).ok_or(Overflow)?;
        }
        round_half_away(sum, FINE, step, 2 * u128::try_from(parts.len()).map_err(|_| Overflow)?)
    }
}

/// Parts of a unit in which amounts are kept that are not rounded yet.
const FINEST: i128 = 1_000_000_000_000;

/// Parts of a unit in which sums without a common denominator are taken.
const FINE: i128 = 1_000_000_000_000_000;

/// The multiple of `step` nearest to `top / bottom`; what lacks no more than `slack / bottom` of a half counts as one.
fn round_half_away(top: i128, bottom: i128, step: i64, slack: u128) -> Result<i64, Overflow> {
    let bottom = bottom.checked_mul(i128::from(step)).ok_or(Overflow)?;
    let quotient = top.checked_div(bottom).ok_or(Overflow)?;
    let rest = top.checked_rem(bottom).ok_or(Overflow)?.unsigned_abs();
    let left = bottom.unsigned_abs() - rest;
    let away = if rest.saturating_add(slack) >= left { top.signum() } else { 0 };
    let steps = quotient.checked_add(away).ok_or(Overflow)?;
    steps.checked_mul(i128::from(step)).and_then(|value| i64::try_from(value).ok()).ok_or(Overflow)
}

/// The greatest common divisor, at least 1. Most numbers fit in 64 bits, where division is many times faster.
fn gcd(a: i128, b: i128) -> Result<i128, Overflow> {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return Ok(i128::from(x.max(1)));
        }
        (a, b) = (b, a % b);
    }
    i128::try_from(a.max(1)).map_err(|_| Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(top: i128, bottom: i128) -> Ratio {
        Ratio::of(top, bottom).unwrap()
    }

    #[test]
    fn fractions_are_reduced_and_round_half_away_from_zero() {
        assert_eq!(ratio(6, -4), Ratio { top: -3, bottom: 2 });
        assert_eq!(Ratio::of(1, 0), Err(Overflow));
        assert_eq!(ratio(0, 5), Ratio::ZERO);
        let rounded = |top, bottom, step| ratio(top, bottom).round(step);
        assert_eq!(rounded(5, 10, 1), Ok(1));
        assert_eq!(rounded(-5, 10, 1), Ok(-1));
        assert_eq!(rounded(4999, 10000, 1), Ok(0));
        assert_eq!(rounded(238, 1, 5), Ok(240));
        assert_eq!(rounded(-2375, 10, 5), Ok(-240));
        assert_eq!(Ratio::whole(7).round(0), Err(Overflow));
        assert_eq!(ratio(i128::MAX, 1).round(1), Err(Overflow));
        assert_eq!(ratio(i128::MAX, 3).plus(ratio(i128::MAX, 5)), Err(Overflow));
    }

    #[test]
    fn an_amount_keeps_twelve_decimals() {
        assert_eq!(ratio(1, 3).fine().unwrap(), ratio(1, 3));
        assert_eq!(ratio(1, 3_000_000_000_001).fine().unwrap(), Ratio::ZERO);
        assert_eq!(ratio(10_i128.pow(30) + 1, 10_i128.pow(30)).fine().unwrap(), Ratio::ONE);
        assert_eq!(ratio(-(10_i128.pow(25)), 3 * 10_i128.pow(24) + 1).fine().unwrap(), ratio(-3_333_333_333_333, 1_000_000_000_000));
        assert_eq!(ratio(7 * 10_i128.pow(36) + 5 * 10_i128.pow(35), 10_i128.pow(36) + 1).fine().unwrap(), ratio(15, 2));
    }

    #[test]
    fn a_sum_without_a_common_denominator_is_still_rounded_right() {
        let primes = [1_000_003_i128, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117];
        // Each pair makes a half of its own; all of them together have a denominator beyond 128 bits.
        let mut parts = Vec::new();
        for prime in primes {
            parts.extend([ratio(1, prime), ratio(prime - 2, 2 * prime)]);
        }
        parts.rotate_left(1);
        let distinct: Vec<Ratio> = primes.iter().map(|prime| ratio(1, *prime)).chain([ratio(7, 2)]).collect();
        assert_eq!(Ratio::round_sum(&parts, 1), Ok(4), "seven halves");
        assert_eq!(Ratio::round_sum(&distinct, 1), Ok(4), "a little more than three and a half");
        let below: Vec<Ratio> = primes.iter().map(|prime| ratio(-1, *prime)).chain([ratio(7, 2)]).collect();
        assert_eq!(Ratio::round_sum(&below, 1), Ok(3), "a little less");
        assert_eq!(Ratio::round_sum(&[], 1), Ok(0));
    }

    proptest! {
        #[test]
        fn sums_and_products_are_undone_exactly(a in -1_000_000_000_i128..1_000_000_000, b in 1_i128..1_000_000, c in -1_000_i128..1_000, d in 1_i128..1_000) {
            let (left, right) = (ratio(a, b), ratio(c, d));
            prop_assert_eq!(left.plus(right).unwrap().minus(right).unwrap(), left);
            if c != 0 {
                prop_assert_eq!(left.times(right).unwrap().over(right).unwrap(), left);
            }
        }
    }
}
