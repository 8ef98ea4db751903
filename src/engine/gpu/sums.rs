//! Losses and defaults that came back from the device, of all segments and some or all of the plan's shelves.

use super::interface::HEADER_WORDS;
use crate::engine::device::Part;
use crate::engine::plan::CertainLoss;
use std::ops::Range;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Scenario numbers.
    pub scenarios: Range<u64>,
    /// Defaults by scenario.
    defaults: Vec<u32>,
    /// Losses in units by scenario and segment, scenario-major.
    losses: Vec<u64>,
}

impl Sums {
    /// No losses, for `scenarios` and `n_segments`.
    pub fn zero(scenarios: Range<u64>, n_segments: usize) -> Self {
        let n = (scenarios.end - scenarios.start) as usize;
        Self { scenarios, defaults: vec![0; n], losses: vec![0; n * n_segments] }
    }

    /// From the words of a batch, header and all.
    pub fn read(scenarios: Range<u64>, words: &[u32]) -> Self {
        let n = (scenarios.end - scenarios.start) as usize;
        let sums = words.get(HEADER_WORDS as usize..).unwrap_or_default();
        let (defaults, losses) = sums.split_at(n.min(sums.len()));
        let loss = |word: &[u32]| u64::from(word[1]) << 32 | u64::from(word[0]);
        Self { scenarios, defaults: defaults.to_vec(), losses: losses.chunks_exact(2).map(loss).collect() }
    }

    /// Adds what other shelves lost in some of these scenarios.
    pub fn add(&mut self, other: &Self) {
        let place = other.scenarios.start.saturating_sub(self.scenarios.start) as usize;
        let n_segments = self.losses.len() / self.defaults.len().max(1);
        let losses = self.losses.iter_mut().skip(place * n_segments).zip(&other.losses);
        losses.for_each(|(sum, loss)| *sum += loss);
        let defaults = self.defaults.iter_mut().skip(place).zip(&other.defaults);
        defaults.for_each(|(sum, defaults)| *sum += defaults);
    }

    /// With the losses that each segment has in every scenario.
    pub fn into_part(mut self, certain: &[CertainLoss]) -> Part {
        let always = certain.iter().map(|certain| certain.defaults).sum::<u32>();
        self.defaults.iter_mut().for_each(|defaults| *defaults += always);
        self.losses.iter_mut().zip(certain.iter().cycle()).for_each(|(loss, certain)| *loss += certain.loss);
        let losses = self.losses.chunks(certain.len().max(1)).map(|segments| segments.iter().sum()).collect();
        Part {
            scenarios: self.scenarios,
            losses,
            defaults: self.defaults,
            segment_losses: self.losses,
            year_losses: vec![],
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
        let mut sums = Sums::zero(5..8, 2);
        sums.add(&Sums::read(6..8, &words([1, 2], [10, 1, 20, 0, 30, 0, 40, 0])));
        sums.add(&Sums::read(5..7, &words([3, 4], [5, 0, 6, 0, 7, 0, 8, 0])));
        let part = sums.into_part(&[CertainLoss { loss: 100, defaults: 1 }, CertainLoss { loss: 200, defaults: 2 }]);
        assert_eq!(part.scenarios, 5..8);
        assert_eq!(part.defaults, [6, 8, 5]);
        assert_eq!(part.segment_losses, [105, 206, (1 << 32) + 117, 228, 130, 240]);
        assert_eq!(part.losses, [311, (1 << 32) + 345, 370]);
    }
}
