//! Where the time of a run goes: the host's tables, sending, waiting, and, where the device has a clock, its kernels.

use super::failure::Failure;
use super::opened::Opened;
use std::time::Duration;
use wgpu::{Buffer, BufferUsages, CommandEncoder, ComputePassTimestampWrites, QuerySet, QuerySetDescriptor, QueryType};

/// Bytes of the two timestamps of a batch.
pub const STAMP_BYTES: u64 = 16;

/// Times of one call of `play`, summed over its batches. Tables and kernels overlap: that is what two batches in hand
/// are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The host computed counts and shocks.
    pub tables: Duration,
    /// The host wrote tables and encoded dispatches.
    pub sending: Duration,
    /// The host waited for results and copied them.
    pub waiting: Duration,
    /// The device played, by its own clock; zero without [`KernelClock::On`](super::KernelClock).
    pub kernels: Duration,
}

/// The device's clock of one slot: a stamp before the first dispatch of a batch and one behind the last.
#[derive(Debug)]
pub struct Clock {
    stamps: QuerySet,
    resolved: Buffer,
}

impl Clock {
    /// A clock, if `opened` has been asked for one.
    ///
    /// # Errors
    /// When the device refuses it.
    pub fn new(opened: &Opened) -> Result<Option<Self>, Failure> {
        if opened.tick.is_none() {
            return Ok(None);
        }
        let resolved = opened.buffer("stamps", STAMP_BYTES, BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC)?;
        let descriptor = QuerySetDescriptor { label: Some("stamps"), ty: QueryType::Timestamp, count: 2 };
        Ok(Some(Self { stamps: opened.device.create_query_set(&descriptor), resolved }))
    }

    /// What a pass writes, given whether it is the first and whether it is the last of its batch.
    pub fn writes(&self, is_first: bool, is_last: bool) -> Option<ComputePassTimestampWrites<'_>> {
        (is_first || is_last).then_some(ComputePassTimestampWrites {
            query_set: &self.stamps,
            beginning_of_pass_write_index: is_first.then_some(0),
            end_of_pass_write_index: is_last.then_some(1),
        })
    }

    /// Copies both stamps to byte `at` of `readback`.
    pub fn resolve(&self, commands: &mut CommandEncoder, readback: &Buffer, at: u64) {
        commands.resolve_query_set(&self.stamps, 0..2, &self.resolved, 0);
        commands.copy_buffer_to_buffer(&self.resolved, 0, readback, at, STAMP_BYTES);
    }
}

/// The time between two stamps, given as four words; `tick` is nanoseconds per unit of the device's clock.
pub fn between(stamps: &[u32], tick: f32) -> Duration {
    let [a_lo, a_hi, b_lo, b_hi] = stamps else { return Duration::ZERO };
    let word = |lo: u32, hi: u32| u64::from(hi) << 32 | u64::from(lo);
    let ticks = word(*b_lo, *b_hi).saturating_sub(word(*a_lo, *a_hi));
    Duration::from_nanos((ticks as f64 * f64::from(tick)) as u64)
}
