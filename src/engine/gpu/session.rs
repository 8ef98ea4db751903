//! A session: one plan on one opened device, playing batch after batch with two in hand.

use super::batch::{Pace, Tiling, most_scenarios};
use super::clock::Times;
use super::failure::Failure;
use super::fault::FaultKind;
use super::interface::HEADER_WORDS;
use super::opened::Opened;
use super::options::GpuOptions;
use super::pieces::pieces;
use super::resident::Resident;
use super::schedule::{Shelf, schedule};
use super::slot::{Batch, Flight, Slot};
use super::tables::Tables;
use super::todo::Todo;
use crate::engine::cpu::Cpu;
use crate::engine::device::{Part, Sink};
use crate::engine::job::Job;
use crate::error::Error;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

/// Batches in hand: one that the device plays, one that waits for it or is being read back.
const IN_FLIGHT: usize = 2;

/// Why a session ended early.
#[derive(Debug)]
pub enum Ended {
    /// The device failed; what is missing is back on the list.
    Failed(Failure),
    /// The sink refused a part.
    Refused(Error),
}

/// What sessions play with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// The device.
    pub opened: &'a Opened,
    /// Settings.
    pub options: &'a GpuOptions,
    /// Threads for the host's tables.
    pub cpu: &'a Cpu,
}

/// What happened so far in a call of `play`, over its sessions.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Tale {
    /// Batches that were begun.
    pub attempts: u64,
    /// Batches that came back whole.
    pub delivered: u64,
    /// Random words per second of the last batches; 0 before any.
    pub words_per_second: f64,
    /// Where the time went.
    pub times: Times,
}

/// Plays what is on the list; what could not be finished is on it afterwards.
///
/// # Errors
/// See [`Ended`].
pub fn play(
    tools: Tools<'_>,
    job: &Job<'_>,
    (todo, tale): (&mut Todo, &mut Tale),
    sink: &dyn Sink,
) -> Result<(), Ended> {
    let shelves = schedule(job.plan(), tools.options.workgroup_size, tools.opened.bounds);
    let mut session = Session::new(tools, job, &shelves).map_err(Ended::Failed)?;
    session.times = tale.times;
    let outcome = session.run(todo, tale, sink);
    // Whatever is still in flight was not delivered.
    session.flights.iter().for_each(|(flight, _)| todo.put_back(flight.range()));
    outcome
}

struct Session<'a> {
    tools: Tools<'a>,
    job: &'a Job<'a>,
    resident: Resident<'a>,
    pace: Pace,
    tables: Tables,
    idle: Vec<Slot>,
    flights: VecDeque<(Flight, Slot)>,
    last_landing: Instant,
    times: Times,
}

impl<'a> Session<'a> {
    fn new(tools: Tools<'a>, job: &'a Job<'a>, shelves: &'a [Shelf]) -> Result<Self, Failure> {
        let fitting = most_scenarios(job.plan(), shelves, tools.opened.bounds.bytes);
        let most = tools.options.most_scenarios.map_or(fitting, |most| most.min(fitting));
        if most == 0 {
            return Err(Failure::TooLarge);
        }
        let resident = Resident::upload(tools.opened, job.plan(), shelves, tools.options.workgroup_size)?;
        let work = shelves.iter().flat_map(|shelf| &shelf.dispatches).map(|dispatch| dispatch.work).sum();
        Ok(Self {
            tools,
            job,
            resident,
            pace: Pace::new(work, most),
            tables: Tables::default(),
            idle: Vec::new(),
            flights: VecDeque::new(),
            last_landing: Instant::now(),
            times: Times::default(),
        })
    }

