//! What simulation adds to expected credit losses: means with their errors beside the closed form, the distribution, and how
//! often losses exceed the allowance. Figures of accounting (stages, coverage, allowance) stay in closed form.

use super::ecl_result::{Ecl, Estimate, YearReport};
use super::number::{counted, decimals_for, grouped};
use crate::engine::{Keep, Ledger};
use crate::error::{Error, Result};
use crate::risk::ecl::exceedance;
use crate::risk::{self, Ordered, expected_shortfall, moments, quantile};
use crate::units::{Level, Unit};
use serde::Serialize;

/// Standard errors beyond which simulation and closed form differ by more than chance: once in 16,000 runs.
const FAR: f64 = 4.0;

/// Share of the closed form that rounding of losses to units moves at most, unless the unit is too coarse (M11).
const ROUNDED: f64 = 1e-4;

/// The loss that is not exceeded with some probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LossQuantile {
    /// The level, in (0, 1).
    pub level: f64,
    /// The lower quantile, currency.
    pub value: f64,
    /// Lower end of its 95 % interval, currency; null where no scenario bounds it.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Mean of the worst share 1 − level of the losses, currency.
    pub shortfall: f64,
    /// Its standard error.
    pub shortfall_standard_error: Option<f64>,
}

/// Mean losses given the economy of each scenario (M41): the distribution without the chance of single obligors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EconomyReport {
    /// Mean over the scenarios, currency.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Quantiles.
    pub quantiles: Vec<EconomyQuantile>,
    /// Mean of what was lost less what the economy explains, currency: 0 but for chance.
    pub difference: f64,
    /// Its standard error.
    pub difference_standard_error: Option<f64>,
}

/// A quantile of mean losses given the economy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EconomyQuantile {
    /// The level, in (0, 1).
    pub level: f64,
    /// The lower quantile, currency.
    pub value: f64,
    /// Lower end of its 95 % interval, currency; null where no scenario bounds it.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// How loans were laid out to be played, and what that moved (M32).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LayoutReport {
    /// Obligors; loans of one obligor default together.
    pub obligors: u64,
    /// Groups of obligors that share segment, term structure and length of life.
    pub pools: u64,
    /// Periods.
    pub periods: u64,
    /// Profiles of losses over time.
    pub profiles: u64,
    /// Width of the bands of interest rates in which loans share one, fraction.
    pub rate_band: f64,
    /// Currency per integer unit of loss.
    pub unit: Unit,
    /// Share of the expected loss that rounding to units moved.
    pub rounding_error: f64,
    /// Share of the expected loss that falls into another period than the loan's own.
    pub profile_error: f64,
    /// Relative bias of the conditional loss in the 99.9 % adverse economy.
    pub profile_tail_bias: f64,
    /// The table of LGDs, where some are random or move with the economy (M45 to M47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severities: Option<SeveritiesReport>,
}

/// A table of LGDs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeveritiesReport {
    /// Different LGDs.
    pub classes: u64,
    /// States of the economy: 1, or 256.
    pub rows: u64,
    /// Cells of a random LGD: 1, or 256.
    pub cells: u64,
    /// Width of the bands of collateral per exposure.
    pub ltv_band: f64,
}

/// What was played.
#[derive(Debug, Clone, Copy)]
pub struct Simulated<'a> {
    /// Losses by scenario, year and, where they were kept, segment.
    pub ledger: &'a Ledger,
    /// Currency per unit.
    pub unit: Unit,
    /// Levels of the quantiles.
    pub levels: &'a [Level],
    /// Mean loss given the economy of each scenario of the ledger, units.
    pub given_economy: &'a [f64],
}

impl Ecl {
    /// Puts what was played beside the closed form; overlays must be there already. Returns what a reader should know.
    ///
    /// # Errors
    /// [`Error::Setting`] when nothing was played.
    pub fn add_simulation(&mut self, simulated: &Simulated<'_>) -> Result<Vec<String>> {
        let Simulated { ledger, unit, .. } = *simulated;
        let currency = |units: u64| unit.currency(units as f64);
        let mean = mean(ledger.losses().into_iter(), unit).ok_or_else(nothing)?;
        self.total.value = mean.value;
        self.total.standard_error = mean.standard_error;
        self.total.z =
            mean.standard_error.filter(|error| *error > 0.0).map(|error| (mean.value - self.total.closed_form) / error);
        let mut notes = mean_notes(&self.total);
        notes.extend(segments_note(ledger, self.segments.len()));
        for (place, segment) in self.segments.iter_mut().enumerate() {
            let of = |nth: usize| ledger.segment_losses(nth)?.get(place).copied();
            let all: Option<Vec<u64>> = (0..ledger.n_done() as usize).map(of).collect();
            let mean = all.and_then(|all| self::mean(all.into_iter(), unit));
            segment.value = mean.map(|mean| mean.value);
            segment.standard_error = mean.and_then(|mean| mean.standard_error);
        }
        let closed_form: Vec<f64> = self.years.iter().map(|year| year.closed_form).collect();
        self.years = played_years(ledger, unit, &closed_form);
        let (quantiles, thin) = quantiles(simulated)?;
        self.quantiles = quantiles;
        notes.extend(thin);
        self.conditional = Some(economy(simulated).ok_or_else(nothing)?);
        self.probability_above_allowance = exceedance(ledger.losses().into_iter().map(currency), self.allowance);
        Ok(notes)
    }
}

fn nothing() -> Error {
    Error::setting("--scenarios", 0, "at least 1")
}

