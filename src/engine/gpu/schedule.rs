//! The schedule: a plan's random blocks on shelves, each small enough for the device's bindings, and who plays what.
//!
//! A shelf holds losses, blocks and spans; a block never straddles two. Blocks that are played alike lie together, so
//! one dispatch plays many. What the host must count comes first on each shelf.

use super::interface::{self, BITMAP_WORDS, Periods, Span};
use super::timed;
use crate::engine::block::{Block, Kernel};
use crate::engine::plan::Plan;
use std::ops::Range;

/// Philox blocks (or as much other work) that one thread does in a span, about: enough to pay for its sums.
const SPAN_WORK: f64 = 32.0;

/// Obligors of a named block that one lane should have at least before another lane helps.
const OBLIGORS_PER_LANE: u32 = 64;

/// Scenarios for which the counts of a shelf must fit one binding.
const LEAST_COUNTED_SCENARIOS: u64 = 64;

/// Blocks of one segment or more that share buffers.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelf {
    /// Periods of the plan.
    pub periods: Periods,
    /// Its blocks, as the plan knows them; those with counts first.
    pub blocks: Vec<Block>,
    /// How many of them have counts.
    pub n_counted: usize,
    /// Its losses, words; with their profiles, where there are several periods.
    pub n_losses: u64,
    /// What one workgroup plays at a time.
    pub spans: Vec<Span>,
    /// Dispatches that together play every span once.
    pub dispatches: Vec<Dispatch>,
}

impl Shelf {
    /// Blocks of the longest of `spans`.
    pub fn longest(&self, spans: Range<u32>) -> u32 {
        let spans = self.spans.get(spans.start as usize..spans.end as usize).unwrap_or_default();
        spans.iter().map(|span| span.n_blocks).max().unwrap_or(0)
    }

    /// Blocks of `spans`, which lie together.
    pub fn blocks_of(&self, spans: Range<u32>) -> Range<usize> {
        let spans = self.spans.get(spans.start as usize..spans.end as usize).unwrap_or_default();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return 0..0 };
        first.first_block as usize..(last.first_block + last.n_blocks) as usize
    }
}

/// Consecutive spans that are played alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispatch {
    /// Which kernel.
    pub kernel: Kernel,
    /// Scenarios that share a workgroup.
    pub players: u32,
    /// Spans of the shelf, no more than a dispatch may have.
    pub spans: Range<u32>,
    /// Random words per scenario, about.
    pub work: f64,
}

/// Bounds that the device sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most bytes of a buffer and of a binding.
    pub bytes: u64,
    /// Most workgroups of a dispatch in each dimension.
    pub workgroups: u32,
}

/// Puts `plan` on shelves for workgroups of `workgroup_size` threads.
pub fn schedule(plan: &Plan, workgroup_size: u32, bounds: Bounds) -> Vec<Shelf> {
    let mut blocks: Vec<&Block> = plan.random_blocks().iter().collect();
    let players = |block: &Block| players(block, plan, workgroup_size);
    blocks.sort_by_key(|block| (block.kernel as u32, players(block), block.segment, block.number));
    let mut shelves: Vec<Shelf> = Vec::new();
    for block in blocks {
        if shelves.last().is_none_or(|shelf| !fits(shelf, block, (plan, bounds))) {
            shelves.push(Shelf {
                periods: Periods::of(plan),
                blocks: vec![],
                n_counted: 0,
                n_losses: 0,
                spans: vec![],
                dispatches: vec![],
            });
        }
        if let Some(shelf) = shelves.last_mut() {
            shelf.n_counted += usize::from(block.kernel == Kernel::Granular);
            shelf.n_losses += timed::loss_words(block, plan);
            shelf.blocks.push(*block);
        }
    }
    for shelf in &mut shelves {
        divide(shelf, plan, workgroup_size, bounds);
    }
    shelves
}

/// Scenarios of `block` that share a workgroup; a power of two.
pub fn players(block: &Block, plan: &Plan, workgroup_size: u32) -> u32 {
    let players = match block.kernel {
        // Each player has a bitmap of its own in the same memory.
        Kernel::Granular => (BITMAP_WORDS * 32 / block.obligors.next_power_of_two()).clamp(1, workgroup_size),
        Kernel::Named => {
            let lanes = block.obligors.div_ceil(OBLIGORS_PER_LANE).next_power_of_two();
            (workgroup_size / lanes).max(1)
        }
    };
    players.min(timed::most_players(block, plan))
}

/// The blocks of `shelf` as they stand in device memory.
pub fn device_blocks(shelf: &Shelf, plan: &Plan) -> Vec<u32> {
    let mut first = 0;
    let n_words = interface::Block::words_in(shelf.periods);
    let mut words = Vec::with_capacity(shelf.blocks.len() * n_words);
    for block in &shelf.blocks {
        let lines = plan.lines_of(block);
        let Some(line) = lines.last() else { continue };
        // All lines of a pool have one slope, but for periods in which nobody defaults.
        let slope = lines.iter().find(|line| !line.is_never()).map_or(0, |line| line.slope);
        let placed = interface::Block {
            number: block.number,
            first,
            obligors: block.obligors,
            threshold: line.threshold,
            shift: line.shift,
            slope,
            slots: u32::from(block.slots),
            periods: u32::from(block.periods),
            first_line: timed::first_line(block, plan),
        };
        words.extend_from_slice(&placed.words()[..n_words]);
        first += timed::loss_words(block, plan) as u32;
    }
    words
}

fn fits(shelf: &Shelf, block: &Block, (plan, bounds): (&Plan, Bounds)) -> bool {
    let losses = 4 * (shelf.n_losses + timed::loss_words(block, plan));
    let blocks = 4 * (interface::Block::words_in(shelf.periods) * (shelf.blocks.len() + 1)) as u64;
    let counts = 4 * LEAST_COUNTED_SCENARIOS * (shelf.n_counted as u64 + 1);
    losses.max(blocks).max(counts) <= bounds.bytes
}

/// Cuts a shelf into spans and dispatches.
fn divide(shelf: &mut Shelf, plan: &Plan, workgroup_size: u32, bounds: Bounds) {
    let mut weight = 0.0;
    for (at, block) in shelf.blocks.iter().enumerate() {
        let players = players(block, plan, workgroup_size);
        let work = plan.work_of(block);
        let thresholds = timed::threshold_work(block, plan, (players, workgroup_size));
        let clearing = match block.kernel {
            Kernel::Granular => f64::from(BITMAP_WORDS / workgroup_size),
            Kernel::Named => 2.0,
        };
        let share = (work * f64::from(players) / f64::from(4 * workgroup_size)).max(1.0) + clearing + thresholds;
        let alike = shelf.dispatches.last().is_some_and(|last| last.kernel == block.kernel && last.players == players);
        let next = shelf.spans.len() as u32;
        let same = alike && shelf.spans.last().is_some_and(|span| span.segment == block.segment);
        match (shelf.spans.last_mut(), shelf.dispatches.last_mut()) {
            (Some(span), Some(dispatch)) if same && weight + share <= SPAN_WORK => {
                span.n_blocks += 1;
                dispatch.work += work;
                weight += share;
                continue;
            }
            (_, Some(dispatch)) if alike && dispatch.spans.end - dispatch.spans.start < bounds.workgroups => {
                dispatch.spans.end += 1;
                dispatch.work += work;
            }
            _ => shelf.dispatches.push(Dispatch { kernel: block.kernel, players, spans: next..next + 1, work }),
        }
        shelf.spans.push(Span { first_block: at as u32, n_blocks: 1, segment: block.segment });
        weight = share;
    }
}
