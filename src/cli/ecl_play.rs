//! The simulated part of `mc-gpu ecl`: plays what was laid out, as `simulate` does, once for each macro scenario, and puts it
//! beside the closed form.

use super::args::EclArgs;
use super::lives::Lives;
use super::playing::Run;
use super::{compose, interrupt, threads};
use crate::engine::{Conditional, Device, Job, Ledger};
use crate::error::{Error, Result};
use crate::model::index::MacroScenario;
use crate::report::{ECL_FILE, EclManifest, EclResult, Manifest, RunFolder, RunReport, Simulated};
use crate::units::Digest;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Scenarios between two looks at whether to stop.
const AT_ONCE: usize = 1 << 16;

/// What is played.
pub struct ToPlay {
    /// Laid out once, or for each macro scenario where stages hang on it.
    pub lives: Vec<Lives>,
    /// Macro scenarios; none: the economy as it is.
    pub scenarios: Vec<MacroScenario>,
}

/// What came of one macro scenario.
struct Played {
    ledger: Ledger,
    given_economy: Vec<f64>,
    manifest: Manifest,
}

/// What a macro scenario is expected to lose, currency: in all, and by year.
struct Expected {
    total: f64,
    years: Vec<f64>,
}

/// Who plays, and where to.
pub struct Stage<'a> {
    /// Flags.
    pub args: &'a EclArgs,
    /// Raised by Ctrl-C.
    pub stop: &'a AtomicBool,
    /// The folder of the run.
    pub folder: Option<&'a RunFolder>,
}

impl ToPlay {
    fn lives(&self, scenario: usize) -> Result<&Lives> {
        let own = self.lives.get(scenario).or(self.lives.first());
        own.ok_or_else(|| Error::Internal("nothing was laid out".to_owned()))
    }
}

/// Plays `what` on `device` and adds what comes out to the result and its manifest; an exit status when it was interrupted.
///
/// # Errors
/// Those of memory, folder and device.
pub fn play(
    stage: &Stage<'_>,
    device: &mut dyn Device,
    what: &ToPlay,
    (result, told): (&mut EclResult, &mut EclManifest),
) -> anyhow::Result<Option<ExitCode>> {
    let several = what.scenarios.len() > 1;
    let mut all = Vec::new();
    for number in 0..what.scenarios.len().max(1) {
        let scenario = what.scenarios.get(number);
        let own = match (stage.folder, scenario) {
            (Some(folder), Some(scenario)) if several => Some(folder.of_scenario(number, &scenario.name)?),
            _ => None,
        };
        let folder = own.as_ref().or(stage.folder);
        let expected = result.ecl.scenarios.get(number).map(|own| Expected {
            total: own.total.closed_form,
            years: own.years.iter().map(|year| year.closed_form).collect(),
        });
        match play_one((stage, folder), device, (what.lives(number)?, scenario), expected)? {
            Ok(played) => all.push(played),
            Err(status) => return Ok(Some(status)),
        }
        if let (Some(folder), true) = (stage.folder, several) {
            folder.make_way()?;
        }
    }
    let measuring = Instant::now();
    let simulated = all.iter().enumerate().map(|(number, played)| {
        let prepared = &what.lives(number)?.prepared;
        let (unit, levels) = (prepared.plan.unit(), prepared.levels.as_slice());
        Ok(Simulated { ledger: &played.ledger, unit, levels, given_economy: &played.given_economy })
    });
    let simulated = simulated.collect::<Result<Vec<_>>>()?;
    let notes = result.ecl.add_played(&simulated)?;
    result.ecl.layout = Some(what.lives(0)?.layout);
    let Some(first) = all.first() else { return Ok(None) };
    let mut run = of_all(&all, &first.manifest.run);
    run.seconds.measure += measuring.elapsed().as_secs_f64();
    let mut of_devices: Vec<String> = Vec::new();
    for note in all.iter().flat_map(|played| &played.manifest.notes) {
        if !of_devices.contains(note) {
            of_devices.push(note.clone());
        }
    }
    result.run = Some(run.clone());
    result.notes.extend(of_devices);
    result.notes.extend(notes);
    told.identity = Some(first.manifest.identity.clone());
    told.unit = Some(what.lives(0)?.prepared.plan.unit());
    told.run = Some(run);
    told.notes.clone_from(&result.notes);
    Ok(None)
}