/// What a reader should know of a simulated mean beside its closed form.
pub(super) fn mean_notes(total: &Estimate) -> Vec<String> {
    let mut notes: Vec<String> = total.z.filter(|z| z.abs() > FAR).map(far_note).into_iter().collect();
    if total.standard_error == Some(0.0) {
        notes.extend(same_note(total.value, total.closed_form));
    }
    notes
}

/// Quantiles of what was played at its levels, with what a reader should know of thin tails.
pub(super) fn quantiles(simulated: &Simulated<'_>) -> Result<(Vec<LossQuantile>, Vec<String>)> {
    let Simulated { ledger, unit, levels, .. } = *simulated;
    let losses = Ordered::sort(ledger.losses());
    let (mut quantiles, mut notes) = (vec![], vec![]);
    for &level in levels {
        let quantile = quantile(&losses, level, |units| unit.currency(units as f64)).ok_or_else(nothing)?;
        let shortfall = expected_shortfall(&losses, level, unit).ok_or_else(nothing)?;
        notes.extend(risk::thin_tail_note(&shortfall, level));
        quantiles.push(LossQuantile {
            level: quantile.level,
            value: quantile.value,
            low: quantile.interval[0],
            high: quantile.interval[1],
            shortfall: shortfall.value,
            shortfall_standard_error: shortfall.standard_error,
        });
    }
    Ok((quantiles, notes))
}

/// Mean losses by year of the default beside what they are in `closed_form`, currency; an exact 0 where none can fall.
pub fn played_years(ledger: &Ledger, unit: Unit, closed_form: &[f64]) -> Vec<YearReport> {
    let year = |(place, &closed_form): (usize, &f64)| {
        let of = ledger.year_losses().map(|years| years.get(place).copied().unwrap_or(0));
        let mean = mean(of, unit);
        YearReport {
            year: place as u16 + 1,
            value: mean.map_or(closed_form, |mean| mean.value),
            standard_error: mean.and_then(|mean| mean.standard_error),
            closed_form,
        }
    };
    closed_form.iter().enumerate().map(year).collect()
}

fn far_note(z: f64) -> String {
    format!(
        "the simulated mean is {z:.1} standard errors from the closed form: losses that are large and rare were not seen, or the \
         unit or the bands are too coarse; play more scenarios, or look at the layout"
    )
}

/// A note when every scenario lost `value`, which is not the closed form: there is no standard error that could say so.
fn same_note(value: f64, closed_form: f64) -> Option<String> {
    let differs = (value - closed_form).abs() > ROUNDED * closed_form.abs();
    differs.then(|| {
        format!(
            "every scenario lost the same, {} in place of {} in closed form: losses that are large and rare were not seen, or the \
             unit or the bands are too coarse; play more scenarios, or look at the layout",
            grouped(value, decimals_for(closed_form)),
            grouped(closed_form, decimals_for(closed_form))
        )
    })
}

/// A note when losses by segment were not kept, so that segments have no simulated values.
pub(super) fn segments_note(ledger: &Ledger, n_segments: usize) -> Option<String> {
    (n_segments > 0 && ledger.keep() == Keep::Totals).then(|| {
        format!(
            "losses by segment were too many to keep ({} of {}): segments have no simulated values; play fewer scenarios for them",
            counted(n_segments as u64, "segment"),
            counted(ledger.n_done(), "scenario")
        )
    })
}

pub(super) fn mean(losses: impl Iterator<Item = u64>, unit: Unit) -> Option<risk::Estimate> {
    Some(moments(&Ordered::sort(losses))?.mean.convert(|units| unit.currency(units)))
}

fn economy(simulated: &Simulated<'_>) -> Option<EconomyReport> {
    let Simulated { ledger, unit, levels, given_economy } = *simulated;
    // Whole units: a billionth of the total is far below every error shown.
    let ordered = Ordered::sort(given_economy.iter().map(|units| (units + 0.5) as u64));
    let mean = moments(&ordered)?.mean.convert(|units| unit.currency(units));
    let at = |&level: &Level| {
        let found = quantile(&ordered, level, |units| unit.currency(units as f64))?;
        Some(EconomyQuantile {
            level: found.level,
            value: found.value,
            low: found.interval[0],
            high: found.interval[1],
        })
    };
    let rest: Vec<f64> = ledger.losses().iter().zip(given_economy).map(|(&loss, mean)| loss as f64 - mean).collect();
    let n = rest.len() as f64;
    let difference = rest.iter().sum::<f64>() / n;
    let squares: f64 = rest.iter().map(|rest| (rest - difference) * (rest - difference)).sum();
    let error = (rest.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
    Some(EconomyReport {
        mean: mean.value,
        standard_error: mean.standard_error,
        quantiles: levels.iter().map(at).collect::<Option<_>>()?,
        difference: unit.currency(difference),
        difference_standard_error: error.map(|error| unit.currency(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_whose_losses_were_not_kept_are_told() {
        let ledger = |keep| Ledger::new(3..20, keep);
        let told = segments_note(&ledger(Keep::Totals), 5).unwrap();
        assert!(told.contains("5 segments") && told.contains("no simulated values"), "{told}");
        assert_eq!(segments_note(&ledger(Keep::Segments(5)), 5), None);
    }

    #[test]
    fn a_mean_without_an_error_is_held_against_the_closed_form() {
        assert!(same_note(0.0, 4_699_741.0).unwrap().contains("0 in place of 4,699,741 in closed form"));
        assert!(same_note(100.02, 100.0).is_some());
        assert_eq!(same_note(100.009, 100.0), None);
        assert_eq!(same_note(0.0, 0.0), None);
    }
}
