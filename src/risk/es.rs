//! Expected shortfall after Acerbi & Tasche (2002), which averages exactly the worst share 1 − a of the scenarios and so
//! stays coherent where losses have atoms (M18).
//!
//! ES = [Σ_{i>k} x_(i) + x_(k) (k − aN)] / (N (1 − a)), k = ceil(aN), computed as VaR plus the mean excess over it, which
//! is the same number but can never fall below VaR by rounding.

use super::interval::{Estimate, Interval};
use super::order::Ordered;
use crate::units::{Level, Unit};
use serde::Serialize;

/// With fewer tail scenarios than this the normal interval is not to be trusted, and a note says so.
pub const ENOUGH_TAIL: u64 = 100;

/// ES at one level, in currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedShortfall {
    /// The level a, in (0, 1).
    pub level: f64,
    /// The mean of the worst share 1 − a of the losses.
    pub value: f64,
    /// √([Var(tail) + a (ES − VaR)²] / (N (1 − a))) (Manistre & Hancock 2005); None with a single tail scenario.
    pub standard_error: Option<f64>,
    /// 95 % interval.
    pub interval: Interval,
    /// How many scenarios take part in the average, the one at the VaR counted if any share of it does.
    pub tail_scenarios: u64,
}

impl ExpectedShortfall {
    /// Whether [`ENOUGH_TAIL`] scenarios lie in the tail.
    pub fn enough_tail(&self) -> bool {
        self.tail_scenarios >= ENOUGH_TAIL
    }
}

/// ES of sorted losses (units) at `level`, in currency; None when there are no losses.
pub fn expected_shortfall(losses: &Ordered, level: Level, unit: Unit) -> Option<ExpectedShortfall> {
    let n = losses.count();
    let rank = level.rank(n);
    let at_risk = losses.at_rank(rank)?;
    let beyond = losses.beyond(rank);
    let weight = level.tail(n);
    // k − aN, the share of the scenario at the VaR that belongs to the tail; its excess is 0.
    let boundary = (weight - beyond.len() as f64).clamp(0.0, 1.0);
    let tail_scenarios = beyond.len() as u64 + u64::from(boundary > 0.0);

    // Sorted: no difference is negative.
    let excesses = || beyond.iter().map(|&loss| loss.abs_diff(at_risk));
    let mean_excess = excesses().map(u128::from).sum::<u128>() as f64 / weight;
    let squares: f64 = excesses().map(|excess| (excess as f64 - mean_excess) * (excess as f64 - mean_excess)).sum();
    let variance = (squares + boundary * mean_excess * mean_excess) / weight;
    let error = ((variance + level.value() * mean_excess * mean_excess) / weight).sqrt();
    let error = (tail_scenarios > 1).then_some(error);

    let estimate = Estimate::of_positive(at_risk as f64 + mean_excess, error).convert(|units| unit.currency(units));
    let Estimate { value, standard_error, interval } = estimate;
    Some(ExpectedShortfall { level: level.value(), value, standard_error, interval, tail_scenarios })
}

/// What to tell the reader about an ES whose tail is thin; None when it is not.
pub fn thin_tail_note(shortfall: &ExpectedShortfall, level: Level) -> Option<String> {
    if shortfall.enough_tail() {
        return None;
    }
    let found = shortfall.tail_scenarios;
    // The tiny reduction undoes the rounding of the quotient, which would otherwise ask for one scenario too many.
    let needed = (ENOUGH_TAIL as f64 / level.tail(1) * (1.0 - 1e-12)).ceil();
    let scenarios = if found == 1 { "scenario" } else { "scenarios" };
    Some(format!(
        "expected shortfall at {level} rests on {found} tail {scenarios}, fewer than {ENOUGH_TAIL}: its standard error \
         and interval are not reliable; play at least {needed} scenarios"
    ))
}

#[cfg(test)]
#[path = "es_tests.rs"]
mod tests;
