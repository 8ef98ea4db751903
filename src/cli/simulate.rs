//! `mc-gpu simulate`: read, pool, play, measure, report; to be interrupted, continued and sharded.

use super::args::{Format, SimulateArgs};
use super::prepare::{Prepared, prepare};
use super::{compose, interrupt, number, progress};
use crate::engine::{Control, Cpu, Device, Job, Keep, Ledger, identity, play, select_device};
use crate::error::{Error, Result};
use crate::report::{Manifest, RunFolder, RunReport, Seconds, render, tail_shares};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Segment losses of all scenarios are kept up to this many bytes; beyond, the tail is replayed.
const SEGMENT_BYTES: u64 = 256 << 20;

/// A run with a folder is saved this often while it plays.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// Plays, saves and prints.
pub fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    let mut device = select_device(&args.device.device, threads)?;
    let folder = args.out.as_deref().map(RunFolder::prepare).transpose()?;
    let stop = interrupt::stop_flag()?;
    let prepared = prepare(&args.input, &args.output, args.out.as_deref())?;
    let range = match &args.scenario_range {
        Some(text) => number::range(text, prepared.scenarios)?,
        None => 0..prepared.scenarios,
    };
    let job = Job::new(&prepared.plan, prepared.seed);
    let mut manifest = describe(&prepared, &job, device.as_ref(), &range);
    let mut ledger = Ledger::new(range.clone(), what_to_keep(&prepared, &range));
    if let Some(folder) = &folder {
        take_over_saved(folder, args, &manifest, &mut ledger)?;
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
    let played = (ledger.n_done() - continued) as f64;
    manifest.run.loan_scenarios_per_second =
        (played > 0.0).then(|| prepared.portfolio.loans as f64 * played / play_seconds.max(1e-9));
    manifest.run.seconds.play = play_seconds;
    let interrupted = stop.load(Ordering::SeqCst);
    if interrupted && ledger.n_done() == 0 {
        eprintln!("mc-gpu: interrupted before the first scenarios were finished; nothing was kept");
        return Ok(ExitCode::from(interrupt::INTERRUPTED as u8));
    }
    finish(args, &prepared, &job, &ledger, manifest, folder.as_ref(), interrupted)
}

/// Measures, saves and prints what was played.
#[allow(clippy::too_many_arguments)]
fn finish(
    args: &SimulateArgs,
    prepared: &Prepared,
    job: &Job<'_>,
    ledger: &Ledger,
    mut manifest: Manifest,
    folder: Option<&RunFolder>,
    interrupted: bool,
) -> anyhow::Result<ExitCode> {
    let measuring = Instant::now();
    compose::update(&mut manifest, ledger);
    // An interrupted user wants the prompt back: the tail is not replayed then.
    let cpu = if interrupted { None } else { Some(Cpu::new(manifest.run.threads)?) };
    let shares = tail_shares(ledger, &prepared.levels, prepared.plan.n_segments(), cpu.as_ref().map(|cpu| (job, cpu)));
    let mut result = compose::result(&manifest, ledger, &prepared.levels, shares)?;
    manifest.run.seconds.measure = measuring.elapsed().as_secs_f64();
    result.run.seconds = manifest.run.seconds;
    if let Some(folder) = folder {
        folder.save(ledger, &manifest, &result)?;
    }
    if interrupted {
        eprintln!("mc-gpu: {}", farewell(ledger, folder));
        return Ok(ExitCode::from(interrupt::INTERRUPTED as u8));
    }
    match args.output.format {
        Format::Json => super::print_json(&result)?,
        Format::Table => super::print(&render(&result))?,
    }
    if let (Some(folder), false) = (folder, args.output.quiet) {
        eprintln!("mc-gpu: written to {}", folder.path().display());
    }
    Ok(ExitCode::SUCCESS)
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
    }
}

fn what_to_keep(prepared: &Prepared, range: &Range<u64>) -> Keep {
    let n_segments = prepared.plan.n_segments();
    let bytes = (range.end - range.start).saturating_mul(8 * n_segments as u64);
    if bytes <= SEGMENT_BYTES { Keep::Segments(n_segments) } else { Keep::Totals }
}

/// Fills `ledger` with what an unfinished run of the same kind left in `folder`.
fn take_over_saved(folder: &RunFolder, args: &SimulateArgs, manifest: &Manifest, ledger: &mut Ledger) -> Result<()> {
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
    if ledger.gaps().is_empty() {
        return Err(other("holds this very run, finished"));
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

fn farewell(ledger: &Ledger, folder: Option<&RunFolder>) -> String {
    let done = ledger.n_done();
    match folder.map(RunFolder::path).map(Path::display) {
        Some(path) => format!(
            "interrupted after {done} scenarios; they are kept in {path}: the same command continues, `mc-gpu merge` merges"
        ),
        None => format!("interrupted after {done} scenarios; nothing was kept (give --out to keep finished scenarios)"),
    }
}
