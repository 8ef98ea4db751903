//! Case E, continued: rare tails under a Student t copula (A. Bassamboo, S. Juneja and A. Zeevi, "Portfolio credit risk
//! with extremal dependence", Operations Research 56, 2008), in which one mixing variable moves 250 names together.

use super::binomial::Trials;
use super::check::{Check, Subject};
use super::quadrature::{mixing_nodes, normal_nodes};
use super::run::{Bench, Group, Portfolio};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::math::{normal, student};
use crate::model::{AssetCorrelation, Copula};

/// Scenarios: thousands, or hundreds, of them in the tail.
const SCENARIOS: u64 = 1_000_000;
/// Obligors.
const OBLIGORS: u32 = 250;
/// A scenario is in the tail when more than a quarter of the obligors (62.5) default.
const LIMIT: u64 = 62;
/// Nodes to a standard deviation: the conditional step is about 0.1 wide.
const NODES: u32 = 16;

const SOURCE: &str = "Bassamboo, Juneja and Zeevi 2008, exact value";

/// A portfolio of the paper: X = (¼ Z + √(1 − 1/16) η) / W, η of variance 9; default when X > ½ √250.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RareTail {
    /// Degrees of freedom.
    pub nu: f64,
    /// P(more than 62.5 default).
    pub probability: f64,
    /// Half a unit of its last digit.
    tolerance: f64,
}

/// The paper's two.
pub const RARE_TAILS: [RareTail; 2] = [
    RareTail { nu: 4.0, probability: 8.1249e-3, tolerance: 5e-8 },
    RareTail { nu: 8.0, probability: 2.4254e-4, tolerance: 5e-9 },
];

/// Variance of ¼ Z + √(1 − 1/16) η.
const VARIANCE: f64 = 0.0625 + 0.9375 * 9.0;

/// All checks of this part of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for tail in RARE_TAILS {
        bench.announce(&format!("E: rare tail, nu {}", tail.nu));
        let subject = tail.subject("by quadrature");
        checks.push(Check::figure(subject, tail.probability, tail.integrate(), tail.tolerance));
        checks.push(tail.simulate(&tail.portfolio()?, bench)?);
    }
    Ok(checks)
}

impl RareTail {
    /// The portfolio in the terms of this engine: rho is the common share of the variance, PD a tail of Student's t.
    ///
    /// # Errors
    /// None.
    pub fn portfolio(self) -> Result<Portfolio> {
        let group =
            Group { segment: 0, pd: student::cdf(self.threshold(), self.nu), losses: vec![1; OBLIGORS as usize] };
        let portfolio = Portfolio::one_factor(AssetCorrelation::Fixed(self.rho()), vec![group])?;
        Ok(Portfolio { copula: Copula::StudentT { degrees_of_freedom: self.nu }, ..portfolio })
    }

    /// Scenarios of `played` in the tail; it belongs to `self`, unless a test parts them.
    ///
    /// # Errors
    /// Those of the device.
    pub fn simulate(self, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Check> {
        let sample = bench.play(&played.plan(KernelChoice::Auto)?, SCENARIOS)?;
        let trials = Trials { number: SCENARIOS, probability: self.probability };
        Ok(Check::count(self.subject("scenarios in the tail"), trials, sample.beyond(LIMIT as f64)))
    }

    /// The tail probability, integrated over factor and mixing variable.
    fn integrate(self) -> f64 {
        let (rho, factors) = (self.rho(), normal_nodes(NODES));
        let given = |mixing: f64, factor: f64| {
            let pd = normal::cdf((self.threshold() * mixing - rho.sqrt() * factor) / (1.0 - rho).sqrt());
            Trials { number: u64::from(OBLIGORS), probability: pd }.at_least(LIMIT + 1)
        };
        let over_factors =
            |mixing: f64| factors.iter().map(|factor| factor.weight * given(mixing, factor.at)).sum::<f64>();
        mixing_nodes(self.nu, NODES).iter().map(|mixing| mixing.weight * over_factors(mixing.at)).sum()
    }

    /// Default when Student's t is below this: −½ √250 in standard deviations of the numerator.
    fn threshold(self) -> f64 {
        -0.5 * (250.0 / VARIANCE).sqrt()
    }

    fn rho(self) -> f64 {
        0.0625 / VARIANCE
    }

    fn subject(self, name: &str) -> Subject {
        let name = format!("{OBLIGORS} obligors, Student t of {} degrees: P(more than 62.5 default), {name}", self.nu);
        Subject { case: "E", name, source: SOURCE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portfolio_is_the_papers_in_our_terms() {
        // PD and rho as recomputed independently.
        for (tail, pd) in RARE_TAILS.into_iter().zip([0.0267235, 0.0132954]) {
            assert!((student::cdf(tail.threshold(), tail.nu) - pd).abs() < 5e-8);
            assert!((tail.rho() - 0.0073529).abs() < 5e-8);
        }
    }
}
