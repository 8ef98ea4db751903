//! A slot: the device buffers of one batch. Two slots make the double buffer: the host fills one while the device plays
//! the other.

use super::batch::Tiling;
use super::clock::{Clock, STAMP_BYTES, between};
use super::failure::Failure;
use super::fault::FaultKind;
use super::interface::{HEADER_WORDS, Params};
use super::opened::Opened;
use super::pieces::Piece;
use super::receipt;
use super::resident::Resident;
use super::states::States;
use super::tables::Tables;
use crate::engine::job::Job;
use std::ops::Range;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindingResource, Buffer, BufferBinding, BufferUsages,
    CommandEncoder, MapMode, SubmissionIndex,
};

/// How long after the end of a submission its callback may come.
const CALLBACK_PATIENCE: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub struct Slot {
    places: u64,
    n_params: u64,
    counts: Vec<Buffer>,
    shocks: Buffer,
    params: Buffer,
    results: Buffer,
    readback: Buffer,
    groups: Vec<BindGroup>,
    clock: Option<Clock>,
}

/// A batch that the device is playing.
#[derive(Debug)]
pub struct Flight {
    /// Scenarios.
    pub n_scenarios: u32,
    first: u64,
    /// When it was begun to be handed over.
    pub submitted: Instant,
    sent: u32,
    stamp: u32,
    words: u64,
    bytes: u64,
    /// Its last submission.
    pub submission: SubmissionIndex,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
}

/// A batch to be sent.
pub struct Batch<'a> {
    /// What is played.
    pub job: &'a Job<'a>,
    /// First scenario.
    pub first: u64,
    /// Scenarios and their tiles.
    pub tiling: Tiling,
    /// What the host computed.
    pub tables: &'a Tables,
    /// Dispatches.
    pub pieces: &'a [Piece],
    /// What goes wrong, acted out.
    pub fault: Option<FaultKind>,
}

impl Flight {
    /// Scenarios of the batch.
    pub fn range(&self) -> Range<u64> {
        self.first..self.first + u64::from(self.n_scenarios)
    }
}

