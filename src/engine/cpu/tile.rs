//! A tile: some scenarios of every block, block by block, on one thread.

use super::timed::{Played, Timed};
use crate::engine::block::{Block, Kernel};
use crate::engine::device::Part;
use crate::engine::job::Job;
use crate::engine::simd::{GROUP, Ground, Hits, Instructions, Names, Numbers, entry, parts};
use std::ops::Range;

/// Scenarios and segments that are turned around together: a square of that side stays in the first-level cache.
const SQUARE: usize = 16;

/// Losses of a tile's scenarios, and the scratch memory to play them; reused from tile to tile.
#[derive(Debug, Default)]
pub struct Tile {
    n_segments: usize,
    /// Scenario-major, as others want it.
    segment_losses: Vec<u64>,
    /// Segment-major, as blocks are played.
    by_segment: Vec<u64>,
    losses: Vec<u64>,
    defaults: Vec<u32>,
    counts: Vec<u32>,
    sums: Vec<u64>,
    entries: Vec<u64>,
    ground: Ground,
    timed: Timed,
}

/// Where the loss of a block in a scenario goes: its segment's, the total, and the defaults.
type Sums<'a> = (&'a mut u64, (&'a mut u64, &'a mut u32));

impl Tile {
    /// Plays `scenarios` with `instructions`, replacing what the tile held.
    pub fn play(&mut self, job: &Job<'_>, scenarios: &[u64], instructions: Instructions) {
        let plan = job.plan();
        let n = scenarios.len();
        self.n_segments = plan.n_segments();
        self.by_segment.clear();
        for certain in plan.certain() {
            self.by_segment.resize(self.by_segment.len() + n, certain.loss);
        }
        self.losses.clear();
        let certain: u64 = plan.certain().iter().map(|certain| certain.loss).sum();
        self.losses.resize(n, certain);
        self.timed.begin(plan.horizon(), n, certain);
        self.defaults.clear();
        self.defaults.resize(n, plan.certain().iter().map(|certain| certain.defaults).sum());
        // Padded for whole groups of lanes; the threshold of the padding is 0, and it has no default.
        self.counts.clear();
        self.counts.resize(n.next_multiple_of(GROUP), 0);
        self.sums.resize(n.next_multiple_of(GROUP), 0);
        let shocks = job.shocks_by(instructions, scenarios);
        for block in plan.random_blocks() {
            // Names of several periods need the thresholds of all of them, and no count.
            if plan.horizon().is_none() || block.kernel == Kernel::Granular {
                job.counts_by(instructions, block, &shocks, &mut self.counts[..n]);
            }
            match plan.horizon() {
                None => self.play_block(job, block, (instructions, shocks.numbers())),
                Some(horizon) => {
                    let played = Played { instructions, shocks: &shocks, counts: &self.counts[..n] };
                    self.timed.play(job, (block, horizon), &played);
                }
            }
            let by_segment = &mut self.by_segment[block.segment as usize * n..][..n];
            let totals = by_segment.iter_mut().zip(self.losses.iter_mut().zip(&mut self.defaults));
            let add = |((of_segment, (losses, defaults)), (loss, more)): (Sums<'_>, (u64, u32))| {
                *of_segment += loss;
                *losses += loss;
                *defaults += more;
            };
            match plan.horizon() {
                None => totals.zip(self.sums.iter().map(|&sum| parts(sum))).for_each(add),
                Some(_) => totals.zip(self.timed.sums()).for_each(add),
            }
        }
        self.turn_around();
    }

    /// Plays a block of one period, whose hits or thresholds are the tile's counts; its sums are the tile's.
    fn play_block(&mut self, job: &Job<'_>, block: &Block, (instructions, numbers): (Instructions, &Numbers)) {
        let n = self.defaults.len();
        let (keys, losses) = (job.keys(), job.plan().losses_of(block));
        match block.kernel {
            Kernel::Granular => {
                self.ground.lay(losses);
                let counts = &self.counts[..n];
                let hits = Hits { keys, block: block.number, obligors: block.obligors, numbers, first: 0, counts };
                instructions.hits(&hits, &mut self.ground, &mut self.sums);
            }
            Kernel::Named => {
                self.entries.clear();
                self.entries.extend(losses.iter().map(|&loss| entry(loss)));
                self.entries.resize(losses.len().next_multiple_of(4), 0);
                // The kernels take 16 or fewer scenarios at a time.
                let thresholds = &self.counts[..n.next_multiple_of(16)];
                let names = Names { keys, block: block.number, entries: &self.entries, numbers, thresholds };
                instructions.names(&names, &mut self.sums);
            }
        }
    }

    fn turn_around(&mut self) {
        let (n, n_segments) = (self.defaults.len(), self.n_segments);
        if n_segments == 1 {
            return std::mem::swap(&mut self.segment_losses, &mut self.by_segment);
        }
        self.segment_losses.resize(n * n_segments, 0);
        for first_place in (0..n).step_by(SQUARE) {
            for first_segment in (0..n_segments).step_by(SQUARE) {
                for place in first_place..n.min(first_place + SQUARE) {
                    for segment in first_segment..n_segments.min(first_segment + SQUARE) {
                        self.segment_losses[place * n_segments + segment] = self.by_segment[segment * n + place];
                    }
                }
            }
        }
    }

    /// Loss of each scenario and segment, units, scenario-major.
    pub fn segment_losses(&self) -> &[u64] {
        &self.segment_losses
    }

    /// What was played, as the outcome of the consecutive `scenarios`.
    pub fn part(&self, scenarios: Range<u64>) -> Part {
        Part {
            scenarios,
            losses: self.losses.clone(),
            defaults: self.defaults.clone(),
            segment_losses: self.segment_losses.clone(),
            year_losses: self.timed.years().to_vec(),
        }
    }
}
