//! One run: a device fills the gaps of a ledger, and may be stopped and started again.

use super::device::{Device, Part, Sink};
use super::digest::{Digest, Hasher};
use super::job::Job;
use super::ledger::Ledger;
use super::stream::STREAM_VERSION;
use crate::error::{Error, Result};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What two runs must share for their ledgers to be merged (M24): plan (with its model), shift, climates, seed and stream
/// version.
pub fn identity(job: &Job<'_>) -> Digest {
    let mut hash = Hasher::new("mc-gpu run");
    hash.bytes(job.plan().digest().to_string().as_bytes()).u64(job.seed()).u64(u64::from(STREAM_VERSION));
    job.index_shift().iter().for_each(|&shift| _ = hash.f64(shift));
    if !job.climates().is_empty() {
        hash.bytes(b"climates");
        let periods = job.plan().path().map_or(1, |(_, periods)| periods);
        for climate in job.climates() {
            hash.f64(climate.scale);
            (0..periods).for_each(|period| _ = hash.f64(climate.at(period)));
        }
    }
    hash.finish()
}

/// Plays what is missing in `ledger` on `device`. `progress` hears the number of scenarios of each finished part;
/// raising `stop` ends the run after the ranges in hand, with the ledger valid and incomplete.
///
/// # Errors
/// Those of the device.
pub fn play(job: &Job<'_>, device: &mut dyn Device, ledger: &Mutex<Ledger>, control: &Control<'_>) -> Result<()> {
    let gaps = lock(ledger)?.gaps();
    let sink = LedgerSink { ledger, control };
    gaps.into_iter().try_for_each(|gap| device.play(job, gap, &sink))
}

/// How a run is watched and stopped from outside.
pub struct Control<'a> {
    /// Raised to stop the run.
    pub stop: &'a AtomicBool,
    /// Called with the number of scenarios of each finished part, from any thread.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

struct LedgerSink<'a> {
    ledger: &'a Mutex<Ledger>,
    control: &'a Control<'a>,
}

impl Sink for LedgerSink<'_> {
    fn accept(&self, part: Part) -> Result<()> {
        let n = part.losses.len() as u64;
        lock(self.ledger)?.record(&part)?;
        (self.control.progress)(n);
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.control.stop.load(Ordering::Relaxed)
    }
}

fn lock(ledger: &Mutex<Ledger>) -> Result<std::sync::MutexGuard<'_, Ledger>> {
    ledger.lock().map_err(|_| Error::Internal("a thread died while it held the ledger".to_owned()))
}
