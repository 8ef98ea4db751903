//! What is lost on average given the economy of a scenario (M41): E[L | Y, W] = Σ over pools and periods of
//! (P_t − P_{t−1}) S_t, where S_t is what the pool's obligors lose together when they default in period t.
//!
//! It is the economy's part of the distribution of losses, without the chance of single obligors; the difference to what was
//! played has mean 0. Thresholds are those of the devices, integers; sums are f64, on the host.

use super::block::Block;
use super::job::Job;
use super::plan::Plan;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

/// Scenarios that one thread takes at a time.
const CHUNK: usize = 1024;

/// 2^32, the scale of thresholds.
const WORDS: f64 = 4_294_967_296.0;

/// A plan's losses by pool and period, ready to be weighed with probabilities.
pub struct Conditional<'a> {
    job: &'a Job<'a>,
    pools: Vec<PoolLosses>,
    certain: f64,
}

/// What a pool loses.
struct PoolLosses {
    /// The block of the pool that lasts longest: its thresholds serve all of them.
    block: Block,
    /// Loss of period t less loss of period t + 1, units: Σ (P_t − P_{t−1}) S_t = Σ P_t (S_t − S_{t+1}).
    steps: Vec<f64>,
}

impl<'a> Conditional<'a> {
    /// Adds up the losses of the plan of `job`, once for all scenarios.
    pub fn new(job: &'a Job<'a>) -> Self {
        let plan = job.plan();
        let pools = plan.random_blocks().chunk_by(|a, b| a.pool == b.pool).filter_map(|blocks| {
            let block = *blocks.iter().max_by_key(|block| block.periods)?;
            Some(PoolLosses { block, steps: steps(plan, blocks, usize::from(block.periods)) })
        });
        let pools = pools.collect();
        let certain = plan.certain().iter().map(|certain| certain.loss as f64).sum();
        Self { job, pools, certain }
    }

    /// The mean loss of each of `scenarios` given its economy, units; with the threads of the rayon pool that it is called in.
    pub fn losses(&self, scenarios: &[u64]) -> Vec<f64> {
        let mut losses = vec![self.certain; scenarios.len()];
        losses.par_chunks_mut(CHUNK).zip(scenarios.par_chunks(CHUNK)).for_each(|(losses, scenarios)| {
            let shocks = self.job.shocks(scenarios);
            let mut thresholds = Vec::new();
            for PoolLosses { block, steps } in &self.pools {
                thresholds.clear();
                thresholds.resize(scenarios.len() * steps.len(), 0);
                self.job.period_thresholds(block, &shocks, &mut thresholds);
                for (loss, row) in losses.iter_mut().zip(thresholds.chunks_exact(steps.len())) {
                    *loss += row.iter().zip(steps).map(|(&p, step)| f64::from(p) / WORDS * step).sum::<f64>();
                }
            }
        });
        losses
    }
}

fn steps(plan: &Plan, blocks: &[Block], periods: usize) -> Vec<f64> {
    let mut sums = vec![0_u64; periods + 1];
    for place in blocks.iter().flat_map(Block::places) {
        let base = plan.losses()[place];
        match plan.horizon() {
            None => sums[0] += u64::from(base),
            Some(horizon) => {
                let profile = horizon.profiles()[place];
                let losses = (0..periods).map_while(|period| horizon.loss(base, profile, period));
                sums.iter_mut().zip(losses).for_each(|(sum, loss)| *sum += u64::from(loss));
            }
        }
    }
    sums.windows(2).map(|pair| pair[0] as f64 - pair[1] as f64).collect()
}
