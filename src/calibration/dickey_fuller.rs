//! Does a series wander without returning? The augmented Dickey–Fuller test with a constant (M61).
//!
//! Said and Dickey, "Testing for unit roots in autoregressive-moving average models of unknown order", Biometrika 71 (1984):
//! ⌊(T − 1)^⅓⌋ lagged changes. Critical values: MacKinnon, "Critical values for cointegration tests", Queen's University
//! working paper 1227 (2010), table 2; those of several variables are for the residual of a regression on that many less one
//! (Engle and Granger, Econometrica 55 (1987)).

use super::design::{Design, dot};

/// A test's outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitRoot {
    /// The t statistic of the lagged level; the lower, the more surely stationary.
    pub statistic: f64,
    /// The value below which a unit root is rejected at 5 %.
    pub critical: f64,
    /// Lagged changes beside the level.
    pub lags: usize,
}

impl UnitRoot {
    /// Whether a unit root is rejected at 5 %.
    pub fn is_stationary(&self) -> bool {
        self.statistic < self.critical
    }
}

/// Tests `series`, which is itself (`variables` 1) or the residual of a regression of one variable on the others; None where
/// it is too short or does not move.
pub fn test(series: &[f64], variables: usize) -> Option<UnitRoot> {
    let lags = libm::cbrt(series.len().saturating_sub(1) as f64) as usize;
    let used = series.len().checked_sub(lags + 1)?;
    Some(UnitRoot { statistic: statistic(series, lags)?, critical: critical(variables, used), lags })
}

/// The t statistic of y₍ₜ₋₁₎ in Δyₜ = c + γ y₍ₜ₋₁₎ + Σ δⱼ Δy₍ₜ₋ⱼ₎ with `lags` lagged changes.
pub fn statistic(series: &[f64], lags: usize) -> Option<f64> {
    let changes: Vec<f64> = series.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let rows = changes.len().checked_sub(lags)?;
    let free = rows.checked_sub(lags + 2).filter(|free| *free > 0)?;
    let mut columns = vec![series.get(lags..lags + rows)?];
    for lag in 1..=lags {
        columns.push(changes.get(lags - lag..lags - lag + rows)?);
    }
    let (design, y) = (Design::new(rows, &columns), changes.get(lags..)?);
    let (coefficients, inverse) = design.least_squares(y, &vec![1.0; rows])?;
    let residuals: Vec<f64> = y.iter().zip(design.rows()).map(|(y, row)| y - dot(row, &coefficients)).collect();
    let variance = dot(&residuals, &residuals) / free as f64;
    let t = coefficients.get(1)? / (variance * inverse.at(1, 1)).sqrt();
    t.is_finite().then_some(t)
}

/// The 5 % point for `variables` (1 to 6; more are taken as 6) and `used` observations.
pub fn critical(variables: usize, used: usize) -> f64 {
    const SURFACES: [[f64; 4]; 6] = [
        [-2.86154, -2.8903, -4.234, -40.04],
        [-3.33613, -6.1101, -6.823, 0.0],
        [-3.74066, -8.5632, -10.852, 27.982],
        [-4.096, -11.2349, -11.175, 0.0],
        [-4.41519, -14.0405, -12.575, 0.0],
        [-4.70693, -16.9178, -17.492, 60.007],
    ];
    let [b0, b1, b2, b3] = SURFACES[variables.clamp(1, 6) - 1];
    let t = used.max(1) as f64;
    b0 + (b1 + (b2 + b3 / t) / t) / t
}
