//! What stays on the device for a whole session: losses, blocks and spans of its shelves, the knots of Φ, and the tables of
//! several periods.

use super::ended::Ended;
use super::interface::Periods;
use super::schedule::{Shelf, device_blocks};
use super::session::Stage;
use super::states::States;
use super::sums::Shape;
use super::tables::needs_shocks;
use super::timed;
use crate::engine::horizon::Horizon;
use crate::math::threshold::ThresholdTable;
use std::time::Instant;
use wgpu::{Buffer, BufferUsages};

/// Bytes written between two submissions: what is written stays in host memory until then.
const WRITTEN_AT_ONCE: usize = 32 << 20;

/// A shelf's buffers.
#[derive(Debug)]
pub struct ShelfBuffers {
    pub losses: Buffer,
    pub blocks: Buffer,
    pub spans: Buffer,
    pub n_counted: usize,
}

/// See the module.
#[derive(Debug)]
pub struct Resident {
    pub shelves: Vec<ShelfBuffers>,
    pub knots: Buffer,
    /// In plans of several periods only.
    pub tables: Option<Buffer>,
    pub periods: Periods,
    /// Periods and periods in a year; 1 and 1 where there is one.
    pub lengths: (u32, u32),
    /// What shaders look up about the states of the economy.
    pub states: States,
    pub shape: Shape,
    /// Whether any block needs shocks.
    pub has_shocks: bool,
}

impl Resident {
    /// Uploads `schedule`, which is all of the plan or a part.
    ///
    /// # Errors
    /// When the device refuses the buffers or does not answer; when the sink is stopped.
    pub fn upload(stage: Stage<'_>, schedule: &[Shelf]) -> Result<Self, Ended> {
        let plan = stage.job.plan();
        let mut shelves = Vec::new();
        for shelf in schedule {
            let mut losses = Vec::with_capacity(shelf.n_losses as usize);
            shelf.blocks.iter().for_each(|block| timed::extend_losses(&mut losses, block, plan));
            let spans: Vec<u32> = shelf.spans.iter().flat_map(|span| span.words()).collect();
            shelves.push(ShelfBuffers {
                losses: write(stage, "losses", &losses)?,
                blocks: write(stage, "blocks", &device_blocks(shelf, plan))?,
                spans: write(stage, "spans", &spans)?,
                n_counted: shelf.n_counted,
            });
        }
        let knots = write(stage, "knots", ThresholdTable::shared().knots())?;
        let tables = plan.horizon().map(|_| write(stage, "tables", &timed::tables(plan))).transpose()?;
        let lengths = |horizon: &Horizon| (horizon.periods() as u32, horizon.per_year() as u32);
        Ok(Self {
            shelves,
            knots,
            tables,
            periods: Periods::of(plan),
            lengths: plan.horizon().map_or((1, 1), lengths),
            states: timed::states(plan),
            shape: Shape::of(plan),
            has_shocks: schedule.iter().any(needs_shocks),
        })
    }
}

fn write(stage: Stage<'_>, name: &'static str, words: &[u32]) -> Result<Buffer, Ended> {
    let Stage { opened, options, sink, .. } = stage;
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
    let buffer = opened.buffer(name, 4 * words.len() as u64, usage)?;
    let mut at = 0;
    for bytes in bytemuck::cast_slice::<u32, u8>(words).chunks(WRITTEN_AT_ONCE) {
        if sink.is_stopped() {
            return Err(Ended::Stopped);
        }
        opened.queue.write_buffer(&buffer, at, bytes);
        at += bytes.len() as u64;
        let submission = opened.queue.submit([]);
        if at < 4 * words.len() as u64 {
            opened.wait(&submission, Instant::now() + options.patience, sink)?;
        }
    }
    opened.check()?;
    Ok(buffer)
}
