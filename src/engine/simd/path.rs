//! Blocks whose defaults follow a path of the index (M44): who has survived by the end of each period, and how many hits there
//! are in all of them.

use super::Draws;
use crate::engine::job::path_argument;
use crate::engine::line::Line;
use crate::math::grid::POSITION_LIMIT;
use crate::math::hazard::HazardTable;
use crate::math::poisson::poisson_quantile;
use crate::math::poisson_chunk::{CHUNK, poisson_quantiles};
use crate::math::threshold::ThresholdTable;
use crate::rng::{mulhi, uniform53};

/// Fewer counts than this are made one by one.
const FEW: usize = 8;

/// Scenarios that are looked up together.
const LANES: usize = 16;

/// The economy of some scenarios along the path of a block's segment, and the block's lines.
#[derive(Clone, Copy)]
pub struct Along<'a> {
    /// Lines in Φ's argument, one for each period of the block.
    pub lines: &'a [Line],
    /// W of each scenario, Q7.24.
    pub mixing: &'a [i32],
    /// Y of each period and scenario, Q7.24, period-major.
    pub index: &'a [i32],
}

impl Along<'_> {
    /// Φ's arguments of the `LANES` scenarios from `first` on in `period`; whatever where there are not so many.
    #[inline(always)]
    fn arguments(&self, (period, line): (usize, Line), first: usize) -> [i32; LANES] {
        let n = self.mixing.len();
        let end = n.min(first + LANES);
        let (mixing, index) = (&self.mixing[first..end], &self.index[period * n + first..period * n + end]);
        let mut positions = [0; LANES];
        for (position, (&w, &y)) in positions.iter_mut().zip(mixing.iter().zip(index)) {
            *position = path_argument(line, w, y);
        }
        positions
    }
}

/// P_1 … P_T of a block in each scenario, a row for each: whoever has not survived S_t = S_{t−1} (1 − q_t) has defaulted.
#[inline(always)]
pub fn path_threshold(along: &Along<'_>, table: &ThresholdTable, out: &mut [u32]) {
    let n_periods = along.lines.len().max(1);
    for (nth, rows) in out.chunks_mut(LANES * n_periods).enumerate() {
        let mut survivors = [u32::MAX; LANES];
        for (period, &line) in along.lines.iter().enumerate() {
            let positions = along.arguments((period, line), nth * LANES);
            let hazards = positions.map(|position| table.threshold(position));
            for lane in 0..LANES {
                survivors[lane] -= mulhi(survivors[lane], hazards[lane]);
            }
            let column = rows.iter_mut().skip(period).step_by(n_periods);
            column.zip(survivors).for_each(|(out, survivors)| *out = u32::MAX - survivors);
        }
    }
}

/// What the counts of a granular block are made of.
#[derive(Clone, Copy)]
pub struct PathCounting<'a> {
    /// Where the uniform numbers come from.
    pub draws: Draws<'a>,
    /// Lines and economy.
    pub along: Along<'a>,
    /// Obligors of the block.
    pub obligors: u32,
    /// λ.
    pub hazard: &'a HazardTable,
}

/// The counts of the scenarios from `first` on, at most [`CHUNK`], from their `words`: hits in all periods together.
#[inline(always)]
pub fn path_count(counting: &PathCounting<'_>, first: usize, words: &[u64; CHUNK], out: &mut [u32]) {
    let obligors = f64::from(counting.obligors);
    let most = counting.hazard.lambda(POSITION_LIMIT);
    let mut means = [0.0f32; CHUNK];
    for (nth, means) in means[..out.len()].chunks_mut(LANES).enumerate() {
        let mut sums = [0.0; LANES];
        for (period, &line) in counting.along.lines.iter().enumerate().filter(|(_, line)| !line.is_never()) {
            let positions = counting.along.arguments((period, line), first + nth * LANES);
            let lambdas = counting.hazard.lambdas(&positions);
            for lane in 0..LANES {
                sums[lane] += lambdas[lane];
            }
        }
        // No more than a single period can have: who survives that is one in 10^16. The mean is rounded to f32 before
        // inversion: counts are then monotone in it (M8).
        means.iter_mut().zip(sums).for_each(|(mean, sum)| *mean = (sum.min(most) * obligors) as f32);
    }
    let us = words.map(|words| uniform53((words >> 32) as u32, words as u32));
    if out.len() < FEW {
        out.iter_mut().zip(us.iter().zip(means)).for_each(|(out, (&u, mean))| *out = poisson_quantile(u, mean));
    } else {
        poisson_quantiles(&us[..out.len()], &means[..out.len()], out);
    }
}
