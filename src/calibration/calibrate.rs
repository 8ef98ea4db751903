//! From a request to everything there is to say of the index: drivers chosen, fitted, doubted (M56 to M61).

use super::candidates::{Candidates, Making, Sign, Wanted, candidates};
use super::collinear::inflation;
use super::design::{Design, dot};
use super::dickey_fuller::{self, UnitRoot};
use super::errors::{Errors, errors};
use super::fit::{Fit, Outcomes};
use super::history::{FEWEST, History, RateUnit};
use super::holdout::{BAND, Holdout, hold_out, laws, observed};
use super::persistence::{Effects, Persistence};
use super::regimes::{FEWEST_FOR_TWO, RegimeMeans, TwoRegimes, two_regimes};
use super::selection::{Criterion, Ranked, Search, Selection, no_maximum};
use super::warnings;
use crate::error::{Error, Result};
use crate::model::index::{Driver, Series};
use std::ops::Range;

/// Models of the ranking that are told.
const SHOWN_MODELS: usize = 5;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The history, drivers and default rates alike.
    pub series: &'a Series,
    /// Column of default rates, and what they are written in.
    pub default_rate: (&'a str, RateUnit),
    /// Column of numbers of obligors.
    pub count: Option<&'a str>,
    /// Columns that may drive the index.
    pub drivers: Vec<Wanted>,
    /// What is made of them.
    pub making: Making,
    /// Most drivers, 1 to 5.
    pub most_drivers: usize,
    /// How models are ranked.
    pub criterion: Criterion,
    /// Quarters held out for a check, the last ones; as many as can be spared where None.
    pub holdout: Option<usize>,
    /// Whether two regimes are fitted, and what moves with them.
    pub regimes: Option<RegimeMeans>,
}

/// A driver with what is known of its coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedDriver {
    /// The driver, as it moves the index.
    pub driver: Driver,
    /// Its coefficient on the probit of the default rate, b.
    pub probit: f64,
    /// Standard errors of the coefficient on the index, robust and from the information, taking the index's scale as known.
    pub standard_errors: [f64; 2],
    /// Coefficient over robust standard error.
    pub z: f64,
    /// The sign it must have.
    pub sign: Option<Sign>,
    /// Factor by which other drivers inflate its variance.
    pub inflation: f64,
    /// Whether it wanders.
    pub unit_root: Option<UnitRoot>,
}

/// One period of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Quarter {
    /// How it is called.
    pub label: String,
    /// Observed default rate.
    pub rate: f64,
    /// Obligors, where they are known.
    pub number: Option<f64>,
    /// Expected rate given the drivers.
    pub fitted: f64,
    /// 90 % band of the rate given the drivers.
    pub band: [f64; 2],
    /// The same forecast without the held-out quarters, for those.
    pub forecast: Option<(f64, [f64; 2])>,
    /// The macro part of the index.
    pub macro_part: f64,
    /// Probability of turbulence, where regimes were fitted.
    pub turbulent: Option<f64>,
}

/// A model of the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelLine {
    /// What its drivers are called; empty for the model without.
    pub drivers: Vec<String>,
    /// Its criterion on the rows that all models are compared on.
    pub criterion: f64,
    /// Those with a sign that makes no sense.
    pub perverse: Vec<String>,
}

/// Everything there is to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Rows of the history that the chosen drivers were fitted to.
    pub rows: Range<usize>,
    /// Candidates that were tried.
    pub candidates: Candidates,
    /// The search.
    pub selection: Selection,
    /// The first models of the ranking, the one that was taken first.
    pub models: Vec<ModelLine>,
    /// A better one that was refused for its signs.
    pub refused: Option<ModelLine>,
    /// Rows that all candidates were compared on.
    pub compared: usize,
    /// Constant on the probit of the rate, with robust and plain standard errors.
    pub constant: [f64; 3],
    /// The drivers.
    pub drivers: Vec<FittedDriver>,
    /// The fit.
    pub fit: Fit,
    /// Its errors.
    pub errors: Errors,
    /// Variance of the systematic part, bᵀx + τu.
    pub systematic: f64,
    /// Share of it that drivers explain.
    pub r_squared: f64,
    /// The residual; None where rates scatter no more than chance makes them.
    pub persistence: Option<Persistence>,
    /// Lag-one-year autocorrelation of the residual as the model takes it, 0 to 1.
    pub yearly: f64,
    /// Plain autocorrelations of the measured residual at one period and one year, noise included.
    pub plain: [f64; 2],
    /// Whether the residual wanders.
    pub unit_root: Option<UnitRoot>,
    /// The check on the last quarters.
    pub holdout: Option<Holdout>,
    /// Two regimes.
    pub regimes: Option<TwoRegimes>,
    /// The fit by period.
    pub quarters: Vec<Quarter>,
    /// What should keep a reader from trusting it, one sentence each.
    pub warnings: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Calibration {
    /// Asset correlation ρ = v / (1 + v).
    pub fn asset_correlation(&self) -> f64 {
        self.systematic / (1.0 + self.systematic)
    }

    /// Default rate of a period over the cycle: Φ(a / √(1 + v)).
    pub fn long_run_rate(&self) -> f64 {
        crate::math::normal::cdf(self.constant[0] / (1.0 + self.systematic).sqrt())
    }
}

