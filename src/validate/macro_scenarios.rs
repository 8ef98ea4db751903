//! Case H, played: three macro scenarios under which a book of 1,000 is expected to lose 30, 70 and 170, on common draws and
//! weighted 20, 50 and 30 % (M51, M54).
//!
//! With a macro part m and R² of the index known, a default in one period has the probability
//! Φ((Φ⁻¹(p) − √ρ m)/√(1 − ρ R²)), so that m follows from what is to be lost.

use super::check::{Check, Subject};
use super::run::{Bench, Economy, Group, Portfolio, Sample};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::math::normal;
use crate::model::AssetCorrelation;
use crate::model::path::Climate;
use crate::risk::{Mixture, WeightedLosses};

/// Scenarios of the simulation under each macro scenario.
const SCENARIOS: u64 = 40_000;
/// Obligors; each loses 1 of 1,000.
const OBLIGORS: u32 = 1_000;
/// Probability of default through the cycle.
const PD: f64 = 0.06;
/// Asset correlation.
const RHO: f64 = 0.15;
/// Share of the index that drivers explain.
const R_SQUARED: f64 = 0.6;

const SOURCE: &str = "IASB, Transition Resource Group for Impairment, December 2015";

/// What is lost under each macro scenario, and its weight.
pub const SCENARIOS_OF_THE_GROUP: [(f64, f64); 3] = [(30.0, 0.2), (70.0, 0.5), (170.0, 0.3)];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    bench.announce("H: macro scenarios on common draws");
    simulate(R_SQUARED, bench)
}

/// The book under macro scenarios made for an R² of 0.6, played with `r_squared`; the two are one, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(r_squared: f64, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let group = Group { segment: 0, pd: PD, losses: vec![1; OBLIGORS as usize] };
    let portfolio = Portfolio::one_factor(AssetCorrelation::Fixed(RHO), vec![group])?;
    let yearly = Economy { persistence: 0.5, per_year: 1 };
    let plan = portfolio.plan_along(KernelChoice::Granular, &|_| vec![PD], yearly)?;
    let part = |lost: f64| {
        let quantile = normal::quantile(lost / f64::from(OBLIGORS));
        (normal::quantile(PD) - quantile * (1.0 - RHO * R_SQUARED).sqrt()) / RHO.sqrt()
    };
    let climate = |(lost, _): (f64, f64)| Climate { macro_part: vec![part(lost)], scale: (1.0 - r_squared).sqrt() };
    let samples = bench.play_under(&plan, &SCENARIOS_OF_THE_GROUP.map(climate), SCENARIOS)?;
    let subject = |name: String| Subject { case: "H", name, source: SOURCE };
    let one = |((expected, _), sample): (&(f64, f64), &Sample)| {
        let mean = sample.mean_in(0);
        let name = format!("macro scenario that loses {expected}, played");
        Check::estimate(
            subject(name),
            *expected,
            mean.map_or(f64::NAN, |mean| mean.value),
            mean.and_then(|mean| mean.standard_error),
        )
    };
    let mut checks: Vec<Check> = SCENARIOS_OF_THE_GROUP.iter().zip(&samples).map(one).collect();
    let weighted = |((_, weight), sample): (&(f64, f64), &Sample)| WeightedLosses {
        weight: *weight,
        losses: sample.losses().to_vec(),
    };
    let parts: Vec<WeightedLosses> = SCENARIOS_OF_THE_GROUP.iter().zip(&samples).map(weighted).collect();
    let mean = Mixture::new(&parts)?.mean();
    let name = "the three weighted 20, 50 and 30 %, played on common draws".to_owned();
    checks.push(Check::estimate(subject(name), 92.0, mean.value, mean.standard_error));
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Scalar;

    #[test]
    fn another_share_of_drivers_fails() {
        let quiet: &dyn Fn(&str) = &|_| {};
        let good = simulate(R_SQUARED, &mut Bench::new(&mut Scalar, 5, quiet)).unwrap();
        assert!(good.len() == 4 && good.iter().all(|check| check.passed && check.is_statistical()), "{good:#?}");
        let bad = simulate(R_SQUARED - 0.1, &mut Bench::new(&mut Scalar, 5, quiet)).unwrap();
        assert!(bad.iter().any(|check| !check.passed), "{bad:#?}");
    }
}