    fn run(&mut self, todo: &mut Todo, tale: &mut Tale, sink: &dyn Sink) -> Result<(), Ended> {
        loop {
            let is_full = self.flights.len() == IN_FLIGHT;
            let next = if is_full || sink.is_stopped() { None } else { todo.take(|left| self.pace.next(left)) };
            if let Some(range) = next {
                let fault = self.tools.options.faults.iter().find(|fault| fault.attempt == tale.attempts);
                tale.attempts += 1;
                let launched = self.launch(range.clone(), fault.map(|fault| fault.kind));
                tale.times = self.times;
                if let Err(failure) = launched {
                    todo.put_back(range);
                    return Err(Ended::Failed(failure));
                }
            } else {
                let Some(part) = self.land().map_err(Ended::Failed)? else { return Ok(()) };
                sink.accept(part).map_err(Ended::Refused)?;
                tale.delivered += 1;
                tale.times = self.times;
                tale.words_per_second = self.pace.rate();
            }
        }
    }

    /// Computes the tables of a batch and sends it off.
    fn launch(&mut self, range: Range<u64>, fault: Option<FaultKind>) -> Result<(), Failure> {
        let opened = self.tools.opened;
        let tiling = Tiling::new((range.end - range.start) as u32);
        let (job, schedule) = (self.job, self.resident.schedule);
        let begun = Instant::now();
        self.tools.cpu.install(|| self.tables.fill(job, schedule, range.start, tiling));
        self.times.tables += begun.elapsed();
        let begun = Instant::now();
        let mut pieces = pieces(schedule, tiling.n_scenarios, self.pace.submission_work());
        if fault == Some(FaultKind::OutOfMemory) {
            return Err(Failure::OutOfMemory);
        }
        let n_params = pieces.len() as u64;
        let slot = match self.idle.pop().filter(|slot| slot.has_room(tiling.places(), n_params)) {
            Some(slot) => slot,
            None => Slot::new(opened, &self.resident, tiling.places(), n_params)?,
        };
        let skipped = if fault == Some(FaultKind::Incomplete) { pieces.pop() } else { None };
        let batch = Batch { job, first: range.start, tiling, tables: &self.tables, pieces: &pieces };
        let mut flight = slot.send(opened, &self.resident, &batch)?;
        self.times.sending += begun.elapsed();
        flight.expect(skipped.map_or(0, |piece| piece.workgroups()));
        match fault {
            Some(FaultKind::Lost) => opened.device.destroy(),
            Some(FaultKind::FailedMap) => slot.cancel_map(),
            _ => {}
        }
        self.flights.push_back((flight, slot));
        Ok(())
    }

    /// Waits for the oldest batch in flight; None when there is none.
    fn land(&mut self) -> Result<Option<Part>, Failure> {
        let Some((flight, slot)) = self.flights.front() else { return Ok(None) };
        let begun = Instant::now();
        let (words, kernels) = slot.receive(self.tools.opened, flight)?;
        self.times.waiting += begun.elapsed();
        self.times.kernels += kernels;
        self.pace.learn(flight.n_scenarios, flight.submitted.max(self.last_landing).elapsed());
        self.last_landing = Instant::now();
        let part = part(self.job, flight, &words);
        self.idle.extend(self.flights.pop_front().map(|(_, slot)| slot));
        Ok(Some(part))
    }
}

/// What came back, with the losses that every scenario has.
fn part(job: &Job<'_>, flight: &Flight, words: &[u32]) -> Part {
    let certain = job.plan().certain();
    let n = flight.n_scenarios as usize;
    let sums = words.get(HEADER_WORDS as usize..).unwrap_or_default();
    let (defaults, losses) = sums.split_at(n.min(sums.len()));
    let always = certain.iter().map(|certain| certain.defaults).sum::<u32>();
    let segment_losses: Vec<u64> = losses
        .chunks_exact(2)
        .zip(certain.iter().cycle())
        .map(|(word, certain)| certain.loss + (u64::from(word[1]) << 32 | u64::from(word[0])))
        .collect();
    Part {
        scenarios: flight.range(),
        losses: segment_losses.chunks(certain.len().max(1)).map(|segments| segments.iter().sum()).collect(),
        defaults: defaults.iter().map(|defaults| always + defaults).collect(),
        segment_losses,
    }
}
