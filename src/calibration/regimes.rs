//! Calm and turbulent times: a two-state Markov chain that scales the residual, by maximum likelihood (M60).
//!
//! rₜ = m + μₖ + σₖ eₜ + noise of known variance, e an AR(1) process of variance 1, k a two-state chain that begins stationary.
//! The likelihood is that of a filter over (kₜ₋₁, kₜ): Hamilton, "A new approach to the economic analysis of nonstationary time
//! series and the business cycle", Econometrica 57 (1989). Where effects are only measured with noise, e is carried on by a
//! Kalman filter whose law given (kₜ₋₁, kₜ) is collapsed to a normal law given kₜ: Kim, "Dynamic linear models with Markov
//! switching", Journal of Econometrics 60 (1994); without noise nothing is lost by that.

use super::persistence::{Measured, log_density};
use super::simplex::{Minimum, covariance, minimise};

/// Fewest quarters that two regimes are looked for in.
pub const FEWEST_FOR_TWO: usize = 40;
/// A state is left with at most this probability in a quarter; beyond, it would be no regime.
const MOST_LEAVING: f64 = 0.5;
/// Largest ln of the ratio of volatilities.
const WIDEST: f64 = 3.0;

/// Whether the mean moves with the regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegimeMeans {
    /// It does not.
    #[default]
    Equal,
    /// It does.
    Free,
}

/// Two regimes that were fitted to a residual, calm first.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoRegimes {
    /// Probability of leaving each, per period.
    pub leave: [f64; 2],
    /// Their standard errors, where the likelihood is regular.
    pub leave_errors: Option<[f64; 2]>,
    /// Volatilities of the residual, in units of probit.
    pub deviations: [f64; 2],
    /// Standard error of ln(turbulent / calm), where the likelihood is regular.
    pub ratio_error: Option<f64>,
    /// Means of the residual, in units of probit.
    pub means: [f64; 2],
    /// Autocorrelation of e at one period.
    pub autocorrelation: f64,
    /// Probability of turbulence in each period given all periods.
    pub turbulent: Vec<f64>,
    /// ln L with two regimes, and with one.
    pub log_likelihoods: [f64; 2],
    /// Parameters of each.
    pub parameters: [usize; 2],
}

impl TwoRegimes {
    /// Stationary probability of turbulence.
    pub fn share(&self) -> f64 {
        share(self.leave)
    }

    /// Volatilities and means on the index, scaled so that both regimes together have mean 0 and variance 1; low is bad.
    pub fn on_index(&self) -> ([f64; 2], [f64; 2]) {
        let shares = [1.0 - self.share(), self.share()];
        // In this form exactly the mean where both are equal.
        let mean = self.means[0] + shares[1] * (self.means[1] - self.means[0]);
        let square = |k: usize| {
            let apart = self.means[k] - mean;
            shares[k] * (self.deviations[k] * self.deviations[k] + apart * apart)
        };
        let scale = (square(0) + square(1)).sqrt();
        (self.deviations.map(|deviation| deviation / scale), self.means.map(|of| (mean - of) / scale + 0.0))
    }

    /// BIC with two regimes less BIC with one, for so many `quarters`: below 0 two are better.
    pub fn bic_difference(&self, quarters: usize) -> f64 {
        let more = self.parameters[0] as f64 - self.parameters[1] as f64;
        more * libm::log(quarters as f64) - self.ratio()
    }

    /// Twice the difference of ln L.
    pub fn ratio(&self) -> f64 {
        2.0 * (self.log_likelihoods[0] - self.log_likelihoods[1])
    }
}

fn share(leave: [f64; 2]) -> f64 {
    leave[0] / (leave[0] + leave[1])
}

/// What a filter runs on.
#[derive(Debug, Clone, Copy)]
struct Law {
    leave: [f64; 2],
    deviations: [f64; 2],
    means: [f64; 2],
    autocorrelation: f64,
}

