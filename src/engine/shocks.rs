//! What the economy does in some scenarios, as devices see it: the mixing variable and the index of each segment, integers.

use super::simd::Numbers;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shocks {
    pub(super) scenarios: Vec<u64>,
    pub(super) numbers: Numbers,
    /// W = √(chi-square / nu) of each scenario in Q7.24 (M4); 1 under the Gaussian copula.
    pub(super) mixing: Vec<i32>,
    /// Y in Q7.24: segment-major, then by period where the index has a path, then by scenario.
    pub(super) index: Vec<i32>,
    /// Periods in which the index of a segment differs: 1, or T of a plan in path mode.
    pub(super) periods: usize,
}

impl Shocks {
    /// The scenario numbers, in the order in which they were asked for.
    pub fn scenarios(&self) -> &[u64] {
        &self.scenarios
    }

    /// The scenario numbers as kernels want them.
    pub(super) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// W of each scenario, Q7.24; 1 under the Gaussian copula. One number for the whole horizon.
    pub fn mixing(&self) -> &[i32] {
        &self.mixing
    }

    /// Y of every segment, period and scenario, Q7.24: segment-major; in path mode T rows of scenarios for each segment (M42),
    /// otherwise one.
    pub fn index(&self) -> &[i32] {
        &self.index
    }

    /// Y of `segment` in each scenario, Q7.24: low is bad; in the first period, where the index has a path.
    pub fn index_of(&self, segment: u32) -> &[i32] {
        self.index_in(segment, 0)
    }

    /// Y of `segment` in `period`, from 0, in each scenario, Q7.24: the same in all periods unless the index has a path (M42).
    pub fn index_in(&self, segment: u32, period: usize) -> &[i32] {
        let row = segment as usize * self.periods + period.min(self.periods - 1);
        &self.index[row * self.scenarios.len()..][..self.scenarios.len()]
    }

    /// Y of `segment` in all its periods: as many rows of scenarios as it has a path of periods, otherwise one.
    pub(super) fn path_of(&self, segment: u32) -> &[i32] {
        let n = self.periods * self.scenarios.len();
        &self.index[segment as usize * n..][..n]
    }
}
