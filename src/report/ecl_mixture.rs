//! What simulation adds under several macro scenarios: each of them by itself, and all mixed by their weights (M54).

use super::ecl_result::{Ecl, YearReport};
use super::ecl_scenarios::ScenarioReport;
use super::ecl_simulated::{
    EconomyQuantile, EconomyReport, LossQuantile, Simulated, mean, mean_notes, played_years, quantiles, segments_note,
};
use crate::engine::Ledger;
use crate::error::{Error, Result};
use crate::risk::ecl::{Share, exceedance};
use crate::risk::{self, Estimate, Mixture, WeightedLosses, Z95};
use crate::units::{Level, Unit};

impl Ecl {
    /// Puts what was played under each macro scenario, in their order, beside the closed form; overlays and scenarios must be
    /// there already. Returns what a reader should know.
    ///
    /// # Errors
    /// [`Error::Setting`] when nothing was played, [`Error::Internal`] when not every scenario was played alike.
    pub fn add_played(&mut self, played: &[Simulated<'_>]) -> Result<Vec<String>> {
        let notes = match played {
            [one] => self.add_simulation(one)?,
            several if several.len() == self.scenarios.len() => self.add_mixture(several)?,
            _ => return Err(Error::Internal("macro scenarios without a simulation".to_owned())),
        };
        let allowance = self.allowance;
        self.scenarios
            .iter_mut()
            .zip(played)
            .try_for_each(|(scenario, simulated)| scenario.add(simulated, allowance))?;
        Ok(notes)
    }

    fn add_mixture(&mut self, played: &[Simulated<'_>]) -> Result<Vec<String>> {
        let weights: Vec<f64> = self.scenarios.iter().map(|scenario| scenario.weight).collect();
        let all = Played { played, weights: &weights };
        let unit = all.unit()?;
        let losses = all.losses(unit, |simulated| simulated.ledger.losses());
        let mixture = Mixture::new(&losses)?;
        let mean = mixture.mean().convert(|units| unit.currency(units));
        self.total.value = mean.value;
        self.total.standard_error = mean.standard_error;
        self.total.z =
            mean.standard_error.filter(|error| *error > 0.0).map(|error| (mean.value - self.total.closed_form) / error);
        let mut notes = mean_notes(&self.total);
        notes.extend(played.first().and_then(|one| segments_note(one.ledger, self.segments.len())));
        for (place, segment) in self.segments.iter_mut().enumerate() {
            let of = |ledger: &Ledger, number: usize| {
                ledger.segment_losses(number).and_then(|losses| losses.get(place).copied())
            };
            let mean = all.mean(of);
            segment.value = mean.map(|mean| mean.value);
            segment.standard_error = mean.and_then(|mean| mean.standard_error);
        }
        self.years = all.years(&self.years);
        let levels = played.first().map_or(&[][..], |one| one.levels);
        for &level in levels {
            let (quantile, note) = mixed_quantile(&mixture, level, unit).ok_or_else(nothing)?;
            self.quantiles.push(quantile);
            notes.extend(note);
        }
        self.conditional = Some(all.economy(levels, unit)?);
        self.probability_above_allowance = Some(share(mixture.exceedance(self.allowance / unit.currency(1.0)), played));
        Ok(notes)
    }
}

impl ScenarioReport {
    fn add(&mut self, simulated: &Simulated<'_>, allowance: f64) -> Result<()> {
        let Simulated { ledger, unit, .. } = *simulated;
        let mean = mean(ledger.losses().into_iter(), unit).ok_or_else(nothing)?;
        self.total.value = mean.value;
        self.total.standard_error = mean.standard_error;
        self.total.z =
            mean.standard_error.filter(|error| *error > 0.0).map(|error| (mean.value - self.total.closed_form) / error);
        let closed_form: Vec<f64> = self.years.iter().map(|year| year.closed_form).collect();
        self.years = played_years(ledger, unit, &closed_form);
        self.quantiles = quantiles(simulated)?.0;
        let currency = |units: u64| unit.currency(units as f64);
        self.probability_above_allowance = exceedance(ledger.losses().into_iter().map(currency), allowance);
        self.losses_digest = Some(ledger.losses_digest(unit).to_string());
        Ok(())
    }
}

fn nothing() -> Error {
    Error::setting("--scenarios", 0, "at least 1")
}

fn mixed_quantile(mixture: &Mixture<'_>, level: Level, unit: Unit) -> Option<(LossQuantile, Option<String>)> {
    let currency = |units: f64| unit.currency(units);
    let (quantile, shortfall) = (mixture.quantile(level)?, mixture.expected_shortfall(level)?);
    let [low, high] = quantile.interval.map(|end| end.map(currency));
    let report = LossQuantile {
        level: quantile.level,
        value: currency(quantile.value),
        low,
        high,
        shortfall: currency(shortfall.value),
        shortfall_standard_error: shortfall.standard_error.map(currency),
    };
    Some((report, risk::thin_tail_note(&shortfall, level)))
}

/// A share with its 95 % interval; where all numbers agree, that of so many trials.
fn share((value, error): (f64, Option<f64>), played: &[Simulated<'_>]) -> Share {
    let number = played.first().map_or(0, |one| one.ledger.n_done());
    match error.filter(|error| *error > 0.0) {
        Some(error) => Share { value, low: (value - Z95 * error).max(0.0), high: (value + Z95 * error).min(1.0) },
        None => {
            let at_ends = Share::of(if value > 0.5 { number } else { 0 }, number);
            at_ends.map_or(Share { value, low: value, high: value }, |ends| Share { value, ..ends })
        }
    }
}

/// All that was played, with the weights of the macro scenarios.
struct Played<'a> {
    played: &'a [Simulated<'a>],
    weights: &'a [f64],
}

impl Played<'_> {
    /// The finest unit of all, in which losses are added up.
    fn unit(&self) -> Result<Unit> {
        let units = self.played.iter().map(|one| one.unit);
        units.min_by(|a, b| a.value().total_cmp(&b.value())).ok_or_else(nothing)
    }

