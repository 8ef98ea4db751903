//! Case I: defaults over time follow the term structure that was put in, whatever the economy does. In the copula mode the mean
//! of the conditional probabilities of default is the unconditional one in every period (M30); along a path of the economy
//! thresholds follow the survivors (M43), and two obligors default together within the first year as often as in one period.
//!
//! Hits under a Gaussian copula, and names under Student's t; a curve whose hazard rises, rests and falls.

use super::check::{Check, Subject};
use super::run::{Bench, Economy, Group, Portfolio, Sample};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::math::bivariate::bivariate_normal_cdf;
use crate::math::normal;
use crate::model::{AssetCorrelation, Copula};
use crate::risk::{Ordered, moments};

/// Scenarios.
const SCENARIOS: u64 = 100_000;
/// Probability of default by the end of each period.
pub const CURVE: [f64; 7] = [0.004, 0.013, 0.013, 0.031, 0.058, 0.071, 0.074];
/// Asset correlation.
const RHO: f64 = 0.2;
/// The economy of a path: periods are quarters.
const ECONOMY: Economy = Economy { persistence: 0.8, per_year: 4 };

const SOURCE: &str = "obligors × difference of the curve (Li 2000: default times keep their marginal law)";
const PATH_SOURCE: &str = "obligors × difference of the curve (thresholds follow the survivors, M43)";
const PAIR_SOURCE: &str = "pairs × bivariate normal probability of the first year, M43";

/// Obligors, and how they are played.
#[derive(Debug, Clone, Copy)]
pub struct Played {
    /// Kernel.
    pub kernel: KernelChoice,
    /// Copula.
    pub copula: Copula,
    /// How many.
    pub obligors: u32,
    /// The economy of a path; None in the copula mode.
    pub economy: Option<Economy>,
}

const HITS: Played =
    Played { kernel: KernelChoice::Granular, copula: Copula::Gaussian, obligors: 1_009, economy: None };
const NAMES: Played = Played {
    kernel: KernelChoice::Named,
    copula: Copula::StudentT { degrees_of_freedom: 4.0 },
    obligors: 211,
    economy: None,
};

/// Degrees of freedom at which W, one number for the whole path, leaves something to the index.
const MANY: Copula = Copula::StudentT { degrees_of_freedom: 30.0 };

/// What is played.
pub const PLAYED: [Played; 4] =
    [HITS, NAMES, Played { economy: Some(ECONOMY), ..HITS }, Played { copula: MANY, economy: Some(ECONOMY), ..NAMES }];

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
pub fn simulate(played: Played, curve: &[f64], bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let Played { kernel, copula, obligors, economy } = played;
    let group = Group { segment: 0, pd: 0.03, losses: vec![1; obligors as usize] };
    let portfolio = Portfolio::one_factor(AssetCorrelation::Fixed(RHO), vec![group])?;
    let portfolio = Portfolio { copula, ..portfolio };
    let plan = match economy {
        None => portfolio.plan_over(kernel, &|_| curve.to_vec())?,
        Some(economy) => portfolio.plan_along(kernel, &|_| curve.to_vec(), economy)?,
    };
    let sample = bench.play(&plan, SCENARIOS)?;
    let (along, source) = if economy.is_some() { (", along a path", PATH_SOURCE) } else { ("", SOURCE) };
    let before = std::iter::once(0.0).chain(CURVE);
    let check = |(period, (by_its_end, before)): (usize, (f64, f64))| {
        let how = if kernel == KernelChoice::Named { "names, t copula" } else { "hits, Gaussian copula" };
        let name = format!("{how}{along}: defaults in period {}", period + 1);
        let subject = Subject { case: "I", name, source };
        let (got, error) = sample.mean_in(period).map_or((f64::NAN, None), |mean| (mean.value, mean.standard_error));
        let expected = f64::from(obligors) * (by_its_end - before);
        match expected > 0.0 {
            true => Check::estimate(subject, expected, got, error),
            false => Check::figure(subject, expected, got, 0.0),
        }
    };
    let mut checks: Vec<Check> = CURVE.into_iter().zip(before).enumerate().map(check).collect();
    if let (Some(economy), Copula::Gaussian) = (economy, copula) {
        checks.push(pairs(&sample, obligors, economy.per_year));
    }
    Ok(checks)
}

/// Pairs of obligors that default together within the first year.
fn pairs(sample: &Sample, obligors: u32, per_year: usize) -> Check {
    let in_year = |periods: &Vec<u64>| periods.iter().take(per_year).sum::<u64>();
    let pairs = sample.by_period().iter().map(in_year).map(|defaults| defaults * defaults.saturating_sub(1) / 2);
    let mean = moments(&Ordered::sort(pairs)).map(|moments| moments.mean);
    let quantile = normal::quantile(CURVE.get(per_year - 1).copied().unwrap_or(0.0));
    let expected = 0.5 * f64::from(obligors) * f64::from(obligors - 1) * bivariate_normal_cdf(quantile, quantile, RHO);
    let name = "hits, Gaussian copula, along a path: pairs of defaults in the first year".to_owned();
    let subject = Subject { case: "I", name, source: PAIR_SOURCE };
    let (got, error) = mean.map_or((f64::NAN, None), |mean| (mean.value, mean.standard_error));
    Check::estimate(subject, expected, got, error)
}
