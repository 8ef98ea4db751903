//! The normal quantile from a table (M14), to 5e-10 in 2 nanoseconds: the first guess of every Poisson count.
//!
//! Counts are decided exactly afterwards (see [`poisson`](super::poisson)), so an approximation with a known bound is enough
//! here. Pieces are 1/64 of an octave of the tail probability v = min(u, 1 − u): the index is read off the bits of v, there is
//! no branch on the tail, and the few octaves that nearly all draws fall in fit the first-level cache. Each is the cubic that
//! meets [`normal::quantile`] and its slope 1/φ at both ends.

use super::normal;
use std::array;
use std::sync::OnceLock;

/// Pieces per octave, as a power of two.
const PIECE_BITS: u32 = 6;
/// Significand bits below those that choose the piece.
const REST_BITS: u32 = 52 - PIECE_BITS;
/// The octaves from 2^−53 to ½, and the point ½ itself.
const PIECES: usize = (52 << PIECE_BITS) + 1;
/// Index, before subtraction, of the piece that begins at 2^−53.
const FIRST_PIECE: u64 = (1023 - 53) << PIECE_BITS;
/// Smallest tail probability of the table, 2^−53.
const LEAST_TAIL: f64 = 1.0 / (1u64 << 53) as f64;

/// Absolute error of [`ProbitTable::quantile`] is below this (measured: 3.8e-10).
pub const PROBIT_ERROR: f64 = 5e-10;

/// The table of normal quantiles: 3,329 cubic pieces, 107 kB.
#[derive(Debug)]
pub struct ProbitTable {
    /// Coefficients in t = (v − start of piece) / width, constant term first.
    pieces: Box<[[f64; 4]; PIECES]>,
}

impl ProbitTable {
    /// Builds the table from [`normal::quantile`]; a fraction of a millisecond.
    pub fn new() -> Self {
        Self { pieces: Box::new(array::from_fn(hermite_piece)) }
    }

    /// The process's one table, built when first asked for.
    pub fn shared() -> &'static Self {
        static TABLE: OnceLock<ProbitTable> = OnceLock::new();
        TABLE.get_or_init(Self::new)
    }

    /// x with Φ(x) = `u` to within [`PROBIT_ERROR`], for `u` in [2^−53, 1 − 2^−53]; clamped to that range outside.
    #[inline]
    pub fn quantile(&self, u: f64) -> f64 {
        let bits = u.min(1.0 - u).max(LEAST_TAIL).to_bits();
        let index = ((bits >> REST_BITS) - FIRST_PIECE) as usize;
        let [c0, c1, c2, c3] = self.pieces[index.min(PIECES - 1)];
        let t = fraction(bits);
        let x = ((c3 * t + c2) * t + c1) * t + c0;
        // The sign is set, not chosen: whether u is above a half cannot be predicted.
        f64::from_bits(x.to_bits() ^ (u64::from(u > 0.5) << 63))
    }

    /// [`ProbitTable::quantile`] of each of `us`, all of them in [2^−53, 1 − 2^−53]: the same bits.
    ///
    /// Pieces are copied first, and then evaluated in SIMD words: that is faster than gathering their numbers one by one.
    #[inline(always)]
    pub fn quantiles<const N: usize>(&self, us: &[f64; N]) -> [f64; N] {
        let tails = us.map(|u| if u > 0.5 { 1.0 - u } else { u });
        let mut pieces = [[0.0; 4]; N];
        for (piece, tail) in pieces.iter_mut().zip(&tails) {
            *piece = self.pieces[((tail.to_bits() >> REST_BITS).saturating_sub(FIRST_PIECE) as usize).min(PIECES - 1)];
        }
        let mut quantiles = [0.0; N];
        for lane in 0..N {
            let [c0, c1, c2, c3] = pieces[lane];
            let t = fraction(tails[lane].to_bits());
            let x = ((c3 * t + c2) * t + c1) * t + c0;
            quantiles[lane] = f64::from_bits(x.to_bits() ^ (u64::from(us[lane] > 0.5) << 63));
        }
        quantiles
    }
}

/// The place within its piece of the number with these bits: the significand bits that did not choose the piece, moved up
/// and read as a number in [1, 2), less one. No conversion is needed.
#[inline(always)]
fn fraction(bits: u64) -> f64 {
    f64::from_bits((bits << PIECE_BITS) & ((1 << 52) - 1) | 1.0f64.to_bits()) - 1.0
}

impl Default for ProbitTable {
    fn default() -> Self {
        Self::new()
    }
}

/// The cubic for the lower-tail probabilities of piece `index`.
fn hermite_piece(index: usize) -> [f64; 4] {
    let left_bits = (index as u64 + FIRST_PIECE) << REST_BITS;
    let left = f64::from_bits(left_bits);
    let right = f64::from_bits(left_bits + (1 << REST_BITS));
    let width = right - left;
    let (x0, x1) = (normal::quantile(left), normal::quantile(right));
    let (d0, d1) = (width / normal::pdf(x0), width / normal::pdf(x1));
    let rise = x1 - x0;
    [x0, d0, 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_within_its_bound_in_every_octave() {
        let table = ProbitTable::shared();
        let mut worst = 0.0f64;
        for octave in 1..=52 {
            let start = 1.0 / (1u64 << (octave + 1)) as f64;
            for i in 0..4_567 {
                let u = start * (1.0 + f64::from(i) / 4_567.0);
                worst = worst.max((table.quantile(u) - normal::quantile(u)).abs());
            }
        }
        assert!(worst < PROBIT_ERROR * 0.8, "{worst:e}");
        assert!(worst > PROBIT_ERROR * 0.7, "the stated bound is no longer tight: {worst:e}");
    }

    #[test]
    fn the_upper_half_mirrors_the_lower() {
        let table = ProbitTable::new();
        for i in 1..3_456 {
            let u = f64::from(i) / 8_192.0;
            assert_eq!(table.quantile(u), -table.quantile(1.0 - u));
            assert_eq!(table.quantiles(&[u, 1.0 - u, 0.5]), [u, 1.0 - u, 0.5].map(|u| table.quantile(u)));
        }
        assert_eq!(table.quantile(0.5), 0.0);
    }

    #[test]
    fn arguments_outside_are_clamped() {
        let table = ProbitTable::shared();
        let end = table.quantile(LEAST_TAIL);
        assert!((end - normal::quantile(LEAST_TAIL)).abs() < PROBIT_ERROR);
        assert_eq!(table.quantile(-1.0), end);
        assert_eq!(table.quantile(0.0), end);
        assert_eq!(table.quantile(2.0), -end);
        assert!(table.quantile(f64::NAN).is_finite());
    }
}
