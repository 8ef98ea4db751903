//! The index of a segment (M3): independent normals times its weights, in each scenario, on the grid of Φ's argument.
//!
//! Products are added factor by factor, so that a lane has the bits of the scalar sum.

use crate::math::grid::FRACTION_BITS;

/// Scenarios that are added up together.
const LANES: usize = 16;

/// Q7.24.
const SCALE: f64 = (1u32 << FRACTION_BITS) as f64;

/// What the index of one segment is made of.
#[derive(Clone, Copy)]
pub struct Mixing<'a> {
    /// Standard normals, factor-major; a row has [`Numbers::padded_len`](super::Numbers::padded_len) places.
    pub normals: &'a [f64],
    /// Length of a row.
    pub row: usize,
    /// Weight of each factor.
    pub weights: &'a [f64],
    /// Added to the index, standard deviations.
    pub shift: f64,
}

/// The index in the scenarios of `out`.
#[inline(always)]
pub fn mix(mixing: &Mixing<'_>, out: &mut [i32]) {
    for (nth, out) in out.chunks_mut(LANES).enumerate() {
        let sums = sums(mixing, nth);
        let index: [i32; LANES] = std::array::from_fn(|lane| to_grid(sums[lane] + mixing.shift));
        out.copy_from_slice(&index[..out.len()]);
    }
}

/// Normals times weights in the scenarios of group `nth`.
#[inline(always)]
fn sums(mixing: &Mixing<'_>, nth: usize) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (weight, normals) in mixing.weights.iter().zip(mixing.normals.chunks_exact(mixing.row.max(1))) {
        let Some(normals) = normals.get(nth * LANES..).and_then(|normals| normals.first_chunk::<LANES>()) else {
            continue;
        };
        for lane in 0..LANES {
            sums[lane] += weight * normals[lane];
        }
    }
    sums
}

/// A step of the index of one segment along its path (M42).
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// Innovations of the period, their weights, and what is added to the index.
    pub mixing: Mixing<'a>,
    /// Part of the period before that is kept, 0 to below 1.
    pub memory: f64,
    /// Regime of each scenario, 0 or 1 (M50).
    pub states: &'a [u8],
    /// a and b of the index, a + b × value, in each regime (M51).
    pub lines: [(f64, f64); 2],
}

/// Carries the `values` of the scenarios of `out` one period on: kept as they are, and put on the grid with the shift.
pub fn step(step: &Step<'_>, values: &mut [f64], out: &mut [i32]) {
    let Step { mixing, memory, states, lines: [calm, turbulent] } = *step;
    let chunks = out.chunks_mut(LANES).zip(values.chunks_mut(LANES)).zip(states.chunks(LANES));
    for (nth, ((out, values), states)) in chunks.enumerate() {
        let sums = sums(&mixing, nth);
        for (((out, value), sum), state) in out.iter_mut().zip(values).zip(sums).zip(states) {
            *value = memory * *value + sum;
            let (level, slope) = if *state == 0 { calm } else { turbulent };
            *out = to_grid(level + slope * *value + mixing.shift);
        }
    }
}

/// Rounds to Q7.24; saturates at ±128.
#[inline(always)]
pub fn to_grid(value: f64) -> i32 {
    (value * SCALE + 0.5).floor() as i32
}
