//! All measures of a run together, in the shape of the result's `measures` object.

use super::es::{ExpectedShortfall, expected_shortfall, thin_tail_note};
use super::interval::Estimate;
use super::moments::moments;
use super::order::Ordered;
use super::quantile::{Quantile, quantile};
use crate::error::{Error, Result};
use crate::units::{Level, Unit};
use serde::Serialize;

/// What was played, and what is asked of it.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Loss per scenario, in units.
    pub losses: &'a [u64],
    /// Defaulted obligors per scenario; as many as losses.
    pub defaults: &'a [u32],
    /// Currency per unit.
    pub unit: Unit,
    /// Levels of VaR, ES, capital and default rates, in the order of the result.
    pub levels: &'a [Level],
    /// Expected loss in closed form, in currency: what economic capital is measured from.
    pub expected_loss: f64,
    /// Obligors of the portfolio, by which defaults are divided.
    pub obligors: u64,
}

/// Every risk measure, in currency unless said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// Mean of the simulated losses.
    pub expected_loss: Estimate,
    /// Standard deviation of the simulated losses.
    pub loss_standard_deviation: Estimate,
    /// One per level.
    pub value_at_risk: Vec<Quantile>,
    /// One per level.
    pub expected_shortfall: Vec<ExpectedShortfall>,
    /// One per level: VaR less the expected loss in closed form (M20).
    pub economic_capital: Vec<Quantile>,
    /// Share of obligors that default.
    pub default_rate: DefaultRate,
}

/// Distribution of the share of obligors that default, 0..=1 (M22).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DefaultRate {
    /// Mean over the scenarios.
    pub mean: f64,
    /// Standard error of the mean; None for a single scenario.
    pub standard_error: Option<f64>,
    /// Lower quantiles, one per level.
    pub quantiles: Vec<Quantile>,
}

/// Measures with what a reader should know about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The numbers.
    pub measures: Measures,
    /// One sentence for each number that rests on too few scenarios.
    pub notes: Vec<String>,
}

/// Computes every measure; a million scenarios take less than a tenth of a second.
///
/// # Errors
/// No scenario was played, or losses and defaults differ in number.
pub fn measure(sample: &Sample) -> Result<Measured> {
    if sample.losses.len() != sample.defaults.len() {
        let (losses, defaults) = (sample.losses.len(), sample.defaults.len());
        return Err(Error::Internal(format!("{losses} losses came with {defaults} counts of defaults")));
    }
    let empty = || Error::setting("scenarios", 0, "at least 1");
    let losses = Ordered::sort(sample.losses.iter().copied());
    let moments = moments(&losses).ok_or_else(empty)?;
    let currency = |units: u64| sample.unit.currency(units as f64);
    let in_currency = |estimate: Estimate| estimate.convert(|units| sample.unit.currency(units));

    let mut value_at_risks = Vec::with_capacity(sample.levels.len());
    let mut shortfalls = Vec::with_capacity(sample.levels.len());
    let mut notes = Vec::new();
    for &level in sample.levels {
        value_at_risks.push(quantile(&losses, level, currency).ok_or_else(empty)?);
        let shortfall = expected_shortfall(&losses, level, sample.unit).ok_or_else(empty)?;
        notes.extend(thin_tail_note(&shortfall, level));
        shortfalls.push(shortfall);
    }
    let measures = Measures {
        expected_loss: in_currency(moments.mean),
        loss_standard_deviation: in_currency(moments.standard_deviation),
        economic_capital: value_at_risks.iter().map(|var| var.less(sample.expected_loss)).collect(),
        value_at_risk: value_at_risks,
        expected_shortfall: shortfalls,
        default_rate: default_rate(sample).ok_or_else(empty)?,
    };
    Ok(Measured { measures, notes })
}

/// Defaults per obligor; a portfolio without obligors has a rate of 0.
fn default_rate(sample: &Sample) -> Option<DefaultRate> {
    let defaults = Ordered::sort(sample.defaults.iter().copied().map(u64::from));
    let obligors = sample.obligors.max(1) as f64;
    let mean = moments(&defaults)?.mean.convert(|count| count / obligors);
    let at_level = |&level: &Level| quantile(&defaults, level, |count| count as f64 / obligors);
    let quantiles = sample.levels.iter().map(at_level).collect::<Option<_>>()?;
    Some(DefaultRate { mean: mean.value, standard_error: mean.standard_error, quantiles })
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
