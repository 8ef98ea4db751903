//! `mc-gpu simulate`: read, pool, play, measure, report; to be interrupted, continued and sharded.

use super::args::{Format, SimulateArgs};
use super::prepare::{Prepared, prepare};
use super::threads::on_threads;
use super::{compose, interrupt, number, progress};
use crate::engine::{
    Control, Device, Job, Keep, Ledger, Replay, identity, play, refuse_too_large, select_device, what_to_keep,
};
use crate::error::{Error, Result};
use crate::report::{Manifest, RunFolder, RunReport, Seconds, render, tail_shares};
use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A run with a folder is saved this often while it plays.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// Plays, saves and prints.
pub fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    let mut device = select_device(&args.device.device, threads)?;
    let folder = args.out.as_deref().map(RunFolder::prepare).transpose()?;
    let stop = interrupt::stop_flag()?;
    let prepared = on_threads(threads, || prepare(&args.input, &args.output, args.out.as_deref(), &stop))??;
    let range = match &args.scenario_range {
        Some(text) => number::range(text, prepared.scenarios)?,
        None => 0..prepared.scenarios,
    };
    let job = Job::new(&prepared.plan, prepared.seed);
    let mut manifest = describe(&prepared, &job, device.as_ref(), &range);
    let keep = what_to_keep(&range, prepared.plan.n_segments());
    refuse_too_large(&range, keep)?;
    let mut ledger = Ledger::new(range.clone(), keep);
    if let Some(folder) = &folder {
        take_over_saved(folder, args, &mut manifest, &mut ledger)?;
    }
    let continued = ledger.n_done();
    let ledger = Mutex::new(ledger);
    let started = Instant::now();
    play_watched(
        &job,
        device.as_mut(),
        &ledger,
        &Watch { args, folder: folder.as_ref(), manifest: &manifest, stop: &stop },
    )?;
    let play_seconds = started.elapsed().as_secs_f64();
    let ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);

    // `auto` has decided by now.
    manifest.run.device = device.info();
    manifest.notes.extend(device.notes());
    let new = (ledger.n_done() - continued) as f64;
    manifest.run.loan_scenarios_per_second =
        (new > 0.0).then(|| prepared.portfolio.loans as f64 * new / play_seconds.max(1e-9));
    manifest.run.seconds.play += play_seconds;
    // Ctrl-C in the last moment changes nothing once every scenario is there.
    let interrupted = stop.load(Ordering::SeqCst) && !ledger.gaps().is_empty();
    let played = Played { args, prepared: &prepared, job: &job, ledger: &ledger, folder: folder.as_ref() };
    if interrupted { played.part(manifest) } else { played.report(manifest) }
}

/// A run that has been played, or interrupted.
struct Played<'a> {
    args: &'a SimulateArgs,
    prepared: &'a Prepared,
    job: &'a Job<'a>,
    ledger: &'a Ledger,
    folder: Option<&'a RunFolder>,
}

