//! Replay: any scenario again, alone, obligor by obligor (L3, M21). Its losses add up to what every device played.

use super::cpu::Cpu;
use super::job::Job;
use super::plan::{Chance, Kernel};
use super::scalar::{granular, named, systematic};
use crate::error::Result;

/// An obligor that defaulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaulted {
    /// Index into [`super::Plan::losses`] and [`super::Plan::rows`].
    pub obligor: usize,
    /// Index of its segment.
    pub segment: u32,
    /// Its loss, units.
    pub loss: u32,
}

/// Plays scenarios of a job again on the host, whatever device played them first.
pub struct Replay<'a> {
    job: &'a Job<'a>,
    cpu: Cpu,
}

impl<'a> Replay<'a> {
    /// A replay of `job` on `threads` threads, at least 1.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub fn new(job: &'a Job<'a>, threads: usize) -> Result<Self> {
        Ok(Self { job, cpu: Cpu::new(threads)? })
    }

    /// Number of segments.
    pub fn n_segments(&self) -> usize {
        self.job.plan().n_segments()
    }

    /// Calls `each` with the losses of all segments (units) in each of `scenarios`, from any thread and in any order.
    pub fn each_scenario(&self, scenarios: &[u64], each: impl Fn(&[u64]) + Sync) {
        self.cpu.play_listed(self.job, scenarios, |tile| {
            tile.segment_losses().chunks(self.n_segments().max(1)).for_each(&each);
        });
    }
}

/// Calls `default` once for each obligor that defaults in `scenario`.
pub fn visit(job: &Job<'_>, scenario: u64, mut default: impl FnMut(Defaulted)) {
    let plan = job.plan();
    let mixing = systematic::mixing(job, scenario);
    let index = systematic::index(job, scenario);
    for block in plan.blocks() {
        let losses = plan.losses_of(block);
        let mut at = |i: usize| {
            default(Defaulted { obligor: block.first as usize + i, segment: block.segment, loss: losses[i] });
        };
        match plan.pools()[block.pool as usize].chance {
            Chance::Never => {}
            Chance::Certain => (0..losses.len()).for_each(at),
            Chance::Random => {
                let count = systematic::count(job, block, scenario, (mixing, index[block.segment as usize]));
                let (address, obligors) = (job.address(scenario, block), block.obligors);
                match block.kernel {
                    Kernel::Granular => granular::play(address, count, obligors, &mut at),
                    Kernel::Named => named::play(address, count, obligors, &mut at),
                }
            }
        }
    }
}
