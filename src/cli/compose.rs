//! From a ledger to a result and its manifest: what `simulate` and `merge` have in common.

use crate::engine::{Ledger, STREAM_VERSION};
use crate::error::Result;
use crate::report::{MANIFEST_SCHEMA, Manifest, RESULT_SCHEMA, RunResult, ShareAtLevel, played_years};
use crate::risk::{Sample, measure};
use crate::units::Level;

/// Standard errors beyond which simulation and closed form differ by more than chance: once in 16,000 runs.
const FAR: f64 = 4.0;

/// Measures the finished scenarios of `ledger` and puts them beside what `manifest` says of the run.
///
/// `shares` holds, per segment, its share of the tail at each level.
///
/// # Errors
/// When no scenario was played.
pub fn result(
    manifest: &Manifest,
    ledger: &Ledger,
    levels: &[Level],
    shares: Vec<Vec<ShareAtLevel>>,
) -> Result<RunResult> {
    let portfolio = &manifest.portfolio;
    let (losses, defaults) = (ledger.losses(), ledger.defaults());
    let sample = Sample {
        losses: &losses,
        defaults: &defaults,
        unit: portfolio.unit,
        levels,
        expected_loss: portfolio.expected_loss,
        obligors: portfolio.obligors,
    };
    let measured = measure(&sample)?;
    let mut segments = manifest.segments.clone();
    for (segment, shares) in segments.iter_mut().zip(shares) {
        segment.share_of_loss = shares;
    }
    let mut result = RunResult {
        schema: RESULT_SCHEMA,
        portfolio: portfolio.clone(),
        run: manifest.run.clone(),
        measures: measured.measures,
        segments,
        years: played_years(ledger, portfolio.unit, &manifest.years),
        assumed: manifest.assumed.clone(),
        notes: [manifest.notes.clone(), measured.notes].concat(),
    };
    result.notes.extend(expected_loss_note(&result));
    Ok(result)
}

/// A warning when simulation and closed form tell different expected losses.
fn expected_loss_note(result: &RunResult) -> Option<String> {
    let (simulated, exact) = (result.measures.expected_loss, result.portfolio.expected_loss);
    let error = simulated.standard_error?;
    // Banding, rounding and the grids of METHOD together stay far below this share.
    let approximate = 1e-4 * exact;
    let far = (simulated.value - exact).abs() > FAR * error + approximate;
    far.then(|| {
        "the simulated expected loss is far from the closed form: losses that are large and rare were not seen, or the unit is too \
         coarse; play more scenarios, or look at the unit"
            .to_owned()
    })
}

/// Brings the manifest up to date with what `ledger` holds.
pub fn update(manifest: &mut Manifest, ledger: &Ledger) {
    manifest.schema = MANIFEST_SCHEMA.to_owned();
    manifest.done = ledger.done().iter().map(|done| [done.start, done.end]).collect();
    let run = &mut manifest.run;
    run.stream_version = STREAM_VERSION;
    run.scenarios_played = ledger.n_done();
    run.complete = ledger.done() == [0..run.scenarios];
    run.losses_digest = ledger.losses_digest(manifest.portfolio.unit).to_string();
}