    /// What `of` finds, in `unit`.
    fn losses(&self, unit: Unit, of: impl Fn(&Simulated<'_>) -> Vec<u64>) -> Vec<WeightedLosses> {
        let part = |(one, &weight): (&Simulated<'_>, &f64)| {
            let factor = one.unit.value() / unit.value();
            let rescaled = |units: u64| if factor == 1.0 { units } else { (units as f64 * factor + 0.5) as u64 };
            WeightedLosses { weight, losses: of(one).into_iter().map(rescaled).collect() }
        };
        self.played.iter().zip(self.weights).map(part).collect()
    }

    /// Mean of what `of` finds of a number in every scenario, in currency; None where it was not kept.
    fn mean(&self, of: impl Fn(&Ledger, usize) -> Option<u64>) -> Option<Estimate> {
        let n = self.played.first().map_or(0, |one| one.ledger.n_done() as usize);
        let of_number = |number: usize| -> Option<f64> {
            let parts = self.played.iter().zip(self.weights);
            let of_part = |(one, weight): (&Simulated<'_>, &f64)| {
                Some(weight * one.unit.currency(of(one.ledger, number)? as f64))
            };
            parts.map(of_part).sum()
        };
        let values: Vec<f64> = (0..n).map(of_number).collect::<Option<_>>()?;
        let (mean, error) = of_values(&values)?;
        Some(Estimate::of_positive(mean, error))
    }

    /// Losses by year beside their closed forms, which `closed` has.
    fn years(&self, closed: &[YearReport]) -> Vec<YearReport> {
        let by_scenario: Vec<Vec<Vec<u64>>> =
            self.played.iter().map(|one| one.ledger.year_losses().map(<[u64]>::to_vec).collect()).collect();
        let year = |(place, own): (usize, &YearReport)| {
            let of_number = |number: usize| -> f64 {
                let parts = by_scenario.iter().zip(self.played).zip(self.weights);
                let loss = |years: &Vec<Vec<u64>>| years.get(number).and_then(|years| years.get(place)).copied();
                parts.map(|((years, one), weight)| weight * one.unit.currency(loss(years).unwrap_or(0) as f64)).sum()
            };
            let n = by_scenario.first().map_or(0, Vec::len);
            let found = of_values(&(0..n).map(of_number).collect::<Vec<f64>>());
            let (value, standard_error) = found.unwrap_or((own.closed_form, None));
            YearReport { value, standard_error, ..*own }
        };
        closed.iter().enumerate().map(year).collect()
    }

    /// What the economies alone do.
    fn economy(&self, levels: &[Level], unit: Unit) -> Result<EconomyReport> {
        // Whole units: a billionth of the total is far below every error shown.
        let whole = |one: &Simulated<'_>| one.given_economy.iter().map(|units| (units + 0.5) as u64).collect();
        let losses = self.losses(unit, whole);
        let mixture = Mixture::new(&losses)?;
        let currency = |units: f64| unit.currency(units);
        let at = |&level: &Level| {
            let found = mixture.quantile(level)?;
            let [low, high] = found.interval.map(|end| end.map(currency));
            Some(EconomyQuantile { level: found.level, value: currency(found.value), low, high })
        };
        let n = self.played.first().map_or(0, |one| one.given_economy.len());
        let played: Vec<Vec<u64>> = self.played.iter().map(|one| one.ledger.losses()).collect();
        let of_number = |number: usize| -> f64 {
            let parts = self.played.iter().zip(&played).zip(self.weights);
            let of_part = |((one, losses), weight): ((&Simulated<'_>, &Vec<u64>), &f64)| {
                let loss = losses.get(number).map_or(0.0, |&loss| loss as f64);
                weight * one.unit.currency(loss - one.given_economy.get(number).copied().unwrap_or(0.0))
            };
            parts.map(of_part).sum()
        };
        let rest: Vec<f64> = (0..n).map(of_number).collect();
        let (difference, difference_standard_error) = of_values(&rest).ok_or_else(nothing)?;
        let mean = mixture.mean();
        Ok(EconomyReport {
            mean: currency(mean.value),
            standard_error: mean.standard_error.map(currency),
            quantiles: levels.iter().map(at).collect::<Option<_>>().ok_or_else(nothing)?,
            difference,
            difference_standard_error,
        })
    }
}

/// Mean of independent values and its standard error; None when there are none.
fn of_values(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    mean.is_finite().then(|| (mean, (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt())))
}
