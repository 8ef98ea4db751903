//! Hits of a granular block (M5 to M8): from index and mixing variable to the conditional hazard to a Poisson count.

use super::Draws;
use crate::engine::job::argument;
use crate::engine::line::Line;
use crate::math::hazard::HazardTable;
use crate::math::poisson::poisson_quantile;
use crate::math::poisson_chunk::{CHUNK, poisson_quantiles};
use crate::math::threshold::ThresholdTable;

/// Fewer counts than this are made one by one.
const FEW: usize = 8;

/// Scenarios whose λ are looked up together.
const LANES: usize = 64;

/// What the counts of a block are made of.
#[derive(Clone, Copy)]
pub struct Counting<'a> {
    /// Where the uniform numbers come from.
    pub draws: Draws<'a>,
    /// The pool's line in Φ's argument.
    pub line: Line,
    /// Obligors of the block.
    pub obligors: u32,
    /// W of each scenario, Q7.24.
    pub mixing: &'a [i32],
    /// Y of each scenario, Q7.24.
    pub index: &'a [i32],
    /// λ.
    pub hazard: &'a HazardTable,
}

/// The counts of the scenarios from `first` on, at most [`CHUNK`], from their `words`.
#[inline(always)]
pub fn count(counting: &Counting<'_>, first: usize, words: &[u64; CHUNK], out: &mut [u32]) {
    let obligors = f64::from(counting.obligors);
    let len = out.len();
    let (mixing, index) = (&counting.mixing[first..first + len], &counting.index[first..first + len]);
    // The mean is rounded to f32 before inversion: counts are then monotone in it (M8).
    if len < FEW {
        for (place, (out, &word)) in out.iter_mut().zip(words).enumerate() {
            let x = argument(counting.line, mixing[place], index[place]);
            *out = poisson_quantile(uniform(word), (counting.hazard.lambda(x) * obligors) as f32);
        }
        return;
    }
    let mut means = [0.0f32; CHUNK];
    let groups = means.chunks_mut(LANES).zip(mixing.chunks(LANES).zip(index.chunks(LANES)));
    for (means, (mixing, index)) in groups {
        let mut positions = [0; LANES];
        for (position, (&w, &y)) in positions.iter_mut().zip(mixing.iter().zip(index)) {
            *position = argument(counting.line, w, y);
        }
        let lambdas = counting.hazard.lambdas(&positions);
        means.iter_mut().zip(lambdas).for_each(|(mean, lambda)| *mean = (lambda * obligors) as f32);
    }
    poisson_quantiles(&words.map(uniform)[..len], &means[..len], out);
}

/// What the thresholds of a named block are made of.
#[derive(Clone, Copy)]
pub struct Thresholds<'a> {
    /// The pool's line in Φ's argument.
    pub line: Line,
    /// W of each scenario, Q7.24.
    pub mixing: &'a [i32],
    /// Y of each scenario, Q7.24.
    pub index: &'a [i32],
    /// Φ as a threshold.
    pub table: &'a ThresholdTable,
}

/// The threshold of a named block in each scenario (M10).
#[inline(always)]
pub fn threshold(thresholds: &Thresholds<'_>, out: &mut [u32]) {
    let shocks = thresholds.mixing.chunks(LANES).zip(thresholds.index.chunks(LANES));
    for (out, (mixing, index)) in out.chunks_mut(LANES).zip(shocks) {
        let mut positions = [0; LANES];
        for (position, (&w, &y)) in positions.iter_mut().zip(mixing.iter().zip(index)) {
            *position = argument(thresholds.line, w, y);
        }
        out.iter_mut().zip(positions).for_each(|(out, position)| *out = thresholds.table.threshold(position));
    }
}

/// What the thresholds by the end of each period are made of.
#[derive(Clone, Copy)]
pub struct PeriodThresholds<'a> {
    /// The pool's lines in Φ's argument, one for each period.
    pub lines: &'a [Line],
    /// W of each scenario, Q7.24.
    pub mixing: &'a [i32],
    /// Y of each scenario, Q7.24.
    pub index: &'a [i32],
    /// Φ as a threshold.
    pub table: &'a ThresholdTable,
}

/// Scenarios whose thresholds are looked up together.
const SOME: usize = 16;

/// The thresholds of all periods in each scenario, a row for each (M30).
#[inline(always)]
pub fn period_threshold(thresholds: &PeriodThresholds<'_>, out: &mut [u32]) {
    let n_periods = thresholds.lines.len();
    let shocks = thresholds.mixing.chunks(SOME).zip(thresholds.index.chunks(SOME));
    for (rows, (mixing, index)) in out.chunks_mut(SOME * n_periods.max(1)).zip(shocks) {
        for (period, &line) in thresholds.lines.iter().enumerate() {
            let mut positions = [0; SOME];
            for (position, (&w, &y)) in positions.iter_mut().zip(mixing.iter().zip(index)) {
                *position = argument(line, w, y);
            }
            let column = rows.iter_mut().skip(period).step_by(n_periods);
            column.zip(positions).for_each(|(out, position)| *out = thresholds.table.threshold(position));
        }
    }
}

/// [`uniform53`](crate::rng::uniform53) of two joined words, without a conversion: 1 + cell × 2^−52, less 1 − 2^−53.
#[inline(always)]
fn uniform(words: u64) -> f64 {
    f64::from_bits(words >> 12 | 1.0f64.to_bits()) - (1.0 - 1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{philox4x32_10, uniform53};

    #[test]
    fn uniform_numbers_are_those_of_the_words() {
        let random = (0..3_456).map(|i| philox4x32_10([i, 0, 0, 0], [5, 0]));
        for [hi, lo, ..] in random.chain([[0; 4], [u32::MAX; 4]]) {
            assert_eq!(uniform(u64::from(hi) << 32 | u64::from(lo)), uniform53(hi, lo));
        }
    }
}
