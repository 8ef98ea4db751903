//! A chunk: scenarios of a plan that is too large for the device, played group after group of its shelves and added up.

use super::rate::Rate;
use super::sums::{Shape, Sums};
use super::todo::Todo;
use crate::engine::plan::Plan;
use std::ops::Range;
use std::time::Duration;

/// Bytes of the host's sums of one chunk.
const MOST_BYTES: u64 = 256 << 20;

/// Time that a chunk should take, about: long beside the uploads that it costs.
const CHUNK_TIME: Duration = Duration::from_secs(30);

/// A chunk is at most this part of a run, so that a stop finds something finished.
const CHUNKS_AT_LEAST: u64 = 4;

/// Fewer scenarios are not worth an upload.
const FEW: u64 = 64;

/// Scenarios that shelves have still to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Shelves.
    pub shelves: Range<usize>,
    /// Scenarios.
    pub todo: Todo,
}

/// See the module.
#[derive(Debug)]
pub struct Chunk {
    /// What was played.
    pub sums: Sums,
    /// What was not; the last comes first.
    pub rests: Vec<Rest>,
}

impl Chunk {
    /// Nothing of `scenarios` is played yet on any of `n_shelves`.
    pub fn new(scenarios: Range<u64>, shape: Shape, n_shelves: usize) -> Self {
        let rests = vec![Rest { shelves: 0..n_shelves, todo: Todo::new(scenarios.clone()) }];
        Self { sums: Sums::zero(scenarios, shape), rests }
    }

    /// Cuts what is left into groups; what was played stays played.
    pub fn regroup(&mut self, groups: impl Fn(Range<usize>) -> Vec<Range<usize>>) {
        for rest in std::mem::take(&mut self.rests) {
            let parts = groups(rest.shelves.clone()).into_iter().rev();
            self.rests.extend(parts.map(|shelves| Rest { shelves, todo: rest.todo.clone() }));
        }
    }
}

/// Scenarios of the next chunk in a run of `total` scenarios.
pub fn chunk_size(plan: &Plan, rate: &Rate, total: u64) -> u32 {
    let words = rate.words_per_second() * CHUNK_TIME.as_secs_f64();
    let timely = (words / plan.work_per_scenario().max(1.0)) as u64;
    let n_years = plan.horizon().map_or(0, |horizon| horizon.years());
    let fitting = MOST_BYTES / (4 + 8 * (plan.n_segments() + n_years) as u64);
    timely.min(total.div_ceil(CHUNKS_AT_LEAST)).max(FEW).min(fitting).clamp(1, u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regrouping_keeps_what_was_played() {
        let mut chunk = Chunk::new(3..103, Shape { n_segments: 1, n_years: 0 }, 5);
        let halves = |range: Range<usize>| {
            let middle = range.start + range.len().div_ceil(2);
            [range.start..middle, middle..range.end].into_iter().filter(|group| !group.is_empty()).collect()
        };
        chunk.regroup(halves);
        assert_eq!(chunk.rests.iter().map(|rest| rest.shelves.clone()).collect::<Vec<_>>(), [3..5, 0..3]);
        let first = chunk.rests.last_mut().unwrap();
        assert_eq!(first.todo.take(|_| 40), Some(3..43));
        chunk.regroup(halves);
        let rests: Vec<_> = chunk.rests.iter().map(|rest| (rest.shelves.clone(), rest.todo.left())).collect();
        assert_eq!(rests, [(4..5, 100), (3..4, 100), (2..3, 60), (0..2, 60)]);
    }
}
