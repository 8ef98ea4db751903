//! Case G: baskets of ten names with default times under a Gaussian copula (Li 2000), and the spreads of first- to
//! fifth-to-default protection over five years.
//!
//! Hazard 1 % a year, recovery 40 %, interest 5 %, quarterly premiums; a default counts in the middle of its quarter, with
//! half a quarter of premium accrued. Spread = Σ .6 d(mid) ΔQ / (Σ .25 d(t) (1 − Q) + Σ .125 d(mid) ΔQ), Q_j(t) = P(j-th
//! default by t).

use super::binomial::Trials;
use super::check::{Check, Subject};
use super::exact;
use super::run::{Bench, Group, Portfolio, Sample};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::model::AssetCorrelation;

/// Scenarios.
const SCENARIOS: u64 = 200_000;
/// Names of the basket.
const NAMES: u32 = 10;
/// Quarters of protection.
const QUARTERS: usize = 20;
/// Years of a quarter.
const QUARTER: f64 = 0.25;
/// Hazard a year.
const HAZARD: f64 = 0.01;
/// Interest a year, continuously compounded.
const INTEREST: f64 = 0.05;
/// What a default costs, share.
const LOSS: f64 = 0.6;
/// Basis points.
const BASIS: f64 = 1e4;
/// Spreads of the first so many defaults are judged; counts judge all five.
const JUDGED: usize = 3;
/// Spreads are judged where so many scenarios or more have the default that is protected.
const ENOUGH: f64 = 2000.0;

const SOURCE: &str = "quadrature over the factor, computed independently; default times as in Li (2000)";

/// Asset correlation, and spreads of the first to fifth default in basis points.
const SPREADS: [(f64, [f64; 5]); 3] = [
    (0.0, [603.68, 98.91, 12.26, 1.05, 0.06]),
    (0.3, [441.07, 139.46, 53.34, 21.43, 8.56]),
    (0.6, [293.76, 137.87, 79.72, 49.32, 31.11]),
];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (rho, spreads) in SPREADS {
        bench.announce(&format!("G: baskets of ten names, rho {rho}"));
        let laws = by_quarter(rho);
        for (place, (expected, law)) in spreads.into_iter().zip(&laws).enumerate() {
            let subject = subject(rho, &format!("spread of default {} in basis points, exact", place + 1));
            checks.push(Check::figure(subject, expected, spread(law), 0.0051));
        }
        checks.extend(simulate(rho, &portfolio(rho)?, bench)?);
    }
    Ok(checks)
}

/// Ten equal names, each of which costs one unit, of asset correlation `rho`.
///
/// # Errors
/// None for a rho that the model accepts.
pub fn portfolio(rho: f64) -> Result<Portfolio> {
    let pd = cumulative(QUARTERS);
    Portfolio::one_factor(AssetCorrelation::Fixed(rho), vec![Group { segment: 0, pd, losses: vec![1; NAMES as usize] }])
}

/// `played` against what is known for `rho`; the two belong together, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(rho: f64, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let curve = |_: f64| (1..=QUARTERS).map(cumulative).collect();
    let sample = bench.play(&played.plan_over(KernelChoice::Named, &curve)?, SCENARIOS)?;
    let mut checks = Vec::new();
    for (place, law) in by_quarter(rho).iter().enumerate() {
        let Some(&probability) = law.last() else { continue };
        let times = default_times(&sample, place as u64 + 1);
        let count = times.iter().filter(|time| time.is_some()).count() as u64;
        let name = format!("baskets with {} or more of ten in default within 5 years", place + 1);
        if probability * SCENARIOS as f64 >= 1.0 {
            checks.push(Check::count(subject(rho, &name), Trials { number: SCENARIOS, probability }, count));
        }
        if place < JUDGED && probability * SCENARIOS as f64 >= ENOUGH {
            let (got, error) = played_spread(&times);
            let subject = subject(rho, &format!("spread of default {} in basis points", place + 1));
            checks.push(Check::estimate(subject, spread(law), got, Some(error)));
        }
    }
    Ok(checks)
}

fn subject(rho: f64, name: &str) -> Subject {
    Subject { case: "G", name: format!("rho {rho}: {name}"), source: SOURCE }
}

/// Probability of default of a name by the end of `quarter`.
fn cumulative(quarter: usize) -> f64 {
    -libm::expm1(-HAZARD * QUARTER * quarter as f64)
}

/// For the first to fifth default, the probability that it falls by the end of each quarter.
fn by_quarter(rho: f64) -> Vec<Vec<f64>> {
    let names = |quarter: usize| vec![exact::Name { loss: 1, pd: cumulative(quarter) }; NAMES as usize];
    let laws: Vec<_> = (1..=QUARTERS).map(|quarter| exact::loss_law(&names(quarter), rho)).collect();
    (0..5).map(|place| laws.iter().map(|law| law.beyond(place)).collect()).collect()
}

fn discount(years: f64) -> f64 {
    libm::exp(-INTEREST * years)
}

/// Middle of a quarter counted from 0, years.
fn middle(quarter: usize) -> f64 {
    QUARTER * (quarter as f64 + 0.5)
}

/// Basis points a year that pay for protection against a default of the law `by_quarter`.
fn spread(by_quarter: &[f64]) -> f64 {
    let (mut protection, mut premium, mut before) = (0.0, 0.0, 0.0);
    for (quarter, &by_its_end) in by_quarter.iter().enumerate() {
        let part = (by_its_end - before) * discount(middle(quarter));
        protection += LOSS * part;
        premium += 0.5 * QUARTER * part + QUARTER * discount(QUARTER * (quarter + 1) as f64) * (1.0 - by_its_end);
        before = by_its_end;
    }
    BASIS * protection / premium
}

/// Quarter of the `nth` default in each scenario, counted from 0.
fn default_times(sample: &Sample, nth: u64) -> Vec<Option<usize>> {
    let time = |defaults: &Vec<u64>| {
        let sums = defaults.iter().scan(0, |sum, defaults| {
            *sum += defaults;
            Some(*sum)
        });
        sums.enumerate().find_map(|(quarter, sum)| (sum >= nth).then_some(quarter))
    };
    sample.by_period().iter().map(time).collect()
}

/// Spread that pays for defaults at these `times`, and its standard error by the delta method, basis points.
fn played_spread(times: &[Option<usize>]) -> (f64, f64) {
    // What protection pays, and what a premium of 1 a year brings in, for a default in each quarter or in none.
    let paid = |time: &Option<usize>| time.map_or(0.0, |quarter| LOSS * discount(middle(quarter)));
    let full: Vec<f64> = (0..=QUARTERS)
        .scan(0.0, |sum, quarter| {
            let so_far = *sum;
            *sum += QUARTER * discount(QUARTER * (quarter + 1) as f64);
            Some(so_far)
        })
        .collect();
    let accrued = |quarter: usize| 0.5 * QUARTER * discount(middle(quarter));
    let premium = |time: &Option<usize>| time.map_or(full[QUARTERS], |quarter| full[quarter] + accrued(quarter));
    let n = times.len() as f64;
    let (protection, premiums) = (times.iter().map(paid).sum::<f64>() / n, times.iter().map(premium).sum::<f64>() / n);
    let spread = protection / premiums;
    let squares: f64 = times.iter().map(|time| paid(time) - spread * premium(time)).map(|rest| rest * rest).sum();
    (BASIS * spread, BASIS * (squares / n / n).sqrt() / premiums)
}
