//! The job: everything about a run that is a pure function of scenario and block, and that all devices share (L1, L3).
//!
//! Floating point ends here: from Φ's argument on, a device sees integers only.

use super::plan::{Block, Kernel, Line, Plan};
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::math::hazard::HazardTable;
use crate::math::threshold::ThresholdTable;
use crate::math::{gamma, normal, poisson};
use crate::model::Copula;
use crate::rng::{Purpose, counter, key, philox4x32_10, uniform53};

/// Q7.24: the grid on which the index Y, the mixing variable W and Φ's argument live.
const SCALE: f64 = (1u32 << FRACTION_BITS) as f64;

/// A plan, a seed and, for stress tests, a shift of the economy.
pub struct Job<'a> {
    plan: &'a Plan,
    key: [u32; 2],
    seed: u64,
    index_shift: Vec<f64>,
    hazard: &'static HazardTable,
    threshold: &'static ThresholdTable,
}

/// Where the words of one (scenario, block) live.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    /// Philox key of the seed.
    pub key: [u32; 2],
    /// Scenario number.
    pub scenario: u64,
    /// Block number.
    pub block: u32,
}

/// The systematic part of some scenarios: what the economy does in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shocks {
    scenarios: Vec<u64>,
    /// W = √(chi-square / nu) of each scenario in Q7.24 (M4); 1 under the Gaussian copula.
    mixing: Vec<i32>,
    /// Y of each segment and scenario in Q7.24, segment-major.
    index: Vec<i32>,
}

impl Shocks {
    /// The scenario numbers, in the order in which they were asked for.
    pub fn scenarios(&self) -> &[u64] {
        &self.scenarios
    }

    /// W of each scenario, Q7.24; 1 under the Gaussian copula.
    pub fn mixing(&self) -> &[i32] {
        &self.mixing
    }

    /// Y of every segment and scenario, Q7.24, segment-major.
    pub fn index(&self) -> &[i32] {
        &self.index
    }

    /// Y of `segment` in each scenario, Q7.24: low is bad.
    pub fn index_of(&self, segment: u32) -> &[i32] {
        &self.index[segment as usize * self.scenarios.len()..][..self.scenarios.len()]
    }
}

impl<'a> Job<'a> {
    /// A run of `plan` with `seed`.
    pub fn new(plan: &'a Plan, seed: u64) -> Self {
        Self {
            plan,
            key: key(seed),
            seed,
            index_shift: vec![0.0; plan.n_segments()],
            hazard: HazardTable::shared(),
            threshold: ThresholdTable::shared(),
        }
    }

    /// The same run with the factors moved by `shift` (M23): standard deviations, one per factor; negative is adverse
    /// for a segment with positive loadings.
    pub fn shifted(mut self, shift: &[f64]) -> Self {
        self.index_shift = self.plan.model().segments().iter().map(|segment| segment.index_shift(shift)).collect();
        self
    }

    /// The plan.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How far the index of each segment is moved, standard deviations.
    pub fn index_shift(&self) -> &[f64] {
        &self.index_shift
    }

    /// Philox key of the seed.
    pub fn key(&self) -> [u32; 2] {
        self.key
    }

    /// Where the words of `block` in `scenario` live.
    pub fn address(&self, scenario: u64, block: &Block) -> Address {
        Address { key: self.key, scenario, block: block.number }
    }

    /// What the economy does in each of `scenarios`.
    pub fn shocks(&self, scenarios: &[u64]) -> Shocks {
        let model = self.plan.model();
        let n = scenarios.len();
        let mut index = vec![0; model.segments().len() * n];
        let mut normals = vec![0.0; model.n_factors()];
        for (place, &scenario) in scenarios.iter().enumerate() {
            self.draw_factors(scenario, &mut normals);
            for ((segment, link), shift) in model.segments().iter().enumerate().zip(&self.index_shift) {
                let mixed: f64 = link.weights().iter().zip(&normals).map(|(weight, normal)| weight * normal).sum();
                index[segment * n + place] = to_grid(mixed + shift);
            }
        }
        let mixing = scenarios.iter().map(|&scenario| self.draw_mixing(scenario)).collect();
        Shocks { scenarios: scenarios.to_vec(), mixing, index }
    }

