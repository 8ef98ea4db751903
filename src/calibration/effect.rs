//! Grouped probit with an effect of the quarter: Dₜ ~ Binomial(nₜ, Φ(a + bᵀxₜ + τuₜ)), uₜ standard normal, by maximum
//! likelihood (M56).
//!
//! Each quarter's integral over u is taken by Gauss and Hermite's rule, moved to where the integrand is largest and scaled to
//! its width (Liu and Pierce, "A note on Gauss–Hermite quadrature", Biometrika 81 (1994)): a quarter of ten obligors and one of
//! ten million need the same few nodes. Derivatives are analytic (Louis, "Finding the observed information matrix when using
//! the EM algorithm", JRSS B 44 (1982)), so Newton's method takes some ten steps.

use super::binomial::Count;
use super::design::{Design, dot, symmetric_inverse};
use super::fit::Fit;
use super::probit::grouped_probit;
use crate::math::hermite::Hermite;
use crate::math::matrix::Matrix;

/// Nodes of the rule.
const NODES: usize = 21;
/// Newton steps allowed.
const MOST_STEPS: usize = 200;
/// Half the 90 % point of chi-square with one degree of freedom.
const DROP: f64 = 1.352_771_727_047_7;
/// Steps to the largest integrand allowed.
const MOST_CLIMBS: usize = 60;

/// The fit to `counts`, one for each row of `design`; volatility 0 where rates scatter no more than chance makes them. None
/// where the probit has no maximum.
pub fn fit(counts: &[Count], design: &Design) -> Option<Fit> {
    let plain = grouped_probit(counts, design)?;
    // The derivative of the log-likelihood by τ² at 0 tells whether there is an effect at all.
    let (mut slope, mut excess, mut information) = (0.0, 0.0, 0.0);
    for (count, row) in counts.iter().zip(design.rows()) {
        let theta = dot(row, &plain.coefficients);
        let at = count.log_likelihood(theta);
        slope += at.second + at.first * at.first;
        let expected = count.information(theta);
        excess += at.first * at.first - expected;
        information += expected * expected;
    }
    if slope <= 0.0 || information <= 0.0 {
        return Some(plain);
    }
    let first_guess = (excess / information).max(1e-4).sqrt().min(1.0);
    climb(counts, design, [plain.coefficients, vec![first_guess]].concat())
}

fn climb(counts: &[Count], design: &Design, mut parameters: Vec<f64>) -> Option<Fit> {
    let rule = Hermite::new(NODES)?;
    let mut here = Likelihood::at(counts, design, (&parameters, &rule));
    for _ in 0..MOST_STEPS {
        let step = here.step()?;
        let decrement = dot(&step, &here.gradient);
        let mut share = 1.0;
        loop {
            let mut next: Vec<f64> = parameters.iter().zip(&step).map(|(b, step)| b + share * step).collect();
            // The likelihood is even in τ.
            next.last_mut().into_iter().for_each(|tau| *tau = tau.abs());
            let reached = Likelihood::at(counts, design, (&next, &rule));
            if reached.value >= here.value - 1e-12 * here.value.abs() || share < 1e-6 {
                (parameters, here) = (next, reached);
                break;
            }
            share *= 0.5;
        }
        if decrement.abs() < 1e-12 || share < 1e-6 {
            let ways: f64 = counts.iter().map(|count| count.log_ways()).sum();
            let volatility = parameters.pop()?;
            return Some(Fit {
                coefficients: parameters,
                volatility,
                log_likelihood: here.value + ways,
                scores: here.scores,
                information: Matrix::new(here.information)?,
            });
        }
    }
    None
}

/// The largest τ that passes a one-sided test at 5 % if quarters were independent: where ln L, with coefficients as good as they
/// can be, is 1.353 below its maximum. Quarters whose effects last allow more (M56).
pub fn highest_volatility(counts: &[Count], design: &Design, fit: &Fit) -> Option<f64> {
    let rule = Hermite::new(NODES)?;
    let ways: f64 = counts.iter().map(|count| count.log_ways()).sum();
    let mut coefficients = fit.coefficients.clone();
    let mut lost = |tau: f64| {
        let mut parameters = [coefficients.as_slice(), &[tau]].concat();
        for _ in 0..MOST_STEPS {
            let here = Likelihood::at(counts, design, (&parameters, &rule));
            let step = here.step_with_fixed_effect()?;
            parameters.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
            if dot(&step, &here.gradient) < 1e-8 {
                break;
            }
        }
        coefficients.clone_from_slice(parameters.split_last()?.1);
        Some(fit.log_likelihood - ways - Likelihood::at(counts, design, (&parameters, &rule)).value - DROP)
    };
    let (mut low, mut high) = (fit.volatility, fit.volatility.max(0.02) * 1.5);
    while lost(high)? < 0.0 {
        low = high;
        high *= 1.5;
        if high > 20.0 {
            return None;
        }
    }
    while high - low > 1e-3 * high {
        let middle = 0.5 * (low + high);
        if lost(middle)? < 0.0 { low = middle } else { high = middle }
    }
    Some(high)
}

