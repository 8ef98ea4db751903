//! The chosen drivers fitted on every row that they have, with all that is measured of the fit (M56 to M60).

use super::calibrate::{Calibration, FittedDriver, Quarter, Request};
use super::candidates::Candidates;
use super::collinear::inflation;
use super::correlation::PeriodLaw;
use super::design::{Design, dot};
use super::dickey_fuller;
use super::errors::{Errors, errors};
use super::fit::{Fit, Outcomes};
use super::history::{FEWEST, History};
use super::holdout::{BAND, Holdout, hold_out, laws, observed};
use super::persistence::{Effects, Persistence};
use super::regimes::{FEWEST_FOR_TWO, TwoRegimes, two_regimes};
use super::selection::{Selection, no_maximum};
use crate::error::{Error, Result};
use crate::model::index::{Driver, Series};

/// The chosen drivers on all rows that they have.
pub(super) struct Model<'a> {
    series: &'a Series,
    history: &'a History,
    candidates: &'a Candidates,
    chosen: &'a [usize],
    start: usize,
    outcomes: Outcomes,
    scales: Vec<[f64; 2]>,
    columns: Vec<Vec<f64>>,
}

impl<'a> Model<'a> {
    pub fn new((series, history): (&'a Series, &'a History), candidates: &'a Candidates, chosen: &'a [usize]) -> Self {
        let list: Vec<_> = chosen.iter().filter_map(|place| candidates.list.get(*place)).collect();
        let start = list.iter().map(|candidate| candidate.first()).max().unwrap_or(0);
        let end = history.rates.len();
        let scales: Vec<[f64; 2]> = list.iter().map(|candidate| candidate.scale(start, end)).collect();
        let columns = list.iter().zip(&scales).map(|(one, scale)| one.standardised((start, end), *scale)).collect();
        let outcomes = history.outcomes.part(start, end);
        Self { series, history, candidates, chosen, start, outcomes, scales, columns }
    }

    pub fn fit(&self, request: &Request) -> Result<Calibration> {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let design = Design::new(self.outcomes.len(), &columns);
        let fit = self.outcomes.fit(&design).ok_or_else(no_maximum)?;
        let errors = errors(&fit).ok_or_else(no_maximum)?;
        let (constant, slopes) = fit.coefficients.split_first().ok_or_else(no_maximum)?;
        let parts: Vec<f64> = design.rows().map(|row| dot(&row[1..], slopes)).collect();
        let n = parts.len() as f64;
        let explained = dot(&parts, &parts) / n;
        let systematic = explained + fit.volatility * fit.volatility;
        if systematic < 1e-6 {
            return Err(Error::Model {
                place: self.series.name.clone(),
                found: "default rates scatter no more than chance makes them, and no driver explains any of it"
                    .to_owned(),
                remedy: "there is no cycle to fit: take a longer history or a larger portfolio, or other drivers"
                    .to_owned(),
            });
        }
        let scale = systematic.sqrt();
        let etas = design.times(&fit.coefficients);
        let per_year = usize::from(self.series.calendar.frequency().per_year());
        let mut notes = Vec::new();
        let persistence = (fit.volatility > 1e-6).then(|| self.persistence(&fit, &etas));
        let residual = persistence.as_ref().map(|persistence| persistence.measured.values.clone()).unwrap_or_default();
        let regimes = self.regimes(request, persistence.as_ref())?;
        let autocorrelation = match (&regimes, &persistence) {
            (Some(regimes), _) => regimes.autocorrelation,
            (None, Some(persistence)) => persistence.autocorrelation,
            (None, None) => 0.0,
        };
        let yearly = (0..per_year).fold(1.0, |power, _| power * autocorrelation.max(0.0));
        let holdout = self.hold_out(request, &design, &mut notes)?;
        let inflations = if columns.is_empty() { vec![] } else { inflation(&columns).ok_or_else(no_maximum)? };
        let drivers = self.drivers(request, slopes, (&errors, &inflations), scale);
        let quarters = self.quarters((&fit, &design), (&parts, scale), (holdout.as_ref(), regimes.as_ref()));
        // Drivers that come back make no residual look as if it did.
        let wanders = |driver: &&FittedDriver| driver.unit_root.is_some_and(|test| !test.is_stationary());
        let wandering = drivers.iter().filter(wanders).count();
        let rho = systematic / (1.0 + systematic);
        let rate = crate::math::normal::cdf(constant / (1.0 + systematic).sqrt());
        let law = PeriodLaw { rho, alpha: autocorrelation.max(0.0), rate, per_year };
        Ok(Calibration {
            asset_correlation: law.of_a_year(),
            rows: self.history.rows.start + self.start..self.history.rows.end,
            candidates: Candidates { list: vec![], start: 0, notes: vec![] },
            selection: Selection { tried: 0, signed: 0, best: vec![], unsigned: None },
            models: Vec::new(),
            refused: None,
            left_out: Vec::new(),
            compared: 0,
            constant: [
                *constant,
                errors.robust.first().copied().unwrap_or(0.0),
                errors.information.first().copied().unwrap_or(0.0),
            ],
            drivers,
            systematic,
            r_squared: explained / systematic,
            r_squared_low: self
                .outcomes
                .highest_volatility(&design, &fit)
                .map(|highest| explained / (explained + highest * highest)),
            unit_root: dickey_fuller::test(&residual, 1 + wandering),
            plain: [1, per_year].map(|lag| plain(&residual, lag)),
            persistence,
            yearly,
            holdout,
            regimes,
            quarters,
            warnings: Vec::new(),
            notes,
            errors,
            fit,
        })
    }

