//! What is lost on average given the economy of a scenario (M41): E[L | Y, W] = Σ over pools and periods of
//! (P_t − P_{t−1}) S_t, where S_t is what the pool's obligors lose together when they default in period t; with severity, the
//! sum over classes of what they lose before it, times the mean share of the class in the economy's row (M45 to M47).
//!
//! It is the economy's part of the distribution of losses, without the chance of single obligors; the difference to what was
//! played has mean 0. Thresholds are those of the devices, integers; sums are f64, on the host.

use super::block::Block;
use super::horizon::Horizon;
use super::job::Job;
use super::plan::Plan;
use super::severity::{STATE_ROWS, Severity};
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
    /// Mean share of each class and row of severities.
    means: Vec<f64>,
}

/// What a pool loses.
struct PoolLosses {
    /// The block of the pool that lasts longest: its thresholds serve all of them.
    block: Block,
    losses: Losses,
}

/// Classes of severity with what is lost in each before it, units.
type Classes = Vec<(usize, f64)>;

/// What is lost by a default in each period.
enum Losses {
    /// In any economy: loss of period t less loss of period t + 1, units: Σ (P_t − P_{t−1}) S_t = Σ P_t (S_t − S_{t+1}).
    Steps(Vec<f64>),
    /// By its state: the classes of each period.
    ByState(Vec<Classes>),
}

impl<'a> Conditional<'a> {
    /// Adds up the losses of the plan of `job`, once for all scenarios.
    pub fn new(job: &'a Job<'a>) -> Self {
        let plan = job.plan();
        let severity = plan.horizon().and_then(Horizon::severity);
        let means = severity.map_or_else(|| vec![1.0], Severity::means);
        let pools = plan.random_blocks().chunk_by(|a, b| a.pool == b.pool).filter_map(|blocks| {
            let block = *blocks.iter().max_by_key(|block| block.periods)?;
            let sums = sums(plan, blocks, usize::from(block.periods));
            let losses = match severity {
                Some(severity) if severity.is_by_state() => {
                    let of_period = |sums: &[u64]| {
                        let some = sums.iter().enumerate().filter(|&(_, &sum)| sum > 0);
                        some.map(|(class, &sum)| (class, sum as f64)).collect()
                    };
                    Losses::ByState(sums.chunks(severity.n_classes()).map(of_period).collect())
                }
                _ => Losses::Steps(steps(&sums, &means)),
            };
            Some(PoolLosses { block, losses })
        });
        let pools = pools.collect();
        let certain = plan.certain().iter().map(|certain| certain.loss as f64).sum();
        Self { job, pools, certain, means }
    }

    /// The mean loss of each of `scenarios` given its economy, units; with the threads of the rayon pool that it is called in.
    pub fn losses(&self, scenarios: &[u64]) -> Vec<f64> {
        let mut losses = vec![self.certain; scenarios.len()];
        losses.par_chunks_mut(CHUNK).zip(scenarios.par_chunks(CHUNK)).for_each(|(losses, scenarios)| {
            let shocks = self.job.shocks(scenarios);
            let (mut thresholds, mut states) = (Vec::new(), Vec::new());
            for PoolLosses { block, losses: of_pool } in &self.pools {
                let periods = usize::from(block.periods);
                thresholds.resize(scenarios.len() * periods, 0);
                self.job.period_thresholds(block, &shocks, &mut thresholds);
                let rows = losses.iter_mut().zip(thresholds.chunks_exact(periods));
                match of_pool {
                    Losses::Steps(steps) => rows.for_each(|(loss, row)| {
                        *loss += row.iter().zip(steps).map(|(&p, step)| f64::from(p) / WORDS * step).sum::<f64>();
                    }),
                    Losses::ByState(classes) => {
                        states.resize(thresholds.len(), 0);
                        self.job.severity_rows(block, &shocks, &mut states);
                        for (place, (loss, row)) in rows.enumerate() {
                            let states = states.iter().skip(place).step_by(scenarios.len());
                            *loss += self.by_state(classes, row, states);
                        }
                    }
                }
            }
        });
        losses
    }

    /// Σ (P_t − P_{t−1}) S_t in one scenario, whose `thresholds` and `states` by period are given.
    fn by_state<'b>(&self, classes: &[Classes], thresholds: &[u32], states: impl Iterator<Item = &'b u8>) -> f64 {
        let mut before = 0;
        let of_period = |((&p, classes), &state): ((&u32, &Classes), &u8)| {
            let mean = |&(class, sum): &(usize, f64)| sum * self.means[class * STATE_ROWS + usize::from(state)];
            let chance = f64::from(p - before) / WORDS;
            before = p;
            chance * classes.iter().map(mean).sum::<f64>()
        };
        thresholds.iter().zip(classes).zip(states).map(of_period).sum()
    }
}

/// What all obligors of `blocks` lose before severity when they default, by period and class, units; one class without it.
fn sums(plan: &Plan, blocks: &[Block], periods: usize) -> Vec<u64> {
    let severity = plan.horizon().and_then(Horizon::severity);
    let n_classes = severity.map_or(1, Severity::n_classes);
    let mut sums = vec![0_u64; periods * n_classes];
    for place in blocks.iter().flat_map(Block::places) {
        let base = plan.losses()[place];
        match plan.horizon() {
            None => sums[0] += u64::from(base),
            Some(horizon) => {
                let profile = horizon.profiles()[place];
                let losses = (0..periods).map_while(|period| horizon.loss(base, profile, period));
                let row = usize::from(profile) * horizon.periods();
                for (period, loss) in losses.enumerate() {
                    let class = severity.map_or(0, |severity| usize::from(severity.classes[row + period]));
                    sums[period * n_classes + class] += u64::from(loss);
                }
            }
        }
    }
    sums
}

/// Loss of each period less that of the next, of `sums` by period and class.
fn steps(sums: &[u64], means: &[f64]) -> Vec<f64> {
    let of_period = |sums: &[u64]| sums.iter().zip(means).map(|(&sum, mean)| sum as f64 * mean).sum::<f64>();
    let losses: Vec<f64> = sums.chunks(means.len()).map(of_period).chain([0.0]).collect();
    losses.windows(2).map(|pair| pair[0] - pair[1]).collect()
}