    /// What the host tells a device about `block` in each scenario of `shocks`: the number of hits of a granular block,
    /// the threshold of a named one. `out` has one place per scenario.
    pub fn counts(&self, block: &Block, shocks: &Shocks, out: &mut [u32]) {
        let line = self.plan.pools()[block.pool as usize].line;
        let arguments = shocks.mixing.iter().zip(shocks.index_of(block.segment)).map(|(&w, &y)| argument(line, w, y));
        match block.kernel {
            Kernel::Named => {
                out.iter_mut().zip(arguments).for_each(|(out, x)| *out = self.threshold.threshold(x));
            }
            Kernel::Granular => {
                let obligors = f64::from(block.obligors);
                for ((out, x), &scenario) in out.iter_mut().zip(arguments).zip(&shocks.scenarios) {
                    // The mean is rounded to f32 before inversion: counts are then monotone in it (M8).
                    let mean = (self.hazard.lambda(x) * obligors) as f32;
                    let [hi, lo, ..] = philox4x32_10(counter(Purpose::Count, scenario, block.number, 0), self.key);
                    *out = poisson::poisson_quantile(uniform53(hi, lo), mean);
                }
            }
        }
    }

    /// K independent standard normals; two to a Philox block (M13).
    fn draw_factors(&self, scenario: u64, normals: &mut [f64]) {
        for (pair, values) in normals.chunks_mut(2).enumerate() {
            let words = philox4x32_10(counter(Purpose::Factor, scenario, 0, pair as u32), self.key);
            for (value, word) in values.iter_mut().zip(words.chunks(2)) {
                *value = normal::quantile(uniform53(word[0], word[1]));
            }
        }
    }

    fn draw_mixing(&self, scenario: u64) -> i32 {
        match self.plan.model().copula() {
            Copula::Gaussian => 1 << FRACTION_BITS,
            Copula::StudentT { degrees_of_freedom } => {
                let [hi, lo, ..] = philox4x32_10(counter(Purpose::ChiSquare, scenario, 0, 0), self.key);
                let chi_square = gamma::chi_square_quantile(uniform53(hi, lo), degrees_of_freedom);
                to_grid((chi_square / degrees_of_freedom).sqrt())
            }
        }
    }
}

/// Rounds to Q7.24; saturates at ±128.
fn to_grid(value: f64) -> i32 {
    (value * SCALE + 0.5).floor() as i32
}

/// x = A W − B Y in Q7.24, clamped to the grid; rises with A W and falls with Y (M5).
pub(super) fn argument(line: Line, mixing: i32, index: i32) -> i32 {
    let level = round_shift(i64::from(line.threshold) * i64::from(mixing), line.shift);
    let drift = round_shift(i64::from(line.slope) * i64::from(index), FRACTION_BITS);
    (level - drift).clamp(-i64::from(POSITION_LIMIT), i64::from(POSITION_LIMIT)) as i32
}

/// value / 2^shift, rounded half up.
fn round_shift(value: i64, shift: u32) -> i64 {
    (value + ((1 << shift) >> 1)) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_is_the_conditional_quantile() {
        // PD 2 %, rho 0.15, Y = −2: x = (Φ⁻¹(.02) + 2 √.15) / √.85
        let (quantile, rest) = (-2.053_748_910_631_823, 0.85_f64.sqrt());
        let threshold = (quantile / rest * f64::from(1 << 29)).round() as i32;
        let slope = (0.15_f64.sqrt() / rest * SCALE).round() as i32;
        let x = argument(Line { threshold, shift: 29, slope }, 1 << FRACTION_BITS, -(2 << FRACTION_BITS));
        let exact = (quantile + 2.0 * 0.15_f64.sqrt()) / rest;
        assert!((f64::from(x) / SCALE - exact).abs() < 2e-7, "{x}");
        assert_eq!(round_shift(-3, 1), -1);
        assert_eq!(round_shift(3, 1), 2);
        assert_eq!(round_shift(5, 0), 5);
    }

    #[test]
    fn the_grid_saturates_instead_of_wrapping() {
        assert_eq!(to_grid(1e9), i32::MAX);
        let steep = Line { threshold: i32::MIN, shift: 0, slope: i32::MAX };
        assert_eq!(argument(steep, i32::MAX, i32::MAX), -POSITION_LIMIT);
    }
}
