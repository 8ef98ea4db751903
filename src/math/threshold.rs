//! Φ(x) as a u32 threshold from an integer table (M10): a word below it is a default of a named loan (L1).
//!
//! Linear interpolation between knots 2^14 grid steps (2^−10 of x) apart, in integers only, so a GPU can do the same. Its
//! error is h² φ′ / 8: at most 2.92e-8 absolute and 1.0e-5 relative to Φ, plus the rounding of two words (2^−32 each). Near
//! Φ = 1 the threshold saturates at `u32::MAX`; a certain default is a flag of its own (2^32 does not fit).

use super::grid::{POSITION_LIMIT, x_at};
use super::normal;
use std::array;
use std::sync::OnceLock;

/// Grid positions between knots, as a power of two.
pub(crate) const PIECE_BITS: u32 = 14;
/// Knots: one per piece, one at the upper limit, and one behind it so that every position has a right neighbour.
const KNOTS: usize = ((POSITION_LIMIT as usize * 2) >> PIECE_BITS) + 2;

/// The table of thresholds over the whole grid: 16,898 words, 68 kB.
#[derive(Debug)]
pub struct ThresholdTable {
    knots: Box<[u32; KNOTS]>,
}

impl ThresholdTable {
    /// Builds the table from [`normal::cdf`]; about a millisecond.
    pub fn new() -> Self {
        Self { knots: Box::new(array::from_fn(knot)) }
    }

    /// The process's one table, built when first asked for.
    pub fn shared() -> &'static Self {
        static TABLE: OnceLock<ThresholdTable> = OnceLock::new();
        TABLE.get_or_init(Self::new)
    }

    /// The knots round(Φ(x) 2^32), saturated, from x = −8.25 in steps of 2^−10: what a device needs to do the same.
    pub fn knots(&self) -> &[u32] {
        self.knots.as_slice()
    }

    /// Φ(x) × 2^32 at a grid `position`, clamped to the grid; never decreases in `position`.
    ///
    /// `T[i] + mulhi(T[i + 1] − T[i], fraction << 18)`, i and fraction from the position's upper and lower 14 bits.
    #[inline]
    pub fn threshold(&self, position: i32) -> u32 {
        let offset = (position.clamp(-POSITION_LIMIT, POSITION_LIMIT) + POSITION_LIMIT) as u32;
        let index = (offset >> PIECE_BITS) as usize;
        let fraction = (offset & ((1 << PIECE_BITS) - 1)) << (32 - PIECE_BITS);
        let (left, right) = (self.knots[index], self.knots[index + 1]);
        left + ((u64::from(right - left) * u64::from(fraction)) >> 32) as u32
    }
}

impl Default for ThresholdTable {
    fn default() -> Self {
        Self::new()
    }
}

/// round(Φ(x) 2^32) at knot `index`; the float-to-integer cast saturates.
fn knot(index: usize) -> u32 {
    let x = x_at(((index as i32) << PIECE_BITS) - POSITION_LIMIT);
    (normal::cdf(x) * (1u64 << 32) as f64 + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: f64 = (1u64 << 32) as f64;

    #[test]
    fn knots_never_fall() {
        assert!(ThresholdTable::shared().knots().is_sorted());
        assert_eq!(ThresholdTable::shared().knots().len(), 16_898);
    }

    #[test]
    fn the_error_is_as_stated() {
        let table = ThresholdTable::shared();
        let (mut absolute, mut relative) = (0.0f64, 0.0f64);
        for p in (-POSITION_LIMIT..=POSITION_LIMIT).step_by(1_237) {
            let exact = normal::cdf(x_at(p));
            let got = f64::from(table.threshold(p)) / WORD;
            let error = (got - exact).abs();
            absolute = absolute.max(error);
            // A knot is rounded by half a word, the product is cut by up to one.
            relative = relative.max((error - 1.5 / WORD) / exact);
        }
        assert!(absolute < 2.92e-8, "{absolute:e}");
        assert!(absolute > 2.88e-8, "the stated bound is no longer tight: {absolute:e}");
        assert!(relative < 1e-5, "{relative:e}");
    }

    #[test]
    fn thresholds_never_fall() {
        let table = ThresholdTable::shared();
        for knot in (-POSITION_LIMIT..=POSITION_LIMIT).step_by(1 << PIECE_BITS) {
            for p in knot - 64..knot + 64 {
                assert!(table.threshold(p) <= table.threshold(p + 1), "{p}");
            }
        }
        for p in (-POSITION_LIMIT..POSITION_LIMIT).step_by(997) {
            assert!(table.threshold(p) <= table.threshold(p + 1), "{p}");
        }
    }

    #[test]
    #[ignore = "all 276,824,065 grid points: cargo test --release every_threshold -- --ignored (seconds)"]
    fn every_threshold_is_monotone() {
        let table = ThresholdTable::shared();
        let mut last = 0;
        for p in -POSITION_LIMIT..=POSITION_LIMIT {
            let threshold = table.threshold(p);
            assert!(threshold >= last, "{p}");
            last = threshold;
        }
    }

    #[test]
    fn the_ends_are_clamped_and_saturated() {
        let table = ThresholdTable::new();
        assert_eq!(table.threshold(i32::MIN), 0);
        assert_eq!(table.threshold(i32::MAX), u32::MAX);
        assert_eq!(table.threshold(0), 1 << 31);
    }
}
