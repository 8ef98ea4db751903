//! The simulated part of `mc-gpu ecl`: plays what was laid out, as `simulate` does, and puts it beside the closed form.

use super::args::EclArgs;
use super::lives::Lives;
use super::playing::Run;
use super::{compose, interrupt, threads};
use crate::engine::{Conditional, Device, Job, Ledger};
use crate::error::{Error, Result};
use crate::report::{ECL_FILE, EclManifest, EclResult, Manifest, RunFolder, Simulated};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Scenarios between two looks at whether to stop.
const AT_ONCE: usize = 1 << 16;

/// Plays `lives` on `device` and adds what comes out to the result and its manifest; an exit status when it was interrupted.
///
/// # Errors
/// Those of memory, folder and device.
pub fn play(
    (args, stop): (&EclArgs, &AtomicBool),
    device: &mut dyn Device,
    (lives, folder): (&Lives, Option<&RunFolder>),
    (result, told): (&mut EclResult, &mut EclManifest),
) -> anyhow::Result<Option<ExitCode>> {
    let prepared = &lives.prepared;
    let job = Job::new(&prepared.plan, prepared.seed);
    let range = 0..prepared.scenarios;
    let run = Run { job: &job, range, folder, result: ECL_FILE, replace: args.force, output: &args.output, stop };
    let mut manifest = run.describe(prepared, &*device);
    let ledger = run.play(device, &mut manifest)?;
    compose::update(&mut manifest, &ledger);
    if run.is_interrupted(&ledger) {
        return Ok(Some(part(&run, &ledger, &manifest)?));
    }
    // Before anything else that may be interrupted.
    if let Some(folder) = folder {
        folder.save_losses(&ledger, &manifest)?;
    }
    let measuring = Instant::now();
    let given_economy = threads::on_threads(Some(manifest.run.threads), || given_economy(&job, &ledger, stop))??;
    let (unit, levels) = (prepared.plan.unit(), prepared.levels.as_slice());
    let notes =
        result.ecl.add_simulation(&Simulated { ledger: &ledger, unit, levels, given_economy: &given_economy })?;
    result.ecl.layout = Some(lives.layout);
    manifest.run.seconds.measure = measuring.elapsed().as_secs_f64();
    result.run = Some(manifest.run.clone());
    result.notes.extend(manifest.notes.iter().cloned());
    result.notes.extend(notes);
    told.identity = Some(manifest.identity);
    told.unit = Some(unit);
    told.run = Some(manifest.run);
    told.notes.clone_from(&result.notes);
    Ok(None)
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
