//! Standard errors of coefficients where quarters are not independent (M58): Newey and West's sandwich, and what an interval
//! must be widened to because its own lags were estimated.
//!
//! Newey and West, "A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix",
//! Econometrica 55 (1987). Bandwidth 1.3 √T with critical values of fixed b: Lazarus, Lewis, Stock and Watson, "HAR inference:
//! recommendations for practice", Journal of Business & Economic Statistics 36 (2018); Kiefer and Vogelsang, "A new asymptotic
//! theory for heteroskedasticity-autocorrelation robust tests", Econometric Theory 21 (2005), table 1.

use super::fit::Fit;
use crate::math::matrix::Matrix;

/// Standard errors of coefficients, the constant first.
#[derive(Debug, Clone, PartialEq)]
pub struct Errors {
    /// Newey and West's, with a factor √(T / (T − k)) for few quarters.
    pub robust: Vec<f64>,
    /// From the observed information, as if quarters were independent.
    pub information: Vec<f64>,
    /// Autocovariances of scores that were taken in, in quarters.
    pub lags: usize,
    /// Robust standard errors on either side that make a 95 % interval.
    pub critical: f64,
}

/// Errors of `fit`; None where the information has no inverse.
pub fn errors(fit: &Fit) -> Option<Errors> {
    let (width, coefficients) = (fit.information.order(), fit.coefficients.len());
    let quarters = fit.scores.len() / width.max(1);
    let bandwidth = bandwidth(quarters);
    let bread = fit.information.inverse()?;
    let meat = Matrix::new(long_run(&fit.scores, width, bandwidth))?;
    let sandwich = bread.times(&meat).times(&bread);
    let few = quarters as f64 / (quarters.saturating_sub(coefficients).max(1)) as f64;
    let root = |matrix: &Matrix, i: usize, factor: f64| (matrix.at(i, i) * factor).max(0.0).sqrt();
    Some(Errors {
        robust: (0..coefficients).map(|i| root(&sandwich, i, few)).collect(),
        information: (0..coefficients).map(|i| root(&bread, i, 1.0)).collect(),
        lags: bandwidth - 1,
        critical: critical(bandwidth as f64 / quarters.max(1) as f64),
    })
}

/// ⌈1.3 √T⌉ of `quarters`, the lag at which Bartlett's weights reach 0; at most all quarters.
fn bandwidth(quarters: usize) -> usize {
    (libm::ceil(1.3 * (quarters as f64).sqrt()) as usize).clamp(1, quarters.max(1))
}

/// Σ of the scores' autocovariances with Bartlett's weights 1 − j/`bandwidth`, width × width.
fn long_run(scores: &[f64], width: usize, bandwidth: usize) -> Vec<f64> {
    let mut sum = vec![0.0; width * width];
    for lag in 0..bandwidth {
        let weight = 1.0 - lag as f64 / bandwidth as f64;
        for (late, early) in scores.chunks_exact(width).skip(lag).zip(scores.chunks_exact(width)) {
            for i in 0..width {
                for j in 0..width {
                    let cross = late[i] * early[j];
                    let both = if lag == 0 { cross } else { cross + late[j] * early[i] };
                    sum[i * width + j] += weight * both;
                }
            }
        }
    }
    sum
}

/// The 97.5 % point of t for Bartlett's weights with a bandwidth of `b` times the sample: Kiefer and Vogelsang, table 1.
fn critical(b: f64) -> f64 {
    1.96 + b * (2.9694 + b * (0.4160 - b * 0.5324))
}
