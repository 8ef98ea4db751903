//! From a request to everything there is to say of the index: drivers chosen, fitted, doubted (M56 to M61).

use super::assemble::Model;
use super::candidates::{Candidates, Making, Sign, Wanted, candidates};
use super::dickey_fuller::UnitRoot;
use super::errors::Errors;
use super::fit::Fit;
use super::history::{History, RateUnit};
use super::holdout::Holdout;
use super::persistence::Persistence;
use super::regimes::{RegimeMeans, TwoRegimes};
use super::selection::{Criterion, Ranked, Search, Selection};
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
    /// Candidates (their places) that beside the drivers fit best of their columns, with a sign that makes no sense.
    pub left_out: Vec<usize>,
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
    /// The share with the largest τ that passes a one-sided test at 5 % if quarters were independent and coefficients exact: no
    /// confidence bound (M56). None where there is no end.
    pub r_squared_low: Option<f64>,
    /// The residual; None where rates scatter no more than chance makes them.
    pub persistence: Option<Persistence>,
    /// Lag-one-year autocorrelation of the residual as the model takes it, 0 to 1.
    pub yearly: f64,
    /// Asset correlation of one year that this comes to along the path; None where there is none.
    pub asset_correlation: Option<f64>,
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
    /// Asset correlation of one period's rates, ρ′ = v / (1 + v).
    pub fn period_correlation(&self) -> f64 {
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
    calibration.notes.extend(compared_note(request, &candidates, all));
    calibration.compared = common.len();
    let line = |ranked: &Ranked| ModelLine {
        drivers: ranked.chosen.iter().map(|place| warnings::describe(&candidates, *place, request)).collect(),
        criterion: ranked.criterion,
        perverse: ranked.perverse.iter().map(|place| warnings::describe(&candidates, *place, request)).collect(),
    };
    calibration.models = selection.best.iter().take(SHOWN_MODELS).map(line).collect();
    calibration.refused = selection.unsigned.as_ref().map(line);
    calibration.left_out = search.left_out(&chosen);
    calibration.selection = selection;
    calibration.notes.extend(candidates.notes.iter().cloned());
    calibration.candidates = candidates;
    warnings::add(&mut calibration, request, &history);
    Ok(calibration)
}

/// On how many periods models are compared, if not on all, and because of which column.
fn compared_note(request: &Request, candidates: &Candidates, all: usize) -> Option<String> {
    let last = candidates.list.iter().max_by_key(|candidate| candidate.first()).filter(|_| candidates.start > 0)?;
    let name = request.drivers.get(last.wanted).map_or("", |wanted| wanted.column.trim());
    Some(format!(
        "models are compared on {} of {all} periods: '{name}' with its longest span and lag begins last",
        all - candidates.start
    ))
}