impl Played<'_> {
    /// Measures, prints and saves.
    fn report(&self, mut manifest: Manifest) -> anyhow::Result<ExitCode> {
        let measuring = Instant::now();
        compose::update(&mut manifest, self.ledger);
        let replay = Replay::new(self.job, manifest.run.threads)?;
        let (levels, n_segments) = (&self.prepared.levels, self.prepared.plan.n_segments());
        let shares = tail_shares(self.ledger, levels, n_segments, Some(&replay));
        let mut result = compose::result(&manifest, self.ledger, levels, shares)?;
        manifest.run.seconds.measure = measuring.elapsed().as_secs_f64();
        result.run.seconds = manifest.run.seconds;
        match self.args.output.format {
            Format::Json => super::print_json(&result)?,
            Format::Table => super::print(&render(&result))?,
        }
        // A full disk must not take the result with it: it has been printed by now.
        if let Some(folder) = self.folder {
            folder.save(self.ledger, &manifest, &result)?;
            self.say(&format!("written to {}", folder.path().display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Saves what is finished and says how to go on; the prompt is not kept waiting for a result.
    fn part(&self, mut manifest: Manifest) -> anyhow::Result<ExitCode> {
        let done = self.ledger.n_done();
        match self.folder {
            _ if done == 0 => self.say("interrupted before the first scenarios were finished; nothing was kept"),
            None => {
                self.say(&format!("interrupted after {done} scenarios; nothing was kept (give --out to keep them)"))
            }
            Some(folder) => {
                compose::update(&mut manifest, self.ledger);
                let result = compose::result(&manifest, self.ledger, &self.prepared.levels, Vec::new())?;
                folder.save(self.ledger, &manifest, &result)?;
                self.say(&format!(
                    "interrupted after {done} scenarios; they are kept in {}: the same command continues, `mc-gpu merge` merges",
                    folder.path().display()
                ));
            }
        }
        Ok(ExitCode::from(interrupt::INTERRUPTED as u8))
    }

    fn say(&self, text: &str) {
        if !self.args.output.quiet {
            eprintln!("mc-gpu: {text}");
        }
    }
}

fn describe(prepared: &Prepared, job: &Job<'_>, device: &dyn Device, range: &Range<u64>) -> Manifest {
    let info = device.info();
    Manifest {
        schema: String::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        identity: identity(job).to_string(),
        done: Vec::new(),
        levels: prepared.levels.iter().map(|level| level.value().to_string()).collect(),
        run: RunReport {
            scenarios: prepared.scenarios,
            scenarios_played: 0,
            scenario_range: [range.start, range.end],
            complete: false,
            seed: prepared.seed,
            stream_version: 0,
            threads: info.threads,
            device: info,
            seconds: Seconds { read: prepared.read_seconds, ..Seconds::default() },
            loan_scenarios_per_second: None,
            losses_digest: String::new(),
        },
        portfolio: prepared.portfolio.clone(),
        segments: prepared.segments.clone(),
        model: prepared.model.clone(),
        inputs: prepared.inputs.clone(),
        assumed: prepared.assumed.clone(),
        notes: prepared.notes.clone(),
    }
}

/// Fills `ledger` with what an unfinished run of the same kind left in `folder`.
fn take_over_saved(
    folder: &RunFolder,
    args: &SimulateArgs,
    manifest: &mut Manifest,
    ledger: &mut Ledger,
) -> Result<()> {
    if !folder.holds_run() || args.force {
        return Ok(());
    }
    let other = |found: &str| Error::Run {
        path: folder.path().to_owned(),
        found: found.to_owned(),
        remedy: "choose another --out, or add --force to replace it".to_owned(),
    };
    let saved = RunFolder::open(folder.path())?;
    if saved.manifest.identity != manifest.identity {
        return Err(other("holds results of another run (other loans, model or seed)"));
    }
    let wanted = ledger.range();
    if saved.ledger.done().iter().any(|done| done.start < wanted.start || done.end > wanted.end) {
        return Err(other("holds scenarios outside the range asked for"));
    }
    if saved.ledger.keep() != ledger.keep() {
        *ledger = Ledger::new(wanted, Keep::Totals);
    }
    saved.ledger.parts().try_for_each(|part| ledger.record(&part))?;
    manifest.run.seconds.play = saved.manifest.run.seconds.play;
    if ledger.gaps().is_empty() && folder.is_summed_up(&saved.manifest.run.losses_digest) {
        return Err(Error::Run {
            path: folder.path().to_owned(),
            found: "holds this very run, finished".to_owned(),
            remedy: "read its summary.json, measure it at other levels with `mc-gpu merge DIR --levels … --out OTHER`, or add --force"
                .to_owned(),
        });
    }
    if !args.output.quiet {
        eprintln!("mc-gpu: continuing the run in {}: {} scenarios are there", folder.path().display(), ledger.n_done());
    }
    Ok(())
}

struct Watch<'a> {
    args: &'a SimulateArgs,
    folder: Option<&'a RunFolder>,
    manifest: &'a Manifest,
    stop: &'a AtomicBool,
}

/// Plays with a progress bar, and saves now and then if there is a folder.
fn play_watched(
    job: &Job<'_>,
    device: &mut dyn Device,
    ledger: &Mutex<Ledger>,
    watch: &Watch<'_>,
) -> anyhow::Result<()> {
    let (missing, loans) = {
        let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        (ledger.range().end - ledger.range().start - ledger.n_done(), watch.manifest.portfolio.loans)
    };
    let bar = progress::scenario_bar(missing, loans, &watch.args.output);
    let control = Control { stop: watch.stop, progress: &|n| bar.inc(n) };
    let finished = (Mutex::new(false), Condvar::new());
    let outcome = std::thread::scope(|scope| {
        if let Some(folder) = watch.folder {
            scope.spawn(|| save_regularly(folder, ledger, watch.manifest, &finished));
        }
        let outcome = play(job, device, ledger, &control);
        *finished.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        finished.1.notify_all();
        outcome
    });
    bar.finish_and_clear();
    Ok(outcome?)
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
