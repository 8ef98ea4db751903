//! One comparison of a figure with what it must be, and the rule by which it passes.
//!
//! Three kinds of evidence. A *figure* must agree to the digits in which it was published. An *estimate* is judged by
//! its standard error. A *count* of scenarios, which is how quantiles are judged, is held against the exact binomial
//! law. All limits follow from one family-wise false-positive rate by Bonferroni's inequality, which needs no
//! independence.

use super::binomial::Trials;
use crate::math::normal;
use serde::Serialize;

/// Probability that a correct device fails any of the statistical checks of one validation, over seeds.
pub const FALSE_POSITIVE_RATE: f64 = 1e-6;

/// Most statistical checks in one validation; the rate is shared out between so many (a test counts them).
pub const MOST_STATISTICAL_CHECKS: usize = 250;

/// Largest skewness of an estimate in units of its standard error. Estimates rest on a thousand tail scenarios or more,
/// and an exponential excess gives 3/√(2 · 1000) = 0.07; twice that allows for the standard error being estimated too.
const SKEWNESS: f64 = 0.15;

/// What is compared.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Letter of the case, as in [`validate`](super).
    pub case: &'static str,
    /// The figure, for people.
    pub name: String,
    /// Where the expected value comes from.
    pub source: &'static str,
}

/// A comparison and its outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Letter of the case, as in [`validate`](super).
    pub case: &'static str,
    /// The figure, for people, with its unit where it has one.
    pub name: String,
    /// Where the expected value comes from.
    pub source: &'static str,
    /// What must come out.
    pub expected: f64,
    /// What came out.
    pub got: f64,
    /// Largest difference allowed; None where chance is in play.
    pub tolerance: Option<f64>,
    /// Standard error of `got − expected`; None where chance is not in play.
    pub standard_error: Option<f64>,
    /// (got − expected) / standard error.
    pub z: Option<f64>,
    /// Exact two-sided binomial probability of a count at least so far out; None for other evidence.
    pub p_value: Option<f64>,
    /// Whether the check holds.
    pub passed: bool,
}

impl Check {
    /// A figure that involves no chance and must lie within `tolerance` of `expected`; NaN fails.
    pub fn figure(subject: Subject, expected: f64, got: f64, tolerance: f64) -> Self {
        let passed = (got - expected).abs() <= tolerance;
        Self { tolerance: Some(tolerance), passed, ..Self::of(subject, expected, got) }
    }

    /// An estimate `got` with its `standard_error`, judged by z against [`z_limit`]; no error, or a NaN, fails.
    pub fn estimate(subject: Subject, expected: f64, got: f64, standard_error: Option<f64>) -> Self {
        let z = standard_error.map(|error| (got - expected) / error);
        let passed = z.is_some_and(|z| z.abs() <= z_limit());
        Self { standard_error, z, passed, ..Self::of(subject, expected, got) }
    }

    /// `count` successes, judged by the exact binomial law of `trials` against [`p_limit`].
    pub fn count(subject: Subject, trials: Trials, count: u64) -> Self {
        let (expected, error) = (trials.mean(), trials.standard_deviation());
        let p_value = trials.two_sided(count);
        Self {
            standard_error: Some(error),
            z: Some((count as f64 - expected) / error),
            p_value: Some(p_value),
            passed: p_value >= p_limit(),
            ..Self::of(subject, expected, count as f64)
        }
    }

    /// Whether chance decides.
    pub fn is_statistical(&self) -> bool {
        self.standard_error.is_some()
    }

    fn of(subject: Subject, expected: f64, got: f64) -> Self {
        let Subject { case, name, source } = subject;
        Self {
            case,
            name,
            source,
            expected,
            got,
            tolerance: None,
            standard_error: None,
            z: None,
            p_value: None,
            passed: false,
        }
    }
}

/// The smallest two-sided p-value that passes: [`FALSE_POSITIVE_RATE`] / [`MOST_STATISTICAL_CHECKS`].
pub fn p_limit() -> f64 {
    FALSE_POSITIVE_RATE / MOST_STATISTICAL_CHECKS as f64
}

/// The largest |z| that passes: the normal quantile of [`p_limit`], widened by the Cornish–Fisher term γ(z² − 1)/6 for
/// the skewness that estimates may have.
pub fn z_limit() -> f64 {
    let z = -normal::quantile(0.5 * p_limit());
    z + SKEWNESS * (z * z - 1.0) / 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject { case: "C", name: "defaults".to_owned(), source: "by hand" }
    }

    #[test]
    fn the_limits_are_those_of_the_written_rate() {
        assert!((p_limit() / 4e-9 - 1.0).abs() < 1e-12);
        // R: qnorm(2e-9) = -5.884
        assert!((z_limit() - (5.884 + 0.15 * (5.884 * 5.884 - 1.0) / 6.0)).abs() < 2e-3, "{}", z_limit());
    }

    #[test]
    fn figures_are_judged_by_their_digits() {
        assert!(Check::figure(subject(), 0.105, 0.1054, 5e-4).passed);
        assert!(!Check::figure(subject(), 0.105, 0.1056, 5e-4).passed);
        assert!(!Check::figure(subject(), 0.105, f64::NAN, 5e-4).passed);
    }

    #[test]
    fn estimates_are_judged_by_their_error() {
        assert!(Check::estimate(subject(), 10.0, 11.0, Some(0.2)).passed);
        let off = Check::estimate(subject(), 10.0, 11.0, Some(0.1));
        assert_eq!((off.passed, off.z), (false, Some(10.0)));
        assert!(!Check::estimate(subject(), 10.0, 10.0, None).passed);
        assert!(!Check::estimate(subject(), 10.0, 10.0, Some(0.0)).passed);
    }

    #[test]
    fn counts_are_judged_by_the_binomial_law() {
        let trials = Trials { number: 100_000, probability: 0.001 };
        assert!(Check::count(subject(), trials, 140).passed);
        assert!(!Check::count(subject(), trials, 172).passed);
        assert!(!Check::count(subject(), trials, 46).passed);
        assert!(Check::count(subject(), trials, 170).is_statistical());
    }
}
