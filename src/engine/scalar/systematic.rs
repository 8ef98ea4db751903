//! What the host tells a device about a scenario, one scenario and block at a time: the reference for `Job`'s tables.

use super::survival;
use crate::engine::block::Block;
use crate::engine::default_times::PathLaw;
use crate::engine::job::{Job, path_argument, to_grid};
use crate::engine::line::Line;
use crate::engine::severity::{Severity, State, state_row};
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::math::hazard::HazardTable;
use crate::math::threshold::ThresholdTable;
use crate::math::{gamma, normal, poisson};
use crate::model::Copula;
use crate::rng::{Purpose, counter, philox4x32_10, uniform53};

/// The economy of one scenario.
pub struct Economy {
    /// W, Q7.24; 1 under the Gaussian copula.
    pub mixing: i32,
    /// Y of each segment, Q7.24, and of each period where the index has a path.
    index: Vec<i32>,
    /// Periods in which it differs.
    periods: usize,
}

impl Economy {
    /// What the economy does in `scenario`.
    pub fn new(job: &Job<'_>, scenario: u64) -> Self {
        let model = job.plan().model();
        let (n, k) = (model.segments().len(), model.n_factors());
        let path = job.plan().path();
        let periods = path.map_or(1, |(_, periods)| periods);
        let (mut index, mut values) = (vec![0; n * periods], vec![0.0; n]);
        let mut state = 0;
        for period in 0..periods {
            let normals = draw_factors(job, scenario, period as u32);
            state = path.map_or(0, |(law, _)| draw_state(job, scenario, law, (period, state)));
            for (segment, (value, shift)) in values.iter_mut().zip(job.index_shift()).enumerate() {
                // Carried on as it is (M42); the grid is for devices.
                *value = match path {
                    Some((law, _)) if period > 0 => {
                        law.memory[segment] * *value + mix(&law.innovations[segment * k..][..k], &normals)
                    }
                    _ => mix(model.segments()[segment].weights(), &normals),
                };
                let (level, slope) = path.map_or((0.0, 1.0), |(law, _)| job.index_lines(law, segment, period)[state]);
                index[segment * periods + period] = to_grid(level + slope * *value + shift);
            }
        }
        Self { mixing: mixing(job, scenario), index, periods }
    }

    /// Y of `segment` in `period`, Q7.24: low is bad.
    pub fn index_in(&self, segment: u32, period: usize) -> i32 {
        self.index[segment as usize * self.periods + period.min(self.periods - 1)]
    }
}

fn mix(weights: &[f64], normals: &[f64]) -> f64 {
    weights.iter().zip(normals).map(|(weight, normal)| weight * normal).sum()
}

/// K independent standard normals; two to a Philox block (M13). `block` is the number of the period, from 0.
fn draw_factors(job: &Job<'_>, scenario: u64, block: u32) -> Vec<f64> {
    let mut normals = vec![0.0; job.plan().model().n_factors()];
    for (pair, values) in normals.chunks_mut(2).enumerate() {
        let words = philox4x32_10(counter(Purpose::Factor, scenario, block, pair as u32), job.key());
        for (value, word) in values.iter_mut().zip(words.chunks(2)) {
            *value = normal::quantile(uniform53(word[0], word[1]));
        }
    }
    normals
}

/// The regime of `period`, from 0, by that of the period before (M50); 0 where there are none.
fn draw_state(job: &Job<'_>, scenario: u64, law: &PathLaw, (period, before): (usize, usize)) -> usize {
    let Some(regimes) = &law.regimes else { return 0 };
    let [hi, lo, ..] = philox4x32_10(counter(Purpose::Regime, scenario, period as u32, 0), job.key());
    let u = uniform53(hi, lo);
    if period == 0 { regimes.first(u) } else { regimes.next(before, u) }
}

/// W of `scenario`, Q7.24; 1 under the Gaussian copula (M4).
fn mixing(job: &Job<'_>, scenario: u64) -> i32 {
    match job.plan().model().copula() {
        Copula::Gaussian => 1 << FRACTION_BITS,
        Copula::StudentT { degrees_of_freedom } => {
            let [hi, lo, ..] = philox4x32_10(counter(Purpose::ChiSquare, scenario, 0, 0), job.key());
            let chi_square = gamma::chi_square_quantile(uniform53(hi, lo), degrees_of_freedom);
            to_grid((chi_square / degrees_of_freedom).sqrt())
        }
    }
}

/// Φ's argument of `block` in each of its periods: by the end of it, or of its hazard where the index has a path.
pub fn arguments(job: &Job<'_>, block: &Block, economy: &Economy) -> Vec<i32> {
    let at =
        |(period, &line): (usize, &Line)| path_argument(line, economy.mixing, economy.index_in(block.segment, period));
    job.plan().lines_of(block).iter().enumerate().map(at).collect()
}

/// Hits at a granular `block` in `scenario`, in all its periods together; `arguments` are those of [`arguments`].
pub fn hits(job: &Job<'_>, block: &Block, scenario: u64, arguments: &[i32]) -> u32 {
    let hazard = HazardTable::shared();
    let lambda = match job.plan().path() {
        None => arguments.last().map_or(0.0, |&x| hazard.lambda(x)),
        Some(_) => {
            let lines = job.plan().lines_of(block).iter().zip(arguments);
            let sum: f64 = lines.filter(|(line, _)| !line.is_never()).map(|(_, &x)| hazard.lambda(x)).sum();
            // No more than a single period can have: who survives that is one in 10^16, and all others were hit many times.
            sum.min(hazard.lambda(POSITION_LIMIT))
        }
    };
    // The mean is rounded to f32 before inversion: counts are then monotone in it (M8).
    let mean = (lambda * f64::from(block.obligors)) as f32;
    let [hi, lo, ..] = philox4x32_10(counter(Purpose::Count, scenario, block.number, 0), job.key());
    poisson::poisson_quantile(uniform53(hi, lo), mean)
}

/// P_1 … P_T of a block: the conditional probability of default by the end of each of its periods, as u32 thresholds (M30,
/// M44). They never decrease.
pub fn thresholds(job: &Job<'_>, arguments: &[i32]) -> Vec<u32> {
    let table = ThresholdTable::shared();
    let thresholds = arguments.iter().map(|&x| table.threshold(x));
    if job.plan().path().is_some() { survival::cumulate(thresholds) } else { thresholds.collect() }
}

/// The row of severities of a default of `block` in `period` (M46, M47).
pub fn severity_row(severity: &Severity, (economy, block, period): (&Economy, &Block, usize), arguments: &[i32]) -> u8 {
    match severity.state {
        _ if !severity.is_by_state() => 0,
        State::Index => state_row(economy.index_in(block.segment, period)),
        State::Argument => arguments.get(period).map_or(0, |&x| state_row(x)),
    }
}
