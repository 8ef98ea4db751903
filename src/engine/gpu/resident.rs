//! What stays on the device for a whole run: losses, blocks and spans of every shelf, and the knots of Φ.

use super::failure::Failure;
use super::opened::Opened;
use super::schedule::{Shelf, device_blocks};
use crate::engine::plan::Plan;
use crate::math::threshold::ThresholdTable;
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
pub struct Resident<'a> {
    /// Where everything lies.
    pub schedule: &'a [Shelf],
    pub shelves: Vec<ShelfBuffers>,
    pub knots: Buffer,
    pub n_segments: usize,
    /// Whether any block is played by name, and so needs shocks.
    pub has_named: bool,
    pub workgroup_size: u32,
}

impl<'a> Resident<'a> {
    /// Uploads `plan` as laid out in `schedule`.
    ///
    /// # Errors
    /// When the device refuses the buffers.
    pub fn upload(opened: &Opened, plan: &Plan, schedule: &'a [Shelf], workgroup_size: u32) -> Result<Self, Failure> {
        let mut shelves = Vec::new();
        for shelf in schedule {
            let mut losses = Vec::with_capacity(shelf.n_losses as usize);
            shelf.blocks.iter().for_each(|block| losses.extend_from_slice(plan.losses_of(block)));
            let spans: Vec<u32> = shelf.spans.iter().flat_map(|span| span.words()).collect();
            shelves.push(ShelfBuffers {
                losses: write(opened, "losses", &losses)?,
                blocks: write(opened, "blocks", &device_blocks(shelf, plan))?,
                spans: write(opened, "spans", &spans)?,
                n_counted: shelf.n_counted,
            });
        }
        let knots = write(opened, "knots", ThresholdTable::shared().knots())?;
        let has_named = schedule.iter().any(|shelf| shelf.n_counted < shelf.blocks.len());
        Ok(Self { schedule, shelves, knots, n_segments: plan.n_segments(), has_named, workgroup_size })
    }
}

fn write(opened: &Opened, name: &'static str, words: &[u32]) -> Result<Buffer, Failure> {
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
    let buffer = opened.buffer(name, 4 * words.len() as u64, usage)?;
    let mut at = 0;
    for bytes in bytemuck::cast_slice::<u32, u8>(words).chunks(WRITTEN_AT_ONCE) {
        opened.queue.write_buffer(&buffer, at, bytes);
        at += bytes.len() as u64;
        let submission = opened.queue.submit([]);
        if at < 4 * words.len() as u64 {
            opened.wait(submission)?;
        }
    }
    opened.check()?;
    Ok(buffer)
}