/// Calibrates.
///
/// # Errors
/// [`Error::Model`] or [`Error::Setting`] for a history or a request that cannot be used; see [`History::read`] and
/// [`candidates`].
pub fn calibrate(request: &Request) -> Result<Calibration> {
    let series = request.series;
    for wanted in &request.drivers {
        for (flag, column) in [("--default-rate", Some(request.default_rate.0)), ("--count", request.count)] {
            if column.is_some_and(|column| column.trim().to_lowercase() == wanted.column.trim().to_lowercase()) {
                let found = format!("'{}', which is {flag}", wanted.column.trim());
                return Err(Error::setting("--drivers", found, "columns that explain the default rate, not itself"));
            }
        }
    }
    let history = History::read(series, request.default_rate, request.count)?;
    let candidates = candidates(series, &history, &request.drivers, &request.making)?;
    let all = history.rates.len();
    let common = history.outcomes.part(candidates.start, all);
    let search = Search {
        candidates: &candidates,
        wanted: &request.drivers,
        outcomes: &common,
        most: request.most_drivers.min(request.drivers.len()),
        criterion: request.criterion,
    };
    let selection = search.run()?;
    let chosen = selection.best.first().map(|best| best.chosen.clone()).unwrap_or_default();
    let model = Model::new((series, &history), &candidates, &chosen);
    let mut calibration = model.fit(request)?;
    calibration.compared = common.len();
    let line = |ranked: &Ranked| ModelLine {
        drivers: ranked.chosen.iter().map(|place| warnings::describe(&candidates, *place, request)).collect(),
        criterion: ranked.criterion,
        perverse: ranked.perverse.iter().map(|place| warnings::describe(&candidates, *place, request)).collect(),
    };
    calibration.models = selection.best.iter().take(SHOWN_MODELS).map(line).collect();
    calibration.refused = selection.unsigned.as_ref().map(line);
    calibration.selection = selection;
    calibration.notes.extend(candidates.notes.iter().cloned());
    calibration.candidates = candidates;
    warnings::add(&mut calibration, request, &history);
    Ok(calibration)
}

/// The chosen drivers on all rows that they have.
struct Model<'a> {
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
    fn new((series, history): (&'a Series, &'a History), candidates: &'a Candidates, chosen: &'a [usize]) -> Self {
        let list: Vec<_> = chosen.iter().filter_map(|place| candidates.list.get(*place)).collect();
        let start = list.iter().map(|candidate| candidate.first()).max().unwrap_or(0);
        let end = history.rates.len();
        let scales: Vec<[f64; 2]> = list.iter().map(|candidate| candidate.scale(start, end)).collect();
        let columns = list.iter().zip(&scales).map(|(one, scale)| one.standardised((start, end), *scale)).collect();
        let outcomes = history.outcomes.part(start, end);
        Self { series, history, candidates, chosen, start, outcomes, scales, columns }
    }

    fn fit(&self, request: &Request) -> Result<Calibration> {
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
        let persistence = (fit.volatility > 0.0).then(|| self.persistence(&fit, &etas));
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
        Ok(Calibration {
            rows: self.history.rows.start + self.start..self.history.rows.end,
            candidates: Candidates { list: vec![], start: 0, notes: vec![] },
            selection: Selection { tried: 0, signed: 0, best: vec![], unsigned: None },
            models: Vec::new(),
            refused: None,
            compared: 0,
            constant: [
                *constant,
                errors.robust.first().copied().unwrap_or(0.0),
                errors.information.first().copied().unwrap_or(0.0),
            ],
            drivers,
            systematic,
            r_squared: explained / systematic,
            unit_root: dickey_fuller::test(&residual, 1 + columns.len()),
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