    fn persistence(&self, fit: &Fit, etas: &[f64]) -> Persistence {
        match &self.outcomes {
            Outcomes::Counts(counts) => Effects::Counted(counts, etas).persistence(fit.volatility),
            Outcomes::Probits(probits) => {
                let residuals: Vec<f64> = probits.iter().zip(etas).map(|(probit, eta)| probit - eta).collect();
                Effects::Known(&residuals).persistence(fit.volatility)
            }
        }
    }

    fn regimes(&self, request: &Request, persistence: Option<&Persistence>) -> Result<Option<TwoRegimes>> {
        let Some(means) = request.regimes else { return Ok(None) };
        let refuse = |found: String, wanted: &str| Err(Error::setting("--regimes 2", found, wanted));
        if self.outcomes.len() < FEWEST_FOR_TWO {
            let wanted = format!("{FEWEST_FOR_TWO} at least: leave --regimes out, or take a longer history");
            return refuse(format!("{} rows to fit", self.outcomes.len()), &wanted);
        }
        let Some(persistence) = persistence else {
            let found = "a residual that is nothing but chance".to_owned();
            return refuse(found, "a residual that could have regimes: leave --regimes out");
        };
        let process = [persistence.volatility, persistence.autocorrelation];
        match two_regimes(&persistence.measured, process, means) {
            Some(regimes) => Ok(Some(regimes)),
            None => refuse("a likelihood without a maximum".to_owned(), "a longer history: leave --regimes out"),
        }
    }

    fn hold_out(&self, request: &Request, design: &Design, notes: &mut Vec<String>) -> Result<Option<Holdout>> {
        const USUAL: usize = 8;
        let spare = self.outcomes.len().saturating_sub(FEWEST.max(design.width() + 3));
        if let Some(asked) = request.holdout.filter(|asked| *asked > spare) {
            let wanted = format!("at most {spare} of {} rows, so that enough are left to fit", self.outcomes.len());
            return Err(Error::setting("--holdout", asked, wanted));
        }
        let quarters = request.holdout.unwrap_or(USUAL.min(spare));
        if quarters == 0 {
            return Ok(None);
        }
        let holdout = hold_out(&self.outcomes, design, quarters);
        notes.push(match holdout {
            Some(_) => "the drivers were chosen with the held-out periods in sight; only their coefficients were fitted without them".to_owned(),
            None => "without the held-out periods the chosen drivers cannot be fitted, so nothing was held out".to_owned(),
        });
        Ok(holdout)
    }

    fn drivers(
        &self,
        request: &Request,
        slopes: &[f64],
        (errors, inflations): (&Errors, &[f64]),
        scale: f64,
    ) -> Vec<FittedDriver> {
        let mut drivers = Vec::new();
        for (place, (index, b)) in self.chosen.iter().zip(slopes).enumerate() {
            let (Some(candidate), Some([mean, deviation])) = (self.candidates.list.get(*index), self.scales.get(place))
            else {
                continue;
            };
            let Some(wanted) = request.drivers.get(candidate.wanted) else { continue };
            let error = |list: &[f64]| list.get(place + 1).copied().unwrap_or(f64::NAN);
            drivers.push(FittedDriver {
                driver: Driver {
                    column: self
                        .series
                        .columns
                        .iter()
                        .map(|column| column.name.as_str())
                        .find(|name| name.to_lowercase() == wanted.column.trim().to_lowercase())
                        .unwrap_or(&wanted.column)
                        .to_owned(),
                    transformation: candidate.transformation,
                    lag: candidate.lag,
                    mean: *mean,
                    standard_deviation: *deviation,
                    coefficient: -b / scale,
                },
                probit: *b,
                standard_errors: [error(&errors.robust) / scale, error(&errors.information) / scale],
                z: -b / error(&errors.robust),
                sign: wanted.sign,
                inflation: inflations.get(place).copied().unwrap_or(1.0),
                unit_root: self.columns.get(place).and_then(|column| dickey_fuller::test(column, 1)),
            });
        }
        drivers
    }

    fn quarters(
        &self,
        (fit, design): (&Fit, &Design),
        (parts, scale): (&[f64], f64),
        (holdout, regimes): (Option<&Holdout>, Option<&TwoRegimes>),
    ) -> Vec<Quarter> {
        let laws = laws(&self.outcomes, design, (&fit.coefficients, fit.volatility));
        let held = laws.len() - holdout.map_or(0, |holdout| holdout.quarters);
        let rates = observed(&self.outcomes);
        let quarter = |(row, law): (usize, &super::RateLaw)| Quarter {
            label: self.series.label(self.history.rows.start + self.start + row),
            rate: rates.get(row).map_or(f64::NAN, |[rate, _]| *rate),
            number: law.number,
            fitted: law.mean(),
            band: BAND.map(|level| law.quantile(level)),
            forecast: row
                .checked_sub(held)
                .and_then(|row| holdout?.laws.get(row))
                .map(|law| (law.mean(), BAND.map(|level| law.quantile(level)))),
            macro_part: parts.get(row).map_or(0.0, |part| -part / scale),
            turbulent: regimes.and_then(|regimes| regimes.turbulent.get(row).copied()),
        };
        laws.iter().enumerate().map(quarter).collect()
    }
}

/// The autocorrelation of `values` at `lag`; NaN where there is none.
fn plain(values: &[f64], lag: usize) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let product = |(late, early): (&f64, &f64)| (late - mean) * (early - mean);
    let all: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    values.iter().skip(lag).zip(values).map(product).sum::<f64>() / all
}
