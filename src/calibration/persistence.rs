//! How long the quarter's effect lasts: uₜ as an AR(1) process behind the counts, by the likelihood of a Kalman filter (M59).
//!
//! Rates of few obligors scatter by chance, and chance does not last: the autocorrelation of plain residuals would be too low.
//! Here each quarter's count counts as a measurement of known variance, linearised where the effect most likely lies: Durbin
//! and Koopman, "Monte Carlo maximum likelihood estimation for non-Gaussian state space models", Biometrika 84 (1997), without
//! the simulation, that is, Laplace's approximation.

use super::binomial::{Count, Slopes};
use super::simplex::{covariance, minimise};

/// Linearisations allowed; some five are taken.
const MOST_ROUNDS: usize = 60;

/// What is known of the effects.
#[derive(Debug, Clone, Copy)]
pub enum Effects<'a> {
    /// Counts, and the probit η of the rate without an effect.
    Counted(&'a [Count], &'a [f64]),
    /// The effects themselves.
    Known(&'a [f64]),
}

/// Effects as noisy measurements, one of each for a quarter.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The effect with its noise.
    pub values: Vec<f64>,
    /// The noise's variance; 0 where the effect is known.
    pub variances: Vec<f64>,
    /// Best guess of the effect from all quarters.
    pub smoothed: Vec<f64>,
}

/// An AR(1) process of effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Persistence {
    /// Autocorrelation at a lag of one quarter, −1 to 1.
    pub autocorrelation: f64,
    /// Its standard error, where there is one.
    pub standard_error: Option<f64>,
    /// Standard deviation of the effect.
    pub volatility: f64,
    /// ln of the likelihood.
    pub log_likelihood: f64,
    /// The effects, linearised.
    pub measured: Measured,
}

impl Effects<'_> {
    /// The most likely process, looked for from standard deviation `volatility` > 0 on.
    pub fn persistence(self, volatility: f64) -> Persistence {
        let at = |point: &[f64]| [point.first(), point.get(1)].map(|x| x.copied().unwrap_or(0.0));
        let lost = |point: &[f64]| {
            let [log_volatility, bent] = at(point);
            if log_volatility.abs() > 12.0 || bent.abs() > 5.0 {
                return f64::INFINITY;
            }
            -self.filter([libm::exp(log_volatility), libm::tanh(bent)]).0
        };
        let starts = [0.1, 0.6, 1.3].map(|bent| [libm::log(volatility), bent]);
        let start = starts.into_iter().min_by(|a, b| lost(a).total_cmp(&lost(b))).unwrap_or([-2.0, 0.2]);
        let best = minimise(&start, 0.3, &lost);
        let [log_volatility, bent] = at(&best.at);
        let (volatility, autocorrelation) = (libm::exp(log_volatility), libm::tanh(bent));
        let errors = covariance(&best.at, 1e-3, &lost);
        let slope = 1.0 - autocorrelation * autocorrelation;
        Persistence {
            autocorrelation,
            standard_error: errors.map(|errors| errors.at(1, 1).sqrt() * slope).filter(|error| error.is_finite()),
            volatility,
            log_likelihood: -best.value,
            measured: self.filter([volatility, autocorrelation]).1,
        }
    }

    /// The effects as measured where those of standard deviation `volatility` come one by one.
    pub fn measured(self, volatility: f64) -> Measured {
        self.filter([volatility, 0.0]).1
    }

    /// ln of the likelihood, and the effects linearised, under a process of this volatility and autocorrelation.
    fn filter(self, process: [f64; 2]) -> (f64, Measured) {
        let (counts, etas) = match self {
            Self::Known(effects) => {
                let nothing = vec![0.0; effects.len()];
                let (value, _) = smooth((effects, &nothing), process);
                let measured = Measured { values: effects.to_vec(), variances: nothing, smoothed: effects.to_vec() };
                return (value, measured);
            }
            Self::Counted(counts, etas) => (counts, etas),
        };
        let mut effects = vec![0.0; counts.len()];
        let mut told = (f64::NEG_INFINITY, Measured { values: vec![], variances: vec![], smoothed: vec![] });
        for _ in 0..MOST_ROUNDS {
            let slopes: Vec<Slopes> = counts
                .iter()
                .zip(etas)
                .zip(&effects)
                .map(|((count, eta), effect)| count.log_likelihood(eta + effect))
                .collect();
            let variances: Vec<f64> = slopes.iter().map(|at| 1.0 / (-at.second).max(1e-12)).collect();
            let values: Vec<f64> =
                slopes.iter().zip(&variances).zip(&effects).map(|((at, v), effect)| effect + at.first * v).collect();
            let (value, smoothed) = smooth((&values, &variances), process);
            let mut exact = value;
            for (i, at) in slopes.iter().enumerate() {
                let apart = values[i] - effects[i];
                exact += at.value + counts[i].log_ways() - log_density(apart, variances[i]);
            }
            let change = effects.iter().zip(&smoothed).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            effects.iter_mut().zip(&smoothed).for_each(|(effect, next)| *effect += (next - *effect).clamp(-2.0, 2.0));
            told = (exact, Measured { values, variances, smoothed });
            if change < 1e-9 {
                break;
            }
        }
        told
    }
}

/// ln of the normal density with mean 0.
pub fn log_density(x: f64, variance: f64) -> f64 {
    -0.5 * (libm::log(std::f64::consts::TAU * variance) + x * x / variance)
}

/// The Kalman filter and smoother of an AR(1) process seen with noise of known variances: ln of the likelihood, and the mean of
/// each state given all measurements (Rauch, Tung and Striebel, AIAA Journal 3 (1965)).
fn smooth((values, variances): (&[f64], &[f64]), [volatility, autocorrelation]: [f64; 2]) -> (f64, Vec<f64>) {
    let stationary = volatility * volatility;
    let (mut mean, mut variance, mut value) = (0.0, stationary, 0.0);
    let mut filtered = Vec::with_capacity(values.len());
    for (y, noise) in values.iter().zip(variances) {
        let (before, before_variance) = (mean, variance);
        let total = variance + noise;
        value += log_density(y - mean, total);
        let gain = variance / total;
        mean += gain * (y - mean);
        variance *= noise / total;
        filtered.push([before, before_variance, mean, variance]);
        mean *= autocorrelation;
        variance =
            autocorrelation * autocorrelation * variance + stationary * (1.0 - autocorrelation * autocorrelation);
    }
    let mut states = vec![0.0; values.len()];
    let mut after: Option<(f64, f64, f64)> = None;
    for (state, [before, before_variance, mean, variance]) in states.iter_mut().zip(filtered).rev() {
        *state = match after {
            None => mean,
            Some((next, predicted, predicted_variance)) => {
                mean + variance * autocorrelation / predicted_variance * (next - predicted)
            }
        };
        after = Some((*state, before, before_variance));
    }
    (value, states)
}
