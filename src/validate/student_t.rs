//! Case E: two sectors on correlated factors under a Student t copula (CCruncher's test05).
//!
//! The exact law comes from quadrature over both factors and the mixing variable: given them, the number of defaults
//! among a thousand names is taken as normal, with the exact conditional mean and variance. What that leaves out is
//! smoothed away by the factors, whose spread is eight times as wide.

use super::check::{Check, Subject};
use super::law::Law;
use super::quadrature::{mixing_nodes, normal_nodes};
use super::run::{Bench, Group, Portfolio};
use super::truth::Truth;
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::math::{normal, student};
use crate::model::{AssetCorrelation, Copula, Factors, SegmentSpec};
use crate::units::Level;

/// Degrees of freedom of the copula.
pub const DEGREES_OF_FREEDOM: f64 = 15.0;
/// Scenarios; expected shortfall at 99.9 % can be judged.
const SCENARIOS: u64 = 1_000_000;
/// Correlation of the two factors.
const FACTOR_CORRELATION: f64 = 0.25;
/// PD of ratings A, B and C.
const PDS: [f64; 3] = [0.05, 0.10, 0.20];
/// Levels at which figures were published.
const LEVELS: [&str; 3] = ["0.95", "0.99", "0.999"];
/// Nodes to a standard deviation in each of the three integrals.
const NODES: u32 = 5;

const PUBLISHED: &str = "CCruncher, test05 (published with its standard error, 200,000 scenarios)";
const RERUN: &str = "independent rerun of CCruncher's test05, 20 million scenarios";
const EXACT: &str = "quadrature over both factors and the mixing variable";

/// A sector of the portfolio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sector {
    /// Loading on the sector's own factor; its square is the asset correlation.
    pub loading: f64,
    /// Number of obligors of ratings A, B and C.
    pub obligors: [u32; 3],
}

/// The two sectors.
pub const SECTORS: [Sector; 2] =
    [Sector { loading: 0.40, obligors: [167, 166, 167] }, Sector { loading: 0.35, obligors: [167, 167, 166] }];

/// Published VaR and ES with standard errors, then the rerun's ES with its standard error; one row per level.
const TAILS: [[(f64, f64); 3]; 3] = [
    [(252.0, 1.09), (304.63, 0.49), (304.152, 0.071)],
    [(338.0, 2.22), (383.82, 0.96), (383.969, 0.144)],
    [(442.0, 5.44), (480.98, 2.71), (483.753, 0.388)],
];

/// All checks of the case but the rare tails, which have a file of their own.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    bench.announce("E: two sectors under a Student t copula");
    let law = exact_law();
    let mut checks = published(&law)?;
    checks.extend(simulate(&law, &portfolio(Copula::StudentT { degrees_of_freedom: DEGREES_OF_FREEDOM })?, bench)?);
    Ok(checks)
}

/// The law of the number of defaults: the conditional laws, mixed over both factors and the mixing variable.
pub fn exact_law() -> Law {
    let thresholds = PDS.map(|pd| student::quantile(pd, DEGREES_OF_FREEDOM));
    let most: u32 = SECTORS.iter().flat_map(|sector| sector.obligors).sum();
    let mut law = vec![0.0; most as usize + 1];
    let [one, other] = SECTORS;
    let factors = normal_nodes(NODES);
    let rest = (1.0 - FACTOR_CORRELATION * FACTOR_CORRELATION).sqrt();
    for mixing in mixing_nodes(DEGREES_OF_FREEDOM, NODES) {
        for first in &factors {
            let [mean, variance] = one.moments(&thresholds, mixing.at, first.at);
            for second in &factors {
                let weight = mixing.weight * first.weight * second.weight;
                // Skipped weights sum to less than 1e-11.
                if weight > 1e-17 {
                    let y = FACTOR_CORRELATION * first.at + rest * second.at;
                    let [more, spread] = other.moments(&thresholds, mixing.at, y);
                    add_normal(&mut law, [mean + more, variance + spread], weight);
                }
            }
        }
    }
    Law::new(law)
}

/// The portfolio, under `copula`.
///
/// # Errors
/// None: the factors are correlated by less than 1.
pub fn portfolio(copula: Copula) -> Result<Portfolio> {
    let names = ["first", "second"].map(str::to_owned);
    let correlation = vec![1.0, FACTOR_CORRELATION, FACTOR_CORRELATION, 1.0];
    let loadings = [vec![SECTORS[0].loading, 0.0], vec![0.0, SECTORS[1].loading]];
    let segment = |(name, loadings): (&String, Vec<f64>)| SegmentSpec {
        name: name.clone(),
        correlation: AssetCorrelation::FromLoadings,
        loadings,
    };
    let segments = names.iter().zip(loadings).map(segment).collect();
    let mut groups = Vec::new();
    for (segment, sector) in (0..).zip(&SECTORS) {
        for (pd, obligors) in PDS.into_iter().zip(sector.obligors) {
            groups.push(Group { segment, pd, losses: vec![1; obligors as usize] });
        }
    }
    Ok(Portfolio { copula, factors: Factors::new(names.to_vec(), correlation)?, segments, groups })
}

