//! What stays on the device for a whole session: losses, blocks and spans of its shelves, and the knots of Φ.

use super::ended::Ended;
use super::schedule::{Shelf, device_blocks};
use super::session::Stage;
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
    pub n_segments: usize,
    /// Whether any block is played by name, and so needs shocks.
    pub has_named: bool,
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
            shelf.blocks.iter().for_each(|block| losses.extend_from_slice(plan.losses_of(block)));
            let spans: Vec<u32> = shelf.spans.iter().flat_map(|span| span.words()).collect();
            shelves.push(ShelfBuffers {
                losses: write(stage, "losses", &losses)?,
                blocks: write(stage, "blocks", &device_blocks(shelf, plan))?,
                spans: write(stage, "spans", &spans)?,
                n_counted: shelf.n_counted,
            });
        }
        let knots = write(stage, "knots", ThresholdTable::shared().knots())?;
        let has_named = schedule.iter().any(|shelf| shelf.n_counted < shelf.blocks.len());
        Ok(Self { shelves, knots, n_segments: plan.n_segments(), has_named })
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
