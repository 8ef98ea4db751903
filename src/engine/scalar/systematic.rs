//! What the host tells a device about a scenario, one scenario and block at a time: the reference for `Job`'s tables.

use crate::engine::block::{Block, Kernel};
use crate::engine::job::{Job, argument, to_grid};
use crate::math::grid::FRACTION_BITS;
use crate::math::hazard::HazardTable;
use crate::math::threshold::ThresholdTable;
use crate::math::{gamma, normal, poisson};
use crate::model::Copula;
use crate::rng::{Purpose, counter, philox4x32_10, uniform53};

/// Y of every segment in `scenario`, Q7.24: low is bad.
pub fn index(job: &Job<'_>, scenario: u64) -> Vec<i32> {
    let model = job.plan().model();
    let normals = draw_factors(job, scenario);
    let of_segment = |(segment, shift): (usize, &f64)| {
        let weights = model.segments()[segment].weights();
        let mixed: f64 = weights.iter().zip(&normals).map(|(weight, normal)| weight * normal).sum();
        to_grid(mixed + shift)
    };
    job.index_shift().iter().enumerate().map(of_segment).collect()
}

/// K independent standard normals; two to a Philox block (M13).
fn draw_factors(job: &Job<'_>, scenario: u64) -> Vec<f64> {
    let mut normals = vec![0.0; job.plan().model().n_factors()];
    for (pair, values) in normals.chunks_mut(2).enumerate() {
        let words = philox4x32_10(counter(Purpose::Factor, scenario, 0, pair as u32), job.key());
        for (value, word) in values.iter_mut().zip(words.chunks(2)) {
            *value = normal::quantile(uniform53(word[0], word[1]));
        }
    }
    normals
}

/// W of `scenario`, Q7.24; 1 under the Gaussian copula (M4).
pub fn mixing(job: &Job<'_>, scenario: u64) -> i32 {
    match job.plan().model().copula() {
        Copula::Gaussian => 1 << FRACTION_BITS,
        Copula::StudentT { degrees_of_freedom } => {
            let [hi, lo, ..] = philox4x32_10(counter(Purpose::ChiSquare, scenario, 0, 0), job.key());
            let chi_square = gamma::chi_square_quantile(uniform53(hi, lo), degrees_of_freedom);
            to_grid((chi_square / degrees_of_freedom).sqrt())
        }
    }
}

/// Hits or threshold of `block` in `scenario`, whose systematic part is `mixing` and `index`: of its last period.
pub fn count(job: &Job<'_>, block: &Block, scenario: u64, (mixing, index): (i32, i32)) -> u32 {
    let Some(&line) = job.plan().lines_of(block).last() else { return 0 };
    let x = argument(line, mixing, index);
    match block.kernel {
        Kernel::Named => ThresholdTable::shared().threshold(x),
        Kernel::Granular => {
            // The mean is rounded to f32 before inversion: counts are then monotone in it (M8).
            let mean = (HazardTable::shared().lambda(x) * f64::from(block.obligors)) as f32;
            let [hi, lo, ..] = philox4x32_10(counter(Purpose::Count, scenario, block.number, 0), job.key());
            poisson::poisson_quantile(uniform53(hi, lo), mean)
        }
    }
}

/// P_1 … P_T of `block`: the conditional probability of default by the end of each of its periods, as u32 thresholds (M30).
/// They never decrease.
pub fn thresholds(job: &Job<'_>, block: &Block, (mixing, index): (i32, i32)) -> Vec<u32> {
    let table = ThresholdTable::shared();
    job.plan().lines_of(block).iter().map(|&line| table.threshold(argument(line, mixing, index))).collect()
}
