//! A session: some shelves of a plan on one opened device, playing batch after batch with two in hand.

use super::abandoned::{abandon, part_with};
use super::batch::{Pace, Room, Tiling, most_scenarios};
use super::budget::Held;
use super::ended::Ended;
use super::failure::Failure;
use super::fault::{FaultKind, Moment};
use super::groups::resident_bytes;
use super::opened::{Opened, fenced};
use super::options::GpuOptions;
use super::pieces::pieces;
use super::progress::Tale;
use super::resident::Resident;
use super::schedule::Shelf;
use super::slot::{Batch, Flight, Slot};
use super::sums::Sums;
use super::tables::Tables;
use super::timed::table_words;
use super::todo::Todo;
use crate::engine::cpu::Cpu;
use crate::engine::device::Sink;
use crate::engine::job::Job;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// Batches in hand: one that the device plays, one that waits for it or is being read back.
const IN_FLIGHT: usize = 2;

/// Who plays what for whom.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// The device.
    pub opened: &'a Arc<Opened>,
    /// Settings.
    pub options: &'a GpuOptions,
    /// Threads for the host's tables.
    pub cpu: &'a Cpu,
    /// What is played.
    pub job: &'a Job<'a>,
    /// Where the losses go.
    pub sink: &'a dyn Sink,
}

impl Stage<'_> {
    /// Hands losses of all shelves to the sink, with those that every scenario has.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn accept(&self, sums: Sums) -> Result<(), Ended> {
        self.sink.accept(sums.into_part(self.job.plan().certain())).map_err(Ended::Refused)
    }

    /// Drops what lives on the device; behind our back if the device may not answer.
    fn leave(&self, held: impl Send + 'static, ended: Option<&Ended>) {
        match ended {
            Some(Ended::Stopped | Ended::Failed(Failure::TimedOut)) => abandon(self.opened, held),
            _ => part_with(held),
        }
    }
}

/// See the module.
pub struct Session<'a> {
    stage: Stage<'a>,
    shelves: &'a [Shelf],
    /// Random words of a scenario.
    work: f64,
    pace: Pace,
    tables: Tables,
    resident: Resident,
    idle: Vec<Slot>,
    flights: VecDeque<(Flight, Slot)>,
    last_landing: Instant,
}

impl<'a> Session<'a> {
    /// Uploads `shelves`.
    ///
    /// # Errors
    /// When the device refuses, or cannot hold the sums of one scenario.
    pub fn open(stage: Stage<'a>, shelves: &'a [Shelf], tale: &mut Tale) -> Result<Self, Ended> {
        tale.held = Some(Held { bytes: resident_bytes(shelves), shelves: shelves.len() });
        let room = Room { binding: stage.opened.bounds.bytes, batch: tale.budget.batch };
        let fitting = most_scenarios(stage.job.plan(), shelves, room);
        let most = stage.options.most_scenarios.map_or(fitting, |most| most.min(fitting));
        let largest = shelves.iter().map(|shelf| 4 * shelf.n_losses).max().unwrap_or(0);
        let has_room = largest <= stage.opened.most_binding_bytes
            && 4 * table_words(stage.job.plan()) <= stage.opened.bounds.bytes;
        if most == 0 || !has_room {
            return Err(Ended::Failed(Failure::TooLarge));
        }
        if tale.acts.next(Moment::Upload).is_some() {
            // Neither the first buffer nor the last.
            stage.opened.act_shortage(2);
        }
        let resident = fenced(|| Resident::upload(stage, shelves)).inspect_err(|ended| stage.leave((), Some(ended)))?;
        let work = shelves.iter().flat_map(|shelf| &shelf.dispatches).map(|dispatch| dispatch.work).sum();
        Ok(Self {
            stage,
            shelves,
            work,
            pace: Pace::new(work, most),
            tables: Tables::default(),
            resident,
            idle: Vec::new(),
            flights: VecDeque::new(),
            last_landing: Instant::now(),
        })
    }

