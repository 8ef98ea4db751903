//! A pool's line in Φ's argument (M5), as integers: from here on devices see no floating point.

use crate::math::grid::FRACTION_BITS;
use crate::math::{normal, student};
use crate::model::Copula;

/// PDs are taken no nearer to 0 and 1 than this when they become thresholds (exactly 0 and 1 are exact).
const SMALLEST_PD: f64 = 1e-15;

/// Q7.24, the grid of Φ's argument, of the index and of the mixing variable.
const SCALE: f64 = (1u32 << FRACTION_BITS) as f64;

/// Fraction bits that no line has in which somebody may default.
const NEVER_SHIFT: u32 = 31;

/// x = A W − B Y with W the copula's mixing variable and Y the segment's index (M5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// A = quantile(PD) / √(1 − rho), times 2^`shift`, rounded.
    pub threshold: i32,
    /// Fraction bits of `threshold`, 0 to 30: as many as fit. 31 in [`Line::NEVER`] alone.
    pub shift: u32,
    /// B = √(rho / (1 − rho)), times 2^24, rounded.
    pub slope: i32,
}

/// The quantile of a probability of default, 0 to 1, under `copula` (M4).
pub fn quantile(copula: Copula, pd: f64) -> f64 {
    let inside = pd.clamp(SMALLEST_PD, 1.0 - SMALLEST_PD);
    match copula {
        Copula::Gaussian => normal::quantile(inside),
        Copula::StudentT { degrees_of_freedom } => student::quantile(inside, degrees_of_freedom),
    }
}

impl Line {
    /// The line of a period of a path in which nobody defaults (M44): its hazard is 0 whatever the economy. `shift` tells it
    /// from any other; Φ's argument is taken as the lower end of the grid, where the threshold is 0.
    pub const NEVER: Self = Self { threshold: i32::MIN, shift: NEVER_SHIFT, slope: 0 };

    /// Whether this is [`Line::NEVER`].
    #[inline(always)]
    pub fn is_never(self) -> bool {
        self.shift == NEVER_SHIFT
    }

    /// The line of a pool whose PD has this `quantile`, under asset correlation `rho`, 0 to below 1. Its threshold never
    /// falls as the quantile rises, whatever the fraction bits: powers of two stand on the grids of both sides.
    pub fn new(quantile: f64, rho: f64) -> Self {
        let (threshold, shift) = mantissa(quantile / (1.0 - rho).sqrt());
        let slope = ((rho / (1.0 - rho)).sqrt() * SCALE + 0.5).floor() as i32;
        Self { threshold, shift, slope }
    }
}

/// `value` as an i32 with as many fraction bits (0 to 30) as keep it below 2^31; rising in `value`.
fn mantissa(value: f64) -> (i32, u32) {
    let mut shift = 0;
    let mut scale = 1.0;
    while shift < 30 && value.abs() * (scale * 2.0) <= 2_147_483_647.0 {
        scale *= 2.0;
        shift += 1;
    }
    ((value * scale + 0.5).floor() as i32, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mantissa_keeps_as_many_bits_as_fit() {
        assert_eq!(mantissa(1.0), (1 << 30, 30));
        assert_eq!(mantissa(-1.0), (-(1 << 30), 30));
        assert_eq!(mantissa(2.0), (1 << 30, 29));
        assert_eq!(mantissa(0.0), (0, 30));
        assert_eq!(mantissa(-1e300).1, 0);
    }

    #[test]
    fn the_mantissa_never_falls_where_its_fraction_bits_change() {
        let level = |value: f64| {
            let (threshold, shift) = mantissa(value);
            f64::from(threshold) / f64::from(1u32 << shift)
        };
        for edge in [0.5, 1.0, 2.0, 4.0, 8.0, 7.999_999_996] {
            let steps = (-4_321..4_321).map(|step| edge + f64::from(step) * 3.3e-12);
            let values: Vec<f64> = steps.collect();
            assert!(values.is_sorted_by_key(|&value| level(value)), "{edge}");
            assert!(values.iter().rev().is_sorted_by_key(|&value| level(-value)), "−{edge}");
        }
    }
}
