//! A tile: some scenarios of every block, block by block, on one thread.

use super::{granular, named};
use crate::engine::device::Part;
use crate::engine::job::Job;
use crate::engine::plan::Kernel;
use std::ops::Range;

/// Losses of a tile's scenarios, and the scratch memory to play them; reused from tile to tile.
#[derive(Debug, Default)]
pub struct Tile {
    n_segments: usize,
    segment_losses: Vec<u64>,
    defaults: Vec<u32>,
    counts: Vec<u32>,
    stamps: granular::Stamps,
}

impl Tile {
    /// Plays `scenarios`, replacing what the tile held.
    pub fn play(&mut self, job: &Job<'_>, scenarios: &[u64]) {
        let plan = job.plan();
        let n = scenarios.len();
        self.n_segments = plan.n_segments();
        self.segment_losses.clear();
        self.defaults.clear();
        for _ in 0..n {
            self.segment_losses.extend(plan.certain().iter().map(|certain| certain.loss));
        }
        self.defaults.resize(n, plan.certain().iter().map(|certain| certain.defaults).sum());
        self.counts.resize(n, 0);
        let shocks = job.shocks(scenarios);
        for block in plan.random_blocks() {
            job.counts(block, &shocks, &mut self.counts[..n]);
            let losses = plan.losses_of(block);
            for (place, (&scenario, &count)) in scenarios.iter().zip(&self.counts).enumerate() {
                let address = job.address(scenario, block);
                let (loss, defaults) = match block.kernel {
                    Kernel::Granular => granular::play(address, count, losses, &mut self.stamps),
                    Kernel::Named => named::play(address, count, losses),
                };
                self.segment_losses[place * self.n_segments + block.segment as usize] += loss;
                self.defaults[place] += defaults;
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
            losses: self.segment_losses.chunks(self.n_segments.max(1)).map(|segments| segments.iter().sum()).collect(),
            defaults: self.defaults.clone(),
            segment_losses: self.segment_losses.clone(),
        }
    }
}
