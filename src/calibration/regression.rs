//! Least squares of Φ⁻¹(rate) on the drivers, where no numbers of obligors are known (M56).

use super::design::{Design, dot};
use super::fit::Fit;
use crate::math::gamma::chi_square_quantile;

/// 2π.
const TAU: f64 = std::f64::consts::TAU;

/// The fit of `probits`, one for each row of `design`; None when drivers are collinear or there are no more rows than
/// coefficients.
pub fn fit(probits: &[f64], design: &Design) -> Option<Fit> {
    let rows = design.len();
    let free = rows.checked_sub(design.width()).filter(|free| *free > 0)?;
    let (coefficients, inverse) = design.least_squares(probits, &vec![1.0; rows])?;
    let residuals: Vec<f64> = probits.iter().zip(design.rows()).map(|(y, row)| y - dot(row, &coefficients)).collect();
    let squares = dot(&residuals, &residuals);
    let (n, variance) = (rows as f64, squares / free as f64);
    let scores = residuals.iter().zip(design.rows());
    let scores = scores.flat_map(|(residual, row)| row.iter().map(move |x| residual * x / variance)).collect();
    Some(Fit {
        volatility: variance.sqrt(),
        log_likelihood: -0.5 * n * (libm::log(TAU * squares / n) + 1.0),
        scores,
        information: inverse.inverse()?.scaled(1.0 / variance),
        coefficients,
    })
}

/// The largest volatility that passes a one-sided test at 5 % on so many `rows` if they were independent (M56).
pub fn highest_volatility(rows: usize, fit: &Fit) -> f64 {
    let free = rows.saturating_sub(fit.coefficients.len()).max(1) as f64;
    fit.volatility * (free / chi_square_quantile(0.05, free)).sqrt()
}