/// `played` against `law`; the two belong together, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(law: &Law, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let levels = LEVELS.into_iter().map(Level::parse).collect::<Result<Vec<_>>>()?;
    let sample = bench.play(&played.plan(KernelChoice::Auto)?, SCENARIOS)?;
    let subject = Subject { case: "E", name: "two sectors, Student t".to_owned(), source: EXACT };
    // The normal approximation holds in the tail of large losses, not at P(0).
    let truth = Truth { no_loss: None, ..Truth::of(law, &levels) };
    Ok(truth.judge(&sample, &subject))
}

/// Published figures against `law`, each within what its own standard error allows.
fn published(law: &Law) -> Result<Vec<Check>> {
    let subject =
        |name: &str, source| Subject { case: "E", name: format!("two sectors, Student t: {name}, exact"), source };
    let mut checks = vec![
        Check::figure(subject("expected loss", "closed form: sum of PDs"), 116.60, law.mean(), 0.005),
        Check::estimate(subject("expected loss", PUBLISHED), 116.58, law.mean(), Some(0.16)),
        // The rerun's deviation has a standard error of about σ √((κ − 1) / 4N) = 0.014, κ = 4.2.
        Check::estimate(subject("standard deviation", RERUN), 69.859, law.standard_deviation(), Some(0.014)),
    ];
    for (level, [(var, var_error), (es, es_error), (rerun, rerun_error)]) in LEVELS.into_iter().zip(TAILS) {
        let level = Level::parse(level)?;
        let (at_risk, shortfall) = (law.value_at_risk(level) as f64, law.expected_shortfall(level));
        let (var_name, es_name) = (format!("VaR {level}"), format!("ES {level}"));
        checks.push(Check::estimate(subject(&var_name, PUBLISHED), var, at_risk, Some(var_error)));
        checks.push(Check::estimate(subject(&es_name, PUBLISHED), es, shortfall, Some(es_error)));
        checks.push(Check::estimate(subject(&es_name, RERUN), rerun, shortfall, Some(rerun_error)));
    }
    Ok(checks)
}

impl Sector {
    /// Mean and variance of the number of defaults, given the mixing variable and the sector's factor.
    fn moments(&self, thresholds: &[f64; 3], mixing: f64, factor: f64) -> [f64; 2] {
        let own = 1.0 / (1.0 - self.loading * self.loading).sqrt();
        let mut moments = [0.0; 2];
        for (threshold, obligors) in thresholds.iter().zip(self.obligors) {
            let pd = normal::cdf((threshold * mixing - self.loading * factor) * own);
            moments[0] += f64::from(obligors) * pd;
            moments[1] += f64::from(obligors) * pd * (1.0 - pd);
        }
        moments
    }
}

/// Adds `weight` times the normal density on whole numbers; what falls outside the law is put on its ends.
///
/// Neighbouring densities differ by a factor that itself changes by exp(−1/variance): two products a place.
fn add_normal(law: &mut [f64], [mean, variance]: [f64; 2], weight: f64) {
    let last = law.len() as i64 - 1;
    if variance < 0.25 {
        let k = ((mean + 0.5) as i64).clamp(0, last);
        law[k as usize] += weight;
        return;
    }
    let reach = 8.0 * variance.sqrt();
    let first = (mean - reach).floor();
    let distance = first - mean;
    let mut density = weight * normal::pdf(distance / variance.sqrt()) / variance.sqrt();
    let mut ratio = libm::exp(-(distance + 0.5) / variance);
    let bend = libm::exp(-1.0 / variance);
    for k in first as i64..=(mean + reach) as i64 {
        law[k.clamp(0, last) as usize] += density;
        density *= ratio;
        ratio *= bend;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_normal_keeps_mass_mean_and_variance() {
        for (mean, variance) in [(41.3, 0.9), (120.5, 33.3), (77.77, 88.0)] {
            let mut law = vec![0.0; 346];
            add_normal(&mut law, [mean, variance], 0.7);
            let law = Law::new(law.iter().map(|mass| mass / 0.7).collect());
            assert!((law.mean() - mean).abs() < 1e-6, "{mean}: {}", law.mean());
            assert!((law.standard_deviation() / variance.sqrt() - 1.0).abs() < 1e-5, "{variance}");
        }
    }

    #[test]
    fn the_law_meets_the_published_figures() {
        let checks = published(&exact_law()).unwrap();
        assert!(checks.iter().all(|check| check.passed), "{checks:#?}");
    }
}
