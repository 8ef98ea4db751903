//! `mc-gpu simulate`: read, pool, play, measure, report; to be interrupted, continued and sharded.

use super::args::{Format, SimulateArgs};
use super::playing::Run;
use super::prepare::{self, Prepared, prepare};
use super::threads::on_threads;
use super::{compose, interrupt, number};
use crate::engine::{Ledger, Replay, select_device};
use crate::report::{Manifest, RunFolder, SUMMARY_FILE, render, tail_shares};
use std::process::ExitCode;
use std::time::Instant;

/// Plays, saves and prints.
pub fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    prepare::resolve(&args.input)?.refuse_scenarios()?;
    let mut device = select_device(&args.device.device, threads)?;
    let folder = args.out.as_deref().map(RunFolder::prepare).transpose()?;
    let stop = interrupt::stop_flag()?;
    let prepared = on_threads(threads, || prepare(&args.input, &args.output, args.out.as_deref(), &stop))??;
    let range = match &args.scenario_range {
        Some(text) => number::range(text, prepared.scenarios)?,
        None => 0..prepared.scenarios,
    };
    let job = prepared.job()?;
    let (output, folder) = (&args.output, folder.as_ref());
    let run = Run { job: &job, range, folder, result: SUMMARY_FILE, replace: args.force, output, stop: &stop };
    let mut manifest = run.describe(&prepared, device.as_ref());
    let ledger = run.play(device.as_mut(), &mut manifest)?;
    let played = Played { args, prepared: &prepared, run: &run, ledger: &ledger };
    if run.is_interrupted(&ledger) { played.part(manifest) } else { played.report(manifest) }
}

/// A run that has been played, or interrupted.
struct Played<'a> {
    args: &'a SimulateArgs,
    prepared: &'a Prepared,
    run: &'a Run<'a>,
    ledger: &'a Ledger,
}

impl Played<'_> {
    /// Measures, prints and saves.
    fn report(&self, mut manifest: Manifest) -> anyhow::Result<ExitCode> {
        let measuring = Instant::now();
        compose::update(&mut manifest, self.ledger);
        let replay = Replay::new(self.run.job, manifest.run.threads)?;
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
        if let Some(folder) = self.run.folder {
            folder.save(self.ledger, &manifest, &result)?;
            self.run.say(&format!("written to {}", folder.path().display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Saves what is finished and says how to go on; the prompt is not kept waiting for a result.
    fn part(&self, mut manifest: Manifest) -> anyhow::Result<ExitCode> {
        let done = self.ledger.n_done();
        match self.run.folder {
            _ if done == 0 => self.run.say("interrupted before the first scenarios were finished; nothing was kept"),
            None => {
                self.run.say(&format!("interrupted after {done} scenarios; nothing was kept (give --out to keep them)"))
            }
            Some(folder) => {
                compose::update(&mut manifest, self.ledger);
                let result = compose::result(&manifest, self.ledger, &self.prepared.levels, Vec::new())?;
                folder.save(self.ledger, &manifest, &result)?;
                self.run.say(&format!(
                    "interrupted after {done} scenarios; they are kept in {}: the same command continues, `mc-gpu merge` merges",
                    folder.path().display()
                ));
            }
        }
        Ok(ExitCode::from(interrupt::INTERRUPTED as u8))
    }
}
