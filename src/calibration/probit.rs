//! Grouped probit without an effect of the quarter: Dₜ ~ Binomial(nₜ, Φ(a + bᵀxₜ)) by maximum likelihood (M56).
//!
//! Newton's method on a concave likelihood; the first step is least squares (iteratively reweighted least squares: McCullagh
//! and Nelder, "Generalized Linear Models", 2nd ed. 1989, 2.5, with the observed in place of the expected information).

use super::binomial::Count;
use super::design::{Design, add_square, dot, symmetric_inverse};
use super::fit::Fit;
use crate::math::matrix::Matrix;
use crate::math::normal;

/// Newton steps allowed; some six are taken.
const MOST_STEPS: usize = 100;

/// The fit to `counts`, one for each row of `design`; None when it has no maximum (all or none default wherever a driver is
/// large) or drivers are collinear.
pub fn grouped_probit(counts: &[Count], design: &Design) -> Option<Fit> {
    let mut coefficients = start(counts, design)?;
    let mut value = log_likelihood(counts, design, &coefficients);
    for _ in 0..MOST_STEPS {
        let (gradient, information) = derivatives(counts, design, &coefficients);
        let step = symmetric_inverse(information)?.times_column(&gradient);
        let decrement = dot(&step, &gradient);
        let mut share = 1.0;
        loop {
            let next: Vec<f64> = coefficients.iter().zip(&step).map(|(b, step)| b + share * step).collect();
            let reached = log_likelihood(counts, design, &next);
            if reached >= value - 1e-9 * value.abs() * f64::EPSILON.sqrt() || share < 1e-6 {
                (coefficients, value) = (next, reached);
                break;
            }
            share *= 0.5;
        }
        if decrement < 1e-18 * (1.0 + value.abs()) || (decrement < 1e-9 && share < 1e-6) {
            return finish(counts, design, coefficients);
        }
        if coefficients.iter().any(|b| b.abs() > 50.0 || b.is_nan()) {
            return None;
        }
    }
    None
}

/// Weighted least squares of probits of rates that have half a default more.
fn start(counts: &[Count], design: &Design) -> Option<Vec<f64>> {
    let rates = counts.iter().map(|count| (count.defaults + 0.5) / (count.number + 1.0));
    let probits: Vec<f64> = rates.map(normal::quantile).collect();
    let weights: Vec<f64> = counts.iter().zip(&probits).map(|(count, &theta)| count.information(theta)).collect();
    Some(design.least_squares(&probits, &weights)?.0)
}

fn log_likelihood(counts: &[Count], design: &Design, coefficients: &[f64]) -> f64 {
    counts.iter().zip(design.rows()).map(|(count, row)| count.log_likelihood(dot(row, coefficients)).value).sum()
}

/// Gradient and observed information.
fn derivatives(counts: &[Count], design: &Design, coefficients: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let width = design.width();
    let (mut gradient, mut information) = (vec![0.0; width], vec![0.0; width * width]);
    for (count, row) in counts.iter().zip(design.rows()) {
        let slopes = count.log_likelihood(dot(row, coefficients));
        gradient.iter_mut().zip(row).for_each(|(sum, x)| *sum += slopes.first * x);
        add_square(&mut information, row, -slopes.second);
    }
    (gradient, information)
}

fn finish(counts: &[Count], design: &Design, coefficients: Vec<f64>) -> Option<Fit> {
    let (_, information) = derivatives(counts, design, &coefficients);
    let mut scores = Vec::with_capacity(counts.len() * design.width());
    for (count, row) in counts.iter().zip(design.rows()) {
        let slope = count.log_likelihood(dot(row, &coefficients)).first;
        scores.extend(row.iter().map(|x| slope * x));
    }
    let ways: f64 = counts.iter().map(|count| count.log_ways()).sum();
    Some(Fit {
        log_likelihood: log_likelihood(counts, design, &coefficients) + ways,
        coefficients,
        volatility: 0.0,
        scores,
        information: Matrix::new(information)?,
    })
}