impl Slot {
    /// Room for batches of `places` places and `n_params` dispatches.
    ///
    /// # Errors
    /// When the device refuses the buffers.
    pub fn new(opened: &Opened, resident: &Resident, places: u64, n_params: u64) -> Result<Self, Failure> {
        let storage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let words = u64::from(HEADER_WORDS) + places * resident.shape.words();
        let rows = 1 + resident.shape.n_segments as u64 * u64::from(resident.states.index_rows);
        let shocks = opened.buffer("shocks", 4 * places * rows * u64::from(resident.has_shocks), storage)?;
        let pipelines = opened.pipelines(resident.periods)?;
        let params =
            opened.buffer("params", n_params * opened.stride, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?;
        let results = opened.buffer("results", 4 * words, storage | BufferUsages::COPY_SRC)?;
        let readback =
            opened.buffer("readback", 4 * words + STAMP_BYTES, BufferUsages::MAP_READ | BufferUsages::COPY_DST)?;
        let mut counts = Vec::new();
        let mut groups = Vec::new();
        for shelf in &resident.shelves {
            let table = opened.buffer("counts", 4 * places * shelf.n_counted as u64, storage)?;
            let window =
                BufferBinding { buffer: &params, offset: 0, size: wgpu::BufferSize::new(4 * Params::WORDS as u64) };
            let bound = [
                BindingResource::Buffer(window),
                shelf.losses.as_entire_binding(),
                shelf.blocks.as_entire_binding(),
                shelf.spans.as_entire_binding(),
                table.as_entire_binding(),
                shocks.as_entire_binding(),
                resident.knots.as_entire_binding(),
                results.as_entire_binding(),
            ];
            let bound = bound.into_iter().chain(resident.tables.as_ref().map(Buffer::as_entire_binding));
            let entries: Vec<BindGroupEntry<'_>> =
                bound.zip(0..).map(|(resource, binding)| BindGroupEntry { binding, resource }).collect();
            groups.push(opened.device.create_bind_group(&BindGroupDescriptor {
                label: Some("shelf"),
                layout: &pipelines.layout,
                entries: &entries,
            }));
            counts.push(table);
        }
        opened.check()?;
        Ok(Self { places, n_params, counts, shocks, params, results, readback, groups, clock: Clock::new(opened)? })
    }

    /// Whether a batch of that size fits.
    pub fn has_room(&self, places: u64, n_params: u64) -> bool {
        places <= self.places && n_params <= self.n_params
    }

    /// Sends a batch: tables, dispatches in one submission or several, and the copy of the results.
    ///
    /// # Errors
    /// What the device complains about.
    pub fn send(&self, opened: &Opened, resident: &Resident, batch: &Batch<'_>) -> Result<Flight, Failure> {
        let (stamp, submitted) = (receipt::next_stamp(), Instant::now());
        self.write(opened, resident, batch, stamp);
        let n_scenarios = batch.tiling.n_scenarios;
        let words = u64::from(HEADER_WORDS) + u64::from(n_scenarios) * resident.shape.words();
        let pipelines = opened.pipelines(resident.periods)?;
        let encoder = || opened.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("batch") });
        let submit = |commands: CommandEncoder| {
            let ignored = batch.fault == Some(FaultKind::Ignored);
            opened.queue.submit(Some(commands.finish()).filter(|_| !ignored))
        };
        let mut commands = encoder();
        commands.clear_buffer(&self.results, 0, Some(4 * words));
        let mut sent = 0u32;
        let mut at = 0;
        for pieces in batch.pieces.chunk_by(|_, next| !next.opens) {
            let is_last = at as usize + pieces.len() == batch.pieces.len();
            let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("batch"),
                timestamp_writes: self.clock.as_ref().and_then(|clock| clock.writes(at == 0, is_last)),
            });
            for piece in pieces {
                sent = sent.wrapping_add(piece.workgroups());
                at += 1;
                if batch.fault == Some(FaultKind::Incomplete) && at as usize == batch.pieces.len() {
                    continue;
                }
                pass.set_pipeline(pipelines.of(piece.kernel));
                pass.set_bind_group(0, self.groups.get(piece.shelf), &[((at - 1) * opened.stride) as u32]);
                pass.dispatch_workgroups(piece.n_groups, piece.n_spans, 1);
            }
            drop(pass);
            // Each on its own, so that a display's watchdog sees many short ones.
            submit(std::mem::replace(&mut commands, encoder()));
        }
        commands.copy_buffer_to_buffer(&self.results, 0, &self.readback, 0, 4 * words);
        let clock = self.clock.as_ref().filter(|_| !batch.pieces.is_empty());
        if let Some(clock) = clock {
            clock.resolve(&mut commands, &self.readback, 4 * words);
        }
        let bytes = 4 * words + if clock.is_some() { STAMP_BYTES } else { 0 };
        let submission = submit(commands);
        let (tell, mapped) = channel();
        self.readback.map_async(MapMode::Read, ..bytes, move |outcome| {
            // Nobody listens when the run has given the batch up.
            let _ = tell.send(outcome);
        });
        match batch.fault {
            Some(FaultKind::Lost) => opened.device.destroy(),
            Some(FaultKind::FailedMap) => self.readback.unmap(),
            Some(FaultKind::Hang) => opened.act_hang(),
            _ => {}
        }
        opened.check()?;
        Ok(Flight { first: batch.first, n_scenarios, submitted, sent, stamp, words, bytes, submission, mapped })
    }

    /// Reads the results of a batch whose submission is done, header and all, with the time that the kernels took.
    ///
    /// # Errors
    /// Whatever kept the batch from being whole.
    pub fn receive(&self, opened: &Opened, flight: &Flight) -> Result<(Vec<u32>, Duration), Failure> {
        // Another thread that polls the same device may have the callback in hand, so this waits a little.
        if !matches!(flight.mapped.recv_timeout(CALLBACK_PATIENCE), Ok(Ok(()))) {
            return Err(Failure::FailedMap);
        }
        let mut words = {
            let view = self.readback.get_mapped_range(..flight.bytes).map_err(|_| Failure::FailedMap)?;
            bytemuck::pod_collect_to_vec::<u8, u32>(&view)
        };
        self.readback.unmap();
        let stamps = words.split_off(words.len().min(flight.words as usize));
        let kernels = opened.tick.map_or(Duration::ZERO, |tick| between(&stamps, tick));
        receipt::check(&words, flight.stamp, flight.sent)?;
        Ok((words, kernels))
    }

    fn write(&self, opened: &Opened, resident: &Resident, batch: &Batch<'_>, stamp: u32) {
        for (buffer, counts) in self.counts.iter().zip(&batch.tables.counts) {
            opened.queue.write_buffer(buffer, 0, bytemuck::cast_slice(counts));
        }
        opened.queue.write_buffer(&self.shocks, 0, bytemuck::cast_slice(&batch.tables.shocks));
        let [key_lo, key_hi] = batch.job.key();
        let States { index_rows, is_path, by_argument, severity_rows, severity_cells, first_class, first_severity } =
            resident.states;
        let mut image = vec![0u8; batch.pieces.len() * opened.stride as usize];
        for (piece, place) in batch.pieces.iter().zip(image.chunks_exact_mut(opened.stride as usize)) {
            let params = Params {
                key_lo,
                key_hi,
                scenario_lo: batch.first as u32,
                scenario_hi: (batch.first >> 32) as u32,
                n_scenarios: batch.tiling.n_scenarios,
                n_segments: resident.shape.n_segments as u32,
                tile: batch.tiling.tile,
                n_counted: resident.shelves.get(piece.shelf).map_or(0, |shelf| shelf.n_counted as u32),
                first_span: piece.first_span,
                players: piece.players,
                lanes: opened.workgroup_size() / piece.players,
                most_blocks: piece.most_blocks,
                stamp,
                most_rounds: piece.most_rounds,
                periods: resident.lengths.0,
                per_year: resident.lengths.1,
                n_years: resident.shape.n_years as u32,
                index_rows,
                is_path,
                by_argument,
                severity_rows,
                severity_cells,
                first_class,
                first_severity,
            };
            place[..4 * Params::WORDS].copy_from_slice(bytemuck::cast_slice(&params.words()));
        }
        opened.queue.write_buffer(&self.params, 0, &image);
    }
}
