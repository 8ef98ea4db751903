//! λ(x) = −ln(1 − Φ(x)) from a table (M6): the hazard of a conditional PD in about a nanosecond (L1).
//!
//! Cubic Hermite pieces over 1/128 of x; slopes from dλ/dx = φ(x) / Φ(−x). The interpolation error is h⁴ λ⁗ / 384, at most
//! 5e-8 relative (at x = −8.25; measured, below). λ rises by at least 1e-8 relative per grid step while rounding is 4e-16,
//! so the computed values are monotone: every grid point is checked by `every_grid_point_is_monotone`.

use super::grid::{POSITION_LIMIT, x_at};
use super::normal;
use std::array;
use std::sync::OnceLock;

/// Grid positions per piece, as a power of two: 2^17 positions are 1/128 of x.
const PIECE_BITS: u32 = 17;
/// Pieces, with one that begins at the upper limit and serves that point alone.
const PIECES: usize = ((POSITION_LIMIT as usize * 2) >> PIECE_BITS) + 1;

/// The table of λ over the whole grid: 2,113 cubic pieces, 68 kB.
#[derive(Debug)]
pub struct HazardTable {
    /// Coefficients in t = (x − start of piece) / width, constant term first.
    pieces: Box<[[f64; 4]; PIECES]>,
}

impl HazardTable {
    /// Builds the table from [`normal::log_survival`]; a fraction of a millisecond.
    pub fn new() -> Self {
        Self { pieces: Box::new(array::from_fn(hermite_piece)) }
    }

    /// The process's one table, built when first asked for.
    pub fn shared() -> &'static Self {
        static TABLE: OnceLock<HazardTable> = OnceLock::new();
        TABLE.get_or_init(Self::new)
    }

    /// λ = −ln(1 − Φ(x)) at a grid `position` (see [`grid::position`](super::grid::position)), in [7.9e-17, 37.1].
    ///
    /// Positions beyond the grid are clamped to its ends. Relative error at most 5e-8; never decreases in `position`.
    #[inline]
    pub fn lambda(&self, position: i32) -> f64 {
        let offset = (position.clamp(-POSITION_LIMIT, POSITION_LIMIT) + POSITION_LIMIT) as u32;
        evaluate(self.pieces[(offset >> PIECE_BITS) as usize], offset)
    }

    /// [`HazardTable::lambda`] at each of `positions`: the same bits.
    ///
    /// Pieces are copied first, and then evaluated in SIMD words: that is faster than gathering their numbers one by one.
    #[inline(always)]
    pub fn lambdas<const N: usize>(&self, positions: &[i32; N]) -> [f64; N] {
        let offsets =
            positions.map(|position| (position.clamp(-POSITION_LIMIT, POSITION_LIMIT) + POSITION_LIMIT) as u32);
        let mut pieces = [[0.0; 4]; N];
        for (piece, offset) in pieces.iter_mut().zip(&offsets) {
            *piece = self.pieces[((offset >> PIECE_BITS) as usize).min(PIECES - 1)];
        }
        let mut lambdas = [0.0; N];
        for lane in 0..N {
            lambdas[lane] = evaluate(pieces[lane], offsets[lane]);
        }
        lambdas
    }
}

/// The cubic at a grid position, counted from the lower end of the grid.
#[inline(always)]
fn evaluate([c0, c1, c2, c3]: [f64; 4], offset: u32) -> f64 {
    let t = f64::from((offset & ((1 << PIECE_BITS) - 1)) as i32) * (1.0 / (1u32 << PIECE_BITS) as f64);
    ((c3 * t + c2) * t + c1) * t + c0
}

impl Default for HazardTable {
    fn default() -> Self {
        Self::new()
    }
}

/// The cubic that meets λ and its slope at both ends of piece `index`.
fn hermite_piece(index: usize) -> [f64; 4] {
    let width = x_at(1 << PIECE_BITS);
    let left = x_at(((index as i32) << PIECE_BITS) - POSITION_LIMIT);
    let right = left + width;
    let slope = |x: f64| normal::pdf(x) / normal::cdf(-x) * width;
    let (f0, f1) = (normal::log_survival(left), normal::log_survival(right));
    let (d0, d1) = (slope(left), slope(right));
    let rise = f1 - f0;
    [f0, d0, 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise]
}

#[cfg(test)]
mod tests {
    use super::super::grid::position;
    use super::*;

    fn relative_error(position: i32) -> f64 {
        let exact = normal::log_survival(x_at(position));
        (HazardTable::shared().lambda(position) - exact).abs() / exact
    }

    #[test]
    fn the_table_is_within_5e_8_of_the_formula() {
        let worst = (-POSITION_LIMIT..=POSITION_LIMIT).step_by(1_237).map(relative_error).fold(0.0, f64::max);
        assert!(worst < 5e-8, "{worst:e}");
        assert!(worst > 1e-8, "the stated bound is no longer tight: {worst:e}");
        // In the range of conditional PDs that carry losses the error is far smaller.
        let inner = (position(-5.0)..=position(8.25)).step_by(1_237).map(relative_error).fold(0.0, f64::max);
        assert!(inner < 7e-9, "{inner:e}");
    }

    #[test]
    fn lambda_rises_around_every_knot_and_between() {
        let table = HazardTable::shared();
        for knot in (-POSITION_LIMIT..=POSITION_LIMIT).step_by(1 << PIECE_BITS) {
            for p in knot - 64..knot + 64 {
                let inside = (-POSITION_LIMIT..POSITION_LIMIT).contains(&p);
                let (here, next) = (table.lambda(p), table.lambda(p + 1));
                assert!(if inside { here < next } else { here == next }, "{p}");
            }
        }
        for p in (-POSITION_LIMIT..POSITION_LIMIT).step_by(997) {
            assert!(table.lambda(p) < table.lambda(p + 1), "{p}");
            assert_eq!(table.lambdas(&[p, p + 1, i32::MAX]), [p, p + 1, i32::MAX].map(|p| table.lambda(p)));
        }
    }

    #[test]
    #[ignore = "all 276,824,065 grid points: cargo test --release every_grid_point -- --ignored (seconds)"]
    fn every_grid_point_is_monotone() {
        let table = HazardTable::shared();
        let mut last = 0.0;
        for p in -POSITION_LIMIT..=POSITION_LIMIT {
            let lambda = table.lambda(p);
            assert!(lambda > last, "{p}");
            last = lambda;
        }
    }

    #[test]
    fn positions_beyond_the_grid_are_clamped() {
        let table = HazardTable::new();
        assert_eq!(table.lambda(i32::MIN), table.lambda(-POSITION_LIMIT));
        assert_eq!(table.lambda(i32::MAX), table.lambda(POSITION_LIMIT));
        assert_eq!(table.lambda(i32::MAX), normal::log_survival(8.25));
        assert_eq!(table.lambda(i32::MIN), normal::log_survival(-8.25));
    }
}