/// Plays one macro scenario, or the economy as it is, and saves it.
fn play_one(
    (stage, folder): (&Stage<'_>, Option<&RunFolder>),
    device: &mut dyn Device,
    (lives, scenario): (&Lives, Option<&MacroScenario>),
    expected: Option<Expected>,
) -> anyhow::Result<std::result::Result<Played, ExitCode>> {
    let Stage { args, stop, .. } = *stage;
    let prepared = &lives.prepared;
    let mut job = Job::new(&prepared.plan, prepared.seed);
    if let Some(scenario) = scenario {
        job = job.under(scenario.climates.clone())?;
    }
    let range = 0..prepared.scenarios;
    let run = Run { job: &job, range, folder, result: ECL_FILE, replace: args.force, output: &args.output, stop };
    let mut manifest = run.describe(prepared, &*device);
    if let Some(expected) = expected {
        manifest.portfolio.expected_loss = expected.total;
        // As many as are played, some of them perhaps without a loss.
        let played = manifest.years.len();
        manifest.years = expected.years.into_iter().chain(std::iter::repeat(0.0)).take(played).collect();
    }
    let ledger = run.play(device, &mut manifest)?;
    compose::update(&mut manifest, &ledger);
    if run.is_interrupted(&ledger) {
        return Ok(Err(part(&run, &ledger, &manifest)?));
    }
    // Before anything else that may be interrupted.
    if let Some(folder) = folder {
        folder.save_losses(&ledger, &manifest)?;
    }
    let measuring = Instant::now();
    let given_economy = threads::on_threads(Some(manifest.run.threads), || given_economy(&job, &ledger, stop))??;
    manifest.run.seconds.measure = measuring.elapsed().as_secs_f64();
    Ok(Ok(Played { ledger, given_economy, manifest }))
}

/// The runs of all macro scenarios as one: times add up, and its digest is that of theirs in order (M54).
fn of_all(all: &[Played], first: &RunReport) -> RunReport {
    let [_, _, ..] = all else { return first.clone() };
    let mut run = first.clone();
    run.seconds.play = all.iter().map(|played| played.manifest.run.seconds.play).sum();
    run.seconds.measure = all.iter().map(|played| played.manifest.run.seconds.measure).sum();
    let digests: String = all.iter().map(|played| played.manifest.run.losses_digest.as_str()).collect();
    run.losses_digest = Digest::of(digests.as_bytes()).to_string();
    let loan_scenarios = |played: &Played| {
        let run = &played.manifest.run;
        Some(run.loan_scenarios_per_second? * run.seconds.play)
    };
    run.loan_scenarios_per_second =
        all.iter().map(loan_scenarios).sum::<Option<f64>>().map(|sum| sum / run.seconds.play.max(1e-9));
    run
}

/// Saves what is finished and says how to go on.
fn part(run: &Run<'_>, ledger: &Ledger, manifest: &Manifest) -> Result<ExitCode> {
    let done = ledger.n_done();
    match run.folder {
        _ if done == 0 => run.say("interrupted before the first scenarios were finished; nothing was kept"),
        None => run.say(&format!("interrupted after {done} scenarios; nothing was kept (give --out to keep them)")),
        Some(folder) => {
            folder.save_losses(ledger, manifest)?;
            let path = folder.path().display();
            run.say(&format!(
                "interrupted after {done} scenarios; they are kept in {path}: the same command continues"
            ));
        }
    }
    Ok(ExitCode::from(interrupt::INTERRUPTED as u8))
}

/// Mean loss given the economy of each scenario of `ledger`, units.
fn given_economy(job: &Job<'_>, ledger: &Ledger, stop: &AtomicBool) -> Result<Vec<f64>> {
    let conditional = Conditional::new(job);
    let scenarios: Vec<u64> = ledger.scenarios().collect();
    let mut losses = Vec::with_capacity(scenarios.len());
    for some in scenarios.chunks(AT_ONCE) {
        if interrupt::go_on(stop).is_break() {
            return Err(Error::Interrupted);
        }
        losses.extend(conditional.losses(some));
    }
    Ok(losses)
}