/// The log-likelihood with its derivatives by coefficients and τ.
struct Likelihood {
    value: f64,
    gradient: Vec<f64>,
    /// Observed information, row by row.
    information: Vec<f64>,
    scores: Vec<f64>,
}

impl Likelihood {
    fn at(counts: &[Count], design: &Design, (parameters, rule): (&[f64], &Hermite)) -> Self {
        let width = parameters.len();
        let mut sum = Self {
            value: 0.0,
            gradient: vec![0.0; width],
            information: vec![0.0; width * width],
            scores: Vec::with_capacity(width * counts.len()),
        };
        let Some((tau, coefficients)) = parameters.split_last() else { return sum };
        for (count, row) in counts.iter().zip(design.rows()) {
            let quarter = Quarter::integrate(*count, [dot(row, coefficients), *tau], rule);
            sum.value += quarter.value;
            let first = sum.scores.len();
            sum.scores.extend(row.iter().map(|x| quarter.by_eta * x));
            sum.scores.push(quarter.by_tau);
            sum.gradient.iter_mut().zip(&sum.scores[first..]).for_each(|(sum, score)| *sum += score);
            let last = width - 1;
            for (i, a) in row.iter().enumerate() {
                for (j, b) in row.iter().enumerate() {
                    sum.information[i * width + j] -= quarter.by_eta_eta * a * b;
                }
                sum.information[i * width + last] -= quarter.by_eta_tau * a;
                sum.information[last * width + i] -= quarter.by_eta_tau * a;
            }
            sum.information[width * width - 1] -= quarter.by_tau_tau;
        }
        sum
    }

    /// Newton's step of the coefficients alone.
    fn step_with_fixed_effect(&self) -> Option<Vec<f64>> {
        let width = self.gradient.len().checked_sub(1)?;
        let rows = self.information.chunks_exact(width + 1).take(width);
        let information = rows.flat_map(|row| row.iter().take(width).copied()).collect();
        Some(symmetric_inverse(information)?.times_column(self.gradient.get(..width)?))
    }

    /// Newton's step, bent towards the gradient where the likelihood is not concave.
    fn step(&self) -> Option<Vec<f64>> {
        let width = self.gradient.len();
        let size = self.information.iter().step_by(width + 1).fold(0.0, |most: f64, entry| most.max(entry.abs()));
        let mut ridge = 0.0;
        loop {
            let mut information = self.information.clone();
            information.iter_mut().step_by(width + 1).for_each(|entry| *entry += ridge);
            if let Some(inverse) = symmetric_inverse(information) {
                return Some(inverse.times_column(&self.gradient));
            }
            ridge = if ridge == 0.0 { 1e-6 * size } else { 4.0 * ridge };
            if ridge.is_nan() || ridge > 1e6 * size {
                return None;
            }
        }
    }
}

/// One quarter's log-likelihood with its derivatives by η = a + bᵀx and τ.
struct Quarter {
    value: f64,
    by_eta: f64,
    by_tau: f64,
    by_eta_eta: f64,
    by_eta_tau: f64,
    by_tau_tau: f64,
}

impl Quarter {
    fn integrate(count: Count, [eta, tau]: [f64; 2], rule: &Hermite) -> Self {
        let (peak, width) = peak(count, [eta, tau]);
        let top = count.log_likelihood(eta + tau * peak).value - 0.5 * peak * peak;
        let (mut total, mut sums) = (0.0, [0.0; 8]);
        for (y, root) in rule.nodes().iter().zip(rule.roots()) {
            let u = peak + width * y;
            let at = count.log_likelihood(eta + tau * u);
            let weight = root * root * libm::exp(at.value - 0.5 * u * u + 0.5 * y * y - top);
            let (by_eta, by_tau) = (at.first, u * at.first);
            total += weight;
            let terms = [
                by_eta,
                by_tau,
                at.second,
                u * at.second,
                u * u * at.second,
                by_eta * by_eta,
                by_eta * by_tau,
                by_tau * by_tau,
            ];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
        }
        let [eta_1, tau_1, eta_2, both_2, tau_2, eta_11, both_11, tau_11] = sums.map(|sum| sum / total);
        Self {
            value: top + libm::log(width * total),
            by_eta: eta_1,
            by_tau: tau_1,
            by_eta_eta: eta_2 + eta_11 - eta_1 * eta_1,
            by_eta_tau: both_2 + both_11 - eta_1 * tau_1,
            by_tau_tau: tau_2 + tau_11 - tau_1 * tau_1,
        }
    }
}

/// The u at which the likelihood times the density of u is largest, and one over the root of the curvature there.
fn peak(count: Count, [eta, tau]: [f64; 2]) -> (f64, f64) {
    let mut u = 0.0;
    for _ in 0..MOST_CLIMBS {
        let at = count.log_likelihood(eta + tau * u);
        let step = (tau * at.first - u) / (1.0 - tau * tau * at.second);
        u += step.clamp(-2.0, 2.0);
        if step.abs() < 1e-10 {
            break;
        }
    }
    (u, 1.0 / (1.0 - tau * tau * count.log_likelihood(eta + tau * u).second).sqrt())
}