/// Where minimisation stands: ln σ calm, ln of the ratio, two logits, bent autocorrelation, mean, difference of means.
const RATIO: usize = 1;
const LEAVING: usize = 2;

impl Law {
    fn two(point: &[f64]) -> Option<Self> {
        let [log_calm, log_ratio, calm, turbulent, bent, mean] = *point.first_chunk::<6>()?;
        let shift = point.get(6).copied().unwrap_or(0.0);
        if !(0.0..=WIDEST).contains(&log_ratio) || bent.abs() > 4.0 || calm.abs().max(turbulent.abs()) > 7.0 {
            return None;
        }
        Some(Self {
            leave: [calm, turbulent].map(leaving),
            deviations: [libm::exp(log_calm), libm::exp(log_calm + log_ratio)],
            means: [mean, mean + shift],
            autocorrelation: libm::tanh(bent),
        })
    }

    fn one(point: &[f64]) -> Option<Self> {
        let [log_deviation, bent, mean] = *point.first_chunk::<3>()?;
        let deviation = libm::exp(log_deviation);
        (bent.abs() <= 4.0).then(|| Self {
            leave: [0.1, 0.1],
            deviations: [deviation; 2],
            means: [mean; 2],
            autocorrelation: libm::tanh(bent),
        })
    }

    /// ln of the likelihood, and for each period the probabilities of (state before, state) given all up to it.
    fn filter(&self, residual: &Measured) -> (f64, Vec<[[f64; 2]; 2]>) {
        let turbulence = share(self.leave);
        let alpha = self.autocorrelation;
        let stay = [[1.0 - self.leave[0], self.leave[0]], [self.leave[1], 1.0 - self.leave[1]]];
        // Given a state: its probability, mean and variance of e. Before the first period e has its stationary law, and one
        // step of the chain and of e leaves both as they are.
        let mut states = [[1.0 - turbulence, 0.0, 1.0], [turbulence, 0.0, 1.0]];
        let (mut value, mut pairs) = (0.0, Vec::with_capacity(residual.values.len()));
        for (y, noise) in residual.values.iter().zip(&residual.variances) {
            let mut joint = [[[0.0; 3]; 2]; 2];
            let mut largest = f64::NEG_INFINITY;
            for j in 0..2 {
                let [before, mean, variance] = states[j];
                let (ahead, spread) = (alpha * mean, alpha * alpha * variance + 1.0 - alpha * alpha);
                for k in 0..2 {
                    let deviation = self.deviations[k];
                    let total = deviation * deviation * spread + noise;
                    let surprise = y - self.means[k] - deviation * ahead;
                    let gain = spread * deviation / total;
                    let log = libm::log(before * stay[j][k]) + log_density(surprise, total);
                    joint[j][k] = [log, ahead + gain * surprise, (spread - gain * deviation * spread).max(0.0)];
                    largest = f64::max(largest, log);
                }
            }
            let mut pair = joint.map(|row| row.map(|[log, _, _]| libm::exp(log - largest)));
            let total: f64 = pair.iter().flatten().sum();
            value += largest + libm::log(total);
            pair.iter_mut().flatten().for_each(|weight| *weight /= total);
            for k in 0..2 {
                let own = pair[0][k] + pair[1][k];
                let shares = if own > 0.0 { [pair[0][k] / own, pair[1][k] / own] } else { [0.5, 0.5] };
                let mean = shares[0] * joint[0][k][1] + shares[1] * joint[1][k][1];
                let square = |j: usize| {
                    let apart = joint[j][k][1] - mean;
                    shares[j] * (joint[j][k][2] + apart * apart)
                };
                states[k] = [own, mean, square(0) + square(1)];
            }
            pairs.push(pair);
        }
        (value, pairs)
    }
}

