//! How far a call of `play` has come, over all its sessions on the device.

use super::budget::{Budget, Held};
use super::chunk::Chunk;
use super::clock::Times;
use super::fault::Acts;
use super::options::GpuOptions;
use super::rate::{Rate, Speed};
use super::todo::Todo;
use std::ops::Range;

/// See the module.
#[derive(Debug)]
pub struct Progress {
    /// Scenarios that nobody has begun.
    pub todo: Todo,
    /// Scenarios of which some shelves may have been played.
    pub chunk: Option<Chunk>,
    /// What happened.
    pub tale: Tale,
}

/// What happened so far, and what was learned from it.
#[derive(Debug)]
pub struct Tale {
    /// Scenarios of the call.
    pub total: u64,
    /// Failures that are still to be acted out.
    pub acts: Acts,
    /// Memory that may be taken.
    pub budget: Budget,
    /// What the session put on the device; None before it did.
    pub held: Option<Held>,
    /// What batches are sized by.
    pub rate: Rate,
    /// What is reported.
    pub speed: Speed,
    /// Batches that came back whole.
    pub delivered: u64,
    /// Where the time went.
    pub times: Times,
}

impl Progress {
    /// Nothing of `range` is played yet on a device of that rate.
    pub fn new(range: Range<u64>, options: &GpuOptions, rate: Rate) -> Self {
        let tale = Tale {
            total: range.end.saturating_sub(range.start),
            acts: Acts::new(&options.faults),
            budget: Budget::new(options.most_resident_bytes),
            held: None,
            rate,
            speed: Speed::default(),
            delivered: 0,
            times: Times::default(),
        };
        Self { todo: Todo::new(range), chunk: None, tale }
    }

    /// Scenarios that are missing.
    pub fn left(&self) -> u64 {
        let in_hand = self.chunk.as_ref().map_or(0, |chunk| chunk.sums.scenarios.end - chunk.sums.scenarios.start);
        self.todo.left() + in_hand
    }

    /// What is missing, for somebody else to play: a chunk that is not finished begins again.
    pub fn surrender(mut self) -> Todo {
        if let Some(chunk) = self.chunk.take() {
            self.todo.put_back(chunk.sums.scenarios);
        }
        self.todo
    }
}