    /// Plays until the list is empty or the sink is stopped, and hands what lands to `accept`. What did not land is on the
    /// list afterwards.
    ///
    /// # Errors
    /// See [`Ended`].
    pub fn run(
        mut self,
        todo: &mut Todo,
        tale: &mut Tale,
        accept: &mut dyn FnMut(Sums) -> Result<(), Ended>,
    ) -> Result<(), Ended> {
        let outcome = self.play(todo, tale, accept);
        self.flights.iter().for_each(|(flight, _)| todo.put_back(flight.range()));
        self.stage.leave((self.resident, self.idle, self.flights), outcome.as_ref().err());
        outcome
    }

    fn play(
        &mut self,
        todo: &mut Todo,
        tale: &mut Tale,
        accept: &mut dyn FnMut(Sums) -> Result<(), Ended>,
    ) -> Result<(), Ended> {
        loop {
            let is_full = self.flights.len() == IN_FLIGHT;
            let closed = is_full || self.stage.sink.is_stopped();
            let next = if closed { None } else { todo.take(|left| self.pace.next(&tale.rate, left)) };
            if let Some(range) = next {
                if let Err(failure) = self.launch(range.clone(), tale) {
                    todo.put_back(range);
                    return Err(Ended::Failed(failure));
                }
            } else {
                let Some(sums) = self.land(tale)? else { return Ok(()) };
                accept(sums)?;
            }
        }
    }

    /// Computes the tables of a batch and sends it off.
    fn launch(&mut self, range: Range<u64>, tale: &mut Tale) -> Result<(), Failure> {
        let Stage { opened, cpu, job, .. } = self.stage;
        let fault = tale.acts.next(Moment::Batch);
        let tiling = Tiling::new((range.end - range.start) as u32);
        let begun = Instant::now();
        cpu.install(|| self.tables.fill(job, self.shelves, range.start, tiling));
        tale.times.tables += begun.elapsed();
        let begun = Instant::now();
        let pieces =
            pieces(self.shelves, tiling.n_scenarios, self.pace.submission_work(&tale.rate), &self.tables.most_hits);
        let n_params = pieces.len() as u64;
        if fault == Some(FaultKind::OutOfMemory) {
            // A slot of its own, whose third buffer is refused.
            part_with(std::mem::take(&mut self.idle));
            opened.act_shortage(3);
        }
        let slot = match self.idle.pop() {
            Some(slot) if slot.has_room(tiling.places(), n_params) => slot,
            small => {
                part_with(small);
                fenced(|| Slot::new(opened, &self.resident, tiling.places(), n_params))?
            }
        };
        let batch = Batch { job, first: range.start, tiling, tables: &self.tables, pieces: &pieces, fault };
        let sent = fenced(|| slot.send(opened, &self.resident, &batch));
        tale.times.sending += begun.elapsed();
        match sent {
            Ok(flight) => self.flights.push_back((flight, slot)),
            Err(failure) => {
                self.idle.push(slot);
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Waits for the oldest batch in flight; None when there is none.
    fn land(&mut self, tale: &mut Tale) -> Result<Option<Sums>, Ended> {
        let Some((flight, slot)) = self.flights.front() else { return Ok(None) };
        let Stage { opened, options, sink, .. } = self.stage;
        let begun = Instant::now();
        // It could not be begun before the batch ahead of it was done.
        let started = flight.submitted.max(self.last_landing);
        opened.wait(&flight.submission, started + options.patience, sink)?;
        let (words, kernels) = fenced(|| slot.receive(opened, flight))?;
        tale.times.waiting += begun.elapsed();
        tale.times.kernels += kernels;
        let work = f64::from(flight.n_scenarios) * self.work;
        tale.rate.learn(work, started.elapsed());
        tale.speed.land(work, flight.submitted);
        tale.delivered += 1;
        self.last_landing = Instant::now();
        let sums = Sums::read(flight.range(), &words, self.resident.shape);
        self.idle.extend(self.flights.pop_front().map(|(_, slot)| slot));
        Ok(Some(sums))
    }
}
