//! Losses and defaults that came back from the device, of all segments and some or all of the plan's shelves.

use super::interface::HEADER_WORDS;
use crate::engine::device::Part;
use crate::engine::plan::{CertainLoss, Plan};
use std::ops::Range;

/// How many sums a scenario has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Segments.
    pub n_segments: usize,
    /// Years; 0 in a plan of one period.
    pub n_years: usize,
}

impl Shape {
    /// That of `plan`.
    pub fn of(plan: &Plan) -> Self {
        Self { n_segments: plan.n_segments(), n_years: plan.horizon().map_or(0, |horizon| horizon.years()) }
    }

    /// Words of a scenario on the device: its defaults, and two for each loss.
    pub fn words(self) -> u64 {
        1 + 2 * (self.n_segments + self.n_years) as u64
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Scenario numbers.
    pub scenarios: Range<u64>,
    /// Defaults by scenario.
    defaults: Vec<u32>,
    /// Losses in units by scenario and segment, scenario-major.
    losses: Vec<u64>,
    /// Losses in units by scenario and year, scenario-major; none in a plan of one period.
    years: Vec<u64>,
}

impl Sums {
    /// No losses.
    pub fn zero(scenarios: Range<u64>, shape: Shape) -> Self {
        let n = (scenarios.end - scenarios.start) as usize;
        let years = vec![0; n * shape.n_years];
        Self { scenarios, defaults: vec![0; n], losses: vec![0; n * shape.n_segments], years }
    }

    /// From the words of a batch, header and all.
    pub fn read(scenarios: Range<u64>, words: &[u32], shape: Shape) -> Self {
        let n = (scenarios.end - scenarios.start) as usize;
        let sums = words.get(HEADER_WORDS as usize..).unwrap_or_default();
        let (defaults, losses) = sums.split_at(n.min(sums.len()));
        let loss = |word: &[u32]| u64::from(word[1]) << 32 | u64::from(word[0]);
        let (losses, years) = losses.split_at((2 * n * shape.n_segments).min(losses.len()));
        let [losses, years] = [losses, years].map(|words| words.chunks_exact(2).map(loss).collect());
        Self { scenarios, defaults: defaults.to_vec(), losses, years }
    }

    /// Adds what other shelves lost in some of these scenarios.
    pub fn add(&mut self, other: &Self) {
        let place = other.scenarios.start.saturating_sub(self.scenarios.start) as usize;
        let n = self.defaults.len().max(1);
        for (sums, others) in [(&mut self.losses, &other.losses), (&mut self.years, &other.years)] {
            let first = place * (sums.len() / n);
            sums.iter_mut().skip(first).zip(others).for_each(|(sum, loss)| *sum += loss);
        }
        let defaults = self.defaults.iter_mut().skip(place).zip(&other.defaults);
        defaults.for_each(|(sum, defaults)| *sum += defaults);
    }

    /// With the losses that each segment has in every scenario, all of them in the first year.
    pub fn into_part(mut self, certain: &[CertainLoss]) -> Part {
        let always = certain.iter().map(|certain| certain.defaults).sum::<u32>();
        self.defaults.iter_mut().for_each(|defaults| *defaults += always);
        self.losses.iter_mut().zip(certain.iter().cycle()).for_each(|(loss, certain)| *loss += certain.loss);
        let n_years = self.years.len() / self.defaults.len().max(1);
        let at_once = certain.iter().map(|certain| certain.loss).sum::<u64>();
        self.years.iter_mut().step_by(n_years.max(1)).for_each(|year| *year += at_once);
        let losses = self.losses.chunks(certain.len().max(1)).map(|segments| segments.iter().sum()).collect();
        Part {
            scenarios: self.scenarios,
            losses,
            defaults: self.defaults,
            segment_losses: self.losses,
            year_losses: self.years,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_shelves_add_up_and_certain_losses_come_once() {
        let header = [9; HEADER_WORDS as usize];
        let words = |defaults: [u32; 2], losses: [u32; 8]| [header.as_slice(), &defaults, &losses].concat();
        let shape = Shape { n_segments: 2, n_years: 0 };
        let mut sums = Sums::zero(5..8, shape);
        sums.add(&Sums::read(6..8, &words([1, 2], [10, 1, 20, 0, 30, 0, 40, 0]), shape));
        sums.add(&Sums::read(5..7, &words([3, 4], [5, 0, 6, 0, 7, 0, 8, 0]), shape));
        let part = sums.into_part(&[CertainLoss { loss: 100, defaults: 1 }, CertainLoss { loss: 200, defaults: 2 }]);
        assert_eq!(part.scenarios, 5..8);
        assert_eq!(part.defaults, [6, 8, 5]);
        assert_eq!(part.segment_losses, [105, 206, (1 << 32) + 117, 228, 130, 240]);
        assert_eq!(part.losses, [311, (1 << 32) + 345, 370]);
        assert_eq!(part.year_losses, [0; 0]);
    }

    #[test]
    fn years_add_up_and_certain_losses_come_in_the_first() {
        let shape = Shape { n_segments: 1, n_years: 3 };
        assert_eq!(shape.words(), 9);
        let words: Vec<u32> = [vec![0; HEADER_WORDS as usize], (1..=18).collect()].concat();
        let mut sums = Sums::zero(5..8, shape);
        sums.add(&Sums::read(5..7, &words, shape));
        sums.add(&Sums::read(6..8, &words, shape));
        let part = sums.into_part(&[CertainLoss { loss: 100, defaults: 1 }]);
        assert_eq!(part.defaults, [2, 4, 3]);
        let low = part.year_losses.iter().map(|loss| *loss as u32).collect::<Vec<_>>();
        assert_eq!(low, [107, 9, 11, 13 + 107, 15 + 9, 17 + 11, 113, 15, 17]);
        assert_eq!(part.year_losses[8] >> 32, 18);
    }
}
