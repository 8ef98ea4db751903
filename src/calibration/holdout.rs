//! How well would it have done? The chosen drivers refitted without the last quarters, and those forecast with the drivers as
//! they came (M57).

use super::band::RateLaw;
use super::design::{Design, dot};
use super::fit::Outcomes;
use crate::math::normal;

/// Ends of the 90 % band.
pub const BAND: [f64; 2] = [0.05, 0.95];

/// Forecasts of the quarters that were left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Holdout {
    /// Quarters left out, the last ones.
    pub quarters: usize,
    /// Root of the mean squared error of the rate: forecast, and mean rate of the quarters before.
    pub rate: [f64; 2],
    /// The same of its probit; of counts with half a default more.
    pub probit: [f64; 2],
    /// Share of quarters whose rate is within the 90 % band.
    pub coverage: f64,
    /// Laws of the rates that were forecast.
    pub laws: Vec<RateLaw>,
}

/// Rates and their probits; those of counts have half a default more, so that none is infinite.
pub fn observed(outcomes: &Outcomes) -> Vec<[f64; 2]> {
    match outcomes {
        Outcomes::Probits(probits) => probits.iter().map(|probit| [normal::cdf(*probit), *probit]).collect(),
        Outcomes::Counts(counts) => counts
            .iter()
            .map(|count| [count.rate(), normal::quantile((count.defaults + 0.5) / (count.number + 1.0))])
            .collect(),
    }
}

/// The laws of rates at the rows of `design` from row `start` on, under coefficients and volatility.
pub fn laws(outcomes: &Outcomes, design: &Design, (coefficients, volatility): (&[f64], f64)) -> Vec<RateLaw> {
    let number = |row: usize| match outcomes {
        Outcomes::Probits(_) => None,
        Outcomes::Counts(counts) => counts.get(row).map(|count| count.number),
    };
    let law = |(row, x): (usize, &[f64])| RateLaw { eta: dot(x, coefficients), volatility, number: number(row) };
    design.rows().enumerate().map(law).collect()
}

/// Leaves the last `quarters` out; None where the rest cannot be fitted.
pub fn hold_out(outcomes: &Outcomes, design: &Design, quarters: usize) -> Option<Holdout> {
    let kept = outcomes.len().checked_sub(quarters).filter(|_| quarters > 0)?;
    let before = outcomes.part(0, kept);
    let fit = before.fit(&design.head(kept))?;
    let laws = laws(outcomes, design, (&fit.coefficients, fit.volatility)).split_off(kept);
    let naive = match &before {
        Outcomes::Probits(probits) => {
            probits.iter().map(|probit| normal::cdf(*probit)).sum::<f64>() / probits.len() as f64
        }
        Outcomes::Counts(counts) => {
            counts.iter().map(|count| count.defaults).sum::<f64>()
                / counts.iter().map(|count| count.number).sum::<f64>()
        }
    };
    let observed = observed(&outcomes.part(kept, outcomes.len()));
    let mut squares = [[0.0; 2]; 2];
    let mut within = 0.0;
    for (law, [rate, probit]) in laws.iter().zip(&observed) {
        let [low, high] = BAND.map(|level| law.quantile(level));
        within += if (low..=high).contains(rate) { 1.0 } else { 0.0 };
        for (place, forecast) in [law.mean(), naive].into_iter().enumerate() {
            squares[0][place] += (forecast - rate) * (forecast - rate);
            let apart = normal::quantile(forecast.max(1e-9)) - probit;
            squares[1][place] += apart * apart;
        }
    }
    let n = quarters as f64;
    let [rate, probit] = squares.map(|squares| squares.map(|sum| (sum / n).sqrt()));
    Some(Holdout { quarters, rate, probit, coverage: within / n, laws })
}
