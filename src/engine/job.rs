//! The job: everything about a run that is a pure function of scenario and block, and that all devices share (L1, L3).
//!
//! Floating point ends here: from Φ's argument on, a device sees integers only.

use super::block::{Block, Kernel};
use super::horizon::Horizon;
use super::line::Line;
use super::plan::Plan;
use super::severity::Severity;
use super::shocks::Shocks;
pub(super) use super::simd::to_grid;
use super::simd::{
    Along, Counting, Draws, Instructions, Mixing, Numbers, PathCounting, PeriodThresholds, States, Thresholds,
};
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::math::hazard::HazardTable;
use crate::math::threshold::ThresholdTable;
use crate::math::{gamma, normal};
use crate::model::Copula;
use crate::model::path::Climate;
use crate::rng::{Purpose, RoundKeys, key, round_keys, uniform53};

/// A plan, a seed and, for stress tests, a shift of the economy or a macro scenario.
pub struct Job<'a> {
    plan: &'a Plan,
    key: [u32; 2],
    keys: RoundKeys,
    seed: u64,
    index_shift: Vec<f64>,
    /// One for each segment; none where all are as without.
    climates: Vec<Climate>,
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

impl<'a> Job<'a> {
    /// A run of `plan` with `seed`.
    pub fn new(plan: &'a Plan, seed: u64) -> Self {
        Self {
            plan,
            key: key(seed),
            keys: round_keys(key(seed)),
            seed,
            index_shift: vec![0.0; plan.n_segments()],
            climates: vec![],
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

    pub(super) fn with_climates(self, climates: Vec<Climate>) -> Self {
        Self { climates, ..self }
    }

    /// What a macro scenario makes of the index of each segment (M51); none where it leaves all as they are.
    pub fn climates(&self) -> &[Climate] {
        &self.climates
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

    /// Round keys of the seed.
    pub(super) fn keys(&self) -> &RoundKeys {
        &self.keys
    }

    /// Where the words of `block` in `scenario` live.
    pub fn address(&self, scenario: u64, block: &Block) -> Address {
        Address { key: self.key, scenario, block: block.number }
    }

    /// What the economy does in each of `scenarios`.
    pub fn shocks(&self, scenarios: &[u64]) -> Shocks {
        self.shocks_by(Instructions::best(), scenarios)
    }

    /// [`Job::shocks`] with `instructions`: the same integers.
    pub fn shocks_by(&self, instructions: Instructions, scenarios: &[u64]) -> Shocks {
        let model = self.plan.model();
        let numbers = Numbers::new(scenarios);
        let row = numbers.padded_len();
        let mixing = self.draw_mixing(instructions, &numbers, scenarios.len());
        if let Some((law, periods)) = self.plan.path() {
            let index = self.draw_paths(instructions, (law, periods), (&numbers, scenarios.len()));
            return Shocks { scenarios: scenarios.to_vec(), numbers, mixing, index, periods };
        }
        let normals = self.draw_factors(instructions, &numbers, 0);
        let mut index = vec![0; model.segments().len() * scenarios.len()];
        let rows = index.chunks_exact_mut(scenarios.len().max(1));
        for ((out, link), &shift) in rows.zip(model.segments()).zip(&self.index_shift) {
            instructions.mix(&Mixing { normals: &normals, row, weights: link.weights(), shift }, out);
        }
        Shocks { scenarios: scenarios.to_vec(), numbers, mixing, index, periods: 1 }
    }

    /// What the host tells a device about `block` in each scenario of `shocks`: the number of hits of a granular block,
    /// the threshold of a named one; both by the end of its last period. `out` has one place per scenario.
    pub fn counts(&self, block: &Block, shocks: &Shocks, out: &mut [u32]) {
        self.counts_by(Instructions::best(), block, shocks, out);
    }

    /// [`Job::counts`] with `instructions`: the same integers.
    pub fn counts_by(&self, instructions: Instructions, block: &Block, shocks: &Shocks, out: &mut [u32]) {
        let lines = self.plan.lines_of(block);
        let Some(&line) = lines.last() else { return };
        let (mixing, index) = (shocks.mixing(), shocks.index_of(block.segment));
        let n = out.len().min(mixing.len());
        let draws = self.draws(Purpose::Count, block.number, &shocks.numbers);
        match (block.kernel, self.plan.path()) {
            (Kernel::Named, None) => {
                instructions.thresholds(&Thresholds { line, mixing, index, table: self.threshold }, out);
            }
            (Kernel::Named, Some(_)) => {
                let mut thresholds = vec![0; mixing.len() * lines.len()];
                self.period_thresholds_by(instructions, block, shocks, &mut thresholds);
                let last = thresholds.iter().skip(lines.len() - 1).step_by(lines.len());
                out.iter_mut().zip(last).for_each(|(out, &last)| *out = last);
            }
            (Kernel::Granular, None) => {
                let counting = Counting { draws, line, obligors: block.obligors, mixing, index, hazard: self.hazard };
                instructions.counts(&counting, &mut out[..n]);
            }
            (Kernel::Granular, Some(_)) => {
                let along = Along { lines, mixing, index: shocks.path_of(block.segment) };
                let counting = PathCounting { draws, along, obligors: block.obligors, hazard: self.hazard };
                instructions.path_counts(&counting, &mut out[..n]);
            }
        }
    }

    /// P_1 … P_T of `block` in each scenario of `shocks`: the conditional probability of default by the end of each of its
    /// periods, as thresholds (M30, M44). `out` has a row of as many places as periods for each scenario.
    pub fn period_thresholds(&self, block: &Block, shocks: &Shocks, out: &mut [u32]) {
        self.period_thresholds_by(Instructions::best(), block, shocks, out);
    }

    /// [`Job::period_thresholds`] with `instructions`: the same integers.
    pub fn period_thresholds_by(&self, instructions: Instructions, block: &Block, shocks: &Shocks, out: &mut [u32]) {
        let lines = self.plan.lines_of(block);
        let (mixing, index) = (shocks.mixing(), shocks.path_of(block.segment));
        match self.plan.path() {
            Some(_) => instructions.path_thresholds(&Along { lines, mixing, index }, self.threshold, out),
            None => {
                instructions.period_thresholds(&PeriodThresholds { lines, mixing, index, table: self.threshold }, out);
            }
        }
    }

    /// Rows of the table of severities for defaults of `block` in each period and scenario of `shocks`, period-major (M46,
    /// M47); `out` has as many places. Left as it is when severity does not depend on the economy.
    pub fn severity_rows(&self, block: &Block, shocks: &Shocks, out: &mut [u8]) {
        self.severity_rows_by(Instructions::best(), block, shocks, out);
    }

    /// [`Job::severity_rows`] with `instructions`: the same rows.
    pub fn severity_rows_by(&self, instructions: Instructions, block: &Block, shocks: &Shocks, out: &mut [u8]) {
        let severity = self.plan.horizon().and_then(Horizon::severity).filter(|severity| severity.is_by_state());
        if let Some(&Severity { state, .. }) = severity {
            let (mixing, index) = (shocks.mixing(), shocks.path_of(block.segment));
            let lines = self.plan.lines_of(block);
            instructions.severity_rows(&States { state, lines, mixing, index }, out);
        }
    }

    pub(super) fn draws<'b>(&'b self, purpose: Purpose, block: u32, numbers: &'b Numbers) -> Draws<'b> {
        Draws { keys: &self.keys, purpose, block, index: 0, numbers, first: 0 }
    }

    /// K independent standard normals for each of `numbers`, factor-major; two to a Philox block (M13). `block` is 0 for the
    /// first period, t − 1 for period t of a path.
    pub(super) fn draw_factors(&self, instructions: Instructions, numbers: &Numbers, block: u32) -> Vec<f64> {
        let row = numbers.padded_len();
        let mut normals = Vec::with_capacity(row * self.plan.model().n_factors());
        let (mut first, mut second) = (vec![0; row], vec![0; row]);
        for pair in 0..self.plan.model().n_factors().div_ceil(2) {
            let draws = Draws { index: pair as u32, ..self.draws(Purpose::Factor, block, numbers) };
            instructions.draws(&draws, &mut first, &mut second);
            for words in [&first, &second] {
                normals.extend(words.iter().map(|&words| normal::quantile(uniform(words))));
            }
        }
        normals
    }

    /// W of each of the first `n` of `numbers` (M4).
    fn draw_mixing(&self, instructions: Instructions, numbers: &Numbers, n: usize) -> Vec<i32> {
        match self.plan.model().copula() {
            Copula::Gaussian => vec![1 << FRACTION_BITS; n],
            Copula::StudentT { degrees_of_freedom } => {
                let (mut words, mut unused) = (vec![0; numbers.padded_len()], vec![0; numbers.padded_len()]);
                instructions.draws(&self.draws(Purpose::ChiSquare, 0, numbers), &mut words, &mut unused);
                let mixing = |&words: &u64| {
                    let chi_square = gamma::chi_square_quantile(uniform(words), degrees_of_freedom);
                    to_grid((chi_square / degrees_of_freedom).sqrt())
                };
                words.iter().take(n).map(mixing).collect()
            }
        }
    }
}

/// The uniform number of two joined words.
pub(super) fn uniform(words: u64) -> f64 {
    uniform53((words >> 32) as u32, words as u32)
}

/// x = A W − B Y in Q7.24, clamped to the grid; rises with A W and falls with Y (M5).
#[inline(always)]
pub(super) fn argument(line: Line, mixing: i32, index: i32) -> i32 {
    let level = round_shift(i64::from(line.threshold) * i64::from(mixing), line.shift);
    let drift = round_shift(i64::from(line.slope) * i64::from(index), FRACTION_BITS);
    (level - drift).clamp(-i64::from(POSITION_LIMIT), i64::from(POSITION_LIMIT)) as i32
}

/// [`argument`] of a line of a path (M44): the lower end of the grid where nobody defaults.
#[inline(always)]
pub(super) fn path_argument(line: Line, mixing: i32, index: i32) -> i32 {
    if line.is_never() { -POSITION_LIMIT } else { argument(line, mixing, index) }
}

/// value / 2^shift, rounded half up.
#[inline(always)]
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
        let scale = f64::from(1 << FRACTION_BITS);
        let slope = (0.15_f64.sqrt() / rest * scale).round() as i32;
        let x = argument(Line { threshold, shift: 29, slope }, 1 << FRACTION_BITS, -(2 << FRACTION_BITS));
        let exact = (quantile + 2.0 * 0.15_f64.sqrt()) / rest;
        assert!((f64::from(x) / scale - exact).abs() < 2e-7, "{x}");
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
