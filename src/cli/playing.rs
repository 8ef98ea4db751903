//! A run that is played: continued where it was left, watched by a progress bar, saved now and then. `simulate` and `ecl` have
//! it in common.

use super::args::OutputArgs;
use super::prepare::Prepared;
use super::{compose, progress};
use crate::engine::{Control, Device, Horizon, Job, Keep, Ledger, identity, play, refuse_too_large, what_to_keep};
use crate::error::{Error, Result};
use crate::report::{Manifest, RunFolder, RunReport, SavedRun, Seconds};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A run with a folder is saved this often while it plays.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// What is played, and where it goes.
pub struct Run<'a> {
    /// The run.
    pub job: &'a Job<'a>,
    /// Its scenarios, or a shard of them.
    pub range: Range<u64>,
    /// Where it is saved.
    pub folder: Option<&'a RunFolder>,
    /// Name of the result that it is summed up in there.
    pub result: &'static str,
    /// Whether results that are in the folder already are to be replaced; an unfinished part of this very run is continued all
    /// the same.
    pub replace: bool,
    /// How much is said.
    pub output: &'a OutputArgs,
    /// Raised by Ctrl-C.
    pub stop: &'a AtomicBool,
}

impl Run<'_> {
    /// What is known of the run before it is played.
    pub fn describe(&self, prepared: &Prepared, device: &dyn Device) -> Manifest {
        let info = device.info();
        Manifest {
            schema: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            identity: identity(self.job).to_string(),
            done: Vec::new(),
            levels: prepared.levels.iter().map(|level| level.value().to_string()).collect(),
            run: RunReport {
                scenarios: prepared.scenarios,
                scenarios_played: 0,
                scenario_range: [self.range.start, self.range.end],
                complete: false,
                seed: prepared.seed,
                stream_version: 0,
                threads: info.threads,
                device: info,
                seconds: Seconds { read: prepared.read_seconds, ..Seconds::default() },
                loan_scenarios_per_second: None,
                losses_digest: String::new(),
                default_times: prepared.default_times.map(|times| times.name().to_owned()),
                path: prepared.path.clone(),
            },
            portfolio: prepared.portfolio.clone(),
            segments: prepared.segments.clone(),
            years: prepared.years.clone(),
            model: prepared.model.clone(),
            inputs: prepared.inputs.clone(),
            assumed: prepared.assumed.clone(),
            notes: prepared.notes.clone(),
        }
    }

    /// Refuses a run whose losses would not fit into memory.
    ///
    /// # Errors
    /// [`Error::Setting`] with what is needed and what is there.
    pub fn refuse_too_large(&self) -> Result<()> {
        refuse_too_large(&self.range, self.keep(), self.n_years())
    }

    /// Plays what is missing, until it is interrupted, and tells `manifest` of it.
    ///
    /// # Errors
    /// Those of [`Run::refuse_too_large`], of the folder and of the device.
    pub fn play(&self, device: &mut dyn Device, manifest: &mut Manifest) -> anyhow::Result<Ledger> {
        self.refuse_too_large()?;
        let mut ledger = Ledger::new(self.range.clone(), self.keep()).with_years(self.n_years());
        if let Some(folder) = self.folder {
            self.take_over_saved(folder, manifest, &mut ledger)?;
        }
        let continued = ledger.n_done();
        let ledger = Mutex::new(ledger);
        let started = Instant::now();
        self.play_watched(device, &ledger, manifest)?;
        let play_seconds = started.elapsed().as_secs_f64();
        let ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
        // `auto` has decided by now.
        manifest.run.device = device.info();
        manifest.notes.extend(device.notes());
        let new = (ledger.n_done() - continued) as f64;
        manifest.run.loan_scenarios_per_second =
            (new > 0.0).then(|| manifest.portfolio.loans as f64 * new / play_seconds.max(1e-9));
        manifest.run.seconds.play += play_seconds;
        Ok(ledger)
    }

    /// Whether scenarios are missing because somebody pressed Ctrl-C: in the last moment that changes nothing.
    pub fn is_interrupted(&self, ledger: &Ledger) -> bool {
        self.stop.load(Ordering::SeqCst) && !ledger.gaps().is_empty()
    }

    /// Says `text` to people.
    pub fn say(&self, text: &str) {
        if !self.output.quiet {
            eprintln!("mc-gpu: {text}");
        }
    }

    fn keep(&self) -> Keep {
        what_to_keep(&self.range, self.job.plan().n_segments())
    }

    fn n_years(&self) -> usize {
        self.job.plan().horizon().map_or(0, Horizon::years)
    }

    /// Fills `ledger` with what an unfinished run of the same kind left in `folder`.
    fn take_over_saved(&self, folder: &RunFolder, manifest: &mut Manifest, ledger: &mut Ledger) -> Result<()> {
        if !folder.holds_run() {
            return Ok(());
        }
        let wanted = ledger.range();
        let saved = match self.unfinished(folder, &manifest.identity, &wanted) {
            // Whatever else is there is to be replaced.
            Err(_) if self.replace => return Ok(()),
            saved => saved?,
        };
        if saved.ledger.keep() != ledger.keep() {
            *ledger = Ledger::new(wanted, Keep::Totals).with_years(self.n_years());
        }
        saved.ledger.parts().try_for_each(|part| ledger.record(&part))?;
        manifest.run.seconds.play = saved.manifest.run.seconds.play;
        self.say(&format!(
            "continuing the run in {}: {} scenarios are there",
            folder.path().display(),
            ledger.n_done()
        ));
        Ok(())
    }

    /// What `folder` holds, if that is an unfinished part of the run with this `identity` over the scenarios `wanted`.
    fn unfinished(&self, folder: &RunFolder, identity: &str, wanted: &Range<u64>) -> Result<SavedRun> {
        let other = |found: &str| Error::Run {
            path: folder.path().to_owned(),
            found: found.to_owned(),
            remedy: "choose another --out, or add --force to replace it".to_owned(),
        };
        let saved = RunFolder::open(folder.path())?;
        if saved.manifest.identity != identity {
            return Err(other("holds results of another run (other loans, model or seed)"));
        }
        if let Some(name) = folder.results().find(|name| *name != self.result) {
            return Err(other(&format!("holds {name}, a result of another command")));
        }
        if saved.ledger.done().iter().any(|done| done.start < wanted.start || done.end > wanted.end) {
            return Err(other("holds scenarios outside the range asked for"));
        }
        let is_whole = saved.ledger.n_done() == wanted.end - wanted.start;
        if is_whole && folder.is_summed_up(self.result, &saved.manifest.run.losses_digest) {
            return Err(Error::Run {
                path: folder.path().to_owned(),
                found: "holds this very run, finished".to_owned(),
                remedy: format!(
                    "read its {}, measure it at other levels with `mc-gpu merge DIR --levels … --out OTHER`, or add --force",
                    self.result
                ),
            });
        }
        Ok(saved)
    }

    /// Plays with a progress bar, and saves now and then if there is a folder.
    fn play_watched(&self, device: &mut dyn Device, ledger: &Mutex<Ledger>, manifest: &Manifest) -> anyhow::Result<()> {
        let missing = {
            let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            ledger.range().end - ledger.range().start - ledger.n_done()
        };
        let bar = progress::scenario_bar(missing, manifest.portfolio.loans, self.output);
        let control = Control { stop: self.stop, progress: &|n| bar.inc(n) };
        let finished = (Mutex::new(false), Condvar::new());
        let outcome = std::thread::scope(|scope| {
            if let Some(folder) = self.folder {
                scope.spawn(|| save_regularly(folder, ledger, manifest, &finished));
            }
            let outcome = play(self.job, device, ledger, &control);
            *finished.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            finished.1.notify_all();
            outcome
        });
        bar.finish_and_clear();
        Ok(outcome?)
    }
}

fn save_regularly(folder: &RunFolder, ledger: &Mutex<Ledger>, manifest: &Manifest, finished: &(Mutex<bool>, Condvar)) {
    let mut is_finished = finished.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !*is_finished {
        let (guard, wait) = finished.1.wait_timeout(is_finished, SAVE_EVERY).unwrap_or_else(PoisonError::into_inner);
        is_finished = guard;
        if wait.timed_out() && !*is_finished {
            let copy = ledger.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut manifest = manifest.clone();
            compose::update(&mut manifest, &copy);
            if let Err(error) = folder.save_losses(&copy, &manifest) {
                // The run goes on: the disk may have room again when it ends, and then the error is final.
                tracing::warn!("the run so far could not be saved: {error}");
            }
        }
    }
}
