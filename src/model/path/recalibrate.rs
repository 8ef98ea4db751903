//! The asset correlation along a path, ρ′ (M43): two obligors default together within a year as often as in the model of one
//! period.
//!
//! D, the probability of a default so far given the path, follows D ← D (1 − h) + h; its square is carried along, so that
//! nothing cancels where PDs are small. ρ′ by the secant method on the logarithm of E[D²], kept in a bracket.

use super::anchor::thresholds;
use super::density::Density;
use super::economy::{Economies, Economy, Order};
use super::{PathGrid, PathPool, PathPoolLaw};
use crate::error::{Error, Result};
use crate::math::normal;

/// The largest ρ′: beyond, the quadrature is too coarse, and all of a pool is nearly one obligor.
pub const LARGEST_PATH_CORRELATION: f64 = 0.97;

/// Evaluations of the joint probability; six to eight are made.
const MOST_STEPS: usize = 60;
/// Relative distance of the joint probabilities at which ρ′ is good.
const GOOD: f64 = 1e-13;
/// Change of ρ′ that no longer counts.
const LAST_STEP: f64 = 1e-13;

/// What becomes of the search for ρ′.
enum Found {
    Rho(f64),
    /// Even the largest correlation joins defaults too little.
    TooLittle,
    /// Even none joins them too much: under the t copula W alone does.
    TooMuch,
}

/// ρ′ and the thresholds of `pool`.
pub(super) fn calibrate_one(pool: &PathPool<'_>, grid: PathGrid, economies: &Economies) -> Result<PathPoolLaw> {
    let missing = || Error::Internal("a quadrature of the economy could not be made".to_owned());
    let year = &pool.curve[..grid.per_year];
    let mut found = Found::TooLittle;
    for order in Order::ALL.into_iter().filter(|order| *order >= economies.order(pool.rho)) {
        let economy = economies.get(pool.memory, order).ok_or_else(missing)?;
        found = search(economy, year, pool.rho);
        match found {
            Found::Rho(rho) if economies.order(rho) <= order => {
                let played = pool.curve[..grid.periods].iter().map(|share| share.min(pool.last));
                return Ok(PathPoolLaw { thetas: thresholds(economy, played, rho, pool.anchor), rho });
            }
            _ => {}
        }
    }
    let one_year = year.last().copied().unwrap_or(0.0);
    let key = format!("segments.{}.asset_correlation", pool.segment);
    let what = format!("{:.4} for loans with a one-year PD of {:.4} %", pool.rho, 100.0 * one_year);
    Err(match found {
        Found::TooMuch => Error::setting(
            key,
            format!("{what}, which default together more often than that by the t copula's W alone"),
            "a larger one, more degrees of freedom, longer periods, or time.default_times = \"copula\"",
        ),
        _ => Error::setting(
            key,
            format!(
                "{what}, which along a path need more than {LARGEST_PATH_CORRELATION} to default together as often"
            ),
            "a smaller one, a larger factors.persistence, longer periods, or time.default_times = \"copula\"",
        ),
    })
}

/// Probability that two obligors with this `curve` and correlation `rho` on each step both default within its periods.
pub fn joint_default(economy: &Economy, curve: &[f64], rho: f64) -> f64 {
    let mut density = Density::new(economy, rho);
    let n = density.states().0.len();
    let (mut squares, mut next) = (vec![0.0; n], vec![0.0; n]);
    let (mut before, mut last) = (0.0, f64::NEG_INFINITY);
    for &by_its_end in curve {
        let theta = density.threshold(by_its_end - before, last);
        let hazards = density.hazards(theta).to_vec();
        let (roots, survivors) = density.states();
        for (state, (square, hazard)) in squares.iter_mut().zip(&hazards).enumerate() {
            let (whole, kept) = (roots[state], 1.0 - hazard);
            let defaulted = whole - survivors[state];
            *square = *square * kept * kept + 2.0 * defaulted * hazard * kept + whole * hazard * hazard;
        }
        density.economy().advance(&squares, &mut next);
        std::mem::swap(&mut squares, &mut next);
        density.advance();
        before = by_its_end;
        last = if theta.is_finite() { theta } else { last };
    }
    density.states().0.iter().zip(&squares).map(|(root, square)| root * square).sum()
}

/// The same in one step of a year, of the one-year probability `pd`: the index is N(0, 1), whatever the regimes.
fn joint_in_one_period(economy: &Economy, pd: f64, rho: f64) -> f64 {
    let (slope, rest) = (rho.sqrt(), (1.0 - rho).sqrt());
    let threshold = economy.copula().quantile(pd);
    let mut sum = 0.0;
    for &(w, root_of_w) in economy.mixing() {
        for (y, own) in economy.standard() {
            let root = root_of_w * own;
            let hazard = normal::cdf((threshold * w - slope * y) / rest);
            sum += root * root * hazard * hazard;
        }
    }
    sum
}

fn search(economy: &Economy, year: &[f64], rho: f64) -> Found {
    let pd = year.last().copied().unwrap_or(0.0);
    // One period a year is the model of one period; without defaults in the year there is nothing to compare.
    let is_one_period = year.len() <= 1 && economy.regimes().is_none();
    if is_one_period || rho == 0.0 && economy.mixing().len() == 1 || pd <= 0.0 || year[0] >= 1.0 {
        return Found::Rho(rho);
    }
    let target = joint_in_one_period(economy, pd, rho);
    let excess = |rho: f64| libm::log(joint_default(economy, year, rho) / target);
    let (mut low, mut high) = ((0.0, f64::NEG_INFINITY), (LARGEST_PATH_CORRELATION, f64::INFINITY));
    let mut last = (rho.min(LARGEST_PATH_CORRELATION), f64::NAN);
    last.1 = excess(last.0);
    let mut next = if last.1 < 0.0 { 1.15 * last.0 + 1e-4 } else { 0.85 * last.0 };
    for _ in 0..MOST_STEPS {
        match last.1 {
            value if value.abs() <= GOOD => return Found::Rho(last.0),
            value if value < 0.0 => low = last,
            _ => high = last,
        }
        if low.0 >= LARGEST_PATH_CORRELATION {
            return Found::TooLittle;
        }
        if high.0 <= 0.0 {
            return Found::TooMuch;
        }
        // At an end of the range that has not been looked at, or inside what is known.
        if next >= high.0 {
            next = if high.1.is_finite() { 0.5 * (low.0 + high.0) } else { high.0 };
        } else if next <= low.0 {
            next = if low.1.is_finite() { 0.5 * (low.0 + high.0) } else { low.0 };
        }
        if (next - last.0).abs() <= LAST_STEP {
            return Found::Rho(next);
        }
        let now = (next, excess(next));
        let slope = (now.1 - last.1) / (now.0 - last.0);
        next = if slope > 0.0 { now.0 - now.1 / slope } else { 0.5 * (low.0 + high.0) };
        last = now;
    }
    Found::Rho(last.0)
}
