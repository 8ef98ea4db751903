//! The host's tables for a batch: counts of granular blocks and the economy's shocks, computed on all threads while the
//! device plays the batch before. Both come tile by tile, so that each tile's shocks are drawn once.

use super::batch::Tiling;
use super::interface::Periods;
use super::schedule::Shelf;
use crate::engine::job::Job;
use crate::engine::shocks::Shocks;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Tables of one batch; memory is reused from batch to batch.
#[derive(Debug, Default)]
pub struct Tables {
    /// Counts by shelf: `[tile][block][scenario]`.
    pub counts: Vec<Vec<u32>>,
    /// Shocks `[tile][row][scenario]`, Q7.24: row 0 is the mixing variable W, then the index of each segment has a row, or along
    /// a path of T periods T of them.
    pub shocks: Vec<i32>,
    /// In plans of several periods: by shelf, the most hits that a scenario of the batch throws at each block with counts.
    pub most_hits: Vec<Vec<u32>>,
}

impl Tables {
    /// Computes the tables of the scenarios from `first` on.
    pub fn fill(&mut self, job: &Job<'_>, shelves: &[Shelf], first: u64, tiling: Tiling) {
        let tile = u64::from(tiling.tile);
        let end = first + u64::from(tiling.n_scenarios);
        let shocks: Vec<Shocks> = (0..u64::from(tiling.n_tiles))
            .into_par_iter()
            .map(|nth| {
                let scenarios: Vec<u64> = (first + nth * tile..end.min(first + (nth + 1) * tile)).collect();
                job.shocks(&scenarios)
            })
            .collect();
        self.most_hits.clear();
        self.counts.resize_with(shelves.len(), Vec::new);
        for (counts, shelf) in self.counts.iter_mut().zip(shelves) {
            let n = shelf.n_counted;
            counts.resize(n * tiling.places() as usize, 0);
            let n_watched = if shelf.periods == Periods::One { 0 } else { n };
            let most_hits: Vec<AtomicU32> = (0..n_watched).map(|_| AtomicU32::new(0)).collect();
            counts.par_chunks_mut(tiling.tile as usize).enumerate().for_each(|(row, out)| {
                if let (Some(shocks), Some(block)) = (shocks.get(row / n), shelf.blocks.get(row % n)) {
                    let out = &mut out[..shocks.scenarios().len()];
                    job.counts(block, shocks, out);
                    if let Some(most) = most_hits.get(row % n) {
                        most.fetch_max(out.iter().copied().max().unwrap_or(0), Ordering::Relaxed);
                    }
                }
            });
            self.most_hits.push(most_hits.into_iter().map(AtomicU32::into_inner).collect());
        }
        self.shocks.clear();
        if shelves.iter().any(needs_shocks) {
            for shocks in &shocks {
                let n = shocks.scenarios().len();
                for row in std::iter::once(shocks.mixing()).chain(shocks.index().chunks(n.max(1))) {
                    self.shocks.extend(row);
                    self.shocks.resize(self.shocks.len() + tiling.tile as usize - n, 0);
                }
            }
        }
    }
}

/// Whether the device computes thresholds for blocks of `shelf`: for names, and for periods.
pub fn needs_shocks(shelf: &Shelf) -> bool {
    shelf.n_counted < shelf.blocks.len() || shelf.periods != Periods::One
}