/// Probability of turbulence in each period given all periods, from the filter's `pairs`. Given the next pair, what comes after
/// says nothing more of a pair, so steps backwards are exact.
fn smooth(pairs: &[[[f64; 2]; 2]]) -> Vec<f64> {
    let mut smoothed = vec![0.0; pairs.len()];
    let mut after: Option<[[f64; 2]; 2]> = None;
    for (out, pair) in smoothed.iter_mut().zip(pairs).rev() {
        let now = match after {
            None => *pair,
            Some(after) => {
                let mut now = [[0.0; 2]; 2];
                for k in 0..2 {
                    let (own, given) = (pair[0][k] + pair[1][k], after[k][0] + after[k][1]);
                    for j in 0..2 {
                        now[j][k] = if own > 0.0 { given * pair[j][k] / own } else { 0.0 };
                    }
                }
                now
            }
        };
        *out = now[0][1] + now[1][1];
        after = Some(now);
    }
    smoothed
}

fn leaving(logit: f64) -> f64 {
    MOST_LEAVING / (1.0 + libm::exp(-logit))
}

/// Fits two regimes to a `residual` of so much `volatility` and `autocorrelation`; None where the likelihood cannot be formed.
pub fn two_regimes(
    residual: &Measured,
    [volatility, autocorrelation]: [f64; 2],
    means: RegimeMeans,
) -> Option<TwoRegimes> {
    let (log_volatility, bent) = (libm::log(volatility.max(1e-6)), libm::atanh(autocorrelation.clamp(-0.95, 0.95)));
    let lost = |law: Option<Law>| law.map_or(f64::INFINITY, |law| -law.filter(residual).0);
    let one = minimise(&[log_volatility, bent, 0.0], 0.2, &|point| lost(Law::one(point)));
    // Means alone could tell every period if neither regime had any volatility to speak of.
    let least = log_volatility - WIDEST;
    let two = |point: &[f64]| match point.first() {
        Some(log_calm) if *log_calm >= least => lost(Law::two(point)),
        _ => f64::INFINITY,
    };
    // ln of the ratio, and logits of twice the probabilities of leaving: 0.05 and 0.15, 0.1 and 0.3, 0.03 and 0.05.
    let starts = [[0.9, -2.2, -0.85], [1.4, -1.4, 0.4], [0.5, -2.75, -2.2]];
    let from = |[ratio, calm, turbulent]: [f64; 3]| {
        let mut start = vec![log_volatility - 0.5 * ratio, ratio, calm, turbulent, bent, 0.0];
        if means == RegimeMeans::Free {
            start.push(0.5 * volatility);
        }
        minimise(&start, 0.3, &two)
    };
    let best: Minimum = starts.into_iter().map(from).min_by(|a, b| a.value.total_cmp(&b.value))?;
    let law = Law::two(&best.at).filter(|_| best.value.is_finite())?;
    // At an end of a range, or where both regimes are alike, estimates are not normal and have no standard errors.
    let inner = best.at.first().is_some_and(|log_calm| *log_calm > least + 0.05)
        && law.leave.iter().all(|p| *p > 0.002 && *p < 0.98 * MOST_LEAVING)
        && best.at.get(RATIO).is_some_and(|ratio| *ratio > 0.05 && *ratio < 0.98 * WIDEST);
    let errors = inner.then(|| covariance(&best.at, 1e-3, &two)).flatten();
    let error = |place: usize| errors.as_ref().map(|errors| errors.at(place, place).sqrt());
    let slope = |p: f64| p * (1.0 - p / MOST_LEAVING);
    let leave_errors = match (error(LEAVING), error(LEAVING + 1)) {
        (Some(calm), Some(turbulent)) => Some([calm * slope(law.leave[0]), turbulent * slope(law.leave[1])]),
        _ => None,
    };
    Some(TwoRegimes {
        leave: law.leave,
        leave_errors,
        deviations: law.deviations,
        ratio_error: error(RATIO),
        means: law.means,
        autocorrelation: law.autocorrelation,
        turbulent: smooth(&law.filter(residual).1),
        log_likelihoods: [-best.value, -one.value],
        parameters: [best.at.len(), one.at.len()],
    })
}
