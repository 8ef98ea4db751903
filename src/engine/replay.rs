//! Replay: any scenario again, alone, obligor by obligor (L3, M21). Its losses add up to what every device played.

use super::job::Job;
use super::plan::{Block, Chance, Kernel};
use super::scalar::granular::{self, Address};
use super::scalar::named;

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

/// Calls `default` once for each obligor that defaults in `scenario`.
pub fn visit(job: &Job<'_>, scenario: u64, mut default: impl FnMut(Defaulted)) {
    let plan = job.plan();
    let shocks = job.shocks(&[scenario]);
    for block in plan.blocks() {
        let losses = plan.losses_of(block);
        let mut at = |i: usize| {
            default(Defaulted { obligor: block.first as usize + i, segment: block.segment, loss: losses[i] });
        };
        match plan.pools()[block.pool as usize].chance {
            Chance::Never => {}
            Chance::Certain => (0..losses.len()).for_each(at),
            Chance::Random => {
                let mut count = [0];
                job.counts(block, &shocks, &mut count);
                let Block { number, obligors, .. } = *block;
                let address = Address { key: job.key(), scenario, block: number };
                match block.kernel {
                    Kernel::Granular => granular::play(address, count[0], obligors, &mut at),
                    Kernel::Named => named::play(address, count[0], obligors, &mut at),
                }
            }
        }
    }
}
