//! Case I: defaults over time follow the term structure that was put in, whatever the economy does: in the copula mode the
//! mean of the conditional probabilities of default is the unconditional one in every period (M30).
//!
//! Hits under a Gaussian copula, and names under Student's t; a curve whose hazard rises, rests and falls.

use super::check::{Check, Subject};
use super::run::{Bench, Group, Portfolio};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::model::{AssetCorrelation, Copula};

/// Scenarios.
const SCENARIOS: u64 = 100_000;
/// Probability of default by the end of each period.
pub const CURVE: [f64; 7] = [0.004, 0.013, 0.013, 0.031, 0.058, 0.071, 0.074];

const SOURCE: &str = "obligors × difference of the curve (Li 2000: default times keep their marginal law)";

/// What is played.
pub const PLAYED: [(KernelChoice, Copula, u32); 2] = [
    (KernelChoice::Granular, Copula::Gaussian, 1_009),
    (KernelChoice::Named, Copula::StudentT { degrees_of_freedom: 4.0 }, 211),
];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for played in PLAYED {
        bench.announce("I: term structures are kept");
        checks.extend(simulate(played, &CURVE, bench)?);
    }
    Ok(checks)
}

/// Obligors with the term structure `curve` against [`CURVE`]; the two are one, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(
    (kernel, copula, obligors): (KernelChoice, Copula, u32),
    curve: &[f64],
    bench: &mut Bench<'_>,
) -> Result<Vec<Check>> {
    let group = Group { segment: 0, pd: 0.03, losses: vec![1; obligors as usize] };
    let portfolio = Portfolio::one_factor(AssetCorrelation::Fixed(0.2), vec![group])?;
    let plan = Portfolio { copula, ..portfolio }.plan_over(kernel, &|_| curve.to_vec())?;
    let sample = bench.play(&plan, SCENARIOS)?;
    let before = std::iter::once(0.0).chain(CURVE);
    let check = |(period, (by_its_end, before)): (usize, (f64, f64))| {
        let how = if kernel == KernelChoice::Named { "names, t copula" } else { "hits, Gaussian copula" };
        let name = format!("{how}: defaults in period {}", period + 1);
        let subject = Subject { case: "I", name, source: SOURCE };
        let (got, error) = sample.mean_in(period).map_or((f64::NAN, None), |mean| (mean.value, mean.standard_error));
        let expected = f64::from(obligors) * (by_its_end - before);
        match expected > 0.0 {
            true => Check::estimate(subject, expected, got, error),
            false => Check::figure(subject, expected, got, 0.0),
        }
    };
    Ok(CURVE.into_iter().zip(before).enumerate().map(check).collect())
}
